/** Shorter ones would tear common words apart; the runner's own masking has no such mercy, but a log can bear it. */
const shortest = 3;

/** The text with every secret replaced, the longest first, since one may be a part of another. */
export function redact(text: string, secrets: Iterable<string>): string {
  return [...new Set(secrets)]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
}
