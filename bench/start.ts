/** How long the bundle takes to say that an input is wrong, and how large it is. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { difference, interleaved, time } from "./measure.ts";
import { atMost, megabytes, milliseconds, type Row } from "./table.ts";

const slowest = 60;
const largestMain = 1.3e6;
const largestAll = 4e6;

export async function measureStart(bundle: string, quick: boolean): Promise<readonly Row[]> {
  const { PATH = "" } = process.env;
  const env = { PATH, GITHUB_ACTIONS: "true" };
  const node = process.execPath;
  const index = join(bundle, "index.js");
  const refused = { program: node, args: [index], env: { ...env, INPUT_COMMAND: "pubilsh" }, expected: 1 };
  const bare = { program: node, args: ["-e", "0"], env };
  await time(refused);
  const rounds = await interleaved(
    [
      { name: "bundle", run: () => time(refused) },
      { name: "node", run: () => time(bare) },
    ],
    quick ? 9 : 41,
  );
  const more = rounds.compared("bundle", "node", difference);
  return [
    { measure: "node -e 0", value: milliseconds(rounds.median("node")) },
    {
      measure: "bundle, to a bad input's error",
      value: milliseconds(rounds.median("bundle")),
      ratio: `+${milliseconds(more)}`,
      limit: atMost(slowest, more, `+${slowest} ms`),
    },
    ...sizes(bundle),
  ];
}

function sizes(bundle: string): readonly Row[] {
  const scripts = readdirSync(bundle).filter((name) => name.endsWith(".js"));
  const size = (name: string): number => statSync(join(bundle, name)).size;
  const main = size("index.js");
  const all = scripts.reduce((sum, name) => sum + size(name), 0);
  return [
    { measure: "dist/index.js", value: megabytes(main), limit: atMost(largestMain, main, megabytes(largestMain)) },
    { measure: "dist/*.js", value: megabytes(all), limit: atMost(largestAll, all, megabytes(largestAll)) },
  ];
}
