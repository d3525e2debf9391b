/** What GitHub may refuse or get wrong, and what becomes of a bump then. */
import { describe, expect, test } from "@jest/globals";
import type { Asked, Fault } from "../forge/github/fake-github.ts";
import { type GitHubWorld, withGitHub } from "../forge/github/github-world.ts";
import { start } from "../forge/stories.ts";
import { bump, openPulls, pair, textOf } from "../forge/world.ts";

const on = (name: string, use: (world: GitHubWorld) => Promise<void>): void =>
  test(name, () => withGitHub(start, use), 60_000);

const answers =
  (status: number, body: object, headers: Record<string, string> = {}): Fault["answer"] =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

const when =
  (matches: (asked: Asked) => boolean, fault: Fault) =>
  (asked: Asked): Fault | undefined =>
    matches(asked) ? fault : undefined;

describe("a refusal is told with its remedy, and what could be done stays", () => {
  on(
    "the setting that keeps workflows from opening pull requests: the branch stays, and a link opens it",
    async (world) => {
      world.fake.rules.mayOpenPulls = false;
      const result = await bump(world, 2);
      expect(result).toMatchObject({
        outcome: "refused",
        warnings: [
          {
            message: expect.stringContaining("not permitted"),
            hint: expect.stringContaining("Allow GitHub Actions to create and approve pull requests"),
          },
        ],
      });
      expect(await textOf(world, pair.branch, "Dockerfile")).toContain("app:2");
      const link = new URL(result.newPullRequestUrl ?? "");
      expect(link.pathname).toBe("/o/r/compare/main...image-publish/bump-app");
      expect(link.searchParams.get("quick_pull")).toBe("1");
      expect(link.searchParams.get("title")).toBe("Use app 2");
      // Whoever opens it by hand has opened ours.
      world.fake.rules.mayOpenPulls = true;
      const [title = "", body = ""] = [link.searchParams.get("title"), link.searchParams.get("body")].map(String);
      await world.forge.open({ ...pair, title, body, draft: false });
      expect(await bump(world, 2)).toMatchObject({ outcome: "unchanged", pullRequest: { number: 1 } });
    },
  );

  on("no `contents: write`", async (world) => {
    world.fake.rights = { contents: "read", pulls: "write" };
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      newPullRequestUrl: undefined,
      warnings: [{ hint: expect.stringContaining("`contents: write`") }],
    });
    expect(await world.head(pair.branch)).toBeUndefined();
  });

  on("no `pull-requests: write`", async (world) => {
    world.fake.rights = { contents: "write", pulls: "read" };
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      newPullRequestUrl: expect.stringContaining("/compare/"),
      warnings: [{ hint: expect.stringContaining("`pull-requests: write`") }],
    });
  });

  on("a ruleset that protects the branch", async (world) => {
    world.fake.rules.protects = /^image-publish\//;
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      warnings: [{ message: expect.stringContaining("rule violations"), hint: expect.stringContaining("Rulesets") }],
    });
  });

  on("a workflow among the files, which no job's own token may change", async (world) => {
    const message =
      "refusing to allow a GitHub App to create or update workflow `.github/workflows/a.yml` without `workflows` permission";
    const answer = answers(200, { data: { updateRefs: null }, errors: [{ type: "UNPROCESSABLE", message }] });
    world.fake.faults.push(when(({ operation }) => operation === "Refs", { answer }));
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      warnings: [{ hint: expect.stringMatching(/`bump-token`.*`workflows: write`.*globs/) }],
    });
  });

  on("an archived repository", async (world) => {
    world.fake.rules.isArchived = true;
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      warnings: [{ message: expect.stringContaining("archived"), hint: expect.stringContaining("takes no changes") }],
    });
  });

  on("a repository that the token can't see", async (world) => {
    world.fake.faults.push(
      when(() => true, {
        answer: answers(200, {
          data: { repository: null },
          errors: [{ type: "NOT_FOUND", message: "Could not resolve to a Repository with the name 'o/r'." }],
        }),
      }),
    );
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      warnings: [{ hint: expect.stringContaining("whether the token may see") }],
    });
  });

  on(
    "people who can't review, and auto-merge that is off: warnings once, and the pull request is there",
    async (world) => {
      world.fake.rules.allowsAutoMerge = false;
      const settings = { reviewers: ["nobody"], autoMerge: "squash", labels: ["images"], assignees: ["ann"] } as const;
      const result = await bump(world, 2, { settings });
      expect(result.outcome).toBe("opened");
      expect(result.warnings.map(({ hint }) => hint)).toEqual([
        expect.stringContaining("can read the repository"),
        expect.stringContaining("Allow auto-merge"),
      ]);
      expect(await openPulls(world)).toMatchObject([{ labels: ["images"], assignees: ["ann"] }]);
      expect(await bump(world, 2, { settings })).toMatchObject({ outcome: "unchanged", warnings: [] });
    },
  );

  on("reviewers, teams, a draft and auto-merge", async (world) => {
    const settings = { reviewers: ["ann", "o/owners"], autoMerge: "squash", draft: true } as const;
    expect(await bump(world, 2, { settings })).toMatchObject({ outcome: "opened", warnings: [] });
    const [pull] = world.fake.branches.pulls;
    expect(pull).toMatchObject({ reviewers: ["ann", "owners"], autoMerge: "SQUASH", draft: true });
  });
});

describe("what may work in a while is asked again", () => {
  test.each<[string, number, object, Record<string, string>, number]>([
    [
      "a secondary limit",
      403,
      { message: "You have exceeded a secondary rate limit." },
      { "retry-after": "60" },
      60_000,
    ],
    ["too many requests", 429, { message: "slow down" }, { "retry-after": "7" }, 7_000],
    ["a broken gateway", 502, { message: "Server Error" }, {}, 0],
    [
      "a limit spent",
      403,
      { message: "API rate limit exceeded" },
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" },
      30_000,
    ],
  ])("%s", (_, status, body, headers, least) =>
    withGitHub(start, async (world) => {
      world.fake.faults.push(when(({ path }) => path.endsWith("/pulls"), { answer: answers(status, body, headers) }));
      expect(await bump(world, 2)).toMatchObject({ outcome: "opened", warnings: [] });
      expect(world.slept[0]).toBeGreaterThanOrEqual(least);
    }),
  );

  on("but not for longer than a job is worth", async (world) => {
    const answer = answers(403, { message: "API rate limit exceeded" }, { "retry-after": "3000" });
    world.fake.faults.push(when(() => true, { answer }));
    expect(await bump(world, 2)).toMatchObject({
      outcome: "refused",
      warnings: [{ hint: expect.stringContaining("run again") }],
    });
    expect(world.slept).toEqual([]);
  });

  on("an answer that is lost after the pull request was opened does not make a second one", async (world) => {
    const lost: Fault = { after: true, answer: (response) => response.destroy() };
    for (const operation of ["Refs", undefined]) {
      world.fake.faults.push(
        when(
          (asked) => (operation === undefined ? asked.path.endsWith("/pulls") : asked.operation === operation),
          lost,
        ),
      );
    }
    expect(await bump(world, 2)).toMatchObject({ warnings: [], pullRequest: { number: 1 } });
    expect(await openPulls(world)).toHaveLength(1);
    expect(await bump(world, 2)).toMatchObject({ outcome: "unchanged" });
  });
});

describe("a run that ends anywhere", () => {
  on("the next one goes on from there", async (world) => {
    const settings = { labels: ["images"], reviewers: ["ann"] };
    let version = 2;
    for (let requests = 0; requests < 9; requests += 1) {
      // Each version anew: a first one, and later ones in the place of earlier ones, cut off after so many requests.
      let left = requests;
      const cut = (): Fault | undefined =>
        left-- > 0 ? undefined : { answer: answers(422, { message: "cut off", documentation_url: "" }) };
      world.fake.faults.push(cut);
      await bump(world, version, { settings });
      world.fake.faults.length = 0;
      await bump(world, version, { settings });
      expect(await openPulls(world)).toMatchObject([{ title: `Use app ${version}`, labels: ["images"] }]);
      expect(await textOf(world, pair.branch, "Dockerfile")).toContain(`app:${version}`);
      expect(await bump(world, version, { settings })).toMatchObject({ outcome: "unchanged" });
      version += 1;
    }
  });
});
