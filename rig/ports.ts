/** The ports that the rig's services listen on, chosen once for a folder. */
import { createServer } from "node:net";
import { readState, remember } from "./folder.ts";

/** Below the range from which the kernel gives ports to outgoing connections. */
const FIRST = 20_000;
const LAST = 29_999;

/** Chooses the ports that are not chosen yet. With `anew`, replaces those that a stranger took meanwhile too. */
export async function choosePorts(anew: boolean): Promise<void> {
  const { ports } = readState();
  const chosen = new Set<number>();
  const choose = async (known: number): Promise<number> => {
    let port = known;
    while (port === 0 || chosen.has(port) || ((anew || port !== known) && !(await isFree(port)))) {
      port = somewhere();
    }
    chosen.add(port);
    return port;
  };
  remember({
    ports: {
      registry: await choose(ports.registry),
      authRegistry: await choose(ports.authRegistry),
      cache: await choose(ports.cache),
      blobs: await choose(ports.blobs),
    },
  });
}

/** A port for a service that chooses its own: the one that is known while nobody else has it, else another. */
export async function choosePort(known: number): Promise<number> {
  const taken = Object.values(readState().ports);
  let port = known;
  while (port === 0 || taken.includes(port) || !(await isFree(port))) port = somewhere();
  return port;
}

const somewhere = (): number => FIRST + Math.floor(Math.random() * (LAST - FIRST));

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
