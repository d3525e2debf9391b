/**
 * The header `Authorization` for a registry, got by answering its challenge: Basic directly, Bearer with a token from the
 * realm that it names.
 */
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./docker-config.ts";
import { type Asked, deniedError, invalidError, RegistryError, unauthorizedError } from "./registry-error.ts";
import { basic, challengeForAny, fetchToken, isForAll, type TokenOptions } from "./token.ts";

export interface AuthorizationOptions extends TokenOptions {
  readonly credentials: (host: string) => Promise<Credentials | undefined>;
}

/** A header's value, and its place in the order in which they were got. */
export interface Shown {
  readonly header: string;
  readonly sequence: number;
}

export interface Authorization {
  /**
   * What was got for the same registry, repository and access before and has not expired; else, where the registry has asked
   * for tokens before, a token: so that it need not refuse first.
   */
  known(asked: Asked): Promise<Shown | undefined>;
  /**
   * Answers a 401. `shown` is what the refused request carried. What comes is newer than that: if it is refused too, the
   * caller gives up. @throws RegistryError when the registry can't be satisfied.
   */
  answer(asked: Asked, challenge: string, plainHttp: boolean, shown: Shown | undefined): Promise<Shown>;
  /** The error for a request that was refused with `shown`, fresh from `answer`. */
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
  const forget = (each: string, held: Promise<Given> | undefined) => {
    if (given.get(each) === held) given.delete(each);
  };

  return {
    async known(asked) {
      for (const each of keys(asked)) {
        const held = given.get(each);
        const shown = await held;
        if (shown !== undefined && shown.until > options.clock.now().getTime()) return shown;
        forget(each, held);
      }
      const wanted = usual.get(asked.host);
      // What the registry has not asked for itself is no reason to fail.
      return wanted && obtain(asked, wanted).catch(unlessTransient);
    },
    async answer(asked, challenge, plainHttp, shown) {
      for (const each of keys(asked)) {
        const held = given.get(each);
        const newer = await held;
        // Another request may have answered meanwhile; what is older has expired as well.
        if (newer !== undefined && newer.sequence > (shown?.sequence ?? 0)) return newer;
        forget(each, held);
      }
      const challenges = parseChallenges(challenge);
      const bearer = challenges.find(({ scheme }) => scheme === "bearer");
      const forAny = bearer && challengeForAny(bearer, asked);
      if (forAny !== undefined) usual.set(asked.host, { challenges: [forAny], plainHttp });
      return obtain(asked, { challenges, plainHttp });
    },
    async refusal(asked, { header }) {
      for (const each of keys(asked)) given.delete(each);
      const login = await options.credentials(asked.host);
      // A token server that knew the login gave a token without the right; Basic tells of the login itself.
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

async function satisfy(
  asked: Asked,
  { challenges, plainHttp }: Wanted,
  options: AuthorizationOptions,
): Promise<Omit<Given, "sequence">> {
  const login = await options.credentials(asked.host);
  const challenge = challenges.find(({ scheme }) => scheme === "bearer");
  if (challenge !== undefined) {
    const { token, until } = await fetchToken({ asked, challenge, login, plainHttp }, options);
    return { header: `Bearer ${token}`, until, isForAll: isForAll(challenge) };
  }
  if (!challenges.some(({ scheme }) => scheme === "basic")) throw invalidError(asked, "401 with no way to log in");
  if (login?.kind !== "basic") throw unauthorizedError(asked, login !== undefined);
  return { header: basic(login), until: Number.POSITIVE_INFINITY, isForAll: true };
}
