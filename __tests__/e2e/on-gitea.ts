/** Projects on the rig's Gitea, which stands for Forgejo too: its jobs run the bundle, its registry takes the images. */
import { expect } from "@jest/globals";
import {
  api,
  createRepository,
  createToken,
  createUser,
  type JobResult,
  type Repository,
  runNextJob,
} from "../../rig/index.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { rig, root } from "./rig.ts";

export interface Hosted {
  readonly project: Project;
  readonly repository: Repository;
  /** Pushes what was committed and runs the job that the forge makes of it. */
  publish(runner?: "gitea" | "forgejo"): Promise<JobResult>;
}

/**
 * On the forge, with tokens of the owner's as the workflow's secrets: PACKAGES may write packages, BUMP may open pull requests.
 */
export async function host(project: Project, { defaultBranch = "main", isPrivate = false } = {}): Promise<Hosted> {
  const [owner = "", name = ""] = project.slug.split("/");
  await createUser(owner);
  project.git("branch", "--move", defaultBranch);
  const repository = await createRepository({ owner, name, folder: project.folder, defaultBranch, isPrivate });
  const secrets = {
    PACKAGES: await createToken(owner, ["write:package"]),
    BUMP: await createToken(owner, ["write:repository", "write:issue"]),
  };
  for (const [secret, data] of Object.entries(secrets))
    await api(`repos/${project.slug}/actions/secrets/${secret}`, { method: "PUT", body: { data } });
  return {
    project,
    repository,
    async publish(runner = "gitea") {
      await repository.push();
      const job = await nextJob(repository, runner);
      expect(job.event).toBe("push");
      return job;
    },
  };
}

export async function nextJob(repository: Repository, runner: "gitea" | "forgejo" = "gitea"): Promise<JobResult> {
  const options = { runner, actionDirectory: root, env: { BUILDX_BUILDER: rig.builder } };
  const job = await runNextJob(repository, options);
  if (job === undefined) throw new Error("the forge has no job");
  return job;
}

/** Its images are in the forge's own registry. */
export const onForge = (contents: Changes): Project => makeProject(contents, { registry: rig.gitea?.host ?? "" });
