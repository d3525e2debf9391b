/** Parents that a run doesn't build, looked up in their registries where nothing else is asked. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import { type Repository, repository } from "../../../../src/model/reference.ts";
import { type CheckoutTrust, trusted } from "../../../../src/model/trust.ts";
import { RegistryError, type RegistryErrorCode } from "../../../../src/oci/registry/registry-error.ts";
import { publishedParents } from "../../../../src/stages/plan/published-parents.ts";
import { parseFlavor } from "../../../../src/tags/rules/flavor.ts";
import { parseRules } from "../../../../src/tags/rules/parse-rules.ts";
import { catalogOf } from "../../changes/catalog-of.ts";
import { context, pullRequest, sha } from "../../tags/facts.ts";

const repositoryOf = (name: string) => repository(`ghcr.io/o/r/${name}`);
const { images } = catalogOf(
  { name: "base", repositories: [repositoryOf("base")] },
  { name: "other", repositories: [repositoryOf("other")] },
  { name: "local" },
);
const fork: CheckoutTrust = { kind: "untrusted", why: "a fork wrote it", head: sha, pullRequest: 7 };

interface Situation {
  /** What tags name, by `repository:tag`; errors are thrown. */
  readonly held?: Readonly<Record<string, string | Error>>;
  readonly push?: boolean;
  readonly trust?: CheckoutTrust;
}

async function found({ held = {}, push = false, trust = trusted }: Situation) {
  const asked: string[] = [];
  const registry = {
    head: async (each: Repository, tag: string) => {
      asked.push(`${each}:${tag}`);
      const there = held[`${each}:${tag}`];
      if (there instanceof Error) throw there;
      return there === undefined ? undefined : digestOf(there);
    },
  };
  const run = {
    context: context({ ref: "refs/pull/7/merge", trigger: pullRequest(7) }),
    ...{ trust, isAtEvent: true, commitDate: new Date(0), gitTags: new Set<string>() },
  };
  const rules = { rules: parseRules([]).values, flavor: parseFlavor([]).flavor, labels: [], annotations: [] };
  const sources = { names: images.map(({ name }) => name), facts: new Map(), rulesOf: () => rules };
  const result = await publishedParents(images, run, { sources, registry: registry as never, push });
  return { ...result, asked };
}

const refusal = (code: RegistryErrorCode, message = `it answered ${code}`) =>
  new RegistryError(code, message, { hint: "look at it" });

test("they are looked up by the tags that the base branch moves, and one that is there has its digest", async () => {
  const { digests, remarks, asked } = await found({ held: { "ghcr.io/o/r/base:main": "base" } });
  expect([...digests]).toEqual([["base", digestOf("base")]]);
  expect(remarks).toEqual([]);
  expect(asked).toContain("ghcr.io/o/r/other:main");
  expect(asked.filter((each) => each.includes("local"))).toEqual([]);
});

describe("a registry that can't be asked", () => {
  test("of a run that pushes nothing is a remark, and the parent is built too", async () => {
    const { digests, remarks, unclear } = await found({
      held: { "ghcr.io/o/r/base:main": refusal("unavailable"), "ghcr.io/o/r/other:main": "other" },
    });
    expect([...digests.keys()]).toEqual(["other"]);
    expect(unclear.size).toBe(0);
    expect(remarks).toEqual([
      {
        message: "ghcr.io/o/r/base can't be queried, so base is built too: it answered unavailable",
        hint: "look at it",
      },
    ]);
  });

  test("for several images is one remark", async () => {
    const error = refusal("unavailable");
    const { remarks } = await found({ held: { "ghcr.io/o/r/base:main": error, "ghcr.io/o/r/other:main": error } });
    expect(remarks.map(({ message }) => message)).toEqual([expect.stringMatching(/^2 images are built too/)]);
  });

  test.each<Situation & { readonly when: string }>([
    { when: "of a run that pushes", push: true, held: { "ghcr.io/o/r/base:main": refusal("unavailable") } },
    { when: "as the workflow has to name its host", held: { "ghcr.io/o/r/base:main": refusal("unnamed") } },
    { when: "by a defect of ours", held: { "ghcr.io/o/r/base:main": new TypeError("undefined") } },
  ])("$when is an error", async (situation) => {
    await expect(found(situation)).rejects.toThrow(Error);
  });

  test("as the workflow has to name its host is none to who sends code from a fork", async () => {
    const { remarks } = await found({ trust: fork, held: { "ghcr.io/o/r/base:main": refusal("unnamed") } });
    expect(remarks).toHaveLength(1);
  });
});

test("an answer that leaves open what is published is a problem of that image alone, where the run pushes", async () => {
  const held = { "ghcr.io/o/r/base:main": refusal("invalid"), "ghcr.io/o/r/other:main": "other" };
  const { digests, unclear } = await found({ push: true, held });
  expect([...unclear.keys()]).toEqual(["base"]);
  expect(unclear.get("base")).toBeInstanceOf(UserError);
  expect([...digests.keys()]).toEqual(["other"]);
  expect((await found({ held })).remarks).toHaveLength(1);
});
