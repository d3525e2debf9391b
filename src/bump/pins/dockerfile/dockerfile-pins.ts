/**
 * Pins of a Dockerfile: references in full in FROM, COPY --from, RUN --mount=from and in what ARG and ENV set, and the ARG
 * with the tag or digest of a FROM. The commands of RUN and the contents of heredocs are left alone.
 */

import { type Dockerfile, readDockerfile } from "../../../catalog/dockerfile/dockerfile.ts";
import type { Instruction } from "../../../catalog/dockerfile/parser/instruction.ts";
import { attempt } from "../../../lib/attempt.ts";
import { isDigest } from "../../../model/digest.ts";
import { isTag } from "../../../model/reference.ts";
import type { ImageNames } from "../names-in-files.ts";
import type { PinDoubt, ReadPin, Span } from "../read-pin.ts";
import { versionIn } from "../unread-pins.ts";
import { type DockerfileLines, dockerfileLines, unquoted } from "./dockerfile-lines.ts";
import { type FedArguments, type FedPart, fedArguments, oneArgument } from "./fed-arguments.ts";

/** `undefined` for a file that BuildKit would refuse, and for one that only another frontend understands. */
export function dockerfilePins(text: string, file: string, names: ImageNames): readonly ReadPin[] | undefined {
  const read = attempt(() => readDockerfile(new TextEncoder().encode(text), file));
  if ("problem" in read || read.value.stages.length === 0) return undefined;
  const dockerfile = read.value;
  const lines = dockerfileLines(text, dockerfile.escape);
  const fed = fedArguments(dockerfile);
  const pins = [
    ...sourcesOf(dockerfile).flatMap((source) => fullPins(source, lines, fed, names)),
    ...fed.parts.flatMap((part) => partPin(part, dockerfile, lines, fed, names) ?? []),
    ...composedPins(fed, lines, names),
  ];
  const fedDigests = new Set(fed.parts.flatMap(({ digest }) => digest ?? []));
  return hasDigestApart(text, fedDigests) ? pins.map(withoutDigest) : pins;
}

/** Whether an ARG, ENV or LABEL holds the digest of an image, and no FROM takes it. */
function hasDigestApart(text: string, fed: ReadonlySet<string>): boolean {
  return [...text.matchAll(digestApart)].some(([, name = ""]) => !fed.has(name) && holdsDigestOfImage(name));
}

const digestApart =
  /^[ \t]*(?:ARG|ENV|LABEL)[ \t][^\n]*?(?<=\s)["']?([\w.-]+)["']?[= ]["']?sha256:[0-9a-f]{64}(?![0-9a-f])/gim;

function holdsDigestOfImage(name: string): boolean {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => /^(?:digest|sha256?)$/.test(word));
}

function withoutDigest(pin: ReadPin): ReadPin {
  return pin.tag === undefined || pin.digest !== undefined || "doubt" in pin.values
    ? pin
    : {
        ...pin,
        values: {
          doubt: {
            why: "a digest that an ARG, ENV or LABEL holds may be its own, and would stay",
            remedy: "write it behind the tag",
          },
        },
      };
}

/** An instruction, with those of its words that may hold a reference. */
interface Source {
  readonly line: number;
  readonly values: readonly string[];
  /** The reference follows `from=`. */
  readonly isFlag?: true;
  /** The ARG above the first FROM that holds the value. */
  readonly argument?: string;
}

function sourcesOf({ globalArguments, stages }: Dockerfile): readonly Source[] {
  return [
    ...globalArguments.map(({ line, name, value = "" }) => ({ line, values: [value], argument: name })),
    ...stages.flatMap(({ line, base, instructions }) => [
      { line, values: [base] },
      ...instructions.flatMap((each) => sourceOf(each) ?? []),
    ]),
  ];
}

function sourceOf(instruction: Instruction): Source | undefined {
  const { kind, line } = instruction;
  if (kind === "onbuild") return instruction.trigger && sourceOf(instruction.trigger);
  if (kind === "arg") return { line, values: instruction.arguments.map(({ value = "" }) => value) };
  if (kind === "env") return { line, values: instruction.variables.map(({ value }) => value) };
  if (kind === "copy") return { line, values: [instruction.from ?? ""], isFlag: true };
  if (kind === "run") return { line, values: instruction.mounts.map(({ from = "" }) => from), isFlag: true };
  return undefined;
}

function fullPins(
  { line, values, isFlag, argument }: Source,
  lines: DockerfileLines,
  fed: FedArguments,
  names: ImageNames,
): readonly ReadPin[] {
  if (!values.some((value) => names.mayBeInText(value))) return [];
  const { start, text } = lines.at(line);
  // One line may have several ARGs.
  const word = argument === undefined ? undefined : lines.valueAt(line, argument, values[0] ?? "");
  const doubt = argument === undefined ? undefined : fed.doubtOf(argument);
  const joined = text.includes("\n") ? values.flatMap((value) => names.pinsIn(value, 0)) : undefined;
  const written = names
    .pinsIn(text, start)
    .filter((pin) => joined?.some((each) => each.text === pin.text) ?? true)
    .filter((pin) => {
      if (word !== undefined) return word.start <= pin.start && pin.start < word.end;
      if (isFlag) return values.includes(pin.text) && /from=["']?$/i.test(text.slice(0, pin.start - start));
      return values.some((value) => value.includes(pin.text));
    })
    .map((pin) => (doubt === undefined ? pin : { ...pin, values: { doubt } }));
  const continued = joined?.filter((pin) => !text.includes(pin.text)) ?? [];
  return [...written, ...continued.map((pin) => ({ ...pin, start, values: { doubt: onSeveralLines } }))];
}

const onSeveralLines: PinDoubt = { why: "it continues on another line", remedy: "write it on one" };

/** The pin whose tag or digest ARGs hold; `undefined` where an ARG has no default that names a version. */
function partPin(
  { repository, tag, digest }: FedPart,
  dockerfile: Dockerfile,
  lines: DockerfileLines,
  fed: FedArguments,
  names: ImageNames,
): ReadPin | undefined {
  if (!names.has(repository)) return undefined;
  const [whole, digestValue] = [tag, digest].map((name) =>
    name === undefined ? undefined : valueOfArgument(name, dockerfile, lines),
  );
  const first = whole ?? digestValue;
  if (first === undefined || (tag !== undefined && !whole) || (digest !== undefined && !digestValue)) return undefined;
  const [tagValue, attached] = whole === undefined ? [] : withDigest(whole);
  const known = digestValue ?? attached;
  const isPlain =
    (whole === undefined || isTag(tagValue?.text ?? "")) &&
    (known === undefined || isDigest(known.text)) &&
    (digestValue === undefined || attached === undefined);
  if (!isPlain && versionIn([whole?.text, digestValue?.text].join(" ")) === undefined) return undefined;
  const [fedDoubt] = [tag, digest].flatMap((name) => (name && fed.doubtOf(name)) || []);
  const isContinued = whole?.isContinued || digestValue?.isContinued;
  const plainDoubt = isPlain
    ? fedDoubt
    : { why: "what feeds it isn't a plain tag and sha256 digest", remedy: oneArgument };
  const doubt = isContinued ? onSeveralLines : plainDoubt;
  return {
    repository,
    text: `${repository}${whole ? `:${whole.text}` : ""}${digestValue ? `@${digestValue.text}` : ""}`,
    start: first.span.start,
    tag: tagValue?.text,
    digest: known?.text,
    values:
      doubt === undefined
        ? { ...(tagValue && { tag: tagValue.span }), ...(known && { digest: known.span }) }
        : { doubt },
  };
}

interface ArgumentValue {
  readonly text: string;
  /** Of the whole instruction where the value is continued. */
  readonly span: Span;
  /** It is on several lines. */
  readonly isContinued?: boolean;
}

/** An ARG's value may be a tag followed by its digest. */
function withDigest({ text, span }: ArgumentValue): readonly [ArgumentValue, ArgumentValue | undefined] {
  const at = text.indexOf("@");
  if (at < 0) return [{ text, span }, undefined];
  return [
    { text: text.slice(0, at), span: { start: span.start, end: span.start + at } },
    { text: text.slice(at + 1), span: { start: span.start + at + 1, end: span.end } },
  ];
}

function valueOfArgument(
  name: string,
  { globalArguments }: Dockerfile,
  lines: DockerfileLines,
): ArgumentValue | undefined {
  const argument = globalArguments.findLast((each) => each.name === name);
  if (argument?.value === undefined) return undefined;
  const span = lines.valueAt(argument.line, name, argument.value);
  const value = unquoted(argument.value);
  if (span !== undefined) return { text: value, span };
  const { start, text } = lines.at(argument.line);
  return text.includes("\n")
    ? { text: value, span: { start, end: start + text.length }, isContinued: true }
    : undefined;
}

function composedPins({ composed }: FedArguments, lines: DockerfileLines, names: ImageNames): readonly ReadPin[] {
  return composed.flatMap(({ line, written, reference: { repository, tag, digest } }) =>
    names.has(repository) && (tag ?? digest) !== undefined && names.pinsIn(written, 0).length === 0
      ? [
          {
            repository,
            text: written,
            start: lines.at(line).start,
            tag,
            digest,
            values: { doubt: { why: "its reference is put together from several parts", remedy: oneArgument } },
          },
        ]
      : [],
  );
}
