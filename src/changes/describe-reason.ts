import { formatLocation } from "../errors.ts";
import { someOf } from "../lib/text/some-of.ts";
import type { Reason } from "../model/reason.ts";

/**
 * The reason as people read it, plain text on one line: "images/base/Dockerfile changed". Names are the repository's, so
 * that what a terminal would obey, or hide, is spelled out; escaping for Markdown or a log is the printer's business.
 */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case "file":
      return `${printable(reason.path)} ${verbs[reason.change]}`;
    case "more-files":
      return reason.count === 1 ? "1 more file" : `${reason.count} more files`;
    case "doubt":
      return `everything in its context counts, because of ${printable(`${reason.what} (${formatLocation(reason.at)})`)}`;
    case "commit":
      return "git's own folder is in its context, so every commit changes it";
    case "unseen":
      return `always built: ${printable(reason.detail)}`;
    case "builds-on":
      return `depends on ${printable(reason.image)}`;
    case "unknown-base":
      return `may build on ${printable(reason.image)}, as ${printable(reason.base)} is not known before the build`;
    case "needed-by":
      return `needed by ${printable(reason.image)}`;
    case "new-branch":
      return `new branch ${printable(reason.branch)}`;
    case "tag":
      return `tag ${printable(reason.tag)}`;
    case "first-commit":
      return "first commit";
    case "scheduled":
      return "scheduled";
    case "fixable":
      return `a rebuild would fix ${reason.count === 1 ? "a finding" : `${reason.count} findings`}`;
    case "base-moved":
      return `its base ${printable(reason.base)} has a newer digest`;
    case "unscanned":
      return `it is unknown whether a rebuild would fix it: ${printable(reason.detail)}`;
    case "nothing-to-mend":
      return "a rebuild would fix nothing in it";
    case "asked-for":
      return "asked for";
    case "no-base":
      return `nothing to compare with: ${printable(reason.detail)}`;
    case "not-chosen":
      return printable(reason.detail);
    case "unaffected":
      return "nothing it is built from changed";
    case "problem":
      return printable(reason.detail);
    case "waits-for":
      return `depends on ${printable(reason.image)}, which can't be planned`;
    case "waits-for-release":
      return `waits for the release of ${printable(reason.image)} ${printable(reason.version)}`;
    case "never-published":
      return "not in the registry yet";
    case "behind":
      if (reason.byArguments)
        return `the build arguments changed since what is published was built, at ${printable(reason.revision.slice(0, 7))}`;
      return `what is published was made from other sources, at ${printable(reason.revision.slice(0, 7))}`;
    case "no-record":
      return `what is published doesn't say what it was made from: ${printable(reason.detail)}`;
    case "not-attested":
      return `what is published is not attested: ${printable(reason.detail)}`;
    case "incomplete":
      return `published, but not yet as ${printable(someOf(reason.missing, { most: mostMissing }))}`;
    case "current":
      return "published already, under all its tags";
    case "superseded":
      return `its tag stays where it is: ${printable(reason.detail)}`;
  }
}

/** Copies in other registries may lack many at once. */
const mostMissing = 4;

const verbs = { added: "was added", modified: "changed", deleted: "was deleted" } as const;

/** Controls, line ends, what reorders text or takes no room, and bytes that are no text (`decodePath`), as `\xNN` or `\u{NNNN}`. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    return byte <= 0xff ? `\\x${byte.toString(16).padStart(2, "0")}` : `\\u{${byte.toString(16)}}`;
  });
}
