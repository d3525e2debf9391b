/**
 * Hands the findings of images to GitHub's code scanning and waits until they are alerts. Whatever goes wrong is returned as
 * data: nothing here ends a run.
 */
import { pathToFileURL } from "node:url";
import { UserError } from "../../errors.ts";
import type { ForgeError } from "../../forge/forge-error.ts";
import type { CodeScanning } from "../../forge/github/code-scanning.ts";
import { limit } from "../../lib/limit.ts";
import { plainLine, shortened } from "../../lib/plain-text.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { Clock } from "../../ports.ts";
import type { ImageSarif } from "../sarif/sarif.ts";
import { type Dropped, gzipped, halved, inFiles } from "../sarif/sarif-limits.ts";
import { runOf, type SarifLog, toolName } from "../sarif/sarif-log.ts";
import { refusalError } from "./code-scanning-refusal.ts";
import { deletedImages, openCategories, outlivedPlatforms } from "./open-categories.ts";
import type { UploadTarget } from "./upload-target.ts";

export interface UploadRequest {
  readonly images: readonly ImageSarif[];
  readonly target: Extract<UploadTarget, { readonly kind: "target" }>;
  /** Names of all images that the repository has; `undefined` where that is not known: then none counts as deleted. */
  readonly catalog: readonly string[] | undefined;
  readonly context: RunContext;
  /** Where the files of `images` are, as a person would look for it. */
  readonly folder: string;
}

export interface UploadOutside {
  readonly codeScanning: CodeScanning;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly dropped: readonly Dropped[] }
  /** Taken, and not yet alerts after some minutes of waiting. */
  | { readonly kind: "pending"; readonly dropped: readonly Dropped[] }
  /** A warning: the run's rights or GitHub are in the way. */
  | { readonly kind: "refused"; readonly error: UserError }
  /** GitHub took it and could make nothing of it. */
  | { readonly kind: "failed"; readonly error: UserError };

export interface UploadReport {
  readonly images: readonly { readonly image: string; readonly outcome: UploadOutcome }[];
  /** Categories whose alerts close as their image was deleted, in order. */
  readonly closed: readonly string[];
  /** Each once, however many images it is about. */
  readonly warnings: readonly UserError[];
  readonly errors: readonly UserError[];
}

/** Uploads run side by side, as each waits mostly. */
const atOnce = 4;

/** When a processing is looked at, in milliseconds after the upload. */
const looks = [5_000, 15_000, 35_000, 75_000, 155_000];

/** Never rejects for what is GitHub's or the network's fault. @throws the signal's reason when aborted. */
export async function uploadScans(request: UploadRequest, outside: UploadOutside): Promise<UploadReport> {
  const { images, target, catalog } = request;
  const open = await openCategories(outside.codeScanning, target.ref);
  const deleted = catalog === undefined ? [] : deletedImages(open, catalog);
  const limited = limit(atOnce);
  const upload = uploader(request, outside);
  const [outcomes, closings] = await Promise.all([
    Promise.all(
      images.map(async (sarif) => {
        const outlived = outlivedPlatforms(sarif, open).map((category) => runOf(category));
        const files = inFiles([...sarif.upload.runs, ...outlived]);
        const each = await Promise.all(files.map((log) => limited(() => upload(log, sarif.image))));
        return { image: sarif.image, outcome: together(each, sarif.dropped) };
      }),
    ),
    Promise.all(
      inFiles(deleted.map((category) => runOf(category))).map((log) =>
        limited(() => upload(log, "images that were deleted")),
      ),
    ),
  ]);
  const all = [...outcomes.map(({ outcome }) => outcome), ...closings];
  const isClosed = closings.every(({ kind }) => kind === "uploaded" || kind === "pending");
  return {
    images: outcomes,
    closed: isClosed ? deleted : [],
    warnings: unique(all.flatMap((each) => (each.kind === "refused" ? [each.error] : []))),
    errors: unique(all.flatMap((each) => (each.kind === "failed" ? [each.error] : []))),
  };
}

/** One file at a time; once the run is refused as such, no more is tried. */
function uploader({ target, context, folder }: UploadRequest, outside: UploadOutside) {
  const { codeScanning } = outside;
  const root = pathToFileURL(context.workspace).href;
  let refused: UserError | undefined;
  const send = (log: SarifLog) => {
    const sarif = gzipped(log);
    const { ref, commit } = target;
    const analysis = { ref, commit, sarif, checkoutUri: `${root}/`, startedAt: context.startedAt, tool: toolName };
    return codeScanning.upload(analysis);
  };
  return async (log: SarifLog, what: string): Promise<UploadOutcome> => {
    if (refused !== undefined) return { kind: "refused", error: refused };
    let dropped: readonly Dropped[] = [];
    let answer = await send(log);
    if (answer.kind === "refusal" && answer.error.answer?.status === 413) {
      const half = halved(log);
      dropped = half.dropped;
      answer = await send(half.log);
    }
    if (answer.kind === "answer") {
      const end = await processed(answer.value, what, folder, outside);
      return end.kind === "failed" ? end : { ...end, dropped };
    }
    const error = refusalError(answer.error, context, folder);
    if (concernsAll(answer.error)) refused = error;
    return { kind: "refused", error };
  };
}

function concernsAll({ answer }: ForgeError): boolean {
  return answer !== undefined && [401, 403, 404, 429].includes(answer.status);
}

/** What became of an upload. Without an answer it counts as pending, as GitHub accepted it. */
async function processed(id: string, what: string, folder: string, outside: UploadOutside) {
  let waited = 0;
  for (const look of looks) {
    await outside.clock.sleep(look - waited, outside.signal);
    waited = look;
    const answer = await outside.codeScanning.status(id);
    if (answer.kind === "refusal" || answer.value.status === "pending") continue;
    if (answer.value.status === "complete") return { kind: "uploaded" } as const;
    const reasons = answer.value.errors.map((text) => shortened(plainLine(text).trim(), 500)).slice(0, 5);
    const error = new UserError(
      `code scanning can't process the findings of ${what}: ${reasons.join("; ") || "no reason given"}`,
      {
        hint: `run again; if it stays so, report it with the file from ${folder}`,
      },
    );
    return { kind: "failed", error } as const;
  }
  return { kind: "pending" } as const;
}

/** The worst of an image's files. */
function together(outcomes: readonly UploadOutcome[], before: readonly Dropped[]): UploadOutcome {
  const bad = outcomes.find(({ kind }) => kind === "failed") ?? outcomes.find(({ kind }) => kind === "refused");
  if (bad !== undefined) return bad;
  const dropped = outcomes.flatMap((each) => ("dropped" in each ? each.dropped : []));
  return {
    kind: outcomes.some(({ kind }) => kind === "pending") ? "pending" : "uploaded",
    dropped: [...before, ...dropped],
  };
}

function unique(errors: readonly UserError[]): readonly UserError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}
