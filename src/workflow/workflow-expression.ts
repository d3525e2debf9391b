/** GitHub's expressions: `${{ github.ref_name == 'main' && 'true' || 'false' }}`. Pure. */
import { UserError } from "../errors.ts";
import { shortened } from "../lib/plain-text.ts";
import { callFunction, takesArguments } from "./functions.ts";
import { endOfExpression, textParts } from "./text-parts.ts";
import { isEqual, isLess, isTruthy, notKnown, propertyOf, toText, type Value } from "./value.ts";

/** What a text is once its expressions are put in, or which of them can't be known. */
export type Evaluated =
  | { readonly kind: "known"; readonly text: string }
  | { readonly kind: "unknown"; readonly names: readonly string[] };

/** Whether a condition (`if`, with or without `${{ }}`) holds; `undefined` where it can't be known or read. */
export function isMet(condition: string, contexts: Readonly<Record<string, Value>>): boolean | undefined {
  const text = condition.trim();
  const isWrapped = text.startsWith("${{") && endOfExpression(text, 3) === text.length - 2;
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

/** A part of an expression is not known: `secrets.TOKEN`. */
class UnknownName extends Error {}

/** A part of an expression, which is evaluated only where its value matters: not always behind `&&` and `||`. */
type Evaluation = () => Value;

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

/** Reads an expression, by one function for each rule of the grammar, and evaluates it. */
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

  function or(): Evaluation {
    let left = and();
    while (take("||")) {
      const [first, second] = [left, and()];
      left = () => {
        const value = first();
        return isTruthy(value) ? value : second();
      };
    }
    return left;
  }

  function and(): Evaluation {
    let left = equality();
    while (take("&&")) {
      const [first, second] = [left, equality()];
      left = () => {
        const value = first();
        return isTruthy(value) ? second() : value;
      };
    }
    return left;
  }

  function equality(): Evaluation {
    let left = comparison();
    for (let sign = take("==", "!="); sign !== undefined; sign = take("==", "!=")) {
      const [first, second, wanted] = [left, comparison(), sign === "=="];
      left = () => isEqual(first(), second()) === wanted;
    }
    return left;
  }

  function comparison(): Evaluation {
    let left = not();
    for (let sign = take("<", "<=", ">", ">="); sign !== undefined; sign = take("<", "<=", ">", ">=")) {
      const [first, second, how] = [left, not(), sign];
      left = () => {
        const [a, b]: readonly [Value, Value] = how.startsWith("<") ? [first(), second()] : [second(), first()];
        return isLess(a, b) || (how.endsWith("=") && isEqual(a, b));
      };
    }
    return left;
  }

  function not(): Evaluation {
    if (take("!") === undefined) return postfix();
    const inner = not();
    return () => !isTruthy(inner());
  }

  /** A value, and what is chosen of it by `.name` and `[index]`. */
  function postfix(): Evaluation {
    let { part, name } = primary();
    for (;;) {
      if (take(".")) {
        const { kind, text: key } = tokens[at++] ?? end;
        if (kind !== "name" && key !== "*") throw unreadable(text);
        const [owner, before, path]: [Evaluation, string, string] = [part, name, `${name}.${key}`];
        part = () => {
          const value = ownerValue(owner, before, path);
          return known(key === "*" ? notKnown : propertyOf(value, key), path);
        };
        name = path;
      } else if (take("[")) {
        const index: Evaluation = take("*") ? (): Value => notKnown : or();
        expect("]");
        const [owner, path]: [Evaluation, string] = [part, `${name}[…]`];
        part = () => known(index() === notKnown ? notKnown : propertyOf(owner(), index()), path);
        name = path;
      } else return part;
    }
  }

  function primary(): { part: Evaluation; name: string } {
    const { kind, text: word } = tokens[at++] ?? end;
    if (kind === "text") return literal(word.slice(1, -1).replaceAll("''", "'"));
    if (kind === "number") return literal(Number(word));
    if (kind === "sign" && word === "(") {
      const part = or();
      expect(")");
      return { part, name: "(…)" };
    }
    if (kind !== "name") throw unreadable(text);
    if (take("(")) return call(word);
    const lower = word.toLowerCase();
    if (constants.has(word)) return literal(constants.get(word) ?? null);
    if (!Object.hasOwn(contexts, lower)) throw unreadable(text);
    return { part: () => known(contexts[lower] ?? null, word), name: word };
  }

  function call(name: string): { part: Evaluation; name: string } {
    const given: Evaluation[] = [];
    while (take(")") === undefined) {
      if (given.length > 0) expect(",");
      given.push(or());
    }
    if (!takesArguments(name, given.length)) throw unreadable(text);
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

  const part = or();
  if (at < tokens.length) throw unreadable(text);
  return part();
}

/** What is notKnown as a whole is so by the name of the part that is asked for. */
function ownerValue(owner: Evaluation, name: string, path: string): Value {
  try {
    return owner();
  } catch (error) {
    throw error instanceof UnknownName && error.message === name ? new UnknownName(path) : error;
  }
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

const end: Token = { kind: "end", text: "" };

function literal(value: Value): { part: Evaluation; name: string } {
  return { part: () => value, name: toText(value) };
}

function known(value: Value, name: string): Value {
  if (value === notKnown) throw new UnknownName(name);
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
