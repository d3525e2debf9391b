// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Nix interpolates
/** Images that Nix makes, with a real nix-build, beside those of Dockerfiles. */
import { expect, jest, test } from "@jest/globals";
import { firstPush, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { configsOf, manifestOf, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(120_000);

/** What dockerTools makes, without nixpkgs: one layer with one file, for the platform that Nix builds for. */
function expression(how: "archive" | "program", file = "./hello"): string {
  return `{ system ? builtins.currentSystem }:
let
  version = "2.1.0";
  architecture = if system == "aarch64-linux" then "arm64" else "amd64";
in
derivation {
  name = "image-${how}";
  inherit system version architecture;
  hello = ${file};
  builder = "/bin/sh";
  PATH = "/usr/bin:/bin";
  args = [ "-c" ''
    mkdir root layer && cp $hello root/hello
    tar -C root --mtime=@1 --owner=0 --group=0 -cf layer/layer.tar hello
    id=$(sha256sum layer/layer.tar | cut -d" " -f1)
    echo '{"architecture":"'$architecture'","os":"linux","config":{"Env":["V='$version'"]},"rootfs":{"type":"layers","diff_ids":["sha256:'$id'"]}}' > config.json
    echo '[{"Config":"config.json","RepoTags":["x:1"],"Layers":["layer/layer.tar"]}]' > manifest.json
    ${
      how === "archive"
        ? "tar -czf $out manifest.json config.json layer"
        : "tar -czf archive manifest.json config.json layer && (echo '#!/bin/sh'; echo base64 -d '<<' END; base64 archive; echo END) > $out && chmod +x $out"
    }
  '' ];
}
`;
}

const variant = {
  tags: "type=version,from=arg:APP_VERSION,from=nix,pattern=v{{version}}-{{sha}}\ntype=ref,event=branch",
};

test("the variants of an image go into one repository, and what builds on one gets its very digest", async () => {
  const project = makeProject({
    "containers/app/Dockerfile": "FROM scratch\nARG APP_VERSION=1.0.0\nCOPY hello /\n",
    "containers/app/default.nix": expression("archive"),
    "containers/app/hello": "hello\n",
    "containers/on/Dockerfile": "FROM {own}/app:main-nix\nARG APP_VERSION=3\nENV ON=1\n",
  });
  const run = await runAction(project, { ...firstPush, inputs: variant });
  expect(run).toMatchObject({ code: 0, annotations: [] });
  const short = project.git("rev-parse", "--short=7", "HEAD");
  const tags = ["main", "main-nix", `v1.0.0-${short}`, `v2.1.0-${short}-nix`];
  expect((await tagsOf(`${project.own}/app`)).filter((tag) => !tag.startsWith("src-"))).toEqual(tags);

  const index = await manifestOf(`${project.own}/app`, "main-nix");
  expect(index.digest).toBe(run.images["app-nix"]?.digest);
  const revision = { "org.opencontainers.image.revision": project.git("rev-parse", "HEAD") };
  expect(index.document.annotations).toMatchObject(revision);
  const config = (await configsOf(`${project.own}/app`, "main-nix"))["linux/amd64"];
  expect(config?.config).toMatchObject({ Env: expect.arrayContaining(["V=2.1.0"]), Labels: revision });
  const child = (await configsOf(`${project.own}/on`, "main"))["linux/amd64"];
  expect(child?.config?.Env).toEqual(expect.arrayContaining(["V=2.1.0", "ON=1"]));
  expect(child?.rootfs.diff_ids[0]).toBe(config?.rootfs.diff_ids[0]);
});

test("only what the expression names affects it, and a program that writes the image does as well as an archive", async () => {
  const project = makeProject({
    "containers/app/default.nix": expression("program", "../../shared/hello"),
    "shared/hello": "1\n",
    "shared/other": "1\n",
  });
  const before = project.git("rev-parse", "HEAD");
  expect((await runAction(project, { ...firstPush, inputs: variant })).images.app?.action).toBe("build");
  project.commit({ "shared/other": "2\n" });
  const untouched = await runAction(project, { ...pushed(before), inputs: variant });
  expect(untouched.images.app).toMatchObject({ action: "skip" });
  project.commit({ "shared/hello": "2\n" });
  const touched = await runAction(project, {
    ...pushed(before),
    inputs: { ...variant, platforms: "linux/amd64,linux/arm64" },
  });
  expect(touched).toMatchObject({ code: 0, annotations: [] });
  expect(touched.images.app).toMatchObject({ action: "build", platforms: ["linux/amd64", "linux/arm64"] });
});

test("what Nix says of an expression is told with its line, and a runner without Nix is told what to do", async () => {
  const project = makeProject({ "containers/app/default.nix": "{ }:\nderivation { name = missing; }\n" });
  const failed = await runAction(project, firstPush);
  expect(failed.code).toBe(1);
  expect(failed.annotations[0]).toMatchObject({ file: "containers/app/default.nix", line: 2 });
  expect(failed.annotations[0]?.message).toContain("undefined variable 'missing'");

  const path = rig.env.PATH?.split(":")
    .filter((folder) => folder !== rig.bin)
    .join(":");
  const without = await runAction(project, { ...firstPush, env: { PATH: `${path}` } });
  expect(without.annotations[0]?.message).toMatch(
    /app is made by Nix, and nix-build was not found[\s\S]*variant: dockerfile/,
  );
});
