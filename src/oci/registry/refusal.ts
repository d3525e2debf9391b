/** What a registry complains of, where its status is one that it has for other things too. */
import type { HttpResponse } from "../../ports.ts";

/** Harbor's, Quay's, GitLab's and ACR's words for a quota (and no part of a name), and those of a registry whose disk is full. */
export const quotaWords =
  /(?<![\w/.:@-])(?:storage[ _]?)?quotas?(?:[ _]?(?:exceeded|limit(?:ed|s)?))?(?![\w/-]|:\S)|storage (?:limit|space|capacity)|(?:insufficient|not enough|out of) (?:disk |storage )?(?:space|storage)|exceed\w* the configured upper limit|no space left|disk (?:is )?full/i;

/** Those of Harbor, ECR, Quay, Artifact Registry, Nexus and ACR for a tag that stays where it is. */
const immutableWords =
  /immutab|(?:cannot|can't|can not|must not|may not) be (?:overwritten|modified|updated|moved)|\b(?:tag|manifest|image|version)\b[^.]{0,200}\balready exists|already exists\b[^.]{0,40}\b(?:tag|manifest|image|version)\b|not allow (?:updating|overwrit)|overwrit\w+ (?:is|are) (?:not allowed|disallowed|disabled|forbidden)|(?:protected|locked) tag|tag\b[^.]{0,200}\bis (?:protected|locked)|disallowed on this registry, repository or image/i;

/** Statuses that registries refuse a push with. */
const refusals: ReadonlySet<number> = new Set([400, 403, 405, 409, 412, 422, 423]);
const longest = 65_536;

/** `undefined`: of neither, or of what nobody can tell. */
export function complaintOf({ status, headers, body }: HttpResponse): "quota" | "immutable" | undefined {
  // A page says many things.
  const isPage = /^\s*text\/html\b/i.test(headers["content-type"] ?? "");
  const said = isPage ? "" : new TextDecoder().decode(body.subarray(0, longest));
  if (status === 507 || ((status >= 500 || refusals.has(status)) && quotaWords.test(said))) return "quota";
  return refusals.has(status) && immutableWords.test(said) ? "immutable" : undefined;
}
