/**
 * References to images elsewhere that are called as images of this repository: in a fork, in a renamed repository, and with
 * another place in `images`, these are meant nearly always.
 */
import { type Reference, type Repository, splitRepository, tryReference } from "../../model/reference.ts";
import { oneRemark, type Remark, type RemarkKind } from "../../model/remark.ts";
import type { Image, ImageName } from "../catalog.ts";
import type { OutsideUse } from "../dockerfile/stages.ts";
import { dependency } from "../graph/alias-circles.ts";
import { type ImageNaming, isMoved } from "../graph/edges.ts";
import type { NamedImage } from "../graph/owners.ts";
import { oneLetterOff } from "./near-misses.ts";
import { eachUseOnce, type NamedUse, namedBy, useWriter } from "./written-use.ts";

/** A use of an image that is perhaps one of this repository. */
export interface Namesake extends NamedUse {
  readonly reference: Reference;
  readonly user: ImageName;
  /** The image of this repository that has the name, or nearly. */
  readonly named: ImageName;
  readonly own: Repository;
  readonly isExact: boolean;
}

/** This repository's images, by the last parts of their names. */
export interface OwnNames {
  readonly byLastPart: ReadonlyMap<string, readonly NamedImage[]>;
  /** Registries where one of them may be, had it another place: those that the images are pushed to, and the forge's own. */
  readonly hosts: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** What their places would have in common with those of a copy in another registry. */
  readonly copies: ReadonlySet<string>;
}

/** @param forgeHost the forge's own registry. */
export function ownNames(images: readonly NamedImage[], forgeHost: string): OwnNames {
  const parts = images.flatMap((own) => {
    const { name, publicName } = own.image;
    const written = [name, publicName, ...own.knownAs, ...own.unpushed];
    const all = new Set(written.map((text) => lastPart(text).toLowerCase()));
    return [...all].map((part) => ({ part, own }));
  });
  const byLastPart = Map.groupBy(parts, ({ part }) => part);
  const places = images.flatMap(({ knownAs, unpushed }) => [...knownAs, ...unpushed]);
  return {
    byLastPart: new Map([...byLastPart].map(([part, all]) => [part, all.map(({ own }) => own)])),
    hosts: new Set([forgeHost, ...places.map(registryOf)]),
    folders: new Set(places.map(folderOf)),
    copies: new Set(places.flatMap((each) => asCopied(each) ?? [])),
  };
}

/** Those among what an image uses. One without a digest, and without a tag or with one that this run moves, is meant to follow. */
export function namesakes(
  uses: readonly OutsideUse[],
  user: ImageName,
  naming: ImageNaming,
  { byLastPart, hosts, folders, copies }: OwnNames,
): readonly Namesake[] {
  const names = [...byLastPart.keys()].slice(0, mostNames);
  return uses.flatMap((use): readonly Namesake[] => {
    const { text, by, at } = namedBy(use, naming);
    const reference = tryReference(text);
    if (reference === undefined || reference.digest !== undefined || naming.owners.has(reference.repository)) return [];
    // A mirror on another forge has the Dockerfiles of the first one.
    const copy = asCopied(reference.repository);
    const isCopied = copy !== undefined && copies.has(copy) && folderOf(reference.repository) !== official;
    if (!hosts.has(registryOf(reference.repository)) && !isCopied) return [];
    const part = lastPart(reference.repository);
    const isExact = byLastPart.has(part);
    // Beside the images themselves it is a typo, and reported as one.
    const folder = folderOf(reference.repository);
    const name = isExact || folders.has(folder) || folder === official ? part : oneLetterOff(part, names);
    const named =
      name === undefined ? undefined : byLastPart.get(name)?.find(({ image }) => isMoved(image, reference, naming));
    const places = named === undefined ? [] : [...named.knownAs, ...named.unpushed];
    const own = places.find((each) => registryOf(each) === registryOf(reference.repository)) ?? places[0];
    // What an image is based on is not itself: `FROM nginx` of an image called nginx.
    if (named === undefined || own === undefined || named.image.publicName === user.publicName) return [];
    return [{ reference, text, by, at, user, named: named.image, own, isExact }];
  });
}

/**
 * Those that may mean images of this repository. Where an image is based on the same place as those that are called so,
 * or on an image that uses it, the other image is meant: an image isn't based on itself.
 */
export function meantHere(all: readonly Namesake[], images: readonly Image[]): readonly Namesake[] {
  const users = new Set(
    images.flatMap(({ publicName, bases }) => bases.map(({ reference }) => `${publicName} ${reference.repository}`)),
  );
  const dependsOn = dependency(images);
  return all.filter(
    ({ named, reference, user }) =>
      !users.has(`${named.publicName} ${reference.repository}`) && !dependsOn(named.name, user.name),
  );
}

/** The registry that pulls go to: Docker Hub has several hosts, which a build takes for different ones. */
function registryOf(repository: Repository): string {
  const { host } = splitRepository(repository);
  return hostsOfHub.has(host) ? "docker.io" : host;
}

const hostsOfHub: ReadonlySet<string> = new Set(["registry-1.docker.io", "registry.hub.docker.com"]);

/** What Docker Hub has for everybody: an image there that is nearly called as one of ours is just another one. */
const official = "docker.io/library";

/** To compare with more of them takes its time. */
const mostNames = 1_000;

/**
 * Of all that every image found, as few remarks as there are things to do about them.
 * @param texts of files in which they are.
 * @param isUsable whether an alias can be set: it must not make images depend on themselves.
 */
export function namesakeRemarks(
  all: readonly Namesake[],
  texts: ReadonlyMap<string, string>,
  isUsable: (alias: string) => boolean,
): readonly Remark[] {
  const once = eachUseOnce(all);
  const exact = once.filter(({ isExact }) => isExact);
  const nearly = once.filter(({ isExact }) => !isExact);
  const use = useWriter(texts);
  return [
    ...[...Map.groupBy(exact, aliasFor)].flatMap(([alias, some]) =>
      oneRemark(some, otherPlaces(use, isUsable(alias) ? alias : undefined)),
    ),
    ...oneRemark(nearly, misspelled(use)),
  ];
}

type Written = (each: Namesake) => string;

function otherPlaces(use: Written, alias: string | undefined): RemarkKind<Namesake> {
  return {
    item: use,
    one: (each) => ({
      message: `${use(each)}. This repository's image "${each.named.publicName}" is ${each.own}, so the build uses another one, and a change of "${each.named.publicName}" doesn't rebuild this image`,
      hint: `write ${each.own}${alias === undefined ? "" : `, or set \`aliases: ${alias}\``}; if the other image is meant, add its version or digest`,
    }),
    several: (listed, [first, ...others]) => ({
      message: `${others.length + 1} references to images elsewhere have the names of this repository's images, so the builds use other ones, and changes of this repository's images don't rebuild what is based on these names: ${listed}`,
      hint: `${alias === undefined ? "" : `set \`aliases: ${alias}\` so that these names mean this repository's images, or `}write their own names, such as ${first?.own}; if the other images are meant, add their versions or digests`,
    }),
  };
}

function misspelled(use: Written): RemarkKind<Namesake> {
  return {
    item: (each) => `${use(each)} (${each.own}?)`,
    one: (each) => ({
      message: `${use(each)}, which isn't an image of this repository; did you mean its image "${each.named.publicName}" (${each.own})?`,
      hint: `write ${each.own}, or add the version or digest of the other image`,
    }),
    several: (listed, all) => ({
      message: `${all.length} references to images elsewhere have names that are nearly those of this repository's images: ${listed}`,
      hint: "write the names of this repository's images, or add the versions or digests of the other ones",
    }),
  };
}

/** The pattern of `aliases` by which the reference means the image. */
function aliasFor({ reference: { repository }, named, own }: Namesake): string {
  const [part, name] = [lastPart(repository), named.publicName.toLowerCase()];
  // Called as the repository that the image is pushed to, whose name has more than the image's.
  const isWithin = lastPart(own) === part && part.includes(name);
  return part === name || isWithin ? `${folderOf(repository)}/${part.replace(name, "{{name}}")}` : repository;
}

function lastPart(of: string): string {
  return of.slice(of.lastIndexOf("/") + 1);
}

/** Host and owner may be others: `…/…/r/base`. `undefined` where too little would be left. */
function asCopied(of: Repository): string | undefined {
  const parts = of.split("/");
  return parts.length < 3 ? undefined : [...parts.slice(0, -2).fill("…"), ...parts.slice(-2)].join("/");
}

function folderOf(of: Repository): string {
  return of.slice(0, of.lastIndexOf("/"));
}
