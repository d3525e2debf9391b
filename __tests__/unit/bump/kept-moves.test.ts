/** What this run moves together with what other jobs have moved on the branch. */
import { expect, test } from "@jest/globals";
import { jointMoves } from "../../../src/bump/kept-moves.ts";
import { app } from "./moving.ts";
import { published } from "./published.ts";

const hex = (digit: string): string => digit.repeat(64);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const own = published({ tags: ["1.3.0-jdk21"], digest: `sha256:${hex("b")}` });
const numbered: typeof own = { ...published({ tags: ["1.3.0-21"] }), style: { literals: [["", "-21"]] } };

interface Given {
  readonly when: string;
  readonly path?: string;
  /** The file on the base, as our commit found it and as it left it. */
  readonly base: string;
  readonly before?: string;
  readonly branch: string;
  readonly joint: string;
  readonly of?: typeof own;
}

test.each<Given>([
  {
    when: "another variant is kept beside this run's own",
    base: `a: ${app}:1.2.0-jdk17\nb: ${app}:1.2.0-jdk21\n`,
    branch: `a: ${app}:1.3.0-jdk17\nb: ${app}:1.2.0-jdk21\n`,
    joint: `a: ${app}:1.3.0-jdk17\nb: ${app}:1.3.0-jdk21\n`,
  },
  {
    when: "a variant in front is kept",
    base: `a: ${app}:jdk17-1.2.0\n`,
    branch: `a: ${app}:jdk17-1.3.0\n`,
    joint: `a: ${app}:jdk17-1.3.0\n`,
  },
  {
    when: "the image without a variant is kept, with its digest",
    base: `a: ${app}:1.2.0@sha256:${hex("1")}\n`,
    branch: `a: ${app}:1.3.0@sha256:${hex("a")}\n`,
    joint: `a: ${app}:1.3.0@sha256:${hex("a")}\n`,
  },
  {
    when: "a digest of hexadecimal digits alone is kept as that",
    base: `image: {repository: ${app}, tag: 1.2.0-jdk17, sha: ${hex("1")}}\n`,
    branch: `image: {repository: ${app}, tag: 1.3.0-jdk17, sha: ${hex("a")}}\n`,
    joint: `image: {repository: ${app}, tag: 1.3.0-jdk17, sha: ${hex("a")}}\n`,
  },
  {
    when: "the digest of a tag that moves is kept",
    base: `a: ${app}:latest@sha256:${hex("1")}\n`,
    branch: `a: ${app}:latest@sha256:${hex("a")}\n`,
    joint: `a: ${app}:latest@sha256:${hex("a")}\n`,
  },
  {
    when: "the base has other lines and comments by now",
    before: `a: ${app}:1.2.0-jdk17\n`,
    base: `# new\nc: 1\na: ${app}:1.2.0-jdk17 # old\n`,
    branch: `a: ${app}:1.3.0-jdk17\n`,
    joint: `# new\nc: 1\na: ${app}:1.3.0-jdk17 # old\n`,
  },
  {
    when: "the base has another version by now, that stays",
    before: `a: ${app}:1.2.0-jdk17\nb: ${app}:1.2.0-jdk21\n`,
    base: `a: ${app}:1.4.0-jdk17\nb: ${app}:1.2.0-jdk21\n`,
    branch: `a: ${app}:1.3.0-jdk17\nb: ${app}:1.2.0-jdk21\n`,
    joint: `a: ${app}:1.4.0-jdk17\nb: ${app}:1.3.0-jdk21\n`,
  },
  {
    when: "what moved to another variant isn't kept",
    base: `a: ${app}:1.2.0-jdk17\n`,
    branch: `a: ${app}:1.3.0-jdk21\n`,
    joint: `a: ${app}:1.2.0-jdk17\n`,
  },
  {
    when: "what moved backwards isn't kept",
    base: `a: ${app}:1.2.0-jdk17\n`,
    branch: `a: ${app}:1.1.0-jdk17\n`,
    joint: `a: ${app}:1.2.0-jdk17\n`,
  },
  {
    when: "another variant that is a number is kept",
    of: numbered,
    base: `a: ${app}:1.2.0-17\nb: ${app}:1.2.0-21\n`,
    branch: `a: ${app}:1.3.0-17\nb: ${app}:1.2.0-21\n`,
    joint: `a: ${app}:1.3.0-17\nb: ${app}:1.3.0-21\n`,
  },
  {
    when: "what moved to a number that may be another variant's isn't kept",
    of: numbered,
    base: `a: ${app}:1.2.0-17\n`,
    branch: `a: ${app}:1.3.0-18\n`,
    joint: `a: ${app}:1.2.0-17\n`,
  },
  {
    when: "an older version of this run's own isn't kept",
    base: `a: ${app}:1.1.0-jdk21\n`,
    branch: `a: ${app}:1.2.0-jdk21\n`,
    joint: `a: ${app}:1.3.0-jdk21\n`,
  },
  {
    when: "a newer version of this run's own is kept",
    base: `a: ${app}:1.2.0-jdk21\n`,
    branch: `a: ${app}:1.4.0-jdk21\n`,
    joint: `a: ${app}:1.4.0-jdk21\n`,
  },
  {
    when: "another image's pins are none of this group",
    base: `a: ghcr.io/o/r/tool:1.2.0\n`,
    branch: `a: ghcr.io/o/r/tool:1.3.0\n`,
    joint: `a: ghcr.io/o/r/tool:1.2.0\n`,
  },
  {
    when: "a variant that is a number is kept, though it might count, and nothing else moves",
    base: `a: ${app}:1.2.0-17\n`,
    branch: `a: ${app}:1.3.0-17\n`,
    joint: `a: ${app}:1.3.0-17\n`,
    of: published({ tags: ["1.3.0-21"] }),
  },
  {
    when: "a mark that may name a variant is kept, and nothing else moves",
    base: `a: ${app}:1.2.0-dev\n`,
    branch: `a: ${app}:1.3.0-dev\n`,
    joint: `a: ${app}:1.3.0-dev\n`,
    of: published({ tags: ["1.3.0"] }),
  },
  {
    when: "a chart's version is kept",
    path: "chart/Chart.yaml",
    base: "apiVersion: v2\nname: app\nappVersion: 1.2.0-jdk17\n",
    branch: "apiVersion: v2\nname: app\nappVersion: 1.3.0-jdk17\n",
    joint: "apiVersion: v2\nname: app\nappVersion: 1.3.0-jdk17\n",
  },
])("$when", async ({ path = "deploy.yaml", base, before = base, branch, joint, of = own }) => {
  const edits = [{ path, before: bytes(before), after: bytes(branch) }];
  const { files } = await jointMoves(edits, {
    files: [{ path, bytes: bytes(base) }],
    published: [of],
    ownRepositories: own.repositories,
  });
  expect(new TextDecoder().decode(files[0]?.after ?? bytes(base))).toBe(joint);
  expect(files).toEqual(base === joint ? [] : [expect.objectContaining({ path, before: bytes(base) })]);
});

test("each pin that differs from the base is told once, from what the base has", async () => {
  const base = `a: ${app}:1.2.0-jdk17\nb: ${app}:1.1.0-jdk21\n`;
  const branch = `a: ${app}:1.3.0-jdk17\nb: ${app}:1.2.0-jdk21\n`;
  const edits = [{ path: "a.yaml", before: bytes(base), after: bytes(branch) }];
  const { files } = await jointMoves(edits, {
    files: [{ path: "a.yaml", bytes: bytes(base) }],
    published: [own],
    ownRepositories: own.repositories,
  });
  expect(files[0]?.pins.map(({ line, from, to }) => [line, from, to])).toEqual([
    [1, `${app}:1.2.0-jdk17`, `${app}:1.3.0-jdk17`],
    [2, `${app}:1.1.0-jdk21`, `${app}:1.3.0-jdk21`],
  ]);
});
