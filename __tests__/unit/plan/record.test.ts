import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { digestOf } from "../../../src/model/digest.ts";
import { commit } from "../../../src/model/run-context.ts";
import { type PublicationRecord, readRecord, recordAnnotations, sourceTag } from "../../../src/plan/record.ts";

const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length }).map((all) => all.join(""));
const record: fc.Arbitrary<PublicationRecord> = fc.record({
  repository: fc.option(fc.constantFrom("o/r", "another/one")),
  image: fc.option(fc.constantFrom("app", "php-8.3-cli", "Größe_2")),
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
  image: "app",
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
  ["an image whose name could mislead", { "io.image-publish.image": "app\n::error::x" }],
  ["bases that are no JSON", { "io.image-publish.bases": "{" }],
])("%s is no record", (_, wrong) => {
  expect(readRecord({ ...good, ...wrong })).toBeUndefined();
});

test("a name that nobody would believe isn't recorded", () => {
  expect(readRecord({ ...good, ...recordAnnotations({ ...parsed(good), image: "a b" }) })?.image).toBe("app");
  expect(recordAnnotations({ ...parsed(good), image: "a b" })).not.toHaveProperty(["io.image-publish.image"]);
});

function parsed(annotations: Readonly<Record<string, string>>): PublicationRecord {
  const found = readRecord(annotations);
  if (found === undefined) throw new Error("there is no record");
  return found;
}

test("images of one repository that are made from the same sources have tags of their own", () => {
  const hash = "a".repeat(64);
  const tags = [sourceTag(hash), sourceTag(hash, "cli"), sourceTag(hash, "fpm"), sourceTag("b".repeat(64), "cli")];
  expect(new Set(tags).size).toBe(4);
  for (const each of tags) expect(each).toMatch(/^src-[0-9a-f]{16}$/);
});

test("nothing is no record", () => expect(readRecord({})).toBeUndefined());

test("the tag of a source hash", () => expect(sourceTag("0123456789abcdef".repeat(4))).toBe("src-0123456789abcdef"));
