/** Who says what an image's labels and annotations are: inputs, bake files, the Dockerfile, the run. */
import { describe, expect, test } from "@jest/globals";
import { pullRequest, sha } from "../tags/facts.ts";
import { type Case, namedImages } from "./named-images.ts";

const oci = "org.opencontainers.image";
const main = { ref: "refs/heads/main" };
const long = "x".repeat(5000);

/** The label that a build is given, and the annotation of the index; `undefined`: none. */
async function said(key: string, dockerfile: string, given: Partial<Case> = {}) {
  const [image] = await namedImages({ ...main, files: { "images/web/Dockerfile": dockerfile }, ...given });
  if (image === undefined) throw new Error("there is no image");
  const name = key.includes(".") ? key : `${oci}.${key}`;
  expect(image.annotations[`manifest:${name}`]).toBe(image.annotations[`index:${name}`]);
  return [image.labels[name], image.annotations[`index:${name}`]];
}

/** What the forge says of the repository: `description: undefined` where it says nothing. */
const unknown = { repository: { description: undefined, license: undefined } };

describe("a LABEL of the target's stages is left to the Dockerfile, and the annotation takes its value", () => {
  test.each([
    ["its own", `FROM a\nLABEL ${oci}.licenses=MIT\n`, "MIT"],
    ["of several in one line", `FROM a\nLABEL a=b ${oci}.licenses="MIT OR Apache-2.0" c=d\n`, "MIT OR Apache-2.0"],
    ["the old form", `FROM a\nLABEL ${oci}.licenses MIT\n`, "MIT"],
    ["the last one", `FROM a\nLABEL ${oci}.licenses=MIT\nLABEL ${oci}.licenses=ISC\n`, "ISC"],
    ["of a stage that the target is made from", `FROM a AS b\nLABEL ${oci}.licenses=MIT\nFROM b\n`, "MIT"],
    ["with an ARG's default", `FROM a\nARG L=MIT\nLABEL ${oci}.licenses=$L\n`, "MIT"],
    ["with a global ARG", `ARG L=MIT\nFROM a\nARG L\nLABEL ${oci}.licenses=\${L}\n`, "MIT"],
    ["with ENV", `FROM a\nENV L=MIT\nLABEL ${oci}.licenses="\${L}"\n`, "MIT"],
    ["with a key by ARG", `FROM a\nARG K=${oci}\nLABEL $K.licenses=MIT\n`, "MIT"],
    ["an unknown value counts as set", `FROM a\nARG L\nLABEL ${oci}.licenses=$L\n`, undefined],
    ["an unknown key may be it", `FROM a\nARG K\nLABEL $K=MIT\n`, undefined],
    [
      "what is set before an unknown key may be overwritten",
      `FROM a\nARG K\nLABEL ${oci}.licenses=MIT\nLABEL $K=x\n`,
      undefined,
    ],
    ["what is set after an unknown key is known", `FROM a\nARG K\nLABEL $K=x\nLABEL ${oci}.licenses=MIT\n`, "MIT"],
    ["an empty one", `FROM a\nLABEL ${oci}.licenses=""\n`, undefined],
    ["several lines are one", `FROM a\nLABEL ${oci}.licenses="M\tIT"\n`, "M IT"],
    ["longer than an annotation may be", `FROM a\nLABEL ${oci}.licenses=${long}\n`, undefined],
    ["ONBUILD of a stage of this file", `FROM a AS b\nONBUILD LABEL ${oci}.licenses=MIT\nFROM b\n`, "MIT"],
  ])("%s", async (_, dockerfile, annotation) => {
    expect(await said("licenses", dockerfile)).toEqual([undefined, annotation]);
    expect(await said("licenses", dockerfile, unknown)).toEqual([undefined, annotation]);
    const description = dockerfile.replaceAll("licenses", "description");
    expect(await said("description", description)).toEqual([undefined, annotation]);
    expect(await said("title", dockerfile.replaceAll("licenses", "title"))).toEqual([undefined, annotation]);
    expect(await said("url", dockerfile.replaceAll("licenses", "url"))).toEqual([undefined, annotation]);
  });

  test("build arguments are filled in, their expressions too", async () => {
    const dockerfile = `FROM a\nARG L=MIT\nLABEL ${oci}.description="$L"\n`;
    const inputs = { "build-args": "L=at {{sha}}" };
    expect(await said("description", dockerfile, { inputs })).toEqual([undefined, `at ${sha.slice(0, 7)}`]);
  });

  test("a value that differs between platforms is unknown", async () => {
    const dockerfile = `FROM a\nARG TARGETARCH\nLABEL ${oci}.description="for $TARGETARCH" ${oci}.title=T\n`;
    const both = { inputs: { platforms: "linux/amd64,linux/arm64" } };
    expect(await said("description", dockerfile, both)).toEqual([undefined, undefined]);
    expect(await said("title", dockerfile, both)).toEqual([undefined, "T"]);
    expect(await said("description", dockerfile, { inputs: { platforms: "linux/amd64" } })).toEqual([
      ...[undefined, "for amd64"],
    ]);
  });

  test("the target that is named counts", async () => {
    const dockerfile = `FROM a AS one\nLABEL ${oci}.title=One\nFROM a AS two\nLABEL ${oci}.title=Two\n`;
    const of = (target: string) => ({ config: `images: {web: {target: ${target}}}` });
    expect(await said("title", dockerfile, of("one"))).toEqual([undefined, "One"]);
    expect(await said("title", dockerfile, of("two"))).toEqual([undefined, "Two"]);
  });

  test("a named context takes the place of a stage and of its labels", async () => {
    const dockerfile = `FROM a AS one\nLABEL ${oci}.title=One\nFROM one\n`;
    const config = 'images: {web: {build-contexts: {one: "docker-image://debian:13"}}}';
    expect(await said("title", dockerfile, { config })).toEqual(["web", "web"]);
  });
});

describe("no LABEL of the image", () => {
  test.each([
    ["of another stage", `FROM a AS b\nLABEL ${oci}.description=X\nFROM a\nCOPY --from=b / /\n`],
    ["of another key", `FROM a\nLABEL description=X ${oci}.Description=Y\n`],
    ["in a comment", `FROM a\n# LABEL ${oci}.description=X\n`],
  ])("%s", async (_, dockerfile) => {
    expect(await said("description", dockerfile)).toEqual(["Servers & more", "Servers & more"]);
    // It hides a base image's; an empty annotation hides nothing.
    expect(await said("description", dockerfile, unknown)).toEqual(["", undefined]);
    expect(await said("licenses", dockerfile, unknown)).toEqual(["", undefined]);
  });
});

test.each(["source", "revision", "version", "created"])("%s is always ours", async (key) => {
  const [own] = await said(key, "FROM a\n");
  expect(own).not.toBe("");
  expect(await said(key, `FROM a\nLABEL ${oci}.${key}=theirs\n`)).toEqual([own, own]);
  expect(await said(key, `FROM a\nARG X\nLABEL ${oci}.${key}=$X $X=1\n`)).toEqual([own, own]);
});

describe("the order: labels of the user, of the bake file, of the Dockerfile, what is derived", () => {
  const dockerfile = `FROM a\nLABEL ${oci}.description=File\n`;
  const bake = (labels: object) => ({
    files: { "images/web/Dockerfile": dockerfile, "images/web/docker-bake.hcl": "target …" },
    bake: {
      "images/web": {
        variables: {},
        print: {
          group: { default: { targets: ["web"] } },
          target: { web: { context: ".", dockerfile: "Dockerfile", labels } },
        },
      },
    },
  });
  const inputs = { labels: `${oci}.description=Input` };
  const config = `images: {web: {labels: {${oci}.description: Entry}}}`;
  const ofBake = bake({ [`${oci}.description`]: "Bake" });

  test.each<[string, Partial<Case>, string | undefined, string]>([
    ["the Dockerfile's", {}, undefined, "File"],
    ["the input's", { inputs }, "Input", "Input"],
    ["the config file's", { inputs, config }, "Entry", "Entry"],
    ["the config file's defaults", { config: `defaults: {labels: {${oci}.description: D}}` }, "D", "D"],
    ["the bake file's", ofBake, "Bake", "Bake"],
    ["the image's entry before the bake file's", { ...ofBake, config }, "Entry", "Entry"],
    ["a bake file without the label", bake({ other: "x" }), undefined, "File"],
  ])("%s", async (_, given, label, annotation) => {
    expect(await said("description", dockerfile, given)).toEqual([label, annotation]);
    expect(await said("description", dockerfile, { ...given, ...unknown })).toEqual([label, annotation]);
  });

  test("annotations of the user are before all, with and without a value of ours", async () => {
    const own = { inputs: { annotations: `${oci}.description=A\n${oci}.licenses=B` }, ...unknown };
    expect(await said("description", dockerfile, own)).toEqual([undefined, "A"]);
    expect(await said("licenses", dockerfile, own)).toEqual(["", "B"]);
    expect(await said("description", "FROM a\n", { inputs: { labels: `${oci}.description=` }, ...unknown })).toEqual([
      ...["", undefined],
    ]);
  });
});

test("without a tag there is no version, and so no annotation of it", async () => {
  const given = { ref: "refs/pull/3/merge", trigger: pullRequest(3), isAtEvent: false };
  expect(await said("version", "FROM a\n", given)).toEqual(["", undefined]);
});

test("of a Nix file no LABEL is known", async () => {
  const files = { "images/web/default.nix": "{ }" };
  expect(await said("description", "", { files, ...unknown })).toEqual(["", undefined]);
});
