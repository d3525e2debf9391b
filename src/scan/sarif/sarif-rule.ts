import { code, markdown } from "../../lib/markdown.ts";
import { shortened } from "../../lib/plain-text.ts";
import { type Severity, severities } from "../../model/severity.ts";
import type { Finding } from "../finding.ts";
import { ignorePath } from "../ignore-path.ts";
import type { Alert } from "./alerts.ts";
import { oneLine } from "./one-line.ts";
import type { SarifLevel, SarifRule } from "./sarif-log.ts";

/** The rule of a vulnerability or a kind of secret, with what a run found of it, worst first and at least one. */
export function ruleOf(id: string, [first, ...others]: readonly [Alert, ...Alert[]]): SarifRule {
  const { finding } = first.judged;
  const title = oneLine(finding.title, id);
  const url = finding.kind === "vulnerability" ? helpUri(finding.url) : undefined;
  const all = [first, ...others];
  const { severity } = finding;
  const score = securitySeverity[severity];
  return {
    id,
    name: shortened(id, 255),
    shortDescription: { text: shortened(`${id}: ${title}`, 1024) },
    fullDescription: { text: shortened(title, 1024) },
    help: { text: helpText(id, title, all, url), markdown: helpMarkdown(id, title, all, url) },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      precision: "very-high",
      ...(score === undefined ? {} : { "security-severity": score }),
      tags: tagsOf(finding, severity),
    },
  };
}

/** The names of rules: a vulnerability's own, and those of secrets apart from them. */
export function ruleId(finding: Finding): string {
  const id = shortened(oneLine(finding.id, "unnamed"), 255);
  return finding.kind === "secret" ? `secret-${id}` : id;
}

/** As Trivy maps them. */
export const levels: Readonly<Record<Severity, SarifLevel>> = {
  CRITICAL: "error",
  HIGH: "error",
  MEDIUM: "warning",
  LOW: "note",
  UNKNOWN: "note",
};

/** In the middle of what GitHub shows as critical (over 9), high, medium and low; one that is unknown has none. */
const securitySeverity: Readonly<Record<Severity, string | undefined>> = {
  CRITICAL: "9.5",
  HIGH: "8.0",
  MEDIUM: "5.5",
  LOW: "2.0",
  UNKNOWN: undefined,
};

/** GitHub takes 20 and shows 10. */
function tagsOf(finding: Finding, severity: Severity): readonly string[] {
  const own = finding.kind === "secret" ? ["secret"] : ["vulnerability", `${finding.of}-package`];
  return ["security", ...own, severity.toLowerCase()];
}

/** Rows of the table in a rule's help: a vulnerability of a whole ecosystem can have hundreds. */
const rows = 20;

function helpMarkdown(id: string, title: string, found: readonly Alert[], url: string | undefined): string {
  const head = `**${markdown(id)}** (${severitiesOf(found)}): ${markdown(shortened(title, 1000))}`;
  const shown = found.slice(0, rows);
  const table = shown.some(({ judged }) => judged.finding.kind === "vulnerability")
    ? ["| package | installed | fixed in | what to do |", "|---|---|---|---|"]
    : ["| file | what to do |", "|---|---|"];
  const lines = shown.map((each) => `| ${cells(each).join(" | ")} |`);
  const rest = found.length > rows ? [`and ${found.length - rows} more`] : [];
  const link = url === undefined ? [] : [`[More about it](<${url}>)`];
  return [head, [...table, ...lines].join("\n"), ...rest, ...link].join("\n\n");
}

function cells({ judged, installed }: Alert): readonly string[] {
  const { finding } = judged;
  const remedy = markdown(shortened(judged.remedy.text, 300));
  if (finding.kind === "secret") return [code(where(finding)), remedy];
  const fixed = finding.fixed === undefined ? "no fix yet" : code(shortened(finding.fixed, 200));
  return [code(where(finding)), installed.slice(0, 5).map(code).join(", "), fixed, remedy];
}

function helpText(id: string, title: string, found: readonly Alert[], url: string | undefined): string {
  const lines = found.slice(0, rows).map(({ judged, installed }) => {
    const { finding } = judged;
    const versions =
      finding.kind === "secret"
        ? ""
        : ` ${installed
            .slice(0, 5)
            .map((each) => oneLine(each))
            .join(", ")}`;
    return `${where(finding)}${versions}: ${shortened(oneLine(judged.remedy.text), 300)}`;
  });
  const rest = found.length > rows ? [`and ${found.length - rows} more`] : [];
  return [`${id} (${severitiesOf(found)}): ${title}`, ...lines, ...rest, ...(url === undefined ? [] : [url])].join(
    "\n",
  );
}

/** What has it, in the image. */
function where(finding: Finding): string {
  if (finding.kind === "secret") return shortened(oneLine(ignorePath(finding), "unnamed file"), 300);
  const path = ignorePath(finding);
  const place = path === undefined ? "" : ` (${oneLine(path)})`;
  return shortened(`${oneLine(finding.package, "unnamed package")}${place}`, 300);
}

function severitiesOf(found: readonly Alert[]): string {
  const here = new Set(found.map(({ judged }) => judged.finding.severity));
  return severities
    .filter((each) => here.has(each))
    .join(", ")
    .toLowerCase();
}

/** A page's address as SARIF takes it (RFC 3986, which is stricter than what browsers do); `undefined` for anything else. */
function helpUri(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2000 || !URL.canParse(text)) return undefined;
  const { protocol, hostname, host, pathname, search, username, password } = new URL(text);
  if (protocol !== "https:" || !/^[a-z0-9.-]+$/.test(hostname) || username !== "" || password !== "") return undefined;
  return `https://${host}${strictly(pathname)}${strictly(search)}`;
}

function strictly(part: string): string {
  return part
    .replace(/[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]/gu, (character) => encodeURIComponent(character))
    .replace(/[()']/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?![0-9A-Fa-f]{2})/g, "%25");
}
