/**
 * Paths as text without loss. Git's paths are bytes, mostly UTF-8. A byte that is not part of well-formed UTF-8 becomes the
 * lone surrogate U+DC00 plus the byte (as in Python's PEP 383), which no well-formed text holds: so different bytes are
 * different strings, a path can be compared, cut at slashes and put into JSON, and `encodePath` gives its bytes again.
 */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a path's bytes. */
export function decodePath(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodePiecewise(bytes);
  }
}

/** The bytes that `decodePath` took. */
export function encodePath(path: string): Uint8Array {
  if (!/[\uDC80-\uDCFF]/u.test(path)) return Buffer.from(path, "utf8");
  const pieces = path.split(/([\uDC80-\uDCFF])/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - 0xdc00) : Buffer.from(piece, "utf8"),
    ),
  );
}

function decodePiecewise(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    text += character?.text ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += character?.length ?? 1;
  }
  return text;
}

function characterAt(bytes: Uint8Array, at: number): { readonly text: string; readonly length: number } | undefined {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return undefined;
  try {
    return { text: strict.decode(bytes.subarray(at, at + length)), length };
  } catch {
    return undefined;
  }
}
