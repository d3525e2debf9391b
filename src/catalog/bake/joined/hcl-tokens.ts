/** The tokens of an HCL file that is written plainly (hclsyntax, spec.md, "Lexical Elements"): no heredocs, no unusual escapes. */

export interface HclToken {
  readonly kind: "word" | "text" | "newline" | "number" | "sign";
  /** As written; of a text what is between the quotes. */
  readonly text: string;
  /** The names in the expressions of a text, which has a value of its own only where there are none. */
  readonly names: readonly string[];
  /** A text that means what is written between its quotes. */
  readonly isLiteral: boolean;
  readonly start: number;
  readonly end: number;
}

/** Longer files are nobody's, and expressions in texts in expressions aren't either. */
const longest = 64 * 1024;
const deepest = 8;

/** `undefined` for what is not sure to be understood as HCL understands it. */
export function hclTokens(text: string): readonly HclToken[] | undefined {
  const scanned = text.length > longest ? undefined : scan(text, 0, 0);
  return scanned?.end === text.length ? scanned.tokens : undefined;
}

interface Scanned {
  readonly tokens: readonly HclToken[];
  /** Where the text ends, or the brace is that closes more than was opened. */
  readonly end: number;
}

const blank = /(?:[ \t\r]|(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const simple = /(?<newline>\n)|(?<word>[A-Za-z_][\w-]*)|(?<number>\d[\w.]*)|(?<sign>[{}[\]()=,.:?!<>&|+*/%~-])/y;
const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" };

function scan(text: string, from: number, depth: number): Scanned | undefined {
  if (depth > deepest) return undefined;
  const tokens: HclToken[] = [];
  const open: string[] = [];
  let at = from;
  while (at < text.length) {
    at += matchAt(blank, text, at)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = text[at] === '"' ? textAt(text, at, depth) : simpleAt(text, at);
    if (token === undefined || text.startsWith("<<", at)) return undefined;
    if (token.kind === "sign") {
      const closes = closing[token.text];
      if (closes !== undefined) open.push(closes);
      if (/[}\])]/.test(token.text) && open.pop() !== token.text) {
        return token.text === "}" && open.length === 0 ? { tokens, end: at } : undefined;
      }
    }
    tokens.push(token);
    at = token.end;
  }
  return open.length === 0 ? { tokens, end: at } : undefined;
}

function simpleAt(text: string, start: number): HclToken | undefined {
  const found = matchAt(simple, text, start);
  const kind = (["newline", "word", "number", "sign"] as const).find((each) => found?.groups?.[each] !== undefined);
  if (found === undefined || kind === undefined) return undefined;
  return { kind, text: found[0], names: [], isLiteral: false, start, end: start + found[0].length };
}

/** A text in quotes, with the expressions in it. */
function textAt(text: string, start: number, depth: number): HclToken | undefined {
  let names: readonly string[] = [];
  let isLiteral = true;
  let at = start + 1;
  for (;;) {
    const rest = text.slice(at, at + 3);
    // What escapes the beginning of an expression is too rare to be read.
    if (rest === "" || rest.startsWith("\n") || rest === "$${" || rest === "%%{") return undefined;
    if (rest.startsWith('"')) break;
    if (rest.startsWith("${") || rest.startsWith("%{")) {
      const inner = scan(text, at + 2, depth + 1);
      if (inner === undefined || text[inner.end] !== "}") return undefined;
      names = names.concat(namesInTokens(inner.tokens));
      isLiteral = false;
      at = inner.end + 1;
    } else if (rest.startsWith("\\")) {
      isLiteral = false;
      at += 2;
    } else at += 1;
  }
  return { kind: "text", text: text.slice(start + 1, at), names, isLiteral, start, end: at + 1 };
}

/** Everything that may be the name of something in an expression. */
export function namesInTokens(tokens: readonly HclToken[]): readonly string[] {
  return tokens.flatMap((token) => (token.kind === "word" ? [token.text] : token.names));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
