#!/usr/bin/env node
import { UserError } from "./errors.ts";
import { refuseAction, runAction } from "./main.ts";

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  const message = `image-publish requires Node 24 or later, and this is ${process.version}`;
  process.exitCode = refuseAction(new UserError(message, { hint: "update Node, or the runner that brings it" }));
} else if (process.argv.length > 2) {
  const { runCommandLine } = await import("./cli.ts");
  process.exitCode = await runCommandLine(process.argv.slice(2));
} else {
  process.exitCode = await runAction();
}
