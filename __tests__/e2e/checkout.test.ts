// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write expressions so
/** Checkouts that are not the whole repository in the workspace's root: in a folder of it, and sparse ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { checkOut } from "../../rig/checkout.ts";
import { api, up } from "../../rig/index.ts";
import { withCodeScanning } from "./code-scanning-fake.ts";
import { firstPush } from "./events.ts";
import { host, onForge } from "./on-gitea.ts";
import { type Changes, git, makeProject, type Project } from "./project.ts";
import { tagsOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(240_000);

const main = "refs/heads/main";

async function checkedOutIn(workspace: string, name: string, project: Project): Promise<void> {
  const sha = project.git("rev-parse", main);
  await checkOut({ repository: project.folder, target: join(workspace, name), ref: main, sha, fetchDepth: 1 });
}

/** An Alpine Linux with a package that has a critical finding. */
const vulnerable: Changes = {
  "images/web/Dockerfile": "FROM scratch\nCOPY root /\n",
  "images/web/root/etc/os-release": 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n',
  "images/web/root/lib/apk/db/installed": "P:openssl\nV:3.3.1-r0\nA:x86_64\no:openssl\nL:MIT\n\n",
  "ci/images.yml": "images: {tools: {file: tools/Dockerfile}}\n",
  "tools/Dockerfile": "FROM scratch\nCOPY words /\n",
  "tools/words": "x",
};

describe("a checkout in a folder of the workspace, beside another one", () => {
  test("is published and scanned as any, with paths of the repository", async () => {
    await withCodeScanning({}, async ({ apiUrl, alerts, uploads }) => {
      const project = makeProject(vulnerable);
      const workspace = newFolder("workspace");
      await checkedOutIn(workspace, "src", project);
      await checkedOutIn(workspace, "other", makeProject({ "images/other/Dockerfile": "FROM scratch\n" }));
      const run = await runAction(project, {
        ...firstPush,
        workspace,
        inputs: { workdir: "src/", config: "ci/images.yml", scan: "true", sarif: "upload", token: "t" },
        env: { TRIVY_DB_REPOSITORY: rig.trivy.db, TRIVY_JAVA_DB_REPOSITORY: rig.trivy.javaDb, GITHUB_API_URL: apiUrl },
      });
      expect(Object.keys(run.images).sort()).toEqual(["tools", "web"]);
      expect(await tagsOf(`${project.own}/tools`)).toContain("latest");
      expect(run.annotations).toContainEqual(
        expect.objectContaining({ level: "error", file: "images/web/Dockerfile" }),
      );
      expect(alerts(main).map(({ path }) => path)).toEqual([expect.stringMatching(/^images\/web\/Dockerfile$/)]);
      expect(JSON.stringify(uploads.map(({ sarif }) => sarif.runs.map(({ results }) => results)))).not.toContain(
        "src/images",
      );
    });
  });

  test("has its pins moved by a pull request", async () => {
    await up({ only: ["gitea"], say: () => {} });
    const workflow = `on: { push: { branches: [main] } }
jobs:
  images:
    runs-on: docker
    steps:
      - uses: actions/checkout@v5
      - run: mkdir .src && find . -mindepth 1 -maxdepth 1 ! -name .src -exec mv -t .src {} + && mv .src src
      - uses: org/image-publish@v1
        with:
          workdir: src
          tags: type=version,from=arg:V
          registry-username: \${{ github.repository_owner }}
          registry-password: \${{ secrets.PACKAGES }}
          bump: true
          bump-token: \${{ secrets.BUMP }}
          scan: false
`;
    const hosted = await host(
      onForge({
        ".gitea/workflows/images.yml": workflow,
        "images/app/Dockerfile": "FROM scratch\nARG V=1.2.3\nCOPY Dockerfile /\n",
        "deploy/app.yaml": "spec: {containers: [{name: app, image: {own}/app:1.2.2}]}\n",
      }),
    );
    expect(await hosted.publish()).toMatchObject({ code: 0, annotations: [] });
    const [pull, ...others] = (await api(`repos/${hosted.project.slug}/pulls?state=open`)) as readonly {
      readonly number: number;
      readonly title: string;
    }[];
    expect(others).toEqual([]);
    expect(pull?.title).toBe("Bump app from 1.2.2 to 1.2.3");
    const changed = await api(`repos/${hosted.project.slug}/pulls/${pull?.number}/files`);
    expect(changed).toMatchObject([{ filename: "deploy/app.yaml" }]);
  }, 600_000);
});

const several: Changes = {
  "images/base/Dockerfile": "FROM scratch\nCOPY a /\n",
  "images/base/a": "1",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY b /\n",
  "images/web/b": "1",
  "images/api/Dockerfile": "FROM scratch\nCOPY c d /\n",
  "images/api/c": "1",
  "images/api/d": "1",
  "images/worker/Dockerfile": "FROM {own}/api\n",
  "bake/docker-bake.hcl":
    'group "default" { targets = ["one", "two"] }\ntarget "one" { context = "one" }\ntarget "two" { context = "../images/base" }\n',
  "bake/one/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
  "composed/compose.yaml":
    "include: [more/compose.yaml]\nservices:\n  first:\n    build: ./first\n    image: first\n    env_file: env/first\n",
  "composed/more/compose.yaml": "services:\n  second:\n    build: .\n    image: second\n",
  "composed/more/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
  "composed/env/first": "A=1\n",
  "composed/first/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
};

describe("a sparse checkout", () => {
  const path = "images/*,bake,bake/*,composed,composed/*";
  let project: Project;
  beforeAll(() => {
    project = makeProject(several);
  });

  async function sparse(...patterns: readonly string[]): Promise<string> {
    const workspace = await project.checkOut();
    git(workspace, "sparse-checkout", "set", ...patterns);
    return workspace;
  }
  const planned = (run: Ended): unknown => JSON.parse(readFileSync(run.outputs.plan ?? "", "utf8"));

  test("plans what the whole one does, bake and compose files included", async () => {
    const inputs = { command: "plan", path };
    const whole = await runAction(project, { ...firstPush, inputs });
    expect(Object.keys(whole.images).sort()).toEqual(["api", "first", "more", "one", "two", "web", "worker"]);
    for (const patterns of [["images/web"], ["--no-cone", "/README.md"], ["composed/more"]]) {
      const run = await runAction(project, { ...firstPush, inputs, workspace: await sparse(...patterns) });
      expect(planned(run)).toEqual(planned(whole));
    }
  });

  test("publishes what it has all of, and fails what it has a part of", async () => {
    const workspace = await sparse("images/base", "images/web", "images/worker");
    const run = await runAction(project, { ...firstPush, workspace, inputs: { path: "images/*" } });
    expect(run.code).toBe(1);
    const errors = run.annotations.filter(({ level }) => level === "error");
    expect(errors).toMatchObject([
      {
        file: "images/api/Dockerfile",
        message: expect.stringMatching(
          /api is built from images\/api\/Dockerfile and 2 more, which this sparse checkout leaves out[^→]*→ add images\/api to `sparse-checkout`/,
        ),
      },
    ]);
    expect(await tagsOf(`${project.own}/web`)).toContain("latest");
    for (const name of ["api", "worker"]) expect(await tagsOf(`${project.own}/${name}`)).toEqual([]);
    const next = await runAction(project, { ...firstPush, inputs: { path: "images/*" } });
    expect(next.code).toBe(0);
    const { base, web, api: built, worker } = next.images;
    expect([base, web, built, worker].map((image) => image?.action)).toEqual(["skip", "skip", "build", "build"]);
  });
});
