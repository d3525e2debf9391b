/** Secrets and agents of builds that are not there, told before anything is built; with real files. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { systemFiles } from "../../../../src/adapters/files.ts";
import { readSettings } from "../../../../src/config/inputs.ts";
import { inputs as specification } from "../../../../src/config/inputs-specification.ts";
import { Problems } from "../../../../src/errors.ts";
import { trusted } from "../../../../src/model/trust.ts";
import { checkSecretSources } from "../../../../src/stages/build/secret-sources.ts";

const nothing = Object.fromEntries(specification.map(({ name }) => [name, ""])) as Parameters<typeof readSettings>[0];
const workspace = mkdtempSync(join(tmpdir(), "secret-sources-"));

beforeAll(() => {
  writeFileSync(join(workspace, "npmrc"), "token");
  writeFileSync(join(workspace, "large"), Buffer.alloc(500 * 1024 + 1));
  writeFileSync(join(workspace, "limit"), Buffer.alloc(500 * 1024));
  mkdirSync(join(workspace, "folder"));
  symlinkSync("npmrc", join(workspace, "link"));
  symlinkSync("nowhere", join(workspace, "broken"));
});
afterAll(() => rmSync(workspace, { recursive: true }));

type Checked = Parameters<typeof checkSecretSources>[0];

async function problemsOf(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  trust: Checked["trust"] = trusted,
): Promise<readonly string[]> {
  const { settings, problems } = readSettings({ ...nothing, ...given });
  expect(problems).toEqual([]);
  const session = { inputs: { settings }, context: { workspace }, outside: { files: systemFiles, env }, trust };
  try {
    await checkSecretSources(session as unknown as Checked);
    return [];
  } catch (error) {
    return error instanceof Problems ? error.problems.map(({ message }) => message) : [(error as Error).message];
  }
}

test.each([
  { when: "a file that is missing", given: { "secret-files": "npm=nmprc" }, said: ['1: there is no file "nmprc"'] },
  { when: "a broken link", given: { "secret-files": "npm=broken" }, said: ['1: there is no file "broken"'] },
  { when: "a folder", given: { "secret-files": "npm=folder" }, said: ['1: "folder" is a folder'] },
  { when: "a large file", given: { "secret-files": "npm=large" }, said: ['1: "large" has 512.0 kB, and a secret'] },
  {
    when: "several, with comments between",
    given: { "secret-files": "a=npmrc\n# why\nb=/nowhere/b\n\nc=folder" },
    said: ['3: there is no file "/nowhere/b"', '5: "folder" is a folder'],
  },
  { when: "a key that is missing", given: { ssh: "deploy=id_ed25519" }, said: ['1: there is no "id_ed25519"'] },
  { when: "one of several keys", given: { ssh: "deploy=npmrc,id_rsa" }, said: ['1: there is no "id_rsa"'] },
  { when: "no agent", given: { ssh: "default" }, said: ["1: no SSH agent is running, as SSH_AUTH_SOCK is not set"] },
])("$when", async ({ given, said }) => {
  const [input = ""] = Object.keys(given);
  expect(await problemsOf(given)).toEqual(
    said.map((each) => expect.stringContaining(`the input "${input}", line ${each}`)),
  );
});

test("what is there is fine", async () => {
  const files = `a=npmrc\nb=link\nc = limit\nd=${workspace}/npmrc`;
  expect(await problemsOf({ "secret-files": files, ssh: "default\nkey=npmrc" }, { SSH_AUTH_SOCK: "/s" })).toEqual([]);
});

test("an untrusted checkout gets none, so that none needs to be there", async () => {
  const trust = { kind: "untrusted", why: "it is of a fork" } as Checked["trust"];
  expect(await problemsOf({ "secret-files": "npm=nowhere", ssh: "default" }, {}, trust)).toEqual([]);
});
