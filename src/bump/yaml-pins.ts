/**
 * Pins of a YAML file, be it of Kubernetes, compose, Helm, Kustomize or a workflow: references in full within values, and
 * names whose tag or digest is a value of its own. Parsing takes most of the time, so that it is done only for documents
 * that need it: in most, a reference fills its line.
 */
import type { Repository } from "../oci/reference.ts";
import type { ImageNames } from "./image-names.ts";
import type { ReadPin } from "./read-pin.ts";
import { textPins } from "./text-pins.ts";
import { yamlNodePins } from "./yaml-node-pins.ts";

export interface YamlPins {
  readonly pins: readonly ReadPin[];
  /** Images that are named in parts, also those without a tag. */
  readonly named: readonly Repository[];
}

/** What is a template and no YAML is read by lines, each document by itself. */
export async function yamlPins(text: string, names: ImageNames): Promise<YamlPins> {
  const found: YamlPins[] = [];
  for (const { start, end } of documentsIn(text)) {
    const document = text.slice(start, end);
    if (!names.mayBeInText(document)) continue;
    const isParsed = needsParsing(document, names);
    const inNodes = isParsed ? await yamlNodePins(document, start, names) : undefined;
    found.push(inNodes ?? { pins: textPins(document, names, start), named: [] });
  }
  return { pins: found.flatMap(({ pins }) => pins), named: found.flatMap(({ named }) => named) };
}

/** Where the documents of a stream stand (YAML 1.2.2, section 9.1.2: `---` begins one wherever it leads a line). */
function documentsIn(text: string): readonly { readonly start: number; readonly end: number }[] {
  const starts = [0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => index).filter((index) => index > 0)];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

/** `key: reference`, `- key: "reference" # …` and `- reference`, where a reader of lines can't be wrong. */
const plainLine = /^[ \t]*(?:- +)*(?:[\w./-]+:[ \t]+)?(["']?)[\w:/.@+-]+\1[ \t]*(?:[ \t]#.*)?\r?$/;
const comment = /^[ \t]*#/;
const keyOfPart = /(?:^|[\s{,"'])(?:tag|newTag|imageTag|digest)["']?[ \t]*:/;

function needsParsing(document: string, names: ImageNames): boolean {
  const hasParts = keyOfPart.test(document);
  return document.split("\n").some((line) => {
    if (!names.mayBeInText(line) || comment.test(line)) return false;
    const references = names.pinsIn(line, 0).length;
    return references === 0 ? hasParts : references > 1 || !plainLine.test(line);
  });
}
