import { describe, expect, test } from "@jest/globals";
import { rowsOf } from "../../../src/workflow/text-parts.ts";
import { notKnown, others, type Value } from "../../../src/workflow/value.ts";
import { evaluate, isMet } from "../../../src/workflow/workflow-expression.ts";

const contexts: Readonly<Record<string, Value>> = {
  github: {
    [others]: notKnown,
    ref: "refs/heads/main",
    ref_name: "main",
    event_name: "push",
    event: { [others]: notKnown, number: 7, labels: ["a", "B"], pull_request: null },
  },
  inputs: { push: true, name: "web", count: 3, empty: "" },
  env: { REGISTRY: "ghcr.io" },
  secrets: { [others]: notKnown },
};

test.each([
  ["plain", "plain"],
  [`\${{ github.ref }}`, "refs/heads/main"],
  [`a-\${{ github.ref_name }}-\${{inputs.name}}`, "a-main-web"],
  [`\${{ GITHUB.Ref_Name }}`, "main"],
  [`\${{ github['ref_name'] }}`, "main"],
  [`\${{ github.event.number }}`, "7"],
  [`\${{ github.event.labels[1] }}`, "B"],
  [`\${{ github.event.pull_request.number }}`, ""],
  [`\${{ inputs.push }}`, "true"],
  [`\${{ inputs.nothing }}`, ""],
  [`\${{ github.ref == 'refs/heads/MAIN' }}`, "true"],
  [`\${{ github.ref != 'refs/heads/main' }}`, "false"],
  [`\${{ github.event_name == 'push' && 'yes' || 'no' }}`, "yes"],
  [`\${{ github.event_name == 'release' && 'yes' || 'no' }}`, "no"],
  [`\${{ !inputs.push || inputs.empty }}`, ""],
  [`\${{ (inputs.push && 'a') == 'a' }}`, "true"],
  [`\${{ inputs.count > 2 && inputs.count <= 3 }}`, "true"],
  [`\${{ '3' == inputs.count }}`, "true"],
  [`\${{ null == '' }}`, "true"],
  [`\${{ 'it''s' }}`, "it's"],
  [`\${{ '}}' }}`, "}}"],
  [`\${{ -1.5 }} \${{ 0xff }}`, "-1.5 255"],
  [`\${{ contains(github.ref, 'HEADS') }}`, "true"],
  [`\${{ contains(github.event.labels, 'b') }}`, "true"],
  [`\${{ startsWith(github.ref, 'refs/tags/') }}`, "false"],
  [`\${{ endsWith(github.ref, '/main') }}`, "true"],
  [`\${{ format('{0}/{1} {{x}}', env.REGISTRY, 'o') }}`, "ghcr.io/o {x}"],
  [`\${{ join(github.event.labels, '-') }}`, "a-B"],
  [`\${{ fromJSON('{"a":[1,2]}').a[1] }}`, "2"],
  [`\${{ toJSON(inputs.name) }}`, '"web"'],
  [`\${{ always() }}`, "true"],
  [`line 1\n\${{ inputs.name }}\n`, "line 1\nweb\n"],
  ["{{version}} {{date 'YY'}}", "{{version}} {{date 'YY'}}"],
  [`\${{ github.event_name == 'push' || secrets.X }}`, "true"],
  [`\${{ github.event_name == 'release' && secrets.X }}`, "false"],
])("%s", (text, expected) => {
  expect(evaluate(text, contexts)).toEqual({ kind: "known", text: expected });
});

test.each([
  [`\${{ secrets.TOKEN }}`, ["secrets.TOKEN"]],
  [`\${{ secrets['TOKEN'] }}`, ["secrets[…]"]],
  [`\${{ github.actor }}`, ["github.actor"]],
  [`\${{ github.event.action }}`, ["github.event.action"]],
  [`\${{ github.event_name == 'push' && secrets.X || 'y' }}`, ["secrets.X"]],
  [`\${{ github.event.labels.*.name }}`, ["github.event.labels.*.name"]],
  [`\${{ hashFiles('a') }}`, ["hashFiles()"]],
  [`\${{ toJSON(github) }}`, ["toJSON()"]],
  [`\${{ secrets.A }} \${{ inputs.name }} \${{ secrets.B }}`, ["secrets.A", "secrets.B"]],
])("%s is not known", (text, names) => {
  expect(evaluate(text, contexts)).toEqual({ kind: "unknown", names });
});

describe("what can't be read", () => {
  test.each([
    `\${{ }}`,
    `\${{ github. }}`,
    `\${{ a b }}`,
    `\${{ github.ref = 'x' }}`,
    `\${{ nothing.x }}`,
    `\${{ constructor }}`,
    `\${{ nothing() }}`,
    `\${{ 'a' || nothing() }}`,
    `\${{ contains('a') }}`,
    `\${{ TRUE }}`,
    `\${{ (github.ref }}`,
    `\${{ contains(github.ref }}`,
    `\${{ "main" }}`,
    `\${{ fromJSON('{') }}`,
  ])("%s", (text) => {
    expect(() => evaluate(text, contexts)).toThrow(/^the expression ".*" can't be read$/);
  });
});

test("no text takes long", () => {
  const started = performance.now();
  for (const text of [`\${{${"'".repeat(50_000)}`, `\${{ ${"'a'".repeat(20_000)}`, `${"${{".repeat(20_000)}`]) {
    try {
      evaluate(text, contexts);
    } catch (error) {
      expect((error as Error).message).toMatch(/can't be read|isn't closed/);
    }
  }
  expect(performance.now() - started).toBeLessThan(5_000);
});

test.each([`\${{ a`, `x \${{ github.ref == 'a }} y`, `\${{ github.ref }} \${{`])("%s isn't closed", (text) => {
  expect(() => evaluate(text, contexts)).toThrow(/^the expression "\$\{\{.*" isn't closed$/);
});

test.each([
  {
    text: "a\nb",
    rows: [
      { line: 1, text: "a" },
      { line: 2, text: "b" },
    ],
  },
  {
    text: `a \${{ x\n|| y }} c\nd`,
    rows: [
      { line: 1, text: `a \${{ x\n|| y }} c` },
      { line: 3, text: "d" },
    ],
  },
  {
    text: `\${{ '}}\n' }}\n\nb`,
    rows: [
      { line: 1, text: `\${{ '}}\n' }}` },
      { line: 3, text: "" },
      { line: 4, text: "b" },
    ],
  },
  {
    text: `a\n\${{ b\nc`,
    rows: [
      { line: 1, text: "a" },
      { line: 2, text: `\${{ b\nc` },
    ],
  },
])("$text has rows with whole expressions", ({ text, rows }) => {
  expect(rowsOf(text)).toEqual(rows);
});

test.each([
  { text: "github.event_name == 'pull_request'", met: false },
  { text: `\${{ github.event_name == 'push' }}`, met: true },
  { text: "always()", met: true },
  { text: "false", met: false },
  { text: `\${{ false }} && true`, met: true },
  { text: "vars.A == 'b'", met: undefined },
  { text: "github.event_name == 'push' && vars.A", met: undefined },
  { text: "no such ( thing", met: undefined },
])("the condition $text is met: $met", ({ text, met }) => {
  const known = { github: { event_name: "push" }, vars: { [others]: notKnown } } as const;
  expect(isMet(text, known)).toBe(met);
});
