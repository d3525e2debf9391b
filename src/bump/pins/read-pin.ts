/** What the readers of files find. */
import type { Repository } from "../../model/reference.ts";

export interface FilePins {
  readonly pins: readonly ReadPin[];
  /** Images whose name stands apart from their version, also those without one. */
  readonly named: readonly Repository[];
}

/** A place that names a version of an image. */
export interface ReadPin {
  /** `undefined`: a chart's version, which names no image. */
  readonly repository: Repository | undefined;
  /** What is written there, for people: `ghcr.io/o/r/app:1.2.3`, `appVersion: 1.2.3`. */
  readonly text: string;
  /** Its offset in the file's text. */
  readonly start: number;
  /** As written; tag and digest are both missing where the version is unknown, which is a doubt. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** What to change for another version, or why that is unknown. */
  readonly values: PinValues | { readonly doubt: PinDoubt };
}

/** Why a pin isn't changed, as a clause, and what to do about it, as a command. */
export interface PinDoubt {
  readonly why: string;
  readonly remedy: string;
}

export interface PinValues {
  /** Tag and digest are in one reference, which is reported as a whole. */
  readonly whole?: Span;
  readonly tag?: Span;
  readonly digest?: Span;
}

/** A piece of a file's text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** In YAML without quotes, where a text that looks like a number would become one. */
  readonly isPlain?: true;
  /** The quote that such a text then gets; a double one where nothing is said. */
  readonly quote?: "'";
  /** Of a digest: its hexadecimal digits alone. */
  readonly isHex?: true;
}
