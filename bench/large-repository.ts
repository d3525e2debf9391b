/** A git repository with many images, written straight into git's store. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Checkout } from "./step.ts";

const filesOfEach = 100;

export interface Layout {
  /** A config file gives all images the repository's root for a context. */
  readonly isRootContext?: boolean;
  /** The directories are on two levels, `v07/i0007`, and a pattern of the config file finds them. */
  readonly hasTwoLevels?: boolean;
  /** Of three images, how many are built on others: a quarter of all where it isn't set. */
  readonly edgesOfThree?: number;
}

/**
 * `images/i0000` and so on, each a Dockerfile and 99 other files. Some of the images are built on others of them, by their full
 * names. The second commit, HEAD, changes a file in every other image.
 */
export async function makeLargeRepository(folder: string, images: number, layout: Layout = {}): Promise<Checkout> {
  const { isRootContext = false, hasTwoLevels = false } = layout;
  const slug = "acme/fleet";
  mkdirSync(folder, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", env: quiet() });
  git("init", "--quiet", "--initial-branch", "main");
  const importer = spawn("git", ["fast-import", "--quiet"], {
    cwd: folder,
    env: quiet(),
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(importer, "close");
  importer.stdin.write(commit("Images"));
  if (hasTwoLevels)
    importer.stdin.write(change(".github/image-publish.yml", 'discover:\n  - path: "{version}/{name}"\n'));
  if (isRootContext) importer.stdin.write(change(".github/image-publish.yml", rootContexts(images)));
  for (let image = 0; image < images; image++) {
    const lines = filesOf(image, slug, layout).map(([path, text]) => change(path, text));
    if (!importer.stdin.write(lines.join(""))) await once(importer.stdin, "drain");
  }
  importer.stdin.write(commit("Changes"));
  for (let image = 0; image < images; image += 2) {
    importer.stdin.write(change(`${folderOf(image, layout)}/src/part-3/file-${image % 33}.txt`, `changed ${image}\n`));
  }
  importer.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  git("reset", "--quiet", "--hard", "main");
  const [head = "", before = ""] = git("rev-list", "main").trim().split("\n");
  return { folder, slug, before, commit: head };
}

const nameOf = (image: number): string => `i${String(image).padStart(4, "0")}`;
const folderOf = (image: number, { hasTwoLevels = false }: Layout): string =>
  hasTwoLevels ? `v${String(image % 20).padStart(2, "0")}/${nameOf(image)}` : `images/${nameOf(image)}`;

function rootContexts(images: number): string {
  const entries = Array.from({ length: images }, (_, image) => {
    return `  ${nameOf(image)}: {context: ., file: ${folderOf(image, {})}/Dockerfile}\n`;
  });
  return `images:\n${entries.join("")}`;
}

function filesOf(image: number, slug: string, layout: Layout): readonly (readonly [string, string])[] {
  const { isRootContext = false, edgesOfThree } = layout;
  const folder = folderOf(image, layout);
  const isChild = edgesOfThree === undefined ? image % 4 === 1 : image % 3 >= 3 - edgesOfThree;
  const base = isChild ? `ghcr.io/${slug}/${nameOf(Math.floor(image / 3))}` : "debian:13";
  const dockerfile = [
    `ARG VERSION=1.${image}`,
    `FROM ${base} AS build`,
    "ARG VERSION",
    "RUN apt-get update && apt-get install --yes --no-install-recommends \\",
    "      build-essential ca-certificates && rm -rf /var/lib/apt/lists/*",
    `COPY ${isRootContext ? `${folder}/` : ""}src /src`,
    'RUN make -C /src "VERSION=$VERSION" install',
    `FROM ${base}`,
    "COPY --from=build /usr/local /usr/local",
    'CMD ["serve"]',
    "",
  ];
  const ignores =
    image % 5 === 0 ? ([[`${folder}/.dockerignore`, "**/*.md\n!README.md\nsrc/part-2/*.log\n"]] as const) : [];
  const count = filesOfEach - 1 - ignores.length;
  const sources = Array.from({ length: count }, (_, at) => {
    const path = `${folder}/src/part-${1 + Math.floor(at / 33)}/file-${at % 33}.txt`;
    return [path, `${image} ${at}\n`] as const;
  });
  return [[`${folder}/Dockerfile`, dockerfile.join("\n")], ...ignores, ...sources];
}

/** git-fast-import(1), "commit" and "M" with inline data. */
function commit(message: string): string {
  return `commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\n${data(message)}`;
}

function change(path: string, text: string): string {
  return `M 100644 inline ${path}\n${data(text)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** The user's own configuration must not matter. */
function quiet(): Record<string, string> {
  return { PATH: process.env.PATH ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
}
