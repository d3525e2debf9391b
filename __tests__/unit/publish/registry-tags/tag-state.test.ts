/** Whose word counts: a record is a claim, and labels are inherited. */
import { describe, expect, test } from "@jest/globals";
import { digestOf } from "../../../../src/model/digest.ts";
import { platform } from "../../../../src/model/platform.ts";
import { repository } from "../../../../src/model/reference.ts";
import { mediaTypes, parseManifest, type StoredManifest } from "../../../../src/oci/manifest.ts";
import { type PublicationRecord, recordAnnotations } from "../../../../src/plan/record.ts";
import {
  isMadeOf,
  otherContent,
  parseTagState,
  readTagState,
} from "../../../../src/publish/registry-tags/tag-state.ts";
import { at, recordOf, records } from "../commits.ts";
import { index } from "../simulation.ts";

const here = repository("ghcr.io/o/r/base");
const making = { sourceHash: "a".repeat(64), platforms: [platform("linux/amd64")], bakedVersion: null };
const made = (more: Partial<PublicationRecord> = {}) => index({ content: "x", record: recordOf(at("main-4"), more) });

function manifest(annotations: Readonly<Record<string, string>>): StoredManifest {
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 };
  const document = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [], annotations };
  const bytes = Buffer.from(JSON.stringify(document));
  return { digest: digestOf(bytes), bytes, mediaType: mediaTypes.manifest, document: parseManifest(bytes) };
}

describe("a record", () => {
  test.each<{ when: string; record: Partial<PublicationRecord>; isTrusted: boolean }>([
    { when: "names this repository", record: {}, isTrusted: true },
    { when: "names it in other letters", record: { repository: "O/R" }, isTrusted: true },
    { when: "is of a version that names no repository", record: { repository: null }, isTrusted: true },
    { when: "names a fork", record: { repository: "fork/r" }, isTrusted: false },
    { when: "names a repository that begins alike", record: { repository: "o/r2" }, isTrusted: false },
    { when: "names nothing", record: { repository: "" }, isTrusted: false },
    { when: "started a year ago", record: { started: "2025-07-01T12:00:00Z" }, isTrusted: true },
    { when: "started by a clock that is an hour ahead", record: { started: "2026-07-01T13:00:00Z" }, isTrusted: true },
    { when: "starts in more than an hour", record: { started: "2026-07-01T13:00:01Z" }, isTrusted: false },
    { when: "started in another zone", record: { started: "2026-07-02T02:00:00+14:00" }, isTrusted: true },
    { when: "starts in hours, in another zone", record: { started: "2026-07-01T11:00:00-12:00" }, isTrusted: false },
    { when: "names a time without a zone", record: { started: "2026-07-01T12:00:00" }, isTrusted: false },
    { when: "names a leap second of the future", record: { started: "2126-12-31T23:59:60Z" }, isTrusted: false },
    { when: "names no time", record: { started: "tomorrow" }, isTrusted: false },
    { when: "names a year of six digits", record: { started: "+275760-09-13T00:00:01Z" }, isTrusted: false },
    { when: "starts in a century", record: { started: "2126-07-01T12:00:00Z" }, isTrusted: false },
  ])("that $when: trusted $isTrusted", ({ record, isTrusted }) => {
    const tagState = parseTagState(made(record), records);
    expect(tagState.record !== undefined).toBe(isTrusted);
    // Nothing that it says counts, the commit neither.
    expect(tagState.revision).toBe(isTrusted ? at("main-4") : undefined);
    expect(isMadeOf(tagState, making)).toBe(isTrusted);
  });

  test("of any repository counts on a laptop whose checkout has no remote", () => {
    const tagState = parseTagState(made({ repository: "o/r" }), { ...records, repository: undefined });
    expect(isMadeOf(tagState, making)).toBe(true);
  });

  test("is none on an image's manifest, which may have its annotations from a base", () => {
    const tagState = parseTagState(manifest(recordAnnotations(recordOf(at("main-4")))), records);
    expect(tagState).toMatchObject({ record: undefined, revision: undefined });
    expect(isMadeOf(tagState, { ...making, platforms: [] })).toBe(false);
  });

  test.each<{ when: string; stored: StoredManifest; more?: object; why: RegExp }>([
    { when: "of other sources", stored: made({ sourceHash: "b".repeat(64) }), why: /other sources, at 0000000/ },
    { when: "of sources without a name", stored: made({ sourceHash: null }), why: /other sources/ },
    { when: "with another version in its bytes", stored: made({ bakedVersion: "1.2.2" }), why: /another version/ },
    { when: "of a pull request", stored: made({ ref: "refs/pull/7/merge" }), why: /pull request/ },
    { when: "of another repository", stored: made({ repository: "fork/r" }), why: /another repository/ },
    { when: "of the future", stored: made({ started: "2126-07-01T12:00:00Z" }), why: /future/ },
    { when: "without a record", stored: index({ content: "x" }), why: /no record/ },
    {
      when: "on an index that lacks a platform",
      stored: made(),
      more: { platforms: ["linux/amd64", "linux/arm64"].map(platform) },
      why: /is missing a platform/,
    },
    { when: "where these sources have no name", stored: made(), more: { sourceHash: null }, why: /can't be named/ },
  ])("$when is other content", ({ stored, more, why }) => {
    expect(otherContent(parseTagState(stored, records), { ...making, ...more })).toMatch(why);
  });
});

describe("the commit that others than we write", () => {
  const revision = { "org.opencontainers.image.revision": at("main-4") };
  const from = (source: string) => ({ ...revision, "org.opencontainers.image.source": source });
  const label = (labels: object) => ({
    manifest: async () => undefined,
    blob: async () => Buffer.from(JSON.stringify({ config: { Labels: labels } })),
  });

  test.each<{ annotations: Readonly<Record<string, string>>; isOurs: boolean }>([
    { annotations: revision, isOurs: true },
    { annotations: from("https://github.com/o/r"), isOurs: true },
    { annotations: from("https://github.com/O/R.git"), isOurs: true },
    { annotations: from("https://github.com/o/r/tree/main/images/web"), isOurs: true },
    { annotations: from("https://github.com/upstream/r"), isOurs: false },
    { annotations: from("https://github.com/o/r-base"), isOurs: false },
    { annotations: from("o/r"), isOurs: false },
  ])("in annotations counts: $annotations", ({ annotations, isOurs }) => {
    const tagState = parseTagState(index({ content: "x", annotations }), records);
    expect(tagState.revision).toBe(isOurs ? at("main-4") : undefined);
  });

  test.each<{ when: string; labels: object; isOurs: boolean }>([
    { when: "as docker's own actions set it", labels: from("https://github.com/o/r"), isOurs: true },
    { when: "of a base from another repository", labels: from("https://github.com/docker-library/x"), isOurs: false },
    { when: "without a source, which may be a base's", labels: revision, isOurs: false },
    { when: "in labels that are none", labels: ["x"], isOurs: false },
  ])("in labels, $when: $isOurs", async ({ labels, isOurs }) => {
    const tagState = await readTagState(manifest({}), here, label(labels), records);
    expect(tagState).toMatchObject(isOurs ? { revision: at("main-4"), isLabel: true } : { revision: undefined });
  });

  test("is not asked for where a record is not trusted", async () => {
    const never = {
      manifest: () => Promise.reject(new Error("asked")),
      blob: () => Promise.reject(new Error("asked")),
    };
    const tagState = await readTagState(made({ repository: "fork/r" }), here, never, records);
    expect(tagState).toMatchObject({ revision: undefined, doubt: "its record names another repository" });
  });
});
