/** What a push that changes the config file affects: the images of which the file says something else than before. */
import { describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../../../src/plan/plan.ts";
import type { Change } from "../../../../unit/changes/objects.ts";
import { makeLaptop } from "../../laptop.ts";

type Files = Readonly<Record<string, Change>>;

const config = ".github/image-publish.yml";
const images: Files = {
  "images/alone/Dockerfile": "FROM debian:13\n",
  "images/other/Dockerfile": "FROM debian:13\n",
};

/** The images that the plan builds. */
async function affected(before: Files, changes: Files, inputs: Readonly<Record<string, string>> = {}) {
  const laptop = makeLaptop(before);
  try {
    laptop.commit(changes);
    const plan = (await laptop.plan({ inputs })).json as Plan;
    return plan.images.flatMap(({ name, kind }) => (kind === "build" ? [name] : []));
  } finally {
    laptop.remove();
  }
}

interface Case {
  readonly when: string;
  readonly before: Files;
  readonly changes: Files;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly builds: readonly string[];
}

describe("the config file of before is read against today's files", () => {
  test.each<Case>([
    {
      when: "an image is known by another name, too, which changes none of its bytes",
      before: { ...images, [config]: "images: {alone: {labels: [a=b]}}\n" },
      changes: { [config]: "images: {alone: {labels: [a=b], aliases: [ghcr.io/upstream/alone]}}\n" },
      builds: [],
    },
    {
      when: "an image goes with its entry",
      before: { "images/old/Dockerfile": "FROM debian:13\n", [config]: "images: {old: {platforms: [linux/amd64]}}\n" },
      changes: { "images/old/Dockerfile": undefined, [config]: "images: {}\n" },
      builds: [],
    },
    {
      when: "an image that an entry placed goes with it",
      before: { "deep/old/Dockerfile": "FROM debian:13\n", [config]: "images: {old: {path: deep/old}}\n" },
      changes: { "deep/old/Dockerfile": undefined, [config]: "images: {}\n" },
      builds: [],
    },
    {
      when: "an image goes, and its entry's file with it",
      before: {
        "images/old/Dockerfile.prod": "FROM debian:13\n",
        [config]: "images: {old: {file: images/old/Dockerfile.prod}}\n",
      },
      changes: { "images/old/Dockerfile.prod": undefined, [config]: "images: {}\n" },
      builds: [],
    },
    {
      when: "an image goes with its entry and the whole file",
      before: { "images/old/Dockerfile": "FROM debian:13\n", [config]: "images: {old: {platforms: [linux/amd64]}}\n" },
      changes: { "images/old/Dockerfile": undefined, [config]: undefined },
      builds: [],
    },
    {
      when: "an image's directory gets another name, and its entry with it",
      before: { "images/old/Dockerfile": "FROM debian:13\n", [config]: "images: {old: {platforms: [linux/amd64]}}\n" },
      changes: {
        "images/old/Dockerfile": undefined,
        "images/new/Dockerfile": "FROM debian:13\n",
        [config]: "images: {new: {platforms: [linux/amd64]}}\n",
      },
      builds: ["new"],
    },
    {
      when: "an entry gives its image another name",
      before: { "deep/x/Dockerfile": "FROM debian:13\n", [config]: "images: {old: {path: deep/x}}\n" },
      changes: { [config]: "images: {new: {path: deep/x}}\n" },
      builds: ["new"],
    },
    {
      when: "a Dockerfile gets another name, and its entry with it",
      before: {
        "deep/web/Dockerfile.old": "FROM debian:13\n",
        [config]: "images: {web: {file: deep/web/Dockerfile.old}}\n",
      },
      changes: {
        "deep/web/Dockerfile.old": undefined,
        "deep/web/Dockerfile.new": "FROM debian:13\n",
        [config]: "images: {web: {file: deep/web/Dockerfile.new}}\n",
      },
      builds: ["web"],
    },
    {
      when: "an image that another one depended on goes",
      before: {
        "images/old/Dockerfile": "FROM debian:13\n",
        [config]: "images: {alone: {depends: [old]}, old: {platforms: [linux/amd64]}}\n",
      },
      changes: { "images/old/Dockerfile": undefined, [config]: "images: {}\n" },
      builds: ["alone"],
    },
    {
      when: "an image that was a build context of another one goes",
      before: {
        "images/old/Dockerfile": "FROM debian:13\n",
        [config]: 'images: {alone: {build-contexts: {base: "target:old"}}}\n',
      },
      changes: { "images/old/Dockerfile": undefined, [config]: "images: {}\n" },
      builds: ["alone"],
    },
    {
      when: "a new directory has the name of an image, which keeps it by an entry",
      before: { "images/x/Dockerfile": "FROM debian:13\n", [config]: "images: {}\n" },
      changes: { "apps/x/Dockerfile": "FROM debian:13\n", [config]: "images: {x-app: {path: apps/x}}\n" },
      builds: ["x-app"],
    },
    {
      when: "two images depended on one another in a circle that is gone",
      before: {
        "images/old/Dockerfile": "FROM debian:13\n",
        [config]: "images: {alone: {depends: [old]}}\n",
      },
      changes: {
        "images/old/Dockerfile": "FROM ghcr.io/o/r/alone\n",
        [config]: "images: {alone: {depends: []}}\n",
      },
      builds: ["alone", "old"],
    },
    {
      when: "a file that an input names is new",
      before: { "README.md": "x" },
      changes: { "ci/images.yml": "images: {other: {platforms: [linux/arm64]}}\n" },
      inputs: { config: "ci/images.yml" },
      builds: ["other"],
    },
    {
      when: "what a link leads to",
      before: {
        [config]: { link: "../ci/images.yml" },
        "ci/images.yml": "images: {other: {build-args: {V: '1'}}}\n",
      },
      changes: { "ci/images.yml": "images: {other: {build-args: {V: '2'}}}\n" },
      builds: ["other"],
    },
    {
      when: "its folder is a link",
      before: {
        ".github": { link: "ci" },
        "ci/image-publish.yml": "images: {other: {build-args: {V: '1'}}}\n",
      },
      changes: { "ci/image-publish.yml": "images: {other: {build-args: {V: '2'}}}\n" },
      builds: ["other"],
    },
    {
      when: "a file that an input names is a link",
      before: { "ci/link.yml": { link: "real.yml" }, "ci/real.yml": "images: {other: {build-args: {V: '1'}}}\n" },
      changes: { "ci/real.yml": "images: {other: {build-args: {V: '2'}}}\n" },
      inputs: { config: "ci/link.yml" },
      builds: ["other"],
    },
    {
      when: "a link that says the same takes the file's place",
      before: { [config]: "images: {other: {build-args: {V: '1'}}}\n" },
      changes: {
        [config]: { link: "../ci/images.yml" },
        "ci/images.yml": "images: {other: {build-args: {V: '1'}}}\n",
      },
      builds: [],
    },
    {
      when: "a link leads to another file, and nobody knows what it led to",
      before: {
        [config]: { link: "one.yml" },
        ".github/one.yml": "images: {}\n",
        ".github/two.yml": "images: {}\n",
      },
      changes: { [config]: { link: "two.yml" } },
      builds: ["alone", "other"],
    },
    {
      when: "the file is new",
      before: {},
      changes: { [config]: "images: {other: {platforms: [linux/arm64]}}\n" },
      builds: ["other"],
    },
    {
      when: "the defaults change",
      before: { [config]: "images: {other: {platforms: [linux/arm64]}}\n" },
      changes: { [config]: "defaults: {platforms: [linux/amd64]}\nimages: {other: {platforms: [linux/arm64]}}\n" },
      builds: ["alone"],
    },
    {
      when: "the file could not be read before",
      before: { [config]: "defaults: {plaforms: [linux/arm64]}\n" },
      changes: { [config]: "defaults: {}\n" },
      builds: ["alone", "other"],
    },
    {
      when: "one image's entry could not be read before",
      before: { [config]: "images: {other: {plaforms: [linux/arm64]}}\n" },
      changes: { [config]: "images: {other: {platforms: [linux/arm64]}}\n" },
      builds: ["other"],
    },
    {
      when: "an entry that could not be read, and can't be now, is none of the others'",
      before: { [config]: "images: {other: {plaforms: [linux/arm64]}}\n" },
      changes: { [config]: "images: {other: {plaforms: [linux/arm64]}, alone: {platforms: [linux/arm64]}}\n" },
      builds: ["alone"],
    },
  ])("$when", async ({ before, changes, inputs, builds }) => {
    const found = await affected({ ...images, ...before }, changes, inputs);
    expect(found.toSorted()).toEqual(builds);
  });
});
