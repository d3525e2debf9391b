/**
 * Databases for Trivy with advisories of our own, as the OCI artifacts that it downloads. They are written by a program
 * around upstream's own writer (trivy-db/), that of Java's archives by Node's SQLite.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { registryHost } from "./addresses.ts";
import { folder, path } from "./folder.ts";
import { buildSource } from "./go.ts";
import { isPushed, pushArtifact, recipe } from "./image.ts";
import { run } from "./process.ts";

export interface Advisory {
  /** `alpine 3.20`, `debian 13`; of a language's packages `npm::GitHub Security Advisory npm`. */
  Bucket: string;
  Package: string;
  ID: string;
  Severity: "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "UNKNOWN";
  Title: string;
  /** The version that mends it; of a language's package a range: `>=4.17.99`. Without one there is no fix. */
  Fixed?: string;
  /** Of a language's package, ranges: `<4.17.99`. */
  Vulnerable?: readonly string[];
  /** A page about it. */
  URL?: string;
}

export interface DatabaseOptions {
  /** When it was made, and when the next one comes: now, and in a day. */
  updatedAt?: Date;
  nextUpdate?: Date;
  /** Beside Trivy's own. */
  tags?: string[];
}

const source = resolve(import.meta.dirname, "trivy-db");
const DATABASE = "aquasecurity/trivy-db";
const JAVA_DATABASE = "aquasecurity/trivy-java-db";

/** Where Trivy finds the rig's own databases: what TRIVY_DB_REPOSITORY and TRIVY_JAVA_DB_REPOSITORY are set to. */
export const trivyDatabases = (): { db: string; javaDb: string } => ({
  db: `${registryHost()}/${DATABASE}:2`,
  javaDb: `${registryHost()}/${JAVA_DATABASE}:1`,
});

/** What the rig's own database says. */
const ADVISORIES: readonly Advisory[] = [
  {
    Bucket: "alpine 3.20",
    Package: "openssl",
    ID: "CVE-2026-1001",
    Severity: "CRITICAL",
    Title: "openssl: a handshake of our own invention overflows",
    Fixed: "3.3.9-r0",
    URL: "https://example.com/CVE-2026-1001",
  },
  {
    Bucket: "alpine 3.20",
    Package: "busybox",
    ID: "CVE-2026-1002",
    Severity: "HIGH",
    Title: "busybox: nobody has mended it",
    URL: "https://example.com/CVE-2026-1002",
  },
  {
    Bucket: "debian 13",
    Package: "zlib",
    ID: "CVE-2026-1003",
    Severity: "MEDIUM",
    Title: "zlib: it inflates too much",
    Fixed: "1:1.3.2-1",
    URL: "https://example.com/CVE-2026-1003",
  },
];

/**
 * Publishes a database of these advisories in the open registry. @param repository without host and tag. @returns what
 * TRIVY_DB_REPOSITORY has to be to use it
 */
export async function publishDatabase(
  repository: string,
  advisories: readonly Advisory[],
  { updatedAt = new Date(), nextUpdate = tomorrow(), tags = [] }: DatabaseOptions = {},
): Promise<string> {
  await inFolder(async (root) => {
    const document = { UpdatedAt: updatedAt, NextUpdate: nextUpdate, Advisories: advisories };
    await run(join(program(), "trivy-db"), [root], { input: JSON.stringify(document), log: "trivy-db" });
    const layerType = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip";
    await pushArtifact(registryHost(), repository, ["2", ...tags], { root, file: "db.tar.gz", layerType, configType });
  });
  return `${registryHost()}/${repository}:2`;
}

/** The same for the database that tells Java's archives by their checksum: a valid one that knows none. */
export async function publishJavaDatabase(
  repository: string,
  { updatedAt = new Date(), nextUpdate = tomorrow(), tags = [] }: DatabaseOptions = {},
): Promise<string> {
  await inFolder(async (root) => {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(join(root, "trivy-java.db"));
    for (const statement of JAVA_TABLES) database.exec(statement);
    database.close();
    const metadata = { Version: 1, NextUpdate: nextUpdate, UpdatedAt: updatedAt };
    writeFileSync(join(root, "metadata.json"), JSON.stringify(metadata));
    const layerType = "application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip";
    const artifact = { root, file: "javadb.tar.gz", layerType, configType };
    await pushArtifact(registryHost(), repository, ["1", ...tags], artifact);
  });
  return `${registryHost()}/${repository}:1`;
}

const configType = "application/vnd.aquasec.trivy.config.v1+json";

const tomorrow = (): Date => new Date(Date.now() + 86_400_000);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const made = mkdtempSync(path("tmp", "database-"));
  try {
    await use(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** The tables that Trivy asks (schema 1 of its Java database). */
const JAVA_TABLES = [
  "CREATE TABLE artifacts (id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)",
  "CREATE TABLE indices (artifact_id INTEGER REFERENCES artifacts (id), version TEXT, sha1 BLOB, archive_type TEXT)",
  "CREATE UNIQUE INDEX artifacts_idx ON artifacts (artifact_id, group_id)",
  "CREATE UNIQUE INDEX indices_sha1_idx ON indices (sha1)",
];

/** The folder of the program, one for each state of its source. */
function program(): string {
  const hash = createHash("sha256");
  for (const file of globSync("*.{go,mod,sum}", { cwd: source }).sort()) hash.update(readFileSync(join(source, file)));
  return join(folder, "built", `trivy-db-${hash.digest("hex").slice(0, 8)}`);
}

export const databaseWriterIsBuilt = (): boolean => existsSync(program());

export async function buildDatabaseWriter(): Promise<void> {
  await buildSource("trivy-db", source, ["."], program());
}

/** The tag that says by which version of this file the databases were made. */
const marker = (): string => recipe(import.meta.filename);

export async function databasesArePushed(): Promise<boolean> {
  const pushed = [DATABASE, JAVA_DATABASE].map((repository) => isPushed(registryHost(), repository, marker()));
  return (await Promise.all(pushed)).every(Boolean);
}

/** They never grow old: what is published once is good on a machine that stays. */
export async function pushDatabases(): Promise<void> {
  const options = { nextUpdate: new Date("2999-01-01T00:00:00Z"), tags: [marker()] };
  await publishDatabase(DATABASE, ADVISORIES, options);
  await publishJavaDatabase(JAVA_DATABASE, options);
}
