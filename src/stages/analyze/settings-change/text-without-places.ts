/** A value as text, without where its parts stand: that is nothing that it says. */
export function textWithoutPlaces(value: unknown): string {
  return JSON.stringify(value, withoutPlaces);
}

function withoutPlaces(key: string, value: unknown): unknown {
  if (key === "at" || key === "line") return undefined;
  if (value instanceof RegExp) return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}
