/**
 * The table from the errors of BuildKit, buildx and registries to what the user should know: a category, a sentence and a
 * remedy. The first row that matches counts, so the more exact rows come first.
 */

import { wordsOf } from "../../lib/http/complaint-text.ts";
import { limitWords } from "../../lib/http/rate-limit.ts";
import { lockedWords, quotaWords } from "../../oci/registry/refusal.ts";

export type FailureCategory =
  | "dockerfile"
  | "missing-file"
  | "base-missing"
  | "base-denied"
  | "base-platform"
  | "rate-limit"
  | "push-denied"
  | "push-refused"
  | "registry-busy"
  | "registry-silent"
  | "registry-unreachable"
  | "cache"
  | "disk-full"
  | "out-of-memory"
  | "emulation"
  | "secret"
  | "login"
  | "not-allowed"
  | "download"
  | "command"
  | "builder-lost"
  | "engine"
  | "unknown";

/** `copy`: it takes files from another stage, image or context; `syntax`: it names the frontend. */
export type LineKind = "copy" | "syntax" | "other";

export interface FailureRow {
  readonly category: FailureCategory;
  /** Looked for in the failed step's name and BuildKit's error and, with `inOutput`, in what the step wrote. */
  readonly pattern: RegExp;
  readonly inOutput?: true;
  /** What kind of line it is in the Dockerfile that failed; unset: any. */
  readonly line?: LineKind;
  /**
   * `$1` and so on are the pattern's groups, `$step` is the failed step, `$registry` its registry, `$from` what its line copies from,
   * `$dockerfile` the path in the repository.
   */
  readonly message: string;
  readonly hint: string;
}

const pushing = "failed to push (\\S+): ";
const denied = wordsOf("unauthorized|forbidden|denied|insufficient_scope|authorization failed|no basic auth");
/** The reference ends at the colon that a space follows. */
const resolving = "failed to resolve source metadata for (\\S+): ";

const missingFile = /failed to (?:calculate checksum of ref|compute cache key).*?"(.+?)": not found/s;

export const failureRows: readonly FailureRow[] = [
  {
    category: "cache",
    // The step's own name; a step of the Dockerfile has brackets around it.
    pattern: /^(?:exporting|importing) (?:cache|to \w+ cache)/m,
    message: "the build cache could not be written or read",
    hint: "add ignore-error=true to `cache-to`, or set `cache: none` to build without it",
  },
  {
    category: "push-refused",
    // Harbor and others refuse what is too much with the status of a missing right.
    pattern: new RegExp(`${pushing}.*(?:${quotaWords})`, "is"),
    message: "the registry rejected the push of $1: its quota is exceeded or its disk is full",
    hint: "delete what isn't needed in the registry (and let it collect garbage), or raise the quota; no right is missing",
  },
  {
    category: "disk-full",
    pattern: /no space left on device/i,
    inOutput: true,
    message: "the disk is full",
    hint: "free space before this step (large runner images can be trimmed), use fewer platforms at once, or a larger runner",
  },
  {
    category: "emulation",
    pattern: /exec format error|invalid ELF image|Could not open '\/lib(?:64)?\/ld-/i,
    inOutput: true,
    message: "a program for another platform was run without an emulator for it",
    hint: "check that the base image is made for the platforms that are built, and that `qemu` is not `false`; on a runner that others use too, run again: one of them may have removed the emulator",
  },
  {
    category: "out-of-memory",
    pattern: /did not complete successfully: exit code: 137\b/,
    message: "$step was killed, most likely because memory ran out",
    hint: "let it use less memory (fewer parallel jobs), build fewer images at once, or use a larger runner",
  },
  {
    category: "command",
    pattern: /process "(.+?)" did not complete successfully: exit code: 127\b/s,
    message: "$step calls a program that the image doesn't have",
    hint: "install the program in a step before, or choose a base image that has it",
  },
  {
    category: "command",
    pattern: /process "(.+?)" did not complete successfully: exit code: (\d+)/s,
    message: "$step ended with exit code $2",
    hint: "correct the command, or what it needs",
  },
  {
    category: "dockerfile",
    pattern: /dockerfile parse error(?: on line \d+)?:? *(.*)/i,
    message: "the Dockerfile can't be parsed: $1",
    hint: "correct the line",
  },
  {
    category: "dockerfile",
    pattern: /target stage "?(.+?)"? could not be found(.*)/,
    message: "the Dockerfile has no stage $1$2",
    hint: "name a stage of the Dockerfile in `target`",
  },
  {
    category: "missing-file",
    pattern: /failed to read dockerfile: .*no such file/i,
    message: "the Dockerfile $dockerfile doesn't exist",
    hint: "check its path, and that the checkout has it",
  },
  {
    category: "dockerfile",
    pattern:
      /(unknown instruction: .*|the Dockerfile cannot be empty|no build stage in current context.*|invalid reference format.*|base name \(.*\) should not be blank|circular dependency detected on stage: .*|invalid (?:from flag value|field) .*)/i,
    message: "the Dockerfile is wrong: $1",
    hint: "correct the line",
  },
  {
    category: "not-allowed",
    pattern: /granting entitlement (\S+) is not allowed/,
    message: "the builder doesn't grant $1",
    hint: "start it with `--allow-insecure-entitlement` and this right (`buildkitd-flags` of docker/setup-buildx-action)",
  },
  {
    category: "not-allowed",
    pattern: /(security\.insecure|network\.host|device \S+) is not allowed/,
    message: "the Dockerfile asks for $1, which its build isn't allowed",
    hint: "remove it, or allow it with `allow` (of an untrusted checkout, only the input and the base's config file count)",
  },
  {
    category: "secret",
    pattern: /unset ssh forward key|invalid empty ssh agent socket/,
    message: "the build requires an SSH agent, and none is given",
    hint: "give it in `ssh` (`default`, or id=path of a key), and start an agent before this step where none runs",
  },
  {
    category: "dockerfile",
    pattern: /failed to parse platform (\S+?):/,
    message: "the Dockerfile names the platform $1, which isn't valid",
    hint: "write os/architecture, such as linux/arm64, or a variable such as $BUILDPLATFORM",
  },
  {
    category: "download",
    pattern: /failed to load cache key: (?:Get|Head) "([^"]+)": (.*)/,
    message: "$1 can't be fetched: $2",
    hint: "check the URL of the ADD, and the network and proxy of the builder",
  },
  {
    category: "download",
    pattern: /failed to load cache key: (invalid response status \d+|failed to fetch remote \S+)/,
    message: "the URL of an ADD or of a build context can't be fetched: $1",
    hint: "check the URL, and that it may be read without a login",
  },
  {
    category: "login",
    pattern: /error getting credentials - err: (.*)/,
    message: "docker's credential helper failed: $1",
    hint: "install the helper, or take it out of docker's config.json",
  },
  {
    category: "secret",
    pattern: /secret ([\w.-]+): not found/,
    message: "the build requires the secret $1, which isn't given",
    hint: "give it in `secrets`, `secret-envs` or `secret-files`",
  },
  {
    category: "missing-file",
    line: "copy",
    pattern: missingFile,
    message: "$1 is not in $from, from which it is to be copied",
    hint: "check the path, and that the stage, image or context that `from` names has it",
  },
  {
    category: "missing-file",
    pattern: missingFile,
    message: "$1 is not in the build context",
    hint: "check the path, the `.dockerignore`, and that an earlier step or the checkout made the file",
  },
  {
    category: "rate-limit",
    pattern: /pull rate limit/i,
    message: "the registry of a base image allows no more pulls for now",
    hint: "log in to it before this step, or take the base from a mirror",
  },
  {
    category: "base-platform",
    pattern: /no match for platform in manifest(?: \S+)?/,
    message: "a base image is not made for a platform that is built",
    hint: "remove that platform from `platforms`, or use a base that has it",
  },
  {
    category: "engine",
    pattern: /Cannot connect to the Docker daemon|error during connect: |docker\.sock: connect: |no builder "/i,
    message: "docker's engine or the builder can't be reached",
    hint: "start the engine, and check the input `builder`",
  },
  {
    category: "builder-lost",
    pattern:
      /code = Unavailable|\bUnavailable: |waiting for connection|closing transport|failed to receive status|error reading from server: EOF|no such container|failed to get status|is not running/i,
    message: "the builder ended in the middle of the build, or can't be reached any more",
    hint: "run it again; if it fails again, check memory and disk of the builder's machine",
  },
  {
    category: "registry-busy",
    // GitHub's registry refuses what is too much with the status of a missing right.
    pattern: new RegExp(`${pushing}.*${denied}.*(?:${limitWords})`, "is"),
    message: "the registry limits the rate of requests, and refused the push of $1",
    hint: "run it again later; nothing was tagged",
  },
  {
    category: "registry-busy",
    pattern: new RegExp(`${denied}.*(?:${limitWords})`, "is"),
    message: "$registry limits the rate of requests",
    hint: "run it again later; nothing was tagged",
  },
  {
    category: "registry-silent",
    // The answer to a HEAD has no room for the reason.
    pattern: new RegExp(`${pushing}unexpected status from HEAD request to \\S+: 403 Forbidden`),
    message: "the registry refused the push of $1 without a reason",
    hint: "it may limit the rate of requests: run it again later; if it fails again, give the job the right to write there (`permissions: packages: write` on ghcr.io)",
  },
  {
    category: "push-refused",
    pattern: new RegExp(`${pushing}.*(?:${lockedWords}|: 405 Method Not Allowed)`, "is"),
    message: "the registry rejected the push of $1: it is locked, read-only or a mirror of another registry",
    hint: "unlock it or wait until its maintenance is over, then run again; or push to another registry",
  },
  {
    category: "push-denied",
    pattern: new RegExp(`${pushing}.*${denied}`, "is"),
    message: "the registry refused the push of $1",
    hint: "log in to the registry, and give the job the right to write there (`permissions: packages: write` on ghcr.io)",
  },
  {
    category: "registry-unreachable",
    pattern: new RegExp(
      `${pushing}.*failed to do request: (?:Put|Patch|Post) "http://(?!localhost|127\\.|\\[::1\\])`,
      "is",
    ),
    message: "the registry of $1 sends the upload to an address without TLS, which fails",
    hint: "if a proxy in front of it terminates TLS, let that send `X-Forwarded-Proto: https` and the `Host` of the request",
  },
  {
    category: "registry-busy",
    pattern: /(i\/o timeout|lookup \S+[^\n]*(?:server misbehaving|Temporary failure[^\n]*))/i,
    message: "$registry couldn't be reached: $1",
    hint: "run it again later; if it fails again, check the network and DNS of the builder",
  },
  {
    category: "registry-unreachable",
    pattern:
      /(dial tcp[^\n]*|lookup \S+[^\n]*no such host|x509: [^\n]*|http: server gave HTTP response to HTTPS client)/i,
    message: "$registry can't be reached: $1",
    hint: "check the registry's name, the network and proxy of the builder, and its certificate",
  },
  {
    category: "push-refused",
    pattern: new RegExp(
      `${pushing}.*(${wordsOf("name unknown|name invalid|manifest invalid|unsupported|quota|too large")}.*)`,
      "is",
    ),
    message: "the registry rejected the push of $1: $2",
    hint: "check the repository's name, whether the registry requires that it exists, and the registry's limits",
  },
  {
    category: "registry-busy",
    pattern: new RegExp(`${pushing}.*${wordsOf("(?:manifest )?blob unknown|blob upload (?:unknown|invalid)")}`, "is"),
    message: "the registry doesn't have a part of what was pushed to $1 before",
    hint: "run it again; if it fails again, the registry loses uploads: check that its storage is shared by all of its machines",
  },
  {
    category: "registry-busy",
    // BuildKit often reports the registry's text without the status, so every other refusal counts as one that may pass.
    pattern: new RegExp(pushing),
    message: "the registry was unavailable or broke off the push of $1",
    hint: "run it again later; nothing was tagged",
  },
  {
    category: "registry-busy",
    pattern:
      /toomanyrequests|unexpected status(?: from \S+ request to \S+)?: (?:429|5\d\d)\b|connection reset by peer|broken pipe|TLS handshake timeout|use of closed network connection|failed to do request: .*: (?:unexpected )?EOF|http2: (?:client connection lost|server sent GOAWAY)/i,
    message: "$registry was unavailable or broke off",
    hint: "run it again later; nothing was tagged",
  },
  {
    category: "base-denied",
    line: "copy",
    pattern: new RegExp(`${resolving}.*${denied}`, "is"),
    message: "$from isn't a stage of the Dockerfile, and the image $1 doesn't exist, or may not be read",
    hint: "name a stage above (`FROM … AS NAME`), or an image; log in to its registry if it is private",
  },
  {
    category: "base-missing",
    line: "copy",
    pattern: new RegExp(`${resolving}.*not found`, "is"),
    message: "$from isn't a stage of the Dockerfile, and the image $1 doesn't exist",
    hint: "name a stage above (`FROM … AS NAME`), or an image with its tag",
  },
  {
    category: "base-denied",
    line: "syntax",
    pattern: new RegExp(`${resolving}.*${denied}`, "is"),
    message: "the Dockerfile frontend $1 (`# syntax`) doesn't exist, or may not be read",
    hint: "check its name, such as docker/dockerfile:1, and log in to its registry if it is private",
  },
  {
    category: "base-missing",
    line: "syntax",
    pattern: new RegExp(`${resolving}.*not found`, "is"),
    message: "the Dockerfile frontend $1 (`# syntax`) doesn't exist",
    hint: "check its name and tag, such as docker/dockerfile:1",
  },
  {
    category: "base-denied",
    pattern: new RegExp(`${resolving}.*${denied}`, "is"),
    message: "the base image $1 doesn't exist, or may not be read",
    hint: "check its name, and log in to its registry if it is private",
  },
  {
    category: "base-missing",
    pattern: new RegExp(`${resolving}.*not found`, "is"),
    message: "the base image $1 doesn't exist",
    hint: "check its name and tag",
  },
  {
    category: "missing-file",
    pattern:
      /(?:unable to prepare context: )?path "(.+?)" not found|(?:lstat|stat|open) (\S+): no such file or directory/,
    message: "$1$2 is not there",
    hint: "check the path, and that an earlier step or the checkout made it",
  },
];

/**
 * Pauses before further attempts, in milliseconds, where another attempt a little later may not meet the failure: BuildKit
 * itself repeats a refused push within half a second, and a builder is started again by the next call.
 */
export function pausesAfter(category: FailureCategory): readonly number[] {
  switch (category) {
    case "registry-busy":
    case "registry-silent":
      return [2_000, 10_000, 30_000];
    case "builder-lost":
    case "engine":
      return [2_000, 10_000];
    default:
      return [];
  }
}
