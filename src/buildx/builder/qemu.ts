/** Sees to it that the builder can build for every platform that is wanted, before anything is built. */
import { UserError } from "../../errors.ts";
import { type Platform, partsOf } from "../../model/platform.ts";
import { formatReference, reference } from "../../model/reference.ts";
import { lastMessage } from "../invocation/short-line.ts";
import { type Builder, type BuilderDependencies, inspectAgain } from "./builder.ts";
import { withoutLogins } from "./environment.ts";

/** The emulators that docker/setup-qemu-action installs too, by digest. */
const defaultBinfmtImage =
  "docker.io/tonistiigi/binfmt:qemu-v9.2.2@sha256:1b804311fe87047a4c96d38b4b3ef6f62fca8cd125265917a9e3dc3c996c39e6";

export interface Emulation {
  /** The input `qemu`: whether missing emulators are installed. */
  readonly install: boolean;
  /** The input `binfmt-image`; `undefined`: the default one. */
  readonly image: string | undefined;
}

/** The platforms of `wanted` that the builder can't build for. */
export function missingPlatforms(wanted: readonly Platform[], builder: Builder): readonly Platform[] {
  return [...new Set(wanted)].filter((each) => !builder.platforms.includes(each));
}

/**
 * The builder with all of `wanted` among its platforms. What is missing gets its emulator, by a privileged container that
 * registers it with this machine's kernel; the registration outlives the run, as docker/setup-qemu-action's does.
 * @throws UserError that names the platforms which can't be had, and why.
 */
export async function ensurePlatforms(
  wanted: readonly Platform[],
  builder: Builder,
  emulation: Emulation,
  deps: BuilderDependencies,
): Promise<Builder> {
  const missing = missingPlatforms(wanted, builder);
  if (missing.length === 0) return builder;
  const message = `the builder "${builder.name}" can't build for ${missing.join(", ")}`;
  if (!emulation.install) {
    throw new UserError(message, {
      hint: "set `qemu: true`, set up QEMU before this step, use a native runner, or take them out of `platforms`",
    });
  }
  // What is installed is registered with this machine's kernel.
  if (!builder.isHere || missing.some((each) => partsOf(each).os !== "linux")) {
    throw new UserError(`${message}, and no emulator can be installed for that`, {
      hint: "add a node that builds for them to the builder, or take them out of `platforms`",
    });
  }
  await install(missing, emulation.image ?? defaultBinfmtImage, message, deps);
  const after = await seeEmulators(missing, builder, deps);
  const still = missingPlatforms(missing, after);
  if (still.length === 0) return after;
  throw new UserError(
    `the builder "${builder.name}" can't build for ${still.join(", ")}, with the emulators installed too`,
    {
      hint: "check that the builder runs on this machine and that these platforms exist, or take them out of `platforms`",
    },
  );
}

async function install(
  missing: readonly Platform[],
  image: string,
  message: string,
  deps: BuilderDependencies,
): Promise<void> {
  // Parsed, so that it can't be read as an option.
  const parsed = formatReference(reference(image));
  const architectures = [...new Set(missing.map((each) => partsOf(each).architecture))].join(",");
  const args = ["run", "--privileged", "--rm", parsed, "--install", architectures];
  const finished = await deps.processes.run("docker", args, {
    env: deps.environment,
    signal: deps.signal,
    timeout: 180_000,
  });
  if (finished.code === 0) return;
  const reason = lastMessage(finished.stderr);
  throw new UserError(`${message}, and the emulator of ${parsed} could not be installed: ${reason}`, {
    hint: "set up QEMU before this step, name a reachable image in `binfmt-image`, or take the platforms out",
  });
}

/** BuildKit looks for emulators when it is asked, but one that has an old answer in memory needs a restart. */
async function seeEmulators(
  missing: readonly Platform[],
  builder: Builder,
  deps: BuilderDependencies,
): Promise<Builder> {
  const asked = await inspectAgain(builder, deps);
  if (missingPlatforms(missing, asked).length === 0 || builder.driver !== "docker-container") return asked;
  await deps.processes.run("docker", ["buildx", "stop", builder.name], {
    env: withoutLogins(deps.environment),
    signal: deps.signal,
    timeout: 60_000,
  });
  return inspectAgain(builder, deps);
}
