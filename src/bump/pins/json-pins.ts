/** Pins in JSON with comments (devcontainer.json, values in JSON). */
import type { ImageNames } from "./names-in-files.ts";
import type { FilePins } from "./read-pin.ts";
import { loneDigest, versionKeys } from "./yaml/key-role.ts";
import { yamlNodePins } from "./yaml/yaml-node-pins.ts";

const tokens = /"(?:[^"\\\n]|\\.)*"(\s*:)?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\t/g;

/** References in full within strings that are no keys; where versions have keys of their own, JSON is read as the YAML it is. */
export async function jsonPins(text: string, names: ImageNames): Promise<FilePins> {
  const hasParts = names.mayBeInText(text) && (versionKeys.test(text) || loneDigest.test(text));
  const inNodes = hasParts ? await yamlNodePins(withoutComments(text), 0, names) : undefined;
  if (inNodes !== undefined) return inNodes;
  const pins = [...text.matchAll(tokens)].flatMap(({ 0: token, 1: colon, index }) =>
    token.startsWith('"') && colon === undefined ? names.pinsWithVariables(token, index) : [],
  );
  return { pins, named: [] };
}

/** Comments and tabs, which YAML has no use for, become blanks of the same length. */
function withoutComments(text: string): string {
  return text.replace(tokens, (token) => (token.startsWith('"') ? token : token.replace(/[^\n]/g, " ")));
}
