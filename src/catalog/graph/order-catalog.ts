/** Linked images in their order: those that are in order, beside the problems and whom these concern. */
import { posix } from "node:path";
import { UserError } from "../../errors.ts";
import { attemptLater } from "../../lib/attempt.ts";
import { mapped } from "../../lib/pause.ts";
import type { Remark } from "../../model/remark.ts";
import type { BakeFolder } from "../bake/print.ts";
import type { Catalog, FileTarget, Image } from "../catalog.ts";
import { tooManyUnsettled, withPossibleEdges } from "../dockerfile/possible-bases.ts";
import { windowsProblems } from "../dockerfile/windows-images.ts";
import type { CatalogInput } from "../layout/declare-catalog.ts";
import type { DeclaredImage } from "../layout/declared-images.ts";
import { absentImages, absentRemarks, type WrittenAbsent, writtenAbsent } from "../names/absent-images.ts";
import { meaningOfTag, movesTag, type NamesOfStranger, namesOfStrangers, type Stranger } from "../names/given-names.ts";
import { meantHere, namesakeRemarks } from "../names/namesakes.ts";
import { nearMissRemarks } from "../names/near-misses.ts";
import type { NamedUse } from "../names/written-use.ts";
import { isUsableAlias } from "./alias-circles.ts";
import { type ImageNaming, isMoved } from "./edges.ts";
import { type HiddenImage, hiddenNames } from "./hidden-names.ts";
import { imageOfBase, type LinkedImages, unnamedImages } from "./link-images.ts";
import { aliasCollisions, namesIn, ownersOf } from "./owners.ts";
import { imagesAtOnce, type ReadImage } from "./read-images.ts";
import { namingUnknown } from "./said-edges.ts";
import { setApart } from "./set-apart.ts";
import { topologicalOrder } from "./topological-order.ts";
import { type Concern, concernsOnce, type TroubledImage } from "./troubled.ts";

export interface BuiltCatalog extends Catalog {
  readonly remarks: readonly Remark[];
  readonly fileTargets: readonly FileTarget[];
  /** References in this repository's own places that name none of its images. */
  readonly absent: readonly WrittenAbsent[];
  /** All problems, in order. What concerns single images leaves the others as they are. */
  readonly concerns: readonly Concern[];
  /** Images with problems, and those that depend on them, dependencies first where they have an order. */
  readonly troubled: readonly TroubledImage[];
}

/** @param strangers the names of `linked.strangers` */
export async function orderCatalog(
  linked: LinkedImages,
  strangers: readonly Stranger[],
  input: CatalogInput,
): Promise<BuiltCatalog> {
  const { declared, read, connected } = linked;
  const { found, nothing } = declared;
  const unnamed = unnamedImages(declared);
  const namesOf = namesOfStrangers(strangers);
  const known = new Map(read.map((each) => [each.image.name, each]));
  const before: readonly Concern[] = [
    ...declared.concerns,
    ...[...(nothing === undefined ? [] : [nothing]), ...aliasCollisions(read, ownersOf(read))].map((problem) => ({
      problem,
    })),
  ];
  const possible = new Map(
    connected.flatMap(({ image, possible: edges }) => (edges.length === 0 ? [] : [[image.name, edges] as const])),
  );
  const ofImages = read.flatMap(({ image, problems }) =>
    problems.map((problem) => ({ problem: withRemarks(problem, found.remarks), images: [image.name] })),
  );
  const ofEdges = connected.flatMap(({ image, problems }) =>
    [...problems, ...windowsProblems(image)].map((problem) => ({ problem, images: [image.name] })),
  );
  const faulty = new Set([...unnamed, ...[...ofImages, ...ofEdges].flatMap(({ images }) => images)]);
  // Dependencies between images of one name are not a further problem.
  const [clashing, images] = divided(
    connected.map(({ image }) => image),
    ({ name }) => declared.clashing.has(name),
  );
  const inOrder = images.filter(({ name }) => !faulty.has(name));
  const ordered = topologicalOrder(withPossibleEdges(inOrder, possible));
  const tooMany = tooManyUnsettled(inOrder).map((problem) => ({ problem }));
  // One image that inputs describe may be another one than is meant, whatever is wrong with it.
  const explained = (all: readonly Concern[]) =>
    input.byHand === undefined
      ? all
      : all.map((each) => ({ ...each, problem: withRemarks(each.problem, found.remarks) }));
  const toEach = withThoseOfAll(concernsOnce([...ofImages, ...explained(ofEdges)]), declared.images, input);
  const concerns = [...explained(before), ...tooMany, ...toEach, ...ordered.concerns];
  const unknown = new Set(namingUnknown(declared.images));
  const isOnUnread = mayBeUnread(found.unread, namesOf);
  const [unread] = found.unread;
  const hidden = hiddenNames(read.map((each) => hiddenImage(each, input)));
  const set = setApart({
    ordered: ordered.images,
    all: withPossibleEdges(images, possible),
    unread: found.unread,
    concerns,
    isUnplaced: (name) => unnamed.has(name),
    hiddenDependencies: (image) => [
      ...(unread !== undefined && (unknown.has(image.name) || isOnUnread(image)) ? [unread.file] : []),
      ...hidden(image),
    ],
  });
  const graph = connected.map(({ image }) => image);
  const elsewhere = meantHere(
    connected.flatMap((each) => each.namesakes),
    graph,
  );
  const naming: Pick<ImageNaming, "tagMeaning"> = {
    tagMeaning: ({ name }, tag, isShared) => known.get(name)?.tagMeaning(tag, isShared),
  };
  const isUsable = (alias: string) => isUsableAlias(alias, graph, (image, read) => isMoved(image, read, naming));
  // A bake file that can't be read may give these names as contexts.
  const misses = unread === undefined ? connected.flatMap((each) => each.nearMisses) : [];
  const missing = absentImages(
    connected.flatMap((each) => each.absent),
    namesOf,
  );
  const texts = await textsOf([...elsewhere, ...missing], input);
  const absent = writtenAbsent(missing, texts);
  return {
    images: [...set.images, ...clashing].filter(({ name }) => !unknown.has(name)),
    troubled: set.troubled,
    fileTargets: found.fileTargets,
    remarks: [
      ...found.remarks,
      ...namesakeRemarks(elsewhere, texts, isUsable),
      ...nearMissRemarks(misses),
      ...absentRemarks(absent),
    ],
    absent,
    concerns,
  };
}

/**
 * A problem that all images have because of one input, or of one line in the config file's defaults, belongs to no
 * single image.
 */
function withThoseOfAll(
  concerns: readonly Concern[],
  all: readonly DeclaredImage[],
  { config }: Pick<CatalogInput, "config">,
): readonly Concern[] {
  const placeOf = ({ problem: { at } }: Concern) => (at === undefined ? "an input" : JSON.stringify(at));
  const byPlace = Map.groupBy(
    concerns.filter(({ problem: { at } }) => at === undefined || (at.file === config.file && all.length > 1)),
    placeOf,
  );
  const isOfAll = (concern: Concern) => {
    const alike = byPlace.get(placeOf(concern)) ?? [];
    return new Set(alike.flatMap(({ images }) => images ?? [])).size === all.length;
  };
  return concerns.map((each) => (isOfAll(each) ? { problem: each.problem } : each));
}

/** Whether what an image is based on may be an image of a file that can't be read: it would be pushed to this very place. */
function mayBeUnread(unread: readonly BakeFolder[], namesOf: NamesOfStranger): (image: Image) => boolean {
  if (unread.length === 0) return () => false;
  const isOwn = (base: Image["bases"][number]) => {
    const { repository, tag, digest } = base.reference;
    const names = namesOf(imageOfBase(base));
    if (digest !== undefined || names === undefined || !namesIn(names).includes(repository)) return false;
    return tag === undefined || movesTag(names, tag);
  };
  return ({ bases }) => bases.some(isOwn);
}

/** An image as one whose names may be others than those that are known. */
function hiddenImage(
  { image, knownAs, problems, unread, tags }: ReadImage,
  { entryProblems }: Pick<CatalogInput, "entryProblems">,
): HiddenImage {
  return {
    ...{ image, unread },
    isDoubtful: entryProblems?.has(image.publicName) === true || (knownAs.length === 0 && problems.length > 0),
    isMeant: (tag) => !("value" in tags) || meaningOfTag(tags.value, tag, false) !== undefined,
  };
}

/** What is remarked may be why there is a problem. */
function withRemarks(problem: UserError, remarks: readonly Remark[]): UserError {
  if (remarks.length === 0) return problem;
  const { message, at, cause } = problem;
  const more = remarks.map((each) => `; ${each.message}: ${each.hint}`).join("");
  return new UserError(message, { hint: `${problem.hint}${more}`, ...(at === undefined ? {} : { at }), cause });
}

/** Those that are meant, and the others. */
function divided<T>(all: readonly T[], isMeant: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isMeant), all.filter((each) => !isMeant(each))];
}

async function textsOf(
  uses: readonly NamedUse[],
  { root, files }: Pick<CatalogInput, "root" | "files">,
): Promise<ReadonlyMap<string, string>> {
  const paths = [...new Set(uses.map(({ at }) => at.file))];
  const textOf = async (path: string) => {
    // An input names no file.
    const read = await attemptLater(() => files.read(posix.join(root, path)));
    return [path, "value" in read ? new TextDecoder().decode(read.value) : ""] as const;
  };
  return new Map(await mapped(paths, textOf, imagesAtOnce));
}
