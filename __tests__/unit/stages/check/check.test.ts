/** How checks become one decision. */
import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import {
  type Check,
  type CheckResult,
  oneByOne,
  passed,
  refused as refusedBy,
  sideBySide,
} from "../../../../src/stages/check/check.ts";
import { gate } from "../../../../src/stages/check/gate.ts";

const candidate = { digest: digestOf("it"), layout: undefined, platforms: [], bases: [] };
const { signal } = new AbortController();
const refused = (why: string): CheckResult => refusedBy("size", new UserError(why, { hint: "fix it" }));

function checks() {
  const asked: string[] = [];
  const check =
    (name: string, result: CheckResult): Check =>
    async () => {
      asked.push(name);
      return result;
    };
  return { asked, check };
}

const messageOf = (result: CheckResult) =>
  result.kind === "refused" ? result.by.map(({ error }) => error.message).join(", ") : result.kind;

test("side by side all are asked, and all that refuse are named", async () => {
  const { asked, check } = checks();
  const all = sideBySide(check("size", refused("too large")), check("scan", refused("a finding")), check("x", passed));
  const message = messageOf(await all(candidate));
  expect(asked).toEqual(["size", "scan", "x"]);
  expect(message).toContain("too large");
  expect(message).toContain("a finding");
});

test("one by one the first that refuses is the last that is asked", async () => {
  const { asked, check } = checks();
  const all = oneByOne(check("platforms", passed), check("size", refused("too large")), check("scan", passed));
  expect(messageOf(await all(candidate))).toBe("too large");
  expect(asked).toEqual(["platforms", "size"]);
});

test("no check at all passes", async () => {
  expect(await sideBySide()(candidate)).toEqual({ kind: "passed" });
  expect(await oneByOne()(candidate)).toEqual({ kind: "passed" });
});

test("what may turn is checked again after the parents, and only where they passed", async () => {
  const order: string[] = [];
  const result = async (): Promise<CheckResult> => ({
    kind: "passed",
    again: async () => {
      order.push("again");
      return refused("it turned");
    },
  });
  const parent = async (kind: "passed" | "skipped") => {
    await new Promise((next) => setImmediate(next));
    order.push("parent");
    return kind === "passed" ? ({ kind } as const) : ({ kind, parent: "root" } as const);
  };
  const turned = await gate(sideBySide(result, result)(candidate), new Map([["base", parent("passed")]]), signal);
  const turns = { check: "size", error: { message: "it turned" } };
  expect(turned).toMatchObject({ kind: "blocked", by: [turns, turns] });
  expect(order).toEqual(["parent", "again", "again"]);
  const skipped = await gate(result(), new Map([["base", parent("skipped")]]), signal);
  expect(skipped).toEqual({ kind: "skipped", parent: "base" });
  expect(order.at(-1)).toBe("parent");
  const own = await gate(Promise.resolve(refused("its own")), new Map([["base", parent("skipped")]]), signal);
  expect(own).toMatchObject({ kind: "blocked", by: [{ error: { message: "its own" } }] });
});
