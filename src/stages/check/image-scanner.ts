/** The scanner of a run, which knows the files by which each image's findings are left out. */
import { posix } from "node:path";
import type { Image } from "../../catalog/catalog.ts";
import { eachOnce, problemsIn, throwProblems, UserError } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import { mapped } from "../../lib/pause.ts";
import { inBackticks, plainLine } from "../../lib/plain-text.ts";
import type { Digest } from "../../model/digest.ts";
import type { Repository } from "../../model/reference.ts";
import type { RunContext } from "../../model/run-context.ts";
import type { CredentialStore } from "../../oci/login/credentials.ts";
import { withoutPlatform } from "../../oci/manifest.ts";
import type { Registry } from "../../oci/registry/registry-client.ts";
import type { Files, Log } from "../../ports.ts";
import { readPlatforms } from "../../publish/published.ts";
import type { Outside } from "../../run/outside.ts";
import type { Scanned, ScanOptions, ScanSubject } from "../../scan/scanner.ts";
import { type ExpiredEntry, expiredEntries } from "../../scan/trivy/exceptions/expired-entries.ts";
import { ignoreFileProblems } from "../../scan/trivy/exceptions/ignore-file.ts";
import { vexProblem } from "../../scan/trivy/exceptions/vex-document.ts";
import { openScanner } from "../../scan/trivy/open-scanner.ts";
import { pinnedRelease } from "../../scan/trivy/release.ts";
import { type ScanSettings, scanOptions } from "../../settings/scan-settings.ts";

export interface ScannerRun {
  readonly outside: Outside;
  readonly context: Pick<RunContext, "workspace" | "temp">;
  /** The run's own, absolute. */
  readonly folder: string;
  readonly checkoutFiles: Pick<Files, "read">;
}

export interface ImageScannerParts {
  readonly registry: Registry;
  readonly credentials: CredentialStore;
  readonly settingsOf: (image: Image) => ScanSettings;
}

/** How many images' files are read at once. */
const atOnce = 16;

interface PublishedSubject {
  readonly image: Image;
  readonly repository: Repository;
  readonly digest: Digest;
}

export type ImageScanner = ReturnType<typeof openImageScanner>;

/** Nothing is fetched before something is to be scanned. */
export function openImageScanner(run: ScannerRun, { registry, credentials, settingsOf }: ImageScannerParts) {
  const { outside, folder, context, checkoutFiles } = run;
  const { env, files, clock, log } = outside;
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
  // Images have files in common: those of the root.
  const read = memoize((path: string) => checkoutFiles.read(path));
  const optionsOf = memoize(
    (image: Image) => scanOptions(image, settingsOf(image), { workspace, files: { read } }),
    ({ name }) => name,
  );
  /** Where the scanner can open a file of the checkout, also one that a sparse checkout leaves out. */
  const openable = memoize(async (path: string): Promise<string> => {
    if ((await files.look(Buffer.from(path))) !== undefined) return path;
    const copy = posix.join(folder, "left-out-files", posix.relative(workspace, path));
    await files.makeDirectory(posix.dirname(copy));
    await files.write(copy, (await read(path)) ?? "");
    return copy;
  });
  const openableOptions = async (image: Image): Promise<ScanOptions> => {
    const { ignoreFiles, vex } = await optionsOf(image);
    const all = (paths: readonly string[]) => Promise.all(paths.map(openable));
    return { ignoreFiles: await all(ignoreFiles), vex: await all(vex) };
  };
  const textOf = async (path: string): Promise<string> => new TextDecoder().decode(await read(path));
  const ignoreProblems = memoize(async (path: string) => {
    const [text, file] = [await textOf(path), posix.relative(workspace, path)];
    const problems = await ignoreFileProblems(text, file);
    if (problems.length === 0) warnOfExpired(await expiredEntries(text, file, clock.now()), log);
    return problems;
  });
  const vexProblems = memoize(
    async (path: string) => vexProblem(await textOf(path), posix.relative(workspace, path)) ?? [],
  );

  async function scan(
    image: Image,
    source: ScanSubject["source"],
    { digest, platforms }: { readonly digest: Digest } & Pick<ScanSubject, "platforms">,
  ): Promise<Scanned> {
    const error = source.kind === "registry" ? await hiddenPart(image.name, source.repository, digest) : undefined;
    if (error !== undefined) return { kind: "unscanned", error };
    return scanner.scan({ name: image.name, source, platforms, options: await openableOptions(image) });
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

  async function problemsOfFiles(image: Image): Promise<readonly UserError[]> {
    try {
      const { ignoreFiles, vex } = await optionsOf(image);
      return (await Promise.all([...ignoreFiles.map(ignoreProblems), ...vex.map(vexProblems)])).flat();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return problemsIn(error);
    }
  }

  return {
    prepare: scanner.prepare,
    sbom: scanner.sbom,
    facts: scanner.facts,
    /** @throws UserError for a file of the user's that is not there. */
    scan,
    /** The same, once for each digest. @throws RegistryError when the registry can't answer. */
    scanPublished: memoize(
      async ({ image, repository, digest }: PublishedSubject): Promise<Scanned> =>
        scan(
          image,
          { kind: "registry", repository },
          { digest, platforms: await readPlatforms(registry, repository, digest) },
        ),
      ({ image, repository, digest }) => `${image.name} ${repository}@${digest}`,
    ),
    /** @throws UserError (or `Problems`) for files of the user's that are not there, or that the scanner would not understand. */
    async checkFiles(images: readonly Image[]): Promise<void> {
      const problems = (await mapped(images, problemsOfFiles, atOnce)).flat();
      throwProblems(eachOnce(problems));
    },
    /** To be called when all is scanned. Never rejects. */
    async close(): Promise<void> {
      await scanner.close();
      await files.remove(ownFolder).catch(() => {});
    },
  };
}

function warnOfExpired(entries: readonly ExpiredEntry[], log: Log): void {
  for (const { id, expiry, at } of entries) {
    const [what, when] = [id, expiry].map((text) => inBackticks(plainLine(text)));
    log.warning(
      `the entry for ${what} expired on ${when}, so the finding is reported again`,
      "set a later date if the reason still holds, or remove the entry",
      { at },
    );
  }
}
