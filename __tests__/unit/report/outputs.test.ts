import { describe, expect, test } from "@jest/globals";
import { describeReason } from "../../../src/changes/describe-reason.ts";
import { UserError } from "../../../src/errors.ts";
import { repository, tag } from "../../../src/model/reference.ts";
import { outputsOf } from "../../../src/report/outputs.ts";
import {
  build,
  built,
  candidate,
  commit,
  failed,
  followed,
  greenRun,
  planOf,
  promote,
  promoted,
  published,
  quietRun,
  release,
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
    loaded: [],
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
      loaded: [],
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
    const outputs = outputsOf(resultOf([published(planned, { "1.2.3": "it names other bytes already" })]), "p");
    expect(outputs.tags).toBe("ghcr.io/o/app:latest\ndocker.io/o/app:latest");
  });

  test("promoted is told as one that was built, with the digest that was there", () => {
    const again = promote("app", { ...release, repositories: [repository("ghcr.io/o/app")] });
    const outputs = outputsOf(resultOf([promoted(again), skipped("other")]), "p");
    expect(outputs).toMatchObject({ affected: '["app"]', matrix: '{"include":[]}', version: "1.2.3" });
    expect(outputs.digest).toBe(again.digest);
    expect(outputs.tags).toBe("ghcr.io/o/app:1.2.3\nghcr.io/o/app:1.2\nghcr.io/o/app:latest");
    expect(JSON.parse(outputs.json)["tag-names"]).toEqual(["1.2.3", "1.2", "latest"]);
    expect(JSON.parse(outputs.images)[0]).toMatchObject({
      action: "promote",
      digest: again.digest,
      platforms: ["linux/amd64", "linux/arm64"],
      size: { "linux/amd64": 45_231_000, "linux/arm64": 43_118_000 },
    });
  });

  test("to be promoted has its digest in the plan's outputs already", () => {
    const outputs = outputsOf(planOf([promote("app")]), "p");
    expect(outputs.digest).toBe(promote("app").digest);
    expect(JSON.parse(outputs.images)[0]).toMatchObject({
      action: "promote",
      digest: promote("app").digest,
      size: null,
    });
  });

  test("that is published already is not affected, and says why", () => {
    const outputs = outputsOf(resultOf([skipped("app", [{ kind: "current" }])]), "p");
    expect(outputs).toMatchObject({ affected: "[]", "any-affected": "false", digest: "" });
    expect(JSON.parse(outputs.images)[0].reason).toBe(describeReason({ kind: "current" }));
  });

  test("whose version names other bytes has none of the tags that follow it", () => {
    const outputs = outputsOf(resultOf([followed]), "p");
    expect([outputs.digest, outputs.tags]).toEqual([candidate("app").digest, ""]);
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
