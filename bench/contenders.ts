/** What publishing is measured against: each made from a recording, and each publishes the same images. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import type { BareScript } from "./bare.ts";
import type { Command } from "./measure.ts";
import { type RecordedImage, type Recording, valuesOf } from "./recording.ts";

/** The same commands in the same graph by a script that does nothing else. */
export function bareScript({ images, env, checkout, folder }: Recording): Command {
  const own = mkdtempSync(join(folder, "bare-"));
  const script: BareScript = {
    cwd: checkout.folder,
    env,
    images: images.map(({ name, parents, repository, tags, args }) => ({
      name,
      parents: parents.map((parent) => parent.name),
      args: args.map((arg) => images.reduce((text, each) => text.replaceAll(each.digest, `{{${each.name}}}`), arg)),
      metadata: valuesOf(args, "--metadata-file")[0] ?? "",
      manifests: repository?.replace(/^(.*?)\/(.*)$/, "http://$1/v2/$2/manifests/"),
      tags,
    })),
  };
  writeFileSync(join(own, "script.json"), JSON.stringify(script));
  // It must not pay for Node's reading of TypeScript.
  const source = readFileSync(join(import.meta.dirname, "bare.ts"), "utf8");
  writeFileSync(join(own, "bare.mjs"), stripTypeScriptTypes(source));
  return { program: process.execPath, args: [join(own, "bare.mjs"), join(own, "script.json")], env };
}

/** One invocation for all, its targets linked. It pushes with tags, and loses the external cache on a fresh builder. */
export function linkedBake({ images, env, checkout, folder }: Recording): Command {
  const file = join(mkdtempSync(join(folder, "bake-")), "bake.json");
  const target = Object.fromEntries(images.map((image) => [image.name, bakeTarget(image, checkout.folder)]));
  writeFileSync(file, JSON.stringify({ group: { default: { targets: Object.keys(target) } }, target }));
  const builder = valuesOf(images[0]?.args ?? [], "--builder");
  const args = ["buildx", "bake", "--builder", ...builder, "--file", file, "--progress", "rawjson"];
  return { program: "docker", args, env, cwd: checkout.folder };
}

function bakeTarget({ args, tags, parents, repository }: RecordedImage, root: string): object {
  const values = (option: string): readonly string[] => valuesOf(args, option);
  const pairs = (option: string): object =>
    Object.fromEntries(values(option).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  return {
    context: join(root, args.at(-1) ?? ""),
    dockerfile: join(root, values("--file")[0] ?? ""),
    contexts: Object.fromEntries(parents.map(({ name, contextName }) => [contextName, `target:${name}`])),
    platforms: values("--platform").flatMap((list) => list.split(",")),
    args: pairs("--build-arg"),
    labels: pairs("--label"),
    annotations: values("--annotation"),
    attest: values("--provenance").map((attributes) => `type=provenance,${attributes}`),
    tags: repository === undefined ? [] : tags.map((tag) => `${repository}:${tag}`),
    output: repository === undefined ? ["type=cacheonly"] : ["type=image,push=true,oci-mediatypes=true"],
  };
}

/** One `docker buildx build --push` after another, each finding its parents in the registry: `latest` is what FROM names. */
export function usualChain({ images, env, checkout }: Recording): readonly Command[] {
  const dropped = ["--metadata-file", "--build-context", "--output"];
  const contextNames = new Map(images.flatMap(({ parents }) => parents.map((each) => [each.name, each.contextName])));
  return images.map(({ name, args, tags, repository = contextNames.get(name) ?? "" }) => {
    const kept = args.filter((arg, at) => !dropped.includes(arg) && !dropped.includes(args[at - 1] ?? ""));
    const named = [...new Set([...tags, "latest"])].flatMap((tag) => ["--tag", `${repository}:${tag}`]);
    return {
      program: "docker",
      args: [...kept.slice(0, -1), "--push", ...named, ...kept.slice(-1)],
      env,
      cwd: checkout.folder,
    };
  });
}
