/** Gathers what explains one image of a plan. */
import { fileTargetNamed } from "../../catalog/bake/file-targets.ts";
import { type Image, recipeOf } from "../../catalog/catalog.ts";
import { whyCounts } from "../../changes/why-counts.ts";
import { formatLocation, throwProblems, UserError } from "../../errors.ts";
import type { Git } from "../../git/git.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { someOf } from "../../lib/text/some-of.ts";
import { formatReference } from "../../model/reference.ts";
import { type CountingFile, chainOf, type Explanation, type HowMade } from "../../report/plan/explanation.ts";
import { type Naming, tagsOf } from "../analyze/details/image-details.ts";
import type { Planning } from "./plan-run.ts";

interface GitLines {
  readonly git: Pick<Git, "changedLines">;
}

/** @throws UserError where the plan has no image of that name, and where the image, or one that it depends on, has a problem. */
export async function explainImage(planning: Planning, name: string, run: Naming & GitLines): Promise<Explanation> {
  const { plan, surveyed, sources } = planning;
  throwProblems(problemsOf(name, planning.troubles));
  const asked = surveyed.catalog.images.find((image) => image.name === name);
  if (asked === undefined) throw unknownName(name, planning);
  const chain = chainOf(plan, name);
  const images = surveyed.catalog.images.filter((image) => chain.includes(image.name));
  const made = await Promise.all(
    images.map(async (image) => [image.name, await makingOf(image, planning, run.git)] as const),
  );
  return { plan, image: name, made: Object.fromEntries(made), rules: tagsOf(run, asked, sources).outcomes };
}

function problemsOf(name: string, troubles: Planning["troubles"]): readonly UserError[] {
  const chain = waitingChain(name, troubles);
  const last = chain.at(-1);
  if (last === undefined) return [];
  return chain.length === 1 ? last.problems : [waits(chain), ...last.problems];
}

/** The image and those that it waits for, down to the one that has a problem of its own. */
function waitingChain(name: string, troubles: Planning["troubles"]): Planning["troubles"] {
  const byName = new Map(troubles.map((each) => [each.image.name, each]));
  const chain = new Map<string, Planning["troubles"][number]>();
  for (let open: string | undefined = name; open !== undefined && !chain.has(open); ) {
    const found = byName.get(open);
    if (found === undefined) break;
    chain.set(open, found);
    open = found.waitsFor;
  }
  return [...chain.values()];
}

function waits(chain: Planning["troubles"]): UserError {
  const links = chain.flatMap(({ image, waitsFor }) => {
    if (waitsFor === undefined) return [];
    const edge = image.parents.find(({ parent }) => parent === waitsFor);
    return [`${waitsFor}${edge === undefined ? "" : ` (${edge.via} at ${formatLocation(edge.at)})`}`];
  });
  const [first, last] = [chain[0]?.image.name, chain.at(-1)?.image.name];
  return new UserError(`${first} waits for ${links.join(", which waits for ")}, which has a problem`, {
    hint: `fix ${last} first: its problem follows`,
  });
}

const listed = 20;

function unknownName(name: string, { surveyed, troubles, plan: { nothing } }: Planning): UserError {
  const target = fileTargetNamed(name, surveyed.fileTargets);
  if (target !== undefined) {
    return new UserError(`--explain names "${name}", which gives files and no image (${target.file})`, {
      hint: "name an image, or give the target an output of type=image",
    });
  }
  const troubled = troubles.flatMap(({ kind, image }) => (kind === "image" ? [image] : []));
  const names = [...surveyed.catalog.images, ...troubled].map((image) => image.name).sort();
  const hint =
    names.length === 0
      ? `there are no images: nothing is built because ${nothing ?? "the repository has none"}`
      : `choose from ${someOf(names, { most: listed })}${didYouMeanText(name, names)}`;
  return new UserError(`--explain names "${name}", and no image is called that`, { hint });
}

async function makingOf(image: Image, { plan, surveyed }: Planning, git: GitLines["git"]): Promise<HowMade> {
  const inputs = surveyed.inputs.get(image.name);
  if (inputs === undefined) throw new Error(`nobody says what goes into ${image.name}`);
  const planned = plan.images.find(({ name }) => name === image.name);
  const paths = planned?.reasons.flatMap((reason) => (reason.kind === "file" ? [reason.path] : [])) ?? [];
  const files = await Promise.all(
    paths.map(async (path): Promise<readonly [string, CountingFile]> => {
      const lines = plan.base === null ? [] : await git.changedLines(plan.base, plan.commit, path);
      return [path, { rule: whyCounts(path, image, inputs, surveyed.configPaths), lines }];
    }),
  );
  const main = inputs.contexts.find(({ name }) => name === undefined);
  return {
    variant: image.variant,
    context: image.variant === "nix" ? null : image.context,
    recipe: recipeOf(image),
    ignoreFile: main?.ignoreFile?.path ?? null,
    reads: main === undefined || main.followed.kind === "whole" ? null : main.followed.sources,
    parents: image.parents.map(({ parent, via, at }) => ({ name: parent, via, at })),
    bases: image.bases.map(({ reference, via, at }) => ({ name: formatReference(reference), via, at })),
    files: Object.fromEntries(files),
  };
}
