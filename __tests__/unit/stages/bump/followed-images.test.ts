/** What is known of the images whose pins follow, where this run made none of them: by their registries. */
import { describe, expect, test } from "@jest/globals";
import { type Repository, repository } from "../../../../src/model/reference.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { followedImages } from "../../../../src/stages/bump/followed-images.ts";
import { parseFlavor } from "../../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../../src/tags/rules/parse-rules.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { at, historyOf, recordOf } from "../../publish/commits.ts";
import { index } from "../../publish/simulation.ts";
import { context } from "../../tags/facts.ts";

const published = (name: string) => ({ name, repositories: [repository(`ghcr.io/o/r/${name}`)] });
const { images } = catalogOf(published("app"), published("web"), { name: "local" });
const { images: troubledImages } = catalogOf(published("bad"), published("worse"));
const newest = index({ content: "app", record: recordOf(at("main-2")) });

interface Situation {
  /** The text of the only file that may pin. */
  readonly text: string;
  /** Images that the run is not about. */
  readonly left?: readonly string[];
  /** Names of images whose registry doesn't answer. */
  readonly silent?: readonly string[];
}

async function found({ text, left = [], silent = [] }: Situation) {
  const asked = new Set<string>();
  const answer =
    <T>(value: T) =>
    async (of: Repository) => {
      const name = of.split("/").at(-1) ?? "";
      asked.add(name);
      if (silent.includes(name)) throw new RegistryError("unavailable", "it is down", { hint: "run again" });
      return value;
    };
  const registry = { tags: answer(["main", "1.1.0"]), head: answer(newest.digest), manifest: answer(newest) };
  const rules = { rules: parseRules([]).values, flavor: parseFlavor([]).flavor, labels: [], annotations: [] };
  const rulesOf = () => ({ ...rules, names: [], releaseTags: [] });
  const troubled = troubledImages.map((image) => ({ image, kind: "image", isUnplaced: false, problems: [] }));
  const prepared = {
    surveyed: {
      ...{ catalog: { images }, troubled, left: new Map(left.map((name) => [name, []])), hashes: new Map() },
      settingsOf: rulesOf,
      isOwnTag: () => true,
    },
    registry,
    sources: { names: images.map(({ name }) => name), facts: new Map(), rulesOf },
    history: historyOf(),
  };
  const run = {
    context: { ...context({ ref: "refs/heads/main" }), owner: "o", repo: "r" },
    ...{ commitDate: new Date(0), isAtEvent: true, gitTags: new Set(), trust: { kind: "trusted" } },
    outside: { clock: { now: () => new Date("2026-07-01T12:00:00Z") } },
  };
  const branch = { kind: "branch", branch: "main", isDefault: true, at: at("main-2") } as const;
  const files = [{ path: "deploy.yaml", bytes: Buffer.from(text) }];
  const { followed, remarks } = await followedImages(files, [], branch, prepared as never, run as never);
  return { kinds: Object.fromEntries(followed.map(({ name, kind }) => [name, kind])), followed, remarks, asked };
}

const unnamed = { app: "unnamed", web: "unnamed", local: "unnamed", bad: "unnamed", worse: "unnamed" };

describe("an image", () => {
  test("that a file names is followed by what its registry holds of the branch", async () => {
    const { kinds, followed, asked } = await found({ text: "image: ghcr.io/o/r/app:1.0.0\n" });
    expect(kinds).toEqual({ ...unnamed, app: "known" });
    const [app] = followed;
    const versions = app?.kind === "known" ? app.versions : [];
    expect(versions.map(({ tags, digest }) => [tags, digest])).toEqual([
      [["main"], newest.digest],
      [["1.1.0"], newest.digest],
    ]);
    expect([...asked]).toEqual(["app"]);
  });

  test("that the run is not about is unknown, so that its pull request stays", async () => {
    const { kinds, asked } = await found({ text: "image: ghcr.io/o/r/app:1.0.0\n", left: ["app", "web"] });
    expect(kinds).toEqual({ ...unnamed, app: "unknown", web: "unknown" });
    expect([...asked]).toEqual([]);
  });

  test("that has a problem and that a file names is unknown, so that its pull request stays", async () => {
    expect((await found({ text: "image: ghcr.io/o/r/bad:1.0.0\n" })).kinds).toEqual({ ...unnamed, bad: "unknown" });
  });

  test("whose registry doesn't answer is unknown, and keeps no other from being followed", async () => {
    const text = "a: ghcr.io/o/r/app:1.0.0\nb: ghcr.io/o/r/web:1.0.0\n";
    const { kinds, remarks } = await found({ text, silent: ["web"] });
    expect(kinds).toEqual({ ...unnamed, app: "known", web: "unknown" });
    expect(remarks).toEqual([{ message: "pins of web were not moved: it is down", hint: "run again" }]);
  });
});
