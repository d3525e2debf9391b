/** Requests and answers against a published OpenAPI 3.0 description: GitHub's, of which only what is asked about is compiled. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface ApiDescription {
  /** What is wrong with a request's body; empty for nothing. */
  requestProblems(operation: Operation, body: unknown): readonly string[];
  /** What is wrong with an answer's. A status that the operation doesn't have is wrong. */
  answerProblems(operation: Operation, status: number, body: unknown): readonly string[];
  /** What is wrong with a whole exchange, its query too. Answers that any operation may have need not be described. */
  exchangeProblems(exchange: Exchange): readonly string[];
  /** The description's own example of an answer. */
  example(operation: Operation, status: number): Record<string, unknown>;
}

export interface Operation {
  readonly method: "get" | "post" | "patch" | "put" | "delete";
  /** As the description has it: `/repos/{owner}/{repo}/pulls`. */
  readonly path: string;
}

export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** docs.github.com, "Troubleshooting the REST API". */
const anywhere: ReadonlySet<number> = new Set([401, 403, 404, 429, 500, 502, 503]);

let github: ApiDescription | undefined;

/** The operations of GitHub's REST API that scripts/github-descriptions.ts names. */
export function githubDescription(): ApiDescription {
  const file = join(import.meta.dirname, "fixtures/github/rest-api.json");
  github ??= describeApi(JSON.parse(readFileSync(file, "utf8")) as Json);
  return github;
}

function describeApi(document: Json): ApiDescription {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  // The types say that its default export is a module.
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const follow = (value: Json | undefined): Json | undefined => {
    const target = at(value, "$ref");
    return typeof target === "string" ? at(document, ...pointer(target)) : value;
  };
  const problems = (key: string, schema: Json | undefined, body: unknown): readonly string[] => {
    if (schema === undefined) return body === undefined ? [] : [`${key} takes no body`];
    const validate = compiled.get(key) ?? ajv.compile(selfContained(document, schema));
    compiled.set(key, validate);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${key}${instancePath} ${message}`);
  };
  const content = (body: Json | undefined): Json | undefined => at(follow(body), "content", "application/json");
  const answer = ({ method, path }: Operation, status: number): Json | undefined =>
    follow(at(document, "paths", path, method, "responses", String(status)));
  const requestProblems = ({ method, path }: Operation, body: unknown): readonly string[] => {
    const schema = at(content(at(document, "paths", path, method, "requestBody")), "schema");
    return problems(`${method} ${path}`, schema, body);
  };
  const queryProblems = ({ method, path }: Operation, query: URLSearchParams): readonly string[] => {
    const listed = at(document, "paths", path, method, "parameters");
    const parameters = (Array.isArray(listed) ? listed : []).map(follow);
    return [...query].flatMap(([name, text]) => {
      const known = parameters.find((each) => at(each, "in") === "query" && at(each, "name") === name);
      const schema = follow(at(known, "schema"));
      const key = `${method} ${path}?${name}`;
      if (schema === undefined) return [`${key} is not described`];
      return problems(key, schema, at(schema, "type") === "integer" ? Number(text) : text);
    });
  };
  const answerProblems = (operation: Operation, status: number, body: unknown): readonly string[] => {
    const found = answer(operation, status);
    const key = `${operation.method} ${operation.path} ${status}`;
    if (found === undefined) return [`${key} is no answer`];
    // Of some answers it says nothing but that they are given.
    const schema = at(content(found), "schema");
    return schema === undefined ? [] : problems(key, schema, body);
  };
  return {
    requestProblems,
    answerProblems,
    exchangeProblems({ method, url, body, status, answer: answered }) {
      const { pathname, searchParams } = new URL(url, "http://here");
      const operation = operationOf(document, method, pathname);
      if (operation === undefined) return [`${method} ${pathname} is not described`];
      const isAnywhere = anywhere.has(status) && answer(operation, status) === undefined;
      return [
        ...queryProblems(operation, searchParams),
        ...requestProblems(operation, body),
        ...(isAnywhere ? [] : answerProblems(operation, status, answered)),
      ];
    },
    example(operation, status) {
      const examples = at(content(answer(operation, status)), "examples");
      const [first] = Object.values(examples ?? {});
      return structuredClone(at(follow(first as Json), "value")) as Record<string, unknown>;
    },
  };
}

const methods = ["get", "post", "patch", "put", "delete"] as const;

/** The operation that an address means: one without parameters where another has them comes first. */
function operationOf(document: Json, asked: string, pathname: string): Operation | undefined {
  const method = methods.find((each) => each === asked.toLowerCase());
  const paths = Object.keys(at(document, "paths") ?? {}).filter(
    (path) =>
      new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname) &&
      method !== undefined &&
      at(document, "paths", path, method) !== undefined,
  );
  const [path] = paths.sort((a, b) => a.split("{").length - b.split("{").length);
  return method === undefined || path === undefined ? undefined : { method, path };
}

/** The schema with all that it refers to, in JSON Schema's words. */
function selfContained(document: Json, schema: Json): object {
  const definitions: Record<string, Json> = {};
  const convert = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== "object" || value === null) return value;
    const { nullable, $ref: target, example: _, examples: __, ...rest } = value as Record<string, Json>;
    if (typeof target === "string") {
      const name = pointer(target).join("/");
      if (!(name in definitions)) {
        definitions[name] = true;
        definitions[name] = convert(at(document, ...pointer(target)) ?? true);
      }
      return { $ref: `#/definitions/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` };
    }
    const converted = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, convert(each)]));
    return nullable === true ? { anyOf: [{ type: "null" }, converted] } : converted;
  };
  const converted = convert(schema);
  return { allOf: [converted], definitions };
}

function pointer(target: string): readonly string[] {
  return target
    .slice(2)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (found, key) => (typeof found === "object" && found !== null ? (found as Record<string, Json>)[key] : undefined),
    value,
  );
}
