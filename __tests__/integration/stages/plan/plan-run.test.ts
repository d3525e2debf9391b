/** From a session to its plan, with real git and a registry over HTTP: what is asked, and what follows from the answers. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import type { Plan } from "../../../../src/plan/plan.ts";
import { type Planning, type PlanOptions, planRun } from "../../../../src/stages/plan/plan-run.ts";
import { answer, errorBody } from "../../../unit/oci/fake-registry.ts";
import { type Family, openFamily, type Situation } from "../family.ts";

jest.setTimeout(60_000);

let family: Family;
beforeAll(async () => {
  family = await openFamily();
});
beforeEach(() => family.clear());
afterAll(() => family.close());

interface Asked extends Situation {
  readonly ask?: PlanOptions["ask"];
}

async function planned({ ask = "must", ...situation }: Asked): Promise<Planning> {
  return planRun((await family.session(situation)).session, { ask });
}

/** Each image with what is done, and parents with whether their digests are known. */
function shown({ plan }: { readonly plan: Plan }) {
  return Object.fromEntries(
    plan.images.map((image) => [
      image.name,
      image.kind === "build" ? ["build", ...image.parents.map(({ published }) => published !== null)] : [image.kind],
    ]),
  );
}

const changed = { "images/base/a": "2\n" };
const hashOf = ({ plan }: Planning, name: string) => plan.images.find((each) => each.name === name)?.sourceHash ?? null;
const asked = () => family.registry.seen.map(({ url }) => url);

describe("what registries hold decides", () => {
  test("where nothing is published, all is built, whatever changed", async () => {
    expect(shown(await planned({ changes: { "README.md": "2\n" } }))).toEqual({
      base: ["build"],
      app: ["build", false],
    });
  });

  test("what is published of the same sources is left", async () => {
    const before = await planned({});
    for (const name of ["base", "app"]) family.publish(name, family.first, hashOf(before, name));
    expect(shown(await planned({ changes: { "README.md": "2\n" } }))).toEqual({ base: ["skip"], app: ["skip"] });
  });

  test("a child that changed alone is built on its parent's digest", async () => {
    const before = await planned({});
    for (const name of ["base", "app"]) family.publish(name, family.first, hashOf(before, name));
    expect(shown(await planned({ changes: { "images/app/a": "2\n" } }))).toEqual({
      base: ["skip"],
      app: ["build", true],
    });
  });

  test("a release is promoted, and with `promote: false` built", async () => {
    const before = await planned({});
    for (const name of ["base", "app"]) family.publish(name, family.first, hashOf(before, name));
    const release = { ref: "refs/tags/v1.2.3", payload: {} };
    expect(shown(await planned(release))).toEqual({ base: ["promote"], app: ["promote"] });
    const inputs = { promote: "false" };
    expect(shown(await planned({ ...release, inputs }))).toEqual({ base: ["build"], app: ["build", false] });
  });

  test("a release whose exact tag names other content is reported by a plan, and fails a publish", async () => {
    for (const name of ["base", "app"]) family.publish(name, family.first, "f".repeat(64), "1.2.3");
    const release = { ref: "refs/tags/v1.2.3", payload: {} };
    const { remarks, taken } = await planned({ ...release, ask: "may" });
    expect(remarks.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^base 1\.2\.3 can't be released/),
    );
    expect([...taken.keys()]).toEqual(["base", "app"]);
    expect((await planned(release)).remarks.map(({ message }) => message).join()).not.toMatch(/can't be released/);
  });
});

describe("registries are not asked what they hold", () => {
  test.each<Asked & { readonly when: string; readonly is: object }>([
    { when: "by a run without a network", ask: "nobody", is: { base: ["build"], app: ["build", false] } },
    { when: "with `converge: false`", inputs: { converge: "false" }, is: { base: ["build"], app: ["build", false] } },
    { when: "where nothing is pushed", inputs: { push: "false" }, is: { base: ["build"], app: ["build", false] } },
    {
      when: "for a pull request, which may still look up parents",
      event: "pull_request",
      ref: "refs/pull/7/merge",
      payload: {
        number: 7,
        pull_request: {
          number: 7,
          base: { ref: "main", sha: "" },
          head: { sha: "", repo: { full_name: "octo/images" } },
        },
      },
      is: { base: ["build"], app: ["build", false] },
    },
  ])("$when: the event alone decides", async ({ when: _, is, payload, ...situation }) => {
    const pull = (payload as { pull_request?: { base: object; head: object } } | undefined)?.pull_request;
    const filled = pull && {
      ...payload,
      pull_request: { ...pull, base: { ref: "main", sha: family.first }, head: { ...pull.head, sha: family.first } },
    };
    const found = await planned({ changes: changed, ...situation, ...(filled && { payload: filled }) });
    expect(shown(found)).toEqual(is);
    expect(asked()).toEqual([]);
  });

  test("then a parent that didn't change is looked up where the run may be without it", async () => {
    family.publish("base", family.first, null);
    const situation = { changes: { "images/app/a": "2\n" }, inputs: { converge: "false" } };
    expect(shown(await planned(situation))).toEqual({ base: ["skip"], app: ["build", true] });
    expect(shown(await planned({ ...situation, ask: "nobody" }))).toEqual({ base: ["skip"], app: ["build", false] });
  });
});

describe("a registry that refuses", () => {
  const refusing = () => {
    family.registry.faults.push(
      ...Array.from({ length: 200 }, () => (_: unknown, response: Parameters<typeof answer>[0]) => {
        return answer(response, 403, {}, errorBody("DENIED", "no"));
      }),
    );
  };

  test("ends a run that must be with it", async () => {
    refusing();
    await expect(planned({ changes: changed })).rejects.toThrow(RegistryError);
  });

  test("is a remark of a plan, which then goes by the event alone", async () => {
    refusing();
    const { remarks, ...found } = await planned({ changes: { "images/app/a": "2\n" }, ask: "may" });
    expect(shown(found)).toEqual({ base: ["skip"], app: ["build", false] });
    expect(remarks.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^the plan ignores what is published, as the registry can't be queried: /),
    );
  });
});

describe("what a plan says of its run", () => {
  test("a schedule builds all with updated bases, and pushes mutable tags alone", async () => {
    const { plan } = await planned({ event: "schedule", payload: {} });
    const builds = plan.images.flatMap((image) => (image.kind === "build" ? [image] : []));
    expect(builds.map(({ name, fresh }) => [name, fresh])).toEqual([
      ["base", true],
      ["app", true],
    ]);
    expect(builds.flatMap(({ tags }) => tags).every(({ moves }) => moves)).toBe(true);
  });

  test("a push has a base, its tags and no updated bases", async () => {
    const { plan, planPath } = await planned({ changes: changed });
    expect(plan).toMatchObject({ event: "push", ref: "refs/heads/main", base: family.first, push: true });
    expect(planPath).toMatch(/\.json$/);
    const [base] = plan.images;
    expect(base).toMatchObject({ kind: "build", fresh: false });
    expect(base?.kind === "build" && base.tags.map(({ tag }) => tag)).toEqual(["main", plan.commit, "latest"]);
  });

  test("of what `only` doesn't name nothing is planned", async () => {
    const found = await planned({ changes: changed, inputs: { only: "app" } });
    expect(found.plan.images.find(({ name }) => name === "base")).toMatchObject({
      kind: "build",
      reasons: [expect.objectContaining({ kind: "needed-by" })],
    });
  });
});
