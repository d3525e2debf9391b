/** GitHub's signed provenance, by GitHub's own package, against stand-ins of all that it talks to. */
import { verify, X509Certificate } from "node:crypto";
import { expect, jest, test } from "@jest/globals";
import { firstPush, noCommit, pullRequest, pushed } from "./events.ts";
import { makeProject } from "./project.ts";
import { digestsOf, isUntouched, tagsOf } from "./registry.ts";
import { rig } from "./rig.ts";
import { runAction } from "./run-action.ts";
import { withSigning } from "./sigstore.ts";

jest.setTimeout(120_000);

const family = {
  "images/base/Dockerfile": "FROM scratch\nCOPY * /\n",
  "images/web/Dockerfile": "FROM {own}/base\nCOPY * /\n",
};
const inputs = { attest: "true", token: "job-token", images: `${rig.registry}/{{owner}}/{{repo}}/{{name}}` };

interface Bundle {
  readonly verificationMaterial: { readonly certificate: { readonly rawBytes: string } };
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
}

/** The statement, once its signature is found to be the certificate's (DSSE, "Signature Definition"). */
function statementIn({ verificationMaterial, dsseEnvelope }: Bundle): unknown {
  const { payload, payloadType, signatures } = dsseEnvelope;
  const body = Buffer.from(payload, "base64");
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
  const { publicKey } = new X509Certificate(Buffer.from(verificationMaterial.certificate.rawBytes, "base64"));
  expect(verify("sha256", signed, publicKey, Buffer.from(signatures[0]?.sig ?? "", "base64"))).toBe(true);
  return JSON.parse(body.toString());
}

test.each([
  ["a public repository signs by Sigstore's public instance", false, ["fulcio.sigstore.dev", "rekor.sigstore.dev"]],
  ["a private one by GitHub's own", true, ["fulcio.githubapp.com", "timestamp.githubapp.com"]],
])("%s, for the very digests that are published", async (_, isPrivate, hosts) => {
  const project = makeProject(family);
  await withSigning(project.slug, async ({ env, asked, kept }) => {
    const [login = "", name = ""] = project.slug.split("/");
    const repository = { full_name: project.slug, name, owner: { login }, default_branch: "main", private: isPrivate };
    const run = await runAction(project, {
      ...firstPush,
      payload: { ...firstPush.payload, repository },
      env,
      inputs,
    });
    expect(run).toMatchObject({ code: 0, annotations: [] });
    expect(run.log).toMatch(/web: its provenance is signed: https:\/\/github\.com\/.*\/attestations\/4711/);
    expect(kept.map(({ path }) => path)).toEqual(Array(2).fill(`/repos/${project.slug}/attestations`));
    const statements = kept.map(({ body }) => statementIn((body as { bundle: Bundle }).bundle));
    for (const image of ["base", "web"]) {
      expect(statements).toContainEqual(
        expect.objectContaining({
          predicateType: "https://slsa.dev/provenance/v1",
          subject: [
            { name: `${project.own}/${image}`, digest: { sha256: run.images[image]?.digest?.replace("sha256:", "") } },
          ],
        }),
      );
    }
    expect([...new Set(asked.map((each) => each.split("/")[0]))]).toEqual(expect.arrayContaining([...hosts]));
  });
});

test("where GitHub doesn't keep it the images are published, and the run is red and says what right is missing", async () => {
  const project = makeProject({ "images/base/Dockerfile": "FROM scratch\nCOPY * /\n" });
  await withSigning(
    project.slug,
    async ({ env }) => {
      const run = await runAction(project, { ...firstPush, env, inputs });
      expect(run.code).toBe(1);
      expect(run.annotations).toEqual([
        expect.objectContaining({
          title: "base failed",
          message: expect.stringMatching(
            /could not be signed: .*Resource not accessible.*\n(?:.*\n)*→ .*attestations: write/,
          ),
        }),
      ]);
      expect(await tagsOf(`${project.own}/base`)).toContain("latest");
    },
    { refuse: 403 },
  );
});

test("without the right to an identity: an error with the permissions to give, before anything is built", async () => {
  const project = makeProject(family);
  const env = { GITHUB_SERVER_URL: "https://github.com" };
  const run = await runAction(project, { ...firstPush, env, inputs });
  expect(run.code).toBe(1);
  expect(run.annotations).toHaveLength(1);
  expect(run.annotations[0]?.message).toMatch(
    /`attest` needs an identity.*\n→ .*id-token: write.*attestations: write/s,
  );
  expect(await isUntouched(project)).toBe(true);
});

test("a pull request signs nothing and needs no right to", async () => {
  const project = makeProject(family);
  project.git("checkout", "--quiet", "-b", "feature");
  project.commit({ "images/base/content": "changed\n" });
  project.git("checkout", "--quiet", "main");
  const run = await runAction(project, { ...pullRequest(project, "feature", { from: "x/fork" }), inputs });
  expect(run).toMatchObject({ code: 0, annotations: [] });
});

test("only what GitHub lists is promoted; all else is built, with the reason", async () => {
  const project = makeProject({ "images/base/Dockerfile": "FROM scratch\nCOPY * /\n" });
  await withSigning(project.slug, async ({ env, kept, list }) => {
    expect(await runAction(project, { ...firstPush, env, inputs })).toMatchObject({ code: 0 });
    const { main } = await digestsOf(`${project.own}/base`);
    for (const branch of ["one", "two", "three"]) project.git("branch", branch);
    const promoted = await runAction(project, { ...pushed(noCommit, "one"), env, inputs });
    expect(promoted.images.base).toMatchObject({ action: "promote", digest: main });
    // What was found is not signed once more.
    expect(kept).toHaveLength(1);
    for (const [branch, lists, reason] of [
      ["two", "nothing", /GitHub lists no attestation of sha256:/],
      ["three", "error", /GitHub doesn't say whether sha256:.* is attested/],
    ] as const) {
      list(lists);
      const built = await runAction(project, { ...pushed(noCommit, branch), env, inputs });
      expect(built).toMatchObject({ code: 0 });
      expect(built.images.base).toMatchObject({ action: "build", reason: expect.stringMatching(reason) });
      expect((await digestsOf(`${project.own}/base`))[branch]).toBe(built.images.base?.digest);
    }
  });
});
