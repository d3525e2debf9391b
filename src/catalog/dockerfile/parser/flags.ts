/** Flags of instructions (BuildKit, frontend/dockerfile/instructions, parse.go and bflag.go). */
import { UserError } from "../../../errors.ts";

export interface Flags {
  /** The values after `=`, one for each use of the flag; `true` or `false` for a switch. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Flags that this reader doesn't know; a newer frontend may. */
  readonly unknown: readonly string[];
}

type Kind = "switch" | "text" | "texts";

const copying = { chown: "text", chmod: "text", link: "switch", exclude: "texts" } as const;

const kinds: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  FROM: { platform: "text" },
  COPY: { ...copying, from: "text", parents: "switch" },
  ADD: { ...copying, "keep-git-dir": "switch", checksum: "text", unpack: "switch" },
  RUN: { mount: "texts", network: "text", security: "text", device: "texts" },
  HEALTHCHECK: { interval: "text", timeout: "text", "start-period": "text", "start-interval": "text", retries: "text" },
};

/** @throws UserError for a flag without its value, twice, or with a word where a switch is. */
export function readFlags(keyword: string, flags: readonly string[]): Flags {
  const values = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const flag of flags) {
    // Quoted, so that it isn't where the flags end for the one who splits words, but is for the one who reads flags.
    if (flag === "--") break;
    const equals = flag.indexOf("=");
    const name = flag.slice(2, equals < 0 ? undefined : equals);
    const value = equals < 0 ? undefined : flag.slice(equals + 1);
    const known = kinds[keyword] ?? {};
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      unknown.push(`--${name}`);
      continue;
    }
    const earlier = values.get(name);
    if (earlier !== undefined && kind !== "texts") {
      throw new UserError(`${keyword} has the flag --${name} twice`, { hint: "keep one of them" });
    }
    const text = kind === "switch" ? switched(keyword, name, value) : given(keyword, name, value);
    if (earlier === undefined) values.set(name, [text]);
    else earlier.push(text);
  }
  return { values, unknown };
}

function given(keyword: string, name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new UserError(`the flag --${name} of ${keyword} has no value`, { hint: `write --${name}=…` });
}

function switched(keyword: string, name: string, value: string | undefined): string {
  const word = (value ?? "true").toLowerCase();
  if (word === "true" || word === "false") return word;
  throw new UserError(`the flag --${name} of ${keyword} is "${value}"`, {
    hint: `write --${name}, or --${name}=false`,
  });
}
