// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** What a push affects, from real checkouts. */
import { describe, expect, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { makeLaptop } from "./laptop.ts";

type Files = Readonly<Record<string, Change>>;

/** The images that the plan of a push builds. */
async function built(before: Files, changes: Files): Promise<readonly string[]> {
  const laptop = makeLaptop(before);
  try {
    laptop.commit(changes);
    const plan = (await laptop.plan()).json as Plan;
    return plan.images.flatMap(({ name, kind }) => (kind === "build" ? [name] : []));
  } finally {
    laptop.remove();
  }
}

test("an event of something that is gone builds nothing, and says why", async () => {
  const laptop = makeLaptop({ "images/app/Dockerfile": "FROM debian:13\n" });
  try {
    const trigger = { kind: "gone", what: "pull request 7 was closed by its merge" } as const;
    const told = await laptop.plan({ trigger });
    const why = "Nothing is built because pull request 7 was closed by its merge.";
    expect(told.text).toContain(`\n${why}\n`);
    expect(told.summary).toContain(why);
    expect(told.json).toMatchObject({ images: [], nothing: "pull request 7 was closed by its merge" });
    await expect(laptop.plan({ trigger, explain: "app" })).rejects.toMatchObject({
      hint: "there are no images: nothing is built because pull request 7 was closed by its merge",
    });
  } finally {
    laptop.remove();
  }
});

test("a matrix of more images than GitHub runs jobs is warned of", async () => {
  const files = Array.from({ length: 257 }, (_, index) => [`images/i${index}/Dockerfile`, "FROM debian:13\n"]);
  const laptop = makeLaptop(Object.fromEntries(files));
  try {
    const { beside } = await laptop.plan({ event: "schedule" });
    expect(beside).toEqual([expect.stringContaining('the output "matrix" has 257 entries')]);
    expect((await laptop.plan({ base: "HEAD" })).beside).toEqual([]);
  } finally {
    laptop.remove();
  }
});

test("the source hash is the same at every commit where an argument is the commit, and not where it is another text", async () => {
  const laptop = makeLaptop({ "images/app/Dockerfile": "FROM debian:13\nARG GIT_SHA OTHER\n", "README.md": "a\n" });
  const planned = async (args: string) => {
    const { json, beside } = await laptop.plan({ event: "schedule", inputs: { "build-args": args } });
    const [image] = (json as Plan).images;
    return { hash: image?.sourceHash, args: image?.kind === "build" ? image.args : {}, beside };
  };
  try {
    const [before, short] = [
      await planned(`GIT_SHA=${laptop.head()}`),
      await planned(`GIT_SHA=${laptop.head().slice(0, 8)}`),
    ];
    const described = await planned(`GIT_SHA=v1.2.3-4-g${laptop.head().slice(0, 7)}`);
    const other = await planned("GIT_SHA=x");
    const head = laptop.commit({ "README.md": "b\n" });
    const after = await planned(`GIT_SHA=${head}`);
    expect(after).toMatchObject({ hash: before.hash, args: { GIT_SHA: head }, beside: [] });
    expect(short.hash).toBe(before.hash);
    expect((await planned(`GIT_SHA=v1.2.3-5-g${head.slice(0, 7)}`)).hash).toBe(described.hash);
    expect((await planned(`GIT_SHA=v1.3.0-1-g${head.slice(0, 7)}`)).hash).not.toBe(described.hash);
    expect(other.hash).not.toBe(before.hash);
    expect((await planned("GIT_SHA=main")).beside).toEqual([
      expect.stringContaining("the build argument GIT_SHA is a fact"),
    ]);
    expect((await planned("GIT_SHA={{ref}}")).args).toEqual({ GIT_SHA: "refs/heads/main" });
  } finally {
    laptop.remove();
  }
});

test.each([
  ["v1.2.3", "GIT_SHA=v1.2.3"],
  ["its version in a text", "GIT_SHA=app 1.2.3 (x)"],
  ["its ref", "GIT_SHA={{ref}}"],
])("a value that contains the git tag is baked in: %s", async (_, args) => {
  const laptop = makeLaptop({ "images/app/Dockerfile": "FROM debian:13\nARG GIT_SHA\n" });
  try {
    const baked = async (given: string) =>
      (await laptop.plan({ ref: "refs/tags/v1.2.3", inputs: { "build-args": given } })).json as Plan;
    expect((await baked(args)).images).toMatchObject([{ bakedVersion: expect.stringContaining("1.2.3") }]);
    expect((await baked("GIT_SHA=11.2.30")).images).toMatchObject([{ bakedVersion: null }]);
  } finally {
    laptop.remove();
  }
});

describe("what is baked in of a release", () => {
  const bakeOf = (value: string) =>
    JSON.stringify({
      group: { default: { targets: ["app"] } },
      target: { app: { context: "app", dockerfile: "Dockerfile", args: { V: value } } },
    });
  const baked = async (
    { dockerfile = "FROM debian:13\nARG V\n", config = "", bake = "" },
    args: string,
    ref = "refs/tags/v1.2.3",
  ) => {
    const laptop = makeLaptop(
      {
        "images/app/Dockerfile": dockerfile,
        ...(config !== "" && { ".github/image-publish.yml": config }),
        ...(bake !== "" && { "images/docker-bake.json": bake }),
      },
      { bake: bake !== "" },
    );
    try {
      const { json, beside } = await laptop.plan({ ref, inputs: { "build-args": args, rebuild: "always" } });
      const [image] = (json as Plan).images;
      if (image?.kind !== "build") throw new Error("it is not built");
      return { bakedVersion: image.bakedVersion, args: image.args, beside };
    } finally {
      laptop.remove();
    }
  };

  test.each(["V={{tag}}", "V={{version}}", "V={{ref}}", "V={{ref_name}}", "V=x-{{tag}}", "V=v1.2.3", "VERSION=v1.2.3"])(
    "nothing of %s where the Dockerfile doesn't declare it",
    async (args) => {
      expect((await baked({ dockerfile: "FROM debian:13\nARG OTHER\n" }, args)).bakedVersion).toBeNull();
    },
  );

  test.each([
    ["V={{tag}}", "V=v1.2.3"],
    ["V={{version}}", "V=1.2.3"],
    ["V={{ref}}", "V=refs/tags/v1.2.3"],
    ["V={{ref_name}}", "V=v1.2.3"],
    ["V=app-1.2.3", "V=app-1.2.3"],
    ["V={{branch}}", null],
  ])("%s is %j where it does", async (args, expected) => {
    expect((await baked({}, args)).bakedVersion).toBe(expected);
  });

  test("a VERSION that is given and declared is", async () => {
    expect((await baked({ dockerfile: "FROM debian:13\nARG VERSION\n" }, "VERSION=7")).bakedVersion).toBe("7");
    expect((await baked({ dockerfile: "FROM debian:13\nARG VERSION\n" }, "")).bakedVersion).toBe("1.2.3");
  });

  test.each([
    ["an image's entry", { config: 'images: {app: {build-args: {V: "node-1.2.3"}}}\n' }],
    ["the defaults", { config: 'defaults: {build-args: {V: "node-1.2.3"}}\n' }],
    ["a bake file", { bake: bakeOf("node-1.2.3") }],
  ])("a literal of %s is not, as it is the same on every ref", async (_, files) => {
    expect(await baked(files, "")).toMatchObject({ bakedVersion: null, args: { V: "node-1.2.3" } });
  });

  test("an expression of a file is", async () => {
    expect((await baked({ config: 'defaults: {build-args: {V: "x-{{tag}}"}}\n' }, "")).bakedVersion).toBe("V=x-v1.2.3");
  });

  test("a literal of an input goes before that of the defaults, and after the entry's", async () => {
    const [defaults, entry] = ["defaults: {build-args: {V: a}}\n", "images: {app: {build-args: {V: v1.2.3}}}\n"];
    expect((await baked({ config: defaults }, "V=v1.2.3")).bakedVersion).toBe("V=v1.2.3");
    expect((await baked({ config: entry }, "V=v1.2.3")).bakedVersion).toBeNull();
  });

  test.each([
    ["refs/heads/main", "main"],
    ["refs/heads/feat/a", "feat/a"],
    ["refs/tags/v1.2.3", "v1.2.3"],
    ["refs/tags/app-v1.2.3", "app-v1.2.3"],
  ])("{{ref_name}} on %s is %s", async (ref, expected) => {
    expect((await baked({}, "V={{ref_name}}", ref)).args).toEqual({ V: expected });
  });

  test.each([
    ["an image's entry", { config: "images: {app: {build-args: {V: main}}}\n" }],
    ["the defaults", { config: "defaults: {build-args: {V: main}}\n" }],
    ["a bake file", { bake: bakeOf("main") }],
  ])("a literal of %s is no fact of the run", async (_, files) => {
    expect(await baked(files, "", "refs/heads/main")).toMatchObject({ args: { V: "main" }, beside: [] });
  });
});

/** An image with the root for its context, and no platforms. */
function rooted(copy: string): Files {
  return {
    "images/app/Dockerfile": `FROM debian:13\nARG TARGETARCH TARGETVARIANT TARGETPLATFORM\n${copy}\n`,
    ".github/image-publish.yml": "images: {app: {context: .}}\n",
    "repos/list-amd64": "a\n",
    "repos/linux/arm/v7": "a\n",
    "arm64/app": "a\n",
    "docs/x.md": "a\n",
  };
}

test.each([
  { copy: "COPY repos/list-${TARGETARCH} /", change: "docs/x.md", builds: [] },
  { copy: "COPY repos/list-${TARGETARCH} /", change: "repos/list-arm64", builds: ["app"] },
  { copy: "ADD repos/list-${TARGETARCH} /", change: "repos/list/amd64", builds: [] },
  { copy: "RUN --mount=source=repos/list-$TARGETARCH,target=/l true", change: "docs/x.md", builds: [] },
  { copy: "COPY $TARGETARCH/app /", change: "docs/x.md", builds: [] },
  { copy: "COPY $TARGETARCH/app /", change: "arm64/app", builds: ["app"] },
  { copy: "COPY repos/$TARGETPLATFORM /", change: "repos/linux/arm/v7", builds: ["app"] },
  { copy: "COPY repos/$TARGETPLATFORM /", change: "docs/x.md", builds: [] },
  { copy: "COPY ./$TARGETVARIANT /", change: "docs/x.md", builds: ["app"] },
])("without platforms, $copy: a change of $change", async ({ copy, change, builds }) => {
  expect(await built(rooted(copy), { [change]: "b\n" })).toEqual(builds);
});
