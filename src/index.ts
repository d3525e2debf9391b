#!/usr/bin/env node
import { runAction } from "./main.ts";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(`image-publish needs Node 24 or later, and this is ${process.version}\n`);
  process.exitCode = 1;
} else if (process.argv.length > 2) {
  const { runCommandLine } = await import("./cli.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
} else {
  process.exitCode = await runAction();
}
