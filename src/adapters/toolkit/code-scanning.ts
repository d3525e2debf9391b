import type { CodeScanning, CodeScanningAccess, CodeScanningAnswer } from "../../ports.ts";

/** Code scanning through GitHub's client, which is loaded when something is asked. */
export function codeScanningApi({ apiUrl, token, owner, repo }: CodeScanningAccess): CodeScanning {
  const ask = async <T>(timeout: number, question: (client: Client, request: Request) => Promise<T>) => {
    const { getOctokit } = await import("@actions/github");
    const request = { owner, repo, request: { signal: AbortSignal.timeout(timeout) } };
    return answered(() => question(getOctokit(token, { baseUrl: apiUrl }), request));
  };
  return {
    upload: ({ ref, commit, sarif, checkoutUri, startedAt, tool }) =>
      ask(uploadTimeout, async (client, request) => {
        const { data } = await client.rest.codeScanning.uploadSarif({
          ...request,
          ref,
          commit_sha: commit,
          sarif: Buffer.from(sarif).toString("base64"),
          checkout_uri: checkoutUri,
          started_at: startedAt.toISOString(),
          tool_name: tool,
        });
        if (typeof data.id !== "string") throw new Error("the answer to an upload names no id");
        return data.id;
      }),
    status: (id) =>
      ask(timeout, async (client, request) => {
        const { data } = await client.rest.codeScanning.getSarif({ ...request, sarif_id: id });
        return { status: data.processing_status ?? "pending", errors: data.errors ?? [] };
      }),
    analyses: (ref, tool, page) =>
      ask(timeout, async (client, request) => {
        const query = { ref, tool_name: tool, page, per_page: 100, direction: "desc" } as const;
        const { data } = await client.rest.codeScanning.listRecentAnalyses({ ...request, ...query });
        return data.map((each) => ({ category: each.category ?? "", results: each.results_count }));
      }),
  };
}

type Client = ReturnType<typeof import("@actions/github")["getOctokit"]>;
type Request = Readonly<Record<"owner" | "repo", string>> & { readonly request: { readonly signal: AbortSignal } };

const timeout = 30_000;
const uploadTimeout = 120_000;

async function answered<T>(question: () => Promise<T>): Promise<CodeScanningAnswer<T>> {
  try {
    return { kind: "answer", value: await question() };
  } catch (error) {
    const { status, headers } = responseOf(error);
    return {
      kind: "refusal",
      status,
      message: error instanceof Error ? error.message : String(error),
      retryAfter: retryAfter(status, headers),
    };
  }
}

/** Octokit makes a 500 of what was no answer at all, which then lacks the response. */
function responseOf(error: unknown): { readonly status?: number; readonly headers: Readonly<Record<string, unknown>> } {
  if (typeof error !== "object" || error === null || !("response" in error)) return { headers: {} };
  const { response } = error;
  if (typeof response !== "object" || response === null || !("status" in response)) return { headers: {} };
  const headers = "headers" in response && typeof response.headers === "object" ? { ...response.headers } : {};
  return { status: Number(response.status), headers };
}

/** docs.github.com, "Rate limits for the REST API": of both kinds, and both may come as a 403. */
function retryAfter(status: number | undefined, headers: Readonly<Record<string, unknown>>): number | undefined {
  if (status !== 429 && status !== 403 && status !== 503) return undefined;
  const asked = Number(headers["retry-after"] ?? Number.NaN);
  if (asked >= 0) return asked * 1000;
  if (String(headers["x-ratelimit-remaining"]) !== "0") return undefined;
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000 - Date.now();
  return Number.isNaN(reset) ? undefined : Math.max(0, reset);
}
