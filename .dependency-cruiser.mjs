/**
 * The folders of src/ and what each may import (docs/architecture.md shows the same table). Every folder may import itself,
 * what is in `everybody`, and what its line names. The order is the order of the data: nothing imports what comes later.
 */
export const everybody = ["lib", "model", "errors", "ports"];

const analysis = ["context", "config", "oci", "tags", "git", "catalog", "changes", "plan"];
const work = ["buildx", "forge", "scan", "scan/upload", "publish", "bump"];
const run = ["results", "report", "settings", "run"];

export const folders = {
  lib: ["errors", "ports"],
  model: ["errors", "lib"],
  context: ["model"],
  config: ["model"],
  oci: ["model"],
  tags: ["model"],
  git: ["context"],
  workflow: [],
  catalog: ["config"],
  changes: ["catalog", "git"],
  plan: ["catalog", "changes", "tags", "oci"],
  buildx: ["plan", "oci"],
  forge: [],
  scan: ["oci"],
  "scan/upload": ["scan", "forge"],
  publish: ["plan", "oci"],
  bump: ["catalog", "plan", "oci", "forge"],
  results: ["plan", "scan", "bump"],
  report: ["results", "plan", "scan", "bump", "changes"],
  settings: ["config", "catalog", "tags", "scan", "buildx", "publish", "bump"],
  run: ["settings", "config", "tags", "buildx", "publish", "results", "git", "oci", "forge", "context", "workflow"],
  "stages/analyze": [...analysis, ...work, ...run],
  "stages/plan": [...analysis, ...work, ...run, "stages/analyze"],
  "stages/build": [...analysis, ...work, ...run, "stages/analyze", "stages/plan"],
  "stages/check": [...analysis, ...work, ...run, "stages/analyze", "stages/plan", "stages/build"],
  "stages/publish": [...analysis, ...work, ...run, "stages/analyze", "stages/plan", "stages/build", "stages/check"],
  "stages/bump": [
    ...analysis,
    ...work,
    ...run,
    "stages/analyze",
    "stages/plan",
    "stages/build",
    "stages/check",
    "stages/publish",
  ],
  commands: ["stages", "report", ...run],
  adapters: [],
};

/** Single files that one file may import though its folder may not. At most seven. */
export const exceptions = {
  // What is published is scanned before the plan, to find out what a rebuild would fix.
  "stages/plan/fixable": ["stages/check/scanning"],
  "stages/plan/preparation": ["stages/check/scanning"],
  // Gitea has no draft of a commit: the marker is taken out of the message that its API shows again.
  "forge/gitea/gitea-write": ["bump/pull-request/marker"],
  "report/pull-request-text": ["forge/bump-forge"],
};

const file = (name) => `^src/${name}\\.ts$`;

const place = (name) => (["errors", "ports"].includes(name) ? file(name) : `^src/${name}/`);

/** What the files of a folder may import; a folder inside another without a line of its own goes by the outer one's. */
function allowedTo(path) {
  const folder = Object.keys(folders).findLast((each) => path === each || path.startsWith(`${each}/`));
  return [folder, ...(["lib", "model"].includes(folder) ? [] : everybody), ...folders[folder]].map(place);
}

/** The folders inside a folder that have a line of their own. */
function inside(folder) {
  return Object.keys(folders).filter((each) => each.startsWith(`${folder}/`));
}

const exceptionRules = Object.entries(exceptions).map(([from, imports]) => ({
  name: `imports-of-${from.replaceAll("/", "-")}`,
  severity: "error",
  from: { path: file(from) },
  to: { path: "^src/", pathNot: [...allowedTo(from.replace(/\/[^/]+$/, "")), ...imports.map(file)] },
}));

const folderRules = Object.keys(folders).map((folder) => ({
  name: `imports-of-${folder.replace("/", "-")}`,
  severity: "error",
  from: { path: `^src/${folder}/`, pathNot: [...Object.keys(exceptions).map(file), ...inside(folder).map(place)] },
  to: { path: "^src/", pathNot: allowedTo(folder) },
}));

/** Packages and built-in modules that reach outside; only adapters and the edges may. */
const outside = [
  "^(node:)?(child_process|fs|fs/promises|net|http|https|http2|tls|dns|os|process|timers|timers/promises)$",
  "node_modules/@actions/",
];

export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    ...folderRules,
    ...exceptionRules,
    { name: "errors-stand-alone", severity: "error", from: { path: "^src/errors\\.ts$" }, to: {} },
    {
      name: "ports-know-only-errors",
      severity: "error",
      from: { path: "^src/ports\\.ts$" },
      to: { pathNot: "^src/errors\\.ts$" },
    },
    {
      name: "outside-only-in-adapters",
      severity: "error",
      // Octokit is given our Http port, and reaches nothing by itself.
      from: { path: "^src/", pathNot: "^src/(adapters/|main\\.ts|cli\\.ts|index\\.ts|forge/github/octokit\\.ts$)" },
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
