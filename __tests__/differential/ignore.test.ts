/** Our matcher of ignore files against moby's, walked from the context's root. */
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { ignoresNothing, readIgnore } from "../../src/changes/ignore/ignore.ts";
import { encodePath } from "../../src/git/checkout/path-bytes.ts";
import { checkAll, difference } from "./agreement.ts";
import { type IgnoreCase, tameIgnores, wildIgnores } from "./ignore-cases.ts";
import { ignoreCorpus } from "./ignore-corpus.ts";
import { isRefusal, startOracle } from "./oracle.ts";

jest.setTimeout(300_000);

const matcher = startOracle<
  { readonly file: string; readonly paths: readonly string[] },
  { readonly ignored: readonly boolean[] }
>("ignore");

afterAll(() => matcher.end());

/** How a case ends. `modest`: we say that we don't understand a file that BuildKit does, and then ignore nothing. */
const kinds = ["nothing", "some", "refused", "modest"] as const;

/** What may not be understood. Go itself looks behind a star, and at ranges, only when a path comes so far. */
const beyondUs: readonly ((file: string) => boolean)[] = [
  (file) => file.split("\n").some((line) => line.length > 8192),
  (file) => /\{\d/.test(file), // counted repetition
  (file) => /\[:/.test(file), // named classes
  (file) => /\\(?:[a-z\d]|[^ -~])/i.test(file), // escapes of letters
  (file) => /.\ufeff/s.test(file), // a byte order mark further down
  (file) => /\*.*[[\\]/.test(file), // a class or an escape after a star
  (file) => [...file.matchAll(/(.)-(.)/gu)].some(([, low = "", high = ""]) => low > high), // a range that runs backwards
];

async function check({ file, paths }: IgnoreCase): Promise<(typeof kinds)[number]> {
  const theirs = await matcher.ask({ file: base64(file), paths: paths.map(base64) });
  const ours = readIgnore(encodePath(file));
  const ignored = paths.map((path) => ours.ignores(path));
  if (isRefusal(theirs)) {
    if (ours !== ignoresNothing) throw difference({ file, paths }, ignored, theirs);
    return "refused";
  }
  const isSome = theirs.ignored.includes(true);
  if (isSome && ours === ignoresNothing && beyondUs.some((is) => is(file))) return "modest";
  const wrong = paths.filter((_, index) => ignored[index] !== theirs.ignored[index]);
  if (wrong.length > 0) throw difference({ file, wrong }, ignored, theirs.ignored);
  return isSome ? "some" : "nothing";
}

function base64(path: string): string {
  return Buffer.from(encodePath(path)).toString("base64");
}

test.each(ignoreCorpus)("%s", async (_, file, yes, no) => {
  expect(await check({ file, paths: [...yes, ...no] })).not.toBe("modest");
  expect([...yes, ...no].filter((path) => readIgnore(encodePath(file)).ignores(path))).toEqual(yes);
});

test("a pattern of many thousand characters is understood", async () => {
  expect(await check({ file: `a\n${"b".repeat(8192)}`, paths: ["a"] })).toBe("some");
  expect(await check({ file: `a\n${"b".repeat(20_000)}`, paths: ["a"] })).toBe("some");
});

describe("generated files", () => {
  test("as people write them", async () => {
    const counts = await checkAll(tameIgnores, kinds, check);
    expect(counts.some).toBeGreaterThan(counts.all / 3);
    expect(counts.modest).toBe(0);
  });

  test("as nobody does", async () => {
    const counts = await checkAll(wildIgnores, kinds, check);
    expect(counts.some).toBeGreaterThan(counts.all / 5);
    expect(counts.modest).toBeLessThan(counts.all / 15);
  });
});
