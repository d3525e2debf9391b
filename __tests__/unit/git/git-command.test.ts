/** How git is called: what it is told each time, which environment it gets, and when the token is used. */
import { describe, expect, test } from "@jest/globals";
import { UserError } from "../../../src/errors.ts";
import { GitFailure, gitCommand, unlessGitFails } from "../../../src/git/git-command.ts";
import type { RunOptions } from "../../../src/ports.ts";

interface Answer {
  readonly code?: number;
  readonly stderr?: string;
  readonly stdout?: string;
}

const job = {
  ...{ PATH: "/bin", HOME: "/home/me", SSH_AUTH_SOCK: "/agent", HTTPS_PROXY: "http://proxy", GIT_SSL_CAINFO: "/ca" },
  ...{ SECRET: "x", GITHUB_TOKEN: "y", GIT_DIR: "/elsewhere", GIT_CONFIG_GLOBAL: "/theirs", LC_ALL: "de_DE" },
};

function git(answers: readonly Answer[] = [{}], token: string | undefined = "t0ken") {
  const calls: { readonly args: readonly string[]; readonly options: RunOptions }[] = [];
  const signal = new AbortController().signal;
  const command = gitCommand({
    processes: {
      async run(program, args, options) {
        expect(program).toBe("git");
        const { code = 0, stderr = "", stdout = "" } = answers[calls.length] ?? {};
        calls.push({ args, options });
        return { code, stderr, stdout: Buffer.from(stdout) };
      },
    },
    workspace: "/w",
    realWorkspace: "/real/w",
    env: job,
    serverUrl: "https://github.com",
    token,
    signal,
  });
  return { command, calls, signal };
}

const isAuthorized = ({ options }: { readonly options: RunOptions }) => "GIT_CONFIG_COUNT" in options.env;
const denied = { code: 128, stderr: "fatal: Authentication failed for 'https://github.com/o/r/'\n" };

describe("each call", () => {
  test("takes the checkout for safe, by both of its names, and runs no hooks nor helpers", async () => {
    const { command, calls, signal } = git();
    await command.local(["status"], { input: "x" });
    const [call] = calls;
    const given = call?.args.flatMap((each, index, all) => (all[index - 1] === "-c" ? [each] : []));
    expect(given).toEqual([
      ...["safe.directory=/w", "safe.directory=/real/w", "core.quotepath=off", "core.fsmonitor=false"],
      ...["core.hooksPath=/dev/null", "gc.auto=0", "maintenance.auto=false"],
    ]);
    expect(call?.args.filter((each, index, all) => each !== "-c" && all[index - 1] !== "-c")).toEqual([
      ...["--no-pager", "--no-optional-locks", "status"],
    ]);
    expect(call?.options).toMatchObject({ cwd: "/w", input: "x", signal });
  });

  test("gets few variables of the job, and messages in English", async () => {
    const { command, calls } = git();
    await command.local(["status"]);
    expect(calls[0]?.options.env).toEqual({
      ...{
        PATH: "/bin",
        HOME: "/home/me",
        SSH_AUTH_SOCK: "/agent",
        HTTPS_PROXY: "http://proxy",
        GIT_SSL_CAINFO: "/ca",
      },
      ...{ LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "", GIT_NO_REPLACE_OBJECTS: "1" },
      ...{ GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" },
    });
  });
});

describe("a call that fails", () => {
  test.each([
    { stderr: "warning: x\nfatal: bad object\n", says: "git log failed: bad object" },
    { stderr: "error: no such thing\n", says: "git log failed: no such thing" },
    { stderr: "something odd\nmore\n", says: "git log failed: something odd" },
    { stderr: "", says: "git log failed: it ended with code 2" },
  ])("is a failure with git's own words: $says", async ({ stderr, says }) => {
    const { command } = git([{ code: 2, stderr }]);
    const failed = command.local(["-c", "a=b", "log"]);
    await expect(failed).rejects.toThrow(GitFailure);
    await expect(failed).rejects.toThrow(says);
  });

  test("is none with a code that is allowed", async () => {
    const allowed = { codes: [0, 1] };
    expect((await git([{ code: 1 }]).command.local(["merge-base"], allowed)).code).toBe(1);
    await expect(git([{ code: 2 }]).command.local(["merge-base"], allowed)).rejects.toThrow(GitFailure);
    await expect(git([{ code: 1 }]).command.local(["merge-base"])).rejects.toThrow(GitFailure);
  });

  test("is unknown to who asks for that, and a defect of ours isn't", async () => {
    expect(await unlessGitFails(async () => 1)).toBe(1);
    expect(await unlessGitFails(() => git([{ code: 1 }]).command.local(["log"]))).toBeUndefined();
    const broken = async (): Promise<never> => {
      throw new UserError("no such program", { hint: "install it" });
    };
    await expect(unlessGitFails(broken)).rejects.toThrow(UserError);
  });
});

describe("with the network", () => {
  test("the checkout's own credentials go first, and the token isn't shown where they do", async () => {
    const { command, calls } = git();
    await command.network(["fetch"], 1_000);
    expect(calls.map(isAuthorized)).toEqual([false]);
    expect(calls[0]?.options).toMatchObject({ timeout: 1_000 });
    expect(calls[0]?.options.env).not.toHaveProperty("GIT_ALLOW_PROTOCOL");
  });

  test("the token is used where they don't, and from then on", async () => {
    const { command, calls } = git([denied, {}, {}]);
    await command.network(["fetch"], 1_000);
    await command.network(["fetch"], 1_000);
    expect(calls.map(isAuthorized)).toEqual([false, true, true]);
  });

  test("it is a header for the forge alone, in place of one that the checkout has, and follows no redirect", async () => {
    const { command, calls } = git([denied, {}]);
    await command.network(["fetch"], 1_000);
    expect(calls[1]?.options.env).toMatchObject({
      GIT_CONFIG_COUNT: "3",
      ...{ GIT_CONFIG_KEY_0: "http.https://github.com/.extraheader", GIT_CONFIG_VALUE_0: "" },
      GIT_CONFIG_KEY_1: "http.https://github.com/.extraheader",
      GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`,
      ...{ GIT_CONFIG_KEY_2: "http.followRedirects", GIT_CONFIG_VALUE_2: "false" },
    });
  });

  test("it isn't used for what the server doesn't have", async () => {
    const { command, calls } = git([{ code: 128, stderr: "fatal: remote error: upload-pack: not our ref 12\n" }]);
    await expect(command.network(["fetch"], 1_000)).rejects.toThrow(/not our ref/);
    expect(calls).toHaveLength(1);
  });

  test("without one nothing is tried again", async () => {
    const { command, calls } = git([denied], "");
    await expect(command.network(["fetch"], 1_000)).rejects.toThrow(GitFailure);
    expect(calls).toHaveLength(1);
  });

  test("once it is in use and fails, that is the failure", async () => {
    const { command, calls } = git([denied, {}, { code: 128, stderr: "fatal: the moon is full\n" }]);
    await command.network(["fetch"], 1_000);
    await expect(command.network(["fetch"], 1_000)).rejects.toThrow(/the moon is full/);
    expect(calls).toHaveLength(3);
  });
});
