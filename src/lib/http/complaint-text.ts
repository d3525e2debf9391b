/** The words of an answer that refuses something, apart from the names in it. */
import type { HttpResponse } from "../../ports.ts";

/** Words that are no part of a name: of a repository, a host, a tag or a resource. */
export function wordsOf(pattern: string): string {
  return `(?<![\\w/.:@$-])(?:${pattern})(?![\\w/-]|[.:@]\\w)`;
}

/** What is read of a body. */
const longest = 65_536;

/** The texts of an answer, without the name that was asked for. */
export function textOf({ body }: Pick<HttpResponse, "body">, repository?: string): string {
  const text = textsIn(new TextDecoder().decode(body.subarray(0, longest)));
  return repository === undefined ? text : withoutName(text, repository);
}

function textsIn(body: string): string {
  const texts: string[] = [];
  try {
    JSON.parse(body, (_, value: unknown) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
    return texts.join("\n");
  } catch {
    return body;
  }
}

/** A single word may be meant as such, so that it is a name in quotes alone. */
function withoutName(text: string, repository: string): string {
  return [repository, ...repository.split("/")].reduce((rest, name) => {
    const quoted = ['"', "'", "`"].reduce((left, quote) => left.replaceAll(`${quote}${name}${quote}`, " "), rest);
    if (/^[a-z]*$/.test(name)) return quoted;
    return quoted.replace(new RegExp(`(?<![\\w.-])${RegExp.escape(name)}(?![\\w-])`, "g"), " ");
  }, text);
}
