/** Hosts that require a login and are named by a file of the repository alone: all of them are reported at once. */
import type { Image } from "../../catalog/catalog.ts";
import { type SourceLocation, throwProblems, UserError } from "../../errors.ts";
import { splitRepository, tag } from "../../model/reference.ts";
import type { RegistryClient } from "../../oci/registry/registry-client.ts";
import { hostOfLine } from "../../tags/image-names.ts";
import type { Survey } from "../analyze/survey.ts";
import { isUnnamedHost, oneOfEach } from "./push-rights.ts";

export interface UnnamedOptions {
  readonly surveyed: Pick<Survey, "catalog" | "left" | "settingsOf">;
  readonly registry: Pick<RegistryClient, "checkPush" | "head">;
  /** Whether what is built is pushed. */
  readonly push: boolean;
}

/** Does the work; where it ends at one such host, the others are looked for, too. @throws UserError, or `Problems` */
export async function withUnnamedHosts<T>(work: Promise<T>, options: UnnamedOptions): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isUnnamedHost(error)) throwProblems(await unnamedHosts(options));
    throw error;
  }
}

async function unnamedHosts({ surveyed, registry, push }: UnnamedOptions): Promise<readonly UserError[]> {
  const { catalog, left, settingsOf } = surveyed;
  const images = catalog.images.filter(({ name }) => !left.has(name));
  const found = await Promise.all(
    oneOfEach(images.flatMap(({ repositories }) => repositories)).map(async (repository) => {
      const [refusal] = await Promise.allSettled([
        push ? registry.checkPush(repository) : registry.head(repository, tag("latest")),
      ]);
      if (refusal.status === "fulfilled" || !isUnnamedHost(refusal.reason)) return [];
      const at = placeOf(splitRepository(repository).host, images, settingsOf);
      const { message, hint, cause } = refusal.reason;
      return [new UserError(message, { hint, cause, ...(at === undefined ? {} : { at }) })];
    }),
  );
  return found.flat();
}

/** Where a host is written; else, where an expression makes it, the first line that names the image's repositories. */
function placeOf(host: string, images: readonly Image[], settingsOf: Survey["settingsOf"]): SourceLocation | undefined {
  const there = images.filter(({ repositories }) => repositories.some((each) => splitRepository(each).host === host));
  const lines = there.flatMap(({ publicName }) => settingsOf(publicName).names);
  const written = lines.filter((line) => hostOfLine(line) === host);
  return [...written, ...lines].find(({ line }) => line.at !== undefined)?.line.at;
}
