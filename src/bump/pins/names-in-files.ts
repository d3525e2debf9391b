/** Finds the names of images in files. */
import { familiarRepository, type Repository, splitRepository } from "../../model/reference.ts";
import type { ReadPin } from "./read-pin.ts";
import { pinAt, pinInSource, withDefaults } from "./text/derived-text.ts";
import { at, colon, literally, slash, withoutEscapes, wordEscape } from "./text/escapes.ts";
import { unreadPin, unreadVersion } from "./unread-pins.ts";

export interface ImageNames {
  /** Whether a file may name one of them, in whatever parts: false only when it does not. Needs no decoding. */
  mayBeIn(bytes: Uint8Array): boolean;
  /** The same for a piece of its text. */
  mayBeInText(text: string): boolean;
  /** All references with a tag or digest in a text, such as `docker://o/r/app:1.2.3`, its end; none with a variable in it. */
  pinsIn(text: string, offset: number): readonly ReadPin[];
  /** These and those whose tag is a variable's default; a doubt where something else decides on a version. */
  pinsWithVariables(text: string, offset: number): readonly ReadPin[];
  /** What a text names with or without a tag. */
  repositoriesIn(text: string): ReadonlySet<Repository>;
  /** The same with places, but without those that a tag or digest follows. */
  bareNamesIn(text: string): readonly BareName[];
  has(repository: Repository): boolean;
}

/** A name on its own. */
export interface BareName {
  readonly repository: Repository;
  readonly text: string;
  readonly start: number;
}

export function imageNames(repositories: Iterable<Repository>): ImageNames {
  const all = new Set(repositories);
  const written = new Map([...all].flatMap((each) => writings(each).map((name) => [name, each] as const)));
  const names = [...written.keys()].map(literally).join("|");
  const pin = new RegExp(
    `${before}(${names})(?:(${colon})(${tag}))?(?:${at}(sha256${colon}[0-9a-f]{64}))?${after}`,
    "g",
  );
  const unread = new RegExp(`${before}(${names})(${unreadVersion})`, "g");
  const bare = new RegExp(`${before}(${names})(?![\\w/-]|\\.\\w)`, "g");
  const owners = [...new Set([...all].map(ownerOf))];
  const lastParts = new RegExp([...all].map((each) => literally(lastPart(each))).join("|") || "(?!)");
  const pinsIn = (text: string, offset: number): readonly ReadPin[] =>
    all.size === 0 ? [] : [...text.matchAll(pin)].flatMap((match) => readPin(match, offset, written) ?? []);
  const unreadIn = (text: string, known: ReadonlySet<number>): readonly ReadPin[] =>
    (all.size === 0 ? [] : [...text.matchAll(unread)]).flatMap(({ 1: name = "", 2: rest = "", index }) => {
      const repository = written.get(withoutEscapes(name));
      return repository === undefined || known.has(index) ? [] : (unreadPin(repository, name, rest, index) ?? []);
    });
  return {
    has: (repository) => all.has(repository),
    mayBeIn(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return owners.some((owner) => buffer.includes(owner)) && lastParts.test(buffer.toString("latin1"));
    },
    mayBeInText: (text) => lastParts.test(text),
    pinsIn,
    pinsWithVariables(text, offset) {
      const derived = withDefaults(text);
      const found = pinsIn(derived?.text ?? text, 0);
      const unread = unreadIn(derived?.text ?? text, new Set(found.map(({ start }) => start)));
      return [...found, ...unread].map((each) =>
        pinAt(derived === undefined ? each : pinInSource(each, derived), offset),
      );
    },
    bareNamesIn(text) {
      if (all.size === 0) return [];
      return [...text.matchAll(bare)].flatMap(({ 1: name = "", index }) => {
        const repository = written.get(withoutEscapes(name));
        const isBare = !versionBehind.test(text.slice(index + name.length, index + name.length + longestSign));
        return repository !== undefined && isBare ? [{ repository, text: name, start: index }] : [];
      });
    },
    repositoriesIn(text) {
      if (all.size === 0) return new Set();
      return new Set([...text.matchAll(bare)].flatMap(([, name = ""]) => written.get(withoutEscapes(name)) ?? []));
    },
  };
}

/**
 * Not the end of a longer name; a scheme may stand before it, a variable whose default it is (`${IMAGE:-o/r/app:1}`), an escape
 * (`\\n`), or a terminal's color.
 */
const behindEscape = `(?<=\\\\(?:[abefnrtv0N_LP]|x[0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4,8}))(?<!${wordEscape("-./")})`;
const behindColor = "(?<=\\\\(?:e|033|x1[bB]|u001[bB])\\[[\\d;]*m)";
const before = `(?:${behindEscape}|${behindColor}|(?<=${slash}${slash})|(?<![\\w.}])(?<![^:]-)(?<![^/]/))`;
const tag = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
/** Not followed by what a variable would make longer. */
const after = `(?![\\w.@:/{$%+-]|${wordEscape("-./:@{$%+")})`;
const versionBehind = new RegExp(`^(?:${colon}|${at})\\S`);
/** `\\U0000003a` and what is behind it. */
const longestSign = 11;

function readPin(match: RegExpExecArray, offset: number, written: ReadonlyMap<string, Repository>) {
  const [text, name = "", sign = "", tagText, digestText] = match;
  const repository = written.get(withoutEscapes(name));
  if (repository === undefined || (tagText === undefined && digestText === undefined)) return undefined;
  const start = offset + match.index;
  const end = start + text.length;
  const tagStart = start + name.length + sign.length;
  const digest = digestText && withoutEscapes(digestText);
  const values = {
    whole: { start, end },
    ...(tagText === undefined ? {} : { tag: { start: tagStart, end: tagStart + tagText.length } }),
    ...(digestText === undefined ? {} : { digest: { start: end - digestText.length, end } }),
  };
  return { repository, text, start, tag: tagText, digest, values } satisfies ReadPin;
}

function writings(repository: Repository): readonly string[] {
  const { host, path } = splitRepository(repository);
  const hub =
    host === "docker.io" ? [familiarRepository(repository), `docker.io/${familiarRepository(repository)}`] : [];
  return [...new Set([repository, ...hub, ...(host === "docker.io" ? [`index.docker.io/${path}`] : [])])];
}

/**
 * What a file holds if it names an image, also where registry, path and name stand apart: asked first, once for all images of
 * an owner, as most files name none. Docker's own images are written without theirs.
 */
function ownerOf(repository: Repository): string {
  const { host, path } = splitRepository(repository);
  const [first = ""] = path.split("/");
  return host === "docker.io" && first === "library" ? lastPart(repository) : first;
}

function lastPart(repository: Repository): string {
  return repository.slice(repository.lastIndexOf("/") + 1);
}
