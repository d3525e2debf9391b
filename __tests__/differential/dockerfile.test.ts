/** Our reader of Dockerfiles against BuildKit's own parser. */
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { readDockerfile } from "../../src/catalog/dockerfile/dockerfile.ts";
import { expandWord } from "../../src/catalog/dockerfile/shell/shell-lexer.ts";
import { UserError } from "../../src/errors.ts";
import { checkAll, difference, mustAgree } from "./agreement.ts";
import { answerOf, type DockerfileAnswer } from "./dockerfile-answer.ts";
import { dockerfiles, words } from "./dockerfile-cases.ts";
import { dockerfileCorpus, wordCorpus } from "./dockerfile-corpus.ts";
import { isRefusal, startOracle } from "./oracle.ts";

jest.setTimeout(300_000);

const parser = startOracle<{ readonly text: string }, DockerfileAnswer>("dockerfile");
const lexer = startOracle<Word, { readonly text: string }>("words");

afterAll(() => {
  parser.end();
  lexer.end();
});

/**
 * How a case ends. We may say that we don't understand something, which then counts as if it were anything: an own frontend
 * (`foreign`), what BuildKit refuses only later (`deferred`: triggers and mounts), triggers that it understands (`modest`), and
 * what it refuses at once (`unsure`, since a newer BuildKit may take it). What else we read of the file has to be right.
 */
const kinds = ["read", "refused", "foreign", "deferred", "modest", "unsure"] as const;

async function check(text: string): Promise<(typeof kinds)[number]> {
  const theirs = await parser.ask({ text: Buffer.from(text).toString("base64") });
  const ours = attempt(() => readDockerfile(Buffer.from(text), "Dockerfile"));
  if (ours instanceof UserError) {
    if (!isRefusal(theirs)) throw difference(text, ours.message, theirs);
    return "refused";
  }
  const doubts = [...ours.doubts, ...ours.stages.flatMap((stage) => stage.doubts)].map(({ what }) => what);
  if (isRefusal(theirs)) {
    if (doubts.length === 0) throw difference(text, ours, theirs);
    return "unsure";
  }
  let passedOver = 0;
  const answer = answerOf(ours, theirs, () => {
    passedOver += 1;
  });
  mustAgree(text, answer, theirs);
  if (passedOver > 0) return "modest";
  if (doubts.length === 0) return "read";
  return doubts.every((what) => what.startsWith("the frontend ")) ? "foreign" : "deferred";
}

interface Word {
  readonly word: string;
  readonly escape: "\\" | "`";
  readonly values: Readonly<Record<string, string>>;
}

async function checkWord(word: Word): Promise<"read" | "refused"> {
  const theirs = await lexer.ask(word);
  const ours = attempt(() => ({ text: expandWord(word.word, word.escape, (name) => word.values[name]) }));
  if (!(ours instanceof UserError) && !isRefusal(theirs)) {
    mustAgree(word, ours, theirs);
    return "read";
  }
  if (ours instanceof UserError && isRefusal(theirs)) return "refused";
  throw difference(word, ours, theirs);
}

function attempt<T>(action: () => T): T | UserError {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const values = { X: "aabbaab", E: "", L: "linux/amd64.l[l" };

describe("Dockerfiles", () => {
  test.each(dockerfileCorpus)("%s", async (_, expected, text) => {
    expect(await check(text)).toBe(expected);
  });

  test("generated ones", async () => {
    const counts = await checkAll(dockerfiles, kinds, check);
    expect(counts.read).toBeGreaterThan(counts.all / 3);
    expect(counts.deferred).toBeLessThan(counts.all / 20);
    expect(counts.unsure).toBeLessThan(counts.all / 5);
    expect(counts.modest).toBeLessThan(counts.all / 500);
  });
});

describe("words", () => {
  test.each(wordCorpus)("%s", async (word, expected) => {
    expect(await checkWord({ word, escape: "\\", values })).toBe("read");
    expect(expandWord(word, "\\", (name) => new Map(Object.entries(values)).get(name))).toBe(expected);
  });

  test("generated ones", async () => {
    const cases = fc.record({
      word: words,
      escape: fc.constantFrom("\\" as const, "`" as const),
      values: fc.constant(values),
    });
    const counts = await checkAll(cases, ["read", "refused"], checkWord);
    expect(counts.read).toBeGreaterThan(counts.all / 3);
  });
});
