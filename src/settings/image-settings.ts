/** What holds for one image of all that the config file, its bake file and the inputs say, where these speak of one thing. */
import { parseCompression } from "../buildx/invocation/compression.ts";
import type { Image } from "../catalog/catalog.ts";
import type { CatalogConfig, ImageEntry } from "../config/config.ts";
import type { SharedSettings } from "../config/config-schema.ts";
import type { Settings } from "../config/inputs.ts";
import { throwProblems, type UserError } from "../errors.ts";
import { mapped } from "../lib/pause.ts";
import type { BuildOptions } from "../model/buildflags/build-options.ts";
import { type RuleLayer, scanRules } from "../scan/scan-rules.ts";
import { type AnnotationLine, parseAnnotations } from "../tags/annotations.ts";
import { type ImageNameLine, parseImageNames } from "../tags/image-names.ts";
import { type LabelLine, parseLabels } from "../tags/labels.ts";
import { type Flavor, parseFlavor } from "../tags/rules/flavor.ts";
import { parseRules } from "../tags/rules/parse-rules.ts";
import type { Rule } from "../tags/rules/rule.ts";
import type { Template } from "../tags/text/expression.ts";
import { parseLines } from "../tags/text/lines.ts";
import { parseReleasePattern, type ReleasePattern } from "../tags/versions/release-tag.ts";
import { attestationProblems } from "./attestation-problems.ts";
import { joinOptions, readBuildOptions, type SetOptions } from "./image-build-options.ts";
import { type OwnCacheEntry, readCacheLines } from "./own-cache.ts";
import type { ImageRules, RunInputs } from "./run-inputs.ts";
import { readScanRules, type ScanSettings } from "./scan-settings.ts";

export interface ImageSettings extends ImageRules {
  /** Where it is pushed; empty: the default name. */
  readonly names: readonly ImageNameLine[];
  /** Under which further names references mean it. */
  readonly aliases: readonly ImageNameLine[];
  /** The git tags that release it; empty: those of the convention. */
  readonly releaseTags: readonly ReleasePattern[];
  readonly cache: CacheSettings;
  /** As written; `undefined`: the default. */
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  /** Attributes of the output; `undefined`: BuildKit's own. */
  readonly compression: string | undefined;
  readonly options: BuildOptions;
  readonly scan: ScanSettings;
  /** Seconds, from the step's environment. */
  readonly sourceDateEpoch: string | undefined;
}

/** Docker's own lines, where there are any, go before the kind. */
export interface CacheSettings {
  readonly kind: Settings["cache"];
  readonly from: readonly OwnCacheEntry[];
  readonly to: readonly OwnCacheEntry[];
}

/** The settings of the image of a name; what its bake file says is in them where the image is given. */
export type SettingsOf = (name: string, image?: Pick<Image, "labels" | "annotations">) => ImageSettings;

/**
 * Reads what the config file says, and puts it together: an image's own entry goes before the inputs, these before the
 * file's defaults. Aliases, labels and annotations add up, those that go before winning.
 */
export async function readImageSettings(
  config: CatalogConfig,
  inputs: RunInputs,
): Promise<{
  readonly settingsOf: SettingsOf;
  readonly problems: readonly UserError[];
  /** Those of the problems that are in one image's entry, by its name. */
  readonly ofEntries: ReadonlyMap<string, readonly UserError[]>;
  /** What is written where an entry's names of its image can't be read, by the image's name. */
  readonly unreadNames: ReadonlyMap<string, readonly string[]>;
}> {
  const defaults = read(config.defaults);
  const entries = new Map(await mapped(config.images, ({ name, settings }) => [name, read(settings)] as const));
  const given = ofInputs(inputs);
  const nothing: SettingsLayer = { aliases: [], labels: [], annotations: [] };
  return {
    settingsOf: (name, image) => joined([entries.get(name) ?? nothing, ofBake(image), given, defaults], inputs),
    problems: [defaults, ...entries.values()].flatMap(({ problems }) => problems),
    ofEntries: new Map(
      [...entries].flatMap(([name, { problems, ofAll }]) => {
        const own = problems.filter((each) => !ofAll.includes(each));
        return own.length === 0 ? [] : [[name, own] as const];
      }),
    ),
    unreadNames: new Map(config.images.map((entry) => [entry.name, unreadNamesOf(entry)])),
  };
}

function unreadNamesOf({ settings, unreadNames = [] }: ImageEntry): readonly string[] {
  const lines = [...(settings.images ?? []), ...(settings.aliases ?? [])];
  const unread = lines.filter((line) => parseImageNames([line]).problems.length > 0);
  return [...unreadNames, ...unread.map(({ text }) => text)];
}

/** What one place says; `undefined` where it says nothing. */
interface SettingsLayer {
  readonly rules?: readonly Rule[] | undefined;
  readonly flavor?: Flavor | undefined;
  readonly names?: readonly ImageNameLine[] | undefined;
  readonly aliases: readonly ImageNameLine[];
  readonly releaseTags?: readonly ReleasePattern[] | undefined;
  readonly cache?: CacheSettings | undefined;
  readonly provenance?: string | undefined;
  readonly sbom?: string | undefined;
  readonly compression?: string | undefined;
  readonly options?: SetOptions;
  readonly isScanned?: boolean | undefined;
  readonly scanRules?: RuleLayer | undefined;
  readonly ignoreFiles?: ScanSettings["ignoreFiles"];
  readonly vex?: ScanSettings["vex"] | undefined;
  readonly cyclonedx?: boolean | undefined;
  readonly labels: readonly LabelLine[];
  readonly annotations: readonly AnnotationLine[];
}

interface ReadLayer extends SettingsLayer {
  readonly problems: readonly UserError[];
  /** Problems that other images may have as well: a git tag that doesn't release one image is a problem of all. */
  readonly ofAll: readonly UserError[];
}

function read(settings: SharedSettings): ReadLayer {
  const rules = parseRules(settings.tags ?? []);
  const flavor = parseFlavor(settings.flavor ?? []);
  const names = parseImageNames(settings.images ?? []);
  const aliases = parseImageNames(settings.aliases ?? []);
  const releaseTags = parseLines(settings["release-tag"] ?? [], ({ text }) => parseReleasePattern(text));
  const labels = parseLabels(settings.labels ?? []);
  const annotations = parseAnnotations(settings.annotations ?? []);
  const cacheFrom = readCacheLines(settings["cache-from"] ?? [], "from");
  const cacheTo = readCacheLines(settings["cache-to"] ?? [], "to");
  const compression = parseLines(settings.compression ?? [], ({ text }) => parseCompression(text));
  const options = readBuildOptions({
    network: settings.network,
    allow: settings.allow,
    addHosts: settings["add-hosts"],
    shmSize: settings["shm-size"],
    ulimit: settings.ulimit,
    cgroupParent: settings["cgroup-parent"],
    noCacheFilters: settings["no-cache-filters"],
  });
  const scan = readScanRules({
    severity: settings.severity ?? [],
    failOn: settings["fail-on"] ?? [],
    ignoreUnfixed: settings["ignore-unfixed"],
    gate: settings.gate,
  });
  return {
    rules: settings.tags && rules.values,
    flavor: settings.flavor && flavor.flavor,
    names: settings.images && names.values,
    aliases: aliases.values,
    releaseTags: settings["release-tag"] && releaseTags.values,
    cache: cacheOf(settings.cache, cacheFrom.values, cacheTo.values),
    provenance: settings.provenance?.text,
    sbom: settings.sbom?.text,
    compression: compression.values[0],
    options: options.options,
    isScanned: settings.scan,
    scanRules: scan.layer,
    ignoreFiles: settings.trivyignores,
    vex: settings.vex,
    cyclonedx: settings.cyclonedx,
    labels: labels.values,
    annotations: annotations.values,
    problems: [
      ...[
        rules,
        flavor,
        names,
        aliases,
        releaseTags,
        labels,
        annotations,
        cacheFrom,
        cacheTo,
        compression,
        options,
        scan,
      ].flatMap(({ problems }) => problems),
      ...attestationProblems(settings),
    ],
    ofAll: releaseTags.problems,
  };
}

function ofInputs(inputs: RunInputs): SettingsLayer {
  const { settings, rules, flavor, names, aliases, labels, annotations, compression, scanRules } = inputs;
  const { tags, cache, provenance, sbom } = settings;
  return {
    rules: tags.length === 0 ? undefined : rules,
    flavor: settings.flavor.length === 0 ? undefined : flavor,
    names: names.length === 0 ? undefined : names,
    aliases,
    cache: cacheOf(cache === "auto" ? undefined : cache, inputs.cacheFrom, inputs.cacheTo),
    provenance: provenance?.text,
    sbom: sbom?.text,
    compression,
    options: inputs.options,
    isScanned: settings.scan,
    scanRules,
    labels,
    annotations,
  };
}

/** Labels of a bake file are taken word for word. @throws UserError for an annotation that is none. */
function ofBake(image: Parameters<SettingsOf>[1]): SettingsLayer {
  const labels = Object.entries(image?.labels ?? {}).map(([key, value]) => ({
    key: literally(key),
    value: literally(value),
    isEnabled: true,
  }));
  const lines = (image?.annotations ?? []).map((text, index) => ({ text, input: "annotations", line: index + 1 }));
  const annotations = parseAnnotations(lines);
  throwProblems(annotations.problems);
  return { aliases: [], labels, annotations: annotations.values };
}

function literally(text: string): Template {
  return { text, parts: [text] };
}

function cacheOf(
  kind: CacheSettings["kind"] | undefined,
  from: readonly OwnCacheEntry[],
  to: readonly OwnCacheEntry[],
): CacheSettings | undefined {
  if (kind === undefined && from.length === 0 && to.length === 0) return undefined;
  return { kind: kind ?? "auto", from, to };
}

/** Joins layers of settings: earlier ones override later ones. */
function joined(layers: readonly SettingsLayer[], inputs: RunInputs): ImageSettings {
  const first = <K extends keyof SettingsLayer>(key: K): SettingsLayer[K] | undefined =>
    layers.find((each) => each[key] !== undefined)?.[key];
  return {
    rules: first("rules") ?? inputs.rules,
    flavor: first("flavor") ?? inputs.flavor,
    names: first("names") ?? [],
    aliases: layers.flatMap((each) => each.aliases),
    releaseTags: first("releaseTags") ?? [],
    cache: first("cache") ?? { kind: "auto", from: [], to: [] },
    provenance: first("provenance"),
    sbom: first("sbom"),
    compression: first("compression"),
    options: joinOptions(layers.flatMap((each) => each.options ?? [])),
    scan: {
      isWanted: first("isScanned") ?? true,
      rules: scanRules(layers.flatMap((each) => each.scanRules ?? [])),
      ignoreFiles: first("ignoreFiles"),
      vex: first("vex") ?? [],
      cyclonedx: first("cyclonedx") ?? false,
    },
    sourceDateEpoch: inputs.sourceDateEpoch,
    ...(inputs.variables && { variables: inputs.variables }),
    // Of two with one key the later one counts.
    labels: layers.toReversed().flatMap((each) => each.labels),
    annotations: layers.toReversed().flatMap((each) => each.annotations),
  };
}
