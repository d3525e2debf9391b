/** What images are called, by rules and inputs: before anything is known of what they take from each other. */
import { describe, expect, test } from "@jest/globals";
import type { ImageName } from "../../../../src/catalog/catalog.ts";
import { ownPlaceTest, placeOfName } from "../../../../src/catalog/names/own-places.ts";
import { readConfig } from "../../../../src/config/config.ts";
import { inputs as specification } from "../../../../src/config/inputs-specification.ts";
import { throwProblems } from "../../../../src/errors.ts";
import { repository } from "../../../../src/model/reference.ts";
import { commit } from "../../../../src/model/run-context.ts";
import { type CheckoutTrust, trusted } from "../../../../src/model/trust.ts";
import { readImageSettings } from "../../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../../src/settings/run-inputs.ts";
import { type NamingRules, namesOf, ownPlacesOf } from "../../../../src/stages/analyze/name-images.ts";
import { context, pullRequest, type Situation } from "../../tags/facts.ts";

interface Case extends Omit<Situation, "facts" | "name" | "names"> {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly trust?: CheckoutTrust;
}

async function rulesOf({ inputs = {}, config = "", trust = trusted, ...situation }: Case): Promise<NamingRules> {
  const raw = { ...Object.fromEntries(specification.map(({ name }) => [name, ""])), ...inputs };
  const { inputs: read, problems } = readRunInputs(raw as Parameters<typeof readRunInputs>[0], {});
  const { config: said, problems: wrong } = await readConfig(config, ".github/image-publish.yml");
  throwProblems([...problems, ...wrong]);
  const { settingsOf, unreadNames } = await readImageSettings(said, read);
  const run = {
    context: { ...context(situation), owner: "o", repo: "r" },
    commitDate: new Date("2026-06-10T22:30:00Z"),
    isAtEvent: true,
    gitTags: new Set<string>(),
    trust,
  };
  return { run, settingsOf, unreadNames, unpublished: new Set() };
}

const dockerfile = (name: string): ImageName => ({ name, publicName: name, variant: "dockerfile" });
const nix: ImageName = { name: "app-nix", publicName: "app", variant: "nix" };
const onMain: Case = { ref: "refs/heads/main" };

describe("places", () => {
  test.each<{ when: string; given: Partial<Case>; image?: ImageName; isRoot?: boolean; are: object }>([
    { when: "by default on the forge's registry", given: {}, are: { knownAs: ["ghcr.io/o/r/app"], aliases: [] } },
    { when: "of the root without a name", given: {}, isRoot: true, are: { knownAs: ["ghcr.io/o/r"] } },
    { when: "of both variants the same", given: {}, image: nix, are: { knownAs: ["ghcr.io/o/r/app"] } },
    {
      when: "where the input says, in its order",
      given: { inputs: { images: "docker.io/o/{{name}}\nquay.io/o/{{name}}" } },
      are: { knownAs: ["docker.io/o/app", "quay.io/o/app"] },
    },
    {
      when: "of other runs apart",
      given: { inputs: { images: "ghcr.io/o/{{name}}\nname=quay.io/o/{{name}},enable={{is_release}}" } },
      are: { knownAs: ["ghcr.io/o/app"], unpushed: ["quay.io/o/app"] },
    },
    {
      when: "with aliases",
      given: { inputs: { aliases: "ghcr.io/up/{{name}}" } },
      are: { knownAs: ["ghcr.io/o/r/app"], aliases: ["ghcr.io/up/app"] },
    },
    {
      when: "of an entry of its own",
      given: { config: "images: {app: {images: quay.io/own/app}}" },
      are: { knownAs: ["quay.io/own/app"] },
    },
  ])("are $when", async ({ given, image = dockerfile("app"), isRoot = false, are }) => {
    expect(namesOf(image, isRoot, await rulesOf({ ...onMain, ...given }))).toMatchObject({ ...are, problems: [] });
  });

  test("that no registry takes are problems, and what is written there is kept", async () => {
    const rules = await rulesOf({ ...onMain, inputs: { images: "ghcr.io/o/{{name}}\nghcr.io/O R/{{name}}" } });
    const { knownAs, problems, unread } = namesOf(dockerfile("app"), false, rules);
    expect(knownAs).toEqual(["ghcr.io/o/app"]);
    expect(problems).toHaveLength(1);
    expect(unread).toEqual(["ghcr.io/O R/{{name}}"]);
  });
});

describe("tags that follow the run", () => {
  const untrusted: CheckoutTrust = {
    kind: "untrusted",
    why: "it is a fork's",
    head: commit("a".repeat(40)),
    pullRequest: undefined,
  };

  test.each<{ when: string; given: Case; image?: ImageName; are: readonly string[] }>([
    { when: "a branch", given: { ref: "refs/heads/main" }, are: ["latest", "main"] },
    { when: "another branch", given: { ref: "refs/heads/x" }, are: ["latest", "main", "x"] },
    { when: "a release", given: { ref: "refs/tags/v1.2.3" }, are: ["1", "1.2", "latest", "main"] },
    { when: "the Nix variant", given: onMain, image: nix, are: ["latest-nix", "main-nix"] },
    {
      when: "rules of the user's",
      given: { ...onMain, inputs: { tags: "type=raw,value=edge" } },
      are: ["edge", "latest"],
    },
    {
      when: "an untrusted checkout, as the default branch's",
      given: { ...onMain, trust: untrusted },
      are: ["latest", "main"],
    },
  ])("of $when", async ({ given, image = dockerfile("app"), are }) => {
    const { tags } = namesOf(image, false, await rulesOf(given));
    const meant = "value" in tags ? [...tags.value.moving, ...tags.value.usual] : [];
    expect([...new Set(meant)].sort()).toEqual(are);
  });

  test.each<{ when: string; given: Case; are: readonly string[] }>([
    { when: "a push", given: { ...onMain, inputs: { tags: "type=edge" } }, are: [] },
    {
      when: "a push of rules that give one",
      given: { ...onMain, inputs: { tags: "type=sha,prefix=" } },
      are: ["e973f3c"],
    },
    {
      when: "a release",
      given: {
        ref: "refs/tags/v1.2.3",
        inputs: { tags: "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}" },
      },
      are: ["1.2.3"],
    },
    { when: "a pull request, which gives none", given: { ref: "refs/pull/7/merge", trigger: pullRequest(7) }, are: [] },
  ])("exact ones are those of this very event: $when", async ({ given, are }) => {
    const { tags } = namesOf(dockerfile("app"), false, await rulesOf(given));
    expect("value" in tags && [...tags.value.exact]).toEqual(are);
  });

  test("are a problem of the image where a rule is, and no error", async () => {
    const rules = await rulesOf({ ...onMain, inputs: { tags: "type=raw,value=x,enable={{name}}" } });
    expect(namesOf(dockerfile("app"), false, rules).tags).toMatchObject({ problem: expect.any(Error) });
  });
});

test("own places are those of any name, of the root, and the repository's on the forge", async () => {
  const rules = await rulesOf({ ...onMain, inputs: { images: "docker.io/acme/r-{{name}}" } });
  const places = ownPlacesOf("r", rules);
  const isOwn = ownPlaceTest(places);
  const own = ["docker.io/acme/r-web", "docker.io/acme/r-r", "ghcr.io/o/r", "ghcr.io/o/r/x"];
  const others = ["docker.io/acme/web", "docker.io/library/debian", "ghcr.io/o/other"];
  expect([...own, ...others].filter((each) => isOwn(repository(each)))).toEqual(own);
  expect(placeOfName("Web", places)).toBe("docker.io/acme/r-web");
});
