import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { MovedFile } from "../../../src/bump/moved.ts";
import { digestOf } from "../../../src/model/digest.ts";
import { pullRequestText, type ReportedBump } from "../../../src/report/pull-request-text.ts";
import type { Finding } from "../../../src/scan/finding.ts";
import { anyText } from "../any-text.ts";

const file = (path: string, image: string, from: string, to: string): MovedFile => ({
  path,
  before: new Uint8Array(),
  after: new Uint8Array(),
  pins: [{ image, line: 3, from, to }],
});

const finding = (id: string): Finding => ({
  kind: "vulnerability",
  id,
  package: "openssl",
  installed: "3.3.8",
  fixed: "3.3.9",
  of: "os",
  path: undefined,
  url: undefined,
  severity: "HIGH",
  title: "",
  layer: undefined,
  ignored: undefined,
});

const klangk: ReportedBump = {
  images: [{ name: "workspace-base", digest: digestOf("x") }],
  files: [
    file(
      "src/containers/workspace/Dockerfile",
      "workspace-base",
      "ghcr.io/mcdonc/klangk/workspace-base:2026.06.01-aaaaaaa",
      "ghcr.io/mcdonc/klangk/workspace-base:2026.06.10-e973f3c",
    ),
  ],
  at: "a".repeat(40),
  forge: { kind: "github", repositoryUrl: "https://github.com/mcdonc/klangk" },
  runUrl: "https://github.com/mcdonc/klangk/actions/runs/7",
};

describe("the title says what moves", () => {
  const title = (change: Partial<ReportedBump>): string => pullRequestText({ ...klangk, ...change }).title;
  const image = (name: string) => ({ name, digest: digestOf(name) });
  const hex = "ab".repeat(32);
  test.each<[string, Partial<ReportedBump>, string]>([
    ["from a version to another", {}, "Bump workspace-base from 2026.06.01-aaaaaaa to 2026.06.10-e973f3c"],
    [
      "pins that name different versions now",
      { images: [image("a")], files: [file("x", "a", "o/a:1", "o/a:3"), file("y", "a", "o/a:2", "o/a:3")] },
      "Bump a to 3",
    ],
    [
      "a tag with its digest",
      { images: [image("a")], files: [file("x", "a", `o/a:1@sha256:${hex}`, `o/a:2@sha256:${hex}`)] },
      "Bump a from 1 to 2",
    ],
    [
      "a tag with its digest in a value of its own",
      {
        images: [image("a")],
        files: [file("x", "a", "1", "2"), file("x", "a", `sha256:${hex}`, `sha256:${"cd".repeat(32)}`)],
      },
      "Bump a from 1 to 2",
    ],
    [
      "a digest alone",
      { images: [image("a")], files: [file("x", "a", `sha256:${hex}`, `sha256:${"cd".repeat(32)}`)] },
      "Bump a from abababababab… to cdcdcdcdcdcd…",
    ],
    ["several images", { images: [image("a"), image("b")], files: [] }, "Bump 2 images: a, b"],
    ["a name that would silence workflows", { images: [image("[skip ci]")], files: [] }, "Bump (skip ci)"],
  ])("%s", (_, change, expected) => {
    expect(title(change)).toBe(expected);
  });
});

describe("the body", () => {
  test("says where from, where to, and in which lines", () => {
    const { body } = pullRequestText({
      ...klangk,
      images: [
        {
          name: "workspace-base",
          digest: digestOf("x"),
          size: { now: 12_300_000, before: 13_300_000 },
          findings: { gone: [finding("CVE-2026-1"), finding("CVE-2026-2")], new: [finding("CVE-2026-3")] },
          commits: { from: "b".repeat(40), to: "c".repeat(40) },
        },
      ],
    });
    expect(body).toContain("by [this run](https://github.com/mcdonc/klangk/actions/runs/7)");
    expect(body).toContain("| image | from | to | digest | size | findings | commits |");
    expect(body).toContain("12.3 MB (−1.0 MB) | 2 fixed, 1 new");
    expect(body).toContain(`https://github.com/mcdonc/klangk/compare/${"b".repeat(40)}...${"c".repeat(40)}`);
    expect(body).toMatch(/New in workspace-base:\n\n- CVE-2026-3 \(high\) in `openssl 3\.3\.8`/);
    expect(body).toContain("Dockerfile#L3): `ghcr.io/mcdonc/klangk/workspace-base:2026.06.01-aaaaaaa` → ");
  });

  test("has no column of which nothing is known", () => {
    expect(pullRequestText(klangk).body).toContain("| image | from | to | digest |\n");
  });

  test("stays short, whatever moves", () => {
    const many = Array.from({ length: 5000 }, (_, index) => file(`deploy/${index}.yaml`, "a", "o/a:1", "o/a:2"));
    const gone = Array.from({ length: 5000 }, (_, index) => finding(`CVE-2026-${index}`));
    const images = [{ name: "a", digest: digestOf("a"), findings: { gone, new: [] } }];
    const { body } = pullRequestText({ ...klangk, images, files: many });
    // GitHub takes 65,536 characters.
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain("and 4900 places more");
  });

  const hostile = fc.oneof(
    anyText(),
    fc.constantFrom(
      "<!-- ",
      "<img src=x>",
      "@org/team",
      "[skip ci]",
      "`@you` <b>",
      "a | b",
      "--> x",
      "](https://evil)",
    ),
  );
  test("nothing hostile becomes markup, a mention, a comment that hides the rest, or a command to workflows", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, path, to) => {
        const { title, body } = pullRequestText({
          ...klangk,
          images: [{ name, digest: digestOf("x") }],
          files: [file(path, name, "1", to)],
        });
        expect(title).not.toMatch(/[\n\r[\]]/);
        const running = body.replaceAll(/`[^`]*`/g, "").replaceAll(/<\/?code>/g, "");
        expect(running).not.toMatch(/<[a-z!/]|@(?=\w)(?!\u200b)/i);
      }),
    );
  });
});
