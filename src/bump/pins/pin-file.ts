/** Reads the pins of a file's bytes, a chart's version among them. */
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { ImageNames } from "./names-in-files.ts";
import { readPins } from "./pin-reader.ts";
import type { FilePins, PinDoubt, ReadPin } from "./read-pin.ts";
import { textPins } from "./text/text-pins.ts";
import { chartPin } from "./yaml/chart-pins.ts";

export interface PinFile {
  readonly path: RepositoryPath;
  readonly bytes: Uint8Array;
}

export interface PinsOfFile extends FilePins {
  readonly text: string;
  /** The file can't be edited: all its pins have a doubt. */
  readonly isUnread: boolean;
}

export async function readPinFile({ path, bytes }: PinFile, names: ImageNames): Promise<PinsOfFile> {
  const text = utf8Text(bytes);
  if (text === undefined) return unread(path, lenient.decode(bytes), names, notUtf8);
  if (bytes.length > longestPinFile) return unread(path, text, names, tooLong);
  const { pins, named } = await readPins(text, path, names);
  return { text, pins: [...chartPins(text, path), ...pins], named, isUnread: false };
}

/** No file that pins versions is longer. */
export const longestPinFile = 4 * 1024 * 1024;

const notUtf8: PinDoubt = { why: "the file is not UTF-8", remedy: "save it as such" };
const tooLong: PinDoubt = { why: "the file is longer than 4 MiB", remedy: "split it" };

function unread(path: RepositoryPath, text: string, names: ImageNames, doubt: PinDoubt): PinsOfFile {
  const pins = [...chartPins(text, path), ...textPins(text, names)];
  return { text, pins: pins.map((pin) => ({ ...pin, values: { doubt } })), named: [], isUnread: true };
}

function chartPins(text: string, path: RepositoryPath): readonly ReadPin[] {
  return [chartPin(text, path, "appVersion")].filter((pin) => pin !== undefined);
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `undefined` for bytes that are no text. */
function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
