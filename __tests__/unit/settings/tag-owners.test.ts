/** Whose a tag is in a repository of several images. */
import { describe, expect, test } from "@jest/globals";
import type { Variant } from "../../../src/catalog/catalog.ts";
import { repository } from "../../../src/model/reference.ts";
import { tagOwners } from "../../../src/settings/tag-owners.ts";
import { parseFlavor } from "../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";
import { lines } from "../tags/facts.ts";

interface Given {
  readonly name: string;
  readonly publicName?: string;
  readonly variant?: Variant;
  readonly place?: string;
  readonly tags?: string;
  readonly flavor?: string;
}

function ownersIn(all: readonly Given[]): (tag: string) => readonly string[] {
  const images = all.map(({ name, publicName = name, variant = "dockerfile", place = "ghcr.io/o/python" }) => ({
    ...{ name, publicName, variant, knownAs: [repository(place)] },
  }));
  const isOwn = tagOwners(images, (name) => {
    const given = all.find((each) => (each.publicName ?? each.name) === name);
    const { flavor } = parseFlavor(lines(given?.flavor ?? "", "flavor"));
    return { flavor, rules: parseRules(lines(given?.tags ?? "", "tags")).values };
  });
  return (tag) => images.filter((image) => isOwn(image, tag)).map(({ name }) => name);
}

describe("a tag is of the image whose rules put the most text around it", () => {
  const variants = ownersIn([
    { name: "full" },
    { name: "slim", flavor: "suffix=-slim" },
    { name: "cuda", flavor: "prefix=cuda12-" },
    { name: "old", tags: "type=semver,pattern={{version}}-slim-bookworm" },
    { name: "edge", tags: "type=raw,value=nightly" },
  ]);
  test.each([
    ["3.12.1", ["full", "old", "edge"]],
    ["3.12.1-slim", ["slim"]],
    ["cuda12-3.12.1", ["cuda"]],
    ["3.12.1-slim-bookworm", ["old"]],
    ["nightly", ["edge"]],
  ])("%s", (tag, owners) => {
    expect(variants(tag)).toEqual(owners);
  });
});

test("variants of one image are told apart by their suffix", () => {
  const owners = ownersIn([{ name: "app" }, { name: "app-nix", publicName: "app", variant: "nix" }]);
  expect([owners("1.2.3"), owners("1.2.3-nix")]).toEqual([["app"], ["app-nix"]]);
});

test("an image that shares no repository owns every tag", () => {
  const owners = ownersIn([
    { name: "app", tags: "type=raw,value=edge" },
    { name: "web", place: "ghcr.io/o/web" },
  ]);
  expect(owners("1.2.3-whatever")).toEqual(["app", "web"]);
});
