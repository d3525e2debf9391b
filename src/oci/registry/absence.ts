/**
 * Whether a 404 is a registry's word for "not there", and not some other server's for anything: an error is never
 * "missing".
 */
import { memoize } from "../../lib/memoize.ts";
import type { HttpResponse } from "../../ports.ts";
import { parseChallenges } from "../login/challenge.ts";
import { type Asked, errorCodes, invalidError, RegistryError } from "./registry-error.ts";
import type { RegistryExchange } from "./registry-exchange.ts";

export interface Absence {
  /** For a 404 with its body. @throws RegistryError where the answer isn't definite. */
  check(asked: Asked, response: HttpResponse): Promise<void>;
  /** For a 404 to a HEAD, which has no body: whether its headers are enough to decide. */
  isCertain(asked: Asked, response: HttpResponse): boolean;
}

/** `silent`: it says nothing, so that it depends on who says it. */
export type Meaning = "absent" | "silent" | "doubtful";

/**
 * What a 404 with its body means. Registries have codes of their own (Quay's TAG_EXPIRED) beside those of the
 * distribution-spec ("Error Codes"): any of them is a registry's.
 */
export function meaningOf(response: HttpResponse): Meaning {
  if (isHtml(response)) return "doubtful";
  if (namesApi(response) || errorCodes(response).length > 0) return "absent";
  return response.body.byteLength === 0 ? "silent" : "doubtful";
}

/** Whether an answer to `GET /v2/` without a login is a registry's (distribution-spec, "Determining Support"). */
export function isRegistry(response: HttpResponse): boolean {
  const { status, headers } = response;
  if ((status !== 200 && status !== 401) || isHtml(response)) return false;
  if (namesApi(response) || errorCodes(response).length > 0) return true;
  if (status === 200) return isJson(response);
  return parseChallenges(headers["www-authenticate"] ?? "").some(({ scheme }) => scheme === "bearer");
}

/**
 * A head is certain where it names the registry's API: distribution, Docker Hub, Harbor and Gitea send
 * `Docker-Distribution-Api-Version` with every answer. Other registries (GHCR, zot) send JSON alone. They are trusted once one 404
 * of theirs was asked for again with its body and proved to be definite, which is one request more for a registry and not for
 * an image. Who has named its API in a 404 always does, so that JSON without it is somebody else's.
 */
export function absence(exchange: RegistryExchange): Absence {
  const proven = new Set<string>();
  const isRegistryAt = memoize(
    (asked: Asked) => answersAsRegistry(asked, exchange),
    ({ host }) => host,
  );
  return {
    async check(asked, response) {
      const meaning = meaningOf(response);
      if (meaning === "doubtful" || (meaning === "silent" && !(await isRegistryAt(asked)))) throw doubtful(asked);
      if (isJson(response) && !namesApi(response)) proven.add(asked.host);
    },
    isCertain({ host }, response) {
      if (isHtml(response)) return false;
      return namesApi(response) || (isJson(response) && proven.has(host));
    },
  };
}

async function answersAsRegistry(asked: Asked, exchange: RegistryExchange): Promise<boolean> {
  try {
    const path = "";
    const response = await exchange.send({ asked, method: "GET", path, expected: [200, 401], withoutLogin: true });
    return isRegistry(response);
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

function doubtful(asked: Asked): RegistryError {
  return invalidError(asked, "a 404 that is not a registry's");
}

function namesApi({ headers }: HttpResponse): boolean {
  return headers["docker-distribution-api-version"]?.toLowerCase().includes("registry/2.0") ?? false;
}

function isHtml({ headers }: HttpResponse): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers["content-type"] ?? "");
}

function isJson({ headers }: HttpResponse): boolean {
  return /^application\/(?:[a-z.-]+\+)?json\s*(?:;|$)/i.test(headers["content-type"] ?? "");
}
