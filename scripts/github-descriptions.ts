/**
 * Writes what the tests need of GitHub's published descriptions into __tests__/fixtures/github. The packages that hold
 * the whole of them take 406 MB. To use another operation or GraphQL type in a test, add it here and run
 * `node scripts/github-descriptions.ts`; for newer descriptions, raise a version.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type DefinitionNode, parse, print, type TypeNode, visit } from "graphql";

const versions = {
  "@octokit/openapi": "23.0.2",
  "@octokit/graphql-schema": "15.26.1",
  "@octokit/webhooks-examples": "7.6.1",
} as const;

/** Below `/repos/{owner}/{repo}`. */
const operations: Readonly<Record<string, readonly string[]>> = {
  "/code-scanning/analyses": ["get"],
  "/code-scanning/sarifs": ["post"],
  "/code-scanning/sarifs/{sarif_id}": ["get"],
  "/contents/{path}": ["get"],
  "/git/commits": ["post"],
  "/git/trees": ["post"],
  "/issues/{issue_number}": ["patch"],
  "/issues/{issue_number}/comments": ["post"],
  "/pulls": ["post"],
  "/pulls/{pull_number}": ["patch"],
  "/pulls/{pull_number}/requested_reviewers": ["post"],
};

const mutations = ["createCommitOnBranch", "enablePullRequestAutoMerge", "updateRefs"];

/** Fields of other object types are left out. */
const objectTypes = [
  ...["Query", "Mutation", "Repository", "Ref", "Comparison", "ComparisonCommitConnection", "GitObject", "Commit"],
  ...["CommitConnection", "GitActor", "Tree", "TreeEntry", "PullRequest", "PullRequestConnection", "LabelConnection"],
  ...["Label", "UserConnection", "User", "CreateCommitOnBranchPayload", "EnablePullRequestAutoMergePayload"],
  "UpdateRefsPayload",
];

/** Webhooks that start a workflow whose images this action plans: an example of each action. Of the others one. */
const events = ["create", "delete", "merge_group", "pull_request", "push", "release", "repository_dispatch"];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The operations with all that they refer to, without prose. */
function restDescription(whole: JsonObject): JsonObject {
  const paths = Object.entries(operations).map(([below, methods]) => {
    const path = `/repos/{owner}/{repo}${below}`;
    const all = objectAt(whole, "paths", path);
    return [path, Object.fromEntries(methods.map((method) => [method, withoutProse(objectAt(all, method))]))] as const;
  });
  const kept = new Map<string, Json>();
  const follow = (value: Json): void => {
    for (const target of references(value)) {
      if (kept.has(target)) continue;
      kept.set(target, withoutProse(objectAt(whole, ...target.slice(2).split("/"))));
      follow(kept.get(target) ?? null);
    }
  };
  follow(Object.fromEntries(paths));
  const components: Record<string, Record<string, Json>> = {};
  for (const [target, value] of [...kept].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, , kind = "", name = ""] = target.split("/");
    components[kind] = { ...components[kind], [name]: value };
  }
  return { openapi: whole.openapi ?? "", paths: Object.fromEntries(paths), components };
}

function references(value: Json): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const { $ref: target, ...rest } = value as JsonObject;
  return [...(typeof target === "string" ? [target] : []), ...Object.values(rest).flatMap(references)];
}

const prose = ["description", "summary", "title", "tags", "operationId", "externalDocs", "x-github"];

/** Properties may be called as prose is; they hold an object. What is below `value` is an example. */
function withoutProse(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, each]) => !prose.includes(key) || isSchema(each));
  return Object.fromEntries(kept.map(([key, each]) => [key, key === "value" ? each : withoutProse(each)]));
}

function isSchema(value: Json): boolean {
  return typeof value === "object" && value !== null && ("type" in value || "$ref" in value || "anyOf" in value);
}

/** Those types and mutations, what their arguments and answers refer to, and no descriptions. */
function graphqlSchema(whole: string): string {
  const { definitions } = parse(whole);
  const byName = new Map(definitions.flatMap((each) => ("name" in each && each.name ? [[each.name.value, each]] : [])));
  const isKept = (type: TypeNode): boolean => {
    const definition = byName.get(nameOf(type));
    return (
      !/^(Object|Interface|Union)TypeDefinition$/.test(definition?.kind ?? "") || objectTypes.includes(nameOf(type))
    );
  };
  const pruned = new Map<string, DefinitionNode>();
  const add = (name: string): void => {
    const definition = byName.get(name);
    if (definition === undefined || pruned.has(name)) return;
    const used = new Set<string>();
    const one = visit(withoutDescriptions(definition), {
      Directive: () => null,
      FieldDefinition: (node) => (isKept(node.type) && isAsked(name, node.name.value) ? undefined : null),
      NamedType(node) {
        if (!isKept(node)) return null;
        used.add(node.name.value);
        return undefined;
      },
    });
    pruned.set(name, one);
    for (const each of used) add(each);
  };
  for (const name of objectTypes) add(name);
  return [...pruned.values()].map(print).join("\n\n");
}

function withoutDescriptions(definition: DefinitionNode): DefinitionNode {
  return visit(definition, {
    enter: (node) => ("description" in node && node.description ? { ...node, description: undefined } : undefined),
  });
}

function isAsked(type: string, field: string): boolean {
  if (type === "Query") return field === "repository";
  return type !== "Mutation" || mutations.includes(field);
}

function nameOf(type: TypeNode): string {
  return type.kind === "NamedType" ? type.name.value : nameOf(type.type);
}

interface Webhook {
  readonly name: string;
  readonly examples: readonly Json[];
}

/** One line for each example. */
function webhookExamples(servers: readonly (readonly Webhook[])[]): string {
  const examples = servers.flat().flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));
  const kept = new Map(examples.reverse().map((each) => [kindOf(each), each]));
  return `[\n${[...kept.values()]
    .reverse()
    .map((each) => JSON.stringify(each))
    .join(",\n")}\n]`;
}

/** The examples of a push have no action, and differ in whether the ref was created, moved or deleted. */
function kindOf({ name, payload }: { readonly name: string; readonly payload: Json }): string {
  const { action, created, deleted, forced, ref, ref_type } = objectAt(payload);
  const isEvent = events.includes(name);
  return JSON.stringify(isEvent ? [name, action, created, deleted, forced, ref, ref_type] : [name]);
}

function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (in_, key) => (typeof in_ === "object" && in_ !== null ? (in_ as JsonObject)[key] : undefined),
    value,
  );
  if (typeof found !== "object" || found === null) throw new Error(`GitHub's description has no ${path.join(" ")}`);
  return found as JsonObject;
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "image-publish-github-"));
  const target = resolve(import.meta.dirname, "../__tests__/fixtures/github");
  const unpack = (name: keyof typeof versions): string => {
    const packed = execFileSync("npm", ["pack", `${name}@${versions[name]}`, "--silent"], {
      cwd: folder,
      encoding: "utf8",
    });
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    execFileSync("tar", ["-xzf", packed.trim(), "-C", own, "--strip-components=1"], { cwd: folder });
    return own;
  };
  const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
  try {
    const rest = restDescription(json(join(unpack("@octokit/openapi"), "generated/api.github.com.json")));
    const graphql = graphqlSchema(readFileSync(join(unpack("@octokit/graphql-schema"), "schema.graphql"), "utf8"));
    const webhooks = unpack("@octokit/webhooks-examples");
    const servers = ["api.github.com", "ghes-35"].map((server) => json(join(webhooks, server, "index.json")));
    writeFileSync(join(target, "rest-api.json"), `${JSON.stringify(rest, undefined, 1)}\n`);
    writeFileSync(join(target, "schema.graphql"), `${graphql}\n`);
    writeFileSync(join(target, "webhooks.json"), `${webhookExamples(servers)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
