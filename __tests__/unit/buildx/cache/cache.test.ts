import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  cacheServiceProblem,
  cacheServiceRequest,
  hardened,
  registryCache,
  scope,
  serviceCache,
} from "../../../../src/buildx/cache/cache.ts";
import { cacheLine, parseCacheEntries } from "../../../../src/model/buildflags/cache-entry.ts";
import { isTag, repository } from "../../../../src/model/reference.ts";
import type { Http } from "../../../../src/ports.ts";
import { anyText } from "../../any-text.ts";

describe("the runner's cache service", () => {
  test("an image reads its own branch first and the default branch after it, and writes its own", () => {
    expect(serviceCache("base", { own: "feature/x", fallbacks: ["main"], write: true })).toEqual({
      from: ["type=gha,scope=base:feature_x-f425f3dc,timeout=60s", "type=gha,scope=base:main,timeout=60s"],
      to: ["type=gha,scope=base:feature_x-f425f3dc,mode=max,ignore-error=true,timeout=60s"],
    });
  });

  test.each([
    ["the default branch reads itself once", { own: "main", fallbacks: ["main"], write: true }, 1, 1],
    ["a tag reads the default branch and writes nothing", { own: "v1.2.3", fallbacks: ["main"], write: false }, 2, 0],
  ])("%s", (_, branches, from, to) => {
    const lines = serviceCache("base", branches);
    expect([lines.from.length, lines.to.length]).toEqual([from, to]);
  });

  test("no two images or branches share a scope", () => {
    expect(scope("web", "admin-main")).not.toBe(scope("web-admin", "main"));
    expect(scope("web", "feature/x")).not.toBe(scope("web", "feature_x"));
  });

  test("no name of a branch adds a field to the entry", () => {
    fc.assert(
      fc.property(anyText(), fc.string(), (image, branch) => {
        expect(scope(image, branch)).toMatch(/^[A-Za-z0-9_.-]*:[A-Za-z0-9_.-]*$/);
      }),
    );
  });
});

describe("the registry as cache", () => {
  const main = { own: "main", fallbacks: ["main"], write: true, defaultBranch: "main" };
  const base = repository("ghcr.io/o/r/base");

  test("is a tag beside the image", () => {
    expect(registryCache(base, main)).toEqual({
      from: ["type=registry,ref=ghcr.io/o/r/base:buildcache"],
      to: ["type=registry,ref=ghcr.io/o/r/base:buildcache,mode=max,image-manifest=true,ignore-error=true"],
    });
  });

  test("another branch has one of its own, and reads the default branch's after it", () => {
    const { from, to } = registryCache(base, { ...main, own: "feature/x" });
    expect(from).toEqual([
      "type=registry,ref=ghcr.io/o/r/base:buildcache-feature_x-f425f3dc",
      "type=registry,ref=ghcr.io/o/r/base:buildcache",
    ]);
    expect(to).toEqual([
      expect.stringMatching(/^type=registry,ref=ghcr\.io\/o\/r\/base:buildcache-feature_x-f425f3dc,/),
    ]);
  });

  test("what may not write reads what others wrote, and looks for nothing of its own", () => {
    const lines = registryCache(base, { ...main, own: "pr-7", fallbacks: ["next", "main"], write: false });
    expect(lines).toEqual({
      from: ["buildcache-next", "buildcache"].map((tag) => `type=registry,ref=ghcr.io/o/r/base:${tag}`),
      to: [],
    });
  });

  test("images of one repository have tags of their own, whatever their names and branches are", () => {
    const tagOf = (sharer: string, own: string) =>
      /:(buildcache[^,]*)/.exec(registryCache(base, { ...main, own, sharer }).to[0] ?? "")?.[1];
    expect(tagOf("fpm", "main")).toBe("buildcache-fpm");
    const all = [
      tagOf("fpm", "main"),
      tagOf("cli", "main"),
      tagOf("a", "b-c"),
      tagOf("a-b", "c"),
      tagOf("a", "main"),
      tagOf("main", "a"),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test("is none for an image without repository", () => {
    expect(registryCache(undefined, main)).toEqual({ from: [], to: [] });
  });

  test("no branch has a name that a registry refuses as a tag", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 300 }), (own) => {
        const [line = ""] = registryCache(base, { ...main, own }).from;
        expect(isTag(line.split(":").at(-1) ?? "")).toBe(true);
      }),
    );
  });
});

describe("a user's own line", () => {
  test.each<[string, "from" | "to", string, string]>([
    ["of the service waits no longer than ours", "from", "type=gha,scope=a", "type=gha,scope=a,timeout=60s"],
    ["fails no build", "to", "type=gha", "type=gha,timeout=60s,ignore-error=true"],
    ["in a registry fails no build", "to", "type=registry,ref=r/c", "type=registry,ref=r/c,ignore-error=true"],
    [
      "that says so itself stays",
      "to",
      "type=gha,timeout=9m,ignore-error=false",
      "type=gha,timeout=9m,ignore-error=false",
    ],
    ["that is inline takes no more", "to", "type=inline", "type=inline"],
    [
      "that is an image's name is of a registry",
      "from",
      "ghcr.io/o/r/app:cache",
      "type=registry,ref=ghcr.io/o/r/app:cache",
    ],
    ["that sets a limit in quotes keeps it", "from", '"TIMEOUT=5m",type=gha', "type=gha,timeout=5m"],
    ["with a comma in a field keeps it there", "from", 'type=local,"src=/a,type=gha"', 'type=local,"src=/a,type=gha"'],
    [
      "that says a thing twice says what it says last",
      "from",
      "type=local,src=a,type=gha,scope=a,scope=b",
      "type=gha,src=a,scope=b,timeout=60s",
    ],
  ])("%s", (_, direction, line, expected) => {
    expect(parseCacheEntries(line).map((entry) => cacheLine(hardened(entry, direction)))).toEqual([expected]);
  });
});

describe("asking whether the cache service is there", () => {
  const second = { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_RESULTS_URL: "https://r", ACTIONS_CACHE_SERVICE_V2: "True" };

  test.each<[string, Record<string, string>, string | undefined]>([
    ["GitHub's", second, "POST https://r/twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL"],
    [
      "a forge's, of the first version",
      { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_CACHE_URL: "http://c/x/" },
      `GET http://c/x/_apis/artifactcache/cache?keys=image-publish-probe&version=${"0".repeat(64)}`,
    ],
    [
      "an address without a token is none",
      { ACTIONS_RESULTS_URL: "https://r", ACTIONS_CACHE_SERVICE_V2: "true" },
      undefined,
    ],
    ["a laptop has none", {}, undefined],
    ["results without the second version are for artifacts", { ...second, ACTIONS_CACHE_SERVICE_V2: "" }, undefined],
  ])("%s", (_, environment, expected) => {
    const request = cacheServiceRequest(environment);
    expect(request && `${request.method} ${request.url}`).toBe(expected);
    if (request !== undefined) expect(request.headers).toMatchObject({ authorization: "Bearer t" });
  });

  test.each<[string, number | string, string | undefined]>([
    ["an answer is fine", 200, undefined],
    ["so is nothing found", 204, undefined],
    ["a limit would stall builds", 429, "it asks for fewer requests (429)"],
    ["an outage", 503, "it answers 503"],
    ["a refused token", 401, "it answers 401"],
    ["silence", "ETIMEDOUT", "it doesn't answer (ETIMEDOUT)"],
  ])("%s", async (_, answer, expected) => {
    const http: Http = {
      async send() {
        if (typeof answer === "string") throw new Error(answer);
        return { status: answer, headers: {}, body: new Uint8Array() };
      },
    };
    expect(await cacheServiceProblem(http, { method: "GET", url: "http://c/" })).toBe(expected);
  });
});
