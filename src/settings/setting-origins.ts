/**
 * From where each setting may come. What decides where a credential goes, what is read from the machine outside of the
 * checkout, what is written outside of the build, what is executed on the runner outside of BuildKit, entitlements, and whether
 * and where to push never comes from an untrusted checkout. A setting without a line here does not compile.
 */
import type { BakeTarget } from "../catalog/bake/bake-definition.ts";
import type { bumpSettings, imageSettings, wholeSettings } from "../config/config-schema.ts";
import type { InputName } from "../config/inputs-specification.ts";

/**
 * `workflow`: inputs, options and the environment alone. `trusted`: also the config file of a trusted checkout; of an
 * untrusted one that of its base. `any`: also the config file of an untrusted checkout.
 */
export type SettingOrigin = "workflow" | "trusted" | "any";

/** Settings of the config file for one image, or under `defaults` for all. */
export const imageOrigins = {
  path: "any",
  context: "any",
  file: "any",
  dockerfile: "any",
  depends: "any",
  watch: "any",
  target: "any",
  platforms: "any",
  publish: "trusted",
  "build-args": "any",
  "build-args-file": "any",
  "build-contexts": "any",
  images: "trusted",
  aliases: "trusted",
  tags: "trusted",
  "release-tag": "trusted",
  flavor: "trusted",
  labels: "any",
  annotations: "any",
  cache: "trusted",
  "cache-from": "trusted",
  "cache-to": "trusted",
  provenance: "any",
  sbom: "any",
  compression: "any",
  network: "trusted",
  allow: "trusted",
  "add-hosts": "any",
  "shm-size": "any",
  ulimit: "any",
  "cgroup-parent": "trusted",
  "no-cache-filters": "any",
  scan: "any",
  severity: "any",
  "fail-on": "any",
  "ignore-unfixed": "any",
  gate: "any",
  trivyignores: "any",
  vex: "any",
  cyclonedx: "any",
} as const satisfies Readonly<Record<keyof typeof imageSettings, SettingOrigin>>;

/** Settings of the config file beside `images` and `defaults`. */
export const wholeOrigins = {
  "watch-all": "any",
} as const satisfies Readonly<Record<keyof typeof wholeSettings, SettingOrigin>>;

/** Settings of the config file under `bump`: an untrusted checkout moves no pins. */
export const bumpOrigins = {
  branch: "trusted",
  labels: "trusted",
  reviewers: "trusted",
  assignees: "trusted",
  draft: "trusted",
  "auto-merge": "trusted",
  grouped: "trusted",
  required: "trusted",
} as const satisfies Readonly<Record<keyof typeof bumpSettings, SettingOrigin>>;

/** What is taken from a target of a bake file; nothing else of it is read. */
export const bakeOrigins = {
  context: "any",
  dockerfile: "any",
  isInline: "any",
  target: "any",
  platforms: "any",
  args: "any",
  contexts: "any",
  labels: "any",
  annotations: "any",
  gives: "any",
} as const satisfies Readonly<Record<keyof BakeTarget, SettingOrigin>>;

/** Inputs of the action, which are the workflow's own; those that the config file has as well are in the tables above. */
export const inputOrigins = {
  command: "workflow",
  workdir: "workflow",
  config: "workflow",
  path: "workflow",
  "bake-file": "workflow",
  "bake-target": "workflow",
  context: "workflow",
  file: "workflow",
  target: "workflow",
  "build-contexts": "workflow",
  images: "workflow",
  aliases: "workflow",
  only: "workflow",
  variant: "workflow",
  ref: "workflow",
  tags: "workflow",
  flavor: "workflow",
  labels: "workflow",
  annotations: "workflow",
  platforms: "workflow",
  "build-args": "workflow",
  "build-args-file": "workflow",
  secrets: "workflow",
  "secret-envs": "workflow",
  "secret-files": "workflow",
  ssh: "workflow",
  load: "workflow",
  builder: "workflow",
  qemu: "workflow",
  "binfmt-image": "workflow",
  cache: "workflow",
  "cache-from": "workflow",
  "cache-to": "workflow",
  provenance: "workflow",
  sbom: "workflow",
  compression: "workflow",
  network: "workflow",
  allow: "workflow",
  "add-hosts": "workflow",
  "shm-size": "workflow",
  ulimit: "workflow",
  "cgroup-parent": "workflow",
  "no-cache-filters": "workflow",
  attest: "workflow",
  push: "workflow",
  rebuild: "workflow",
  converge: "workflow",
  promote: "workflow",
  move: "workflow",
  "max-size": "workflow",
  scan: "workflow",
  severity: "workflow",
  "fail-on": "workflow",
  "ignore-unfixed": "workflow",
  gate: "workflow",
  sarif: "workflow",
  bump: "workflow",
  "check-pins": "workflow",
  keep: "workflow",
  "older-than": "workflow",
  "keep-tags": "workflow",
  "dry-run": "workflow",
  "registry-username": "workflow",
  "registry-password": "workflow",
  registries: "workflow",
  token: "workflow",
  "bump-token": "workflow",
} as const satisfies Readonly<Record<InputName, "workflow">>;
