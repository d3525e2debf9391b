/** What can go wrong with a registry: a closed set, each with its remedy. Messages name host and repository, never a token. */
import { messageOf, UserError } from "../../errors.ts";
import { rateLimitOf, retryAfter } from "../../lib/http/rate-limit.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { HttpResponse } from "../../ports.ts";
import { UndecodableError } from "./content-encoding.ts";
import { complaintOf } from "./refusal.ts";

export type RegistryErrorCode =
  /** No login, or one that is not accepted. */
  | "unauthorized"
  /** The login is good and has not the right. */
  | "denied"
  /** A login is missing, and the workflow doesn't name the host, so that its own may not be shown there. */
  | "unnamed"
  /** It is definitely not there. */
  | "missing"
  /** The registry understood and said no, for a reason of its own. */
  | "refused"
  | "rate-limited"
  /** It answered with a failure of its own (5xx). */
  | "unavailable"
  /** There was no answer, or not a whole one. */
  | "unreachable"
  | "tls"
  /** The answer is not what a registry may send: a wrong digest, no JSON, a redirect to nowhere. */
  | "invalid";

/** What is asked of which registry: the words of a message. */
export interface Asked {
  readonly host: string;
  /** The path in the registry. */
  readonly repository: string;
  readonly access: "pull" | "push";
  /** Another repository of the registry, whose blobs are asked for too. */
  readonly mountFrom?: string;
}

interface RegistryErrorDetails {
  readonly hint: string;
  readonly cause?: unknown;
  readonly isTransient?: boolean;
  readonly retryAfter?: number | undefined;
}

export class RegistryError extends UserError {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  /** Whether the same request may well succeed later. */
  readonly isTransient: boolean;
  /** Milliseconds that the registry asks us to wait. */
  readonly retryAfter: number | undefined;

  constructor(code: RegistryErrorCode, message: string, details: RegistryErrorDetails) {
    super(message, details);
    this.code = code;
    this.isTransient = details.isTransient ?? false;
    this.retryAfter = details.retryAfter;
  }
}

/** The error that an unwelcome answer is. */
export function answerError(asked: Asked, response: HttpResponse, now: Date): RegistryError {
  const { host, repository, access } = asked;
  const reason = reasonIn(response);
  const because = reason === "" ? "" : `: ${reason}`;
  const { status } = response;
  const limit = rateLimitOf(response, now, repository);
  if (limit !== undefined) {
    return new RegistryError("rate-limited", `${host} limits the rate of requests (${status})${because}`, {
      hint: `run again later${host === "docker.io" ? ", and log in to docker.io: its limits are wider then" : ""}`,
      isTransient: true,
      retryAfter: limit.retryAfter,
    });
  }
  const complaint = access === "push" ? complaintOf(response, repository) : undefined;
  if (complaint !== undefined) {
    const message = `${host} ${complaint.sentence(repository)} (${status})${because}`;
    return new RegistryError(status >= 500 ? "unavailable" : "refused", message, {
      hint: complaint.hint,
      isTransient: status >= 500 && status !== 507,
      retryAfter: retryAfter(response, now),
    });
  }
  if (status === 403) return deniedError(asked, because);
  if (status === 404) {
    return new RegistryError("missing", `${host} doesn't have what was requested from ${repository} (404)${because}`, {
      hint:
        access === "push"
          ? `create ${repository} in the registry`
          : `check the name, and that ${repository} was published`,
    });
  }
  if (status >= 500 || status === 408) {
    return new RegistryError("unavailable", `${host} answered ${status} for ${repository}${because}`, {
      hint: "run again when the registry is available; what is published stays as it is",
      isTransient: status !== 501,
      retryAfter: retryAfter(response, now),
    });
  }
  if (status === 413) {
    return new RegistryError("refused", `${host} rejected the upload to ${repository} as too large (413)${because}`, {
      hint: "raise the limit of the registry, or of the proxy in front of it, or make the image's layers smaller",
    });
  }
  return new RegistryError("refused", `${host} refused the ${access} of ${repository} (${status})${because}`, {
    hint: "fix what the registry complains about, and run again",
  });
}

/** The login is missing (`hasLogin` false) or was not accepted. */
export function unauthorizedError({ host }: Asked, hasLogin: boolean): RegistryError {
  // Gitea gives the token of a job no access to packages at all, and answers as to a wrong password.
  const elsewhere = isGitHubs(host)
    ? ""
    : ". The job token of Gitea and Forgejo can't access packages: create an access token with write:package";
  return hasLogin
    ? new RegistryError("unauthorized", `${host} does not accept the login that it is given`, {
        hint: `check that the login for ${host} (registry-username and registry-password, or docker/login-action) is valid${elsewhere}`,
      })
    : new RegistryError("unauthorized", `${host} requires authentication, and there is no login for it`, {
        hint: `give registry-username and registry-password, or log in to ${host} with docker/login-action before this step`,
      });
}

export function deniedError({ host, repository, access }: Asked, because = ""): RegistryError {
  const permission = `packages: ${access === "push" ? "write" : "read"}`;
  return new RegistryError("denied", `${host} refused the ${access} of ${repository}${because}`, {
    hint: isGitHubs(host)
      ? `add \`${permission}\` to the job's permissions; a package that another repository made must also give this one access, in its settings`
      : `give the login for ${host} the right to ${access} ${repository}; check the name too`,
  });
}

/** The error in place of one for a missing login, where the workflow's own may not be shown to the host. */
export function unnamedError({ host, repository, access }: Asked, hint: string, cause: RegistryError): RegistryError {
  const message = `${host} requires authentication for the ${access} of ${repository}, and there is no login for it`;
  return new RegistryError("unnamed", `${message}: the inputs of the workflow don't name that host`, { hint, cause });
}

const isGitHubs = (host: string): boolean =>
  host === "ghcr.io" || (host.startsWith("containers.") && host.endsWith(".ghe.com"));

/** The same error, of what may well succeed later. */
export function transient({ code, message, hint, cause, retryAfter }: RegistryError): RegistryError {
  return new RegistryError(code, message, { hint, cause, retryAfter, isTransient: true });
}

/** The error for a digest that should be there and is not. */
export function missingManifest(repository: Repository, digest: Digest): RegistryError {
  return new RegistryError("missing", `${repository} does not hold ${digest}`, {
    hint: "run again: it was never pushed there, or something deleted it meanwhile",
  });
}

/** Whether an answer about a repository leaves open what is there, which says nothing of other repositories. */
export function isUnclear(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.code === "invalid";
}

/** The answer is no answer of a registry. `isTransient` where bytes may have been lost on the way. */
export function invalidError(
  { host, repository }: Asked,
  why: string,
  cause?: unknown,
  isTransient = false,
): RegistryError {
  return new RegistryError("invalid", `${host} sent an invalid response for ${repository}: ${why}`, {
    hint: "check that the host is a registry's, and that no proxy changes what it sends",
    cause,
    isTransient,
  });
}

/** A registry behind TLS names an address in the clear, which what is in front of it made it believe in. */
export function insecureError({ host, repository }: Asked, what: string, { origin }: URL): RegistryError {
  return new RegistryError("invalid", `${host} sent for ${repository} ${what} to ${origin}, which is not encrypted`, {
    hint: "let the proxy in front of the registry send `X-Forwarded-Proto: https` and the `Host` that it was asked for, or set the registry's external address to https",
  });
}

const withoutEncoding = "switch off compression for `/v2/` in what is in front of the registry: none was asked for";

/** A body in an encoding that was not asked for, and that can't be undone. */
export function encodedError(asked: Asked, encoding: string): RegistryError {
  const { host, repository } = asked;
  const name = JSON.stringify(encoding.slice(0, 40));
  return new RegistryError("invalid", `${host} sent for ${repository} a body with Content-Encoding ${name}`, {
    hint: withoutEncoding,
  });
}

/** Another host that a registry names. */
export interface Elsewhere {
  readonly host: string;
  readonly what: "the token server" | "a redirect";
}

/** How OpenSSL reports that it got something other than TLS. */
const noTls = /wrong version number|packet length too long|http request|unexpected message|record layer failure/i;

function undecodableError(asked: Asked, { encoding, isCutOff, cause }: UndecodableError): RegistryError {
  const what = isCutOff
    ? `cut off a body with Content-Encoding ${encoding}`
    : `sent a body that isn't ${encoding}, as its Content-Encoding says`;
  return new RegistryError("invalid", `${asked.host} ${what} (for ${asked.repository})`, {
    hint: withoutEncoding,
    cause,
    isTransient: isCutOff,
  });
}

/** The error for an exchange that had no answer; `cause` carries the `code` of the `Http` port. */
export function networkError(asked: Asked, cause: unknown, elsewhere?: Elsewhere): RegistryError {
  const { host } = asked;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const reached = elsewhere?.host ?? host;
  const subject = elsewhere === undefined ? host : `${elsewhere.host}, ${elsewhere.what} of ${host},`;
  if (code === "EMSGSIZE") return invalidError(asked, messageOf(cause), cause);
  if (cause instanceof UndecodableError) return undecodableError(asked, cause);
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || (code === "EPROTO" && noTls.test(messageOf(cause)))) {
    return new RegistryError("tls", `${subject} doesn't support TLS`, {
      hint: "serve it over https: plain http is for registries on this machine (localhost) alone",
    });
  }
  if (code === "EPROTO") {
    return new RegistryError("tls", `${subject} refused the TLS connection: ${messageOf(cause)}`, {
      hint: "check its TLS settings (versions, ciphers, name of the server), and what is in front of it",
      cause,
    });
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/.test(code)) {
    return new RegistryError("tls", `the certificate of ${reached} is not trusted: ${messageOf(cause)}`, {
      hint: "fix the certificate, or name its authority's file in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS (the builder needs it too)",
      cause,
    });
  }
  if (code === "EPROXY") {
    return new RegistryError("unreachable", `${subject} cannot be reached: ${messageOf(cause)}`, {
      hint: "fix HTTPS_PROXY (with a login it is http://user:password@host:port), or name the host in NO_PROXY",
      cause,
    });
  }
  return new RegistryError("unreachable", `${subject} cannot be reached: ${messageOf(cause)}`, {
    hint:
      elsewhere === undefined
        ? "check the host's name, the network of this machine, and its proxy settings"
        : `check that ${host} names the right address, and that this machine's network and proxy let it be reached`,
    cause,
    // A name that does not exist is most often a typing error; a resolver in trouble says EAI_AGAIN.
    isTransient: code !== "ENOTFOUND",
  });
}

/** The codes of the answer's first error (distribution-spec, "Error Codes"); none for what is no such document. */
export function errorCodes(response: HttpResponse): readonly string[] {
  return errorsOf(response).map(({ code }) => code);
}

/** Whether an answer reports that a login has expired. */
export function isExpired(response: HttpResponse): boolean {
  return /\b(?:token|credentials?|login|password|session)\b.*\bexpired\b|\breauthenticate\b/i.test(reasonIn(response));
}

function reasonIn(response: HttpResponse): string {
  const [first] = errorsOf(response);
  const reason = first === undefined ? messageIn(response) : `${first.code} ${first.message}`;
  return Array.from(reason.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, " ").trim())
    .slice(0, 200)
    .join("");
}

/** What GitHub's API and others send: an object with a `message`. */
function messageIn(response: HttpResponse): string {
  const document = documentIn(response);
  return "message" in document && typeof document.message === "string" ? document.message : "";
}

function errorsOf(response: HttpResponse): readonly { readonly code: string; readonly message: string }[] {
  const document = documentIn(response);
  if (!("errors" in document) || !Array.isArray(document.errors)) return [];
  return document.errors.flatMap((each: unknown) => {
    if (
      typeof each !== "object" ||
      each === null ||
      !("code" in each) ||
      typeof each.code !== "string" ||
      each.code === ""
    )
      return [];
    return [{ code: each.code, message: "message" in each && typeof each.message === "string" ? each.message : "" }];
  });
}

function documentIn({ body }: HttpResponse): object {
  try {
    const document: unknown = JSON.parse(new TextDecoder().decode(body.subarray(0, 65_536)));
    return typeof document === "object" && document !== null ? document : {};
  } catch {
    return {};
  }
}
