/** Images for Windows are not supported, and say so; the others are planned. */
import { describe, expect, test } from "@jest/globals";
import { wantedPlatform } from "../../../src/model/platform.ts";
import { images, problems, readTree } from "./build-tree.ts";

describe("an image that is based on Windows", () => {
  test.each([
    "mcr.microsoft.com/windows/servercore:ltsc2022",
    "mcr.microsoft.com/windows/nanoserver:ltsc2022",
    "mcr.microsoft.com/windows:20H2",
    "mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-ltsc2022",
    "python:3.12-windowsservercore-ltsc2022",
    "openjdk:24-nanoserver",
    "microsoft/nanoserver",
  ])("%s", async (base) => {
    const tree = images({ app: `FROM ${base}\n`, web: "FROM debian\n" });
    expect((await readTree(tree)).images.map(({ name }) => name)).toEqual(["web"]);
    expect(await problems(tree)).toEqual([
      expect.stringMatching(
        /^images\/app\/Dockerfile:1 "app" is an image for Windows, which is not supported: it is based on .*\(exclude/,
      ),
    ]);
  });

  test("through another image of the repository", async () => {
    const tree = images({
      app: "FROM mcr.microsoft.com/windows/nanoserver:1\n",
      web: "FROM ghcr.io/o/r/app\n",
      api: "FROM a\n",
    });
    expect((await readTree(tree)).images.map(({ name }) => name)).toEqual(["api"]);
  });
});

test.each([
  "FROM mcr.microsoft.com/dotnet/runtime:8.0",
  "FROM o/windows:1",
  "FROM a\nCOPY --from=mcr.microsoft.com/windows/nanoserver:1 /a /",
  "FROM mcr.microsoft.com/windowsish/a:1",
])("%j isn't one", async (dockerfile) => {
  expect(await problems(images({ app: `${dockerfile}\n` }))).toEqual([]);
});

test("a platform of Windows is refused where it is written", async () => {
  expect(() => wantedPlatform("windows/amd64")).toThrow(
    '"windows/amd64" can\'t be built: images for Windows are not supported',
  );
  expect(
    await problems(images({ app: "FROM a\n" }), { config: "images: {app: {platforms: [linux/amd64, windows/amd64]}}" }),
  ).toEqual([expect.stringMatching(/:1:41 .*images for Windows are not supported \(take it out/)]);
});

test("a bake file's target for Windows", async () => {
  const bake = {
    group: { default: { targets: ["app"] } },
    target: { app: { context: "app", dockerfile: "Dockerfile", platforms: ["windows/amd64"] } },
  };
  const tree = { "images/docker-bake.json": JSON.stringify(bake), "images/app/Dockerfile": "FROM a\n" };
  expect(await problems(tree, { bake: { images: bake } })).toEqual([
    expect.stringMatching(/"app" is an image for Windows, which is not supported: its platform is windows\/amd64/),
  ]);
});
