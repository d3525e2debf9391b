/** Where an answer sends the same request: https is never given up, and what writes or logs in stays with its origin. */
import type { HttpRequest, HttpResponse } from "../../ports.ts";
import { type Asked, insecureError, invalidError } from "./registry-error.ts";

export const maximumRedirects = 5;
const statuses = new Set([301, 302, 303, 307, 308]);

export interface Redirected {
  readonly asked: Asked;
  /** Of the request that was answered. */
  readonly method: HttpRequest["method"];
  readonly url: URL;
  /** It carries a login in a way that can't be left out. */
  readonly isLogin?: boolean;
}

/**
 * The address where the request is sent again, with its method and body, as Go's client and so BuildKit does for 307 and 308;
 * `undefined` without a redirect. @throws RegistryError for one that leads where this request doesn't go.
 */
export function redirectOf(
  { asked, method, url, isLogin = false }: Redirected,
  { status, headers }: Pick<HttpResponse, "status" | "headers">,
): URL | undefined {
  if (!statuses.has(status)) return undefined;
  const next = URL.parse(headers.location ?? "", url.href);
  const what = isLogin ? "a redirect of its token server" : `a redirect of a ${method}`;
  if (next === null) throw invalidError(asked, what);
  const isHttp = next.protocol === "http:" || next.protocol === "https:";
  if (isHttp && url.protocol === "https:" && next.protocol === "http:") throw insecureError(asked, what, next);
  const isRead = method === "GET" || method === "HEAD";
  const isBound = isLogin || !isRead;
  // 303 is about another request, whose answer says nothing of what was written.
  const isOther = isBound && (next.origin !== url.origin || (status === 303 && !isRead));
  if (!isHttp || isOther) throw invalidError(asked, `${what} to ${next.origin}`);
  return next;
}
