/** The values of `severity` and `fail-on`, and the defaults. */
import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";
import { type Severity, severities } from "../model/severity.ts";
import type { ScanRules } from "./judged.ts";

/** A value of `fail-on`. */
export type FailOnWord = Severity | "secrets" | "none";

/** The rules of one place where users set them; `undefined` where another setting, or the default, decides. */
export interface RuleLayer {
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
  return knownWord(text, [...severities, "secrets", "none"], "value of fail-on");
}

/** Each rule of the first layer that sets it, else the default. */
export function scanRules(layers: readonly RuleLayer[]): ScanRules {
  const first = <K extends keyof RuleLayer>(key: K) => layers.find((each) => each[key] !== undefined)?.[key];
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
