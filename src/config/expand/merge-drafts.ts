/** One description for each image: an entry by a generated name goes over what was generated. */
import { formatLocation, UserError } from "../../errors.ts";
import { plainLine } from "../../lib/plain-text.ts";
import type { Tree, TreeEntry } from "../../lib/yaml/yaml-tree.ts";
import { type Draft, entryOf, originText } from "./draft.ts";

export interface MergedDrafts {
  /** Generated ones first. */
  readonly drafts: readonly Draft[];
  /** One for each name that several generated ones have: registries ignore case. */
  readonly clashes: readonly Clash[];
}

export interface Clash {
  readonly problem: UserError;
  /** It is for the files that a pattern finds, rather than for what is written. */
  readonly isOfFiles: boolean;
}

export function mergedDrafts(drafts: readonly Draft[]): MergedDrafts {
  const generated = new Map<string, Draft>();
  const clashes: Clash[] = [];
  for (const draft of drafts) {
    if (draft.from === undefined) continue;
    const key = draft.name.toLowerCase();
    const before = generated.get(key);
    if (before === undefined) generated.set(key, draft);
    else {
      const isOfFiles = [before, draft].some(({ from }) => from?.found !== undefined);
      clashes.push({ problem: sameName(draft, before), isOfFiles });
    }
  }
  const plain = drafts.filter(({ from }) => from === undefined);
  const over = new Map(plain.map((draft) => [draft.name, draft]));
  const results = [...generated.values()].map((draft) => {
    const own = over.get(draft.name);
    return own === undefined ? draft : overridden(draft, own);
  });
  const names = new Set(results.map(({ name }) => name));
  return { drafts: [...results, ...plain.filter(({ name }) => !names.has(name))], clashes };
}

function overridden(draft: Draft, own: Draft): Draft {
  const isPlaced = ["path", "file", "dockerfile"].some((key) => entryOf(own.tree, key) !== undefined);
  const from = isPlaced && draft.from !== undefined ? { values: draft.from.values } : draft.from;
  return { ...draft, at: own.at, tree: merged(draft.tree, own.tree), what: own.what, from };
}

/** Key by key. `file` and `dockerfile` are one. */
function merged(under: Tree, over: Tree): Tree {
  if (over.kind !== "map" || under.kind !== "map") return over.kind === "scalar" && over.value === null ? under : over;
  const same = (key: string): string => (key === "dockerfile" ? "file" : key);
  const own = new Set(over.entries.map(({ key }) => same(key)));
  const entries: readonly TreeEntry[] = [...under.entries.filter(({ key }) => !own.has(same(key))), ...over.entries];
  return { ...over, entries };
}

function sameName(second: Draft, first: Draft): UserError {
  const [own, other] = [second, first].map(({ from }) => originText(from ?? { values: new Map() }));
  const isOneMatrix = second.group !== undefined && second.group === first.group;
  const which = isOneMatrix
    ? `${other} and ${own}`
    : `${other} of ${first.what} (${formatLocation(first.at)}) and ${own} of ${second.what}`;
  const message = `two images have the name "${plainLine(second.name)}": ${which}`;
  return new UserError(message, { hint: remedyOf(first, second), at: second.at });
}

function remedyOf({ from: first }: Draft, { from: second }: Draft): string {
  const [one, other] = [first?.values ?? new Map(), second?.values ?? new Map()];
  const keys = [...new Set([...one.keys(), ...other.keys()])];
  const differing = keys.filter((key) => one.get(key) !== other.get(key));
  const isOfArchitectures =
    differing.length > 0 && differing.every((key) => [one, other].every((each) => isArchitecture(each.get(key) ?? "")));
  if (isOfArchitectures) {
    return "one image out of several Dockerfiles, one for each architecture, is not supported: write one Dockerfile that uses TARGETARCH, and list its platforms";
  }
  const expressions = (differing.length > 0 ? differing : keys).map((key) => `{{matrix.${key}}}`).join("-");
  const example = expressions === "" ? "{{path}}" : expressions;
  return `write a name that differs, such as name: "NAME-${example}", or exclude one of them`;
}

/** As Go, Debian and Docker Hub name them. */
function isArchitecture(text: string): boolean {
  return /^(?:amd64|x86[-_]64|x64|arm64(?:v8)?|aarch64|arm(?:32)?(?:v[5-8])?|arm-v[67]|armhf|i?386|ppc64le|s390x|riscv64|mips64(?:le)?|loong64)$/.test(
    text.toLowerCase(),
  );
}
