import { expect, test } from "@jest/globals";
import { loginsOf } from "../../../src/commands/logins.ts";

const forge = "ghcr.io";
const nothing = { registryUsername: undefined, registryPassword: undefined, token: undefined };

/** Who is shown to a host: the first login that names it. */
function shown(given: Partial<typeof nothing> | Record<string, string>, hosts: readonly string[], host: string) {
  const found = loginsOf({ ...nothing, ...given }, { hosts, forge, actor: "octocat" }).find((each) =>
    each.hosts.includes(host),
  );
  return found && `${found.username}:${found.password}`;
}

test.each<[string, Record<string, string>, readonly string[], string, string | undefined]>([
  ["the job's token is for the forge's registry", { token: "job" }, [forge], forge, "octocat:job"],
  ["and for no other", { token: "job" }, [forge, "docker.io"], "docker.io", undefined],
  [
    "a password is for where images are pushed",
    { registryPassword: "p", token: "job" },
    ["docker.io"],
    "docker.io",
    "octocat:p",
  ],
  ["also for the forge's registry", { registryPassword: "p", token: "job" }, [forge], forge, "octocat:p"],
  [
    "with two registries the password is the other's",
    { registryPassword: "p", token: "job" },
    [forge, "quay.io"],
    "quay.io",
    "octocat:p",
  ],
  [
    "and the forge's keeps the job's token",
    { registryPassword: "p", token: "job" },
    [forge, "quay.io"],
    forge,
    "octocat:job",
  ],
  [
    "unless a user is named",
    { registryUsername: "me", registryPassword: "p", token: "job" },
    [forge, "quay.io"],
    forge,
    "me:p",
  ],
  ["without anything there is none", {}, [forge], forge, undefined],
])("%s", (_, given, hosts, host, expected) => {
  expect(shown(given, hosts, host)).toBe(expected);
});
