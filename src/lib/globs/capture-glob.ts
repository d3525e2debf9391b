/** Globs of paths with captures: `{name}` is one or more characters of a part, `{a,b}` are alternatives. */
import { UserError } from "../../errors.ts";
import { expandBraces } from "../glob-list.ts";
import { type Captures, type SegmentGlob, segmentGlob } from "./segment.ts";

export interface CaptureGlob {
  /** Without alternatives. */
  readonly text: string;
  readonly segments: readonly GlobSegment[];
  /** In the order in which they are written. */
  readonly captures: readonly string[];
}

export type GlobSegment =
  | { readonly kind: "name"; readonly name: string }
  | ({ readonly kind: "pattern" } & SegmentGlob)
  | { readonly kind: "any-depth" };

/**
 * The globs of a pattern: several where it has alternatives.
 * @param pattern in normal form. @throws UserError for a capture that is twice in one of them, and as `segmentGlob`
 */
export function captureGlobs(pattern: string): readonly CaptureGlob[] {
  if (pattern.includes("{{")) {
    throw new UserError(`"${pattern}" has {{…}}, which has no value before anything is found`, {
      hint: "write a capture such as {version}, whose value is {{matrix.version}} in everything else",
    });
  }
  return expandBraces(pattern).map((text) => {
    const segments = text === "." ? [] : text.split("/").map((each) => segmentOf(each, text));
    const captures = segments.flatMap((each) => (each.kind === "pattern" ? each.captures : []));
    const twice = captures.find((each, index) => captures.indexOf(each) < index);
    if (twice === undefined) return { text, segments, captures };
    throw new UserError(`"${pattern}" captures {${twice}} twice`, { hint: "give one of them another name" });
  });
}

function segmentOf(text: string, glob: string): GlobSegment {
  if (text === "**") return { kind: "any-depth" };
  if (!/[*?[{]/.test(text)) return { kind: "name", name: text };
  const segment = segmentGlob(text, glob);
  // Hidden directories and those of packages are no place for images, unless somebody says so.
  const isHidden = (name: string): boolean =>
    (name.startsWith(".") && !text.startsWith(".")) || name === ".git" || name === "node_modules";
  return { kind: "pattern", ...segment, match: (name) => (isHidden(name) ? undefined : segment.match(name)) };
}

/** What the captures are in a path that the glob matches; `undefined` for any other path. What is further left takes most. */
export function capturesIn({ segments }: CaptureGlob, path: string): Captures | undefined {
  const names = path === "." ? [] : path.split("/");
  const matches = segments.map((segment) =>
    segment.kind === "pattern" ? names.map((name) => segment.match(name)) : [],
  );
  const takes = (segment: GlobSegment, index: number, at: number): boolean =>
    segment.kind === "name" ? names[at] === segment.name : matches[index]?.[at] !== undefined;
  // By the index of a segment, at which names what begins with it may begin.
  const begins: ReadonlySet<number>[] = [new Set([names.length])];
  for (const [index, segment] of [...segments.entries()].reverse()) {
    const behind = begins[0] ?? new Set<number>();
    const most = Math.max(-1, ...behind);
    const places = [...names.keys(), names.length];
    begins.unshift(
      new Set(
        segment.kind === "any-depth"
          ? places.filter((at) => at <= most)
          : places.filter((at) => behind.has(at + 1) && takes(segment, index, at)),
      ),
    );
  }
  if (begins[0]?.has(0) !== true) return undefined;
  const captures = new Map<string, string>();
  let at = 0;
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "any-depth") at = Math.max(...(begins[index + 1] ?? [at]));
    else {
      for (const [name, value] of matches[index]?.[at] ?? []) captures.set(name, value);
      at += 1;
    }
  }
  return captures;
}
