/** The value of a YAML scalar, with the offset of each character in its source. */
import type { Scalar } from "yaml";
import type { DerivedText } from "../text/derived-text.ts";

/** `undefined` for a scalar of another kind, and for what is folded or written in a way that isn't followed. */
export function embeddedText({ type, value }: Scalar, source: string): DerivedText | undefined {
  if (typeof value !== "string") return undefined;
  if (type === "BLOCK_LITERAL") return checked(literalText(source, value), value);
  if (type === "QUOTE_DOUBLE") return checked(quotedText(source, doubleToken), value, "'");
  return type === "QUOTE_SINGLE" ? checked(quotedText(source, singleToken), value) : undefined;
}

/** What was read must be what the parser read. */
function checked(read: DerivedText, value: string, quote?: "'"): DerivedText | undefined {
  const isSame = read.text.replaceAll("\r\n", "\n").trimEnd() === value.trimEnd();
  return isSame ? { ...read, ...(quote && { quote }) } : undefined;
}

function literalText(source: string, value: string): DerivedText {
  const from: number[] = [];
  const pieces: string[] = [];
  const content = source.indexOf("\n") + 1;
  const leading = (text: string): number => /^ */.exec(text.replace(/^(?:[ \t]*\r?\n)*/, ""))?.[0].length ?? 0;
  const indent = leading(source.slice(content)) - leading(value);
  let start = content;
  for (const line of source.slice(content).split("\n")) {
    const kept = `${line.slice(indent)}\n`;
    const begin = start + Math.min(indent, line.length);
    pieces.push(kept);
    for (let at = 0; at < kept.length; at++) from.push(begin + at);
    start += line.length + 1;
  }
  return { text: pieces.join(""), from };
}

const doubleToken = /\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[\s\S])|[^\\]+/g;
const singleToken = /''|[^']+/g;
const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  e: "\u001b",
  a: "\u0007",
  b: "\b",
};

function quotedText(source: string, token: RegExp): DerivedText {
  const from: number[] = [];
  const pieces: string[] = [];
  for (const { 0: piece, index } of source.slice(1, -1).matchAll(token)) {
    const isEscape = piece.startsWith("\\") || piece === "''";
    const read = isEscape ? unescaped(piece) : piece;
    pieces.push(read);
    for (let at = 0; at < read.length; at++) from.push(1 + index + (isEscape ? 0 : at));
  }
  return { text: pieces.join(""), from };
}

function unescaped(piece: string): string {
  if (piece === "''") return "'";
  const code = /^\\[xuU]([0-9A-Fa-f]+)$/.exec(piece)?.[1];
  if (code === undefined) return escapes[piece.slice(1)] ?? piece.slice(1);
  const point = Number.parseInt(code, 16);
  return point > 0x10ffff ? "" : String.fromCodePoint(point);
}
