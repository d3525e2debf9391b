/** A session with real git and a registry over HTTP; what is asked of anybody else is noted, and has no answer. */
import { nodeHttp } from "../../../src/adapters/http/http.ts";
import type { Http } from "../../../src/ports.ts";
import type { Session } from "../../../src/run/session.ts";
import { limited } from "../../unit/lib/http/limited.ts";
import type { FakeRegistry } from "../../unit/oci/fake-registry.ts";

export interface RegistrySession {
  readonly session: Session;
  /** Addresses that were asked for in vain. */
  readonly asked: readonly string[];
}

export function withRegistry(session: Session, registry: Pick<FakeRegistry, "host">): RegistrySession {
  const http = nodeHttp({});
  const asked: string[] = [];
  const send: Http["send"] = (request) => {
    if (request.url.startsWith(`http://${registry.host}/`)) return http.send(request);
    if (!request.url.startsWith(`https://${registry.host}/`)) asked.push(request.url);
    throw Object.assign(new Error("nobody answers"), { code: "ECONNREFUSED" });
  };
  const outside = limited({
    ...session.outside,
    // Retries come at once; the end of a run's patience never does.
    clock: { ...session.outside.clock, sleep: (milliseconds: number) => (milliseconds < 20_000 ? soon() : never()) },
    http: { ...http, send },
    hasCacheService: () => false,
  });
  return { session: { ...session, outside }, asked };
}

const soon = async () => {};
const never = (): Promise<never> => new Promise(() => {});
