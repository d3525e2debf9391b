import { describe, expect, test } from "@jest/globals";
import { configPaths, readConfig } from "../../../../src/config/config.ts";
import { bumpSettings, imageSettings, sharedSettings, wholeSettings } from "../../../../src/config/config-schema.ts";
import { inputs } from "../../../../src/config/inputs-specification.ts";
import { GitFailure } from "../../../../src/git/git-command.ts";
import { ignoredRemarks, loadMixedConfig, mixedConfig } from "../../../../src/run/checkout/untrusted-config.ts";
import {
  bakeOrigins,
  bumpOrigins,
  imageOrigins,
  inputOrigins,
  wholeOrigins,
} from "../../../../src/settings/setting-origins.ts";
import { at } from "../../publish/commits.ts";

async function config(text: string) {
  const { config: read, problems } = await readConfig(text, ".github/image-publish.yml");
  expect(problems).toEqual([]);
  return read;
}

/** A value of each setting, as a file may write it. */
const values: Readonly<Record<string, string>> = {
  platforms: "[linux/amd64]",
  publish: "false",
  "build-args": "{A: x}",
  "build-contexts": "{x: ./x}",
  cache: "registry",
  scan: "false",
  "ignore-unfixed": "false",
  gate: "strict",
  cyclonedx: "true",
  severity: "HIGH",
  "fail-on": "HIGH",
  labels: "[a=b]",
  annotations: "[a=b]",
  depends: "[web]",
  watch: "[x]",
  compression: "zstd",
  network: "host",
};

function entry(setting: string, path = "x"): string {
  return `images: {app: {${setting}: ${values[setting] ?? path}}}`;
}

describe("a setting of an untrusted checkout's file", () => {
  const settings = Object.keys(imageSettings).filter((each) => each !== "dockerfile");
  const originOf = (setting: string) => imageOrigins[setting as keyof typeof imageOrigins];

  test.each(settings.filter((each) => originOf(each) === "any"))("%s counts", async (setting) => {
    const { config: mixed } = mixedConfig(await config(entry(setting)), await config("images: {}"));
    expect(mixed.images[0]?.settings).toHaveProperty([setting]);
  });

  test.each(settings.filter((each) => originOf(each) === "trusted"))("%s doesn't count", async (setting) => {
    const { config: mixed } = mixedConfig(await config(entry(setting)), await config("images: {}"));
    expect(mixed.images[0]?.settings).toEqual({});
  });

  test.each(settings.filter((each) => originOf(each) === "trusted"))("%s is the base's", async (setting) => {
    const base = await config(entry(setting, "base.example"));
    const { config: mixed } = mixedConfig(await config("images: {app: {path: app}}"), base);
    expect(mixed.images[0]?.settings).toMatchObject({ path: "app", ...base.images[0]?.settings });
  });

  test("holds under defaults likewise", async () => {
    const keys = Object.keys(sharedSettings).filter((each) => each !== "dockerfile");
    const shared = keys.map((each) => `${each}: ${values[each] ?? "x"}`);
    const { config: mixed } = mixedConfig(await config(`defaults: {${shared.join(", ")}}`), await config("images: {}"));
    const kept = keys.filter((each) => originOf(each) === "any");
    expect(Object.keys(mixed.defaults).sort()).toEqual(kept.sort());
  });

  test("is the base's for an image that the file has dropped", async () => {
    const base = await config("images: {app: {images: base.example/app, platforms: [linux/arm64]}}");
    const { config: mixed, settingsOnly } = mixedConfig(await config("images: {}"), base);
    expect(mixed.images).toEqual([]);
    expect(settingsOnly).toMatchObject([{ name: "app", settings: { images: [{ text: "base.example/app" }] } }]);
    expect(settingsOnly[0]?.settings).not.toHaveProperty("platforms");
  });

  test("under bump is the base's", async () => {
    const { config: mixed } = mixedConfig(await config("bump: {branch: evil}"), await config("bump: {branch: stable}"));
    expect(mixed.bump).toEqual({ branch: "stable" });
  });
});

test("settings that the file has in vain are named, those that the base has as well are not", async () => {
  const base = await config("defaults: {images: x.example/a}\nimages: {app: {cache: none}}");
  const checkout = await config(
    "bump: {branch: x}\ndefaults: {images: x.example/a, tags: x, labels: [a=b]}\nimages: {app: {cache: registry}, web: {publish: false, path: w}}",
  );
  const mixed = mixedConfig(checkout, base);
  expect(mixed.ignored).toEqual(["bump", "cache", "publish", "tags"]);
  expect(ignoredRemarks(mixed, { base: at(2) })).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^`bump`, `cache`, `publish`, `tags` of .* are ignored/),
    }),
  ]);
  expect(ignoredRemarks(mixedConfig(base, base), { base: at(2) })).toEqual([]);
});

test("every setting has an origin", () => {
  expect(Object.keys(imageOrigins).sort()).toEqual(Object.keys(imageSettings).sort());
  expect(Object.keys(wholeOrigins).sort()).toEqual(Object.keys(wholeSettings).sort());
  expect(Object.keys(bumpOrigins).sort()).toEqual(Object.keys(bumpSettings).sort());
  expect(Object.keys(inputOrigins).sort()).toEqual(inputs.map(({ name }) => name).sort());
});

test("what is read of a bake file describes builds, so that any checkout may say it", () => {
  expect(new Set(Object.values(bakeOrigins))).toEqual(new Set(["any"]));
});

describe("reading the config", () => {
  const file = ".github/image-publish.yml";
  const text = (content: string) => new TextEncoder().encode(content);
  const checkout = {
    read: async (path: string) =>
      path === `/repo/${file}` ? text("defaults: {cache: none, images: evil.example/x}") : undefined,
  };
  const session = (trust: "trusted" | "untrusted", filesAt: () => Promise<ReadonlyMap<string, Uint8Array>>) =>
    ({
      context: { workspace: "/repo" },
      inputs: { settings: { config: undefined } },
      trust:
        trust === "trusted" ? { kind: "trusted" } : { kind: "untrusted", why: "", head: at(1), pullRequest: undefined },
      base: at(2),
      history: { filesAt },
      git: { missing: async () => [] },
    }) as unknown as Parameters<typeof loadMixedConfig>[0];

  test("of a trusted checkout asks nobody", async () => {
    const never = async (): Promise<never> => {
      throw new Error("asked");
    };
    const { config: read } = await loadMixedConfig(session("trusted", never), checkout);
    expect(read.defaults.images).toMatchObject([{ text: "evil.example/x" }]);
  });

  test("of an untrusted one takes what is restricted from the base", async () => {
    const base = new Map([[file, text("defaults: {images: base.example/x}")]]);
    const { config: read } = await loadMixedConfig(
      session("untrusted", async () => base),
      checkout,
    );
    expect(read.defaults).toMatchObject({ images: [{ text: "base.example/x" }] });
    expect(read.defaults).not.toHaveProperty("cache");
  });

  test("of an untrusted one whose base has none leaves the default", async () => {
    const { config: read } = await loadMixedConfig(
      session("untrusted", async () => new Map()),
      checkout,
    );
    expect(read.defaults).toEqual({});
  });

  test("of an untrusted one whose base can't be read is an error", async () => {
    const failing = async (): Promise<never> => {
      throw new GitFailure("git fetch failed: no route", { hint: "" });
    };
    await expect(loadMixedConfig(session("untrusted", failing), checkout)).rejects.toThrow(
      /nothing decides where images/,
    );
  });

  test("of an untrusted one whose base has a mistake names the place of it", async () => {
    const wrong = new Map([[file, text("defaults: {imagse: x}")]]);
    await expect(
      loadMixedConfig(
        session("untrusted", async () => wrong),
        checkout,
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^\.github\/image-publish\.yml of \w{7}, the base .* has a mistake$/),
      hint: "correct .github/image-publish.yml on the base branch",
      at: { file, line: 1 },
    });
  });

  test("looks in the base where it looks in the checkout", () => {
    expect(configPaths(undefined)).toContain(file);
  });
});
