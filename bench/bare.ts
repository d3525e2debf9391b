/**
 * The least that publishes a graph of images by the action's own buildx commands: knows the graph beforehand, checks
 * nothing and tells nothing. A program of its own, so that it starts as the action does: `node bare.mjs SCRIPT.json`.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface BareScript {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Parents before children. */
  readonly images: readonly BareImage[];
}

export interface BareImage {
  readonly name: string;
  readonly parents: readonly string[];
  /** For docker; `{{name}}` stands for the digest of that image. */
  readonly args: readonly string[];
  /** Where buildx writes the digest. */
  readonly metadata: string;
  /** `http://host/v2/path/manifests/`; `undefined`: it is not published. */
  readonly manifests: string | undefined;
  readonly tags: readonly string[];
}

const { cwd, env, images } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as BareScript;
const digests = new Map<string, Promise<string>>();

async function build({ parents, args, metadata }: BareImage): Promise<string> {
  const known = await Promise.all(parents.map(async (name) => [name, (await digests.get(name)) ?? ""] as const));
  const filled = args.map((arg) => known.reduce((text, [name, digest]) => text.replace(`{{${name}}}`, digest), arg));
  await mkdir(dirname(metadata), { recursive: true });
  const docker = spawn("docker", filled, { cwd, env: { ...env }, stdio: "inherit" });
  const code = await new Promise((done) => docker.once("close", done));
  if (code !== 0) throw new Error(`docker ended with ${code}`);
  const written = JSON.parse(await readFile(metadata, "utf8")) as { "containerimage.digest": string };
  return written["containerimage.digest"];
}

async function publish({ name, manifests, tags }: BareImage): Promise<void> {
  const digest = await digests.get(name);
  if (manifests === undefined) return;
  const type = "application/vnd.oci.image.index.v1+json";
  const body = await (await fetch(manifests + digest, { headers: { accept: type } })).bytes();
  const put = { method: "PUT", headers: { "content-type": type }, body };
  for (const { ok, status } of await Promise.all(tags.map((tag) => fetch(manifests + tag, put)))) {
    if (!ok) throw new Error(`the registry answered ${status}`);
  }
}

for (const image of images) digests.set(image.name, build(image));
await Promise.all(images.map(publish));
