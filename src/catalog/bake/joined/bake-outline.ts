/** What is plain to see of a bake file without buildx: the names in it, and what its parts take from one another. */
import { type HclToken, hclTokens, namesInTokens } from "./hcl-tokens.ts";

export interface BakeOutline {
  readonly targets: ReadonlySet<string>;
  /** With their members, targets or groups of the file. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** With what is written of them. */
  readonly variables: ReadonlyMap<string, string>;
  /** What may be a name in an expression, of something in the file or not. */
  readonly names: ReadonlySet<string>;
}

/**
 * The outline of `docker-bake.hcl`. `undefined` where parts of the file depend on more than these names:
 * functions, matrices, references to attributes of targets, names that are the result of an expression, and what isn't HCL.
 */
export function bakeOutline(text: string): BakeOutline | undefined {
  const tokens = hclTokens(text);
  const blocks = tokens && blocksOf(tokens);
  if (blocks === undefined) return undefined;
  const read = blocks.map((block) => readBlock(block, text));
  const known = read.filter((each) => each !== undefined);
  if (known.length < read.length) return undefined;
  const labels = (kind: Block["kind"]) => known.flatMap((each) => (each.kind === kind ? [each.label] : []));
  const outline: BakeOutline = {
    targets: new Set(labels("target")),
    groups: new Map(known.flatMap((each) => (each.kind === "group" ? [[each.label, each.refersTo] as const] : []))),
    variables: new Map(known.flatMap((each) => (each.kind === "variable" ? [[each.label, each.text] as const] : []))),
    names: new Set(known.flatMap(({ names }) => names)),
  };
  const isOnce = outline.targets.size + outline.groups.size + outline.variables.size === known.length;
  return isOnce && known.every((each) => isInside(each, outline)) && !blockTypes.some((each) => outline.names.has(each))
    ? outline
    : undefined;
}

/** An expression that begins with one of these reads an attribute of a block. */
const blockTypes = ["target", "group", "variable"] as const;

interface Block {
  readonly kind: (typeof blockTypes)[number];
  readonly label: string;
  readonly body: readonly HclToken[];
}

interface ReadBlock extends Pick<Block, "kind" | "label"> {
  readonly names: readonly string[];
  /** Targets or groups. */
  readonly refersTo: readonly string[];
  readonly text: string;
}

function isInside({ kind, refersTo }: ReadBlock, { targets, groups }: BakeOutline): boolean {
  // A group `default` is in most files.
  if (kind === "group") {
    return refersTo.every((name) => name !== "default" && (targets.has(name) || groups.has(name)));
  }
  return refersTo.every((name) => targets.has(name));
}

function blocksOf(tokens: readonly HclToken[]): readonly Block[] | undefined {
  const blocks: Block[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]?.kind === "newline") continue;
    const [type, label, opening] = tokens.slice(at, at + 3);
    const kind = blockTypes.find((each) => type?.kind === "word" && type.text === each);
    if (kind === undefined || !isName(label) || opening?.text !== "{" || opening.kind !== "sign") return undefined;
    const end = findOutside(tokens, at + 2, () => true);
    if (end < 0) return undefined;
    blocks.push({ kind, label: label.text, body: tokens.slice(at + 3, end) });
    at = end;
  }
  return blocks;
}

function isName(token: HclToken | undefined): token is HclToken {
  return token?.kind === "text" && token.isLiteral && /^[a-zA-Z0-9_-]+$/.test(token.text);
}

/** The first token from an index on, as an index, at which what was opened since is closed and that is meant; -1 for none. */
function findOutside(tokens: readonly HclToken[], from: number, isMeant: (token: HclToken) => boolean): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    depth += depthOf(token);
    if (depth === 0 && isMeant(token)) return at;
  }
  return -1;
}

function depthOf({ kind, text }: HclToken): number {
  if (kind !== "sign") return 0;
  if ("{[(".includes(text)) return 1;
  return "}])".includes(text) ? -1 : 0;
}

function readBlock({ kind, label, body }: Block, text: string): ReadBlock | undefined {
  if (kind === "variable") {
    const [first, last] = [body[0], body.at(-1)];
    const written = first === undefined || last === undefined ? "" : text.slice(first.start, last.end);
    return { kind, label, names: namesInTokens(body), refersTo: [], text: written };
  }
  const attributes = attributesOf(body);
  const isKnown = attributes?.every(({ name, value }) => isPlain(kind, name, value));
  if (attributes === undefined || isKnown !== true) return undefined;
  const reference = kind === "group" ? "targets" : "inherits";
  const refersTo = attributes.filter(({ name }) => name === reference).flatMap(({ value }) => textsOf(value) ?? []);
  return { kind, label, names: attributes.flatMap(({ value }) => namesInTokens(value)), refersTo, text: "" };
}

interface Attribute {
  readonly name: string;
  readonly value: readonly HclToken[];
}

function attributesOf(body: readonly HclToken[]): readonly Attribute[] | undefined {
  const attributes: Attribute[] = [];
  for (let at = 0; at < body.length; at++) {
    if (body[at]?.kind === "newline") continue;
    const [name, sign] = body.slice(at, at + 2);
    if (name?.kind !== "word" || sign?.text !== "=" || sign.kind !== "sign") return undefined;
    // In brackets a line's end means nothing.
    const found = findOutside(body, at + 2, ({ kind }) => kind === "newline");
    const end = found < 0 ? body.length : found;
    attributes.push({ name: name.text, value: body.slice(at + 2, end) });
    at = end;
  }
  return attributes;
}

/**
 * Attributes of targets that mean the same wherever buildx is run (buildx, bake/bake.go, `Target`). Those that name other targets
 * and what is looked at on the disk have to be literal.
 */
const targetAttributes: ReadonlySet<string> = new Set([
  ...["annotations", "args", "attest", "cache-from", "cache-to", "call", "context", "contexts", "description"],
  ...["dockerfile", "extra-hosts", "inherits", "labels", "network", "no-cache", "no-cache-filter", "output"],
  ...["platforms", "pull", "shm-size", "tags", "target", "ulimits"],
]);

function isPlain(kind: "target" | "group", name: string, value: readonly HclToken[]): boolean {
  if (kind === "group") return name === "description" || (name === "targets" && textsOf(value) !== undefined);
  if (name === "inherits") return textsOf(value) !== undefined;
  if (name === "output") return textsOf(value)?.every(goesToRegistry) === true;
  return targetAttributes.has(name);
}

/** buildx looks at the disk where an output has a destination there. */
function goesToRegistry(output: string): boolean {
  return /^type=(?:image|registry|docker|cacheonly)(?:,|$)/.test(output) && !/\bdest\b/i.test(output);
}

/** The members of a list of literal texts. */
function textsOf(value: readonly HclToken[]): readonly string[] | undefined {
  const tokens = value.filter(({ kind }) => kind !== "newline");
  const [opening, ...members] = tokens;
  const ending = members.pop();
  if (opening?.text !== "[" || ending?.text !== "]" || ending.kind !== "sign") return undefined;
  const isList = members.every((token, at) =>
    at % 2 === 0 ? token.kind === "text" && token.isLiteral : token.kind === "sign" && token.text === ",",
  );
  return isList ? members.filter(({ kind }) => kind === "text").map(({ text }) => text) : undefined;
}
