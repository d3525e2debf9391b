import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { MovedFile } from "../../../../src/bump/moved.ts";
import {
  markerOf,
  readMarker,
  readTrailer,
  trailerOf,
  withMarker,
  withoutMarker,
} from "../../../../src/bump/pull-request/marker.ts";
import { newPullRequestUrl } from "../../../../src/bump/pull-request/new-pull-request-url.ts";
import { anyText } from "../../any-text.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (path: string, before: string, to: string): MovedFile => ({
  path,
  before: bytes(before),
  after: bytes(before.replace("app:1", to)),
  pins: [{ image: "app", line: 1, from: "app:1", to }],
});
const [a, b] = [file("a", "FROM app:1", "app:2"), file("b", "FROM app:1", "app:2")];

describe("what a pull request is known by", () => {
  test("does not hang on the order of files", () => {
    expect(markerOf([a, b])).toEqual(markerOf([b, a]));
  });

  test("is another edit in another file, or in a file that changed beside, of the same version", () => {
    const whole = markerOf([a, b]);
    for (const files of [[a], [a, file("b", "FROM app:1 AS x", "app:2")]]) {
      const other = markerOf(files);
      expect(other.version).toBe(whole.version);
      expect(other.edit).not.toBe(whole.edit);
    }
  });

  test("is another version where the pins go elsewhere", () => {
    expect(markerOf([file("a", "FROM app:1", "app:3")]).version).not.toBe(markerOf([a]).version);
  });

  test("comes through bodies and messages as it went in", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const marker = markerOf([a]);
        const body = withMarker(text, marker);
        expect(readMarker(body)).toEqual(marker);
        expect(readMarker(withoutMarker(body))).toBeUndefined();
        expect(readTrailer(`${text}\n\n${trailerOf(marker)}\n`)).toEqual(marker);
      }),
    );
  });
});

test("the address of a new pull request fits into an address, whatever the text", () => {
  const pair = { base: "main", branch: "image-publish/bump-app@a b" };
  for (const length of [10, 3000, 30_000]) {
    const text = { title: "t".repeat(length), body: "é".repeat(length) };
    const url = new URL(newPullRequestUrl("https://forge.example/o/r", pair, text));
    expect(url.href.length).toBeLessThanOrEqual(6000);
    expect(url.pathname).toBe("/o/r/compare/main...image-publish/bump-app%40a%20b");
  }
});
