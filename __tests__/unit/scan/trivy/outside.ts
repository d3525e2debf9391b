/** What the scanner meets outside, in memory: files, a log that is written down, programs and servers that answer. */
import { UserError } from "../../../../src/errors.ts";
import type { FileStreams, Files, Http, Log, Processes } from "../../../../src/ports.ts";

export function memory(content: Readonly<Record<string, string | Uint8Array>> = {}): Files &
  FileStreams & {
    readonly tree: Map<string, Uint8Array>;
  } {
  const tree = new Map(Object.entries(content).map(([path, each]) => [path, Buffer.from(each)]));
  const below = (path: string): string[] =>
    [...tree.keys()].filter((each) => each === path || each.startsWith(path.endsWith("/") ? path : `${path}/`));
  return {
    tree,
    read: async (path) => tree.get(path),
    async list(path) {
      const names = below(`${path}/`).map((each) => each.slice(path.length + 1));
      return names.length === 0 ? undefined : names.map((name) => ({ name, kind: "file" as const }));
    },
    async *readStream(path) {
      const found = tree.get(path);
      if (found === undefined) throw new UserError(`cannot read ${path}`, { hint: "" });
      // Small parts, so that nothing depends on where one ends.
      for (let at = 0; at < found.length; at += 300) yield found.subarray(at, at + 300);
    },
    async writeStream(path, chunks) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(Buffer.from(chunk));
      tree.set(path, Buffer.concat(parts));
    },
    write: async (path, bytes) => void tree.set(path, Buffer.from(bytes)),
    makeDirectory: async () => {},
    async move(from, to) {
      for (const path of below(from)) {
        tree.set(to + path.slice(from.length), tree.get(path) ?? Buffer.of());
        tree.delete(path);
      }
    },
    async remove(path) {
      for (const each of below(path)) tree.delete(each);
    },
  };
}

export function writtenLog(): Log & { readonly warnings: string[]; readonly infos: string[] } {
  const warnings: string[] = [];
  const infos: string[] = [];
  const nothing = (): void => {};
  const warning = (message: string): void => void warnings.push(message);
  return {
    warnings,
    infos,
    debug: nothing,
    info: (message) => void infos.push(message),
    notice: nothing,
    warning,
    error: nothing,
    group: nothing,
    mask: nothing,
  };
}

export type Reply = number | { readonly status: number; readonly location?: string; readonly body?: string } | Error;

/** Answers in order; the last one stays. */
export function scriptedHttp(...replies: readonly Reply[]): Http & { readonly urls: string[] } {
  const urls: string[] = [];
  const left = [...replies];
  return {
    urls,
    async send({ url }) {
      urls.push(url);
      const reply = (left.length > 1 ? left.shift() : left[0]) ?? 500;
      if (reply instanceof Error) throw reply;
      const { status, location, body = "" } = typeof reply === "number" ? { status: reply } : reply;
      return { status, headers: location === undefined ? {} : { location }, body: Buffer.from(body) };
    },
  };
}

/** A program that is told what to do by its arguments. */
export function program(
  run: (
    args: readonly string[],
    name: string,
  ) => { readonly code?: number; readonly stdout?: string; readonly stderr?: string },
): Processes {
  return {
    async run(name, args) {
      const { code = 0, stdout = "", stderr = "" } = run(args, name);
      return { code, stdout: Buffer.from(stdout), stderr };
    },
  };
}
