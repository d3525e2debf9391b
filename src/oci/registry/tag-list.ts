/** The tags of a repository, page by page (OCI distribution-spec, "Listing Tags"). */
import { messageOf } from "../../errors.ts";
import { pause } from "../../lib/pause.ts";
import { isTag, type Tag } from "../../model/reference.ts";
import type { HttpResponse } from "../../ports.ts";
import type { Absence } from "./absence.ts";
import { type Asked, insecureError, invalidError } from "./registry-error.ts";
import { type RegistryExchange, registryOrigin } from "./registry-exchange.ts";

const maximumPages = 1_000;
const maximumTags = 2_000_000;
/** So many pages in a row may bring nothing new. */
const maximumEmptyPages = 5;

/** Lists of one client: one that couldn't be had after all retries is asked for once whenever it is wanted again. */
export function tagLists(
  exchange: RegistryExchange,
  absent: Absence,
): (asked: Asked) => Promise<readonly Tag[] | undefined> {
  const failed = new Set<string>();
  return async (asked) => {
    const name = `${asked.host}/${asked.repository}`;
    try {
      const tags = await listTags(exchange, asked, absent, failed.has(name));
      failed.delete(name);
      return tags;
    } catch (error) {
      failed.add(name);
      throw error;
    }
  };
}

/** @returns `undefined` for a repository that is not there. */
export async function listTags(
  exchange: RegistryExchange,
  asked: Asked,
  absent: Absence,
  once = false,
): Promise<readonly Tag[] | undefined> {
  const tags = new Set<Tag>();
  const seen = new Set<string>();
  let emptyPages = 0;
  let page: URL | undefined = new URL(`/v2/${asked.repository}/tags/list?n=1000`, registryOrigin(asked.host));
  for (let pages = 1; page !== undefined; pages += 1) {
    if (pages > maximumPages) throw invalidError(asked, `more than ${maximumPages} pages of tags`);
    if (seen.has(page.href)) throw invalidError(asked, "pages of tags that lead in a circle");
    seen.add(page.href);
    const check = async (answer: HttpResponse) => {
      if (answer.status === 404) await absent.check(asked, answer);
    };
    const response: HttpResponse = await exchange.send({
      asked,
      method: "GET",
      path: page,
      expected: [200, 404],
      check,
      once,
    });
    if (response.status === 404) return undefined;
    const before = tags.size;
    for (const tag of parseTags(asked, response.body)) tags.add(tag);
    emptyPages = tags.size === before ? emptyPages + 1 : 0;
    if (emptyPages > maximumEmptyPages) throw invalidError(asked, "pages of tags that bring nothing new and don't end");
    if (tags.size > maximumTags) throw invalidError(asked, `more than ${maximumTags.toLocaleString("en-US")} tags`);
    await pause();
    page = nextPage(asked, response.headers.link, page);
  }
  return [...tags];
}

function parseTags(asked: Asked, body: Uint8Array): readonly Tag[] {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw invalidError(asked, `a list of tags that isn't valid JSON (${messageOf(cause)})`, cause);
  }
  if (typeof document === "object" && document !== null && "tags" in document) {
    // An empty repository has null here.
    if (document.tags === null) return [];
    if (Array.isArray(document.tags)) return document.tags.filter((each) => typeof each === "string" && isTag(each));
  }
  throw invalidError(asked, "a list of tags without tags");
}

/** The address in `Link: <…>; rel="next"` (RFC 8288), which must be the registry's own. */
function nextPage(asked: Asked, link: string | undefined, page: URL): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  const next = URL.parse(target, page.href);
  if (next?.protocol === "http:" && page.protocol === "https:" && next.hostname === page.hostname) {
    throw insecureError(asked, "a next page", next);
  }
  if (next?.origin !== page.origin) throw invalidError(asked, "a next page that is not its own");
  return next;
}
