/** The rules where a user gives none, in the language itself. */
import type { SourcedLine } from "../sourced-line.ts";

/** A full version, its line and major (not for 0.x), the branch, git tag or pull request, the commit, and `latest`. */
export const defaultRuleLines: readonly SourcedLine[] = [
  "type=semver,pattern={{version}}",
  "type=semver,pattern={{major}}.{{minor}}",
  "type=match,pattern=^v?([1-9]\\d*)\\.\\d+\\.\\d+(?:\\+.*)?$,group=1,priority=890",
  "type=ref,event=branch",
  "type=raw,value={{tag}},prefix=,suffix=,priority=600",
  "type=ref,event=pr",
  "type=sha,format=long,prefix=",
  "type=raw,value=latest,priority=1,enable={{is_default_branch}}",
].map((text, index) => ({ text, input: "tags", line: index + 1 }));
