/** Makes the findings of a run alerts on the repository. */

import type { UserError } from "../../../errors.ts";
import { explain } from "../../../errors.ts";
import { codeScanning } from "../../../forge/github/code-scanning.ts";
import type { Git } from "../../../git/git.ts";
import { GitFailure } from "../../../git/git-command.ts";
import { inBackticks } from "../../../lib/plain-text.ts";
import { count } from "../../../lib/quantities.ts";
import { oneRemark, type Remark } from "../../../model/remark.ts";
import type { Commit, RunContext } from "../../../model/run-context.ts";
import { severities } from "../../../model/severity.ts";
import type { CheckoutTrust } from "../../../model/trust.ts";
import type { Outside } from "../../../run/outside.ts";
import type { ImageSarif } from "../../../scan/sarif/sarif.ts";
import type { Dropped } from "../../../scan/sarif/sarif-limits.ts";
import { type UploadReport, uploadScans } from "../../../scan/upload/upload.ts";
import { type UploadTarget, uploadTarget } from "../../../scan/upload/upload-target.ts";
import type { RunInputs } from "../../../settings/run-inputs.ts";
import { everyImage } from "../../analyze/parted.ts";
import type { Survey } from "../../analyze/survey.ts";
import { knowsAllImages } from "./known-images.ts";

/** What alerts are about. */
export interface CheckedOutRun {
  readonly git: Pick<Git, "symbolicRef" | "refsAt">;
  readonly event: RunContext;
  readonly eventCommit: Commit;
  readonly isAtEvent: boolean;
  readonly trust: CheckoutTrust;
}

export interface UploadingRun extends CheckedOutRun {
  readonly context: RunContext;
  readonly inputs: Pick<RunInputs, "settings">;
  readonly outside: Outside;
}

export interface UploadedAlerts {
  readonly remarks: readonly Remark[];
  /** Code scanning accepted the findings and couldn't process them. */
  readonly errors: readonly UserError[];
  /** What was left out of each image that was uploaded. */
  readonly uploaded: ReadonlyMap<string, readonly Dropped[]>;
}

/** @param folder where the SARIF files are */
export async function uploadAlerts(
  images: readonly ImageSarif[],
  folder: string,
  surveyed: Survey,
  run: UploadingRun,
): Promise<UploadedAlerts> {
  const { context, inputs, outside } = run;
  const { token, sarif } = inputs.settings;
  const nothing: UploadedAlerts = { remarks: [], errors: [], uploaded: new Map() };
  if (sarif !== "upload" || token === undefined) return nothing;
  const target = await targetOf(run);
  if (target.kind === "none") {
    const message = `findings are not uploaded to code scanning, because ${target.because}; they are in ${folder}`;
    if (target.hint === undefined) outside.log.info(message);
    return target.hint === undefined ? nothing : { ...nothing, remarks: [{ message, hint: target.hint }] };
  }
  const { owner, repo, apiUrl } = context;
  const catalog = knowsAllImages(run, surveyed) ? everyImage(surveyed).map(({ name }) => name) : undefined;
  const report = await uploadScans(
    { images, target, catalog, context, folder },
    {
      ...outside,
      codeScanning: codeScanning({ ...outside, apiUrl, token, owner, repo }),
    },
  );
  for (const line of uploadLines(report)) outside.log.info(line);
  const remarks = report.warnings.map((error) => ({ message: explain(error), hint: error.hint }));
  const uploaded = report.images.flatMap(({ image, outcome }) =>
    "dropped" in outcome ? [[image, outcome.dropped] as const] : [],
  );
  return { remarks, errors: report.errors, uploaded: new Map(uploaded) };
}

/** Of what GitHub's limits keep out of alerts and SARIF files. */
export function leftOutRemarks(
  images: readonly { readonly image: string; readonly dropped: readonly Dropped[] }[],
): readonly Remark[] {
  const found = images.flatMap(({ image, dropped }) => {
    const all = dropped.reduce((sum, { results }) => sum + results, 0);
    const worst = severities.find((severity) => dropped.some((each) => each.worst === severity));
    if (worst === undefined) return [];
    return [{ which: `${count(all, "finding")} of \`${inBackticks(image)}\``, all, worst: worst.toLowerCase() }];
  });
  const hint = "report less with `severity`; the scanner's own reports beside the files have all of it";
  return oneRemark(found, {
    one: ({ which, all, worst }) => ({
      message: `${which} ${all === 1 ? "is" : "are"} left out for code scanning, which takes no more: the least severe, ${worst} at worst`,
      hint,
    }),
    several: (listed, { length }) => ({
      message: `findings of ${length} images are left out for code scanning, which takes no more, the least severe of each: ${listed}`,
      hint,
    }),
    item: ({ which, worst }) => `${which} (${worst} at worst)`,
  });
}

function uploadLines({ images, closed }: UploadReport): readonly string[] {
  const lines = images.flatMap(({ image, outcome }) => {
    if (outcome.kind === "pending") return [`${image}: findings are uploaded, and GitHub is still processing them`];
    return outcome.kind === "uploaded" ? [`${image}: findings are alerts now`] : [];
  });
  return closed.length === 0 ? lines : [...lines, `alerts of deleted images close: ${closed.join(", ")}`];
}

/** Which ref of the repository has the alerts of what is checked out. */
export async function targetOf(run: CheckedOutRun): Promise<UploadTarget> {
  const { git, eventCommit, isAtEvent, trust } = run;
  const { commit: head } = run.event;
  // A tag's event may name the tag's own object. Names that an untrusted checkout brings are not the repository's.
  const event = { ...run.event, commit: isAtEvent || trust.kind === "untrusted" ? head : eventCommit };
  try {
    const [branch, refs] = await Promise.all([git.symbolicRef("HEAD"), git.refsAt(head)]);
    return uploadTarget(event, { head, branch, refs });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return uploadTarget(event, { head, branch: undefined, refs: [] });
  }
}
