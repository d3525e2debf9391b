import type { CodeScanning } from "../../forge/github/code-scanning.ts";
import { imageOf } from "../sarif/categories.ts";
import type { ImageSarif } from "../sarif/sarif.ts";
import { toolName } from "../sarif/sarif-log.ts";

/** Of 100 analyses each. */
const mostPages = 10;

/**
 * Our categories whose newest analysis of a ref has results, so that alerts may be open; `undefined` where GitHub doesn't
 * report them.
 */
export async function openCategories(codeScanning: CodeScanning, ref: string): Promise<readonly string[] | undefined> {
  const newest = new Map<string, number>();
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await codeScanning.analyses(ref, toolName, page);
    // There is no analysis at all before the first upload.
    if (answer.kind === "refusal") return answer.error.answer?.status === 404 && page === 1 ? [] : undefined;
    for (const { category, results } of answer.value) if (!newest.has(category)) newest.set(category, results);
    if (answer.value.length < 100) break;
  }
  return [...newest]
    .filter(([category, results]) => results > 0 && imageOf(category) !== undefined)
    .map(([each]) => each);
}

/** Categories of an image's platforms that have nothing of their own now; in doubt all that might have had something. */
export function outlivedPlatforms(sarif: ImageSarif, open: readonly string[] | undefined): readonly string[] {
  if (open === undefined) return sarif.emptyCategories;
  const used = new Set(sarif.upload.runs.map((run) => run.automationDetails.id));
  return open.filter((category) => imageOf(category) === sarif.image && !used.has(`${category}/`));
}

/** Categories of images that the repository no longer has. `names`: those of all images that it has. */
export function deletedImages(open: readonly string[] | undefined, names: readonly string[]): readonly string[] {
  const known = new Set(names);
  return (open ?? []).filter((category) => {
    const image = imageOf(category);
    return image !== undefined && !known.has(image);
  });
}
