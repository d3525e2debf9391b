/**
 * Whether a 404 is a registry's word for "not there", and not some other server's for anything: an error is never
 * "missing".
 */
import type { HttpResponse } from "../ports.ts";
import { type Asked, errorCodes, invalidError } from "./registry-error.ts";

export interface Absence {
  /** For a 404 with a body. @throws RegistryError when it says nothing of what was asked for. */
  check(asked: Asked, response: HttpResponse): void;
  /** For a 404 to a HEAD, which has no body: whether its head is enough to go by. */
  isCertain(asked: Asked, response: HttpResponse): boolean;
}

/** Definite answers for what is not there (distribution-spec, "Error Codes"); Harbor says NOT_FOUND. */
const absent = new Set(["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]);

/**
 * A head is certain where it calls itself an answer of the registry's API, in JSON: distribution, Docker Hub, Harbor and
 * Gitea send `Docker-Distribution-Api-Version` with every answer, while a web server in front sends HTML or text of its own.
 * Other registries (GHCR, zot) send JSON alone. They are believed once one 404 of theirs was asked for again with its body
 * and proved to be definite, which is one request more for a registry and not for an image.
 */
export function absence(): Absence {
  const proven = new Set<string>();
  return {
    check(asked, response) {
      if (!errorCodes(response).some((code) => absent.has(code))) {
        throw invalidError(asked, "a 404 that is not a registry's");
      }
      if (isJson(response)) proven.add(asked.host);
    },
    isCertain({ host }, response) {
      if (!isJson(response)) return false;
      return proven.has(host) || response.headers["docker-distribution-api-version"]?.toLowerCase() === "registry/2.0";
    },
  };
}

function isJson({ headers }: HttpResponse): boolean {
  return /^application\/(?:[a-z.-]+\+)?json\s*(?:;|$)/i.test(headers["content-type"] ?? "");
}
