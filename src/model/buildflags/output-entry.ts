/** A value of buildx' `--output`. */
import { UserError } from "../../errors.ts";
import { csvFields } from "./csv-record.ts";
import { goLowerCase, goTrimSpace } from "./go-text.ts";

export interface OutputEntry {
  readonly type: string;
  readonly destination: string;
  /** By name, in lower case; of two with one name the later one. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads a value as buildx reads it (util/buildflags, ParseExports): a path alone is a folder, `-` is a tar archive on standard
 * output. @throws UserError for what buildx refuses.
 */
export function parseOutput(text: string): OutputEntry {
  const fields = csvFields(text);
  const attributes = new Map<string, string>();
  if (fields.length === 1 && fields[0] === text && !text.startsWith("type=")) {
    return { type: text === "-" ? "tar" : "local", destination: text, attributes };
  }
  let type = "";
  let destination = "";
  for (const field of fields) {
    const equals = field.indexOf("=");
    if (equals < 0) throw new UserError(`"${field}" in an output isn't key=value`, { hint: "write type=…,dest=…" });
    const key = goTrimSpace(goLowerCase(field.slice(0, equals)));
    const value = field.slice(equals + 1);
    if (key === "type") type = value;
    else if (key === "dest") destination = value;
    else attributes.set(key, value);
  }
  if (type === "") throw new UserError("an output has no type", { hint: "begin it with type=, such as type=image" });
  return { type, destination, attributes };
}
