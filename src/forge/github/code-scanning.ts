/** GitHub's code scanning of one repository (docs.github.com, REST API, "Code scanning"). */
import { type AskLimits, forgeRetries, limitRetries } from "../exchange.ts";
import type { RepositoryAccess } from "../forge-access.ts";
import { ForgeError } from "../forge-error.ts";
import { askGitHub, type Octokit } from "./octokit.ts";

/** Whatever GitHub refuses is an answer, too; only an abort rejects. */
export interface CodeScanning {
  /** Hands a SARIF file over to be processed. @returns the upload's id. */
  upload(analysis: CodeScanningUpload): Promise<CodeScanningAnswer<string>>;
  /** How far an upload is. Only a limit on the rate is waited for, as it is asked again anyway. */
  status(id: string): Promise<CodeScanningAnswer<CodeScanningStatus>>;
  /** A page, from 1, of at most 100 analyses of a ref by one tool, newest first. */
  analyses(ref: string, tool: string, page: number): Promise<CodeScanningAnswer<readonly CodeScanningAnalysis[]>>;
}

export type CodeScanningAnswer<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "refusal"; readonly error: ForgeError };

export interface CodeScanningUpload {
  readonly ref: string;
  readonly commit: string;
  /** Gzipped. */
  readonly sarif: Uint8Array;
  /** The checkout's root as a `file:` URI. */
  readonly checkoutUri: string;
  readonly startedAt: Date;
  readonly tool: string;
}

export interface CodeScanningStatus {
  readonly status: "pending" | "complete" | "failed";
  readonly errors: readonly string[];
}

export interface CodeScanningAnalysis {
  /** Without a slash at its end. */
  readonly category: string;
  readonly results: number;
}

export function codeScanning(access: RepositoryAccess): CodeScanning {
  const { owner, repo } = access;
  return {
    upload: ({ ref, commit, sarif, checkoutUri, startedAt, tool }) =>
      answered(access, uploads, async (octokit) => {
        const { data } = await octokit.rest.codeScanning.uploadSarif({
          ...{ owner, repo, ref },
          commit_sha: commit,
          sarif: Buffer.from(sarif).toString("base64"),
          checkout_uri: checkoutUri,
          started_at: startedAt.toISOString(),
          tool_name: tool,
        });
        if (typeof data.id !== "string") throw new ForgeError("unavailable", "the answer to an upload names no id");
        return data.id;
      }),
    status: (id) =>
      answered(access, { retries: limitRetries }, async (octokit) => {
        const { data } = await octokit.rest.codeScanning.getSarif({ owner, repo, sarif_id: id });
        return { status: data.processing_status ?? "pending", errors: data.errors ?? [] };
      }),
    analyses: (ref, tool, page) =>
      answered(access, {}, async (octokit) => {
        const query = { ref, tool_name: tool, page, per_page: 100, direction: "desc" } as const;
        const { data } = await octokit.rest.codeScanning.listRecentAnalyses({ owner, repo, ...query });
        return data.map((each) => ({ category: each.category ?? "", results: each.results_count }));
      }),
  };
}

const uploads: AskLimits = { timeout: 120_000, retries: { ...forgeRetries, longestRetryAfter: 60_000 } };

async function answered<T>(
  access: RepositoryAccess,
  limits: AskLimits,
  question: (octokit: Octokit) => Promise<T>,
): Promise<CodeScanningAnswer<T>> {
  try {
    return { kind: "answer", value: await askGitHub(access, question, limits) };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return { kind: "refusal", error };
  }
}
