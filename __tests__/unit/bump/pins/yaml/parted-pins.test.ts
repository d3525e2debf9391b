/** A digest or a tag that is written in another shape than beside its tag: both move, or neither does. And what is of another thing stays. */
import { describe, expect, test } from "@jest/globals";
import { app, type Case, changes, moved, old, young } from "../../moving.ts";

const hex = old.replace("sha256:", "");

describe("both move", () => {
  changes([
    [
      "both above the map of the name",
      "v.yaml",
      `tag: ⟦1.2.3⇒1.2.4⟧\ndigest: ⟦${old}⇒${young}⟧\nimage:\n  repository: ${app}\n`,
    ],
    [
      "under keys of their own",
      "v.yaml",
      `imageTag: ⟦1.2.3⇒1.2.4⟧\nimageDigest: ⟦${old}⇒${young}⟧\nimage: {repository: ${app}}\n`,
    ],
    ["with the name's key", "v.yaml", `appTag: ⟦1.2.3⇒1.2.4⟧\nappDigest: ⟦${old}⇒${young}⟧\napp: {image: ${app}}\n`],
    ["a tag above alone", "v.yaml", `imageTag: ⟦1.2.3⇒1.2.4⟧\nimage: {repository: ${app}}\n`],
    ["a tag in a map below", "v.yaml", `repository: ${app}\ndigest: ⟦${old}⇒${young}⟧\nimage: {tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    [
      "variables with keys",
      "v.yaml",
      `env:\n- {key: IMAGE, value: "${app}:⟦1.2.3⇒1.2.4⟧"}\n- {key: IMAGE_DIGEST, value: "⟦${old}⇒${young}⟧"}\n`,
    ],
    [
      "a checksum that says whose it is",
      "v.yaml",
      `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, url: a/b.tgz, imageSha256: ⟦${hex}⇒${young.slice(7)}⟧}\n`,
    ],
    [
      "beside how it is run",
      "v.yaml",
      `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, pullPolicy: Always, replicas: 3, sha256: ⟦${hex}⇒${young.slice(7)}⟧}\n`,
    ],
    ["Grafana's hexadecimal tag", "v.yaml", `i:\n  repository: ${app}@sha256\n  tag: ⟦${hex}⇒${young.slice(7)}⟧\n`],
    [
      "with a registry",
      "v.yaml",
      `i: {registry: ghcr.io, repository: o/r/app@sha256, tag: "⟦${hex}⇒${young.slice(7)}⟧"}\n`,
    ],
    ["another's key", "v.yaml", `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, chartSha256: ${hex}, url: a/b.tgz}\n`],
  ]);
});

describe("neither does, with the line", () => {
  const reason = /ambiguous: .*(?:may be|in two places|on a line beside it|plain|ends in)/;
  test.each<Case>([
    ["a map of its digest", "v.yaml", `image: {repository: ${app}, tag: 1.2.3, digest: {sha256: ${hex}}}\n`],
    ["a list of digests", "v.yaml", `image: {repository: ${app}, tag: 1.2.3, digests: [${old}]}\n`],
    ["digests by platform", "v.yaml", `image: {image: ${app}:1.2.3, digests: {amd64: ${old}, arm64: ${old}}}\n`],
    ["hexadecimal digits under another key", "v.yaml", `i: {repository: ${app}, tag: 1.2.3, pinned: ${hex}}\n`],
    ["a name that ends in @sha256", "v.yaml", `i: {repository: ${app}@sha256, tag: 1.2.3, digest: ${hex}}\n`],
    ["such a name and two digests", "v.yaml", `i: {repository: ${app}@sha256, tag: ${hex}, digest: ${old}}\n`],
    ["such a name and a digest with its kind", "v.yaml", `i: {repository: ${app}@sha256, tag: "1.2.3", sha: ${old}}\n`],
    ["as an id", "v.yaml", `i: {image: ${app}:1.2.3, id: ${hex}}\n`],
    ["in a list of two", "v.yaml", `i:\n- ${app}:1.2.3\n- ${old}\n`],
    ["literals", "v.yaml", `literals: [IMAGE=${app}:1.2.3, IMAGE_DIGEST=${old}]\n`],
    ["arguments", "v.yaml", `args: [--image=${app}:1.2.3, --image-digest=${old}]\n`],
    [
      "labels",
      "v.yaml",
      `labels:\n- org.opencontainers.image.base.name=${app}:1.2.3\n- org.opencontainers.image.base.digest=${old}\n`,
    ],
    ["variables in a list", "v.yaml", `environment: [IMAGE=${app}, IMAGE_TAG=1.2.3]\n`],
    ["arguments in parts", "v.yaml", `args: [--image-repo=${app}, --image-tag=1.2.3]\n`],
    [
      "options on one line",
      ".github/workflows/a.yml",
      `run: helm upgrade --set image.repository=${app},image.tag=1.2.3\n`,
    ],
    ["a chart's archive", "v.yaml", `- image: ${app}:1.2.3\n  url: https://x/chart.tgz\n  sha256: ${hex}\n`],
    ["a configuration", "v.yaml", `web: {image: ${app}:1.2.3, config: a.conf, checksum: ${hex}}\n`],
    ["a file", "v.yaml", `i: {repository: ${app}, tag: 1.2.3, file: x.tgz, hash: ${hex}}\n`],
    ["a tool's version", "v.yaml", `tool: {version: 1.2.3, url: https://x/tool.tgz, sha256: ${hex}, image: ${app}}\n`],
    ["a tool by its name", "v.yaml", `tool: {tool: kubectl, version: 1.2.3, image: ${app}}\n`],
    ["lines apart", "x.tf", `image = "${app}:1.2.3"\nname = "a"\nport = 1\nkind = "x"\ndigest = "${old}"\n`],
    ["lines apart, above", ".env", `DIGEST=${old}\nA=1\nB=2\nC=3\nIMAGE=${app}:1.2.3\n`],
    [
      "an ARG that a label has",
      "Dockerfile",
      `ARG APP_VERSION=1.2.3\nARG APP_DIGEST=${old}\nFROM ${app}:\${APP_VERSION}\nLABEL base.digest=\${APP_DIGEST}\n`,
    ],
    ["a label", "Dockerfile", `FROM ${app}:1.2.3\nLABEL org.opencontainers.image.base.digest="${old}"\n`],
    [
      "what nix-prefetch-docker prints",
      "a.json",
      `{"imageName": "${app}", "imageDigest": "${old}", "sha256": "0sha", "finalImageName": "${app}", "finalImageTag": "1.2.3"}\n`,
    ],
    [
      "one of two names of one image",
      "v.yaml",
      `i: {image: ${app}, digest: "{{ .d }}", finalImage: ${app}, finalTag: 1.2.3}\n`,
    ],
  ])("%s", async (_, path, text) => {
    const result = await moved(path, text);
    expect(result).toMatchObject({ text, pins: [] });
    expect(result.left.length).toBeGreaterThan(0);
    for (const left of result.left) expect(left).toMatch(reason);
  });

  test("a blank line or a bracket ends what is beside a pin", async () => {
    const text = `a {\n  image = "${app}:1.2.3"\n}\nb {\n  digest = "${old}"\n}\n`;
    expect((await moved("x.tf", text)).pins).toHaveLength(1);
  });
});
