/** Versions as they are written in files beside a Dockerfile. */

/**
 * The first `version = "…"` of a Nix expression; one with an interpolation is none that anybody could know without
 * evaluating it. Comments and `''` strings (which hold scripts) are passed over.
 */
export function nixVersion(text: string): string | undefined {
  const code = text.replaceAll(/"(?:[^"\\]|\\[\s\S])*"|''[\s\S]*?''(?!['$\\])|#[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : " ",
  );
  const found = /(?<![\w.'-])version\s*=\s*"((?:[^"\\$]|\$(?!\{))*)"\s*;/.exec(code);
  return found?.[1]?.trim() || undefined;
}

/** The `version` of a package.json; `undefined` where it has none. @throws SyntaxError when it isn't JSON. */
export function packageVersion(text: string): string | undefined {
  const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
  if (typeof parsed !== "object" || parsed === null || !("version" in parsed)) return undefined;
  return typeof parsed.version === "string" && parsed.version.trim() !== "" ? parsed.version.trim() : undefined;
}

/** The first line, without blanks around it. */
export function firstLine(text: string): string | undefined {
  return (
    text
      .replace(/^\uFEFF/, "")
      .split(/\r\n|\n|\r/, 1)[0]
      ?.trim() || undefined
  );
}
