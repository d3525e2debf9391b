/** Random values of buildx' options. */
import fc from "fast-check";

export type FieldsKind = "cache" | "attest" | "ssh" | "output";

export interface FieldsCase {
  readonly kind: FieldsKind;
  readonly text: string;
}

const kind = fc.constantFrom<FieldsKind>("cache", "cache", "cache", "attest", "output", "ssh");

const key = fc.constantFrom(
  ...["type", "type", "type", "TYPE", "Type", " type", "type ", "ref", "REF", "scope", "src", "dest", "Dest", "mode"],
  ...["disabled", "ignore-error", "push", "name", "\u212a", "\u0130d", "\u03a3", "\u00a0type", "", "a b", "__proto__"],
);

const value = fc.constantFrom(
  ...["registry", "gha", "local", "inline", "s3", "azblob", "REGISTRY", "sbom", "provenance", "image", "cacheonly"],
  ...["true", "false", "t", "0", "max", "min", "/a/b", "ghcr.io/o/r:a", "a=b", "", " ", "a,b", "\n", "\r\n", "数", '"'],
);

const pair = fc.tuple(key, fc.constantFrom("=", "=", "=", "=", "=", "=", ""), value).map((parts) => parts.join(""));

const bare = fc.oneof(value, pair);

/** A field as it is, in quotes as a whole, or with quotes where none may be. */
const field = fc.oneof(
  { weight: 5, arbitrary: bare },
  { weight: 3, arbitrary: bare.map((text) => `"${text.replaceAll('"', '""')}"`) },
  { weight: 1, arbitrary: bare.map((text) => `"${text}"`) },
  { weight: 1, arbitrary: fc.tuple(bare, bare).map(([a, b]) => `${a}"${b}`) },
);

const line = fc
  .tuple(
    fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => fields.join(",")),
    fc.constantFrom("", "", "", "", "", "", "", "\n", "\r\n", ",", "\r"),
  )
  .map((parts) => parts.join(""));

/** What a person could write. */
export const likelyFields: fc.Arbitrary<FieldsCase> = fc.record({ kind, text: line });

/** Letters that mean something to a reader, in any order. */
export const unlikelyFields: fc.Arbitrary<FieldsCase> = fc.record({
  kind,
  text: fc
    .array(fc.constantFrom(...'""",,,==a', "type", "type=gha", "\n", "\r", " ", "A", "\u0130", "é"), { maxLength: 12 })
    .map((parts) => parts.join("")),
});
