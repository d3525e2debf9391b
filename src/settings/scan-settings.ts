/** What holds for the scan of one image: the rules, and the files that say which findings are none. */
import { posix } from "node:path";
import { type Image, recipeOf } from "../catalog/catalog.ts";
import type { Settings } from "../config/inputs.ts";
import { throwProblems, UserError } from "../errors.ts";
import { problemAt } from "../lib/text/sourced-line.ts";
import type { Placed } from "../model/placed.ts";
import type { RepositoryPath } from "../model/repository-path.ts";
import type { Files } from "../ports.ts";
import type { ScanRules } from "../scan/judged.ts";
import { parseFailOn, parseSeverity, type RuleLayer } from "../scan/scan-rules.ts";
import type { ScanOptions } from "../scan/scanner.ts";
import { parseLines } from "../tags/text/lines.ts";

export interface ScanSettings {
  /** The setting `scan`. */
  readonly isWanted: boolean;
  readonly rules: ScanRules;
  /** Those that the config file names; `undefined`: those that lie where they usually do. */
  readonly ignoreFiles: readonly Placed<RepositoryPath>[] | undefined;
  readonly vex: readonly Placed<RepositoryPath>[];
  /** A bill of materials of each platform is wanted beside the findings. */
  readonly cyclonedx: boolean;
}

/** The rules of the inputs, or of one place of the config file. */
export function readScanRules({
  severity,
  failOn,
  ignoreUnfixed,
  gate,
}: Pick<Settings, "severity" | "failOn" | "ignoreUnfixed" | "gate">): {
  readonly layer: RuleLayer;
  readonly problems: readonly UserError[];
} {
  const reported = parseLines(severity, ({ text }) => parseSeverity(text));
  const counting = parseLines(failOn, ({ text }) => parseFailOn(text));
  const none = failOn.find(({ text }) => text.toLowerCase() === "none");
  const contradicts = none !== undefined && counting.values.some((word) => word !== "none");
  const contradiction = new UserError('"none" is combined with other values', {
    hint: "write none alone, or leave it out",
  });
  return {
    layer: {
      severity: severity.length === 0 ? undefined : reported.values,
      failOn: failOn.length === 0 ? undefined : counting.values,
      ignoreUnfixed,
      gate,
    },
    problems: [...reported.problems, ...counting.problems, ...(contradicts ? [problemAt(none, contradiction)] : [])],
  };
}

/**
 * The files by which a scan ignores findings, as absolute paths. If none is named, the files beside the image and in
 * the root are used. @throws UserError (or `Problems`) for a named file that is missing.
 */
export async function scanOptions(
  image: Image,
  { ignoreFiles, vex }: Pick<ScanSettings, "ignoreFiles" | "vex">,
  { workspace, files }: { readonly workspace: string; readonly files: Pick<Files, "read"> },
): Promise<ScanOptions> {
  const isThere = async (path: RepositoryPath): Promise<boolean> =>
    (await files.read(posix.join(workspace, path))) !== undefined;
  const present = async (paths: readonly RepositoryPath[]): Promise<readonly RepositoryPath[]> => {
    const found = await Promise.all(paths.map(isThere));
    return paths.filter((_, index) => found[index]);
  };
  const named = [...(ignoreFiles ?? []), ...vex];
  const there = new Set(await present(named.map(({ value }) => value)));
  throwProblems(named.filter(({ value }) => !there.has(value)).map(missing));
  const ignoring = ignoreFiles?.map(({ value }) => value) ?? (await present(usualIgnoreFiles(image)));
  const absolute = (path: RepositoryPath) => posix.join(workspace, path);
  return { ignoreFiles: ignoring.map(absolute), vex: vex.map(({ value }) => absolute(value)) };
}

/** Beside the image means: in its directory, its context, and where its Dockerfile lies. */
function usualIgnoreFiles(image: Image): readonly RepositoryPath[] {
  const context = image.variant === "dockerfile" ? [image.context] : [];
  const folders = [".", ...context, posix.dirname(recipeOf(image)), image.directory];
  return [...new Set(folders)].flatMap((folder) =>
    [".trivyignore.yaml", ".trivyignore"].map((name) => posix.join(folder, name)),
  );
}

function missing({ value, at }: Placed<RepositoryPath>): UserError {
  return new UserError(`${value} is not there`, {
    hint: "correct its path, which is relative to the repository's root",
    at,
  });
}
