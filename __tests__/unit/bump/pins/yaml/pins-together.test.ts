/** A tag and the digest beside it move together, or neither does, with the line. */
import { describe, expect, test } from "@jest/globals";
import { app, changes, moved, old, young } from "../../moving.ts";

const [oldHex, youngHex] = [old, young].map((digest) => digest.replace("sha256:", ""));
const tool = "ghcr.io/o/r/tool";

describe("both move", () => {
  changes([
    ["Helm's sha", "v.yaml", `i:\n  repository: ${app}\n  tag: ⟦1.2.3⇒1.2.4⟧\n  sha: ⟦${oldHex}⇒${youngHex}⟧ # x\n`],
    ["with its algorithm", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, sha: "⟦${old}⇒${young}⟧"}\n`],
    ["a sha256", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, sha256: ⟦${oldHex}⇒${youngHex}⟧}\n`],
    ["imageDigest", "v.yaml", `i: {image: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, imageDigest: ⟦${old}⇒${young}⟧}\n`],
    ["imageDigest alone", "v.yaml", `i:\n  image: ${app}\n  imageDigest: ⟦${old}⇒${young}⟧\n`],
    ["a reference and its digest", "v.yaml", `i:\n  image: ${app}:⟦1.2.3⇒1.2.4⟧\n  digest: ⟦${old}⇒${young}⟧\n`],
    ["under other keys", "v.yaml", `image: ${app}:⟦1.2.3⇒1.2.4⟧\nimageDigest: "⟦${old}⇒${young}⟧"\n`],
    ["with dashes", "v.yaml", `i:\n  image-ref: ${app}:⟦1.2.3⇒1.2.4⟧\n  image-sha256: '⟦${oldHex}⇒${youngHex}⟧'\n`],
    ["the digest first", "v.yaml", `i: {digest: "⟦${old}⇒${young}⟧", image: "${app}:⟦1.2.3⇒1.2.4⟧"}\n`],
    ["an at sign before it", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, digest: "@⟦${old}⇒${young}⟧"}\n`],
    ["a name before it", "v.yaml", `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, imageDigest: ${app}@⟦${old}⇒${young}⟧}\n`],
    ["the tag beside a digest", "v.yaml", `i: {image: ${app}@⟦${old}⇒${young}⟧, tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    [
      "two images of a map",
      "v.yaml",
      `webImage: ${app}:⟦1.2.3⇒1.2.4⟧\nwebDigest: ⟦${old}⇒${young}⟧\ntoolImage: ${tool}:2.0.0\ntoolDigest: sha256:${"b".repeat(64)}\n`,
    ],
    ["the image's own name", "v.yaml", `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, appDigest: ⟦${old}⇒${young}⟧}\n`],
    [
      "a digest above",
      "v.yaml",
      `web:\n  image: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧}\n  imageDigest: ⟦${old}⇒${young}⟧\n`,
    ],
    ["words in common", "v.yaml", `web_image: ${app}\nweb_tag: ⟦1.2.3⇒1.2.4⟧\nweb_digest: ⟦${old}⇒${young}⟧\n`],
    [
      "keys with dots",
      "v.yaml",
      `image.repository: ${app}\nimage.tag: ⟦1.2.3⇒1.2.4⟧\nimage.digest: ⟦${old}⇒${young}⟧\n`,
    ],
    ["a digest that is none yet", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, digest: "", sha: ~}\n`],
    ["another's digest", "v.yaml", `i: {image: ${app}:⟦1.2.3⇒1.2.4⟧, configDigest: ${old}}\n`],
    [
      "JSON",
      "v.json",
      `{"i": {"image": "${app}:⟦1.2.3⇒1.2.4⟧", /* ${app}:1.2.3 */ "digest": "⟦${old}⇒${young}⟧",},}\n`,
    ],
    [
      "JSON in parts",
      "v.json",
      `{\n\t"repository": "${app}",\n\t"tag": "⟦1.2.3⇒1.2.4⟧", // "tag": "1.2.3"\n\t"sha": "⟦${oldHex}⇒${youngHex}⟧"\n}\n`,
    ],
    [
      "variables' defaults",
      "compose.yaml",
      `i: {image: "${app}:\${T:-⟦1.2.3⇒1.2.4⟧}", digest: "\${D:-⟦${old}⇒${young}⟧}"}\n`,
    ],
    [
      "variables of a container",
      "d.yaml",
      `env:\n- name: IMAGE\n  value: ${app}:⟦1.2.3⇒1.2.4⟧\n- {name: X, value: 1}\n- name: IMAGE_DIGEST\n  value: ⟦${old}⇒${young}⟧\n`,
    ],
    ["a workflow's variables", ".github/workflows/a.yml", `env: {IMAGE: "${app}", IMAGE_TAG: ⟦1.2.3⇒1.2.4⟧}\n`],
    [
      "a chart's parameters",
      "app.yaml",
      `parameters:\n- {name: image.repository, value: ${app}}\n- {name: image.tag, value: "⟦1.2.3⇒1.2.4⟧"}\n`,
    ],
    ["a checksum", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, checksum: ⟦${oldHex}⇒${youngHex}⟧}\n`],
    ["a name by a default", "v.yaml", `i: {registry: "\${R:-ghcr.io}", repository: o/r/app, tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    ["an ARG of both", "Dockerfile", `ARG V=⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧\nFROM ${app}:$V\n`],
    ["in quotes", "Dockerfile", `ARG V="⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧"\nFROM ${app}:\${V}\nFROM ${app}:$V\n`],
  ]);
});

describe("neither does", () => {
  test.each<[string, string, string, RegExp]>([
    ["a template", "v.yaml", `i: {repository: ${app}, tag: 1.2.3, digest: "{{ .d }}"}\n`, /^1: .*n't a plain sha256/],
    ["a variable", "v.yaml", `i: {repository: ${app}, tag: 1.2.3, digest: $DIGEST}\n`, /n't a plain sha256/],
    [
      "another algorithm",
      "v.yaml",
      `i: {image: ${app}:1.2.3, digest: sha512:${"0".repeat(128)}}\n`,
      /n't a plain sha256/,
    ],
    ["a commit", "v.yaml", `i: {image: ${app}:1.2.3, sha: 0a1b2c3}\n`, /n't a plain sha256/],
    ["two digests", "v.yaml", `i: {image: ${app}:1.2.3, digest: ${old}, sha: ${oldHex}}\n`, /digest is written in two/],
    [
      "one in the tag",
      "v.yaml",
      `i: {repository: ${app}, tag: 1.2.3@${old}, digest: ${old}}\n`,
      /digest is written in two/,
    ],
    ["one in the reference", "v.yaml", `i: {image: ${app}:1.2.3@${old}, digest: ${old}}\n`, /digest is written in two/],
    ["two tags", "v.yaml", `i: {image: ${app}:1.2.3, tag: 1.2.3}\n`, /tag is written in two/],
    ["two tags apart", "v.yaml", `i: {repository: ${app}, tag: 1.2.3, imageTag: 1.2.3}\n`, /tag is written in two/],
    ["a key that says nothing", "v.yaml", `i: {image: ${app}:1.2.3, pinned: ${old}}\n`, /may be its own/],
    ["an anchor", "v.yaml", `d: &d ${old}\ni: {image: ${app}:1.2.3, digest: *d}\n`, /anchor/],
    ["behind the tag", "v.yaml", `i: "${app}:1.2.3@{{ .digest }}"\n`, /a variable or a template/],
    ["behind the tag apart", "v.yaml", `i: {repository: ${app}, tag: "1.2.3@{{ .digest }}"}\n`, /n't plain text/],
    ["a variable behind a FROM's tag", "Dockerfile", `ARG D=${old}\nFROM ${app}:1.2.3@$D\n`, /several parts/],
    ["an ARG with another algorithm", "Dockerfile", `ARG V=1.2.3@sha512:00\nFROM ${app}:$V\n`, /n't a plain tag/],
    ["two digests of ARGs", "Dockerfile", `ARG V=1.2.3@${old}\nARG D=${old}\nFROM ${app}:$V@$D\n`, /n't a plain tag/],
    ["a line beside it", "x.hcl", `image  = "${app}:1.2.3"\ndigest = "${old}"\n`, /on a line beside it/],
  ])("%s", async (_, path, text, why) => {
    const result = await moved(path, text);
    expect(result).toMatchObject({ text, pins: [] });
    expect(result.left).toHaveLength(1);
    expect(result.left[0]).toMatch(/ambiguous/);
    expect(result.left[0]).toMatch(why);
  });
});
