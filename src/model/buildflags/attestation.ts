/** A value of buildx' `--provenance` and `--sbom`. */
import { UserError } from "../../errors.ts";
import { csvFields, csvLine } from "./csv-record.ts";
import { goLowerCase, goParseBool, goTrimSpace } from "./go-text.ts";

export type AttestationType = "provenance" | "sbom";

export interface Attestation {
  /** Of two of these the later one, which need not be the option's own. */
  readonly type: string;
  readonly isDisabled: boolean;
  /** By name as written; of two with one name the later one. */
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads a value as buildx reads it (util/buildflags, CanonicalizeAttest and ParseAttests). @throws UserError for what buildx
 * refuses.
 */
export function parseAttestation(option: AttestationType, text: string): Attestation {
  const flag = goParseBool(text);
  if (flag !== undefined) return { type: option, isDisabled: !flag, attributes: new Map() };
  let type: string = option;
  let isDisabled = false;
  const attributes = new Map<string, string>();
  // The option's own type is put in front of the text: a quote that is misplaced in it is so there.
  for (const field of csvFields(`type=${option},${text}`)) {
    const equals = field.indexOf("=");
    if (equals < 0) throw noPair(option, field);
    const [key, value] = [field.slice(0, equals), field.slice(equals + 1)];
    const name = goTrimSpace(goLowerCase(key));
    if (name === "type") type = value;
    else if (name === "disabled") isDisabled = flagOf(option, value);
    else attributes.set(key, value);
  }
  if (type === "") throw otherType(option, type);
  return { type, isDisabled, attributes };
}

/**
 * Reads the value of one attestation option. @throws UserError for a value that is about another attestation, and for
 * attributes whose names BuildKit doesn't know as they are written.
 */
export function readAttestation(option: AttestationType, text: string): Attestation {
  const found = parseAttestation(option, text);
  if (found.type !== option) throw otherType(option, found.type);
  const odd = [...found.attributes.keys()].find((key) => !/^[a-z][a-z0-9._-]*$/.test(key));
  if (odd === undefined) return found;
  throw new UserError(`"${odd}" isn't an attribute of ${option}`, {
    hint: "write names of attributes in lower case, without spaces, such as mode=min",
  });
}

/** The value from which buildx reads this attestation. */
export function attestationValue({ isDisabled, attributes }: Attestation): string {
  if (isDisabled) return "false";
  return attributes.size === 0 ? "true" : csvLine(Array.from(attributes, ([key, value]) => `${key}=${value}`));
}

function flagOf(option: AttestationType, value: string): boolean {
  const flag = goParseBool(value);
  if (flag !== undefined) return flag;
  throw new UserError(`"disabled=${value}" of ${option} is neither true nor false`, {
    hint: `write ${option}: false to turn it off`,
  });
}

function noPair(option: AttestationType, field: string): UserError {
  return new UserError(`"${field}" in ${option} isn't key=value`, {
    hint: `write true, false, or attributes such as ${option === "sbom" ? "generator=IMAGE" : "mode=min"}`,
  });
}

function otherType(option: AttestationType, type: string): UserError {
  return new UserError(`${option} has the attribute type=${type}`, {
    hint: `remove the attribute; "provenance" and "sbom" are set each by its own name`,
  });
}
