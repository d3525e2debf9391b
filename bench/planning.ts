/** How long a plan takes in a large repository, how that grows, and how much memory it takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeLargeRepository } from "./large-repository.ts";
import { type Command, interleaved, progress, ratio, time } from "./measure.ts";
import { type Checkout, makeStep, type Step } from "./step.ts";
import { atMost, megabytes, type Row, seconds, times } from "./table.ts";

const slowest = 1_000;
const mostMemory = 200 * 1024 * 1024;
/** Four times the images may take little more than four times as long. */
const steepest = 4.5;
/** What finding images by a pattern may take, compared with the convention. */
const slowestPattern = 1.2;

export async function measurePlanning(bundle: string, folder: string, quick: boolean): Promise<readonly Row[]> {
  const images = quick ? 300 : 1_000;
  progress(`writing repositories of ${images}, ${images} and ${images * 4} images`);
  const large = await makeLargeRepository(join(folder, "large"), images);
  const roots = await makeLargeRepository(join(folder, "roots"), images, { isRootContext: true });
  const larger = await makeLargeRepository(join(folder, "larger"), images * 4);
  const found = quick ? 300 : 600;
  const conventional = await makeLargeRepository(join(folder, "conventional"), found, { edgesOfThree: 2 });
  const patterned = await makeLargeRepository(join(folder, "patterned"), found, {
    edgesOfThree: 2,
    hasTwoLevels: true,
  });
  const plan = (checkout: Checkout): Step => {
    const { PATH = "" } = process.env;
    return makeStep({
      bundle,
      checkout,
      folder,
      inputs: { command: "plan", cache: "none", converge: "false" },
      env: { PATH },
    });
  };
  const memory = await firstPlan(plan(large), images);
  await firstPlan(plan(roots), images);
  await firstPlan(plan(larger), images * 4);
  await firstPlan(plan(conventional), found);
  await firstPlan(plan(patterned), found);
  const rounds = await interleaved(
    [
      { name: "conventional", run: () => time(plan(conventional)) },
      { name: "patterned", run: () => time(plan(patterned)) },
      { name: "large", run: () => time(plan(large)) },
      { name: "roots", run: () => time(plan(roots)) },
      { name: "larger", run: () => time(plan(larger)) },
      { name: "diff", run: () => time(diffTree(large)) },
    ],
    quick ? 3 : 9,
  );
  const slow = rounds.median("large");
  const ofPattern = rounds.compared("patterned", "conventional", ratio);
  const growth = rounds.compared("larger", "large", ratio);
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
      measure: `plan of ${count} images whose context is the root`,
      value: seconds(rounds.median("roots")),
      ratio: `${times(rounds.compared("roots", "large", ratio))} contexts of their own`,
      limit: atMost(slowest, rounds.median("roots"), seconds(slowest)),
    },
    {
      measure: `plan of ${(images * 4).toLocaleString("en")} images, four times as many`,
      value: seconds(rounds.median("larger")),
      ratio: `grows ${times(growth)}`,
      limit: atMost(steepest, growth, times(steepest)),
    },
    {
      measure: `plan of ${found} images with ${(found * 2) / 3} dependencies that a pattern finds on two levels`,
      value: seconds(rounds.median("patterned")),
      ratio: `${times(ofPattern)} the convention`,
      limit: atMost(slowestPattern, ofPattern, times(slowestPattern)),
    },
    {
      measure: `memory of the plan of ${count} images`,
      value: megabytes(memory),
      limit: atMost(mostMemory, memory, megabytes(mostMemory)),
    },
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
