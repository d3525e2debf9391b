/**
 * Prints the path of a Node 24 or newer, the runtime of the action: the one that runs this file, else one that is installed
 * once into the rig's folder (Linux). With `--link` it is `node_modules/.bin/node` where the machine's own is older.
 * Any version of Node runs this file.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = join(root, "rig/node");
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const folder = join(process.env.IMAGE_PUBLISH_RIG || join(cache, "image-publish-rig"), "node-24.21.0");
const installed = join(folder, `node_modules/node-linux-${process.arch}/bin/node`);
const isNewEnough = Number(process.versions.node.split(".")[0]) >= 24;
const canInstall = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

function install() {
  console.error(`Node ${process.versions.node} is older than 24: installing Node 24 into ${folder}`);
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  try {
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(lock, name), join(fresh, name));
    const options = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    execFileSync("npm", ["ci", ...options], { cwd: fresh, stdio: ["ignore", 2, 2] });
    moveUnlessThere(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Of two first starts at once the slower one finds what the other installed. */
function moveUnlessThere(fresh) {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(installed)) throw error;
  }
}

function link() {
  const path = join(root, "node_modules/.bin/node");
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(installed, path);
}

if (!isNewEnough && canInstall && !existsSync(installed)) install();
const isLink = process.argv.includes("--link");
if (isNewEnough || canInstall) {
  if (isLink && !isNewEnough) link();
  if (!isLink) console.log(isNewEnough ? process.execPath : installed);
} else {
  console.error(`Node ${process.versions.node} is older than 24: install Node 24, such as with \`nvm install\``);
  process.exitCode = 1;
}
