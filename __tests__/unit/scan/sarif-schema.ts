import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import formats from "ajv-formats";

/** What is wrong with a log by the schema of SARIF 2.1.0; empty for a valid one. */
export function schemaErrors(log: object): string {
  return validate(log) ? "" : ajv.errorsText(validate.errors, { separator: "\n" });
}

const file = new URL("../../fixtures/sarif/sarif-schema-2.1.0.json", import.meta.url);

// Written in JSON Schema's draft 4, of which it uses nothing that later ones read differently but the name of `id`.
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(fileURLToPath(file), "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(schema);
