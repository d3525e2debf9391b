/**
 * Texts that stand for what isn't known before the build. Characters of Unicode's private use area; in a file that holds one, it
 * means more than it should, never less.
 */

/** Any text without a slash, of one character or more, that begins with no dot: the value of a platform argument. */
export const anyText = "\u{f0a7f}";
/** Any text without a slash, which may be empty. */
export const maybeText = "\u{f0a80}";
/** Any text, empty or with slashes, in which no part of a path is `..`. */
export const anyPath = "\u{f0a81}";

export function hasUnknown(text: string): boolean {
  return [anyText, maybeText, anyPath].some((each) => text.includes(each));
}

/** Whether a pattern looks at slashes alone, so that it does to `anyText` what it does to any other text. */
export function looksAtSlashesAlone(pattern: string): boolean {
  return /^(?:\*|\\?\/)*$/.test(pattern);
}

/**
 * What may become of a value when something is cut off or replaced that nobody knows: at its place in a path, anything.
 * `undefined` where it might lead elsewhere, or be a pattern of its own.
 */
export function unknownResult(value: string, pattern: string, by: string): string | undefined {
  const isPlain = !/[.[\]\\]/.test(value) && !/[*?[\]\\$]/.test(by);
  const mayClimb = by.includes(".") && (by.includes("/") || !/\w/.test(by));
  if (!isPlain || mayClimb) return undefined;
  if ([value, by].some((each) => each.includes("/") || each.includes(anyPath))) return anyPath;
  const mayBeEmpty = value.includes(maybeText) || by.includes(maybeText) || (by === "" && mayBeAll(pattern));
  return mayBeEmpty || by.startsWith(".") ? maybeText : anyText;
}

/** Whether a pattern may match the whole of what a platform argument holds. Of numbers alone, one is an architecture. */
function mayBeAll(pattern: string): boolean {
  return pattern === "386" || !/^\d+$/.test(pattern);
}
