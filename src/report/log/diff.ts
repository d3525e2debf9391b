/** Unified diffs for people to read. Hostile text is escaped, so the result can't be applied as a patch. */
import { inertLine, shortened, visible } from "../../lib/plain-text.ts";
import { painter } from "./paint.ts";

/** A file before and after; both have the same number of lines, as values alone are edited. */
export interface ChangedText {
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Lines around a change. */
const around = 3;
/** Characters that are shown of a line around a change. */
const widest = 500;

/** Without an end of line; empty where nothing differs. */
export function renderDiff(
  { path, before, after }: ChangedText,
  { colour }: { readonly colour: boolean } = { colour: false },
): string {
  const paint = painter(colour);
  const [old, young] = [linesOf(before), linesOf(after)];
  const hunks = hunksOf(old, young);
  if (hunks.length === 0) return "";
  const name = visible(path.toWellFormed()).replaceAll("\t", "\\x09");
  const line = (sign: " " | "-" | "+", { text, isWhole }: Line): readonly string[] => {
    const shown = visible(text.toWellFormed());
    const style = sign === "-" ? "red" : "green";
    const whole = inertLine(`${sign}${sign === " " ? shortened(shown, widest) : shown}`);
    return [sign === " " ? whole : paint(style, whole), ...(isWhole ? [] : ["\\ No newline at end of file"])];
  };
  return [
    paint("bold", inertLine(`--- a/${name}`)),
    paint("bold", inertLine(`+++ b/${name}`)),
    ...hunks.flatMap(({ start, end }) => [
      paint("cyan", `@@ -${start + 1},${end - start} +${start + 1},${end - start} @@`),
      ...runsOf(old, young, start, end).flatMap(({ isSame, from, to }) => {
        const [removed, added] = [old.slice(from, to), young.slice(from, to)];
        if (isSame) return removed.flatMap((each) => line(" ", each));
        return [...removed.flatMap((each) => line("-", each)), ...added.flatMap((each) => line("+", each))];
      }),
    ]),
  ].join("\n");
}

interface Line {
  /** Without its end, be it LF or CR LF. */
  readonly text: string;
  readonly isWhole: boolean;
}

function linesOf(bytes: Uint8Array): readonly Line[] {
  const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
  const last = lines.pop() ?? "";
  return [
    ...lines.map((text) => ({ text: text.replace(/\r$/, ""), isWhole: true })),
    ...(last === "" ? [] : [{ text: last, isWhole: false }]),
  ];
}

/** Stretches of lines that hold a change, those that touch being one. */
function hunksOf(old: readonly Line[], young: readonly Line[]): readonly { start: number; end: number }[] {
  const hunks: { start: number; end: number }[] = [];
  for (let index = 0; index < old.length; index++) {
    if (old[index]?.text === young[index]?.text) continue;
    const [start, end] = [Math.max(0, index - around), Math.min(old.length, index + around + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else hunks.push({ start, end });
  }
  return hunks;
}

/** Neighbouring lines that all differ, or all don't. */
function runsOf(
  old: readonly Line[],
  young: readonly Line[],
  start: number,
  end: number,
): readonly { readonly isSame: boolean; readonly from: number; readonly to: number }[] {
  const runs: { isSame: boolean; from: number; to: number }[] = [];
  for (let index = start; index < end; index++) {
    const isSame = old[index]?.text === young[index]?.text;
    const last = runs.at(-1);
    if (last?.isSame === isSame) last.to = index + 1;
    else runs.push({ isSame, from: index, to: index + 1 });
  }
  return runs;
}
