import { afterEach, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop } from "./laptop.ts";

let laptop: Laptop | undefined;
afterEach(() => laptop?.remove());

async function remarked(files: Record<string, string>): Promise<readonly string[]> {
  laptop = makeLaptop({ "shared/lib.sh": "x", "go.mod": "x", "images/web/main.go": "x", ...files });
  laptop.commit({ "README.md": "y" });
  const { text, beside } = await laptop.plan({ event: "workflow_dispatch" });
  return `${text}\n${beside.join("\n")}`.split("\n").filter((line) => line.includes("the repository's root has"));
}

test.each([
  [
    "a directory",
    "COPY shared /x",
    /^.*web copies shared \(images\/web\/Dockerfile:2\), which its context images\/web lacks/,
  ],
  ["a file in one, beside the whole context", "COPY . .\nCOPY shared/lib.sh /x", /web copies shared\/lib\.sh \(.*:3\)/],
  ["by way of the folder above", "COPY ../../shared /x", /web copies \.\.\/\.\.\/shared/],
  [
    "the context's own files, by their path from the root",
    "COPY images/web/main.go /x",
    /web copies images\/web\/main\.go/,
  ],
  ["by a wildcard", "COPY shared/*.sh /x", /web copies shared\/\*\.sh/],
  ["by a variable", "ARG F=go.mod\nCOPY $F main.go /x", /web copies go\.mod \(.*:3\)/],
  ["by ADD", "ADD --chown=1 shared /x", /web copies shared/],
  ["by a mount", "RUN --mount=source=shared,target=/x y", /web copies shared/],
  ["several", "COPY shared /x\nCOPY go.mod /x", /web copies shared \(.*\), go\.mod \(.*\), which/],
])("what the root has and the context lacks is remarked: %s", async (_, lines, expected) => {
  const [line, ...more] = await remarked({ "images/web/Dockerfile": `FROM x\n${lines}\n` });
  expect(line).toMatch(expected);
  expect(more).toEqual([]);
});

test("of several images in one remark", async () => {
  const text = "FROM x\nCOPY shared /x\n";
  const lines = await remarked({ "images/web/Dockerfile": text, "images/api/Dockerfile": text });
  expect(lines).toEqual([
    expect.stringMatching(/2 images copy what .*: api \(shared, images\/api\/Dockerfile:2\), web \(shared/),
  ]);
});

test.each([
  ["is in both", "COPY shared /x", { "images/web/shared/lib.sh": "x" }],
  ["is in neither", "COPY made-later /x", {}],
  ["is another stage's", "FROM x AS a\nFROM x\nCOPY --from=a shared /x", {}],
  [
    "is in the root, which is the context",
    "COPY shared /x",
    { ".github/image-publish.yml": "images: {web: {context: .}}" },
  ],
  ["is an address", "ADD https://example.com/shared /x", {}],
  ["is a heredoc", "COPY <<shared /x\ny\nshared", {}],
])("nothing is remarked where it %s", async (_, lines, more) => {
  expect(await remarked({ "images/web/Dockerfile": `FROM x\n${lines}\n`, ...more })).toEqual([]);
});
