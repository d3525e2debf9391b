/** GitHub's own examples of payloads: whatever they hold, the context is read or the error is the user's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readContext } from "../../../src/context/read-context.ts";
import { UserError } from "../../../src/errors.ts";
import type { RunContext } from "../../../src/model/run-context.ts";
import { environment } from "./environment.ts";

interface Example {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const file = join(import.meta.dirname, "../../fixtures/github/webhooks.json");
const all: readonly Example[] = JSON.parse(readFileSync(file, "utf8"));

function examplesOf(name: string): readonly Readonly<Record<string, unknown>>[] {
  return all.filter((each) => each.name === name).map(({ payload }) => payload);
}

function read(name: string, payload: unknown, ref = "refs/heads/main"): RunContext {
  const env = environment({ GITHUB_EVENT_NAME: name, GITHUB_REF: ref, GITHUB_REPOSITORY: "Codertocat/Hello-World" });
  return readContext({ env, payload: JSON.stringify(payload), now: new Date(0) });
}

test("every example of every webhook gives a context", () => {
  for (const { name, payload } of all) expect(read(name, payload).eventName).toBe(name);
});

describe("GitHub's examples", () => {
  test.each(examplesOf("push"))("push of $ref, $before to $after", (payload) => {
    const { trigger, defaultBranch } = read("push", payload, String(payload.ref));
    expect(trigger.kind).toBe(payload.deleted ? "gone" : "push");
    expect(defaultBranch).toBe("master");
  });

  test.each(examplesOf("pull_request"))("pull request $number, $action", (payload) => {
    const { trigger } = read("pull_request", payload, "refs/pull/2/merge");
    if (payload.action === "closed") expect(trigger.kind).toBe("gone");
    else expect(trigger).toMatchObject({ kind: "pull-request", number: payload.number });
  });

  test.each(examplesOf("release"))("release, $action", (payload) => {
    const { trigger, ref } = read("release", payload, "refs/tags/0.0.1");
    expect(ref.kind).toBe("tag");
    if (payload.action === "deleted") expect(trigger.kind).toBe("gone");
    else expect(trigger).toEqual({ kind: "release", prerelease: payload.action === "prereleased" });
  });

  test.each(examplesOf("merge_group"))("merge group, $action", (payload) => {
    expect(read("merge_group", payload).trigger.kind).toBe("merge-group");
  });
});

test("a payload with any of its values replaced gives a context or an error of the user's, never a crash", () => {
  const events = all.filter(({ name }) => ["push", "pull_request", "release", "merge_group", "delete"].includes(name));
  const anyExample = fc.constantFrom(...events);
  fc.assert(
    fc.property(anyExample, fc.jsonValue(), fc.nat(), ({ name, payload }, value, seed) => {
      const size = JSON.stringify(payload).split(/[,[{]/).length;
      let count = 0;
      const hostile = JSON.parse(JSON.stringify(payload), (_, old: unknown) => (count++ === seed % size ? value : old));
      try {
        read(name, hostile);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
  );
});
