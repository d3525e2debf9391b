/** Programs that are built from their Go module, with caches in the rig's folder that go when all is built. */
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { path } from "./folder.ts";
import { run } from "./process.ts";

const cache = (): string => path("go");

/** Seconds; a build of minutes takes many times as long on a machine that has other work. */
const limit = 1800;

const environment = (cgo = false): Record<string, string> => ({
  CGO_ENABLED: cgo ? "1" : "0",
  CGO_CFLAGS: "-O1", // without debug information, and faster built than fast
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-buildvcs=false -modcacherw -trimpath",
  GOMODCACHE: join(cache(), "modules"),
  GOCACHE: join(cache(), "builds"),
  GOGC: "500", // with no debug information a third less work for the compiler
});

export interface BuildOptions {
  readonly tags?: readonly string[];
  /** With a C compiler. */
  readonly cgo?: boolean;
  /** Files and folders of the source that the programs want beside them. */
  readonly keep?: readonly string[];
}

/**
 * Builds `packages` of a module into the folder `target`, which appears when all are built. The module is copied
 * first: `go install` refuses modules with `exclude` or `replace`.
 * @param variables link-time values of string variables
 * @param options `edit` changes the copy before it is built
 */
export async function buildModule(
  log: string,
  module: string,
  packages: string[],
  target: string,
  variables: Readonly<Record<string, string>>,
  { edit, ...options }: BuildOptions & { readonly edit?: (source: string) => void } = {},
): Promise<void> {
  const source = join(cache(), basename(target));
  rmSync(source, { recursive: true, force: true });
  cpSync(await downloadModule(log, module), source, { recursive: true });
  edit?.(source);
  await buildSource(log, source, packages, target, variables, options);
}

/** Downloads a module, `path@version`. @returns the folder of its source, which is not to be written in */
export async function downloadModule(log: string, module: string): Promise<string> {
  mkdirSync(cache(), { recursive: true });
  const options = { env: environment(), log, limit, cwd: cache() };
  return (JSON.parse(await run("go", ["mod", "download", "-json", module], options)) as { Dir: string }).Dir;
}

/** The same for a module whose source is in a folder. */
export async function buildSource(
  log: string,
  source: string,
  packages: string[],
  target: string,
  variables: Readonly<Record<string, string>> = {},
  { tags = [], cgo = false, keep = [] }: BuildOptions = {},
): Promise<void> {
  const out = `${target}.new`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const link = ["-s", "-w", ...Object.entries(variables).map(([name, value]) => `-X=${name}=${value}`)].join(" ");
  const flags = ["-tags", tags.join(","), "-gcflags=all=-dwarf=false", "-ldflags", link, "-o", `${out}/`];
  const wanted = packages.map((name) => `./${name}`);
  await run("go", ["build", ...flags, ...wanted], { env: environment(cgo), log, limit, cwd: source });
  for (const name of keep) cpSync(join(source, name), join(out, name), { recursive: true });
  mkdirSync(dirname(target), { recursive: true });
  renameSync(out, target);
}

/** Gives the disk space of the caches back. */
export const removeGoCaches = (): void => rmSync(cache(), { recursive: true, force: true });
