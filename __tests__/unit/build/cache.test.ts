import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  cacheServiceProblem,
  cacheServiceRequest,
  registryCache,
  scope,
  serviceCache,
} from "../../../src/build/cache.ts";
import { repository } from "../../../src/oci/reference.ts";
import type { Http } from "../../../src/ports.ts";
import { anyText } from "../any-text.ts";

describe("the runner's cache service", () => {
  test("an image reads its own branch first and the default branch after it, and writes its own", () => {
    expect(serviceCache("base", { own: "feature/x", fallbacks: ["main"], write: true })).toEqual({
      from: ["type=gha,scope=base:feature_x-f425f3dc,timeout=3m", "type=gha,scope=base:main,timeout=3m"],
      to: ["type=gha,scope=base:feature_x-f425f3dc,mode=max,ignore-error=true,timeout=3m"],
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
  test("is a tag beside the image", () => {
    expect(registryCache(repository("ghcr.io/o/r/base"), true)).toEqual({
      from: ["type=registry,ref=ghcr.io/o/r/base:buildcache"],
      to: ["type=registry,ref=ghcr.io/o/r/base:buildcache,mode=max,image-manifest=true,ignore-error=true"],
    });
  });

  test.each([
    ["is only read where nothing is pushed", repository("ghcr.io/o/r/base"), false, 1],
    ["is none for an image without repository", undefined, true, 0],
  ])("%s", (_, of, write, from) => {
    const lines = registryCache(of, write);
    expect([lines.from.length, lines.to.length]).toEqual([from, 0]);
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
