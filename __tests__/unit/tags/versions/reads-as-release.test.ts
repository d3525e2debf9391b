import { expect, test } from "@jest/globals";
import { readsAsRelease } from "../../../../src/tags/versions/reads-as-release.ts";

test.each([
  ...["v1", "v1.2", "v1.2.3", "V1.2.3", "v1.2.3-rc.1", "1.2.3", "1.2", "7", "1.0rc1", "1.2.3+build"],
  ...["2026.11.30", "2026-11", "2026-11-30", "20261130", "v2026.11"],
  ...[
    "app-v1.2.3",
    "app/v1.2.3",
    "app@1.2.3",
    "app-1.2.3",
    "helm-1.0.0",
    "app/v1",
    "app-v1",
    "base-1",
    "a-b-v1.0.0-rc.1",
  ],
  ...[
    "docs@latest",
    "app@",
    "@acme/app@1.2.3".slice(1),
    "release/1.2.3",
    "release-1.2",
    "site-2026.11",
    "group/app/v1.2",
  ],
])("%s is a release", (name) => {
  expect(readsAsRelease(name)).toBe(true);
});

test.each([
  ...["main", "next", "nosuch", "feature/vpn", "app-vnext", "vnext", "fix/123-crash", "fix/123", "fix-123-crash"],
  ...["2-factor", "3d", "v", "version2", "dev-branch", "users/me/x", "demo", "HEAD", "@me"],
])("%s is a branch", (name) => {
  expect(readsAsRelease(name)).toBe(false);
});
