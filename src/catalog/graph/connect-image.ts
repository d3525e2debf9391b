/** What one image takes from others, and from outside. */
import type { UserError } from "../../errors.ts";
import { attempt, attemptLater, outcomes } from "../../lib/attempt.ts";
import { inTurns } from "../../lib/pause.ts";
import type { Image, ParentEdge } from "../catalog.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import { possibleUses } from "../dockerfile/possible-bases.ts";
import { type DockerfileSurroundings, type Needs, needing, triggersOf } from "../dockerfile/stages.ts";
import type { ReadDockerfile, ReadNix } from "../layout/recipes.ts";
import { type AbsentImage, possiblyAbsent } from "../names/absent-images.ts";
import { type Namesake, namesakes, type OwnNames } from "../names/namesakes.ts";
import { type NearMiss, nearMisses } from "../names/near-misses.ts";
import type { IsOwnPlace } from "../names/own-places.ts";
import { namedBy } from "../names/written-use.ts";
import { edgesOf, type ImageNaming, meaningOfName } from "./edges.ts";
import { isSharedBy, type NamedImage, namesIn, type Owners } from "./owners.ts";
import type { Known, ReadImage } from "./read-images.ts";
import { declaredEdges, dependsEdges } from "./said-edges.ts";
import { unreadDockerfile, withoutBases } from "./troubled.ts";

/** What names mean, and which there are. */
export interface Names {
  readonly owners: Owners;
  readonly own: OwnNames;
  readonly images: readonly NamedImage[];
  readonly isOwnPlace: IsOwnPlace;
}

export interface Connected {
  readonly image: Image;
  /** Edges that it may have beside its own. */
  readonly possible: readonly ParentEdge[];
  readonly nearMisses: readonly NearMiss[];
  readonly namesakes: readonly Namesake[];
  /** Nobody's images in own places, as far as is known. */
  readonly absent: readonly AbsentImage[];
  readonly problems: readonly UserError[];
}

/** Finds the dependencies of an image; where they are unknown, whatever else is known. */
export async function connect(
  read: ReadImage,
  known: ReadonlyMap<string, ReadImage>,
  names: Names,
): Promise<Connected> {
  // Problems of the others have been reported.
  const there = (edges: readonly ParentEdge[]) => edges.filter(({ parent }) => known.has(parent));
  const nothing = { possible: [], nearMisses: [], namesakes: [], absent: [], problems: [] };
  if (read.kind === "nix") return { ...nothing, image: nixImage(read, there(dependsEdges(read.image)), names.owners) };
  const whole = await attemptLater(() => connectDockerfile(read, read.dockerfile, known, names));
  if ("value" in whole) return whole.value;
  const { problems } = outcomes([whole]);
  const rest = await attemptLater(() => connectDockerfile(read, withoutBases(read.dockerfile), known, names));
  if ("value" in rest) return { ...nothing, image: rest.value.image, problems };
  const needs: Needs = { stages: [], uses: [], unsettled: [] };
  const parents = there(declaredEdges(read.image, unreadDockerfile(read.dockerfilePath), needs, []));
  return { ...nothing, image: dockerfileImage(read, needs, parents, [], names.owners), problems };
}

/** @throws UserError, or `Problems`. */
async function connectDockerfile(
  read: ReadDockerfile & Known,
  dockerfile: Dockerfile,
  known: ReadonlyMap<string, ReadImage>,
  names: Names,
): Promise<Connected> {
  const { image } = read;
  const there = (edges: readonly ParentEdge[]) => edges.filter(({ parent }) => known.has(parent));
  const tagMeaning: ImageNaming["tagMeaning"] = ({ name }, tag, isShared) => known.get(name)?.tagMeaning(tag, isShared);
  const naming: ImageNaming = { contexts: image.contexts, owners: names.owners, tagMeaning };
  if ("problem" in read.buildArgs) throw read.buildArgs.problem;
  const choices = { ...image, buildArgs: read.buildArgs.value };
  const needs = await inTurns(needing(dockerfile, choices, surroundings(naming, known)));
  const edges = edgesOf(needs.uses, naming);
  const parents = [...edges.parents, ...declaredEdges(image, dockerfile, needs, edges.parents)];
  // Of what may be, only what is here counts.
  const possible = needs.unsettled.length === 0 ? [] : await possibleUses(dockerfile, choices, needs.unsettled);
  const isSound = edges.problems.length === 0;
  const elsewhere = isSound ? namesakes([...needs.uses, ...possible], image, naming, names.own) : [];
  const unclear = needs.uses.filter((use) => {
    const { at, text } = namedBy(use, naming);
    return !elsewhere.some((each) => at === each.at && text === each.text);
  });
  const misses = isSound ? nearMisses(unclear, image, dockerfile, naming, names.images) : [];
  const others = unclear.filter((use) => !misses.some((miss) => miss.use === use));
  return {
    image: dockerfileImage(read, needs, there(parents), edges.bases, names.owners),
    possible: edgesOf(possible, naming).parents,
    nearMisses: misses,
    namesakes: elsewhere,
    absent: isSound ? possiblyAbsent(others, naming, names.isOwnPlace) : [],
    problems: edges.problems,
  };
}

/** What named contexts and the parents' ONBUILD put into an image's Dockerfile. */
function surroundings(naming: ImageNaming, known: ReadonlyMap<string, ReadImage>): DockerfileSurroundings {
  return {
    isContext: (name) => naming.contexts.has(name),
    triggersOf: (base) => {
      const meaning = attempt(() => meaningOfName(base, naming));
      const parent = "value" in meaning && meaning.value.kind === "parent" ? known.get(meaning.value.name) : undefined;
      return parent?.kind === "dockerfile" ? triggersOf(parent.dockerfile, parent.image) : [];
    },
  };
}

function dockerfileImage(
  read: ReadDockerfile & Known,
  needs: Needs,
  parents: readonly ParentEdge[],
  bases: Image["bases"],
  owners: Owners,
): Image {
  const { image, dockerfilePath, dockerfile } = read;
  const edges = new Set(parents.map(({ contextName }) => contextName));
  const contexts = [...image.contexts.values()].flatMap(({ to }) =>
    to.kind === "image" || edges.has(to.name) ? [] : [to],
  );
  return {
    ...common(read, owners),
    variant: "dockerfile",
    dockerfilePath,
    dockerfile,
    context: image.context,
    target: image.target,
    contexts: contexts.sort((a, b) => (a.name < b.name ? -1 : 1)),
    parents,
    bases,
    unsettled: needs.unsettled,
  };
}

function nixImage(read: ReadNix & Known, parents: readonly ParentEdge[], owners: Owners): Image {
  const { nixFile } = read.image;
  const nothing = { contexts: [], bases: [], unsettled: [] };
  return { ...common(read, owners), variant: "nix", nixFile, reads: read.reads, parents, ...nothing };
}

function common({ image, repositories, ...places }: ReadImage, owners: Owners) {
  const { name, publicName, group, directory, platforms, buildArgs, inputArguments } = image;
  const { labels, annotations, watch, bakeFiles } = image;
  const { fileArguments = {}, argumentFiles = [] } = image.variant === "nix" ? {} : image;
  return {
    ...{ name, publicName, ...(group === undefined ? {} : { group }) },
    ...{ directory, repositories, knownAs: namesIn(places) },
    isSharing: namesIn(places).some((place) => isSharedBy(owners.get(place) ?? [])),
    ...{ platforms, buildArgs, inputArguments, labels, annotations, watch, bakeFiles },
    ...{ literalArguments: Object.keys(fileArguments), argumentFiles },
  };
}
