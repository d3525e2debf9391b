import { expect, test } from "@jest/globals";
import { movePins } from "../../../src/bump/move-pins.ts";
import type { PublishedVersion, ReasonToStay } from "../../../src/bump/moved.ts";
import { marked } from "./marked.ts";
import { published } from "./published.ts";

export const old = `sha256:${"0".repeat(64)}`;
export const young = `sha256:${"a".repeat(64)}`;
const versions = [
  published({ tags: ["1.2.4", "1.2", "v1.2.4", "latest"] }),
  published({ name: "tool", tags: ["2.0.0", "latest"], digest: `sha256:${"b".repeat(64)}` }),
  published({ name: "web", repositories: ["docker.io/o/web"], tags: ["1.2.4"] }),
];
const encoder = new TextEncoder();

/** What becomes of one file, and which pins stay: `line: kind: why: remedy`. */
export async function moved(path: string, text: string, of: readonly PublishedVersion[] = versions) {
  const bytes = encoder.encode(text);
  const { files, left } = await movePins([{ path, bytes }], of);
  const [file] = files;
  return {
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(file?.after ?? bytes),
    pins: file?.pins ?? [],
    left: left.map(({ line, ...reason }) => `${line}: ${reason.kind}: ${sentenceOf(reason)}`),
  };
}

/** Why a pin stays, with what to do about it where a person has to decide. */
export function sentenceOf(reason: ReasonToStay): string {
  return reason.kind === "ambiguous" ? `${reason.why}: ${reason.remedy}` : reason.why;
}

export type Case = readonly [sentence: string, path: string, text: string];

/** Every change is marked, and nothing else may change. */
export function changes(cases: readonly Case[]): void {
  test.each(cases)("%s", async (_, path, text) => {
    const { before, after, changes: wanted } = marked(text);
    const result = await moved(path, before);
    expect(result.text).toBe(after);
    // A reference in full is told as a whole, its tag and its digest being marked.
    expect(new Set(result.pins.map(({ line }) => line))).toEqual(new Set(wanted.map(({ line }) => line)));
  });
}

export const app = "ghcr.io/o/r/app";
