/** Which program reads the Dockerfile (BuildKit, frontend/dockerfile/parser/directives.go, `DetectSyntax`). */
import { tryReference } from "../../../model/reference.ts";
import { directiveOf } from "./directive.ts";

/** There are three directives, and none may stand twice. */
const most = 3;

/**
 * The frontend image that the file asks for: `# syntax=…`, `// syntax=…` or a JSON object's `syntax`, a shebang before it
 * being passed over. `undefined` for BuildKit's own.
 */
export function syntaxOf(text: string): string | undefined {
  // Most files have none, and this is the quickest way to know.
  if (!/syntax/i.test(text)) return undefined;
  const body = text.replace(/^\ufeff/, "").replace(/^#![^\n]*(?:\n|$)/, "");
  return fromDirectives(body, "#") ?? fromDirectives(body, "//") ?? fromJson(body);
}

/** Whether the grammar may be another than the one that is read here. */
export function isForeignFrontend(syntax: string | undefined): boolean {
  return syntax !== undefined && tryReference(syntax)?.repository !== "docker.io/docker/dockerfile";
}

function fromDirectives(text: string, comment: "#" | "//"): string | undefined {
  for (const line of text.split("\n", most)) {
    const directive = directiveOf(line.replace(/\r$/, ""), comment);
    if (directive === undefined) return undefined;
    if (directive.name === "syntax") return directive.value.split(" ", 1)[0];
  }
  return undefined;
}

function fromJson(text: string): string | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || !("syntax" in parsed)) return undefined;
    return typeof parsed.syntax === "string" ? parsed.syntax : undefined;
  } catch {
    return undefined;
  }
}
