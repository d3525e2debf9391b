/** Reads what `docker buildx inspect` prints: `Key: value` lines, the builder's first, then those of each of its nodes. */
import { type Platform, platform } from "../../model/platform.ts";

export interface InspectedBuilder {
  readonly name: string;
  /** Empty where the engine is down. */
  readonly driver: string;
  /** Where its first node is; `undefined` where that isn't said. */
  readonly endpoint: string | undefined;
  /** Those of all nodes that work. */
  readonly platforms: readonly Platform[];
  /** Whether all nodes that work run on this machine's kernel, judged by their addresses. */
  readonly isHere: boolean;
  /** The oldest BuildKit of its nodes; `undefined` where none says a version. */
  readonly buildkit: string | undefined;
  /** Why it can't build: what its first node says where none works. */
  readonly problem: string | undefined;
}

/** `undefined` where the text is of something else. */
export function parseInspect(text: string): InspectedBuilder | undefined {
  const [head = [], ...nodes] = blocks(text);
  const name = fieldOf(head, "Name");
  if (name === undefined) return undefined;
  const driver = fieldOf(head, "Driver") ?? "";
  const broken = [head, ...nodes].flatMap((lines) => fieldOf(lines, "Error") ?? []);
  // buildx leaves out a node that doesn't answer, as long as another one does.
  const working = nodes.filter((lines) => fieldOf(lines, "Error") === undefined);
  // A build from source reports v0.0.0.
  const versions = working.flatMap(
    (lines) => /^v?(?!0\.0\.0)\d+\.\d+\.\d+/.exec(fieldOf(lines, "BuildKit version") ?? "") ?? [],
  );
  return {
    name,
    driver,
    endpoint: nodes.flatMap((lines) => fieldOf(lines, "Endpoint") ?? [])[0],
    platforms: [...new Set(working.flatMap((lines) => platformsIn(fieldOf(lines, "Platforms") ?? "")))],
    isHere: working.every((lines) => isHere(driver, fieldOf(lines, "Endpoint") ?? "")),
    buildkit: versions.toSorted(byVersion)[0],
    problem: working.length === 0 || fieldOf(head, "Error") !== undefined ? broken[0] : undefined,
  };
}

/** The lines of the builder, and those of each node. */
function blocks(text: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("Name:")) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}

function fieldOf(lines: readonly string[], key: string): string | undefined {
  const line = lines.find((each) => each.startsWith(`${key}:`));
  return line?.slice(key.length + 1).trim() || undefined;
}

/** `linux/amd64*` is one that the user gave the node; groups such as `linux/amd64 (+3)` are shortened for people. */
function platformsIn(line: string): readonly Platform[] {
  return line.split(",").flatMap((text) => {
    try {
      return [platform(text.replace(/\(\+\d+\)|\*/g, ""))];
    } catch {
      return [];
    }
  });
}

/** An engine's node may be named by a context of docker's; a cluster's never is this machine alone. */
function isHere(driver: string, endpoint: string): boolean {
  if (driver === "kubernetes" || driver === "cloud") return false;
  const [, scheme, host = ""] = /^([a-z+-]+):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(endpoint) ?? [];
  if (scheme === undefined || scheme === "unix" || scheme === "npipe" || scheme === "docker-container") return true;
  return host === "localhost" || host.startsWith("127.") || host === "[::1]";
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
