/** Which line of the Dockerfile a finding is shown at. */
import { expect, test } from "@jest/globals";
import { layerPlaces, type OwnStep } from "../../../src/scan/layer-places.ts";
import { imageSarif } from "../../../src/scan/sarif/sarif.ts";
import { scanFailure } from "../../../src/scan/scan-failure.ts";
import { baseLayers, judged, platformScan, scanned, secret, vulnerability } from "./findings.ts";

const steps = (...keywords: readonly string[]) =>
  keywords.map((keyword, index) => ({ keyword, at: { file: "Dockerfile", line: index + 2 } }));
const layers = (...created: readonly (string | undefined)[]) =>
  created.map((createdBy, index) => ({ diffId: `layer ${index + 1}`, createdBy }));

test.each<[string, ReturnType<typeof layers>, ReturnType<typeof steps>, Readonly<Record<string, number>>]>([
  [
    "all are its own",
    layers("COPY root /", "RUN /bin/sh -c make"),
    steps("COPY", "RUN"),
    { "layer 1": 2, "layer 2": 3 },
  ],
  ["some are the base's", layers("ADD rootfs.tar.gz /", "RUN a", "COPY b /"), steps("COPY"), { "layer 3": 2 }],
  [
    "WORKDIR makes no layer",
    layers("COPY a /", "COPY b /"),
    steps("COPY", "WORKDIR", "COPY"),
    { "layer 1": 2, "layer 2": 4 },
  ],
  [
    "two of WORKDIR make none",
    layers("COPY a /", "COPY b /"),
    steps("COPY", "WORKDIR", "WORKDIR", "COPY"),
    { "layer 1": 2, "layer 2": 5 },
  ],
  ["WORKDIR comes last and makes none", layers("COPY a /"), steps("COPY", "WORKDIR"), { "layer 1": 2 }],
  ["WORKDIR makes one", layers("COPY a /", "WORKDIR /a"), steps("COPY", "WORKDIR"), { "layer 1": 2, "layer 2": 3 }],
  ["a step doesn't fit", layers("COPY a /", "ADD b /", "RUN c"), steps("COPY", "COPY", "RUN"), { "layer 3": 4 }],
  ["the history is not known", layers(undefined, undefined), steps("COPY", "RUN"), {}],
  ["nobody knows its steps", layers("COPY a /"), [], {}],
])("by its layer, where %s", (_, given, own, lines) => {
  const places = layerPlaces(given, own);
  expect(Object.fromEntries([...places].map(([layer, { at }]) => [layer, at.line]))).toEqual(lines);
});

const found = (id: string, layer: string, severity: "CRITICAL" | "HIGH" = "CRITICAL") =>
  vulnerability(id, { layer, severity });
const scanOf = (...findings: readonly ReturnType<typeof found>[]) =>
  judged(scanned(platformScan(findings, { layerNames: ["of-the-base", "apk add a", "apk add b"] })), {
    bases: [baseLayers("debian:13", ["of-the-base"])],
    stepsOn: () => steps("RUN", "RUN"),
  });

test.each([
  ["the step's that brings it", [found("CVE-1", "apk add b")], 3],
  ["the worst one's", [found("CVE-1", "apk add b", "HIGH"), found("CVE-2", "apk add a")], 2],
  ["left to the base's where that brings it", [found("CVE-1", "of-the-base")], undefined],
])("the place of an image that is blocked is %s", (_, findings, line) => {
  expect(scanFailure(scanOf(...findings))?.error.at?.line).toBe(line);
});

test("an alert is on the line of the step that brings it, else on the base's", () => {
  const scan = scanOf(found("CVE-1", "of-the-base"), found("CVE-2", "apk add a"), found("CVE-3", "apk add b"));
  if (scan.kind === "unscanned") throw scan.error;
  const results = imageSarif(scan, { file: "Dockerfile", line: 1 }).upload.runs.flatMap((run) => run.results);
  const lines = results.map(({ ruleId, locations: [place] }) => [ruleId, place.physicalLocation.region.startLine]);
  expect(lines).toEqual([
    ["CVE-1", 1],
    ["CVE-2", 2],
    ["CVE-3", 3],
  ]);
});

test("a secret of a variable is on the line that sets it, and how to ignore it is told without a path", () => {
  const inVariable = secret("(image configuration)", { line: undefined, setting: "TOKEN" });
  const settingsOn = () => new Map([["TOKEN", { file: "Dockerfile", line: 7 }]]);
  const scan = judged(scanned(platformScan([inVariable])), { settingsOn });
  expect(scan).toMatchObject({
    platforms: [
      {
        findings: [
          {
            at: { file: "Dockerfile", line: 7 },
            remedy: { text: expect.stringContaining("in an entry without `paths`") },
          },
        ],
      },
    ],
  });
  const others = judged(scanned(platformScan([{ ...inVariable, setting: "OF_THE_BASE" }])), { settingsOn });
  expect(others).toMatchObject({ platforms: [{ findings: [expect.not.objectContaining({ at: expect.anything() })] }] });
});

test.each<[string, Pick<OwnStep, "fromAt"> & { readonly from: string }, string]>([
  [
    "a stage",
    { from: "rootfs", fromAt: { file: "Dockerfile", line: 1 } },
    "upgrade openssl to 3.3.9 in the stage `rootfs` (Dockerfile:1), from which `COPY --from=rootfs / /` copies it",
  ],
  [
    "an image",
    { from: "alpine:3.20" },
    "upgrade openssl to 3.3.9 in `alpine:3.20`, from which `COPY --from=alpine:3.20 / /` copies it",
  ],
])("what is copied from %s is fixed there", (_, source, remedy) => {
  const scan = judged(scanned(platformScan([found("CVE-1", "layer 1")], { layers: layers("COPY / / # buildkit") })), {
    stepsOn: () => [{ keyword: "COPY", at: { file: "Dockerfile", line: 4 }, ...source }],
  });
  expect(scan).toMatchObject({
    platforms: [
      { findings: [{ remedy: { text: remedy }, at: { line: 4 }, origin: { step: `COPY --from=${source.from} / /` } }] },
    ],
  });
});
