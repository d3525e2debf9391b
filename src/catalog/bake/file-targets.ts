/** The messages about targets that give files instead of an image, and that no image needs. */
import { UserError } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { Remark } from "../../model/remark.ts";
import type { RepositoryPath } from "../../model/repository-path.ts";
import type { FileTarget } from "../catalog.ts";

/** The file target of a name that isn't an image's. */
export function fileTargetNamed(name: string, targets: readonly FileTarget[]): FileTarget | undefined {
  return targets.find((each) => each.name === name || each.target === name);
}

/** @param entries names of images that the config file describes. */
export function fileTargetRemarks(
  targets: readonly FileTarget[],
  entries: readonly string[],
  configFile: RepositoryPath,
): readonly Remark[] {
  if (targets.length === 0) return [];
  const idle = entries.filter((name) => fileTargetNamed(name, targets) !== undefined);
  const [is, its, it] = targets.length === 1 ? ["isn't", "its", "it"] : ["aren't", "their", "them"];
  const [entry, has] = idle.length === 1 ? ["entry", "has"] : ["entries", "have"];
  const noEffect = idle.length === 0 ? "" : `. The ${entry} of ${someOf(idle)} in ${configFile} ${has} no effect`;
  return [
    {
      message: `${listed(targets)} ${is} published: ${its} only output is a folder or an archive${noEffect}`,
      hint: `remove ${it} from the group that is published, or give ${it} an output of type=image`,
    },
  ];
}

/** @param isAsked whether `bake-target` says what to publish. */
export function nothingButFiles(targets: readonly FileTarget[], isAsked: boolean): UserError {
  const name = isAsked ? "name a target that gives an image" : "name the targets to publish";
  return new UserError(`there is no image to publish: ${listed(targets)} only ${giveFiles(targets)}`, {
    hint: `${name} with "bake-target", or give what is published an output of type=image`,
  });
}

function giveFiles({ length }: readonly FileTarget[]): string {
  return length === 1 ? "gives files" : "give files";
}

function listed(targets: readonly FileTarget[]): string {
  return someOf(targets, { write: ({ target, file }) => `${target} (${file})` });
}
