/**
 * Looks for words that don't come back (`words/retired-words.ts`) in what people read: strings, comments and names of `src/`,
 * the docs, README.md and action.yml. `node scripts/words.ts [PATH…]` looks only in files whose path begins with one of those.
 */
import { fileURLToPath } from "node:url";
import { type Identifier, identifiersOfRepository } from "./words/identifiers.ts";
import { publicNames, retiredNames, retiredWords } from "./words/retired-words.ts";
import { type Text, textsOfRepository } from "./words/texts.ts";

export function retiredWordsIn(texts: readonly Text[]): readonly string[] {
  return texts.flatMap(({ file, line, text }) => {
    if (publicNames.has(text.trim())) return [];
    return retiredWords.flatMap(({ word, instead }) => {
      const found = word.exec(text);
      return found === null ? [] : [`${file}:${line}: "${found[0]}" (${instead}): ${text.trim()}`];
    });
  });
}

export function retiredNamesIn(identifiers: readonly Identifier[]): readonly string[] {
  return identifiers.flatMap(({ file, line, name }) => {
    if (publicNames.has(name)) return [];
    const words = name.split(/_|(?<=[a-z\d])(?=[A-Z])/);
    return retiredNames.flatMap(({ word, instead }) =>
      words.some((each) => word.test(each)) ? [`${file}:${line}: the name ${name} (${instead})`] : [],
    );
  });
}

/** Prints what it finds. @returns whether there is nothing. */
export function checkWords(paths: readonly string[] = []): boolean {
  const isChosen = ({ file }: { readonly file: string }): boolean =>
    paths.length === 0 || paths.some((path) => file.startsWith(path));
  const found = [
    ...retiredWordsIn(textsOfRepository().filter(isChosen)),
    ...retiredNamesIn(identifiersOfRepository().filter(isChosen)),
  ];
  for (const each of found) process.stdout.write(`${each}\n`);
  if (found.length > 0) process.stdout.write(`${found.length} retired words: write the word in parentheses instead\n`);
  return found.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = checkWords(process.argv.slice(2)) ? 0 : 1;
