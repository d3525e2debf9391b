/** The one sentence that says how the run went, for the summary's heading and the log's last line. */

import { count, formatDuration } from "../../lib/quantities.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ImageResult, OtherFailure, RunResult } from "../../results/run-result.ts";
import { type Failure, failuresOf } from "../failures.ts";
import { findingsInWords } from "../findings/finding-words.ts";
import { whyNothingIsBuilt } from "../nothing.ts";
import { shortCommit } from "./abbreviation.ts";
import { isPublished, ownTags } from "./tag-notes.ts";

export interface Headline {
  /** `🛑`: nothing went wrong, and a check keeps images from their tags. `⚠️`: nothing was there to be looked at. */
  readonly mark: "✅" | "❌" | "🛑" | "⏹️" | "⚠️";
  readonly sentence: string;
  /** What to make of it, where that is not plain. */
  readonly advice: string | undefined;
}

/** `quote` makes a name fit for where the sentence is shown, `text` running text that may hold one. */
export function headline(result: RunResult, quote: Quote, text: Quote = quote): Headline {
  const failures = failuresOf(result);
  const how = withOthers(outcome(result, failures, quote, text), result.otherFailures ?? []);
  const red = failures.filter(({ kind, isBlocked }) => kind !== "failed" && !isBlocked);
  const clauses = redClauses(red, quote);
  if (clauses.length === 0) return how;
  const hasFindings = red.some(({ kind }) => kind === "findings");
  const advice = hasFindings
    ? "Findings make the run fail: how to fix each is listed with it."
    : "Fix what is listed, and run this again.";
  const isUnscanned = how.sentence === scannedNothing;
  return {
    mark: how.mark === "🛑" ? "🛑" : "❌",
    sentence: isUnscanned ? clauses.join("; ") : [how.sentence, ...clauses].join("; "),
    advice: how.advice === undefined ? advice : `${how.advice} ${advice}`,
  };
}

type Quote = (name: string) => string;

const scannedNothing = "Scanned nothing";

function redClauses(failures: readonly Failure[], quote: Quote): readonly string[] {
  const said = (some: readonly Failure[], one: string, several: string): readonly string[] => {
    const [first] = some;
    if (first === undefined) return [];
    const number = some.length + some.reduce((sum, { heirs }) => sum + heirs.length, 0);
    return [number === 1 ? `${quote(first.image)} ${one}` : `${number} images ${several}`];
  };
  const of = (wanted: Failure["kind"]) => failures.filter(({ kind }) => kind === wanted);
  return [
    ...said(of("findings"), "has findings that match `fail-on`", "have findings that match `fail-on`"),
    ...said(of("unscanned"), "could not be scanned", "could not be scanned"),
  ];
}

interface Wording {
  readonly quote: Quote;
  readonly text: Quote;
  /** Nothing is pushed: what would be blocked. */
  readonly isOnlyChecked: boolean;
}

/** "`base` and 3 images that depend on it are blocked by CVE-2026-1 in openssl", a clause for each kind of check. */
function blockedClauses(failures: readonly Failure[], { quote, text, isOnlyChecked }: Wording): readonly string[] {
  const kinds: readonly Failure["kind"][] = ["findings", "size", "unscanned"];
  return kinds.flatMap((kind) => {
    const some = failures.filter((each) => each.kind === kind);
    const [name, ...others] = new Set(some.map(({ image }) => image));
    if (name === undefined) return [];
    const isOne = others.length === 0;
    const waiting = some.reduce((sum, each) => sum + each.untagged.length + each.unbuilt.length + each.heirs.length, 0);
    const depend = `${waiting === 1 ? "depends" : "depend"} on ${isOne ? "it" : "them"}`;
    const own = isOne ? quote(name) : `${others.length + 1} images`;
    if (kind === "unscanned") {
      return [`${own} could not be scanned${waiting === 0 ? "" : ` (${count(waiting, "image")} ${depend})`}`];
    }
    const subject = waiting === 0 ? own : `${own} and ${count(waiting, "image")} that ${depend}`;
    const verb = isOnlyChecked ? "would be" : isOne && waiting === 0 ? "is" : "are";
    const by = kind === "size" ? "`max-size`" : text(findingsInWords(some.flatMap(({ findings }) => findings)));
    return [`${subject} ${verb} blocked by ${by}`];
  });
}

function withOthers(how: Headline, failures: readonly OtherFailure[]): Headline {
  const titles = [...new Set(failures.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)))];
  return titles.length === 0 ? how : { ...how, mark: "❌", sentence: [how.sentence, ...titles].join("; ") };
}

function outcome(result: RunResult, failures: readonly Failure[], quote: Quote, text: Quote): Headline {
  const { images, plan } = result;
  const took = formatDuration(result.seconds);
  const published = images.filter(isPublished);
  const kept = images.filter((image) => isTagged(image) && !isPublished(image));
  const built = images.filter(({ outcome }) => outcome === "built");
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled");

  const wording: Wording = { quote, text, isOnlyChecked: !plan.push };
  if (failures.some(({ kind }) => kind === "failed")) return afterFailure(images, failures, wording);
  const blocked = failures.filter(({ isBlocked }) => isBlocked);
  if (blocked.length > 0) return afterBlock(blocked, result, wording);
  if (cancelled.length > 0) {
    return {
      mark: "⏹️",
      sentence: `The run was cancelled: ${count(published.length, "image")} published, ${cancelled.length} not finished`,
      advice: "What was published is complete and stays. Run this again for the rest.",
    };
  }
  if (published.length > 0) {
    const advice = [whatWasPromoted(published), keptTags(kept.length, "more image")].filter((each) => each !== "");
    return {
      mark: "✅",
      sentence: `${whatWasPublished(published, plan, quote)} in ${took}${howManyUnbuilt(published, built.length)}`,
      advice: advice.length === 0 ? undefined : advice.join(" "),
    };
  }
  if (kept.length > 0) return { mark: "✅", sentence: "Nothing was tagged", advice: keptTags(kept.length, "image") };
  if (built.length > 0) {
    const sentence = `Built ${count(built.length, "image")} in ${took}, published nothing`;
    return { mark: "✅", sentence, advice: whyNotPushed(plan) };
  }
  const scans = [...(result.scans?.values() ?? [])];
  const scanned = scans.filter(({ kind }) => kind === "scanned").length;
  if (scanned > 0)
    return { mark: "✅", sentence: `Scanned ${count(scanned, "published image")} in ${took}`, advice: undefined };
  if (scans.length > 0) return { mark: "⚠️", sentence: scannedNothing, advice: undefined };
  if (result.mended !== undefined && plan.nothing === undefined) {
    const advice = "No image that is to be scanned is published under the names that `images` gives.";
    return { mark: "⚠️", sentence: scannedNothing, advice };
  }
  const advice = whyNothingIsBuilt(plan, text) ?? whyNothing(plan);
  return { mark: "✅", sentence: "Nothing to publish", advice };
}

function isTagged({ outcome }: ImageResult): boolean {
  return outcome === "published" || outcome === "promoted";
}

function afterBlock(blocked: readonly Failure[], { images, plan, scans }: RunResult, wording: Wording): Headline {
  const published = images.filter(isPublished).length;
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled").length;
  const isFirst = (name: string): boolean => {
    const scan = scans?.get(name);
    return scan?.kind === "scanned" && scan.comparedWith.kind === "first";
  };
  const isNothingThere = published === 0 && blocked.every(({ image }) => isFirst(image));
  const start = !plan.push ? "Check failed" : isNothingThere ? "Nothing was published" : "Tags not updated";
  const parts = [
    blockedClauses(blocked, wording).join("; "),
    ...(cancelled > 0 ? [`${were(cancelled)} canceled`] : []),
    ...(published > 0 ? [`${were(published)} published`] : []),
  ];
  return {
    mark: "🛑",
    sentence: `${start}: ${parts.join("; ")}`,
    advice: afterBlockAdvice(blocked, plan, isNothingThere),
  };
}

function afterBlockAdvice(blocked: readonly Failure[], plan: Plan, isNothingThere: boolean): string {
  const all = blocked.reduce((sum, { untagged, heirs }) => sum + 1 + untagged.length + heirs.length, 0);
  const [were, their] = all === 1 ? ["The image was built.", "Its"] : ["The images were built.", "Their"];
  const built = blocked.every((each) => each.built !== undefined || each.heirs.length > 0) ? `${were} ` : "";
  if (!plan.push) {
    const then = /^(?:pull|merge)/.test(plan.event) ? "Merged as it is" : "In a run that pushes";
    return `${built}${then}, ${their.toLowerCase()} tags would not be updated.`;
  }
  const until = blocked.every(({ kind }) => kind === "findings")
    ? "the findings below are fixed"
    : "what is listed is fixed";
  return `${built}${their} tags are not ${isNothingThere ? "pushed" : "updated"} until ${until}.`;
}

function afterFailure(images: readonly ImageResult[], failures: readonly Failure[], wording: Wording): Headline {
  const culprits = [...Map.groupBy(failures, ({ image }) => image).values()].filter((some) =>
    some.some(({ kind }) => kind === "failed"),
  );
  const [first, ...others] = culprits;
  const of = (what: "unbuilt" | "untagged") => culprits.flat().reduce((sum, each) => sum + each[what].length, 0);
  const partly = culprits.filter((some) => some.some(({ put }) => put.length > 0)).length;
  const published = images.filter(isPublished).length;
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled").length;
  const isOne = others.length === 0;
  const because = `because of ${isOne ? "it" : "them"}`;
  const parts = [
    isOne ? `${wording.quote(first?.[0]?.image ?? "")} failed` : `${culprits.length} images failed`,
    ...(partly > 0 ? [isOne ? "some of its tags are in place" : `${partly} of them with some tags in place`] : []),
    ...(of("unbuilt") > 0 ? [`${were(of("unbuilt"))} not built ${because}`] : []),
    ...(of("untagged") > 0 ? [`${were(of("untagged"))} not tagged ${because}`] : []),
    ...(cancelled > 0 ? [`${were(cancelled)} canceled`] : []),
    ...blockedClauses(
      failures.filter(({ isBlocked }) => isBlocked),
      wording,
    ),
    published > 0 ? `${were(published)} published` : `nothing ${partly > 0 ? "else " : ""}was published`,
  ];
  const stays = published > 0 ? " What was published is complete and stays." : "";
  const tagged = partly > 0 ? " Tags that are in place name complete images; the next run puts the others." : "";
  return {
    mark: "❌",
    sentence: parts.join(", "),
    advice: `Fix what is listed, and push it or run this again.${stays}${tagged}`,
  };
}

function were(number: number): string {
  return `${number} ${number === 1 ? "was" : "were"}`;
}

/** `Published 3 of 8 images`, `Released all 8 images as 1.2.3`. */
function whatWasPublished(published: readonly ImageResult[], plan: Plan, quote: Quote): string {
  const publishable = plan.images.filter((image) => image.repositories.length > 0).length;
  const number = published.length;
  const which = publishable === number ? allOf(number) : `${number} of ${count(publishable, "image")}`;
  const versions = published.map(releasedVersion);
  if (versions.some((version) => version === undefined)) return `Published ${which}`;
  const [version, ...more] = new Set(versions);
  return `Released ${which}${version === undefined || more.length > 0 ? "" : ` as ${quote(version)}`}`;
}

/** `undefined` where no release's own tag is on the image. */
function releasedVersion(image: ImageResult): string | undefined {
  const release = image.planned.kind === "skip" ? null : image.planned.release;
  return ownTags(image).some(({ tag }) => tag === release?.tag) ? release?.version : undefined;
}

function allOf(number: number): string {
  return number === 1 ? "the image" : number === 2 ? "both images" : `all ${number} images`;
}

/** @param others images that were built for others, and are not published. */
function howManyUnbuilt(published: readonly ImageResult[], others: number): string {
  const promoted = published.filter(({ outcome }) => outcome === "promoted").length;
  if (promoted === 0) return "";
  if (promoted < published.length) return `, ${promoted} of them without building`;
  if (others > 0)
    return `, without building ${promoted === 1 ? "it" : "them"}; ${count(others, "image")} built that ${others === 1 ? "is" : "are"} not published`;
  return `, without building ${promoted === 1 ? "it" : "any"}`;
}

function whatWasPromoted(published: readonly ImageResult[]): string {
  if (published.some(({ outcome }) => outcome !== "promoted")) return "";
  const isOne = published.length === 1;
  if (published.every((image) => releasedVersion(image) !== undefined)) {
    return `What was tested is what ships: ${isOne ? "it is" : "each is"} the same digest that was published before.`;
  }
  return `What is made of these sources was published already, so ${isOne ? "it" : "they"} only got tags.`;
}

function keptTags(images: number, what: string): string {
  if (images === 0) return "";
  return `The tags of ${count(images, what)} stay where they are; the reason is listed with ${images === 1 ? "it" : "each"}.`;
}

function whyNotPushed(plan: Plan): string {
  if (plan.push) return "What was built is not meant to be published; other images use it.";
  if (/^pull.request/.test(plan.event)) return "A pull request's images are built and checked, not pushed.";
  if (/^merge.group/.test(plan.event)) return "A merge group's images are built and checked, not pushed.";
  return "This run does not push.";
}

function whyNothing({ images, base }: Plan): string | undefined {
  const numberOf = (wanted: string) =>
    images.filter(({ reasons }) => reasons.some(({ kind }) => kind === wanted)).length;
  const [current, superseded] = [numberOf("current"), numberOf("superseded")];
  if (current + superseded > 0) {
    const there = `${count(current, "image")} ${current === 1 ? "is" : "are"} published already, under all tags.`;
    return [...(current > 0 ? [there] : []), ...(superseded > 0 ? [keptTags(superseded, "image")] : [])].join(" ");
  }
  if (images.length === 0 || numberOf("unaffected") < images.length) return undefined;
  const which = images.length === 1 ? "the image" : `any of the ${images.length} images`;
  return `Nothing that goes into ${which} changed${base === null ? "" : ` since ${shortCommit(base)}`}.`;
}
