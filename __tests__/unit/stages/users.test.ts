/** The tag schemes of six repositories that publish images today: their files and rules in, their tags out. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { dispatch, flaggedRelease, headSha, pullRequest, release, schedule, sha, short } from "../tags/facts.ts";
import { type Case, namedImages, tagsByImage, tagsOfOne } from "./named-images.ts";

const moving = async (given: Case): Promise<readonly string[]> =>
  (await namedImages(given)).flatMap(({ tags }) => tags.tags.filter(({ moves }) => moves).map(({ tag }) => tag));

describe("a folder of images that build on one another", () => {
  const files = {
    "images/base/Dockerfile": "FROM debian:13\n",
    "images/nodejs/Dockerfile": "FROM ghcr.io/o/r/base\n",
    "images/agent/Dockerfile": "FROM ghcr.io/o/r/nodejs\n",
  };
  const each = (tags: readonly string[]) => ({ base: tags, nodejs: tags, agent: tags });

  test.each([
    ["the full commit always, the branch, latest on main only", { ref: "refs/heads/main" }, ["main", sha, "latest"]],
    ["a new branch", { ref: "refs/heads/fix/ldap" }, ["fix-ldap", sha]],
    ["weekly, all images", { ref: "refs/heads/main", trigger: schedule }, ["main", sha, "latest"]],
    ["a manual dispatch", { ref: "refs/heads/main", trigger: dispatch }, ["main", sha, "latest"]],
    ["the tag's name", { ref: "refs/tags/demo-2026" }, ["demo-2026", sha]],
  ])("as its documents say: %s", async (_, event, expected) => {
    expect(await tagsByImage({ files, ...event })).toEqual(each(expected));
  });

  const inUse = {
    tags: `
      type=ref,event=branch
      type=ref,event=pr
      type=ref,event=tag
      type=sha
      type=raw,value=latest,enable={{is_release}}`,
    flavor: "latest=false",
  };
  test.each([
    ["a push to main is not latest", { ref: "refs/heads/main" }, ["main", `sha-${short}`]],
    ["the weekly rebuild", { ref: "refs/heads/main", trigger: schedule }, ["main", `sha-${short}`]],
    ["a branch", { ref: "refs/heads/fix/ldap" }, ["fix-ldap", `sha-${short}`]],
    [
      "a pull request is pr-N, by its head",
      { ref: "refs/pull/12/merge", trigger: pullRequest(12) },
      ["pr-12", `sha-${headSha.slice(0, 7)}`],
    ],
    ["a git tag", { ref: "refs/tags/v1.0.0" }, ["v1.0.0", `sha-${short}`]],
    ["a release is latest", { ref: "refs/tags/v1.0.0", trigger: release }, ["v1.0.0", "latest", `sha-${short}`]],
    ["a prerelease is not", { ref: "refs/tags/v1.0.0", trigger: flaggedRelease }, ["v1.0.0", `sha-${short}`]],
  ])("as it is in use: %s", async (_, event, expected) => {
    expect(await tagsByImage({ files, inputs: inUse, ...event })).toEqual(each(expected));
  });
});

describe("a pinned base image with CalVer", () => {
  const files = { "src/containers/workspace/Dockerfile.base": "FROM debian:13\n" };
  const config = `images:
  klangk-workspace-base: {file: src/containers/workspace/Dockerfile.base, context: src/containers/workspace}`;
  const given = { files, config, inputs: { tags: "type=calver" } };

  test.each([
    ["main", "2026-06-10T22:30:00Z", "2026.06.10-e973f3c"],
    ["main, late in the evening of another time zone", "2026-06-10T23:30:00-05:00", "2026.06.11-e973f3c"],
    ["a stable branch, which never moves latest", "2026-01-02T03:04:05Z", "2026.01.02-e973f3c"],
  ])("the date of the commit in UTC and the commit, on %s", async (branch, date, tag) => {
    const ref = branch === "main" ? "refs/heads/main" : "refs/heads/stable/2026.01";
    const event = { ref, commitDate: new Date(date) };
    expect(await tagsOfOne({ ...given, ...event })).toEqual([tag]);
    expect(await moving({ ...given, ...event })).toEqual([]);
  });

  test("the version is baked into the image by a build argument", async () => {
    const own = { "src/containers/workspace/Dockerfile.base": "FROM debian:13\nARG VERSION\n" };
    const inputs = { ...given.inputs, "build-args": "VERSION={{version}}" };
    const [image] = await namedImages({ ...given, inputs, files: own, ref: "refs/heads/main" });
    expect(image?.args).toEqual({ VERSION: "2026.06.10-e973f3c" });
  });
});

describe("applications of a homelab, by Dockerfile and by Nix", () => {
  const tags = "type=version,from=arg:CONTAINER_APP_VERSION,from=nix,pattern=v{{version}}-{{sha}}";
  const main = { ref: "refs/heads/main" };
  const dockerfile = (version: string) => ({
    "containers/app/Dockerfile": `ARG CONTAINER_APP_VERSION=${version}\nFROM alpine\n`,
  });

  test.each([
    ["a v is ensured", dockerfile("3.9.1"), `v3.9.1-${short}`],
    ["a v is not doubled", dockerfile("v3.9.1"), `v3.9.1-${short}`],
    ["a version with a dash", dockerfile("v4.0.6-r4"), `v4.0.6-r4-${short}`],
    ["a version that is a date is no commit", dockerfile("20260101"), `v20260101-${short}`],
  ])("%s", async (_, files, tag) => {
    expect(await tagsOfOne({ files, inputs: { tags }, ...main })).toEqual([tag]);
    expect(await moving({ files, inputs: { tags }, ...main })).toEqual([]);
  });

  const nix = (text: string) => ({ "containers/app/default.nix": text });
  test.each([
    ["each variant by its own file", { ...dockerfile("3.9.1"), ...nix('version = "3.9.2";') }, ["v3.9.1", "v3.9.2"]],
    ["by the other's where its own is silent", { ...dockerfile("3.9.1"), ...nix("{ }") }, ["v3.9.1", "v3.9.1"]],
    [
      "the Dockerfile's too",
      { "containers/app/Dockerfile": "FROM alpine\n", ...nix('version = "2.11.0";') },
      ["v2.11.0", "v2.11.0"],
    ],
  ])("the Nix variant is told by its suffix, and has the same repository: %s", async (_, files, [first, second]) => {
    const images = await namedImages({ files, inputs: { tags }, ...main });
    expect(images.map(({ name, tags: { tags: given } }) => [name, given.map(({ tag }) => tag)])).toEqual([
      ["app", [`${first}-${short}`]],
      ["app-nix", [`${second}-${short}-nix`]],
    ]);
  });

  test("what only Nix makes has the suffix as well", async () => {
    expect(await tagsByImage({ files: nix('version = "1.0";'), inputs: { tags }, ...main })).toEqual({
      app: [`v1.0-${short}-nix`],
    });
  });

  test("what is checked out elsewhere has its first exact tag for a version", async () => {
    const event = { ref: "refs/heads/main", trigger: dispatch, isAtEvent: false };
    const given = { files: dockerfile("3.9.1"), inputs: { tags: `type=raw,value=edge\n${tags}` }, ...event };
    const [image] = await namedImages(given);
    expect(image?.labels["org.opencontainers.image.version"]).toBe(`v3.9.1-${short}`);
  });

  test("a dispatch of another commit gives that commit's tag", async () => {
    const event = { ref: "refs/heads/main", trigger: dispatch, isAtEvent: false };
    expect(await tagsOfOne({ files: dockerfile("3.9.1"), inputs: { tags }, ...event })).toEqual([`v3.9.1-${short}`]);
  });
});

describe("a tag that is the content", () => {
  const containerfile = "FROM debian:13\r\nRUN apt-get update\n";
  const files = { "containers/base.Containerfile": containerfile };
  const config = "images: {openlock-base: {file: containers/base.Containerfile, context: containers}}";
  const tag = createHash("sha256").update(containerfile).digest("hex").slice(0, 12);

  test.each([
    ["a v*.*.* tag", { ref: "refs/tags/v1.2.3" }],
    ["a push to main", { ref: "refs/heads/main" }],
    ["a dispatch", { ref: "refs/heads/main", trigger: dispatch }],
  ])("the first 12 hex digits of the file's sha256, byte for byte, on %s", async (_, event) => {
    const [image] = await namedImages({ files, config, inputs: { tags: "type=content,of=file" }, ...event });
    expect(image?.tags.tags).toEqual([{ tag, moves: false, of: "content" }]);
  });
});

describe("one image, released by semver", () => {
  const files = { Dockerfile: "FROM alpine\nARG BUILD_DATE\nARG VCS_REF\nARG VERSION\n" };
  const inputs = {
    tags: ["{{raw}}", "{{version}}", "{{major}}.{{minor}}", "{{major}}"]
      .map((pattern) => `type=semver,pattern=${pattern}`)
      .join("\n"),
    "build-args": "BUILD_DATE={{commit_date 'YYYY-MM-DDTHH:mm:ssZ'}}\nVCS_REF={{sha}}\nVERSION={{version}}",
    labels:
      "org.opencontainers.image.vendor=Alto9\norg.opencontainers.image.documentation=https://example.org/docs/{{version}}",
  };
  test.each([
    ["a release", { ref: "refs/tags/v1.2.3", trigger: release }, ["v1.2.3", "1.2.3", "1.2", "1", "latest"]],
    ["its tag's push", { ref: "refs/tags/v1.2.3" }, ["v1.2.3", "1.2.3", "1.2", "1", "latest"]],
    ["a prerelease: its full version, never latest", { ref: "refs/tags/v1.2.3-rc.1" }, ["v1.2.3-rc.1", "1.2.3-rc.1"]],
    ["one by its flag alone", { ref: "refs/tags/v1.2.3", trigger: flaggedRelease }, ["v1.2.3", "1.2.3"]],
    ["main", { ref: "refs/heads/main" }, []],
  ])("%s", async (_, event, expected) => {
    expect(await tagsOfOne({ files, inputs, ...event })).toEqual(expected);
  });

  test("the labels and build arguments say what it is", async () => {
    const [image] = await namedImages({ files, inputs, ref: "refs/tags/v1.2.3" });
    const oci = "org.opencontainers.image";
    expect(image?.labels).toMatchObject({
      [`${oci}.title`]: "app",
      [`${oci}.description`]: "Servers & more",
      [`${oci}.vendor`]: "Alto9",
      [`${oci}.source`]: "https://github.com/MieWeb/opensource-server",
      [`${oci}.documentation`]: "https://example.org/docs/v1.2.3",
      [`${oci}.created`]: "2026-06-10T22:30:00.000Z",
      [`${oci}.version`]: "v1.2.3",
      [`${oci}.revision`]: sha,
    });
    expect(image?.args).toEqual({ BUILD_DATE: "2026-06-10T22:30:00+00:00", VCS_REF: short, VERSION: "v1.2.3" });
  });
});

describe("many applications with a VERSION in their bake files", () => {
  const files = { "apps/app/Dockerfile": "FROM alpine\n", "apps/app/docker-bake.hcl": 'variable "VERSION" { … }' };
  const print = {
    group: { default: { targets: ["image"] } },
    target: { image: { context: ".", dockerfile: "Dockerfile" } },
  };
  const source = "type=version,from=bake:VERSION";
  const inputs = {
    tags: `
      ${source},pattern={{version}}
      ${source},pattern={{major}}.{{minor}}
      ${source},pattern={{major}}
      ${source},pattern={{raw}}
      type=raw,value=rolling
      type=raw,value=sandbox,enable={{is_not_default_branch}}`,
  };
  const app = (version: string, event: Pick<Case, "ref" | "trigger">) => ({
    files,
    inputs,
    bake: { "apps/app": { print, variables: { VERSION: version } } },
    ...event,
  });
  const main = { ref: "refs/heads/main" };

  test.each([
    ["1.2.3", ["1.2.3", "1.2", "1", "rolling"]],
    ["v2.0.1", ["2.0.1", "2.0", "2", "v2.0.1", "rolling"]],
    ["2026.8.0", ["2026.8.0", "2026.8", "2026", "rolling"]],
    // Fourteen that are no strict semver.
    ["6.4.1.10545", ["6.4.1.10545", "6.4", "6", "rolling"]],
    ["26.2", ["26.2", "26", "rolling"]],
    ["17", ["17", "17.0", "rolling"]],
    ["2.2.0-r3", ["2.2.0-r3", "2.2", "2", "rolling"]],
    ["1.43.3.10896-cb3ebc72d", ["1.43.3.10896-cb3ebc72d", "1.43", "1", "rolling"]],
    ["18.6-alpine3.24", ["18.6-alpine3.24", "18.6", "18", "rolling"]],
    ["v4.0.17.2952", ["4.0.17.2952", "4.0", "4", "v4.0.17.2952", "rolling"]],
    ["2025.01.05", ["2025.01.05", "2025.01", "2025", "rolling"]],
    ["0.24.1105", ["0.24.1105", "0.24", "0", "rolling"]],
    ["5.1.2_v2.0.11", ["5.1.2_v2.0.11", "5.1", "5", "rolling"]],
    ["20250901", ["20250901", "20250901.0", "rolling"]],
    ["3.12+dfsg", ["3.12-dfsg", "3.12", "3", "rolling"]],
    ["1.0.0.0", ["1.0.0.0", "1.0", "1", "rolling"]],
    ["master", ["rolling"]],
  ])("%s: version, major.minor, major, raw and rolling, all of them following", async (version, expected) => {
    expect(await tagsOfOne(app(version, main))).toEqual(expected);
    expect(await moving(app(version, main))).toEqual(expected);
  });

  test("a version that is no number gives rolling alone, with one warning a rule", async () => {
    const [image] = await namedImages(app("master", main));
    expect(image?.warnings).toHaveLength(4);
    expect(image?.warnings[0]).toBe('the input "tags", line 2: the version "master" of app has no number');
  });

  test("a pull request gets sandbox alone", async () => {
    const event = { ref: "refs/pull/3/merge", trigger: pullRequest(3) };
    expect(await tagsOfOne(app("1.2.3", event))).toEqual(["sandbox"]);
  });
});
