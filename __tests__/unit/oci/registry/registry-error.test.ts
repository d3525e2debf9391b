import { expect, test } from "@jest/globals";
import { networkFailure } from "../../../../src/adapters/http/http-error.ts";
import {
  answerError,
  insecureError,
  networkError,
  unauthorizedError,
} from "../../../../src/oci/registry/registry-error.ts";

test.each([
  ["a forge of one's own is told that a job's token doesn't do for packages there", "git.example.com", true],
  ["GitHub's registry, for which it does, is not", "ghcr.io", false],
  ["nor is that of GitHub Enterprise Cloud", "containers.octo.ghe.com", false],
])("%s", (_, host, isTold) => {
  const asked = { host, repository: "o/web", access: "push" } as const;
  const { message, hint } = unauthorizedError(asked, true);
  expect(message).toBe(`${host} does not accept the login that it is given`);
  expect(hint).toMatch(/^check that the login for /);
  expect(hint.includes("write:package")).toBe(isTold);
});

const openssl = (what: string) => Object.assign(new Error(what), { code: "EPROTO" });

test.each([
  { reason: "wrong version number", says: "r.example.com doesn't support TLS" },
  { reason: "packet length too long", says: "r.example.com doesn't support TLS" },
  {
    reason: "tlsv1 alert protocol version",
    says: "r.example.com refused the TLS connection: tlsv1 alert protocol version",
  },
])("$reason is not shown with OpenSSL's numbers", ({ reason, says }) => {
  const raw = `write EPROTO 40DD68D7B97F0000:error:0A00010B:SSL routines:tls_validate_record_header:${reason}:../deps/openssl/ssl/record/methods/tlsany_meth.c:77:`;
  const error = networkError(push, networkFailure(openssl(raw), "r.example.com", undefined));
  expect(error.message).toBe(says);
  expect(error.hint).not.toMatch(/openssl/i);
});

const push = { host: "r.example.com", repository: "o/web", access: "push" } as const;
const codes = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });
const quota = /^r\.example\.com rejected the push of o\/web: quota exceeded or disk full/;
const immutable = /^r\.example\.com refused the push of o\/web, as the tag is immutable there/;
const locked = /^r\.example\.com rejected the push of o\/web: the registry, the repository or the tag is locked/;
const right = /^r\.example\.com refused the push of o\/web(?!, as)/;

interface Refused {
  readonly when: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly says: RegExp;
}

test.each<Refused>([
  {
    when: "Harbor's quota is full",
    status: 403,
    body: codes(
      "DENIED",
      "adding 1.5 MiB of storage resource, which when updated to current usage of 99 MiB will exceed the configured upper limit of 100 MiB.",
    ),
    says: quota,
  },
  {
    when: "Quay's quota is full",
    status: 403,
    body: codes("DENIED", "Quota has been exceeded on namespace"),
    says: quota,
  },
  { when: "a code names the quota", status: 400, body: codes("QUOTA_EXCEEDED", ""), says: quota },
  { when: "storage is insufficient", status: 507, body: "", says: quota },
  {
    when: "the registry's disk is full",
    status: 500,
    body: codes("UNKNOWN", "write /var/lib/registry: no space left on device"),
    says: quota,
  },
  {
    when: "Harbor's rule holds a tag",
    status: 412,
    body: codes("PRECONDITION", "Failed to process request due to 'web:1.0' configured as immutable."),
    says: immutable,
  },
  {
    when: "ECR's repository does",
    status: 400,
    body: codes(
      "TAG_INVALID",
      "The image tag '1.0' already exists in the 'web' repository and cannot be overwritten because the repository is immutable.",
    ),
    says: immutable,
  },
  { when: "Quay's tag does", status: 409, body: codes("TAG_IMMUTABLE", ""), says: immutable },
  {
    when: "Nexus takes none again",
    status: 400,
    body: codes("UNKNOWN", "Repository does not allow updating assets: docker"),
    says: immutable,
  },
  {
    when: "ACR has locked it",
    status: 403,
    body: codes("DENIED", "The operation is disallowed on this registry, repository or image."),
    says: locked,
  },
  {
    when: "ACR has locked it, as it says so today",
    status: 405,
    body: codes("UNSUPPORTED", "The operation is disallowed on this registry, repository or image. View …"),
    says: locked,
  },
  {
    when: "Harbor is in its read-only mode",
    status: 403,
    body: codes("DENIED", "The system is in read only mode. Any modification is prohibited."),
    says: locked,
  },
  {
    when: "Quay is",
    status: 405,
    body: codes(
      "UNSUPPORTED",
      "System is currently read-only. Pulls will succeed but all write operations are currently suspended.",
    ),
    says: locked,
  },
  {
    when: "GitLab is",
    status: 403,
    body: codes("DENIED", "The container registry is in read-only mode"),
    says: locked,
  },
  {
    when: "a repository is archived",
    status: 403,
    body: codes("DENIED", "Repository was archived so is read-only."),
    says: locked,
  },
  { when: "it is under maintenance", status: 503, body: codes("UNAVAILABLE", "under maintenance"), says: locked },
  {
    when: "nothing may be written at all",
    status: 405,
    body: "",
    says: /^r\.example\.com doesn't accept pushes of o\/web \(405\)/,
  },
  ...[
    "MANIFEST_BLOB_UNKNOWN",
    "BLOB_UNKNOWN",
    "MANIFEST_UNKNOWN",
    "BLOB_UPLOAD_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
  ].flatMap((code) =>
    [404, 400].map((status) => ({
      when: `${code} stays (${status})`,
      status,
      body: codes(code, "unknown to registry"),
      says: /^r\.example\.com doesn't have a part of what was pushed to o\/web before \(4/,
    })),
  ),
  {
    when: "ECR holds too many images",
    status: 400,
    body: codes(
      "LIMIT_EXCEEDED",
      "The repository with name 'web' already has the maximum allowed number of images which is '10000'",
    ),
    says: quota,
  },
  {
    when: "the limit of storage is exceeded",
    status: 403,
    body: codes("DENIED", "storage limit exceeded"),
    says: quota,
  },
  {
    when: "a right is missing for what is called a limit",
    status: 403,
    body: codes("DENIED", "current user does not have the right storage limit policy"),
    says: right,
  },
  {
    when: "a right is missing, and what has it is read-only",
    status: 403,
    body: codes("DENIED", "the registry token is read-only; read-only access"),
    says: right,
  },
  { when: "a right is missing", status: 403, body: codes("DENIED", "requested access is denied"), says: right },
  {
    when: "a right is missing for what is called quota",
    status: 403,
    body: codes("DENIED", "requested access to o/quota is denied"),
    says: right,
  },
  {
    when: "a page speaks of quotas",
    status: 403,
    headers: { "content-type": "text/html" },
    body: "<p>quota</p>",
    says: right,
  },
])("where $when, the push is refused for that", ({ status, headers = {}, body, says }) => {
  const { message, hint } = answerError(push, { status, headers, body: Buffer.from(body) }, new Date());
  expect(message).toMatch(says);
  const isRight = /^give the login|`packages: /.test(hint);
  expect(isRight).toBe(says === right);
});

const names = [
  "rate-limiter",
  "rate-limit",
  "ratelimit",
  "throttling-proxy",
  "throttled",
  "too-many-requests",
  "secondary-limit",
  "immutable-os",
  "os-immutable",
  "immutable",
  "immutability",
  "quota",
  "storage-quota",
  "disk-quota-exceeded",
  "read-only-mode",
  "manifest_blob_unknown",
];
const refused = (name: string): readonly string[] => [
  `permission_denied: write_package acme/${name}`,
  `requested access to acme/${name}:1.0 is denied`,
  `no right to push to acme/${name}.`,
  `Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "projects/p/locations/eu/repositories/${name}" (or it may not exist)`,
  `User: arn:aws:iam::1:role/ci is not authorized to perform: ecr:PutImage on resource: arn:aws:ecr:eu-west-1:1:repository/${name} because no policy allows it`,
  `unauthorized to access repository: acme/${name}, action: push`,
  `you have no access to the repository '${name}'`,
  `${name}.registry.example: access denied for ${name}/web and x-${name}`,
];

test.each(names.flatMap((name) => refused(name).map((message) => ({ name, message }))))(
  "a missing right is one, whatever the image is called: $message",
  ({ name, message }) => {
    const asked = { ...push, repository: `acme/${name}` };
    for (const body of [codes("DENIED", message), message, JSON.stringify({ message })]) {
      const error = answerError(asked, { status: 403, headers: {}, body: Buffer.from(body) }, new Date());
      expect(error).toMatchObject({ code: "denied", isTransient: false });
      expect(error.hint).toMatch(/^give the login for r\.example\.com the right to push/);
    }
  },
);

test("a repository that isn't there is to be created", () => {
  const response = { status: 404, headers: {}, body: Buffer.from(codes("NAME_UNKNOWN", "repository name not known")) };
  expect(answerError(push, response, new Date()).hint).toBe("create o/web in the registry");
});

test("who only reads is told of no quota and no immutable tag", () => {
  const response = { status: 403, headers: {}, body: Buffer.from(codes("DENIED", "immutable quota exceeded")) };
  expect(answerError({ ...push, access: "pull" }, response, new Date()).code).toBe("denied");
});

test("an address in the clear behind TLS names the header that is missing in front", () => {
  const { message, hint } = insecureError(push, "an upload", new URL("http://r.example.com/v2/o/web/blobs/uploads/1"));
  expect(message).toBe("r.example.com sent for o/web an upload to http://r.example.com, which is not encrypted");
  expect(hint).toContain("X-Forwarded-Proto: https");
});
