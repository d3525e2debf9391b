/**
 * Gitea: a forge with a registry of its own. `forge.ts` makes users, tokens and repositories in it, `forge-runner.ts` runs
 * its workflows. Nothing is emptied between tests: tests use owners of their own.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { folder, readState, remember } from "./folder.ts";
import { buildModule } from "./go.ts";
import { choosePort } from "./ports.ts";
import { healthy, run, running, start, stop } from "./process.ts";

/** Newer releases need Go modules that are not everywhere to be had. */
export const GITEA_VERSION = "1.23.8";

/** May do everything. */
const ADMINISTRATOR = "warden";

export const giteaModule = `code.gitea.io/gitea@v${GITEA_VERSION}`;

const built = join(folder, "built", `gitea-${GITEA_VERSION}`);

export interface Gitea {
  /** As `GITHUB_SERVER_URL`. */
  url: string;
  /** As `GITHUB_API_URL`. */
  apiUrl: string;
  /** Host and port: of the forge, and of its registry. */
  host: string;
  administrator: {
    name: string;
    /** With all scopes. */
    token: string;
  };
}

/** Where it is; `undefined` while it was never started. */
export function gitea(): Gitea | undefined {
  const { gitea: known } = readState();
  if (known === undefined) return undefined;
  const host = `127.0.0.1:${known.port}`;
  return {
    url: `http://${host}`,
    apiUrl: `http://${host}/api/v1`,
    host,
    administrator: { name: ADMINISTRATOR, token: known.token },
  };
}

export const giteaIsBuilt = (): boolean => existsSync(built);

/** Builds it from source, with the templates and texts that its pages are made of. Three minutes on two cores, once. */
export async function buildGitea(): Promise<void> {
  await buildModule(
    "gitea",
    giteaModule,
    ["."],
    built,
    { "main.Version": GITEA_VERSION },
    {
      tags: ["sqlite", "sqlite_unlock_notify"],
      cgo: true,
      keep: ["options", "public", "templates"],
    },
  );
}

export async function giteaAnswers(): Promise<boolean> {
  const known = gitea();
  if (known === undefined || running("gitea") === undefined) return false;
  try {
    return (await fetch(`${known.apiUrl}/version`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

export async function startGitea(): Promise<void> {
  if (running("gitea") === undefined) {
    const port = await choosePort(readState().gitea?.port ?? 0);
    mkdirSync(join(data, "custom"), { recursive: true });
    writeFileSync(settings, configuration(port), { mode: 0o600 });
    await makeAdministrator(port);
    start("gitea", join(built, "gitea"), ["web", "--config", settings], environment);
  }
  await healthy("gitea", giteaAnswers, 30);
}

export const stopGitea = (): Promise<void> => stop("gitea");

/** The bare repository behind a repository of the forge, to read. */
export const repositoryFolder = (owner: string, name: string): string =>
  join(data, "repositories", owner.toLowerCase(), `${name.toLowerCase()}.git`);

/** What it keeps. */
const data = join(folder, "gitea");

/** Pages take files from here before its own; `gitea-web.ts` puts scripts and styles there. */
export const publicFiles = join(data, "custom", "public");

const settings = join(data, "app.ini");

const environment = { GITEA_WORK_DIR: data, HOME: data, USER: userInfo().username };

/** With an empty database it first makes the administrator. */
async function makeAdministrator(port: number): Promise<void> {
  const database = join(data, "gitea.db");
  const known = readState().gitea;
  if (known && existsSync(database)) {
    remember({ gitea: { ...known, port } });
    return;
  }
  for (const rest of [database, join(data, "repositories")]) rmSync(rest, { recursive: true, force: true });
  await ask("migrate");
  const who = ["--username", ADMINISTRATOR];
  await ask("admin", "user", "create", ...who, "--email", "warden@example.com", "--admin", "--random-password");
  const token = await ask("admin", "user", "generate-access-token", ...who, "--scopes", "all", "--raw");
  // Its log goes there too.
  remember({ gitea: { port, token: token.trim().split("\n").at(-1) ?? "" } });
}

const ask = (...args: string[]): Promise<string> =>
  run(join(built, "gitea"), [...args, "--config", settings], { env: environment, log: "gitea-setup" });

/** https://docs.gitea.com/1.23/administration/config-cheat-sheet */
function configuration(port: number): string {
  const secret = createHash("sha256").update(`gitea ${readState().password}`).digest();
  const sections: Record<string, Record<string, string | number | boolean>> = {
    server: {
      HTTP_ADDR: "127.0.0.1",
      HTTP_PORT: port,
      ROOT_URL: `http://127.0.0.1:${port}/`,
      STATIC_ROOT_PATH: built,
      APP_DATA_PATH: data,
      DISABLE_SSH: true,
      OFFLINE_MODE: true,
    },
    database: { DB_TYPE: "sqlite3", PATH: join(data, "gitea.db") },
    repository: { ROOT: join(data, "repositories") },
    security: { INSTALL_LOCK: true, SECRET_KEY: secret.toString("hex"), PASSWORD_HASH_ALGO: "pbkdf2$1$50" },
    oauth2: { JWT_SECRET: secret.toString("base64url") },
    service: { DISABLE_REGISTRATION: true, ENABLE_CAPTCHA: false },
    session: { PROVIDER: "memory" },
    queue: { TYPE: "channel" },
    indexer: { ISSUE_INDEXER_TYPE: "db" },
    picture: { DISABLE_GRAVATAR: true },
    actions: { ENABLED: true, DEFAULT_ACTIONS_URL: "self" },
    webhook: { ALLOWED_HOST_LIST: "loopback" },
    mailer: { ENABLED: false },
    cron: { ENABLED: false },
    log: { MODE: "console", LEVEL: "Warn" },
  };
  const lines = Object.entries(sections).flatMap(([name, values]) => [
    `[${name}]`,
    ...Object.entries(values).map(([key, value]) => `${key} = ${value}`),
  ]);
  return [
    "APP_NAME = Gitea",
    "RUN_MODE = prod",
    `RUN_USER = ${userInfo().username}`,
    // The rig's folder is root's where the rig needs root, and it listens on this machine only.
    "I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true",
    ...lines,
    "",
  ].join("\n");
}
