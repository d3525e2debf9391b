/** Names that every JavaScript object has, where a registry or a user may write any. */
import { expect, test } from "@jest/globals";
import { platform, wantedPlatform } from "../../../src/model/platform.ts";

test.each(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "isPrototypeOf"])("%s", (name) => {
  const lower = name.toLowerCase();
  expect(platform(name)).toBe(`linux/${lower}`);
  expect(platform(`${name}/amd64`)).toBe(`${lower}/amd64`);
  expect(platform(`linux/${name}/${name}`)).toBe(`linux/${lower}/${lower}`);
  expect(() => wantedPlatform(name)).toThrow("which nobody builds for");
});
