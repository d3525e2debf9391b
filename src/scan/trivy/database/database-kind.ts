/** The two databases of Trivy: where they are published, and what may be trusted in them. */
import { UserError } from "../../../errors.ts";
import { type Tag, tag } from "../../../model/reference.ts";
import type { Descriptor, StoredManifest } from "../../../oci/manifest.ts";

export interface DatabaseKind {
  /** Its folder in Trivy's cache. */
  readonly folder: "db" | "java-db";
  readonly what: string;
  /** By which the user names mirrors of their own, as Trivy's own command line takes it. */
  readonly variable: string;
  readonly mirrors: readonly string[];
  /** The schema's: what a mirror without a tag is asked for, as Trivy does. */
  readonly tag: Tag;
  readonly layerType: string;
  /** The database's file; beside it is `metadata.json`. */
  readonly file: string;
  /** Most bytes, of the layer and of the file in it. */
  readonly maximum: { readonly layer: number; readonly file: number };
  /** Days: how far ahead the next edition of a kept one may be, and how old it may be. */
  readonly days: { readonly next: number; readonly age: number };
}

export const vulnerabilities: DatabaseKind = {
  folder: "db",
  what: "vulnerability database",
  variable: "TRIVY_DB_REPOSITORY",
  mirrors: [
    "mirror.gcr.io/aquasec/trivy-db:2",
    "ghcr.io/aquasecurity/trivy-db:2",
    "public.ecr.aws/aquasecurity/trivy-db:2",
  ],
  tag: tag("2"),
  layerType: "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip",
  file: "trivy.db",
  // 60 MB and 600 MB today.
  maximum: { layer: 1024 ** 3, file: 8 * 1024 ** 3 },
  days: { next: 2, age: 7 },
};

/** Identifies Java archives that don't name themselves. Downloaded only where there are any. */
export const javaArchives: DatabaseKind = {
  folder: "java-db",
  what: "database of Java archives",
  variable: "TRIVY_JAVA_DB_REPOSITORY",
  mirrors: [
    "mirror.gcr.io/aquasec/trivy-java-db:1",
    "ghcr.io/aquasecurity/trivy-java-db:1",
    "public.ecr.aws/aquasecurity/trivy-java-db:1",
  ],
  tag: tag("1"),
  layerType: "application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip",
  file: "trivy-java.db",
  // 700 MB and 1.5 GB today.
  maximum: { layer: 3 * 1024 ** 3, file: 16 * 1024 ** 3 },
  days: { next: 8, age: 15 },
};

/** The one layer of a database's artifact. @throws UserError when it is another artifact */
export function layerOf(kind: DatabaseKind, { document }: Pick<StoredManifest, "document">): Descriptor {
  const [layer, ...others] = document.kind === "manifest" ? document.layers : [];
  if (layer === undefined || others.length > 0 || layer.mediaType !== kind.layerType) {
    throw new UserError(`it isn't a ${kind.what}: that has one layer, of the type ${kind.layerType}`, {
      hint: `name a mirror of the ${kind.what} in ${kind.variable}`,
    });
  }
  if (layer.size > kind.maximum.layer) {
    throw new UserError(`its layer of ${layer.size} bytes is too large for a ${kind.what}`, {
      hint: `name a mirror of the ${kind.what} in ${kind.variable}`,
    });
  }
  return layer;
}
