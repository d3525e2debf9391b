/** A builder of the benchmark's own on the rig's engine: emptying it is nobody else's loss. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Rig } from "../rig/index.ts";

export interface BenchBuilder {
  readonly name: string;
  /** Forgets everything that was built. */
  readonly prune: () => void;
  readonly remove: () => void;
}

export function makeBuilder({ env }: Rig): BenchBuilder {
  const name = `image-publish-bench-${randomBytes(4).toString("hex")}`;
  const buildx = (...args: readonly string[]): void => {
    execFileSync("docker", ["buildx", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  };
  // On this machine's network, where the registry and the cache service listen.
  const options = ["--driver", "docker-container", "--driver-opt", "network=host"];
  buildx("create", "--name", name, ...options, "--bootstrap");
  return {
    name,
    prune: () => buildx("prune", "--all", "--force", "--builder", name),
    remove: () => buildx("rm", "--force", name),
  };
}
