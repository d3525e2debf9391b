/** What `docker buildx bake --print` says, checked and typed. */

import { UserError } from "../../errors.ts";
import { parseOutput } from "../../model/buildflags/output-entry.ts";

export interface BakeDefinition {
  /** By name; the members are targets or groups. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly targets: ReadonlyMap<string, BakeTarget>;
}

export interface BakeTarget {
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  /** Its Dockerfile is inline in the bake file. */
  readonly isInline: boolean;
  readonly target: string | undefined;
  readonly platforms: readonly string[];
  readonly args: Readonly<Record<string, string>>;
  readonly contexts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly string[];
  /**
   * What comes of it. `cache`: others use it, nobody pulls it. `files`: its only output is a folder or an archive, and it is no
   * image to publish.
   */
  readonly gives: "image" | "cache" | "files";
}

/** @throws UserError for what is not the JSON of a bake definition. */
export function readDefinition(json: string, file: string): BakeDefinition {
  const top = parse(json, file);
  const groups = entries(top.group).map(([name, group]) => [name, texts(record(group).targets)] as const);
  const targets = entries(top.target).map(([name, target]) => [name, targetOf(record(target))] as const);
  return { groups: new Map(groups), targets: new Map(targets) };
}

/** The targets that a group stands for, groups in groups opened, in order, each once. */
export function membersOf({ groups, targets }: BakeDefinition, group: string): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    // A matrix is a group too; its members are targets of other names.
    if (groups.has(name)) for (const member of groups.get(name) ?? []) open(member);
    if (targets.has(name)) found.add(name);
  };
  open(group);
  return [...found];
}

type Fields = Readonly<Record<string, unknown>>;

function targetOf(fields: Fields): BakeTarget {
  const outputs = Array.isArray(fields.output) ? fields.output.map(outputKind) : [];
  return {
    context: text(fields.context) ?? ".",
    dockerfile: text(fields.dockerfile) ?? "Dockerfile",
    isInline: text(fields["dockerfile-inline"]) !== undefined,
    target: text(fields.target),
    platforms: texts(fields.platforms),
    args: textMap(fields.args),
    contexts: textMap(fields.contexts),
    labels: textMap(fields.labels),
    annotations: texts(fields.annotations),
    gives: gives(outputs),
  };
}

function gives(outputs: readonly BakeTarget["gives"][]): BakeTarget["gives"] {
  if (outputs.length === 0 || outputs.includes("image")) return "image";
  return outputs.includes("files") ? "files" : "cache";
}

/** An object since buildx 0.20, before that a text such as `type=cacheonly`. */
function outputKind(output: unknown): BakeTarget["gives"] {
  const fields = record(output);
  const read = typeof output === "string" ? parseOutput(output) : undefined;
  const type = read?.type ?? text(fields.type);
  if (type === "cacheonly") return "cache";
  if (type === "local" || type === "tar" || type === "oci") return "files";
  // Without a destination docker's engine takes it; with one it is an archive.
  return type === "docker" && (read?.destination ?? text(fields.dest) ?? "") !== "" ? "files" : "image";
}

function parse(json: string, file: string): Fields {
  try {
    return record(JSON.parse(json));
  } catch (cause) {
    throw new UserError(`docker buildx bake printed invalid JSON for ${file}`, {
      hint: "use a released version of docker and buildx",
      at: { file },
      cause,
    });
  }
}

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(record(value));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** Without what is null: an argument that has no value is not given. */
function textMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries(value).flatMap(([key, each]) => (typeof each === "string" ? [[key, each] as const] : [])),
  );
}
