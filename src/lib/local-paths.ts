/**
 * The paths of this machine that a run opens, or lets a child open. With every symlink followed, they are in the
 * checkout, or an input of the workflow names them.
 */
import { posix } from "node:path";
import { type SourceLocation, UserError } from "../errors.ts";
import type { FileLooks, Files } from "../ports.ts";
import { memoize } from "./memoize.ts";
import { mapped } from "./pause.ts";

/** What a path is for. */
export interface PathUse {
  /** A noun: "the build context of web". */
  readonly what: string;
  /** Where the path is written. */
  readonly at?: SourceLocation | undefined;
  /** The setting that says it, by its name; `undefined` where nothing but the checkout can. */
  readonly setting?: PathSetting;
  /** All of it is read, as of a build context: then nothing secret may be below it either. */
  readonly isWhole?: boolean;
}

export interface AskedPath {
  readonly path: string;
  readonly use: PathUse;
}

/** Settings whose values name paths, and that are inputs as well. */
export type PathSetting =
  | "build-contexts"
  | "cache-from"
  | "cache-to"
  | "config"
  | "context"
  | "file"
  | "secret-files"
  | "ssh";

export interface NamedPath {
  readonly setting: PathSetting;
  readonly path: string;
}

export interface LocalPaths {
  /** @returns where a path leads, absolute, its missing parts as written. @throws UserError where it may not be opened. */
  resolve(path: string, use: PathUse): Promise<string>;
  /** Why a path may not be opened; `undefined` where it may. A relative one starts at the checkout. */
  refusal(path: string, use: PathUse): Promise<UserError | undefined>;
  /** The same of many at once: every folder on their ways is looked at once. @returns in their order. */
  refusals(asked: readonly AskedPath[]): Promise<readonly (UserError | undefined)[]>;
  /** Whether an input of the workflow names exactly this path, as a value of that setting. */
  isNamed(path: string, setting: PathSetting): boolean;
}

export interface PathRules {
  /** The checkout, absolute: relative paths start here. */
  readonly checkout: string;
  /** What paths may lead to, absolute: the runner's workspace for a trusted checkout, the git worktree for any other. */
  readonly boundary: string;
  /** Why the files of the checkout have no say, a clause; `undefined` for a trusted checkout. */
  readonly untrusted: string | undefined;
  /** Paths that inputs of the workflow name. */
  readonly named: readonly NamedPath[];
  /** Folders of the run's own, which hold logins. */
  readonly own: readonly string[];
}

/** As many as Linux follows. */
const mostLinks = 40;

/** The rules of a run, as questions about single paths. */
export function localPaths(rules: PathRules, files: FileLooks): LocalPaths {
  const absolute = (path: string): string => withoutSlash(posix.resolve(rules.checkout, path));
  const named = rules.named.map(({ setting, path }) => ({ setting, path: absolute(path) }));
  const judge = judging({ ...rules, named }, files);
  return {
    isNamed: (path, setting) => named.some((each) => each.setting === setting && each.path === absolute(path)),
    async resolve(path, use) {
      const judged = await judge(path, absolute(path), use);
      if ("refusal" in judged) throw judged.refusal;
      return judged.real;
    },
    refusal: async (path, use) => refusalIn(await judge(path, absolute(path), use)),
    async refusals(asked) {
      const look = memoize(files.look, (path) => Buffer.from(path).toString("latin1"));
      const judgeTogether = judging({ ...rules, named }, { look });
      return mapped(
        asked,
        async ({ path, use }) => refusalIn(await judgeTogether(path, absolute(path), use)),
        together,
      );
    },
  };
}

const together = 64;

type Judged = { readonly real: string } | { readonly refusal: UserError };

function refusalIn(judged: Judged): UserError | undefined {
  return "refusal" in judged ? judged.refusal : undefined;
}

/** Where a path leads, or why it may not be opened. The folders that it is compared with are looked at once. */
function judging(rules: PathRules, files: FileLooks) {
  const { untrusted } = rules;
  const follow = (path: string) => followLinks(path, files);
  const root = memoize(async (path: string): Promise<readonly string[]> => {
    const found = await follow(path);
    return found === undefined ? [] : [found.real];
  });
  /**
   * Whether an input names it. An untrusted checkout can't use what is named for something else, such as a secret's file, and
   * its links lead where its author wants, whoever names them. What is in the folder of an input `context` belongs to it.
   */
  async function isMeant(from: string, real: string, boundary: string, setting: PathUse["setting"]): Promise<boolean> {
    const meant = rules.named.filter((each) => untrusted === undefined || each.setting === setting);
    for (const each of meant) {
      const found = await follow(each.path);
      if (untrusted !== undefined && found?.links.some((link) => isWithin(link, boundary)) !== false) continue;
      const target = found?.real ?? each.path;
      if (each.path === from || target === real || (each.setting === "context" && isWithin(real, target))) return true;
    }
    return false;
  }

  return async (path: string, from: string, use: PathUse): Promise<Judged> => {
    const followed = await follow(from);
    if (followed === undefined) return { refusal: endless(path, use) };
    const { real } = followed;
    const [boundary = rules.boundary] = await root(rules.boundary);
    const own = (await Promise.all(rules.own.map(root))).flat();
    if (own.some((folder) => isWithin(real, folder) || (use.isWhole === true && isWithin(folder, real)))) {
      return { refusal: ownFolder(path, real, use) };
    }
    const isInside = isWithin(real, boundary);
    if (isInside && untrusted !== undefined && gitFolder.test(real.slice(boundary.length))) {
      return { refusal: inGit(path, real, use, untrusted) };
    }
    if (isInside) return { real };
    if (await isMeant(from, real, boundary, use.setting)) return { real };
    return { refusal: outside(path, real, use, untrusted) };
  };
}

/** Files of the checkout, by absolute path, read only where their paths may lead. */
export function guardedFiles(
  files: Pick<Files, "read" | "list">,
  checkout: string,
  paths: LocalPaths,
): Pick<Files, "read" | "list"> {
  const real = async (path: string, what: string): Promise<string> => {
    const inside = posix.relative(checkout, path) || ".";
    const setting = fileInputs.find((each) => paths.isNamed(path, each));
    const use = { what, at: { file: inside }, ...(setting === undefined ? {} : { setting }) };
    return paths.resolve(inside.startsWith("../") ? path : inside, use);
  };
  return {
    read: async (path) => files.read(await real(path, "the file")),
    list: async (path) => files.list(await real(path, "the folder")),
  };
}

/** Inputs that name files that we read. */
const fileInputs = ["config", "file", "context"] as const;

/** Where a path leads, and the symlinks on the way. */
export interface FollowedPath {
  readonly real: string;
  readonly links: readonly string[];
}

/**
 * Follows every symlink of an absolute path; what is not there stays as written. @returns `undefined` where links lead in
 * circles.
 */
export async function followLinks(path: string, { look }: FileLooks): Promise<FollowedPath | undefined> {
  let rest = path.split("/").filter((part) => part !== "" && part !== ".");
  let real = "/";
  const links: string[] = [];
  while (rest.length > 0) {
    const [part = "", ...others] = rest;
    rest = others;
    if (part === "..") {
      real = posix.dirname(real);
      continue;
    }
    const next = posix.join(real, part);
    const found = await look(Buffer.from(next));
    if (found?.kind !== "symlink") {
      real = next;
      continue;
    }
    links.push(next);
    if (links.length > mostLinks) return undefined;
    const target = Buffer.from(found.target).toString();
    if (target.startsWith("/")) real = "/";
    rest = [...target.split("/").filter((each) => each !== "" && each !== "."), ...rest];
  }
  return { real, links };
}

/** Whether an absolute path is a folder or is in it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

const gitFolder = /(?:^|\/)\.git(?:\/|$)/i;

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, "");
}

function endless(path: string, { what, at }: PathUse): UserError {
  return new UserError(`${what}, ${path}, is a symlink that leads to itself`, {
    hint: "replace the symlink with what it should lead to",
    ...(at === undefined ? {} : { at }),
  });
}

function ownFolder(path: string, real: string, { what, at }: PathUse): UserError {
  return new UserError(`${what}, ${path}, ${leads(path, real)}includes the folder of this run, which holds logins`, {
    hint: "name a folder without the runner's temporary folder, or set RUNNER_TEMP to a folder outside of it",
    ...(at === undefined ? {} : { at }),
  });
}

function inGit(path: string, real: string, { what, at }: PathUse, why: string): UserError {
  return new UserError(
    `${what}, ${path}, ${leads(path, real)}is in git's own folder, which may hold a credential, and ${why}`,
    { hint: "name a file or folder that is committed", ...(at === undefined ? {} : { at }) },
  );
}

function outside(path: string, real: string, { what, at }: PathUse, why: string | undefined): UserError {
  const where = why === undefined ? "the workspace" : "the checkout";
  const because = why === undefined ? "" : `, and ${why}`;
  return new UserError(`${what}, ${path}, ${leads(path, real)}is outside of ${where}${because}`, {
    hint: `move it into ${where}, or let an input of the workflow name exactly this path`,
    ...(at === undefined ? {} : { at }),
  });
}

function leads(path: string, real: string): string {
  return path === real ? "" : `leads to ${real}, which `;
}
