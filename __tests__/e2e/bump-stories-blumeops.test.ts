// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflows write expressions so
/** blumeops: manifests of a cluster follow what main publishes on a Forgejo, Nix variants to their own tags. */
import { expect, jest, test } from "@jest/globals";
import { api, repositoryFolder } from "../../rig/index.ts";
import { type Hosted, host, onForge } from "./on-gitea.ts";
import type { Changes } from "./project.ts";
import { tagsOf } from "./registry.ts";

jest.setTimeout(240_000);

const workflow = `on:
  push: { branches: [main, feature] }
jobs:
  images:
    runs-on: docker
    steps:
      - uses: actions/checkout@v5
      - uses: org/image-publish@v1
        with:
          path: containers/*
          tags: type=version,from=arg:CONTAINER_APP_VERSION,from=nix,pattern=v{{version}}-{{sha}}
          registry-username: \${{ github.repository_owner }}
          registry-password: \${{ secrets.PACKAGES }}
          bump: true
          bump-token: \${{ secrets.BUMP }}
          scan: false
`;

/** What dockerTools makes, without nixpkgs: an image of one layer. */
const nix = (version: string): string => `{ system ? builtins.currentSystem }:
let version = "${version}"; in
derivation {
  name = "ntfy";
  inherit system version;
  builder = "/bin/sh";
  PATH = "/usr/bin:/bin";
  args = [ "-c" ''
    mkdir root layer && echo $version > root/version
    tar -C root --mtime=@1 --owner=0 --group=0 -cf layer/layer.tar version
    id=$(sha256sum layer/layer.tar | cut -d" " -f1)
    echo '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:'$id'"]}}' > config.json
    echo '[{"Config":"config.json","RepoTags":["x:1"],"Layers":["layer/layer.tar"]}]' > manifest.json
    tar -czf $out manifest.json config.json layer
  '' ];
}
`;

const containers = (miniflux: string, ntfy: string): Changes => ({
  "containers/miniflux/Dockerfile": `FROM busybox:1.37\nARG CONTAINER_APP_VERSION=${miniflux}\n`,
  "containers/ntfy/Dockerfile": `FROM busybox:1.37\nARG CONTAINER_APP_VERSION=${ntfy}\n`,
  "containers/ntfy/default.nix": nix(ntfy),
});

const kustomization = (repository: string, tag: string): string => `# kept current by pull requests
images:
  - name: docker.io/upstream/app
    newName: ${repository}
    newTag: "${tag}" # the production version
  - {name: docker.io/library/redis, newTag: 7.4.0-0000000}
`;

const deployment = "spec: {containers: [{name: app, image: {own}/miniflux:kustomized}]}\n";
const manifests = "argocd/manifests";
const minifluxPin = `${manifests}/miniflux/kustomization.yaml`;
const ntfyPin = `${manifests}/ntfy/kustomization.yaml`;

const files: Changes = {
  ".forgejo/workflows/.keep": "",
  ".gitea/workflows/images.yml": workflow,
  ...containers("2.2.13", "2.14.0"),
  [minifluxPin]: kustomization("{own}/miniflux", "v2.2.9-0000000"),
  [ntfyPin]: kustomization("{own}/ntfy", "v2.13.0-0000000-nix"),
  [`${manifests}/miniflux/deployment.yaml`]: deployment,
};

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: { readonly ref: string; readonly sha: string };
}

const openPulls = async ({ project }: Hosted): Promise<readonly Pull[]> => {
  const pulls = (await api(`repos/${project.slug}/pulls?state=open`)) as readonly Pull[];
  return pulls
    .map(({ number, title, body, head: { ref, sha } }) => ({ number, title, body, head: { ref, sha } }))
    .sort((a, b) => (a.head.ref < b.head.ref ? -1 : 1));
};

/** What a branch has on the forge, by the names of the files that differ from main. */
const proposed = ({ project }: Hosted, branch: string): Readonly<Record<string, string>> => {
  const [owner = "", name = ""] = project.slug.split("/");
  project.git("fetch", "--quiet", repositoryFolder(owner, name), "+refs/heads/*:refs/remotes/forge/*");
  const paths = project.git("diff", "--name-only", "forge/main", `forge/${branch}`).split("\n");
  return Object.fromEntries(paths.map((path) => [path, `${project.git("show", `forge/${branch}:${path}`)}\n`]));
};

const short = ({ project }: Hosted): string => project.git("rev-parse", "--short=7", "HEAD");

test("manifests follow what main publishes, each variant to its own tags; a branch's build moves none", async () => {
  const hosted = await host(onForge(files));
  const { project } = hosted;
  const first = await hosted.publish();
  expect(first).toMatchObject({ code: 0, annotations: [] });
  const sha = short(hosted);
  const [minifluxBranch, ntfyBranch] = ["image-publish/bump-miniflux", "image-publish/bump-ntfy-nix"];
  const opened = await openPulls(hosted);
  expect(opened).toMatchObject([
    { title: `Bump miniflux from v2.2.9-0000000 to v2.2.13-${sha}`, head: { ref: minifluxBranch } },
    { title: `Bump ntfy-nix from v2.13.0-0000000-nix to v2.14.0-${sha}-nix`, head: { ref: ntfyBranch } },
  ]);
  expect(proposed(hosted, minifluxBranch)).toEqual({
    [minifluxPin]: kustomization(`${project.own}/miniflux`, `v2.2.13-${sha}`),
  });
  expect(proposed(hosted, ntfyBranch)).toEqual({
    [ntfyPin]: kustomization(`${project.own}/ntfy`, `v2.14.0-${sha}-nix`),
  });

  project.commit({ "README.md": "nothing of an image\n" });
  expect(await hosted.publish("forgejo")).toMatchObject({ code: 0, annotations: [] });
  expect(await openPulls(hosted)).toEqual(opened);

  project.git("checkout", "--quiet", "-b", "feature");
  project.commit(containers("2.3.0", "2.15.0"));
  expect(await hosted.publish()).toMatchObject({ code: 0, annotations: [], ref: "refs/heads/feature" });
  expect(await tagsOf(`${project.own}/miniflux`)).toContain(`v2.3.0-${short(hosted)}`);
  expect(await openPulls(hosted)).toEqual(opened);
  project.git("checkout", "--quiet", "main");

  project.commit(containers("2.2.13", "2.15.0"));
  expect(await hosted.publish()).toMatchObject({ code: 0, annotations: [] });
  const newer = `v2.15.0-${short(hosted)}-nix`;
  expect(await openPulls(hosted)).toMatchObject([
    { number: opened[0]?.number, head: { sha: opened[0]?.head.sha } },
    { number: opened[1]?.number, title: `Bump ntfy-nix from v2.13.0-0000000-nix to ${newer}` },
  ]);
  expect(proposed(hosted, ntfyBranch)).toEqual({ [ntfyPin]: kustomization(`${project.own}/ntfy`, newer) });
});
