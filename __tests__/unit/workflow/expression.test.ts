import { describe, expect, test } from "@jest/globals";
import { evaluate } from "../../../src/workflow/expression.ts";
import { others, unknown, type Value } from "../../../src/workflow/value.ts";

const contexts: Readonly<Record<string, Value>> = {
  github: {
    [others]: unknown,
    ref: "refs/heads/main",
    ref_name: "main",
    event_name: "push",
    event: { [others]: unknown, number: 7, labels: ["a", "B"], pull_request: null },
  },
  inputs: { push: true, name: "web", count: 3, empty: "" },
  env: { REGISTRY: "ghcr.io" },
  secrets: { [others]: unknown },
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
      expect((error as Error).message).toContain("can't be read");
    }
  }
  expect(performance.now() - started).toBeLessThan(5_000);
});
