/** How long it takes to find the pins of a repository, and to move them. */
import { type MovedPins, movePins } from "../src/bump/move-pins.ts";
import type { PublishedVersion } from "../src/bump/moved.ts";
import type { PinFile } from "../src/bump/pins/pin-file.ts";
import { isPossiblePinFile } from "../src/bump/pins/pin-reader.ts";
import { digestOf } from "../src/model/digest.ts";
import { repository, tag } from "../src/model/reference.ts";
import { interleaved, progress } from "./measure.ts";
import { atMost, type Row, seconds } from "./table.ts";

const slowest = 1_000;
const files = 5_000;
const images = 40;

/** In this process, as the stage does it: the files are in memory, and the packages it needs are loaded. */
export async function measurePins(quick: boolean): Promise<readonly Row[]> {
  progress(`writing ${files} files`);
  const versions = Array.from({ length: images }, (_, index) => published(index));
  // One in ten names an image in the first, and each in the second.
  const [few, all] = [fileTree(10), fileTree(1)];
  check(await movePins(few, versions), files / 10);
  check(await movePins(all, versions), files);
  const timed = (tree: readonly PinFile[]) => async (): Promise<number> => {
    const started = performance.now();
    await movePins(
      tree.filter(({ path }) => isPossiblePinFile(path)),
      versions,
    );
    return performance.now() - started;
  };
  const rounds = await interleaved(
    [
      { name: "few", run: timed(few) },
      { name: "all", run: timed(all) },
    ],
    quick ? 3 : 9,
  );
  const count = files.toLocaleString("en");
  return [
    {
      measure: `pins of ${count} manifests, a tenth names an image`,
      value: seconds(rounds.median("few")),
      limit: atMost(slowest, rounds.median("few"), seconds(slowest)),
    },
    { measure: `pins of ${count} manifests, each names one`, value: seconds(rounds.median("all")) },
  ];
}

/** A fast search that finds nothing would be worth nothing. */
function check({ files: moved }: MovedPins, expected: number): void {
  if (moved.length !== expected) throw new Error(`${moved.length} files moved, and not ${expected}`);
}

function published(index: number): PublishedVersion {
  return {
    name: `app-${index}`,
    repositories: [repository(`ghcr.io/acme/fleet/app-${index}`)],
    tags: ["1.3.0", "1.3", "v1.3.0", "latest"].map(tag),
    digest: digestOf(`${index}`),
    version: "1.3.0",
    isRelease: true,
  };
}

/** Manifests of about 2 kB: deployments, kustomizations, values and Dockerfiles in turn. */
function fileTree(every: number): readonly PinFile[] {
  const encoder = new TextEncoder();
  return Array.from({ length: files }, (_, index) => {
    const image = index % every === 0 ? `ghcr.io/acme/fleet/app-${index % images}` : `ghcr.io/acme/other/tool-${index}`;
    const make = kinds[Math.floor(index / every) % kinds.length] ?? deployment;
    const { path, text } = make(`services/s${index}`, image);
    return { path, bytes: encoder.encode(text) };
  });
}

interface Manifest {
  readonly path: string;
  readonly text: string;
}

const kinds: readonly ((folder: string, image: string) => Manifest)[] = [deployment, kustomization, values, dockerfile];

function deployment(folder: string, image: string): Manifest {
  const variables = Array.from(
    { length: 30 },
    (_, index) => `            - name: V${index}\n              value: "${index}"\n`,
  );
  return {
    path: `${folder}/deployment.yaml`,
    text: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: ${image}:1.2.3 # pinned\n          env:\n${variables.join("")}`,
  };
}

function kustomization(folder: string, image: string): Manifest {
  const resources = Array.from({ length: 40 }, (_, index) => `  - resource-of-this-service-${index}.yaml\n`);
  return {
    path: `${folder}/kustomization.yaml`,
    text: `resources:\n${resources.join("")}images:\n  - name: ${image}\n    newTag: "1.2.3"\n`,
  };
}

function values(folder: string, image: string): Manifest {
  const others = Array.from({ length: 30 }, (_, index) => `setting${index}:\n  # What it is for.\n  enabled: false\n`);
  return {
    path: `${folder}/values.yaml`,
    text: `image:\n  repository: ${image}\n  tag: 1.2.3\n${others.join("")}`,
  };
}

function dockerfile(folder: string, image: string): Manifest {
  const steps = Array.from(
    { length: 30 },
    (_, index) => `RUN apt-get install --yes package-${index} && \\\n    true\n`,
  );
  return { path: `${folder}/Dockerfile`, text: `ARG BASE=${image}:1.2.3\nFROM $BASE\n${steps.join("")}` };
}
