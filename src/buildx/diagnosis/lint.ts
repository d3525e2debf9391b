/** BuildKit's lint of Dockerfiles, as annotations: each finding once, and no more of them than a page shows. */
import type { Log } from "../../ports.ts";
import type { VertexWarning } from "../invocation/rawjson.ts";
import { shortLine } from "../invocation/short-line.ts";

/** Shared by the builds of a run: images of one Dockerfile have its findings in common. */
export interface LintReport {
  /** @param dockerfile its path in the repository. */
  report(dockerfile: string, warnings: readonly VertexWarning[]): void;
  /** A line for each finding that got no annotation. */
  left(): readonly string[];
}

/** GitHub shows ten warnings of a step, of which other things may need some. */
const mostAnnotations = 8;

export function lintReport(log: Pick<Log, "warning">): LintReport {
  const reported = new Set<string>();
  const left: string[] = [];
  return {
    report(dockerfile, warnings) {
      for (const { message, detail, url, line } of warnings) {
        const place = line === undefined ? dockerfile : `${dockerfile}:${line}`;
        const short = shortLine(message.replace(/ \(line \d+\)$/, ""));
        const key = `${place} ${short}`;
        if (reported.has(key)) continue;
        reported.add(key);
        if (reported.size > mostAnnotations) {
          left.push(shortLine(`${place}: ${short}`));
          continue;
        }
        const hint = [detail, url].filter((part) => part !== undefined && part !== "").join(", see ");
        log.warning(short, shortLine(hint) || "fix the line", {
          title: "Dockerfile",
          at: { file: dockerfile, ...(line === undefined ? {} : { line }) },
        });
      }
    },
    left: () => left,
  };
}
