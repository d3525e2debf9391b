/** One run of the action, taken down: which commands it gave to buildx for which image, and what came out. */
import { readFileSync } from "node:fs";
import { checkOutExample, exampleStep, type OnRig } from "./example.ts";
import { time } from "./measure.ts";
import { makeRecorder } from "./recorder.ts";
import type { Checkout } from "./step.ts";

export interface Recording {
  readonly checkout: Checkout;
  /** The folder that everything of the run is written into. */
  readonly folder: string;
  /** What buildx got as its environment, but for the run's own login and the recorder. */
  readonly env: Readonly<Record<string, string>>;
  /** Parents before children. */
  readonly images: readonly RecordedImage[];
}

export interface RecordedImage {
  readonly name: string;
  readonly parents: readonly { readonly name: string; readonly contextName: string }[];
  /** `undefined`: it is not published. */
  readonly repository: string | undefined;
  readonly tags: readonly string[];
  /** For docker. */
  readonly args: readonly string[];
  /** By which others were built on it. */
  readonly digest: string;
}

interface PlannedImage {
  readonly name: string;
  readonly dockerfile: string;
  readonly repositories: readonly string[];
  readonly tags: readonly { readonly tag: string }[];
  readonly parents: readonly { readonly name: string; readonly contextName: string }[];
}

export async function record(bench: OnRig): Promise<Recording> {
  const checkout = checkOutExample(bench);
  const step = exampleStep(bench, checkout);
  const { PATH = "", DOCKER_CONFIG = "", RUNNER_TEMP = "" } = step.env;
  const recorder = makeRecorder(bench.folder, PATH);
  await time({ ...step, env: { ...step.env, PATH: recorder.path } });
  const builds = recorder.builds();
  const plan = JSON.parse(readFileSync(step.outputs().plan ?? "", "utf8")) as { images: readonly PlannedImage[] };
  const results = JSON.parse(step.outputs().images ?? "[]") as { name: string; digest: string | null }[];
  const published = new Map(results.map(({ name, digest }) => [name, digest]));
  return {
    checkout,
    folder: RUNNER_TEMP,
    env: { ...builds[0]?.env, PATH, DOCKER_CONFIG },
    images: plan.images.map(({ name, dockerfile, repositories, tags, parents }) => {
      const [call, ...others] = builds.filter(({ args }) => valuesOf(args, "--file")[0] === `./${dockerfile}`);
      if (call === undefined || others.length > 0) throw new Error(`${name} was not built once`);
      const metadata = readFileSync(valuesOf(call.args, "--metadata-file")[0] ?? "", "utf8");
      const { "containerimage.digest": digest } = JSON.parse(metadata) as Record<string, string>;
      return {
        name,
        parents,
        repository: repositories[0],
        tags: tags.map(({ tag }) => tag),
        args: call.args,
        // What is published bears a record, which makes another index of it.
        digest: published.get(name) ?? digest ?? "",
      };
    }),
  };
}

/** What stands after an option, each time that it is there. */
export function valuesOf(args: readonly string[], option: string): readonly string[] {
  return args.flatMap((arg, at) => (args[at - 1] === option ? [arg] : []));
}

/** The recording as if it were of another checkout that writes into another folder. */
export function transferred(recording: Recording, checkout: Checkout, folder: string): Recording {
  const changes = [
    [recording.checkout.folder, checkout.folder],
    [recording.checkout.slug, checkout.slug],
    [recording.checkout.commit, checkout.commit],
    [recording.folder, folder],
  ] as const;
  const change = (text: string): string => changes.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  return {
    checkout,
    folder,
    env: recording.env,
    images: recording.images.map((image) => ({
      ...image,
      parents: image.parents.map(({ name, contextName }) => ({ name, contextName: change(contextName) })),
      repository: image.repository === undefined ? undefined : change(image.repository),
      tags: image.tags.map(change),
      args: image.args.map(change),
    })),
  };
}
