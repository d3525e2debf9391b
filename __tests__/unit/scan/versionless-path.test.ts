/** Which paths differ in versions alone. */
import { describe, expect, test } from "@jest/globals";
import { versionlessPath, versionlessSecretPath } from "../../../src/scan/versionless-path.ts";

const jar = "app/shop-1.2.3.jar";
const uuid = "123e4567-e89b-12d3-a456-42661417400";

describe("the same without their versions", () => {
  test.each<[string, string, string]>([
    ["a jar", jar, "app/shop-1.3.0.jar"],
    ["a release candidate", jar, "app/shop-1.3.0-rc.1.jar"],
    ["a snapshot", jar, "app/shop-1.3.0-SNAPSHOT.jar"],
    ["a snapshot with its time", jar, "app/shop-1.3.0-20240105.123456-7.jar"],
    ["build metadata", jar, "app/shop-1.3.0+build.5.jar"],
    ["a prerelease with build metadata", jar, "app/shop-1.3.0-beta1+exp.sha.5114f85.jar"],
    ["four numbers", jar, "app/shop-1.2.3.4.jar"],
    ["a v", jar, "app/shop-v1.3.0.jar"],
    ["a date with dots", jar, "app/shop-2024.01.05.jar"],
    ["a date with dashes", jar, "app/shop-2024-01-05.jar"],
    ["a date of digits alone", jar, "app/shop-20240105.jar"],
    ["a number alone, where a version belongs", jar, "app/shop-142.jar"],
    ["a number alone that is a prerelease", jar, "app/shop-142-SNAPSHOT.jar"],
    ["git describe", jar, "app/shop-1.2.3-5-gabc1234.jar"],
    ["a commit", jar, "app/shop-abc1234.jar"],
    ["a version and a commit", jar, "app/shop-1.2.3-abc1234.jar"],
    ["a word behind the numbers", "app/netty-4.1.100.Final.jar", "app/netty-4.2.0.Beta2.jar"],
    ["a classifier", "app/shop-1.2.3-all.jar", "app/shop-1.3.0-rc.1-all.jar"],
    ["an underscore before it", "app/shop_1.2.3.jar", "app/shop_1.3.0.jar"],
    ["a library in a jar", `${jar}/BOOT-INF/lib/a-5.3.0.jar`, "app/shop-1.3.0.jar/BOOT-INF/lib/a-5.3.1.jar"],
    ["a library in a war", "app/shop-1.2.3.war/WEB-INF/lib/a-1.0.jar", "app/shop-2.0.0.war/WEB-INF/lib/a-1.0.jar"],
    ["jars in jars in jars", `${jar}/a-1.0.jar/b-1.0.jar`, "app/shop-1.3.0.jar/a-1.1.jar/b-2.0.jar"],
    [
      "a dist-info folder of another Python",
      "usr/lib/python3.11/site-packages/Django-4.2.1.dist-info/METADATA",
      "usr/lib/python3.12/site-packages/Django-4.2.2.dist-info/METADATA",
    ],
    ["a dist-info folder with one number", "s/foo-1.dist-info/METADATA", "s/foo-2.0.dist-info/METADATA"],
    ["prereleases of Python", "s/foo-1.0a1.dist-info/METADATA", "s/foo-1.0.post1.dev3.dist-info/METADATA"],
    ["local versions of Python", "s/foo-1.0.dist-info/METADATA", "s/foo-1.0+cu118.dist-info/METADATA"],
    ["an egg-info folder", "s/foo-1.0-py3.11.egg-info/PKG-INFO", "s/foo-1.1-py3.12.egg-info/PKG-INFO"],
    [
      "a gemspec",
      "ruby/gems/3.2.0/specifications/rack-2.2.3.gemspec",
      "ruby/gems/3.3.0/specifications/rack-2.2.4.gemspec",
    ],
    ["a gem's folder", "gems/rack-2.2.3/rack.gemspec", "gems/rack-3.0.0.rc1/rack.gemspec"],
    [
      "a gem of a platform",
      "specifications/nokogiri-1.15.4-x86_64-linux.gemspec",
      "specifications/nokogiri-1.15.5-x86_64-linux.gemspec",
    ],
    [
      "a store of Nix",
      "nix/store/0c5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-openssl-3.0.1/lib/a",
      "nix/store/1d5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-openssl-3.0.2/lib/a",
    ],
    [
      "a store of Nix, made again of other sources",
      "nix/store/0c5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-tool/bin/tool",
      "nix/store/zd5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-tool/bin/tool",
    ],
    ["a store of pnpm", ".pnpm/lodash@4.17.20/package.json", ".pnpm/lodash@4.17.21/package.json"],
    ["a scope in it", ".pnpm/@babel+core@7.23.0/package.json", ".pnpm/@babel+core@7.24.0/package.json"],
    ["peers in it", ".pnpm/a@1.0.0_react@18.2.0/package.json", ".pnpm/a@1.0.0_react@18.3.0/package.json"],
    ["peers in brackets", ".pnpm/a@1.0.0(react@18.2.0)/package.json", ".pnpm/a@1.0.1(react@18.3.0)/package.json"],
    ["modules of Go", "go/pkg/mod/example.com/a@v1.2.3/go.mod", "go/pkg/mod/example.com/a@v2.0.0+incompatible/go.mod"],
    ["a pseudo-version", "mod/a@v1.2.3/go.mod", "mod/a@v0.0.0-20240105123456-abcdef123456/go.mod"],
    ["Maven's", ".m2/repository/org/x/1.2.3/x-1.2.3.jar", ".m2/repository/org/x/1.2.4-SNAPSHOT/x-1.2.4-SNAPSHOT.jar"],
    [
      "Cargo's",
      "registry/src/index.crates.io-6f17d22bba15001f/serde-1.0.190/Cargo.lock",
      "registry/src/index.crates.io-1949cf8c6b5b557f/serde-1.0.191/Cargo.lock",
    ],
    ["Conda's", "conda-meta/numpy-1.26.0-py311h64a7726_0.json", "conda-meta/numpy-1.26.1-py312h1234567_1.json"],
    ["a folder", "opt/app/1.2.3/lock", "opt/app/1.3.0-rc.1/lock"],
    ["a folder with a v", "opt/app/v1.2.3/lock", "opt/app/v2/lock"],
    ["a folder that is a number", "opt/app/42/lock", "opt/app/43/lock"],
    ["a folder that is a time", "releases/20240105120000/lock", "releases/20240106120000/lock"],
    ["a folder that is a commit", "opt/app/0f3a9c1/lock", "opt/app/77ab01d/lock"],
    ["a folder that is a digest", `app/${"a1".repeat(32)}/lock`, `app/${"0f".repeat(32)}/lock`],
    ["a folder that is a UUID", `app/${uuid}0/lock`, `app/${uuid}1/lock`],
    ["a name and two numbers", "opt/app-1.2/lock", "opt/app-1.3/lock"],
    ["a folder with a platform", "opt/node-v20.1.0-linux-x64/lib/a", "opt/node-v22.2.0-linux-x64/lib/a"],
    ["a build number", "usr/lib/jvm/jdk1.8.0_392/a", "usr/lib/jvm/jdk1.8.0_402/a"],
    ["numbers with underscores", "usr/lib/boost_1_82_0/a", "usr/lib/boost_1_83_0/a"],
    ["a letter behind the numbers", "opt/openssl-1.1.1w/a", "opt/openssl-1.1.1x/a"],
    ["a program", "usr/local/bin/kubectl-v1.29.0", "usr/local/bin/kubectl-v1.30.0"],
    ["a folder's major version", "opt/tomcat-9/lib/a.jar", "opt/tomcat-10/lib/a.jar"],
    ["a folder's major version with a v", "opt/shop-v1/a.jar", "opt/shop-v2/a.jar"],
    ["a folder's major version before a platform", "opt/shop-v1-linux-amd64/a", "opt/shop-v2-linux-amd64/a"],
    ["a Java", "opt/jdk-21/lib/a", "opt/jdk-22/lib/a"],
    ["a Java without a dash", "opt/jdk17/lib/a", "opt/jdk21/lib/a"],
    ["a Java of Debian", "usr/lib/jvm/java-17-openjdk-amd64/a", "usr/lib/jvm/java-21-openjdk-amd64/a"],
    ["an update of Java", "usr/lib/jvm/jdk8u292-b10/a", "usr/lib/jvm/jdk8u302-b08/a"],
    ["a build's folder", "srv/build-1234/a.jar", "srv/build-1235/a.jar"],
    ["a build's jar", "app/k-b1234.jar", "app/k-b1235.jar"],
    ["a build's folder without its name", "opt/app/b42/a", "opt/app/b43/a"],
    ["a quarter", "opt/app/2024Q1/a", "opt/app/2024Q2/a"],
    ["a war that is beside the one before", "webapps/shop##42.war", "webapps/shop##43.war"],
    ["an archive", "app/shop-142.tar.gz", "app/shop-143.tar.gz"],
    ["a program for Windows", "app/shop-142.exe", "app/shop-143.exe"],
    ["a dot before a v", "opt/shop.v2/a", "opt/shop.v3/a"],
    ["a revision's jar", "app/n-r09.jar", "app/n-r10.jar"],
    ["two numbers with an underscore", "opt/l_1_2/a", "opt/l_1_3/a"],
    ["a folder that is a time with a T", "releases/20240105T101010Z/a", "releases/20240206T111010Z/a"],
    ["a folder that is a time with a dash", "releases/20240105-101010/a", "releases/20240206-111010/a"],
    ["a folder that is a time with dashes", "releases/2024-01-05T10-10-10/a", "releases/2024-02-06T11-10-10/a"],
    ["a folder that is a date with underscores", "releases/2024_01_05/a", "releases/2024_02_06/a"],
    ["a prerelease of a branch", "d-1.3.0-main.5.jar", "d-1.3.0-main.6.jar"],
    ["a prerelease of a feature", "o-1.2.3-feature-login.3.jar", "o-1.2.3.jar"],
    ["a prerelease of a pull request", "o-1.2.3-PR-12.jar", "o-1.2.4-PR-13.jar"],
    ["a prerelease of a ticket", "o-1.2.3-SHOP-12.jar", "o-1.2.3.jar"],
    ["changes that aren't committed", "e-1.2.3-dirty.jar", "e-1.2.4.jar"],
    ["git describe with changes", "e-1.2.3-5-gabc1234-dirty.jar", "e-1.2.4.jar"],
    ["a commit whose digits look like a number", "e-1.2.3-g0123456.jar", "e-1.2.3.jar"],
    ["a commit of letters alone", "e-deadbee.jar", "e-0f3a9c1.jar"],
    ["early access", "m-2.0.0-EA1.jar", "m-2.0.0.jar"],
    ["a channel", "m-2.0.0-unstable.jar", "m-2.0.1.jar"],
    ["a revision of Ubuntu", "opt/f-1.2.3-1ubuntu2/a", "opt/f-1.2.3-1ubuntu3.1/a"],
    ["a revision of Debian", "opt/f_1.2.3-1+deb12u1_amd64/a", "opt/f_1.2.4-1+deb12u2_amd64/a"],
    ["a revision of Red Hat", "g-1.2.3-1.el8.jar", "g-1.2.4-1.el9_2.jar"],
    ["a revision of a vendor", "g-1.2.3.redhat-00001.jar", "g-1.2.3.Final-redhat-00002.jar"],
    ["a revision with a platform", "opt/g-1.2.3-1.fc39.x86_64/a", "opt/g-1.2.3-2.fc40.x86_64/a"],
    ["a hash of peers", ".pnpm/i@10.9.1_hzejdmwdzoyinubvjmqrvaidvm/a", ".pnpm/i@10.9.1_qzlmtzcwnzlhzbcbrvdqnvdaxa/a"],
    ["a peer more", ".pnpm/@o+j@1.0.0/a", ".pnpm/@o+j@1.0.1_react@18.2.0/a"],
    ["a major version of Go", "pkg/mod/x.org/p/v2@v2.1.0/go.mod", "pkg/mod/x.org/p/v3@v3.0.0/go.mod"],
    [
      "a pseudo-version of letters alone",
      "x@v0.0.0-20240105123456-abcdefabcdef/a",
      "x@v0.0.0-20240206123456-0bcdefabcde1/a",
    ],
    [
      "tags of wheels",
      "x/a-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
      "x/a-1.1-cp312-cp312-manylinux_2_28_x86_64.whl",
    ],
    ["an ABI of one number", "usr/lib/libssl.so.3", "usr/lib/libssl.so.4"],
    ["a line", "opt/app-1.2.x/a", "opt/app-1.3.x/a"],
    ["a library's ABI", "usr/lib/libssl.so.1.1", "usr/lib/libssl.so.3.0"],
  ])("%s", (_, before, after) => {
    expect(versionlessPath(after)).toBe(versionlessPath(before));
  });
});

describe("not the same", () => {
  test.each([
    ["app/log4j2.jar", "app/log4j3.jar"],
    ["usr/lib64/a", "usr/lib32/a"],
    ["usr/lib/python3/a", "usr/lib/python2/a"],
    ["opt/a-1.0/lock", "opt/b-1.0/lock"],
    ["app/guava-31.1-jre.jar", "app/guava-31.1-android.jar"],
    ["opt/node-v20.1.0-linux-x64/a", "opt/node-v20.1.0-linux-arm64/a"],
    ["specifications/a-1.15.4-x86_64-linux.gemspec", "specifications/a-1.15.4-arm64-darwin.gemspec"],
    ["app/a-1.0-api.jar", "app/a-1.0-impl.jar"],
    ["worker-1/lock", "worker-2/lock"],
    ["bin/tool-1.2.3-arm64", "bin/tool-1.2.3-amd64"],
    ["bin/tool-1.2.3-linux-armv6", "bin/tool-1.2.3-linux-armv7"],
    ["app/shop-1.2.3-server.jar", "app/shop-1.2.3-client.jar"],
    ["app/shop-1.2.3-win32.jar", "app/shop-1.2.3-win64.jar"],
    [".pnpm/a@1.0.0/b", ".pnpm/a@1.0.0/c"],
    ["app/shop-1.2.3.jar", "lib/shop-1.2.3.jar"],
    ["app/shop-1.2.3.jar", "app/shop-1.2.3.war"],
  ])("%s and %s", (one, other) => {
    expect(versionlessPath(one)).not.toBe(versionlessPath(other));
  });
});

/** Of a secret's place. */
describe("of a secret", () => {
  test.each<[string, string, string]>([
    ["a folder of a release", "opt/app/1.2.3/.env", "opt/app/1.3.0/.env"],
    ["a folder of a release with a v", "opt/app/v1.2.3/.env", "opt/app/v1.3.0-rc.1/.env"],
    ["a name and a release", "opt/shop-1.2.3/.env", "opt/shop-1.3.0/.env"],
    ["a file of a release", "app/shop-1.2.3.properties", "app/shop-1.3.0-SNAPSHOT.properties"],
    ["a release by its time", "srv/releases/20240105101010/.env", "srv/releases/20240206T101010Z/.env"],
    ["a package of Python", "lib/python3.11/site-packages/a-1/k.pem", "lib/python3.12/site-packages/a-2/k.pem"],
    ["a gem with four numbers", "ruby/gems/3.2.0/gems/rails-7.0.8.4/k.pem", "ruby/gems/3.3.0/gems/rails-7.0.8.5/k.pem"],
    ["a package of pnpm", ".pnpm/a@1.2.3/node_modules/a/k.pem", ".pnpm/a@1.2.4_react@18.0.0/node_modules/a/k.pem"],
    ["a module of Go", "mod/a@v0.0.0-20240105123456-abcdef123456/k.pem", "mod/a@v1.0.0/k.pem"],
    [
      "a store of Nix",
      "nix/store/0c5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-openssl-3.0.1/k.pem",
      "nix/store/1d5b8vvw7vh7fz3cyvv6j3a1jzqd1j8l-openssl-3.0.2/k.pem",
    ],
    [
      "a crate",
      "src/index.crates.io-6f17d22bba15001f/a-1.0.1/k.pem",
      "src/index.crates.io-1949cf8c6b5b557f/a-1.0.2/k.pem",
    ],
  ])("%s doesn't count", (_, before, after) => {
    expect(versionlessSecretPath(after)).toBe(versionlessSecretPath(before));
  });

  test.each<[string, string, string]>([
    ["a tenant's number", "opt/tenants/1001/cfg", "opt/tenants/1002/cfg"],
    ["a tenant's number behind a name", "opt/tenant-7/cfg", "opt/tenant-8/cfg"],
    ["a long number", "opt/accounts/123456789012/cfg", "opt/accounts/123456789013/cfg"],
    ["a number behind a release", "opt/app-1.2.3-1001/cfg", "opt/app-1.2.3-1002/cfg"],
    ["a customer behind a release", "opt/app-1.2.3-customer-7/cfg", "opt/app-1.2.3-customer-8/cfg"],
    ["an environment behind a release", "opt/app-1.2.3-dev/cfg", "opt/app-1.2.3/cfg"],
    ["a UUID", `opt/tenants/${uuid}0/cfg`, `opt/tenants/${uuid}1/cfg`],
    ["an address", "opt/hosts/10.0.0.1/cfg", "opt/hosts/10.0.0.2/cfg"],
    ["an address in a name", "etc/ssl/host-192.168.1.1.pem", "etc/ssl/host-192.168.1.2.pem"],
    ["an address with a port", "etc/10.0.0.1:8443/k", "etc/10.0.0.2:8443/k"],
    ["an address with dashes", "etc/ip-10-0-0-1/k", "etc/ip-10-0-0-2/k"],
    ["a network", "etc/10.0.0.0-24/k", "etc/10.0.1.0-24/k"],
    ["a year", "opt/keys/2023/cfg", "opt/keys/2024/cfg"],
    ["a day", "opt/keys/2024-01-05/cfg", "opt/keys/2024-01-06/cfg"],
    ["a day with dots", "opt/keys/2024.01.05/cfg", "opt/keys/2024.01.06/cfg"],
    ["a time that is no release", "opt/backups/20240105101010/cfg", "opt/backups/20240106101010/cfg"],
    ["a name like a commit", "opt/customers/facade1/cfg", "opt/customers/defaced2/cfg"],
    ["a digest", `opt/${"a1".repeat(32)}/cfg`, `opt/${"0f".repeat(32)}/cfg`],
    ["a version of a key", "opt/keys/v1/cfg", "opt/keys/v2/cfg"],
    ["a numbered host", "opt/web-1.example.com/k", "opt/web-2.example.com/k"],
    ["a user of a host", "home/me@10.0.0.1/k", "home/me@10.0.0.2/k"],
    ["a number behind @", "home/me@1001/k", "home/me@1002/k"],
    ["a file's number", "etc/ssl/key-1.pem", "etc/ssl/key-2.pem"],
    ["another Python", "usr/lib/python3/k", "usr/lib/python2/k"],
  ])("%s counts", (_, one, other) => {
    expect(versionlessSecretPath(one)).not.toBe(versionlessSecretPath(other));
  });
});

/** Their alerts keep the fingerprints that they have. */
test.each([
  "app/package-lock.json",
  "app/log4j2.jar",
  "usr/lib64/a",
  "usr/lib/python3/dist-packages/a",
  "usr/lib/x86_64-linux-gnu/a",
  "app/web3.js/package.json",
  "worker-1/pom.xml",
  "usr/lib/python3/dist-packages/effaced/a",
  "app/node_modules/utf-8-validate/a",
  "app/sha256/a",
  "app/i18n/a",
  "app/base64/a",
  "usr/share/utf-8/a",
  "app/d3.v5.js/package.json",
  "app/node_modules/es6-promise/package.json",
  "app/http2/a",
  "app/defaced/a",
  "app/win-32/a",
  "usr/local/bin/app",
])("%s has no version", (path) => {
  expect(versionlessPath(path)).toBe(path);
});

test("no path takes long", () => {
  const units = [
    "1.",
    "1",
    "a1",
    "-1",
    "@1",
    "@1.1",
    "+1",
    "1_",
    "-a1",
    "+a.",
    "1.1-",
    "0f",
    "-rc.1",
    "_h0000000_1",
    "1!",
    "-a",
    "-a1",
    "-a.1",
    "-feature",
    "-1a",
    "_1a1",
    "2024-01-05",
    "@a@1",
    "1u1",
  ];
  const paths = units.flatMap((unit) =>
    ["", "x", "!", ".jarx"].map((end) => `a-1.0-@1${unit.repeat(500 / unit.length)}${end}`),
  );
  const started = performance.now();
  for (const path of paths) {
    versionlessPath(path);
    versionlessSecretPath(path);
  }
  expect(performance.now() - started).toBeLessThan(3000);
});
