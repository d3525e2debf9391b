/**
 * GitHub's code scanning as a stateful stand-in that speaks HTTP: it keeps analyses and alerts as GitHub does, by ref, tool and
 * category, and holds each request and each answer of its own against GitHub's description.
 */
import type { IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import type { SarifLog, SarifResult, SarifRun } from "../../src/scan/sarif/sarif-log.ts";
import { githubDescription } from "../openapi.ts";
import { withServer } from "./http-server.ts";

export interface Alert {
  /** The same for the same finding on any ref. */
  readonly number: number;
  readonly rule: string;
  readonly path: string;
  readonly state: "open" | "fixed";
  /** Those that have it now. */
  readonly categories: readonly string[];
}

export interface Upload {
  readonly ref: string;
  readonly commit: string;
  readonly sarif: SarifLog;
}

export interface CodeScanningFake {
  readonly apiUrl: string;
  /** What is or was found on a ref, as the page "Security" shows it, oldest first. */
  alerts(ref: string): readonly Alert[];
  /** `POST /repos/o/r/code-scanning/sarifs`, with its query, in order. */
  readonly requests: readonly string[];
  readonly uploads: readonly Upload[];
}

export interface Fault {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Behaviour {
  /** What goes wrong with a request; `count` is how many of its kind came before. */
  readonly fault?: (request: string, count: number) => Fault | undefined;
  /** How often an upload is still pending when it is looked at. */
  readonly pending?: number;
  /** Why no upload can be processed. */
  readonly failure?: string;
}

const prefix = "/repos/{owner}/{repo}/code-scanning/";

/** Runs while `use` does. @throws what was asked or answered against GitHub's description. */
export async function withCodeScanning<T>(
  behaviour: Behaviour,
  use: (fake: CodeScanningFake) => Promise<T>,
): Promise<T> {
  const keeper = newKeeper(behaviour);
  const requests: string[] = [];
  const uploads: Upload[] = [];
  const violations: string[] = [];
  const counts = new Map<string, number>();
  const result = await withServer(
    async (request, response) => {
      const { method = "", url = "" } = request;
      const path = new URL(url, "http://here").pathname;
      const body = await bodyOf(request);
      const kind = `${method} ${path.split("/").slice(5, 6)}`;
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      requests.push(`${method} ${url}`);
      const fault = behaviour.fault?.(kind, count);
      const { status, answer } =
        fault === undefined
          ? keeper.answer(method, new URL(url, `http://${request.headers.host}`), body, uploads)
          : { status: fault.status, answer: { message: fault.message } };
      // What else is asked of GitHub in a run isn't served here.
      if (path.includes("/code-scanning/"))
        violations.push(...githubDescription().exchangeProblems({ method, url, body, status, answer }));
      response.writeHead(status, { "content-type": "application/json", ...fault?.headers });
      response.end(JSON.stringify(answer));
    },
    (host) => use({ apiUrl: `http://${host}`, alerts: keeper.alerts, requests, uploads }),
  );
  if (violations.length > 0) throw new Error(`not as GitHub describes ${prefix}:\n${violations.join("\n")}`);
  return result;
}

interface Analysis {
  readonly id: number;
  readonly ref: string;
  readonly commit: string;
  readonly tool: string;
  readonly category: string;
  readonly results: ReadonlyMap<string, SarifResult>;
  readonly rules: number;
  readonly sarifId: string;
}

interface Answer {
  readonly status: number;
  readonly answer: unknown;
}

function newKeeper({ pending = 0, failure }: Behaviour) {
  const analyses: Analysis[] = [];
  const numbers = new Map<string, number>();
  const processing = new Map<string, { looks: number; readonly errors: readonly string[] }>();

  const upload = (url: URL, body: unknown, uploads: Upload[]): Answer => {
    const { ref, commit_sha: commit, sarif } = body as Readonly<Record<"ref" | "commit_sha" | "sarif", string>>;
    const log: SarifLog = JSON.parse(gunzipSync(Buffer.from(sarif, "base64")).toString());
    uploads.push({ ref, commit, sarif: log });
    const sarifId = `00000000-0000-4000-8000-${String(processing.size).padStart(12, "0")}`;
    const errors = failure === undefined ? rejected(log) : [failure];
    processing.set(sarifId, { looks: 0, errors });
    for (const run of errors.length === 0 ? log.runs : []) {
      const results = new Map(run.results.map((result) => [identity(run, result), result]));
      for (const key of results.keys()) if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
      const { name: tool, rules } = run.tool.driver;
      const category = run.automationDetails.id.replace(/\/[^/]*$/, "");
      analyses.push({ id: analyses.length + 1, ref, commit, tool, category, results, rules: rules.length, sarifId });
    }
    return { status: 202, answer: { id: sarifId, url: `${url.href}/${sarifId}` } };
  };

  const status = (url: URL): Answer => {
    const upload = processing.get(url.pathname.split("/").at(-1) ?? "");
    if (upload === undefined) return { status: 404, answer: { message: "Not Found" } };
    upload.looks += 1;
    const analyses_url = `${url.origin}/repos/o/r/code-scanning/analyses`;
    if (upload.looks <= pending) return { status: 200, answer: { processing_status: "pending", analyses_url } };
    if (upload.errors.length === 0) return { status: 200, answer: { processing_status: "complete", analyses_url } };
    return { status: 200, answer: { processing_status: "failed", analyses_url: null, errors: upload.errors } };
  };

  const list = ({ origin, searchParams }: URL): Answer => {
    const [ref, tool] = [searchParams.get("ref"), searchParams.get("tool_name")];
    const [page, size] = [Number(searchParams.get("page") ?? 1), Number(searchParams.get("per_page") ?? 30)];
    const found = analyses.filter((each) => (!ref || each.ref === ref) && (!tool || each.tool === tool)).reverse();
    if (analyses.length === 0) return { status: 404, answer: { message: "no analysis found" } };
    return { status: 200, answer: found.slice((page - 1) * size, page * size).map((each) => described(origin, each)) };
  };

  return {
    answer(method: string, url: URL, body: unknown, uploads: Upload[]): Answer {
      if (method === "POST") return upload(url, body, uploads);
      return url.pathname.endsWith("/analyses") ? list(url) : status(url);
    },
    alerts(ref: string): readonly Alert[] {
      const here = analyses.filter((each) => each.ref === ref);
      const now = new Map(here.map((each) => [`${each.tool} ${each.category}`, each]));
      const seen = new Map(here.flatMap(({ results }) => [...results]));
      return [...seen]
        .map(([key, { ruleId, locations }]): Alert => {
          const categories = [...now.values()].filter(({ results }) => results.has(key)).map((each) => each.category);
          const path = decodeURIComponent(locations[0].physicalLocation.artifactLocation.uri);
          const state = categories.length > 0 ? "open" : "fixed";
          return { number: numbers.get(key) ?? 0, rule: ruleId, path, state, categories };
        })
        .sort((a, b) => a.number - b.number);
    },
  };
}

/** What makes two results one alert, on any ref and in any category. */
function identity(run: SarifRun, { ruleId, locations, partialFingerprints }: SarifResult): string {
  const { uri } = locations[0].physicalLocation.artifactLocation;
  return JSON.stringify([run.tool.driver.name, ruleId, uri, partialFingerprints.primaryLocationLineHash]);
}

/** Limits of docs.github.com, "SARIF support for code scanning", and that a category is not twice in a file. */
function rejected({ runs }: SarifLog): readonly string[] {
  const categories = runs.map((run) => `${run.tool.driver.name} ${run.automationDetails.id}`);
  const over = (what: string, count: number, most: number) =>
    count > most ? [`rejecting SARIF, as there are more ${what} per run than allowed (${count} > ${most})`] : [];
  return [
    ...over("runs", runs.length, 20),
    ...runs.flatMap((run) => over("results", run.results.length, 25_000)),
    ...runs.flatMap((run) => run.tool.driver.rules.flatMap((rule) => over("tags", rule.properties.tags.length, 20))),
    ...(new Set(categories).size < runs.length
      ? ["rejecting SARIF, as there are multiple runs with the same category"]
      : []),
  ];
}

function described(origin: string, each: Analysis): object {
  return {
    id: each.id,
    ref: each.ref,
    commit_sha: each.commit,
    analysis_key: "(default)",
    environment: "{}",
    category: each.category,
    error: "",
    warning: "",
    created_at: "2026-01-01T00:00:00Z",
    results_count: each.results.size,
    rules_count: each.rules,
    url: `${origin}/repos/o/r/code-scanning/analyses/${each.id}`,
    sarif_id: each.sarifId,
    tool: { name: each.tool, guid: null, version: null },
    deletable: true,
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
}
