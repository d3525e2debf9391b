/** Texts that were made of a git tag, as a workflow writes them: `1.2.3` or `app:web-v1.2.3` of `web-v1.2.3`. */

/** Whether a text has the git tag in it, or the version that the git tag ends in. */
export function isMadeOfTag(text: string, tag: string): boolean {
  const versions = [...tag.matchAll(/(?<![\d.])\d+(?:\.\d+)+/g)].map(({ index }) => tag.slice(index));
  return [tag, ...versions].some((each) => wholeText(each).test(text));
}

/** Finds a text where it is no part of a longer word, number or version. */
export function wholeText(text: string): RegExp {
  const before = /^\d/.test(text) ? "(?<!\\d|\\d\\.)" : "(?<![0-9A-Za-z])";
  const after = /\d$/.test(text) ? "(?!\\d|\\.\\d)" : "(?![0-9A-Za-z])";
  return new RegExp(`${before}${RegExp.escape(text)}${after}`, "g");
}
