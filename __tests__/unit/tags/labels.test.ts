import { describe, expect, test } from "@jest/globals";
import { deriveAnnotations, parseAnnotations } from "../../../src/tags/annotations.ts";
import { deriveLabels, type LabelFacts, parseLabels } from "../../../src/tags/labels.ts";
import { context, lines, sha } from "./facts.ts";

const oci = "org.opencontainers.image";
const labelFacts: LabelFacts = {
  context: context({ ref: "refs/tags/v1.2.3" }),
  name: "base",
  names: ["base"],
  commitDate: new Date("2026-06-10T22:30:00Z"),
  version: "1.2.3",
};

const labels = (text: string, facts = labelFacts) => {
  const { values, problems } = parseLabels(lines(text, "labels"));
  expect(problems).toEqual([]);
  return deriveLabels(values, facts);
};

const set = {
  [`${oci}.created`]: "2026-06-10T22:30:00.000Z",
  [`${oci}.description`]: "Servers & more",
  [`${oci}.licenses`]: "Apache-2.0",
  [`${oci}.revision`]: sha,
  [`${oci}.source`]: "https://github.com/MieWeb/opensource-server",
  [`${oci}.title`]: "base",
  [`${oci}.url`]: "https://github.com/MieWeb/opensource-server",
  [`${oci}.version`]: "1.2.3",
};

describe("labels", () => {
  test("are the OCI set, sorted", () => {
    expect(labels("")).toEqual(set);
    expect(Object.keys(labels("a=1\nz=2"))).toEqual(["a", ...Object.keys(set), "z"]);
  });

  test.each([
    ["the user's win", `${oci}.title=Mine`, `${oci}.title`, "Mine"],
    ["the last of two wins", "a=1\na=2", "a", "2"],
    ["the first = separates", "a=b=c", "a", "b=c"],
    ["commas are text", "maintainer=A, B", "maintainer", "A, B"],
    ["quotes are text", 'say="hi"', "say", '"hi"'],
    ["a quoted line is unquoted", '"say=""hi"", you"', "say", '"hi", you'],
    [
      "expressions, not escaped",
      "x={{owner}}&{{version}} {{tag}} {{date 'YYYY' tz='UTC'}}",
      "x",
      "MieWeb&1.2.3 v1.2.3 2026",
    ],
    ["an expression in the key", "v-{{version}}=x", "v-1.2.3", "x"],
    ["an empty value", "a=", "a", ""],
    ["attributes", "name=a,value=b=c", "a", "b=c"],
    ["a label that is called name", "name=openshift", "name", "openshift"],
  ])("%s", (_, text, key, value) => {
    expect(labels(text)[key]).toBe(value);
  });

  test("expressions without a label take no time to be refused", () => {
    const { problems } = parseLabels(lines("{{version}}".repeat(200), "labels"));
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining("isn't a valid label") })]);
  });

  test("enable=false takes a label away", () => {
    expect(labels("name=a,value=b,enable=false")).toEqual(set);
  });

  test("what is not known is empty, and the run's start stands in for the commit's date", () => {
    const facts = {
      ...labelFacts,
      context: { ...labelFacts.context, description: undefined, license: undefined },
      commitDate: undefined,
      version: undefined,
    };
    expect(labels("", facts)).toEqual({
      ...set,
      [`${oci}.created`]: "2026-06-14T23:00:05.678Z",
      [`${oci}.description`]: "",
      [`${oci}.licenses`]: "",
      [`${oci}.version`]: "",
    });
  });

  test.each(["novalue", "=x", "a={{nonsense}}", "a={{arch}}", "name=a,enable=maybe"])(
    "%s is an error with its line",
    (text) => {
      const { problems } = parseLabels(lines(`ok=1\n${text}`, "labels"));
      expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^the input "labels", line 2: /)]);
    },
  );
});

describe("annotations", () => {
  const annotations = (text: string) => {
    const { values, problems } = parseAnnotations(lines(text, "annotations"));
    expect(problems).toEqual([]);
    return deriveAnnotations(values, labelFacts);
  };

  test("the OCI set stands on the index, where GHCR reads the description, and on manifests", () => {
    const keys = Object.keys(annotations(""));
    expect(keys).toEqual([
      ...Object.keys(set).map((key) => `index:${key}`),
      ...Object.keys(set).map((key) => `manifest:${key}`),
    ]);
  });

  test.each([
    ["without a level: manifest, as docker's", "a=1", { "manifest:a": "1" }],
    ["with levels", "index,manifest:a=1", { "index:a": "1", "manifest:a": "1" }],
    ["for a platform", "manifest[linux/amd64]:a=1", { "manifest[linux/amd64]:a": "1" }],
    ["a descriptor", "index-descriptor:a={{version}}", { "index-descriptor:a": "1.2.3" }],
    [
      "in place of the set: wherever the set stands",
      `${oci}.title=T`,
      { [`index:${oci}.title`]: "T", [`manifest:${oci}.title`]: "T" },
    ],
    [
      "in place of the set on one level",
      `index:${oci}.title=T`,
      { [`index:${oci}.title`]: "T", [`manifest:${oci}.title`]: "base" },
    ],
  ])("%s", (_, text, expected) => {
    expect(annotations(text)).toMatchObject(expected);
    const added = Object.keys(annotations(text)).length - 2 * Object.keys(set).length;
    expect(added).toBe(Object.keys(expected).filter((key) => !key.includes(oci)).length);
  });

  test("an unknown level is an error with its line", () => {
    const [problem] = parseAnnotations(lines("manfest:a=1", "annotations")).problems;
    expect(problem).toMatchObject({
      message: 'the input "annotations", line 1: "manfest" is nothing that has annotations',
      hint: expect.stringContaining('did you mean "manifest"'),
    });
  });
});
