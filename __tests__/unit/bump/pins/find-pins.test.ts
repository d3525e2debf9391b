import { describe, expect, test } from "@jest/globals";
import { findPins } from "../../../../src/bump/pins/find-pins.ts";
import { repository } from "../../../../src/model/reference.ts";

const app = repository("ghcr.io/o/r/app");
const hub = repository("docker.io/o/web");
const digest = `sha256:${"a".repeat(64)}`;

const found = async (file: string, text: string): Promise<readonly string[]> =>
  (await findPins(text, file, new Set([app, hub]))).map(({ tag, at }) => `${at.line}: ${tag}`);

describe("a reference in a line", () => {
  test.each([
    ["a FROM", "Dockerfile", "FROM ghcr.io/o/r/app:1.2.3 AS base", ["1: 1.2.3"]],
    ["an ARG", "Dockerfile", "# top\nARG BASE=ghcr.io/o/r/app:1.2.3", ["2: 1.2.3"]],
    ["with its digest", "Dockerfile", `FROM ghcr.io/o/r/app:1.2.3@${digest}`, ["1: 1.2.3"]],
    ["a digest alone names no version", "Dockerfile", `FROM ghcr.io/o/r/app@${digest}`, ["1: undefined"]],
    ["a container's image", "deploy.yaml", "spec:\n  image: ghcr.io/o/r/app:v1.2.3-abc", ["2: v1.2.3-abc"]],
    ["inside a longer text", "job.yaml", "label: k8s:docker://ghcr.io/o/r/app:v0.20.1", ["1: v0.20.1"]],
    ["Docker Hub's by its short name", "compose.yaml", "services: {a: {image: 'o/web:2'}}", ["1: 2"]],
    ["twice in a line", "x.sh", "a=ghcr.io/o/r/app:1 b=ghcr.io/o/r/app:2", ["1: 1", "1: 2"]],
    ["a comment is none", "deploy.yaml", "# image: ghcr.io/o/r/app:1.2.3", []],
    ["another image whose name ends alike is none", "x", "my-ghcr.io/o/r/app:1 x/ghcr.io/o/r/app:1 my/o/web:1", []],
    ["another image whose name begins alike is none", "x", "ghcr.io/o/r/app/sub:1 ghcr.io/o/r/app-two:1", []],
    ["without a tag is none", "x", "ghcr.io/o/r/app", []],
    ["with a variable for its tag is none", "x", `ghcr.io/o/r/app:\${TAG} ghcr.io/o/r/app:{{ .tag }}`, []],
  ])("%s", async (_, file, text, expected) => {
    expect(await found(file, text)).toEqual(expected);
  });
});

describe("in parts", () => {
  test.each([
    ["Helm's values", "values.yaml", "image:\n  repository: ghcr.io/o/r/app\n  tag: '1.2.3'", ["3: 1.2.3"]],
    ["with the registry apart", "values.yaml", "i: {registry: ghcr.io, repository: o/r/app, tag: 1.10}", ["1: 1.10"]],
    ["an empty tag is the chart's version", "values.yaml", "image: {repository: ghcr.io/o/r/app, tag: ''}", []],
    ["kustomize's newTag", "k.yaml", "images:\n- name: ghcr.io/o/r/app\n  newTag: v1", ["3: v1"]],
    ["kustomize's newName", "k.yaml", "images:\n- name: x\n  newName: ghcr.io/o/r/app\n  newTag: v1", ["4: v1"]],
    [
      "in a later document",
      "k.yaml",
      "a: 1\n---\nb: 2\n---\nimages:\n- name: ghcr.io/o/r/app\n  newTag: v1",
      ["7: v1"],
    ],
    ["another image's", "values.yaml", "image: {repository: ghcr.io/o/r/other, tag: 1}", []],
    ["a template is no YAML", "t.yaml", "{{ if .x }}\nimage: {repository: ghcr.io/o/r/app, tag: 1}", []],
  ])("%s", async (_, file, text, expected) => {
    expect(await found(file, text)).toEqual(expected);
  });
});

describe("a chart", () => {
  const chart = "apiVersion: v2\nname: app\nversion: 0.4.1\n";
  test.each([
    ["its appVersion", "charts/app/Chart.yaml", `${chart}appVersion: "1.2.3"\n`, ["4: 1.2.3"]],
    ["its version where it has no other", "Chart.yaml", chart, ["3: 0.4.1"]],
    ["in another file is none", "Chart2.yaml", chart, []],
    ["a dependency is none", "Chart.yaml", `${chart}dependencies: [{name: x, version: 9}]`, ["3: 0.4.1"]],
  ])("%s", async (_, file, text, expected) => {
    expect(await found(file, text)).toEqual(expected);
  });
});
