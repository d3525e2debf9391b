/** The files that buildx bake reads in a folder when nobody names one (buildx, bake/bake.go, `defaultFilenames`). */

/** Written for bake: where one lies, it says which images there are. */
export const bakeNames: readonly string[] = [
  "docker-bake.hcl",
  "docker-bake.json",
  "docker-bake.override.hcl",
  "docker-bake.override.json",
];

/** Written to run things, most often; bake takes their services with a `build` section for targets. */
export const composeNames: readonly string[] = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];

/** Whether a compose file may have a `build` section. */
export function mayBuild(compose: Uint8Array): boolean {
  return /^\s+build\s*:/m.test(new TextDecoder().decode(compose));
}
