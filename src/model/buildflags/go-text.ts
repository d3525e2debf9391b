/** What Go's standard library makes of texts, where JavaScript's differs. */

/** `strings.ToLower`: letter by letter, whatever stands around it. */
export function goLowerCase(text: string): string {
  return Array.from(text, (letter) => (letter === "\u0130" ? "i" : letter.toLowerCase())).join("");
}

/** `strings.TrimSpace`, by Unicode's property White_Space. */
export function goTrimSpace(text: string): string {
  return text.replace(/^\p{White_Space}+/u, "").replace(/\p{White_Space}+$/u, "");
}

/** `strconv.ParseBool`; `undefined` for what is neither. */
export function goParseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
