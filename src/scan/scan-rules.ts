/** The words of `severity` and `fail-on`, and what holds where nobody says anything. */
import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import { type Severity, severities } from "../model/severity.ts";
import type { ScanRules } from "./judged.ts";

/** A word of `fail-on`. */
export type FailOnWord = Severity | "secrets" | "none";

/** The rules that the user set; `undefined` where another setting, or the default, decides. */
export interface SaidRules {
  readonly severity: readonly Severity[] | undefined;
  readonly failOn: readonly FailOnWord[] | undefined;
  readonly ignoreUnfixed: boolean | undefined;
  readonly gate: ScanRules["gate"] | undefined;
}

/** The name of a severity, in any case. @throws UserError for what is none. */
export function parseSeverity(text: string): Severity {
  return knownWord(text, severities, "severity");
}

/** A severity, `secrets` or `none`, in any case. @throws UserError for anything else. */
export function parseFailOn(text: string): FailOnWord {
  return knownWord(text, [...severities, "secrets", "none"], "word of fail-on");
}

/** Each rule of the first who says it, else the default. */
export function scanRules(said: readonly SaidRules[]): ScanRules {
  const first = <K extends keyof SaidRules>(key: K) => said.find((each) => each[key] !== undefined)?.[key];
  const failOn = first("failOn") ?? ["CRITICAL"];
  return {
    severity: new Set(first("severity") ?? ["CRITICAL", "HIGH"]),
    failOn: new Set(failOn.filter((word) => word !== "secrets" && word !== "none")),
    failOnSecrets: failOn.includes("secrets"),
    ignoreUnfixed: first("ignoreUnfixed") ?? true,
    gate: first("gate") ?? "no-worse",
  };
}

function knownWord<Word extends string>(text: string, words: readonly Word[], what: string): Word {
  const word = words.find((each) => each.toLowerCase() === text.toLowerCase());
  if (word !== undefined) return word;
  const known = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  throw new UserError(`"${text}" isn't a valid ${what}`, { hint: `write ${known}${didYouMeanText(text, words)}` });
}
