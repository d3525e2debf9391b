/**
 * Places in files that name a version of one of the repository's images: references such as `ghcr.io/o/r/app:1.2.3` anywhere in
 * a line (Dockerfile, Kubernetes, compose, workflow), Helm's `image: {repository, tag}`, kustomize's `newTag`, and the versions
 * of a Chart.yaml, which name no image.
 */
import { parseTree, type Tree, type TreeMap, type TreeScalar } from "../catalog/yaml-tree.ts";
import type { SourceLocation } from "../errors.ts";
import { familiarRepository, type Repository, tryReference } from "../oci/reference.ts";

export interface Pin {
  /** `undefined`: a chart's version. */
  readonly repository: Repository | undefined;
  /** As written; `undefined` where a digest alone is named. */
  readonly tag: string | undefined;
  /** What is written there, for people: `ghcr.io/o/r/app:1.2.3`, `appVersion: 1.2.3`. */
  readonly text: string;
  readonly at: SourceLocation;
}

/** @param repositories whose pins are looked for. @returns in the order of lines, each place once. */
export async function findPins(
  text: string,
  file: string,
  repositories: ReadonlySet<Repository>,
): Promise<readonly Pin[]> {
  const isYaml = /\.ya?ml$/i.test(file);
  const inTrees = isYaml ? (await treesOf(text, file)).flatMap((tree) => pinsIn(tree, file, repositories)) : [];
  const found = [...pinsInLines(text, file, repositories), ...inTrees];
  const byPlace = new Map(found.map((pin) => [`${pin.at.line} ${pin.repository} ${pin.tag}`, pin]));
  return [...byPlace.values()].sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
}

function pinsInLines(text: string, file: string, repositories: ReadonlySet<Repository>): readonly Pin[] {
  const patterns = [...repositories].map((repository) => ({ repository, pattern: referenceTo(repository) }));
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(?:#|\/\/)/.test(line)) return [];
    return patterns.flatMap(({ repository, pattern }) =>
      [...line.matchAll(pattern)].map(
        ([whole, tag]): Pin => ({ repository, tag, text: whole, at: { file, line: index + 1 } }),
      ),
    );
  });
}

/** Also within a longer text, such as `docker://o/r/app:1.2.3`; with a variable for its tag it is no pin. */
function referenceTo(repository: Repository): RegExp {
  const names = [...new Set([repository, familiarRepository(repository)])].map((name) =>
    name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"),
  );
  const tag = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
  return new RegExp(
    `(?<![\\w.-])(?<![^/]/)(?:${names.join("|")})(?::(${tag})(?![\\w{$])(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})`,
    "g",
  );
}

/** All documents of a file; what is a template and no YAML has none. */
async function treesOf(text: string, file: string): Promise<readonly Tree[]> {
  const lines = text.split(/\r?\n/);
  const starts = [0, ...lines.flatMap((line, index) => (/^---(?:\s|$)/.test(line) ? [index + 1] : []))];
  const parsed = await Promise.all(
    starts.map((start, index) => {
      const end = (starts[index + 1] ?? lines.length + 1) - 1;
      // Empty lines in front keep the numbers of the others.
      const document = [...Array.from({ length: start }, () => ""), ...lines.slice(start, end)].join("\n");
      return parseTree(document, file);
    }),
  );
  return parsed.flatMap(({ tree }) => tree ?? []);
}

function pinsIn(tree: Tree, file: string, repositories: ReadonlySet<Repository>): readonly Pin[] {
  if (tree.kind === "list") return tree.items.flatMap((item) => pinsIn(item, file, repositories));
  if (tree.kind === "scalar") return [];
  const chart = /(?:^|\/)Chart\.ya?ml$/.test(file) ? chartPins(tree) : [];
  const inside = tree.entries.flatMap(({ value }) => pinsIn(value, file, repositories));
  return [...chart, ...splitPins(tree, repositories), ...inside];
}

/** A chart's own version counts where it says no version of what it installs: many charts have versions of their own. */
function chartPins(map: TreeMap): readonly Pin[] {
  if (scalarAt(map, "apiVersion") === undefined || scalarAt(map, "name") === undefined) return [];
  for (const key of ["appVersion", "version"]) {
    const value = scalarAt(map, key);
    if (value !== undefined) {
      return [{ repository: undefined, tag: value.text, text: `${key}: ${value.text}`, at: value.at }];
    }
  }
  return [];
}

/** `{repository, tag}` of Helm, perhaps with a registry apart, and `{name, newName, newTag}` of kustomize. */
function splitPins(map: TreeMap, repositories: ReadonlySet<Repository>): readonly Pin[] {
  const registry = scalarAt(map, "registry")?.text;
  const helm = scalarAt(map, "repository")?.text;
  const named = scalarAt(map, "newName") ?? scalarAt(map, "name");
  const pairs = [
    { name: helm === undefined || !registry ? helm : `${registry}/${helm}`, tag: scalarAt(map, "tag") },
    { name: named?.text, tag: scalarAt(map, "newTag") },
  ];
  return pairs.flatMap(({ name, tag }): readonly Pin[] => {
    const repository = name === undefined ? undefined : tryReference(name)?.repository;
    // An empty tag stands for the chart's own version.
    if (tag === undefined || tag.text === "" || repository === undefined || !repositories.has(repository)) return [];
    return [{ repository, tag: tag.text, text: `${name}:${tag.text}`, at: tag.at }];
  });
}

function scalarAt(map: TreeMap, key: string): TreeScalar | undefined {
  const value = map.entries.find((entry) => entry.key === key)?.value;
  return value?.kind === "scalar" && value.value !== null ? value : undefined;
}
