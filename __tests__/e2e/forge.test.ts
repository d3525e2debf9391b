/**
 * On another forge than GitHub: a real Gitea plans the run and hands out event, payload and token, its registry takes the
 * images. The runner sets what Gitea's or Forgejo's own does.
 */
import { expect, jest, test } from "@jest/globals";
import { api, createToken } from "../../rig/index.ts";
import { host, nextJob, onForge } from "./on-gitea.ts";
import type { Changes } from "./project.ts";
import { digestsOf, manifestOf, sourceTagsOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const workflow = `on:
  push: { branches: [main, trunk], tags: ['v*'] }
  pull_request:
jobs:
  images:
    runs-on: docker
    steps:
      - uses: actions/checkout@v5
      - id: publish
        uses: org/image-publish@v1
        with:
          registry-username: \${{ github.repository_owner }}
          registry-password: \${{ secrets.PACKAGES }}
`;

const files: Changes = {
  ".gitea/workflows/images.yml": workflow,
  "images/base/Dockerfile": "FROM busybox:1.37\nRUN echo one >/one\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY page /\n",
  "images/web/page": "one\n",
};

test("a push publishes to the forge's own registry, with records; a second one with nothing new does nothing", async () => {
  const { project, repository, publish } = await host(onForge(files));
  const first = await publish();
  expect(first).toMatchObject({ code: 0, annotations: [], jobs: { images: "success" } });
  const commit = project.git("rev-parse", "HEAD");
  for (const name of ["base", "web"]) {
    expect(await tagsOf(`${project.own}/${name}`)).toEqual(["latest", "main", commit].sort());
    expect(await sourceTagsOf(`${project.own}/${name}`)).toHaveLength(1);
    const { document } = await manifestOf(`${project.own}/${name}`, "latest");
    expect(document.annotations).toMatchObject({
      "org.opencontainers.image.revision": commit,
      "org.opencontainers.image.source": repository.url,
    });
  }
  expect(first.summary).toContain(`${repository.url}/commit/${commit}`);

  project.commit({ "README.md": "no image\n" });
  const second = await publish("forgejo");
  expect(second).toMatchObject({ code: 0, annotations: [] });
  expect(second.outputs.images?.publish?.["any-affected"]).toBe("false");
  expect(await tagsOf(`${project.own}/web`)).not.toContain(project.git("rev-parse", "HEAD"));
});

test("a pull request is built, and nothing of it is pushed", async () => {
  const { project, repository, publish } = await host(onForge(files));
  await publish();
  const before = await digestsOf(`${project.own}/web`);
  project.git("checkout", "--quiet", "-b", "feature");
  project.commit({ "images/web/page": "two\n" });
  await repository.push();
  const proposal = { head: "feature", base: "main", title: "Another page" };
  await api(`repos/${project.slug}/pulls`, { method: "POST", body: proposal });
  const job = await nextJob(repository);
  expect(job).toMatchObject({ event: "pull_request", ref: "refs/pull/1/head", code: 0 });
  expect(job.outputs.images?.publish).toMatchObject({ affected: '["web"]', "any-affected": "true" });
  expect(await digestsOf(`${project.own}/web`)).toEqual(before);
});

test("which branch is the default one is asked of the forge where the event doesn't tell, in a private repository too", async () => {
  const { project } = await host(onForge(files), { defaultBranch: "trunk", isPrivate: true });
  const [owner = "", name = ""] = project.slug.split("/");
  const result = await runAction(project, {
    event: "push",
    ref: "refs/heads/trunk",
    payload: { repository: { full_name: project.slug, name, owner: { login: owner } } },
    inputs: {
      token: await createToken(owner, ["read:repository"]),
      "registry-username": owner,
      "registry-password": await createToken(owner, ["write:package"]),
    },
    env: { GITHUB_SERVER_URL: rig.gitea?.url, GITHUB_API_URL: rig.gitea?.apiUrl, GITEA_ACTIONS: "true" },
  });
  expect(result.code).toBe(0);
  expect(await tagsOf(`${project.own}/web`)).toContain("latest");
});

test("the job's own token may not push packages, and the run says what to give it", async () => {
  const { project, publish } = await host(
    onForge({ ...files, ".gitea/workflows/images.yml": workflow.replace(/ +with:[\s\S]*$/, "") }),
  );
  const result = await publish();
  expect(result.code).not.toBe(0);
  expect(result.annotations).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/→ .*write:package/) }),
  ]);
  expect(await tagsOf(`${project.own}/web`)).toEqual([]);
});
