/** Our readers of buildx' options against buildx' own, and what we write anew against what buildx reads in it. */
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { readSecrets } from "../../src/buildx/invocation/secrets.ts";
import { UserError } from "../../src/errors.ts";
import { attestationValue, parseAttestation, readAttestation } from "../../src/model/buildflags/attestation.ts";
import { cacheLine, parseCacheEntries } from "../../src/model/buildflags/cache-entry.ts";
import { parseOutput } from "../../src/model/buildflags/output-entry.ts";
import { parseSshAgent, sshValue } from "../../src/model/buildflags/ssh-agent.ts";
import { anyText } from "../unit/any-text.ts";
import { checkAll, mustAgree } from "./agreement.ts";
import { type FieldsCase, type FieldsKind, likelyFields, unlikelyFields } from "./fields-cases.ts";
import { fieldsCorpus } from "./fields-corpus.ts";
import { isRefusal, type Refusal, startOracle } from "./oracle.ts";

jest.setTimeout(300_000);

interface Entry {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, string>> | null;
  readonly destination?: string;
  readonly id?: string;
  readonly paths?: readonly string[] | null;
  readonly variable?: string;
  readonly disabled?: boolean;
}

interface Answer {
  readonly entries: readonly Entry[] | null;
}

const oracle = startOracle<{ readonly kind: FieldsKind | "secret"; readonly text: string }, Answer>("fields");

afterAll(() => oracle.end());

const kinds = ["read", "refused"] as const;

const read: Readonly<Record<FieldsKind, (text: string) => readonly Entry[]>> = {
  cache: (text) => parseCacheEntries(text).map(({ type, attributes }) => ({ type, attributes: record(attributes) })),
  attest(text) {
    const { type, isDisabled, attributes } = parseAttestation("provenance", text);
    return [{ type, disabled: isDisabled, attributes: record(attributes) }];
  },
  ssh: (text) => (text === "" ? [] : [parseSshAgent(text)]),
  output(text) {
    if (text === "") return [];
    const { type, destination, attributes } = parseOutput(text);
    return [{ type, destination, attributes: record(attributes) }];
  },
};

/** What goes to buildx in the place of a text; `undefined` for what we refuse and buildx doesn't, or don't hand on. */
const written: Readonly<Record<FieldsKind, (text: string) => readonly string[] | undefined>> = {
  cache: (text) => parseCacheEntries(text).map(cacheLine),
  attest(text) {
    const { type, isDisabled } = parseAttestation("provenance", text);
    const isOurs = type === "provenance" && !isDisabled;
    return isOurs ? unlessRefused(() => [attestationValue(readAttestation("provenance", text))]) : undefined;
  },
  ssh: (text) => (text === "" ? [] : [sshValue(parseSshAgent(text))]),
  output: () => undefined,
};

async function check({ kind, text }: FieldsCase): Promise<(typeof kinds)[number]> {
  const theirs = await oracle.ask({ kind, text });
  const ours = unlessRefused(() => read[kind](text));
  if (isRefusal(theirs)) {
    mustAgree({ kind, text }, ours ?? theirs, theirs);
    return "refused";
  }
  mustAgree({ kind, text }, ours && shown(ours), entriesOf(theirs));
  const anew = written[kind](text);
  if (anew !== undefined) {
    const again = await Promise.all(anew.map((each) => oracle.ask({ kind, text: each })));
    mustAgree({ kind, text, anew }, again.flatMap(entriesOf), shown(ours ?? []));
  }
  return "read";
}

function unlessRefused<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** With each attribute as one text, so that an empty value is not the same as none. */
function shown(entries: readonly Entry[]): readonly unknown[] {
  return entries.map(({ attributes = {}, ...entry }) => ({
    ...entry,
    attributes: Object.entries(attributes ?? {})
      .map((pair) => pair.join("="))
      .sort(),
  }));
}

function entriesOf(answer: Refusal | Answer): readonly unknown[] {
  return isRefusal(answer) ? [answer] : shown(answer.entries ?? []);
}

function record(map: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(map);
}

test.each(fieldsCorpus)("%s %j", async (kind, text) => {
  await check({ kind, text });
});

describe("generated values", () => {
  test("as people may write them", async () => {
    const counts = await checkAll(likelyFields, kinds, check);
    expect(counts.read).toBeGreaterThan(counts.all / 4);
    expect(counts.refused).toBeGreaterThan(counts.all / 10);
  });

  test("as nobody does", async () => {
    const counts = await checkAll(unlikelyFields, kinds, check);
    expect(counts.read).toBeGreaterThan(counts.all / 10);
  });
});

test("no path of a secret names another secret or another file", async () => {
  const paths = fc.oneof(anyText(), fc.constantFrom('a",src=b', "a,src=/b", "a\n", "a\r\n", '"a"', " a", "a,id=b"));
  await checkAll(paths, ["same", "none"], async (path) => {
    const [argument] = readSecrets({ secrets: "", envs: [], files: [`key=${path}`] }, {}).secrets.arguments;
    if (argument === undefined) return "none";
    const theirs = await oracle.ask({ kind: "secret", text: argument });
    // Blanks around a path are left out, as everywhere where the path is checked.
    mustAgree({ path, argument }, { entries: [{ id: "key", paths: [path.trim()] }] }, theirs);
    return "same";
  });
});
