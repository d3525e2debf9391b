/** White space as Go's `unicode.IsSpace` has it, which BuildKit trims by; JavaScript's own set differs in two characters. */
const spaces = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const single = new RegExp(`^${spaces}$`);
const leading = new RegExp(`^${spaces}+`);

export function isSpace(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x85 ? code === 32 || (code >= 9 && code <= 13) : single.test(character);
}

export function trimStart(text: string): string {
  return isSpace(text.charAt(0)) ? text.replace(leading, "") : text;
}

export function trim(text: string): string {
  const start = trimStart(text);
  let end = start.length;
  while (end > 0 && isSpace(start.charAt(end - 1))) end -= 1;
  return start.slice(0, end);
}
