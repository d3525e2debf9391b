/** All inputs of an image itself as one digest, without the images that it depends on. */
import { createHash } from "node:crypto";
import type { Image } from "../../catalog/catalog.ts";
import { declaredArguments } from "../../catalog/dockerfile/dockerfile.ts";
import type { Checkout } from "../../git/checkout/checkout.ts";
import { memoize } from "../../lib/memoize.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import { contextFiles, readingKey, takesGit } from "./context-files.ts";
import { type ContentReader, contentReader } from "./file-content.ts";
import { type FilesDigest, filesDigest } from "./files-digest.ts";
import type { ContextInputs, ImageInputs } from "./image-inputs.ts";
import type { Place } from "./links.ts";
import type { Listing } from "./listing.ts";
import { watchedFiles } from "./watch.ts";

export interface OwnPartsInput {
  readonly inputs: ReadonlyMap<string, ImageInputs>;
  readonly listing: Listing;
  readonly checkout: Checkout;
  /** The settings of an image that aren't in Dockerfile and files: labels, attestations, output. Plain JSON. */
  settingsOf(image: Image): unknown;
  /** A build argument's value without what every run has another of. */
  readonly argumentText?: (value: string) => string;
}

/** Makes a function that gives the digest of an image's own parts; what images share is read once. */
export function ownParts(input: OwnPartsInput): (image: Image) => Promise<FilesDigest> {
  const { listing, checkout } = input;
  const digests = digestReader(listing, contentReader(checkout, listing.objectFormat));
  const watched = watchedFiles(listing.files);
  let description: Promise<string | undefined> | undefined;
  return async (image) => {
    const inputs = input.inputs.get(image.name);
    if (inputs === undefined) throw new Error(`nobody says what goes into ${image.name}`);
    if (inputs.outside !== undefined)
      return { kind: "unknown", why: `${inputs.outside}, which lies outside the checkout` };
    const [recipe, watch, ...contexts] = await Promise.all([
      digests.content(inputs.recipe),
      watched(image.watch).then((files) => filesDigest(files, 0, digests.reader)),
      ...inputs.contexts.map((context) => digests.context(context)),
    ]);
    const unknown = [watch, ...contexts].find((each) => each.kind === "unknown");
    if (unknown !== undefined) return unknown;
    if (inputs.contexts.some(takesGit)) description ??= checkout.git.description();
    const parts = {
      dockerfile: recipe,
      contexts: inputs.contexts.map(({ name }, index) => [name ?? null, contexts[index]]),
      ignoreFiles: await Promise.all(
        inputs.contexts.map(({ ignoreFile }) => ignoreFile && digests.content(ignoreFile)),
      ),
      git: inputs.contexts.some(takesGit) ? await description : null,
      watch,
      target: image.variant === "nix" ? nixMark : (image.target ?? null),
      platforms: image.platforms,
      args: hashedArguments(image).map(([name, value]) => [name, input.argumentText?.(value) ?? value]),
      elsewhere: image.contexts.flatMap((each) => (each.kind === "elsewhere" ? [[each.name, each.value]] : [])),
      settings: input.settingsOf(image),
    };
    return { kind: "known", digest: createHash("sha256").update(JSON.stringify(parts)).digest("hex") };
  };
}

/** Replaces a target, which is a text, for a Nix file. */
const nixMark = { variant: "nix" };

/** Arguments that BuildKit heeds though no file declares them. */
const undeclared = /^(?:BUILDKIT_|SOURCE_DATE_EPOCH$)/;

/** As the user wrote them. One that nothing declares does nothing. */
export function hashedArguments(image: Image): readonly (readonly [string, string])[] {
  if (image.variant === "nix") return [];
  const { dockerfile, buildArgs } = image;
  const declared = declaredArguments(dockerfile);
  const isForeign = dockerfile.doubts.length > 0;
  return Object.entries(buildArgs)
    .filter(([name]) => isForeign || declared.has(name) || undeclared.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

interface DigestReader {
  readonly reader: ContentReader;
  /** The content of one file, regardless of git; `null` where there is none. */
  content(place: Place): Promise<string | null>;
  context(context: ContextInputs): Promise<FilesDigest>;
}

function digestReader({ files }: Listing, reader: ContentReader): DigestReader {
  const filesOf = contextFiles(files);
  return {
    reader,
    async content({ target }: { readonly target: RepositoryPath }) {
      const file = files.at(target) ?? { path: target, content: undefined };
      // The mode means nothing here.
      return (await reader.content(file))?.replace(/^\d+ /, "") ?? null;
    },
    context: memoize(async (context: ContextInputs) => {
      const { target } = context.directory;
      return filesDigest(await filesOf(context), target === "." ? 0 : target.length + 1, reader);
    }, readingKey),
  };
}
