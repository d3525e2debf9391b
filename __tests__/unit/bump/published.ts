import type { PublishedVersion } from "../../../src/bump/moved.ts";
import { digest } from "../../../src/model/digest.ts";
import { repository, tag } from "../../../src/model/reference.ts";

export interface Given {
  readonly name?: string;
  readonly repositories?: readonly string[];
  readonly tags: readonly string[];
  readonly digest?: string;
  readonly version?: string;
  readonly isRelease?: boolean;
}

/** A published version, by default of `ghcr.io/o/r/app`. */
export function published(given: Given): PublishedVersion {
  const { name = "app", tags, isRelease = true } = given;
  return {
    name,
    repositories: (given.repositories ?? [`ghcr.io/o/r/${name}`]).map(repository),
    tags: tags.map(tag),
    digest: digest(given.digest ?? `sha256:${"a".repeat(64)}`),
    version: given.version ?? tags[0],
    isRelease,
  };
}
