import { describe, expect, test } from "@jest/globals";
import { app, changes, moved, old, young } from "../../moving.ts";

describe("a Dockerfile", () => {
  changes([
    ["FROM", "Dockerfile", `FROM ${app}:⟦1.2.3⇒1.2.4⟧ AS base\nRUN true\n`],
    ["FROM for a platform", "Dockerfile", `FROM --platform=$BUILDPLATFORM ${app}:⟦1.2.3⇒1.2.4⟧`],
    [
      "with a digest",
      "Dockerfile",
      `FROM ${app}:⟦1.2.3⇒1.2.4⟧@⟦${old}⇒${young}⟧ AS b # no comment\n`.replace(" # no comment", ""),
    ],
    ["a digest under a tag that stays", "Dockerfile", `FROM ${app}:latest@⟦${old}⇒${young}⟧\n`],
    ["a digest alone", "Dockerfile", `FROM ${app}@⟦${old}⇒${young}⟧\n`],
    ["an ARG that is the base", "Dockerfile", `ARG BASE=${app}:⟦1.2.3⇒1.2.4⟧\nFROM $BASE\n`],
    ["in quotes", "app.Dockerfile", `ARG  BASE="${app}:⟦1.2.3⇒1.2.4⟧"\nFROM "\${BASE}"\n`],
    ["a default in its place", "Dockerfile", `ARG BASE\nFROM \${BASE:-${app}:⟦1.2.3⇒1.2.4⟧}\n`],
    ["an ARG that is the tag", "Dockerfile", `ARG A=1.2.3 TAG=⟦1.2.3⇒1.2.4⟧\nFROM ${app}:$TAG\n`],
    [
      "of two stages of one image",
      "Dockerfile",
      `ARG TAG='⟦1.2.3⇒1.2.4⟧'\nFROM ${app}:$TAG AS a\nFROM ${app}:\${TAG}\n`,
    ],
    [
      "an ARG each for tag and digest",
      "Dockerfile",
      `ARG T=⟦1.2.3⇒1.2.4⟧\nARG D=⟦${old}⇒${young}⟧\nFROM ${app}:$T@$D\n`,
    ],
    ["an ARG for the digest", "Dockerfile", `ARG D=⟦${old}⇒${young}⟧\nFROM ${app}@$D\n`],
    ["COPY --from", "Dockerfile", `FROM scratch\nCOPY --link --from=${app}:⟦1.2.3⇒1.2.4⟧ /a /b\n`],
    [
      "RUN --mount, not what runs",
      "Containerfile",
      `FROM scratch\nRUN --mount=type=bind,from=${app}:⟦1.2.3⇒1.2.4⟧,target=/x crane pull ${app}:1.2.3\n`,
    ],
    [
      "an ARG and an ENV of a stage",
      "Dockerfile",
      `FROM scratch\nARG I=${app}:⟦1.2.3⇒1.2.4⟧\nENV A=1 I="${app}:⟦1.2.3⇒1.2.4⟧"\n`,
    ],
    ["what runs on build", "Dockerfile", `FROM scratch\nONBUILD COPY --from=${app}:⟦1.2.3⇒1.2.4⟧ / /\n`],
    [
      "several lines, comments among them",
      "Dockerfile",
      `FROM scratch\nCOPY \\\n  # not --from=${app}:1.2.3\n\n  --from=${app}:⟦1.2.3⇒1.2.4⟧ \\\n  /a /b\n`,
    ],
    ["another escape", "Dockerfile", `# escape=\`\nFROM scratch\nCOPY \`\n --from=${app}:⟦1.2.3⇒1.2.4⟧ C:\\a C:\\\n`],
    [
      "no heredoc, no label, no comment",
      "Dockerfile",
      `FROM scratch\n# FROM ${app}:1.2.3\nLABEL a=${app}:1.2.3\nRUN <<EOF\nFROM ${app}:1.2.3\nEOF\nCOPY --from=${app}:⟦1.2.3⇒1.2.4⟧ <<A /b\n--from=${app}:1.2.3\nA\n`,
    ],
    [
      "Windows' lines and a byte order mark",
      "Dockerfile",
      `\ufeff# x\r\nARG TAG=⟦1.2.3⇒1.2.4⟧\r\nFROM ${app}:$TAG\r\n`,
    ],
    [
      "Docker Hub's by its short name",
      "Dockerfile",
      "FROM o/web:⟦1.2.3⇒1.2.4⟧\nCOPY --from=docker.io/o/web:⟦1.2.3⇒1.2.4⟧ / /\n",
    ],
    [
      "one that BuildKit would refuse",
      "Dockerfile.j2",
      `{% if x %}\nFROM ${app}:⟦1.2.3⇒1.2.4⟧ # was ${app}:1.2.2\n{% endif %}\n`,
    ],
    ["an argument that the build gives", "Dockerfile", `ARG TAG\nFROM ${app}:$TAG\n`],
    [
      "two images by ARGs of their own",
      "Dockerfile",
      `ARG A=⟦1.2.3⇒1.2.4⟧\nARG B=⟦1.9.0⇒2.0.0⟧\nFROM ${app}:$A\nFROM ghcr.io/o/r/tool:$B\n`,
    ],
  ]);

  test.each([
    [
      "an ARG that feeds two images",
      `ARG T=1.2.3\nFROM ${app}:$T\nFROM ghcr.io/o/r/tool:$T\n`,
      [
        "1: ambiguous: T feeds different images: give each an ARG of its own",
        "1: ambiguous: T feeds different images: give each an ARG of its own",
      ],
    ],
    [
      "also one that isn't ours",
      `ARG T=1.2.3\nFROM debian:$T\nFROM ${app}:$T\n`,
      ["1: ambiguous: T feeds different images: give each an ARG of its own"],
    ],
    [
      "an image of parts",
      `ARG R=ghcr.io/o/r\nARG T=1.2.3\nFROM $R/app:$T\n`,
      ["3: ambiguous: its reference is put together from several parts: hold the whole reference in one ARG"],
    ],
    [
      "an ARG of parts",
      `ARG T=1.2.3\nARG B=${app}:$T\nFROM $B\n`,
      ["3: ambiguous: its reference is put together from several parts: hold the whole reference in one ARG"],
    ],
    [
      "a tag of parts",
      `ARG T=1.2\nFROM ${app}:$T.3\n`,
      ["2: ambiguous: its reference is put together from several parts: hold the whole reference in one ARG"],
    ],
    [
      "a whole reference that is lengthened",
      `ARG B=${app}:1.2.3\nFROM $B\nFROM $B-slim\n`,
      [
        "1: ambiguous: B is only a part of the image in line 3: hold the whole reference in one ARG",
        "3: not-newer: what is published has no tag of the form of `1.2.3-slim`",
      ],
    ],
    [
      "an ARG declared twice",
      `ARG T=1.2.2\nARG T=1.2.3\nFROM ${app}:$T\n`,
      ["2: ambiguous: T is declared more than once: keep one ARG"],
    ],
  ])("%s stays as it is", async (_, text, left) => {
    const result = await moved("Dockerfile", text);
    expect(result).toEqual({ text, pins: [], left });
  });
});
