/** Jobs that publish a variant of one image each, and share the branch of its bump. */
import { expect, test } from "@jest/globals";
import { differInPins } from "../../src/bump/differ-in-pins.ts";
import { jointMoves } from "../../src/bump/kept-moves.ts";
import { movePins } from "../../src/bump/move-pins.ts";
import type { MovedFile } from "../../src/bump/moved.ts";
import { imageNames } from "../../src/bump/pins/names-in-files.ts";
import type { PinFile } from "../../src/bump/pins/pin-file.ts";
import { markerOf, trailerOf } from "../../src/bump/pull-request/marker.ts";
import {
  defaultPullRequestSettings,
  type Proposal,
  type ProposalResult,
} from "../../src/bump/pull-request/proposal.ts";
import { propose } from "../../src/bump/pull-request/propose.ts";
import { digestOf } from "../../src/model/digest.ts";
import { commit } from "../../src/model/run-context.ts";
import { published } from "../unit/bump/published.ts";
import { stillClock } from "../unit/oci/still-clock.ts";
import { openPulls, pair, textOf, type World } from "./world.ts";

const image = "ghcr.io/o/r/app";

/** Pins of two variants: in files of their own, in one file, on neighboring lines. */
const files = {
  "deploy/jdk17.yaml": `image: ${image}:1.2.0-jdk17 # old\n`,
  "deploy/jdk21.yaml": `image: ${image}:1.2.0-jdk21\n`,
  "deploy/both.yaml": `one:\n  image: ${image}:1.2.0-jdk17\ntwo:\n  image: "${image}:1.2.0-jdk21"\n`,
  "deploy/digest.yaml": `image: {repository: ${image}, tag: 1.2.0-jdk17, digest: "${digestOf("1.2.0-jdk17")}"}\n`,
  Dockerfile: `FROM ${image}:1.2.0-jdk21\nRUN make\n`,
};
export const variantStart: Readonly<Record<string, string>> = files;
const paths = Object.keys(files);

type Variant = "jdk17" | "jdk21";
const variants: readonly Variant[] = ["jdk17", "jdk21"];
const ours = published({ tags: [] }).repositories;
const { branch } = pair;

/** The run of a job that published that version of its variant. */
async function job(world: World, variant: Variant, version: string): Promise<ProposalResult> {
  const at = (await world.head(pair.base)) ?? "";
  const base = (await Promise.all(paths.map((path) => readFile(world, path)))).flat();
  const tag = `${version}-${variant}`;
  const versions = [published({ tags: [tag], digest: digestOf(tag) })];
  const proposalOf = (moved: readonly MovedFile[]): Proposal => ({
    at: commit(at),
    files: moved,
    title: `Use ${[...new Set(moved.flatMap(({ pins }) => pins.map(({ to }) => to)))].length} versions`,
    body: moved
      .flatMap(({ path, pins }) => pins.map(({ line, from, to }) => `${path}:${line} ${from} ${to}`))
      .join("\n"),
    settings: defaultPullRequestSettings,
    moveAgain: async (each) => (await movePins(each, versions, ours)).files,
  });
  const { files: moved } = await movePins(base, versions, ours);
  return propose(pair, moved.length === 0 ? undefined : proposalOf(moved), {
    forge: world.forge,
    clock: stillClock(),
    random: () => 0.5,
    repositoryUrl: "https://forge.example/o/r",
    history: world.history(at),
    differInPins: (each) => differInPins(each, imageNames(ours)),
    joint: async (edits) => {
      const joint = await jointMoves(edits, { files: base, published: versions, ownRepositories: ours });
      if (joint.files.length === 0) return undefined;
      return { ...proposalOf(joint.files), joint: { isOfOthers: !joint.hasOwn, isOvertaken: joint.isOvertaken } };
    },
  });
}

async function readFile(world: World, path: string): Promise<readonly PinFile[]> {
  const bytes = (await world.file(pair.base, path))?.bytes;
  return bytes === undefined ? [] : [{ path, bytes }];
}

type Versions = Readonly<Record<Variant, string>>;

/** The files where each variant has its version; other text stays. */
function filesAt(versions: Versions, of: Readonly<Record<string, string>> = files): Readonly<Record<string, string>> {
  const moved = (text: string): string =>
    variants.reduce(
      (now, variant) =>
        now
          .replaceAll(`1.2.0-${variant}`, `${versions[variant]}-${variant}`)
          .replaceAll(digestOf(`1.2.0-${variant}`), digestOf(`${versions[variant]}-${variant}`)),
      text,
    );
  return Object.fromEntries(Object.entries(of).map(([path, text]) => [path, moved(text)]));
}

async function filesOn(world: World, on: string): Promise<Readonly<Record<string, string | undefined>>> {
  const read = paths.map(async (path) => [path, await textOf(world, on, path)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/**
 * Tests, each in a world of its own that begins with `variantStart` on main.
 * @param keepsHeads whether the forge shows what a closed pull request proposed after its branch has moved on.
 */
export function tellVariantStories(
  withWorld: (use: (world: World) => Promise<void>) => Promise<void>,
  { keepsHeads = true }: { readonly keepsHeads?: boolean } = {},
): void {
  const story = (name: string, tell: (world: World) => Promise<void>): void =>
    test(name, () => withWorld(tell), 120_000);
  const both = async (world: World, version: string): Promise<readonly ProposalResult[]> => [
    await job(world, "jdk17", version),
    await job(world, "jdk21", version),
  ];

  story("one after the other have one pull request with the pins of both", async (world) => {
    const [first, second] = await both(world, "1.3.0");
    expect([first?.outcome, second?.outcome]).toEqual(["opened", "updated"]);
    expect(second?.pullRequest).toEqual(first?.pullRequest);
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
    const pulls = await world.pulls();
    expect(pulls).toHaveLength(1);
    for (const variant of variants) expect(pulls[0]?.body).toContain(`1.3.0-${variant}`);
  });

  story("side by side have one pull request with the pins of both", async (world) => {
    const results = await Promise.all(variants.map((variant) => job(world, variant, "1.3.0")));
    expect(results.map(({ outcome }) => outcome)).not.toContain("refused");
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
    expect(await openPulls(world)).toHaveLength(1);
  });

  story("change nothing when they run again, in any order", async (world) => {
    await both(world, "1.3.0");
    const [head, [pull]] = [await world.head(branch), await world.pulls()];
    for (const variant of ["jdk17", "jdk21", "jdk21", "jdk17"] as const) {
      expect(await job(world, variant, "1.3.0")).toMatchObject({
        outcome: "unchanged",
        pullRequest: expect.anything(),
      });
    }
    expect(await world.head(branch)).toBe(head);
    expect(await world.pulls()).toEqual([pull]);
  });

  story("keep each other's pins over versions, and an older run that comes late takes none back", async (world) => {
    await both(world, "1.3.0");
    expect(await job(world, "jdk17", "1.4.0")).toMatchObject({ outcome: "updated" });
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.4.0", jdk21: "1.3.0" }));
    expect(await job(world, "jdk17", "1.3.0")).toMatchObject({ outcome: "newer" });
    expect(await job(world, "jdk21", "1.5.0")).toMatchObject({ outcome: "updated" });
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.4.0", jdk21: "1.5.0" }));
    expect(await openPulls(world)).toHaveLength(1);
  });

  story("build the branch anew with the pins of both where main moved on the same lines", async (world) => {
    await both(world, "1.3.0");
    const changed = { "deploy/jdk17.yaml": `image: ${image}:1.2.0-jdk17 # ours\n` };
    await world.person.commit("main", changed);
    await job(world, "jdk21", "1.3.0");
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }, { ...files, ...changed }));
    const [pull] = await openPulls(world);
    expect(await world.person.mergePull(pull?.number ?? 0)).toBe(true);
  });

  story(
    "leave the pull request open while the other has something to do, and close it when nobody has",
    async (world) => {
      await both(world, "1.3.0");
      await world.person.commit("main", filesAt({ jdk17: "1.3.0", jdk21: "1.2.0" }));
      expect(await job(world, "jdk17", "1.3.0")).toMatchObject({
        outcome: "unchanged",
        pullRequest: expect.anything(),
      });
      expect(await openPulls(world)).toHaveLength(1);
      await job(world, "jdk21", "1.3.0");
      expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
      await world.person.commit("main", filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
      expect(await job(world, "jdk17", "1.3.0")).toMatchObject({ outcome: "closed" });
      expect(await world.head(branch)).toBeUndefined();
    },
  );

  story("have nothing left after the merge", async (world) => {
    const [first] = await both(world, "1.3.0");
    expect(await world.person.mergePull(first?.pullRequest?.number ?? 0)).toBe(true);
    expect(await filesOn(world, "main")).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
    await job(world, "jdk21", "1.3.0");
    expect(await world.head(branch)).toBeUndefined();
    expect(await job(world, "jdk17", "1.4.0")).toMatchObject({ outcome: "opened" });
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.4.0", jdk21: "1.3.0" }));
  });

  for (const isDeleted of [false, true]) {
    story(
      `propose nothing again that a person closed${isDeleted ? " and whose branch was deleted" : ""}, and newer versions without it`,
      async (world) => {
        const [first] = await both(world, "1.3.0");
        await world.person.closePull(first?.pullRequest?.number ?? 0);
        if (isDeleted) await world.person.deleteBranch(branch);
        expect((await both(world, "1.3.0")).map(({ outcome }) => outcome)).toEqual(["declined", "declined"]);
        expect(await job(world, "jdk17", "1.4.0")).toMatchObject({ outcome: "opened" });
        expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.4.0", jdk21: "1.2.0" }));
        if (!keepsHeads) return;
        expect(await job(world, "jdk21", "1.3.0")).toMatchObject({ outcome: "unchanged" });
        expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.4.0", jdk21: "1.2.0" }));
      },
    );
  }

  story("come on top of a person's work", async (world) => {
    await job(world, "jdk17", "1.3.0");
    await world.person.commit(branch, { other: "work\n" });
    expect(await job(world, "jdk21", "1.3.0")).toMatchObject({ outcome: "updated" });
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.3.0" }));
    expect(await textOf(world, branch, "other")).toBe("work\n");
  });

  story("leave the pull request of the other open where a person merged main into it", async (world) => {
    await job(world, "jdk17", "1.3.0");
    await world.person.commit("main", filesAt({ jdk17: "1.2.0", jdk21: "1.3.0" }));
    await world.person.mergeBranch("main", branch);
    expect(await job(world, "jdk21", "1.3.0")).toMatchObject({ outcome: "unchanged", pullRequest: expect.anything() });
    expect(await openPulls(world)).toHaveLength(1);
  });

  story("take back a pin that was moved to another variant", async (world) => {
    const wrong = { "deploy/jdk17.yaml": `image: ${image}:1.3.0-jdk21 # old\n` };
    await world.person.branch(branch, "main", wrong, `Use jdk21\n\n${trailerOf(markerOf([]))}`);
    await job(world, "jdk17", "1.3.0");
    expect(await filesOn(world, branch)).toEqual(filesAt({ jdk17: "1.3.0", jdk21: "1.2.0" }));
  });

  story("close what is proposed where its version is no longer published", async (world) => {
    await job(world, "jdk17", "1.3.0");
    expect(await job(world, "jdk17", "1.2.0")).toMatchObject({ outcome: "closed" });
  });
}
