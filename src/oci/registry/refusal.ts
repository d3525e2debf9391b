/** What a registry complains of, where its status is one that it has for other things too. */
import { textOf, wordsOf } from "../../lib/http/complaint-text.ts";
import type { HttpResponse } from "../../ports.ts";

/** Harbor's, Quay's, GitLab's and ACR's words for a quota, ECR's for too many images, and those of a registry whose disk is full. */
export const quotaWords = [
  wordsOf("(?:storage[ _]?)?quotas?(?:[ _]?(?:exceeded|limit(?:ed|s)?))?"),
  "storage (?:limit|space|capacity)[^.]{0,40}(?:exceed|reach|full|exhaust|used up|ran out)",
  "(?:exceed\\w*|over|reached|beyond|no|out of)(?: \\w+){0,3} storage (?:limit|space|capacity)",
  "(?:insufficient|not enough|out of) (?:disk |storage )?(?:space|storage)",
  "exceed\\w* the configured upper limit|no space left|disk (?:is )?full|maximum allowed number of",
].join("|");

/** Those of ACR, Harbor, Quay and others where nothing may be pushed for now, whatever it is called. */
export const lockedWords = [
  "disallowed on this registry, repository or image",
  "(?:system|registry|repository|server|service|instance|storage)(?: ['\"`]\\S+['\"`])? (?:is|was|are)(?: \\w+)? (?:in (?:a )?)?read[- ]?only",
  "read[- ]?only mode|write operations are \\w+ suspended|under maintenance|maintenance mode|archived so is read[- ]?only",
].join("|");

/** Those of Harbor, ECR, Quay, Artifact Registry and Nexus for a tag that stays where it is. */
const immutableWords = [
  wordsOf("(?:(?:tag|image|manifest)s?[ _]?)?immutab(?:le|ility)(?:[ _]?tags?)?"),
  "(?:cannot|can't|can not|must not|may not) be (?:overwritten|modified|updated|moved)",
  "\\b(?:tag|manifest|image|version)\\b[^.]{0,200}\\balready exists",
  "already exists\\b[^.]{0,40}\\b(?:tag|manifest|image|version)\\b",
  "not allow (?:updating|overwrit)",
  "overwrit\\w+ (?:is|are) (?:not allowed|disallowed|disabled|forbidden)",
  "(?:protected|locked) tag|tag\\b[^.]{0,200}\\bis (?:protected|locked)",
].join("|");

/** What a manifest or an upload refers to, and the registry doesn't know. */
const lostWords = wordsOf("MANIFEST_BLOB_UNKNOWN|BLOB_UNKNOWN|MANIFEST_UNKNOWN|BLOB_UPLOAD_(?:UNKNOWN|INVALID)");

export interface Complaint {
  /** The sentence's part after the host's name. */
  readonly sentence: (repository: string) => string;
  readonly hint: string;
}

interface Row extends Complaint {
  readonly is: (status: number, text: string) => boolean;
}

/** Statuses that registries refuse a push with. */
const refusals: ReadonlySet<number> = new Set([400, 403, 405, 409, 412, 422, 423]);
const [quotaPattern, lockedPattern, immutablePattern] = [quotaWords, lockedWords, immutableWords].map(
  (words) => new RegExp(words, "i"),
) as [RegExp, RegExp, RegExp];
const lostPattern = new RegExp(lostWords);

const rows: readonly Row[] = [
  {
    is: (status, text) => status === 507 || ((status >= 500 || refusals.has(status)) && quotaPattern.test(text)),
    sentence: (repository) => `rejected the push of ${repository}: quota exceeded or disk full`,
    hint: "delete what isn't needed in the registry (and let it collect garbage), or raise the quota; no right is missing",
  },
  {
    is: (status, text) => (status >= 500 || refusals.has(status)) && lockedPattern.test(text),
    sentence: (repository) =>
      `rejected the push of ${repository}: the registry, the repository or the tag is locked or read-only`,
    hint: "unlock it in the registry, or wait until its maintenance is over, and run again; where only the tag is locked, release under a new tag",
  },
  {
    is: (status, text) => refusals.has(status) && immutablePattern.test(text),
    sentence: (repository) => `refused the push of ${repository}, as the tag is immutable there`,
    hint: "release under a new tag; tags that move (latest, a branch, 1.2) must be exempt from the registry's rule for immutable tags",
  },
  {
    is: (status, text) => (status === 404 || refusals.has(status)) && lostPattern.test(text),
    sentence: (repository) => `doesn't have a part of what was pushed to ${repository} before`,
    hint: "run again; if it stays, the registry loses what is uploaded: check its storage, and that all of its machines share it",
  },
  {
    is: (status) => status === 405,
    sentence: (repository) => `doesn't accept pushes of ${repository}`,
    hint: "push to a registry that may be written to: this one may be read-only, or a mirror or cache of another",
  },
];

/** Why a push was refused; `undefined`: for none of these reasons, or for an unknown one. */
export function complaintOf(response: HttpResponse, repository: string): Complaint | undefined {
  const { status, headers } = response;
  // A page says many things.
  const isPage = /^\s*text\/html\b/i.test(headers["content-type"] ?? "");
  const text = isPage ? "" : textOf(response, repository);
  return rows.find(({ is }) => is(status, text));
}
