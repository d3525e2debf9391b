/** A `docker` that notes what it is called with and what BuildKit says, and calls the real one. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { which } from "../rig/machine.ts";

export interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stderr: string;
}

export interface Recorder {
  /** The PATH on which it comes first. */
  readonly path: string;
  /** The builds so far, in the order in which they began. */
  readonly builds: () => readonly Call[];
}

/** What was said is passed on when a call has ended: nothing that is timed may run by it. */
export function makeRecorder(folder: string, path: string): Recorder {
  const real = which("docker", path.split(delimiter));
  if (real === undefined) throw new Error("docker is not on the rig's PATH");
  const own = mkdtempSync(join(folder, "recorder-"));
  const bin = join(own, "bin");
  const calls = join(own, "calls");
  for (const each of [bin, calls]) mkdirSync(each);
  writeFileSync(join(bin, "docker"), script(real, calls));
  chmodSync(join(bin, "docker"), 0o755);
  return {
    path: [bin, path].join(delimiter),
    builds: () => readCalls(calls).filter(({ args }) => args[0] === "buildx" && args[1] === "build"),
  };
}

function script(real: string, calls: string): string {
  return `#!/bin/sh
call='${calls}'/$(date +%s%N)-$$
printf '%s\\0' "$PWD" "$@" >"$call.args"
cat /proc/$$/environ >"$call.env"
'${real}' "$@" 2>"$call.stderr"
code=$?
cat "$call.stderr" >&2
exit $code
`;
}

function readCalls(folder: string): readonly Call[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".args"));
  return names.sort().map((name) => {
    const part = (kind: string): string => readFileSync(join(folder, name.replace(/args$/, kind)), "utf8");
    const [cwd = "", ...args] = part("args").split("\0").slice(0, -1);
    const variables = part("env").split("\0").slice(0, -1);
    const env = Object.fromEntries(variables.map((each) => each.split(/=(.*)/s).slice(0, 2) as [string, string]));
    return { args, cwd, env, stderr: part("stderr") };
  });
}
