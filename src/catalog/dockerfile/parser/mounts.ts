/** The mounts of RUN (BuildKit, frontend/dockerfile/instructions/commands_runmount.go). */

import { UserError } from "../../../errors.ts";
import { csvFields } from "../../../model/buildflags/csv-record.ts";

/** Values are as written, variables unexpanded; in `from` there are none. */
export interface RunMount {
  /** `bind` by default; lower case. */
  readonly type: string;
  readonly from: string | undefined;
  readonly source: string | undefined;
  readonly target: string | undefined;
  /** Keys that this reader doesn't know. */
  readonly unknown: readonly string[];
}

const aliases: ReadonlyMap<string, string> = new Map([
  ["src", "source"],
  ["dst", "target"],
  ["destination", "target"],
]);
const keys = new Set(
  "type from source target readonly ro readwrite rw required size id sharing mode uid gid env".split(" "),
);
const types = new Set(["bind", "cache", "tmpfs", "secret", "ssh"]);

/**
 * Reads the value of a `--mount`. @throws UserError when it isn't a comma-separated list, or `from` holds a variable.
 */
export function readMount(value: string): RunMount {
  const found = new Map<string, string>();
  const unknown: string[] = [];
  for (const field of fieldsOf(value)) {
    const equals = field.indexOf("=");
    const written = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
    const key = aliases.get(written) ?? written;
    if (!keys.has(key)) unknown.push(written);
    else if (equals >= 0) found.set(key, field.slice(equals + 1));
  }
  const from = found.get("from");
  const variable = from?.indexOf("$") ?? -1;
  if (from !== undefined && variable >= 0 && variable !== from.length - 1) {
    throw new UserError(`the mount has "from=${from}", which can't contain a variable`, {
      hint: "name a stage with FROM … AS, where ARGs are allowed, and mount from that stage",
    });
  }
  const type = (found.get("type") ?? "bind").toLowerCase();
  if (!types.has(type) && !type.includes("$")) unknown.push(`type=${type}`);
  return { type, from: from || undefined, source: found.get("source"), target: found.get("target"), unknown };
}

function fieldsOf(value: string): readonly string[] {
  try {
    return csvFields(value);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(`"${value}" isn't a list of a mount's settings: ${cause.message}`, {
      hint: "write type=bind,from=…,source=…,target=…, separated by commas",
      cause,
    });
  }
}
