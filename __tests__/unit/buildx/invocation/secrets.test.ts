import { describe, expect, test } from "@jest/globals";
import { readSecrets } from "../../../../src/buildx/invocation/secrets.ts";

const none = { secrets: "", envs: [], files: [] };

describe("secrets", () => {
  test.each<[string, Partial<Parameters<typeof readSecrets>[0]>, string[], Record<string, string>]>([
    ["none", {}, [], {}],
    [
      "a value goes through the environment",
      { secrets: "npm=s3cret" },
      ["id=npm,env=IMAGE_PUBLISH_SECRET_0"],
      { IMAGE_PUBLISH_SECRET_0: "s3cret" },
    ],
    [
      "a value may hold what CSV and shells mind",
      { secrets: 'npm=a,b="c"$(d)#e' },
      ["id=npm,env=IMAGE_PUBLISH_SECRET_0"],
      { IMAGE_PUBLISH_SECRET_0: 'a,b="c"$(d)#e' },
    ],
    [
      "a quoted entry may hold lines and quotes",
      { secrets: '"key=one\n\n  two ""three"""\nnpm=x' },
      ["id=key,env=IMAGE_PUBLISH_SECRET_0", "id=npm,env=IMAGE_PUBLISH_SECRET_1"],
      { IMAGE_PUBLISH_SECRET_0: 'one\n\n  two "three"', IMAGE_PUBLISH_SECRET_1: "x" },
    ],
    [
      "a variable is looked up",
      { envs: ["npm=NPM_TOKEN"] },
      ["id=npm,env=IMAGE_PUBLISH_SECRET_0"],
      { IMAGE_PUBLISH_SECRET_0: "from env" },
    ],
    ["a file is named, commas and all", { files: ["npm=./a,b"] }, ['id=npm,"src=./a,b"'], {}],
  ])("%s", (_, inputs, args, environment) => {
    const { secrets, problems } = readSecrets({ ...none, ...inputs }, { NPM_TOKEN: "from env" });
    expect(problems).toEqual([]);
    expect(secrets.arguments).toEqual(args);
    expect(secrets.environment).toEqual(environment);
  });

  test("no argument holds a value, and all values are there to be hidden", () => {
    const { secrets } = readSecrets(
      { secrets: "a=hunter2\r\nb=swordfish", envs: ["c=C"], files: [] },
      { C: "opensesame" },
    );
    expect(secrets.arguments.join(" ")).not.toMatch(/hunter2|swordfish|opensesame/);
    expect(secrets.values).toEqual(["hunter2", "swordfish", "opensesame"]);
  });

  test.each<[string, Partial<Parameters<typeof readSecrets>[0]>, string]>([
    ["a line without a name", { secrets: "hunter2" }, 'the input "secrets", entry 1: it names no secret'],
    ["a line without a value", { secrets: "npm=" }, 'the input "secrets", entry 1: "npm" has no value'],
    [
      "a name that is an option of buildx",
      { files: ["npm,env=HOME=x"] },
      'the input "secret-files", entry 1: it names no secret',
    ],
    [
      "a variable that is not set",
      { envs: ["npm=NPM"] },
      'the input "secret-envs", entry 1: the secret "npm" is to come from NPM, which is not set',
    ],
  ])("%s is a problem that tells no value", (_, inputs, message) => {
    const { problems } = readSecrets({ ...none, ...inputs }, {});
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    expect(problems.map((problem) => problem.hint).join()).not.toContain("hunter2");
  });
});
