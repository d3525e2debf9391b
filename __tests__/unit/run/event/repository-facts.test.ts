/** The default branch, and whether the repository is private, where the payload doesn't have them. */
import { expect, test } from "@jest/globals";
import { GitFailure } from "../../../../src/git/git-command.ts";
import type { RunContext } from "../../../../src/model/run-context.ts";
import { forgePage } from "../../../../src/run/event/forge-page.ts";
import { repositoryFacts } from "../../../../src/run/event/repository-facts.ts";
import { limited } from "../../lib/http/limited.ts";
import { at } from "../../publish/commits.ts";
import { context } from "../../tags/facts.ts";

interface Situation {
  readonly context?: Partial<RunContext>;
  /** Of the forge; absent: it doesn't answer. */
  readonly answer?: object;
  /** The remote's default branch; an error where git fails. */
  readonly remote?: string | "fails";
}

async function asked({ context: changed = {}, answer, remote }: Situation) {
  const urls: string[] = [];
  const http = {
    send: async ({ url }: { readonly url: string }) => {
      urls.push(url);
      const body = Buffer.from(JSON.stringify(answer ?? { message: "Not Found" }));
      return { status: answer === undefined ? 404 : 200, headers: { "content-type": "application/json" }, body };
    },
  };
  const git = {
    remoteDefault: async () => {
      if (remote === "fails") throw new GitFailure("git ls-remote failed", { hint: "run again" });
      return remote === undefined ? undefined : { branch: remote, commit: at("main-1") };
    },
  };
  const outside = limited({
    http,
    clock: { now: () => new Date(0), sleep: async () => {} },
    random: () => 0,
    signal: new AbortController().signal,
    log: { debug: () => {} },
  });
  const about = { ...context({ ref: "refs/heads/x", defaultBranch: undefined }), isPrivate: undefined, ...changed };
  return { facts: await repositoryFacts(about, "t0ken", git, outside as never), urls };
}

test.each<Situation & { readonly when: string; readonly are: object; readonly isAsked: boolean }>([
  {
    when: "the payload has them, and nobody is asked",
    context: { defaultBranch: "main", isPrivate: true },
    are: { defaultBranch: "main", isPrivate: true },
    isAsked: false,
  },
  {
    when: "of what is gone nobody is asked",
    context: { trigger: { kind: "gone", what: "it was deleted" } },
    are: { defaultBranch: undefined, isPrivate: undefined },
    isAsked: false,
  },
  {
    when: "the forge has them",
    answer: { default_branch: "trunk", private: true },
    are: { defaultBranch: "trunk", isPrivate: true },
    isAsked: true,
  },
  {
    when: "the forge doesn't answer, and the remote names the branch",
    remote: "trunk",
    are: { defaultBranch: "trunk", isPrivate: undefined },
    isAsked: true,
  },
  {
    when: "nobody answers",
    remote: "fails",
    are: { defaultBranch: undefined, isPrivate: undefined },
    isAsked: true,
  },
])("$when", async ({ are, isAsked, ...situation }) => {
  const { facts, urls } = await asked(situation);
  expect(facts).toEqual(are);
  expect(urls.length > 0).toBe(isAsked);
});

test.each([
  { apiUrl: "https://api.github.com", kind: "github" },
  { apiUrl: "https://git.example.com/api/v3", kind: "github" },
  { apiUrl: "https://git.example.com/api/v1", kind: "forgejo" },
])("an API at $apiUrl is that of $kind", ({ apiUrl, kind }) => {
  const of = { ...context({ ref: "refs/heads/main" }), apiUrl };
  expect(forgePage(of)).toEqual({ kind, repositoryUrl: "https://github.com/MieWeb/opensource-server" });
});
