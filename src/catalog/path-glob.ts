/** Globs of directories: `*` and `?` within a part of a path, `[a-z]`, `[!a-z]`, and `**` for any number of parts. */
import { UserError } from "../errors.ts";
import { repositoryPath } from "./repository-path.ts";

export interface PathGlob {
  /** In normal form. */
  readonly text: string;
  readonly parts: readonly GlobPart[];
  /** It names one directory. */
  readonly isLiteral: boolean;
}

export type GlobPart =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "pattern"; matches(name: string): boolean }
  | { readonly kind: "any-depth" };

/** @throws UserError when it leads out of the repository or a bracket isn't closed. */
export function pathGlob(text: string): PathGlob {
  const normal = repositoryPath(text);
  const parts = normal === "." ? [] : normal.split("/").map(partOf);
  return { text: normal, parts, isLiteral: parts.every((part) => part.kind === "name") };
}

function partOf(text: string): GlobPart {
  if (text === "**") return { kind: "any-depth" };
  if (!/[*?[]/.test(text)) return { kind: "name", name: text };
  const pattern = new RegExp(`^${[...piecesOf(text)].join("")}$`, "su");
  // Hidden directories and those of packages are no place for images, unless somebody says so.
  const isHidden = (name: string) => (name.startsWith(".") && !text.startsWith(".")) || name === "node_modules";
  return { kind: "pattern", matches: (name) => !isHidden(name) && pattern.test(name) };
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "*") yield ".*";
    else if (character === "?") yield ".";
    else if (character === "[") {
      const [whole, negation, set = ""] = /^\[([!^]?)(\]?[^\]]*)\]/.exec(text.slice(at)) ?? [];
      if (whole === undefined || set === "") {
        throw new UserError(`the glob "${text}" has a bracket that isn't closed`, { hint: "write [a-z] or [!a-z]" });
      }
      yield `[${negation === "" ? "" : "^"}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
      at += whole.length - 1;
    } else yield character.replace(/[.+^${}()|\]\\/]/g, "\\$&");
  }
}
