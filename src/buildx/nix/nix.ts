/**
 * Images that Nix makes: nix-build gives an archive, and a Dockerfile of one line hands it to BuildKit. So these images get
 * their labels, annotations, attestations and their place in the registry as all others do.
 */
import { UserError } from "../../errors.ts";
import { digestOf } from "../../model/digest.ts";
import { type Platform, partsOf } from "../../model/platform.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import { reachableLayout } from "../invocation/layout-path.ts";
import { type ArchivedImage, type DockerArchiveDependencies, finishLayout, unpackArchive } from "./docker-archive.ts";
import { checkSandbox, type NixDependencies, nixArchive } from "./nix-build.ts";

export type NixImageDependencies = NixDependencies & DockerArchiveDependencies;

/** By which the one line takes the archive's image. */
const contextName = "nix-image";

/**
 * Builds an image with Nix, for each platform after the other. @returns the build that is left to do: in `folder`, absolute.
 * @throws UserError as `nixArchive`, and where the image is not for the platform that was asked for.
 */
export async function builtByNix(
  planned: PlannedBuild,
  folder: string,
  deps: NixImageDependencies,
): Promise<PlannedBuild> {
  const { name: image, dockerfile: nixFile } = planned;
  const layout = `${folder}/nix`;
  await checkSandbox(image, nixFile, digestOf(folder).slice(-16), deps);
  const wanted: readonly (Platform | undefined)[] = planned.platforms.length === 0 ? [undefined] : planned.platforms;
  const images: ArchivedImage[] = [];
  for (const [index, platform] of wanted.entries()) {
    const own = `${folder}/nix-${index}`;
    await deps.files.makeDirectory(own);
    const archive = await nixArchive({ image, nixFile, platform, folder: own }, deps);
    const made = await unpackArchive(archive, `${own}/archive`, layout, deps);
    if (platform !== undefined && !isFor(made.platform, platform))
      throw wrongPlatform(planned, platform, made.platform);
    images.push({ ...made, platform: platform ?? made.platform });
    // An archive that was streamed is as large as the image.
    await deps.files.remove(`${own}/archive.tar`);
  }
  const digest = await finishLayout(layout, images, deps.files);
  const context = `${folder}/nix-context`;
  await deps.files.makeDirectory(context);
  await deps.files.write(`${context}/Dockerfile`, `FROM ${contextName}\n`);
  return {
    ...planned,
    context,
    dockerfile: `${context}/Dockerfile`,
    platforms: images.map(({ platform }) => platform),
    contexts: [
      {
        kind: "elsewhere",
        name: contextName,
        value: `oci-layout://${reachableLayout(layout, deps.workspace)}@${digest}`,
      },
    ],
    fresh: false,
  };
}

/** Nix reports no variants. */
function isFor(made: Platform, wanted: Platform): boolean {
  const [of, asked] = [partsOf(made), partsOf(wanted)];
  return of.os === asked.os && of.architecture === asked.architecture;
}

function wrongPlatform({ name, dockerfile }: PlannedBuild, wanted: Platform, made: Platform): UserError {
  return new UserError(`${name} was to be built for ${wanted}, and Nix made it for ${made}`, {
    hint: "let the expression take its system from builtins.currentSystem, as <nixpkgs> does, or set `platforms` of the image in the config file",
    at: { file: dockerfile },
  });
}
