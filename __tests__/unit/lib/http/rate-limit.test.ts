import { expect, test } from "@jest/globals";
import { rateLimitOf } from "../../../../src/lib/http/rate-limit.ts";
import { answerError } from "../../../../src/oci/registry/registry-error.ts";
import { errorBody } from "../../oci/fake-registry.ts";

const now = new Date("2026-01-02T03:04:05Z");
const epoch = now.getTime() / 1000;

function answered(status: number, headers: Readonly<Record<string, string>> = {}, body = "") {
  return { status, headers, body: Buffer.from(body) };
}

const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

test.each([
  { when: "429 without a word", is: answered(429) },
  { when: "GitHub's secondary limit as JSON", is: answered(403, {}, JSON.stringify({ message: secondary })) },
  { when: "the same in a registry's list of errors", is: answered(403, {}, errorBody("DENIED", secondary)) },
  { when: "the same as text", is: answered(403, { "content-type": "text/plain" }, secondary) },
  { when: "a page of HTML that speaks of it", is: answered(403, {}, `<h1>${secondary}</h1>`) },
  { when: "OCI's code with 403", is: answered(403, {}, errorBody("TOOMANYREQUESTS", "slow down")) },
  { when: "OCI's code with 400", is: answered(400, {}, errorBody("TOOMANYREQUESTS", "slow down")) },
  { when: "API rate limit exceeded", is: answered(403, {}, "API rate limit exceeded for 192.0.2.1") },
  { when: "Amazon's words", is: answered(400, {}, errorBody("ThrottlingException", "Rate exceeded")) },
  { when: "Google's reason", is: answered(403, {}, '{"error":{"errors":[{"reason":"userRateLimitExceeded"}]}}') },
  { when: "abuse detection", is: answered(403, {}, "You have triggered an abuse detection mechanism") },
  { when: "a code with what came of it", is: answered(403, {}, errorBody("RATE_LIMIT_EXCEEDED", "")) },
  {
    when: "a limit that was reached, after a line's end",
    is: answered(403, {}, errorBody("DENIED", "no\nrate limited")),
  },
  { when: "a throttled request", is: answered(400, {}, errorBody("DENIED", "The request was throttled.")) },
  {
    when: "the limit of a repository that is called by its name",
    is: answered(403, {}, errorBody("DENIED", "r: rate limit")),
  },
  { when: "403 with Retry-After and no body", is: answered(403, { "retry-after": "3" }) },
  { when: "403 with nothing left of the budget", is: answered(403, { "x-ratelimit-remaining": "0" }) },
  { when: "the same as Docker Hub writes it", is: answered(403, { "ratelimit-remaining": "0;w=21600" }) },
])("$when is a limit", ({ is }) => {
  expect(rateLimitOf(is, now)).toBeDefined();
  const asked = { host: "ghcr.io", repository: "o/r", access: "push" } as const;
  expect(answerError(asked, is, now)).toMatchObject({ code: "rate-limited", isTransient: true });
});

test.each([
  { when: "403 without a word", is: answered(403) },
  { when: "a missing right", is: answered(403, {}, errorBody("DENIED", "permission_denied: write_package")) },
  { when: "a missing right, with budget left", is: answered(403, { "x-ratelimit-remaining": "42" }, "no") },
  { when: "a missing right, with a budget that ends in 0", is: answered(403, { "x-ratelimit-remaining": "60" }) },
  { when: "a full quota", is: answered(403, {}, errorBody("DENIED", "storage quota limit exceeded")) },
  { when: "the corporate limit on images", is: answered(403, {}, errorBody("DENIED", "over the corporate limit")) },
  { when: "401", is: answered(401, { "retry-after": "3" }) },
  { when: "404 with a budget", is: answered(404, { "ratelimit-remaining": "0" }) },
  { when: "an answer whose budget is used up by it", is: answered(200, { "x-ratelimit-remaining": "0" }) },
  { when: "400", is: answered(400, {}, errorBody("MANIFEST_INVALID", "no")) },
])("$when is none", ({ is }) => {
  expect(rateLimitOf(is, now)).toBeUndefined();
});

test.each([
  { when: "seconds", headers: { "retry-after": "7" }, wait: 7_000 },
  { when: "a tenth of a second", headers: { "retry-after": "0.1" }, wait: 100 },
  { when: "a fraction without a zero", headers: { "retry-after": ".25" }, wait: 250 },
  { when: "less than a millisecond", headers: { "retry-after": "0.0001" }, wait: 1 },
  { when: "nothing at all", headers: { "retry-after": "0" }, wait: undefined },
  { when: "less than nothing", headers: { "retry-after": "-5" }, wait: undefined },
  { when: "two numbers", headers: { "retry-after": "5, 10" }, wait: undefined },
  { when: "a number as some countries write it", headers: { "retry-after": "0,5" }, wait: undefined },
  { when: "a word with a number", headers: { "retry-after": "soon 5" }, wait: undefined },
  {
    when: "a date that is over here, and to come where the answer is from",
    headers: { "retry-after": "Fri, 02 Jan 2026 03:03:08 GMT", date: "Fri, 02 Jan 2026 03:03:05 GMT" },
    wait: 3_000,
  },
  {
    when: "a date that is over here and there",
    headers: { "retry-after": "Fri, 02 Jan 2026 03:03:00 GMT", date: "Fri, 02 Jan 2026 03:03:05 GMT" },
    wait: undefined,
  },
  { when: "seconds with blanks", headers: { "retry-after": " 2 " }, wait: 2_000 },
  { when: "seconds with their unit", headers: { "retry-after": "2s" }, wait: 2_000 },
  { when: "a date", headers: { "retry-after": "Fri, 02 Jan 2026 03:04:08 GMT" }, wait: 3_000 },
  { when: "a date that is over", headers: { "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }, wait: undefined },
  { when: "a day", headers: { "retry-after": "86400" }, wait: 86_400_000 },
  { when: "a time since 1970", headers: { "retry-after": String(epoch + 9) }, wait: 9_000 },
  { when: "Docker Hub's own header", headers: { "x-retry-after": String(epoch + 9) }, wait: 9_000 },
  { when: "an empty value", headers: { "retry-after": "" }, wait: undefined },
  { when: "what is neither number nor date", headers: { "retry-after": "soon" }, wait: undefined },
  {
    when: "when the budget is renewed, as a time",
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(epoch + 5) },
    wait: 5_000,
  },
  {
    when: "when the budget is renewed, in seconds",
    headers: { "ratelimit-remaining": "0", "ratelimit-reset": "5" },
    wait: 5_000,
  },
  {
    when: "Retry-After rather than the budget",
    headers: { "retry-after": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(epoch + 5) },
    wait: 1_000,
  },
  {
    when: "no renewal of a budget that isn't used up",
    headers: { "x-ratelimit-remaining": "3", "x-ratelimit-reset": String(epoch + 5) },
    wait: undefined,
  },
])("a limit asks for $when", ({ headers, wait }) => {
  expect(rateLimitOf(answered(429, headers as Record<string, string>), now)).toEqual({ retryAfter: wait });
});

test("what the host said of it is in the message, and advice on rights isn't", () => {
  const asked = { host: "ghcr.io", repository: "o/r", access: "push" } as const;
  const { message, hint } = answerError(asked, answered(403, {}, JSON.stringify({ message: secondary })), now);
  expect(message).toBe(`ghcr.io limits the rate of requests (403): ${secondary}`);
  expect(hint).toMatch(/^run again later/);
});
