/** Build arguments from files, of which a Dockerfile gets those that it declares: BuildKit warns of others. */
import type { DeclaredDockerfile } from "../layout/declared-images.ts";
import { type Dockerfile, declaredArguments } from "./dockerfile.ts";

/** An image with the arguments that files give and its Dockerfile declares. */
export function withFileArguments(image: DeclaredDockerfile, dockerfile: Dockerfile): DeclaredDockerfile {
  const used = usedArguments(image.fileArguments, dockerfile);
  return {
    ...image,
    buildArgs: { ...image.buildArgs, ...used },
    fileArguments: used,
    inputArguments: image.inputArguments.filter((name) => !Object.hasOwn(used, name)),
  };
}

/** Those of a file's arguments that a Dockerfile may use; all of them for one that isn't understood. */
function usedArguments(
  fromFiles: Readonly<Record<string, string>>,
  dockerfile: Dockerfile,
): Readonly<Record<string, string>> {
  if (dockerfile.doubts.length > 0) return fromFiles;
  const declared = declaredArguments(dockerfile);
  return Object.fromEntries(Object.entries(fromFiles).filter(([name]) => declared.has(name)));
}
