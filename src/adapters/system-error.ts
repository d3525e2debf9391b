/** The `code` of an error of the system's or of Node's (`ENOENT`); empty for anything else that is thrown. */
export function codeOf(error: unknown): string {
  // By shape: what Node throws is no `Error` of ours where the code runs in a context of its own, as tests do.
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
