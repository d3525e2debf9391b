/** One image in several registries. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, taggedPush } from "./events.ts";
import { makeProject } from "./project.ts";
import { digestsOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

test("an image is built into the first registry, and has the same tags on the same digests in all", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const { host, username, password } = rig.authRegistry;
  const inputs = {
    images: `${rig.registry}/{{owner}}/{{name}}\n${host}/{{owner}}/{{repo}}/{{name}}`,
    "registry-username": username,
    "registry-password": password,
  };
  const [owner] = project.slug.split("/");
  const [first, second] = [`${rig.registry}/${owner}/web`, `${host}/${project.slug}/web`];

  const run = await runAction(project, { ...firstPush, inputs });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const tags = run.images.web?.tags ?? [];
  expect(tags.filter((tag) => tag.startsWith(`${first}:`)).length).toBe(tags.length / 2);
  expect(tags[0]).toBe(`${first}:main`);
  expect(await digestsOf(second)).toEqual(await digestsOf(first));
  expect((await digestsOf(second)).latest).toBe(run.images.web?.digest);

  project.git("tag", "v1.0.0");
  const released = await runAction(project, { ...taggedPush("v1.0.0"), inputs });
  expect(released).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(second)).toContain("1.0.0");
  expect(await digestsOf(second)).toEqual(await digestsOf(first));
});
