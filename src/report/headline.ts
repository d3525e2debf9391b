/** The one sentence that says how the run went, for the summary's heading and the log's last line. */
import type { Plan } from "../plan/plan.ts";
import { shortCommit } from "./abbreviation.ts";
import { count, formatDuration } from "./quantities.ts";
import type { ImageResult, RunResult } from "./run-result.ts";

export interface Headline {
  readonly mark: "✅" | "❌" | "⏹️";
  readonly sentence: string;
  /** What to make of it, where that is not plain. */
  readonly advice: string | undefined;
}

/** `quote` makes an image's name fit for where the sentence is shown. */
export function headline(result: RunResult, quote: (name: string) => string): Headline {
  const named = (outcome: ImageResult["outcome"]): readonly string[] =>
    result.images.filter((image) => image.outcome === outcome).map((image) => image.planned.name);
  const published = named("published").length;
  const failed = named("failed");
  const cancelled = named("cancelled").length;
  const built = named("built").length;
  const took = formatDuration(result.seconds);

  if (failed.length > 0) return afterFailure(failed, named("blocked").length, published, cancelled, quote);
  if (cancelled > 0) {
    return {
      mark: "⏹️",
      sentence: `The run was cancelled: ${count(published, "image")} published, ${cancelled} not finished`,
      advice: "What was published is complete and stays. Run this again for the rest.",
    };
  }
  if (published > 0) {
    const publishable = result.plan.images.filter((image) => image.repositories.length > 0).length;
    const which = publishable === published ? allOf(publishable) : `${published} of ${count(publishable, "image")}`;
    return { mark: "✅", sentence: `Published ${which} in ${took}`, advice: undefined };
  }
  if (built > 0) {
    const sentence = `Built ${count(built, "image")} in ${took}, published nothing`;
    return { mark: "✅", sentence, advice: whyNotPushed(result.plan) };
  }
  return { mark: "✅", sentence: "Nothing to publish", advice: nothingAffected(result.plan) };
}

function afterFailure(
  failed: readonly string[],
  blocked: number,
  published: number,
  cancelled: number,
  quote: (name: string) => string,
): Headline {
  const [first = "", ...others] = failed;
  const parts = [
    others.length === 0 ? `${quote(first)} failed` : `${failed.length} images failed`,
    ...(blocked > 0 ? [`${were(blocked)} not built because of ${others.length === 0 ? "it" : "them"}`] : []),
    ...(cancelled > 0 ? [`${were(cancelled)} cancelled`] : []),
    published > 0 ? `${were(published)} published` : "nothing was published",
  ];
  return {
    mark: "❌",
    sentence: parts.join(", "),
    advice: `Mend what is listed and run this again.${published > 0 ? " What was published is complete and stays." : ""}`,
  };
}

function were(number: number): string {
  return `${number} ${number === 1 ? "was" : "were"}`;
}

function allOf(number: number): string {
  return number === 1 ? "the image" : number === 2 ? "both images" : `all ${number} images`;
}

function whyNotPushed(plan: Plan): string {
  if (plan.push) return "What was built is not meant to be published; other images use it.";
  if (/^pull.request/.test(plan.event)) return "A pull request's images are built and checked, not pushed.";
  if (/^merge.group/.test(plan.event)) return "A merge group's images are built and checked, not pushed.";
  return "This run does not push.";
}

function nothingAffected(plan: Plan): string | undefined {
  const unaffected = plan.images.every((image) => image.reasons.every(({ kind }) => kind === "unaffected"));
  if (!unaffected || plan.images.length === 0) return undefined;
  const images = plan.images.length === 1 ? "the image" : `any of the ${plan.images.length} images`;
  const since = plan.base === null ? "" : ` since ${shortCommit(plan.base)}`;
  return `Nothing that goes into ${images} changed${since}.`;
}
