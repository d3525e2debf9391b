/** Parser directives: `# name=value` above everything else (BuildKit, frontend/dockerfile/parser/directives.go). */

export interface Directive {
  readonly name: "syntax" | "escape" | "check";
  readonly value: string;
}

const assignment = {
  "#": /^#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([^\n]*)$/,
  "//": /^\/\/[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([^\n]*)$/,
};
const leading = /^[\t\n\f\r ]+/;

/** The directive that a line is; anything else, a comment too, ends the directives of the file. */
export function directiveOf(line: string, comment: keyof typeof assignment): Directive | undefined {
  const [, name = "", rest = ""] = assignment[comment].exec(line) ?? [];
  // A value of blanks alone is one blank, by the way BuildKit's expression falls back.
  const value = withoutBlanksAtEnd(rest.replace(leading, "")) || rest.slice(-1);
  const known = name.toLowerCase();
  return (known === "syntax" || known === "escape" || known === "check") && value !== ""
    ? { name: known, value }
    : undefined;
}

/** An expression for it would look at the blanks in the middle again and again. */
function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && "\t\n\f\r ".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
