/**
 * Every input of the action, as data: its name, what values it takes, and which of them this version serves. A value that
 * is not served yet is refused, never ignored.
 */

export interface InputSpecification {
  readonly name: string;
  /** Set where only these words are taken. */
  readonly words?: readonly string[];
  /** Values other than empty that this version serves; unset where it serves all, empty where it serves none. */
  readonly served?: readonly string[];
  /** Its value is hidden in logs. */
  readonly secret?: true;
}

const yesOrNo = ["true", "false"] as const;

export const inputs = [
  {
    name: "command",
    words: ["publish", "plan", "build", "finalize", "scan", "bump", "list", "prune"],
    served: ["publish", "plan", "scan", "bump"],
  },
  { name: "workdir" },
  { name: "config" },
  { name: "path" },
  { name: "bake-file" },
  { name: "bake-target" },
  { name: "context" },
  { name: "file" },
  { name: "target" },
  { name: "build-contexts" },
  { name: "images" },
  { name: "aliases" },
  { name: "only" },
  { name: "variant", words: ["dockerfile", "nix"] },
  { name: "ref" },
  { name: "tags" },
  { name: "flavor" },
  { name: "labels" },
  { name: "annotations" },
  { name: "platforms" },
  { name: "build-args" },
  { name: "build-args-file" },
  { name: "secrets", secret: true },
  { name: "secret-envs" },
  { name: "secret-files" },
  { name: "ssh" },
  { name: "load", words: yesOrNo },
  { name: "builder" },
  { name: "qemu", words: yesOrNo },
  { name: "binfmt-image" },
  { name: "cache", words: ["gha", "registry", "none"] },
  { name: "cache-from" },
  { name: "cache-to" },
  { name: "provenance" },
  { name: "sbom" },
  { name: "compression" },
  { name: "network", words: ["default", "none", "host"] },
  { name: "allow" },
  { name: "add-hosts" },
  { name: "shm-size" },
  { name: "ulimit" },
  { name: "cgroup-parent" },
  { name: "no-cache-filters" },
  { name: "attest", words: yesOrNo },
  { name: "push", words: ["auto", "true", "false", "untrusted"] },
  { name: "rebuild", words: ["auto", "always", "fixable"] },
  { name: "converge", words: yesOrNo },
  { name: "promote", words: yesOrNo },
  { name: "move", words: ["forward", "any"] },
  { name: "max-size" },
  { name: "scan", words: yesOrNo },
  { name: "severity" },
  { name: "fail-on" },
  { name: "ignore-unfixed", words: yesOrNo },
  { name: "gate", words: ["no-worse", "strict"] },
  { name: "sarif", words: ["upload", "file", "off"] },
  { name: "bump" },
  { name: "check-pins" },
  { name: "keep", served: [] },
  { name: "older-than", served: [] },
  { name: "keep-tags", served: [] },
  { name: "dry-run", words: yesOrNo },
  { name: "registry-username" },
  { name: "registry-password", secret: true },
  { name: "registries" },
  { name: "token", secret: true },
  { name: "bump-token", secret: true },
] as const satisfies readonly InputSpecification[];

type Specification = (typeof inputs)[number];
export type InputName = Specification["name"];

/** The words that an input can have when it is read: those that are served. */
export type Word<Name extends InputName> =
  Extract<Specification, { name: Name }> extends infer Input
    ? Input extends { served: readonly (infer Served)[] }
      ? Served
      : Input extends { words: readonly (infer Known)[] }
        ? Known
        : never
    : never;

/** The inputs as given; an empty text means the default. */
export type RawInputs = Readonly<Record<InputName, string>>;
