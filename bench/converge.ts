/** What a run costs that has nothing to build: a push that touches no image, and a release of what is published. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startFaultProxy } from "../__tests__/e2e/fault-proxy.ts";
import { checkOutExample, exampleStep, type OnRig } from "./example.ts";
import { type Command, interleaved, progress, time } from "./measure.ts";
import type { Checkout, Step } from "./step.ts";
import { atMost, megabytes, type Row, seconds } from "./table.ts";

const longestIdle = 2_000;
const longestRelease = 3_000;
const mostRequests = 3;
const mostMemory = 150e6;

export async function measureConverge(bench: OnRig): Promise<readonly Row[]> {
  const many = bench.quick ? 20 : 100;
  progress(`publishing the example, and ${many} images`);
  const example = checkOutExample(bench);
  await time(exampleStep(bench, example));
  const fleet = await publishedFleet(bench, many);
  const idle = (checkout: Checkout): Step => exampleStep(bench, untouched(checkout));
  const requests = await requestsOf(bench, fleet, many);
  const memory = await memoryOf(idle(fleet), bench.folder);
  const versions = versionsOf(example);
  const rounds = await interleaved(
    [
      { name: "idle", run: () => time(idle(example)) },
      { name: "fleet", run: () => time(idle(fleet)) },
      { name: "release", run: () => time(released(exampleStep(bench, example), versions.next().value ?? "")) },
    ],
    bench.quick ? 3 : 7,
  );
  const [idleTime, fleetTime, releaseTime] = (["idle", "fleet", "release"] as const).map(rounds.median);
  const row = (measure: string, value = 0, limit: number): Row => ({
    measure,
    value: seconds(value),
    limit: atMost(limit, value, seconds(limit)),
  });
  return [
    row("push that touches none of 8 images", idleTime, longestIdle),
    row(`push that touches none of ${many} images`, fleetTime, longestIdle),
    {
      measure: "requests to the registry per image, where nothing changed",
      value: (requests / many).toFixed(2),
      limit: atMost(mostRequests, requests / many, String(mostRequests)),
    },
    {
      measure: `memory of that push, ${many} images`,
      value: megabytes(memory),
      limit: atMost(mostMemory, memory, megabytes(mostMemory)),
    },
    row("release of 8 published images", releaseTime, longestRelease),
  ];
}

/** Small images, each of its own. */
async function publishedFleet(bench: OnRig, images: number): Promise<Checkout> {
  const example = checkOutExample(bench);
  const folder = mkdtempSync(join(bench.folder, "fleet-"));
  for (let at = 0; at < images; at++) {
    const image = join(folder, `images/i${String(at).padStart(3, "0")}`);
    mkdirSync(image, { recursive: true });
    writeFileSync(join(image, "Dockerfile"), "FROM scratch\nCOPY Dockerfile content /\n");
    writeFileSync(join(image, "content"), `${at}\n`);
  }
  git(folder, "init", "--quiet", "--initial-branch", "main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "Images");
  const checkout = { ...example, folder, commit: git(folder, "rev-parse", "HEAD") };
  await time(exampleStep(bench, checkout));
  return checkout;
}

/** The next commit, which changes nothing that an image is made from. */
function untouched(checkout: Checkout): Checkout {
  const before = git(checkout.folder, "rev-parse", "HEAD");
  git(checkout.folder, "commit", "--quiet", "--allow-empty", "--message", "Nothing");
  return { ...checkout, before, commit: git(checkout.folder, "rev-parse", "HEAD") };
}

function* versionsOf({ folder }: Checkout): Generator<string, string> {
  for (let minor = 0; ; minor++) {
    git(folder, "tag", `v1.${minor}.0`);
    yield `v1.${minor}.0`;
  }
}

function released(step: Step, version: string): Command {
  const env = { GITHUB_REF: `refs/tags/${version}`, GITHUB_REF_NAME: version, GITHUB_REF_TYPE: "tag" };
  return { ...step, env: { ...step.env, ...env, GITHUB_SHA: git(step.cwd ?? "", "rev-parse", "HEAD") } };
}

async function requestsOf(bench: OnRig, checkout: Checkout, images: number): Promise<number> {
  const proxy = await startFaultProxy(bench.rig.registry);
  try {
    const step = exampleStep(bench, untouched(checkout));
    await time({ ...step, env: { ...step.env, INPUT_IMAGES: `${proxy.host}/{{owner}}/{{repo}}/{{name}}` } });
    if (proxy.requests.length < images) throw new Error(`${images} images took ${proxy.requests.length} requests`);
    return proxy.requests.length;
  } finally {
    await proxy.close();
  }
}

/** Bytes of resident memory at the peak. */
async function memoryOf(step: Step, folder: string): Promise<number> {
  const report = join(folder, "idle.memory");
  const hook = `import { writeFileSync } from "node:fs";
    process.on("exit", () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`;
  await time({ ...step, args: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, ...step.args] });
  return Number(readFileSync(report, "utf8")) * 1024;
}

function git(folder: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" }).trim();
}
