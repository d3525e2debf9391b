/** What looks like a pin moves, or is told with its line; what only looks like one stays. */
import { describe, expect, test } from "@jest/globals";
import { findPins } from "../../../src/bump/pins/find-pins.ts";
import { isPossiblePinFile } from "../../../src/bump/pins/pin-reader.ts";
import { repository } from "../../../src/model/reference.ts";
import { app, changes, moved, old, young } from "./moving.ts";
import { published } from "./published.ts";

const values = (tag: string, indent = "") => `${indent}image:\n${indent}  repository: ${app}\n${indent}  tag: ${tag}\n`;

describe("a variable's default", () => {
  changes([
    ["compose", "compose.yaml", `services:\n  a:\n    image: ${app}:\${TAG:-⟦1.2.3⇒1.2.4⟧}\n`],
    ["where it is unset", "compose.yaml", `a: {image: "${app}:\${TAG-⟦1.2.3⇒1.2.4⟧}"}\n`],
    ["with its digest", "compose.yaml", `i: ${app}:\${TAG:-⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧}\n`],
    ["of the name, too", "compose.yaml", `i: \${IMAGE:-${app}}:\${TAG:-⟦1.2.3⇒1.2.4⟧}\n`],
    ["of the registry", "compose.yaml", `i: \${R:-ghcr.io}/o/r/app:⟦1.2.3⇒1.2.4⟧\n`],
    ["within another", "compose.yaml", `i: ${app}:\${TAG:-\${V:-⟦1.2.3⇒1.2.4⟧}}\n`],
    ["in a script", "run.sh", `docker run "${app}:\${TAG:=⟦1.2.3⇒1.2.4⟧}" # ${app}:\${TAG:-1.2.3}\n`],
    ["in a workflow's script", ".github/workflows/a.yml", `run: |\n  docker run ${app}:\${TAG:-⟦1.2.3⇒1.2.4⟧} x\n`],
    ["in JSON", "devcontainer.json", `{"image": "${app}:\${T:-⟦1.2.3⇒1.2.4⟧}"}\n`],
    ["as a value of its own", "values.yaml", values(`\${TAG:-⟦1.2.3⇒1.2.4⟧}`)],
    ["in quotes", "compose.yaml", `i: ${app}:\${TAG:-"⟦1.2.3⇒1.2.4⟧"}\n`],
    ["in single quotes", "run.sh", `docker run ${app}:\${TAG:-'⟦1.2.3⇒1.2.4⟧'}\n`],
    ["in escaped quotes", "compose.yaml", `i: "${app}:\${TAG:-\\"⟦1.2.3⇒1.2.4⟧\\"}"\n`],
    ["in quotes, with its digest", "run.sh", `run ${app}:\${TAG:-"⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧"}\n`],
    ["the whole in quotes", "run.sh", `run \${IMAGE:-"${app}:⟦1.2.3⇒1.2.4⟧"}\n`],
  ]);
});

describe("names and versions apart in a text", () => {
  changes([
    ["a chart's values", "app.yaml", `spec:\n  values: |\n${values("⟦1.2.3⇒1.2.4⟧ # 1.2.3", "    ")}  x: 1\n`],
    ["without a last newline", "app.yaml", `values: |-\n${values('"⟦1.2.3⇒1.2.4⟧"', "  ")}`],
    ["of several documents", "app.yaml", `data:\n  a.yaml: |\n    a: 1\n    ---\n${values("⟦1.2.3⇒1.2.4⟧", "    ")}`],
    ["with its indentation", "app.yaml", `values: |2\n${values("⟦1.2.3⇒1.2.4⟧", "  ")}`],
    ["Windows' lines", "app.yaml", `values: |\n${values("⟦1.2.3⇒1.2.4⟧", "  ")}`.replaceAll("\n", "\r\n")],
    ["a text in a text", "app.yaml", `a: |\n  b: |\n${values("⟦1.2.3⇒1.2.4⟧", "    ")}`],
    ["JSON", "app.yaml", `values: '{"image": {"repository": "${app}", "tag": "⟦1.2.3⇒1.2.4⟧"}}'\n`],
    ["with escapes", "app.yaml", `values: "image:\\n  repository: ${app}\\n  tag: ⟦1.2.3⇒1.2.4⟧\\n"\n`],
    [
      "JSON in JSON",
      "a.json",
      `{"tag": "", "v": "{\\"repository\\": \\"${app}\\", \\"tag\\": \\"⟦1.2.3⇒1.2.4⟧\\"}"}\n`,
    ],
    [
      "with a digest",
      "app.yaml",
      `v: |\n  i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, sha: ⟦${old.slice(7)}⇒${young.slice(7)}⟧}\n`,
    ],
    [
      "beside references",
      "app.yaml",
      `v: |\n${values("⟦1.2.3⇒1.2.4⟧", "  ")}  i: ${app}:⟦1.2.3⇒1.2.4⟧ # ${app}:1.2.3\n`,
    ],
    [
      "a script is none",
      "app.yaml",
      `run: |\n  # tag: x\n  docker run ${app}:⟦1.2.3⇒1.2.4⟧\n  tag: ${app}:⟦1.2.3⇒1.2.4⟧\n`,
    ],
  ]);

  test.each([
    ["in double quotes", `v: "{repository: ${app}, tag: 1.9}"\n`, `v: "{repository: ${app}, tag: '1.10'}"\n`],
    ["in a block", `v: |\n  {repository: ${app}, tag: 1.9}\n`, `v: |\n  {repository: ${app}, tag: "1.10"}\n`],
  ])("a version that looks like a number gets quotes: %s", async (_, before, after) => {
    expect((await moved("a.yaml", before, [published({ tags: ["1.10"] })])).text).toBe(after);
  });
});

describe("other keys and files", () => {
  changes([
    ["version beside repository", "v.yaml", `i:\n  repository: ${app}\n  version: ⟦1.2.3⇒1.2.4⟧\n`],
    ["beside image", "v.yaml", `spec: {image: ${app}, version: "⟦v1.2.3⇒v1.2.4⟧"}\n`],
    ["with its digest", "v.yaml", `i: {repository: ${app}, version: ⟦1.2.3⇒1.2.4⟧, digest: "⟦${old}⇒${young}⟧"}\n`],
    ["not beside a tag", "v.yaml", `i: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧, version: 1.2.3}\n`],
    ["imageVersion", "v.yaml", `i: {image: ${app}, imageVersion: ⟦1.2.3⇒1.2.4⟧}\n`],
    ["image_tag", "v.yaml", `i: {image_repository: ${app}, image_tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    ["a file called Kustomization", "deploy/Kustomization", `images:\n  - name: ${app}\n    newTag: ⟦1.2.3⇒1.2.4⟧\n`],
    [
      "a chart's dependency is none",
      "Chart.yaml",
      "dependencies: [{name: app, version: 1.2.3, repository: oci://ghcr.io/o/r}]\n",
    ],
    [
      "another's version is none",
      "v.yaml",
      `apiVersion: 1.2.3\nversion: 1.2.3\ni: {image: ${app}:⟦1.2.3⇒1.2.4⟧, version: 1.2.3}\n`,
    ],
  ]);

  test.each([["Kustomization"], ["a/kustomization"]])("%s may hold pins", (path) => {
    expect(isPossiblePinFile(path)).toBe(true);
    expect(isPossiblePinFile(`${path}.md`)).toBe(false);
  });
});

describe("left, with the line", () => {
  test.each<[string, string, string, string]>([
    ["a default with more behind it", "a.yaml", `i: ${app}:\${T:-1.2}.3\n`, "put together from several parts"],
    ["a default with more before it", "a.yaml", `i: ${app}:v\${T:-1.2.3}\n`, "put together from several parts"],
    ["a part of a version", "a.yaml", `i: ${app}:1.2.$PATCH\n`, "a variable or a template decides"],
    ["an expression", "a.yml", `i: ${app}:\${{ inputs.tag || '1.2.3' }}\n`, "a variable or a template decides"],
    [
      "a template's default",
      "t.yaml",
      `i: "${app}:{{ .Values.tag | default "1.2.3" }}"\n`,
      "a variable or a template decides",
    ],
    ["a variable in a script", "x.sh", `run ${app}:1.2.3-$ARCH\n`, "a variable or a template decides"],
    ["an apart tag's part", "v.yaml", values('"1.2.{{ .patch }}"'), "isn't plain text"],
    ["an apart tag with a digest", "v.yaml", `i: {repository: ${app}, tag: "1.2.3@{{ .d }}"}\n`, "isn't plain text"],
    ["Docker Hub's version", "v.yaml", "i: {repository: o/web, version: 1.2.3}\n", "a git repository of this name"],
    ["a line beside the name", "x.toml", `image = "${app}"\ntag = "1.2.3"\n`, "seems to be on a line beside it"],
    ["an option", "x.sh", `helm --set image.repository=${app} --set image.tag=1.2.3\n`, "on a line beside it"],
    [
      "an option in a workflow",
      "a.yml",
      `run: |\n  helm \\\n  --set repo=${app} \\\n  --set tag=1.2.3\n`,
      "on a line beside it",
    ],
    ["a folded text", "a.yaml", `v: >\n  i:\n    repository: ${app}\n    tag: 1.2.3\n`, "on a line beside it"],
    [
      "a template in a text",
      "a.yaml",
      `v: |\n  {{ if x }}: y: z\n  repository: ${app}\n  tag: 1.2.3\n`,
      "on a line beside it",
    ],
    ["a template", "t.yaml", `{{ if x }}: y: z\nrepository: ${app}\ntag: 1.2.3\n`, "on a line beside it"],
    ["a version in quotes", "x.sh", `docker run ${app}:"1.2.3"\n`, "a variable or a template decides"],
    ["a continued ARG", "Dockerfile", `ARG V=1.2.3@\\\n${old}\nFROM ${app}:$V\n`, "continues on another line"],
    ["an ARG on the next line", "Dockerfile", `ARG V=\\\n1.2.3\nFROM ${app}:$V\n`, "continues on another line"],
    ["a continued reference", "Dockerfile", `FROM ${app}:1.2.3@\\\n${old}\n`, "continues on another line"],
    ["a continued tag", "Dockerfile", `FROM ${app}:\\\n1.2.3\n`, "continues on another line"],
    ["an ARG of a continued reference", "Dockerfile", `ARG I=${app}:1.\\\n2.3\nFROM $I\n`, "continues on another line"],
    [
      "a continued COPY",
      "Dockerfile",
      `FROM scratch\nCOPY --from=${app}:1.2.3@\\\n${old} a b\n`,
      "continues on another line",
    ],
    [
      "Nix's names",
      "x.nix",
      `pull {\n  imageName = "${app}";\n  imageDigest = "${old}";\n  hash = "x";\n  os = "linux";\n  finalImageTag = "1.2.3";\n}\n`,
      "on a line beside it",
    ],
    ["lines apart", "x.sh", `IMAGE=${app}\nA=1\nB=2\nC=3\nTAG=1.2.3\n`, "on a line beside it"],
    ["arguments", "x.json", `{"args": ["--image", "${app}", "--tag", "1.2.3"]}\n`, "on a line beside it"],
    ["arguments in YAML", "x.yaml", `args: ["--image", "${app}", "--tag", "1.2.3"]\n`, "on a line beside it"],
    ["arguments, one per line", "x.yaml", `args:\n- --image\n- ${app}\n- --tag\n- 1.2.3\n`, "on a line beside it"],
    ["arguments in Python", "x.py", `run(["--tag", "1.2.3", "--image", "${app}"])\n`, "on a line beside it"],
    [
      "arguments, one per line, in TOML",
      "x.toml",
      `a = [\n  "--image",\n  "${app}",\n  "--tag",\n  "1.2.3",\n]\n`,
      "on a line beside it",
    ],
    ["Flux's artifact", "x.yaml", `spec:\n  url: oci://${app}\n  ref: {tag: 1.2.3, digest: ${old}}\n`, "`ref`"],
    ["Flux's tag", "x.yaml", `spec:\n  url: oci://${app}\n  ref:\n    tag: 1.2.3\n`, "`ref`"],
    ["Flux's tag, above", "x.yaml", `spec:\n  ref:\n    tag: 1.2.3\n  url: oci://${app}\n`, "`ref`"],
    ["compose's arguments", "compose.yaml", `build: {args: {V: 1.2.3, IMG: ${app}}}\n`, "may be the version of"],
    ["in a list", "compose.yaml", `build:\n  args:\n  - IMG=${app}\n  - V=1.2.3\n`, "may be the version of"],
    [
      "variables with names",
      "v.yaml",
      `env:\n- {name: IMG, value: ${app}}\n- {name: V, value: 1.2.3}\n`,
      "may be the version of",
    ],
    ["a workflow's variables", ".github/workflows/x.yml", `env: {IMG: ${app}, V: 1.2.3}\n`, "may be the version of"],
    ["under another name", "compose.yaml", `args: {BASE: ${app}, BASE_TAG: 1.2.3}\n`, "may be the version of"],
    [
      "a chart's registry",
      "values.yaml",
      `global:\n  registry: ghcr.io\nimage:\n  repository: o/r/app\n  tag: 1.2.3\n`,
      "`global`",
    ],
    [
      "Bitnami's registry",
      "values.yaml",
      `image:\n  registry: docker.io\n  repository: o/r/app\n  tag: 1.2.3\nglobal:\n  imageRegistry: "ghcr.io"\n`,
      "`global`",
    ],
    [
      "a registry on one line",
      "values.yaml",
      `global: {registry: ghcr.io}\nimage: {repository: o/r/app, tag: 1.2.3}\n`,
      "`global`",
    ],
    ["a FROM's default", "Dockerfile", `FROM ${app}:\${V:-1.2.3}\n`, "put together from several parts"],
    ["an ARG's colon", "Dockerfile", `ARG V=:1.2.3\nFROM ${app}$V\n`, "put together from several parts"],
  ])("%s", async (_, path, text, why) => {
    const result = await moved(path, text);
    expect(result).toMatchObject({ text, pins: [] });
    expect(result.left).toEqual([expect.stringContaining(why)]);
  });

  test.each<[string, string]>([
    ["latest", `four: {image: "${app}:latest", tag: 1.0.0}\n`],
    ["a current one", `four: {image: "${app}:1.2.4", tag: 1.0.0}\n`],
    ["an old one", `four: {image: "${app}:1.0.0", tag: 1.2.4}\n`],
  ])("a tag beside %s", async (_, text) => {
    const result = await moved("v.yaml", text);
    expect(result).toMatchObject({ text, pins: [] });
    const left = result.left.filter((each) => !each.includes(": current: "));
    expect(left).toEqual(["1: ambiguous: its tag is written in two places: write it once"]);
  });

  test.each<[string, string, string]>([
    ["another image's tag", "x.toml", `[a]\nimage = "${app}"\nx = 1\n\n[b]\nimage = "postgres"\ntag = "1.2.3"\n`],
    ["another section's tag", "x.toml", `[a]\nimage = "${app}"\nx = 1\n[b]\ny = 1\ntag = "1.2.3"\n`],
    ["another's version", "compose.yaml", `args: {BASE: ${app}, PIP_VERSION: 1.2.3}\n`],
    ["a git repository's version", ".github/workflows/x.yml", "env: {NAME: o/web, V: 1.2.3, VERSION: 1.2.3}\n"],
    ["another's ref", "x.yaml", `spec: {url: oci://${app}/more, ref: {tag: 1.2.3}}\n`],
    ["a git repository's ref", "x.yaml", "spec: {url: https://o/web, ref: {tag: 1.2.3}}\n"],
    ["another registry", "values.yaml", "global: {registry: x.io}\nimage: {repository: o/r/app, tag: 1.2.3}\n"],
    ["a version lines apart", "x.tf", `image = "${app}"\na = 1\nb = 2\nc = 3\nrequired_version = "1.2.3"\n`],
    ["a tag beside latest", "v.yaml", `four: {image: "${app}:latest", tag: stable}\n`],
  ])("nothing is said of %s", async (_, path, text) => {
    const result = await moved(path, text);
    expect(result).toMatchObject({ text, pins: [] });
    expect(result.left.filter((left) => left.includes("ambiguous"))).toEqual([]);
  });

  test("nothing is said where no version stands", async () => {
    const text = `a: ${app}:\${TAG}\nb: ${app}:$(T)\nc: ${app}:{{ .Values.tag | default .Chart.AppVersion }}\nd: ${app}\n`;
    expect(await moved("a.txt", text)).toEqual({ text, pins: [], left: [] });
  });
});

test.each<[string, string, readonly string[]]>([
  ["Dockerfile", `ARG V=1.2.3@${old}\nFROM ${app}:$V\n`, ["1:7 1.2.3"]],
  ["compose.yaml", `i: ${app}:\${TAG:-1.2.3}\n`, [`1:${app.length + 12} 1.2.3`]],
  ["values.yaml", `a: |\n${values("1.2.3", "  ")}`, ["4:10 1.2.3"]],
  ["v.yaml", `i: {repository: ${app}, version: 1.2.3}\n`, [`1:${app.length + 28} 1.2.3`]],
  ["Kustomization", `images: [{name: ${app}, newTag: 1.2.3}]\n`, [`1:${app.length + 27} 1.2.3`]],
  ["v.yaml", `i: {image: ${app}:1.2.3, digest: "{{ x }}"}\n`, ["1:12 1.2.3"]],
  ["x.sh", `run ${app}:1.2.$PATCH\n`, []],
])("check-pins reads them, too: %s", async (file, text, expected) => {
  const found = await findPins(text, file, new Set([repository(app)]));
  expect(found.map(({ tag, at }) => `${at.line}:${at.column} ${tag}`)).toEqual(expected);
});

describe("what is no pin", () => {
  const workflow = ".github/workflows/a.yml";
  test.each<[string, string, string]>([
    ["a git tag in a step", workflow, "jobs: {a: {steps: [{uses: a/b@v1, with: {repository: o/web, tag: v1.2.3}}]}}\n"],
    ["a step's version", workflow, "steps:\n  - with:\n      repository: o/web\n      version: 1.2.3\n"],
    ["a step's name", workflow, "steps:\n  - with:\n      name: o/web\n      tag: 1.2.3\n"],
    ["a matrix", workflow, "strategy: {matrix: {include: [{repository: o/web, tag: 1.2.3}]}}\n"],
    ["an action's step", "action.yml", "runs: {steps: [{with: {repository: o/web, tag: 1.2.3}}]}\n"],
    ["Forgejo's", ".forgejo/workflows/a.yaml", "with: {repo: o/web, tag: 1.2.3}\n"],
    ["a step elsewhere", "templates/ci.yaml", "steps:\n  - with: {repository: o/web, tag: 1.2.3}\n"],
    ["a git host's", "sources.yaml", "github: {repo: o/web, tag: 1.2.3}\n"],
    ["a source's type", "sources.yaml", "source: {type: github, repository: o/web, tag: 1.2.3}\n"],
    ["what RUN does, in a Dockerfile with a mistake", "Dockerfile", `FROM scratch # x\nRUN echo ${app}:1.2.3\n`],
    ["an action of the name", workflow, "steps: [{uses: o/web@v1.2.3}]\n"],
  ])("%s", async (_, path, text) => {
    expect(await moved(path, text)).toEqual({ text, pins: [], left: [] });
  });

  changes([
    ["an image in a step", workflow, `with: {registry: ghcr.io, repository: o/r/app, tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    ["with its registry", workflow, `with: {repository: ${app}, tag: ⟦1.2.3⇒1.2.4⟧}\n`],
    ["a step's image", workflow, "with: {image: o/web, tag: ⟦1.2.3⇒1.2.4⟧}\n"],
    ["a repository elsewhere", "values.yaml", "image: {repository: o/web, tag: ⟦1.2.3⇒1.2.4⟧}\n"],
    ["a step's action from a registry", workflow, "steps: [{uses: 'docker://o/web:⟦1.2.3⇒1.2.4⟧'}]\n"],
  ]);
});

describe("behind an escape", () => {
  changes([
    ["a newline", "a.yaml", `a: "docker pull\\n${app}:⟦1.2.3⇒1.2.4⟧\\nx"\n`],
    ["a tab", "a.yaml", `a: "x:\\t${app}:⟦1.2.3⇒1.2.4⟧\\tx"\n`],
    ["JSON's slashes", "a.json", `{"image": "ghcr.io\\/o\\/r\\/app:⟦1.2.3⇒1.2.4⟧"}\n`],
    ["in YAML", "a.yaml", `i: "ghcr.io\\/o\\/r\\/app:⟦1.2.3⇒1.2.4⟧"\n`],
    ["with a scheme", "a.json", `{"a": "docker:\\/\\/ghcr.io\\/o\\/r\\/app:⟦1.2.3⇒1.2.4⟧"}\n`],
    ["in parts", "a.json", `{"repository": "ghcr.io\\/o\\/r\\/app", "tag": "⟦1.2.3⇒1.2.4⟧"}\n`],
    ["in a script", "x.sh", `printf 'x\\n${app}:⟦1.2.3⇒1.2.4⟧\\t${app}:⟦1.2.3⇒1.2.4⟧\\n'\n`],
    ["by its number", "a.json", `{"a": "x\\u000a${app}:⟦1.2.3⇒1.2.4⟧"}\n`],
    ["a return", "a.js", `x = "a\\r\\n${app}:⟦1.2.3⇒1.2.4⟧";\n`],
    ["quotes", "a.json", `{"a": "docker run \\"${app}:⟦1.2.3⇒1.2.4⟧\\""}\n`],
    ["a colon by its number", "a.json", `{"a": "${app}\\u003a⟦1.2.3⇒1.2.4⟧"}\n`],
    ["slashes by their number", "a.json", `{"a": "ghcr.io\\u002fo\\u002Fr\\u002fapp:⟦1.2.3⇒1.2.4⟧"}\n`],
    ["a digest's signs by their numbers", "a.json", `{"a": "${app}\\u003A⟦1.2.3⇒1.2.4⟧\\u0040⟦${old}⇒${young}⟧"}\n`],
    ["numbers in YAML", "a.yaml", `a: "ghcr.io\\x2fo\\u002fr\\U0000002fapp\\x3a⟦1.2.3⇒1.2.4⟧"\n`],
    ["JSON's slashes in a text", "a.json", `{"a": "{\\"i\\": \\"ghcr.io\\\\/o\\\\/r\\\\/app:⟦1.2.3⇒1.2.4⟧\\"}"}\n`],
    ["in a script of JSON", "a.sh", `x="{\\"i\\": \\"ghcr.io\\\\/o\\\\/r\\\\/app:⟦1.2.3⇒1.2.4⟧\\"}"\n`],
    ["a newline by YAML's long number", "a.yaml", `a: "x\\U0000000a${app}:⟦1.2.3⇒1.2.4⟧"\n`],
    ["a color", "a.sh", `printf '\\e[0m${app}:⟦1.2.3⇒1.2.4⟧\\033[1;31m${app}:⟦1.2.3⇒1.2.4⟧\\x1b[0m'\n`],
    ["a color in JSON", "a.json", `{"a": "\\u001b[32m${app}:⟦1.2.3⇒1.2.4⟧\\u001b[0m"}\n`],
    ["an escape alone", "a.yaml", `a: "\\e${app}:⟦1.2.3⇒1.2.4⟧"\n`],
    [
      "YAML's lines and blanks",
      "a.yaml",
      `a: "x\\N${app}:⟦1.2.3⇒1.2.4⟧\\L${app}:⟦1.2.3⇒1.2.4⟧\\_${app}:⟦1.2.3⇒1.2.4⟧\\P${app}:⟦1.2.3⇒1.2.4⟧"\n`,
    ],
    [
      "a longer name is another by its number",
      "a.json",
      `{"a": "mirror.io\\u002fghcr.io\\u002fo\\u002fr\\u002fapp:1.2.3", "b": "${app}:1.2.3\\u002e4", "c": "${app}\\u002fx:1.2.3", "d": "x\\u002d${app}:1.2.3"}\n`,
    ],
    ["a longer name is another", "a.json", `{"a": "mirror.io\\/ghcr.io\\/o\\/r\\/app:1.2.3", "b": "n${app}:1.2.3"}\n`],
  ]);
});

describe("comments", () => {
  const pin = `${app}:⟦1.2.3⇒1.2.4⟧`;
  const was = `${app}:1.2.3`;
  changes([
    ["INI", "a.ini", `; ${was}\n[a]\nimage = ${pin} ; ${was}\n# ${was}\n`],
    ["a unit", "app.container", `; ${was}\nImage=${pin}\n`],
    ["Lisp", "a.el", `;; ${was}\n(image "${pin}") ; ${was}\n`],
    ["SQL", "a.sql", `-- ${was}\nINSERT INTO i VALUES ('${pin}'); -- ${was}\n/* ${was}\n ${was} */ SELECT '${pin}';\n`],
    ["Lua", "a.lua", `--[[ ${was}\n${was} ]]\nimage = "${pin}" -- ${was}\n`],
    ["Haskell", "a.hs", `{- ${was}\n-}\nimage = "${pin}" -- ${was}\n`],
    ["JavaScript", "a.js", `/* ${was} */\n/**\n * ${was}\n */\nrun("${pin}"); // ${was}\nf(/* ${was} */ "${pin}");\n`],
    ["a glob is no comment", "a.ts", `a("src/**/*.ts", "${pin}", "b/*");\n`],
    ["HCL", "a.tf", `/* ${was}\n${was} */\nimage = "${pin}" # ${was}\n// ${was}\n`],
    ["CSS", "a.css", `/* ${was} */ a { b: "${pin}" }\n`],
    ["HTML", "a.html", `<!-- ${was}\n${was} --> <p>${pin}</p>\n`],
    ["batch", "a.cmd", `REM ${was}\n:: ${was}\ndocker run ${pin}\n`],
    ["properties", "a.properties", `! ${was}\na=${pin}\n`],
    ["no language is known", "pins.txt", `; ${was}\n-- ${was}\n/* ${was}\n${was} */\n${pin}\n`],
    ["a template", "t.yaml", `{{- /* ${was}\n ${was} */ -}}\n{{ if x }}\nimage: ${pin}\n{{ end }}\n`],
    [
      "a shell has none of them",
      "a.sh",
      `ls /tmp/* ; docker run -- ${pin} ; ls */\nx \\\n  -- ${pin}\ncase x in\n  ; ${pin}\n`,
    ],
    ["nor has YAML", "a.yaml", `run: |\n  a ; docker run -- ${pin} /* x */\n`],
    ["what nothing closes", "a.txt", `x /* ${pin}\n`],
    ["what nothing closes, before what is closed", "a.ps1", `<# ${was} #>\n"${pin}"\n<# ${pin}\n`],
    ["Jinja", "a.conf.j2", `{# ${was}\n${was} #}\nimage = ${pin}\n{#- ${was} -#}\n`],
    ["Jinja in YAML", "a.yaml.j2", `{# ${was} #}\nimage: ${pin}\n`],
    ["Jinja in what is no YAML then", "a.yaml", `{# ${was}\n${was} #}\n{% if x %}\nimage: ${pin}\n{% endif %}\n`],
    ["a length in a shell", "a.sh", `echo \${#a} ${pin} \${#b}\n`],
    ["ERB", "a.erb", `<%# ${was}\n${was} %>\n<a>${pin}</a>\n`],
    ["ERB in YAML", "a.yaml.erb", `<%# ${was} %>\nimage: ${pin}\n`],
    ["JSP", "a.jsp", `<%-- ${was}\n${was} --%>\n${pin}\n`],
    ["Ruby", "a.rb", `=begin\n${was}\n=end\nx = "${pin}" # ${was}\n`],
    ["Perl", "a.pl", `my $x = "${pin}";\n=head1 X\n\n${was}\n\n=cut\nrun("${pin}"); # ${was}\n`],
    ["AsciiDoc", "a.adoc", `////\n${was}\n////\n${pin}\n// ${was}\n`],
    ["reStructuredText", "a.rst", `.. ${was}\n   ${was}\n\nText ${pin}\n\n.. code:: sh\n\n   run ${pin}\n`],
    ["Vim", "a.vim", `" ${was}\nlet x = "${pin}"\n`],
    ["Fortran", "a.f90", `! ${was}\nx = "${pin}" ! ${was}\n`],
    ["Pascal", "a.pas", `{ ${was}\n${was} }\nx := '${pin}'; // ${was}\n(* ${was} *)\n{$R x} y := '${pin}';\n`],
    ["Rust", "a.rs", `/* /* ${was} */ ${was} */\nlet x = "${pin}"; // ${was}\n`],
    ["Kotlin", "a.kt", `/* a /* b */ /* c */ ${was}\n*/ val x = "${pin}"\n`],
    ["Swift", "a.swift", `/* ${was} */ let x = "${pin}"\n`],
    ["batch, behind a command", "a.bat", `docker run ${pin} & rem ${was}\n@rem ${was}\n`],
    ["TeX", "a.tex", `% ${was}\n${pin} % ${was}\n`],
    ["Erlang", "a.erl", `% ${was}\nx() -> "${pin}". % ${was}\n`],
    ["MATLAB", "a.m", `% ${was}\nx = '${pin}';\n`],
    ["Visual Basic", "a.vb", `' ${was}\nx = "${pin}" ' ${was}\n`],
    ["VBScript", "a.vbs", `x = "${pin}" ' ${was}\n`],
    ["PowerShell", "a.ps1", `<# ${was}\n${was} #>\n$x = "${pin}" # ${was}\n`],
    ["a PowerShell module", "a.psm1", `<# ${was} #>\n$x = "${pin}"\n`],
    ["Julia", "a.jl", `#= ${was}\n=#\nx = "${pin}"\n`],
    ["CMake", "a.cmake", `#[[ ${was}\n${was} ]]\nset(X "${pin}")\n`],
    ["Handlebars", "a.hbs", `{{!-- ${was}\n${was} --}}\n${pin}\n`],
    ["Liquid", "a.liquid", `{% comment %}\n${was}\n{% endcomment %}\n${pin}\n`],
    ["OCaml", "a.ml", `(* (* ${was} *) ${was} *)\nlet x = "${pin}"\n`],
  ]);
});
