/** The check `max-size`: how large a candidate may be. Pure. */

import { UserError } from "../errors.ts";
import { formatSize } from "../lib/quantities.ts";
import type { CandidatePlatform } from "../model/candidate.ts";
import type { Platform } from "../model/platform.ts";

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Bytes of `500MB`, `1.5 GiB`, `300000000`. @throws UserError where it isn't a valid size. */
export function parseSize(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = units[unit.toLowerCase()];
  const bytes = Math.floor(Number(number) * (factor ?? 0));
  if (number !== "" && factor !== undefined && bytes > 0) return bytes;
  throw new UserError(`"${text}" isn't a valid size`, {
    hint: "write a number with its unit, such as 500MB or 1.5GiB",
  });
}

export interface OversizedPlatform {
  readonly platform: Platform;
  /** Compressed bytes, as is the limit. */
  readonly size: number;
  /** Bytes more than what is published for this platform; `undefined` where nothing is. */
  readonly growth: number | undefined;
}

/**
 * The platforms of a candidate that are larger than the limit, largest first; none: it passes. Each is compared alone, as a
 * pull transfers one platform. @param published what the image's tag names now, where that is known.
 */
export function oversized(
  candidate: readonly CandidatePlatform[],
  limit: number,
  published: readonly CandidatePlatform[] = [],
): readonly OversizedPlatform[] {
  return candidate
    .filter(({ size }) => size > limit)
    .map(({ platform, size }) => {
      const before = published.find((each) => each.platform === platform)?.size;
      return { platform, size, growth: before === undefined ? undefined : size - before };
    })
    .sort((a, b) => b.size - a.size);
}

/** The error for a candidate that does not pass; `oversize` must not be empty. */
export function tooLarge(image: string, limit: number, oversize: readonly OversizedPlatform[]): UserError {
  const sizes = oversize.map(({ platform, size, growth }) => {
    const change = growth === undefined ? undefined : `${growth < 0 ? "-" : "+"}${formatSize(Math.abs(growth))}`;
    const over = formatSize(size - limit);
    return `${platform} ${formatSize(size)}, ${over} too much${change === undefined ? "" : `, ${change} to what is published`}`;
  });
  return new UserError(`${image} is larger than \`max-size\` (${formatSize(limit)}): ${sizes.join("; ")}`, {
    hint: "make it smaller (fewer packages, a smaller base, files left out by .dockerignore), or raise `max-size`",
    input: { name: "max-size", line: 1 },
  });
}
