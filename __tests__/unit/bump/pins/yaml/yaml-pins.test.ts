import { describe, expect, test } from "@jest/globals";
import { app, changes, moved, old, young } from "../../moving.ts";

describe("a reference in full", () => {
  changes([
    [
      "a container's image",
      "deploy.yaml",
      `spec:\n  containers:\n    - name: app\n      image: ${app}:⟦1.2.3⇒1.2.4⟧ # ${app}:1.2.3\n`,
    ],
    ["in quotes", "a.yml", `image: "${app}:⟦1.2.3⇒1.2.4⟧"\nother: '${app}:⟦1.2.3⇒1.2.4⟧'`],
    ["with its digest", "a.yaml", `image: ${app}:⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧\n`],
    ["a digest alone", "a.yaml", `image: ${app}@⟦${old}⇒${young}⟧\n`],
    [
      "compose in flow style",
      "compose.yaml",
      `services: {a: {image: "${app}:⟦1.2.3⇒1.2.4⟧", x: 1}, b: {image: o/web:⟦v1.2.3⇒v1.2.3⟧}}\n`.replace(
        "⟦v1.2.3⇒v1.2.3⟧",
        "main",
      ),
    ],
    [
      "a workflow's container",
      ".github/workflows/a.yml",
      `jobs:\n  a:\n    container: ${app}:⟦1.2.3⇒1.2.4⟧\n    services:\n      b:\n        image: ${app}:⟦1.2.3⇒1.2.4⟧\n`,
    ],
    [
      "a container's image in a workflow",
      ".forgejo/workflows/a.yml",
      `jobs: {a: {container: {image: ${app}:⟦1.2.3⇒1.2.4⟧}}}\n`,
    ],
    ["a step", ".github/workflows/a.yml", `    steps:\n      - uses: docker://${app}:⟦1.2.3⇒1.2.4⟧\n`],
    ["inside a longer text", "a.yaml", `labels: "docker:docker://${app}:⟦v1.2.3⇒v1.2.4⟧,x:host"\n`],
    ["a list", "a.yaml", `images:\n- ${app}:⟦1.2.3⇒1.2.4⟧\n-   "${app}:⟦1.2.3⇒1.2.4⟧"   # x\n`],
    ["a variable's default", "compose.yaml", `a: {image: "\${I:-${app}:⟦1.2.3⇒1.2.4⟧}"}\nb: my-${app}:1.2.3\n`],
    [
      "a script, its comments not",
      "a.yaml",
      `run: |\n  # ${app}:1.2.3\n  docker run ${app}:⟦1.2.3⇒1.2.4⟧ # ${app}:1.2.3\n`,
    ],
    ["a comment behind a quoted text with a number sign", "a.yaml", `a: "x # ${app}:⟦1.2.3⇒1.2.4⟧" # ${app}:1.2.3\n`],
    ["an anchor, its aliases with it", "a.yaml", `x: &i ${app}:⟦1.2.3⇒1.2.4⟧\na: *i\nb: *i\n`],
    ["no key", "a.yaml", `"${app}:1.2.3": x\nb: ["${app}:⟦1.2.3⇒1.2.4⟧", y]\n`],
    [
      "Windows' lines, a byte order mark, no final newline",
      "a.yaml",
      `\ufeffa: 1\r\nimage: ${app}:⟦1.2.3⇒1.2.4⟧\r\nb: 2`,
    ],
    [
      "several documents, one of them broken",
      "a.yaml",
      `a: [\n---\nb: [${app}:⟦1.2.3⇒1.2.4⟧]\n---\n{{ x }}: y: z\nimage: "${app}:⟦1.2.3⇒1.2.4⟧" # ${app}:1.2.3\n...\n`,
    ],
    [
      "a template",
      "templates/a.yaml",
      `{{- if .x }}\n{{/* ${app}:1.2.3 */}}\nimage: ${app}:⟦1.2.3⇒1.2.4⟧\nother: ${app}:{{ .tag }}\n{{- end }}\n`,
    ],
    [
      "a template whose text is YAML",
      "templates/a.yaml",
      `image: "{{ .r }}/app:1.2.3"\nb: "${app}:{{ .Chart.AppVersion }}"\nc: ${app}:⟦1.2.3⇒1.2.4⟧\n`,
    ],
    [
      "variables are none",
      "a.yaml",
      `a: ${app}:\${TAG}\nb: ${app}:1.2.$PATCH\nc: \${R}/o/web:1.2.3\nd: ${app}:$(T)\ne: ${app}:1.2.3@{{ .d }}\nf: ${app}:⟦1.2.3⇒1.2.4⟧\n`,
    ],
    [
      "other images are none",
      "a.yaml",
      `a: x${app}:1.2.3\nb: ${app}/sub:1.2.3\nc: ${app}-x:1.2.3\nd: mirror.io/${app}:1.2.3\ne: ${app}:⟦1.2.3⇒1.2.4⟧\n`,
    ],
  ]);
});

describe("name and version apart", () => {
  changes([
    [
      "Helm's values",
      "values.yaml",
      `image:\n  repository: ${app} # the image\n  tag: ⟦1.2.3⇒1.2.4⟧ # its version\n  pullPolicy: Always\n`,
    ],
    ["with quotes", "values.yaml", `image: {repository: "${app}", tag: "⟦1.2.3⇒1.2.4⟧"}\n`],
    ["the tag first", "values.yaml", `image:\n  tag: '⟦v1.2.3⇒v1.2.4⟧'\n  repository: ${app}\n`],
    ["the registry apart", "values.yaml", "image:\n  registry: ghcr.io\n  repository: o/r/app\n  tag: ⟦1.2.3⇒1.2.4⟧\n"],
    ["the registry with the owner", "values.yaml", "i: {registry: ghcr.io/o/r/, name: app, tag: ⟦1.2.3⇒1.2.4⟧}\n"],
    [
      "a digest too",
      "values.yaml",
      `image:\n  repository: ${app}\n  tag: ⟦1.2.3⇒1.2.4⟧\n  digest: ⟦${old}⇒${young}⟧\n`,
    ],
    ["a digest alone", "values.yaml", `image:\n  repository: ${app}\n  tag: ""\n  digest: "⟦${old}⇒${young}⟧"\n`],
    [
      "a digest within the tag",
      "values.yaml",
      `image:\n  repository: ${app}\n  tag: "⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧"\n`,
    ],
    ["image and tag", "values.yaml", `app:\n  image: ${app}\n  imageTag: ⟦1.2.3⇒1.2.4⟧\n`],
    ["Kustomize", "kustomization.yaml", `images:\n  - name: ${app}\n    newTag: ⟦1.2.3⇒1.2.4⟧\n`],
    [
      "Kustomize with another name",
      "kustomization.yaml",
      `images:\n  - name: x\n    newName: ${app}\n    newTag: ⟦1.2.3⇒1.2.4⟧\n`,
    ],
    [
      "whose name alone is ours",
      "kustomization.yaml",
      `images:\n  - {name: ${app}, newName: x, newTag: 1.2.3}\n  - {name: ${app}, newTag: ⟦1.2.3⇒1.2.4⟧}\n`,
    ],
    ["Kustomize's digest", "kustomization.yaml", `images:\n- name: ${app}\n  digest: ⟦${old}⇒${young}⟧\n`],
    ["in JSON's way", "a.yaml", `{"image": {"repository": "${app}", "tag": "⟦1.2.3⇒1.2.4⟧"}}\n`],
    ["in a block", "a.yaml", `image:\n  repository: >-\n    ${app}\n  tag: |- # 1.2.3\n    ⟦1.2.3⇒1.2.4⟧\n`],
    ["tags and anchors before them", "a.yaml", `image:\n  repository: ${app}\n  tag: !!str &t "⟦1.2.3⇒1.2.4⟧"\n`],
    ["a name by an alias", "a.yaml", `r: &r ${app}\nimage: {repository: *r, tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    [
      "a tag by an alias, of one image",
      "a.yaml",
      `a: {repository: ${app}, tag: &t ⟦1.2.3⇒1.2.4⟧}\nb: {repository: ${app}, tag: *t}\n`,
    ],
    ["a tag that is anchored above", "a.yaml", `x-tag: &t ⟦1.2.3⇒1.2.4⟧\na: {repository: ${app}, tag: *t}\n`],
    [
      "what is merged",
      "a.yaml",
      `x: &i {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧}\na: {<<: *i, pullPolicy: Always}\nb: {<<: [*i], tag: ⟦v1.2.3⇒v1.2.4⟧}\n`,
    ],
    [
      "another image of the same tag",
      "a.yaml",
      `a: {repository: debian, tag: 1.2.3}\nb: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧}\n`,
    ],
    [
      "a mirror of another registry",
      "a.yaml",
      "a: {registry: mirror.io, repository: o/web, tag: 1.2.3}\nb: {repository: o/web, tag: ⟦1.2.3⇒1.2.4⟧}\n",
    ],
    [
      "a tag of a template",
      "a.yaml",
      `a: {repository: ${app}, tag: "{{ x }}"}\nb: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧}\n`,
    ],
  ]);

  test.each([
    [
      "an anchor for two images",
      `a: {repository: ${app}, tag: &t 1.2.3}\nb: {repository: ghcr.io/o/r/tool, tag: *t}\n`,
      [
        "1: ambiguous: its anchor stands for the versions of different images: write them out",
        "1: ambiguous: its anchor stands for the versions of different images: write them out",
      ],
    ],
    [
      "an anchor that is a label too",
      `a: {repository: ${app}, tag: &t 1.2.3}\nlabel: *t\n`,
      ["1: ambiguous: its anchor is used for something else too: write the version out"],
    ],
    [
      "an anchor at another's image",
      `a: {repository: debian, tag: &t 1.2.3}\nb: {repository: ${app}, tag: *t}\n`,
      ["1: ambiguous: its anchor stands for the versions of different images: write them out"],
    ],
    [
      "an anchor that is merged under another's name",
      `x: &i {repository: ${app}, tag: 1.2.3}\nb: {<<: *i, repository: debian}\n`,
      ["1: ambiguous: its anchor stands for the versions of different images: write them out"],
    ],
    [
      "an anchor that is merged under another name",
      `x: &i {repository: ${app}, tag: 1.2.3}\nb: {<<: *i, repository: ghcr.io/o/r/tool}\n`,
      [
        "1: ambiguous: its anchor stands for the versions of different images: write them out",
        "1: ambiguous: its anchor stands for the versions of different images: write them out",
      ],
    ],
    ["a placeholder", `images: [{name: ${app}, newTag: kustomized}]\n`, ["1: current: `kustomized` isn't a version"]],
    ["what is newer", `i: {repository: ${app}, tag: 1.3.0}\n`, ["1: not-newer: `1.2.4` is not newer"]],
    ["what is right", `\n\ni: {repository: ${app}, tag: 1.2.4}\n`, ["3: current: it names what is published"]],
  ])("%s stays as it is", async (_, text, left) => {
    expect(await moved("a.yaml", text)).toEqual({ text, pins: [], left });
  });
});
