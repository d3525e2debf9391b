/** GitHub's expressions: `${{ github.ref_name == 'main' && 'true' || 'false' }}`. Pure. */
import { UserError } from "../errors.ts";
import { shortened } from "../lib/plain-text.ts";
import { callFunction } from "./functions.ts";
import { isEqual, isLess, isTruthy, propertyOf, toText, unknown, type Value } from "./value.ts";

/** What a text is once its expressions are put in, or which of them can't be known. */
export type Evaluated =
  | { readonly kind: "known"; readonly text: string }
  | { readonly kind: "unknown"; readonly names: readonly string[] };

/** A part of a text that has whole expressions alone. */
export interface Row {
  /** 1-based, of its first line in the text. */
  readonly line: number;
  readonly text: string;
}

/** A text in as many rows as may be: an expression may go on over several lines. Joined by line breaks they are the text. */
export function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let line = 1;
  let begin = 0;
  const sign = /\n|\$\{\{/g;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] === "\n") {
      const row = text.slice(begin, found.index);
      rows.push({ line, text: row });
      line += row.split("\n").length;
      begin = found.index + 1;
    } else sign.lastIndex = endOf(text, found.index + 3) ?? text.length;
  }
  return [...rows, { line, text: text.slice(begin) }];
}

/** Whether a condition (`if`, with or without `${{ }}`) holds; `undefined` where it can't be known or read. */
export function isMet(condition: string, contexts: Readonly<Record<string, Value>>): boolean | undefined {
  const text = condition.trim();
  const isWrapped = text.startsWith("${{") && endOf(text, 3) === text.length - 2;
  // A text around an expression is a text that isn't empty, whatever comes of the expression.
  if (!isWrapped && text.includes("${{")) return true;
  try {
    return isTruthy(evaluated(isWrapped ? text.slice(3, -2) : text, contexts));
  } catch (error) {
    if (error instanceof UnknownName || error instanceof UserError) return undefined;
    throw error;
  }
}

/** @throws UserError for an expression that can't be read. */
export function evaluate(text: string, contexts: Readonly<Record<string, Value>>): Evaluated {
  const names: string[] = [];
  let filled = "";
  for (const part of textParts(text)) {
    if (part.kind === "text") {
      const open = part.text.indexOf("${{");
      if (open >= 0) throw unclosed(part.text.slice(open));
      filled += part.text;
      continue;
    }
    try {
      filled += toText(evaluated(part.text, contexts));
    } catch (error) {
      if (!(error instanceof UnknownName)) throw error;
      names.push(error.message);
    }
  }
  return names.length === 0 ? { kind: "known", text: filled } : { kind: "unknown", names };
}

/** A text between expressions as it is, or an expression without its braces. */
export interface TextPart {
  readonly kind: "text" | "expression";
  readonly text: string;
}

/**
 * In order; begins and ends with a text, which may be empty, and has one between any two expressions. One that isn't closed is text.
 */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (let start = text.indexOf("${{"); start >= 0; start = text.indexOf("${{", at)) {
    const end = endOf(text, start + 3);
    if (end === undefined) break;
    parts.push({ kind: "text", text: text.slice(at, start) });
    parts.push({ kind: "expression", text: text.slice(start + 3, end) });
    at = end + 2;
  }
  return [...parts, { kind: "text", text: text.slice(at) }];
}

/** Where the braces that close an expression are: none in a string does. */
function endOf(text: string, start: number): number | undefined {
  const sign = /'|\}\}/g;
  sign.lastIndex = start;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] !== "'") return found.index;
    const close = text.indexOf("'", found.index + 1);
    if (close < 0) return undefined;
    sign.lastIndex = close + 1;
  }
  return undefined;
}

/** A part of an expression is not known: `secrets.TOKEN`. */
class UnknownName extends Error {}

/** A part of an expression that is evaluated only when it counts, as behind `&&` and `||`. */
type Part = () => Value;

const token =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>-?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))|(?<name>[a-z_][\w-]*)|(?<sign>&&|\|\||[=!<>]=|[<>!()[\].,*]))/iy;

interface Token {
  readonly kind: "text" | "number" | "name" | "sign" | "end";
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== "") {
    const found = token.exec(text);
    if (found === null) throw unreadable(text);
    const [kind = "", written = ""] = Object.entries(found.groups ?? {}).find(([, each]) => each !== undefined) ?? [];
    tokens.push({ kind: kind as Token["kind"], text: written });
  }
  return tokens;
}

/** Reads an expression, by one function for each rank of its signs, and evaluates it. */
function evaluated(text: string, contexts: Readonly<Record<string, Value>>): Value {
  const tokens = tokensOf(text);
  let at = 0;

  function take(...signs: readonly string[]): string | undefined {
    const { kind, text } = tokens[at] ?? end;
    if (kind !== "sign" || !signs.includes(text)) return undefined;
    at += 1;
    return text;
  }

  function expect(sign: string): void {
    if (take(sign) === undefined) throw unreadable(text);
  }

  function either(): Part {
    let left = both();
    while (take("||")) {
      const [first, second] = [left, both()];
      left = () => {
        const value = first();
        return isTruthy(value) ? value : second();
      };
    }
    return left;
  }

  function both(): Part {
    let left = equal();
    while (take("&&")) {
      const [first, second] = [left, equal()];
      left = () => {
        const value = first();
        return isTruthy(value) ? second() : value;
      };
    }
    return left;
  }

  function equal(): Part {
    let left = compared();
    for (let sign = take("==", "!="); sign !== undefined; sign = take("==", "!=")) {
      const [first, second, wanted] = [left, compared(), sign === "=="];
      left = () => isEqual(first(), second()) === wanted;
    }
    return left;
  }

  function compared(): Part {
    let left = negated();
    for (let sign = take("<", "<=", ">", ">="); sign !== undefined; sign = take("<", "<=", ">", ">=")) {
      const [first, second, how] = [left, negated(), sign];
      left = () => {
        const [a, b]: readonly [Value, Value] = how.startsWith("<") ? [first(), second()] : [second(), first()];
        return isLess(a, b) || (how.endsWith("=") && isEqual(a, b));
      };
    }
    return left;
  }

  function negated(): Part {
    if (take("!") === undefined) return selected();
    const inner = negated();
    return () => !isTruthy(inner());
  }

  /** A value, and what is chosen of it by `.name` and `[index]`. */
  function selected(): Part {
    let { part, name } = single();
    for (;;) {
      if (take(".")) {
        const { kind, text: key } = tokens[at++] ?? end;
        if (kind !== "name" && key !== "*") throw unreadable(text);
        const [owner, before, path]: [Part, string, string] = [part, name, `${name}.${key}`];
        part = () => {
          const value = ownerValue(owner, before, path);
          return known(key === "*" ? unknown : propertyOf(value, key), path);
        };
        name = path;
      } else if (take("[")) {
        const index: Part = take("*") ? (): Value => unknown : either();
        expect("]");
        const [owner, path]: [Part, string] = [part, `${name}[…]`];
        part = () => known(index() === unknown ? unknown : propertyOf(owner(), index()), path);
        name = path;
      } else return part;
    }
  }

  function single(): { part: Part; name: string } {
    const { kind, text: word } = tokens[at++] ?? end;
    if (kind === "text") return literal(word.slice(1, -1).replaceAll("''", "'"));
    if (kind === "number") return literal(Number(word));
    if (kind === "sign" && word === "(") {
      const part = either();
      expect(")");
      return { part, name: "(…)" };
    }
    if (kind !== "name") throw unreadable(text);
    if (take("(")) return call(word);
    const lower = word.toLowerCase();
    if (constants.has(lower)) return literal(constants.get(lower) ?? null);
    if (!Object.hasOwn(contexts, lower)) throw unreadable(text);
    return { part: () => known(contexts[lower] ?? null, word), name: word };
  }

  function call(name: string): { part: Part; name: string } {
    const given: Part[] = [];
    while (take(")") === undefined) {
      if (given.length > 0) expect(",");
      given.push(either());
    }
    const shown = `${name}()`;
    return {
      name: shown,
      part: () => {
        const values: readonly Value[] = given.map((each): Value => each());
        const found = callFunction(name, values);
        if (found === undefined) throw unreadable(text);
        return known(found, shown);
      },
    };
  }

  const part = either();
  if (at < tokens.length) throw unreadable(text);
  return part();
}

/** What is unknown as a whole is so by the name of the part that is asked for. */
function ownerValue(owner: Part, name: string, path: string): Value {
  try {
    return owner();
  } catch (error) {
    throw error instanceof UnknownName && error.message === name ? new UnknownName(path) : error;
  }
}

const constants: ReadonlyMap<string, Value> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const end: Token = { kind: "end", text: "" };

function literal(value: Value): { part: Part; name: string } {
  return { part: () => value, name: toText(value) };
}

function known(value: Value, name: string): Value {
  if (value === unknown) throw new UnknownName(name);
  return value;
}

function unclosed(text: string): UserError {
  return new UserError(`the expression "${shortened(text.trim(), 80)}" isn't closed`, {
    hint: "end it with }}, and each text in it with a single quote",
  });
}

function unreadable(text: string): UserError {
  return new UserError(`the expression "${text.trim()}" can't be read`, {
    hint: "write it as GitHub's documentation of expressions has it",
  });
}
