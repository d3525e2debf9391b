/** Everything that the user wrote, read: what each stage understands of it, and every problem that any of them has with it. */
import { parseCompression } from "../buildx/invocation/compression.ts";
import { type BuildSecrets, readSecrets } from "../buildx/invocation/secrets.ts";
import { readSettings, type Settings } from "../config/inputs.ts";
import type { RawInputs } from "../config/inputs-specification.ts";
import { UserError } from "../errors.ts";
import type { TagWarning } from "../model/image-tags.ts";
import { parseSize } from "../publish/max-size.ts";
import type { RuleLayer } from "../scan/scan-rules.ts";
import { type AnnotationLine, parseAnnotations } from "../tags/annotations.ts";
import { type ImageNameLine, parseImageNames } from "../tags/image-names.ts";
import { type LabelLine, parseLabels } from "../tags/labels.ts";
import { type MetadataVariables, readMetadataVariables } from "../tags/metadata-variables.ts";
import { type Flavor, parseFlavor } from "../tags/rules/flavor.ts";
import { parseRules } from "../tags/rules/parse-rules.ts";
import type { Rule } from "../tags/rules/rule.ts";
import { parseLines } from "../tags/text/lines.ts";
import { attestationProblems } from "./attestation-problems.ts";
import { readBuildOptions, type SetOptions, type WrittenOptions } from "./image-build-options.ts";
import { type OwnCacheEntry, readCacheLines } from "./own-cache.ts";
import { readScanRules } from "./scan-settings.ts";

/** The names and the description that the user wants for an image. */
export interface ImageRules {
  readonly rules: readonly Rule[];
  readonly flavor: Flavor;
  readonly labels: readonly LabelLine[];
  readonly annotations: readonly AnnotationLine[];
  /** Of docker/metadata-action, from the step's environment. */
  readonly variables?: MetadataVariables;
}

/** Read: what the inputs say holds for every image that says nothing of its own. */
export interface RunInputs extends ImageRules {
  readonly settings: Settings;
  readonly names: readonly ImageNameLine[];
  readonly aliases: readonly ImageNameLine[];
  readonly secrets: BuildSecrets;
  /** Attributes of the output. */
  readonly compression: string | undefined;
  readonly options: SetOptions;
  readonly cacheFrom: readonly OwnCacheEntry[];
  readonly cacheTo: readonly OwnCacheEntry[];
  /** Bytes. */
  readonly maxSize: number | undefined;
  readonly scanRules: RuleLayer;
  /** Seconds, where the step's environment has SOURCE_DATE_EPOCH, as docker build takes it. */
  readonly sourceDateEpoch: string | undefined;
  /** Of what is set and has no effect. */
  readonly warnings: readonly TagWarning[];
}

/** Reads all inputs. Use them only if there are no problems. */
export function readRunInputs(
  raw: RawInputs,
  env: Readonly<Record<string, string | undefined>>,
): { readonly inputs: RunInputs; readonly problems: readonly UserError[] } {
  const { settings, problems } = readSettings(raw);
  const rules = parseRules(settings.tags);
  const { flavor, problems: flavorProblems } = parseFlavor(settings.flavor);
  const labels = parseLabels(settings.labels);
  const annotations = parseAnnotations(settings.annotations);
  const names = parseImageNames(settings.images);
  const aliases = parseImageNames(settings.aliases);
  const { secrets, problems: secretProblems } = readSecrets(
    {
      secrets: settings.secrets,
      envs: settings.secretEnvs.map(({ text }) => text),
      files: settings.secretFiles.map(({ text }) => text),
    },
    env,
  );
  const cacheFrom = readCacheLines(settings.cacheFrom, "from");
  const cacheTo = readCacheLines(settings.cacheTo, "to");
  const compression = parseLines(settings.compression, ({ text }) => parseCompression(text));
  const options = readBuildOptions(writtenOptions(settings));
  const maxSize = parseLines(settings.maxSize, ({ text }) => parseSize(text));
  const scanRules = readScanRules(settings);
  const metadata = readMetadataVariables(env);
  const sourceDateEpoch = env.SOURCE_DATE_EPOCH || undefined;
  return {
    inputs: {
      settings,
      rules: rules.values,
      flavor,
      labels: labels.values,
      annotations: annotations.values,
      names: names.values,
      aliases: aliases.values,
      secrets,
      compression: compression.values[0],
      options: options.options,
      cacheFrom: cacheFrom.values,
      cacheTo: cacheTo.values,
      maxSize: maxSize.values[0],
      scanRules: scanRules.layer,
      sourceDateEpoch,
      variables: metadata.variables,
      warnings: metadata.warnings,
    },
    problems: [
      ...problems,
      ...metadata.problems,
      ...[
        rules,
        labels,
        annotations,
        names,
        aliases,
        cacheFrom,
        cacheTo,
        compression,
        options,
        maxSize,
        scanRules,
      ].flatMap((each) => each.problems),
      ...flavorProblems,
      ...secretProblems,
      ...attestationProblems(settings),
      ...(sourceDateEpoch === undefined || /^\d+$/.test(sourceDateEpoch) ? [] : [noEpoch(sourceDateEpoch)]),
    ],
  };
}

/** An input that is empty sets nothing. */
function writtenOptions(settings: Settings): WrittenOptions {
  const given = <T>(lines: readonly T[]) => (lines.length === 0 ? undefined : lines);
  return {
    network: settings.network,
    allow: given(settings.allow),
    addHosts: given(settings.addHosts),
    shmSize: settings.shmSize[0],
    ulimit: given(settings.ulimit),
    cgroupParent: settings.cgroupParent[0],
    noCacheFilters: given(settings.noCacheFilters),
  };
}

function noEpoch(value: string): UserError {
  return new UserError(
    `SOURCE_DATE_EPOCH in the step's environment is "${value.slice(0, 40)}", which isn't a valid time`,
    {
      hint: "set it to seconds since 1970, as `git log -1 --format=%ct` prints them, or remove it",
    },
  );
}
