/** Reads the pins of a file by what kind of file it is. */
import { dockerfilePins } from "./dockerfile-pins.ts";
import type { ImageNames } from "./image-names.ts";
import { jsonPins } from "./json-pins.ts";
import type { FilePins } from "./read-pin.ts";
import { textPins } from "./text-pins.ts";
import { yamlPins } from "./yaml-pins.ts";

/** The pins of a file but for a chart's version, in the order in which they stand there. What can't be read as what its name says is read by lines. */
export async function readPins(text: string, file: string, names: ImageNames): Promise<FilePins> {
  const { pins, named } = await pinsByKind(text, file, names);
  return { pins: pins.toSorted((a, b) => a.start - b.start), named };
}

async function pinsByKind(text: string, file: string, names: ImageNames): Promise<FilePins> {
  if (/\.ya?ml$/i.test(file)) return yamlPins(text, names);
  if (/\.json[c5]?$/i.test(file)) return { pins: jsonPins(text, names), named: [] };
  const inDockerfile = isDockerfile(file) ? dockerfilePins(text, file, names) : undefined;
  return { pins: inDockerfile ?? textPins(text, names), named: [] };
}

/** Whether a file is of a kind that pins images: what is looked through where nobody names files. */
export function isPossiblePinFile(path: string): boolean {
  if (/(?:^|\/)(?:\.git|node_modules|vendor)\//.test(path)) return false;
  return isDockerfile(path) || /\.ya?ml$/i.test(path) || /(?:^|\/)\.?devcontainer\.json$/.test(path);
}

/** `Dockerfile`, `Dockerfile.base`, `base.Containerfile`. */
function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    /^(?:.+\.)?(?:dockerfile|containerfile)(?:[.-].+)?$/i.test(name) &&
    !/\.(?:dockerignore|containerignore)$/i.test(name)
  );
}
