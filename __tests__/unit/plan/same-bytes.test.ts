/** Equal inputs give equal bytes, from the plan to everything that is shown of it, in whatever order they were found. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { ImageName } from "../../../src/catalog/catalog.ts";
import { anyImage } from "../../../src/catalog/names/own-places.ts";
import { affectedImages } from "../../../src/changes/affected.ts";
import { emptyConfig, readConfig } from "../../../src/config/config.ts";
import { inputs as specification } from "../../../src/config/inputs-specification.ts";
import type { ChangedFile } from "../../../src/git/changed-file.ts";
import { type Digest, digestOf } from "../../../src/model/digest.ts";
import { repository as imageRepository } from "../../../src/model/reference.ts";
import { commit } from "../../../src/model/run-context.ts";
import { trusted } from "../../../src/model/trust.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { parentsToLookUp } from "../../../src/plan/needed.ts";
import { outputsOf } from "../../../src/report/outputs.ts";
import { renderExplanation } from "../../../src/report/plan/explain-image.ts";
import { renderPlanSummary } from "../../../src/report/plan/plan-summary.ts";
import { renderPlan } from "../../../src/report/plan/plan-table.ts";
import { renderPlanTree } from "../../../src/report/plan/plan-tree.ts";
import { readImageSettings } from "../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import { imageDetails } from "../../../src/stages/analyze/details/image-details.ts";
import { gatherFacts } from "../../../src/stages/analyze/details/image-facts.ts";
import { catalogWith } from "../catalog/build-tree.ts";
import { memoryFiles, repository } from "../catalog/memory-files.ts";
import { inputsIn } from "../changes/memory-checkout.ts";
import { context } from "../tags/facts.ts";

const names = ["base", "nodejs", "agent", "manager", "docs", "docker", "proxmox-ve"];
const parents: Readonly<Record<string, string>> = {
  nodejs: "base",
  docs: "base",
  docker: "base",
  agent: "nodejs",
  manager: "agent",
};
const texts = Object.fromEntries(
  names.flatMap((name) => [
    [
      `images/${name}/Dockerfile`,
      `ARG V=1.2\nFROM ${parents[name] ? `ghcr.io/o/r/${parents[name]}` : "debian:13"}\nARG B\nARG A\nCOPY . /\n`,
    ],
    [`images/${name}/.dockerignore`, "*.md\n"],
  ]),
);
const tree = repository(texts);
const changes: readonly ChangedFile[] = names.flatMap((name) =>
  ["Dockerfile", "a", "b", "README.md", ...Array.from({ length: 12 }, (_, index) => `many/${index}`)].map((file) => ({
    path: `images/${name}/${file}`,
    change: file === "a" ? ("added" as const) : ("modified" as const),
  })),
);

interface Order {
  /** Entries of the config file, labels, and build arguments of the inputs. */
  readonly names: readonly string[];
  readonly changes: readonly ChangedFile[];
  readonly published: readonly string[];
  readonly given: readonly string[];
  readonly globs: readonly string[];
}

const noProcess = async (): Promise<never> => {
  throw new Error("there is no bake file");
};
const bake = { processes: { run: noProcess }, env: {}, signal: new AbortController().signal };

const raw = Object.fromEntries(specification.map(({ name }) => [name, ""]));

async function everything(order: Order): Promise<string> {
  const own = {
    labels: order.given.map((key) => `${key}=x`).join("\n"),
    "build-args": order.given.map((key) => `${key}=1`).join("\n"),
  };
  const tags = "type=version,from=arg:V\ntype=sha\ntype=ref,event=branch\ntype=content,of=file";
  const { inputs } = readRunInputs({ ...raw, ...own, tags } as Parameters<typeof readRunInputs>[0], {});
  const files = memoryFiles(tree);
  const { settingsOf } = await readImageSettings(emptyConfig, inputs);
  const config = `images:\n${order.names.map((name) => `  ${name}: {platforms: [linux/amd64, linux/arm64]}`).join("\n")}\n`;
  const namesOf = ({ name }: ImageName) => ({
    knownAs: [imageRepository(`ghcr.io/o/r/${name}`)],
    ...{
      unpushed: [],
      aliases: [],
      problems: [],
      unread: [],
      tags: { value: { moving: new Set<string>(), usual: new Set(["latest"]), exact: new Set<string>() } },
    },
  });
  const { concerns, ...catalog } = await catalogWith(namesOf, {
    root: "/repo",
    files,
    globs: order.globs,
    rootName: "r",
    config: (await readConfig(config, ".github/image-publish.yml")).config,
    inputs: inputs.settings,
    bakeTargets: [],
    bake,
    byHand: undefined,
    ownPlaces: { ofRoot: namesOf(anyImage), ofAny: namesOf(anyImage), forgePlace: imageRepository("ghcr.io/o/r") },
    forgeHost: "ghcr.io",
  });
  expect(concerns).toEqual([]);
  const base = commit("b".repeat(40));
  const head = commit("a".repeat(40));
  const comparison = { kind: "files" as const, base, files: order.changes };
  const { affected } = await affectedImages({
    catalog,
    comparison,
    commit: head,
    inputs: await inputsIn(catalog, texts),
    selected: new Set(names),
    config: { paths: [".github/image-publish.yml"], affects: () => true },
    unseen: new Map(),
  });
  const known = new Set(parentsToLookUp(catalog, affected).map(({ name }) => name));
  const published = order.published
    .filter((name) => known.has(name))
    .map((name): [string, Digest] => [name, digestOf(name)]);
  const { facts } = await gatherFacts(catalog.images, () => inputs.rules, { root: "/repo", files, bake }, new Map());
  const situation = {
    context: context({ ref: "refs/heads/main" }),
    commitDate: new Date(0),
    isAtEvent: true,
    gitTags: new Set<string>(),
    trust: trusted,
  };
  const sources = { names: catalog.images.map(({ name }) => name), settingsOf, facts };
  const plan = makePlan({
    event: "push",
    ref: "refs/heads/main",
    commit: head,
    base,
    catalog,
    affected,
    published: new Map(published),
    hashes: new Map(),
    push: true,
    fresh: false,
    movingTagsOnly: false,
    details: imageDetails(situation, {
      ...sources,
      cache: "gha",
      cacheAccess: { restriction: undefined, push: true, service: true },
    }),
  });
  const style = { colour: true, width: 100 };
  const explained = plan.images.map(({ name }) => renderExplanation({ plan, image: name, made: {}, rules: [] }, style));
  return [
    JSON.stringify(plan),
    renderPlan(plan, style),
    renderPlanTree(plan),
    renderPlanSummary(plan),
    JSON.stringify(outputsOf(plan, "plan.json")),
    ...explained,
  ].join("\n");
}

test("the same repository and event, found in any order, are the same plan, table, tree, summary and outputs", async () => {
  const given = ["B", "A", "z.z", "m"];
  const globs = ["images/*", "images/base", "images/a*"];
  const shuffled = fc.record({
    names: fc.shuffledSubarray(names, { minLength: names.length }),
    published: fc.shuffledSubarray(names, { minLength: names.length }),
    given: fc.shuffledSubarray(given, { minLength: given.length }),
    globs: fc.shuffledSubarray(globs, { minLength: globs.length }),
  });
  const some = fc.subarray([...changes], { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(some, shuffled, fc.infiniteStream(fc.nat()), async (changed, order, random) => {
      const one = await everything({ names, published: names, given, globs, changes: changed });
      const other = [...changed].map((file) => ({ file, at: random.next().value ?? 0 })).sort((a, b) => a.at - b.at);
      expect(await everything({ ...order, changes: other.map(({ file }) => file) })).toBe(one);
    }),
    { numRuns: 25 },
  );
});
