/** The line of the Dockerfile at which a build failed, as far as buildx shows it. Pure. */
import type { LineKind } from "./failure-rows.ts";

export interface FailedLine {
  readonly kind: LineKind;
  /** What it takes files from, as a sentence names it. */
  readonly from: string | undefined;
}

/**
 * @param excerpt the lines of the Dockerfile around it, as BuildKit shows them.
 * @param step the name of the step that failed.
 * @param path what was not found there, where that is known.
 */
export function failedLine(excerpt: readonly string[], step: string, path: string | undefined): FailedLine {
  const marked = excerpt.flatMap((line) => /^ *\d+ \| >>> (.*?)\\?$/.exec(line)?.[1]?.trim() ?? []);
  const line = marked.length > 0 ? marked.join(" ") : step.replace(/^\[[^\]]*\] /, "");
  if (/^# *syntax *=/i.test(line) || step.startsWith("resolve image config for "))
    return { kind: "syntax", from: undefined };
  const from = sourceOf(line, path);
  return from === undefined ? { kind: "other", from } : { kind: "copy", from: named(from) };
}

/** Of several mounts that of the path. */
function sourceOf(line: string, path: string | undefined): string | undefined {
  if (/^COPY\b/i.test(line)) return /\s--from=(\S+)/.exec(line)?.[1];
  if (!/^RUN\b/i.test(line)) return undefined;
  const mounts = Array.from(line.matchAll(/\s--mount=(\S+)/g), ([, mount = ""]) =>
    mount.replace(/^(["'])(.*)\1$/, "$2").split(","),
  );
  const ofPath = path === undefined ? [] : mounts.filter((each) => each.some((field) => isSource(field, path)));
  const [mount] = ofPath.length > 0 ? ofPath : mounts.filter((each) => each.some((field) => field.startsWith("from=")));
  return mount?.find((field) => field.startsWith("from="))?.slice("from=".length);
}

function isSource(field: string, path: string): boolean {
  const source = /^(?:source|src)=\/?(.*)$/.exec(field)?.[1];
  return source !== undefined && source === path.replace(/^\//, "");
}

function named(from: string): string {
  return /^\d+$/.test(from) ? `stage ${from}` : JSON.stringify(from);
}
