/** What only a whole workflow shows: expressions and outputs between steps, a red job, a cancelled run. */
import { randomInt } from "node:crypto";
import { expect, jest, test } from "@jest/globals";
import { runWorkflow, type WorkflowOptions, type WorkflowResult } from "../../rig/workflow.ts";
import { processes } from "./docker.ts";
import { noCommit } from "./events.ts";
import { makeProject, type Project } from "./project.ts";
import { isUntouched, tagsOf } from "./registry.ts";
import { rig, root } from "./rig.ts";

jest.setTimeout(180_000);

const workflow = `on:
  push: {}
  workflow_dispatch: { inputs: { only: { description: Images to publish } } }
jobs:
  images:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - id: publish
        uses: org/image-publish@v1
        with:
          only: \${{ inputs.only }}
          build-args: |
            CHANNEL=\${{ vars.CHANNEL }}
          secrets: |
            key=\${{ secrets.KEY }}
      - id: after
        if: always()
        env: { IMAGES: "\${{ steps.publish.outputs.images }}" }
        run: |
          echo "first=\${{ fromJSON(steps.publish.outputs.images)[0].name }}" >>"$GITHUB_OUTPUT"
          echo "any=\${{ steps.publish.outputs.any-affected }}" >>"$GITHUB_OUTPUT"
          echo "outcome=\${{ steps.publish.outcome }}" >>"$GITHUB_OUTPUT"
`;

/** A push of `main`, unless told otherwise. */
function play(project: Project, options: Partial<WorkflowOptions> = {}): Promise<WorkflowResult> {
  const [owner = "", name = ""] = project.slug.split("/");
  const repository = { full_name: project.slug, name, default_branch: "main", private: false, owner: { login: owner } };
  return runWorkflow({
    repository: project.folder,
    event: "push",
    ref: "refs/heads/main",
    env: {
      GITHUB_SERVER_URL: `http://${rig.registry}`,
      // There is no API, and so no code scanning.
      GITHUB_API_URL: `http://${rig.registry}/api/v1`,
      BUILDX_BUILDER: rig.builder,
    },
    variables: { CHANNEL: "stable" },
    secrets: { KEY: "key-of-the-build-4711" },
    actionDirectory: root,
    ...options,
    payload: { before: noCommit, created: true, ...options.payload, repository },
  });
}

test("inputs, variables and secrets get in, outputs get out", async () => {
  const project = makeProject({
    ".github/workflows/images.yml": workflow,
    "images/api/Dockerfile": "FROM scratch\nCOPY * /\n",
    "images/web/Dockerfile":
      'FROM busybox:1.37\nARG CHANNEL\nRUN --mount=type=secret,id=key test "$CHANNEL $(wc -c </run/secrets/key)" = "stable 21"\n',
  });
  const result = await play(project, { event: "workflow_dispatch", payload: { inputs: { only: "web" } } });
  expect(result).toMatchObject({ code: 0, annotations: [], jobs: { images: "success" } });
  expect(result.outputs.images?.after).toEqual({ first: "api", any: "true", outcome: "success" });
  expect(result.outputs.images?.publish?.affected).toBe('["web"]');
  expect(result.log).not.toContain("key-of-the-build-4711");
  expect(await tagsOf(`${project.own}/web`)).toContain("latest");
  expect(await tagsOf(`${project.own}/api`)).toEqual([]);
});

test("a build that fails makes the job red, with an annotation, and steps after it still see what happened", async () => {
  const project = makeProject({
    ".github/workflows/images.yml": workflow,
    "images/bad/Dockerfile": "FROM busybox:1.37\nRUN false\n",
    "images/good/Dockerfile": "FROM scratch\nCOPY * /\n",
  });
  const result = await play(project);
  expect(result.code).not.toBe(0);
  expect(result.jobs).toEqual({ images: "failure" });
  expect(result.annotations).toEqual([
    expect.objectContaining({
      level: "error",
      properties: expect.objectContaining({ file: "images/bad/Dockerfile", line: "2", title: "bad failed" }),
    }),
  ]);
  expect(result.outputs.images?.after).toEqual({ first: "bad", any: "true", outcome: "failure" });
  expect(result.summary).toMatch(/^## ❌ /);
  expect(await tagsOf(`${project.own}/good`)).toContain("latest");
});

test("a run that is cancelled ends its builds", async () => {
  const sleeping = `sleep ${randomInt(100_000, 999_999)}`;
  const project = makeProject({
    ".github/workflows/images.yml": workflow,
    "images/slow/Dockerfile": `FROM busybox:1.37\nRUN ${sleeping}\n`,
  });
  const isAsleep = (): boolean => [...processes().values()].some((line) => line.endsWith(sleeping));
  const cancelled = new AbortController();
  const watch = setInterval(() => {
    if (isAsleep()) cancelled.abort();
  }, 100);
  const result = await play(project, { signal: cancelled.signal, limit: 90 }).finally(() => clearInterval(watch));
  expect(cancelled.signal.aborted).toBe(true);
  expect(result.code).not.toBe(0);
  expect(isAsleep()).toBe(false);
  expect(await tagsOf(`${project.own}/slow`)).toEqual([]);
  expect(await isUntouched(project)).toBe(true);
});
