/** What is in a published image and around it. */
import { expect, jest, test } from "@jest/globals";
import { firstPush } from "./events.ts";
import { makeProject } from "./project.ts";
import { configsOf, manifestOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

const prefix = "org.opencontainers.image";

test("labels and annotations say where an image comes from, and an index is made for one platform too", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  const commit = project.git("rev-parse", "HEAD");
  const run = await runAction(project, {
    ...firstPush,
    inputs: {
      labels: "com.example.team=web\nno.version={{version}}",
      annotations: "index:com.example.of=the index\nmanifest:com.example.of=the manifest",
    },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });

  const index = await manifestOf(`${project.own}/web`, "latest");
  expect(index.mediaType).toBe("application/vnd.oci.image.index.v1+json");
  expect(index.digest).toBe(run.outputs.digest);
  const source = `http://${rig.registry}/${project.slug}`;
  const said = { [`${prefix}.revision`]: commit, [`${prefix}.source`]: source, [`${prefix}.version`]: "main" };
  expect(index.document.annotations).toMatchObject({ "com.example.of": "the index" });
  const images = (index.document.manifests ?? []).filter(({ platform }) => platform?.os !== "unknown");
  expect(images.map(({ platform }) => platform)).toEqual([{ os: "linux", architecture: "amd64" }]);
  const image = await manifestOf(`${project.own}/web`, images[0]?.digest ?? "");
  expect(image.document.annotations).toMatchObject({ "com.example.of": "the manifest" });
  const config = (await configsOf(`${project.own}/web`, "latest"))["linux/amd64"];
  expect(config?.config?.Labels).toMatchObject({ ...said, "com.example.team": "web", "no.version": "main" });
  expect(run.outputs.labels).toContain(`${prefix}.revision=${commit}`);
  expect(JSON.parse(run.outputs.json ?? "")).toMatchObject({ labels: said });
  expect(run.outputs.version).toBe("main");
});

test("the index says the same of itself as the labels do", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" });
  await runAction(project, firstPush);
  const { document } = await manifestOf(`${project.own}/web`, "latest");
  expect(document.annotations).toMatchObject({ [`${prefix}.revision`]: project.git("rev-parse", "HEAD") });
});

test("arguments get their expressions filled in; those that nobody gives keep their default", async () => {
  const project = makeProject({
    "images/web/Dockerfile":
      "FROM scratch\nARG WHO\nARG KEEP\nARG VERSION=default\nENV WHO=$WHO KEEP=$KEEP VERSION=$VERSION\nCOPY * /\n",
  });
  project.git("tag", "v3.1.4");
  const run = await runAction(project, {
    event: "push",
    ref: "refs/tags/v3.1.4",
    payload: { before: "0".repeat(40), created: true },
    inputs: { "build-args": "WHO={{name}} of {{owner}} is {{version}}\nKEEP={{of another}} $HOME" },
  });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const config = (await configsOf(`${project.own}/web`, "3.1.4"))["linux/amd64"];
  const [owner] = project.slug.split("/");
  expect(config?.config?.Env).toEqual(
    expect.arrayContaining([`WHO=web of ${owner} is 3.1.4`, "KEEP={{of another}} $HOME", "VERSION=default"]),
  );
});

test("every platform that is wanted is really built", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN uname -m >/machine\n" });
  const run = await runAction(project, { ...firstPush, inputs: { platforms: "linux/amd64,linux/arm64" } });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(run.images.web?.platforms).toEqual(["linux/amd64", "linux/arm64"]);
  const configs = await configsOf(`${project.own}/web`, "latest");
  expect(Object.entries(configs).map(([platform, { architecture }]) => [platform, architecture])).toEqual([
    ["linux/amd64", "amd64"],
    ["linux/arm64", "arm64"],
  ]);
});

test("a run on demand of one image has its outputs as docker/metadata-action gives them", async () => {
  const project = makeProject({ Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
  const commit = project.git("rev-parse", "HEAD");
  const run = await runAction(project, firstPush);
  expect(run.outputs.tags?.split("\n")).toEqual(["main", commit, "latest"].map((tag) => `${project.own}:${tag}`));
  expect(run.outputs.matrix).toBe(JSON.stringify({ include: [{ image: "images" }] }));
  expect(JSON.parse(run.outputs.json ?? "")["tag-names"].sort()).toEqual([commit, "main", "latest"].sort());
});
