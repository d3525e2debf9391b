import { expect, test } from "@jest/globals";
import { nodeHttp } from "../../../../src/adapters/http/http.ts";
import type { Candidate } from "../../../../src/model/candidate.ts";
import { type Digest, digestOf } from "../../../../src/model/digest.ts";
import { mediaTypes } from "../../../../src/oci/manifest.ts";
import { registryClient } from "../../../../src/oci/registry/registry-client.ts";
import type { ImageResult } from "../../../../src/results/run-result.ts";
import { pushLayout } from "../../../../src/stages/build/push-layout.ts";
import { plannedBuild } from "../../buildx/planned.ts";
import { limited } from "../../lib/http/limited.ts";
import { fakeRegistry } from "../../oci/fake-registry.ts";
import { stillClock } from "../../oci/still-clock.ts";
import { candidate } from "../../report/example.ts";

/** A layout with an index of one image, whose layer is what a test wants. */
function layoutWith(layer: string, annotations: Readonly<Record<string, string>>) {
  const held = new Map<string, Buffer>();
  const keep = (content: string, digest = digestOf(content)): Digest => {
    held.set(`/layout/blobs/${digest.replace(":", "/")}`, Buffer.from(content));
    return digest;
  };
  const blob = (content: string, mediaType: string) => ({ mediaType, digest: keep(content), size: content.length });
  const config = blob("{}", "application/vnd.oci.image.config.v1+json");
  const layers = [{ ...blob("the layer", "application/vnd.oci.image.layer.v1.tar+gzip") }];
  keep(layer, layers[0]?.digest);
  const image = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers });
  const platform = { os: "linux", architecture: "amd64" };
  const manifests = [{ mediaType: mediaTypes.manifest, digest: keep(image), size: image.length, platform }];
  const digest = keep(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests, annotations }));
  const files = {
    read: async (path: string) => held.get(path),
    async *readStream(path: string) {
      yield held.get(path) ?? Buffer.alloc(0);
    },
  };
  return { digest, files };
}

async function pushed(layer: string, annotations: Readonly<Record<string, string>> = {}) {
  const fake = await fakeRegistry();
  fake.auth = "basic";
  fake.isStrict = true;
  const { digest, files } = layoutWith(layer, annotations);
  const signal = new AbortController().signal;
  const login = { kind: "basic", username: "me", password: "secret" } as const;
  const registry = registryClient({
    http: nodeHttp({}),
    ...limited({ clock: stillClock(), random: () => 1 }),
    credentials: async () => login,
  });
  const planned = { ...plannedBuild, repositories: [fake.repository("o/r/app")] };
  const given: Candidate[] = [];
  const publish = async (each: Candidate): Promise<ImageResult> => {
    given.push(each);
    return { planned, outcome: "built", candidate: each };
  };
  const made = { ...candidate("app"), digest, layout: "/layout" };
  try {
    const result = await pushLayout(planned, made, publish, { registry, files, signal });
    return { result, given, held: [...(fake.manifests.get("o/r/app")?.keys() ?? [])], digest };
  } finally {
    await fake.close();
  }
}

test("what was built without a login is brought to the registry with ours, by its digest alone", async () => {
  const { result, given, held, digest } = await pushed("the layer");
  expect(held).toHaveLength(2);
  expect(held).toContain(digest);
  expect(given).toMatchObject([{ digest, layout: undefined }]);
  expect(result).toMatchObject({ candidate: { digest, layout: "/layout" } });
});

test("a layer whose bytes are others is not published", async () => {
  await expect(pushed("something")).rejects.toMatchObject({ code: "invalid" });
});

test("what a build wrote to look like a record of ours is not pushed", async () => {
  const forged = { "org.opencontainers.image.title": "x", "io.image-publish.source-hash": "a".repeat(64) };
  await expect(pushed("the layer", forged)).rejects.toThrow(/io\.image-publish\.source-hash, which only this action/);
  expect((await pushed("the layer", { "org.opencontainers.image.title": "x" })).held).toHaveLength(2);
});
