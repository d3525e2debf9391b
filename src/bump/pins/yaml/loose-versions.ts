/** Versions in a map that may be an image's, though their keys don't say so for sure: they are left, with the line. Pure. */
import { plainLine } from "../../../lib/plain-text.ts";
import { isTag, type Repository } from "../../../model/reference.ts";
import type { ImageNames } from "../names-in-files.ts";
import type { PinDoubt, ReadPin } from "../read-pin.ts";
import { roleOf, shortVersionKey, stemOf } from "./key-role.ts";
import {
  digestIn,
  type Field,
  hasHost,
  nameIn,
  repositoryOf,
  type ScalarFields,
  textOfField,
} from "./yaml-split-names.ts";

export interface MapOfVersions {
  readonly fields: ScalarFields;
  /** Maps in it, under their keys. */
  readonly inner: readonly (readonly [key: string, fields: ScalarFields])[];
  /** Images whose version is known. */
  readonly known: ReadonlySet<Repository>;
  /** A name without a registry may be that of a git repository. */
  readonly isStep: boolean;
}

/** Without places: where each is, is its field's. */
export function looseVersions(
  map: MapOfVersions,
  names: ImageNames,
): readonly (readonly [Field, Omit<ReadPin, "start">])[] {
  return [...map.fields].flatMap(([key, field]) => {
    const text = nameIn(field);
    const name = text.replace(/^oci:\/\//, "");
    const repository = repositoryOf(name, names);
    if (repository === undefined || map.known.has(repository)) return [];
    const found = name === text ? versionsBeside(key, name, map) : versionsOfArtifact(key, map);
    return found.map(([version, doubt]) => {
      const digest = digestIn(textOfField(version))?.text;
      const tag = digest === undefined ? textOfField(version) : undefined;
      const shown = tag === undefined ? `@${digest}` : `:${tag}`;
      return [version, { repository, text: plainLine(`${name}${shown}`), tag, digest, values: { doubt } }] as const;
    });
  });
}

type Found = readonly [Field, PinDoubt];

/** `{BASE: name, BASE_TAG: 1.2.3}`, `{IMG: name, V: 1.2.3}`: arguments of a build, variables. */
function versionsBeside(key: string, name: string, { fields, isStep }: MapOfVersions): readonly Found[] {
  if ((isStep || roleOf(key)?.role === "repository") && !hasHost(name)) return [];
  const stems = new Set(["", stemOf(key), stemOf(name.slice(name.lastIndexOf("/") + 1))]);
  const doubt = {
    why: `it may be the version of \`${plainLine(key)}\``,
    remedy: "write the whole reference in one place",
  };
  return [...fields].flatMap(([each, field]) => {
    const { role, stem } = roleOf(each) ?? {};
    const its = role === "tag" || role === "version" ? stem : shortVersionKey(each)?.stem;
    return its !== undefined && stems.has(its) && isVersion(field) ? [[field, doubt] as const] : [];
  });
}

/** Flux's `{url: oci://name, ref: {tag, digest}}` and Argo CD's `{repoURL: oci://name, targetRevision}`. */
function versionsOfArtifact(key: string, { fields, inner }: MapOfVersions): readonly Found[] {
  const refs = inner.filter(([each]) => each === "ref").map(([, ref]) => ref);
  const versions =
    key === "url"
      ? refs.map((ref) => ref.get("tag") ?? ref.get("digest"))
      : [key === "repoURL" ? fields.get("targetRevision") : undefined];
  const where = key === "url" ? "ref" : "targetRevision";
  const doubt = {
    why: `\`${where}\` isn't changed, as it may be the version of an artifact that isn't an image`,
    remedy: "change it there",
  };
  return versions.flatMap((field) => (field !== undefined && isVersion(field) ? [[field, doubt] as const] : []));
}

function isVersion(field: Field): boolean {
  const text = textOfField(field);
  return (isTag(text) && /^v?\d+\./.test(text)) || digestIn(text) !== undefined;
}
