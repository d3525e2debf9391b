/** What can keep an exchange from a whole answer, as errors with the codes of the operating system. */
import { codeOf } from "../system-error.ts";

export function errorWithCode(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

/** `proxy` is the host and port of the one that was asked. */
export function networkFailure(error: unknown, host: string, proxy: string | undefined): Error {
  const code = codeOf(error);
  const way = proxy === undefined ? "" : `, by the proxy ${proxy}`;
  if (code === "ERR_PROXY_TUNNEL") return refusedTunnel(error, proxy ?? "");
  if (code === "ECONNRESET") return errorWithCode(code, `${host} closed the connection too early${way}`, error);
  // Node's parser of HTTP names what it stumbled over.
  if (code.startsWith("HPE_")) return errorWithCode("EHTTP", `${host} sent an answer that isn't HTTP${way}`, error);
  return errorWithCode(code || "EHTTP", `${innermost(error, code)}${way}`, error);
}

/** The proxy's status line is in the message of Node's error. */
function refusedTunnel(error: unknown, proxy: string): Error {
  const statusLine = /HTTP\/1\.\d (\d{3})[^\r\n]{0,100}/.exec(messageIn(error));
  const status = Number(statusLine?.[1]);
  const why = statusLine === null ? "" : `: ${statusLine[0].replace(/[^\x20-\x7e]/g, " ")}`;
  // 4xx is the proxy's last word; all else may pass.
  return errorWithCode(
    status >= 400 && status < 500 ? "EPROXY" : "ECONNRESET",
    `the proxy ${proxy} made no connection${why}`,
    error,
  );
}

/**
 * Where several addresses were tried in vain the message of the whole is empty; OpenSSL's begins with its own numbers, and Node
 * adds advice for those who start it themselves.
 */
function innermost(error: unknown, code: string): string {
  const errors: unknown = typeof error === "object" && error !== null && "errors" in error ? error.errors : [];
  const message = messageIn(error) || (Array.isArray(errors) ? messageIn(errors[0]) : "");
  return (
    message
      .replace(/^.*?:error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):.*$/s, "$1")
      .replace(/^[0-9A-F]+:error:/, "")
      .replace(/; if the root CA is installed locally.*$/, "")
      .trim() || code
  );
}

/** By shape, as `codeOf`. */
function messageIn(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : "";
}
