/** Build options from what is written to the plan, and what they do to source hashes. */
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { type Laptop, makeLaptop } from "./laptop.ts";

const laptops: Laptop[] = [];
afterAll(() => {
  for (const each of laptops) each.remove();
});

const config = ".github/image-publish.yml";
const files = {
  "images/web/Dockerfile": "FROM debian:13 AS build\n",
  "images/nix/default.nix": "{ }: ./.",
  "images/both/Dockerfile": "FROM debian:13\n",
  "images/both/default.nix": "{ }: ./.",
};

async function planned(text: string, inputs: Readonly<Record<string, string>> = {}) {
  const laptop = makeLaptop({ ...files, [config]: text });
  laptops.push(laptop);
  const told = await laptop.plan({ event: "workflow_dispatch", inputs });
  const { images } = told.json as Plan;
  const of = (name: string) => images.find((each) => each.name === name);
  return { of, beside: told.beside };
}

const plain = planned("images: {}\n");

describe("in the plan", () => {
  test("of an image that sets none nothing is added", async () => {
    expect((await plain).of("web")).not.toHaveProperty("options");
  });

  test("an image has those of its entry, of the inputs and of the defaults", async () => {
    const { of } = await planned("defaults: {ulimit: nofile=1}\nimages: {web: {shm-size: 1k}}\n", { network: "none" });
    expect(of("web")).toMatchObject({ options: { network: "none", shmSize: 1024, ulimits: ["nofile=1:1"] } });
    expect(of("both")).toMatchObject({ options: { network: "none", ulimits: ["nofile=1:1"] } });
    expect(of("nix")).not.toHaveProperty("options");
    expect(of("both-nix")).not.toHaveProperty("options");
  });
});

describe("the source hash", () => {
  test.each([
    { setting: "network: host", changes: true },
    { setting: "allow: network.host", changes: true },
    { setting: "add-hosts: a:10.0.0.1", changes: true },
    { setting: "shm-size: 2g", changes: true },
    { setting: "ulimit: nofile=1", changes: true },
    { setting: "network: default", changes: false },
    { setting: "shm-size: 0", changes: false },
    { setting: "allow: []", changes: false },
    { setting: "cgroup-parent: ci", changes: false },
    { setting: "no-cache-filters: build", changes: false },
  ])("of an image with $setting is another: $changes; that of what Nix builds never", async ({ setting, changes }) => {
    const { of } = await planned(`defaults: {${setting}}\n`);
    const before = await plain;
    expect(of("web")?.sourceHash !== before.of("web")?.sourceHash).toBe(changes);
    expect(of("nix")?.sourceHash).toBe(before.of("nix")?.sourceHash);
  });

  test("is the same however a value is spelled", async () => {
    const one = await planned("defaults: {shm-size: 2g, ulimit: [nproc=3, nofile=1], add-hosts: 'a:10.0.0.1'}\n");
    const two = await planned("defaults: {shm-size: 2048m, ulimit: [nofile=1:1, nproc=3], add-hosts: {a: 10.0.0.1}}\n");
    expect(two.of("web")?.sourceHash).toBe(one.of("web")?.sourceHash);
  });
});

describe("for what Nix builds they mean nothing", () => {
  test.each([
    { entry: "nix: {shm-size: 2g}", says: [/`shm-size` of the image "nix" has no effect/] },
    { entry: "nix: {network: none, allow: device}", says: [/`network`, `allow` of the image "nix" have no effect/] },
    { entry: "both: {shm-size: 2g}", says: [] },
    { entry: "web: {shm-size: 2g}", says: [] },
  ])("$entry", async ({ entry, says }) => {
    const { beside } = await planned(`images: {${entry}}\n`);
    expect(beside.filter((each) => each.includes("no effect"))).toEqual(
      says.map((each) => expect.stringMatching(each)),
    );
  });

  test("which isn't remarked of defaults", async () => {
    expect((await planned("defaults: {shm-size: 2g}\n")).beside.join("\n")).not.toContain("no effect");
  });
});
