/** What other jobs have moved on a bump's branch, and this run must not take back: the pins of their variants. Pure. */

import type { FileWrite } from "../forge/bump-forge.ts";
import { isDigest } from "../model/digest.ts";
import { isTag, type Repository } from "../model/reference.ts";
import { editPins, type PinMove } from "./edit-pins.ts";
import { movePins } from "./move-pins.ts";
import type { MovedFile, PublishedVersion } from "./moved.ts";
import { type ImageNames, imageNames } from "./pins/names-in-files.ts";
import { type PinFile, readPinFile } from "./pins/pin-file.ts";
import type { ReadPin } from "./pins/read-pin.ts";
import { chartVersions } from "./pins/yaml/chart-pins.ts";
import { chooseVersion, isOfPublished, versionsIn } from "./versions/choose-version.ts";

export interface OwnMoves {
  /** The base's files, as far as they may pin. */
  readonly files: readonly PinFile[];
  /** What this run's pins follow. */
  readonly published: readonly PublishedVersion[];
  /** Repositories of all images of ours. */
  readonly ownRepositories: readonly Repository[];
}

/** What moves on the base where the pins that this run moves, and those that the branch has moved further, are put together. */
export interface JointMoves {
  readonly files: readonly MovedFile[];
  /** Something moves for this run's own sake. */
  readonly hasOwn: boolean;
  /** The branch has a newer version of what this run publishes. */
  readonly isOvertaken: boolean;
}

/** @param edits what our commits on the branch changed, of the base as it was. */
export async function jointMoves(edits: readonly FileWrite[], own: OwnMoves): Promise<JointMoves> {
  const { files, published, ownRepositories } = own;
  const names = imageNames([...published.flatMap(({ repositories }) => repositories), ...ownRepositories]);
  const hasOwn = (await movePins(files, published, ownRepositories)).files.length > 0;
  const kept = await Promise.all(files.map((file) => keptIn(file, edits, { published, names, hasOwn })));
  const keptFiles = new Map(kept.flatMap(({ moved }) => (moved === undefined ? [] : [[moved.path, moved] as const])));
  const basis = files.map((file) => ({ ...file, bytes: keptFiles.get(file.path)?.after ?? file.bytes }));
  const moved = new Map((await movePins(basis, published, ownRepositories)).files.map((each) => [each.path, each]));
  const joint = files.flatMap(({ path }): readonly MovedFile[] => {
    const [one, other] = [keptFiles.get(path), moved.get(path)];
    if (one === undefined || other === undefined) return [one ?? other].filter((each) => each !== undefined);
    const pins = [...one.pins, ...other.pins].toSorted((a, b) => a.line - b.line);
    return [{ path, before: one.before, after: other.after, pins }];
  });
  return { files: joint, hasOwn, isOvertaken: kept.some(({ isOvertaken }) => isOvertaken) };
}

interface Kept {
  readonly moved: MovedFile | undefined;
  readonly isOvertaken: boolean;
}

interface Keeping {
  readonly published: readonly PublishedVersion[];
  readonly names: ImageNames;
  readonly hasOwn: boolean;
}

async function keptIn(
  file: PinFile,
  edits: readonly FileWrite[],
  { published, names, hasOwn }: Keeping,
): Promise<Kept> {
  const edited = edits.filter(({ path }) => path === file.path);
  if (edited.length === 0) return { moved: undefined, isOvertaken: false };
  const { text, pins } = await readPinFile(file, names);
  const changes = (await Promise.all(edited.map((edit) => changesIn(edit, names)))).flat();
  const decided = pins.flatMap((pin) => {
    const change = changes.find(({ from }) => isSame(from, pin));
    const followed = pin.repository === undefined ? published.map(asChart) : versionsIn(pin.repository, published);
    const [first] = followed;
    if (change === undefined || first === undefined || "doubt" in pin.values) return [];
    const { tag, digest } = change.to;
    const isNewer = chooseVersion(change.to, followed).kind !== "move";
    const isMine = isOfPublished(pin, followed);
    if (!isNewer || !isMove(change, first) || (isMine && !hasOwn)) return [];
    const move: PinMove = {
      values: pin.values,
      image: first.name,
      tag: tag === pin.tag ? undefined : tag,
      digest: digest === pin.digest ? undefined : digest,
    };
    return [{ move, isOvertaken: isMine && chooseVersion(change.to, followed).kind === "not-newer" }];
  });
  const moved = editPins(
    { ...file, text },
    decided.map(({ move }) => move),
  );
  return { moved, isOvertaken: decided.some(({ isOvertaken }) => isOvertaken) };
}

interface Change {
  readonly from: ReadPin;
  readonly to: ReadPin;
}

/** The pins that differ: no edit of ours adds or removes one. */
async function changesIn({ path, before, after }: FileWrite, names: ImageNames): Promise<readonly Change[]> {
  const [was, is] = await Promise.all([
    readPinFile({ path, bytes: before }, names),
    readPinFile({ path, bytes: after }, names),
  ]);
  if (was.isUnread || is.isUnread || was.pins.length !== is.pins.length) return [];
  return was.pins.flatMap((from, index) => {
    const to = is.pins[index];
    return to === undefined || to.repository !== from.repository || isSame(from, to) ? [] : [{ from, to }];
  });
}

function isSame(one: ReadPin, other: ReadPin): boolean {
  return one.repository === other.repository && one.tag === other.tag && one.digest === other.digest;
}

/** Whether a run moves such a pin to such a version: `1.2.3` to `1.3.0`, and not to `1.3.0-alpine`, which is another variant. */
function isMove({ from, to }: Change, image: PublishedVersion): boolean {
  const tag = to.tag ?? "latest";
  const digest = to.digest ?? image.digest;
  if (!isTag(tag) || !isDigest(digest)) return false;
  const choice = chooseVersion(from, [{ ...image, tags: [tag], digest, version: tag, isRelease: true }]);
  return choice.kind === "move" && (choice.tag ?? from.tag) === to.tag;
}

function asChart(image: PublishedVersion): PublishedVersion {
  return { ...image, tags: chartVersions(image) };
}
