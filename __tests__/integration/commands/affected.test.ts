// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** What a push affects, from real checkouts. */
import { expect, test } from "@jest/globals";
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
