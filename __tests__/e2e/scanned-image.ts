/** Images for the scanner: file systems that Trivy takes for Alpine, with packages of a test's own. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { digest } from "../../src/model/digest.ts";
import { platform } from "../../src/model/platform.ts";
import { repository } from "../../src/model/reference.ts";
import { parseManifest } from "../../src/oci/manifest.ts";
import type { ScanSubject } from "../../src/scan/scanner.ts";
import { manifestOf } from "./registry.ts";
import { newFolder, rig } from "./rig.ts";

type Tree = Readonly<Record<string, string>>;

export interface ImageToScan {
  readonly dockerfile: string;
  /** The build's context. */
  readonly files: Tree;
  /** `linux/amd64` alone unless told. */
  readonly platforms?: readonly string[];
  /** In full; without one it becomes an OCI layout. */
  readonly repository?: string;
  /** A folder with logins. */
  readonly dockerConfig?: string;
  /** The target; the last stage unless told. */
  readonly target?: string;
}

/** Files of an Alpine Linux 3.20 with these packages (`openssl=3.3.1-r0`), in a folder of the context. */
export function alpine(folder: string, ...packages: readonly string[]): Tree {
  const entries = packages.map((each) => each.split("="));
  const installed = entries.map(([name, version]) => `P:${name}\nV:${version}\nA:x86_64\no:${name}\nL:MIT\n\n`);
  return {
    [`${folder}/etc/os-release`]: 'ID=alpine\nVERSION_ID=3.20.3\nNAME="Alpine Linux"\n',
    [`${folder}/lib/apk/db/installed`]: installed.join(""),
  };
}

/** Builds it on the rig's builder. @returns what is to be scanned, without options */
export async function buildForScan(name: string, image: ImageToScan): Promise<ScanSubject> {
  const { dockerfile, files, platforms = ["linux/amd64"], repository: to, dockerConfig, target } = image;
  const context = newFolder("context");
  for (const [path, content] of Object.entries({ ...files, Dockerfile: dockerfile })) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), content);
  }
  const layout = newFolder("layout");
  const metadata = join(newFolder("metadata"), "metadata.json");
  const output =
    to === undefined
      ? `type=oci,tar=false,dest=${layout}`
      : `type=image,name=${to},push-by-digest=true,push=true,oci-mediatypes=true`;
  const args = ["buildx", "build", "--builder", rig.builder, "--platform", platforms.join(), "--provenance=false"];
  const which = target === undefined ? [] : ["--target", target];
  // Not held up by it: the test may be the registry that it pushes to.
  await promisify(execFile)("docker", [...args, ...which, "--output", output, "--metadata-file", metadata, context], {
    env: {
      ...rig.env,
      BUILDX_METADATA_PROVENANCE: "disabled",
      ...(dockerConfig ? { DOCKER_CONFIG: dockerConfig } : {}),
    },
    timeout: 60_000,
  });
  const made: unknown = JSON.parse(readFileSync(metadata, "utf8"));
  const top = String(new Map(Object.entries(made ?? {})).get("containerimage.digest"));
  const bytes =
    to === undefined
      ? readFileSync(join(layout, "blobs", top.replace(":", "/")))
      : Buffer.from(JSON.stringify((await manifestOf(to, top)).document));
  const document = parseManifest(bytes);
  const one = [{ platform: platform(platforms[0] ?? ""), digest: digest(top) }];
  const several =
    document.kind === "index"
      ? document.manifests.map((each) => ({
          platform: platform(`${each.platform?.os}/${each.platform?.architecture}`),
          digest: each.digest,
        }))
      : one;
  return {
    name,
    source: to === undefined ? { kind: "layout", folder: layout } : { kind: "registry", repository: repository(to) },
    platforms: several,
    options: { ignoreFiles: [], vex: [] },
  };
}
