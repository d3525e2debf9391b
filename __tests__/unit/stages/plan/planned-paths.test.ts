/** What the children of a build open, by the plan: each is looked at before anything is built. */
import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import type { AskedPath } from "../../../../src/lib/local-paths.ts";
import type { Plan, PlannedBuild } from "../../../../src/plan/plan.ts";
import { plannedPathProblems } from "../../../../src/stages/plan/planned-paths.ts";
import { plannedBuild } from "../../buildx/planned.ts";

async function asked(change: Partial<PlannedBuild>, secretFiles: readonly string[] = []): Promise<readonly string[]> {
  const uses: string[] = [];
  const refusals = async (opened: readonly AskedPath[]) =>
    opened.map(({ path, use: { what, setting, isWhole } }) => {
      uses.push([path, setting ?? "-", isWhole ? "whole" : "-"].join(" "));
      return new UserError(`${what} is refused`, { hint: "move it" });
    });
  const plan = { images: [{ ...plannedBuild, ...change }] } as unknown as Plan;
  const problems = await plannedPathProblems(plan, secretFiles, { refusals });
  expect(new Set(problems.map(({ problem }) => problem.message)).size).toBe(problems.length);
  return uses.sort();
}

test("all that buildx opens", async () => {
  const change: Partial<PlannedBuild> = {
    name: "web",
    context: "images/web",
    dockerfile: "docker/web.Dockerfile",
    contexts: [
      { kind: "directory", name: "shared", path: "shared" },
      { kind: "elsewhere", name: "out", value: "../out" },
      { kind: "elsewhere", name: "layout", value: "oci-layout:///layouts/a@sha256:ab" },
      { kind: "elsewhere", name: "base", value: "docker-image://debian:13" },
    ],
    cache: { from: ["type=local,src=/cache", "type=gha"], to: ["type=local,dest=new"] },
  };
  expect(await asked(change, ["npm=/run/npmrc"])).toEqual(
    [
      "images/web context whole",
      "docker/web.Dockerfile file -",
      "docker file whole",
      "docker/web.Dockerfile.dockerignore - -",
      "images/web/.dockerignore - -",
      "shared build-contexts whole",
      "../out build-contexts whole",
      "/layouts/a build-contexts whole",
      "/cache cache-from -",
      "new cache-to -",
      "/run/npmrc secret-files -",
    ].sort(),
  );
});

test("all that Nix is given", async () => {
  expect(await asked({ variant: "nix", dockerfile: "images/a/default.nix" })).toEqual(["images/a/default.nix - -"]);
});
