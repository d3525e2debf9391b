/** Images made without an engine: layers from folders, pushed with the registry API (OCI distribution-spec 1.1). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { path } from "./folder.ts";
import { run } from "./process.ts";

export interface PlatformImage {
  architecture: "amd64" | "arm64";
  /** The folder that becomes the only layer. */
  root: string;
  config: { Env?: string[]; Cmd?: string[]; Entrypoint?: string[]; Labels?: Record<string, string> };
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** A tag for what the given source files make: an image is made again when the file that describes it changes. */
export function recipe(...files: string[]): string {
  const text = files.map((file) => readFileSync(file)).join("\0");
  return `rig-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

/** Whether the tag is there; no, too, when the registry does not answer. */
export async function isPushed(registry: string, repository: string, tag: string): Promise<boolean> {
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  try {
    return (await fetch(url, { method: "HEAD", headers: { accept: `${INDEX}, ${MANIFEST}` } })).ok;
  } catch {
    return false;
  }
}

/** Pushes an index of the platforms under every tag. The same folders give the same digest. */
export async function pushImage(
  registry: string,
  repository: string,
  tags: string[],
  platforms: PlatformImage[],
): Promise<string> {
  const base = `http://${registry}/v2/${repository}`;
  const manifests = [];
  for (const { architecture, root, config } of platforms) {
    const layer = await tarOf(root);
    const packed = gzipSync(layer, { level: 1 });
    const configuration = Buffer.from(
      JSON.stringify({
        created: "1970-01-01T00:00:00Z",
        architecture,
        os: "linux",
        ...(architecture === "arm64" ? { variant: "v8" } : {}),
        config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], ...config },
        rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
        history: [{ created: "1970-01-01T00:00:00Z", created_by: "image-publish rig" }],
      }),
    );
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: await pushBlob(base, configuration, "application/vnd.oci.image.config.v1+json"),
      layers: [await pushBlob(base, packed, "application/vnd.oci.image.layer.v1.tar+gzip")],
    };
    const descriptor = await pushManifest(base, manifest, MANIFEST);
    const platform = { architecture, os: "linux", ...(architecture === "arm64" ? { variant: "v8" } : {}) };
    manifests.push({ ...descriptor, platform });
  }
  const index = { schemaVersion: 2, mediaType: INDEX, manifests };
  let digest = "";
  for (const tag of tags) digest = (await pushManifest(base, index, INDEX, tag)).digest;
  return digest;
}

/** Pushes a folder, packed as one file, that is no image. */
export async function pushArtifact(
  registry: string,
  repository: string,
  tags: string[],
  artifact: { root: string; file: string; layerType: string; configType: string },
): Promise<void> {
  const base = `http://${registry}/v2/${repository}`;
  const layer = await pushBlob(base, gzipSync(await tarOf(artifact.root), { level: 1 }), artifact.layerType);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: await pushBlob(base, Buffer.from("{}"), artifact.configType),
    layers: [{ ...layer, annotations: { "org.opencontainers.image.title": artifact.file } }],
  };
  for (const tag of tags) await pushManifest(base, manifest, MANIFEST, tag);
}

/** Makes a tar archive of a folder: the same bytes for the same content. */
async function tarOf(root: string): Promise<Buffer> {
  const file = path("tmp", `layer-${process.pid}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}.tar`);
  const stable = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];
  await run("tar", [...stable, "-C", root, "-cf", file, "."]);
  const bytes = readFileSync(file);
  await run("rm", [file]);
  return bytes;
}

async function pushBlob(base: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const there = await fetch(`${base}/blobs/${digest}`, { method: "HEAD" });
  if (!there.ok) {
    const upload = await send("POST", `${base}/blobs/uploads/`);
    const location = new URL(upload.headers.get("location") ?? "", base);
    location.searchParams.set("digest", digest);
    await send("PUT", location.href, bytes, "application/octet-stream");
  }
  return { mediaType, digest, size: bytes.length };
}

async function pushManifest(base: string, manifest: object, mediaType: string, tag?: string): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  await send("PUT", `${base}/manifests/${tag ?? digest}`, bytes, mediaType);
  return { mediaType, digest, size: bytes.length };
}

async function send(method: string, url: string, body?: Buffer, type?: string): Promise<Response> {
  const answer = await fetch(url, {
    method,
    ...(body ? { body: new Uint8Array(body) } : {}),
    ...(type ? { headers: { "content-type": type } } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
