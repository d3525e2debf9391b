/**
 * What a config file may say: the one definition from which the types, the checks and the published JSON Schema
 * (docs/image-publish.schema.json) come.
 */
import type { SourceLocation } from "../errors.ts";
import type { Placed } from "../model/placed.ts";
import type { Platform } from "../model/platform.ts";
import type { RepositoryPath } from "../model/repository-path.ts";

/** A line of a setting, as the input of its name takes them, with where it stands. */
export interface SettingLine {
  readonly text: string;
  /** The setting's name. */
  readonly input: string;
  /** 1-based, within the setting. */
  readonly line: number;
  readonly at: SourceLocation;
}

/** The forms that values have, and what is made of each. */
export interface Forms {
  readonly text: string;
  readonly "placed-text": Placed<string>;
  /** A text, for which true and false may stand as they are. */
  readonly "text-or-flag": SettingLine;
  /** A text with where it stands, as a line of an input. */
  readonly line: SettingLine;
  readonly flag: boolean;
  /** Inside the repository, relative to its root. */
  readonly path: RepositoryPath;
  /** A list, or words with commas or line ends between them. */
  readonly platforms: readonly Platform[];
  /** A list of names. */
  readonly names: readonly Placed<string>[];
  /** A map, or lines of `NAME=value`. */
  readonly pairs: Readonly<Record<string, Placed<string>>>;
  /** Lines, or a list of them. */
  readonly lines: readonly SettingLine[];
  /** Lines of `key=value`, or a map. */
  readonly "lines-or-map": readonly SettingLine[];
  readonly cache: "gha" | "registry" | "none";
  readonly gate: "no-worse" | "strict";
  readonly network: "default" | "none" | "host";
  /** How pull requests are merged: true and false may stand as they are. */
  readonly merge: "merge" | "squash" | "rebase" | "true" | "false";
  /** A list, or words with commas or line ends between them. */
  readonly words: readonly SettingLine[];
  /** Lists of values by name, and what to exclude and to include. It is read before the settings that it fills in. */
  readonly matrix: never;
  /** A list, or lines, of paths inside the repository. */
  readonly paths: readonly Placed<RepositoryPath>[];
}

export type Form = keyof Forms;

export interface Setting {
  readonly form: Form;
  /** What editors show, a sentence. */
  readonly means: string;
}

/** Settings that may stand for one image and, under `defaults`, for all. */
export const sharedSettings = {
  context: { form: "path", means: "Build context. Default: the directory." },
  file: { form: "path", means: "The Dockerfile." },
  dockerfile: { form: "path", means: "The same as file." },
  depends: {
    form: "names",
    means: "Images that this one depends on, in addition to those that its Dockerfile names.",
  },
  watch: {
    form: "names",
    means:
      "Files whose changes affect the image as well: patterns as in .dockerignore, from the root, with {a,b} and !.",
  },
  target: { form: "placed-text", means: "Stage of the Dockerfile to build. Default: the last." },
  platforms: { form: "platforms", means: "Platforms to build for. Default: the builder's own." },
  publish: { form: "flag", means: "false: build it for the images that need it, and push it nowhere." },
  "build-args": { form: "pairs", means: "Build arguments; expressions such as {{version}} are filled in." },
  "build-args-file": {
    form: "paths",
    means: "Files of build arguments: lines NAME=value as in .env, flat JSON or YAML. build-args override them.",
  },
  "build-contexts": {
    form: "pairs",
    means: "Named contexts: a directory, docker-image://REFERENCE, or target:IMAGE for an image of this repository.",
  },
  images: { form: "lines", means: "Where to push, as the input images." },
  aliases: { form: "lines", means: "Further names that references use for it, added to those of the input aliases." },
  tags: { form: "lines", means: "Tag rules, as the input tags." },
  "release-tag": {
    form: "lines",
    means: "Git tags that release it, instead of NAME-v1.2.3 and the like: {{name}}/v{{version}}. No other tag does.",
  },
  flavor: { form: "lines", means: "Settings of all tag rules, as the input flavor." },
  labels: { form: "lines-or-map", means: "Labels, added to those of the inputs." },
  annotations: { form: "lines-or-map", means: "Annotations, added to those of the inputs." },
  cache: { form: "cache", means: "gha, registry or none." },
  "cache-from": { form: "lines", means: "Cache sources as for docker build. They override cache." },
  "cache-to": { form: "lines", means: "Cache targets as for docker build. They override cache." },
  provenance: { form: "text-or-flag", means: "Build provenance, as the input provenance." },
  sbom: { form: "text-or-flag", means: "SBOM attestation, as the input sbom." },
  compression: { form: "lines", means: "Compression of layers, as the input compression." },
  network: { form: "network", means: "Network of RUN steps: default, none or host, as the input network." },
  allow: { form: "lines", means: "Entitlements of the build, as the input allow." },
  "add-hosts": { form: "lines-or-map", means: "Hosts of RUN steps with their addresses, as the input add-hosts." },
  "shm-size": { form: "line", means: "Size of /dev/shm in RUN steps, such as 2g." },
  ulimit: { form: "lines-or-map", means: "Limits of RUN steps, such as nofile=1024:2048." },
  "cgroup-parent": { form: "line", means: "Parent cgroup of RUN steps." },
  "no-cache-filters": { form: "words", means: "Stages that are always built without cache." },
  scan: { form: "flag", means: "false: it is not scanned, and no finding blocks it." },
  severity: { form: "words", means: "Severities that are reported, as the input severity." },
  "fail-on": { form: "words", means: "Severities of blocking findings, which fail the run, as the input fail-on." },
  "ignore-unfixed": {
    form: "flag",
    means: "true: findings without a fix are not blocking, as the input ignore-unfixed.",
  },
  gate: { form: "gate", means: "The scan policy: no-worse or strict." },
  trivyignores: {
    form: "paths",
    means: "Ignore files of Trivy. Default: .trivyignore.yaml and .trivyignore beside the image and in the root.",
  },
  vex: { form: "paths", means: "VEX documents (OpenVEX or CSAF) that state which findings do no harm." },
  cyclonedx: {
    form: "flag",
    means: "true: a software bill of materials (CycloneDX, JSON) of each platform is written next to its findings.",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Settings of one image. */
export const imageSettings = {
  path: {
    form: "path",
    means: "Directory of the image. The entry replaces, and may rename, the image that was found there.",
  },
  ...sharedSettings,
} as const satisfies Readonly<Record<string, Setting>>;

/** Of an entry that describes several images. */
export const matrixSettings = {
  matrix: {
    form: "matrix",
    means:
      "One image for each combination: lists of values by name, exclude and include as in a workflow. {{matrix.NAME}} is filled in in every text of the entry.",
  },
  name: {
    form: "text",
    means:
      "Name of each image, with {{matrix.NAME}} in it. Default: the entry's name and the values of the lists (php-8.3-cli).",
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Of a pattern under `discover`, beside the settings of the images that it finds. */
export const patternSettings = {
  path: {
    form: "text",
    means:
      "Directories that hold a Dockerfile, Containerfile or default.nix: a glob with captures, such as {version}/{variant}.",
  },
  file: {
    form: "text",
    means:
      "Files that are Dockerfiles, instead of path, such as docker/Dockerfile.{name}. The context is the folder of the file.",
  },
  name: {
    form: "text",
    means:
      "Name of each image, with {{matrix.NAME}} or {{path}} in it. Default: the capture {name}, else the path with dashes.",
  },
  exclude: { form: "names", means: "Globs of what the pattern matches and doesn't find." },
  matrix: { form: "matrix", means: "Several images of each place, as in an entry of images." },
} as const satisfies Readonly<Record<string, Setting>>;

/** Settings at the top level of the file, next to `images` and `defaults`. */
export const wholeSettings = {
  "watch-all": { form: "names", means: "Files whose changes affect every image: patterns as those of watch." },
} as const satisfies Readonly<Record<string, Setting>>;

/** Settings under `bump`: the pull requests that move pins. */
export const bumpSettings = {
  branch: { form: "text", means: "The branch whose pins are updated. Default: the default branch." },
  labels: { form: "names", means: "Labels of the pull requests. Labels that don't exist are created." },
  reviewers: { form: "names", means: "Reviewers of the pull requests: users, or teams as organization/team." },
  assignees: { form: "names", means: "Assignees of the pull requests." },
  draft: { form: "flag", means: "true: open the pull requests as drafts." },
  "auto-merge": {
    form: "merge",
    means: "merge, squash or rebase: the pull requests are merged that way as soon as the rules allow it.",
  },
  grouped: { form: "flag", means: "true: one pull request for all images, instead of one for each." },
  required: { form: "flag", means: "true: the run fails if a pull request is refused." },
} as const satisfies Readonly<Record<string, Setting>>;

/** What was said, by setting; what wasn't is not there. */
export type SettingValues<T extends Readonly<Record<string, Setting>>> = {
  readonly [K in keyof T]?: Forms[T[K]["form"]];
};

export type SharedSettings = SettingValues<typeof sharedSettings>;
export type EntrySettings = SettingValues<typeof imageSettings>;
export type BumpSettings = SettingValues<typeof bumpSettings>;
