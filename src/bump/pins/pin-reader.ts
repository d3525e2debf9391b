/** Reads the pins of a file by what kind of file it is. */

import { dockerfilePins } from "./dockerfile/dockerfile-pins.ts";
import { jsonPins } from "./json-pins.ts";
import type { ImageNames } from "./names-in-files.ts";
import type { FilePins } from "./read-pin.ts";
import { commentsOf } from "./text/comments.ts";
import { namesNearVersions, textPins, withDigestsNear } from "./text/text-pins.ts";
import { yamlPins } from "./yaml/yaml-pins.ts";

/** The pins of a file but for a chart's version, in the file's order. A file that doesn't parse as its name says is read by lines. */
export async function readPins(text: string, file: string, names: ImageNames): Promise<FilePins> {
  const { pins, named } = await pinsByKind(text, file, names);
  return { pins: pins.toSorted((a, b) => a.start - b.start), named };
}

async function pinsByKind(text: string, file: string, names: ImageNames): Promise<FilePins> {
  if (isYaml(file)) return yamlPins(text, names, { isWorkflow: isWorkflow(file) });
  if (/\.json[c5]?$/i.test(file)) return jsonPins(text, names);
  const inDockerfile = isDockerfile(file) ? dockerfilePins(text, file, names) : undefined;
  if (inDockerfile !== undefined) return { pins: inDockerfile, named: [] };
  const comments = commentsOf(file);
  const all = textPins(text, names, comments);
  const pins = withDigestsNear(isDockerfile(file) ? all.filter(({ start }) => namesImages(text, start)) : all, text);
  return { pins: [...pins, ...namesNearVersions(text, names, comments)], named: [] };
}

/** Whether a place is on a line that names images in a Dockerfile, which nobody can read for a mistake elsewhere in it. */
function namesImages(text: string, at: number): boolean {
  return /^\s*(?:FROM|ARG|ENV|COPY)\s/i.test(text.slice(text.lastIndexOf("\n", at - 1) + 1, at));
}

/** Whether a file is of a kind that pins images: what is looked through where nobody names files. */
export function isPossiblePinFile(path: string): boolean {
  if (/(?:^|\/)(?:\.git|node_modules|vendor)\//.test(path)) return false;
  return isDockerfile(path) || isYaml(path) || /(?:^|\/)\.?devcontainer\.json$/.test(path);
}

/** Kustomize's file may have no ending. */
function isYaml(path: string): boolean {
  return /\.ya?ml$|(?:^|\/)kustomization$/i.test(path);
}

function isWorkflow(path: string): boolean {
  return /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/|(?:^|\/)action\.ya?ml$/i.test(path);
}

/** `Dockerfile`, `Dockerfile.base`, `base.Containerfile`. */
function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    /^(?:.+\.)?(?:dockerfile|containerfile)(?:[.-].+)?$/i.test(name) &&
    !/\.(?:dockerignore|containerignore)$/i.test(name)
  );
}
