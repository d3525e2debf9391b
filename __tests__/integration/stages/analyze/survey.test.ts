/** What is in a checkout, and what of it an event affects, with real git. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import { type Commit, commit as parseCommit } from "../../../../src/model/run-context.ts";
import type { Session } from "../../../../src/run/session.ts";
import { type Survey, survey } from "../../../../src/stages/analyze/survey.ts";
import type { Change } from "../../../unit/changes/objects.ts";
import { type Repository, Workplace } from "../../changes/repository.ts";
import { openedSession } from "../opened-session.ts";

jest.setTimeout(60_000);

const config = ".github/image-publish.yml";
const from = (parent: string) => `FROM ghcr.io/octo/images/${parent}\nCOPY . /\n`;
const files: Readonly<Record<string, Change>> = {
  "images/base/Dockerfile": "FROM debian:13\nCOPY . /\n",
  "images/base/a": "1\n",
  "images/app/Dockerfile": from("base"),
  "images/tool/Dockerfile": "FROM debian:13\nCOPY . /\n",
  "images/local/Dockerfile": "FROM debian:13\nCOPY . /\n",
  "README.md": "1\n",
  [config]: "images: {local: {publish: false}}\n",
};

const place = new Workplace();
let forge: Repository;
let first: Commit;
beforeAll(() => {
  forge = place.forge();
  first = forge.record(files);
});
afterAll(() => place.remove());

interface Pushed {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: string;
  readonly ref?: string;
  readonly prepare?: (checkout: Repository) => void;
  readonly payload?: object;
}

/** A push of changes to main, unless said otherwise, in a checkout with all history. */
async function session(changes: Readonly<Record<string, Change>>, pushed: Pushed = {}): Promise<Session> {
  const head = forge.record(changes, first);
  forge.point("main", head);
  const server = { url: "https://github.com", seen: [], close: async () => {} };
  const { event = "push", ref = "refs/heads/main", payload = { before: first }, ...more } = pushed;
  const inputs = { "registry-username": "", ...more.inputs };
  const asked = { event, ref, sha: head, head, isDeep: true, payload, inputs };
  const { prepare = () => {} } = more;
  return openedSession({ place, forge, server }, { ...asked, prepare });
}

const surveyed = async (changes: Readonly<Record<string, Change>>, pushed?: Pushed): Promise<Survey> =>
  survey(await session(changes, pushed));

describe("what a push affects", () => {
  test.each<{
    readonly when: string;
    readonly changes: Readonly<Record<string, Change>>;
    readonly are: readonly string[];
  }>([
    { when: "a file of a parent: it and its child", changes: { "images/base/a": "2\n" }, are: ["base", "app"] },
    { when: "a file of a child: it alone", changes: { "images/app/new": "" }, are: ["app"] },
    { when: "a file of none: none", changes: { "README.md": "2\n" }, are: [] },
    { when: "a file that goes", changes: { "images/base/a": undefined }, are: ["base", "app"] },
    {
      when: "settings of one image: it alone",
      changes: { [config]: "images: {local: {publish: false}, tool: {labels: [a=b]}}\n" },
      are: ["tool"],
    },
    { when: "an image that is new", changes: { "images/new/Dockerfile": "FROM debian:13\n" }, are: ["new"] },
  ])("$when", async ({ changes, are }) => {
    const { affected } = await surveyed(changes);
    expect([...affected.keys()].sort()).toEqual([...are].sort());
  });

  test("an image that is deleted is reported, and is none of what is built", async () => {
    const { deletes, affected, remarks } = await surveyed({ "images/app/Dockerfile": undefined });
    expect({ deletes, affected: [...affected.keys()] }).toEqual({ deletes: true, affected: [] });
    expect(remarks.map(({ message }) => message)).toEqual([expect.stringContaining("app")]);
    expect((await surveyed({ "images/base/a": "2\n" })).deletes).toBe(false);
  });

  test("`rebuild: always` takes all, whatever changed", async () => {
    const { affected, comparison } = await surveyed({}, { inputs: { rebuild: "always" } });
    expect([...affected.keys()].sort()).toEqual(["app", "base", "local", "tool"]);
    expect(comparison).toEqual({ kind: "everything", because: { kind: "asked-for" } });
  });
});

describe("what the run is not about", () => {
  test.each<{ readonly when: string; readonly pushed: Pushed; readonly left: Readonly<Record<string, string>> }>([
    { when: "nothing is left of a push", pushed: {}, left: {} },
    {
      when: "what `only` doesn't name",
      pushed: { inputs: { only: "app" } },
      left: {
        base: "`only` doesn't name it",
        tool: "`only` doesn't name it",
        local: "`only` doesn't name it",
      },
    },
    {
      when: "what `variant` doesn't mean",
      pushed: { inputs: { variant: "nix" } },
      left: Object.fromEntries(["base", "app", "tool", "local"].map((name) => [name, "`variant` is nix"])),
    },
    {
      when: "of a git tag of one image, the others",
      pushed: { ref: "refs/tags/tool-v1.0.0", payload: {} },
      left: {
        base: "the git tag releases tool alone",
        app: "the git tag releases tool alone",
        local: "the git tag releases tool alone",
      },
    },
    {
      when: "of a git tag of an image that isn't published, this one as well",
      pushed: { ref: "refs/tags/local-v1.0.0", payload: {} },
      left: {
        base: "the git tag releases local alone",
        app: "the git tag releases local alone",
        tool: "the git tag releases local alone",
        local: "it is not published, so that the git tag releases nothing of it",
      },
    },
  ])("$when", async ({ pushed, left }) => {
    const found = await surveyed({ "images/base/a": "2\n" }, pushed);
    expect([...found.left.keys()].sort()).toEqual(Object.keys(left).sort());
    for (const [name, detail] of Object.entries(left)) {
      expect(found.left.get(name)).toEqual([{ kind: "not-chosen", detail: expect.stringContaining(detail) }]);
      expect(found.affected.has(name)).toBe(false);
    }
  });

  test("a name in `only` that is nobody's is an error", async () => {
    await expect(surveyed({}, { inputs: { only: "ap" } })).rejects.toThrow(/"ap"/);
  });
});

describe("what changed since a commit that was published", () => {
  test("is known of all images, also of those that `only` leaves", async () => {
    const { affectedSince } = await surveyed({ "images/base/a": "2\n" }, { inputs: { only: "tool" } });
    expect(await affectedSince(first)).toEqual(new Set(["base", "app"]));
  });

  test("is unknown where git fails, and where nobody has the commit", async () => {
    const opened = await session({ "images/base/a": "2\n" });
    const fails = async (): Promise<never> => {
      throw new GitFailure("git diff-tree failed", { hint: "run again" });
    };
    const { affectedSince } = await survey(opened);
    expect(await affectedSince(parseCommit("1".repeat(40)))).toBeUndefined();
    const broken = await survey({ ...opened, git: { ...opened.git, missing: fails } });
    expect(await broken.affectedSince(first)).toBeUndefined();
  });
});

test("of an event of something that is gone nothing is read", async () => {
  const opened = await session({});
  const what = "the branch main was deleted";
  const gone = { ...opened, context: { ...opened.context, trigger: { kind: "gone", what } as const } };
  const { catalog, affected, comparison, affectedSince } = await survey(gone);
  expect({ images: catalog.images, affected: affected.size }).toEqual({ images: [], affected: 0 });
  expect(comparison).toEqual({ kind: "nothing", what });
  expect(await affectedSince(first)).toBeUndefined();
});

describe("remarks and problems", () => {
  test("a bad pattern of one image's `watch` leaves the others in order", async () => {
    const text = "images: {app: {watch: ['[']}}\n";
    const { catalog, troubled, affected } = await surveyed({ [config]: text, "images/base/a": "2\n" });
    expect(catalog.images.map(({ name }) => name).sort()).toEqual(["base", "local", "tool"]);
    expect(troubled.map(({ image }) => image.name)).toEqual(["app"]);
    expect([...affected.keys()]).toContain("app");
  });
});
