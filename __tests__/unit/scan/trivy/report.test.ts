import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import type { Finding } from "../../../../src/scan/finding.ts";
import { stepText } from "../../../../src/scan/trivy/history.ts";
import { readReport } from "../../../../src/scan/trivy/report.ts";

const amd64 = platform("linux/amd64");

const config = { architecture: "amd64", os: "linux", rootfs: { diff_ids: ["sha256:a", "sha256:b"] } };

function read(results: readonly object[], imageConfig: object = config) {
  const document = { SchemaVersion: 2, ArtifactName: "web", Metadata: { ImageConfig: imageConfig }, Results: results };
  return readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path);
}

const openssl = {
  VulnerabilityID: "CVE-1",
  PkgName: "openssl",
  InstalledVersion: "3.3.1",
  FixedVersion: "3.3.9",
  Severity: "CRITICAL",
  Title: "it overflows",
  Layer: { DiffID: "sha256:a" },
  PrimaryURL: "https://example.com/CVE-1",
};

const found = (result: object): Finding | undefined => read([result]).findings[0];

describe("a vulnerability", () => {
  test("of the system's packages is told in full", () => {
    expect(found({ Target: "web (alpine 3.20)", Class: "os-pkgs", Vulnerabilities: [openssl] })).toEqual({
      kind: "vulnerability",
      id: "CVE-1",
      severity: "CRITICAL",
      title: "it overflows",
      layer: "sha256:a",
      ignored: undefined,
      package: "openssl",
      installed: "3.3.1",
      fixed: "3.3.9",
      of: "os",
      path: undefined,
      url: "https://example.com/CVE-1",
    });
  });

  test.each([
    ["has no fix while the database names none", { FixedVersion: "" }, { fixed: undefined }],
    ["may be of a severity that the database doesn't know", { Severity: "UNKNOWN" }, { severity: "UNKNOWN" }],
    ["without a title is called by its description", { Title: "", Description: "a\nb" }, { title: "a b" }],
    ["without either by its name", { Title: undefined }, { title: "CVE-1" }],
    ["links to pages alone", { PrimaryURL: "javascript:alert(1)" }, { url: undefined }],
    [
      "links to a reference where it has no page of its own",
      { PrimaryURL: "", References: ["http://a", "https://b/c"] },
      { url: "https://b/c" },
    ],
    ["is one line, whatever it calls itself", { Title: "x\u001b[31m\n::error::y" }, { title: "x ::error::y" }],
    ["keeps no title without end", { Title: "x".repeat(9_999) }, { title: `${"x".repeat(199)}…` }],
  ])("%s", (_, changed, expected) => {
    expect(found({ Class: "os-pkgs", Vulnerabilities: [{ ...openssl, ...changed }] })).toMatchObject(expected);
  });

  test.each([
    ["a lock file", { Target: "/app/package-lock.json" }, {}, "app/package-lock.json"],
    ["a package that lies by itself", { Target: "Node.js" }, { PkgPath: "app/x/package.json" }, "app/x/package.json"],
  ])("of a language's packages lies where %s is", (_, result, changed, path) => {
    const raw = { ...result, Class: "lang-pkgs", Vulnerabilities: [{ ...openssl, ...changed }] };
    expect(found(raw)).toMatchObject({ of: "language", path });
  });
});

describe("an operating system", () => {
  const packages = { Class: "os-pkgs", Target: "web (alpine 3.9.1)" };
  const system = (os: object | undefined, ...results: readonly object[]) => {
    const document = { SchemaVersion: 2, Metadata: { ImageConfig: config, OS: os }, Results: results };
    const { os: name, unwatched } = readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path);
    return [name, unwatched];
  };

  test.each<[string, object | undefined, readonly object[], unknown]>([
    ["that is supported is watched", { Family: "alpine", Name: "3.20.3" }, [packages], ["alpine 3.20.3", undefined]],
    [
      "past its end of life is not",
      { Family: "alpine", Name: "3.9.1", EOSL: true },
      [packages],
      ["alpine 3.9.1", "ended"],
    ],
    ["that the database doesn't know is not", { Family: "fedora", Name: "43" }, [], ["fedora 43", "unknown"]],
    ["that nobody can tell of packages is not", { Family: "none", Name: "" }, [], [undefined, "unknown"]],
    ["that there is none of can't be", undefined, [], [undefined, undefined]],
  ])("%s", (_, os, results, expected) => {
    expect(system(os, ...results)).toEqual(expected);
  });
});

test("what an ignore file takes out is told as ignored, with what the user wrote", () => {
  const modified = [
    {
      Type: "vulnerability",
      Status: "ignored",
      Statement: "never called",
      Source: ".trivyignore.yaml",
      Finding: openssl,
    },
    { Type: "license", Finding: openssl },
  ];
  expect(read([{ Class: "os-pkgs", ExperimentalModifiedFindings: modified }]).findings).toEqual([
    expect.objectContaining({ id: "CVE-1", ignored: { source: ".trivyignore.yaml", statement: "never called" } }),
  ]);
});

describe("what is not understood was not scanned, rather than being nothing found:", () => {
  const without = (key: string) => Object.fromEntries(Object.entries(openssl).filter(([each]) => each !== key));
  const modified = (finding: object) => ({
    ExperimentalModifiedFindings: [{ Type: "vulnerability", Finding: finding }],
  });
  test.each<[string, object]>([
    ["a vulnerability without a name", { Vulnerabilities: [openssl, without("VulnerabilityID")] }],
    ["one of no package", { Vulnerabilities: [without("PkgName")] }],
    ["one of no severity", { Vulnerabilities: [without("Severity")] }],
    ["one of a severity that nobody knows", { Vulnerabilities: [{ ...openssl, Severity: "APOCALYPTIC" }] }],
    ["one that is only a name", { Vulnerabilities: ["CVE-1"] }],
    ["one that stands alone", { Vulnerabilities: openssl }],
    ["an ignored one without a name", modified(without("VulnerabilityID"))],
    ["a secret without a rule", { Secrets: [{ Severity: "HIGH" }] }],
    ["a secret of no severity", { Secrets: [{ RuleID: "aws" }] }],
    ["secrets that are none", { Secrets: { RuleID: "aws", Severity: "HIGH" } }],
  ])("%s", (_, result) => {
    expect(() => read([{ Class: "os-pkgs", Target: "web", ...result }])).toThrow(/report is not understood/);
  });

  test.each([{}, "none", ["none"]])("results that are %j", (results) => {
    const document = { SchemaVersion: 2, Metadata: { ImageConfig: config }, Results: results };
    expect(() => readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path)).toThrow(UserError);
  });

  test("no results are none, as of an image without a system", () => {
    const document = { SchemaVersion: 2, Metadata: { ImageConfig: config } };
    expect(readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path).findings).toEqual([]);
    expect(read([{ Class: "os-pkgs", Vulnerabilities: null }]).findings).toEqual([]);
  });
});

describe("a secret", () => {
  const key = {
    RuleID: "aws",
    Severity: "HIGH",
    Title: "Key",
    StartLine: 3,
    Match: "K=***",
    Code: { Lines: ["near"] },
  };
  const inFile = { Target: "/app/.env", Class: "secret", Secrets: [key] };
  const inConfig = { Target: "web", Class: "secret", Secrets: [key, { ...key, StartLine: 9 }] };

  test("in a file has its line", () => {
    expect(found(inFile)).toMatchObject({ kind: "secret", id: "aws", path: "app/.env", line: 3 });
  });

  const token = `ghp_${"abcdefghijklmnopqrstuvwxyz0123456789"}`;
  test.each([
    ["a folder", `/opt/${token}/x.env`, "opt/ghp_…/x.env"],
    ["a file before its ending", `/opt/${token}.env`, "opt/ghp_….env"],
    ["a file after other words", "/opt/key AKIAQZ7XJ3KDLM5PWRTV", "opt/key AKIA…"],
    ["nothing, as words alone are no token", "/opt/a-file-of-many-words/x.env", "opt/a-file-of-many-words/x.env"],
    ["nothing, as digits alone are none", "/opt/20261121-20261121-20261121", "opt/20261121-20261121-20261121"],
    ["nothing that is short", "/srv/app2/settings.env", "srv/app2/settings.env"],
  ])("that may name %s is shown in no path", (_, Target, path) => {
    const { findings, kept } = read([{ ...inFile, Target }]);
    expect(findings).toMatchObject([{ path }]);
    expect(kept.Results).toMatchObject([{ Target: `/${path}` }]);
    expect(JSON.stringify([findings, kept])).not.toMatch(/abcdefghijklmnopqrstuvwxyz0|QZ7XJ3K/);
  });

  test("in the configuration has none, and is told once for its variable and its history", () => {
    const { findings } = read([inConfig]);
    expect(findings).toEqual([expect.objectContaining({ path: "(image configuration)", line: undefined })]);
  });

  test.each([
    ['  "TOKEN=****************",', "TOKEN"],
    ['  "created_by": "ENV TOKEN=**************** OTHER=1",', "TOKEN"],
    ['  "created_by": "ENV OTHER=1 TOKEN=****************",', "TOKEN"],
    ['  "created_by": "RUN |2 A=b TOKEN=**************** /bin/sh -c make",', "TOKEN"],
    ['  "org.acme.token": "****************"', "org.acme.token"],
    ['  "--****************"', undefined],
    [undefined, undefined],
  ])("in the configuration by %j is in %s", (Match, setting) => {
    const { findings } = read([{ ...inConfig, Secrets: [{ ...key, Match }] }]);
    expect(findings.map((each) => (each.kind === "secret" ? each.setting : "?"))).toEqual([setting]);
  });

  test("in two variables of the configuration is told for each", () => {
    const secrets = ["A", "B"].map((name) => ({ ...key, Match: `"${name}=****"` }));
    expect(read([{ ...inConfig, Secrets: [...secrets, ...secrets] }]).findings).toHaveLength(2);
  });

  test("is not kept, nor are the lines around it", () => {
    const ignored = { ExperimentalModifiedFindings: [{ Type: "secret", Finding: key }] };
    const kept = JSON.stringify(read([inFile, { ...inFile, Secrets: [], ...ignored }]).kept);
    expect(kept).toContain("aws");
    expect(kept).not.toMatch(/K=|near/);
  });

  test("in the configuration takes the steps' texts along: one of them holds it", () => {
    const history = [{ created_by: "COPY a /" }, { created_by: "RUN curl -H TOKEN" }];
    const { kept, layers } = read([inConfig], { ...config, history });
    expect(JSON.stringify([kept, layers])).not.toContain("TOKEN");
    expect(layers).toEqual([
      { diffId: "sha256:a", createdBy: undefined },
      { diffId: "sha256:b", createdBy: undefined },
    ]);
  });
});

describe("the image's configuration", () => {
  const history = [
    { created_by: "COPY a / # buildkit" },
    { created_by: "ENV TOKEN=hidden", empty_layer: true },
    { created_by: "RUN |1 TOKEN=hidden /bin/sh -c make # buildkit" },
  ];

  test("names the step of each layer, and never what an argument held", () => {
    expect(read([], { ...config, history }).layers).toEqual([
      { diffId: "sha256:a", createdBy: "COPY a /" },
      { diffId: "sha256:b", createdBy: "RUN /bin/sh -c make" },
    ]);
  });

  test("names no step where the history does not fit the layers", () => {
    const { layers } = read([], { ...config, history: history.slice(1) });
    expect(layers.map(({ createdBy }) => createdBy)).toEqual([undefined, undefined]);
  });

  test("is kept without variables, labels and arguments", () => {
    const { kept } = read([], { ...config, history, config: { Env: ["TOKEN=hidden"], Labels: { a: "hidden" } } });
    expect(JSON.stringify(kept)).not.toContain("hidden");
  });

  test.each([
    ["arm64", { ...config, architecture: "arm64" }],
    ["windows", { ...config, os: "windows" }],
    ["none", {}],
  ])("of another platform (%s) is no scan of this one", (_, other) => {
    expect(() => read([], other)).toThrow(UserError);
  });

  test.each([3, "2", undefined])("of another schema (%s) is none that can be read", (version) => {
    const document = { SchemaVersion: version, Metadata: { ImageConfig: config } };
    expect(() => readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path)).toThrow(/schema/);
  });
});

test.each([
  ["RUN /bin/sh -c apk add openssl # buildkit", "RUN /bin/sh -c apk add openssl"],
  ["RUN |2 A=1 B=x y z /bin/sh -c make all # buildkit", "RUN /bin/sh -c make all"],
  ["|1 A=/bin/sh -c no /bin/bash -o pipefail -c make", "/bin/bash -o pipefail -c make"],
  ["RUN |1 TOKEN=hidden make", "RUN"],
  ["", undefined],
  [7, undefined],
])("the step %j reads as %j", (createdBy, expected) => {
  expect(stepText(createdBy)).toBe(expected);
});

test("whatever a report holds, it is read or refused", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (results, rest) => {
      const document = {
        SchemaVersion: 2,
        Metadata: { ImageConfig: config, OS: rest },
        Results: results,
        ArtifactName: rest,
      };
      try {
        readReport(Buffer.from(JSON.stringify(document)), amd64, (path) => path);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
  );
  expect(() => readReport(Buffer.from("no JSON"), amd64, (path) => path)).toThrow(UserError);
});
