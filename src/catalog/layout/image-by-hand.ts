/** The inputs that describe one image, as those of docker/build-push-action do; with them nothing is searched. */

import type { CatalogConfig } from "../../config/config.ts";
import type { Settings } from "../../config/inputs.ts";
import { UserError } from "../../errors.ts";
import type { ByHand } from "./by-hand.ts";

/** `undefined` where none of them is given. */
export function imageByHand({ context, file, target, buildContexts, images }: Settings): ByHand | undefined {
  if (context === undefined && file === undefined && target === undefined && buildContexts.length === 0) {
    return undefined;
  }
  return { name: nameIn(images), context, file, target, contexts: buildContexts.map(({ text }) => text) };
}

/** The last part of the names that are pushed to, where it is written out and the same in all of them. */
function nameIn(images: Settings["images"]): string | undefined {
  const names = images.map(({ text }) => /^(?:name=)?[^\s,={}]*\/([^\s,={}/]+)$/.exec(text)?.[1]?.toLowerCase());
  return new Set(names).size === 1 ? names[0] : undefined;
}

/** Settings of other images, which would be ignored. */
export function besidesByHand(
  { path, bakeTarget, bakeFile }: Settings,
  { images, discovered, file }: CatalogConfig,
): readonly UserError[] {
  const given = { path, "bake-file": bakeFile, "bake-target": bakeTarget };
  const inputs = Object.entries(given).flatMap(([name, values]) => (values.length > 0 ? [name] : []));
  const hint = 'leave out "context", "file", "target" and "build-contexts", which describe a single image';
  const many = discovered ?? images[1];
  return [
    ...inputs.map((name) => {
      const message = `the input "${name}" looks for images, but other inputs describe a single image`;
      return new UserError(message, { hint, input: { name, line: 1 } });
    }),
    ...(many === undefined
      ? []
      : [
          new UserError(`${file ?? "the config file"} describes several images, but inputs describe a single one`, {
            hint,
            at: many.at,
          }),
        ]),
  ];
}

/** The input that says where to look for images, where the config file does. */
export function besideDiscover({ path }: Settings, { discovered, file }: CatalogConfig): readonly UserError[] {
  if (discovered === undefined || path.length === 0) return [];
  const message = `the input "path" and "discover" in ${file ?? "the config file"} both set where images are`;
  const hint = 'take out the input "path"; what it excludes can be written as "exclude" of a pattern';
  return [new UserError(message, { hint, at: discovered.at, input: { name: "path", line: 1 } })];
}
