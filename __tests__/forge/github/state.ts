import type { GitStore, Identity } from "../git-store.ts";
import type { Branches } from "./pull-requests.ts";

/** All that the fake knows; what it refuses is a matter of `rights` and `rules`. */
export interface State {
  readonly git: GitStore;
  readonly branches: Branches;
  readonly owner: string;
  readonly repo: string;
  rights: { contents: "read" | "write"; pulls: "read" | "write" };
  rules: {
    /** Allow GitHub Actions to create and approve pull requests. */
    mayOpenPulls: boolean;
    isArchived: boolean;
    /** Branches that a ruleset keeps from being made. */
    protects: RegExp | undefined;
    allowsAutoMerge: boolean;
    /** Who can be asked for a review. */
    collaborators: readonly string[];
  };
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly errors?: readonly {
    readonly resource: string;
    readonly code: string;
    readonly field?: string;
    readonly message?: string;
  }[];
}

export const bot: Identity = {
  name: "github-actions[bot]",
  email: "41898282+github-actions[bot]@users.noreply.github.com",
};

/** Who commits what comes by the API and the pages. */
export const web: Identity = { name: "GitHub", email: "noreply@github.com" };

/** Why something may not be written; `undefined`: it may. */
export function refusalOf({ rights, rules }: State, what: "contents" | "pulls", branch?: string): Refusal | undefined {
  if (rules.isArchived) {
    return { status: 403, type: "FORBIDDEN", message: "Repository was archived so is read-only." };
  }
  if (rights[what] === "read") {
    return { status: 403, type: "FORBIDDEN", message: "Resource not accessible by integration" };
  }
  if (branch !== undefined && rules.protects?.test(branch) === true) {
    const message = "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n";
    return { status: 422, type: "UNPROCESSABLE", message };
  }
  return undefined;
}
