/** The environment variables of docker/metadata-action, from a step's environment to what an image is given. */
import { describe, expect, test } from "@jest/globals";
import { inputs as specification } from "../../../src/config/inputs-specification.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import { headSha, pullRequest, sha } from "../tags/facts.ts";
import { type Case, namedImages, tagsOfOne } from "./named-images.ts";

const oci = "org.opencontainers.image";
const files = { "images/web/Dockerfile": "FROM alpine\n" };
const main = { files, ref: "refs/heads/main" };
const pull = { files, ref: "refs/pull/9/merge", trigger: pullRequest(9) };

const raw = Object.fromEntries(specification.map(({ name }) => [name, ""])) as Parameters<typeof readRunInputs>[0];

async function only(given: Case) {
  const [image] = await namedImages(given);
  if (image === undefined) throw new Error("there is no image");
  return image;
}

describe("DOCKER_METADATA_SHORT_SHA_LENGTH", () => {
  const inputs = {
    tags: "type=sha\ntype=sha,prefix=\ntype=raw,value=x-{{sha}}\ntype=sha,format=long\ntype=calver",
    labels: "commit={{sha}}",
    annotations: "commit={{sha}}",
    "build-args": "COMMIT={{sha}}",
  };
  test.each([
    [undefined, 7],
    ["", 7],
    ["12", 12],
    ["7", 7],
    ["4", 4],
    ["40", 40],
    [" 10 ", 10],
  ])("%j", async (value, length) => {
    const env = value === undefined ? {} : { DOCKER_METADATA_SHORT_SHA_LENGTH: value };
    const short = sha.slice(0, length);
    const { tags, labels, annotations, args, warnings } = await only({ ...main, inputs, env });
    expect(tags.tags.map(({ tag }) => tag)).toEqual([
      ...[`2026.06.10-${short}`, `x-${short}`, `sha-${short}`, short, `sha-${sha}`].filter(
        (tag, index, all) => all.indexOf(tag) === index,
      ),
    ]);
    expect([labels.commit, annotations["manifest:commit"], args.COMMIT]).toEqual([short, short, short]);
    expect(warnings).toEqual([]);
  });

  test("a pull request's is that of its head", async () => {
    const env = { DOCKER_METADATA_SHORT_SHA_LENGTH: "12" };
    expect(await tagsOfOne({ ...pull, inputs: { tags: "type=sha" }, env })).toEqual([`sha-${headSha.slice(0, 12)}`]);
  });

  test("a branch takes no commit's name, however short", async () => {
    const env = { DOCKER_METADATA_SHORT_SHA_LENGTH: "4" };
    const given = { ...main, ref: "refs/heads/beef", env };
    expect(await tagsOfOne({ ...given, inputs: { tags: "type=ref,event=branch\ntype=sha,prefix=" } })).toEqual([
      sha.slice(0, 4),
    ]);
    expect(await tagsOfOne({ ...given, inputs: { tags: "type=ref,event=branch\ntype=sha" } })).toEqual([
      ...["beef", `sha-${sha.slice(0, 4)}`],
    ]);
  });
});

describe("DOCKER_METADATA_ANNOTATIONS_LEVELS", () => {
  const inputs = { annotations: `own=1\nindex:said=2\n${oci}.title=T` };
  test.each([
    [undefined, ["index", "manifest"], ["manifest"]],
    ["manifest", ["manifest"], ["manifest"]],
    ["index", ["index"], ["index"]],
    ["manifest,index", ["index", "manifest"], ["index", "manifest"]],
    ["manifest, index, manifest", ["index", "manifest"], ["index", "manifest"]],
    ["index-descriptor,manifest[linux/amd64]", ["index-descriptor", "manifest[linux/amd64]"], undefined],
  ])("%j", async (value, set, own = set) => {
    const env = value === undefined ? {} : { DOCKER_METADATA_ANNOTATIONS_LEVELS: value };
    const { annotations } = await only({ ...main, inputs, env });
    const levelsOf = (key: string) =>
      Object.keys(annotations)
        .filter((each) => each.endsWith(`:${key}`))
        .map((each) => each.slice(0, -key.length - 1));
    expect(levelsOf(`${oci}.revision`)).toEqual(set);
    expect(levelsOf(`${oci}.title`)).toEqual(set);
    expect(set.map((level) => annotations[`${level}:${oci}.title`])).toEqual(set.map(() => "T"));
    expect(levelsOf("own")).toEqual(own);
    expect(levelsOf("said")).toEqual(["index"]);
  });
});

describe("DOCKER_METADATA_PR_HEAD_SHA", () => {
  test.each([
    [undefined, sha],
    ["true", headSha],
    ["TRUE", headSha],
    ["false", sha],
  ])("%j: tags name the head in any case, the revision where it says so", async (value, revision) => {
    const env = value === undefined ? {} : { DOCKER_METADATA_PR_HEAD_SHA: value };
    const { tags, labels, annotations } = await only({ ...pull, env });
    expect(tags.tags.map(({ tag }) => tag)).toEqual(["pr-9", headSha]);
    expect([labels[`${oci}.revision`], annotations[`index:${oci}.revision`]]).toEqual([revision, revision]);
  });

  test("it is about pull requests alone", async () => {
    const { labels } = await only({ ...main, env: { DOCKER_METADATA_PR_HEAD_SHA: "true" } });
    expect(labels[`${oci}.revision`]).toBe(sha);
  });
});

test.each([
  [{ DOCKER_METADATA_SHORT_SHA_LENGTH: "twelve" }, /SHORT_SHA_LENGTH="twelve" isn't a valid length/],
  [{ DOCKER_METADATA_SHORT_SHA_LENGTH: "3" }, /SHORT_SHA_LENGTH="3"/],
  [{ DOCKER_METADATA_SHORT_SHA_LENGTH: "-12" }, /SHORT_SHA_LENGTH="-12"/],
  [{ DOCKER_METADATA_SHORT_SHA_LENGTH: "7.5" }, /SHORT_SHA_LENGTH="7.5"/],
  [{ DOCKER_METADATA_PR_HEAD_SHA: "yes" }, /PR_HEAD_SHA="yes" is neither true nor false/],
  [{ DOCKER_METADATA_ANNOTATIONS_LEVELS: "manifest,indx" }, /ANNOTATIONS_LEVELS="manifest,indx" .*"indx"/],
  [{ DOCKER_METADATA_ANNOTATIONS_LEVELS: "manifest,,index" }, /ANNOTATIONS_LEVELS/],
])("%j is an error", (env, message) => {
  const { problems } = readRunInputs(raw, env);
  expect(problems.map((each) => each.message)).toEqual([expect.stringMatching(message)]);
});

test.each<[Record<string, string>, readonly RegExp[]]>([
  [{}, []],
  [{ DOCKER_METADATA_SHORT_SHA_LENGTH: "12", DOCKER_METADATA_PR_HEAD_SHA: "true" }, []],
  [{ DOCKER_METADATA_SET_OUTPUT_ENV: "" }, []],
  [{ DOCKER_METADATA_PR_HEAD_SHA: "false" }, [/PR_HEAD_SHA=false has no effect/]],
  [{ DOCKER_METADATA_SET_OUTPUT_ENV: "true" }, [/DOCKER_METADATA_SET_OUTPUT_ENV is not supported/]],
  [{ DOCKER_METADATA_SET_OUTPUT_ENV: "false" }, [/DOCKER_METADATA_SET_OUTPUT_ENV is not supported/]],
  [{ DOCKER_METADATA_SHORT_SHA_LENGHT: "12" }, [/DOCKER_METADATA_SHORT_SHA_LENGHT is not supported/]],
  [
    { DOCKER_METADATA_OUTPUT_TAGS: "a", DOCKER_METADATA_OUTPUT_JSON: "{}", DOCKER_METADATA_B: "1" },
    [
      /DOCKER_METADATA_B is not supported/,
      /outputs .* not used: DOCKER_METADATA_OUTPUT_JSON, DOCKER_METADATA_OUTPUT_TAGS$/,
    ],
  ],
])("what is set and has no effect is a warning: %j", (env, expected) => {
  const { inputs, problems } = readRunInputs(raw, env);
  expect(problems).toEqual([]);
  expect(inputs.warnings.map(({ message }) => message)).toEqual(expected.map((each) => expect.stringMatching(each)));
});
