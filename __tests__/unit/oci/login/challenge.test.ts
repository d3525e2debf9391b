import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseChallenges } from "../../../../src/oci/login/challenge.ts";

test.each([
  [
    "a token server",
    'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:o/r:pull,push"',
    [
      {
        scheme: "bearer",
        parameters: { realm: "https://ghcr.io/token", service: "ghcr.io", scope: "repository:o/r:pull,push" },
      },
    ],
  ],
  ["spaces and cases", "BASIC Realm = x", [{ scheme: "basic", parameters: { realm: "x" } }]],
  ["a scheme alone", "Negotiate", [{ scheme: "negotiate", parameters: {} }]],
  [
    "several in one, with escapes",
    'Basic realm="a \\"b\\", Bearer c", Bearer realm="https://r/t",error="invalid_token"',
    [
      { scheme: "basic", parameters: { realm: 'a "b", Bearer c' } },
      { scheme: "bearer", parameters: { realm: "https://r/t", error: "invalid_token" } },
    ],
  ],
  ["nothing", "", []],
  ["a quote that is never closed", 'Bearer realm="x', [{ scheme: "bearer", parameters: {} }]],
])("%s", (_, header, challenges) => {
  expect(parseChallenges(header)).toMatchObject(challenges);
});

test("anything ends", () => {
  fc.assert(fc.property(fc.string(), (header) => Array.isArray(parseChallenges(header))));
});
