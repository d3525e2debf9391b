/** Streams that buildx 0.29 with BuildKit 0.26 wrote, cut down to what is read. */
import { readFileSync } from "node:fs";
import { type BuildProgress, followBuild } from "../../../src/buildx/invocation/progress.ts";
import { parseStatus } from "../../../src/buildx/invocation/rawjson.ts";

export function streamLines(name: string): readonly string[] {
  return readFileSync(new URL(`fixtures/${name}.rawjson`, import.meta.url), "utf8").split("\n");
}

/** What is followed of the stream, and what in it is plain text. */
export function follow(lines: readonly string[]): {
  readonly progress: BuildProgress;
  readonly text: readonly string[];
} {
  const progress = followBuild();
  const text: string[] = [];
  for (const line of lines) {
    const status = parseStatus(line);
    if (status !== undefined) progress.add(status);
    else if (line.trim() !== "") text.push(line);
  }
  return { progress, text };
}
