import { expect, test } from "@jest/globals";
import { dockerEnvironment } from "../../../../src/buildx/builder/environment.ts";

const own = ["DOCKER_CLI_HINTS", "NO_COLOR", "BUILDX_METADATA_PROVENANCE"];

test.each<[string, Record<string, string | undefined>, Parameters<typeof dockerEnvironment>[1], string[]]>([
  [
    "programs and docker's settings are found",
    { PATH: "/bin", HOME: "/root", DOCKER_CONFIG: "/d" },
    undefined,
    ["PATH", "HOME", "DOCKER_CONFIG"],
  ],
  ["proxies are passed in both cases", { HTTPS_PROXY: "p", no_proxy: "n" }, undefined, ["HTTPS_PROXY", "no_proxy"]],
  [
    "inputs, tokens and the rest of the job stay out",
    { INPUT_TOKEN: "t", GITHUB_TOKEN: "t", AWS_SECRET_ACCESS_KEY: "k" },
    undefined,
    [],
  ],
  [
    "a credential helper gets what it finds logins by",
    { INPUT_TOKEN: "t", AWS_SECRET_ACCESS_KEY: "k" },
    { cacheService: false, ssh: false, credentialHelpers: true },
    ["AWS_SECRET_ACCESS_KEY"],
  ],
  ["the cache's token only where the cache is used", { ACTIONS_RUNTIME_TOKEN: "t" }, undefined, []],
  [
    "with the gha cache its address, version and token",
    { ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_RESULTS_URL: "u", ACTIONS_CACHE_SERVICE_V2: "true", ACTIONS_CACHE_URL: "v" },
    { cacheService: true, ssh: false, credentialHelpers: false },
    ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_SERVICE_V2", "ACTIONS_CACHE_URL"],
  ],
  ["the agent's socket only where ssh is asked for", { SSH_AUTH_SOCK: "/s" }, undefined, []],
  [
    "with ssh the agent's socket",
    { SSH_AUTH_SOCK: "/s" },
    { cacheService: false, ssh: true, credentialHelpers: false },
    ["SSH_AUTH_SOCK"],
  ],
  [
    "an engine behind ssh is reached by the agent",
    { SSH_AUTH_SOCK: "/s", DOCKER_HOST: "ssh://user@build.example" },
    undefined,
    ["DOCKER_HOST", "SSH_AUTH_SOCK"],
  ],
  [
    "a cluster's builder is reached by what the kubeconfig's plugin looks at",
    { KUBECONFIG: "/k", AWS_PROFILE: "p", INPUT_TOKEN: "t" },
    undefined,
    ["KUBECONFIG", "AWS_PROFILE"],
  ],
  [
    "where nobody trusts the code, nothing is there to log in by",
    {
      ...{ PATH: "/bin", DOCKER_CONFIG: "/d", DOCKER_AUTH_CONFIG: "{}", KUBECONFIG: "/k" },
      ...{ AWS_SECRET_ACCESS_KEY: "k", GOOGLE_APPLICATION_CREDENTIALS: "g", AZURE_CLIENT_SECRET: "a", GNUPGHOME: "/g" },
    },
    { cacheService: false, ssh: false, credentialHelpers: true, withoutLogins: true },
    ["PATH", "DOCKER_CONFIG", "KUBECONFIG"],
  ],
  ["what is not set stays unset", { PATH: undefined }, undefined, []],
])("%s", (_, parent, needs, expected) => {
  expect(Object.keys(dockerEnvironment(parent, needs)).sort()).toEqual([...expected, ...own].sort());
});
