/** Uploads by GitHub's own client to a stand-in of code scanning. */
import type { ServerResponse } from "node:http";
import { expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import { codeScanning } from "../../../../src/forge/github/code-scanning.ts";
import type { Vulnerability } from "../../../../src/scan/finding.ts";
import { imageSarif } from "../../../../src/scan/sarif/sarif.ts";
import { type UploadRequest, uploadScans } from "../../../../src/scan/upload/upload.ts";
import { type Behaviour, type CodeScanningFake, withCodeScanning } from "../../../e2e/code-scanning-fake.ts";
import { withServer } from "../../../e2e/http-server.ts";
import { limited } from "../../lib/http/limited.ts";
import { commits, contextOf, type ScannedImage, scanOf, vulnerability } from "../scans.ts";

const main = "refs/heads/main";
const [one, two, three] = ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"].map((id) => vulnerability(id)) as [
  Vulnerability,
  Vulnerability,
  Vulnerability,
];

test("an alert opens on main, and a scan of a tag neither closes nor doubles it", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("base", [one])]);
    await upload(fake, [onBoth("base", [])], { ref: "refs/tags/v1.2.3" });
    await upload(fake, [onBoth("base", [one, two])], { ref: "refs/heads/next" });
    expect(shown(fake)).toEqual(["1 CVE-2026-1 open"]);
    expect(shown(fake, "refs/tags/v1.2.3")).toEqual([]);
    expect(shown(fake, "refs/heads/next")).toEqual(["1 CVE-2026-1 open", "2 CVE-2026-2 open"]);
    expect(fake.alerts(main)[0]?.path).toBe("images/base/Dockerfile");
  });
});

test("the alert closes when the package is upgraded, and another version of it is no other alert", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("base", [one])]);
    await upload(fake, [onBoth("base", [vulnerability("CVE-2026-1", { installed: "3.3.8-2" })])]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 open"]);
    await upload(fake, [onBoth("base", [])]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 fixed"]);
  });
});

test("two images with the same finding have an alert each, and close their own", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("base", [one]), onBoth("agent", [one])]);
    expect(fake.alerts(main).map(({ state }) => state)).toEqual(["open", "open"]);
    await upload(fake, [onBoth("agent", [])]);
    expect(
      fake
        .alerts(main)
        .map(({ path, state }) => [path, state])
        .sort(),
    ).toEqual([
      ["images/agent/Dockerfile", "fixed"],
      ["images/base/Dockerfile", "open"],
    ]);
  });
});

test("a deleted image's alerts close, but not where only some images are known", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("base", [one]), scanOf("old", { "linux/amd64": [one, two], "linux/arm64": [one] })]);
    await upload(fake, [onBoth("base", [one])], { catalog: undefined });
    expect(fake.alerts(main).map(({ state }) => state)).toEqual(["open", "open", "open"]);
    const { closed } = await upload(fake, [onBoth("base", [one])], { catalog: ["base", "agent"] });
    expect([...closed].sort()).toEqual(["image-publish/old", "image-publish/old/linux-amd64"]);
    expect(
      fake
        .alerts(main)
        .filter(({ state }) => state === "open")
        .map(({ path }) => path),
    ).toEqual(["images/base/Dockerfile"]);
    const before = fake.uploads.length;
    expect((await upload(fake, [onBoth("base", [one])], { catalog: ["base"] })).closed).toEqual([]);
    expect(fake.uploads.length - before).toBe(1);
  });
});

test("what only one platform has is an alert in that platform's category, until it is gone or everywhere", async () => {
  await withCodeScanning({}, async (fake) => {
    const base = { "linux/amd64": [one, two], "linux/arm64": [one, three] };
    await upload(fake, [scanOf("base", base)]);
    expect(fake.alerts(main).map(({ rule, categories }) => [rule, ...categories])).toEqual([
      ["CVE-2026-1", "image-publish/base"],
      ["CVE-2026-2", "image-publish/base/linux-amd64"],
      ["CVE-2026-3", "image-publish/base/linux-arm64"],
    ]);
    await upload(fake, [scanOf("base", { ...base, "linux/arm64": [one, two] })]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 open", "2 CVE-2026-2 open", "3 CVE-2026-3 fixed"]);
    expect(fake.alerts(main)[1]?.categories).toEqual(["image-publish/base"]);
    await upload(fake, [scanOf("base", { "linux/amd64": [two] })]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 fixed", "2 CVE-2026-2 open", "3 CVE-2026-3 fixed"]);
  });
});

test("where GitHub doesn't list analyses, a platform's alerts close all the same, and a deleted image waits", async () => {
  const fault: Behaviour["fault"] = (request) =>
    request === "GET analyses" ? { status: 403, message: "Resource not accessible by integration" } : undefined;
  await withCodeScanning({ fault }, async (fake) => {
    await upload(fake, [scanOf("base", { "linux/amd64": [one], "linux/arm64": [] }), onBoth("old", [one])]);
    const { closed } = await upload(fake, [onBoth("base", [])], { catalog: ["base"] });
    expect(closed).toEqual([]);
    expect(fake.alerts(main).map(({ path, state }) => [path, state])).toEqual([
      ["images/base/Dockerfile", "fixed"],
      ["images/old/Dockerfile", "open"],
    ]);
  });
});

test("what the user ignores opens no alert", async () => {
  await withCodeScanning({}, async (fake) => {
    const ignored = { source: ".trivyignore.yaml", statement: "not reachable" };
    await upload(fake, [onBoth("base", [one, vulnerability("CVE-2026-2", { ignored })])]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 open"]);
  });
});

test("the ref, the commit, the time and the checkout go along", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("base", [one])], { ref: "refs/pull/7/merge" });
    expect(fake.uploads).toMatchObject([{ ref: "refs/pull/7/merge", commit: commits.head }]);
    expect(fake.requests[0]).toContain("ref=refs%2Fpull%2F7%2Fmerge&tool_name=image-publish");
  });
});

test("more platforms than a file may have runs go in several files", async () => {
  await withCodeScanning({}, async (fake) => {
    const platforms = Array.from({ length: 25 }, (_, index) => [
      `linux/arch${index}`,
      [vulnerability(`CVE-2026-${index}`)],
    ]);
    const report = await upload(fake, [scanOf("base", Object.fromEntries(platforms))]);
    expect(report.images).toMatchObject([{ outcome: { kind: "uploaded" } }]);
    expect(fake.uploads.map(({ sarif }) => sarif.runs.length)).toEqual([20, 6]);
    expect(fake.alerts(main).filter(({ state }) => state === "open")).toHaveLength(25);
  });
});

test.each([
  [0, "uploaded", [5_000]],
  [2, "uploaded", [5_000, 10_000, 20_000]],
  [9, "pending", [5_000, 10_000, 20_000, 40_000, 80_000]],
])("processing that was pending %d times is waited for: %s", async (pending, kind, sleeps) => {
  await withCodeScanning({ pending }, async (fake) => {
    const waited: number[] = [];
    const report = await upload(fake, [onBoth("base", [one])], { waited });
    expect(report.images).toMatchObject([{ image: "base", outcome: { kind } }]);
    expect(waited).toEqual(sleeps);
    expect(report.warnings).toEqual([]);
  });
});

test("a failed processing is an error with what GitHub says", async () => {
  await withCodeScanning({ failure: "rejecting SARIF,\nas \u001b[31mit is odd" }, async (fake) => {
    const { errors, warnings } = await upload(fake, [onBoth("base", [one])]);
    expect(errors.map(({ message }) => message)).toEqual([
      "code scanning can't process the findings of base: rejecting SARIF, as it is odd",
    ]);
    expect(warnings).toEqual([]);
  });
});

test.each([
  ["not enabled", 403, "Code scanning is not enabled for this repository.", {}, "is not enabled", "security_analysis"],
  [
    "private",
    403,
    "Code Security must be enabled for this repository",
    { isPrivate: true },
    "",
    "GitHub Code Security",
  ],
  ["no permission", 403, "Resource not accessible by integration", {}, "may not write", "security-events: write"],
  ["Dependabot", 403, "Resource not accessible by integration", { actor: "dependabot[bot]" }, "Dependabot", "manually"],
  ["archived", 403, "Repository was archived so is read-only.", {}, "archived", "`sarif` to `file`"],
  ["something else", 403, "You shall\u0007 not pass", {}, 'says "You shall\\x07 not pass"', "security-events: write"],
  ["nothing there", 404, "Not Found", {}, "finds no code scanning at o/r", "security-events: write"],
  ["an unknown commit", 400, "commit not found", {}, 'says "commit not found"', "commit was pushed"],
  ["a bad token", 401, "Bad credentials", {}, "token is not valid", 'input "token"'],
])(
  "refused once and for all, %s: one warning, and no upload more",
  async (_, status, message, context, because, hint) => {
    const fault: Behaviour["fault"] = (request) => (request === "POST sarifs" ? { status, message } : undefined);
    await withCodeScanning({ fault }, async (fake) => {
      const names = Array.from({ length: 20 }, (_, index) => `image-${index}`);
      const report = await upload(
        fake,
        names.map((name) => onBoth(name, [one])),
        { context },
      );
      expect(report.warnings).toHaveLength(1);
      expect(report.warnings[0]?.message).toContain(because);
      expect(report.warnings[0]?.hint).toContain(hint);
      expect(report.warnings[0]?.hint).toContain("the findings are in sarif/");
      expect(report.images.every(({ outcome }) => outcome.kind === "refused")).toBe(true);
      expect(fake.requests.filter((each) => each.startsWith("POST")).length).toBeLessThanOrEqual(
        status === 400 ? 20 : 4,
      );
    });
  },
);

test("what is too large goes again without its less severe half, and the report says so", async () => {
  const fault: Behaviour["fault"] = (request, count) =>
    request === "POST sarifs" && count === 0 ? { status: 413, message: "Payload Too Large" } : undefined;
  await withCodeScanning({ fault }, async (fake) => {
    const low = vulnerability("CVE-2026-9", { severity: "LOW" });
    const report = await upload(fake, [onBoth("base", [low, one])]);
    expect(shown(fake)).toEqual(["1 CVE-2026-1 open"]);
    expect(report.images[0]?.outcome).toEqual({
      kind: "uploaded",
      dropped: [{ category: "image-publish/base", results: 1, worst: "LOW" }],
    });
  });
});

test("what is too large twice is a warning", async () => {
  await withCodeScanning({ fault: posts(413) }, async (fake) => {
    const { warnings } = await upload(fake, [onBoth("base", [one, two])]);
    expect(warnings.map(({ message }) => message)).toEqual(["nothing was uploaded to code scanning: it is too large"]);
    expect(fake.requests.filter((each) => each.startsWith("POST"))).toHaveLength(2);
  });
});

test.each([
  ["too many requests", 429, { "retry-after": "7" }],
  ["a secondary limit", 403, { "retry-after": "7" }],
  ["a server in trouble", 503, {}],
])("%s: asked again, as late as GitHub asks", async (_, status, headers) => {
  const fault: Behaviour["fault"] = (request, count) =>
    request === "POST sarifs" && count < 2 ? { status, message: "later", headers } : undefined;
  await withCodeScanning({ fault }, async (fake) => {
    const waited: number[] = [];
    const { images } = await upload(fake, [onBoth("base", [one])], { waited });
    expect(images).toMatchObject([{ outcome: { kind: "uploaded" } }]);
    const least = "retry-after" in headers ? 7000 : 0;
    expect(waited.slice(0, 2).every((each) => each > least && each < least + 3000)).toBe(true);
  });
});

test.each([
  ["a limit that lasts", 429, { "retry-after": "3600" }, 1, "asks to wait 3600 s"],
  ["the hour's limit", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999" }, 1, "asks to wait"],
  ["a server that stays in trouble", 502, {}, 5, "did not answer"],
])("%s is given up", async (_, status, headers, asked, because) => {
  await withCodeScanning({ fault: posts(status, headers) }, async (fake) => {
    const { warnings } = await upload(fake, [onBoth("base", [one])]);
    expect(warnings[0]?.message).toContain(because);
    expect(fake.requests.filter((each) => each.startsWith("POST"))).toHaveLength(asked);
  });
});

test.each([
  ["nobody", () => "127.0.0.1:1"],
  ["something that is no forge", (host: string) => host],
])("%s answers: a warning", async (_, choose) => {
  const hello = (_request: unknown, response: ServerResponse) => void response.end("hello");
  await withServer(hello, async (host) => {
    const { warnings } = await upload({ apiUrl: `http://${choose(host)}` }, [onBoth("base", [one])]);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("GitHub did not answer")]);
  });
});

test("a hundred analyses and more are read page by page", async () => {
  await withCodeScanning({}, async (fake) => {
    await upload(fake, [onBoth("old", [one])]);
    for (let run = 0; run < 6; run += 1) {
      await upload(fake, [scanOf("base", platformsWith(run))]);
    }
    await upload(fake, [onBoth("base", [])], { catalog: ["base"] });
    expect(fake.alerts(main).filter(({ state }) => state === "open")).toEqual([]);
    expect(fake.requests.some((each) => each.includes("page=2"))).toBe(true);
  });
});

/** Nineteen platforms, each with something of its own: twenty analyses. */
function platformsWith(run: number): Readonly<Record<string, readonly Vulnerability[]>> {
  return Object.fromEntries(
    Array.from({ length: 19 }, (_, index) => [`linux/arch${index}`, [vulnerability(`CVE-${run}-${index}`)]]),
  );
}

function posts(status: number, headers: Readonly<Record<string, string>> = {}): NonNullable<Behaviour["fault"]> {
  return (request) => (request === "POST sarifs" ? { status, message: "no", headers } : undefined);
}

function onBoth(name: string, found: readonly Vulnerability[]): ScannedImage {
  return scanOf(name, { "linux/amd64": found, "linux/arm64": found });
}

function shown(fake: CodeScanningFake, ref = main): readonly string[] {
  return fake.alerts(ref).map(({ number, rule, state }) => `${number} ${rule} ${state}`);
}

interface Options {
  readonly ref?: string;
  readonly catalog?: UploadRequest["catalog"];
  readonly context?: Parameters<typeof contextOf>[0];
  /** Takes each wait, in milliseconds. */
  readonly waited?: number[];
}

function upload(fake: Pick<CodeScanningFake, "apiUrl">, scans: readonly ScannedImage[], options: Options = {}) {
  const { ref = main, catalog, context = {}, waited = [] } = options;
  const clock = {
    now: () => new Date(0),
    async sleep(milliseconds: number) {
      waited.push(milliseconds);
    },
  };
  const access = { apiUrl: fake.apiUrl, token: "t", owner: "o", repo: "r" };
  return uploadScans(
    {
      images: scans.map((scan) => imageSarif(scan, { file: `images/${scan.name}/Dockerfile`, line: 1 })),
      target: { kind: "target", ref, commit: commits.head },
      catalog,
      context: contextOf(context),
      folder: "sarif/",
    },
    { codeScanning: codeScanning(limited({ ...access, http: nodeHttp({}), clock, random: () => 0.5 })), clock },
  );
}
