/** Reads files that a sparse checkout leaves out from git, several at once: a partial clone has to fetch them. */
import { explain, UserError } from "../../errors.ts";
import { memoize } from "../../lib/memoize.ts";
import type { Git } from "../git.ts";
import { GitFailure } from "../git-command.ts";
import type { TrackedFile } from "../git-tree.ts";

/** @returns reads the bytes that git has. @throws UserError where they can't be had. */
export function leftOutContent(git: Pick<Git, "blobs" | "fetchBlobs">): (file: TrackedFile) => Promise<Uint8Array> {
  const read = inBatches((ids) => blobs(git, ids));
  return memoize(
    async (file: TrackedFile) => {
      const bytes = await read(blobOf(file)).catch((error: unknown) => {
        throw error instanceof GitFailure ? notThere(file, error) : error;
      });
      if (bytes === undefined) throw notThere(file);
      return bytes;
    },
    ({ content }) => content,
  );
}

/** The id in `100644 <id>`. */
function blobOf({ content }: TrackedFile): string {
  return content.slice(content.indexOf(" ") + 1);
}

async function blobs(git: Pick<Git, "blobs" | "fetchBlobs">, ids: readonly string[]) {
  await git.fetchBlobs(ids);
  return git.blobs(ids);
}

/** What is asked for while an answer is on its way waits for the next, which is for all of it. */
function inBatches<T>(
  ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (key: string) => Promise<T | undefined> {
  let next: { readonly keys: Set<string>; readonly answer: Promise<ReadonlyMap<string, T>> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const begin = () => {
    const keys = new Set<string>();
    const answer = last.then(() => {
      next = undefined;
      return ask([...keys]);
    });
    last = answer.catch(() => {});
    return { keys, answer };
  };
  return async (key) => {
    next ??= begin();
    next.keys.add(key);
    return (await next.answer).get(key);
  };
}

function notThere({ path }: TrackedFile, failure?: GitFailure): UserError {
  const because = failure === undefined ? "" : `: ${explain(failure)}`;
  return new UserError(`${path} isn't in this sparse checkout, and git doesn't have it either${because}`, {
    hint: `add it to \`sparse-checkout\`, or let \`token\` read the repository (\`contents: read\`)`,
    at: { file: path },
  });
}
