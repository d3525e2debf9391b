import { expect, test } from "@jest/globals";
import { readConfig } from "../../../../src/config/config.ts";
import type { RawInputs } from "../../../../src/config/inputs-specification.ts";
import { inputs } from "../../../../src/config/inputs-specification.ts";
import { Problems, UserError } from "../../../../src/errors.ts";
import { type Repository, repository, splitRepository } from "../../../../src/model/reference.ts";
import { type RegistryError, unauthorizedError, unnamedError } from "../../../../src/oci/registry/registry-error.ts";
import { nameRegistry } from "../../../../src/run/logins.ts";
import { readImageSettings } from "../../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../../src/settings/run-inputs.ts";
import { withUnnamedHosts } from "../../../../src/stages/plan/unnamed-hosts.ts";
import { catalogOf } from "../../changes/catalog-of.ts";

const refusal = (of: Repository): RegistryError => {
  const { host, path } = splitRepository(of);
  const asked = { host, repository: path, access: "push" } as const;
  return unnamedError(asked, nameRegistry(host), unauthorizedError(asked, false));
};

const config = `defaults:
  images:
    - ghcr.io/o/{{name}}
    - a.example/o/{{name}}
images:
  web:
    images: b.example/o/web
`;

async function reported(refusing: readonly string[], error: unknown = refusal(repository("a.example/o/app"))) {
  const { inputs: read } = readRunInputs(Object.fromEntries(inputs.map(({ name }) => [name, ""])) as RawInputs, {});
  const { settingsOf } = await readImageSettings((await readConfig(config, ".github/image-publish.yml")).config, read);
  const catalog = catalogOf(
    { name: "app", repositories: [repository("ghcr.io/o/app"), repository("a.example/o/app")] },
    { name: "web", repositories: [repository("b.example/o/web")] },
  );
  const checkPush = async (of: Repository) => {
    if (refusing.includes(splitRepository(of).host)) throw refusal(of);
  };
  const registry = { checkPush, head: async () => undefined };
  const surveyed = { catalog, left: new Map(), settingsOf };
  const thrown = await withUnnamedHosts(Promise.reject(error), { surveyed, registry, push: true }).catch(
    (caught: unknown) => caught,
  );
  if (!(thrown instanceof UserError)) throw thrown;
  return (thrown instanceof Problems ? thrown.problems : [thrown]).map(({ hint, at }) => ({
    line: /registries: [a-z.]+/.exec(hint)?.[0],
    at: at?.line,
  }));
}

test("every host that refuses without a login is reported, with the line of the file that names it", async () => {
  expect(await reported(["a.example", "b.example"])).toEqual([
    { line: "registries: a.example", at: 4 },
    { line: "registries: b.example", at: 7 },
  ]);
});

test("one alone is", async () => {
  expect(await reported(["b.example"])).toEqual([{ line: "registries: b.example", at: 7 }]);
});

test("what refuses no longer is reported as it came", async () => {
  expect(await reported([])).toEqual([{ line: "registries: a.example", at: undefined }]);
});

test("another error stays as it is", async () => {
  const other = new UserError("no", { hint: "else" });
  expect(await reported(["a.example"], other)).toEqual([{ line: undefined, at: undefined }]);
});
