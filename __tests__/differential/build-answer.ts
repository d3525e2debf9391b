/** What BuildKit would take for a build, by the oracle `build` (rig/oracles/build), and what we say of it. */
import { labelValue } from "../../src/catalog/dockerfile/dockerfile-values.ts";
import { neededStages } from "../../src/catalog/dockerfile/stages.ts";
import { contextKey } from "../../src/catalog/graph/named-contexts.ts";
import { surroundingsOf } from "../../src/catalog/graph/surroundings.ts";
import { type ContextReads, followedPaths } from "../../src/changes/sources/followed-paths.ts";
import { platform } from "../../src/model/platform.ts";
import { tryReference } from "../../src/model/reference.ts";
import { catalogOf, type ImageSketch } from "../unit/changes/catalog-of.ts";
import type { BuildCase } from "./build-cases.ts";
import { isRefusal, type Oracle, type Refusal } from "./oracle.ts";

export interface BuildQuestion {
  readonly text: string;
  readonly target?: string | undefined;
  readonly platform?: string | undefined;
  readonly arguments?: Readonly<Record<string, string>>;
  readonly contexts?: readonly string[];
  readonly images?: Readonly<Record<string, ImageConfig>>;
}

interface ImageConfig {
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly OnBuild?: readonly string[] | null;
}

export interface BuildAnswer {
  /** `null` is all of a context; one that isn't there is not used. */
  readonly contexts: Readonly<Record<string, readonly string[] | null>>;
  readonly images: readonly string[] | null;
  /** Images that are looked at, used or not. */
  readonly asked: readonly string[] | null;
  readonly config: ImageConfig;
}

const baseName = "ghcr.io/o/r/base";

/** What BuildKit takes on each platform. The images from outside set variables of which we know nothing. */
export async function askBuild(
  oracle: Oracle<BuildQuestion, BuildAnswer>,
  each: BuildCase,
): Promise<readonly BuildAnswer[] | Refusal> {
  const base = await oracle.ask({ text: withoutTmpfs(each.base, each.hasDocs) });
  if (isRefusal(base)) return base;
  const outside = { Env: ["E=outside", "U=outside"] };
  const images = Object.fromEntries(
    ["a:latest", "b:1", "c:latest"].map((name) => [`docker.io/library/${name}`, outside]),
  );
  const answers: BuildAnswer[] = [];
  for (const wanted of each.platforms.length === 0 ? [undefined] : each.platforms) {
    const answer = await oracle.ask({
      text: withoutNoise(each),
      target: each.target,
      platform: wanted,
      arguments: each.buildArgs,
      contexts: each.hasDocs ? ["docs"] : [],
      images: { ...images, [`${baseName}:latest`]: base.config },
    });
    if (isRefusal(answer)) return answer;
    answers.push(answer);
  }
  return answers;
}

/** BuildKit takes all along that a stage needs, also where a context stands for the stage. */
function withoutNoise({ text, hasDocs }: BuildCase): string {
  const mounted = withoutTmpfs(text, hasDocs);
  return hasDocs ? mounted.replace(/^(FROM .* as docs\n)(?:(?!FROM ).*\n)*/gim, "$1") : mounted;
}

/** BuildKit takes a whole context along for a mount of this type, and uses nothing of it. */
function withoutTmpfs(text: string, hasDocs: boolean): string {
  const unmounted = hasDocs ? text.replaceAll("from=docs,type=tmpfs", "type=cache") : text;
  return unmounted.replaceAll("type=tmpfs,", "type=cache,");
}

export interface OurBuild {
  readonly main: ContextReads;
  /** Of the named context. */
  readonly docs: ContextReads | undefined;
  /** Full references. */
  readonly images: readonly string[];
  /** Some FROM hangs on what nobody knows: all stages above it may be needed. */
  readonly isOpen: boolean;
  label(key: string): string | undefined;
}

/** @throws UserError for what we refuse. */
export function ourBuild({ text, base, target, platforms, buildArgs, hasDocs }: BuildCase): OurBuild {
  const at = { file: "images/app/Dockerfile" };
  const app: ImageSketch = {
    name: "app",
    text,
    target,
    platforms: platforms.map(platform),
    buildArgs,
    contexts: hasDocs ? [{ kind: "directory", name: "docs", path: "docs" }] : [],
    parents: [{ parent: "base", contextName: baseName, via: "FROM", at }],
  };
  const { images } = catalogOf({ name: "base", text: base }, app);
  const image = images.at(-1);
  if (image === undefined) throw new Error("there is no image");
  const around = surroundingsOf(image, new Map(images.map((each) => [each.name, each])));
  const { main, named } = followedPaths(image, around);
  const { uses, unsettled } = neededStages(image.dockerfile, image, around);
  const outside = uses
    .filter(({ text: use }) => !(hasDocs && contextKey(use) === "docs"))
    .map(({ text: use }) => fullReference(use));
  return {
    main,
    docs: named.get("docs"),
    images: [...new Set(outside)].sort(),
    isOpen: unsettled.length > 0,
    label: (key) => labelValue(image.dockerfile, image, key),
  };
}

function fullReference(text: string): string {
  const read = tryReference(text);
  return read === undefined ? text : `${read.repository}:${read.tag ?? "latest"}`;
}
