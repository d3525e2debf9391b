/** Whether a name reads as the git tag of a release, to somebody who knows of no branch and no git tag of that name. */

/** `v1`, `v1.2.3-rc.1`, `1.2.3`, `1.0rc1`, `2026-11-30`, `7`. */
const version = /^(?:v\d+(?:\.\d+)*(?:[-+._].*)?|\d+(?:\.\d+)+.*|\d{4}-\d{2}(?:-\d{2})?|\d+)$/i;

/** `app-v1.2.3`, `app/v1`, `app-1.2.3`, `app-1`, `release/1.2`. A number alone behind a slash is rather an issue's. */
const versionOfName = /^[a-z].*(?:[-/](?:v\d+(?:\.\d+)*(?:[-+._].*)?|\d+\.\d.*)|-\d+)$/i;

/** `app@1.2.3`, `app@latest`. */
const ofName = /^[a-z][^@]*@/i;

export function readsAsRelease(name: string): boolean {
  return [version, versionOfName, ofName].some((form) => form.test(name));
}
