/** Trivy's report (JSON, SchemaVersion 2) as findings, and as what is kept of it. */
import { UserError } from "../../errors.ts";
import { type Platform, partsOf } from "../../model/platform.ts";
import { type Severity, severities } from "../../model/severity.ts";
import { type Finding, type Ignored, imageConfiguration, placedKey } from "../finding.ts";
import type { PlatformScan, ScannedLayer } from "../scanner.ts";
import { type Fields, fields, line, notUnderstood, wholeList } from "./fields.ts";
import { keptConfig, layerSteps } from "./history.ts";
import { keptResult, suppressed, withoutTokens } from "./kept-result.ts";

export type ReadReport = Pick<PlatformScan, "os" | "unwatched" | "findings" | "layers"> & {
  /** The report without secrets, and without what may hold one that nobody knows. */
  readonly kept: Fields;
};

/** @param sourceOf how an ignore file or VEX document is called. @throws UserError when it is none, not understood, or of another platform */
export function readReport(bytes: Uint8Array, platform: Platform, sourceOf: (path: string) => string): ReadReport {
  const document = parse(bytes);
  refuseOtherSchema(document);
  const metadata = fields(document.Metadata);
  const config = fields(metadata.ImageConfig);
  refuseOther(config, platform);
  const results = wholeList(document.Results, "results");
  const artifact = line(document.ArtifactName);
  const holdsSecret = results.some((result) => isOfConfig(result, artifact) && secretsOf(result).length > 0);
  return {
    ...systemOf(metadata.OS, results),
    layers: layersOf(config, holdsSecret),
    findings: withoutRepeats(results.flatMap((result) => findingsOf(result, artifact, sourceOf))),
    kept: {
      ...document,
      Metadata: { ...metadata, ImageConfig: keptConfig(config, holdsSecret) },
      Results: results.map((result) => keptResult(result, !isOfConfig(result, artifact))),
    },
  };
}

function parse(bytes: Uint8Array): Fields {
  try {
    return fields(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new UserError("Trivy's report can't be read", {
      hint: "run again, with another version of Trivy if it stays",
      cause,
    });
  }
}

/** In one that we don't know, findings may stand elsewhere: it would look like none. */
function refuseOtherSchema({ SchemaVersion: version }: Fields): void {
  if (version === 2) return;
  throw new UserError(`Trivy's report is of schema ${line(`${version}`, 20)}, and only schema 2 is understood`, {
    hint: "take another version of Trivy from PATH, so that the pinned one is used",
  });
}

/** A scan of the wrong platform looks like any other. */
function refuseOther(config: Fields, platform: Platform): void {
  const { os, architecture } = partsOf(platform);
  if (config.architecture === architecture && config.os === os) return;
  const seen = line(`${config.os ?? "?"}/${config.architecture ?? "?"}`, 50);
  throw new UserError(`Trivy looked at ${seen} where ${platform} was to be scanned`, {
    hint: "look whether the image's configuration names its own platform (`docker buildx imagetools inspect`)",
  });
}

/**
 * Trivy (0.76) has an entry for the system's packages, also where nothing is found or installed, of each system that it has
 * findings for; none for Fedora, say, and for packages of a system that it can't make out, which it calls `none`.
 */
function systemOf(system: unknown, results: readonly Fields[]): Pick<PlatformScan, "os" | "unwatched"> {
  if (system === undefined || system === null) return { os: undefined };
  const { Family: family, Name: name, EOSL: isEnded } = fields(system);
  const os =
    family === "none" ? undefined : line([family, name].filter((part) => typeof part === "string").join(" "), 100);
  if (isEnded === true) return { os, unwatched: "ended" };
  return results.some((result) => result.Class === "os-pkgs") ? { os } : { os, unwatched: "unknown" };
}

function layersOf(config: Fields, holdsSecret: boolean): readonly ScannedLayer[] {
  const { diff_ids: ids } = fields(config.rootfs);
  const diffIds = Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
  const steps = holdsSecret ? undefined : layerSteps(config, diffIds.length);
  return diffIds.map((diffId, at) => ({ diffId, createdBy: steps?.[at] }));
}

/** Secrets in an image's configuration are reported under the image's own name. */
function isOfConfig(result: Fields, artifact: string | undefined): boolean {
  return result.Class === "secret" && line(result.Target) === artifact;
}

const secretsOf = (result: Fields): readonly Fields[] => [
  ...wholeList(result.Secrets, "secrets"),
  ...suppressed(result).filter(({ Type: type }) => type === "secret"),
];

function findingsOf(
  result: Fields,
  artifact: string | undefined,
  sourceOf: (path: string) => string,
): readonly Finding[] {
  const path = isOfConfig(result, artifact) ? undefined : line(result.Target);
  const found = [
    ...wholeList(result.Vulnerabilities, "vulnerabilities").map((raw) => vulnerability(raw, result, undefined)),
    ...wholeList(result.Secrets, "secrets").map((raw) => secret(raw, path, undefined)),
  ];
  const taken = suppressed(result).flatMap((each) => {
    const ignored = { source: sourceOf(line(each.Source) ?? ""), statement: line(each.Statement) };
    const raw = fields(each.Finding);
    if (each.Type === "secret") return [secret(raw, path, ignored)];
    return each.Type === "vulnerability" ? [vulnerability(raw, result, ignored)] : [];
  });
  return [...found, ...taken];
}

function vulnerability(raw: Fields, result: Fields, ignored: Ignored | undefined): Finding {
  const [id, name] = [line(raw.VulnerabilityID, 100), line(raw.PkgName, 200)];
  if (id === undefined || name === undefined) throw notUnderstood("a vulnerability has no name, or is of no package");
  const isOs = result.Class === "os-pkgs";
  return {
    kind: "vulnerability",
    id,
    severity: severityOf(raw.Severity),
    title: line(raw.Title, 200) ?? line(raw.Description, 200) ?? id,
    layer: line(fields(raw.Layer).DiffID, 100),
    ignored,
    package: name,
    installed: line(raw.InstalledVersion, 100) ?? "?",
    fixed: line(raw.FixedVersion, 200),
    of: isOs ? "os" : "language",
    path: isOs ? undefined : relative(line(raw.PkgPath) ?? line(result.Target)),
    url: [raw.PrimaryURL, ...(Array.isArray(raw.References) ? raw.References : [])].map(webPage).find(Boolean),
  };
}

function secret(raw: Fields, path: string | undefined, ignored: Ignored | undefined): Finding {
  const id = line(raw.RuleID, 100);
  if (id === undefined) throw notUnderstood("a secret names no rule that found it");
  const { StartLine: start } = raw;
  const isOfFile = path !== undefined;
  const setting = isOfFile ? undefined : settingOf(raw.Match);
  return {
    kind: "secret",
    id,
    severity: severityOf(raw.Severity),
    title: line(raw.Title, 200) ?? id,
    layer: line(fields(raw.Layer).DiffID, 100),
    ignored,
    path: relative(path && withoutTokens(path)) ?? imageConfiguration,
    line: isOfFile && typeof start === "number" && Number.isInteger(start) && start > 0 ? start : undefined,
    ...(setting === undefined ? {} : { setting }),
  };
}

/** `NAME=****` of a variable, or of the step in the history that sets it; `"name": "****"` of a label. */
function settingOf(match: unknown): string | undefined {
  if (typeof match !== "string") return undefined;
  const text = match.slice(0, 4000);
  return (/([\w.-]+)=\\?["']?\*{3}/.exec(text) ?? /"([^"]+)":\s*"\*{3}/.exec(text))?.[1];
}

function severityOf(value: unknown): Severity {
  const known = severities.find((severity) => severity === value);
  if (known === undefined) throw notUnderstood(`a finding has the severity ${line(value, 20) ?? "none"}`);
  return known;
}

function relative(path: string | undefined): string | undefined {
  return path?.replace(/^\/+/, "");
}

function webPage(value: unknown): string | undefined {
  const url = typeof value === "string" && value.length < 500 ? URL.parse(value) : null;
  return url?.protocol === "https:" ? url.href : undefined;
}

/** The same secret in a variable and in the history's line that set it; a line that matches a rule twice. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const known = new Map<string, Finding>();
  for (const finding of findings) {
    const at = finding.kind === "secret" ? (finding.line ?? finding.setting) : finding.installed;
    const key = `${placedKey(finding)}\0${at}\0${finding.ignored === undefined}`;
    if (!known.has(key)) known.set(key, finding);
  }
  return [...known.values()];
}
