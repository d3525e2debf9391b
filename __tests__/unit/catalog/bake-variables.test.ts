import { expect, test } from "@jest/globals";
import { listVariables } from "../../../src/catalog/bake/print.ts";
import type { Finished } from "../../../src/ports.ts";

const at = { folder: "images", file: "images/docker-bake.hcl" };

/** What is read of a buildx that says so, with its arguments and where it was run. */
async function variables(said: Partial<Finished> | string) {
  const calls: unknown[] = [];
  const finished = typeof said === "string" ? { stdout: new TextEncoder().encode(said) } : said;
  const processes = {
    async run(program: string, args: readonly string[], options: { readonly cwd?: string; readonly env: unknown }) {
      calls.push([program, args[1], options.cwd, options.env]);
      return { code: 0, stdout: new Uint8Array(), stderr: "", ...finished };
    },
  };
  const tools = { processes, env: { PATH: "/bin", VERSION: "9" }, signal: new AbortController().signal };
  return { found: Object.fromEntries(await listVariables(at, "/repo", tools)), calls };
}

test("the variables of a bake file, but those without value; what is set outside has no say", async () => {
  const listed = [
    { name: "VERSION", value: "6.4.1.10545" },
    { name: "EMPTY", value: "" },
    { name: "LIST", value: '["a"]' },
    { name: 1, value: "x" },
    null,
  ];
  expect(await variables(JSON.stringify(listed))).toEqual({
    found: { VERSION: "6.4.1.10545", LIST: '["a"]' },
    calls: [["docker", "bake", "/repo/images", { PATH: "/bin" }]],
  });
});

test.each([
  [
    "an old buildx",
    { code: 125, stderr: "unknown flag: --list\n" },
    /can't list the variables of images\/docker-bake\.hcl/,
  ],
  ["no buildx", { code: 1, stderr: "docker: 'buildx' is not a docker command.\n" }, /takes docker with buildx/],
  [
    "a broken file",
    { code: 1, stderr: "docker-bake.hcl:3\nERROR: docker-bake.hcl:3,1-2: Invalid\n" },
    /can't read images\/docker-bake\.hcl: .*Invalid/,
  ],
])("%s is an error that names the file", async (_, said, message) => {
  await expect(variables(said)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    at: expect.anything(),
  });
});
