/**
 * BuildKit and the `docker-container` builder. In `own` mode buildkitd is built from its Go module and its image made
 * here. The image stands in the registry under its official name too: through the engine's mirror a plain
 * `docker buildx create` gets it. It holds no QEMU, as little as a builder on a runner that has not asked for it.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  authRegistryHost,
  builder,
  builderContainer,
  dockerConfig,
  dockerHost,
  gateway,
  isHosted,
  registryHost,
} from "./addresses.ts";
import { addBusybox } from "./bases.ts";
import { docker } from "./engine.ts";
import { folder, path, readState } from "./folder.ts";
import { buildModule } from "./go.ts";
import { isPushed, pushImage, recipe } from "./image.ts";
import { askEngine } from "./machine.ts";
import { unpacked } from "./packages.ts";
import { run } from "./process.ts";

/** Newer releases need Go modules that are not everywhere to be had. */
export const BUILDKIT_VERSION = "0.26.3";

const REPOSITORY = "moby/buildkit";

/** What `docker buildx create` asks for by itself. */
const DEFAULT_TAG = "buildx-stable-1";

const built = join(folder, "built", `buildkit-${BUILDKIT_VERSION}`);

export const buildkitIsBuilt = (): boolean => isHosted() || existsSync(built);

/** Builds buildkitd and buildctl from source. About two minutes on two cores, once. */
export async function buildBuildkit(): Promise<void> {
  if (buildkitIsBuilt()) return;
  await buildModule(
    "buildkit",
    `github.com/moby/buildkit@v${BUILDKIT_VERSION}`,
    ["cmd/buildkitd", "cmd/buildctl"],
    built,
    {
      "github.com/moby/buildkit/version.Version": `v${BUILDKIT_VERSION}`,
    },
  );
}

const ports = (): number[] => Object.values(readState().ports);

/** Also names what is baked in: the ports and the way out of the container's network. */
const marker = (): string => `${recipe(import.meta.filename)}-${gateway()}-${ports().join("-")}`;

export const builderImageIsPushed = async (): Promise<boolean> =>
  isHosted() || isPushed(registryHost(), REPOSITORY, marker());

/** A builder that is not on the host's network reaches the rig's services at their usual addresses all the same. */
const entrypoint = (): string => `#!/bin/sh
if ! ip address show | grep -q 'inet ${gateway()}/'; then # this is not the host's network
  for port in ${ports().join(" ")}; do
    nc -ll -p $port -e nc ${gateway()} $port &
  done
fi
exec buildkitd "$@"
`;

export async function pushBuilderImage(): Promise<void> {
  if (await builderImageIsPushed()) return;
  const root = path("images", "buildkit");
  rmSync(root, { recursive: true, force: true });
  for (const sub of ["usr/bin", "etc/ssl/certs", "tmp", "root", "var"]) mkdirSync(join(root, sub), { recursive: true });
  await addBusybox(root, "amd64");
  for (const command of ["buildkitd", "buildctl"]) copyFileSync(join(built, command), join(root, "usr/bin", command));
  await addWithLibraries(unpacked("usr/sbin/runc"), root, "usr/bin/buildkit-runc");
  writeFileSync(join(root, "usr/bin/rig-buildkitd"), entrypoint());
  chmodSync(join(root, "usr/bin/rig-buildkitd"), 0o755);
  const certificates = "/etc/ssl/certs/ca-certificates.crt";
  if (existsSync(certificates)) cpSync(certificates, join(root, certificates), { dereference: true });
  const config = { Entrypoint: ["/usr/bin/rig-buildkitd"] };
  const tags = [DEFAULT_TAG, `v${BUILDKIT_VERSION}`, "latest", marker()];
  await pushImage(registryHost(), REPOSITORY, tags, [{ architecture: "amd64", root, config }]);
}

/** Copies a dynamically linked program with its libraries and its loader, each where it is on this machine. */
async function addWithLibraries(program: string, root: string, target: string): Promise<void> {
  copyFileSync(program, join(root, target));
  const libraries = await run("ldd", [program]);
  for (const [library] of libraries.matchAll(/\/\S+/g)) {
    mkdirSync(join(root, library, ".."), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}

/** `Config.Image` of the builder's container. */
const image = (): string =>
  isHosted() ? "moby/buildkit:buildx-stable-1" : `${registryHost()}/${REPOSITORY}:${marker()}`;

export async function builderRuns(): Promise<boolean> {
  return (await inspect())?.State.Running === true && existsSync(join(dockerConfig, "buildx", "instances", builder));
}

export async function startBuilder(): Promise<void> {
  writeFileSync(path("docker", "buildx", "buildkitd.default.toml"), configuration());
  const { State: state } = (await inspect()) ?? {};
  if (!state || !existsSync(join(dockerConfig, "buildx", "instances", builder))) {
    await docker(["buildx", "rm", "--force", builder]).catch(() => {});
    await docker(["rm", "--force", "--volumes", builderContainer]).catch(() => {});
    const options = ["--driver-opt", `network=host,image=${image()}`];
    await docker(["buildx", "create", "--name", builder, "--driver", "docker-container", ...options]);
  }
  await docker(["buildx", "inspect", "--bootstrap", builder], 120);
}

/** BuildKit looks for what it can emulate when it starts, and lists just that until it starts anew. */
export async function restartBuilder(): Promise<void> {
  await docker(["restart", "--time", "3", builderContainer]);
  await docker(["buildx", "inspect", "--bootstrap", builder], 120);
}

/** The container, if it is there and of the image that it should be of. */
async function inspect(): Promise<{ State: { Running: boolean } } | undefined> {
  const answer = await askEngine(dockerHost(), `/containers/${builderContainer}/json`);
  if (answer?.status !== 200) return undefined;
  const found = JSON.parse(answer.body) as { Config: { Image: string }; State: { Running: boolean } };
  return found.Config.Image === image() ? found : undefined;
}

/**
 * buildx gives the file of this name to every builder that it creates without `--buildkitd-config`, so builders that
 * others make in the rig's environment find the local registry too.
 */
const configuration = (): string => `# written by the rig
[registry."docker.io"]
  mirrors = ["${registryHost()}"]
[registry."${registryHost()}"]
  http = true
[registry."${authRegistryHost()}"]
  http = true
`;
