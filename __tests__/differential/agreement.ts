/** Holding two answers to the same question against each other, for cases that are written down and for generated ones. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";

const seed = Number(process.env.DIFFERENTIAL_SEED ?? 1);
const numRuns = Number(process.env.DIFFERENTIAL_CASES ?? 10_000);

/** How many cases there were of each kind. */
export type Counts<Kind extends string> = Readonly<Record<Kind, number>> & { readonly all: number };

/**
 * Checks many generated cases, the same ones each time, each of which is of one of the kinds. A case that fails is made as
 * small as it still fails, and told with the seed; `DIFFERENTIAL_SEED` gives other cases, `DIFFERENTIAL_CASES` more.
 */
export async function checkAll<Case, Kind extends string>(
  cases: fc.Arbitrary<Case>,
  kinds: readonly Kind[],
  check: (each: Case) => Promise<Kind>,
): Promise<Counts<Kind>> {
  const counts = new Map<Kind, number>();
  const property = fc.asyncProperty(cases, async (each) => {
    const kind = await check(each);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  });
  await fc.assert(property, { seed, numRuns });
  const told = Object.fromEntries(kinds.map((kind) => [kind, counts.get(kind) ?? 0])) as Record<Kind, number>;
  return { ...told, all: numRuns };
}

/** @throws where the answers differ, with all that is needed to see why. */
export function mustAgree(input: unknown, ours: unknown, theirs: unknown): void {
  const [a, b] = [plain(ours), plain(theirs)];
  if (!isDeepStrictEqual(a, b)) throw difference(input, a, b);
}

export function difference(input: unknown, ours: unknown, theirs: unknown): Error {
  return new Error(
    `for ${shown(input)}\nour reader says ${shown(ours)}\nthe original says ${shown(theirs)}\n(seed ${seed})`,
  );
}

const longest = 4000;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return typeof value === "string" && text === cut ? `\n${value}\n  = ${cut}` : cut;
}

/** Without what is empty: the programs give an empty text, list or number for what is missing. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).map(([key, each]) => [key, plain(each)] as const);
  return Object.fromEntries(kept.filter(([, each]) => !isNothing(each)));
}

function isNothing(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}
