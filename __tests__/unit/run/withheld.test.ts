import { describe, expect, test } from "@jest/globals";
import type { UntrustedCheckout } from "../../../src/model/trust.ts";
import { untrustedRemarks } from "../../../src/run/withheld.ts";
import { at } from "../publish/commits.ts";

const head = at("fork");
const fork: UntrustedCheckout = { kind: "untrusted", why: "1234567 is checked out", head, pullRequest: 7 };

interface Run {
  readonly trust?: UntrustedCheckout;
  readonly event?: "dispatch" | "pull-request";
  readonly push?: string;
  readonly secrets?: readonly string[];
  readonly attest?: boolean;
  readonly bump?: string;
}

function remarks({ trust = fork, event = "dispatch", push = "auto", secrets = [], attest = false, bump = "off" }: Run) {
  const session = {
    trust,
    context: { trigger: { kind: event } },
    inputs: { settings: { push, attest, bump, ssh: [] }, secrets: { arguments: secrets } },
  } as unknown as Parameters<typeof untrustedRemarks>[0];
  return untrustedRemarks(session);
}

describe("what a run reports of an untrusted checkout", () => {
  test.each<{ when: string; run: Run; message: RegExp; hint: RegExp }>([
    {
      when: "nothing is pushed",
      run: {},
      message: /built and scanned like a pull request, and nothing is pushed\.$/,
      hint: /^check out the event's own commit/,
    },
    {
      when: "`push` is true",
      run: { push: "true" },
      message: /`push: true` means `auto` here/,
      hint: /push: untrusted/,
    },
    {
      when: "it is a preview",
      run: { push: "untrusted" },
      message: new RegExp(`pushed as \`sha-${head}\` and \`pr-7\` only`),
      hint: /^nothing needs to be done/,
    },
    {
      when: "it is a preview of no pull request",
      run: { push: "untrusted", trust: { ...fork, pullRequest: undefined } },
      message: new RegExp(`pushed as \`sha-${head}\` only; no one open pull request has this head`),
      hint: /docs\/forks\.md/,
    },
    {
      when: "the event is never pushed",
      run: { push: "untrusted", trust: { ...fork, neverPushed: true } },
      message: /nothing is pushed/,
      hint: /^check out/,
    },
    {
      when: "the forge could not be asked",
      run: { trust: { ...fork, isUnknown: true } },
      message: /nothing is pushed/,
      hint: /^run it again, or check the network/,
    },
    {
      when: "things are withheld",
      run: { secrets: ["id=a"], attest: true, bump: "all" },
      message: /It gets no build secrets, no signature, no pull requests that move pins\.$/,
      hint: /./,
    },
  ])("$when", ({ run, message, hint }) => {
    expect(remarks(run)).toEqual([{ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }]);
  });

  test("a fork's pull request is nothing unusual, unless its secrets are withheld", () => {
    expect(remarks({ event: "pull-request" })).toEqual([]);
    expect(remarks({ event: "pull-request", secrets: ["id=a"] })).toHaveLength(1);
  });
});
