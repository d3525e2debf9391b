/** Stands before programs on PATH and writes down how they are called. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { newFolder, rig } from "./rig.ts";

export interface Recorder {
  /** A PATH with the recorder first. */
  readonly path: string;
  /** All arguments of all calls so far, a line each. */
  argumentsSeen(): readonly string[];
  /** The calls that had a text in the value of some variable: the program and its first words, each once. */
  callsThatSaw(text: string): readonly string[];
}

export function record(...programs: readonly string[]): Recorder {
  const folder = newFolder("recorder");
  const file = join(folder, "arguments.txt");
  const environments = join(folder, "environments.txt");
  const path = rig.env.PATH ?? "";
  for (const program of programs) {
    const script = `#!/bin/sh\nprintf '%s\\n' ${program} "$@" >>'${file}'\n{ printf '%s\\n' "call:${program} $1 $2"; env; } >>'${environments}'\nexec '${whereIs(program, path)}' "$@"\n`;
    writeFileSync(join(folder, program), script);
    chmodSync(join(folder, program), 0o755);
  }
  return {
    path: [folder, path].join(delimiter),
    argumentsSeen: () => (existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : []),
    callsThatSaw(text) {
      const calls = existsSync(environments) ? readFileSync(environments, "utf8").split(/^call:/m) : [];
      return [...new Set(calls.filter((call) => call.includes(text)).map((call) => call.split("\n", 1)[0] ?? ""))];
    },
  };
}

function whereIs(program: string, path: string): string {
  const found = path.split(delimiter).find((folder) => existsSync(join(folder, program)));
  if (found === undefined) throw new Error(`there is no ${program} on PATH`);
  return join(found, program);
}
