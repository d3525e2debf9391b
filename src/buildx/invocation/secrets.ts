/**
 * Docker's inputs `secrets`, `secret-envs` and `secret-files` as values of `--secret`. An argument names a secret and
 * where buildx reads it; the values themselves go through the child's environment, which unlike a file is gone with the
 * child however the run ends.
 */

import { UserError } from "../../errors.ts";
import { csvLine } from "../../model/buildflags/csv-record.ts";

export interface SecretInputs {
  /**
   * The input as it was given: `id=value`, one per line. A value with line breaks is in quotes as a whole, quotes in it
   * doubled (docker/build-push-action, "secrets"): `"key=first line\nsecond line"`.
   */
  readonly secrets: string;
  /** `id=VARIABLE`. */
  readonly envs: readonly string[];
  /** `id=path`; a relative path starts at the repository's root. */
  readonly files: readonly string[];
}

export interface BuildSecrets {
  /** Values of `--secret`. */
  readonly arguments: readonly string[];
  /** What the child's environment must hold for them. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be hidden in logs. */
  readonly values: readonly string[];
}

/** In bytes, as BuildKit has it (session/secrets, MaxSecretSize). */
export const largestSecret = 500 * 1024;

/**
 * Reads all three inputs; `problems` holds everything that is wrong with them, and shows no value.
 * `parent` is our own environment, in which `secret-envs` are looked up.
 */
export function readSecrets(
  inputs: SecretInputs,
  parent: Readonly<Record<string, string | undefined>>,
): { readonly secrets: BuildSecrets; readonly problems: readonly UserError[] } {
  const problems: UserError[] = [];
  const values: { readonly id: string; readonly value: string }[] = [];
  const files: string[] = [];
  const take = (lines: readonly string[], input: string, use: (id: string, rest: string) => UserError | undefined) => {
    for (const [index, line] of lines.entries()) {
      const [id, rest] = split(line);
      const problem = id !== undefined && rest !== "" ? use(id, rest) : malformed(input, id);
      if (problem === undefined) continue;
      const message = `the input "${input}", entry ${index + 1}: ${problem.message}`;
      problems.push(new UserError(message, { hint: problem.hint }));
    }
  };
  const keep = (id: string, value: string): UserError | undefined => {
    if (Buffer.byteLength(value) > largestSecret) return tooLong(id);
    values.push({ id, value });
    return undefined;
  };
  take(records(inputs.secrets), "secrets", keep);
  take(inputs.envs, "secret-envs", (id, variable) => {
    const value = parent[variable];
    return value ? keep(id, value) : unset(id, variable);
  });
  take(inputs.files, "secret-files", (id, path) => {
    if (path.trim() === "") return malformed("secret-files", id);
    files.push(csvLine([`id=${id}`, `src=${path.trim()}`]));
    return undefined;
  });
  const named = values.map(({ id, value }, index) => ({ id, value, variable: `IMAGE_PUBLISH_SECRET_${index}` }));
  return {
    secrets: {
      arguments: [...named.map(({ id, variable }) => csvLine([`id=${id}`, `env=${variable}`])), ...files],
      environment: Object.fromEntries(named.map(({ variable, value }) => [variable, value])),
      values: named.map(({ value }) => value),
    },
    problems,
  };
}

function split(line: string): readonly [string | undefined, string] {
  const equals = line.indexOf("=");
  const id = line.slice(0, Math.max(0, equals)).trim();
  return [/^[A-Za-z0-9_.-]+$/.test(id) ? id : undefined, line.slice(equals + 1)];
}

/** Lines, or from one quote that opens a line to the one that closes it. */
function records(text: string): readonly string[] {
  const found = text.matchAll(/^[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?:\r?$|(?![\s\S]))|([^\r\n]+))/gm);
  return [...found]
    .map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.trim())
    .filter((record) => record !== "");
}

function malformed(input: string, id: string | undefined): UserError {
  const what = id === undefined ? "it names no secret" : `"${id}" has no value`;
  return new UserError(what, {
    hint: `write id=${input === "secrets" ? "value" : input === "secret-envs" ? "VARIABLE" : "path"}, one per line`,
  });
}

function unset(id: string, variable: string): UserError {
  return new UserError(`the secret "${id}" is to come from ${variable}, which is not set`, {
    hint: `give the step an env with ${variable}`,
  });
}

function tooLong(id: string): UserError {
  return new UserError(`the secret "${id}" is larger than ${largestSecret / 1024} KiB`, {
    hint: "give a smaller value: builds don't accept a larger one",
  });
}
