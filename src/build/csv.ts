/** One line of the CSV in which buildx takes the fields of `--output`, `--secret` and cache entries (RFC 4180). */
export function csvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
