/** Connections to hosts: directly or by a proxy, kept open for the next request, verified as docker would verify them. */
import type { Agent, ClientRequest, RequestOptions } from "node:http";
import { UserError } from "../../errors.ts";
import { proxyFor } from "./proxy.ts";
import { trust } from "./trusted-authorities.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Connections {
  /** A request that is not sent yet. @throws UserError where the environment names a proxy that can't be used. */
  request(target: URL, options: RequestOptions): Promise<ClientRequest>;
  /** Host and port of the proxy by which the address is asked for. */
  proxyOf(target: URL): string | undefined;
  /** After a request failed with this code: whether more certificates are trusted now. */
  trustMore(target: URL, code: string): boolean;
}

/** At once to one host; more wait for a connection. */
const maximumSockets = 32;

/** `env` names proxies and the folders of docker's certificates. */
export function connections(env: Environment): Connections {
  const agents = new Map<string, Promise<Agent>>();
  const trusted = trust(env);
  const agentFor = (protocol: string, proxy: URL | undefined): Promise<Agent> => {
    const key = `${protocol} ${proxy?.href}`;
    const known = agents.get(key) ?? newAgent(protocol, proxy);
    agents.set(key, known);
    return known;
  };
  return {
    async request(target, options) {
      const agent = await agentFor(target.protocol, proxyFor(target, env));
      if (target.protocol === "http:") return (await import("node:http")).request(target, { ...options, agent });
      const secureContext = await trusted.of(target);
      const { request } = await import("node:https");
      return request(target, { ...options, agent, ...(secureContext && { secureContext }) });
    },
    proxyOf: (target) => proxyFor(target, env)?.host,
    trustMore: (target, code) => target.protocol === "https:" && trusted.widen(target, code),
  };
}

async function newAgent(protocol: string, proxy: URL | undefined): Promise<Agent> {
  const { Agent } = protocol === "https:" ? await import("node:https") : await import("node:http");
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (proxy !== undefined && (major < 24 || (major === 24 && minor < 5))) {
    throw new UserError(`a proxy is set, and Node ${process.version} doesn't support proxies`, {
      hint: "update the runner to one with Node 24.5 or newer",
    });
  }
  // An empty environment keeps Node from looking for a proxy of its own accord.
  const proxyEnv = proxy === undefined ? {} : { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href };
  return new Agent({ keepAlive: true, maxSockets: maximumSockets, proxyEnv });
}
