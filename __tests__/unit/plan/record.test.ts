import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestOf } from "../../../src/model/digest.ts";
import { commit } from "../../../src/model/run-context.ts";
import { type PublicationRecord, readRecord, recordAnnotations, sourceTag } from "../../../src/plan/record.ts";

const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length }).map((all) => all.join(""));
const record: fc.Arbitrary<PublicationRecord> = fc.record({
  repository: fc.option(fc.constantFrom("o/r", "another/one")),
  sourceHash: fc.option(hex(64)),
  revision: hex(40).map(commit),
  ref: fc.string(),
  bakedVersion: fc.option(fc.string()),
  bases: fc.dictionary(fc.constantFrom("debian:13", "ghcr.io/o/r/base", "__proto__x"), fc.string().map(digestOf)),
  started: fc.option(fc.constant("2026-01-01T00:00:00Z")),
  seconds: fc.option(fc.nat(100_000)),
});

test("a record is read as it was written", () => {
  fc.assert(fc.property(record, (given) => expect(readRecord(recordAnnotations(given))).toEqual(given)));
});

const good = recordAnnotations({
  repository: "o/r",
  sourceHash: "a".repeat(64),
  revision: commit("b".repeat(40)),
  ref: "refs/heads/main",
  bakedVersion: null,
  bases: { "debian:13": digestOf("") },
  started: null,
  seconds: 3,
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["another format", { "io.image-publish.format": "2" }],
  ["a revision that is no commit", { "io.image-publish.revision": "main" }],
  ["a hash that is none", { "io.image-publish.source-hash": "../../x" }],
  ["bases that are no digests", { "io.image-publish.bases": '{"debian:13":"latest"}' }],
  ["bases that are no JSON", { "io.image-publish.bases": "{" }],
])("%s is no record", (_, wrong) => {
  expect(readRecord({ ...good, ...wrong })).toBeUndefined();
});

test("nothing is no record", () => expect(readRecord({})).toBeUndefined());

test("the tag of a source hash", () => expect(sourceTag("0123456789abcdef".repeat(4))).toBe("src-0123456789abcdef"));
