/** What is in a published image and around it. */
import { randomInt } from "node:crypto";
import { expect, jest, test } from "@jest/globals";
import { withBuilder } from "./docker.ts";
import { firstPush, taggedPush } from "./events.ts";
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
      "FROM scratch\nARG WHO\nARG KEEP\nARG OTHER=default\nENV WHO=$WHO KEEP=$KEEP OTHER=$OTHER\nCOPY * /\n",
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
    expect.arrayContaining([`WHO=web of ${owner} is 3.1.4`, "KEEP={{of another}} $HOME", "OTHER=default"]),
  );
});

test("a release puts its date, commit and version into what declares them, and leaves alone what the user wrote", async () => {
  const declares = "ARG BUILD_DATE VCS_REF VERSION\nENV D=$BUILD_DATE R=$VCS_REF V=$VERSION\n";
  const project = makeProject({
    "images/web/Dockerfile": `FROM scratch\n${declares}COPY * /\n`,
    "images/tool/Dockerfile": "FROM scratch\nARG VERSION=3.19\nENV V=$VERSION\nCOPY * /\n",
  });
  const commit = project.git("rev-parse", "HEAD");
  const date = new Date(project.git("show", "--no-patch", "--format=%cI", "HEAD")).toISOString();
  project.git("tag", "v1.2.3");
  const run = await runAction(project, taggedPush("v1.2.3"));
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const environment = async (name: string) =>
    (await configsOf(`${project.own}/${name}`, "1.2.3"))["linux/amd64"]?.config?.Env;
  expect(await environment("web")).toEqual(expect.arrayContaining([`D=${date}`, `R=${commit}`, "V=1.2.3"]));
  expect(await environment("tool")).toContain("V=3.19");
});

test("the index names the base and the very digest that was built on", async () => {
  const project = makeProject({
    "images/base/Dockerfile": "FROM busybox:1.37 AS tools\nFROM busybox:1.37\nCOPY --from=tools /bin/busybox /x\n",
    "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
    "images/none/Dockerfile": "FROM scratch\nCOPY * /\n",
  });
  const run = await runAction(project, firstPush);
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const busybox = await manifestOf(`${rig.registry}/library/busybox`, "1.37");
  const base = await manifestOf(`${project.own}/base`, "latest");
  const web = await manifestOf(`${project.own}/web`, "latest");
  const none = await manifestOf(`${project.own}/none`, "latest");
  expect([base.digest, web.digest]).toEqual([run.images.base?.digest, run.images.web?.digest]);
  expect(base.document.annotations).toMatchObject({
    [`${prefix}.base.name`]: "docker.io/library/busybox:1.37",
    [`${prefix}.base.digest`]: busybox.digest,
    [`${prefix}.title`]: "base",
  });
  expect(web.document.annotations).toMatchObject({
    [`${prefix}.base.name`]: `${project.own}/base`,
    [`${prefix}.base.digest`]: base.digest,
  });
  expect(Object.keys(none.document.annotations ?? {}).filter((key) => key.includes("base"))).toEqual([]);
});

test("without attestations the index holds the platforms alone", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN echo one >/one\n" });
  const platforms = "linux/amd64,linux/arm64";
  const run = await runAction(project, { ...firstPush, inputs: { provenance: "false", sbom: "false", platforms } });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const { document } = await manifestOf(`${project.own}/web`, "latest");
  expect(document.manifests?.map(({ platform }) => `${platform?.os}/${platform?.architecture}`)).toEqual([
    "linux/amd64",
    "linux/arm64",
  ]);
});

test("layers are compressed as is wished, those of the base too by force", async () => {
  // A layer that nobody has compressed yet.
  const project = makeProject({ "images/web/Dockerfile": `FROM busybox:1.37\nRUN echo ${randomInt(1e9)} >/one\n` });
  const layersOf = async (compression: string): Promise<readonly string[]> => {
    const run = await runAction(project, { event: "workflow_dispatch", inputs: { compression } });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    const { document } = await manifestOf(`${project.own}/web`, run.images.web?.digest ?? "");
    const image = await manifestOf(`${project.own}/web`, document.manifests?.[0]?.digest ?? "");
    return (image.document.layers ?? []).map(({ mediaType }) => mediaType.replace(/^.*tar\+?/, ""));
  };
  expect(await layersOf("zstd,level=3")).toEqual(["gzip", "zstd"]);
  expect(await layersOf("zstd,force=true")).toEqual(["zstd", "zstd"]);
});

test("one SOURCE_DATE_EPOCH gives the same bytes wherever it is built", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN date >/dev/null; echo one >/one\n" });
  const build = () =>
    withBuilder((builder) =>
      runAction(project, {
        event: "workflow_dispatch",
        inputs: { builder, provenance: "false" },
        env: { SOURCE_DATE_EPOCH: "1700000000" },
      }),
    );
  const [first, second] = [await build(), await build()];
  expect(first).toMatchObject({ code: 0, annotations: [] });
  expect(second.images.web?.digest).toBe(first.images.web?.digest);
});

test("BuildKit's findings stand on their lines, those of two images of one Dockerfile once", async () => {
  const project = makeProject({
    "images/web/Dockerfile": "FROM busybox:1.37 as web\nCOPY Dockerfile /\n",
    ".github/image-publish.yml": "images: {other: {file: images/web/Dockerfile, context: images/web}}\n",
  });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(0);
  expect(run.annotations).toEqual([
    expect.objectContaining({
      level: "warning",
      title: "Dockerfile",
      file: "images/web/Dockerfile",
      line: 1,
      message: expect.stringMatching(/^FromAsCasing.*\n→ .*https:\/\/docs\.docker\.com/s),
    }),
  ]);
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
