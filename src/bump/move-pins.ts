/** Moves the pins of files to what was published: finds them, chooses, edits. Pure. */
import { posix } from "node:path";
import type { Repository } from "../model/reference.ts";
import { editPins, type PinMove } from "./edit-pins.ts";
import type { LeftPin, MovedFile, PublishedVersion, ReasonToStay } from "./moved.ts";
import { type ImageNames, imageNames } from "./pins/names-in-files.ts";
import { type PinFile, readPinFile } from "./pins/pin-file.ts";
import type { PinDoubt, ReadPin } from "./pins/read-pin.ts";
import { textPlaces } from "./pins/text/text-places.ts";
import { chartFoldersOf, chartVersions, isChartFile } from "./pins/yaml/chart-pins.ts";
import { type Choice, chooseVersion, versionsIn } from "./versions/choose-version.ts";

export interface MovedPins {
  /** Only those in which something moves. */
  readonly files: readonly MovedFile[];
  readonly left: readonly LeftPin[];
}

/**
 * What becomes of files when their pins follow what was published, and the pins that stay, with the reasons; in the order of
 * the files. Only values are edited: no other byte of a file changes.
 * @param published all that pins may follow: made from the branch that the files are of.
 * @param ownRepositories repositories of all images of ours: what names another one beside a published one may mean it.
 */
export async function movePins(
  files: Iterable<PinFile>,
  published: readonly PublishedVersion[],
  ownRepositories: Iterable<Repository> = [],
): Promise<MovedPins> {
  const names = imageNames([...published.flatMap(({ repositories }) => repositories), ...ownRepositories]);
  const read: ReadFile[] = [];
  for (const file of files) {
    if (isChartFile(file.path) || names.mayBeIn(file.bytes)) read.push(await readFile(file, names));
  }
  const inCharts = namedInCharts(read);
  const results = read.map((file) =>
    moveFile(file, [...pinsOf(file, published), ...versionOfChart(file, inCharts, published)]),
  );
  return {
    files: results.flatMap(({ moved }) => moved ?? []),
    left: results.flatMap(({ left }) => left),
  };
}

interface ReadFile extends PinFile {
  readonly text: string;
  readonly pins: readonly ReadPin[];
  /** Images that it names, also without a version, which show what a chart installs. */
  readonly named: () => Iterable<Repository>;
}

/** A pin with what it may follow, not empty. */
interface Follower {
  readonly pin: ReadPin;
  readonly published: readonly PublishedVersion[];
}

async function readFile(file: PinFile, names: ImageNames): Promise<ReadFile> {
  const { text, pins, named, isUnread } = await readPinFile(file, names);
  return { ...file, text, pins, named: () => (isUnread ? [] : [...names.repositoriesIn(text), ...named]) };
}

function pinsOf({ pins }: ReadFile, published: readonly PublishedVersion[]): readonly Follower[] {
  const followers = pins.map((pin) => ({ pin, published: versionsIn(pin.repository, published) }));
  return followers.filter((follower) => follower.published.length > 0);
}

/** By the folder of a chart, the images that its values and templates name. */
function namedInCharts(read: readonly ReadFile[]): ReadonlyMap<string, ReadonlySet<Repository>> {
  const charts = new Map<string, Set<Repository>>();
  for (const { path } of read) if (isChartFile(path)) charts.set(posix.dirname(path), new Set());
  for (const { path, named } of charts.size === 0 ? [] : read) {
    for (const folder of chartFoldersOf(path)) for (const each of named()) charts.get(folder)?.add(each);
  }
  return charts;
}

/** A chart's version follows the one image of ours that it names. */
function versionOfChart(
  { path, pins }: ReadFile,
  inCharts: ReadonlyMap<string, ReadonlySet<Repository>>,
  published: readonly PublishedVersion[],
): readonly Follower[] {
  const pin = pins.find(({ repository }) => repository === undefined);
  if (pin === undefined) return [];
  const named = inCharts.get(posix.dirname(path));
  const images = published.filter(({ repositories }) => repositories.some((each) => named?.has(each)));
  if (images.length === 0) return [];
  // The variants of an image share its repositories.
  const own = new Set(images.flatMap(({ repositories }) => repositories));
  const isOne =
    new Set(images.map(({ repositories }) => repositories.join(" "))).size === 1 &&
    [...(named ?? [])].every((each) => own.has(each));
  return [
    {
      pin: isOne ? pin : { ...pin, values: { doubt: severalImages } },
      published: images.map((image) => ({ ...image, tags: chartVersions(image) })),
    },
  ];
}

const severalImages: PinDoubt = {
  why: "the chart names several images",
  remedy: "let its version be set where they are, and not follow one of them",
};

interface MoveOfFile {
  readonly moved: MovedFile | undefined;
  readonly left: readonly LeftPin[];
}

function moveFile({ path, bytes, text }: ReadFile, followers: readonly Follower[]): MoveOfFile {
  const places = textPlaces(text);
  const moves: PinMove[] = [];
  const left: LeftPin[] = [];
  for (const { pin, published } of followers.toSorted((a, b) => a.pin.start - b.pin.start)) {
    const choice = chooseVersion(pin, published);
    if (choice.kind !== "move" || "doubt" in pin.values) {
      const at = { line: places.line(pin.start), column: places.column(pin.start) };
      left.push({ path, ...at, ...reasonToStay(choice, pin) });
      continue;
    }
    moves.push({ values: pin.values, ...choice });
  }
  return { moved: editPins({ path, bytes, text }, moves), left };
}

/** A doubt matters only where something would move, or where that is unknown. */
function reasonToStay(choice: Choice, { values, tag, digest }: ReadPin): ReasonToStay {
  const isUnread = tag === undefined && digest === undefined;
  if (choice.kind !== "move" && !isUnread) return choice;
  const doubt =
    "doubt" in values ? values.doubt : { why: "its version is unknown", remedy: "write the whole reference there" };
  return { kind: "ambiguous", image: choice.image, ...doubt };
}
