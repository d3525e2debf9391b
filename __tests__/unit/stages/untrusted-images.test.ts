import { describe, expect, test } from "@jest/globals";
import type { UntrustedCheckout } from "../../../src/model/trust.ts";
import { dispatch, pullRequest, sha } from "../tags/facts.ts";
import { namedImages, tagsByImage } from "./named-images.ts";

const head = "f".repeat(40) as UntrustedCheckout["head"];
const untrusted = (pullRequest?: number): UntrustedCheckout => ({ kind: "untrusted", why: "", head, pullRequest });
const files = { "images/app/Dockerfile": "FROM debian:13\n" };
const event = { files, ref: "refs/heads/main", trigger: dispatch };

describe("an untrusted checkout outside of pull requests has the tags", () => {
  test.each([
    { when: "no pull request has the head", trust: untrusted(), tags: [`sha-${head}`] },
    { when: "a pull request has the head", trust: untrusted(7), tags: [`sha-${head}`, "pr-7"] },
  ])("of its head where $when", async ({ trust, tags }) => {
    expect(await tagsByImage({ ...event, trust })).toEqual({ app: tags });
  });

  test("whatever its rules say", async () => {
    const inputs = { tags: "type=raw,value=prod\ntype=ref,event=branch", flavor: "latest=true,prefix=x-" };
    expect(await tagsByImage({ ...event, inputs, trust: untrusted(7) })).toEqual({ app: [`sha-${head}`, "pr-7"] });
  });

  test("and no version", async () => {
    const [app] = await namedImages({ ...event, trust: untrusted(7) });
    expect(app?.labels["org.opencontainers.image.version"]).toBe("");
    expect(app?.release).toBeUndefined();
  });

  test("as the two variants of an image are told apart", async () => {
    const both = { "apps/app/Dockerfile": "FROM debian:13\n", "apps/app/default.nix": "{}" };
    const found = await tagsByImage({ ...event, files: both, trust: untrusted(7) });
    expect(found).toEqual({ app: [`sha-${head}`, "pr-7"], "app-nix": [`sha-${head}-nix`, "pr-7-nix"] });
  });
});

test("a fork's pull request has the version of the pull request, as before", async () => {
  const [app] = await namedImages({
    files,
    ref: "refs/pull/12/merge",
    trigger: pullRequest(12),
    trust: untrusted(12),
  });
  expect(app?.labels["org.opencontainers.image.version"]).toBe("pr-12");
});

describe("annotations of a record are nobody's but this action's own", () => {
  test.each([
    "io.image-publish.source-hash=x",
    "index:io.image-publish.revision=x",
    "manifest,index:io.image-publish.ref=x",
    "io.image-publish.{{branch}}=x",
  ])("%s", async (line) => {
    const [app] = await namedImages({ files, ref: "refs/heads/main", inputs: { annotations: `${line}\na=b` } });
    expect(Object.keys(app?.annotations ?? {}).filter((key) => key.includes("io.image-publish"))).toEqual([]);
    expect(app?.annotations["manifest:a"]).toBe("b");
    expect(app?.warnings.join()).toMatch(/is left out: this action writes annotations of that prefix itself/);
    expect(app?.tags.tags.map(({ tag }) => String(tag))).toContain(sha);
  });
});
