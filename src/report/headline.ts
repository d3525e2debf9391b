/** The one sentence that says how the run went, for the summary's heading and the log's last line. */

import type { Plan } from "../plan/plan.ts";
import { count, formatDuration } from "../quantities.ts";
import type { ImageScan } from "../scan/judged.ts";
import { shortCommit } from "./abbreviation.ts";
import { makesRed } from "./finding-counts.ts";
import { whyNothingIsBuilt } from "./nothing.ts";
import type { ImageResult, RunResult } from "./run-result.ts";
import { isPublished, ownTags } from "./tag-notes.ts";

export interface Headline {
  readonly mark: "✅" | "❌" | "⏹️";
  readonly sentence: string;
  /** What to make of it, where that is not plain. */
  readonly advice: string | undefined;
}

/** `quote` makes a name fit for where the sentence is shown, `text` running text that may hold one. */
export function headline(
  result: RunResult,
  quote: (name: string) => string,
  text: (text: string) => string = quote,
): Headline {
  const how = outcome(result, quote, text);
  const red = result.images.flatMap(({ planned, outcome }) => {
    const scan = outcome === "failed" ? undefined : result.scans?.get(planned.name);
    return scan !== undefined && makesRed(scan) ? [scan] : [];
  });
  if (red.length === 0) return how;
  const said = (scans: readonly ImageScan[], one: string, several: string): readonly string[] => {
    const [first, ...others] = scans;
    if (first === undefined) return [];
    return [others.length === 0 ? `${quote(first.name)} ${one}` : `${scans.length} images ${several}`];
  };
  const [unseen, seen] = [red.filter(({ kind }) => kind === "unscanned"), red.filter(({ kind }) => kind === "scanned")];
  const clauses = [
    ...said(seen, "has findings that count", "have findings that count"),
    ...said(unseen, "could not be scanned", "could not be scanned"),
  ];
  const advice = seen.length > 0 ? "Findings make the run red: what to do stands beside each." : "Mend what is listed.";
  return {
    mark: "❌",
    sentence: [how.sentence, ...clauses].join("; "),
    advice: how.advice === undefined ? advice : `${how.advice} ${advice}`,
  };
}

function outcome(result: RunResult, quote: (name: string) => string, text: (text: string) => string): Headline {
  const { images, plan } = result;
  const took = formatDuration(result.seconds);
  const published = images.filter(isPublished);
  const kept = images.filter((image) => isTagged(image) && !isPublished(image));
  const built = images.filter(({ outcome }) => outcome === "built");
  const cancelled = images.filter(({ outcome }) => outcome === "cancelled");

  if (images.some(({ outcome }) => outcome === "failed")) return afterFailure(images, quote);
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
  if (scans.length > 0) {
    const scanned = scans.filter(({ kind }) => kind === "scanned").length;
    return { mark: "✅", sentence: `Scanned ${count(scanned, "image")} in ${took}`, advice: undefined };
  }
  const advice = whyNothingIsBuilt(plan, text) ?? whyNothing(plan);
  return { mark: "✅", sentence: "Nothing to publish", advice };
}

function isTagged({ outcome }: ImageResult): boolean {
  return outcome === "published" || outcome === "promoted";
}

function afterFailure(images: readonly ImageResult[], quote: (name: string) => string): Headline {
  const failed = images.filter(({ outcome }) => outcome === "failed");
  const numberOf = (outcome: ImageResult["outcome"]) => images.filter((image) => image.outcome === outcome).length;
  const partly = failed.filter((image) => ownTags(image).length > 0).length;
  const published = images.filter(isPublished).length;
  const [blocked, cancelled] = [numberOf("blocked"), numberOf("cancelled")];
  const [first, ...others] = failed;
  const isOne = others.length === 0;
  const parts = [
    isOne ? `${quote(first?.planned.name ?? "")} failed` : `${failed.length} images failed`,
    ...(partly > 0 ? [isOne ? "some of its tags are in place" : `${partly} of them with some tags in place`] : []),
    ...(blocked > 0 ? [`${were(blocked)} not built because of ${isOne ? "it" : "them"}`] : []),
    ...(cancelled > 0 ? [`${were(cancelled)} cancelled`] : []),
    published > 0 ? `${were(published)} published` : `nothing ${partly > 0 ? "else " : ""}was published`,
  ];
  const stays = published > 0 ? " What was published is complete and stays." : "";
  const tagged = partly > 0 ? " Tags that are in place name complete images; the next run puts the others." : "";
  return {
    mark: "❌",
    sentence: parts.join(", "),
    advice: `Mend what is listed, and push it or run this again.${stays}${tagged}`,
  };
}

function were(number: number): string {
  return `${number} ${number === 1 ? "was" : "were"}`;
}

/** `Published 3 of 8 images`, `Released all 8 images as 1.2.3`. */
function whatWasPublished(published: readonly ImageResult[], plan: Plan, quote: (name: string) => string): string {
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
    return `What was tested is what ships: ${isOne ? "it is" : "each is"} the very digest that was published before.`;
  }
  return `What is made of these sources was published already, so ${isOne ? "it" : "they"} only got tags.`;
}

function keptTags(images: number, what: string): string {
  if (images === 0) return "";
  return `The tags of ${count(images, what)} stay where they are; the reason stands beside ${images === 1 ? "it" : "each"}.`;
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
