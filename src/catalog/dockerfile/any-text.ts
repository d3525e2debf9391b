/**
 * A text that stands for any text without a slash, of one character or more: the value of a variable of which no more than that is
 * known before the build. A character of Unicode's private use area; in a file that holds it, it means more than it should, never less.
 */
export const anyText = "\u{f0a7f}";

/** Whether a pattern looks at slashes alone, so that it does to `anyText` what it does to any other text. */
export function looksAtSlashesAlone(pattern: string): boolean {
  return /^(?:\*|\\?\/)*$/.test(pattern);
}
