#!/usr/bin/env node
import { runAction } from "./main.ts";

if (process.argv.length > 2) {
  const { runCommandLine } = await import("./cli.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
} else {
  process.exitCode = await runAction();
}
