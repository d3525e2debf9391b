/**
 * Reads what `docker buildx build --progress rawjson` writes: one JSON object a line, BuildKit's `client.SolveStatus`
 * (moby/buildkit, client/graph.go). Other lines (the error at the end) are kept apart, not lost. Everything in the
 * stream comes from the build and is hostile: what has another shape than expected is left out.
 */

export interface SolveStatus {
  readonly vertexes: readonly Vertex[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly VertexWarning[];
}

/** A step. The same vertex comes several times, each time with what is known by then. */
export interface Vertex {
  readonly id: string;
  /** `[linux/amd64 2/3] RUN apt-get update`, `exporting to image`, `[internal] load build definition from Dockerfile`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly started: number | undefined;
  readonly completed: number | undefined;
  readonly cached: boolean;
  readonly error: string | undefined;
}

/** A part of a step: `exporting manifest list sha256:…`. */
export interface VertexStatus {
  readonly vertex: string;
  readonly id: string;
  readonly isComplete: boolean;
}

export interface VertexLog {
  readonly vertex: string;
  readonly text: string;
}

/** A finding of BuildKit's lint. `line` is 1-based. */
export interface VertexWarning {
  readonly message: string;
  /** What the rule wants, and where it is explained. */
  readonly detail: string;
  readonly url: string | undefined;
  readonly line: number | undefined;
}

/** The status that a line holds, or `undefined` for a line of plain text. */
export function parseStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith("{")) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed)) return undefined;
  return {
    vertexes: records(parsed.vertexes).map(vertex),
    statuses: records(parsed.statuses).map((each) => ({
      vertex: text(each.vertex),
      id: text(each.id),
      isComplete: time(each.completed) !== undefined,
    })),
    logs: records(parsed.logs).map((log) => ({ vertex: text(log.vertex), text: decoded(log.data) })),
    warnings: records(parsed.warnings).map(warning),
  };
}

function vertex(from: Record<string, unknown>): Vertex {
  return {
    id: text(from.digest),
    name: text(from.name),
    started: time(from.started),
    completed: time(from.completed),
    cached: from.cached === true,
    error: text(from.error) || undefined,
  };
}

function warning(from: Record<string, unknown>): VertexWarning {
  const [range] = records(from.range);
  const start = isRecord(range?.start) ? range.start : {};
  const details = Array.isArray(from.detail) ? from.detail.map(decoded) : [];
  return {
    message: decoded(from.short),
    detail: details.filter((each) => each !== "").join(" "),
    url: text(from.url) || undefined,
    line: typeof start.line === "number" && start.line > 0 ? start.line : undefined,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Go's JSON writes bytes as base64. */
function decoded(value: unknown): string {
  return Buffer.from(text(value), "base64").toString("utf8");
}

function time(value: unknown): number | undefined {
  const milliseconds = Date.parse(text(value));
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
