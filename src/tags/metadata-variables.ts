/** The environment variables of docker/metadata-action: those that change tags, labels or annotations, and the rest. */
import { UserError } from "../errors.ts";
import type { TagWarning } from "../model/image-tags.ts";
import { readLevels } from "./annotation-levels.ts";

export interface MetadataVariables {
  /** Digits of a short commit. */
  readonly shortCommitLength?: number | undefined;
  /** Where the OCI set is, and annotations that name no level. */
  readonly annotationLevels?: readonly string[] | undefined;
  /** Whether labels and annotations of a pull request name its head instead of its merge commit, as tags always do. */
  readonly isRevisionOfHead?: boolean | undefined;
}

const start = "DOCKER_METADATA_";
const output = `${start}OUTPUT_`;
const shortLength = `${start}SHORT_SHA_LENGTH`;
const levels = `${start}ANNOTATIONS_LEVELS`;
const headCommit = `${start}PR_HEAD_SHA`;
const supported = [shortLength, levels, headCommit];

/** Reads the step's environment. A variable that is set and has no effect here is a warning; an empty one isn't set. */
export function readMetadataVariables(env: Readonly<Record<string, string | undefined>>): {
  readonly variables: MetadataVariables;
  readonly warnings: readonly TagWarning[];
  readonly problems: readonly UserError[];
} {
  const problems: UserError[] = [];
  const read = <T>(name: string, reader: (text: string, name: string) => T): T | undefined => {
    const text = env[name]?.trim() ?? "";
    try {
      return text === "" ? undefined : reader(text, name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const isHead = read(headCommit, readBoolean);
  return {
    variables: {
      shortCommitLength: read(shortLength, readLength),
      annotationLevels: read(levels, readLevelList),
      isRevisionOfHead: isHead,
    },
    warnings: [...(isHead === false ? [alwaysHead] : []), ...unsupported(env)],
    problems,
  };
}

const alwaysHead: TagWarning = {
  message: `${headCommit}=false has no effect: the tags of a pull request name its head commit`,
  hint: "remove the variable, or set it to true to name the head commit in the revision label and annotation too",
};

function unsupported(env: Readonly<Record<string, string | undefined>>): readonly TagWarning[] {
  const given = Object.keys(env).filter((name) => name.startsWith(start) && env[name]?.trim() && isPrintable(name));
  const outputs = given.filter((name) => name.startsWith(output)).sort();
  const others = given.filter((name) => !name.startsWith(output) && !supported.includes(name)).sort();
  const ignored = others.map((name) => ({
    message: `the environment variable ${name} is not supported and has no effect`,
    hint: `remove it; ${supported.join(", ")} are supported, and the outputs \`tags\`, \`labels\` and \`json\` hold what is published`,
  }));
  if (outputs.length === 0) return ignored;
  const message = `the outputs of a docker/metadata-action step are not used: ${outputs.join(", ")}`;
  return [
    ...ignored,
    { message, hint: "move that step's `tags`, `flavor`, `labels` and `annotations` to this action's inputs" },
  ];
}

function isPrintable(name: string): boolean {
  return /^[A-Z0-9_]{1,100}$/i.test(name);
}

/** Git abbreviates to 4 digits at least; SHA-256 has 64. */
function readLength(text: string, name: string): number {
  const length = Number(text);
  if (/^\d+$/.test(text) && length >= 4 && length <= 64) return length;
  throw invalid(name, text, "isn't a valid length of a commit", "set it to a number from 4 to 64, such as 12");
}

function readBoolean(text: string, name: string): boolean {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  throw invalid(name, text, "is neither true nor false", "set it to true or false");
}

function readLevelList(text: string, name: string): readonly string[] {
  try {
    return readLevels(text.split(",").map((each) => each.trim()));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw invalid(name, text, `can't be used: ${error.message}`, error.hint);
  }
}

function invalid(name: string, value: string, what: string, hint: string): UserError {
  return new UserError(`the environment variable ${name}="${value.slice(0, 40)}" ${what}`, { hint });
}
