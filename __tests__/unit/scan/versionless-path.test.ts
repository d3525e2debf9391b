/** Which paths differ in versions alone. */
import { describe, expect, test } from "@jest/globals";
import { versionlessPath } from "../../../src/scan/versionless-path.ts";

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
    ["app/shop-1.2.3.jar", "lib/shop-1.2.3.jar"],
    ["app/shop-1.2.3.jar", "app/shop-1.2.3.war"],
  ])("%s and %s", (one, other) => {
    expect(versionlessPath(one)).not.toBe(versionlessPath(other));
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
  "opt/java-17-openjdk-amd64/a",
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
  ];
  const paths = units.flatMap((unit) =>
    ["", "x", "!", ".jarx"].map((end) => `a-1.0-@1${unit.repeat(500 / unit.length)}${end}`),
  );
  const started = performance.now();
  for (const path of paths) versionlessPath(path);
  expect(performance.now() - started).toBeLessThan(3000);
});
