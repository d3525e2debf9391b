/** Whether the registries take what a run is going to push, asked before anything is built. */
import { describe, expect, test } from "@jest/globals";
import { type Repository, repository } from "../../../../src/model/reference.ts";
import { RegistryError, type RegistryErrorCode } from "../../../../src/oci/registry/registry-error.ts";
import { checkPushRights, isUnnamedHost, oneOfEach } from "../../../../src/stages/plan/push-rights.ts";

const named = (...texts: readonly string[]): readonly Repository[] => texts.map(repository);
const refusal = (code: RegistryErrorCode, message: string) => new RegistryError(code, message, { hint: "log in" });

/** Asks registries, of which some refuse. */
async function asked(
  images: readonly { readonly kind: "build" | "promote" | "skip"; readonly repositories: readonly string[] }[],
  refusals: Readonly<Record<string, RegistryError>> = {},
) {
  const seen: string[] = [];
  const registry = {
    checkPush: async (each: Repository) => {
      seen.push(each);
      const refused = refusals[each.split("/")[0] ?? ""];
      if (refused !== undefined) throw refused;
    },
  };
  const checked = checkPushRights(
    images.map(({ kind, repositories }) => ({ kind, repositories: named(...repositories) })),
    registry,
  );
  const error = await checked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { seen, error };
}

describe("who is asked", () => {
  test("one repository of each registry", async () => {
    const { seen, error } = await asked([
      { kind: "build", repositories: ["ghcr.io/o/a", "quay.io/o/a"] },
      { kind: "promote", repositories: ["ghcr.io/o/b", "localhost:5000/b"] },
    ]);
    expect(seen).toEqual(["ghcr.io/o/a", "quay.io/o/a", "localhost:5000/b"]);
    expect(error).toBeUndefined();
  });

  test("none of an image that stays as it is", async () => {
    expect((await asked([{ kind: "skip", repositories: ["ghcr.io/o/a"] }])).seen).toEqual([]);
  });

  test("another port is another registry", () => {
    const all = named("localhost:5000/a", "localhost:5001/a", "localhost:5000/b");
    expect(oneOfEach(all)).toEqual(["localhost:5000/a", "localhost:5001/a"]);
  });
});

describe("a registry that refuses", () => {
  const images = [{ kind: "build", repositories: ["ghcr.io/o/a", "quay.io/o/a"] }] as const;
  const denied = refusal("denied", "ghcr.io denied it");
  const unnamed = refusal("unnamed", "quay.io requires a login");

  test("is an error, whichever of them it is", async () => {
    expect((await asked(images, { "ghcr.io": denied })).error).toBe(denied);
    expect((await asked(images, { "quay.io": denied })).error).toBe(denied);
  });

  test("for want of a login goes before others, as more of these may be reported", async () => {
    expect((await asked(images, { "ghcr.io": denied, "quay.io": unnamed })).error).toBe(unnamed);
  });

  test.each([
    { error: unnamed, is: true },
    { error: denied, is: false },
    { error: new Error("unnamed"), is: false },
  ])("$error.message: a host that has to be named: $is", ({ error, is }) => {
    expect(isUnnamedHost(error)).toBe(is);
  });
});
