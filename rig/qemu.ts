/**
 * Emulation of arm64: QEMU registered with the kernel (binfmt_misc), and an image that registers it, as
 * `tonistiigi/binfmt` does, for actions under test that install a missing emulator themselves.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isHosted, registryHost } from "./addresses.ts";
import { addBusybox } from "./bases.ts";
import { copyOfficial, docker } from "./engine.ts";
import { path, readState, remember } from "./folder.ts";
import { isPushed, pushImage, recipe } from "./image.ts";
import { unpacked } from "./packages.ts";
import { run } from "./process.ts";

const OFFICIAL_IMAGE = "tonistiigi/binfmt";

/** The image to run with `--privileged … --install arm64`. */
export const binfmtImage = (): string => `${registryHost()}/${OFFICIAL_IMAGE}:latest`;

const MOUNT = "/proc/sys/fs/binfmt_misc";

/** The name that Debian's packages, `tonistiigi/binfmt` and our image all use. */
const ENTRY = join(MOUNT, "qemu-aarch64");

export const arm64IsRegistered = (): boolean => existsSync(ENTRY) && readFileSync(ENTRY, "utf8").startsWith("enabled");

/** Makes the kernel run arm64 programs. Does nothing where it does already. */
export async function registerArm64(): Promise<void> {
  if (arm64IsRegistered()) return;
  if (isHosted()) {
    await docker(["run", "--privileged", "--rm", binfmtImage(), "--install", "arm64"]);
  } else {
    if (!existsSync(join(MOUNT, "register"))) {
      await run("mount", ["-t", "binfmt_misc", "binfmt_misc", MOUNT]);
      remember({ binfmt: { mounted: true, registered: readState().binfmt?.registered ?? false } });
    }
    writeFileSync(join(MOUNT, "register"), registration(unpacked("usr/bin/qemu-aarch64")));
  }
  remember({ binfmt: { mounted: readState().binfmt?.mounted ?? false, registered: true } });
}

/** Makes the kernel forget it, whoever registered it. */
export async function unregisterArm64(): Promise<void> {
  if (!existsSync(ENTRY)) return;
  if (isHosted()) await docker(["run", "--privileged", "--rm", binfmtImage(), "--uninstall", "qemu-aarch64"]);
  else writeFileSync(ENTRY, "-1");
}

/** Takes back what the rig, or a test on it, did to the kernel. What was there before stays. */
export async function restoreBinfmt(): Promise<void> {
  const { registered, mounted } = readState().binfmt ?? { registered: false, mounted: false };
  if (registered) await unregisterArm64();
  if (mounted && existsSync(join(MOUNT, "register"))) await run("umount", [MOUNT]);
  remember({ binfmt: { mounted: false, registered: false } });
}

/**
 * binfmt_misc's line for arm64: Debian's magic and mask, our interpreter, held open (F) as containers need it. Without the
 * flag P, busybox loses its name: "grep" inside its shell runs as another shell.
 */
function registration(interpreter: string): string {
  const [, , type, offset, magic, mask] = debianEntry().split(":");
  return `:qemu-aarch64:${type}:${offset}:${magic}:${mask}:${interpreter}:POCF`;
}

const debianEntry = (): string => readFileSync(unpacked("usr/share/qemu/binfmt.d/qemu-aarch64.conf"), "utf8").trim();

const marker = (): string => recipe(import.meta.filename);

export const binfmtImageIsPushed = (): Promise<boolean> => isPushed(registryHost(), OFFICIAL_IMAGE, marker());

/** Understands what the upstream image does with `--install`; it can do arm64 only, and says so. */
const entrypoint = (): string => `#!/bin/sh
set -eu
fail() { echo "error: $1" >&2; exit 1; }
[ "\${1:-}" = --install ] || fail "this image knows --install only, not '\${1:-}'"
[ "\${2:-}" = all ] && set -- --install arm64
[ -e ${MOUNT}/register ] || mount -t binfmt_misc binfmt_misc ${MOUNT} || fail "cannot mount binfmt_misc filesystem, try --privileged"
failed=
for architecture in $(echo "\${2:-}" | tr , ' '); do
  case $architecture in
    arm64 | linux/arm64 | aarch64)
      if [ -e ${ENTRY} ]; then
        echo "installing: arm64 qemu-aarch64 already registered"
      elif printf %s '${registration("/usr/bin/qemu-aarch64")}' >${MOUNT}/register; then
        echo "installing: arm64 OK"
      else
        failed="$failed $architecture"
      fi ;;
    *)
      echo "installing: $architecture not in this image" >&2
      failed="$failed $architecture" ;;
  esac
done
[ -z "$failed" ] || fail "could not install:$failed"
`;

export async function pushBinfmtImage(): Promise<void> {
  if (await binfmtImageIsPushed()) return;
  const tags = ["latest", "qemu-v10.0.4", marker()];
  if (isHosted()) return copyOfficial(`${OFFICIAL_IMAGE}:latest`, OFFICIAL_IMAGE, tags);
  const root = path("images", "binfmt");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  await addBusybox(root, "amd64");
  copyFileSync(unpacked("usr/bin/qemu-aarch64"), join(root, "usr/bin/qemu-aarch64"));
  writeFileSync(join(root, "usr/bin/binfmt"), entrypoint());
  chmodSync(join(root, "usr/bin/binfmt"), 0o755);
  const config = { Entrypoint: ["/usr/bin/binfmt"] };
  await pushImage(registryHost(), OFFICIAL_IMAGE, tags, [{ architecture: "amd64", root, config }]);
}
