import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { digestOf } from "../../../src/model/digest.ts";
import { compressedSize, mediaTypes, parseManifest, platformsOf, withoutPlatform } from "../../../src/oci/manifest.ts";
import { imageIndex, imageManifest } from "./example-image.ts";

const bytes = (document: unknown) => Buffer.from(JSON.stringify(document));
const index = imageIndex([{ platform: "linux/amd64", digest: digestOf("amd64") }]);
const manifest = imageManifest("one", [100, 200]);

test("the platforms of an index are its images, without attestations, in its order", () => {
  const parsed = parseManifest(
    bytes(
      imageIndex([
        { platform: "linux/arm64/v8", digest: digestOf("arm64") },
        { platform: "unknown/unknown", digest: digestOf("attestation") },
        { platform: "linux/amd64", digest: digestOf("amd64") },
      ]),
    ),
  );
  if (parsed.kind !== "index") throw new Error("no index");
  expect(platformsOf(parsed).map(({ platform, manifest }) => [platform, manifest.digest])).toEqual([
    ["linux/arm64", digestOf("arm64")],
    ["linux/amd64", digestOf("amd64")],
  ]);
});

test("entries that are an image of nobody knows which platform are told", () => {
  const [attestation, image] = [digestOf("attestation"), digestOf("image")];
  const { manifests, ...rest } = imageIndex([{ platform: "unknown/unknown", digest: attestation }]);
  const nameless = { mediaType: mediaTypes.manifest, digest: image, size: 7 };
  const parsed = parseManifest(
    bytes({ ...rest, manifests: [...manifests, nameless, { ...nameless, mediaType: "application/json" }] }),
  );
  expect(parsed.kind === "index" && withoutPlatform(parsed).map((each) => each.digest)).toEqual([image]);
});

test("the compressed size is that of config and layers", () => {
  const parsed = parseManifest(bytes(manifest));
  expect(parsed.kind === "manifest" && compressedSize(parsed)).toBe(310);
});

describe("what is taken", () => {
  test.each([
    ["docker's list", { ...index, mediaType: mediaTypes.dockerList }, "index"],
    ["docker's manifest", { ...manifest, mediaType: mediaTypes.dockerManifest }, "manifest"],
    ["an index that doesn't say what it is", { ...index, mediaType: undefined }, "index"],
    ["a manifest that doesn't say what it is", { ...manifest, mediaType: undefined }, "manifest"],
    ["annotations of null", { ...index, annotations: null }, "index"],
  ])("%s", (_, document, kind) => {
    expect(parseManifest(bytes(document)).kind).toBe(kind);
  });

  test("the media type with parameters, in any case", () => {
    expect(parseManifest(bytes(index), "Application/vnd.oci.image.index.v1+json; charset=utf-8").kind).toBe("index");
  });
});

describe("what is refused", () => {
  const layer = manifest.layers[0];
  test.each([
    ["no JSON", Buffer.from("<html>")],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
    ["a list", bytes([])],
    ["docker's first schema", bytes({ ...manifest, schemaVersion: 1 })],
    ["an index with layers", bytes({ ...index, layers: manifest.layers })],
    ["a manifest that lists manifests", bytes({ ...manifest, manifests: [] })],
    ["another media type", bytes({ ...manifest, mediaType: "text/html" })],
    ["layers that are no list", bytes({ ...manifest, layers: {} })],
    ["no config", bytes({ ...manifest, config: undefined })],
    ["a digest with a path in it", bytes({ ...manifest, layers: [{ ...layer, digest: "sha256:../../x" }] })],
    ["a negative size", bytes({ ...manifest, layers: [{ ...layer, size: -1 }] })],
    ["a size past counting", bytes({ ...manifest, layers: [{ ...layer, size: 1e300 }] })],
    ["an annotation that is no text", bytes({ ...index, annotations: { a: 1 } })],
    ["too many bytes", Buffer.alloc(5 * 1024 * 1024, " ")],
  ])("%s", (_, given) => {
    expect(() => parseManifest(given)).toThrow(UserError);
  });

  test.each(["application/json; charset=utf-8", "application/octet-stream", "binary/octet-stream", "text/plain", ""])(
    "but not for the type %j, which says nothing",
    (type) => {
      for (const document of [manifest, index]) {
        expect(parseManifest(bytes(document), type)).toEqual(parseManifest(bytes(document)));
        const { mediaType: _, ...nameless } = document;
        expect(parseManifest(bytes(nameless), type)).toEqual(parseManifest(bytes(nameless)));
      }
    },
  );

  test.each(["text/html", "application/vnd.acme.thing+json"])("what is sent as %s", (type) => {
    expect(() => parseManifest(bytes(manifest), type)).toThrow(/sent as/);
  });

  test("a manifest that is sent as an index", () => {
    expect(() => parseManifest(bytes(manifest), mediaTypes.index)).toThrow(/sent as/);
  });

  test("anything else, without a defect of ours", () => {
    const names = Object.keys({ ...index, ...manifest });
    const fields = Object.fromEntries(names.map((name) => [name, fc.jsonValue()]));
    const document = fc.oneof(
      fc.json(),
      fc.record(fields).map((each) => JSON.stringify({ ...each, schemaVersion: 2 })),
      fc.jsonValue().map((value) => JSON.stringify({ ...manifest, layers: [value], annotations: value })),
    );
    fc.assert(
      fc.property(document, (text) => {
        try {
          return ["index", "manifest"].includes(parseManifest(Buffer.from(text)).kind);
        } catch (error) {
          return error instanceof UserError;
        }
      }),
    );
  });
});

test.each([
  [{ os: "linux", architecture: "" }],
  [{ os: "", architecture: "amd64" }],
  [{ os: "linux", architecture: "linux" }],
  [{ os: "linux", architecture: "amd64", variant: "v1/../x" }],
])("an index with the platform %j is malformed, whatever else it says", (platform) => {
  const manifests = [{ mediaType: mediaTypes.manifest, digest: digestOf("x"), size: 1, platform }];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }));
  expect(() => parseManifest(bytes)).toThrow(/this is no manifest of an image: manifests\[0\]\.platform is none/);
});
