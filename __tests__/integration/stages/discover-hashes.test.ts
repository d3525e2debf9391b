/** Random layouts with captures and a matrix: their order means nothing, and an image more leaves the others as they are. */
import { afterAll, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop } from "./laptop.ts";

const laptops: Laptop[] = [];
afterAll(() => {
  for (const each of laptops) each.remove();
});

/** Numbers from 0 to 1, the same for one seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ item }) => item);
}

async function hashes(paths: readonly string[], patterns: readonly string[], values: readonly string[]) {
  const config = `discover:\n${patterns.join("")}images:\n  tools:\n    path: tools\n    matrix: {v: [${values.join(", ")}]}\n    build-args: {V: "{{matrix.v}}"}\n`;
  const files = Object.fromEntries(paths.map((path) => [path, `FROM alpine\nLABEL path=${path}\n`]));
  const laptop = makeLaptop({
    ...files,
    "tools/Dockerfile": "FROM alpine\nARG V\n",
    ".github/image-publish.yml": config,
  });
  laptops.push(laptop);
  const { images } = (await laptop.plan({ event: "workflow_dispatch" })).json as Plan;
  return images.map((each) => [each.name, each.kind === "build" ? each.sourceHash : undefined] as const);
}

test.each([1, 2, 3])(
  "seed %d",
  async (seed) => {
    const random = randomOf(seed);
    const versions = ["3.11", "3.12", "3.13"].filter(() => random() < 0.8);
    const paths = [
      ...versions.flatMap((version) =>
        ["slim", "alpine", "Full"].map((variant) => `py/${version}/${variant}/Dockerfile`),
      ),
      ...["web", "api"].map((name) => `docker/Dockerfile.${name}`),
    ];
    const patterns = [
      `  - path: "py/{version}/{variant}"\n    matrix: {stage: [a, b]}\n    build-args: {S: "{{matrix.stage}}", V: "{{matrix.version}}"}\n`,
      `  - file: "docker/Dockerfile.{name}"\n    context: .\n`,
    ];
    const values = ["a", "b", "c"].filter((each) => each === "a" || random() < 0.7);
    const before = await hashes(paths, patterns, values);
    expect(before.every(([, hash]) => hash !== undefined)).toBe(true);
    expect(await hashes(shuffled(paths, random), shuffled(patterns, random), shuffled(values, random))).toEqual(before);
    const more = await hashes([...paths, "py/4/slim/Dockerfile"], patterns, [...values, "d"]);
    expect(more).toEqual(expect.arrayContaining([...before]));
    expect(more).toHaveLength(before.length + 3);
  },
  60_000,
);
