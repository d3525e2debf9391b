/**
 * The proxy for an address, by Go's rules (golang.org/x/net/http/httpproxy): docker, buildx and BuildKit use them,
 * and one job should reach a registry by one way.
 */
import { BlockList, isIP } from "node:net";
import { UserError } from "../../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy's address, `undefined` for none. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read in either case, upper case first.
 * This machine's own addresses are never asked for by a proxy. @throws UserError for a proxy that can't be used.
 */
export function proxyFor(target: URL, env: Environment): URL | undefined {
  const name = target.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = env[name] || env[name.toLowerCase()];
  if (!proxy) return undefined;
  return isDirect(target, env.NO_PROXY || env.no_proxy || "") ? undefined : parseProxy(proxy, name);
}

/** The value may hold a password: no message quotes it. */
function parseProxy(value: string, name: string): URL {
  const url = URL.parse(/^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
  throw new UserError(`${name} isn't a valid address of a proxy`, {
    hint: `write ${name} as http://host:port or https://host:port`,
  });
}

function isDirect(target: URL, noProxy: string): boolean {
  const host = target.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))) return true;
  const entries = noProxy.toLowerCase().split(",");
  return entries.some((entry) => matches(entry.trim(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const subnet = /^(.+)\/(\d+)$/.exec(entry);
  if (subnet !== null) return isIn(host, subnet[1] ?? "", Number(subnet[2]));
  const [, bracketed, plain, entryPort] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const name = (bracketed ?? plain ?? entry).replace(/^\[(.*)\]$/, "$1").replace(/^\*\./, ".");
  if (name === "") return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isIn(host, name, isIP(name) === 4 ? 32 : 128);
  return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function isIn(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, prefix, kind);
  return list.check(host, kind);
}
