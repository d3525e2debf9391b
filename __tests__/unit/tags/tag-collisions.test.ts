/** Images of one repository that would have one tag. */
import { describe, expect, test } from "@jest/globals";
import { isTag, repository, type Tag } from "../../../src/model/reference.ts";
import { type TagsOfEvent, tagCollisions } from "../../../src/tags/tag-collisions.ts";

function tag(text: string): Tag {
  if (isTag(text)) return text;
  throw new Error(text);
}

function given(image: string, event: string, tags: readonly string[], place = "ghcr.io/o/php"): TagsOfEvent {
  const outcomes = tags.map((each) => ({
    rule: `type=raw,value=${each}`,
    place: `"tags"`,
    gave: { tag: tag(each), moves: true },
  }));
  return { image, event, repositories: [repository(place)], outcomes };
}

describe("images of one repository", () => {
  test.each<{ name: string; all: readonly TagsOfEvent[]; collide: readonly (readonly string[])[] }>([
    {
      name: "with tags of their own",
      all: [given("cli", "a push", ["cli"]), given("fpm", "a push", ["fpm"])],
      collide: [],
    },
    {
      name: "of which two have one tag",
      all: [given("cli", "a push", ["main"]), given("fpm", "a push", ["main"]), given("zts", "a push", ["zts"])],
      collide: [["cli", "fpm"]],
    },
    {
      name: "that have one tag on different events",
      all: [given("cli", "a push", ["main"]), given("fpm", "a schedule", ["main"])],
      collide: [],
    },
    {
      name: "that share many tags, reported once",
      all: ["cli", "fpm"].flatMap((each) => [
        given(each, "a push", ["main", "latest"]),
        given(each, "a release", ["1.2.3"]),
      ]),
      collide: [["cli", "fpm"]],
    },
    {
      name: "of which all share a tag, and two another",
      all: [given("a", "a push", ["x", "main"]), given("b", "a push", ["x", "main"]), given("c", "a push", ["main"])],
      collide: [["a", "b", "c"]],
    },
    {
      name: "of several pairs",
      all: [given("a", "a push", ["x"]), given("b", "a push", ["x", "y"]), given("c", "a push", ["y"])],
      collide: [
        ["a", "b"],
        ["b", "c"],
      ],
    },
    {
      name: "whose same tags are in different repositories",
      all: [given("a", "a push", ["main"]), given("b", "a push", ["main"], "ghcr.io/o/other")],
      collide: [],
    },
  ])("$name", ({ all, collide }) => {
    expect(tagCollisions(all).map(({ images }) => images)).toEqual(collide);
    expect(tagCollisions(all.toReversed()).map(({ images }) => images)).toHaveLength(collide.length);
  });

  test("names both images, the tag, the event, the rule and the remedy", () => {
    const [collision] = tagCollisions([given("fpm", "a push to main", ["8"]), given("cli", "a push to main", ["8"])]);
    expect(collision?.problem).toMatchObject({
      message:
        'the images cli and fpm would both have the tag ghcr.io/o/php:8 on a push to main, by `type=raw,value=8` ("tags")',
      hint: expect.stringMatching(/suffix=-fpm,onlatest=true.*`tags`.*`enable`.*\{\{name\}\}/),
    });
  });
});
