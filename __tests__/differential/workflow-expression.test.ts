/** Our reader of GitHub's expressions against GitHub's own, for contexts of which everything is known. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../src/errors.ts";
import type { Value } from "../../src/workflow/value.ts";
import { evaluate } from "../../src/workflow/workflow-expression.ts";
import { checkAll, mustAgree } from "./agreement.ts";

jest.setTimeout(300_000);

const contexts = {
  github: {
    ref_name: "main",
    event: { number: 7, labels: ["a", "B"], pull_request: null, draft: true, zero: 0, none: "" },
  },
  inputs: { name: "Abc", size: 3.5, flag: false },
};

const atoms = [
  ..."'main' 'MAIN' 'a''b' '' '0x1f' 'abc' 7 -1 0 1.50 1e3 0x10 true TRUE false null NaN Infinity nan infinity".split(
    " ",
  ),
  ..."github.ref_name GITHUB.Ref_Name github.nothing github.event github.event.number github.event['number']".split(
    " ",
  ),
  ..."github.event.labels github.event.labels[1] github.event.labels[9] github.event.pull_request.x".split(" "),
  ..."inputs.name inputs.size inputs.flag nothing.x nothing() join() contains('a') toJSON('a','b')".split(" "),
  ..."contains(github.event.labels,'b') contains('Hello','ell') startsWith(inputs.name,'AB')".split(" "),
  ..."endsWith(github.event.number,'7') join(github.event.labels,'+') join(github.event.labels) join('x')".split(" "),
  "format('{0}-{1} {{x}}', inputs.name, github.event.number)",
  ..."toJSON(github.event.labels) fromJSON('[1,2]')[1] fromJSON('{\"a\":{\"b\":5}}').a.b fromJSON('{')".split(" "),
];
const signs = ["==", "!=", "<", ">", "<=", ">=", "&&", "||"];

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...atoms),
    tie("expression").map((inner) => `!${inner}`),
    tie("expression").map((inner) => `(${inner})`),
    fc.tuple(tie("expression"), fc.constantFrom(...signs), tie("expression")).map((parts) => parts.join(" ")),
  ),
}));

const refused = "refused";

function ours(text: string): string {
  try {
    const found = evaluate(`\${{ ${text} }}`, contexts);
    return found.kind === "known" ? found.text : `unknown: ${found.names.join(", ")}`;
  } catch (error) {
    if (error instanceof UserError) return refused;
    throw error;
  }
}

/** It throws errors of several kinds, also where `fromJSON` does. */
function theirs(text: string): string {
  try {
    const { tokens } = new Lexer(text).lex();
    const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
    return new Evaluator(parsed, dictionary(contexts)).evaluate().coerceString();
  } catch {
    return refused;
  }
}

function dataOf(value: Value): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(dataOf));
  return dictionary(value as Readonly<Record<string, Value>>);
}

function dictionary(value: Readonly<Record<string, Value>>): data.Dictionary {
  return new data.Dictionary(...Object.entries(value).map(([key, each]) => ({ key, value: dataOf(each) })));
}

test.each(atoms)("%s", (text) => {
  expect(ours(text)).toBe(theirs(text));
});

test("generated expressions", async () => {
  const counts = await checkAll(expression, ["read", "refused"], async (text) => {
    const found = theirs(text);
    mustAgree(text, ours(text), found);
    return found === refused ? "refused" : "read";
  });
  expect(counts.read).toBeGreaterThan(counts.all / 3);
});
