import { expect, test } from "@jest/globals";
import { trivyEnvironment, trivyError } from "../../../../src/scan/trivy/trivy-invocation.ts";

const job = {
  PATH: "/bin",
  HOME: "/home/me",
  https_proxy: "http://proxy",
  GITHUB_TOKEN: "secret",
  ACTIONS_RUNTIME_TOKEN: "secret",
  TRIVY_SEVERITY: "LOW",
  RUNNER_TRACKING_ID: "github_1",
  AWS_SECRET_ACCESS_KEY: "for the helper",
};

test("Trivy gets neither the job's tokens nor the user's settings for it, and no home but the run's", () => {
  expect(trivyEnvironment({ env: job, home: "/run", login: {}, usesHelpers: false })).toEqual({
    PATH: "/bin",
    HOME: "/run",
    https_proxy: "http://proxy",
    RUNNER_TRACKING_ID: "github_1",
    DOCKER_CONFIG: "/home/me/.docker",
    TRIVY_DISABLE_TELEMETRY: "true",
    TRIVY_SKIP_VERSION_CHECK: "true",
    TRIVY_MODULE_DIR: "/run/modules",
  });
});

test("credential helpers find their logins by the user's home and variables", () => {
  const environment = trivyEnvironment({ env: job, home: "/run", login: { DOCKER_CONFIG: "/own" }, usesHelpers: true });
  expect(environment).toMatchObject({
    HOME: "/home/me",
    AWS_SECRET_ACCESS_KEY: "for the helper",
    DOCKER_CONFIG: "/own",
  });
  expect(environment).not.toHaveProperty("GITHUB_TOKEN");
});

test.each([
  ["run error: image scan error: GET …: UNAUTHORIZED: authentication required", "packages: read"],
  ["run error: GET …/v2/: TOOMANYREQUESTS: slow down", "run again later"],
  ["flag error: unable to convert flags to options: ignore file not found: a", "fix or remove the ignore file"],
  ["run error: filter error: filtering error: VEX error: unable to load VEX", "fix the VEX document"],
  ["run error: no space left on device", "free disk space"],
  ["run error: something new", "run again"],
])("of %j the remedy is told", (stderr, hint) => {
  const error = trivyError("web could not be scanned", {
    code: 1,
    stderr: `2026\tINFO\tx\n2026\tFATAL\tFatal error\t${stderr}`,
  });
  expect(error.hint).toContain(hint);
  expect(error.message).toMatch(/^web could not be scanned: (?!run error)/);
});
