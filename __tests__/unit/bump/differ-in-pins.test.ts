import { describe, expect, test } from "@jest/globals";
import { differInPins } from "../../../src/bump/differ-in-pins.ts";
import { imageNames } from "../../../src/bump/pins/names-in-files.ts";
import { repository } from "../../../src/model/reference.ts";

const names = imageNames([repository("ghcr.io/o/r/app")]);
const app = "ghcr.io/o/r/app";
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const check = (path: string, before: string | Uint8Array, after: string | Uint8Array) => {
  const bytes = (text: string | Uint8Array) => (typeof text === "string" ? new TextEncoder().encode(text) : text);
  return differInPins([{ path, before: bytes(before), after: bytes(after) }], names);
};

describe("an edit that moves pins of this repository's images alone", () => {
  test.each([
    ["a FROM", "Dockerfile", `FROM ${app}:1.2.3\nRUN x\n`, `FROM ${app}:1.3.0\nRUN x\n`],
    ["an ARG", "Dockerfile", `ARG B=${app}:1.2.3\nFROM $B\n`, `ARG B=${app}:1.3.0\nFROM $B\n`],
    ["tag and digest", "a.yaml", `image: ${app}:1@${digest("a")}\n`, `image: ${app}:2@${digest("b")}\n`],
    [
      "Helm values",
      "values.yaml",
      `image:\n  repository: ${app}\n  tag: 1.2.3\n`,
      `image:\n  repository: ${app}\n  tag: 1.3.0\n`,
    ],
    [
      "a number that gets quotes",
      "values.yaml",
      `image:\n  repository: ${app}\n  tag: 1.9\n`,
      `image:\n  repository: ${app}\n  tag: "1.10"\n`,
    ],
    [
      "a chart",
      "Chart.yaml",
      "apiVersion: v2\nname: app\nappVersion: 1.2.3\n",
      "apiVersion: v2\nname: app\nappVersion: 1.3.0\n",
    ],
    ["a word of another file", "notes.txt", `see ${app}:1.2.3!\n`, `see ${app}:1.3.0!\n`],
  ])("%s", async (_, path, before, after) => {
    expect(await check(path, before, after)).toBe(true);
  });
});

describe("anything else is more", () => {
  test.each([
    ["another line", "Dockerfile", `FROM ${app}:1\nRUN x\n`, `FROM ${app}:2\nRUN y\n`],
    ["a line more", "Dockerfile", `FROM ${app}:1\n`, `FROM ${app}:2\nRUN y\n`],
    ["somebody else's image", "Dockerfile", `FROM ${app}:1\n`, "FROM ghcr.io/evil/app:2\n"],
    ["a pin of another image", "a.yaml", `image: ${app}:1\nother: debian:12\n`, `image: ${app}:2\nother: debian:13\n`],
    ["another image of the owner", "a.yaml", `image: ${app}:1\n`, `image: ${app}-2:2\n`],
    [
      "another repository in values",
      "values.yaml",
      `image:\n  repository: ${app}\n  tag: "1"\n`,
      'image:\n  repository: ghcr.io/evil/app\n  tag: "2"\n',
    ],
    ["a comment", "a.yaml", `image: ${app}:1 # ours\n`, `image: ${app}:2 # theirs\n`],
    ["line ends", "a.yaml", `image: ${app}:1\r\n`, `image: ${app}:2\n`],
    ["a digest that goes", "a.yaml", `image: ${app}:1@${digest("a")}\n`, `image: ${app}:2\n`],
    ["what is no character", "Dockerfile", `FROM ${app}:1\n`, `FROM ${app}:\uffff\n`],
    ["bytes that are no text", "a.yaml", `image: ${app}:1\n`, new Uint8Array([0xff, 0xfe])],
    ["a script", "run.sh", "echo 1\n", "echo 2\n"],
  ])("%s", async (_, path, before, after) => {
    expect(await check(path, before, after)).toBe(false);
  });

  test("one such file among others", async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const pin = { path: "a.yaml", before: bytes(`image: ${app}:1\n`), after: bytes(`image: ${app}:2\n`) };
    expect(await differInPins([pin], names)).toBe(true);
    expect(await differInPins([pin, { path: "b", before: bytes("1"), after: bytes("2") }], names)).toBe(false);
  });
});
