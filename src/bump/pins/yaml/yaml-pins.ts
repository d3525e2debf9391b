/**
 * Pins of a YAML file, be it of Kubernetes, compose, Helm, Kustomize or a workflow: references in full within values, and
 * names whose tag or digest is a value of its own. Parsing takes most of the time, so that it is done only for documents
 * that need it: in most, a reference fills its line.
 */

import type { ImageNames } from "../names-in-files.ts";
import type { FilePins, Span } from "../read-pin.ts";
import { pinAt } from "../text/derived-text.ts";
import { namesNearVersions, textPinsAt } from "../text/text-pins.ts";
import { globalKey } from "./global-registries.ts";
import { keysBeside, loneDigest, versionKeys } from "./key-role.ts";
import { type YamlOptions, yamlNodePins } from "./yaml-node-pins.ts";

/** A template that isn't YAML is read by lines, each piece separately. */
export async function yamlPins(text: string, names: ImageNames, options?: YamlOptions): Promise<FilePins> {
  const found: FilePins[] = [];
  for (const { start, end } of documentsIn(text).flatMap((document) => entriesIn(text, document))) {
    const piece = text.slice(start, end);
    if (!names.mayBeInText(piece)) continue;
    const isParsed = needsParsing(piece, names);
    const inNodes = isParsed ? await yamlNodePins(piece, start, names, options) : undefined;
    const near = isParsed ? namesNearVersions(piece, names).map((pin) => pinAt(pin, start)) : [];
    found.push(inNodes ?? { pins: [...textPinsAt(piece, names, start), ...near], named: [] });
  }
  return { pins: found.flatMap(({ pins }) => pins), named: found.flatMap(({ named }) => named) };
}

/** Where the documents of a stream stand (YAML 1.2.2, section 9.1.2: `---` begins one wherever it leads a line). */
function documentsIn(text: string): readonly Span[] {
  return splitAt(/^---(?=\s|$)/gm, text, { start: 0, end: text.length });
}

/**
 * The entries of a map that a document is: whatever else belongs to an entry is indented, or a list's dash. They are one
 * piece where an alias may reach from one to another, where a template may leave some of them out, and where they describe
 * one image together.
 */
function entriesIn(text: string, document: Span): readonly Span[] {
  const own = text.slice(document.start, document.end);
  const isTied = /[&*]\w|<<|^[ \t]*\{\{/m.test(own) || versionAtStart.test(own) || globalKey.test(own);
  return isTied || !mapAtStart.test(own) ? [document] : splitAt(/^["'\w][^\n]*:/gm, text, document);
}

/** A version that may be an entry of its own, about an image in another one. */
const versionAtStart =
  /^(?=["'\w])[^\n]*?(?:tag|(?<!api)version|digest|sha|sha256|hash|checksum)["']?[ \t]*:|(?<!@)sha256:[0-9a-f]{64}/im;

/** Comments and blank lines, then a key. */
const mapAtStart = /^\ufeff?(?:---[ \t]*(?:#.*)?\r?\n)?(?:[ \t]*(?:#.*)?\r?\n)*["'\w][^\n]*:(?=\s|$)/;

function splitAt(starting: RegExp, text: string, { start, end }: Span): readonly Span[] {
  const inside = [...text.slice(start, end).matchAll(starting)].map(({ index }) => start + index);
  const starts = [start, ...inside.filter((index) => index > start)];
  return starts.map((each, index) => ({ start: each, end: starts[index + 1] ?? end }));
}

/** `key: reference`, `- key: "reference" # …` and `- reference`, where a reader of lines can't be wrong. */
const plainLine = /^[ \t]*(?:- +)*(?:[\w./-]+:[ \t]+)?(["']?)([\w:/.@+-]+)\1[ \t]*(?:[ \t]#.*)?\r?$/;
const comment = /^[ \t]*#/;
function needsParsing(document: string, names: ImageNames): boolean {
  const hasParts = versionKeys.test(document) || loneDigest.test(document);
  const hasBeside = keysBeside.test(document) || loneDigest.test(document);
  return document.split("\n").some((line) => {
    if (!names.mayBeInText(line) || comment.test(line)) return false;
    const [, , value] = plainLine.exec(line) ?? [];
    if (value === undefined) return hasParts || names.pinsWithVariables(line, 0).length > 0;
    if (hasBeside || !hasParts) return hasBeside;
    return names.mayBeInText(value) && names.pinsIn(value, 0).length === 0;
  });
}
