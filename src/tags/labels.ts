/** Labels and annotations: the OCI set, and the user's lines over it. */

import { UserError } from "../errors.ts";
import type { SourcedLine } from "../lib/text/sourced-line.ts";
import type { RunContext } from "../model/run-context.ts";
import { repositoryUrl, sourceCommit } from "../model/run-context.ts";
import { expressionValues } from "./derive-tags.ts";
import { checkEnabled } from "./rules/parse-rules.ts";
import { type EventFacts, readEvent } from "./tag-event.ts";
import { readFields, unquoteLine } from "./text/csv.ts";
import { eventNames, expand, parseTemplate, type Template } from "./text/expression.ts";
import { type Parsed, parseLines } from "./text/lines.ts";

/** A user's label or annotation. */
export interface LabelLine {
  readonly key: Template;
  readonly value: Template;
  readonly isEnabled: boolean;
}

export interface LabelFacts extends EventFacts {
  readonly context: RunContext;
  readonly commitDate: Date | undefined;
  /** The image's first tag. */
  readonly version: string | undefined;
  /** Those of `fileLabelKeys` that the Dockerfile sets; `undefined` for a value that is unknown. */
  readonly fileLabels?: ReadonlyMap<string, string | undefined> | undefined;
}

const oci = "org.opencontainers.image.";

/** What a Dockerfile may describe with a LABEL. Source, revision, version and creation are facts of the run. */
export const fileLabelKeys: readonly string[] = ["title", "description", "url", "licenses"].map(
  (key) => `${oci}${key}`,
);

/** Parses `key=value` lines (also `name=…,value=…,enable=…`, as docker/metadata-action takes). */
export function parseLabels(lines: readonly SourcedLine[]): Parsed<LabelLine> {
  return parseLines(lines, parseLabel);
}

/**
 * The labels that a build is given: title, description, url, source, version, created, revision and licenses of the OCI set but
 * for what the Dockerfile sets, then the user's, which win; sorted by key.
 */
export function deriveLabels(own: readonly LabelLine[], facts: LabelFacts): Readonly<Record<string, string>> {
  const set = ociSet(facts).filter(([key]) => facts.fileLabels?.has(key) !== true);
  const byKey = new Map([...set, ...ownEntries(own, facts)]);
  // In the order of code units, so that the same labels are the same bytes on every machine.
  return Object.fromEntries([...byKey.keys()].sort().map((key) => [key, byKey.get(key) ?? ""]));
}

/**
 * The description of an image (image-spec, annotations.md, "Pre-Defined Annotation Keys"). `created` is the commit's
 * date, so that one commit gives one image. An unknown value is empty, and so hides the value of the base image.
 */
export function ociSet({
  context,
  name,
  commitDate,
  version,
  variables,
}: LabelFacts): readonly (readonly [string, string])[] {
  const url = repositoryUrl(context);
  const revision = variables?.isRevisionOfHead === true ? sourceCommit(context) : context.commit;
  const set = {
    title: name,
    description: context.description ?? "",
    url,
    source: url,
    version: version ?? "",
    created: (commitDate ?? context.startedAt).toISOString(),
    revision,
    licenses: context.license ?? "",
  };
  return Object.entries(set).map(([key, value]) => [`${oci}${key}`, value]);
}

/**
 * The same for annotations, which say what the labels say: of title, description, url and licenses the user's label counts, then
 * the Dockerfile's. What is unknown or empty is left out, as there is nothing to hide.
 */
export function ociAnnotations(
  labels: readonly LabelLine[],
  facts: LabelFacts,
): readonly (readonly [string, string])[] {
  const written = new Map([...(facts.fileLabels ?? []), ...ownEntries(labels, facts)]);
  return ociSet(facts).flatMap(([key, derived]) => {
    const value = fileLabelKeys.includes(key) && written.has(key) ? annotationText(written.get(key)) : derived;
    return value === undefined || value === "" ? [] : [[key, value] as const];
  });
}

/** Annotations are one line each in outputs, and an argument of a program, which has a longest length. */
function annotationText(label: string | undefined): string | undefined {
  const text = label?.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return text === undefined || text.length > longestAnnotation ? undefined : text;
}

const longestAnnotation = 4096;

/** The user's lines with their expressions filled in, in their order. */
export function ownEntries(own: readonly LabelLine[], facts: LabelFacts): readonly (readonly [string, string])[] {
  const event = expressionValues(facts, readEvent(facts));
  const values = { ...event, values: new Map([...event.values, ["version", facts.version ?? ""]]) };
  return own
    .filter(({ isEnabled }) => isEnabled)
    .map(({ key, value }) => [expand(key, values).trim(), expand(value, values)]);
}

function parseLabel(line: SourcedLine): LabelLine {
  return parseAttributeForm(line.text) ?? parsePlain(unquoteLine(line.text));
}

/** The first `=` outside of an expression separates: a key may contain `{{date 'YYYY' tz='UTC'}}`. */
function parsePlain(text: string): LabelLine {
  const equals = separator(text);
  return equals < 0 ? label("", "", true, text) : label(text.slice(0, equals), text.slice(equals + 1), true, text);
}

function separator(text: string): number {
  for (let at = 0; at < text.length; ) {
    const end = text.startsWith("{{", at) ? text.indexOf("}}", at) : -1;
    if (text[at] === "=") return at;
    at = end < 0 ? at + 1 : end + 2;
  }
  return -1;
}

function parseAttributeForm(text: string): LabelLine | undefined {
  if (!/(?:^|,)"?name=/.test(text) || !/(?:^|,)"?(?:value|enable)=/.test(text)) return undefined;
  const attributes = new Map<string, string>();
  for (const field of readFields(text)) {
    const [, name = "", value = ""] = /^\s*(name|value|enable)=([\s\S]*)$/.exec(field) ?? [];
    if (name === "") {
      throw new UserError(`"${field.trim()}" is no attribute of a label`, {
        hint: "write name=, value= and enable= only",
      });
    }
    attributes.set(name, value.trim());
  }
  const isEnabled = checkEnabled(attributes.get("enable") ?? "true");
  return label(attributes.get("name") ?? "", attributes.get("value") ?? "", isEnabled, text);
}

function label(key: string, value: string, isEnabled: boolean, text: string): LabelLine {
  if (key.trim() === "") {
    throw new UserError(`"${text}" isn't a valid label`, {
      hint: "write key=value, such as org.opencontainers.image.title=My image",
    });
  }
  return { key: parseTemplate(key.trim(), eventNames), value: parseTemplate(value.trim(), eventNames), isEnabled };
}
