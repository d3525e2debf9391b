/** What holds for an image when several places speak of it. */
import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/config.ts";
import { type InputName, inputs, type RawInputs } from "../../../src/config/inputs-specification.ts";
import { formatLocation } from "../../../src/errors.ts";
import { readImageSettings } from "../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";

type Given = Partial<Record<InputName, string>>;

async function settings(config: string, given: Given = {}) {
  const raw = Object.fromEntries(inputs.map(({ name }) => [name, given[name] ?? ""])) as RawInputs;
  const { config: read } = await readConfig(config, ".github/image-publish.yml");
  return readImageSettings(read, readRunInputs(raw, {}).inputs);
}

const patterns = (rules: readonly { readonly type: string }[]) => rules.map(({ type }) => type);

describe("tags, names, cache and provenance are of the first who says something", () => {
  const own =
    "images: {a: {tags: type=sha, images: quay.io/o/a, cache: registry, provenance: false, flavor: suffix=-x}}";
  const defaults = "defaults: {tags: type=edge, images: quay.io/o/d, cache: none, sbom: true}";
  const given = { tags: "type=ref,event=branch", images: "quay.io/o/i", cache: "gha", provenance: "mode=max" };

  test("its own entry", async () => {
    const { settingsOf } = await settings(`${own}\n${defaults}`, given);
    const { rules, names, cache, provenance, sbom, flavor } = settingsOf("a");
    expect([patterns(rules), names[0]?.name.text, cache.kind, provenance, sbom, flavor.suffix.template.text]).toEqual([
      ...[["sha"], "quay.io/o/a", "registry", "false", "true", "-x"],
    ]);
  });

  test("then the inputs", async () => {
    const { settingsOf } = await settings(`${own}\n${defaults}`, given);
    const { rules, names, cache, provenance, sbom, flavor } = settingsOf("b");
    expect([patterns(rules), names[0]?.name.text, cache.kind, provenance, sbom, flavor.suffix.template.text]).toEqual([
      ...[["ref"], "quay.io/o/i", "gha", "mode=max", "true", ""],
    ]);
  });

  test("then the file's defaults", async () => {
    const { settingsOf } = await settings(`${own}\n${defaults}`);
    const { rules, names, cache, provenance } = settingsOf("b");
    expect([patterns(rules), names[0]?.name.text, cache.kind, provenance]).toEqual([
      ...[["edge"], "quay.io/o/d", "none", undefined],
    ]);
  });

  test("and where nobody speaks, what is usual", async () => {
    const { settingsOf } = await settings("");
    const { rules, names, cache } = settingsOf("b");
    expect([patterns(rules).includes("semver"), names, cache]).toEqual([true, [], { kind: "auto", from: [], to: [] }]);
  });

  test.each(["cache-from", "cache-to"])("docker's own lines of %s are enough to say what the cache is", async (key) => {
    const { settingsOf } = await settings(`images: {a: {${key}: [type=s3]}}`, { cache: "gha" });
    const { cache } = settingsOf("a");
    expect([cache.kind, cache.from.length + cache.to.length]).toEqual(["auto", 1]);
    expect(settingsOf("b").cache.kind).toBe("gha");
  });

  test("docker's own cache lines of an image leave the input's kind out", async () => {
    const { settingsOf } = await settings("images: {a: {cache-from: [type=s3]}}", { cache: "gha" });
    expect(settingsOf("a").cache).toEqual({
      kind: "auto",
      from: [{ type: "s3", attributes: new Map(), isInput: false }],
      to: [],
    });
  });
});

test("labels and annotations add up, the image's own last, its bake file's before", async () => {
  const config = "images: {a: {labels: {a: own}, annotations: ['index:x=own']}}\ndefaults: {labels: {d: default}}";
  const { settingsOf } = await settings(config, { labels: "i={{name}}" });
  const { labels, annotations } = settingsOf("a", { labels: { b: "{{bake}}" }, annotations: ["y=bake"] });
  expect(labels.map(({ key, value }) => `${key.text}=${value.text}`)).toEqual([
    ...["d=default", "i={{name}}", "b={{bake}}", "a=own"],
  ]);
  // An expression of another language is a text in ours.
  expect(labels[2]?.value.parts).toEqual(["{{bake}}"]);
  expect(annotations.map(({ levels, key }) => [levels, key.text])).toEqual([
    [undefined, "y"],
    [["index"], "x"],
  ]);
});

test("what is wrong with a rule, a name or a label is told with its line, all at once", async () => {
  const config =
    "images:\n  a:\n    tags: |\n      type=sha\n      type=shaa\n    labels: {'{{x}}': y}\ndefaults:\n  images: 'a b'\n  flavor: latest=maybe\n";
  const { problems } = await settings(config);
  expect(problems.map(({ at, message }) => `${at && formatLocation(at)} ${message}`).sort()).toEqual([
    expect.stringMatching(/^\.github\/image-publish\.yml:5:7 "tags": .*shaa/),
    expect.stringMatching(/^\.github\/image-publish\.yml:6:14 "labels": /),
    expect.stringMatching(/^\.github\/image-publish\.yml:9:11 "flavor": latest=maybe/),
  ]);
});
