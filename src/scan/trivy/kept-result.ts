/** What is kept of an entry of Trivy's report: no secret, nor what may hold one that nobody knows. */
import { type Fields, fields, wholeList } from "./fields.ts";

/** Trivy blots out what it knows as a secret, and shows the lines around it. @param isOfFile whether its target is a path */
export function keptResult(result: Fields, isOfFile: boolean): Fields {
  const { Target: target } = result;
  const modified = suppressed(result);
  return {
    ...result,
    ...(isOfFile && result.Class === "secret" && typeof target === "string" ? { Target: withoutTokens(target) } : {}),
    ...(result.Secrets === undefined ? {} : { Secrets: wholeList(result.Secrets, "secrets").map(keptSecret) }),
    ...(modified.length === 0 ? {} : { ExperimentalModifiedFindings: modified.map(keptModified) }),
  };
}

function keptModified(each: Fields): Fields {
  return each.Type === "secret" ? { ...each, Finding: keptSecret(fields(each.Finding)) } : each;
}

function keptSecret({ Code: _code, Match: _match, Layer: layer, ...rest }: Fields): Fields {
  const { Digest: digest, DiffID: diffId } = fields(layer);
  return layer === undefined ? rest : { ...rest, Layer: { Digest: digest, DiffID: diffId } };
}

/** The path of a file with a secret may hold the token, too. Its beginning stays: it shows the token's kind. */
export function withoutTokens(path: string): string {
  return path.replace(/[\w-]{20,}/g, (run) => (/\d/.test(run) && /[A-Za-z]/.test(run) ? `${run.slice(0, 4)}…` : run));
}

/** What ignore files and VEX documents took out. */
export function suppressed(result: Fields): readonly Fields[] {
  return wholeList(result.ExperimentalModifiedFindings, "ignored findings");
}
