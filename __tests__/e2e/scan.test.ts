/** Scans by the whole action, on real images, the real Trivy and a database of our own: what passes the gate, and who is told. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { type Advisory, publishDatabase } from "../../rig/index.ts";
import { withCodeScanning } from "./code-scanning-fake.ts";
import { firstPush, noCommit, pullRequest, pushed, taggedPush } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { digestsOf, manifestOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

jest.setTimeout(240_000);

/** openssl before 3.3.9 is critical, busybox is high and not mended. */
const database = {
  TRIVY_DB_REPOSITORY: rig.trivy.db,
  TRIVY_JAVA_DB_REPOSITORY: rig.trivy.javaDb,
};

/** An Alpine Linux with one package a line: `openssl 3.3.1-r0`. */
function alpine(folder: string, ...packages: readonly string[]): Changes {
  const installed = packages.map((each) => {
    const [name, version] = each.split(" ");
    return `P:${name}\nV:${version}\nA:x86_64\no:${name}\nL:MIT\n\n`;
  });
  return {
    [`${folder}/root/etc/os-release`]: 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n',
    [`${folder}/root/lib/apk/db/installed`]: installed.join(""),
  };
}

const bad = "openssl 3.3.1-r0";
const good = "openssl 3.3.9-r0";
const operator = (...packages: readonly string[]): Changes => ({
  Dockerfile: "FROM scratch\nCOPY root /\n",
  ...Object.fromEntries(Object.entries(alpine(".", ...packages)).map(([path, text]) => [path.slice(2), text])),
});

function scanned(project: Project, happening: Happening, inputs: Readonly<Record<string, string>> = {}, env = {}) {
  return runAction(project, {
    ...happening,
    inputs: { scan: "true", sarif: "file", ...inputs },
    env: { ...database, ...env },
  });
}

const only = ({ images }: Ended) => {
  const [image] = Object.values(images);
  return image as NonNullable<typeof image> & { readonly findings: Readonly<Record<string, number>> | null };
};
const held = async (project: Project, tag: string) => (await manifestOf(project.own, tag)).digest;

describe("one operator, whose fixable critical finding holds the tag", () => {
  test("until the package is mended; the published one stays, and the alert comes and goes", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts, uploads }) => {
      const upload = { sarif: "upload", token: "t", platforms: "linux/amd64,linux/arm64" };
      const env = { GITHUB_API_URL: apiUrl };
      const project = makeProject(operator(good));
      expect(await scanned(project, firstPush, upload, env)).toMatchObject({ code: 0 });
      const first = await held(project, "latest");
      expect(alerts("refs/heads/main")).toEqual([]);

      const before = project.git("rev-parse", "HEAD");
      project.commit(operator(bad));
      const second = await scanned(project, pushed(before), upload, env);
      expect(second.code).toBe(1);
      expect(await digestsOf(project.own)).toEqual(expect.objectContaining({ latest: first, main: first }));
      expect(second.annotations).toContainEqual(
        expect.objectContaining({
          level: "error",
          file: "Dockerfile",
          message: expect.stringMatching(
            /does not pass the scan policy.*CVE-2026-1001 in openssl 3\.3\.1-r0, fixed in 3\.3\.9-r0, new/s,
          ),
        }),
      );
      expect(second.summary).toContain("upgrade openssl to 3.3.9-r0");
      expect(only(second).findings).toMatchObject({ critical: 1, counting: 1, new: 1, fixable: 1 });
      expect(alerts("refs/heads/main")).toMatchObject([{ rule: "CVE-2026-1001", path: "Dockerfile", state: "open" }]);
      expect(uploads.at(-1)).toMatchObject({ ref: "refs/heads/main", commit: project.git("rev-parse", "HEAD") });

      const worse = project.git("rev-parse", "HEAD");
      project.commit(operator(good, "zlib 1"));
      expect(await scanned(project, pushed(worse), upload, env)).toMatchObject({ code: 0 });
      expect(await held(project, "latest")).not.toBe(first);
      expect(alerts("refs/heads/main")).toMatchObject([{ rule: "CVE-2026-1001", state: "fixed" }]);
    });
  });

  test("nothing is published where the first image has it", async () => {
    const project = makeProject(operator(bad));
    const ended = await scanned(project, firstPush);
    expect(ended.code).toBe(1);
    expect(only(ended).findings).toMatchObject({ critical: 1, counting: 1, new: 1 });
    expect(ended.log).toContain("CVE-2026-1001 in openssl 3.3.1-r0, fixed in 3.3.9-r0, new");
    expect(await tagsOf(project.own)).toEqual([]);
  });

  test("nothing is published where one platform has it, and not the first", async () => {
    const project = makeProject({
      Dockerfile: "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH/root /\n",
      ...alpine("amd64", good),
      ...alpine("arm64", bad),
    });
    const ended = await scanned(project, firstPush, { platforms: "linux/amd64,linux/arm64" });
    expect(ended.code).toBe(1);
    expect(ended.log).toContain("CVE-2026-1001 in openssl 3.3.1-r0, fixed in 3.3.9-r0, new (linux/arm64)");
    expect(await tagsOf(project.own)).toEqual([]);
  });

  test("each image has its own settings", async () => {
    const image = (folder: string) => ({
      [`${folder}/Dockerfile`]: "FROM scratch\nCOPY root /\n",
      ...alpine(folder, bad),
    });
    const project = makeProject({
      ...image("images/lenient"),
      ...image("images/usual"),
      ...image("images/unseen"),
      ".github/image-publish.yml": "images:\n  lenient:\n    fail-on: none\n  unseen:\n    scan: false\n",
    });
    const { code, images } = await scanned(project, firstPush);
    expect(code).toBe(1);
    expect(images).toMatchObject({
      lenient: { action: "build", findings: { critical: 1, counting: 0 } },
      usual: { findings: { critical: 1, counting: 1 } },
    });
    expect(images.unseen).not.toHaveProperty("findings.critical");
    const tagged = async (name: string) => (await tagsOf(`${project.own}/${name}`)).includes("latest");
    expect(await Promise.all(["lenient", "usual", "unseen"].map(tagged))).toEqual([true, false, true]);
  });
});

describe("what is published has the finding already", () => {
  async function publishedUnseen(): Promise<Project> {
    const project = makeProject(operator(bad));
    expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
    const before = project.git("rev-parse", "HEAD");
    project.commit({ "root/changed": "yes\n" });
    project.git("update-ref", "refs/heads/before", before);
    return project;
  }
  const next = (project: Project) => pushed(project.git("rev-parse", "before"));

  test("no worse: tags move, and the run is red", async () => {
    const project = await publishedUnseen();
    const old = await held(project, "latest");
    const ended = await scanned(project, next(project));
    expect(ended.code).toBe(1);
    expect(await held(project, "latest")).not.toBe(old);
    expect(only(ended).findings).toMatchObject({ counting: 1, new: 0, known: 1 });
    expect(ended.summary).toMatch(/already has it, so the image was published/);
  });

  test("strict: nothing moves", async () => {
    const project = await publishedUnseen();
    const old = await held(project, "latest");
    expect(await scanned(project, next(project), { gate: "strict" })).toMatchObject({ code: 1 });
    expect(await held(project, "latest")).toBe(old);
  });

  test("a release of it is held by a strict gate, though its bytes are published", async () => {
    const project = await publishedUnseen();
    expect(await runAction(project, next(project))).toMatchObject({ code: 0 });
    project.git("tag", "v1.0.0");
    expect(await scanned(project, taggedPush("v1.0.0"), { gate: "strict" })).toMatchObject({ code: 1 });
    expect(await tagsOf(project.own)).not.toContain("1.0.0");
    const passing = await scanned(project, taggedPush("v1.0.0"), { "fail-on": "none" });
    expect(passing).toMatchObject({ code: 0 });
    expect(only(passing)).toMatchObject({ action: "promote", findings: { critical: 1, counting: 0 } });
    expect(await tagsOf(project.own)).toContain("1.0.0");
  });

  test("an ignore file with a reason lets it pass, green", async () => {
    const project = await publishedUnseen();
    const before = project.git("rev-parse", "HEAD");
    project.commit({
      ".trivyignore.yaml": "vulnerabilities:\n  - id: CVE-2026-1001\n    statement: not reachable\n",
      "root/changed": "again\n",
    });
    const ended = await scanned(project, pushed(before), { gate: "strict" });
    expect(ended).toMatchObject({ code: 0 });
    expect(only(ended).findings).toMatchObject({ counting: 0, ignored: 1 });
  });
});

test("an image of which an entry names no platform was not scanned: it may be that one", async () => {
  const project = makeProject(operator(good));
  expect(await scanned(project, firstPush, { platforms: "linux/amd64,linux/arm64" })).toMatchObject({ code: 0 });
  const { document, mediaType } = await manifestOf(project.own, "latest");
  const [first, second] = document.manifests ?? [];
  const { platform: _, ...nameless } = second ?? {};
  const [host, ...name] = project.own.split("/");
  for (const tag of await tagsOf(project.own)) {
    await fetch(`http://${host}/v2/${name.join("/")}/manifests/${tag}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: JSON.stringify({ ...document, manifests: [first, nameless] }),
    });
  }
  const ended = await scanned(project, { event: "schedule", payload: { schedule: "0 3 * * *" } }, { command: "scan" });
  expect(ended.code).toBe(1);
  expect(ended.summary).toContain("its index names no platform for 1 of its images");
});

test("bills of materials lie beside the findings of the images that want them, platform by platform", async () => {
  const image = (folder: string) => ({
    [`${folder}/Dockerfile`]: "FROM scratch\nCOPY root /\n",
    ...alpine(folder, good),
  });
  const project = makeProject({
    ...image("images/one"),
    ...image("images/two"),
    ".github/image-publish.yml": "images:\n  one:\n    cyclonedx: true\n",
  });
  const ended = await scanned(project, firstPush, { platforms: "linux/amd64,linux/arm64" });
  expect(ended.code).toBe(0);
  const bills = ["cyclonedx-linux-amd64.json", "cyclonedx-linux-arm64.json"];
  const others = ["findings.sarif", "trivy-linux-amd64.json", "trivy-linux-arm64.json"];
  expect(readdirSync(`${ended.outputs.sarif}/one`)).toEqual([...bills, ...others]);
  expect(readdirSync(`${ended.outputs.sarif}/two`)).toEqual(others);
  const [first = ""] = bills;
  expect(readFileSync(`${ended.outputs.sarif}/one/${first}`, "utf8")).toContain("pkg:apk/alpine/openssl@3.3.9-r0");
});

describe("bytes that are published already", () => {
  test("don't come to latest unseen, when the branch that made them is merged", async () => {
    const project = makeProject(operator(good));
    expect(await scanned(project, firstPush)).toMatchObject({ code: 0 });
    const first = await held(project, "latest");
    project.git("checkout", "-q", "-b", "develop");
    project.commit(operator(bad));
    expect(await runAction(project, pushed(noCommit, "develop"))).toMatchObject({ code: 0 });
    const before = project.git("rev-parse", "main");
    project.git("checkout", "-q", "main");
    project.git("merge", "-q", "--ff-only", "develop");
    const merged = await scanned(project, pushed(before));
    expect(merged.code).toBe(1);
    expect(only(merged)).toMatchObject({ action: "promote", findings: { counting: 1, new: 1 } });
    expect(await held(project, "latest")).toBe(first);
  });

  test("come to no new branch's tag unseen, though nothing is replaced", async () => {
    const project = makeProject(operator(bad));
    expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
    project.git("branch", "next");
    const run = await scanned(project, pushed(noCommit, "next"), { gate: "strict" });
    expect(run.code).toBe(1);
    expect(only(run)).toMatchObject({ action: "promote", findings: { counting: 1 } });
    expect(await tagsOf(project.own)).not.toContain("next");
  });

  test("under a content tag are scanned before they get another tag, and the content tag stays", async () => {
    const project = makeProject(operator(bad));
    const content = { tags: "type=content,of=inputs" };
    expect(await runAction(project, { ...firstPush, inputs: content })).toMatchObject({ code: 0 });
    const before = await digestsOf(project.own);
    const both = { tags: "type=content,of=inputs\ntype=ref,event=branch", gate: "strict" };
    const run = await scanned(project, pushed(noCommit), both);
    expect(run.code).toBe(1);
    expect(only(run)).toMatchObject({ action: "promote", findings: { counting: 1 } });
    expect(await digestsOf(project.own)).toEqual(before);
  });

  test("are not released where what they are built on is held", async () => {
    const project = makeProject({
      "images/base/Dockerfile": "FROM scratch\nCOPY root /\n",
      ...alpine("images/base", bad),
      "images/web/Dockerfile": "FROM {own}/base\nCOPY web /\n",
      "images/web/web": "one\n",
      ".github/image-publish.yml": "images:\n  web:\n    fail-on: none\n",
    });
    expect(await runAction(project, firstPush)).toMatchObject({ code: 0 });
    project.git("tag", "v1.0.0");
    expect(await scanned(project, taggedPush("v1.0.0"), { gate: "strict" })).toMatchObject({ code: 1 });
    for (const name of ["base", "web"]) expect(await tagsOf(`${project.own}/${name}`)).not.toContain("1.0.0");
  });
});

test("a system past its end of life is published, and the summary and a warning say that nobody looks after it", async () => {
  const release = { "root/etc/os-release": "ID=alpine\nVERSION_ID=3.9.1\n" };
  const ended = await scanned(makeProject({ ...operator(good), ...release }), firstPush, { sarif: "off" });
  expect(ended.code).toBe(0);
  expect(ended.summary).toContain("alpine 3.9.1 is end-of-life");
  expect(ended.summary).toContain("build on a release that is still supported");
  const [warning] = ended.annotations.filter(({ level }) => level === "warning");
  expect(warning?.message).toContain("alpine 3.9.1 is end-of-life");
});

describe("without a database", () => {
  const nowhere = { TRIVY_DB_REPOSITORY: `${rig.registry}/there/is/none:2` };

  test("a candidate is held, and the message says what to do", async () => {
    const project = makeProject(operator(good));
    const ended = await scanned(project, firstPush, {}, nowhere);
    expect(ended.code).toBe(1);
    expect(await tagsOf(project.own)).toEqual([]);
    expect(ended.log).toMatch(/could not be scanned, so it is blocked/);
    expect(ended.log).toMatch(/fail-on: none/);
  });

  test("`fail-on: none` publishes it unseen, and says so", async () => {
    const project = makeProject(operator(good));
    const ended = await scanned(project, firstPush, { "fail-on": "none" }, nowhere);
    expect(ended.code).toBe(0);
    expect(await tagsOf(project.own)).toContain("latest");
    expect(ended.summary).toContain("not scanned");
  });
});

describe("pull requests", () => {
  test("are scanned without being pushed, compared with what is published, and told to the pull request", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts, uploads }) => {
      const project = makeProject(operator(good));
      expect(await scanned(project, firstPush)).toMatchObject({ code: 0 });
      project.git("checkout", "-q", "-b", "worse");
      project.commit(operator(bad));
      project.git("checkout", "-q", "main");
      const happening = pullRequest(project, "worse");
      const ended = await scanned(project, happening, { sarif: "upload", token: "t" }, { GITHUB_API_URL: apiUrl });
      expect(ended.code).toBe(1);
      expect(only(ended).findings).toMatchObject({ counting: 1, new: 1 });
      expect(await tagsOf(project.own)).not.toContain("pr-7");
      expect(uploads.at(-1)).toMatchObject({
        ref: "refs/pull/7/merge",
        commit: project.git("rev-parse", "refs/pull/7/merge"),
      });
      expect(alerts("refs/heads/main")).toEqual([]);
    });
  });

  test("of a fork upload nothing, and leave the files", async () => {
    await withCodeScanning({}, async ({ apiUrl, requests }) => {
      const project = makeProject(operator(good));
      project.git("checkout", "-q", "-b", "theirs");
      project.commit({ "root/changed": "yes\n" });
      project.git("checkout", "-q", "main");
      const happening = pullRequest(project, "theirs", { from: "somebody/fork" });
      const ended = await scanned(project, happening, { sarif: "upload", token: "t" }, { GITHUB_API_URL: apiUrl });
      expect(ended.code).toBe(0);
      expect(requests.filter((each) => each.startsWith("POST"))).toEqual([]);
      expect(existsSync(ended.outputs.sarif ?? "")).toBe(true);
    });
  });
});

describe("alerts that are not this run's business", () => {
  const upload = { sarif: "upload", token: "t", "fail-on": "none" };

  test("stay with the event's branch where a run by hand checked out another", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts, uploads }) => {
      const env = { GITHUB_API_URL: apiUrl };
      const project = makeProject(operator(bad));
      await scanned(project, firstPush, upload, env);
      const sha = project.git("rev-parse", "main");
      project.git("checkout", "-q", "-b", "next");
      const next = project.commit(operator(good));
      project.git("checkout", "-q", "main");
      const workspace = await project.checkOut({ ref: "refs/heads/next", sha: next });
      const byHand: Happening = { event: "workflow_dispatch", sha, payload: { inputs: {} }, workspace };
      expect(await scanned(project, byHand, upload, env)).toMatchObject({ code: 0 });
      expect(uploads.at(-1)).toMatchObject({ ref: "refs/heads/next", commit: next });
      expect(alerts("refs/heads/main")).toMatchObject([{ rule: "CVE-2026-1001", state: "open" }]);
    });
  });

  test("stay where another step of the workflow publishes the other images", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts }) => {
      const env = { GITHUB_API_URL: apiUrl };
      const image = (folder: string) => ({
        [`${folder}/Dockerfile`]: "FROM scratch\nCOPY root /\n",
        ...alpine(folder, bad),
      });
      const project = makeProject({ ...image("images/one"), ...image("images/two") });
      for (const path of ["images/one", "images/two"]) await scanned(project, firstPush, { ...upload, path }, env);
      expect(alerts("refs/heads/main").map(({ path, state }) => [path, state])).toEqual([
        ["images/one/Dockerfile", "open"],
        ["images/two/Dockerfile", "open"],
      ]);
    });
  });
});

describe("code scanning that is not to be had", () => {
  test.each([
    ["not enabled", 403, "Advanced Security must be enabled for this repository to use code scanning."],
    ["not there", 404, "Not Found"],
  ])("%s: a warning with the remedy and the file, and the run goes on", async (_, status, message) => {
    await withCodeScanning({ fault: () => ({ status, message }) }, async ({ apiUrl }) => {
      const project = makeProject(operator(good));
      const ended = await scanned(project, firstPush, { sarif: "upload", token: "t" }, { GITHUB_API_URL: apiUrl });
      expect(ended.code).toBe(0);
      expect(await tagsOf(project.own)).toContain("latest");
      const [warning] = ended.annotations.filter(({ level }) => level === "warning");
      expect(warning?.message).toContain(ended.outputs.sarif);
    });
  });

  test("on a Gitea or Forgejo: the file", async () => {
    const project = makeProject(operator(good));
    const env = { GITHUB_API_URL: `http://${rig.registry}/api/v1` };
    const ended = await scanned(project, firstPush, { sarif: "upload", token: "t" }, env);
    expect(ended.code).toBe(0);
    expect(readdirSync(`${ended.outputs.sarif}/images`)).toEqual(["findings.sarif", "trivy-linux-amd64.json"]);
  });

  test("uploads that can't be processed make the run red", async () => {
    await withCodeScanning({ failure: "locationFromSarifResult: expected artifact location" }, async ({ apiUrl }) => {
      const project = makeProject(operator(good));
      const ended = await scanned(project, firstPush, { sarif: "upload", token: "t" }, { GITHUB_API_URL: apiUrl });
      expect(ended.code).toBe(1);
      expect(ended.log).toContain("expected artifact location");
      expect(await tagsOf(project.own)).toContain("latest");
    });
  });
});

describe("a workspace image that is looked at every week", () => {
  const advisories: readonly Advisory[] = [
    {
      Bucket: "alpine 3.20",
      Package: "openssl",
      ID: "CVE-2026-2001",
      Severity: "HIGH",
      Title: "openssl: found after it was published",
      Fixed: "3.4.0-r0",
    },
    {
      Bucket: "alpine 3.20",
      Package: "busybox",
      ID: "CVE-2026-2002",
      Severity: "MEDIUM",
      Title: "busybox: not mended",
    },
  ];
  const family: Changes = {
    "images/fine/Dockerfile": "FROM scratch\nCOPY root /\n",
    ...alpine("images/fine", "zlib 1.3.2-r0"),
    "images/workspace/Dockerfile": "FROM scratch\nCOPY root /\n",
    ...alpine("images/workspace", good, "busybox 1.36-r0"),
  };
  const weekly: Happening = { event: "schedule", payload: { schedule: "0 23 * * 0" } };

  async function grownOld(): Promise<{ project: Project; env: Record<string, string> }> {
    const project = makeProject(family);
    expect(await scanned(project, firstPush)).toMatchObject({ code: 0 });
    const repository = `advisories/${project.slug.split("/")[0]}`;
    return { project, env: { TRIVY_DB_REPOSITORY: await publishDatabase(repository, advisories) } };
  }

  test("`scan` tells what an upgrade mends from what has no fix, and builds nothing", async () => {
    const { project, env } = await grownOld();
    const before = await held2(project, "workspace");
    const ended = await scanned(project, weekly, { command: "scan", severity: "HIGH,MEDIUM" }, env);
    expect(ended.code).toBe(0);
    expect(await held2(project, "workspace")).toBe(before);
    expect(ended.images.workspace).toMatchObject({
      findings: { high: 1, medium: 1, fixable: 1, unfixed: 1, counting: 0 },
    });
    expect(ended.images.fine).toMatchObject({ findings: { high: 0 } });
    expect(ended.summary).toMatch(/Fixed by a rebuild:\*\* `workspace`/);
    expect(ended.summary).toMatch(/No fix yet.*busybox/s);
  });

  test("`scan` is red where a finding counts", async () => {
    const { project, env } = await grownOld();
    const ended = await scanned(project, weekly, { command: "scan", "fail-on": "HIGH" }, env);
    expect(ended.code).toBe(1);
    expect(ended.annotations).toContainEqual(
      expect.objectContaining({ level: "error", file: "images/workspace/Dockerfile" }),
    );
  });

  test("`scan` is red where nobody can tell what is published", async () => {
    const project = makeProject(family);
    const ended = await scanned(project, weekly, { command: "scan", images: "localhost:9/octo/{{name}}" });
    expect(ended.code).toBe(1);
    expect(ended.log).toMatch(/❌ 2 images could not be scanned/);
    expect(ended.annotations).toContainEqual(
      expect.objectContaining({ level: "error", message: expect.stringContaining("localhost:9 cannot be reached") }),
    );
  });

  test("`rebuild: fixable` builds what a rebuild would mend, and nothing else", async () => {
    const { project, env } = await grownOld();
    const ended = await scanned(project, weekly, { rebuild: "fixable" }, env);
    expect(ended.images.workspace).toMatchObject({ action: "build", reason: expect.stringContaining("would fix") });
    expect(ended.images.fine).toMatchObject({ action: "skip", reason: expect.stringContaining("fix nothing") });
    expect(ended.code).toBe(0);
  });

  test("alerts of a deleted image close with the next push", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts }) => {
      const { project, env } = await grownOld();
      const all = { ...env, GITHUB_API_URL: apiUrl };
      await scanned(project, weekly, { command: "scan", sarif: "upload", token: "t" }, all);
      expect(alerts("refs/heads/main")).toMatchObject([{ rule: "CVE-2026-2001", state: "open" }]);
      const before = project.git("rev-parse", "HEAD");
      project.git("rm", "-qr", "images/workspace");
      project.commit({ "images/fine/root/changed": "yes\n" });
      await scanned(project, pushed(before), { sarif: "upload", token: "t" }, all);
      expect(alerts("refs/heads/main")).toMatchObject([{ rule: "CVE-2026-2001", state: "fixed" }]);
    });
  });
});

const held2 = async (project: Project, name: string) => (await manifestOf(`${project.own}/${name}`, "latest")).digest;
