/**
 * Bundles src/index.ts into a folder (dist unless told) with everything that the action needs at run time. The bundle is
 * the same, byte for byte, wherever and by whichever Node it is made.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { resolve } from "node:path";

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
}

if (import.meta.main) bundle(resolve(root, process.argv[2] ?? "dist"));
