/** An image inherits its base's labels: a commit in them is the base's where the base has the same. */
import { expect, test } from "@jest/globals";
import { digestOf } from "../../../../src/model/digest.ts";
import { tag } from "../../../../src/model/reference.ts";
import { mediaTypes, parseManifest } from "../../../../src/oci/manifest.ts";
import type { Registry } from "../../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../../src/oci/registry/registry-error.ts";
import { isOfBase } from "../../../../src/stages/plan/registry-state/base-revision.ts";
import { buildTree } from "../../catalog/build-tree.ts";
import { at } from "../../publish/commits.ts";

const revision = at("main-4");
const own = { "org.opencontainers.image.revision": revision };

function registryWith(labels: object | "nothing" | "error"): Pick<Registry, "manifest" | "blob"> {
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("{}"), size: 2 };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [] }));
  const stored = { digest: digestOf(bytes), bytes, mediaType: mediaTypes.manifest, document: parseManifest(bytes) };
  return {
    manifest: async () => {
      if (labels === "error") throw new RegistryError("unavailable", "down", { hint: "run again" });
      return labels === "nothing" ? undefined : stored;
    },
    blob: async () => Buffer.from(JSON.stringify({ config: { Labels: labels } })),
  };
}

test.each<{ when: string; from: string; labels: object | "nothing" | "error"; is: boolean | undefined }>([
  { when: "the base names the same commit", from: "debian:13", labels: own, is: true },
  { when: "the parent names the same commit", from: "ghcr.io/o/r/base", labels: own, is: true },
  { when: "the base names none", from: "debian:13", labels: {}, is: false },
  {
    when: "the base names another",
    from: "debian@sha256:".padEnd(78, "a"),
    labels: { ...own, "org.opencontainers.image.revision": at("main-3") },
    is: false,
  },
  { when: "there is no base", from: "scratch", labels: "error", is: false },
  { when: "the base is gone", from: "debian:13", labels: "nothing", is: undefined },
  { when: "the base can't be asked for", from: "debian:13", labels: "error", is: undefined },
  { when: "nobody can name the base", from: "debian:$V", labels: {}, is: undefined },
])("$when: $is", async ({ from, labels, is }) => {
  const catalog = await buildTree(
    { "images/app/Dockerfile": `ARG V\nFROM ${from}\n`, "images/base/Dockerfile": "FROM scratch\n" },
    { config: "images: {app: {build-args: {V: '{{version}}'}}}" },
  );
  const app = catalog.images.find(({ name }) => name === "app");
  if (app === undefined) throw new Error("there is no app");
  const lookup = { registry: registryWith(labels), tagsOf: () => [tag("main")] };
  expect(await isOfBase(app, revision, catalog, lookup)).toBe(is);
});
