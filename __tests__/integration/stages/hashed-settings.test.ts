/** Which settings are part of an image's source hash: another value of one makes another image. */
import { afterAll, expect, jest, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { makeLaptop } from "./laptop.ts";

jest.setTimeout(60_000);

type Inputs = Readonly<Record<string, string>>;

const laptop = makeLaptop({ "images/app/Dockerfile": "FROM debian:13 AS one\nARG A\nFROM one\nARG A\n" });
afterAll(() => laptop.remove());

async function hashOf(inputs: Inputs): Promise<string | null | undefined> {
  const { images } = (await laptop.plan({ event: "schedule", inputs })).json as Plan;
  expect(images.map(({ name, kind }) => [name, kind])).toEqual([["app", "build"]]);
  return images[0]?.sourceHash;
}

test.each<{ readonly what: string; readonly before: Inputs; readonly after: Inputs }>([
  { what: "a label that is new", before: {}, after: { labels: "a=1" } },
  { what: "another value of a label", before: { labels: "a=1" }, after: { labels: "a=2" } },
  { what: "another name of a label", before: { labels: "a=1" }, after: { labels: "b=1" } },
  { what: "another expression in a label", before: { labels: "a={{sha}}" }, after: { labels: "a={{branch}}" } },
  { what: "a label that is switched off", before: { labels: "a=1" }, after: { labels: "a=1,enable=false" } },
  { what: "a second label", before: { labels: "a=1" }, after: { labels: "a=1\nb=1" } },
  { what: "an annotation that is new", before: {}, after: { annotations: "a=1" } },
  { what: "another value of an annotation", before: { annotations: "a=1" }, after: { annotations: "a=2" } },
  { what: "another name of an annotation", before: { annotations: "a=1" }, after: { annotations: "b=1" } },
  { what: "other provenance", before: {}, after: { provenance: "mode=max" } },
  { what: "an SBOM", before: {}, after: { sbom: "true" } },
  { what: "another compression", before: {}, after: { compression: "zstd" } },
  { what: "another build argument", before: { "build-args": "A=1" }, after: { "build-args": "A=2" } },
  { what: "other platforms", before: {}, after: { platforms: "linux/amd64,linux/arm64" } },
])("$what is another source hash", async ({ before, after }) => {
  expect(await hashOf(after)).not.toBe(await hashOf(before));
});

test.each<{ readonly what: string; readonly inputs: Inputs }>([
  { what: "tags", inputs: { tags: "type=raw,value=x" } },
  { what: "a flavor", inputs: { flavor: "prefix=web-" } },
  { what: "where it is pushed", inputs: { images: "quay.io/o/{{name}}" } },
  { what: "a cache", inputs: { cache: "registry" } },
  { what: "a size limit", inputs: { "max-size": "1GB" } },
])("$what: the source hash stays", async ({ inputs }) => {
  expect(await hashOf(inputs)).toBe(await hashOf({}));
});
