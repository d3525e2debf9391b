/** GitHub's published description of its REST API (OpenAPI), as a check of what a fake is asked and answers. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import formats from "ajv-formats";

export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** Makes a check of exchanges with operations whose paths begin with `prefix`. @returns what is wrong with an exchange. */
export function describedOperations(prefix: string): (exchange: Exchange) => readonly string[] {
  const described: Node = JSON.parse(readFileSync(file, "utf8"));
  const paths = Object.entries(nodeAt(described, "paths")).filter(([path]) => path.startsWith(prefix));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: root, ...neededBy(described, Object.fromEntries(paths)) });
  const templates = paths.map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`),
    operations: isNode(operations) ? operations : {},
  }));
  const wrong = (what: string, schema: unknown, value: unknown): readonly string[] => {
    if (!isNode(schema)) return [];
    const validate = compiled(ajv, schema);
    return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
  };
  return ({ method, url, body, status, answer }) => {
    const { pathname, searchParams } = new URL(url, "http://here");
    const found = templates.find(({ pattern }) => pattern.test(pathname))?.operations[method.toLowerCase()];
    if (!isNode(found)) return [`${method} ${pathname} is not described`];
    return [
      ...wrongQuery(described, found, searchParams, wrong),
      ...wrong("request", pointer(found, "requestBody", "content", "application/json", "schema"), body),
      ...wrongAnswer(described, found, status, answer, wrong),
    ].map((problem) => `${method} ${pathname}: ${problem}`);
  };
}

type Node = { readonly [key: string]: unknown };
type Wrong = (what: string, schema: unknown, value: unknown) => readonly string[];

const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
const root = "https://api.github.com/description";

/** Answers that any operation may have (docs.github.com, "Troubleshooting the REST API"). */
const anywhere: ReadonlySet<number> = new Set([401, 403, 404, 429, 500, 502, 503]);

function wrongQuery(described: Node, operation: Node, query: URLSearchParams, wrong: Wrong): readonly string[] {
  const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).map((each) =>
    resolved(described, each),
  );
  return [...query].flatMap(([name, text]) => {
    const schema = parameters.find((each) => each.in === "query" && each.name === name)?.schema;
    if (!isNode(schema)) return [`query: ${name} is not described`];
    return wrong(`query ${name}`, absolute(schema), schema.type === "integer" ? Number(text) : text);
  });
}

function wrongAnswer(described: Node, operation: Node, status: number, answer: unknown, wrong: Wrong) {
  const known = nodeAt(operation, "responses")[String(status)];
  if (known === undefined) return anywhere.has(status) ? [] : [`answer: ${status} is not described`];
  return wrong(
    `answer ${status}`,
    pointer(resolved(described, known), "content", "application/json", "schema"),
    answer,
  );
}

const validators = new WeakMap<Node, ReturnType<Ajv["compile"]>>();

function compiled(ajv: Ajv, schema: Node) {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = ajv.compile(absolute(schema));
  validators.set(schema, made);
  return made;
}

/** The schemas that operations need, and no other: the description has thousands. */
function neededBy(described: Node, operations: Node): Node {
  const schemas: Record<string, unknown> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    if (!isNode(value)) return;
    const name = typeof value.$ref === "string" ? /^#\/components\/(\w+)\/(.+)$/.exec(value.$ref) : null;
    if (name !== null && !(`${name[1]}/${name[2]}` in schemas)) {
      const target = resolved(described, value);
      schemas[`${name[1]}/${name[2]}`] = absolute(target);
      visit(target);
    }
    for (const [key, each] of Object.entries(value)) if (!/^examples?$/.test(key)) visit(each);
  };
  visit(operations);
  const tree: Record<string, Record<string, unknown>> = {};
  for (const [path, schema] of Object.entries(schemas)) {
    const [kind = "", name = ""] = path.split("/");
    tree[kind] = { ...tree[kind], [name]: schema };
  }
  return { components: tree };
}

/** The same with references to what `neededBy` gathers; OpenAPI's examples are no schemas. */
function absolute(schema: Node): Node {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => {
      if (key === "example" || key === "examples") return undefined;
      return key === "$ref" && typeof value === "string" && value.startsWith("#") ? `${root}${value}` : value;
    }),
  );
}

function resolved(described: Node, value: unknown): Node {
  if (!isNode(value)) return {};
  if (typeof value.$ref !== "string") return value;
  const found = pointer(described, ...value.$ref.replace(/^#\//, "").split("/"));
  return isNode(found) ? found : {};
}

function pointer(from: Node, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isNode(value) ? value[key] : undefined), from);
}

function nodeAt(from: Node, key: string): Node {
  const found = from[key];
  return isNode(found) ? found : {};
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
