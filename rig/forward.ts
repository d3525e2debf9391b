/**
 * A background process: `node forward.ts HOST PORT…` listens on the rig's bridge and passes connections on to the
 * services on 127.0.0.1. With the forwarders in the builder image it lets builders that are not on the host's network
 * use the very addresses that everything else uses.
 */
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";

const [host = "", ...ports] = process.argv.slice(2);

for (const port of ports.map(Number)) {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const service = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    const done = (): void => {}; // an end on one side ends the other, whatever the reason
    pipeline(client, service, done);
    pipeline(service, client, done);
  });
  server.listen(port, host);
}
