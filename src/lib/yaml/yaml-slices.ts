/**
 * YAML read so that nothing waits long for it: a document of many entries is read a few of them at a time. What can't be taken
 * apart (anchors, one map in braces) is read at once, and must be smaller for it.
 */
import type { CST, Document, LineCounter } from "yaml";
import { UserError } from "../../errors.ts";
import { pause } from "../pause.ts";

type Yaml = typeof import("yaml");

/** Of a document: all of it, or one entry of its map with some of what is in it. */
export interface Slice {
  readonly document: Document.Parsed;
  /** Its one entry goes on with that of the slice before. */
  readonly goesOn: boolean;
}

/** In characters: what is read at once. */
const most = 100_000;

const options = { uniqueKeys: false } as const;

/** @throws UserError for what is too large to be read at once; RangeError for what is nested too deeply. */
export async function* slicesOf(text: string, file: string, lineCounter: LineCounter, yaml: Yaml) {
  const counted = new yaml.LineCounter();
  const map = text.length <= most ? undefined : await mapOf(text, counted, yaml);
  if (map === undefined) {
    if (text.length > 2 * most) throw tooLarge(file);
    const document = yaml.parseDocument(text, { ...options, lineCounter });
    yield { document, goesOn: false } satisfies Slice;
    return;
  }
  for (const start of counted.lineStarts) lineCounter.addNewLine(start);
  const { token, value } = map;
  for (const item of value.items) {
    for (const [index, part] of partsOf(item).entries()) {
      await pause();
      if (lengthOf(part) > 2 * most) throw tooLarge(file);
      const whole: CST.Document = { ...token, value: mapOfItems(value, [part]) };
      for (const document of new yaml.Composer(options).compose([whole])) {
        yield { document: document as Document.Parsed, goesOn: index > 0 } satisfies Slice;
      }
    }
  }
}

type Item = CST.BlockMap["items"][number];

interface TopMap {
  readonly token: CST.Document;
  readonly value: CST.BlockMap;
}

/** The map that the only document is, if nothing in it stands for something elsewhere in it. */
async function mapOf(text: string, lineCounter: LineCounter, yaml: Yaml): Promise<TopMap | undefined> {
  lineCounter.addNewLine(0);
  const parser = new yaml.Parser(lineCounter.addNewLine);
  const tokens: CST.Token[] = [];
  let before = "";
  let found = 0;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    // What follows the mark of a scalar is its text.
    if (before !== scalarMark && /^[&*%]/.test(lexeme)) return undefined;
    before = lexeme;
    tokens.push(...parser.next(lexeme));
    found += 1;
    if (found % 256 === 0) await pause();
  }
  tokens.push(...parser.end());
  const documents = tokens.filter(({ type }) => type !== "comment" && type !== "newline" && type !== "space");
  const [token] = documents;
  if (documents.length !== 1 || token?.type !== "document" || token.value?.type !== "block-map") return undefined;
  return (token.end ?? []).some(({ type }) => type !== "comment" && type !== "newline" && type !== "space")
    ? undefined
    : { token, value: token.value };
}

const scalarMark = "\x1f";
const mostItems = 100;

/** An entry with a map of many entries, as several with a few each. */
function partsOf(item: Item): readonly Item[] {
  const { value } = item;
  if (value?.type !== "block-map" || value.items.length <= mostItems) return [item];
  const parts: Item[] = [];
  for (let start = 0; start < value.items.length; start += mostItems) {
    parts.push({ ...item, value: mapOfItems(value, value.items.slice(start, start + mostItems)) });
  }
  return parts;
}

/** A map that begins where its first entry does. */
function mapOfItems(map: CST.BlockMap, items: Item[]): CST.BlockMap {
  const [first] = items;
  return { ...map, offset: first?.start[0]?.offset ?? first?.key?.offset ?? map.offset, items };
}

/** About how many characters an entry has: from what is first in it to where its last token begins. */
function lengthOf({ key, value }: Item): number {
  const inner = value?.type === "block-map" ? value.items[0]?.key : undefined;
  const first = inner?.offset ?? value?.offset ?? key?.offset ?? 0;
  let last = first;
  for (let token: CST.Token | null | undefined = value; token !== undefined && token !== null; ) {
    last = Math.max(last, token.offset + ("source" in token ? token.source.length : 0));
    token = "items" in token ? token.items.at(-1)?.value : undefined;
  }
  return last - first;
}

function tooLarge(file: string): UserError {
  return new UserError(`${file} has more than ${(2 * most).toLocaleString("en-US")} characters in one piece`, {
    hint: "write one entry per line without braces, anchors and aliases, and what is common once, under defaults",
    at: { file },
  });
}
