/** How layers are compressed: the input `compression` as attributes of buildx' `--output`. */

import { UserError } from "../../errors.ts";
import { csvFields } from "../../model/buildflags/csv-record.ts";

/** The highest level of each kind (BuildKit, docs of the image exporter, "compression-level"). */
const levels = { gzip: 9, zstd: 22, estargz: 9, uncompressed: undefined } as const;

const kinds = Object.keys(levels);

/**
 * Reads `zstd`, or `zstd,level=19,force=true`; BuildKit's own names of these attributes (`compression=`,
 * `compression-level=`, `force-compression=`) do too. Without `force` the layers of a base stay as they are, so that they
 * are the base's own bytes and nobody pulls them twice. @returns the attributes, with commas between.
 * @throws UserError where it isn't a valid compression.
 */
export function parseCompression(text: string): string {
  const [first = "", ...others] = csvFields(text).map((field) => field.trim());
  const kind = first.replace(/^compression=/, "");
  if (!isKind(kind)) throw new UserError(`"${kind}" isn't a valid compression`, { hint: `write ${kinds.join(", ")}` });
  const attributes = others.map((field) => {
    const [, key = "", value = ""] = /^([a-z-]+)=(.*)$/.exec(field) ?? [];
    if (/^(?:compression-)?level$/.test(key)) return `compression-level=${level(value, kind)}`;
    if (/^force(?:-compression)?$/.test(key) && (value === "true" || value === "false"))
      return `force-compression=${value}`;
    throw new UserError(`"${field}" says nothing of a compression`, {
      hint: "write level=NUMBER, or force=true to compress a base's layers anew",
    });
  });
  return [`compression=${kind}`, ...attributes].join(",");
}

function isKind(text: string): text is keyof typeof levels {
  return Object.hasOwn(levels, text);
}

function level(text: string, kind: keyof typeof levels): number {
  const highest = levels[kind];
  const given = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (highest !== undefined && given <= highest) return given;
  throw new UserError(`${kind} has no level "${text}"`, {
    hint: highest === undefined ? "leave it out" : `write a number from 0 to ${highest}`,
  });
}
