import { describe, expect, test } from "@jest/globals";
import { loginsOf, namedHosts } from "../../../src/run/logins.ts";
import { parseImageNames } from "../../../src/tags/image-names.ts";

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

describe("the hosts that the workflow names", () => {
  const named = (images: readonly string[], registries: readonly string[] = []) => {
    const lines = images.map((text, index) => ({ text, input: "images", line: index + 1 }));
    const { values: names, problems } = parseImageNames(lines);
    expect(problems).toEqual([]);
    return [...namedHosts({ names, settings: { registries } }, { serverUrl: "https://github.com" })];
  };

  test.each<{ readonly images: readonly string[]; readonly hosts: readonly string[]; readonly because: string }>([
    { images: [], hosts: ["ghcr.io"], because: "the default name is the forge's registry" },
    { images: ["quay.io/o/r"], hosts: ["quay.io"], because: "it is written" },
    { images: ["quay.io/{{owner}}/{{name}}"], hosts: ["quay.io"], because: "expressions follow the host" },
    { images: ["localhost:5000/{{name}}"], hosts: ["localhost:5000"], because: "the port belongs to the host" },
    { images: ["Quay.IO/o/r"], hosts: ["quay.io"], because: "hosts have no case" },
    { images: ["index.docker.io/o/r"], hosts: ["docker.io"], because: "it is Docker Hub's other name" },
    { images: ["o/r", "name=web"], hosts: ["docker.io"], because: "a name without host is Docker Hub's" },
    { images: ["Evil/x"], hosts: ["docker.io"], because: "names are read in lower case" },
    { images: ["name=quay.io/o/r,enable={{is_release}}"], hosts: ["quay.io"], because: "the workflow names it" },
    { images: ["ghcr.io/o/r,quay.io/o/r"], hosts: ["ghcr.io", "quay.io"], because: "a line may hold several" },
    { images: ["{{owner}}/{{name}}"], hosts: ["docker.io"], because: "nobody wrote what the owner may read as" },
    { images: ["{{repo}}/x"], hosts: ["docker.io"], because: "a repository may be called evil.example" },
    { images: ["{{name}}"], hosts: ["docker.io"], because: "a folder may be called evil.example/x" },
    { images: ["{{name}}/ghcr.io/x"], hosts: ["docker.io"], because: "the host comes first" },
    { images: ["x{{name}}/y"], hosts: ["docker.io"], because: "no host was written" },
    { images: ["ghcr.io{{name}}/x"], hosts: [], because: "it may go on as .evil.example" },
    { images: ["ghcr.io.{{owner}}/x"], hosts: [], because: "the owner is part of the host" },
    { images: ["{{owner}}.quay.io/x"], hosts: [], because: "the owner is part of the host" },
    { images: ["localhost:{{name}}/x"], hosts: [], because: "the name is part of the host" },
    { images: ["{{date 'YYYY'}}.example/x"], hosts: [], because: "the date is part of the host" },
    { images: ["{{{owner}}}.example/x"], hosts: [], because: "three braces are two" },
  ])("$images: $hosts, $because", ({ images, hosts }) => {
    expect(named(images)).toEqual(hosts);
  });

  test("those of `registries` are beside them", () => {
    expect(named([], ["quay.io"])).toEqual(["ghcr.io", "quay.io"]);
    expect(named(["docker.io/o/r"], ["quay.io"])).toEqual(["docker.io", "quay.io"]);
  });
});
