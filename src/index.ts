#!/usr/bin/env node
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { refuse, runAction } from "./main.ts";

const args = process.argv.slice(2);
const [major = 0] = process.versions.node.split(".").map(Number);
// Without arguments and without a runner's environment, somebody has just typed the program's name.
const isOfRunner = (name: string): boolean => /^(?:GITHUB_ACTIONS$|GITHUB_EVENT_NAME$|INPUT_)/.test(name);
const isStep = args.length === 0 && Object.keys(process.env).some(isOfRunner);
const about = isStep ? undefined : (await import("./command-line.ts")).aboutProgram(args);

if (about !== undefined) {
  process.stdout.write(about.text);
  process.exitCode = about.code;
} else if (major < 24) {
  const own = join(process.argv[1] ?? "", "../../node_modules/.bin/node");
  const hint = isStep
    ? "update Node, or the runner that brings it"
    : `update Node; on Linux, \`npm ci\` in the clone of image-publish installs one: ${own}`;
  const message = `image-publish requires Node 24 or later, and this is ${process.version}`;
  process.exitCode = refuse(new UserError(message, { hint }), isStep);
} else if (isStep) {
  process.exitCode = await runAction();
} else {
  const { runCommandLine } = await import("./cli.ts");
  process.exitCode = await runCommandLine(args);
}
