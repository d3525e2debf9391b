/** A message beside the place that it is about, so that no file is named twice. */
import { formatLocation, type SourceLocation } from "../../errors.ts";

/** The place, to be shown before the text; `undefined` where the text has all of it. */
export interface PlacedMessage {
  readonly place: string | undefined;
  readonly text: string;
}

/** A message for a line that begins with its place. */
export function placedMessage(message: string, at: SourceLocation | undefined): PlacedMessage {
  if (at === undefined) return { place: undefined, text: message };
  const place = formatLocation(at);
  if (message.startsWith(`${place}: `)) return { place, text: message.slice(place.length + 2) };
  const mention = mentionOf(message, at.file);
  if (mention === undefined) return { place, text: message };
  const { before, after } = mention;
  if (before === "" && predicate.test(after)) return { place, text: `it${after}` };
  if (at.line === undefined) return { place: undefined, text: message };
  // "the ignore file NAME can't be used"
  if (/\bfile $/.test(before)) return { place, text: `${before.trimEnd()}${after}` };
  return { place, text: `${before}this file${after}` };
}

/** What a message says around the name of a file, the first time that it stands for itself; `undefined`: it doesn't name it. */
export function mentionOf(
  message: string,
  file: string,
): { readonly before: string; readonly after: string } | undefined {
  // "Dockerfile" is a word as well.
  if (!/[./]/.test(file))
    return message.startsWith(`${file} `) ? { before: "", after: message.slice(file.length) } : undefined;
  for (let start = message.indexOf(file); start >= 0; start = message.indexOf(file, start + 1)) {
    const [before, after] = [message.slice(0, start), message.slice(start + file.length)];
    if (!/[\w./-]$/.test(before) && !/^(?:[\w/-]|\.\w|:\d)/.test(after)) return unquoted(before, after);
  }
  return undefined;
}

/** Quotes belong to the name. */
function unquoted(before: string, after: string): { readonly before: string; readonly after: string } {
  const [quote = ""] = /["`]$/.exec(before) ?? [];
  return quote !== "" && after.startsWith(quote)
    ? { before: before.slice(0, -1), after: after.slice(1) }
    : { before, after };
}

/** How a sentence goes on whose subject is a file. */
const predicate = /^ (?:is|isn't|has|can't|doesn't|publishes|contains|names|only|still)\b/;
