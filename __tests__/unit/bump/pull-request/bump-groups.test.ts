/** Which pull requests are seen to: none is closed because a run knows less than another. */
import { expect, test } from "@jest/globals";
import { bumpGroups, type FollowedImage, type GroupOptions } from "../../../../src/bump/pull-request/bump-groups.ts";
import { digestOf } from "../../../../src/model/digest.ts";
import { repository, tag } from "../../../../src/model/reference.ts";

const options: GroupOptions = { base: "main", isDefault: true, grouped: false, isWhole: true };
const known = (name: string): FollowedImage => ({
  name,
  kind: "known",
  versions: [
    {
      name,
      repositories: [repository(`ghcr.io/o/r/${name}`)],
      tags: [tag("1.2.3")],
      digest: digestOf(name),
      version: "1.2.3",
      isRelease: true,
    },
  ],
});
const unknown = (name: string): FollowedImage => ({ name, kind: "unknown" });
const unnamed = (name: string): FollowedImage => ({ name, kind: "unnamed" });
const [all, app, web, old] = ["", "-app", "-web", "-old"].map((end) => `image-publish/bump${end}`) as [
  string,
  string,
  string,
  string,
];

test.each<
  [string, readonly FollowedImage[], readonly string[], Partial<GroupOptions>, Readonly<Record<string, string[]>>]
>([
  ["each image has its own", [known("app"), known("web")], [], {}, { [app]: ["app"], [web]: ["web"] }],
  ["what a run isn't about stays as it is", [unknown("app"), known("web")], [app], {}, { [web]: ["web"] }],
  ["what no file names any more is closed", [unnamed("app")], [app], {}, { [app]: [] }],
  ["what no file names and has no branch is nothing", [unnamed("app")], [], {}, {}],
  ["of a deleted image it is closed", [known("app")], [app, old], {}, { [app]: ["app"], [old]: [] }],
  [
    "but not by a run that sees a part of the images",
    [known("app")],
    [app, old],
    { isWhole: false },
    { [app]: ["app"] },
  ],
  ["nor is another branch's", [known("app")], [`${old}@next`], {}, { [app]: ["app"] }],
  ["grouped there is one", [known("app"), known("web")], [], { grouped: true }, { [all]: ["app", "web"] }],
  ["grouped nothing is left out", [known("app"), unknown("web")], [all], { grouped: true }, {}],
  ["who begins to group closes the others", [known("app")], [app], { grouped: true }, { [all]: ["app"], [app]: [] }],
  ["who ends grouping closes the one", [known("app")], [all], {}, { [app]: ["app"], [all]: [] }],
])("%s", (_, images, open, more, expected) => {
  const groups = bumpGroups(images, open, { ...options, ...more });
  const found = groups.map(({ branch, versions }) => [branch, versions.map(({ name }) => name)]);
  expect(Object.fromEntries(found)).toEqual(expected);
});
