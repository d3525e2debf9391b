/** Build options as RUN steps see them, and rights that a builder grants or refuses. */
import { randomUUID } from "node:crypto";
import { expect, jest, test } from "@jest/globals";
import { plainEngine } from "./docker.ts";
import { firstPush, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { isUntouched, tagsOf } from "./registry.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

test("RUN steps see what is set, and a stage without cache runs again while the others don't", async () => {
  const checks = [
    "grep -q '10.9.8.7.*db.test' /etc/hosts",
    "grep -q '10.9.8.6.*mq.test' /etc/hosts",
    '[ "$(ulimit -n)" = 1234 ]',
    "[ \"$(df -k /dev/shm | awk 'END { print $2 }')\" = 98304 ]",
  ];
  // The builder may have run the same step before.
  const unique = `: ${randomUUID()}`;
  const project = makeProject({
    "images/web/Dockerfile": [
      `FROM busybox:1.37 AS checked\nRUN ${[...checks, unique].join(" && ")}`,
      "FROM checked AS fresh\nRUN echo fresh-ran",
      "FROM fresh\nCOPY page /",
      "",
    ].join("\n"),
    "images/web/page": "1",
    ".github/image-publish.yml": "images: {web: {shm-size: 96m, add-hosts: {db.test: 10.9.8.7, mq.test: 10.9.8.6}}}\n",
  });
  const inputs = { ulimit: "nofile=1234:2345", "no-cache-filters": "fresh" };
  const first = await runAction(project, { ...firstPush, inputs });
  expect(first).toMatchObject({ code: 0, annotations: [] });
  expect(first.log).toContain("3 steps ran, 0 from cache");

  const before = project.git("rev-parse", "HEAD");
  project.commit({ "images/web/page": "2" });
  const second = await runAction(project, { ...pushed(before), inputs });
  expect(second).toMatchObject({ code: 0, annotations: [] });
  expect(second.log).toContain("2 steps ran, 1 from cache");
});

test("a right that the builder doesn't grant is an error before anything is built", async () => {
  const project = makeProject({
    "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
    "images/web/Dockerfile": "FROM busybox:1.37\nRUN --security=insecure true\n",
    ".github/image-publish.yml": "images: {web: {allow: security.insecure}}\n",
  });
  const run = await runAction(project, firstPush);
  expect(run.code).toBe(1);
  expect(run.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/doesn't grant security\.insecure, which `allow` of web asks for\n→ .*buildkitd-flags/s),
  ]);
  expect(await isUntouched(project)).toBe(true);
});

test("the run's own builder grants it", async () => {
  const project = makeProject({
    "images/web/Dockerfile": "FROM busybox:1.37\nRUN --security=insecure --network=host true\n",
  });
  const inputs = { allow: "security.insecure, network.host" };
  const run = await runAction(project, { ...firstPush, env: plainEngine(), inputs });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  expect(await tagsOf(`${project.own}/web`)).toContain("latest");
});

test("`network: host` needs no `allow` beside it; what a Dockerfile asks for without either is named", async () => {
  const project = makeProject({ "images/web/Dockerfile": "FROM busybox:1.37\nRUN --network=host true\n" });
  const refused = await runAction(project, firstPush);
  expect(refused.annotations.map(({ message }) => message)).toEqual([
    expect.stringMatching(/the Dockerfile asks for network\.host, which its build isn't allowed\n.*→ .*`allow`/s),
  ]);
  expect(await runAction(project, { ...firstPush, inputs: { network: "host" } })).toMatchObject({ code: 0 });
});
