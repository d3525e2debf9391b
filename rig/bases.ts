/** `library/busybox` in the local registry, for both platforms, laid out like the official image. */
import { chmodSync, copyFileSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isHosted, registryHost } from "./addresses.ts";
import { copyOfficial } from "./engine.ts";
import { path } from "./folder.ts";
import { isPushed, type PlatformImage, pushImage, recipe } from "./image.ts";
import { unpacked } from "./packages.ts";
import { run } from "./process.ts";

const REPOSITORY = "library/busybox";
const TAGS = ["1.37", "1.37.0", "1", "latest"];

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
wheel:x:10:root
mail:x:8:
www-data:x:33:
operator:x:37:
users:x:100:
nogroup:x:65534:
`;

/** The tag that says by which version of this file the images were made. */
const marker = (): string => recipe(import.meta.filename, ...ADDED);

/** Commands of the official image that Debian's busybox is built without. */
const ADDED = ["adduser", "addgroup"].map((name) => join(import.meta.dirname, "base", name));

export async function pushBases(): Promise<void> {
  if (await basesArePushed()) return;
  if (isHosted()) return copyOfficial("busybox:1.37", REPOSITORY, [...TAGS, marker()]);
  const platforms: PlatformImage[] = [];
  for (const architecture of ["amd64", "arm64"] as const) {
    const root = path("images", `busybox-${architecture}`);
    await layOut(root, architecture);
    platforms.push({ architecture, root, config: { Cmd: ["sh"] } });
  }
  await pushImage(registryHost(), REPOSITORY, [...TAGS, marker()], platforms);
}

export const basesArePushed = (): Promise<boolean> => isPushed(registryHost(), REPOSITORY, marker());

/** Writes busybox and a link for every applet into `<root>/bin`. */
export async function addBusybox(root: string, architecture: "amd64" | "arm64"): Promise<void> {
  mkdirSync(join(root, "bin"), { recursive: true });
  const busybox = join(root, "bin", "busybox");
  copyFileSync(unpacked(...(architecture === "arm64" ? ["arm64"] : []), "usr/bin/busybox"), busybox);
  const applets = await run(unpacked("usr/bin/busybox"), ["--list"]); // both architectures have the same
  for (const applet of applets
    .trim()
    .split("\n")
    .filter((name) => name !== "busybox")) {
    linkSync(busybox, join(root, "bin", applet));
  }
}

async function layOut(root: string, architecture: "amd64" | "arm64"): Promise<void> {
  rmSync(root, { recursive: true, force: true });
  for (const folder of ["dev", "etc", "home", "lib", "usr/bin", "usr/sbin", "var/spool/mail", "var/www"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  mkdirSync(join(root, "root"), { mode: 0o700 });
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  await addBusybox(root, architecture);
  for (const command of ADDED) copyFileSync(command, join(root, "bin", basename(command)));
  symlinkSync("../../bin/env", join(root, "usr/bin/env"));
  symlinkSync("lib", join(root, "lib64"));
  writeFileSync(join(root, "etc/passwd"), PASSWD);
  writeFileSync(join(root, "etc/group"), GROUP);
  writeFileSync(join(root, "etc/shadow"), PASSWD.replaceAll(/^(\w[\w-]*):.*$/gm, "$1:*:10933:0:99999:7:::"), {
    mode: 0o640,
  });
}
