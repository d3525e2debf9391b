/** `plan` of images that are tags of one repository, with real git and no network. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import type { Plan } from "../../../src/plan/plan.ts";
import { Workplace } from "../changes/repository.ts";

jest.setTimeout(60_000);

const workplace = new Workplace();
afterAll(() => workplace.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const dockerfile = "FROM debian:13\nCOPY . /\n";

async function planOf(config: string, files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const repository = workplace.alone();
  repository.setRemote("https://github.com/acme/shop.git");
  repository.point("refs/remotes/origin/main", repository.start({ "README.md": "1" }));
  repository.commit({ ...files, ".github/image-publish.yml": config });
  const index = join(import.meta.dirname, "../../../src/index.ts");
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    NODE_NO_WARNINGS: "1",
    NODE_COMPILE_CACHE: join(workplace.folder, "compiled"),
  };
  return new Promise<Ended>((done) => {
    execFile(
      process.execPath,
      [index, "plan", "--json", ...args],
      { cwd: repository.folder, env },
      (error, out, err) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      },
    );
  });
}

function tagsIn({ out }: Ended): readonly string[] {
  const plan = JSON.parse(out) as Plan;
  return plan.images.flatMap((image) => ("tags" in image ? image.tags.map(({ tag }) => `${image.name}=${tag}`) : []));
}

const variants = { "images/cli/Dockerfile": dockerfile, "images/fpm/Dockerfile": dockerfile };
const suffixes =
  'images: {cli: {flavor: "suffix=-cli,onlatest=true"}, fpm: {flavor: "suffix=-fpm,onlatest=true"}}\n' +
  "defaults: {images: ghcr.io/acme/php}\n";

describe("images of one repository", () => {
  test.each([
    ["a push", [], ["cli=main-cli", "fpm=main-fpm"]],
    ["a release", ["--event", "release", "--ref", "v1.2.3"], ["cli=1.2.3-cli", "fpm=1.2.3-fpm"]],
  ])("are planned with their own tags on %s", async (_, args, expected) => {
    const ended = await planOf(suffixes, variants, args);
    expect(ended).toMatchObject({ code: 0 });
    expect(tagsIn(ended)).toEqual(expect.arrayContaining(expected));
  });

  test.each([
    ["by default", "defaults: {images: ghcr.io/acme/php}\n", "a push to main"],
    [
      "on releases alone",
      "defaults: {images: ghcr.io/acme/php}\nimages:\n  cli: {tags: [type=edge, 'type=semver,pattern={{version}}']}\n  fpm: {tags: ['type=edge,value=fpm', 'type=semver,pattern={{version}}']}\n",
      "the release v1.2.3",
    ],
    [
      "on schedules alone",
      "defaults: {images: ghcr.io/acme/php}\nimages:\n  cli: {tags: [type=edge, type=schedule]}\n  fpm: {tags: ['type=edge,value=fpm', type=schedule]}\n",
      "a schedule",
    ],
    [
      "on pull requests alone",
      "defaults: {images: ghcr.io/acme/php}\nimages:\n  cli: {tags: [type=edge, 'type=ref,event=pr']}\n  fpm: {tags: ['type=edge,value=fpm', 'type=ref,event=pr']}\n",
      "a pull request",
    ],
  ])("that would have one tag are an error: %s", async (_, config, event) => {
    const { code, err } = await planOf(config, variants);
    expect(code).toBe(1);
    expect(err).toMatch(/the images cli and fpm would both have the tag ghcr\.io\/acme\/php:/);
    expect(err).toContain(`on ${event}`);
    expect(err).toMatch(/suffix/);
  });
});

describe("a reference to a tag of the repository", () => {
  const parents = ({ out }: Ended) => {
    const child = (JSON.parse(out) as Plan).images.find(({ name }) => name === "child");
    return child !== undefined && "parents" in child ? child.parents : [];
  };

  test.each([
    ["moves to an image", "main-fpm", [], ["fpm"]],
    ["moves to an image, seen from another branch", "main-fpm", ["--ref", "refs/heads/feature"], ["fpm"]],
    ["moves to an image, seen from a release", "main-fpm", ["--event", "release", "--ref", "v1.2.3"], ["fpm"]],
    ["is given to an image by this release", "1.2.3-fpm", ["--event", "release", "--ref", "v1.2.3"], ["fpm"]],
    ["is a version for every other event", "1.2.3-fpm", [], []],
    ["is of no image", "main-zts", [], []],
  ])("that %s (%s)", async (_, tag, args, expected) => {
    const files = { ...variants, "images/child/Dockerfile": `FROM ghcr.io/acme/php:${tag}\n` };
    const config = suffixes.replace("images: {", "images: {child: {images: ghcr.io/acme/child}, ");
    const ended = await planOf(config, files, args);
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.stringify(parents(ended))).toContain(expected[0] ?? "[]");
  });
});
