/** Which findings count and are reported for an image, and which files say that some are none. */
import { describe, expect, test } from "@jest/globals";
import type { Image } from "../../../src/catalog/catalog.ts";
import { readConfig } from "../../../src/config/config.ts";
import { type InputName, inputs, type RawInputs } from "../../../src/config/inputs-specification.ts";
import { formatLocation, Problems, UserError } from "../../../src/errors.ts";
import { readImageSettings } from "../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";
import { scanOptions } from "../../../src/settings/scan-settings.ts";

type Given = Partial<Record<InputName, string>>;

function readInputs(given: Given) {
  const raw = Object.fromEntries(inputs.map(({ name }) => [name, given[name] ?? ""])) as RawInputs;
  return readRunInputs(raw, {});
}

async function scanOf(name: string, config: string, given: Given = {}) {
  const { config: read } = await readConfig(config, ".github/image-publish.yml");
  return (await readImageSettings(read, readInputs(given).inputs)).settingsOf(name).scan;
}

describe("the rules of an image", () => {
  const usual = {
    severity: new Set(["CRITICAL", "HIGH"]),
    failOn: new Set(["CRITICAL"]),
    failOnSecrets: false,
    ignoreUnfixed: true,
    gate: "no-worse",
  };

  test.each<[string, string, Given, object]>([
    ["where nobody says anything", "", {}, usual],
    [
      "severities in any case, separated by commas or lines",
      "",
      { severity: "critical, High\nmedium" },
      {
        ...usual,
        severity: new Set(["CRITICAL", "HIGH", "MEDIUM"]),
      },
    ],
    ["nothing counts with none", "", { "fail-on": "none" }, { ...usual, failOn: new Set() }],
    ["secrets alone count", "", { "fail-on": "secrets" }, { ...usual, failOn: new Set(), failOnSecrets: true }],
    ["secrets count beside severities", "", { "fail-on": "critical,secrets" }, { ...usual, failOnSecrets: true }],
    [
      "the input goes before the file's defaults",
      "defaults: {gate: strict, fail-on: HIGH}",
      { gate: "no-worse" },
      {
        ...usual,
        failOn: new Set(["HIGH"]),
      },
    ],
    [
      "the image's entry goes before the input, each setting by itself",
      "images: {a: {fail-on: [high, critical], ignore-unfixed: false}}",
      { "fail-on": "none", gate: "strict" },
      { ...usual, failOn: new Set(["CRITICAL", "HIGH"]), ignoreUnfixed: false, gate: "strict" },
    ],
  ])("%s", async (_, config, given, rules) => {
    const scan = await scanOf("a", config, given);
    expect(scan.rules).toEqual(rules);
  });

  test.each<[string, string, Given, boolean]>([
    ["every image is scanned", "", {}, true],
    ["but not where the input says so", "", { scan: "false" }, false],
    ["unless its entry says otherwise", "images: {a: {scan: true}}", { scan: "false" }, true],
    ["nor where its entry says so", "images: {a: {scan: false}}", {}, false],
  ])("%s", async (_, config, given, isWanted) => {
    expect((await scanOf("a", config, given)).isWanted).toBe(isWanted);
  });
});

describe("what is wrong is told with its place", () => {
  test.each<[string, Given, string, string]>([
    [
      "a slip in a severity",
      { severity: "CRITICAL,HIHG" },
      '"severity", line 1: "HIHG" isn\'t a valid severity',
      '"HIGH"?',
    ],
    ["a word that fail-on has not", { "fail-on": "CRITICAL\nsecret" }, '"fail-on", line 2: "secret"', '"secrets"?'],
    ["none beside others", { "fail-on": "CRITICAL,none" }, '"none" is combined with other values', "leave it out"],
  ])("%s", (_, given, message, hint) => {
    const { problems } = readInputs(given);
    expect(problems.map((each) => [each.message, each.hint])).toEqual([
      [expect.stringContaining(message), expect.stringContaining(hint)],
    ]);
  });

  test("in the config file by its line", async () => {
    const { config } = await readConfig("images:\n  a:\n    severity:\n      - HIGH\n      - bad, worse\n", "c.yml");
    const { problems } = await readImageSettings(config, readInputs({}).inputs);
    expect(problems.map(({ at }) => at && formatLocation(at))).toEqual(["c.yml:5:9", "c.yml:5:9"]);
  });
});

describe("files that say which findings are none", () => {
  const image = (directory: string, context: string, dockerfilePath: string) =>
    ({ variant: "dockerfile", directory, context, dockerfilePath }) as Image;
  const checkout = (...paths: string[]) => ({
    workspace: "/repo",
    files: { read: async (path: string) => (paths.includes(path) ? new Uint8Array() : undefined) },
  });

  test("those of the root, the context and the Dockerfile's folder all hold", async () => {
    const there = checkout("/repo/.trivyignore", "/repo/src/.trivyignore", "/repo/images/a/.trivyignore.yaml");
    const { ignoreFiles } = await scanOptions(
      image("images/a", "src", "images/a/Dockerfile"),
      { ignoreFiles: undefined, vex: [] },
      there,
    );
    expect(ignoreFiles).toEqual(["/repo/.trivyignore", "/repo/src/.trivyignore", "/repo/images/a/.trivyignore.yaml"]);
  });

  test("another image's do not", async () => {
    const there = checkout("/repo/images/b/.trivyignore");
    const options = await scanOptions(
      image("images/a", "images/a", "images/a/Dockerfile"),
      { ignoreFiles: undefined, vex: [] },
      there,
    );
    expect(options).toEqual({ ignoreFiles: [], vex: [] });
  });

  const config = "images: {a: {trivyignores: [ok/ignore.yaml], vex: vex.json}}";

  test("named ones stand in place of the usual", async () => {
    const there = checkout("/repo/.trivyignore", "/repo/ok/ignore.yaml", "/repo/vex.json");
    const options = await scanOptions(image("a", "a", "a/Dockerfile"), await scanOf("a", config), there);
    expect(options).toEqual({ ignoreFiles: ["/repo/ok/ignore.yaml"], vex: ["/repo/vex.json"] });
  });

  test("named ones that are not there are an error, all at once", async () => {
    const reading = scanOptions(image("a", "a", "a/Dockerfile"), await scanOf("a", config), checkout());
    const error: unknown = await reading.catch((each: unknown) => each);
    const problems = error instanceof Problems ? error.problems : [];
    expect(problems.map(({ message }) => message)).toEqual(["ok/ignore.yaml is not there", "vex.json is not there"]);
    expect(problems.every((each) => each instanceof UserError && each.at?.line === 1)).toBe(true);
  });
});
