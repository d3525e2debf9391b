/** Markdown that we wrote, as the text that a reader sees: without entities, marks of code and what breaks mentions. */
export function textOf(markdown: string): string {
  return markdown
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)))
    .replace(/<\/?code>|[`\u200b]/g, "");
}
