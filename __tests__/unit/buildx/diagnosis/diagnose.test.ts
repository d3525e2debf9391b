import { describe, expect, test } from "@jest/globals";
import { diagnose } from "../../../../src/buildx/diagnosis/diagnose.ts";
import type { FailureCategory } from "../../../../src/buildx/diagnosis/failure-rows.ts";
import type { FailedStep } from "../../../../src/buildx/invocation/progress.ts";
import { follow, streamLines } from "../stream.ts";

const build = {
  image: "app",
  dockerfile: "images/app/Dockerfile",
  at: { file: "images/app/Dockerfile", line: 1 },
  code: 1,
  platforms: 2,
};

describe("real streams", () => {
  test.each<[string, FailureCategory, number, string]>([
    [
      "command-failed",
      "command",
      3,
      "app could not be built: RUN for i in 1 2 3; do echo line $i; done; echo 'red'; echo… on linux/amd64 ended with exit code 1\n  line 1\n  line 2\n  line 3\n  red\n  ::error::x",
    ],
    [
      "base-missing",
      "base-missing",
      1,
      "app could not be built: the base image registry.example/o/r/doesnotexist:1 doesn't exist",
    ],
    ["file-missing", "missing-file", 2, "app could not be built: /missing.txt is not in the build context"],
    [
      "parse-error",
      "dockerfile",
      2,
      "app could not be built: the Dockerfile can't be parsed: unknown instruction: RUNN (did you mean RUN?)",
    ],
    ["cache-unreachable", "cache", 1, "app could not be built: the build cache could not be written or read"],
    [
      "push-refused",
      "push-denied",
      1,
      "app could not be built: the registry refused the push of registry.example/o/r/x",
    ],
  ])("%s", (name, category, line, message) => {
    const { progress, text } = follow(streamLines(name));
    const error = diagnose({ ...build, text, step: progress.failed(text.join("\n")) });
    expect({ ...error, message: error.message.replace("on linux/arm64", "on linux/amd64") }).toMatchObject({
      category,
      at: { file: "images/app/Dockerfile", line },
      message,
      hint: expect.stringMatching(/^[a-z].*[^.]$/),
    });
  });
});

describe("the lines of the Dockerfile around the one that failed", () => {
  const dashes = "-".repeat(20);
  const lines = ["   1 |     FROM busybox", "   2 | >>> COPPY a /", "   3 |     "];
  const said = "ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: COPPY";

  test.each([
    {
      when: "are those between dashes",
      text: ["Dockerfile:2", dashes, ...lines, dashes, said],
      excerpt: lines.slice(0, 2),
    },
    { when: "are none where BuildKit shows none", text: [said], excerpt: [] },
    { when: "are none where they have no end", text: [dashes, ...lines], excerpt: [] },
    {
      when: "are those of the first place",
      text: ["Dockerfile:2", dashes, ...lines, dashes, "Dockerfile:9", dashes, "   9 | >>> RUN x", dashes, said],
      excerpt: lines.slice(0, 2),
    },
    {
      when: "hold no control characters",
      text: [dashes, "   1 | >>> RUN \u001b[31mred\u0007", dashes, said],
      excerpt: ["   1 | >>> RUN red\\x07"],
    },
  ])("$when", ({ text, excerpt }) => {
    expect(diagnose({ ...build, text, step: undefined }).excerpt).toEqual(excerpt);
  });

  test("BuildKit's words are no cause where the sentence has all that matters of them", () => {
    const of = (text: string) => diagnose({ ...build, text: [text], step: undefined }).cause;
    expect(of(said)).toBeUndefined();
    expect(
      of("ERROR: failed to build: failed to solve: failed to push ghcr.io/o/r/x: 403 Forbidden: quota"),
    ).toBeInstanceOf(Error);
  });
});

const solving = "ERROR: failed to build: failed to solve: ";
const step = (name: string, error: string, output: readonly string[] = []): FailedStep => ({ name, error, output });
const command = 'process "/bin/sh -c make" did not complete successfully: exit code: ';

describe("what BuildKit says, and what the user reads", () => {
  test.each<[FailureCategory, string, FailedStep | undefined, string]>([
    ["command", `${command}127`, undefined, "/bin/sh -c make calls a program that the image doesn't have"],
    ["command", `${command}2`, undefined, "/bin/sh -c make ended with exit code 2"],
    [
      "command",
      `${command}2`,
      step("[2/3] RUN make", `${command}2`, ["make: nothing"]),
      "RUN make ended with exit code 2\n  make: nothing",
    ],
    [
      "out-of-memory",
      `${command}137`,
      step("[2/3] RUN make", `${command}137`),
      "RUN make was killed, most likely because memory ran out",
    ],
    [
      "disk-full",
      `${command}1`,
      step("[2/3] RUN make", "", ["cp: No space left on device"]),
      "the disk is full\n  cp: No space left on device",
    ],
    ["disk-full", "failed to copy files: write /x: no space left on device", undefined, "the disk is full"],
    [
      "emulation",
      `${command}255`,
      step("[2/3] RUN make", "", ["exec /bin/sh: exec format error"]),
      "a program for another platform was run without an emulator for it\n  exec /bin/sh: exec format error",
    ],
    [
      "dockerfile",
      'target stage "prod" could not be found (did you mean prd?)',
      undefined,
      "the Dockerfile has no stage prod (did you mean prd?)",
    ],
    [
      "dockerfile",
      "the Dockerfile cannot be empty",
      undefined,
      "the Dockerfile is wrong: the Dockerfile cannot be empty",
    ],
    [
      "dockerfile",
      "base name ($X) should not be blank",
      undefined,
      "the Dockerfile is wrong: base name ($X) should not be blank",
    ],
    [
      "missing-file",
      "failed to read dockerfile: open Dockerfile: no such file or directory",
      undefined,
      "the Dockerfile images/app/Dockerfile doesn't exist",
    ],
    [
      "missing-file",
      'unable to prepare context: path "./images/app" not found',
      undefined,
      "./images/app is not there",
    ],
    ["secret", "secret npm: not found", undefined, "the build requires the secret npm, which isn't given"],
    [
      "rate-limit",
      "toomanyrequests: You have reached your unauthenticated pull rate limit.",
      undefined,
      "the registry of a base image allows no more pulls for now",
    ],
    [
      "base-platform",
      "debian:13: failed to resolve source metadata for docker.io/library/debian:13: no match for platform in manifest: not found",
      undefined,
      "a base image is not made for a platform that is built",
    ],
    [
      "base-denied",
      "x: failed to resolve source metadata for docker.io/o/x:1: pull access denied, repository does not exist or may require authorization",
      undefined,
      "the base image docker.io/o/x:1 doesn't exist, or may not be read",
    ],
    [
      "base-denied",
      "x: failed to resolve source metadata for ghcr.io/o/x:1: unexpected status from HEAD request to https://ghcr.io/v2/o/x/manifests/1: 403 Forbidden",
      undefined,
      "the base image ghcr.io/o/x:1 doesn't exist, or may not be read",
    ],
    [
      "registry-unreachable",
      'failed to do request: Head "https://r.example/v2/": dial tcp: lookup r.example on 10.0.0.1:53: no such host',
      undefined,
      "r.example can't be reached: dial tcp: lookup r.example on 10.0.0.1:53: no such host",
    ],
    [
      "registry-unreachable",
      "failed to push localhost:1/x: failed to do request: dial tcp 127.0.0.1:1: connect: connection refused",
      undefined,
      "a registry can't be reached: dial tcp 127.0.0.1:1: connect: connection refused",
    ],
    [
      "registry-busy",
      'failed to push ghcr.io/o/x: unexpected status from PUT request to https://ghcr.io/v2/o/x/manifests/sha256:1: 403 Forbidden: {"message":"You have exceeded a secondary rate limit."}',
      undefined,
      "the registry limits the rate of requests, and refused the push of ghcr.io/o/x",
    ],
    [
      "registry-busy",
      "failed to push ghcr.io/o/x: denied: You have exceeded a secondary rate limit.",
      undefined,
      "the registry limits the rate of requests, and refused the push of ghcr.io/o/x",
    ],
    [
      "registry-busy",
      "failed to push ghcr.io/o/x: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token: 403 Forbidden: API rate limit exceeded",
      undefined,
      "the registry limits the rate of requests, and refused the push of ghcr.io/o/x",
    ],
    [
      "registry-busy",
      "x: failed to resolve source metadata for ghcr.io/o/x:1: unexpected status from GET request to https://ghcr.io/v2/o/x/manifests/1: 403 Forbidden: secondary rate limit",
      undefined,
      "a registry limits the rate of requests",
    ],
    [
      "registry-silent",
      "failed to push ghcr.io/o/x: unexpected status from HEAD request to https://ghcr.io/v2/o/x/blobs/sha256:1: 403 Forbidden",
      undefined,
      "the registry refused the push of ghcr.io/o/x without a reason",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/x: unexpected status from POST request to https://ghcr.io/v2/o/x/blobs/uploads/: 403 Forbidden",
      undefined,
      "the registry refused the push of ghcr.io/o/x",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/rate-limiter: unexpected status from POST request to https://ghcr.io/v2/o/rate-limiter/blobs/uploads/: 403 Forbidden: denied: permission_denied: write_package o/rate-limiter",
      undefined,
      "the registry refused the push of ghcr.io/o/rate-limiter",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/too-many-requests: unexpected status from POST request to https://ghcr.io/v2/o/too-many-requests/blobs/uploads/: 403 Forbidden: denied: permission_denied: write_package o/too-many-requests",
      undefined,
      "the registry refused the push of ghcr.io/o/too-many-requests",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/quota: unexpected status from POST request to https://ghcr.io/v2/o/quota/blobs/uploads/: 403 Forbidden: denied: permission_denied: write_package o/quota",
      undefined,
      "the registry refused the push of ghcr.io/o/quota",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/read-only-mode: unexpected status from POST request to https://ghcr.io/v2/o/read-only-mode/blobs/uploads/: 403 Forbidden: denied: permission_denied: write_package o/read-only-mode",
      undefined,
      "the registry refused the push of ghcr.io/o/read-only-mode",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/throttled: unexpected status from POST request to https://ghcr.io/v2/o/throttled/blobs/uploads/: 403 Forbidden: denied: permission_denied: write_package o/throttled",
      undefined,
      "the registry refused the push of ghcr.io/o/throttled",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/denied: unexpected status from PUT request to https://r.io/v2/o/denied/manifests/sha256:1: 503 Service Unavailable",
      undefined,
      "the registry was unavailable or broke off the push of r.io/o/denied",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/denied-list: unexpected status from PUT request to https://r.io/v2/o/denied-list/manifests/sha256:1: 503 Service Unavailable",
      undefined,
      "the registry was unavailable or broke off the push of r.io/o/denied-list",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/quota: unexpected status from PUT request to https://r.io/v2/o/quota/manifests/sha256:1: 503 Service Unavailable",
      undefined,
      "the registry was unavailable or broke off the push of r.io/o/quota",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/unsupported-x: unexpected status from PUT request to https://r.io/v2/o/unsupported-x/manifests/sha256:1: 503 Service Unavailable",
      undefined,
      "the registry was unavailable or broke off the push of r.io/o/unsupported-x",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/rate-limit: unexpected status from PUT request to https://r.io/v2/o/rate-limit/manifests/sha256:1: 503 Service Unavailable",
      undefined,
      "the registry was unavailable or broke off the push of r.io/o/rate-limit",
    ],
    [
      "push-refused",
      "failed to push h.io/o/x: denied: The system is in read only mode. Any modification is prohibited.",
      undefined,
      "the registry rejected the push of h.io/o/x: it is locked, read-only or a mirror of another registry",
    ],
    [
      "push-refused",
      "failed to push a.io/o/x: unexpected status from POST request to https://a.io/v2/o/x/blobs/uploads/: 405 Method Not Allowed",
      undefined,
      "the registry rejected the push of a.io/o/x: it is locked, read-only or a mirror of another registry",
    ],
    [
      "push-refused",
      "failed to push q.io/o/x: unsupported: System is currently read-only. Pulls will succeed but all write operations are currently suspended.",
      undefined,
      "the registry rejected the push of q.io/o/x: it is locked, read-only or a mirror of another registry",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/x: manifest blob unknown: blob unknown to registry",
      undefined,
      "the registry doesn't have a part of what was pushed to r.io/o/x before",
    ],
    [
      "registry-busy",
      "failed to push r.io/o/x: blob upload unknown: blob upload unknown to registry",
      undefined,
      "the registry doesn't have a part of what was pushed to r.io/o/x before",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/corporate: denied: over the corporate limit on images",
      undefined,
      "the registry refused the push of ghcr.io/o/corporate",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/x: denied: permission_denied: write_package",
      undefined,
      "the registry refused the push of ghcr.io/o/x",
    ],
    [
      "push-refused",
      "failed to push h.io/o/x: denied: adding 1.5 MiB of storage resource, which when updated to current usage of 99 MiB will exceed the configured upper limit of 100 MiB",
      undefined,
      "the registry rejected the push of h.io/o/x: its quota is exceeded or its disk is full",
    ],
    [
      "push-refused",
      "failed to push q.io/o/x: denied: Quota has been exceeded on namespace",
      undefined,
      "the registry rejected the push of q.io/o/x: its quota is exceeded or its disk is full",
    ],
    [
      "push-refused",
      "failed to push r.io/o/x: unknown: mkdir /var/lib/registry/docker: no space left on device",
      undefined,
      "the registry rejected the push of r.io/o/x: its quota is exceeded or its disk is full",
    ],
    [
      "registry-unreachable",
      'failed to push r.io/o/x: failed to do request: Put "http://r.io/v2/o/x/blobs/uploads/1?digest=sha256:1": dial tcp 1.2.3.4:80: connect: connection refused',
      undefined,
      "the registry of r.io/o/x sends the upload to an address without TLS, which fails",
    ],
    [
      "registry-unreachable",
      'failed to push localhost:1/o/x: failed to do request: Put "http://localhost:1/v2/o/x/blobs/uploads/1": dial tcp 127.0.0.1:1: connect: connection refused',
      undefined,
      "localhost:1 can't be reached: dial tcp 127.0.0.1:1: connect: connection refused",
    ],
    [
      "push-denied",
      "failed to push ghcr.io/o/quota: unexpected status from POST request to https://ghcr.io/v2/o/quota/blobs/uploads/: 403 Forbidden",
      undefined,
      "the registry refused the push of ghcr.io/o/quota",
    ],
    [
      "push-refused",
      "failed to push ghcr.io/o/x: manifest invalid: too many layers",
      undefined,
      "the registry rejected the push of ghcr.io/o/x: manifest invalid: too many layers",
    ],
    [
      "registry-busy",
      "failed to push ghcr.io/o/x: toomanyrequests: slow down",
      undefined,
      "the registry was unavailable or broke off the push of ghcr.io/o/x",
    ],
    [
      "registry-busy",
      "failed to push ghcr.io/o/x: unknown: internal error",
      undefined,
      "the registry was unavailable or broke off the push of ghcr.io/o/x",
    ],
    [
      "registry-busy",
      "x: failed to resolve source metadata for ghcr.io/o/x:1: unexpected status from HEAD request to https://ghcr.io/v2/o/x/manifests/1: 503 Service Unavailable",
      undefined,
      "a registry was unavailable or broke off",
    ],
    [
      "registry-busy",
      'x: failed to resolve source metadata for r/x:1: failed to do request: Head "https://r/v2/x/manifests/1": EOF',
      undefined,
      "r was unavailable or broke off",
    ],
    [
      "builder-lost",
      "failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF",
      undefined,
      "the builder ended in the middle of the build, or can't be reached any more",
    ],
    [
      "builder-lost",
      "Unavailable: error reading from server: EOF",
      undefined,
      "the builder ended in the middle of the build, or can't be reached any more",
    ],
    [
      "builder-lost",
      "context deadline exceeded",
      step("[internal] waiting for connection", "context deadline exceeded"),
      "the builder ended in the middle of the build, or can't be reached any more",
    ],
    [
      "engine",
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      undefined,
      "docker's engine or the builder can't be reached",
    ],
    [
      "disk-full",
      "ResourceExhausted: failed to load cache key: write /var/lib/buildkit/containerdmeta.db: no space left on device",
      undefined,
      "the disk is full",
    ],
    [
      "not-allowed",
      "failed to load LLB: security.insecure is not allowed",
      undefined,
      "the Dockerfile asks for security.insecure, which its build isn't allowed",
    ],
    ["secret", "unset ssh forward key default", undefined, "the build requires an SSH agent, and none is given"],
    [
      "secret",
      "failed to convert agent config {default [] false}: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set",
      undefined,
      "the build requires an SSH agent, and none is given",
    ],
    [
      "dockerfile",
      'failed to parse platform linux/a/b/c/d: "c/d" is an invalid component of "linux/a/b/c/d"',
      undefined,
      "the Dockerfile names the platform linux/a/b/c/d, which isn't valid",
    ],
    [
      "download",
      'failed to load cache key: Get "https://nowhere.example/x": dial tcp: lookup nowhere.example on 10.0.0.1:53: no such host',
      undefined,
      "https://nowhere.example/x can't be fetched: dial tcp: lookup nowhere.example on 10.0.0.1:53: no such host",
    ],
    [
      "download",
      "failed to load cache key: invalid response status 404",
      undefined,
      "the URL of an ADD or of a build context can't be fetched: invalid response status 404",
    ],
    [
      "login",
      'x: failed to resolve source metadata for ghcr.io/o/x:1: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``',
      undefined,
      'docker\'s credential helper failed: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``',
    ],
    [
      "registry-busy",
      "x: failed to resolve source metadata for r/x:1: failed to do request: Head: dial tcp: lookup r on 10.0.0.1:53: server misbehaving",
      undefined,
      "a registry couldn't be reached: lookup r on 10.0.0.1:53: server misbehaving",
    ],
    ["engine", 'no builder "x" found', undefined, "docker's engine or the builder can't be reached"],
    ["unknown", "something new", undefined, "something new"],
  ])("%s: %s", (category, said, failedStep, expected) => {
    const error = diagnose({ ...build, text: [`${solving}${said}`], step: failedStep });
    expect(error).toMatchObject({ category, message: `app could not be built: ${expected}` });
  });

  test("the words of a command are not taken for BuildKit's", () => {
    const name = '[2/3] RUN echo "failed to push ghcr.io/o/x: denied"';
    const said = `process "/bin/sh -c echo \\"failed to push ghcr.io/o/x: denied\\"" did not complete successfully: exit code: 3`;
    const error = diagnose({
      ...build,
      text: [solving + said],
      step: step(name, said, ["toomanyrequests", "code = Unavailable"]),
    });
    expect(error.category).toBe("command");
  });

  test.each([
    { what: "a secret", said: "x: failed to solve: secret npm: not found" },
    { what: "a private base", said: "x: failed to resolve source metadata for r/x:1: pull access denied" },
  ])("an untrusted checkout that lacks $what is not told to give what it doesn't get", ({ said }) => {
    const failed = { ...build, text: [`${solving}${said}`], step: undefined };
    const { hint } = diagnose({ ...failed, restricted: "this checkout is untrusted" });
    expect(hint).toMatch(/^the build of an untrusted checkout gets no secrets and no logins/);
    expect(diagnose(failed).hint).not.toBe(hint);
  });

  test("without a word from buildx its exit code is told", () => {
    const error = diagnose({ ...build, code: 139, text: [], step: undefined });
    expect(error.message).toBe("app could not be built: buildx ended with exit code 139 without a message");
  });
});

describe("the line", () => {
  test.each<[string, string[], number]>([
    ["by the file's name", ["Dockerfile:7", "-----", `${solving}x`], 7],
    ["by its path", ["images/app/Dockerfile:7", "-----", `${solving}x`], 7],
    ["in the message", [`${solving}dockerfile parse error on line 4: x`], 4],
    ["of another file is not ours", ["Other:7", "make:9", `${solving}x`], 1],
    ["is that of the base where BuildKit tells none", [`${solving}x`], 1],
  ])("%s", (_, text, line) => {
    expect(diagnose({ ...build, text, step: undefined }).at).toEqual({ file: "images/app/Dockerfile", line });
  });
});

describe("what a line takes from elsewhere", () => {
  const missing =
    'ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/nothere": not found';
  const noImage =
    "ERROR: failed to build: failed to solve: nosuch: failed to resolve source metadata for docker.io/library/nosuch:latest: docker.io/library/nosuch:latest: not found";
  const denied =
    "ERROR: failed to build: failed to solve: nosuch: failed to resolve source metadata for docker.io/library/nosuch:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed";
  const ofImage = "[linux/amd64 internal] load metadata for docker.io/library/nosuch:latest";

  test.each([
    {
      line: ["COPY --from=one \\", "  /nothere /"],
      said: missing,
      says: '/nothere is not in "one", from which it is to be copied',
    },
    {
      line: ["copy --link --from=0 /nothere /"],
      said: missing,
      says: "/nothere is not in stage 0, from which it is to be copied",
    },
    { line: ["COPY /nothere /"], said: missing, says: "/nothere is not in the build context" },
    { line: ["ADD nothere /from=one"], said: missing, says: "/nothere is not in the build context" },
    {
      line: ["RUN --mount=from=two,source=/a,target=/a --mount=type=bind,from=one,src=nothere,target=/b make"],
      said: missing,
      says: '/nothere is not in "one", from which it is to be copied',
    },
    {
      line: ["RUN --mount=from=two,source=/a,target=/a --mount=type=bind,source=nothere,target=/b make"],
      said: missing,
      says: "/nothere is not in the build context",
    },
    {
      line: ["COPY --from=nosuch /x /"],
      said: noImage,
      says: `"nosuch" isn't a stage of the Dockerfile, and the image docker.io/library/nosuch:latest doesn't exist`,
    },
    {
      line: ["COPY --from=nosuch /x /"],
      said: denied,
      says: `"nosuch" isn't a stage of the Dockerfile, and the image docker.io/library/nosuch:latest doesn't exist, or may not be read`,
    },
    { line: ["FROM nosuch"], said: noImage, says: "the base image docker.io/library/nosuch:latest doesn't exist" },
    {
      line: ["# syntax=nosuch"],
      said: noImage,
      says: "the Dockerfile frontend docker.io/library/nosuch:latest (`# syntax`) doesn't exist",
    },
  ])("$line: $says", ({ line, said, says }) => {
    const shown = line.map((each, index) => `   ${index + 5} | >>> ${each}`);
    const text = ["Dockerfile:5", "-".repeat(20), "   4 |     # here", ...shown, "-".repeat(20), said];
    const step: FailedStep = { name: ofImage, error: "", output: [] };
    const error = diagnose({ ...build, text, step });
    expect(error.message.split("\n")[0]).toBe(`app could not be built: ${says}`);
    expect(error.at).toEqual({ file: "images/app/Dockerfile", line: 5 });
  });

  test("is read in the step's name, where no line is shown", () => {
    const step: FailedStep = { name: "[linux/amd64 stage-1 1/1] COPY --from=one /nothere /", error: "", output: [] };
    expect(diagnose({ ...build, text: [missing], step }).message).toContain('/nothere is not in "one"');
  });
});
