import { expect, test } from "@jest/globals";
import type { Reason } from "../../../src/model/reason.ts";
import { repository } from "../../../src/model/reference.ts";
import { unneededImages } from "../../../src/plan/unneeded.ts";
import { catalogOf } from "../changes/catalog-of.ts";

const repositories = (name: string) => [repository(`ghcr.io/o/r/${name}`)];

/** Helpers (h…) are published nowhere; `web` takes from h1, which takes from h0, and `api` from nothing; h2 stands alone. */
const { images } = catalogOf(
  { name: "h0" },
  { name: "h1", on: ["h0"] },
  { name: "h2" },
  { name: "api", repositories: repositories("api") },
  { name: "web", on: ["h1"], repositories: repositories("web") },
);

const all = images.map(({ name }) => name);
const tag: Reason = { kind: "tag", tag: "v1.0.0" };
const file: Reason = { kind: "file", path: "x", change: "modified" };
const asked: Reason = { kind: "asked-for" };

test.each<{
  readonly when: string;
  readonly because: Reason;
  readonly affected: readonly string[];
  readonly actions: Readonly<Record<string, "build" | "other">>;
  readonly unneeded: readonly string[];
}>([
  {
    when: "a release only promotes",
    because: tag,
    affected: all,
    actions: { api: "other", web: "other" },
    unneeded: ["h0", "h1", "h2"],
  },
  {
    when: "a release builds what takes from none of them",
    because: tag,
    affected: all,
    actions: { api: "build", web: "other" },
    unneeded: ["h0", "h1", "h2"],
  },
  {
    when: "a release builds what takes from some",
    because: tag,
    affected: all,
    actions: { api: "other", web: "build" },
    unneeded: ["h2"],
  },
  { when: "a release of a repository that publishes nothing", because: tag, affected: all, actions: {}, unneeded: [] },
  {
    when: "a push whose images are published already",
    because: file,
    affected: ["h0", "h1", "web"],
    actions: { api: "other", web: "other" },
    unneeded: ["h0", "h1"],
  },
  {
    when: "a push that builds them",
    because: file,
    affected: ["h0", "h1", "web"],
    actions: { api: "other", web: "build" },
    unneeded: [],
  },
  {
    when: "a push to one that stands alone",
    because: file,
    affected: ["h2"],
    actions: { api: "other", web: "other" },
    unneeded: [],
  },
  {
    when: "a run that is asked for one, and is not about what takes from it",
    because: asked,
    affected: ["h1"],
    actions: {},
    unneeded: [],
  },
  {
    when: "a run that is asked for everything, all of it published",
    because: asked,
    affected: all,
    actions: { api: "other", web: "other" },
    unneeded: ["h0", "h1"],
  },
])("images that are not published: $when", ({ because, affected, actions, unneeded }) => {
  const found = unneededImages({
    catalog: { images },
    affected: new Map(affected.map((name) => [name, [because]])),
    actions: new Map(Object.entries(actions)),
  });
  expect([...found].sort()).toEqual(unneeded);
});
