/**
 * A line as a log may show it: no control characters (a terminal would obey them) and no start of a workflow command
 * (GitHub's runner obeys lines that begin with `::` after white space, and `##[` anywhere).
 */
export function plainLines(message: string): readonly string[] {
  return message.split(/\r\n|\r|\n/).map(plainLine);
}

function plainLine(line: string): string {
  return line
    .replace(controlCharacters, "\u{fffd}")
    .replace(/^(\s*):(?=:)/, "$1:\u{200b}")
    .replaceAll("##[", "##\u{200b}[");
}

/** C0 but tab, DEL and C1, and the marks that turn the direction of text around. */
const controlCharacters = /(?!\t)[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;
