/** How much processor time the plan of many bake files takes, beside one `docker buildx bake --print` for each of them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OnRig } from "./example.ts";
import { type Command, interleaved, ratio, time } from "./measure.ts";
import { type Checkout, makeStep, type Step } from "./step.ts";
import { atMost, type Row, seconds, times } from "./table.ts";

const files = 37;
/** Half of what a plan takes that has docker print each file: 1.15 times as much as these prints alone. */
const most = 0.575;

export async function measureBake(bench: OnRig): Promise<readonly Row[]> {
  const own = makeCheckout(bench.folder, (name) => name);
  const alike = makeCheckout(bench.folder, () => "image");
  const step = (checkout: Checkout) => planStep(bench, checkout);
  const plans = { own: step(own), alike: step(alike) };
  for (const plan of Object.values(plans)) await checkPlan(plan);
  const rounds = await interleaved(
    [
      { name: "prints", run: () => processorTime(printEach(bench, alike), bench.folder) },
      { name: "own", run: () => processorTime(plans.own, bench.folder) },
      { name: "alike", run: () => processorTime(plans.alike, bench.folder) },
    ],
    bench.quick ? 3 : 9,
  );
  const beside = (name: "own" | "alike") => {
    const value = rounds.compared(name, "prints", ratio);
    return { ratio: `${times(value)} the prints`, limit: atMost(most, value, times(most)) };
  };
  return [
    {
      measure: `docker buildx bake --print, ${files} times`,
      value: `${seconds(rounds.median("prints"))} of processor time`,
    },
    {
      measure: `plan of ${files} bake files, targets of different names`,
      value: `${seconds(rounds.median("own"))} of processor time`,
      ...beside("own"),
    },
    {
      measure: `plan of ${files} bake files, targets of the same names`,
      value: `${seconds(rounds.median("alike"))} of processor time`,
      ...beside("alike"),
    },
  ];
}

/** `apps/a00` and so on, each a Dockerfile and a bake file as they are usual for images that are built apart. */
function makeCheckout(parent: string, targetOf: (name: string) => string): Checkout {
  const folder = mkdtempSync(join(parent, "bakes-"));
  for (const app of folders()) {
    mkdirSync(join(folder, app), { recursive: true });
    writeFileSync(join(folder, app, "Dockerfile"), "FROM debian:13\nARG VERSION\nCOPY . /app\n");
    writeFileSync(join(folder, app, "docker-bake.hcl"), bakeFile(targetOf(app.slice("apps/".length))));
  }
  const git = (...args: readonly string[]): string => {
    const who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
  };
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Images");
  return { folder, slug: "acme/bakes", before: "0".repeat(40), commit: git("rev-parse", "HEAD").trim() };
}

const folders = (): readonly string[] =>
  Array.from({ length: files }, (_, at) => `apps/a${String(at).padStart(2, "0")}`);

function bakeFile(target: string): string {
  return `variable "REGISTRY" {
  default = "ghcr.io/acme"
}

group "default" {
  targets = ["${target}"]
}

target "${target}-base" {
  args = { VERSION = "1.2.3" }
  labels = { "org.opencontainers.image.vendor" = "Acme" }
}

target "${target}" {
  inherits  = ["${target}-base"]
  tags      = ["\${REGISTRY}/app:1"]
  platforms = ["linux/amd64", "linux/arm64"]
}
`;
}

function planStep({ bundle, folder, rig }: OnRig, checkout: Checkout): Step {
  const inputs = { command: "plan", cache: "none", converge: "false" };
  return makeStep({ bundle, checkout, folder, inputs, env: buildxEnvironment(rig) });
}

/** A fast wrong plan would be worth nothing. */
async function checkPlan(step: Step): Promise<void> {
  await time(step);
  const { plan: path = "" } = step.outputs();
  const { images } = JSON.parse(readFileSync(path, "utf8")) as { images: { platforms: string[] }[] };
  if (images.length !== files || images.some(({ platforms }) => platforms.length !== 2)) {
    throw new Error(`the plan has ${images.length} images, or lacks their platforms`);
  }
}

function printEach({ rig }: OnRig, { folder }: Checkout): Command {
  const loop = 'for each do (cd "$each" && docker buildx bake --print --progress quiet >/dev/null) || exit 1; done';
  return { program: "sh", args: ["-c", loop, "sh", ...folders()], cwd: folder, env: buildxEnvironment(rig) };
}

function buildxEnvironment({ env }: OnRig["rig"]): Readonly<Record<string, string>> {
  const { PATH = "", DOCKER_CONFIG = "" } = env;
  return { PATH, DOCKER_CONFIG };
}

/** Of a program and all that it starts and waits for. @returns milliseconds. */
async function processorTime(command: Command, folder: string): Promise<number> {
  const file = join(mkdtempSync(join(folder, "times-")), "times");
  // POSIX: `times` prints the shell's own, then its children's.
  const script = 'file=$1; shift; "$@"; code=$?; times >"$file"; exit $code';
  await time({ ...command, program: "sh", args: ["-c", script, "sh", file, command.program, ...command.args] });
  const [, children = ""] = readFileSync(file, "utf8").split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60_000 + Number(rest) * 1000, 0);
}
