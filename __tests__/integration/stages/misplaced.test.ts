// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
import { afterEach, expect, test } from "@jest/globals";
import { type Laptop, makeLaptop } from "./laptop.ts";

let laptop: Laptop | undefined;
afterEach(() => laptop?.remove());

async function remarked(files: Record<string, string>): Promise<readonly string[]> {
  const root = ["shared/lib.sh", "go.mod", "package.json", "lib/x.js", "bin/amd64", "tool-arm64", "yarn.lock"];
  const own = ["images/web/main.go", "images/web/lib/y.ts"];
  const all = Object.fromEntries([...root, ...own].map((path) => [path, "x"]));
  laptop = makeLaptop({ ...all, ...files });
  laptop.commit({ "README.md": "y" });
  const { text, beside } = await laptop.plan({ event: "workflow_dispatch" });
  return `${text}\n${beside.join("\n")}`
    .split("\n")
    .filter((line) => line.includes("in the repository's root but not in"));
}

test.each([
  [
    "a directory",
    "COPY shared /x",
    /^.*web copies shared \(images\/web\/Dockerfile:2\), which is in the repository's root but not in its context images\/web/,
  ],
  ["a file in one, beside the whole context", "COPY . .\nCOPY shared/lib.sh /x", /web copies shared\/lib\.sh \(.*:3\)/],
  ["by way of the folder above", "COPY ../../shared /x", /web copies \.\.\/\.\.\/shared/],
  [
    "the context's own files, by their path from the root",
    "COPY images/web/main.go /x",
    /web copies images\/web\/main\.go/,
  ],
  ["by a wildcard", "COPY shared/*.sh /x", /web copies shared\/\*\.sh/],
  ["by a wildcard with nothing before it", "COPY package*.json ./", /web copies package\*\.json \(.*:2\)/],
  ["by a wildcard alone", "COPY *.json /", /web copies \*\.json/],
  ["by a class", "COPY go.[ms]* /", /web copies go\.\[ms\]\*/],
  ["by a question mark", "COPY go.m?d /", /web copies go\.m\?d/],
  ["by a wildcard in a folder that both have", "COPY lib/*.js /", /web copies lib\/\*\.js/],
  ["by a wildcard in a folder's name", "COPY sha*/lib.sh /", /web copies sha\*\/lib\.sh/],
  ["by two wildcards", "COPY package*.json go.* ./", /web copies package\*\.json \(.*:2\), go\.\* \(/],
  [
    "by a platform that nobody knows",
    "ARG TARGETARCH\nCOPY bin/$TARGETARCH /x",
    /web copies bin\/\$TARGETARCH \(.*:3\)/,
  ],
  ["by part of one", "ARG TARGETARCH\nCOPY bin/${TARGETARCH%64} /x", /web copies bin\/\$\{TARGETARCH%64\} \(.*:3\)/],
  ["by a platform, in a file's name", "ARG TARGETARCH\nCOPY tool-$TARGETARCH /x", /web copies tool-\$TARGETARCH \(/],
  ["beside what is there", "COPY main.go go.mod /", /web copies go\.mod \(/],
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
    expect.stringMatching(/2 images copy what is in .*: api \(shared, images\/api\/Dockerfile:2\), web \(shared/),
  ]);
});

test.each([
  ["is in both", "COPY shared /x", { "images/web/shared/lib.sh": "x" }],
  ["is in neither", "COPY made-later /x", {}],
  ["is in both, by a wildcard", "COPY package*.json /", { "images/web/package-lock.json": "x" }],
  ["is in neither, by a wildcard", "COPY *.py /", {}],
  ["is anything", "COPY * /", {}],
  ["may be missing beside what is there", "COPY main.go yarn.lock* /", {}],
  ["may be missing, as is written", "COPY yarn.loc[k] /", {}],
  ["is by a pattern that nobody compares", "COPY [^a]*.json /", {}],
  ["is for any platform in both", "ARG TARGETARCH\nCOPY bin/$TARGETARCH /", { "images/web/bin/arm64": "x" }],
  ["is for any platform in neither", "ARG TARGETARCH\nCOPY out/$TARGETARCH /", {}],
  [
    "is a named context's, the main one being elsewhere",
    "COPY --from=shared shared /x",
    { ".github/image-publish.yml": "images: {web: {build-contexts: {shared: .}}}" },
  ],
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
