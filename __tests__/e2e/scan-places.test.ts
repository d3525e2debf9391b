/** Where findings are, by the whole action: versions in paths, the lines of instructions, and paths and lines of ignore files. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, jest, test } from "@jest/globals";
import { publishDatabase } from "../../rig/index.ts";
import { firstPush, pushed } from "./events.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { manifestOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";
import { alpine } from "./scanned-image.ts";

jest.setTimeout(240_000);

type Inputs = Readonly<Record<string, string>>;

function scanned(project: Project, happening: Happening, inputs: Inputs = {}, env: Inputs = {}): Promise<Ended> {
  const database = { TRIVY_DB_REPOSITORY: rig.trivy.db, TRIVY_JAVA_DB_REPOSITORY: rig.trivy.javaDb };
  return runAction(project, {
    ...happening,
    inputs: { scan: "true", sarif: "file", ...inputs },
    env: { ...database, ...env },
  });
}

const errorsOf = ({ annotations }: Ended) =>
  annotations.filter(({ level }) => level === "error").map(({ file, line }) => `${file}:${line}`);
const latest = async (project: Project) => (await manifestOf(project.own, "latest")).digest;

/** A ZIP archive of uncompressed files. */
function archive(files: Readonly<Record<string, Buffer>>): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, place, Buffer.from(name)]));
    local.push(head);
    offset += head.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(central.length, 4);
  end.writeUInt16LE(central.length, 6);
  end.writeUInt32LE(Buffer.concat(central).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...central, Buffer.from("PK\x05\x06"), end]);
}

const maven = (group: string, name: string, version: string): Readonly<Record<string, Buffer>> => ({
  [`META-INF/maven/${group}/${name}/pom.properties`]: Buffer.from(
    `groupId=${group}\nartifactId=${name}\nversion=${version}\n`,
  ),
});

/** The shop's own jar, which brings a library that has a flaw. */
const shop = (version: string): Buffer =>
  archive({
    ...maven("org.acme", "shop", version),
    "BOOT-INF/lib/lib-2.0.0.jar": archive(maven("org.acme", "lib", "2.0.0")),
  });

function put(project: Project, files: Readonly<Record<string, Buffer>>): void {
  rmSync(join(project.folder, "root"), { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project.folder, path)), { recursive: true });
    writeFileSync(join(project.folder, path), content);
  }
}

test("a library in the jar of the next release is the same one, and a second copy of it is new", async () => {
  const project = makeProject({ Dockerfile: "FROM scratch\nCOPY root /\n", "root/a": "a\n" });
  const advisory = {
    Bucket: "maven::GitHub Security Advisory Maven",
    Package: "org.acme:lib",
    ID: "CVE-2026-3001",
    Severity: "CRITICAL",
    Title: "lib: it runs what it reads",
    Vulnerable: ["<2.1.0"],
    Fixed: ">=2.1.0",
  } as const;
  const env = { TRIVY_DB_REPOSITORY: await publishDatabase(`maven/${project.slug.split("/")[0]}`, [advisory]) };
  const release = async (files: Readonly<Record<string, Buffer>>, inputs: Inputs = {}) => {
    const before = project.git("rev-parse", "HEAD");
    put(project, files);
    project.commit({ changed: Object.keys(files).join("\n") });
    return scanned(project, pushed(before), inputs, env);
  };
  expect(await release({ "root/app/shop-1.2.3.jar": shop("1.2.3") }, { "fail-on": "none" })).toMatchObject({ code: 0 });
  const first = await latest(project);

  const next = await release({ "root/app/shop-1.3.0.jar": shop("1.3.0") });
  expect(next.images.images).toMatchObject({ findings: { counting: 1, new: 0, known: 1, gone: 0 } });
  const second = await latest(project);
  expect(second).not.toBe(first);

  const copied = { "root/app/shop-1.4.0.jar": shop("1.4.0"), "root/app/shop-1.4.1.jar": shop("1.4.1") };
  const twice = await release(copied);
  expect(twice.images.images).toMatchObject({ findings: { counting: 2, new: 1, known: 1 } });
  expect(await latest(project)).toBe(second);
});

test("what releases are called in other ways is the same one, and another tenant's secret is new", async () => {
  const project = makeProject({ Dockerfile: "FROM scratch\nCOPY root /\n", "root/a": "a\n" });
  const advisory = {
    Bucket: "maven::GitHub Security Advisory Maven",
    Package: "org.acme:lib",
    ID: "CVE-2026-3002",
    Severity: "CRITICAL",
    Title: "lib: it runs what it reads",
    Vulnerable: ["<2.1.0"],
    Fixed: ">=2.1.0",
  } as const;
  const env = { TRIVY_DB_REPOSITORY: await publishDatabase(`maven2/${project.slug.split("/")[0]}`, [advisory]) };
  const libraries = [
    ["opt/jdk-21/lib/a.jar", "opt/jdk-22/lib/a.jar"],
    ["opt/tomcat-9/b.jar", "opt/tomcat-10/b.jar"],
    ["opt/shop-v1/c.jar", "opt/shop-v2/c.jar"],
    ["srv/build-1234/d.jar", "srv/build-1235/d.jar"],
    ["releases/20240105T101010Z/e.jar", "releases/20240206T101010Z/e.jar"],
    ["app/f-1.3.0-main.5.jar", "app/f-1.3.0-main.6.jar"],
    ["app/g-1.2.3-dirty.jar", "app/g-1.2.4.jar"],
    ["opt/h-1.2.3-1ubuntu2/h.jar", "opt/h-1.2.3-1ubuntu3/h.jar"],
    ["app/i-1.2.3-1.el8.jar", "app/i-1.2.4-1.el9.jar"],
    [".pnpm/j@1.0.0_hzejdmwdzoyinubvjmqrvaidvm/j.jar", ".pnpm/j@1.0.1_react@18.2.0/j.jar"],
  ] as const;
  const key = Buffer.from(`aws_access_key_id = ${["AKIA", "Q3EGRZ7UTVYPLKMN"].join("")}\n`);
  const jar = archive(maven("org.acme", "lib", "2.0.0"));
  const tree = (index: 0 | 1, secret: string): Readonly<Record<string, Buffer>> => ({
    ...Object.fromEntries(libraries.map((paths) => [`root/${paths[index]}`, jar])),
    [`root/${secret}`]: key,
  });
  const release = async (files: Readonly<Record<string, Buffer>>, inputs: Inputs) => {
    const before = project.git("rev-parse", "HEAD");
    put(project, files);
    project.commit({ changed: Object.keys(files).join("\n") });
    return scanned(project, pushed(before), inputs, env);
  };
  expect(await release(tree(0, "opt/app/1.2.3/.env"), { "fail-on": "none" })).toMatchObject({ code: 0 });
  const next = await release(tree(1, "opt/app/1.3.0/.env"), { "fail-on": "critical,secrets" });
  expect(next.images.images).toMatchObject({ findings: { counting: 11, new: 0, known: 11, gone: 0 } });

  expect(await release(tree(1, "opt/tenants/1001/cfg"), { "fail-on": "none" })).toMatchObject({ code: 0 });
  const other = await release(tree(1, "opt/tenants/1002/cfg"), { "fail-on": "secrets" });
  expect(other.images.images).toMatchObject({ findings: { counting: 1, new: 1, known: 10 } });
});

describe("a finding is annotated at the instruction that brings it", () => {
  const bad = "openssl=3.3.1-r0";
  test.each<[string, Changes, string]>([
    ["COPY", { Dockerfile: "FROM scratch\nCOPY root /\n", ...alpine("root", bad) }, "Dockerfile:2"],
    [
      "a COPY among others",
      {
        Dockerfile: "FROM scratch\nCOPY a /a/\nWORKDIR /a\n\n# its packages\nCOPY --link \\\n  root /\nCOPY a /b\n",
        a: "a\n",
        ...alpine("root", bad),
      },
      "Dockerfile:6",
    ],
    [
      "a COPY from another stage",
      {
        Dockerfile: "FROM scratch AS made\nCOPY root /root\nFROM scratch\nADD a /\nCOPY --from=made /root /\n",
        a: "a\n",
        ...alpine("root", bad),
      },
      "Dockerfile:5",
    ],
    [
      "a stage that it begins with",
      { Dockerfile: "FROM scratch AS made\nCOPY root /\nFROM made\nCOPY a /\n", a: "a\n", ...alpine("root", bad) },
      "Dockerfile:2",
    ],
  ])("%s", async (_, files, place) => {
    const ended = await scanned(makeProject(files), firstPush);
    expect(ended.code).toBe(1);
    expect(errorsOf(ended)).toEqual([place]);
  });

  test("and at FROM where an image of the repository brings it", async () => {
    const project = makeProject({
      "images/base/Dockerfile": "FROM scratch\nCOPY root /\n",
      ...alpine("images/base/root", bad),
      "images/web/Dockerfile": "# of base\n\nFROM {own}/base\nCOPY a /\n",
      "images/web/a": "a\n",
    });
    const ended = await scanned(project, firstPush);
    expect(ended.code).toBe(1);
    expect(errorsOf(ended)).toContain("images/base/Dockerfile:2");
    expect(errorsOf(ended)).not.toContain("images/web/Dockerfile:4");
  });
});

test("the path that is shown for a secret works in .trivyignore.yaml", async () => {
  const key = ["AKIA", "Q3EGRZ7UTVYPLKMN"].join("");
  const content = `aws_access_key_id = ${key}\n`;
  const project = makeProject({
    Dockerfile: "FROM scratch\nCOPY root /\n",
    "root/app/.env": content,
    "root/pages/[id]/{a}.env": content,
    "root/app/ghp_abcdefghij1234567890ABCDEFGHIJ.env": content,
  });
  const secrets = { "fail-on": "secrets" };
  const before = project.git("rev-parse", "HEAD");
  const ended = await scanned(project, firstPush, secrets);
  expect(ended.code).toBe(1);
  const shown = new Set([...ended.log.matchAll(/aws-access-key-id in (\S+):1,/g)].map(([, path]) => path));
  expect(shown.size).toBe(3);
  const entries = [...shown].map((path) => `      - ${path}\n`);
  project.commit({ ".trivyignore.yaml": `secrets:\n  - id: aws-access-key-id\n    paths:\n${entries.join("")}` });
  expect(await scanned(project, pushed(before), secrets)).toMatchObject({ code: 0 });
});

test("a secret in ENV is annotated at its line, and an entry without paths ignores it", async () => {
  const key = ["AKIA", "Q3EGRZ7UTVYPLKMN"].join("");
  const project = makeProject({
    Dockerfile: `FROM scratch\nENV OTHER=1\nENV A=2 \\\n  AWS_ACCESS_KEY_ID=${key}\nCOPY a /\n`,
    a: "a\n",
  });
  const secrets = { "fail-on": "secrets" };
  const before = project.git("rev-parse", "HEAD");
  const ended = await scanned(project, firstPush, secrets);
  expect(ended.code).toBe(1);
  expect(errorsOf(ended)).toEqual(["Dockerfile:3"]);
  expect(ended.log).toContain("in an entry without `paths`");
  project.commit({ ".trivyignore.yaml": "secrets:\n  - id: aws-access-key-id\n" });
  expect(await scanned(project, pushed(before), secrets)).toMatchObject({ code: 0 });
});

test("an entry that has expired is a warning at its line", async () => {
  const ignored = "vulnerabilities:\n  - id: CVE-2026-1001\n    expired_at: 2026-01-01\n";
  const project = makeProject({
    Dockerfile: "FROM scratch\nCOPY root /\n",
    ...alpine("root", "openssl=3.3.1-r0"),
    ".trivyignore.yaml": ignored,
  });
  const ended = await scanned(project, firstPush);
  expect(ended.code).toBe(1);
  expect(ended.annotations).toContainEqual(
    expect.objectContaining({
      level: "warning",
      file: ".trivyignore.yaml",
      line: 3,
      message: expect.stringContaining("the entry for CVE-2026-1001 expired on 2026-01-01"),
    }),
  );
});

describe("before anything is built", () => {
  /** Which can't be built. */
  const unbuildable = { Dockerfile: "FROM scratch\nCOPY missing /\n" };
  test.each<[string, Changes, string, RegExp]>([
    [
      "a broken .trivyignore.yaml",
      { ".trivyignore.yaml": "vulnerabilities:\n  - id: CVE-1\n   statement: x\n" },
      ".trivyignore.yaml:3",
      /\.trivyignore\.yaml isn't valid YAML/,
    ],
    [
      "a field of it that is wrong",
      { ".trivyignore.yaml": "vulnerabilities:\n  - id: CVE-1\n    expired_at: soon\n" },
      ".trivyignore.yaml:3",
      /"soon" is not a date/,
    ],
    [
      "a date in plain text",
      { ".trivyignore": "CVE-1 exp:2026-13-01\n" },
      ".trivyignore:1",
      /"2026-13-01" is not a date/,
    ],
    [
      "files that are not there",
      { ".github/image-publish.yml": "defaults:\n  trivyignores: [security/none.yaml]\n" },
      ".github/image-publish.yml:2",
      /security\/none\.yaml is not there/,
    ],
    [
      "a VEX document that is none",
      { ".github/image-publish.yml": "defaults:\n  vex: [vex.json]\n", "vex.json": '{\n  "a": 1,\n}\n' },
      "vex.json:3",
      /isn't valid JSON/,
    ],
  ])("%s is reported", async (_, files, place, message) => {
    const project = makeProject({ ...unbuildable, ...files });
    const ended = await scanned(project, firstPush);
    expect(ended.code).toBe(1);
    expect(errorsOf(ended)).toEqual([place]);
    expect(ended.log).toMatch(message);
    expect(ended.log).not.toContain("missing");
    expect(await tagsOf(project.own)).toEqual([]);
  });

  test("and nobody asks where nothing is scanned", async () => {
    const project = makeProject({ Dockerfile: "FROM scratch\nCOPY a /\n", a: "a\n", ".trivyignore.yaml": "a: [" });
    expect(await scanned(project, firstPush, { scan: "false" })).toMatchObject({ code: 0 });
  });

  test("also by `command: scan`", async () => {
    const files = { Dockerfile: "FROM scratch\nCOPY root /\n", ...alpine("root", "zlib=1") };
    const project = makeProject(files);
    expect(await scanned(project, firstPush)).toMatchObject({ code: 0 });
    project.commit({ ".trivyignore.yaml": "secrets: none\n" });
    const weekly: Happening = { event: "schedule", payload: { schedule: "0 3 * * *" } };
    const ended = await scanned(project, weekly, { command: "scan" });
    expect(ended.code).toBe(1);
    expect(errorsOf(ended)).toEqual([".trivyignore.yaml:1"]);
  });
});
