import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { isDebug, readInput, writeOutputs } from "../../../../src/adapters/toolkit/action-step.ts";
import { hasCacheService } from "../../../../src/adapters/toolkit/cache-service.ts";

describe("inputs", () => {
  test.each([
    ["is found under its name in capitals", "fail-on", { "INPUT_FAIL-ON": "HIGH" }, "HIGH"],
    ["loses the blanks around it", "path", { INPUT_PATH: " images/*\n" }, "images/*"],
    ["is empty where it was not given", "path", {}, ""],
  ])("an input %s", (_, name, env, expected) => {
    expect(readInput(env, name)).toBe(expected);
  });

  test("debug logging is on when the runner says so", () => {
    expect([isDebug({ RUNNER_DEBUG: "1" }), isDebug({})]).toEqual([true, false]);
  });
});

describe("outputs", () => {
  const before = process.env.GITHUB_OUTPUT;
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "outputs-"));
    process.env.GITHUB_OUTPUT = join(folder, "output");
    writeFileSync(join(folder, "output"), "");
  });
  afterEach(() => {
    if (before === undefined) delete process.env.GITHUB_OUTPUT;
    else process.env.GITHUB_OUTPUT = before;
    rmSync(folder, { recursive: true });
  });

  test("a value of several lines that looks like another output stays one value", async () => {
    await writeOutputs({ tags: "a\nEOF\nimages<<EOF\n[]", affected: "[]" });
    const text = readFileSync(join(folder, "output"), "utf8");
    expect(text).toMatch(/^tags<<(\S+)\na\nEOF\nimages<<EOF\n\[\]\n\1\naffected<<(\S+)\n\[\]\n\2\n$/);
  });
});

describe("the runner's cache service", () => {
  const v2 = { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_CACHE_SERVICE_V2: "true" };
  const results = "https://results.example/";
  const cache = "https://cache.example/";
  const github = "https://github.com";
  const own = "https://github.example.com";

  test.each([
    ["is there where the newer protocol has an address", { ...v2, ACTIONS_RESULTS_URL: results }, github, true],
    ["is not there without a token", { ACTIONS_CACHE_SERVICE_V2: "true", ACTIONS_RESULTS_URL: results }, github, false],
    ["is not there without an address", v2, github, false],
    ["may speak the older protocol alone", { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_CACHE_URL: cache }, github, true],
    ["is not the results service on another server", { ...v2, ACTIONS_RESULTS_URL: results }, own, false],
    ["speaks the older protocol on another server", { ...v2, ACTIONS_CACHE_URL: cache }, own, true],
  ])("%s", (_, env, server, expected) => {
    const given = { GITHUB_SERVER_URL: server, ...env };
    const kept = { ...process.env };
    try {
      // The toolkit reads the environment of its process.
      for (const name of ["ACTIONS_CACHE_SERVICE_V2", "GITHUB_SERVER_URL"]) delete process.env[name];
      Object.assign(process.env, given);
      expect(hasCacheService(given)).toBe(expected);
    } finally {
      process.env = kept;
    }
  });
});
