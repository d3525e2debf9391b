/** Layers as Trivy's databases are published: gzipped tar archives, also such as nobody publishes. */
import { gzipSync } from "node:zlib";
import { digestOf } from "../../../../src/model/digest.ts";
import { mediaTypes } from "../../../../src/oci/manifest.ts";
import { vulnerabilities } from "../../../../src/scan/trivy/database/database-kind.ts";

export interface Member {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** ustar's `typeflag`; a regular file unless told. */
  readonly type?: string;
  readonly target?: string;
  /** What the header says, whatever there is. */
  readonly size?: number;
}

export function tarOf(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ name, content = "", type = "0", target = "", size }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${(size ?? bytes.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write(target, 157, 100);
    header.write("ustar\u000000", 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export interface PublishedDatabase {
  readonly manifest: Buffer;
  readonly digest: string;
  readonly layer: Buffer;
}

/** An artifact whose manifest and layer agree, as anybody can make one. */
export function publishedDatabase(metadata: string, database = "a database"): PublishedDatabase {
  const members = [
    { name: "trivy.db", content: database },
    { name: "metadata.json", content: metadata },
  ];
  return artifact(gzipSync(tarOf(members)));
}

export function artifact(layer: Buffer, layerType: string = vulnerabilities.layerType): PublishedDatabase {
  const config = { mediaType: "application/vnd.aquasec.trivy.config.v1+json", digest: digestOf("{}"), size: 2 };
  const layers = [{ mediaType: layerType, digest: digestOf(layer), size: layer.length }];
  const document = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers };
  const manifest = Buffer.from(JSON.stringify(document));
  return { manifest, digest: digestOf(manifest), layer };
}
