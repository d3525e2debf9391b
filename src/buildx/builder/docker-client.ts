/** Whether `docker` is docker's own client, or something in its place that may do more, or something else. */
import { basename, isAbsolute, join } from "node:path";
import { UserError } from "../../errors.ts";
import { followLinks } from "../../lib/local-paths.ts";
import type { FileLooks, FileStreams } from "../../ports.ts";

type ReadFiles = FileLooks & Pick<FileStreams, "readStream">;

/** How programs begin on Linux (elf(5)) and macOS (mach-o/loader.h, mach-o/fat.h). */
const programs: readonly string[] = ["7f454c46", "cffaedfe", "cafebabe"];

/** A wrapper is a script or a small program; docker's client had 30 MiB or more since there are plugins. */
const smallest = 20 * 1024 * 1024;

/** Whether the first `docker` on PATH is docker's own client. In doubt it isn't, as with a folder relative to where it is started. */
export async function isDockersClient(path: string | undefined, files: ReadFiles): Promise<boolean> {
  try {
    for (const folder of path?.split(":") ?? []) {
      if (!isAbsolute(folder)) return false;
      const real = (await followLinks(join(folder, "docker"), files))?.real;
      const found = real === undefined ? undefined : await files.look(Buffer.from(real));
      // What can't be executed is passed over (execvp(3)).
      if (real === undefined || found?.kind !== "file" || !found.isExecutable) continue;
      return basename(real) === "docker" && found.size >= smallest && programs.includes(await beginning(real, files));
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return false;
}

/** The first four bytes, in hexadecimal. */
async function beginning(path: string, files: ReadFiles): Promise<string> {
  for await (const bytes of files.readStream(path)) return Buffer.from(bytes.subarray(0, 4)).toString("hex");
  return "";
}
