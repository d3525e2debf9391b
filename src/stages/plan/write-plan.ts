/** Writes the plan where later steps and people find it. */
import { pause } from "../../lib/pause.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Files } from "../../ports.ts";

/** @returns where the plan is. */
export async function writePlan(
  plan: Plan,
  folder: string,
  files: Pick<Files, "makeDirectory" | "write">,
): Promise<string> {
  const path = `${folder}/plan.json`;
  await files.makeDirectory(folder);
  await files.write(path, `${await planText(plan)}\n`, { private: true });
  return path;
}

/** As `JSON.stringify(plan, undefined, 2)`, with pauses. */
async function planText(plan: Plan): Promise<string> {
  const images: string[] = [];
  for (const image of plan.images) {
    images.push(JSON.stringify(image, undefined, 2).replace(/^/gm, "    "));
    await pause();
  }
  const whole = JSON.stringify({ ...plan, images: [] }, undefined, 2);
  if (images.length === 0) return whole;
  return `${whole.slice(0, whole.lastIndexOf("[]"))}[\n${images.join(",\n")}\n  ]\n}`;
}
