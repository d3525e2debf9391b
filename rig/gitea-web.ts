/**
 * The scripts and styles of Gitea's pages, for pictures of them: its Go module holds only their source. Tests do without.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { folder, path } from "./folder.ts";
import { GITEA_VERSION, giteaModule, publicFiles } from "./gitea.ts";
import { downloadModule } from "./go.ts";
import { run } from "./process.ts";

const built = join(folder, "built", `gitea-web-${GITEA_VERSION}`);

export const webIsBuilt = (): boolean => existsSync(built) && existsSync(publicFiles);

/** Builds them with webpack, once, and gives them to Gitea, which may run. Two minutes on two cores. */
export async function buildWeb(): Promise<void> {
  if (!existsSync(built)) await build();
  if (lstatSync(publicFiles, { throwIfNoEntry: false })) rmSync(publicFiles);
  mkdirSync(dirname(publicFiles), { recursive: true });
  symlinkSync(built, publicFiles);
}

async function build(): Promise<void> {
  const work = `${built}.new`;
  rmSync(work, { recursive: true, force: true });
  cpSync(await downloadModule("gitea-web", giteaModule), work, { recursive: true });
  mend(work);
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const npm = ["ci", "--omit=dev", "--ignore-scripts", "--cache", path("npm-cache"), ...quiet];
  const options = { cwd: work, log: "gitea-web", limit: 900 };
  await run("npm", npm, options);
  rmSync(path("npm-cache"), { recursive: true, force: true });
  await run(process.execPath, ["node_modules/webpack-cli/bin/cli.js", "--disable-interpret"], {
    ...options,
    env: { ENABLE_SOURCEMAP: "false", BROWSERSLIST_IGNORE_OLD_DATA: "true" },
  });
  renameSync(join(work, "public"), built);
  rmSync(work, { recursive: true });
}

/** A module has no folders called vendor, and the list of licenses is made of what else it lacks. */
function mend(source: string): void {
  const vendor = join(source, "web_src/js/vendor");
  mkdirSync(vendor);
  const nothing = ["initAreYouSure", "applyAreYouSure"].map((name) => `export const ${name} = () => {};\n`).join("");
  writeFileSync(join(vendor, "jquery.are-you-sure.ts"), nothing);
  const file = join(source, "webpack.config.js");
  const config = readFileSync(file, "utf8");
  const licenses = "isProduction ? new LicenseCheckerWebpackPlugin(";
  if (!config.includes(licenses)) throw new Error(`Gitea ${GITEA_VERSION} is built in another way than expected`);
  writeFileSync(file, config.replace(licenses, "false ? new LicenseCheckerWebpackPlugin("));
}
