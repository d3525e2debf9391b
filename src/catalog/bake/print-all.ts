/** Prints bake files, several at once, and several by one process where one print shows the same as one of each. */
import { posix } from "node:path";
import type { UserError } from "../../errors.ts";
import { type Attempt, attemptLater } from "../../lib/attempt.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { limit } from "../../lib/limit.ts";
import { mapped } from "../../lib/pause.ts";
import { lastPart } from "../../model/repository-path.ts";
import type { Files } from "../../ports.ts";
import type { BakeDefinition } from "./bake-definition.ts";
import { bakeNames, composeNames } from "./bake-files.ts";
import { type BakeOutline, bakeOutline } from "./joined/bake-outline.ts";
import { batchesOf, type OutlinedFile, partsOfPrint, wantedOf } from "./joined/joined-prints.ts";
import { BakeFileError, type BakeFolder, type BakeTools, placeKey, printBake, printTogether } from "./print.ts";

export interface PrintInput {
  readonly root: string;
  readonly files: Pick<Files, "list" | "read">;
  /** Groups and targets; empty: the group `default`. */
  readonly names: readonly string[];
  readonly tools: BakeTools;
}

export interface Printed {
  readonly at: BakeFolder;
  readonly definition: BakeDefinition;
  /** Those of the names that the files have. */
  readonly found: readonly string[];
}

/** Each is a process of a twentieth of a second that one processor is busy with. */
const prints = 4;
const reads = 16;
/** Halving fewer, to find the one that is broken, takes about as many prints as one of each. */
const fewest = 8;

/** The definitions of folders, in their order, each as buildx prints it in its folder. */
export async function printAll(
  folders: readonly BakeFolder[],
  input: PrintInput,
): Promise<readonly Attempt<Printed>[]> {
  const limited = limit(prints);
  const batches = folders.length > 1 ? batchesOf(await outlined(folders, input)) : [];
  const together = await Promise.all(batches.map((batch) => printBatch(batch, input, limited)));
  const known = new Map(together.flat().map((printed) => [placeKey(printed.at), printed]));
  return Promise.all(
    folders.map(async (at): Promise<Attempt<Printed>> => {
      const printed = known.get(placeKey(at));
      return printed === undefined ? limited(() => attemptLater(() => printOne(at, input))) : { value: printed };
    }),
  );
}

/** All targets of a folder's files, `undefined` if this buildx can't list them: old versions don't know `*`. */
export async function everyTarget(
  at: BakeFolder,
  { root, tools }: Omit<PrintInput, "names">,
): Promise<BakeDefinition | undefined> {
  const printed = await attemptLater(() => printBake(at, ["*"], root, tools));
  return "value" in printed && "definition" in printed.value ? printed.value.definition : undefined;
}

/** What is plain to see of a folder that has one bake file; `undefined` where only buildx knows. */
export async function outlineOf(
  { folder, file, named }: BakeFolder,
  { root, files }: Pick<PrintInput, "root" | "files">,
): Promise<BakeOutline | undefined> {
  if (named !== undefined || lastPart(file) !== "docker-bake.hcl") return undefined;
  const read = await attemptLater(async () => {
    const entries = (await files.list(posix.join(root, folder))) ?? [];
    const others = entries.filter(({ name }) => [...bakeNames, ...composeNames].includes(name));
    const isAlone = others.length === 1 && others[0]?.kind === "file";
    return isAlone ? files.read(posix.join(root, file)) : undefined;
  });
  // What can't be read is for the print to report.
  const bytes = "value" in read ? read.value : undefined;
  return bytes && bakeOutline(new TextDecoder().decode(bytes));
}

async function outlined(folders: readonly BakeFolder[], input: PrintInput): Promise<readonly OutlinedFile[]> {
  const found = await mapped(
    folders,
    async (at) => {
      const outline = await outlineOf(at, input);
      const wanted = outline && wantedOf(outline, input.names);
      return outline === undefined || wanted === undefined ? [] : [{ at, outline, wanted }];
    },
    reads,
  );
  return found.flat();
}

/** Those of a batch that could be printed together, or half of it could. */
async function printBatch(
  batch: readonly OutlinedFile[],
  input: PrintInput,
  limited: ReturnType<typeof limit>,
): Promise<readonly Printed[]> {
  if (batch.length < 2) return [];
  const { root, tools, names } = input;
  const places = batch.map(({ at }) => at);
  const wanted = batch.flatMap((file) => file.wanted);
  const printed = await limited(() => attemptLater(() => printTogether(places, wanted, root, tools)));
  const parts = "value" in printed && printed.value !== undefined ? partsOfPrint(printed.value, batch) : undefined;
  if (parts !== undefined) {
    return batch.flatMap(({ at, wanted: own }, index) => {
      const definition = parts[index];
      return definition === undefined ? [] : [{ at, definition, found: names.filter((name) => own.includes(name)) }];
    });
  }
  if (batch.length < fewest) return [];
  const middle = Math.ceil(batch.length / 2);
  const halves = [batch.slice(0, middle), batch.slice(middle)];
  return (await Promise.all(halves.map((half) => printBatch(half, input, limited)))).flat();
}

/** What is wanted of the files of one place. @throws UserError for files that buildx refuses, and that have none of the names. */
export async function printOne(at: BakeFolder, input: PrintInput): Promise<Printed> {
  let found = input.names;
  for (;;) {
    const printed = await printBake(at, found, input.root, input.tools);
    if ("definition" in printed) return { at, definition: printed.definition, found };
    const left = found.filter((name) => name !== printed.missing);
    if (left.length === 0 || left.length === found.length) throw await nothingWanted(at, input);
    found = left;
  }
}

async function nothingWanted(at: BakeFolder, input: PrintInput): Promise<UserError> {
  const all = await everyTarget(at, input);
  const { names } = input;
  const known = all === undefined ? [] : [...all.groups.keys(), ...all.targets.keys()];
  const listed = known
    .filter((name) => name !== "default")
    .slice(0, 10)
    .join(", ");
  const has = listed === "" ? "" : `; it has ${listed}`;
  const [first = "default"] = names;
  const what = names.length === 0 ? 'group or target "default"' : `group or target named ${names.join(" or ")}`;
  return new BakeFileError(`${at.file} has no ${what}${has}`, {
    hint:
      names.length === 0
        ? 'add a group "default", or name the targets to publish in "bake-target"'
        : `correct "bake-target"${didYouMeanText(first, known)}`,
    at: { file: at.file },
  });
}
