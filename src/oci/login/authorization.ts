/**
 * The header `Authorization` for a registry, got by answering its challenge: Basic directly, Bearer with a token from the
 * realm that it names.
 */

import { type Asked, deniedError, invalidError, RegistryError, unauthorizedError } from "../registry/registry-error.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { type Credentials, isSameLogin } from "./docker-config.ts";
import { basic, challengeForAny, fetchToken, isForAll, type TokenOptions } from "./token.ts";

export interface AuthorizationOptions extends TokenOptions {
  /** `refused`: what it returned before and is no longer accepted, so that there may be another one. */
  readonly credentials: (host: string, refused?: Credentials) => Promise<Credentials | undefined>;
}

/** A header's value, and its place in the order in which they were got. */
export interface Shown {
  readonly header: string;
  readonly sequence: number;
  /** What it was got with. */
  readonly login: Credentials | undefined;
  readonly wanted: Wanted;
}

export interface Authorization {
  /**
   * What was got for the same registry, repository and access before and has not expired; else, where the registry has asked
   * for tokens before, a token: so that it need not refuse first.
   */
  known(asked: Asked): Promise<Shown | undefined>;
  /**
   * Answers a 401. `shown` is what the refused request carried. What comes is newer than that: if it is refused too, another
   * login may help. @throws RegistryError when the registry can't be satisfied.
   */
  answer(asked: Asked, challenge: string, plainHttp: boolean, shown: Shown | undefined): Promise<Shown>;
  /** The same with another login than `shown` was got with; `undefined` where there is none. @throws as `answer` */
  renewed(asked: Asked, shown: Shown): Promise<Shown | undefined>;
  /** The error for a request that was refused with `shown`, and for which there is nothing else. */
  refusal(asked: Asked, shown: Shown): Promise<Error>;
}

interface Given extends Shown {
  readonly until: number;
  /** It holds for the whole registry. */
  readonly isForAll: boolean;
}

interface Wanted {
  readonly challenges: readonly Challenge[];
  readonly plainHttp: boolean;
}

/**
 * Keeps what it got by registry, repository and access: a token is asked for once, also by requests side by side.
 */
export function authorization(options: AuthorizationOptions): Authorization {
  const given = new Map<string, Promise<Given>>();
  /** By host: what it wants for any repository, once it has said so. */
  const usual = new Map<string, Wanted>();
  let sequence = 0;

  const obtain = (asked: Asked, wanted: Wanted): Promise<Given> => {
    const pending = given.get(key(asked));
    if (pending !== undefined) return pending;
    const got = satisfy(asked, wanted, options).then((answer) => {
      sequence += 1;
      return { ...answer, sequence };
    });
    given.set(key(asked), got);
    got.then(
      ({ isForAll }) => isForAll && given.set(asked.host, got),
      () => given.delete(key(asked)),
    );
    return got;
  };
  const forget = (each: string, kept: Promise<Given> | undefined) => {
    if (given.get(each) === kept) given.delete(each);
  };
  /** What is newer than `shown`: another request may have got it meanwhile; what is older has expired as well. */
  const newerThan = async (asked: Asked, shown: Shown | undefined): Promise<Given | undefined> => {
    for (const each of keys(asked)) {
      const kept = given.get(each);
      const newer = await kept;
      if (newer !== undefined && newer.sequence > (shown?.sequence ?? 0)) return newer;
      forget(each, kept);
    }
    return undefined;
  };

  return {
    async known(asked) {
      for (const each of keys(asked)) {
        const kept = given.get(each);
        const shown = await kept;
        if (shown !== undefined && shown.until > options.clock.now().getTime()) return shown;
        forget(each, kept);
      }
      const wanted = usual.get(asked.host);
      // What the registry has not asked for itself is no reason to fail.
      return wanted && obtain(asked, wanted).catch(unlessTransient);
    },
    async answer(asked, challenge, plainHttp, shown) {
      const newer = await newerThan(asked, shown);
      if (newer !== undefined) return newer;
      const challenges = parseChallenges(challenge);
      const bearer = challenges.find(({ scheme }) => scheme === "bearer");
      const forAny = bearer && challengeForAny(bearer, asked);
      if (forAny !== undefined) usual.set(asked.host, { challenges: [forAny], plainHttp });
      return obtain(asked, { challenges, plainHttp });
    },
    async renewed(asked, shown) {
      const { login, wanted } = shown;
      if (login === undefined || (await otherLogin(asked, login, options)) === undefined) return undefined;
      return (await newerThan(asked, shown)) ?? obtain(asked, wanted);
    },
    async refusal(asked, { header, login }) {
      for (const each of keys(asked)) given.delete(each);
      // A token server that knew the login gave a token without the right. With Basic the login itself was refused.
      if (login !== undefined && header.startsWith("Bearer ")) return deniedError(asked);
      return unauthorizedError(asked, login !== undefined);
    },
  };
}

function key({ host, repository, access, mountFrom = "" }: Asked): string {
  return `${host}/${repository} ${access} ${mountFrom}`;
}

/** Where what would do may be: who may push may read. */
function keys(asked: Asked): readonly string[] {
  const { host, mountFrom } = asked;
  return mountFrom === undefined ? [host, key({ ...asked, access: "push" }), key(asked)] : [host, key(asked)];
}

function unlessTransient(error: unknown): undefined {
  if (error instanceof RegistryError && !error.isTransient) return undefined;
  throw error;
}

/** A helper's login may have expired before the token server is shown it again. */
async function satisfy(asked: Asked, wanted: Wanted, options: AuthorizationOptions): Promise<Omit<Given, "sequence">> {
  const login = await options.credentials(asked.host);
  try {
    return await satisfyWith(login, asked, wanted, options);
  } catch (error) {
    const isRefused = error instanceof RegistryError && (error.code === "unauthorized" || error.code === "denied");
    const other = isRefused && login !== undefined ? await otherLogin(asked, login, options) : undefined;
    if (other === undefined) throw error;
    return satisfyWith(other, asked, wanted, options);
  }
}

/** `undefined` where there is no other one than the one that was refused. */
async function otherLogin(
  { host }: Asked,
  refused: Credentials,
  { credentials }: AuthorizationOptions,
): Promise<Credentials | undefined> {
  const found = await credentials(host, refused);
  return found !== undefined && !isSameLogin(found, refused) ? found : undefined;
}

async function satisfyWith(
  login: Credentials | undefined,
  asked: Asked,
  wanted: Wanted,
  options: AuthorizationOptions,
): Promise<Omit<Given, "sequence">> {
  const { challenges, plainHttp } = wanted;
  const challenge = challenges.find(({ scheme }) => scheme === "bearer");
  if (challenge !== undefined) {
    const { token, until } = await fetchToken({ asked, challenge, login, plainHttp }, options);
    return { header: `Bearer ${token}`, until, isForAll: isForAll(challenge), login, wanted };
  }
  if (!challenges.some(({ scheme }) => scheme === "basic")) throw invalidError(asked, "401 with no way to log in");
  if (login?.kind !== "basic") throw unauthorizedError(asked, login !== undefined);
  return { header: basic(login), until: Number.POSITIVE_INFINITY, isForAll: true, login, wanted };
}
