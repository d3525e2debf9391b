/** What `bump --dry-run` does: with real git, a registry over HTTP, and a forge that only counts. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { bump } from "../../../../src/commands/bump.ts";
import type { Commit } from "../../../../src/model/run-context.ts";
import { mediaTypes } from "../../../../src/oci/manifest.ts";
import { recordAnnotations } from "../../../../src/plan/record.ts";
import { type FakeRegistry, fakeRegistry } from "../../../unit/oci/fake-registry.ts";
import { recordOf } from "../../../unit/publish/commits.ts";
import { type GitServer, serveGit } from "../../changes/git-server.ts";
import { type Repository, Workplace } from "../../changes/repository.ts";
import { openedSession } from "../opened-session.ts";
import { withRegistry } from "../registry-session.ts";

jest.setTimeout(60_000);

const place = new Workplace();
let forge: Repository;
let server: GitServer;
let registry: FakeRegistry;
let main: Commit;

beforeAll(async () => {
  registry = await fakeRegistry();
  forge = place.forge();
  main = forge.record({
    "images/app/Dockerfile": "FROM scratch\n",
    "deploy/app.yaml": `image: ${registry.host}/octo/images/app:1.0.0\n`,
  });
  forge.point("main", main);
  server = await serveGit(forge.folder, `basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`);
  const annotations = recordAnnotations(recordOf(main, { repository: "octo/images" }));
  const newest = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [], annotations };
  registry.store("octo/images/app", newest, "1.1.0", "main", "latest");
});

afterAll(async () => {
  await Promise.all([server.close(), registry.close()]);
  place.remove();
});

async function bumped(dryRun: boolean) {
  const inputs = { images: `${registry.host}/octo/images/{{name}}`, "dry-run": String(dryRun), bump: "true" };
  const prepare = (checkout: Repository) => checkout.setRemote(`file://${forge.folder}`);
  const asking = { event: "push", ref: "refs/heads/main", sha: main, head: main, inputs, prepare };
  const opened = await openedSession({ place, forge, server }, asking);
  const { session, asked } = withRegistry(opened, registry);
  const before = registry.seen.length;
  const result = await bump(session);
  const wrote = registry.seen.slice(before).filter(({ method }) => method !== "GET" && method !== "HEAD");
  return { result, asked, wrote };
}

test("`bump --dry-run` shows the pins that would move, asks no forge and writes nothing", async () => {
  const { result, asked, wrote } = await bumped(true);
  expect(result.json).toEqual([
    {
      path: "deploy/app.yaml",
      pins: [expect.objectContaining({ image: "app", line: 1, to: `${registry.host}/octo/images/app:1.1.0` })],
    },
  ]);
  expect(result.text({ colour: false, width: 100 })).toContain("1 pin would move, by pull request.");
  expect(result.failures).toEqual([]);
  expect({ asked, wrote }).toEqual({ asked: [], wrote: [] });
});

test("without it, the forge is asked", async () => {
  const { asked } = await bumped(false);
  expect(asked.length).toBeGreaterThan(0);
});
