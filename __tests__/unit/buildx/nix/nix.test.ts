/** Images that Nix makes: what nix-build is asked, what is taken for an image, and what is said when it goes wrong. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { systemFiles } from "../../../../src/adapters/files.ts";
import { childProcesses } from "../../../../src/adapters/processes.ts";
import { nixEnvironment } from "../../../../src/buildx/builder/environment.ts";
import { builtByNix, type NixImageDependencies } from "../../../../src/buildx/nix/nix.ts";
import { UserError } from "../../../../src/errors.ts";
import { platform } from "../../../../src/model/platform.ts";
import type { PlannedBuild } from "../../../../src/plan/plan.ts";
import { plannedBuild } from "../planned.ts";

const scratch = mkdtempSync(join(tmpdir(), "image-publish-nix-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => mkdtempSync(join(scratch, `${++folders}-`));

const layer = "one layer";
const layerDigest = createHash("sha256").update(layer).digest("hex");
const config = (architecture = "amd64") => ({
  architecture,
  os: "linux",
  rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
});
const manifest = [{ Config: "config.json", RepoTags: ["x:1"], Layers: ["a/layer.tar"] }];
const image = {
  "manifest.json": JSON.stringify(manifest),
  "config.json": JSON.stringify(config()),
  "a/layer.tar": layer,
};

/** An archive of these files; a content that begins with `->` is a symlink. */
function archive(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (content.startsWith("->")) symlinkSync(content.slice(2), join(folder, name));
    else writeFileSync(join(folder, name), content);
  }
  const path = join(newFolder(), "image.tar.gz");
  execFileSync("tar", ["-czf", path, "-C", folder, ...Object.keys(files)]);
  return path;
}

interface Said {
  /** What nix-build prints, for each time that it is run. */
  readonly makes?: readonly string[];
  readonly code?: number;
  readonly says?: readonly string[];
  readonly platforms?: readonly string[];
  readonly restricted?: string;
}

async function build({ makes = [], code = 0, says = [], platforms = [], restricted }: Said) {
  const calls: (readonly string[])[] = [];
  const deps: NixImageDependencies = {
    processes: {
      async run(program, args, options) {
        if (program !== "nix-build") return childProcesses.run(program, args, options);
        calls.push(args);
        for (const line of says) options.onLine?.(line, "stderr");
        const paths = makes.slice(0, calls.length).at(-1) ?? "";
        return { code, stdout: Buffer.from(paths), stderr: says.join("\n") };
      },
    },
    files: systemFiles,
    log: { group: () => {} },
    environment: { PATH: process.env.PATH ?? "" },
    nixEnvironment: { PATH: process.env.PATH ?? "" },
    workspace: "/repo",
    restricted,
    signal: new AbortController().signal,
  };
  const given: PlannedBuild = {
    ...plannedBuild,
    variant: "nix",
    name: "app",
    dockerfile: "images/app/default.nix",
    platforms: platforms.map((each) => platform(each)),
  };
  const folder = newFolder();
  return { calls, folder, build: await builtByNix(given, folder, deps) };
}

describe("what nix-build makes becomes one line of a Dockerfile", () => {
  test("an archive, as a layout whose layers are as they were", async () => {
    const { build: left, calls, folder } = await build({ makes: [`${archive(image)}\n`] });
    expect(calls).toEqual([["--out-link", `${folder}/nix-0/result`, "./images/app/default.nix"]]);
    expect(readFileSync(left.dockerfile, "utf8")).toBe("FROM nix-image\n");
    expect(left).toMatchObject({ platforms: ["linux/amd64"], context: dirname(left.dockerfile), fresh: false });
    const [context] = left.contexts;
    const [, layout = "", digest = ""] =
      /^oci-layout:\/\/(.+)@sha256:(\w+)$/.exec(context?.kind === "elsewhere" ? context.value : "") ?? [];
    const blob = (hex: string) => readFileSync(`${layout}/blobs/sha256/${hex}`, "utf8");
    const [entry] = JSON.parse(blob(digest)).manifests;
    expect(entry.platform).toEqual({ os: "linux", architecture: "amd64" });
    const stored = JSON.parse(blob(entry.digest.slice(7)));
    expect(stored.layers).toEqual([
      { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: `sha256:${layerDigest}`, size: layer.length },
    ]);
    expect(blob(layerDigest)).toBe(layer);
    expect(JSON.parse(blob(stored.config.digest.slice(7)))).toEqual(config());
  });

  test("each platform by itself, and what they share once", async () => {
    const arm = archive({ ...image, "config.json": JSON.stringify(config("arm64")) });
    const { build: left, calls } = await build({
      makes: [archive(image), arm],
      platforms: ["linux/amd64", "linux/arm64"],
    });
    expect(left.platforms).toEqual(["linux/amd64", "linux/arm64"]);
    const systems = calls.map((args) => args.slice(2, -1));
    expect(systems).toEqual(
      ["x86_64-linux", "aarch64-linux"].map((system) => [
        "--option",
        "system",
        system,
        "--option",
        "extra-platforms",
        system,
      ]),
    );
  });

  test("a program that writes the archive", async () => {
    const path = join(newFolder(), "stream");
    writeFileSync(path, `#!/bin/sh\ncat ${archive(image)}\n`, { mode: 0o755 });
    expect((await build({ makes: [path] })).build.platforms).toEqual(["linux/amd64"]);
  });
});

describe("what can't be is an error that says what to do", () => {
  const errorOf = async (said: Said) =>
    build(said).then(
      () => undefined,
      (error: unknown) => error,
    );

  test.each<[string, () => Said, RegExp]>([
    ["nothing", () => ({ makes: ["\n"] }), /makes 0 things/],
    ["several things", () => ({ makes: ["/a\n/b\n"] }), /makes 2 things/],
    ["a folder", () => ({ makes: [newFolder()] }), /made the folder/],
    ["a file of another kind", () => ({ makes: [join(import.meta.dirname, "nix.test.ts")] }), /tar can't unpack it/],
    ["an archive of other things", () => ({ makes: [archive({ a: "" })] }), /it has no manifest\.json/],
    [
      "several images",
      () => ({ makes: [archive({ ...image, "manifest.json": JSON.stringify([...manifest, ...manifest]) })] }),
      /several images/,
    ],
    [
      "a layer that is missing",
      () => ({ makes: [archive({ "manifest.json": image["manifest.json"], "config.json": image["config.json"] })] }),
      /a layer of it is missing/,
    ],
    [
      "a layer that is a symlink",
      () => ({ makes: [archive({ ...image, "a/layer.tar": "->/etc/passwd" })] }),
      /a layer of it is a symlink/,
    ],
    [
      "a layer outside",
      () => ({
        makes: [archive({ ...image, "manifest.json": JSON.stringify([{ ...manifest[0], Layers: ["../../x"] }]) })],
      }),
      /lies outside of it/,
    ],
    [
      "another platform than was wanted",
      () => ({ makes: [archive(image)], platforms: ["linux/arm64"] }),
      /to be built for linux\/arm64, and Nix made it for linux\/amd64/,
    ],
  ])("%s", async (_, said, message) => {
    const error = await errorOf(said());
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(/\w/) });
  });

  test("what Nix says, with the place in the repository", async () => {
    const says = [
      "error: undefined variable 'x'",
      "",
      "       at /nix/store/y.nix:1:1:",
      "       at /repo/images/app/lib.nix:7:3:",
    ];
    expect(await errorOf({ code: 1, says })).toMatchObject({
      message: expect.stringMatching(/nix-build ended with exit code 1\n {2}error: undefined variable 'x'/),
      at: { file: "images/app/lib.nix", line: 7, column: 3 },
    });
  });
});

test("nix-build gets its own settings, and neither docker's nor anybody's secrets", () => {
  const parent = {
    PATH: "/bin",
    NIX_PATH: "nixpkgs=/n",
    HOME: "/h",
    DOCKER_CONFIG: "/d",
    GITHUB_TOKEN: "t",
    https_proxy: "p",
  };
  expect(nixEnvironment(parent)).toEqual({ PATH: "/bin", NIX_PATH: "nixpkgs=/n", HOME: "/h", https_proxy: "p" });
});

test("what nobody trusts is made by nix-build without a login: no home of the user's, no token in a setting", () => {
  const parent = {
    PATH: "/bin",
    NIX_PATH: "nixpkgs=/n",
    HOME: "/h",
    XDG_CONFIG_HOME: "/h/.config",
    NIX_USER_CONF_FILES: "/h/nix.conf",
    NIX_CONFIG: "sandbox = false\n extra-access-tokens = github.com=t\nnetrc-file = /h/.netrc\n!include /h/more",
  };
  expect(nixEnvironment(parent, "/run/home")).toEqual({
    PATH: "/bin",
    NIX_PATH: "nixpkgs=/n",
    HOME: "/run/home",
    NIX_CONFIG: "sandbox = false\naccess-tokens =\nnetrc-file = /dev/null",
  });
});

describe("an expression of an untrusted checkout", () => {
  const restricted = "a fork wrote it";
  const written = (content: string, mode = 0o644): string => {
    const path = join(newFolder(), "made");
    writeFileSync(path, content, { mode });
    return path;
  };

  test("reads nothing outside, fetches nothing, and is built in a sandbox", async () => {
    const { calls } = await build({ makes: [written("shut\n"), archive(image)], restricted });
    expect(calls).toHaveLength(2);
    for (const args of calls) {
      const options = args.flatMap((arg, index) =>
        arg === "--option" ? [`${args[index + 1]}=${args[index + 2]}`] : [],
      );
      expect(options).toEqual(["restrict-eval=true", "allowed-uris=", "sandbox=true", "sandbox-fallback=false"]);
      expect(args.slice(args.indexOf("-I"))[1]).toBe("checkout=/repo");
    }
  });

  test.each([
    ["builders run without a sandbox", () => [written("open\n")], /without a sandbox, and a fork wrote it/],
    [
      "it makes a program, which would run on the runner",
      () => [written("shut\n"), written("#!/bin/sh\ntouch /pwned\n", 0o755)],
      /makes a program that writes the image, and a fork wrote it/,
    ],
  ])("%s: refused", async (_, makes, message) => {
    await expect(build({ makes: makes(), restricted })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
  });
});

test.each([
  ["the config", { ...image, "config.json": "->/etc/hostname" }],
  ["the manifest", { ...image, "manifest.json": "->/etc/hostname" }],
  [
    "the folder of a layer",
    { ...image, out: "->/etc", "manifest.json": JSON.stringify([{ Config: "config.json", Layers: ["out/hostname"] }]) },
  ],
])("%s of an archive is never read through a symlink", async (_, files) => {
  await expect(build({ makes: [archive(files)] })).rejects.toMatchObject({
    message: expect.stringMatching(/is a symlink/),
  });
  expect(existsSync("/etc/hostname")).toBe(true);
});

test("what Nix made is never a symlink to a file of the machine", async () => {
  const path = join(newFolder(), "made");
  symlinkSync("/etc/hostname", path);
  await expect(build({ makes: [path] })).rejects.toMatchObject({
    message: expect.stringMatching(/leads out of Nix's store/),
  });
});
