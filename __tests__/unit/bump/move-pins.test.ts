import { describe, expect, test } from "@jest/globals";
import { movePins } from "../../../src/bump/move-pins.ts";
import { isPossiblePinFile } from "../../../src/bump/pins/pin-reader.ts";
import { repository } from "../../../src/model/reference.ts";
import { marked } from "./marked.ts";
import { app, changes, moved, old, sentenceOf } from "./moving.ts";
import { published } from "./published.ts";

/** What becomes of several files, whose changes are marked, and which pins stay. */
async function movedAll(files: Readonly<Record<string, string>>, versions: Parameters<typeof movePins>[1]) {
  const given = Object.entries(files).map(([path, text]) => ({ path, ...marked(text) }));
  const encoder = new TextEncoder();
  const result = await movePins(
    given.map(({ path, before }) => ({ path, bytes: encoder.encode(before) })),
    versions,
  );
  const after = new Map(
    result.files.map((file) => [file.path, new TextDecoder("utf-8", { ignoreBOM: true }).decode(file.after)]),
  );
  return {
    after: Object.fromEntries(given.map(({ path, before }) => [path, after.get(path) ?? before])),
    expected: Object.fromEntries(given.map(({ path, after: wanted }) => [path, wanted])),
    moved: result.files.flatMap(({ path, pins }) =>
      pins.map(({ image, line, from, to }) => `${path}:${line} ${image}: ${from} → ${to}`),
    ),
    left: result.left.map(
      ({ path, line, ...reason }) => `${path}:${line} ${reason.image} (${reason.kind}): ${sentenceOf(reason)}`,
    ),
  };
}

test("klangk: the ARG of the sibling Dockerfile follows the base, one line of it", async () => {
  const base = "ghcr.io/mcdonc/klangk/klangk-workspace-base";
  const result = await movedAll(
    {
      "src/containers/workspace/Dockerfile": `# syntax=docker/dockerfile:1\n# The base is built by its own workflow.\nARG WORKSPACE_BASE_IMAGE=${base}:⟦2026.06.10-e973f3c⇒2026.06.12-0a1b2c3⟧\nFROM $WORKSPACE_BASE_IMAGE\n\nCOPY --from=features . /features\nRUN <<EOF\necho ${base}:2026.06.10-e973f3c\nEOF\n`,
      "src/containers/workspace/Dockerfile.base": "FROM debian:13\n",
      "CHANGELOG.md": `2026.06.10: ${base} without a tag\n`,
    },
    [published({ name: "klangk-workspace-base", repositories: [base], tags: ["2026.06.12-0a1b2c3"] })],
  );
  expect(result.after).toEqual(result.expected);
  expect(result.moved).toEqual([
    `src/containers/workspace/Dockerfile:3 klangk-workspace-base: ${base}:2026.06.10-e973f3c → ${base}:2026.06.12-0a1b2c3`,
  ]);
});

test("blumeops: kustomizations follow, placeholders stay, the Nix variant keeps to itself", async () => {
  const at = "registry.ops.eblu.me/blumeops";
  const image = (name: string, tag: string, variant = "") =>
    published({ name: `${name}${variant}`, repositories: [`${at}/${name}`], tags: [tag] });
  const result = await movedAll(
    {
      "argocd/manifests/ntfy/deployment.yaml": `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: ntfy\n          image: ${at}/ntfy:kustomized\n        - name: sidecar\n          image: docker.io/library/busybox:1.37\n`,
      "argocd/manifests/ntfy/kustomization.yaml": `resources:\n  - deployment.yaml\nimages:\n  - name: ${at}/ntfy\n    newTag: ⟦v2.11.0-24f7512-nix⇒v2.12.0-e973f3c-nix⟧\n  # keep\n  - name: docker.io/grafana/loki\n    newName: ${at}/loki\n    newTag: ⟦v3.9.1-24f7512⇒v3.10.0-e973f3c⟧\n  - name: busybox\n    newTag: "1.37"\n`,
      "argocd/manifests/forgejo-runner/config.yaml": `apiVersion: v1\nkind: ConfigMap\ndata:\n  config.yaml: |\n    runner:\n      labels:\n        - "k8s:docker://${at}/runner-job-image:⟦v0.20.1-24f7512⇒v0.20.2-1234567⟧"\n`,
      "argocd/manifests/cv/kustomization.yaml": `images:\n- name: ${at}/cv\n  newTag: ⟦v4.0.6-r4-ffa8727⇒v4.0.7-r0-e973f3c⟧\n`,
      "containers/ntfy/default.nix": `{ version = "2.12.0"; }`,
    },
    [
      image("ntfy", "v2.12.0-e973f3c"),
      image("ntfy", "v2.12.0-e973f3c-nix", "-nix"),
      image("loki", "v3.10.0-e973f3c"),
      image("runner-job-image", "v0.20.2-1234567"),
      image("cv", "v4.0.7-r0-e973f3c"),
    ],
  );
  expect(result.after).toEqual(result.expected);
  expect(result.moved.map((line) => line.replace("argocd/manifests/", ""))).toEqual([
    "ntfy/kustomization.yaml:5 ntfy-nix: v2.11.0-24f7512-nix → v2.12.0-e973f3c-nix",
    "ntfy/kustomization.yaml:9 loki: v3.9.1-24f7512 → v3.10.0-e973f3c",
    `forgejo-runner/config.yaml:7 runner-job-image: ${at}/runner-job-image:v0.20.1-24f7512 → ${at}/runner-job-image:v0.20.2-1234567`,
    "cv/kustomization.yaml:3 cv: v4.0.6-r4-ffa8727 → v4.0.7-r0-e973f3c",
  ]);
  expect(result.left).toEqual([
    "argocd/manifests/ntfy/deployment.yaml:8 ntfy, ntfy-nix (current): `kustomized` isn't a version",
  ]);
});

describe("kube9", () => {
  const operator = published({
    name: "kube9-operator",
    repositories: ["ghcr.io/alto9/kube9-operator"],
    tags: ["1.2.4", "1.2", "1", "v1.2.4", "latest"],
  });
  const values = (tag: string, more = "") =>
    `# Default values\nreplicas: 1\nimage:\n  repository: ghcr.io/alto9/kube9-operator\n  # Overrides the chart's appVersion.\n  tag: ${tag}\n  pullPolicy: IfNotPresent\npostgres:\n  image: {repository: postgres, tag: "17"}\n${more}`;
  const chart = (version: string) =>
    `apiVersion: v2\nname: kube9-operator\ndescription: x\nversion: 0.9.0\nappVersion: ${version} # the operator's\n`;

  test.each<[string, string, string]>([
    ["the values' tag and the chart's version follow a release", `"⟦1.2.3⇒1.2.4⟧"`, `"⟦1.2.3⇒1.2.4⟧"`],
    ["each in its own form", "⟦v1.2.3⇒v1.2.4⟧", "⟦1.2.3⇒1.2.4⟧"],
    ["the chart's version alone, where the tag is empty", '""', "⟦v1.2.3⇒v1.2.4⟧"],
    ["the chart's version isn't taken back", "⟦1.2.3⇒1.2.4⟧", "1.3.0"],
  ])("%s", async (_, tag, version) => {
    const files = { "charts/kube9/values.yaml": values(tag), "charts/kube9/Chart.yaml": chart(version) };
    const result = await movedAll(files, [operator]);
    expect(result.after).toEqual(result.expected);
  });

  test("a chart of two images of ours follows neither", async () => {
    const files = { "Chart.yaml": chart("1.2.3"), "values.yaml": values("1.2.4", `agent: ${app}:1.2.4\n`) };
    const result = await movedAll(files, [operator, published({ tags: ["1.2.4"] })]);
    expect(result.after).toEqual(result.expected);
    expect(result.left[0]).toBe(
      "Chart.yaml:5 kube9-operator (ambiguous): the chart names several images: let its version be set where they are, and not follow one of them",
    );
  });

  test("nor where nothing is proposed of the other", async () => {
    const files = [`apiVersion: v2\nname: x\nappVersion: 1.2.3\n`, `app: ${app}:1.2.4\nweb: ghcr.io/o/r/web:2.0.0\n`];
    const [chart = "", text = ""] = files;
    const bytes = (each: string) => new TextEncoder().encode(each);
    const given = [
      { path: "Chart.yaml", bytes: bytes(chart) },
      { path: "values.yaml", bytes: bytes(text) },
    ];
    const result = await movePins(given, [published({ tags: ["1.2.4"] })], [repository("ghcr.io/o/r/web")]);
    expect(result.files).toEqual([]);
    expect(result.left.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      "Chart.yaml ambiguous",
      "values.yaml current",
    ]);
  });

  test("a chart follows what its templates name, and not what a chart within it does", async () => {
    const template = `image: "ghcr.io/alto9/kube9-operator:{{ .Chart.AppVersion }}"\n`;
    const result = await movedAll(
      {
        "a/Chart.yaml": chart("⟦1.2.3⇒1.2.4⟧"),
        "a/templates/sub/x.yaml": template,
        "b/Chart.yaml": chart("1.2.3"),
        "b/charts/c/Chart.yaml": chart("⟦1.2.3⇒1.2.4⟧"),
        "b/charts/c/values.yaml": values("⟦1.2.3⇒1.2.4⟧"),
      },
      [operator],
    );
    expect(result.after).toEqual(result.expected);
  });

  test("a version with a commit is the chart's without it", async () => {
    const image = published({
      name: "kube9-operator",
      repositories: ["ghcr.io/alto9/kube9-operator"],
      tags: ["v3.10.0-e973f3c"],
    });
    const files = { "values.yaml": values("⟦v3.9.1-24f7512⇒v3.10.0-e973f3c⟧"), "Chart.yaml": chart("⟦3.9.1⇒3.10.0⟧") };
    const result = await movedAll(files, [image]);
    expect(result.after).toEqual(result.expected);
  });
});

describe("other files", () => {
  changes([
    [
      "devcontainer.json, comments and commas in it",
      ".devcontainer/devcontainer.json",
      `// "image": "${app}:1.2.3"\n{\n\t"image": "${app}:⟦1.2.3⇒1.2.4⟧", /* "${app}:1.2.3" */\n\t"build": { "args": { "BASE": "${app}:⟦1.2.3⇒1.2.4⟧", }, },\n\t"url": "https://x//y", // ${app}:1.2.3\n\t"${app}:1.2.3": 1,\n}\n`,
    ],
    [
      "what somebody names, by lines",
      "scripts/run.sh",
      `# ${app}:1.2.3\ndocker run ${app}:⟦1.2.3⇒1.2.4⟧ # ${app}:1.2.3\n`,
    ],
  ]);

  test("what isn't UTF-8 stays, and is told", async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode(`a: 1\nimage: ${app}:1.2.3 # `), 0xe9, 0x0a]);
    const { files, left } = await movePins([{ path: "a.yaml", bytes }], [published({ tags: ["1.2.4"] })]);
    expect(files).toEqual([]);
    expect(left).toEqual([
      {
        image: "app",
        path: "a.yaml",
        line: 2,
        column: 8,
        kind: "ambiguous",
        why: "the file is not UTF-8",
        remedy: "save it as such",
      },
    ]);
  });

  test("a chart that isn't UTF-8 stays, too, and is reported", async () => {
    const chart = "apiVersion: v2\nname: app\nappVersion: 1.2.3\ndescription: caf";
    const bytes = new Uint8Array([...new TextEncoder().encode(chart), 0xe9, 0x0a]);
    const values = new TextEncoder().encode(`image:\n  repository: ${app}\n`);
    const { files, left } = await movePins(
      [
        { path: "chart/Chart.yaml", bytes },
        { path: "chart/values.yaml", bytes: values },
      ],
      [published({ tags: ["1.2.4"] })],
    );
    expect(files).toEqual([]);
    expect(left).toMatchObject([{ path: "chart/Chart.yaml", line: 3, why: "the file is not UTF-8" }]);
  });

  test.each([
    ["a commit that looks like a number", "24f7512", "12e4567", '"12e4567"'],
    ["within its quotes", "'24f7512'", "12e4567", "'12e4567'"],
    ["also in place of one", "1234567", "12e4567", '"12e4567"'],
    ["a version that would lose its zero", "1.9", "1.10", '"1.10"'],
    ["not one that would not", "1.9", "1.11", "1.11"],
    ["not a version of three numbers", "1.2.3", "1.2.10", "1.2.10"],
  ])("YAML makes no number of a tag: %s", async (_, from, tag, to) => {
    const text = (held: string) => `i: {repository: ${app}, tag: ${held}}\n`;
    expect((await moved("a.yaml", text(from), [published({ tags: [tag] })])).text).toBe(text(to));
  });

  test("nothing published, nothing to do", async () => {
    expect(await moved("a.yaml", `image: ${app}:1.2.3\n`, [])).toMatchObject({ pins: [], left: [] });
  });

  test("a digest beside a tag is told in one, apart each by itself", async () => {
    const text = `a: ${app}:1.2.3@${old}\nb: {repository: ${app}, tag: 1.2.3, digest: "${old}"}\n`;
    const { pins } = await moved("a.yaml", text);
    expect(pins.map(({ from }) => from)).toEqual([`${app}:1.2.3@${old}`, "1.2.3", old]);
  });
});

test.each<[string, boolean]>([
  ["Dockerfile", true],
  ["a/Dockerfile.base", true],
  ["a/base.Containerfile", true],
  ["a/app.dockerfile", true],
  ["Dockerfile.dockerignore", false],
  ["deploy/app.yaml", true],
  [".github/workflows/a.yml", true],
  [".devcontainer/devcontainer.json", true],
  [".devcontainer.json", true],
  ["package.json", false],
  ["README.md", false],
  ["node_modules/a/b.yaml", false],
  ["vendor/a/Dockerfile", false],
])("%s may hold pins: %s", (path, expected) => {
  expect(isPossiblePinFile(path)).toBe(expected);
});
