/** Whether a text is a pattern for paths as Trivy takes it (github.com/bmatcuk/doublestar, `ValidatePattern`). */
export function isIgnorePattern(text: string): boolean {
  const rest = text.replace(/\\.|\[[!^]?(?!\])(?:\\.|[^\]\\])*\]/gs, "");
  if (/[\\[]/.test(rest)) return false;
  let depth = 0;
  for (const character of rest) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
