/**
 * What the stages need from the outside world, each port as narrow as its use. `adapters/` implements them; only
 * `main.ts` and `cli.ts` choose which.
 */
import type { SourceLocation } from "./errors.ts";

export interface RunOptions {
  readonly cwd?: string;
  /** The child's whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Ends the child (TERM, then KILL) when aborted; `run` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Limit in milliseconds, after which the child is ended and `run` rejects. */
  readonly timeout?: number;
  /** Called for each complete line as it comes, without its end; of a line over 4 MiB the beginning. */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** A new file, absolute, that takes what the child writes to its standard output, however much that is. */
  readonly stdoutFile?: string;
}

export interface Finished {
  /** The exit code; 128 + n for a child ended by signal n. */
  readonly code: number;
  /** Whole, and empty with `stdoutFile`: a child that writes more than 256 MiB is ended, and `run` rejects. */
  readonly stdout: Uint8Array;
  /** The last MiB. */
  readonly stderr: string;
}

/** Starts programs: an argument vector, never a shell. */
export interface Processes {
  /** Runs to the end, whatever the exit code. @throws NotStarted when the program cannot be found or started. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<Finished>;
}

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | HttpBody;
  readonly signal?: AbortSignal;
  /** Limit in milliseconds until the whole body is here; 30,000 by default. */
  readonly timeout?: number;
  /**
   * Limit in milliseconds in which nothing moves, in either direction, though there is something to send; none by
   * default.
   */
  readonly stall?: number;
  /** Most bytes that the body of an answer to `send` may have; 64 MiB by default. */
  readonly maximumBody?: number;
}

/** A body that is too large for memory. */
export interface HttpBody {
  /** Bytes. */
  readonly length: number;
  /**
   * The bytes, from the first one at each call. What it throws ends the exchange, and is thrown as it is. `signal` is aborted
   * when they are of no more use.
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One exchange, redirects not followed, nothing retried. */
export interface Http {
  /** @throws Error with a `code` (ECONNREFUSED, ETIMEDOUT, …; EMSGSIZE for too long a body) when there was no whole answer. */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpStream extends Omit<HttpResponse, "body"> {
  /**
   * To be read once, at once. Leaving it early closes the connection. @throws as `Http` does, also when it ends too early.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The same for answers that are too large for memory: `timeout` and `stall` hold until the body is read. */
export interface HttpStreams {
  open(request: HttpRequest): Promise<HttpStream>;
}

/** Files by absolute path. */
export interface Files {
  /** `undefined` only where there is nothing at that path. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Entries of a directory, sorted by name; `undefined` only where there is none at that path. */
  list(path: string): Promise<readonly DirectoryEntry[] | undefined>;
  /** A new file is for the owner's eyes alone; `private`: also one that is there, from the first byte. */
  write(path: string, content: string | Uint8Array, options?: { readonly private?: boolean }): Promise<void>;
  /** Creates the directory and those above it, for the owner alone. */
  makeDirectory(path: string): Promise<void>;
  /** To a place on the same disk where there is nothing. */
  move(from: string, to: string): Promise<void>;
  /** With everything below it; what is not there is no error. */
  remove(path: string): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink" | "other";
}

/** Files that are too large for memory, by absolute path. */
export interface FileStreams {
  /** The bytes of a regular file; iterating @throws UserError for everything else, a symbolic link too. */
  readStream(path: string): AsyncIterable<Uint8Array>;
  /** Makes a new file for the owner's eyes alone. What `content` throws is thrown as it is. */
  writeStream(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Symbolic links by absolute path. */
export interface FileLinks {
  /** Makes one at `path`, where there is nothing yet, that leads to `target`. */
  link(target: string, path: string): Promise<void>;
}

/** Files as they are on the disk, links not followed, by absolute path. */
export interface FileLooks {
  /** `undefined` only where there is nothing at that path, which may be bytes, as git's are. */
  look(path: Uint8Array): Promise<FileLook | undefined>;
}

export type FileLook =
  | {
      readonly kind: "file";
      /** In bytes. */
      readonly size: number;
      /** For its owner. */
      readonly isExecutable: boolean;
      content(): Promise<Uint8Array>;
    }
  | { readonly kind: "symlink"; readonly target: Uint8Array }
  | { readonly kind: "directory" | "other" };

export interface Notice {
  readonly title?: string;
  readonly at?: SourceLocation;
}

/** Lines for the person who reads the log. Implementations escape what they are given; callers pass plain text. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  notice(message: string, details?: Notice): void;
  /** `hint` is what the reader should do. */
  warning(message: string, hint: string, details?: Notice): void;
  error(message: string, hint: string, details?: Notice): void;
  /** A foldable block of lines, written at once so that blocks of images that run side by side do not mix. */
  group(title: string, lines: readonly string[]): void;
  /** Hides a secret from now on. */
  mask(secret: string): void;
}

export interface Clock {
  now(): Date;
  /** @throws the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What GitHub's signed build provenance is about: the same bytes under one or several names. */
export interface AttestedSubject {
  /** A repository in full, without a tag. */
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface AttestOptions {
  /** May write attestations of the repository. */
  readonly token: string;
  /** Public repositories sign by Sigstore's public instance and its log, others by GitHub's own. */
  readonly isPublic: boolean;
}

/**
 * Signs the provenance of what this run built, and keeps it with the repository on GitHub. @returns its id there.
 * @throws Error when it can't be signed or kept.
 */
export type Attest = (subjects: readonly AttestedSubject[], options: AttestOptions) => Promise<string | undefined>;

/**
 * Folders of files that the runner's cache service keeps from run to run. What it can't do is as if there were none. Whoever
 * may write to the cache decides what is restored: nothing of it is to be trusted, neither the key nor the files.
 */
export interface KeptFolders {
  /**
   * Fills a folder, absolute, not there yet, with the files that were kept under `key`, else under the newest key that begins
   * with `prefix`. They are regular files, directly in the folder.
   * @returns the key; `undefined` where nothing is kept
   * @throws UserError for what this action can't have kept
   */
  restore(folder: string, key: string, prefix: string): Promise<string | undefined>;
  /** Keeps the files of a folder as they are now; what a key holds stays as it is. */
  keep(folder: string, key: string): Promise<void>;
}

/** A TCP port that nobody listens on, on this machine alone (127.0.0.1). */
export type FreePort = () => Promise<number>;
