/** Patterns of an untrusted checkout: which images there are it decides, where they are pushed its base does. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { commit } from "../../../src/model/run-context.ts";
import { readCatalog } from "../../../src/stages/analyze/read-catalog.ts";
import { type GitServer, serveGit } from "../changes/git-server.ts";
import { type Repository, Workplace } from "../changes/repository.ts";
import { openedSession } from "./opened-session.ts";

jest.setTimeout(60_000);

const config = ".github/image-publish.yml";
const place = new Workplace();
const none = commit("0".repeat(40));
const commits = { main: none, fork: none };
let forge: Repository;
let server: GitServer;

const pattern = (host: string, path: string): string =>
  `discover:\n  - path: "${path}"\n    name: "{{matrix.version}}-{{matrix.variant}}"\n    images: ${host}/o/{{matrix.version}}/{{matrix.variant}}\n`;

beforeAll(async () => {
  forge = place.forge();
  const files = { "3.12/slim/Dockerfile": "FROM scratch\n" };
  commits.main = forge.record({ ...files, [config]: pattern("base.example", "{version}/{variant}") });
  commits.fork = forge.record(
    {
      "3.13/slim/Dockerfile": "FROM scratch\n",
      "more/4/full/Dockerfile": "FROM scratch\n",
      [config]: `${pattern("evil.example", "{version}/{variant}")}${pattern("evil.example", "more/{version}/{variant}").replace("discover:\n", "")}`,
    },
    commits.main,
  );
  forge.point("main", commits.main);
  forge.git("update-ref", "refs/pull/7/head", commits.fork);
  server = await serveGit(forge.folder, `basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`);
});

afterAll(async () => {
  await server.close();
  place.remove();
});

test("images that the base's pattern finds, too, are pushed where it says; others by default", async () => {
  const session = await openedSession(
    { place, forge, server },
    { event: "workflow_run", ref: "refs/heads/main", sha: commits.main, head: commits.fork },
  );
  expect(session.trust.kind).toBe("untrusted");
  const { catalog, remarks } = await readCatalog(session, session.outside.files);
  const pushed = catalog.images.map(({ name, repositories }) => [
    name,
    repositories.join().replace(/^127[^/]*/, "forge"),
  ]);
  expect(Object.fromEntries(pushed)).toEqual({
    "3.12-slim": "base.example/o/3.12/slim",
    "3.13-slim": "base.example/o/3.13/slim",
    "4-full": expect.not.stringContaining("evil"),
  });
  expect(remarks.map(({ message }) => message)).toContainEqual(expect.stringMatching(/`images` .* ignored/));
});
