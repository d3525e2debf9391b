/**
 * Follows one image's build through its rawjson stream: which steps there are, what they did and what they said. The log
 * gets one block of lines for each image at its end, and in between a short line now and then, however much the build says.
 */
import { formatDuration } from "../../lib/quantities.ts";
import type { SolveStatus, Vertex, VertexStatus, VertexWarning } from "./rawjson.ts";
import { shortLine } from "./short-line.ts";

export interface FailedStep {
  readonly name: string;
  /** BuildKit's error for it. */
  readonly error: string;
  /** The last lines that it wrote. */
  readonly output: readonly string[];
}

export interface BuildProgress {
  /** Takes in what a line of the stream says. */
  add(status: SolveStatus): void;
  /** What is being done now: `[linux/amd64 3/7] RUN make`, the step that started last; `undefined` between steps. */
  current(): string | undefined;
  /** Steps of the Dockerfile (FROM apart): how many came from a cache, and how many ran to their end. */
  steps(): { readonly cached: number; readonly executed: number };
  /** A line for each step with its time, in the order in which they started. */
  lines(): readonly string[];
  /**
   * The step that broke the build: the one whose error `said`, buildx's last words, names, else the first that failed and
   * was not merely given up. A cache that can't be read is an error of its step, though not of the build.
   */
  failed(message: string): FailedStep | undefined;
  /** Lint warnings, each once though every platform has it. */
  warnings(): readonly VertexWarning[];
  /** Every step with what is known of it by now. */
  vertexes(): readonly Vertex[];
  /** The parts of steps that came to their end. */
  completed(): readonly VertexStatus[];
}

/** A large pull has thousands of parts. Only those that show what became of the image are kept. */
const worthKeeping = /^exporting manifest list /;

/** Lines of a step's output that are kept, in case it fails. */
const keptLines = 40;

export function followBuild(): BuildProgress {
  const vertexes = new Map<string, Vertex>();
  const output = new Map<string, OutputTail>();
  const warnings = new Map<string, VertexWarning>();
  const completed: VertexStatus[] = [];
  const all = (): Vertex[] => [...vertexes.values()];

  return {
    add(status) {
      for (const vertex of status.vertexes) vertexes.set(vertex.id, merged(vertexes.get(vertex.id), vertex));
      completed.push(...status.statuses.filter(({ id, isComplete }) => isComplete && worthKeeping.test(id)));
      for (const { vertex, text } of status.logs) {
        const tail = output.get(vertex) ?? outputTail();
        output.set(vertex, tail);
        tail.add(text);
      }
      for (const warning of status.warnings) warnings.set(`${warning.line}\n${warning.message}`, warning);
    },
    current() {
      const running = all().filter((each) => each.started !== undefined && each.completed === undefined);
      const last = running.sort(byStart).at(-1);
      return last === undefined ? undefined : shortLine(last.name, 100);
    },
    steps() {
      const own = all().filter(isOwnStep);
      const executed = own.filter((each) => !each.cached && each.completed !== undefined && each.error === undefined);
      return { cached: own.filter((each) => each.cached).length, executed: executed.length };
    },
    lines: () => all().filter(isWorthALine).sort(byStart).map(stepLine),
    failed(message) {
      const broken = all().filter((each) => each.error !== undefined && !isGivenUp(each.error));
      const culprit = broken.find((each) => message.includes(each.error ?? "")) ?? broken[0];
      if (culprit?.error === undefined) return undefined;
      const tail = output.get(culprit.id)?.lines() ?? [];
      return { name: shortLine(culprit.name), error: culprit.error, output: tail };
    },
    warnings: () => [...warnings.values()],
    vertexes: all,
    completed: () => completed,
  };
}

/** `base: [linux/amd64 3/7] RUN make (85 s)`, for a build that takes long. */
export function liveLine(image: string, current: string, seconds: number): string {
  return `${image}: ${current} (${Math.round(seconds)} s)`;
}

/** A vertex comes again when more is known, and a step may start anew after it looked for a cached result. */
function merged(before: Vertex | undefined, now: Vertex): Vertex {
  if (before === undefined) return now;
  return {
    id: now.id,
    name: now.name || before.name,
    started: before.started ?? now.started,
    completed: now.completed ?? (now.started === undefined ? before.completed : undefined),
    cached: now.cached || before.cached,
    error: now.error ?? before.error,
  };
}

/** `[linux/amd64 stage-1 2/3] RUN …`; what BuildKit does for itself (`[internal] …`, `exporting to image`) has no n/m. */
const step = /^\[(?!internal\b|auth\b)[^\]]*\b\d+\/\d+\] (?!FROM )/;

function isOwnStep(vertex: Vertex): boolean {
  return step.test(vertex.name);
}

function isWorthALine(vertex: Vertex): boolean {
  if (vertex.started === undefined || vertex.name === "") return false;
  const quick = (vertex.completed ?? vertex.started) - vertex.started < 1_000;
  return isOwnStep(vertex) || vertex.error !== undefined || !quick;
}

function stepLine(vertex: Vertex): string {
  const { started, completed, cached, error } = vertex;
  const seconds = ((completed ?? started ?? 0) - (started ?? 0)) / 1000;
  const stopped = completed === undefined ? "stopped" : formatDuration(seconds);
  const state = cached ? "cached" : error === undefined ? stopped : isGivenUp(error) ? "stopped" : "FAILED";
  return `${state.padStart(9)}  ${shortLine(vertex.name, 160)}`;
}

/** Cached steps start within one millisecond: then their numbers rule. */
function byStart(a: Vertex, b: Vertex): number {
  return (a.started ?? 0) - (b.started ?? 0) || names.compare(a.name, b.name);
}

/** One for all: with options, `localeCompare` makes a new one for each comparison. */
const names = new Intl.Collator("en", { numeric: true });

function isGivenUp(error: string | undefined): boolean {
  return error !== undefined && /context canceled|^CANCELED/i.test(error);
}

interface OutputTail {
  add(text: string): void;
  lines(): readonly string[];
}

/** The last lines of what comes in pieces; a carriage return (a progress bar) starts a line over. */
function outputTail(): OutputTail {
  const lines: string[] = [];
  let open = "";
  return {
    add(text) {
      const parts = (open + text).split("\n");
      // A line without end must not fill the memory.
      open = (parts.pop() ?? "").slice(-4_096);
      lines.push(...parts.map((part) => shortLine(part.replace(/\r$/, "").replace(/^.*\r/s, ""))));
      lines.splice(0, Math.max(0, lines.length - keptLines));
    },
    lines: () =>
      [...lines, ...(open.trim() === "" ? [] : [shortLine(open)])].filter((line) => line !== "").slice(-keptLines),
  };
}
