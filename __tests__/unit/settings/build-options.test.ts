/** What build options may be, in an input and in the config file, and which of several places decides. */
import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/config.ts";
import { type InputName, inputs, type RawInputs } from "../../../src/config/inputs-specification.ts";
import { formatLocation } from "../../../src/errors.ts";
import { readImageSettings } from "../../../src/settings/image-settings.ts";
import { readRunInputs } from "../../../src/settings/run-inputs.ts";

type Given = Partial<Record<InputName, string>>;

const readInputs = (given: Given) =>
  readRunInputs(Object.fromEntries(inputs.map(({ name }) => [name, given[name] ?? ""])) as RawInputs, {});

async function optionsOf(name: string, config: string, given: Given = {}) {
  const read = readInputs(given);
  expect(read.problems).toEqual([]);
  const file = await readConfig(config, ".github/image-publish.yml");
  const { settingsOf, problems } = await readImageSettings(file.config, read.inputs);
  expect([...file.problems, ...problems]).toEqual([]);
  return settingsOf(name).options;
}

describe("an option means the same in an input and in an entry", () => {
  test.each<{ readonly option: InputName; readonly text: string; readonly is: object; readonly yaml?: string }>([
    { option: "network", text: "host", is: { network: "host" } },
    { option: "network", text: "none", is: { network: "none" } },
    { option: "network", text: "default", is: {} },
    { option: "allow", text: "network.host", is: { allow: ["network.host"] } },
    {
      option: "allow",
      text: "security.insecure, network.host",
      is: { allow: ["network.host", "security.insecure"] },
    },
    { option: "allow", text: "network.host\n\nnetwork.host", is: { allow: ["network.host"] } },
    { option: "allow", text: "device", is: { allow: ["device"] } },
    { option: "allow", text: "device=nvidia.com/gpu=all", is: { allow: ["device=nvidia.com/gpu=all"] } },
    { option: "allow", text: '"device=a.b/c,alias=d",device', is: { allow: ["device", "device=a.b/c,alias=d"] } },
    { option: "add-hosts", text: "db:10.0.0.1", is: { addHosts: ["db=10.0.0.1"] } },
    { option: "add-hosts", text: "db=10.0.0.1, a.b-c_d:::1", is: { addHosts: ["db=10.0.0.1", "a.b-c_d=::1"] } },
    { option: "add-hosts", text: "v6:[2001:db8::1]\n# more\nv6=[::1]", is: { addHosts: ["v6=2001:db8::1", "v6=::1"] } },
    { option: "add-hosts", text: "db:10.0.0.1", yaml: "{db: 10.0.0.1}", is: { addHosts: ["db=10.0.0.1"] } },
    {
      option: "add-hosts",
      text: "a:10.0.0.1\nb:10.0.0.2",
      yaml: "[a:10.0.0.1, b=10.0.0.2]",
      is: { addHosts: ["a=10.0.0.1", "b=10.0.0.2"] },
    },
    { option: "shm-size", text: "2g", is: { shmSize: 2 ** 31 } },
    { option: "shm-size", text: "64m", is: { shmSize: 2 ** 26 } },
    { option: "shm-size", text: "1.5GiB", is: { shmSize: 1.5 * 2 ** 30 } },
    { option: "shm-size", text: "512 kb", is: { shmSize: 2 ** 19 } },
    { option: "shm-size", text: "67108864", is: { shmSize: 2 ** 26 } },
    { option: "shm-size", text: "100b", is: { shmSize: 100 } },
    { option: "shm-size", text: "0", is: {} },
    { option: "ulimit", text: "nofile=1024", is: { ulimits: ["nofile=1024:1024"] } },
    {
      option: "ulimit",
      text: "nproc=3\ncore=-1\nnofile=1024:2048",
      is: { ulimits: ["core=-1:-1", "nofile=1024:2048", "nproc=3:3"] },
    },
    { option: "ulimit", text: "nofile=1:2\nnofile=3:-1", is: { ulimits: ["nofile=3:-1"] } },
    { option: "ulimit", text: "nofile=1024:2048", yaml: "{nofile: 1024:2048}", is: { ulimits: ["nofile=1024:2048"] } },
    { option: "ulimit", text: "nofile=1024", yaml: "{nofile: 1024}", is: { ulimits: ["nofile=1024:1024"] } },
    { option: "cgroup-parent", text: "ci.slice", is: { cgroupParent: "ci.slice" } },
    {
      option: "no-cache-filters",
      text: "build, test\nInstall.x-1",
      is: { noCacheFilters: ["build", "test", "Install.x-1"] },
    },
    { option: "no-cache-filters", text: "a,b", yaml: "[a, b]", is: { noCacheFilters: ["a", "b"] } },
  ])("$option: $text", async ({ option, text, is, yaml = JSON.stringify(text) }) => {
    expect(await optionsOf("web", "", { [option]: text })).toEqual(is);
    expect(await optionsOf("web", `images: {web: {${option}: ${yaml}}}`)).toEqual(is);
    expect(await optionsOf("web", `defaults: {${option}: ${yaml}}`)).toEqual(is);
  });
});

describe("a mistake is found before anything is built", () => {
  test.each<{ readonly option: InputName; readonly text: string; readonly says: RegExp }>([
    { option: "network", text: "bridge", says: /"bridge".*\n.*default, none or host/ },
    { option: "network", text: "hosts", says: /"hosts".*\n.*did you mean "host"/ },
    { option: "allow", text: "nosuch", says: /"nosuch" isn't a valid entitlement/ },
    { option: "allow", text: "network.hosts", says: /did you mean "network.host"/ },
    { option: "allow", text: "buildx.local.delete", says: /isn't a valid entitlement/ },
    { option: "allow", text: "fs.read=/etc", says: /isn't a valid entitlement/ },
    { option: "allow", text: "device=", says: /isn't a valid entitlement/ },
    { option: "allow", text: "device=a,alias=b", says: /in quotes/ },
    { option: "allow", text: '"network.host', says: /quote is in the wrong place/ },
    { option: "add-hosts", text: "db", says: /"db" isn't a host with its address/ },
    { option: "add-hosts", text: ":10.0.0.1", says: /isn't a host/ },
    { option: "add-hosts", text: "db:", says: /isn't a host/ },
    { option: "add-hosts", text: "db:10.0.0", says: /isn't a host/ },
    { option: "add-hosts", text: "db:10.0.0.256", says: /isn't a host/ },
    { option: "add-hosts", text: "db:fe80::1%eth0", says: /isn't a host/ },
    { option: "add-hosts", text: "a b:10.0.0.1", says: /isn't a host/ },
    { option: "add-hosts", text: "db:other.example", says: /isn't a host/ },
    { option: "add-hosts", text: "up:host-gateway", says: /no host-gateway.*\n.*172.17.0.1/ },
    { option: "shm-size", text: "2x", says: /"2x" isn't a valid size/ },
    { option: "shm-size", text: "-1", says: /isn't a valid size/ },
    { option: "shm-size", text: "big", says: /isn't a valid size/ },
    { option: "shm-size", text: "2gib2", says: /isn't a valid size/ },
    { option: "shm-size", text: "99999p", says: /isn't a valid size/ },
    { option: "ulimit", text: "nofile", says: /isn't a valid limit/ },
    { option: "ulimit", text: "nofile=", says: /isn't a valid limit/ },
    { option: "ulimit", text: "nofile=a", says: /isn't a valid limit/ },
    { option: "ulimit", text: "nofile=1:2:3", says: /isn't a valid limit/ },
    { option: "ulimit", text: "nofile=1,nproc=2", says: /isn't a valid limit/ },
    { option: "ulimit", text: "nofiles=1", says: /"nofiles" isn't a limit\n.*did you mean "nofile"/ },
    { option: "ulimit", text: "as=1", says: /"as" isn't a limit/ },
    { option: "ulimit", text: "nofile=2:1", says: /soft limit above its hard one/ },
    { option: "ulimit", text: "nofile=-1:1", says: /soft limit above its hard one/ },
    { option: "ulimit", text: "nofile=-2", says: /no system has/ },
    { option: "ulimit", text: "nofile=9223372036854775808", says: /no system has/ },
    { option: "cgroup-parent", text: "a b", says: /isn't a valid cgroup/ },
    { option: "no-cache-filters", text: "build,0", says: /"0" isn't the name of a stage/ },
    { option: "no-cache-filters", text: "a b", says: /"a b" isn't the name of a stage/ },
  ])("$option: $text", async ({ option, text, says }) => {
    const ofInput = readInputs({ [option]: text }).problems;
    const { config, problems } = await readConfig(`images:\n  web:\n    ${option}: ${JSON.stringify(text)}\n`, "c.yml");
    const ofEntry = [...problems, ...(await readImageSettings(config, readInputs({}).inputs)).problems];
    expect(ofInput.map(({ message, hint }) => `${message}\n${hint}`)).toEqual([expect.stringMatching(says)]);
    expect(ofInput[0]?.input).toEqual({ name: option, line: 1 });
    expect(ofEntry.map(({ message, hint }) => `${message}\n${hint}`)).toEqual([expect.stringMatching(says)]);
    expect(ofEntry.map(({ at }) => at && formatLocation(at))).toEqual([expect.stringMatching(/^c\.yml:3:\d+$/)]);
  });

  test.each(["shm-size", "cgroup-parent"] as const)("%s has one value", (option) => {
    expect(readInputs({ [option]: "1\n2" }).problems).toMatchObject([{ input: { name: option, line: 2 } }]);
  });
});

describe("the entry decides, then the input, then the defaults", () => {
  const config = [
    "defaults: {shm-size: 1m, network: none, allow: network.host, ulimit: {nofile: 1}, no-cache-filters: [a]}",
    "images: {web: {shm-size: 2m, allow: [], ulimit: []}, none: {network: default, shm-size: 0, no-cache-filters: []}}",
  ].join("\n");

  test.each<{ readonly of: string; readonly given: Given; readonly is: object }>([
    { of: "web", given: {}, is: { network: "none", shmSize: 2 ** 21, noCacheFilters: ["a"] } },
    {
      of: "web",
      given: { "shm-size": "3m", network: "host", ulimit: "nofile=9" },
      is: { network: "host", shmSize: 2 ** 21, noCacheFilters: ["a"] },
    },
    { of: "none", given: {}, is: { allow: ["network.host"], ulimits: ["nofile=1:1"] } },
    {
      of: "other",
      given: { network: "default", "cgroup-parent": "x" },
      is: {
        ...{ allow: ["network.host"], shmSize: 2 ** 20, ulimits: ["nofile=1:1"], cgroupParent: "x" },
        noCacheFilters: ["a"],
      },
    },
  ])("$of with $given", async ({ of, given, is }) => {
    expect(await optionsOf(of, config, given)).toEqual(is);
  });
});
