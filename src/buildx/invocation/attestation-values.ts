/** What BuildKit takes as attributes of `provenance` and `sbom` (docs.docker.com/build/metadata/attestations). */
import { type Attestation, type AttestationType, readAttestation } from "../../model/buildflags/attestation.ts";
import { checkAttributes, flag, freeText, image, oneOf, type Values } from "./option-values.ts";

/** Others of `sbom` are its generator's. */
const attributes: Readonly<Record<AttestationType, Readonly<Record<string, Values>>>> = {
  provenance: {
    mode: oneOf("min", "max"),
    version: oneOf("v0.2", "v1"),
    reproducible: flag,
    "inline-only": flag,
    "builder-id": freeText,
    filename: freeText,
    disabled: flag,
  },
  sbom: { generator: image, disabled: flag },
};

/** Reads a value of `provenance` or `sbom`. @throws UserError for one that no build would take, or not as it is meant. */
export function checkedAttestation(option: AttestationType, text: string): Attestation {
  const found = readAttestation(option, text);
  checkAttributes(found.attributes, attributes[option], option);
  return found;
}
