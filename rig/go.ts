/** Programs that are built from their Go module, with caches in the rig's folder that go when all is built. */
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { path } from "./folder.ts";
import { run } from "./process.ts";

const cache = (): string => path("go");

const limit = 900;

const environment = (): Record<string, string> => ({
  CGO_ENABLED: "0",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-buildvcs=false -modcacherw -trimpath",
  GOMODCACHE: join(cache(), "modules"),
  GOCACHE: join(cache(), "builds"),
  GOGC: "500", // with no debug information a third less work for the compiler
});

/**
 * Builds `packages` of a module into the folder `target`, which appears when all are built. The module is copied
 * first: `go install` refuses modules with `exclude` or `replace`.
 * @param variables link-time values of string variables
 * @param edit changes the copy before it is built
 */
export async function buildModule(
  log: string,
  module: string,
  packages: string[],
  target: string,
  variables: Record<string, string>,
  edit: (source: string) => void = (): void => {},
): Promise<void> {
  mkdirSync(cache(), { recursive: true });
  const options = { env: environment(), log, limit, cwd: cache() };
  const download = JSON.parse(await run("go", ["mod", "download", "-json", module], options)) as { Dir: string };
  const source = join(cache(), basename(target));
  rmSync(source, { recursive: true, force: true });
  cpSync(download.Dir, source, { recursive: true });
  edit(source);
  await buildSource(log, source, packages, target, variables);
}

/** The same for a module whose source is in a folder. */
export async function buildSource(
  log: string,
  source: string,
  packages: string[],
  target: string,
  variables: Record<string, string> = {},
): Promise<void> {
  const out = `${target}.new`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const link = ["-s", "-w", ...Object.entries(variables).map(([name, value]) => `-X=${name}=${value}`)].join(" ");
  const wanted = packages.map((name) => `./${name}`);
  await run("go", ["build", "-gcflags=all=-dwarf=false", "-ldflags", link, "-o", `${out}/`, ...wanted], {
    env: environment(),
    log,
    limit,
    cwd: source,
  });
  mkdirSync(dirname(target), { recursive: true });
  renameSync(out, target);
}

/** Gives the disk space of the caches back. */
export const removeGoCaches = (): void => rmSync(cache(), { recursive: true, force: true });
