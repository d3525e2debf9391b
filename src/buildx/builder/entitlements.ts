/** Whether the builder grants the rights that builds ask for. */
import { UserError } from "../../errors.ts";
import { someOf } from "../../lib/text/some-of.ts";
import type { PlannedBuild } from "../../plan/plan.ts";
import type { Files } from "../../ports.ts";
import { type BuilderDependencies, findRefusal } from "./builder.ts";

type Builds = readonly Pick<PlannedBuild, "name" | "options">[];

/** The entitlements that builds ask for, each once, sorted: buildx asks for that of the host's network itself. */
export function entitlementsOf(builds: Builds): readonly string[] {
  return [...new Set(builds.flatMap(asked))].sort();
}

function asked({ options: { network, allow = [] } = {} }: Builds[number]): readonly string[] {
  return network === "host" ? ["network.host", ...allow] : allow;
}

/**
 * Has the builder build nothing with all of these rights. @param folder the run's own, absolute
 * @throws UserError for one that it doesn't grant, with the images that ask for it.
 */
export async function checkEntitlements(
  builds: Builds,
  builder: string,
  {
    files,
    folder,
    ...deps
  }: BuilderDependencies & { readonly files: Pick<Files, "write" | "makeDirectory">; readonly folder: string },
): Promise<void> {
  const wanted = entitlementsOf(builds);
  if (wanted.length === 0) return;
  const context = `${folder}/entitlements`;
  await files.makeDirectory(context);
  await files.write(`${context}/Dockerfile`, new TextEncoder().encode("FROM scratch\n"));
  const refused = await findRefusal(wanted, builder, context, deps);
  if (refused === undefined) return;
  const whose = builds.filter((each) => asked(each).some((right) => right.split("=", 1)[0] === refused));
  const names = someOf(whose, { write: ({ name }) => name });
  const setting = whose.some(({ options }) => options?.allow?.some((right) => right.split("=", 1)[0] === refused))
    ? "allow"
    : "network: host";
  throw new UserError(`the builder doesn't grant ${refused}, which \`${setting}\` of ${names} asks for`, {
    hint: `start it with \`--allow-insecure-entitlement ${refused}\` (\`buildkitd-flags\` of docker/setup-buildx-action), or take it out of \`${setting}\``,
  });
}
