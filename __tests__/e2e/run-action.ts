/** Runs the bundle as a runner runs it, without the runner: a step's environment, files and log, and nothing else. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Annotation, annotationsIn, commandsIn, spokenIn } from "./log.ts";
import type { Project } from "./project.ts";
import { newFolder, rig, root } from "./rig.ts";

export interface Happening {
  readonly event: string;
  /** `refs/heads/main` unless told. */
  readonly ref?: string;
  /** What `ref` names in the remote, unless told. */
  readonly sha?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Added to the step's environment; `undefined` takes away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A work tree; a fresh checkout of depth 1 unless told. */
  readonly workspace?: string;
}

/** An element of the output `images`. */
export interface ImageOutput {
  readonly name: string;
  readonly action: string;
  readonly digest: string | null;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  readonly reason: string;
}

export interface Ended {
  readonly code: number;
  /** Standard output and error as they came, but the commands that mask a secret. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** The names of all workflow commands that a runner would obey. */
  readonly commands: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** The output `images`, by name. */
  readonly images: Readonly<Record<string, ImageOutput>>;
  readonly summary: string;
  readonly seconds: number;
  /** The step's `RUNNER_TEMP`. */
  readonly temp: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Plays what happened and waits for the end. */
export async function runAction(project: Project, happening: Happening): Promise<Ended> {
  return (await startAction(project, happening)).ended;
}

export async function startAction(project: Project, happening: Happening): Promise<Started> {
  const ref = happening.ref ?? "refs/heads/main";
  const sha = happening.sha ?? project.git("rev-parse", `${ref}^{commit}`);
  const workspace = happening.workspace ?? (await project.checkOut({ ref, sha }));
  const temp = newFolder("temp");
  const file = (name: string, content = ""): string => {
    writeFileSync(join(temp, name), content);
    return join(temp, name);
  };
  const files = { output: file("output"), summary: file("summary") };
  const env = {
    ...runnerEnvironment(temp),
    HOME: homeOf(project),
    GITHUB_EVENT_NAME: happening.event,
    GITHUB_EVENT_PATH: file("event.json", JSON.stringify(payloadOf(project, happening, ref, sha))),
    GITHUB_REF: ref,
    GITHUB_SHA: sha,
    GITHUB_REPOSITORY: project.slug,
    GITHUB_WORKSPACE: workspace,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    // What is not about scans need not wait for them.
    ...inputEnvironment({ scan: "false", ...happening.inputs }),
    ...happening.env,
  };
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, "dist/index.js")], {
    cwd: workspace,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = new Promise<Ended>((done, failed) => {
    child.once("error", failed);
    child.once("close", (code) => {
      const outputs = outputsIn(readFileSync(files.output, "utf8"));
      const images: readonly ImageOutput[] = JSON.parse(outputs.images || "[]");
      done({
        code: code ?? -1,
        log: spokenIn(log),
        annotations: annotationsIn(log),
        commands: commandsIn(log),
        outputs,
        images: Object.fromEntries(images.map((image) => [image.name, image])),
        summary: readFileSync(files.summary, "utf8"),
        seconds: (performance.now() - begin) / 1000,
        temp,
      });
    });
  });
  return { child, ended };
}

/** What is the same for every step. Nothing of the test's own environment but where the rig's parts are. */
function runnerEnvironment(temp: string): Record<string, string> {
  const { PATH = "", DOCKER_HOST = "", DOCKER_CONFIG = "", BUILDX_CONFIG = "" } = rig.env;
  return {
    ...{ PATH, DOCKER_HOST, DOCKER_CONFIG, BUILDX_CONFIG, BUILDX_BUILDER: rig.builder },
    RUNNER_TEMP: temp,
    CI: "true",
    GITHUB_ACTIONS: "true",
    // The registry is the forge's own, as ghcr.io is GitHub's.
    GITHUB_SERVER_URL: `http://${rig.registry}`,
    GITHUB_API_URL: `http://${rig.registry}/there-is-no-api`,
    GITHUB_ACTOR: "octocat",
    GITHUB_RUN_ID: "4711",
  };
}

/** The forge's git under the address of the forge, which is the registry's here and serves no git itself. */
function homeOf({ slug, folder }: Project): string {
  const home = newFolder("home");
  const address = `http://${rig.registry}/${slug}`;
  writeFileSync(join(home, ".gitconfig"), `[url "${folder}"]\n\tinsteadOf = ${address}\n`);
  return home;
}

/** A JavaScript action's inputs: upper case, spaces become underscores, hyphens stay. */
function inputEnvironment(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}

function payloadOf({ slug }: Project, { payload, event }: Happening, ref: string, sha: string): object {
  const [login = "", name = ""] = slug.split("/");
  const repository = { full_name: slug, name, owner: { login }, default_branch: "main", private: false };
  return { ...(event === "push" ? { ref, after: sha } : {}), repository, ...payload };
}

/** `name<<delimiter`, the value's lines, `delimiter`. */
function outputsIn(file: string): Record<string, string> {
  return Object.fromEntries(
    [...file.matchAll(/^([^\n]+?)<<(\S+)\n([\s\S]*?)\n?\2$/gm)].map(([, name = "", , value = ""]) => [name, value]),
  );
}
