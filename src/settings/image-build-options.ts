/** The build options of one place, the inputs' or one in the config file, and those that hold of several places. */
import type { UserError } from "../errors.ts";
import type { SourcedLine } from "../lib/text/sourced-line.ts";
import {
  type BuildOptions,
  parseAddHosts,
  parseAllow,
  parseCgroupParent,
  parseShmSize,
  parseStageNames,
  parseUlimit,
} from "../model/buildflags/build-options.ts";
import { parseLines } from "../tags/text/lines.ts";

/** As they are written; a list that is written and empty overrides that of another place. */
export interface WrittenOptions {
  readonly network: "default" | "none" | "host" | undefined;
  readonly allow: readonly SourcedLine[] | undefined;
  readonly addHosts: readonly SourcedLine[] | undefined;
  readonly shmSize: SourcedLine | undefined;
  readonly ulimit: readonly SourcedLine[] | undefined;
  readonly cgroupParent: SourcedLine | undefined;
  readonly noCacheFilters: readonly SourcedLine[] | undefined;
}

/** What one place sets: what is set to BuildKit's own is there, too. */
export type SetOptions = Omit<BuildOptions, "network"> & { readonly network?: "default" | "none" | "host" };

export function readBuildOptions(written: WrittenOptions): {
  readonly options: SetOptions;
  readonly problems: readonly UserError[];
} {
  const { network } = written;
  const single = (line: SourcedLine | undefined) => (line === undefined ? [] : [line]);
  const allow = parseLines(written.allow ?? [], ({ text }) => parseAllow(text));
  const addHosts = parseLines(written.addHosts ?? [], ({ text }) => parseAddHosts(text));
  const [shmSize, cgroupParent] = [
    parseLines(single(written.shmSize), ({ text }) => parseShmSize(text)),
    parseLines(single(written.cgroupParent), ({ text }) => parseCgroupParent(text)),
  ];
  const ulimits = parseLines(written.ulimit ?? [], ({ text }) => parseUlimit(text));
  const noCacheFilters = parseLines(written.noCacheFilters ?? [], ({ text }) => parseStageNames(text));
  // Of two of one name the later one counts, as for docker.
  const byName = new Map(ulimits.values.map(({ name, text }) => [name, text]));
  return {
    options: withoutUnset({
      network,
      allow: written.allow && [...new Set(allow.values.flat())].sort(),
      addHosts: written.addHosts && [...new Set(addHosts.values.flat())],
      shmSize: shmSize.values[0],
      ulimits: written.ulimit && [...byName.values()].sort(),
      cgroupParent: cgroupParent.values[0],
      noCacheFilters: written.noCacheFilters && [...new Set(noCacheFilters.values.flat())],
    }),
    problems: [allow, addHosts, shmSize, ulimits, cgroupParent, noCacheFilters].flatMap(({ problems }) => problems),
  };
}

/** What holds: each option of the first place that sets it. */
export function joinOptions(places: readonly SetOptions[]): BuildOptions {
  const joined: SetOptions = Object.assign({}, ...places.toReversed());
  const { network, shmSize, allow, addHosts, ulimits, noCacheFilters, cgroupParent } = joined;
  return withoutUnset({
    network: network === "default" ? undefined : network,
    allow: nonEmpty(allow),
    addHosts: nonEmpty(addHosts),
    shmSize: shmSize === 0 ? undefined : shmSize,
    ulimits: nonEmpty(ulimits),
    cgroupParent,
    noCacheFilters: nonEmpty(noCacheFilters),
  });
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

type WithoutUnset<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUnset<T extends object>(all: T): WithoutUnset<T> {
  // Each value stays under its own key.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as WithoutUnset<T>;
}
