import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestOf } from "../../../src/model/digest.ts";
import { annotatedIndex } from "../../../src/oci/annotated-index.ts";
import { mediaTypes, parseManifest } from "../../../src/oci/manifest.ts";
import { imageIndex, imageManifest } from "./example-image.ts";

const platforms = imageIndex([
  { platform: "linux/arm64", digest: digestOf("arm64") },
  { platform: "unknown/unknown", digest: digestOf("attestation") },
]);
const stored = (document: object, mediaType: string = mediaTypes.index) => ({
  bytes: Buffer.from(JSON.stringify(document)),
  mediaType,
});

test("the manifests stay, the annotations are the new ones, and what we don't know of is kept", () => {
  const subject = { mediaType: mediaTypes.manifest, digest: digestOf("subject"), size: 3 };
  const made = annotatedIndex(stored({ ...platforms, annotations: { old: "1", kept: "2" }, subject }), {
    kept: "2",
    b: "c",
  });
  expect(JSON.parse(Buffer.from(made.bytes).toString())).toEqual({
    ...JSON.parse(JSON.stringify(platforms)),
    subject,
    annotations: { b: "c", kept: "2" },
  });
  expect(made.digest).toBe(digestOf(made.bytes));
  expect(parseManifest(made.bytes, made.mediaType)).toMatchObject({ annotations: { b: "c", kept: "2" } });
});

test("no annotations are none at all", () => {
  const made = annotatedIndex(stored({ ...platforms, annotations: { old: "1" } }), {});
  expect(JSON.parse(Buffer.from(made.bytes).toString())).not.toHaveProperty("annotations");
});

test("docker's list becomes an index", () => {
  const made = annotatedIndex(stored({ ...platforms, mediaType: mediaTypes.dockerList }, mediaTypes.dockerList), {});
  expect(parseManifest(made.bytes, made.mediaType)).toMatchObject({ kind: "index", mediaType: mediaTypes.index });
});

test("annotations that are there already leave the bytes alone", () => {
  const index = stored({ ...platforms, annotations: { b: "2", a: "1" } });
  expect(annotatedIndex(index, { a: "1", b: "2" })).toMatchObject({
    bytes: index.bytes,
    digest: digestOf(index.bytes),
  });
});

test("the bytes don't hang on the order of the annotations", () => {
  const annotations = fc.dictionary(fc.string({ minLength: 1 }), fc.string());
  fc.assert(
    fc.property(annotations, (given) => {
      const reversed = Object.fromEntries(Object.entries(given).reverse());
      return annotatedIndex(stored(platforms), given).digest === annotatedIndex(stored(platforms), reversed).digest;
    }),
    { numRuns: 50 },
  );
});

test("a lone manifest is refused", () => {
  expect(() => annotatedIndex(stored(imageManifest("one"), mediaTypes.manifest), {})).toThrow(/lone manifest/);
});
