/**
 * The whole action with registries that limit requests, show late what they were given, or can't list their tags. The stories wait
 * for most of their time, each for a registry of its own, so they wait side by side; the longest ones come first.
 */
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { firstPush, pushed, taggedPush } from "./events.ts";
import { type Fault, type FaultProxy, type FaultRule, startFaultProxy } from "./fault-proxy.ts";
import { makeProject, type Project } from "./project.ts";
import { digestsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { type Ended, type Happening, runAction } from "./run-action.ts";

// The stories that begin together share this machine.
jest.setTimeout(600_000);

const proxies: FaultProxy[] = [];
afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));

async function ownProxy(): Promise<FaultProxy> {
  const proxy = await startFaultProxy(rig.registry);
  proxies.push(proxy);
  return proxy;
}

const family = {
  "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
};
const lone = { "images/web/Dockerfile": "FROM scratch\nCOPY * /\n" };
const stored = ({ slug }: Project, name: string) => digestsOf(`${rig.registry}/${slug}/${name}`);

interface Story {
  readonly of: Project;
  readonly proxy: FaultProxy;
  run(happening: Happening, inputs?: Readonly<Record<string, string>>): Promise<Ended>;
}

async function begin(files: Readonly<Record<string, string>> = family): Promise<Story> {
  const proxy = await ownProxy();
  const of = makeProject(files, { registry: proxy.host });
  const images = `${proxy.host}/{{owner}}/{{repo}}/{{name}}`;
  return { of, proxy, run: (happening, inputs) => runAction(of, { ...happening, inputs: { images, ...inputs } }) };
}

const json = { "content-type": "application/json", "docker-distribution-api-version": "registry/2.0" };
const status = (code: number, body: string, headers: Readonly<Record<string, string>> = json): Fault => ({
  kind: "status",
  status: code,
  headers,
  body,
});
const errors = (code: string) => JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] });
const secondary = JSON.stringify({ message: "You have exceeded a secondary rate limit." });

async function expectPublished(of: Project, names: readonly string[], digests: Readonly<Record<string, string>>) {
  for (const name of names) {
    const held = await stored(of, name);
    expect(Object.keys(held)).toEqual(expect.arrayContaining(["latest", "main"]));
    expect([...new Set(Object.values(held))]).toEqual([digests[name]]);
  }
}

describe("a release in a registry that can't list its tags", () => {
  const list = { method: "GET", path: /tags\/list/ };
  /** Seconds that a run may take with a list that never comes. */
  const longestWait = 300;
  async function released(): Promise<Story & { readonly base: string; readonly web: string }> {
    const story = await begin();
    const { of } = story;
    of.git("tag", "v1.2.3");
    const first = await story.run(taggedPush("v1.2.3"));
    expect(first.code).toBe(0);
    of.commit({ "images/base/new": "new" });
    of.git("tag", "v1.2.4");
    return { ...story, base: first.images.base?.digest ?? "", web: first.images.web?.digest ?? "" };
  }

  test.concurrent.each<[string, Fault]>([
    ["no answer at all", { kind: "silence" }],
    ["500", status(500, "")],
    ["403", status(403, errors("DENIED"))],
    ["404", status(404, errors("NAME_UNKNOWN"))],
    ["a page of HTML", status(200, "<html>welcome</html>", { "content-type": "text/html" })],
    ["half an answer", { kind: "truncated" }],
  ])("%s: exact tags are pushed, the line stays, and the run says so", async (_, fault) => {
    const { of, proxy, run, base, web } = await released();
    proxy.inject({ ...list, fault });
    const ended = await run(taggedPush("v1.2.4"));
    expect(ended.code).toBe(1);
    expect(ended.seconds).toBeLessThan(longestWait);
    for (const [name, before] of Object.entries({ base, web })) {
      const held = await stored(of, name);
      expect(held["1.2.4"]).toMatch(/^sha256:/);
      expect(held["1.2.4"]).not.toBe(before);
      expect(held["1.2.3"]).toBe(before);
      for (const tag of ["1.2", "latest"]) expect(held[tag]).toBe(before);
      expect(ended.log).toMatch(
        new RegExp(`the tags [^\\n]*latest of \\S+/${name} were not moved: [^\\n]*list of tags`),
      );
    }
    proxy.inject();
    const again = await run(taggedPush("v1.2.4"));
    expect(again.code).toBe(0);
    const held = await stored(of, "web");
    for (const tag of ["1.2", "latest"]) expect(held[tag]).toBe(held["1.2.4"]);
  });

  test.concurrent("with `move: any` all tags are pushed", async () => {
    const { of, proxy, run } = await released();
    proxy.inject({ ...list, fault: status(500, "") });
    const ended = await run(taggedPush("v1.2.4"), { move: "any" });
    expect(ended.code).toBe(0);
    for (const name of ["base", "web"]) {
      const held = await stored(of, name);
      for (const tag of ["1.2", "latest"]) expect(held[tag]).toBe(held["1.2.4"]);
    }
  });
});

describe("a release of an old line, whose list of tags is late", () => {
  const list = { method: "GET", path: /tags\/list/ };

  async function released() {
    const story = await begin(lone);
    const { of, run } = story;
    of.git("tag", "v1.2.3");
    expect((await run(taggedPush("v1.2.3"))).code).toBe(0);
    of.commit({ "images/web/a": "a" });
    of.git("tag", "v1.3.0");
    expect((await run(taggedPush("v1.3.0"))).code).toBe(0);
    of.git("checkout", "-q", "-b", "fix", "v1.2.3");
    of.commit({ "images/web/b": "b" });
    of.git("tag", "v1.2.4");
    return { ...story, before: await stored(of, "web") };
  }
  const answer = (tags: readonly string[] | null): Fault => status(200, JSON.stringify({ name: "x", tags }));
  const lists = [
    { when: "empty", fault: answer([]) },
    { when: "of before", fault: answer(["1.2.3", "1.2", "latest"]) },
    { when: "one that lacks the highest release alone", fault: answer(["1.2.3", "1.2.4", "1.2", "1", "latest"]) },
  ];

  test.concurrent.each(lists)("for ever: `latest` stays, and the run fails (the list is $when)", async ({ fault }) => {
    const { of, proxy, run, before } = await released();
    proxy.inject({ ...list, fault });
    const ended = await run(taggedPush("v1.2.4"));
    const held = await stored(of, "web");
    expect(ended.code).toBe(1);
    expect(ended.log).toMatch(/not moved: [^\n]*without the list of tags: for 60 s it lacked /);
    for (const tag of ["1", "latest"]) expect(held[tag]).toBe(before["1.3.0"]);
    expect(held["1.2.4"]).toBeDefined();
  });

  test.concurrent("for a while: it is waited for", async () => {
    const { of, proxy, run, before } = await released();
    let until: number | undefined;
    const when = () => {
      until ??= Date.now() + 8_000;
      return Date.now() < until;
    };
    proxy.inject({ ...list, when, fault: answer(null) });
    const ended = await run(taggedPush("v1.2.4"));
    const held = await stored(of, "web");
    expect(ended.code).toBe(0);
    expect(held["1.2"]).toBe(held["1.2.4"]);
    for (const tag of ["1", "latest"]) expect(held[tag]).toBe(before["1.3.0"]);
  });
});

test.concurrent("a newer run's digest that the registry shows late moves no tag back", async () => {
  const { of, proxy, run } = await begin(lone);
  const older = of.git("rev-parse", "HEAD");
  of.git("checkout", "-q", "-b", "next");
  of.commit({ "images/web/new": "new" });
  const newer = of.git("rev-parse", "HEAD");
  of.git("checkout", "-q", "main");
  let digest = "";
  const effect = async () => {
    of.git("merge", "-q", "--ff-only", "next");
    const images = `${rig.registry}/{{owner}}/{{repo}}/{{name}}`;
    const other = await runAction(of, { ...pushed(older), sha: newer, inputs: { images } });
    digest = other.images.web?.digest ?? "";
  };
  const hidden = { method: "GET", path: /manifests\/(?:main|latest|sha256:)/, when: () => digest !== "" };
  proxy.inject(
    { method: "PUT", path: new RegExp(`manifests/${older}$`), times: 1, fault: { kind: "meanwhile", effect } },
    { ...hidden, fault: status(404, errors("MANIFEST_UNKNOWN")) },
  );
  const workspace = await of.checkOut({ ref: "refs/heads/main", sha: older, depth: 0 });
  const ended = await run({ ...firstPush, sha: older, workspace });
  const held = await stored(of, "web");
  expect(digest).not.toBe("");
  expect(ended.code).toBe(1);
  for (const tag of ["main", "latest"]) expect(held[tag]).toBe(digest);
  expect(ended.log).toContain("whose commit is unknown");
});

describe("a registry that shows tags late", () => {
  /** From the first put of the tag on, for so many milliseconds. */
  function late(tag: string, milliseconds: number, answer: Fault): readonly FaultRule[] {
    let until: number | undefined;
    const path = new RegExp(`/base/manifests/${tag}$`);
    const begin = async (): Promise<void> => {
      until ??= Date.now() + milliseconds;
    };
    const when = () => until !== undefined && Date.now() < until;
    return [
      { method: "PUT", path, fault: { kind: "meanwhile", effect: begin } },
      { method: "HEAD", path, when, fault: answer },
      { method: "GET", path, when, fault: answer },
    ];
  }
  const absent = status(404, errors("MANIFEST_UNKNOWN"));

  test.concurrent.each([
    ["not at all", 20],
    ["not at all", 3_000],
  ])("%s for %d ms", async (_, milliseconds) => {
    const { of, proxy, run } = await begin();
    const sha = of.git("rev-parse", "HEAD");
    proxy.inject(...[sha, "main", "latest", "src-[0-9a-f]+"].flatMap((tag) => late(tag, milliseconds, absent)));
    const ended = await run(firstPush);
    expect(ended.log).not.toContain("::error");
    expect(ended.code).toBe(0);
    await expectPublished(of, ["base"], { base: ended.images.base?.digest ?? "" });
  });

  test.concurrent("as it was for two seconds", async () => {
    const { of, proxy, run } = await begin();
    const before = of.git("rev-parse", "HEAD");
    expect((await run(firstPush)).code).toBe(0);
    const { main = "" } = await stored(of, "base");
    of.commit({ "images/base/new": "new" });
    const old = status(200, "", {
      "docker-content-digest": main,
      "content-type": "application/vnd.oci.image.index.v1+json",
    });
    proxy.inject(...["main", "latest"].flatMap((tag) => late(tag, 2_000, old)));
    const ended = await run(pushed(before));
    expect(ended.log).not.toContain("::error");
    expect(ended.code).toBe(0);
    const held = await stored(of, "base");
    expect(held.main).toBe(ended.images.base?.digest);
    expect(held.latest).toBe(held.main);
    expect(held.main).not.toBe(main);
    expect(
      proxy.requests.filter(({ method, url }) => method === "PUT" && url.endsWith("/base/manifests/main")),
    ).toHaveLength(1);
  });
});

describe("a registry with a budget", () => {
  const limited = (code: number, headers: Readonly<Record<string, string>>): Fault =>
    status(code, secondary, { "content-type": "application/json", ...headers });
  test.concurrent.each<[string, () => readonly FaultRule[]]>([
    ["403 in what the action asks", () => [{ method: "GET", times: 2, fault: limited(403, { "retry-after": "0.3" }) }]],
    [
      "429 with a date",
      () => [{ times: 1, fault: limited(429, { "retry-after": new Date(Date.now() + 2_000).toUTCString() }) }],
    ],
    ["403 in a push of buildx", () => [{ method: "PUT", path: /uploads/, times: 1, fault: limited(403, {}) }]],
    [
      "403 to a HEAD of buildx, which has no body",
      () => [{ method: "HEAD", path: /blobs/, times: 1, fault: limited(403, { "retry-after": "0.3" }) }],
    ],
    [
      "403 again and again, wherever it hits",
      () => [
        { after: 3, times: 2, fault: limited(403, { "retry-after": "0.2" }) },
        { method: "PUT", path: /manifests/, after: 2, times: 2, fault: limited(403, { "retry-after": "0.2" }) },
      ],
    ],
  ])("%s: all is published", async (_, rules) => {
    const { of, proxy, run } = await begin();
    proxy.inject(...rules());
    const ended = await run(firstPush);
    expect(ended.log).not.toContain("::error");
    expect(ended.code).toBe(0);
    expect(proxy.requests.some(({ fault }) => fault !== undefined)).toBe(true);
    await expectPublished(of, ["base", "web"], {
      base: ended.images.base?.digest ?? "",
      web: ended.images.web?.digest ?? "",
    });
  });

  test.concurrent("that is used up until tomorrow is named as that, and no missing right is", async () => {
    const { proxy, run } = await begin();
    proxy.inject({ fault: limited(403, { "retry-after": "86400" }) });
    const ended = await run(firstPush);
    expect(ended.code).toBe(1);
    expect(ended.log).toMatch(/limits the rate of requests \(403\): You have exceeded a secondary rate limit/);
    expect(ended.log).toContain("it asks to wait 86400 s");
    expect(ended.log).not.toContain("packages: write");
  });
});

describe("what was pushed a moment ago and is not there yet", () => {
  test.concurrent.each<[string, readonly FaultRule[]]>([
    [
      "a manifest",
      [{ method: "GET", path: /manifests\/sha256/, times: 1, fault: status(404, errors("MANIFEST_UNKNOWN")) }],
    ],
    [
      "a parent that buildx looks for",
      [{ method: "HEAD", path: /base\/manifests\/sha256/, after: 1, times: 1, fault: status(404, "") }],
    ],
    [
      "the parts of what is put by digest and by tag",
      [
        { method: "PUT", path: /manifests\/sha256/, times: 1, fault: status(400, errors("MANIFEST_BLOB_UNKNOWN")) },
        { method: "PUT", path: /manifests\/main/, times: 1, fault: status(404, errors("MANIFEST_BLOB_UNKNOWN")) },
        { method: "PUT", path: /manifests\/latest/, times: 1, fault: status(404, errors("BLOB_UNKNOWN")) },
      ],
    ],
  ])("%s", async (_, rules) => {
    const { of, proxy, run } = await begin();
    proxy.inject(...rules);
    const ended = await run(firstPush);
    expect(ended.log).not.toContain("::error");
    expect(ended.code).toBe(0);
    expect(proxy.requests.filter(({ fault }) => fault !== undefined)).toHaveLength(rules.length);
    await expectPublished(of, ["base", "web"], {
      base: ended.images.base?.digest ?? "",
      web: ended.images.web?.digest ?? "",
    });
  });
});
