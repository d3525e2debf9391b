/** Credential helpers: programs called docker-credential-X that keep logins (docker/docker-credential-helpers, "Usage"). */
import { UserError } from "../../errors.ts";
import type { Processes } from "../../ports.ts";
import { type Credentials, serverAddress } from "./docker-config.ts";

const timeout = 30_000;

/** What helpers for the clouds and the desktops look at. The job's tokens and inputs are none of it. */
export const helperVariables =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|LANG|DOCKER_CONFIG|DBUS_SESSION_BUS_ADDRESS|GNUPGHOME|PASSWORD_STORE_DIR|XDG_[A-Z_]+|(?:AWS|AZURE|GOOGLE|CLOUDSDK|GCE)_[A-Z0-9_]+|(?:https?|no|HTTPS?|NO)_(?:proxy|PROXY)|SSL_CERT_(?:FILE|DIR))$/;

/** @returns `undefined` when the helper knows no login for the host. @throws UserError when the helper fails. */
export async function askHelper(
  helper: string,
  host: string,
  env: Readonly<Record<string, string | undefined>>,
  processes: Processes,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const hint = `log in with docker/login-action, or take ${helper} out of docker's config.json`;
  const run = async () => {
    const ended = await processes
      .run(program, ["get"], { env: helperEnvironment(env), input: serverAddress(host), timeout })
      .catch((cause: unknown) => {
        throw new UserError(`${program}, which docker's config.json names for ${host}, could not be run`, {
          hint,
          cause,
        });
      });
    return { ...ended, answer: new TextDecoder().decode(ended.stdout) };
  };
  // Helpers report on stdout, where "not found" differs from failures only in its text.
  const isUnknown = (answer: string) => /credentials not found/i.test(answer);
  const first = await run();
  // What a helper asks for its answer may fail for a moment.
  const isAnswered = first.code === 0 || isUnknown(first.answer);
  const ended = isAnswered ? first : await run();
  const { answer } = ended;
  if (ended.code !== 0) {
    if (isUnknown(answer)) return undefined;
    const lastLine = ended.stderr.trim().split("\n").at(-1)?.slice(0, 200);
    throw new UserError(
      `${program} gave no login for ${host}: exit code ${ended.code}${lastLine ? ` (${lastLine})` : ""}`,
      {
        hint,
      },
    );
  }
  return parseAnswer(answer) ?? fail(`${program} gave no login for ${host}: its answer is malformed`, hint);
}

function helperEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const handed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && helperVariables.test(name)) handed[name] = value;
  }
  return handed;
}

function parseAnswer(text: string): Credentials | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof answer !== "object" || answer === null || !("Username" in answer) || !("Secret" in answer))
    return undefined;
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>"
    ? { kind: "identity-token", token: secret }
    : { kind: "basic", username, password: secret };
}

function fail(message: string, hint: string): never {
  throw new UserError(message, { hint });
}
