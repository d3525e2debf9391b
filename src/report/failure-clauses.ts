/** What checks and scans say against images, as clauses of a sentence. */
import { count, forms } from "../lib/quantities.ts";
import { checkNames } from "./check-names.ts";
import { findingsInWords } from "./findings/finding-words.ts";
import { findingsOf, heirsOf, type ImageFailure, isUnscanned } from "./image-failure.ts";

/** Makes text fit for where it is shown. */
export type Quote = (text: string) => string;

/** Of images that are published, or would be, and whose scans fail the run. */
export function failingClauses(failing: readonly ImageFailure[], quote: Quote): readonly string[] {
  const clause = (some: readonly ImageFailure[], one: string, several: string): readonly string[] => {
    const [first] = some;
    if (first === undefined) return [];
    const number = some.length + sum(some, (each) => heirsOf(each).length);
    return [number === 1 ? `${quote(first.image)} ${one}` : `${number} images ${several}`];
  };
  const found = failing.filter((each) => !isUnscanned(each));
  return [
    ...clause(found, "has findings that match `fail-on`", "have findings that match `fail-on`"),
    ...clause(failing.filter(isUnscanned), "could not be scanned", "could not be scanned"),
  ];
}

export interface Wording {
  /** Of a name. */
  readonly quote: Quote;
  /** Of running text that may hold names. */
  readonly text: Quote;
  /** Nothing is pushed: what would be blocked. */
  readonly isOnlyChecked: boolean;
}

/** "`base` and 3 images that depend on it are blocked by CVE-2026-1 in openssl", a clause for each check; those without a scan last. */
export function blockedClauses(blocked: readonly ImageFailure[], wording: Wording): readonly string[] {
  const named = blocked.flatMap((failure) =>
    failure.kind === "blocked" && !isUnscanned(failure) ? [{ failure, check: failure.check }] : [],
  );
  // What is to be fixed in the images themselves comes first.
  const checks = Map.groupBy(
    named.toSorted((a, b) => Number(b.check === "scan") - Number(a.check === "scan")),
    ({ check }) => check,
  );
  return [
    ...[...checks].map(([check, some]) => {
      const failures = some.map(({ failure }) => failure);
      const findings = failures.flatMap(findingsOf);
      const by = findings.length === 0 ? checkNames[check] : wording.text(findingsInWords(findings));
      return blockedClause(failures, by, wording);
    }),
    ...unscannedClauses(blocked.filter(isUnscanned), wording),
  ];
}

function blockedClause(failures: readonly ImageFailure[], by: string, { quote, isOnlyChecked }: Wording): string {
  const { own, images, depend, waiting } = subjectOf(failures, quote);
  const subject = waiting === 0 ? own : `${own} and ${count(waiting, "image")} that ${depend}`;
  const verb = isOnlyChecked ? "would be" : forms(images + waiting, "is", "are");
  return `${subject} ${verb} blocked by ${by}`;
}

function unscannedClauses(failures: readonly ImageFailure[], { quote }: Wording): readonly string[] {
  if (failures.length === 0) return [];
  const { own, depend, waiting } = subjectOf(failures, quote);
  return [`${own} could not be scanned${waiting === 0 ? "" : ` (${count(waiting, "image")} ${depend})`}`];
}

/** The images that failures are about, and how many depend on them. */
function subjectOf(failures: readonly ImageFailure[], quote: Quote) {
  const names = [...new Set(failures.map(({ image }) => image))];
  const [first = ""] = names;
  const waiting = sum(failures, ({ waiting: { untagged, unbuilt } }) => untagged.length + unbuilt.length);
  return {
    own: names.length === 1 ? quote(first) : count(names.length, "image"),
    images: names.length,
    waiting,
    depend: `${forms(waiting, "depends", "depend")} on ${forms(names.length, "it", "them")}`,
  };
}

export function sum<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
