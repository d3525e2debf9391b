/**
 * Bundles src/index.ts into a folder (dist unless told) with everything that the action needs at run time. The bundle is
 * the same, byte for byte, wherever and by whichever Node it is made.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { minifySync } from "@swc/core";

const root = resolve(import.meta.dirname, "..");

export function bundle(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const ncc = resolve(root, "node_modules/@vercel/ncc/dist/ncc/cli.js");
  execFileSync(
    process.execPath,
    [ncc, "build", "src/index.ts", "--out", folder, "--minify", "--license", "licenses.txt", "--quiet"],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  for (const name of readdirSync(folder)) if (/^\d+\.index\.js$/.test(name)) minify(join(folder, name));
}

/** ncc makes the file that starts small, and leaves the chunks that it loads as they are. */
function minify(file: string): void {
  const { code } = minifySync(readFileSync(file, "utf8"), {
    module: true,
    compress: false,
    mangle: { keepClassNames: true, keepFnNames: true },
    format: { comments: false },
  });
  writeFileSync(file, code);
}

if (import.meta.main) bundle(resolve(root, process.argv[2] ?? "dist"));
