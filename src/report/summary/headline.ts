/** The one sentence that says how the run went, for the summary's heading and the log's last line. */

import { count, formatDuration, forms } from "../../lib/quantities.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ImageResult } from "../../results/run-result.ts";
import { blockedClauses, failingClauses, type Quote, sum, type Wording } from "../failure-clauses.ts";
import type { RunReport } from "../failures.ts";
import { findingsOf, type ImageFailure, isFailed, isUnscanned } from "../image-failure.ts";
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
export function headline(report: RunReport, quote: Quote, text: Quote = quote): Headline {
  const { isEmpty = false, ...how } = outcome(report, quote, text);
  const failing = report.failures.filter(({ kind }) => kind === "scan");
  const others = [...new Set((report.otherFailures ?? []).map(({ clause }) => clause))];
  if (failing.length + others.length === 0) return how;
  const main = isEmpty && failing.length > 0 ? [] : [how.sentence];
  return {
    mark: how.mark === "🛑" && others.length === 0 ? "🛑" : "❌",
    sentence: [...main, ...failingClauses(failing, quote), ...others].join("; "),
    advice: [how.advice, adviceOn(failing)].filter((each) => each !== undefined).join(" ") || undefined,
  };
}

interface Outcome extends Headline {
  /** There is nothing in it that a clause about what failed doesn't say better. */
  readonly isEmpty?: true;
}

function adviceOn(failing: readonly ImageFailure[]): string | undefined {
  if (failing.length === 0) return undefined;
  return failing.every(isUnscanned)
    ? "Fix what is listed, and run this again."
    : "Findings make the run fail: how to fix each is listed with it.";
}

function outcome(report: RunReport, quote: Quote, text: Quote): Outcome {
  const { images, plan, failures } = report;
  const took = formatDuration(report.seconds);
  const published = images.filter(isPublished);
  const kept = images.filter((image) => isTagged(image) && !isPublished(image));
  const built = images.filter(({ outcome }) => outcome === "built");
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled");

  const wording: Wording = { quote, text, isOnlyChecked: !plan.push };
  const blocked = failures.filter(({ kind }) => kind === "blocked");
  if (failures.some(isFailed)) return afterFailure(images, failures, wording);
  if (blocked.length > 0) return afterBlock(blocked, report, wording);
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
  return withoutImages(report, took, text);
}

/** What was published is scanned, or there is nothing to do. */
function withoutImages({ plan, scans: all, fixableByRebuild }: RunReport, took: string, text: Quote): Outcome {
  const scans = [...(all?.values() ?? [])];
  const scanned = scans.filter(({ kind }) => kind === "scanned").length;
  if (scanned > 0)
    return { mark: "✅", sentence: `Scanned ${count(scanned, "published image")} in ${took}`, advice: undefined };
  if (scans.length > 0) return { mark: "⚠️", sentence: "Scanned nothing", advice: undefined, isEmpty: true };
  if (fixableByRebuild !== undefined && plan.nothing === undefined) {
    const advice = "No image that is to be scanned is published under the names that `images` gives.";
    return { mark: "⚠️", sentence: "Scanned nothing", advice };
  }
  const advice = whyNothingIsBuilt(plan, text) ?? whyNothing(plan);
  return { mark: "✅", sentence: "Nothing to publish", advice };
}

function isTagged({ outcome }: ImageResult): boolean {
  return outcome === "published" || outcome === "promoted";
}

function afterBlock(blocked: readonly ImageFailure[], { images, plan, scans }: RunReport, wording: Wording): Outcome {
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

function afterBlockAdvice(blocked: readonly ImageFailure[], plan: Plan, isNothingThere: boolean): string {
  const all = sum(blocked, ({ waiting }) => 1 + waiting.untagged.length);
  const [were, their] = all === 1 ? ["The image was built.", "Its"] : ["The images were built.", "Their"];
  const built = blocked.every((each) => each.kind === "blocked" && each.isBuilt) ? `${were} ` : "";
  if (!plan.push) {
    const then = /^(?:pull|merge)/.test(plan.event) ? "Merged as it is" : "In a run that pushes";
    return `${built}${then}, ${their.toLowerCase()} tags would not be updated.`;
  }
  const until = blocked.every((each) => findingsOf(each).length > 0)
    ? "the findings below are fixed"
    : "what is listed is fixed";
  return `${built}${their} tags are not ${isNothingThere ? "pushed" : "updated"} until ${until}.`;
}

function afterFailure(images: readonly ImageResult[], failures: readonly ImageFailure[], wording: Wording): Outcome {
  const culprits = Map.groupBy(failures.filter(isFailed), ({ image }) => image);
  const [first = ""] = culprits.keys();
  const failed = [...culprits.values()].flat();
  const of = (what: "unbuilt" | "untagged") => sum(failed, ({ waiting }) => waiting[what].length);
  const partly = failed.filter((each) => each.kind === "publish" && each.put.length > 0).length;
  const published = images.filter(isPublished).length;
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled").length;
  const isOne = culprits.size === 1;
  const because = `because of ${forms(culprits.size, "it", "them")}`;
  const parts = [
    isOne ? `${wording.quote(first)} failed` : `${culprits.size} images failed`,
    ...(partly > 0 ? [isOne ? "some of its tags are in place" : `${partly} of them with some tags in place`] : []),
    ...(of("unbuilt") > 0 ? [`${were(of("unbuilt"))} not built ${because}`] : []),
    ...(of("untagged") > 0 ? [`${were(of("untagged"))} not tagged ${because}`] : []),
    ...(cancelled > 0 ? [`${were(cancelled)} canceled`] : []),
    ...blockedClauses(
      failures.filter(({ kind }) => kind === "blocked"),
      wording,
    ),
    published > 0 ? `${were(published)} published` : `nothing ${partly > 0 ? "else " : ""}was published`,
  ];
  const stays = published > 0 ? " What was published is complete and stays." : "";
  const tagged = partly > 0 ? " Existing tags name complete images; the next run pushes the missing ones." : "";
  return {
    mark: "❌",
    sentence: parts.join(", "),
    advice: `Fix what is listed, and push it or run this again.${stays}${tagged}`,
  };
}

function were(number: number): string {
  return `${number} ${forms(number, "was", "were")}`;
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
    return `, without building ${forms(promoted, "it", "them")}; ${count(others, "image")} built that ${forms(others, "is", "are")} not published`;
  return `, without building ${forms(promoted, "it", "any")}`;
}

function whatWasPromoted(published: readonly ImageResult[]): string {
  if (published.some(({ outcome }) => outcome !== "promoted")) return "";
  const number = published.length;
  if (published.every((image) => releasedVersion(image) !== undefined)) {
    return `What was tested is what ships: ${forms(number, "it is", "each is")} the same digest that was published before.`;
  }
  return `What is made of these sources was published already, so ${forms(number, "it", "they")} only got tags.`;
}

function keptTags(images: number, what: string): string {
  if (images === 0) return "";
  return `The tags of ${count(images, what)} stay where they are; the reason is listed with ${forms(images, "it", "each")}.`;
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
    const there = `${count(current, "image")} ${forms(current, "is", "are")} published already, under all tags.`;
    return [...(current > 0 ? [there] : []), ...(superseded > 0 ? [keptTags(superseded, "image")] : [])].join(" ");
  }
  if (images.length === 0 || numberOf("unaffected") < images.length) return undefined;
  const which = images.length === 1 ? "the image" : `any of the ${images.length} images`;
  return `Nothing that goes into ${which} changed${base === null ? "" : ` since ${shortCommit(base)}`}.`;
}
