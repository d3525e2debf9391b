/**
 * The instructions of a Dockerfile, each with the parts that show where its image comes from and what its inputs are.
 */
import type { Heredoc } from "./heredocs.ts";
import type { RunMount } from "./mounts.ts";

interface Placed {
  /** Where it begins, 1-based. */
  readonly line: number;
  /** What this reader doesn't know: flags, keys of mounts. Empty nearly always. */
  readonly unknown: readonly string[];
}

/** `ARG NAME[=default]`; the default as written, quotes and variables and all. */
export interface Argument {
  readonly name: string;
  readonly value: string | undefined;
}

/** `ENV NAME=value`; both as written. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface FromInstruction extends Placed {
  readonly kind: "from";
  /** As written, variables unexpanded. */
  readonly base: string;
  /** Lower case, as BuildKit keeps it. */
  readonly name: string | undefined;
  readonly platform: string | undefined;
}

export interface ArgInstruction extends Placed {
  readonly kind: "arg";
  readonly arguments: readonly Argument[];
}

export interface EnvInstruction extends Placed {
  readonly kind: "env";
  readonly variables: readonly Variable[];
}

export interface CopyInstruction extends Placed {
  readonly kind: "copy";
  readonly keyword: "COPY" | "ADD";
  /** A stage's name or number, or an image; ADD has none. */
  readonly from: string | undefined;
  /** `--parents`: paths below the sources are kept. */
  readonly keepsParents: boolean;
  readonly excludes: readonly string[];
  /** As written, variables unexpanded, without those that are heredocs. */
  readonly sources: readonly string[];
  readonly destination: string;
  readonly heredocs: readonly Heredoc[];
}

export interface RunInstruction extends Placed {
  readonly kind: "run";
  readonly mounts: readonly RunMount[];
  readonly heredocs: readonly Heredoc[];
}

/** Carried out by the images that build on this one. */
export interface OnbuildInstruction extends Placed {
  readonly kind: "onbuild";
  /** `undefined` where it isn't understood. */
  readonly trigger: Instruction | undefined;
}

/** Any other instruction of Docker's reference; it brings nothing in. */
export interface OtherInstruction extends Placed {
  readonly kind: "other";
  readonly keyword: string;
  readonly text: string;
}

/** An instruction that Docker's reference doesn't have. */
export interface UnknownInstruction extends Placed {
  readonly kind: "unknown";
  readonly keyword: string;
}

/** The instructions after a FROM. */
export type Instruction =
  | ArgInstruction
  | EnvInstruction
  | CopyInstruction
  | RunInstruction
  | OnbuildInstruction
  | OtherInstruction
  | UnknownInstruction;
