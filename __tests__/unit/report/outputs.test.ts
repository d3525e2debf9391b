import { describe, expect, test } from "@jest/globals";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import { UserError } from "../../../src/errors.ts";
import { repository, tag } from "../../../src/oci/reference.ts";
import { outputsOf } from "../../../src/report/outputs.ts";
import {
  build,
  built,
  candidate,
  commit,
  failed,
  greenRun,
  planOf,
  published,
  quietRun,
  resultOf,
  skip,
  skipped,
} from "./example.ts";

const host = "ghcr.io/mieweb/opensource-server";

test("a push that changes no image gives empty lists", () => {
  const { images, ...outputs } = outputsOf(quietRun(), "/tmp/plan.json");
  expect(outputs).toEqual({
    plan: "/tmp/plan.json",
    matrix: '{"include":[]}',
    affected: "[]",
    "any-affected": "false",
    "pull-requests": "[]",
    sarif: "",
    digest: "",
    tags: "",
    version: "",
    labels: "",
    json: "",
  });
  expect(JSON.parse(images)[0]).toEqual({
    name: "base",
    action: "skip",
    digest: null,
    tags: [],
    platforms: [],
    size: null,
    findings: null,
    reason: describeReason({ kind: "unaffected" }),
  });
});

describe("several images", () => {
  const outputs = outputsOf(greenRun(), "p");

  test("an image that is only needed by others is built but not affected", () => {
    expect(JSON.parse(outputs.matrix)).toEqual({
      include: [{ image: "builder" }, { image: "nodejs" }, { image: "agent" }, { image: "manager" }],
    });
    expect(JSON.parse(outputs.affected)).toEqual(["nodejs", "agent", "manager"]);
    expect(outputs["any-affected"]).toBe("true");
  });

  test("each image has its digest, full references, platforms and their sizes", () => {
    expect(JSON.parse(outputs.images)[3]).toEqual({
      name: "agent",
      action: "build",
      digest: candidate("agent").digest,
      tags: [`${host}/agent:main`, `${host}/agent:${commit}`, `${host}/agent:latest`],
      platforms: ["linux/amd64", "linux/arm64"],
      size: { "linux/amd64": 45_231_000, "linux/arm64": 43_118_000 },
      findings: null,
      reason: describeReason({ kind: "builds-on", image: "nodejs" }),
    });
  });

  test("what belongs to one image alone is empty", () => {
    expect([outputs.digest, outputs.tags, outputs.version, outputs.labels, outputs.json]).toEqual(["", "", "", "", ""]);
  });
});

describe("one image", () => {
  const planned = build("app", {
    repositories: [repository("ghcr.io/o/app"), repository("o/app")],
    tags: [
      { tag: tag("1.2.3"), moves: false },
      { tag: tag("latest"), moves: true },
    ],
    version: "1.2.3",
    labels: { "org.opencontainers.image.description": "two\nlines", "org.opencontainers.image.title": "app" },
    annotations: { "index:org.opencontainers.image.title": "app" },
  });

  test("has the outputs that people know from docker/metadata-action", () => {
    const outputs = outputsOf(resultOf([published(planned), skipped("other")]), "p");
    const tags = ["ghcr.io/o/app:1.2.3", "ghcr.io/o/app:latest", "docker.io/o/app:1.2.3", "docker.io/o/app:latest"];
    expect(outputs.digest).toBe(candidate("app").digest);
    expect(outputs.tags).toBe(tags.join("\n"));
    expect(outputs.version).toBe("1.2.3");
    expect(outputs.labels).toBe("org.opencontainers.image.description=two lines\norg.opencontainers.image.title=app");
    expect(JSON.parse(outputs.json)).toEqual({
      tags,
      "tag-names": ["1.2.3", "latest"],
      labels: { "org.opencontainers.image.description": "two\nlines", "org.opencontainers.image.title": "app" },
      annotations: ["index:org.opencontainers.image.title=app"],
    });
  });

  test("a parent that is built only because the image needs it does not make it two", () => {
    const builder = build("builder", { reasons: [{ kind: "needed-by", image: "app" }] });
    expect(outputsOf(resultOf([built(builder), published(planned)]), "p").version).toBe("1.2.3");
  });

  test("a held tag names other bytes and is not among its tags", () => {
    const outputs = outputsOf(resultOf([published(planned, [tag("1.2.3")])]), "p");
    expect(outputs.tags).toBe("ghcr.io/o/app:latest\ndocker.io/o/app:latest");
  });

  test("of a plan the tags are those it would get, and there is no digest", () => {
    const outputs = outputsOf(planOf([planned, skip("other")]), "p");
    expect(outputs.tags).toContain("ghcr.io/o/app:1.2.3");
    expect(outputs.digest).toBe("");
    expect(JSON.parse(outputs.images)[0]).toMatchObject({ action: "build", digest: null, size: null });
    expect(JSON.parse(outputs.images)[0].platforms).toEqual(["linux/amd64", "linux/arm64"]);
  });

  test("a failed image gives neither digest nor tags", () => {
    const outputs = outputsOf(resultOf([failed(planned, new UserError("no", { hint: "yes" }))]), "p");
    expect([outputs.digest, outputs.tags]).toEqual(["", ""]);
    expect(JSON.parse(outputs.images)[0]).toMatchObject({ action: "build", digest: null, tags: [] });
    expect(outputs["any-affected"]).toBe("true");
  });
});
