import { constants } from "node:fs";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { UserError } from "../errors.ts";
import type { DirectoryEntry, FileLinks, FileLook, FileLooks, FileStreams, Files } from "../ports.ts";
import { codeOf } from "./system-error.ts";

/** The ports of files over the file system. What the system refuses is a `UserError` that names the path. */
export const systemFiles: Files & FileLooks & FileLinks & FileStreams = {
  read: (path) => attempt("read", path, () => readRegular(path), ["ENOENT", "ENOTDIR"]),
  list: (path) => attempt("list", path, () => entriesOf(path), ["ENOENT", "ENOTDIR"]),
  async write(path, content, options) {
    await attempt("write", path, async () => {
      // The mode given at creation keeps a new file private from the start; chmod does it for one that was there.
      await writeFile(path, options?.private ? "" : content, { mode: 0o600 });
      if (!options?.private) return;
      await chmod(path, 0o600);
      await writeFile(path, content);
    });
  },
  async makeDirectory(path) {
    await attempt("make the directory", path, () => mkdir(path, { recursive: true, mode: 0o700 }));
  },
  async move(from, to) {
    await attempt("move", from, () => rename(from, to));
  },
  async remove(path) {
    await attempt("remove", path, () => rm(path, { recursive: true, force: true }));
  },
  async link(target, path) {
    await attempt("link", path, () => symlink(target, path));
  },
  look: (path) =>
    attempt("look at", Buffer.from(path).toString(), () => lookAt(Buffer.from(path)), ["ENOENT", "ENOTDIR"]),
  readStream,
  writeStream,
};

async function* readStream(path: string): AsyncGenerator<Uint8Array> {
  const file = await attempt("read", path, () =>
    open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW),
  );
  if (file === undefined) return;
  try {
    const size = await attempt("read", path, () => regularSize(file, path));
    if (size !== 0) yield* file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 });
  } finally {
    await file.close();
  }
}

async function writeStream(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await attempt("write", path, () => open(path, "wx", 0o600));
  if (file === undefined) return;
  try {
    for await (const chunk of content) await attempt("write", path, () => writeWhole(file, chunk));
  } finally {
    await file.close();
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength; ) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
}

async function regularSize(file: FileHandle, path: string | Buffer): Promise<number> {
  const stat = await file.stat();
  if (stat.isDirectory()) throw Object.assign(new Error(`${path} is a directory`), { code: "EISDIR" });
  if (!stat.isFile()) throw Object.assign(new Error(`${path} isn't a regular file`), { code: "ENXIO" });
  return stat.size;
}

/** A device or a pipe may never end. */
async function readRegular(path: string | Buffer): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    await regularSize(file, path);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function lookAt(path: Buffer): Promise<FileLook> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return { kind: "symlink", target: await readlink(path, { encoding: "buffer" }) };
  if (found.isDirectory()) return { kind: "directory" };
  if (!found.isFile()) return { kind: "other" };
  const content = () =>
    attempt("read", path.toString(), () => readRegular(path)).then((bytes) => bytes ?? new Uint8Array());
  return { kind: "file", size: found.size, isExecutable: (found.mode & 0o100) !== 0, content };
}

async function entriesOf(path: string): Promise<readonly DirectoryEntry[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .map((entry): DirectoryEntry => {
      const kind = entry.isFile()
        ? "file"
        : entry.isDirectory()
          ? "directory"
          : entry.isSymbolicLink()
            ? "symlink"
            : "other";
      return { name: entry.name, kind };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const reasons: Readonly<Record<string, { readonly why: string; readonly hint: string }>> = {
  EACCES: { why: "permission denied", hint: "let the runner's user read and write there" },
  EPERM: { why: "permission denied", hint: "let the runner's user read and write there" },
  EROFS: { why: "the file system is read-only", hint: "choose a folder that can be written" },
  ENOSPC: { why: "no space left on the device", hint: "free disk space on the runner before this step" },
  EISDIR: { why: "it is a directory", hint: "give the path of a file" },
  ENXIO: { why: "it isn't a regular file", hint: "give the path of a file" },
  ELOOP: { why: "it is a symbolic link", hint: "give the path of a file" },
  ENOTDIR: { why: "a part of the path is a file", hint: "give a path below a directory" },
  ERR_INVALID_ARG_VALUE: { why: "it holds a NUL character", hint: "take the character out of the path" },
  EEXIST: { why: "there is something already", hint: "remove it" },
  ENOENT: { why: "its directory is not there", hint: "check the path" },
};

/** @returns `undefined` for an error that is in `absent`. */
async function attempt<T>(
  verb: string,
  path: string,
  action: () => Promise<T>,
  absent: readonly string[] = [],
): Promise<T | undefined> {
  try {
    return await action();
  } catch (cause) {
    const code = codeOf(cause);
    if (absent.includes(code)) return undefined;
    const { why, hint } = reasons[code] ?? { why: code || "unknown", hint: "check the path and the disk" };
    throw new UserError(`cannot ${verb} ${path}: ${why}`, { hint, cause });
  }
}
