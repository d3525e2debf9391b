/**
 * Debian packages, unpacked into the folder instead of installed: the machine's own packages are not touched.
 * They come from the machine's own mirror, from newer suites. All but runc need a C library of Debian 12's age only;
 * runc comes from the machine's own suite.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, path } from "./folder.ts";
import { osRelease } from "./machine.ts";
import { run } from "./process.ts";

interface Package {
  readonly name: string;
  readonly suite: string;
  /** The upstream version that the rig was seen to work with, where it matters. */
  readonly seen?: string;
  /** What is wanted, where it is only a part. */
  readonly only?: readonly string[];
}

/**
 * A mirror holds one version of a package in each suite, and what held the older ones (snapshot.debian.org) can't be counted
 * on. So each package comes from the oldest suite that will do: trixie is released and stays as it is; forky will be, and
 * until then moves only by what has stood ten days in sid without a grave bug. What moved is said when it is brought.
 */
const PACKAGES: readonly Package[] = [
  { name: "docker.io", suite: "forky", seen: "28.5" },
  { name: "docker-cli", suite: "forky", seen: "28.5" },
  { name: "docker-buildx", suite: "forky", seen: "0.29" },
  { name: "containerd", suite: "forky", seen: "2.1" },
  { name: "docker-registry", suite: "trixie", seen: "2.8" },
  { name: "tini-static", suite: "forky", seen: "0.19" },
  { name: "crane", suite: "forky", seen: "0.20" },
  { name: "runc", suite: osRelease().VERSION_CODENAME ?? "bookworm" },
  { name: "busybox-static", suite: "trixie", seen: "1.37" },
  { name: "busybox-static:arm64", suite: "trixie", seen: "1.37" },
  { name: "qemu-user", suite: "trixie", seen: "10.0", only: ["./usr/bin/qemu-aarch64", "./usr/share/qemu/binfmt.d"] },
];

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** For people: what `unpack` brings. */
export const packageNames: string = PACKAGES.map(({ name }) => name).join(", ");

/** Another list, another folder: what was unpacked for an older version of this file is left alone. */
const root = join(
  folder,
  "built",
  `packages-${createHash("sha256").update(JSON.stringify(wantedParts())).digest("hex").slice(0, 8)}`,
);

function wantedParts(): unknown {
  return PACKAGES.map(({ name, suite, only }) => ({ name, suite, only }));
}

/** A file of the unpacked packages; `arm64/…` for those of the foreign architecture. */
export const unpacked = (...parts: string[]): string => join(root, ...parts);

/** The folders with the unpacked commands. */
export const commandFolders: string[] = [unpacked("usr/bin"), unpacked("usr/sbin")];

/** Whether there is nothing left to do for `unpack`. */
export const areUnpacked = (): boolean => existsSync(root);

/**
 * Downloads and unpacks what is missing. All or nothing: the folder appears when it is complete.
 * @returns what is another version than the rig was seen to work with, a line each
 */
export async function unpack(): Promise<readonly string[]> {
  if (areUnpacked()) return [];
  const work = `${root}.new`;
  rmSync(work, { recursive: true, force: true });
  const archives = join(work, "archives");
  mkdirSync(archives, { recursive: true });
  const apt = await newerSuites();
  await run("apt-get", [...apt, "update"], { log: "packages", limit: 300 });
  const wanted = PACKAGES.map(({ name, suite }) => `${name}/${suite}`);
  await run("apt-get", [...apt, "download", ...wanted], { cwd: archives, log: "packages", limit: 300 });
  const found = readdirSync(archives);
  await Promise.all(found.map((archive) => unpackOne(join(archives, archive), work)));
  for (const rest of [archives, path("apt")]) rmSync(rest, { recursive: true });
  renameSync(work, root);
  return found.flatMap(movedSince);
}

interface Archive {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** As in `docker.io_28.5.2+dfsg4-5_amd64.deb`; an epoch's colon is `%3a`. */
function archiveOf(file: string): Archive {
  const [, name = "", version = "", architecture = ""] = file.match(/([^/_]+)_(?:\d+%3a)?([^_]+)_(\w+)\.deb$/) ?? [];
  return { name, version, architecture };
}

function movedSince(file: string): readonly string[] {
  const { name, version } = archiveOf(file);
  const { seen, suite } = PACKAGES.find((each) => each.name === name) ?? {};
  if (seen === undefined || version.startsWith(`${seen}.`)) return [];
  return [`Debian's ${suite} has ${name} ${version} now; the rig was seen to work with ${seen} (rig/packages.ts)`];
}

/** The architecture decides where it goes. */
async function unpackOne(archive: string, work: string): Promise<void> {
  const { name, architecture } = archiveOf(archive);
  const target = architecture === "arm64" ? join(work, "arm64") : work;
  mkdirSync(target, { recursive: true });
  const only = PACKAGES.find((wanted) => wanted.name === name)?.only;
  const files = only ? `dpkg-deb --fsys-tarfile "$0" | tar -x -C "$@"` : 'dpkg-deb -x "$0" "$1"';
  await run("sh", ["-c", files, archive, target, ...(only ?? [])], { log: "packages", limit: 120 });
}

/** Options that make apt see the newer suites only, with lists and caches of its own. */
async function newerSuites(): Promise<string[]> {
  const own = osRelease().VERSION_CODENAME ?? "";
  const format = "$(REPO_URI)|$(RELEASE)|";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    log: "packages",
  });
  const [uri] =
    targets
      .split("\n")
      .find((line) => line.includes(`|${own}|`))
      ?.split("|") ?? [];
  if (!uri) throw new Error(`apt's sources name no mirror of ${own}: see apt-get indextargets`);
  const apt = path("apt");
  for (const sub of ["sources", "preferences", "lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(apt, sub), { recursive: true });
  }
  const source = (suites: string, architectures: string): string =>
    [
      "Types: deb",
      `URIs: ${uri}`,
      `Suites: ${suites}`,
      "Components: main",
      `Architectures: ${architectures}`,
      "Targets: Packages",
      ...(existsSync(KEYRING) ? [`Signed-By: ${KEYRING}`] : []),
      "",
    ].join("\n");
  const amd64 = ["forky", own].filter((suite, index, all) => suite !== "trixie" && all.indexOf(suite) === index);
  const sources = [source(amd64.join(" "), "amd64"), source("trixie", "amd64 arm64")];
  writeFileSync(join(apt, "sources", "rig.sources"), sources.join("\n"));
  return [
    "-qq",
    ["Dir::Etc::sourcelist", "/dev/null"],
    ["Dir::Etc::sourceparts", join(apt, "sources")],
    ["Dir::Etc::preferencesparts", join(apt, "preferences")],
    ["Dir::State::Lists", join(apt, "lists")],
    ["Dir::Cache", join(apt, "cache")],
    ["APT::Architectures::", "amd64"],
    ["APT::Architectures::", "arm64"],
    ["APT::Sandbox::User", "root"],
    ["Acquire::Languages", "none"],
  ].flatMap((option) => (typeof option === "string" ? [option] : ["-o", option.join("=")]));
}
