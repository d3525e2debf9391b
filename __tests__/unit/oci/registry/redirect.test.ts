import { expect, test } from "@jest/globals";
import { redirectOf } from "../../../../src/oci/registry/redirect.ts";

const asked = { host: "r.example.com", repository: "o/web", access: "push" } as const;
const url = new URL("https://r.example.com/v2/o/web/blobs/uploads/");
const follow = (method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH", status: number, location: string) => () =>
  redirectOf({ asked, method, url }, { status, headers: { location } })?.href;

test.each([301, 302, 307, 308])("a write follows %i on its own origin, and nowhere else", (status) => {
  for (const method of ["PUT", "POST", "PATCH"] as const) {
    expect(follow(method, status, "/elsewhere")()).toBe("https://r.example.com/elsewhere");
    for (const other of ["https://s.example.com/", "https://r.example.com:8443/", "http://r.example.com/"]) {
      expect(follow(method, status, other)).toThrow(/r\.example\.com sent (?:an invalid response )?for o\/web/);
    }
  }
});

test.each(["PUT", "POST", "PATCH"] as const)("a 303 of a %s is about another request, and refused", (method) => {
  expect(follow(method, 303, "/elsewhere")).toThrow(`a redirect of a ${method}`);
});

test.each(["GET", "HEAD"] as const)("a 303 of a %s is followed", (method) => {
  expect(follow(method, 303, "https://s.example.com/x")()).toBe("https://s.example.com/x");
});
