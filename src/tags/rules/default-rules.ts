/** The rules where a user gives none, in the language itself. */
import type { SourcedLine } from "../../lib/text/sourced-line.ts";
import type { Rule } from "./rule.ts";

const latestLine = "type=raw,value=latest,priority=1,enable={{is_default_branch}}";

/**
 * A full version, its line and major (not for 0.x), the branch, git tag or pull request, the commit, and `latest`.
 * The prefixes and suffixes here are added to the flavor's, so that jobs of different flavors share no tag.
 */
export const defaultRuleLines: readonly SourcedLine[] = [
  "type=semver,pattern={{version}}",
  "type=semver,pattern={{major}}.{{minor}}",
  "type=match,pattern=^v?([1-9]\\d*)\\.\\d+\\.\\d+(?:\\+.*)?$,group=1,priority=890",
  "type=ref,event=branch",
  "type=raw,value={{tag}},prefix=,suffix=,priority=600",
  "type=ref,event=pr",
  "type=sha,format=long,prefix=",
  latestLine,
].map((text, index) => ({ text, input: "tags", line: index + 1 }));

/** Whether it is the default rule for `latest`, which the flavor writes and forbids as it does that of a release. */
export function isDefaultLatest({ line, text }: Rule): boolean {
  return line === undefined && text === latestLine;
}
