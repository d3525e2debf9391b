/**
 * The rooms of src/ and what each may import (docs/architecture.md shows the same table). A room may always import itself
 * and the leaves, and, where the table says so, ports.ts. Everything that is not allowed here is an error.
 */
const rooms = {
  inputs: ["oci"],
  context: [],
  oci: ["ports"],
  buildflags: [],
  catalog: ["buildflags", "oci", "ports"],
  changes: ["catalog", "context", "oci", "ports"],
  tags: ["context", "oci"],
  plan: ["catalog", "changes", "context", "oci", "tags"],
  build: ["buildflags", "plan", "oci", "ports"],
  publish: ["build/candidate", "changes/reason", "context/run-context", "plan", "oci", "ports", "tags/image-tags"],
  scan: ["build/candidate", "catalog/yaml-tree", "context/run-context", "plan", "oci", "ports"],
  bump: ["catalog", "context/run-context", "plan", "oci", "ports"],
  report: [
    "build/candidate",
    "bump/forge/bump-forge",
    "bump/moved",
    "bump/proposal",
    "changes",
    "plan",
    "oci",
    "scan/across-platforms",
    "scan/scanner-facts",
    "scan/complaint",
    "scan/finding",
    "scan/ignore-path",
    "scan/judged",
    "tags/image-tags",
  ],
  workflow: ["catalog/yaml-tree", "context/run-context"],
  adapters: ["ports"],
  commands: [
    "inputs",
    "context",
    "oci",
    "buildflags",
    "catalog",
    "changes",
    "tags",
    "plan",
    "build",
    "scan",
    "publish",
    "bump",
    "report",
    "workflow",
    "walk",
    "ports",
  ],
};

/** Files of their own, of which every room may know these. */
const leaves = [
  "bounded",
  "byte-reader",
  "errors",
  "glob-list",
  "local-paths",
  "markdown",
  "nearest",
  "once-each",
  "pause",
  "plain-text",
  "quantities",
  "some-of",
  "sourced-line",
];

const place = (room) =>
  room.includes("/") || [...leaves, "ports", "walk"].includes(room) ? `^src/${room}\\.ts$` : `^src/${room}/`;

const roomRules = Object.entries(rooms).map(([room, imports]) => ({
  name: `room-${room}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: {
    path: "^src/",
    pathNot: [room, ...leaves, ...imports].map(place),
  },
}));

/** Packages and built-in modules that reach outside; only adapters and the edges may. */
const outside = [
  "^(node:)?(child_process|fs|fs/promises|net|http|https|http2|tls|dns|os|process|timers|timers/promises)$",
  "node_modules/@actions/",
];

export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    ...roomRules,
    { name: "errors-stand-alone", severity: "error", from: { path: "^src/errors\\.ts$" }, to: {} },
    {
      name: "ports-know-only-errors",
      severity: "error",
      from: { path: "^src/ports\\.ts$" },
      to: { pathNot: "^src/errors\\.ts$" },
    },
    { name: "walk-stands-alone", severity: "error", from: { path: "^src/walk\\.ts$" }, to: {} },
    {
      name: "outside-only-in-adapters",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(adapters/|main\\.ts|cli\\.ts|index\\.ts)" },
      to: { path: outside },
    },
    {
      name: "adapters-are-made-at-the-edge",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(adapters/|main\\.ts|cli\\.ts)" },
      to: { path: "^src/adapters/" },
    },
    { name: "no-orphans", severity: "error", from: { orphan: true, path: "^src/" }, to: {} },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { conditionNames: ["import", "require", "node", "default"], exportsFields: ["exports"] },
  },
};
