/** The rig, which `scripts/test e2e` has brought up, and a folder for everything that a test file makes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "@jest/globals";
import { describe as describeRig } from "../../rig/index.ts";

export const rig = describeRig();

/** The repository of the action. */
export const root = resolve(import.meta.dirname, "../..");

const scratch = mkdtempSync(join(tmpdir(), "image-publish-e2e-"));
let folders = 0;

/** A new folder, gone after the file's tests. */
export function newFolder(name: string): string {
  folders += 1;
  return mkdtempSync(join(scratch, `${name}-${folders}-`));
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }));
