/** Settings of builds by BuildKit in the entries of images that Nix builds alone. */
import type { ImageName } from "../catalog/catalog.ts";
import type { ImageEntry } from "../config/config.ts";
import type { SharedSettings } from "../config/config-schema.ts";
import type { Remark } from "../model/remark.ts";

const ofBuildKit = [
  "build-args-file",
  ...(["network", "allow", "add-hosts", "shm-size", "ulimit", "cgroup-parent", "no-cache-filters"] as const),
] satisfies readonly (keyof SharedSettings)[];

/** One remark for each entry. What `defaults` sets is meant for other images. */
export function ignoredByNix(entries: readonly ImageEntry[], images: readonly ImageName[]): readonly Remark[] {
  const variants = Map.groupBy(images, ({ publicName }) => publicName);
  return entries.flatMap(({ name, settings, at }) => {
    const own = variants.get(name) ?? [];
    const ignored = ofBuildKit.filter((key) => settings[key] !== undefined).map((key) => `\`${key}\``);
    if (ignored.length === 0 || own.length === 0 || own.some(({ variant }) => variant !== "nix")) return [];
    const [verb, them] = ignored.length === 1 ? ["has", "it"] : ["have", "them"];
    return [
      {
        message: `${ignored.join(", ")} of the image "${name}" ${verb} no effect: Nix builds it`,
        hint: `remove ${them} from its entry`,
        at,
      },
    ];
  });
}
