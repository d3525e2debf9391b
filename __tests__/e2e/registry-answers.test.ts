/** What a registry's answers mean to the whole action: not there, perhaps not there, not the way that it was asked. */
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { firstPush } from "./events.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { type Changes, makeProject, type Project } from "./project.ts";
import { digestsOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, runAction } from "./run-action.ts";

jest.setTimeout(240_000);

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(rig.registry);
});
beforeEach(() => proxy.inject());
afterAll(() => proxy.close());

const scratch = "FROM scratch\nCOPY * /\n";
/** Its images are behind the proxy. */
const projectOf = (files: Changes): Project => makeProject(files, { registry: proxy.host });
/** What is really there. */
const direct = (project: Project, name: string): string => `${project.own.replace(proxy.host, rig.registry)}/${name}`;
const run = (project: Project): Promise<Ended> =>
  runAction(project, {
    ...firstPush,
    inputs: { images: `${proxy.host}/{{owner}}/{{repo}}/{{name}}` },
  });
const status = (code: number, headers: Record<string, string> = {}, body = ""): Fault => ({
  kind: "status",
  status: code,
  headers,
  body,
});
const json = { "content-type": "application/json" };
const codes = (code: string, message = ""): string => JSON.stringify({ errors: [{ code, message }] });

describe("a 404", () => {
  test.each([
    ["with a code of Quay's own", status(404, json, codes("TAG_EXPIRED", "Tag has expired"))],
    ["that is empty, of a host that answers as a registry", status(404)],
  ])("%s means that it is not there", async (_, fault) => {
    const project = projectOf({ "images/web/Dockerfile": scratch });
    proxy.inject(
      { method: "HEAD", path: /\/manifests\//, fault: status(404) },
      { path: /\/manifests\/main$/, times: 1, fault },
    );
    const ended = await run(project);
    expect(ended).toMatchObject({ code: 0, annotations: [] });
    expect(await tagsOf(direct(project, "web"))).toEqual(expect.arrayContaining(["main", "latest"]));
  });

  test.each([
    ["a page", status(404, { "content-type": "text/html" }, "<html>not here</html>")],
    ["a gateway's JSON", status(404, json, '{"message":"no Route matched"}')],
  ])("that is %s fails the image and what depends on it, and no other", async (_, fault) => {
    const project = projectOf({
      "images/base/Dockerfile": scratch,
      "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
      "images/api/Dockerfile": scratch,
    });
    proxy.inject({ path: /\/base\/manifests\//, fault });
    const ended = await run(project);
    expect(ended.code).toBe(1);
    expect(ended.annotations.map(({ message }) => message).join("\n")).toContain("a 404 that is not a registry's");
    expect(await tagsOf(direct(project, "api"))).toEqual(expect.arrayContaining(["main", "latest"]));
    for (const name of ["base", "web"]) expect(await tagsOf(direct(project, name))).toEqual([]);
    expect(ended.images.web?.action).toBe("skip");

    proxy.inject();
    const again = await run(project);
    expect(again).toMatchObject({ code: 0, annotations: [] });
    expect(Object.keys(await digestsOf(direct(project, "web")))).toEqual(expect.arrayContaining(["main"]));
  });
});
