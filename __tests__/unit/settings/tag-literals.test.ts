import { expect, test } from "@jest/globals";
import { tagLiterals } from "../../../src/settings/tag-literals.ts";
import { parseFlavor } from "../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";

interface Row {
  readonly rule?: string;
  readonly flavor?: string;
  readonly image?: { readonly variant?: "nix" };
  readonly literals: readonly (readonly string[])[];
}

const lines = (text: string) => (text === "" ? [] : [{ text, input: "tags", line: 1 } as const]);
const semver = "type=semver,pattern={{version}}";

test.each<Row>([
  { rule: `${semver},suffix=-17`, literals: [["", "-17"]] },
  { rule: `${semver}-sles15-sp4`, literals: [["", "-sles15-sp4"]] },
  { rule: "type=semver,pattern=v{{version}}", literals: [] },
  { rule: "type=semver,pattern={{major}}.{{minor}}-3.11", literals: [["", "-3.11"]] },
  { rule: "type=raw,value={{version}}-17-{{sha}}", literals: [["", "-17-", ""]] },
  { rule: "type=raw,value=1.3.0,suffix=-21", literals: [["", "-21"]] },
  { rule: "type=match,pattern=v(.*),group=1,prefix=jdk17-", literals: [["jdk17-", ""]] },
  { rule: "type=raw,value=latest", literals: [] },
  { rule: semver, flavor: "suffix=-jdk21", literals: [["", "-jdk21"]] },
  { rule: `${semver},suffix=`, flavor: "suffix=-a10", literals: [["", "-a10"]] },
  { rule: semver, flavor: "prefix=web-,suffix=-dev", literals: [["web-", "-dev"]] },
  { rule: semver, image: { variant: "nix" }, literals: [["", "-nix"]] },
  { flavor: "suffix=-{{sha}}", literals: [] },
  ...["-r41", "-24f7512", "-20260102", "-build.41", "-sha-0a1b2c3", "-ci-7", "-2026-01-02"].map((text) => ({
    flavor: `suffix=${text}`,
    literals: [],
  })),
])("$rule with $flavor: $literals", ({ rule = semver, flavor = "", image = {}, literals }) => {
  const parsed = { flavor: parseFlavor(lines(flavor)).flavor, rules: parseRules(lines(rule)).values };
  expect(tagLiterals({ name: "app", publicName: "app", variant: "dockerfile", ...image }, parsed)).toEqual(literals);
});
