import { describe, expect, test } from "@jest/globals";
import type { Severity } from "../../../../src/model/severity.ts";
import { imageSarif } from "../../../../src/scan/sarif/sarif.ts";
import { gzipped, halved, withinLimits } from "../../../../src/scan/sarif/sarif-limits.ts";
import { scanOf, vulnerability } from "../scans.ts";

const at = { file: "Dockerfile" };

describe("what code scanning takes", () => {
  test("the 5,000 worst of a category, and how many were left out", () => {
    const { upload, dropped } = imageSarif(scanOf("base", { "linux/amd64": many(5003, ["LOW", "HIGH"]) }), at);
    const [run] = upload.runs;
    expect(run?.results).toHaveLength(5000);
    expect(run?.results.filter(({ properties }) => properties.severity === "HIGH")).toHaveLength(2501);
    expect(run?.tool.driver.rules).toHaveLength(5000);
    expect(run?.results.every(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toBe(true);
    expect(dropped).toEqual([{ category: "image-publish/base", results: 3, worst: "LOW" }]);
  });

  test("as many bytes, gzipped, as it takes, with the worst of each run", () => {
    const { upload } = imageSarif(scanOf("base", { "linux/amd64": many(300, ["CRITICAL", "LOW"]) }), at);
    const bytes = gzipped(upload).length / 2;
    const { log, dropped } = withinLimits(upload, bytes);
    expect(gzipped(log).length).toBeLessThan(bytes);
    const kept = log.runs[0]?.results ?? [];
    expect(kept.length).toBeGreaterThan(80);
    expect(kept.slice(0, 80).every(({ properties }) => properties.severity === "CRITICAL")).toBe(true);
    expect(dropped).toEqual([{ category: "image-publish/base", results: 300 - kept.length, worst: expect.anything() }]);
  });

  test("what is within them stays as it is", () => {
    const { upload, dropped } = imageSarif(scanOf("base", { "linux/amd64": many(10, ["LOW"]) }), at);
    expect(withinLimits(upload)).toEqual({ log: upload, dropped: [] });
    expect(dropped).toEqual([]);
  });

  test("half of each run, where less than that is taken", () => {
    const two = { "linux/amd64": many(5, ["HIGH"]), "linux/arm64": many(1, ["HIGH"]) };
    const { upload } = imageSarif(scanOf("base", two), at);
    const { log, dropped } = halved(upload);
    expect(log.runs.map(({ results }) => results.length)).toEqual([0, 2]);
    expect(log.runs.map(({ tool }) => tool.driver.rules.length)).toEqual([0, 2]);
    expect(dropped.map(({ results }) => results)).toEqual([1, 2]);
  });

  test("few tags a rule, and one place a result", () => {
    const [run] = imageSarif(scanOf("base", { "linux/amd64": many(1, ["HIGH"]) }), at).upload.runs;
    expect(run?.tool.driver.rules[0]?.properties.tags.length).toBeLessThanOrEqual(10);
    expect(run?.results[0]?.locations).toHaveLength(1);
  });
});

function many(count: number, among: readonly Severity[]) {
  return Array.from({ length: count }, (_, index) =>
    vulnerability(`CVE-2026-${index}`, { severity: among[index % among.length] ?? "LOW" }),
  );
}
