import { describe, expect, test } from "@jest/globals";
import { repository } from "../../../src/model/reference.ts";
import { parseImageNames, repositoriesOf, variantCollisions } from "../../../src/tags/image-names.ts";
import { context, lines } from "./facts.ts";

const repositories = (text: string, serverUrl = "https://github.com", isRoot = false) => {
  const { values, problems } = parseImageNames(lines(text, "images"));
  const facts = { context: { ...context({ ref: "refs/heads/main" }), serverUrl }, name: "Base", isRoot };
  const found = repositoriesOf(values, facts);
  return { names: found.values, problems: [...problems, ...found.problems].map(({ message }) => message) };
};

describe("where an image is pushed", () => {
  test.each([
    ["by default", "", ["ghcr.io/mieweb/opensource-server/base"]],
    ["a bare name", "Example/App", ["docker.io/example/app"]],
    ["several bare names", "o/a,o/b", ["docker.io/o/a", "docker.io/o/b"]],
    ["lines", "ghcr.io/o/a\nname=quay.io/o/a", ["ghcr.io/o/a", "quay.io/o/a"]],
    ["a line that is not enabled", "ghcr.io/o/a\nquay.io/o/a,enable=false", ["ghcr.io/o/a"]],
    [
      "enabled by expression",
      "ghcr.io/o/a\nname=quay.io/o/a,enable={{is_default_branch}}",
      ["ghcr.io/o/a", "quay.io/o/a"],
    ],
    [
      "expressions, lower case",
      "localhost:5000/{{owner}}/{{repo}}-{{name}}",
      ["localhost:5000/mieweb/opensource-server-base"],
    ],
    ["each once", "ghcr.io/o/a\nghcr.io/o/A", ["ghcr.io/o/a"]],
  ])("%s", (_, text, names) => {
    expect(repositories(text)).toEqual({ names, problems: [] });
  });

  test.each([
    ["one that isn't enabled", "ghcr.io/o/a\nquay.io/o/a,enable=false", ["quay.io/o/a"]],
    ["by an expression", "ghcr.io/o/a\nquay.io/o/a,enable={{is_not_default_branch}}", ["quay.io/o/a"]],
    ["enabled on another line", "ghcr.io/o/a\nghcr.io/o/A,enable=false", []],
    ["no name, so that it isn't missed", "ghcr.io/o/a\nghcr.io/o/a b,enable=false", []],
    ["with a tag", "ghcr.io/o/a\nquay.io/o/a:x,enable=false", []],
  ])("a line that this run doesn't push to: %s", (_, text, unpushed) => {
    expect(repositories(text)).toEqual({ names: ["ghcr.io/o/a"], problems: [] });
    const facts = { context: context({ ref: "refs/heads/main" }), name: "Base", isRoot: false };
    const { values } = parseImageNames(lines(text, "images"));
    expect(
      repositoriesOf(values, { ...facts, context: { ...facts.context, serverUrl: "https://github.com" } }),
    ).toMatchObject({ unpushed });
  });

  test("the root's image has no name of its own behind the repository's", () => {
    expect(repositories("", "https://github.com", true).names).toEqual(["ghcr.io/mieweb/opensource-server"]);
  });

  test.each([
    ["https://forge.example.org", "forge.example.org/mieweb/opensource-server/base"],
    ["http://forge.example.org:3000", "forge.example.org:3000/mieweb/opensource-server/base"],
  ])("on another forge it is the forge's own registry: %s", (serverUrl, name) => {
    expect(repositories("", serverUrl).names).toEqual([name]);
  });

  test.each([
    ["name=", /names no image/],
    ["o/a,name=o/b", /names an image twice/],
    ["o/a,enable=bar", /enable=bar is neither/],
    ["o/a,enabled=true", /no attribute "enabled"/],
    ["ghcr.io/o/a:tag", /"ghcr.io\/o\/a:tag" isn't a valid image name/],
    ["ghcr.io/{{version}}/a", /\{\{version\}\} has no meaning here/],
    ["ghcr.io/a b", /isn't a valid image name/],
  ])("%s is an error with its line", (text, problem) => {
    const { problems } = repositories(`quay.io/o/fine\n${text}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^the input "images", line 2: /);
    expect(problems[0]).toMatch(problem);
  });
});

test("the two variants of an image share a repository, as long as their tags differ", () => {
  const repositories = [repository("ghcr.io/o/app")];
  const variants = (isAlike: boolean) =>
    ["app", "app-nix"].map((name) => ({ name, publicName: "app", repositories, isAlike }));
  expect(variantCollisions(variants(false))).toEqual([]);
  expect(variantCollisions(variants(true))).toMatchObject([
    { message: "app and app-nix would have the same tags in ghcr.io/o/app", hint: expect.stringContaining("suffix") },
  ]);
});
