/** What a registry really holds, asked over HTTP by other code than the action's. */
import { createHash } from "node:crypto";
import { rig } from "./rig.ts";

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly document: {
    readonly manifests?: readonly Descriptor[];
    readonly config?: Descriptor;
    readonly layers?: readonly Descriptor[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly config?: { readonly Labels?: Readonly<Record<string, string>>; readonly Env?: readonly string[] };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** The header for registries that ask for one. */
function loginFor(host: string): { readonly authorization?: string } {
  const { authRegistry, gitea } = rig;
  const logins = new Map([[authRegistry.host, `${authRegistry.username}:${authRegistry.password}`]]);
  if (gitea !== undefined) logins.set(gitea.host, `${gitea.administrator.name}:${gitea.administrator.token}`);
  const login = logins.get(host);
  return login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

/** `repository` is given in full: `127.0.0.1:5000/owner/repo/name`. */
function ask(repository: string, path: string): Promise<Response> {
  const [host = "", ...name] = repository.split("/");
  const accept = ["application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"].join(", ");
  return fetch(`http://${host}/v2/${name.join("/")}/${path}`, {
    headers: { accept, ...loginFor(host) },
  });
}

/** All tags that people know of, sorted: without those of source hashes. None where the repository does not exist. */
export async function tagsOf(repository: string): Promise<readonly string[]> {
  return (await allTagsOf(repository)).filter((tag) => !isSourceTag(tag));
}

/** The tags of source hashes, by which later runs find what was made of the same sources. */
export async function sourceTagsOf(repository: string): Promise<readonly string[]> {
  return (await allTagsOf(repository)).filter(isSourceTag);
}

function isSourceTag(tag: string): boolean {
  return /^src-[0-9a-f]{16}$/.test(tag);
}

async function allTagsOf(repository: string): Promise<readonly string[]> {
  const answer = await ask(repository, "tags/list");
  if (answer.status === 404) return [];
  const { tags } = (await answer.json()) as { tags: readonly string[] | null };
  return [...(tags ?? [])].sort();
}

/** Takes a tag away, as a run that ended too early leaves it; the digest stays. */
export async function removeTag(repository: string, tag: string): Promise<void> {
  const [host = "", ...name] = repository.split("/");
  const { digest, mediaType } = await manifestOf(repository, tag);
  const others = (await allTagsOf(repository)).filter((each) => each !== tag);
  const kept = await Promise.all(others.map(async (each) => [each, await manifestOf(repository, each)] as const));
  const bytes = await (await ask(repository, `manifests/${tag}`)).text();
  // The test registry only deletes by digest, which takes all tags of it along.
  await fetch(`http://${host}/v2/${name.join("/")}/manifests/${digest}`, { method: "DELETE" });
  const put = (reference: string) =>
    fetch(`http://${host}/v2/${name.join("/")}/manifests/${reference}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: bytes,
    });
  await put(digest);
  for (const [each, manifest] of kept) if (manifest.digest === digest) await put(each);
}

/** Puts an index of the same images under a tag, as anybody may who can push. @returns its digest. */
export async function plant(
  repository: string,
  tag: string,
  { like, annotations }: { readonly like: string; readonly annotations: Readonly<Record<string, string | undefined>> },
): Promise<string> {
  const [host = "", ...name] = repository.split("/");
  const { document, mediaType } = await manifestOf(repository, like);
  const changed = { ...document, annotations: { ...document.annotations, ...annotations } };
  const answer = await fetch(`http://${host}/v2/${name.join("/")}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: JSON.stringify(changed),
  });
  if (!answer.ok) throw new Error(`${repository}:${tag} was not put: ${answer.status}`);
  return (await manifestOf(repository, tag)).digest;
}

/** The digest of each tag. */
export async function digestsOf(repository: string): Promise<Readonly<Record<string, string>>> {
  const tags = await tagsOf(repository);
  return Object.fromEntries(
    await Promise.all(tags.map(async (tag) => [tag, (await manifestOf(repository, tag)).digest] as const)),
  );
}

/** @throws where there is none. */
export async function manifestOf(repository: string, reference: string): Promise<Manifest> {
  const answer = await ask(repository, `manifests/${reference}`);
  if (!answer.ok) throw new Error(`${repository} has no ${reference}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return {
    digest: `sha256:${createHash("sha256").update(text).digest("hex")}`,
    mediaType: answer.headers.get("content-type") ?? "",
    document: JSON.parse(text) as Manifest["document"],
  };
}

/** The configuration of each image of an index by platform, without attestations. */
export async function configsOf(repository: string, reference: string): Promise<Readonly<Record<string, ImageConfig>>> {
  const { document } = await manifestOf(repository, reference);
  const images = (document.manifests ?? []).filter(({ platform }) => platform?.os !== "unknown");
  const configs = images.map(async ({ digest, platform }) => {
    const image = await manifestOf(repository, digest);
    const config = (await (await ask(repository, `blobs/${image.document.config?.digest}`)).json()) as ImageConfig;
    return [`${platform?.os}/${platform?.architecture}`, config] as const;
  });
  return Object.fromEntries(await Promise.all(configs));
}

/** Whether anything at all was ever pushed there: a manifest without tag is told by its layers. */
export async function isUntouched(project: { readonly own: string }): Promise<boolean> {
  const [host = "", ...slug] = project.own.split("/");
  const answer = await fetch(`http://${host}/v2/_catalog?n=100&last=${encodeURIComponent(slug.join("/"))}`, {
    headers: loginFor(host),
  });
  const { repositories } = (await answer.json()) as { repositories: readonly string[] };
  return !repositories.some((name) => name.startsWith(`${slug.join("/")}/`));
}
