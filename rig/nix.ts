/** Nix with a store in the rig's folder: Debian's or Ubuntu's own package and what it needs, unpacked, not installed. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./addresses.ts";
import { link } from "./engine.ts";
import { folder, path } from "./folder.ts";
import { osRelease } from "./machine.ts";
import { run } from "./process.ts";

const root = join(folder, "built", `nix-${osRelease().VERSION_CODENAME ?? "unknown"}`);
const wrapper = join(root, "nix-build");

export const nixIsThere = (): boolean => existsSync(wrapper) && existsSync(join(bin, "nix-build"));

/** Downloads and unpacks, once. All or nothing: the folder appears when it is complete. */
export async function installNix(): Promise<void> {
  if (!existsSync(wrapper)) {
    const work = `${root}.new`;
    rmSync(work, { recursive: true, force: true });
    const archives = join(work, "archives");
    mkdirSync(join(archives, "partial"), { recursive: true });
    await download(archives);
    const packages = readdirSync(archives).filter((name) => name.endsWith(".deb"));
    await Promise.all(
      packages.map((name) => run("dpkg-deb", ["-x", join(archives, name), work], { log: "nix", limit: 120 })),
    );
    rmSync(archives, { recursive: true });
    configure(work);
    rmSync(root, { recursive: true, force: true });
    renameSync(work, root);
  }
  link("nix-build", wrapper);
}

/** nix-bin and those of the packages it needs that this machine lacks; the machine's own lists and caches are not touched. */
async function download(archives: string): Promise<void> {
  const apt = path("nix-apt");
  mkdirSync(join(apt, "lists/partial"), { recursive: true });
  const settings = {
    "Dir::State::Lists": join(apt, "lists"),
    "Dir::Cache::pkgcache": "",
    "Dir::Cache::srcpkgcache": "",
    "Dir::Cache::archives": archives,
    "Debug::NoLocking": "true",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const options = ["-qq", ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
  await run("apt-get", [...options, "update"], { log: "nix", limit: 300 });
  const wanted = ["install", "--download-only", "--yes", "--no-install-recommends", "nix-bin"];
  await run("apt-get", [...options, ...wanted], { log: "nix", limit: 300 });
  rmSync(apt, { recursive: true });
}

/** Everything that Nix would look for in `/nix` and `/etc/nix` is in the folder; what it builds sees this machine. */
function configure(work: string): void {
  const settings = join(work, "settings");
  const helpers = join(work, "helpers", "nix");
  mkdirSync(settings);
  mkdirSync(helpers, { recursive: true });
  writeFileSync(join(settings, "nix.conf"), "sandbox = false\nbuild-users-group =\nsubstitute = false\n");
  symlinkSync(join(root, "usr/bin/nix"), join(helpers, "build-remote"));
  const libraries = readdirSync(join(work, "usr/lib")).map((name) => join(root, "usr/lib", name));
  const store = path("nix-store", "x").slice(0, -2);
  const variables = {
    LD_LIBRARY_PATH: [join(root, "usr/lib"), ...libraries].join(":"),
    NIX_STORE_DIR: join(store, "store"),
    NIX_STATE_DIR: join(store, "state"),
    NIX_LOG_DIR: join(store, "log"),
    NIX_CONF_DIR: join(root, "settings"),
    NIX_LIBEXEC_DIR: join(root, "helpers"),
  };
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  const script = `#!/bin/sh\n${exports.join("")}exec '${join(root, "usr/bin/nix-build")}' "$@"\n`;
  writeFileSync(join(work, "nix-build"), script, { mode: 0o755 });
}
