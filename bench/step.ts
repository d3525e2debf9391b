/** The environment of a step that runs the action on GitHub, for a push to main that made the branch or moved it. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./measure.ts";

export interface Checkout {
  readonly folder: string;
  /** `owner/repository` */
  readonly slug: string;
  /** All zeros for a push that makes the branch. */
  readonly before: string;
  readonly commit: string;
}

export interface Step extends Command {
  /** The outputs, once it has run. */
  readonly outputs: () => Readonly<Record<string, string>>;
}

export interface StepOptions {
  readonly bundle: string;
  readonly checkout: Checkout;
  /** A folder for everything that the step writes; each step gets one of its own in it. */
  readonly folder: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the step sees beside what the runner sets. */
  readonly env: Readonly<Record<string, string>>;
}

export function makeStep({ bundle, checkout, folder, inputs, env }: StepOptions): Step {
  const { slug, before, commit } = checkout;
  const own = mkdtempSync(join(folder, "step-"));
  const file = (name: string, text = ""): string => {
    writeFileSync(join(own, name), text);
    return join(own, name);
  };
  const [owner = "", name = ""] = slug.split("/");
  const repository = { full_name: slug, name, owner: { login: owner }, default_branch: "main", private: false };
  const payload = { ref: "refs/heads/main", before, after: commit, created: /^0+$/.test(before), repository };
  const output = file("output");
  const temp = join(own, "temp");
  mkdirSync(temp);
  return {
    program: process.execPath,
    args: [join(bundle, "index.js")],
    cwd: checkout.folder,
    env: {
      HOME: own,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_ACTOR: "octocat",
      GITHUB_API_URL: "https://api.github.com",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_EVENT_NAME: "push",
      GITHUB_EVENT_PATH: file("event.json", JSON.stringify(payload)),
      GITHUB_OUTPUT: output,
      GITHUB_REF: "refs/heads/main",
      GITHUB_REF_NAME: "main",
      GITHUB_REF_TYPE: "branch",
      GITHUB_REPOSITORY: slug,
      GITHUB_REPOSITORY_OWNER: owner,
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_RUN_ID: "1",
      GITHUB_RUN_NUMBER: "1",
      GITHUB_SHA: commit,
      GITHUB_STEP_SUMMARY: file("summary.md"),
      GITHUB_WORKFLOW: "images",
      GITHUB_WORKSPACE: checkout.folder,
      RUNNER_OS: "Linux",
      RUNNER_TEMP: temp,
      ...env,
      ...Object.fromEntries(
        Object.entries({ token: "token-of-the-job", scan: "false", ...inputs }).map(([key, value]) => [
          `INPUT_${key.toUpperCase()}`,
          value,
        ]),
      ),
    },
    outputs: () => parseOutputs(readFileSync(output, "utf8")),
  };
}

/** `name<<DELIMITER`, the value's lines, `DELIMITER` (the file behind GITHUB_OUTPUT). */
function parseOutputs(text: string): Readonly<Record<string, string>> {
  const entries = text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n?^\2$/gm);
  return Object.fromEntries([...entries].map(([, name = "", , value = ""]) => [name, value]));
}
