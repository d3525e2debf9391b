import { expect, test } from "@jest/globals";
import { UserError } from "../../../../src/errors.ts";
import { type CheckoutPlace, unreadableCheckout } from "../../../../src/git/checkout/checkout-problem.ts";
import { gitRemedy } from "../../../../src/git/git-remedy.ts";

const place: CheckoutPlace = {
  workspace: "/w",
  real: "/w",
  runner: "/w",
  git: "folder",
  isEmpty: false,
  checkouts: [],
  hasFiles: true,
  version: "git version 2.50.1",
  head: undefined,
};

interface Row {
  readonly said: string;
  readonly place?: Partial<CheckoutPlace>;
  readonly message: RegExp;
  readonly hint: RegExp;
}

test.each<Row>([
  {
    said: "detected dubious ownership in repository at '/w'",
    message: /^git may not read the checkout in \/w$/,
    hint: /safe\.directory/,
  },
  { said: "unsafe repository ('/w' is owned by someone else)", message: /may not read/, hint: /safe\.directory/ },
  {
    said: "detected dubious ownership in repository at '/w'",
    place: { workspace: "/w/a", real: "/w/a", git: undefined },
    message: /^\/w\/a is a folder of the repository in \/w, and not its root$/,
    hint: /^leave `workdir` empty/,
  },
  { said: "cannot change to '/w': Permission denied", message: /may not read/, hint: /read the checkout/ },
  {
    said: "Unknown option: --no-optional-locks",
    place: { version: "git version 2.11.0" },
    message: /^git 2\.11\.0 is too old/,
    hint: /2\.18 or newer/,
  },
  {
    said: "not a git repository (or any of the parent directories): .git",
    place: { git: undefined, version: "git version 1.8.3.1" },
    message: /older than 2\.18, and this is 1\.8\.3\.1/,
    hint: /2\.18 or newer/,
  },
  {
    said: "Expected git repo version <= 1, found 5",
    message: /^git 2\.50\.1 can't read the repository/,
    hint: /newer git/,
  },
  {
    said: "Needed a single revision",
    place: { head: "1234567890" },
    message: /commit 1234567 that is checked out in \/w is missing/,
    hint: /out again/,
  },
  { said: "the moon is full", message: /^\/w holds no git checkout that can be read$/, hint: /as before/ },
])("$said", ({ said, place: more, message, hint }) => {
  const failure = new UserError(said, { hint: gitRemedy(said) ?? "as before" });
  const problem = unreadableCheckout({ ...place, ...more }, failure, "workflow");
  expect(problem.message).toMatch(message);
  expect(problem.hint).toMatch(hint);
  expect(problem.cause).toBe(failure);
});

test.each([
  ["index file corrupt", /out again/],
  ["bad signature 0x00000000", /out again/],
  ["loose object 12 (stored in .git/objects/12) is corrupt", /out again/],
  ["could not fetch 12 from promisor remote", /`contents: read`/],
  ["Authentication failed for 'https://github.com/o/r/'", /`contents: read`/],
  ["unable to access 'https://github.com/o/r/': The requested URL returned error: 403", /`contents: read`/],
  ["unable to access 'https://github.com/o/r/': Could not resolve host: github.com", /once the forge answers/],
  ["error: unknown switch `z'", /newer git/],
])("git's own words have their remedy: %s", (said, hint) => {
  expect(gitRemedy(said)).toMatch(hint);
});
