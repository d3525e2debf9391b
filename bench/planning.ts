/** How long a plan takes in a large repository, how that grows, and how much memory it takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeLargeRepository } from "./large-repository.ts";
import { type Command, interleaved, progress, ratio, time } from "./measure.ts";
import { type Checkout, makeStep, type Step } from "./step.ts";
import { atMost, megabytes, type Row, seconds, times } from "./table.ts";

const slowest = 1_500;
/** Ten times the images may take little more than ten times as long. */
const steepest = 12;

export async function measurePlanning(bundle: string, folder: string, quick: boolean): Promise<readonly Row[]> {
  const images = quick ? 300 : 1_000;
  progress(`writing repositories of ${images} and ${images / 10} images`);
  const large = await makeLargeRepository(join(folder, "large"), images);
  const small = await makeLargeRepository(join(folder, "small"), images / 10);
  const plan = (checkout: Checkout): Step => {
    const { PATH = "" } = process.env;
    return makeStep({ bundle, checkout, folder, inputs: { command: "plan", cache: "none" }, env: { PATH } });
  };
  const memory = await firstPlan(plan(large), images);
  await firstPlan(plan(small), images / 10);
  const rounds = await interleaved(
    [
      { name: "large", run: () => time(plan(large)) },
      { name: "small", run: () => time(plan(small)) },
      { name: "diff", run: () => time(diffTree(large)) },
    ],
    quick ? 3 : 9,
  );
  const slow = rounds.median("large");
  const growth = rounds.compared("large", "small", ratio);
  const count = images.toLocaleString("en");
  return [
    { measure: `git diff-tree alone, of ${count} images`, value: seconds(rounds.median("diff")) },
    {
      measure: `plan of ${count} images, ${(images * 100).toLocaleString("en")} files`,
      value: seconds(slow),
      ratio: `${times(rounds.compared("large", "diff", ratio))} git diff-tree`,
      limit: atMost(slowest, slow, seconds(slowest)),
    },
    {
      measure: `plan of ${images / 10} images, a tenth`,
      value: seconds(rounds.median("small")),
      ratio: `grows ${times(growth)}`,
      limit: atMost(steepest, growth, times(steepest)),
    },
    { measure: `memory of the plan of ${count} images`, value: megabytes(memory) },
  ];
}

/** Makes a plan that nobody times, and looks at it: a fast wrong one would be worth nothing. @returns bytes of memory at the peak. */
async function firstPlan(step: Step, images: number): Promise<number> {
  const report = `${step.cwd}.memory`;
  const hook = `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`;
  await time({ ...step, args: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, ...step.args] });
  const { plan: path = "", affected = "[]" } = step.outputs();
  const plan = JSON.parse(readFileSync(path, "utf8")) as { images: { kind: string }[] };
  const builds = plan.images.filter(({ kind }) => kind === "build").length;
  const named = (JSON.parse(affected) as string[]).length;
  // Every other image is changed, and some of the rest are built on those.
  if (plan.images.length !== images || builds <= images / 2 || builds >= images || named !== builds) {
    throw new Error(`the plan has ${plan.images.length} images, builds ${builds} and gives out ${named}`);
  }
  return Number(readFileSync(report, "utf8")) * 1024;
}

function diffTree({ folder, before, commit }: Checkout): Command {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--name-status", before, commit];
  return { program: "git", args, cwd: folder, env: { PATH: process.env.PATH ?? "" } };
}
