/** The scanner of a run, which knows the files by which each image's findings are left out. */
import type { Image } from "../catalog/catalog.ts";
import { UserError } from "../errors.ts";
import type { CredentialStore } from "../oci/credentials.ts";
import type { Digest } from "../oci/digest.ts";
import { withoutPlatform } from "../oci/manifest.ts";
import type { Repository } from "../oci/reference.ts";
import type { Registry } from "../oci/registry-client.ts";
import { onceEach } from "../once-each.ts";
import { readPlatforms } from "../publish/published.ts";
import type { Scanned, ScanSubject } from "../scan/scanner.ts";
import { openScanner } from "../scan/trivy/open-scanner.ts";
import { pinnedRelease } from "../scan/trivy/release.ts";
import { type ScanSettings, scanOptions } from "./scan-settings.ts";
import type { Session } from "./session.ts";

export interface ImageScannerParts {
  readonly registry: Registry;
  readonly credentials: CredentialStore;
  readonly settingsOf: (image: Image) => ScanSettings;
}

interface PublishedSubject {
  readonly image: Image;
  readonly repository: Repository;
  readonly digest: Digest;
}

/** Nothing is fetched before something is to be scanned. */
export function openImageScanner(session: Session, { registry, credentials, settingsOf }: ImageScannerParts) {
  const { outside, folder, context } = session;
  const { env, files } = outside;
  const { workspace } = context;
  /** With the program, logins and links to databases. */
  const ownFolder = `${folder}/trivy`;
  const scanner = openScanner({
    ...outside,
    // Part of a scan is waiting.
    parallelism: outside.parallelism + 1,
    credentials,
    release: pinnedRelease,
    folder: ownFolder,
    reports: `${folder}/reports`,
    store: `${env.RUNNER_TEMP || context.temp}/image-publish-databases`,
    workspace,
  });
  const optionsOf = onceEach(
    (image: Image) => scanOptions(image, settingsOf(image), { workspace, files: session.checkoutFiles }),
    ({ name }) => name,
  );

  async function scan(
    image: Image,
    source: ScanSubject["source"],
    { digest, platforms }: { readonly digest: Digest } & Pick<ScanSubject, "platforms">,
  ): Promise<Scanned> {
    const error = source.kind === "registry" ? await hiddenPart(image.name, source.repository, digest) : undefined;
    if (error !== undefined) return { kind: "unscanned", error };
    return scanner.scan({ name: image.name, source, platforms, options: await optionsOf(image) });
  }

  /** What is not listed among an image's platforms may be the very thing that somebody pulls. */
  async function hiddenPart(name: string, repository: Repository, digest: Digest): Promise<UserError | undefined> {
    try {
      const document = (await registry.manifest(repository, digest))?.document;
      if (document?.kind !== "index") return undefined;
      const hidden = withoutPlatform(document).length;
      return hidden === 0
        ? undefined
        : new UserError(`${name} could not be scanned: its index names no platform for ${hidden} of its images`, {
            hint: "push the image again, by a tool that writes the platforms into its index",
          });
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }

  return {
    prepare: scanner.prepare,
    bill: scanner.bill,
    /** @throws UserError for a file of the user's that is not there. */
    scan,
    /** The same, once for each digest. @throws RegistryError when the registry can't tell. */
    scanPublished: onceEach(
      async ({ image, repository, digest }: PublishedSubject): Promise<Scanned> =>
        scan(
          image,
          { kind: "registry", repository },
          { digest, platforms: await readPlatforms(registry, repository, digest) },
        ),
      ({ image, repository, digest }) => `${image.name} ${repository}@${digest}`,
    ),
    /** To be called when all is scanned. Never rejects. */
    async close(): Promise<void> {
      await scanner.close();
      await files.remove(ownFolder).catch(() => {});
    },
  };
}
