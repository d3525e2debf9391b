import { UserError } from "../../errors.ts";

/** The text that a glob's next piece is: a class in brackets, else a character. */
export const nextPiece = /^\[[!^]?\]?[^\]]*\]|^./su;

/** What `[a-z]` and `[!a-z]` match: one character. @throws UserError where it isn't closed, or a range runs backwards */
export function characterClass(text: string, glob: string): RegExp {
  const [, negation = "", set = ""] = /^\[([!^]?)(.*)\]$/su.exec(text) ?? [];
  if (set === "") {
    throw new UserError(`the glob "${glob}" has a bracket that isn't closed`, { hint: "write [a-z] or [!a-z]" });
  }
  try {
    return new RegExp(`^[${negation === "" ? "" : "^"}${set.replace(/[\\\]^[]/g, "\\$&")}]$`, "su");
  } catch (cause) {
    throw new UserError(`the glob "${glob}" has a range that runs backwards: ${text}`, { hint: "write [a-z]", cause });
  }
}
