/** Projects on GitHub: a fake over the project's own repository, and the rig's registry in place of ghcr.io. */
import { join } from "node:path";
import { gitStore } from "../forge/git-store.ts";
import { type FakeGitHub, fakeGitHub } from "../forge/github/fake-github.ts";
import type { FakePull } from "../forge/github/pull-requests.ts";
import { pushed } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

export interface OnGitHub {
  readonly project: Project;
  readonly fake: FakeGitHub;
  /** A run of the action with `bump: true`, unless told. */
  run(happening: Happening): Promise<Ended>;
  /** A commit on main, and the run of its push. */
  push(changes: Changes, inputs?: Readonly<Record<string, string>>): Promise<Ended>;
  openPulls(): readonly FakePull[];
  /** A person's merge of one branch into another, pushed. */
  merge(from: string, into: string): void;
  /** The files that differ between two commits. */
  changedFiles(from: string, to: string): readonly string[];
}

/** @throws Error where GitHub was asked something that it would not understand. */
export async function withGitHubProject(files: Changes, use: (world: OnGitHub) => Promise<void>): Promise<void> {
  const project = makeProject(files);
  const [owner = "", repo = ""] = project.slug.split("/");
  const fake = await fakeGitHub({ git: gitStore(join(project.folder, ".git")), owner, repo });
  const run = (happening: Happening): Promise<Ended> =>
    runAction(project, {
      ...happening,
      // Code scanning is not what this GitHub knows of.
      inputs: { bump: "true", token: "job-token", sarif: "off", ...happening.inputs },
      env: { GITHUB_API_URL: fake.apiUrl, ...happening.env },
    });
  try {
    await use({
      project,
      fake,
      run,
      push(changes, inputs = {}) {
        const before = project.git("rev-parse", "HEAD");
        project.commit(changes);
        return run({ ...pushed(before), inputs });
      },
      openPulls: () => fake.branches.pulls.filter(({ state }) => state === "OPEN"),
      merge(from, into) {
        project.git("checkout", "--quiet", into);
        project.git("merge", "--quiet", "--no-ff", "--no-edit", from);
        project.git("checkout", "--quiet", "main");
        fake.branches.move(into, project.git("rev-parse", into));
      },
      changedFiles: (from, to) => project.git("diff", "--name-only", from, to, "--").split("\n"),
    });
  } finally {
    await fake.close();
    // biome-ignore lint/correctness/noUnsafeFinally: it explains whatever else went wrong
    if (fake.problems.length > 0) throw new Error(`GitHub would not understand:\n${fake.problems.join("\n")}`);
  }
}
