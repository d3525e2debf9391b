/** What passes the gate, by what is found, by what it is built on, and by what others published meanwhile. */
import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import { heldBy } from "../../../../src/scan/complaint.ts";
import type { ImageScan, ScannedImage } from "../../../../src/scan/judged.ts";
import { scanRules } from "../../../../src/scan/scan-rules.ts";
import type { CheckResult } from "../../../../src/stages/check/check.ts";
import type { GateResult } from "../../../../src/stages/check/gate.ts";
import { type CheckRules, passBuilt } from "../../../../src/stages/check/image-checks.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { records } from "../../publish/commits.ts";

const planned = plannedBuild;
const candidate = {
  digest: digestOf("candidate"),
  layout: undefined,
  platforms: [],
  bases: [],
  baseAnnotations: {},
  seconds: 1,
  steps: { cached: 0, executed: 1 },
};
const scan = (passes: boolean): ScannedImage => ({
  kind: "scanned",
  name: planned.name,
  rules: scanRules([]),
  platforms: [],
  comparedWith: { kind: "first" },
  passes,
  isRed: !passes,
});
const registry = {} as Registry;
const unscanned: CheckRules = { maxSize: undefined, registry, scan: undefined, records, attested: undefined };
const resultOf = (found: ImageScan): CheckResult => {
  const error = heldBy(found);
  return error === undefined ? { kind: "passed", scan: found } : { kind: "refused", error, scan: found };
};
const rules = (first: ImageScan, then: ImageScan = first): CheckRules => ({
  ...unscanned,
  scan: async () => ({ ...resultOf(first), again: async () => resultOf(then) }),
});
const held = (name: string): readonly [string, Promise<GateResult>] => [
  name,
  Promise.resolve({ kind: "held", error: new UserError(`${name} is held`, { hint: "mend it" }) }),
];
const passed = (name: string): readonly [string, Promise<GateResult>] => [name, Promise.resolve({ kind: "passed" })];
const blocked = (name: string, by: string): readonly [string, Promise<GateResult>] => [
  name,
  Promise.resolve({ kind: "blocked", by }),
];

test.each<[string, readonly (readonly [string, Promise<GateResult>])[], CheckRules, object]>([
  ["what is scanned and good passes", [], rules(scan(true)), { kind: "passed" }],
  ["what is not scanned passes", [], unscanned, { kind: "passed" }],
  ["what has a finding that counts is held", [], rules(scan(false)), { kind: "held" }],
  [
    "a child of what is held is blocked, good as it is",
    [held("base")],
    rules(scan(true)),
    { kind: "blocked", by: "base" },
  ],
  [
    "however far up it is held",
    [passed("other"), blocked("base", "root")],
    rules(scan(true)),
    { kind: "blocked", by: "root" },
  ],
  ["also where it is not scanned itself", [held("base")], unscanned, { kind: "blocked", by: "base" }],
  [
    "what passed by what was published then is held by what is published now",
    [passed("base")],
    rules(scan(true), scan(false)),
    { kind: "held" },
  ],
])("%s", async (_, parents, by, expected) => {
  expect(await passBuilt(planned, candidate, new Map(parents), by)).toMatchObject(expected);
});
