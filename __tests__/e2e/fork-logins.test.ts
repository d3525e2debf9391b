/** A fork's code is built without any login, and what is pushed of it goes with one that the build doesn't have. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { makeDockerConfig } from "../../rig/index.ts";
import { serveForge } from "./forge-front.ts";
import { recordLogins } from "./login-recorder.ts";
import { makeProject } from "./project.ts";
import { tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(240_000);

const { host: registry, username, password } = rig.authRegistry;
const auth = Buffer.from(`${username}:${password}`).toString("base64");

test("a fork's preview is pushed where only the run logs in; its FROM shows docker's own logins to nobody", async () => {
  const [byFile, byVariable] = await Promise.all([
    recordLogins(() => false, registry),
    recordLogins(() => false, registry),
  ]);
  const project = makeProject({ "images/good/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const main = project.git("rev-parse", "HEAD");
  project.git("checkout", "--quiet", "-b", "of-the-fork");
  const fork = project.commit({
    "images/file/Dockerfile": `FROM ${byFile.host}/o/private:1\n`,
    "images/variable/Dockerfile": `FROM ${byVariable.host}/o/private:1\n`,
  });
  project.git("checkout", "--quiet", "main");
  project.git("branch", "--quiet", "-D", "of-the-fork");
  project.git("update-ref", "refs/pull/7/head", fork);
  const forge = await serveForge(project, { 7: fork });
  const folder = newFolder("docker");
  makeDockerConfig(folder);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [byFile.host]: { auth } } }));
  try {
    const run = await runAction(project, {
      event: "workflow_run",
      sha: main,
      workspace: await project.checkOut({ ref: "refs/pull/7/head", sha: fork }),
      inputs: {
        ...{ images: `${registry}/{{owner}}/{{repo}}/{{name}}`, cache: "none", push: "untrusted" },
        ...{ "registry-username": username, "registry-password": password },
      },
      env: {
        ...forge.env,
        DOCKER_CONFIG: folder,
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [byVariable.host]: { auth } } }),
      },
    });
    expect(await tagsOf(`${registry}/${project.slug}/good`)).toEqual(["pr-7", `sha-${fork}`]);
    expect(run.code).toBe(1);
    for (const each of [byFile, byVariable]) {
      expect(each.requests()).toBeGreaterThan(0);
      expect(each.logins()).toEqual([]);
    }
  } finally {
    await forge.close();
  }
});
