/** The inputs, typed and checked. */
import { UserError } from "../errors.ts";
import { didYouMean, didYouMeanText } from "../lib/did-you-mean.ts";
import { onlyExcludes, splitGlobs } from "../lib/glob-list.ts";
import { problemAt, type SourcedLine } from "../lib/text/sourced-line.ts";
import { type Platform, wantedPlatform } from "../model/platform.ts";
import { reference, registryHost } from "../model/reference.ts";
import { type InputName, type InputSpecification, inputs, type RawInputs, type Word } from "./inputs-specification.ts";

export interface Settings {
  readonly command: Word<"command">;
  /** The folder of the checkout; `undefined`: the workspace itself. */
  readonly workdir: string | undefined;
  readonly config: string | undefined;
  /** Globs; empty: the default ones. */
  readonly path: readonly string[];
  /** Bake files, those of one line read together; empty: those that are found. */
  readonly bakeFile: readonly SourcedLine[];
  /** Groups and targets of bake files to publish; empty: the group `default`. */
  readonly bakeTarget: readonly string[];
  readonly context: string | undefined;
  readonly file: string | undefined;
  readonly target: string | undefined;
  readonly buildContexts: readonly SourcedLine[];
  /** By what images are to be built; `undefined`: by either. */
  readonly variant: Word<"variant"> | undefined;
  readonly images: readonly SourcedLine[];
  readonly aliases: readonly SourcedLine[];
  /** Globs of names; empty: all. */
  readonly only: readonly string[];
  /** Act for this ref or commit, which must be checked out; `undefined`: the event's. */
  readonly ref: string | undefined;
  readonly tags: readonly SourcedLine[];
  readonly flavor: readonly SourcedLine[];
  readonly labels: readonly SourcedLine[];
  readonly annotations: readonly SourcedLine[];
  readonly platforms: readonly Platform[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildArgsFile: readonly SourcedLine[];
  /** As given: a value may hold line breaks. */
  readonly secrets: string;
  readonly secretEnvs: readonly SourcedLine[];
  readonly secretFiles: readonly SourcedLine[];
  readonly ssh: readonly SourcedLine[];
  readonly load: boolean;
  readonly builder: string | undefined;
  readonly qemu: boolean;
  readonly binfmtImage: string | undefined;
  readonly cache: Word<"cache"> | "auto";
  readonly cacheFrom: readonly SourcedLine[];
  readonly cacheTo: readonly SourcedLine[];
  readonly provenance: SourcedLine | undefined;
  readonly sbom: SourcedLine | undefined;
  readonly compression: readonly SourcedLine[];
  readonly network: Word<"network"> | undefined;
  readonly allow: readonly SourcedLine[];
  readonly addHosts: readonly SourcedLine[];
  readonly shmSize: readonly SourcedLine[];
  readonly ulimit: readonly SourcedLine[];
  readonly cgroupParent: readonly SourcedLine[];
  readonly noCacheFilters: readonly SourcedLine[];
  readonly attest: boolean;
  readonly push: Word<"push">;
  readonly rebuild: Word<"rebuild">;
  readonly converge: boolean;
  readonly promote: boolean;
  readonly move: Word<"move">;
  readonly maxSize: readonly SourcedLine[];
  /** These are `undefined`, and lists empty, where nothing is said: then the config file's defaults hold. */
  readonly scan: boolean | undefined;
  readonly severity: readonly SourcedLine[];
  readonly failOn: readonly SourcedLine[];
  readonly ignoreUnfixed: boolean | undefined;
  readonly gate: Word<"gate"> | undefined;
  readonly sarif: Word<"sarif">;
  /** Whether pins follow what is published: all that are found, or those in files of these globs. */
  readonly bump: "off" | "all" | readonly string[];
  readonly dryRun: boolean;
  /** Globs of files; empty: none is checked. */
  readonly checkPins: readonly string[];
  readonly registryUsername: string | undefined;
  readonly registryPassword: string | undefined;
  /** Hosts, beside those of `images`, that may be shown the logins above; as references have them. */
  readonly registries: readonly string[];
  readonly token: string | undefined;
  /** By which pull requests are made; `undefined`: by `token`. */
  readonly bumpToken: string | undefined;
}

/** Reads all inputs; `problems` holds every one that was found, and `settings` is to be used only when there is none. */
export function readSettings(raw: RawInputs): { readonly settings: Settings; readonly problems: readonly UserError[] } {
  const problems: UserError[] = inputs.flatMap((specification) => check(specification, raw[specification.name].trim()));
  const text = (name: InputName): string | undefined => raw[name].trim() || undefined;
  const lines = (name: InputName): readonly SourcedLine[] => linesOf(raw[name], name);
  const whole = (name: InputName): SourcedLine | undefined => {
    const value = text(name);
    return value === undefined ? undefined : { text: value, input: name, line: 1 };
  };
  const only = (name: InputName): readonly SourcedLine[] => {
    const [first, ...others] = lines(name);
    problems.push(...others.map((line) => problemAt(line, oneValue(name))));
    return first === undefined ? [] : [first];
  };
  const word = <Name extends InputName>(name: Name): Word<Name> | undefined => wordOf(name, text(name));
  const collect = <T>(values: readonly SourcedLine[], parse: (text: string) => T): T[] =>
    values.flatMap((value) => {
      try {
        return [parse(value.text)];
      } catch (error) {
        problems.push(problemAt(value, error));
        return [];
      }
    });
  const settings: Settings = {
    command: word("command") ?? "publish",
    workdir: text("workdir"),
    config: text("config"),
    path: lines("path").flatMap(({ text: line }) => splitGlobs(line)),
    bakeFile: lines("bake-file").flatMap(commaLines),
    bakeTarget: lines("bake-target").flatMap(splitCommas),
    context: text("context"),
    file: text("file"),
    target: text("target"),
    buildContexts: lines("build-contexts"),
    variant: word("variant"),
    images: lines("images"),
    aliases: lines("aliases"),
    only: lines("only").flatMap(({ text: line }) => splitGlobs(line)),
    ref: text("ref"),
    tags: lines("tags"),
    flavor: lines("flavor"),
    labels: lines("labels"),
    annotations: lines("annotations"),
    platforms: unique(collect(lines("platforms").flatMap(commaLines), wantedPlatform)),
    buildArgs: Object.fromEntries(collect(lines("build-args"), buildArgument)),
    buildArgsFile: lines("build-args-file"),
    secrets: raw.secrets,
    secretEnvs: lines("secret-envs"),
    secretFiles: lines("secret-files"),
    ssh: lines("ssh"),
    load: word("load") === "true",
    builder: text("builder"),
    qemu: word("qemu") !== "false",
    binfmtImage: collect(only("binfmt-image"), imageName)[0],
    cache: word("cache") ?? "auto",
    cacheFrom: lines("cache-from"),
    cacheTo: lines("cache-to"),
    provenance: whole("provenance"),
    sbom: whole("sbom"),
    compression: only("compression"),
    network: word("network"),
    allow: lines("allow"),
    addHosts: lines("add-hosts"),
    shmSize: only("shm-size"),
    ulimit: lines("ulimit"),
    cgroupParent: only("cgroup-parent"),
    noCacheFilters: lines("no-cache-filters"),
    attest: word("attest") === "true",
    push: word("push") ?? "auto",
    rebuild: word("rebuild") ?? "auto",
    converge: word("converge") !== "false",
    promote: word("promote") !== "false",
    move: word("move") ?? "forward",
    maxSize: only("max-size"),
    scan: flag(word("scan")),
    severity: lines("severity").flatMap(commaLines),
    failOn: lines("fail-on").flatMap(commaLines),
    ignoreUnfixed: flag(word("ignore-unfixed")),
    gate: word("gate"),
    sarif: word("sarif") ?? "upload",
    bump: bumpOf(collect(lines("bump").flatMap(globLines), bumpWord)),
    dryRun: word("dry-run") === "true",
    checkPins: lines("check-pins").flatMap(({ text: line }) => splitGlobs(line)),
    registryUsername: text("registry-username"),
    registryPassword: text("registry-password"),
    registries: unique(collect(lines("registries").map(withoutComment), registryHost)),
    token: text("token"),
    bumpToken: text("bump-token"),
  };
  return { settings, problems };
}

function bumpOf(words: readonly string[]): Settings["bump"] {
  const [only, ...globs] = words;
  if (only === undefined || (only === "false" && globs.length === 0)) return "off";
  if (only !== "true") return words;
  return globs.length === 0 ? "all" : onlyExcludes(globs) ? globs : words;
}

/** A typo of true or false isn't a file name: nobody publishes from a file that is called so. */
function bumpWord(text: string): string {
  if (text === "true" || text === "false") return text;
  const meant = /^(?:y|yes|on|1)$/i.test(text) ? "true" : /^(?:n|no|off|0)$/i.test(text) ? "false" : undefined;
  const like = meant ?? (/^[a-z]+$/i.test(text) ? didYouMean(text, ["true", "false"]) : undefined);
  if (like === undefined) return text;
  throw new UserError(`"${text}" is neither true nor false, nor globs of files`, {
    hint: `did you mean "${like}"? A file of that name is written **/${text}`,
  });
}

function imageName(text: string): string {
  reference(text);
  return text;
}

function oneValue(name: InputName): UserError {
  return new UserError(`"${name}" has one value alone`, { hint: "remove this line, or the one before" });
}

/** `check` reports values that aren't supported. */
function wordOf<Name extends InputName>(name: Name, text: string | undefined): Word<Name> | undefined {
  const specification: InputSpecification | undefined = inputs.find((each) => each.name === name);
  const words = specification?.served ?? specification?.words ?? [];
  return words.find((each) => each === text) as Word<Name> | undefined;
}

function flag(word: "true" | "false" | undefined): boolean | undefined {
  return word === undefined ? undefined : word === "true";
}

function check(specification: InputSpecification, value: string): UserError[] {
  const { name, words, served } = specification;
  if (value === "") return [];
  if (words !== undefined && !words.includes(value)) {
    return [
      new UserError(`the input "${name}" can't be "${value}"`, {
        hint: `write ${listed(served?.length ? served : words)}${didYouMeanText(value, words)}`,
        input: { name, line: 1 },
      }),
    ];
  }
  if (served === undefined || served.includes(value)) return [];
  const shown = specification.secret || words === undefined ? "" : ` with the value "${value}"`;
  return [
    new UserError(`this version of image-publish doesn't serve the input "${name}"${shown} yet`, {
      hint: served.length === 0 ? `remove "${name}"` : `remove "${name}", or set it to ${listed(served)}`,
      input: { name, line: 1 },
    }),
  ];
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Lines that are neither empty nor a comment. */
function linesOf(text: string, input: InputName): readonly SourcedLine[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), input, line: index + 1 }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
}

/** A host holds no blanks, so that a comment may follow it. */
function withoutComment(line: SourcedLine): SourcedLine {
  return { ...line, text: line.text.replace(/\s+#.*$/, "") };
}

function globLines(line: SourcedLine): readonly SourcedLine[] {
  return splitGlobs(line.text).map((text) => ({ ...line, text }));
}

function commaLines(line: SourcedLine): readonly SourcedLine[] {
  return splitCommas(line).map((text) => ({ ...line, text }));
}

function splitCommas(line: SourcedLine): readonly string[] {
  return line.text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** `NAME=value`. A bare `NAME`, which docker takes from the environment, is refused: the environment isn't an input. */
function buildArgument(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1)];
  throw new UserError(`"${text}" isn't a valid build argument`, { hint: "write NAME=value, one per line" });
}
