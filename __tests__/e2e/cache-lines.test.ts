/** Docker's own cache lines in every odd spelling, and who stays untouched: a registry, a bucket and a folder. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { cacheToken } from "../../rig/index.ts";
import { firstPush, pullRequest } from "./events.ts";
import { type ForgeFront, serveForge } from "./forge-front.ts";
import { withServer } from "./http-server.ts";
import { makeProject, type Project } from "./project.ts";
import { tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

jest.setTimeout(180_000);

/** Each writes to a place of its own: a tag, the bucket, a folder of the workspace. */
const lines = (own: string, bucket: string): readonly string[] => [
  `"type=registry","ref=${own}/kept:quoted"`,
  `ref=${own}/kept:first,type=registry`,
  `TYPE=registry,REF=${own}/kept:upper`,
  `type=gha,scope=none,type=registry,ref=${own}/kept:twice`,
  `${own}/kept:bare`,
  `"type=s3",region=r,bucket=b,use_path_style=true,access_key_id=a,secret_access_key=s,endpoint_url=http://${bucket}`,
  `dest=kept-folder,"type=local"`,
  "type=inline",
];
const keptTags = ["bare", "first", "quoted", "twice", "upper"];

interface World {
  readonly project: Project;
  readonly main: string;
  readonly fork: string;
  readonly forge: ForgeFront;
}

let world: World;

beforeAll(async () => {
  const project = makeProject({ "images/app/Dockerfile": "FROM scratch\nCOPY page /\n", "images/app/page": "main\n" });
  const main = project.git("rev-parse", "HEAD");
  project.git("checkout", "--quiet", "-b", "next");
  const fork = project.commit({ "images/app/page": "next\n" });
  project.git("checkout", "--quiet", "main");
  world = { project, main, fork, forge: await serveForge(project, { 7: fork }) };
});

afterAll(() => world.forge.close());

interface Touched {
  readonly run: Ended;
  readonly tags: readonly string[];
  /** Whether anything was written into the bucket. */
  readonly bucket: boolean;
  readonly folder: boolean;
}

/** Runs with these lines in the config file, that of the base too, and looks at what they name. */
async function touched(happening: Happening, commit: string, name: string, inputLines = ""): Promise<Touched> {
  const { project, forge } = world;
  const own = `${project.own}/${name}`;
  let writes = 0;
  return withServer(
    (request, response) => {
      if (request.method === "PUT" || request.method === "POST") writes += 1;
      request.resume();
      const status = request.method === "PUT" ? 200 : 404;
      request.on("end", () => response.writeHead(status, { etag: '"e"' }).end());
    },
    async (bucket) => {
      const workspace = await project.checkOut({ ref: happening.ref ?? "refs/heads/main", sha: commit, depth: 0 });
      const given = inputLines === "" ? lines(own, bucket).join("\n") : inputLines;
      const inputs = { images: `${own}/{{name}}`, "cache-to": given, converge: "false", ...happening.inputs };
      const run = await runAction(project, {
        ...happening,
        workspace,
        inputs,
        env: { ...forge.env, ...happening.env },
      });
      const folder = existsSync(join(workspace, "kept-folder"));
      return { run, tags: await tagsOf(`${own}/kept`), bucket: writes > 0, folder };
    },
  );
}

/** Nothing is to be done about it: a line of the log, and no annotation. */
const remarks = ({ log, annotations }: Ended): readonly string[] => {
  expect(annotations.filter(({ message }) => message.includes('lines of "cache-to"'))).toEqual([]);
  return log.split("\n").filter((line) => line.includes('lines of "cache-to" are left out'));
};

test("a push writes to all of them, as buildx reads the lines", async () => {
  const { run, ...places } = await touched(firstPush, world.main, "pushed");
  expect({ code: run.code, remarks: remarks(run), ...places }).toEqual({
    code: 0,
    remarks: [],
    tags: keptTags,
    bucket: true,
    folder: true,
  });
});

test("a push that `push: false` keeps from pushing writes the folder alone", async () => {
  const { run, ...places } = await touched({ ...firstPush, inputs: { push: "false" } }, world.main, "unpushed");
  expect(places).toEqual({ tags: [], bucket: false, folder: true });
  expect({ code: run.code, remarks: remarks(run).length }).toEqual({ code: 0, remarks: 1 });
});

const queue = "refs/heads/gh-readonly-queue/main/pr-7-a";

const restricted: readonly {
  readonly what: string;
  readonly name: string;
  readonly happening: () => Happening;
  readonly pushes: boolean;
}[] = [
  {
    what: "an own pull request, though it is pushed",
    name: "own",
    happening: () => ({ ...pullRequest(world.project, "next"), inputs: { push: "true" } }),
    pushes: true,
  },
  {
    what: "a fork's pull request",
    name: "fork",
    happening: () => ({ ...pullRequest(world.project, "next", { from: "mallory/images" }), inputs: { push: "true" } }),
    pushes: false,
  },
  {
    what: "a merge group",
    name: "group",
    happening: () => {
      world.project.git("update-ref", queue, world.fork);
      const group = { base_sha: world.main, head_sha: world.fork, base_ref: "refs/heads/main" };
      return { event: "merge_group", ref: queue, payload: { action: "checks_requested", merge_group: group } };
    },
    pushes: false,
  },
];

test.each(restricted)("$what writes to no registry and no bucket", async ({ name, happening, pushes }) => {
  const event = happening();
  const commit = world.project.git("rev-parse", event.ref ?? "");
  const { run, tags, bucket } = await touched(event, commit, name);
  expect({ code: run.code, tags, bucket, remarks: remarks(run).length }).toEqual({
    code: 0,
    tags: [],
    bucket: false,
    remarks: 1,
  });
  const images = await tagsOf(`${world.project.own}/${name}/app`);
  expect(images.filter((tag) => tag.startsWith("pr-"))).toEqual(pushes ? ["pr-7"] : []);
});

test("a checkout of a fork's commit writes to none, also where it is pushed", async () => {
  const project = makeProject({ "images/app/Dockerfile": "FROM scratch\nCOPY page /\n", "images/app/page": "main\n" });
  const main = project.commit({ ".github/image-publish.yml": configOf(project) });
  project.git("checkout", "--quiet", "-b", "of-the-fork");
  const fork = project.commit({ "images/app/page": "fork\n" });
  project.git("checkout", "--quiet", "main");
  project.git("branch", "--quiet", "-D", "of-the-fork");
  project.git("update-ref", "refs/pull/7/head", fork);
  const forge = await serveForge(project, { 7: fork });
  try {
    const workspace = await project.checkOut({ ref: "refs/pull/7/head", sha: fork });
    const inputs = { images: `${project.own}/preview`, push: "untrusted" };
    const run = await runAction(project, { event: "workflow_run", sha: main, workspace, inputs, env: forge.env });
    expect({ code: run.code, remarks: remarks(run).length }).toEqual({ code: 0, remarks: 1 });
    expect(await tagsOf(`${project.own}/preview`)).toEqual(["pr-7", `sha-${fork}`]);
    expect(await tagsOf(`${project.own}/kept`)).toEqual([]);
    expect(existsSync(join(workspace, "kept-folder"))).toBe(false);
  } finally {
    forge.close();
  }
});

function configOf(project: Project): string {
  const config = lines(project.own, "127.0.0.1:9").map((line) => `    - '${line}'`);
  return ["defaults:", "  cache-to:", ...config, ""].join("\n");
}

test("lines of the cache service keep their scope on a pull request, and a Forgejo's is not written", async () => {
  const scope = `texts-${process.pid}-${Date.now().toString(36)}`;
  const service = {
    ACTIONS_RESULTS_URL: rig.cache.resultsUrl,
    ACTIONS_CACHE_SERVICE_V2: "true",
    ACTIONS_RUNTIME_TOKEN: cacheToken(["refs/pull/7/merge", "refs/heads/main"]),
  };
  const line = `"type=gha","scope=${scope}"`;
  const scopes = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${rig.cache.resultsUrl}entries`);
    const entries = (await answer.json()) as readonly { readonly key: string; readonly scope: string }[];
    return entries.filter(({ key }) => key.includes(scope)).map((entry) => entry.scope);
  };
  const event = pullRequest(world.project, "next");
  const commit = world.project.git("rev-parse", event.ref ?? "");
  const forgejo = { ...service, FORGEJO_ACTIONS: "true" };
  const kept = await touched({ ...event, env: forgejo }, commit, "service-1", line);
  expect(kept.run.code).toBe(0);
  expect(await scopes()).toEqual([]);
  const written = await touched({ ...event, env: service }, commit, "service-2", line);
  expect({ code: written.run.code, remarks: remarks(written.run) }).toEqual({ code: 0, remarks: [] });
  expect(new Set(await scopes())).toEqual(new Set(["refs/pull/7/merge"]));
});

test("a type that BuildKit doesn't have ends the run before anything is built", async () => {
  const { run } = await touched(firstPush, world.main, "unknown", "type=REGISTRY,ref=r/c");
  expect(run.code).toBe(1);
  expect(run.annotations[0]?.message).toMatch(/"REGISTRY" isn't a type of cache[\s\S]*did you mean type=registry\?/);
});
