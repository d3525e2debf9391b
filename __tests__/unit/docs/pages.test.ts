/** What the pages of docs/ say is what the program does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { tagsPage, withLists } from "../../../scripts/tags-docs.ts";
import { UserError } from "../../../src/errors.ts";
import type { Published } from "../../../src/scan/judge.ts";
import type { Scanned } from "../../../src/scan/scanner.ts";
import { imageOrigins } from "../../../src/settings/setting-origins.ts";
import { build, planOf, promote, skip } from "../report/example.ts";
import {
  amd64,
  arm64,
  judged,
  platformScan,
  published,
  scanned,
  secret,
  usual,
  vulnerability,
} from "../scan/findings.ts";
import { headSha, pullRequest, type Situation, schedule, sha, tags } from "../tags/facts.ts";

const page = (name: string): string => readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");

describe("docs/forks.md", () => {
  test("names the settings that an untrusted checkout doesn't decide", () => {
    const [, row = ""] =
      /decide where images are pushed[^|]*\| ([^|]*?) in its config file are ignored/.exec(page("forks.md")) ?? [];
    const named = [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    const restricted = Object.entries(imageOrigins).filter(([, origin]) => origin === "trusted");
    expect(named.sort()).toEqual([...restricted.map(([name]) => name), "bump"].sort());
  });
});

describe("docs/tags.md", () => {
  test("lists types and expressions as the parser knows them", () => {
    expect(withLists(readFileSync(tagsPage, "utf8"))).toBe(page("tags.md"));
  });

  const events: Readonly<Record<string, Situation>> = {
    "push to `main` (the default branch), schedule": { ref: "refs/heads/main", trigger: schedule },
    "push to `feat/A_b`": { ref: "refs/heads/feat/A_b" },
    "tag `v1.2.3`": { ref: "refs/tags/v1.2.3" },
    "tag `v1.2.3-rc.1`": { ref: "refs/tags/v1.2.3-rc.1" },
    "tag `v0.3.0`": { ref: "refs/tags/v0.3.0" },
    "pull request, with `push: true`": { ref: "refs/pull/9/merge", trigger: pullRequest(9) },
  };
  test.each(Object.entries(events))("the tags without rules: %s", (row, situation) => {
    const cells = page("tags.md").split(`| ${row} | `)[1]?.split(" |\n")[0]?.split(", ");
    const said = cells?.map((cell) =>
      cell === "the commit" ? sha : cell === "its head's commit" ? headSha : cell.replaceAll("`", ""),
    );
    expect(said).toEqual(tags("", situation));
  });

  test.each([...page("tags.md").matchAll(/^ {2}(type=.*)$/gm)].map(([, rule = ""]) => rule))(
    "`%s` is a rule",
    (rule) => {
      expect(() => tags(rule, { ref: "refs/heads/main" })).not.toThrow();
    },
  );
});

describe("docs/plan.md", () => {
  const said = (from: string): string[] =>
    [...(page("plan.md").split(from)[1]?.split("\n\n")[0] ?? "").matchAll(/^\| (`.*?`(?:, `.*?`)*) \|/gm)].flatMap(
      ([, keys = ""]) => keys.replaceAll("`", "").split(", "),
    );

  test("names every key of a plan, in its order", () => {
    const { images: _, ...top } = planOf([]);
    expect(said("| key | |")).toEqual([...Object.keys(top), "images"]);
  });

  const ofBoth = "| key of a `build` or `promote` too | |";
  test.each([
    ["skip", skip("alone"), []],
    ["promote", promote("web"), [ofBoth, "| key of a `promote` alone | |"]],
    ["build", build("web", {}, ["base"]), [ofBoth, "| key of a `build` alone | |"]],
  ])("names every key of a %s", (_, image, more) => {
    const keys = ["| key of an image | |", ...more].flatMap(said);
    expect(keys.sort()).toEqual(Object.keys(image).sort());
  });

  test("names every reason", () => {
    const source = readFileSync(join(import.meta.dirname, "../../../src/model/reason.ts"), "utf8");
    const kinds = [...source.matchAll(/readonly kind: "([\w-]+)"/g)].map(([, kind]) => kind);
    const [, listed = ""] = /each with a `kind` \(([^)]*)\)/.exec(page("plan.md")) ?? [];
    expect(listed.replaceAll("`", "").split(", ")).toEqual(kinds);
  });

  test("names every option of the command line", () => {
    const cli = readFileSync(join(import.meta.dirname, "../../../src/cli.ts"), "utf8");
    const own = /const own = \{([\s\S]*?)\} as const/.exec(cli)?.[1] ?? "";
    for (const [, name] of own.matchAll(/^ {2}(\w+):/gm)) {
      if (name !== "help" && name !== "debug") expect(page("plan.md")).toContain(`\`--${name}`);
    }
  });
});

describe("docs/scanning.md", () => {
  const error = new UserError("it is away", { hint: "run again" });
  const counting = vulnerability("CVE-2026-1");
  const unfixed = { ...counting, fixed: undefined };
  const both = (findings: Parameters<typeof platformScan>[0], other = findings): Scanned =>
    scanned(platformScan(findings, { platform: amd64 }), platformScan(other, { platform: arm64 }));
  const now = (findings: Parameters<typeof platformScan>[0], other = findings): Published =>
    published(platformScan(findings, { of: "p" }), platformScan(other, { of: "p", platform: arm64 }));

  const candidates: Readonly<Record<string, Scanned>> = {
    "no blocking finding": both([]),
    "a blocking finding": both([counting]),
    "a finding without a fix": both([unfixed]),
    "an ignored finding": both([{ ...counting, ignored: { source: "x", statement: undefined } }]),
    "a secret": both([secret("x")]),
    "not been scanned": { kind: "unscanned", error },
  };
  const before: Readonly<Record<string, Published>> = {
    "a blocking finding": now([counting]),
    "the same": now([counting]),
    "the same, without a fix at that time": now([unfixed]),
    "not this finding": now([]),
    "the same, on another platform": now([counting], []),
    "unknown findings": { kind: "unknown", error },
    "not been published yet": { kind: "first" },
  };
  const [, table = ""] = /<!-- policy: .*? -->\n(.*?)<!-- \/policy -->/s.exec(page("scanning.md")) ?? [];
  const rows = [...table.matchAll(/^\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$/gm)].slice(1).map(([, ...cells]) => cells);

  test.each(rows)("a candidate that has %s, and the published one %s", (has, was, ...outcomes) => {
    const [candidate, there] = [candidates[has ?? ""], before[was ?? ""]];
    const told = (["no-worse", "strict"] as const).map((gate) => {
      const scan = candidate && there && judged(candidate, { published: there, rules: { ...usual, gate } });
      if (scan === undefined) return "not known to the test";
      return { blocked: "blocked", "fails-run": "passes, run fails", passed: "passes" }[scan.decision.kind];
    });
    expect(told).toEqual(outcomes);
  });

  test("has rows for all of them", () => {
    expect(rows.map(([has]) => has)).toEqual(expect.arrayContaining(Object.keys(candidates)));
    expect(rows.map(([, was]) => was)).toEqual(expect.arrayContaining(Object.keys(before)));
  });
});
