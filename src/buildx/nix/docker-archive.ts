/**
 * From the archive that `docker save` writes (docker-archive: manifest.json, configs, layers) to the blobs of an OCI layout
 * (OCI image-spec, image-layout.md). The layers stay as they are: BuildKit compresses and checks them.
 */
import { posix } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { followLinks } from "../../lib/local-paths.ts";
import { type Digest, digestOf, isDigest } from "../../model/digest.ts";
import { type Platform, partsOf, platformOf } from "../../model/platform.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import type { FileLooks, Files, Processes } from "../../ports.ts";
import type { Environment } from "../builder/environment.ts";

export interface DockerArchiveDependencies {
  readonly processes: Processes;
  readonly files: Pick<Files, "read" | "write" | "makeDirectory" | "move" | "remove"> & FileLooks;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

export interface ArchivedImage {
  readonly platform: Platform;
  readonly manifest: StoredBlob;
}

interface StoredBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Puts the one image of an archive into a layout. @param folder what it may unpack into; nothing of it is left.
 * @throws UserError for what is no such archive.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  layout: string,
  deps: DockerArchiveDependencies,
): Promise<ArchivedImage> {
  const { files, processes, environment: env, signal } = deps;
  await files.makeDirectory(folder);
  const args = ["--extract", "--file", archive, "--directory", folder, "--no-same-owner", "--no-same-permissions"];
  const { code, stderr } = await processes.run("tar", args, { env, signal });
  if (code !== 0) throw wrong(`tar can't unpack it: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  await checkPlain(folder, `${folder}/manifest.json`, files);
  const { configPath, layers } = await readManifest(folder, files);
  await checkPlain(folder, inside(folder, configPath), files);
  for (const each of layers) await checkPlain(folder, posix.dirname(inside(folder, each)), files);
  const config = await files.read(inside(folder, configPath));
  if (config === undefined) throw wrong(`it lacks ${configPath}`);
  const { platform, diffIds } = readConfig(config);
  if (diffIds.length !== layers.length) throw wrong("its config lists other layers than it holds");
  const stored: StoredBlob[] = [];
  for (const [index, diffId] of diffIds.entries()) {
    stored.push(await storeLayer(inside(folder, layers[index] ?? ""), diffId, layout, files));
  }
  const manifest = await storeJson(mediaTypes.manifest, layout, files, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await storeBytes(configType, config, layout, files),
    layers: stored,
  });
  await files.remove(folder);
  return { platform, manifest };
}

/** Makes a layout of images, one a platform. @returns the digest of its index. */
export async function finishLayout(
  layout: string,
  images: readonly ArchivedImage[],
  files: DockerArchiveDependencies["files"],
): Promise<Digest> {
  const index = await storeJson(mediaTypes.index, layout, files, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ platform, manifest }) => ({ ...manifest, platform: partsOf(platform) })),
  });
  await files.write(`${layout}/oci-layout`, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await files.write(`${layout}/index.json`, JSON.stringify({ schemaVersion: 2, manifests: [index] }));
  return index.digest;
}

/** A symlink of an archive would lead to any file of this machine. */
async function checkPlain(folder: string, path: string, files: FileLooks): Promise<void> {
  const [root, followed] = await Promise.all([followLinks(folder, files), followLinks(path, files)]);
  const within = posix.relative(folder, path);
  if (root === undefined || followed?.real !== posix.join(root.real, within)) throw wrong(`${within} is a symlink`);
}

const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";

async function readManifest(folder: string, files: Pick<Files, "read">) {
  const parsed = parse(await files.read(`${folder}/manifest.json`), "manifest.json");
  const [image, ...others] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  if (others.length > 0) throw wrong("it holds several images");
  const configPath = field(image, "Config");
  const layers = field(image, "Layers");
  if (typeof configPath !== "string" || !isTexts(layers)) throw wrong("its manifest.json names no image");
  return { configPath, layers };
}

function readConfig(bytes: Uint8Array): { readonly platform: Platform; readonly diffIds: readonly Digest[] } {
  const config = parse(bytes, "config");
  const [os, architecture, variant] = ["os", "architecture", "variant"].map((name) => field(config, name));
  const diffIds = field(field(config, "rootfs"), "diff_ids");
  if (typeof os !== "string" || typeof architecture !== "string") throw wrong("its config names no platform");
  if (!isTexts(diffIds) || !diffIds.every(isDigest)) throw wrong("its config names no layers");
  const parts = { os, architecture, ...(typeof variant === "string" ? { variant } : {}) };
  return { platform: platformOf(parts), diffIds };
}

/** Two layers may be the same; then the second is there already. */
async function storeLayer(
  path: string,
  digest: Digest,
  layout: string,
  files: DockerArchiveDependencies["files"],
): Promise<StoredBlob> {
  const blob = blobPath(layout, digest);
  const known = await files.look(Buffer.from(blob));
  const look = known ?? (await files.look(Buffer.from(path)));
  if (look?.kind !== "file") throw wrong(`a layer of it is ${look === undefined ? "missing" : `a ${look.kind}`}`);
  if (known === undefined) {
    await files.makeDirectory(posix.dirname(blob));
    await files.move(path, blob);
  }
  return { mediaType: layerType, digest, size: look.size };
}

function storeJson(
  mediaType: string,
  layout: string,
  files: DockerArchiveDependencies["files"],
  value: object,
): Promise<StoredBlob> {
  return storeBytes(mediaType, new TextEncoder().encode(JSON.stringify(value)), layout, files);
}

async function storeBytes(
  mediaType: string,
  bytes: Uint8Array,
  layout: string,
  files: DockerArchiveDependencies["files"],
): Promise<StoredBlob> {
  const digest = digestOf(bytes);
  const path = blobPath(layout, digest);
  await files.makeDirectory(posix.dirname(path));
  await files.write(path, bytes);
  return { mediaType, digest, size: bytes.length };
}

function blobPath(layout: string, digest: Digest): string {
  return `${layout}/blobs/${digest.replace(":", "/")}`;
}

/** tar keeps what it unpacks in its folder; what the manifest names has to be in there too. */
function inside(folder: string, path: string): string {
  const normal = posix.normalize(path);
  if (path === "" || posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../")) {
    throw wrong(`it names "${path}", which lies outside of it`);
  }
  return posix.join(folder, normal);
}

function parse(bytes: Uint8Array | undefined, what: string): unknown {
  if (bytes === undefined) throw wrong(`it has no ${what}`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw wrong(`its ${what} isn't valid JSON: ${messageOf(cause)}`);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function wrong(why: string): UserError {
  return new UserError(`Nix didn't make an archive of an image: ${why}`, {
    hint: "let the Nix file be what pkgs.dockerTools.buildImage, buildLayeredImage or streamLayeredImage gives",
  });
}
