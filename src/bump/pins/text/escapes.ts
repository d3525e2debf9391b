/** References as languages write them: JSON's `\/`, also where JSON is in JSON, and signs by their numbers (`\u003a`). Pure. */

const number = "(?:x|u00|U000000)";

/** A slash of a reference, for a regular expression. */
export const slash = `(?:\\\\*/|${escapeOf("/")})`;
/** The colon before a tag. */
export const colon = `(?::|${escapeOf(":")})`;
/** The sign before a digest. */
export const at = `(?:@|${escapeOf("@")})`;

/** A regular expression for a text, as it is or with its slashes and colons escaped. */
export function literally(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll(":", colon)
    .replaceAll("/", () => slash);
}

/** The same text as it is meant. */
export function withoutEscapes(text: string): string {
  return text.replace(slashes, "/").replace(colons, ":");
}

const slashes = new RegExp(slash, "g");
const colons = new RegExp(colon, "g");

/** The escape of a letter or a digit, or of one of some signs, for a regular expression. */
export function wordEscape(signs: string): string {
  const words = "3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA]";
  return `\\\\${number}(?:${words}|${[...signs].map(hex).join("|")})`;
}

function escapeOf(sign: string): string {
  return `\\\\${number}${hex(sign)}`;
}

function hex(sign: string): string {
  const digits = sign.charCodeAt(0).toString(16);
  return digits.replace(/[a-f]/, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
