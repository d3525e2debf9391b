/** Where a candidate's index and manifests are: pushed, or in a layout of this machine. */
import type { Digest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { Files } from "../ports.ts";
import { layoutReader, type ReadManifest } from "./contents.ts";

export interface IndexBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}

export interface CandidateStore {
  readonly read: ReadManifest;
  /** Puts another index beside what is there, under no name but its digest. */
  readonly write: (index: IndexBytes) => Promise<void>;
}

/** What is asked of a registry while images are built. Both: @throws UserError. */
export interface CandidateRegistry {
  manifest(repository: Repository, digest: Digest): Promise<Uint8Array>;
  putManifest(repository: Repository, index: IndexBytes): Promise<void>;
}

export function registryStore(registry: CandidateRegistry, to: Repository): CandidateStore {
  // The index that was just read is read again to be changed.
  const known = new Map<Digest, Promise<Uint8Array>>();
  return {
    read: (digest) => {
      const bytes = known.get(digest) ?? registry.manifest(to, digest);
      known.set(digest, bytes);
      return bytes;
    },
    write: (index) => registry.putManifest(to, index),
  };
}

/** @param path an OCI layout, absolute; its index.json names the last index that was written (image-layout.md). */
export function layoutStore(files: Pick<Files, "read" | "write">, path: string): CandidateStore {
  return {
    read: layoutReader(files, path),
    async write({ bytes, mediaType, digest }) {
      await files.write(`${path}/blobs/${digest.replace(":", "/")}`, bytes);
      const manifests = [{ mediaType, digest, size: bytes.length }];
      const mediaTypeOfIndex = "application/vnd.oci.image.index.v1+json";
      const index = { schemaVersion: 2, mediaType: mediaTypeOfIndex, manifests };
      await files.write(`${path}/index.json`, JSON.stringify(index));
    },
  };
}
