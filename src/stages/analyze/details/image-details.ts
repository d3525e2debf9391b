/** What rules and inputs make of each image for this event: tags, labels, arguments, cache. */
import type { Image, ImageName } from "../../../catalog/catalog.ts";
import { setLabels } from "../../../catalog/dockerfile/dockerfile-values.ts";
import { hashedArguments } from "../../../changes/sources/own-parts.ts";
import { contextElsewhere } from "../../../context/elsewhere.ts";
import { UserError } from "../../../errors.ts";
import { memoize } from "../../../lib/memoize.ts";
import { partsOf } from "../../../model/platform.ts";
import type { Remark } from "../../../model/remark.ts";
import { type RunContext, shortRef } from "../../../model/run-context.ts";
import type { CheckoutTrust } from "../../../model/trust.ts";
import type { ImageDetails } from "../../../plan/make-plan.ts";
import { isOfRecord } from "../../../plan/record.ts";
import { releaseOf } from "../../../plan/version-line.ts";
import type { SettingsOf } from "../../../settings/image-settings.ts";
import type { ImageRules } from "../../../settings/run-inputs.ts";
import { deriveAnnotations } from "../../../tags/annotations.ts";
import { type DerivedTags, deriveTags, expressionValues, type TagFacts } from "../../../tags/derive-tags.ts";
import { deriveLabels, fileLabelKeys, type LabelFacts } from "../../../tags/labels.ts";
import { variantSuffix } from "../../../tags/rules/flavor.ts";
import { untrustedTags } from "../../../tags/rules/untrusted-tags.ts";
import { readEvent, type TagEvent } from "../../../tags/tag-event.ts";
import { buildNames, expand, parseTemplate, uses } from "../../../tags/text/expression.ts";
import { isMadeOfTag } from "../../../tags/text/release-text.ts";
import type { ReleaseNames } from "../../../tags/versions/release-tag.ts";
import { conventionalArguments } from "./conventional-arguments.ts";
import { type CacheOptions, cacheOf, cacheRemarks } from "./image-cache.ts";
import { asksForFacts, type FactsByImage } from "./image-facts.ts";
import { imageRelease } from "./image-release.ts";

/** The run, as far as tags and labels depend on it. */
export interface Naming {
  readonly context: RunContext;
  readonly commitDate: Date;
  /** What is checked out is of the ref that the run is about. */
  readonly isAtEvent: boolean;
  readonly trust: CheckoutTrust;
  /** Git tags that no branch may take the names of. */
  readonly gitTags: ReadonlySet<string>;
}

/** What tags are made of, beside the event. */
export interface TagSources extends ReleaseNames {
  /** By the public name. */
  readonly rulesOf: (name: string) => ImageRules;
  readonly facts: FactsByImage;
}

export interface DetailsOptions extends Omit<TagSources, "rulesOf">, CacheOptions {
  readonly settingsOf: SettingsOf;
}

/** The details of an image, made once. */
export function imageDetails(run: Naming, options: DetailsOptions): (image: Image) => ImageDetails {
  const sources: TagSources = { ...options, rulesOf: options.settingsOf };
  return memoize((image) => detailsOf(image, run, options, sources));
}

function detailsOf(image: Image, run: Naming, options: DetailsOptions, sources: TagSources): ImageDetails {
  const settings = options.settingsOf(image.publicName, image);
  const tags = tagsOf(run, image, sources);
  const named = { ...factsOf(run, image, sources), version: tags.version };
  const event = readEvent(named);
  const fill = filler(run.context, image, named, event);
  const args: Readonly<Record<string, string>> = {
    ...(settings.sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: settings.sourceDateEpoch }),
    ...conventionalArguments(image, { ...named, tags, rules: settings.rules }),
    ...fillArguments(image, fill),
  };
  const { ref } = event;
  const labeled = { ...named, fileLabels: fileLabelsOf(image, args) };
  const annotations = deriveAnnotations(settings.annotations, labeled, settings.labels);
  const isNix = image.variant === "nix";
  return {
    tags,
    release: ref.kind === "tag" ? releaseOf(ref.tag, tags.tags) : undefined,
    bakedVersion: bakedVersion(image, args, ref),
    args,
    labels: deriveLabels(settings.labels, labeled),
    annotations: Object.fromEntries(Object.entries(annotations).filter(([each]) => !isReserved(each))),
    cache: isNix ? { from: [], to: [] } : cacheOf(run.context, image, settings.cache, options, fill),
    provenance: settings.provenance,
    sbom: settings.sbom,
    compression: settings.compression,
    options: isNix ? {} : settings.options,
    remarks: [
      ...tags.warnings,
      ...Object.keys(annotations).filter(isReserved).map(reservedAnnotation),
      ...(isNix ? [] : cacheRemarks(settings.cache, options.cacheAccess)),
    ],
  };
}

/** What the Dockerfile's own LABELs say, with the build arguments filled in. Where they can't be read, all of them are the Dockerfile's. */
function fileLabelsOf(image: Image, buildArgs: Readonly<Record<string, string>>): LabelFacts["fileLabels"] {
  if (image.variant === "nix") return undefined;
  const contexts = new Set([
    ...image.contexts.map(({ name }) => name),
    ...image.parents.map((each) => each.contextName),
  ]);
  const isContext = (name: string) => contexts.has(name);
  try {
    return setLabels(image.dockerfile, { ...image, buildArgs }, fileLabelKeys, isContext);
  } catch (error) {
    if (error instanceof UserError) return new Map(fileLabelKeys.map((key) => [key, undefined]));
    throw error;
  }
}

/** Only this action writes the annotations of a record: settings may not. */
function isReserved(annotation: string): boolean {
  return isOfRecord(annotation.slice(annotation.indexOf(":") + 1));
}

function reservedAnnotation(annotation: string): Remark {
  const message = `the annotation ${annotation} is left out: this action writes annotations of that prefix itself`;
  return { message, hint: "give it another key" };
}

/** The build arguments that name the version or the git tag, by which the bytes of one release differ from another's. */
function bakedVersion(image: Image, args: Readonly<Record<string, string>>, ref: TagEvent["ref"]): string | undefined {
  const given = hashedArguments(image).flatMap(([name, text]) => {
    // What a file says is the same on every ref, and the source hash has it.
    const isOfRun = image.inputArguments.includes(name) && namesRelease(args[name] ?? "", ref);
    const isFilledIn = !image.literalArguments.includes(name) && usesRelease(text, ref);
    return name === "VERSION" || isOfRun || isFilledIn ? [name] : [];
  });
  const isConventional = args.VERSION !== undefined && !Object.hasOwn(image.buildArgs, "VERSION");
  const names = [...given, ...(isConventional ? ["VERSION"] : [])];
  if (names.length === 0) return undefined;
  if (names.length === 1 && names[0] === "VERSION") return args.VERSION;
  return names
    .sort()
    .map((name) => `${name}=${args[name] ?? ""}`)
    .join(",");
}

/** Whether an expression in a text is another one at each release. */
function usesRelease(text: string, ref: TagEvent["ref"]): boolean {
  const template = parseTemplate(text, buildNames, "keep");
  const names = ["version", "tag", ...(ref.kind === "tag" ? ["ref", "ref_name"] : [])];
  return names.some((name) => uses(template, name));
}

/** Whether a value contains the git tag of the event, or the version that is in it. */
function namesRelease(value: string, ref: TagEvent["ref"]): boolean {
  return ref.kind === "tag" && [ref.tag, ref.fullTag].some((tag) => isMadeOfTag(value, tag));
}

/**
 * An image's build arguments with their expressions filled in, before its own files are read: a `{{version}}` that comes from
 * these stays as it is.
 */
export function buildArgumentsOf(
  run: Naming,
  image: ImageName & Pick<Image, "platforms" | "buildArgs"> & Partial<Pick<Image, "literalArguments">>,
  rulesOf: TagSources["rulesOf"],
): Readonly<Record<string, string>> {
  // Most have no expression, and to fill them in takes the image's tags.
  if (!Object.values(image.buildArgs).some((text) => text.includes("{{"))) return image.buildArgs;
  const sources = { ...ownReleaseNames(image), rulesOf, facts: new Map() };
  const { version } = tagsOf(run, image, sources);
  const facts = { ...factsOf(run, image, sources), version };
  const fill = filler(run.context, image, facts, readEvent(facts));
  if (!asksForFacts(rulesOf(image.publicName).rules)) return fillArguments(image, fill);
  return fillArguments(image, (text) => (uses(parseTemplate(text, buildNames, "keep"), "version") ? text : fill(text)));
}

function fillArguments(
  { buildArgs, literalArguments = [] }: Pick<Image, "buildArgs"> & Partial<Pick<Image, "literalArguments">>,
  fill: (text: string) => string,
): Record<string, string> {
  const literal = new Set(literalArguments);
  return Object.fromEntries(
    Object.entries(buildArgs).map(([name, text]) => [name, literal.has(name) ? text : fill(text)]),
  );
}

/**
 * Fills in the expressions of a text that is for one image; what is none of ours stays. @throws UserError for `{{platform}}`
 * and `{{arch}}` in an image of several platforms, which one build makes together.
 */
function filler(
  { ref, actor, runId, runNumber }: Naming["context"],
  { name, platforms }: ImageName & Pick<Image, "platforms">,
  facts: TagFacts & Pick<DerivedTags, "version">,
  event: TagEvent,
): (text: string) => string {
  const { values, ...dates } = expressionValues(facts, event);
  const [platform] = platforms;
  const known = new Map([
    ...values,
    ["version", facts.version ?? ""],
    ...[["ref", ref.full] as const, ["ref_name", shortRef(ref)] as const, ["actor", actor ?? ""] as const],
    ...[["run_id", runId ?? ""] as const, ["run_number", runNumber ?? ""] as const],
  ]);
  if (platform !== undefined) known.set("platform", platform).set("arch", partsOf(platform).architecture);
  return (text) => {
    const template = parseTemplate(text, buildNames, "keep");
    const perPlatform = ["platform", "arch"].find((each) => uses(template, each));
    if (perPlatform !== undefined && platforms.length !== 1) {
      throw new UserError(`"${text}" has no value for ${name}, which is built for several platforms at once`, {
        hint: `take {{${perPlatform}}} out; a Dockerfile has TARGETPLATFORM and TARGETARCH for it`,
      });
    }
    return expand(template, { ...dates, values: known });
  };
}

/**
 * The tags of an image. Where what is checked out is not of the event's ref, the ref says nothing of it: what is left are
 * exact tags that the commit itself gives, and none at all for a pull request. Of an untrusted checkout no rule counts.
 */
export function tagsOf(run: Naming, image: ImageName, sources: TagSources): DerivedTags {
  const { context, isAtEvent, trust } = run;
  const { rules, flavor } = sources.rulesOf(image.publicName);
  if (trust.kind === "untrusted" && context.trigger.kind !== "pull-request") {
    return { tags: untrustedTags(trust, variantSuffix(image, flavor)), version: undefined, warnings: [], outcomes: [] };
  }
  const facts = factsOf(run, image, sources);
  if (isAtEvent) {
    const release = imageRelease(run, image, sources.rulesOf(image.publicName), sources);
    return deriveTags(rules, flavor, { ...facts, givesNone: release?.kind === "left" ? release.because : undefined });
  }
  if (context.trigger.kind === "pull-request") return { tags: [], version: undefined, warnings: [], outcomes: [] };
  const derived = deriveTags(rules, flavor, { ...facts, context: contextElsewhere(context) });
  const exact = derived.tags.filter(({ moves }) => !moves);
  return { ...derived, tags: exact, version: exact[0]?.tag };
}

/** The names that show which image a git tag releases. */
export function releaseNames(
  { images }: { readonly images: readonly Pick<ImageName, "publicName" | "group">[] },
  settingsOf: SettingsOf,
): ReleaseNames {
  const names = [...new Set(images.map(({ publicName }) => publicName))];
  const patterns = names.map((name) => [name, settingsOf(name).releaseTags] as const);
  const groups = new Map(images.flatMap(({ publicName, group }) => (group === undefined ? [] : [[publicName, group]])));
  return { names, groups, releaseTags: new Map(patterns.filter(([, each]) => each.length > 0)) };
}

/** The names of one image's releases, for what doesn't depend on the others. */
export function ownReleaseNames({ publicName, group }: ImageName): ReleaseNames {
  return { names: [publicName], ...(group === undefined ? {} : { groups: new Map([[publicName, group]]) }) };
}

function factsOf(
  { context, commitDate, gitTags }: Pick<Naming, "context" | "commitDate" | "gitTags">,
  { name, publicName, variant }: ImageName,
  { names, groups, releaseTags, facts, rulesOf }: TagSources,
) {
  const { variables } = rulesOf(publicName);
  const own = facts.get(name);
  return { context, name: publicName, variant, names, groups, releaseTags, commitDate, gitTags, variables, ...own };
}
