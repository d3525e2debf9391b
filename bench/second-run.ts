/** The same run again on a builder that has forgotten everything, with GitHub's cache service to remember. */
import { randomBytes } from "node:crypto";
import { cacheToken } from "../rig/index.ts";
import { checkOutExample, exampleStep, type OnRig } from "./example.ts";
import { progress, time } from "./measure.ts";
import { type Call, makeRecorder } from "./recorder.ts";
import { atMost, type Row, seconds } from "./table.ts";

export async function measureSecondRun(bench: OnRig): Promise<readonly Row[]> {
  progress("running with the cache service, twice");
  const { rig, builder, folder } = bench;
  const checkout = checkOutExample(bench);
  // A scope that nobody else writes to.
  const token = cacheToken([`refs/heads/bench-${randomBytes(4).toString("hex")}`]);
  const once = async (): Promise<{ readonly milliseconds: number; readonly steps: Steps }> => {
    builder.prune();
    const step = exampleStep(bench, checkout, "gha");
    const recorder = makeRecorder(folder, step.env.PATH ?? "");
    const env = {
      ...step.env,
      PATH: recorder.path,
      ACTIONS_RUNTIME_TOKEN: token,
      ACTIONS_RESULTS_URL: rig.cache.resultsUrl,
      ACTIONS_CACHE_SERVICE_V2: "true",
    };
    const milliseconds = await time({ ...step, env });
    return { milliseconds, steps: sum(recorder.builds().map(stepsOf)) };
  };
  const first = await once();
  const second = await once();
  progress("");
  if (first.steps.executed === 0) throw new Error("the first run with the cache service executed no step");
  return [
    {
      measure: "first run, cache service",
      value: seconds(first.milliseconds),
      ratio: `${first.steps.executed} steps executed`,
    },
    {
      measure: "second run, pruned builder",
      value: seconds(second.milliseconds),
      ratio: `${second.steps.executed} executed, ${second.steps.cached} cached`,
      limit: atMost(0, second.steps.executed, "0 executed"),
    },
  ];
}

interface Steps {
  readonly executed: number;
  readonly cached: number;
}

const sum = (all: readonly Steps[]): Steps => ({
  executed: all.reduce((total, { executed }) => total + executed, 0),
  cached: all.reduce((total, { cached }) => total + cached, 0),
});

interface Vertex {
  readonly digest: string;
  readonly name?: string;
  readonly completed?: string;
  readonly cached?: boolean;
}

/** The steps of the Dockerfile by BuildKit's own word (`--progress rawjson`): all that have a number, but for FROM. */
function stepsOf({ stderr }: Call): Steps {
  const steps = new Map<string, Vertex>();
  for (const line of stderr.split("\n").filter((each) => each.startsWith("{"))) {
    const { vertexes = [] } = JSON.parse(line) as { vertexes?: readonly Vertex[] };
    // A vertex comes again when more is known of it.
    for (const vertex of vertexes) steps.set(vertex.digest, { ...steps.get(vertex.digest), ...vertex });
  }
  const own = [...steps.values()].filter(({ name = "" }) => /^\[.*\b\d+\/\d+\] (?!FROM )/.test(name));
  const cached = own.filter((each) => each.cached === true).length;
  const done = own.filter(({ completed }) => completed !== undefined).length;
  return { cached, executed: done - cached };
}
