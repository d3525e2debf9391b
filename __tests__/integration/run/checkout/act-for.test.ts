/** Which tags a commit may move, by what the event's own repository has of it, whatever the refs of the checkout claim. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Commit, commit } from "../../../../src/model/run-context.ts";
import type { Plan } from "../../../../src/plan/plan.ts";
import { pushes } from "../../../../src/plan/pushes.ts";
import type { Session } from "../../../../src/run/session.ts";
import { cacheBranches } from "../../../../src/stages/analyze/details/image-cache.ts";
import { tagsOf } from "../../../../src/stages/analyze/details/image-details.ts";
import { elsewhereRemarks } from "../../../../src/stages/analyze/elsewhere-remarks.ts";
import { readCatalog } from "../../../../src/stages/analyze/read-catalog.ts";
import { planRefs } from "../../../../src/stages/plan/plan-refs.ts";
import { type GitServer, serveGit } from "../../changes/git-server.ts";
import { type Repository, Workplace } from "../../changes/repository.ts";
import { type Asked, openedSession } from "../../stages/opened-session.ts";

jest.setTimeout(120_000);

const names = ["old", "main", "newer", "feature", "stable", "lost", "released", "fork", "pull"] as const;
type Name = (typeof names)[number];

const place = new Workplace();
let forge: Repository;
let server: GitServer;
const commits = Object.fromEntries(names.map((name) => [name, commit("0".repeat(40))])) as Record<Name, Commit>;

beforeAll(async () => {
  forge = place.forge();
  const dockerfile = { "images/app/Dockerfile": "FROM scratch\n" };
  commits.old = forge.record({ ...dockerfile, a: "old" });
  commits.main = forge.record({ a: "main" }, commits.old);
  commits.newer = forge.record({ a: "newer" }, commits.main);
  commits.feature = forge.record({ a: "feature" }, commits.old);
  commits.stable = forge.record({ a: "stable" }, commits.old);
  commits.lost = forge.record({ a: "lost" }, commits.old);
  commits.released = forge.record({ a: "released" }, commits.old);
  commits.fork = forge.record({ a: "fork" }, commits.main);
  commits.pull = forge.record({ a: "pull" }, commits.main);
  forge.point("main", commits.newer);
  forge.point("feature", commits.feature);
  forge.point("release/1.x", commits.stable);
  forge.git("update-ref", "refs/pull/7/head", commits.fork);
  forge.git("update-ref", "refs/pull/8/head", commits.pull);
  forge.point("of-the-pull", commits.pull);
  forge.git("tag", "-a", "-m", "x", "v1.2.3", commits.released);
  forge.git("tag", "v1.2.2", commits.old);
  forge.git("tag", "-a", "-m", "x", "feature", commits.released);
  server = await serveGit(forge.folder, `basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`);
});

afterAll(async () => {
  await server.close();
  place.remove();
});

interface Situation extends Omit<Asked, "head" | "sha"> {
  readonly head: Name;
  readonly sha?: Name;
  readonly wanted?: string;
}

async function opened({ wanted, head, sha = "main", ...asked }: Situation): Promise<Session> {
  const ref = asked.ref ?? "refs/heads/main";
  const inputs = { push: "auto", ...asked.inputs, ...(wanted === undefined ? {} : { ref: wanted }) };
  return openedSession({ place, forge, server }, { ...asked, ref, sha: commits[sha], head: commits[head], inputs });
}

interface Outcome {
  readonly tags: readonly string[];
  readonly remarks: readonly { readonly message: string; readonly hint: string }[];
  readonly ref: string;
  readonly isPushed: boolean;
}

async function outcome(session: Session): Promise<Outcome> {
  const { catalog, settingsOf } = await readCatalog(session, session.outside.files);
  const [image] = catalog.images;
  if (image === undefined) throw new Error("there is no image");
  const sources = { names: ["app"], rulesOf: settingsOf, facts: new Map() };
  const plan = { images: [{ name: "app", kind: "build" }] } as unknown as Plan;
  return {
    tags: tagsOf(session, image, sources).tags.map(({ tag }) => tag),
    remarks: elsewhereRemarks(plan, catalog, session, sources),
    ref: session.context.ref.full,
    isPushed: pushes(session.event, session.inputs.settings.push, session.trust),
  };
}

const events = ["workflow_dispatch", "schedule", "repository_dispatch", "workflow_run", "workflow_call"] as const;

describe("`ref` that is a commit", () => {
  test.each<{ readonly of: string; readonly head: Name; readonly event: string; readonly isDeep?: boolean }>([
    ...events.map((event) => ({ of: "the event's own", head: "main" as const, event })),
    { of: "before it on the branch", head: "old", event: "schedule" },
    { of: "before it, with the history here", head: "old", event: "workflow_dispatch", isDeep: true },
    { of: "that was pushed to the branch since", head: "newer", event: "repository_dispatch" },
  ])("$of, on $event: it may move the branch's tags", async ({ event, head, isDeep = false }) => {
    const found = await outcome(await opened({ event, head, wanted: commits[head], isDeep }));
    const tags = ["main", commits[head], "latest"];
    expect(found).toEqual({ tags, remarks: [], ref: "refs/heads/main", isPushed: true });
  });

  test.each<{ readonly of: string; readonly head: Name; readonly event: string; readonly isDeep?: boolean }>([
    ...events.map((event) => ({ of: "another branch", head: "feature" as const, event })),
    { of: "another branch, with the history here", head: "feature", event: "schedule", isDeep: true },
    { of: "a git tag alone", head: "released", event: "schedule" },
    { of: "a pull request of the repository", head: "pull", event: "workflow_run" },
  ])(
    "of $of, on $event: the tags of the commit alone, and a warning with the others",
    async ({ event, head, isDeep = false }) => {
      const session = await opened({ event, head, wanted: commits[head], isDeep });
      const found = await outcome(session);
      expect(found).toMatchObject({ tags: [commits[head]], ref: `refs/commits/${commits[head]}`, isPushed: true });
      expect(found.remarks).toEqual([
        {
          message: `no tags of the branch main (main, latest): ${commits[head].slice(0, 7)} is checked out, which the branch main doesn't contain`,
          hint: "merge it into the branch main first, or name in `ref` the branch whose tags it is to update",
        },
      ]);
      expect(planRefs(session)).toEqual({ ref: `refs/commits/${commits[head]}`, eventRef: "refs/heads/main" });
      expect(session.trust.kind).toBe("trusted");
      expect(cacheBranches(session.context)).toMatchObject({ write: false, fallbacks: ["main"] });
      expect([session.isAtEvent, session.eventCommit]).toEqual([false, commits.main]);
    },
  );

  test.each(events)("that only a fork has, on %s: none", async (event) => {
    const found = await outcome(await opened({ event, head: "fork", wanted: commits.fork }));
    expect(found).toMatchObject({ isPushed: false, remarks: [], tags: [`sha-${commits.fork}`] });
  });
});

test.each([
  { as: "upper-case digits", wanted: () => commits.feature.toUpperCase(), head: "feature" },
  { as: "a branch of the event that isn't the default", wanted: () => commits.main, head: "main", on: "release/1.x" },
] as const)("$as are the same", async ({ wanted, head, ...more }) => {
  const on = "on" in more ? { ref: `refs/heads/${more.on}`, sha: "stable" as const } : {};
  const found = await outcome(await opened({ event: "schedule", head, wanted: wanted(), ...on }));
  expect(found.tags).toEqual([commits[head]]);
  expect(found.remarks).toHaveLength(1);
});

test("tags of a schedule and rules of a branch are left out, exact ones stay", async () => {
  const tags = [
    ...["type=schedule,pattern=nightly", "type=edge,branch=main", "type=raw,value=stable", "type=ref,event=branch"],
    ...["type=raw,value=build-{{sha}}", "type=raw,value=x,enable={{is_default_branch}}"],
  ].join("\n");
  const found = await outcome(
    await opened({ event: "schedule", head: "feature", wanted: commits.feature, inputs: { tags } }),
  );
  expect(found.tags).toEqual([`build-${commits.feature.slice(0, 7)}`]);
  expect(found.remarks[0]?.message).toContain("(nightly, edge, main, stable, x)");
});

test.each<{ readonly ref: string; readonly sha: Name; readonly name: string; readonly tags: readonly string[] }>([
  {
    ref: "refs/tags/v1.2.3",
    sha: "released",
    name: "the git tag v1.2.3",
    tags: ["1.2.3", "1.2", "1", "v1.2.3", "latest"],
  },
  { ref: "refs/tags/v1.2.2", sha: "old", name: "the git tag v1.2.2", tags: ["1.2.2", "1.2", "1", "v1.2.2", "latest"] },
  { ref: "refs/pull/8/head", sha: "pull", name: "pull request 8", tags: ["pr-8"] },
])("an event of $ref gives its names to its very commit alone", async ({ ref, sha, name, tags }) => {
  const on = { event: "workflow_dispatch", ref, sha } as const;
  const other = await outcome(await opened({ ...on, head: "feature", wanted: commits.feature }));
  expect(other.tags).toEqual([commits.feature]);
  const left = `no tags of ${name} (${tags.join(", ")}): ${commits.feature.slice(0, 7)} is checked out, which is not the commit of ${name}`;
  expect(other.remarks[0]?.message).toContain(left);
  const own = await outcome(await opened({ ...on, head: sha, wanted: commits[sha] }));
  expect(own).toMatchObject({ remarks: [], ref });
  expect(own.tags).toEqual(expect.arrayContaining([...tags]));
});

describe("a name is what the event's own repository has, not what the checkout's refs claim", () => {
  const claim = (checkout: Repository): void => {
    for (const each of ["heads/main", "remotes/origin/main", "tags/v1.2.3", "tags/v9", "heads/next"]) {
      checkout.git("update-ref", `refs/${each}`, "HEAD");
    }
    checkout.git("remote", "add", "origin", checkout.folder);
  };

  test.each<{ readonly wanted: string; readonly head: Name; readonly ref: string; readonly tag: string }>([
    { wanted: "v1.2.3", head: "released", ref: "refs/tags/v1.2.3", tag: "1.2.3" },
    { wanted: "refs/tags/v1.2.3", head: "released", ref: "refs/tags/v1.2.3", tag: "1.2.3" },
    { wanted: "v1.2.2", head: "old", ref: "refs/tags/v1.2.2", tag: "1.2.2" },
    { wanted: "feature", head: "released", ref: "refs/tags/feature", tag: "feature" },
    { wanted: "refs/heads/feature", head: "feature", ref: "refs/heads/feature", tag: commit("0".repeat(40)) },
    { wanted: "release/1.x", head: "stable", ref: "refs/heads/release/1.x", tag: "release-1.x" },
    { wanted: "main", head: "newer", ref: "refs/heads/main", tag: "latest" },
    { wanted: "refs/pull/8/head", head: "pull", ref: "refs/pull/8/head", tag: "pr-8" },
  ])("$wanted at its commit", async ({ wanted, head, ref, tag }) => {
    for (const prepare of [claim, () => {}]) {
      const found = await outcome(await opened({ event: "workflow_dispatch", head, wanted, prepare }));
      expect(found).toMatchObject({ ref, remarks: [] });
      expect(found.tags).toContain(tag === commit("0".repeat(40)) ? commits[head] : tag);
    }
  });

  test.each<{ readonly wanted: string; readonly head: Name; readonly problem: RegExp }>([
    { wanted: "v1.2.3", head: "feature", problem: /names v1\.2\.3 \([0-9a-f]{7}\), and [0-9a-f]{7} is checked out/ },
    { wanted: "v1.2.3", head: "fork", problem: /is checked out/ },
    { wanted: "main", head: "feature", problem: /is checked out/ },
    { wanted: "v9", head: "fork", problem: /no such tag, branch or commit/ },
    { wanted: "next", head: "feature", problem: /no such tag, branch or commit/ },
    { wanted: "refs/remotes/origin/main", head: "feature", problem: /no such tag/ },
    { wanted: "origin/main", head: "feature", problem: /no such tag/ },
    { wanted: "HEAD", head: "feature", problem: /no such tag/ },
    { wanted: "v*", head: "feature", problem: /no such tag/ },
  ])("$wanted with $head checked out is refused", async ({ wanted, head, problem }) => {
    await expect(opened({ event: "workflow_dispatch", head, wanted, prepare: claim })).rejects.toThrow(problem);
  });

  test("of a commit, too: a fork's main is no main", async () => {
    const session = await opened({ event: "schedule", head: "feature", wanted: commits.feature, prepare: claim });
    expect((await outcome(session)).tags).toEqual([commits.feature]);
  });

  test("where it can't be asked, nothing is guessed", async () => {
    const down = { event: "schedule", serverUrl: "http://127.0.0.1:1", isDeep: true, prepare: claim } as const;
    await expect(opened({ ...down, head: "released", wanted: "v1.2.3" })).rejects.toThrow(/can't be read/);
    const unknown = await opened({ ...down, head: "newer", wanted: commits.newer });
    expect(unknown.elsewhere?.why).toMatch(/^and whether the branch main contains it is unknown \(.+\)$/);
    await expect(opened({ ...down, head: "main", wanted: commits.newer })).rejects.toMatchObject({
      hint: expect.stringMatching(/same `ref`; whether the branch main contains it is unknown \(.+\)$/),
    });
    // What the event vouches for needs nobody.
    const old = await opened({
      ...down,
      head: "main",
      wanted: commits.old,
      prepare: (checkout) => checkout.git("checkout", "-q", commits.old),
    });
    expect((await outcome(old)).tags).toEqual(["main", commits.old, "latest"]);
  });
});

test("a branch that is gone has no commits but those that the event vouches for", async () => {
  const gone = { event: "schedule", ref: "refs/heads/gone" } as const;
  expect((await opened({ ...gone, head: "main", wanted: commits.main })).isAtEvent).toBe(true);
  expect((await opened({ ...gone, head: "newer", wanted: commits.newer })).isAtEvent).toBe(false);
});

test("the push of a git tag with another commit checked out gives neither the tag nor what it was made from", async () => {
  const session = await opened({
    ...{ event: "push", ref: "refs/tags/v1.2.2", sha: "old", head: "feature" },
    ...{
      payload: { base_ref: "refs/heads/main" },
      inputs: { tags: "type=raw,value={{base_ref}}\ntype=sha,format=long" },
    },
  });
  const found = await outcome(session);
  expect(found.tags).toEqual([`sha-${commits.feature}`]);
  expect(found.remarks).toMatchObject([{ message: expect.stringMatching(/no tags of the git tag v1\.2\.2 \(main\)/) }]);
  expect(planRefs(session)).toEqual({ ref: `refs/commits/${commits.feature}`, eventRef: "refs/tags/v1.2.2" });
});

describe("a few digits of a commit", () => {
  test.each<{ readonly digits: (of: Commit) => string; readonly head: Name; readonly hint: RegExp }>([
    { digits: (of) => of.slice(0, 7), head: "feature", hint: /a whole commit id: [0-9a-f]{40}$/ },
    { digits: (of) => of.slice(0, 39).toUpperCase(), head: "feature", hint: /a whole commit id: [0-9a-f]{40}$/ },
    { digits: (of) => of.slice(0, 2), head: "feature", hint: /a whole commit id$/ },
    { digits: () => "0123456", head: "feature", hint: /a whole commit id$/ },
  ])("name none: $hint", async ({ digits, head, hint }) => {
    const asked = opened({ event: "workflow_dispatch", head, wanted: digits(commits[head]) });
    await expect(asked).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });
});

describe("the remedy for what isn't checked out says what then happens", () => {
  test.each<{ readonly wanted: () => string; readonly hint: string }>([
    {
      wanted: () => commits.feature,
      hint: "give actions/checkout the same `ref`; it is then published with the tags of the commit alone. To publish the branch main, remove `ref`",
    },
    {
      wanted: () => commits.old,
      hint: "give actions/checkout the same `ref`; it is then published with the tags of the branch main",
    },
    {
      wanted: () => "release/1.x",
      hint: "give actions/checkout the same `ref`; that commit is then published with the tags of the branch release/1.x",
    },
  ])("$hint", async ({ wanted, hint }) => {
    const asked = opened({ event: "workflow_dispatch", head: "main", wanted: wanted() });
    await expect(asked).rejects.toMatchObject({ hint });
  });
});

describe("without `ref`, another checkout than the event's", () => {
  test.each<{ readonly event: string; readonly head: Name; readonly payload?: object }>([
    ...events.map((event) => ({ event, head: "feature" as const })),
    { event: "push", head: "feature", payload: { before: "1".repeat(40) } },
    { event: "push", head: "newer", payload: { before: "1".repeat(40) } },
    { event: "schedule", head: "old" },
  ])("$event, $head: the tags of the commit alone, with a warning", async ({ event, head, payload = {} }) => {
    const session = await opened({ event, head, payload });
    const found = await outcome(session);
    expect(found).toMatchObject({ tags: [commits[head]], ref: `refs/commits/${commits[head]}`, isPushed: true });
    const [remark, ...others] = found.remarks;
    expect(others).toEqual([]);
    expect(remark?.message).toMatch(
      /^no tags of the branch main \(.*\): .* is checked out, which is not the event's commit$/,
    );
    expect(remark?.hint.includes("`ref`")).toBe(event !== "push");
    expect(cacheBranches(session.context).write).toBe(false);
  });
});

describe("a command line", () => {
  const branches = (checkout: Repository): void => {
    checkout.git("fetch", "--quiet", forge.folder, "main");
    checkout.git("update-ref", "refs/remotes/origin/main", "FETCH_HEAD");
  };

  test.each<{ readonly when: string; readonly asked: Omit<Situation, "event">; readonly tags: readonly string[] }>([
    { when: "plans a schedule of main", asked: { head: "old", simulated: "schedule" }, tags: ["main", "latest"] },
    { when: "plans a schedule of main elsewhere", asked: { head: "feature", simulated: "schedule" }, tags: [] },
    { when: "plans a dispatch elsewhere", asked: { head: "feature", simulated: "repository_dispatch" }, tags: [] },
    { when: "plans a push to main", asked: { head: "feature", simulated: "push" }, tags: ["main", "latest"] },
  ])("$when, by the branches of the clone", async ({ asked, tags }) => {
    const session = await opened({
      ...{ event: "", command: "plan", isDeep: true, prepare: branches },
      ...asked,
    });
    const found = await outcome(session);
    expect(found.tags.filter((tag) => !/^[0-9a-f]{40}$/.test(tag))).toEqual(tags);
    expect(found.remarks).toHaveLength(tags.length === 0 ? 1 : 0);
  });

  test.each<{ readonly head: Name; readonly simulated: string; readonly isAtEvent: boolean }>([
    { head: "main", simulated: "push", isAtEvent: true },
    { head: "newer", simulated: "push", isAtEvent: true },
    { head: "feature", simulated: "push", isAtEvent: false },
    { head: "feature", simulated: "schedule", isAtEvent: false },
  ])("that publishes $head for a $simulated in a job goes by the event's own repository", async (asked) => {
    const claimed = (checkout: Repository) => void checkout.git("update-ref", "refs/remotes/origin/main", "HEAD");
    const session = await opened({ event: "workflow_dispatch", prepare: claimed, ...asked });
    expect(session.isAtEvent).toBe(asked.isAtEvent);
  });
});
