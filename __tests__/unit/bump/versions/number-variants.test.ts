/** Numbers that the registry's tags, or the rules, show to be the name of a variant: a pin keeps them. */
import { describe, expect, test } from "@jest/globals";
import { chooseVersion } from "../../../../src/bump/versions/choose-version.ts";
import { styleOfTags } from "../../../../src/bump/versions/style-of-tags.ts";
import type { TagLiterals } from "../../../../src/bump/versions/tag-form.ts";
import { published } from "../published.ts";

interface Row {
  readonly held: string;
  /** In one text, parted by blanks. */
  readonly now: string;
  readonly listed?: string;
  readonly literals?: readonly TagLiterals[];
  readonly taken: string;
}

async function taken({ held, now, listed = "", literals }: Row): Promise<string> {
  const tags = now.split(" ");
  const known = await styleOfTags([...listed.split(" "), held, ...tags]);
  const version = { ...published({ tags }), style: { ...known, ...(literals && { literals }) } };
  const choice = chooseVersion({ tag: held, digest: undefined }, [version]);
  return choice.kind === "move" ? (choice.tag ?? "") : choice.kind;
}

describe("by the registry's tags", () => {
  test.each<Row>([
    { held: "1.2.0-17", now: "1.3.0-21", listed: "1.2.0-21", taken: "not-newer" },
    { held: "1.2.0-17", now: "1.3.0-17 1.3.0-21", listed: "1.2.0-21", taken: "1.3.0-17" },
    { held: "1.2.0-3.11", now: "1.3.0-3.12", listed: "1.2.0-3.12", taken: "not-newer" },
    { held: "1.2.0-3.11", now: "1.3.0-3.11 1.3.0-3.12", taken: "1.3.0-3.11" },
    { held: "1.2.0-3.11", now: "1.3.0-3.12", taken: "ambiguous" },
    { held: "1.2.0-17", now: "1.3.0-22", listed: "1.2.0-21", taken: "ambiguous" },
    { held: "1.2.0-20-alpine3.20", now: "1.3.0-22-alpine3.20", listed: "1.2.0-22-alpine3.20", taken: "not-newer" },
    { held: "17-20260610", now: "21-20260611", listed: "21-20260610", taken: "not-newer" },
    { held: "17-20260610", now: "17-20260611 21-20260611", listed: "21-20260610", taken: "17-20260611" },
    { held: "17-24f7512", now: "21-0a1b2c3", listed: "21-24f7512 17-0a1b2c3", taken: "not-newer" },
    { held: "24f7512-17", now: "0a1b2c3-21", listed: "24f7512-21", taken: "not-newer" },
    {
      held: "v1.2.0-17-24f7512",
      now: "v1.3.0-0a1b2c3",
      listed: "v1.2.0-21-24f7512 v1.1.0-17-1a1b2c3",
      taken: "not-newer",
    },
    { held: "1.2.0-2022", now: "1.3.0-2025", listed: "1.2.0-2025", taken: "not-newer" },
    { held: "8.3.1-1.2.0", now: "8.4.1-1.3.0", taken: "ambiguous" },
    { held: "1.2.0-sles15-sp4", now: "1.3.0-sles15-sp5", taken: "not-newer" },
    { held: "1.2.0-sles15-sp4", now: "1.3.0-sles15-sp4 1.3.0-sles15-sp5", taken: "1.3.0-sles15-sp4" },
    { held: "1.2.0-sp4", now: "1.3.0-sp5", listed: "1.2.0-sp5", taken: "not-newer" },
    { held: "1.2.0-u22.04", now: "1.3.0-u24.04", taken: "not-newer" },
    { held: "1.2.0-r4.2", now: "1.3.0-r4.3", taken: "not-newer" },
    { held: "1.2.0-r4.2", now: "1.3.0-r4.2 1.3.0-r4.3", taken: "1.3.0-r4.2" },
    { held: "1.2.0-release-9", now: "1.3.0-release-10", listed: "1.2.0-release-10", taken: "not-newer" },
    { held: "1.2.0-version-17", now: "1.3.0-version-21", listed: "1.2.0-version-21", taken: "not-newer" },
    { held: "1.2.0-a10", now: "1.3.0-a100", listed: "1.2.0-a100", taken: "not-newer" },
    { held: "1.2.0-a10", now: "1.3.0", listed: "1.2.0", taken: "not-newer" },
    { held: "1.2.0-b200", now: "1.3.0", listed: "1.2.0", taken: "not-newer" },
    { held: "1.2.0-m1", now: "1.3.0", listed: "1.2.0", taken: "ambiguous" },
    { held: "1.2.0-m1", now: "1.3.0-m2", listed: "1.2.0 1.2.0-m2", taken: "ambiguous" },
    { held: "1.3.0-rc.1-17", now: "1.3.0", listed: "1.2.0-17 1.2.0-21 1.3.0-21", taken: "not-newer" },
    { held: "1.3.0-rc.1-17", now: "1.3.0 1.3.0-17 1.3.0-21", listed: "1.2.0-17", taken: "1.3.0-17" },
    { held: "1.3.0-rc.1-17", now: "1.3.0", taken: "not-newer" },
    { held: "1.3.0-rc.1-3.11", now: "1.3.0", taken: "not-newer" },
    { held: "1.3.0-rc.1-3.11", now: "1.3.0 1.3.0-3.11", taken: "1.3.0-3.11" },
  ])("a variant's: $held, published $now beside $listed: $taken", async (row) => {
    expect(await taken(row)).toBe(row.taken);
  });

  test.each<Row>([
    { held: "1.2.3-4", now: "1.2.3-5", taken: "1.2.3-5" },
    { held: "1.2.3-1", now: "1.2.4-1", taken: "1.2.4-1" },
    { held: "1.2.3-2", now: "1.2.4-1", listed: "1.2.3-1", taken: "1.2.4-1" },
    { held: "1.2.3-40", now: "1.3.0-42", listed: "1.2.2-31", taken: "1.3.0-42" },
    { held: "1.2.3-sp1", now: "1.2.3-sp2", taken: "1.2.3-sp2" },
    { held: "2026-06-10", now: "2026-07-10", listed: "2026-06-11", taken: "2026-07-10" },
    { held: "1.2.0-2026-06-10", now: "1.3.0-2026-07-10", listed: "1.2.0-2026-06-11", taken: "1.3.0-2026-07-10" },
    { held: "1.3.0a1", now: "1.3.0", listed: "1.2.0 1.2.0a1", taken: "1.3.0" },
    { held: "1.3.0-b2", now: "1.3.0", listed: "1.3.0-b1", taken: "1.3.0" },
    { held: "1.3.0-m1", now: "1.3.0-m2", listed: "1.2.0 1.2.0-m1", taken: "1.3.0-m2" },
    { held: "1.3.0-rc.1", now: "1.3.0", listed: "1.2.0 1.2.0-rc.1", taken: "1.3.0" },
    { held: "1.3.0-beta-2-alpine", now: "1.3.0-alpine", taken: "1.3.0-alpine" },
    { held: "1.3.0-rc.1.2", now: "1.3.0", taken: "1.3.0" },
    ...[
      "r",
      "rev",
      "revision",
      "build",
      "bld",
      "p",
      "pl",
      "patch",
      "post",
      "hotfix",
      "fix",
      "run",
      "ls",
      "iteration",
    ].map((word) => ({ held: `1.2.0-${word}4`, now: `1.2.0-${word}5`, taken: `1.2.0-${word}5` })),
    ...["sp", "sr", "rel", "release", "u", "update", "ver", "version"].map((word) => ({
      held: `1.2.0-${word}.4`,
      now: `1.2.0-${word}.5`,
      taken: `1.2.0-${word}.5`,
    })),
    ...[
      "main",
      "master",
      "trunk",
      "develop",
      "edge",
      "stable",
      "latest",
      "staging",
      "stage",
      "prod",
      "production",
      "ci",
      "pr",
    ].map((word) => ({ held: `${word}-41`, now: `${word}-42`, taken: `${word}-42` })),
  ])("one that counts: $held, published $now beside $listed: $taken", async (row) => {
    expect(await taken(row)).toBe(row.taken);
  });
});

describe("by the rules", () => {
  const ends = (text: string): readonly TagLiterals[] => [["", text]];
  test.each<Row>([
    { held: "1.2.0-17", now: "1.3.0-21", listed: "1.2.0-21", literals: ends("-21"), taken: "not-newer" },
    { held: "1.2.0-17", now: "1.3.0-21", literals: ends("-21"), taken: "ambiguous" },
    { held: "1.2.0-3.11", now: "1.3.0-3.12", literals: ends("-3.12"), taken: "not-newer" },
    { held: "1.2.0-sles15-sp4", now: "1.3.0-sles15-sp5", literals: ends("-sles15-sp5"), taken: "not-newer" },
    { held: "1.2.0-a10", now: "1.3.0-a100", literals: ends("-a100"), taken: "not-newer" },
    { held: "1.2.0-a100", now: "1.3.0-a100", literals: ends("-a100"), taken: "1.3.0-a100" },
    { held: "1.2.0-17", now: "1.3.0-17 1.3.0-21", literals: [...ends("-17"), ...ends("-21")], taken: "1.3.0-17" },
    {
      held: "v1.2.0-17-24f7512",
      now: "v1.3.0-21-0a1b2c3",
      listed: "v1.2.0-21-24f7512",
      literals: [["", "-21-", ""]],
      taken: "not-newer",
    },
    { held: "v1.2.0-21-24f7512", now: "v1.3.0-21-0a1b2c3", literals: [["", "-21-", ""]], taken: "v1.3.0-21-0a1b2c3" },
    { held: "8.3.1-1.2.0", now: "8.3.1-1.3.0", literals: [["8.3.1-", ""]], taken: "8.3.1-1.3.0" },
    { held: "8.3.1-1.2.0", now: "8.4.1-1.3.0", literals: [["8.4.1-", ""]], taken: "not-newer" },
    { held: "1.3.0-alpine-rc.1", now: "1.3.0-alpine", literals: ends("-alpine"), taken: "1.3.0-alpine" },
    { held: "1.3.0-rc.1-alpine", now: "1.3.0-alpine", literals: ends("-alpine"), taken: "1.3.0-alpine" },
    { held: "1.2.0-40", now: "1.3.0-42", listed: "1.1.0-31", literals: ends("-42"), taken: "ambiguous" },
    { held: "40-1.2.0", now: "42-1.3.0", listed: "31-1.1.0", literals: [["42-", ""]], taken: "not-newer" },
  ])("$held, published $now by $literals: $taken", async (row) => {
    expect(await taken(row)).toBe(row.taken);
  });
});
