import { createHash } from "node:crypto";
import type { SourceLocation } from "../../errors.ts";
import { shortened } from "../../lib/plain-text.ts";
import type { Finding } from "../finding.ts";
import { ignorePath } from "../ignore-path.ts";
import type { Alert, AlertGroup } from "./alerts.ts";
import { oneLine } from "./one-line.ts";
import { repositoryRoot, type SarifPlace, type SarifResult } from "./sarif-log.ts";
import { levels, ruleId } from "./sarif-rule.ts";

/** A finding as an alert on the line that brings it. @param at the line of the image's base. */
export function resultOf(
  found: Alert,
  ruleIndex: number,
  image: string,
  at: SourceLocation,
  { platforms }: AlertGroup,
): SarifResult {
  const { finding } = found.judged;
  return {
    ruleId: ruleId(finding),
    ruleIndex,
    level: levels[finding.severity],
    message: { text: withoutLinks(messageOf(found, image, platforms)) },
    locations: [placeOf(finding, image, found.judged.at ?? at)],
    partialFingerprints: { primaryLocationLineHash: fingerprint(image, found.key) },
    ...(finding.ignored === undefined
      ? {}
      : { suppressions: [{ kind: "external", justification: justification(finding.ignored) }] }),
    properties: { severity: finding.severity },
  };
}

/** What makes an alert the same one: not the line, the commit, the tag, the platform or a version. */
function fingerprint(image: string, key: string): string {
  return createHash("sha256")
    .update(JSON.stringify([image, key]))
    .digest("hex");
}

function messageOf({ judged, installed }: Alert, image: string, platforms: readonly string[]): string {
  const { finding } = judged;
  const on = `${oneLine(image)} (${platforms.join(", ")})`;
  const title = shortened(oneLine(finding.title, finding.id), 200);
  if (finding.kind === "secret") {
    const line = finding.line === undefined ? "" : `, line ${finding.line}`;
    return `A secret (${title}) is in ${inImage(finding)}${line} of ${on}. To do: ${remedyOf(judged.remedy.text)}`;
  }
  const versions = installed
    .slice(0, 5)
    .map((each) => oneLine(each))
    .join(", ");
  const fix =
    finding.fixed === undefined ? "There is no fix yet." : `Fixed in ${shortened(oneLine(finding.fixed), 200)}.`;
  const subject = `${oneLine(finding.package)} ${versions}`;
  return `${subject} in ${on} has ${ruleId(finding)}: ${title}. ${fix} To do: ${remedyOf(judged.remedy.text)}`;
}

function remedyOf(text: string): string {
  return shortened(oneLine(text, "look at the report"), 500);
}

/** Square brackets make links in a message (SARIF 2.1.0, 3.11.6), unless a backslash stands before them. */
function withoutLinks(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&");
}

/** No length of the line is known: the place is its start. */
function placeOf(finding: Finding, image: string, at: SourceLocation): SarifPlace {
  const [line, column] = [at.line ?? 1, at.line === undefined ? 1 : (at.column ?? 1)];
  const inside = inImage(finding);
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(at.file), uriBaseId: repositoryRoot },
      region: { startLine: line, startColumn: column, endLine: line, endColumn: column },
    },
    logicalLocations: [
      { fullyQualifiedName: `${oneLine(image)}: ${inside}`, kind: finding.kind === "secret" ? "file" : "package" },
    ],
    message: { text: withoutLinks(`what brings ${inside} into ${oneLine(image)}`) },
  };
}

function inImage(finding: Finding): string {
  if (finding.kind === "secret") return oneLine(ignorePath(finding));
  const path = ignorePath(finding);
  return path === undefined ? oneLine(finding.package) : `${oneLine(finding.package)} (${oneLine(path)})`;
}

function justification({ source, statement }: NonNullable<Finding["ignored"]>): string {
  return statement === undefined ? oneLine(source) : `${oneLine(source)}: ${shortened(oneLine(statement), 1000)}`;
}

/** A path as a reference (RFC 3986, 4.2), of which no part is taken for a scheme. */
function relativeUri(path: string): string {
  return path
    .toWellFormed()
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map(encodeURIComponent)
    .join("/");
}
