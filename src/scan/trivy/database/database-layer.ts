/** A database as it was fetched: a folder of the run's own with the artifact's manifest and its layer, and what is in it. */
import { createHash } from "node:crypto";
import { UserError } from "../../../errors.ts";
import { type Digest, digestOf } from "../../../model/digest.ts";
import { maximumManifest, parseManifest } from "../../../oci/manifest.ts";
import type { FileStreams, Files } from "../../../ports.ts";
import { type DatabaseKind, layerOf } from "./database-kind.ts";
import { type DatabaseTimes, readTimes } from "./database-times.ts";
import { unpackLayer } from "./unpack-layer.ts";

export interface Database {
  /** The folder that Trivy reads, absolute. */
  readonly place: string;
  /** The folder with manifest and layer, absolute. */
  readonly layer: string;
  readonly times: DatabaseTimes;
}

export const manifestIn = (folder: string): string => `${folder}/manifest.json`;
export const layerIn = (folder: string): string => `${folder}/layer.tar.gz`;

const maximumMetadata = 64 * 1024;

/**
 * Whether the layer's bytes are those that the manifest names. @returns the manifest's own digest, which the mirror has to
 * know. @throws UserError when something is wrong with them
 */
export async function checkLayer(kind: DatabaseKind, folder: string, files: FileStreams): Promise<Digest> {
  const manifest = await whole(files.readStream(manifestIn(folder)), maximumManifest);
  const { digest, size } = layerOf(kind, { document: parseManifest(manifest) });
  const sum = createHash("sha256");
  for await (const chunk of withLimit(files.readStream(layerIn(folder)), size)) sum.update(chunk);
  const found = `sha256:${sum.digest("hex")}`;
  if (found !== digest) {
    throw new UserError(`its layer is ${found}, and the manifest names ${digest}`, { hint: "fetch it again" });
  }
  return digestOf(manifest);
}

/** Unpacks a layer whose digest is right. @throws UserError when it holds no database */
export async function unpackDatabase(
  kind: DatabaseKind,
  layer: string,
  place: string,
  files: Files & FileStreams,
): Promise<Database> {
  await files.makeDirectory(place);
  const metadata = `${place}/metadata.json`;
  const wanted = {
    [kind.file]: { to: `${place}/${kind.file}`, maximum: kind.maximum.file },
    "metadata.json": { to: metadata, maximum: maximumMetadata },
  };
  await unpackLayer(files.readStream(layerIn(layer)), wanted, files);
  const times = readTimes(await files.read(metadata));
  if (times === undefined) {
    throw new UserError("its metadata.json can't be read", { hint: `name another mirror in ${kind.variable}` });
  }
  return { place, layer, times };
}

/** The bytes up to so many. @throws UserError where there are more */
export async function* withLimit(content: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of content) {
    length += chunk.byteLength;
    if (length > most) throw new UserError("a file of it is larger than it may be", { hint: "fetch it again" });
    yield chunk;
  }
}

async function whole(content: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of withLimit(content, most)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
