/** Which of what an image takes in comes from the repository's other images, and which from outside. */
import { UserError } from "../errors.ts";
import { familiarRepository, type Reference, type Repository, reference } from "../oci/reference.ts";
import type { ExternalBase, ParentEdge } from "./catalog.ts";
import type { OutsideUse } from "./stages.ts";

/** Finds the image of this repository that a repository's name stands for. */
export type Owners = ReadonlyMap<Repository, string>;

export interface Edges {
  readonly parents: readonly ParentEdge[];
  readonly bases: readonly ExternalBase[];
  readonly problems: readonly UserError[];
}

/**
 * A reference is an edge when its repository is one of an image here and it has no tag, or one that this plan moves. With a
 * digest or any other tag it is a pin: it names something that is published already, wherever it comes from.
 */
export function edgesOf(
  uses: readonly OutsideUse[],
  owners: Owners,
  movingTags: (name: string) => ReadonlySet<string>,
): Edges {
  const parents = new Map<string, ParentEdge>();
  const bases: ExternalBase[] = [];
  const problems: UserError[] = [];
  for (const { text, via, at } of uses) {
    const read = parse(text);
    if (read instanceof UserError) {
      problems.push(new UserError(`${via} names "${text}", and ${read.message}`, { hint: read.hint, at }));
      continue;
    }
    const parent = owners.get(read.repository);
    const moves = read.tag === undefined || (parent !== undefined && movingTags(parent).has(read.tag));
    if (parent === undefined || read.digest !== undefined || !moves) {
      bases.push({ reference: read, via, at });
      continue;
    }
    const edge = { parent, contextName: contextName(text, read), via, at };
    const key = `${parent} ${edge.contextName}`;
    if (!parents.has(key)) parents.set(key, edge);
  }
  return { parents: [...parents.values()], bases, problems };
}

function parse(text: string): Reference | UserError {
  try {
    return reference(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/**
 * What BuildKit looks a named context up by (frontend/dockerui, `NamedContext`): the familiar name, `:latest` left out. It
 * keeps the case of a host as written.
 */
function contextName(text: string, { repository, tag }: Reference): string {
  const familiar = familiarRepository(repository);
  const written = tag === undefined ? text : text.slice(0, -tag.length - 1);
  const name = written.toLowerCase() === familiar ? written : familiar;
  return tag === undefined || tag === "latest" ? name : `${name}:${tag}`;
}
