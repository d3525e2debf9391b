/** Options of `docker buildx build` that decide how its RUN steps are run, each in one form, as buildx itself reads them. */
import { UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";
import { csvFields } from "./csv-record.ts";

/** Unset: BuildKit's own. */
export interface BuildOptions {
  readonly network?: "none" | "host";
  /** Entitlements, sorted. */
  readonly allow?: readonly string[];
  /** `host=address`. */
  readonly addHosts?: readonly string[];
  /** Bytes. */
  readonly shmSize?: number;
  /** `name=soft:hard`, sorted by name. */
  readonly ulimits?: readonly string[];
  readonly cgroupParent?: string;
  /** Names of stages. */
  readonly noCacheFilters?: readonly string[];
}

/** The options of which the bytes of an image may depend; `undefined` where none of them is set. */
export function optionsOfContent(options: BuildOptions): Partial<BuildOptions> | undefined {
  const { cgroupParent: _, noCacheFilters: __, ...others } = options;
  return Object.keys(others).length === 0 ? undefined : others;
}

/** Rights that BuildKit knows (util/entitlements); buildx's own `buildx.local.delete` is for outputs that there are none of here. */
const entitlements = ["network.host", "security.insecure", "device"] as const;

/** Reads entitlements of one line, in docker's CSV: one with a comma in it is in quotes. @throws UserError for an unknown one. */
export function parseAllow(text: string): readonly string[] {
  const fields = csvFields(text).map((field) => field.trim());
  for (const field of fields.filter((each) => each !== "")) checkEntitlement(field);
  return fields.filter((each) => each !== "");
}

function checkEntitlement(text: string): void {
  if (entitlements.some((each) => each === text) || /^device=[^,=\s]+(?:=[^,=\s]+)?(?:,alias=[^,=\s]+)?$/.test(text))
    return;
  const isAlias = text.startsWith("alias=");
  throw new UserError(`"${text}" isn't a valid entitlement`, {
    hint: isAlias
      ? 'put the device and its alias in quotes: "device=vendor.com/class=name,alias=NAME"'
      : `write network.host, security.insecure, device or device=NAME${didYouMeanText(text, entitlements)}`,
  });
}

/** Reads hosts with their addresses, separated by commas: `db:10.0.0.1`, `db=10.0.0.1`, `db:[::1]`. @throws UserError */
export function parseAddHosts(text: string): readonly string[] {
  const given = text.split(",").map((each) => each.trim());
  return given.filter((each) => each !== "").map(addHost);
}

function addHost(text: string): string {
  const [, host = "", written = ""] = /^([^=:]*)[=:](.*)$/s.exec(text) ?? [];
  const address = written.trim().replace(/^\[(.*)\]$/s, "$1");
  if (address === "host-gateway") {
    throw new UserError(`"${text}": builders that push by digest have no host-gateway`, {
      hint: "write the address itself, such as 172.17.0.1",
    });
  }
  if (/^\w[\w.-]*$/.test(host.trim()) && isAddress(address)) return `${host.trim()}=${address}`;
  throw new UserError(`"${text}" isn't a host with its address`, { hint: "write NAME:ADDRESS, such as db:10.0.0.1" });
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const version4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** As Go's `net.ParseIP` takes them: without a zone. */
function isAddress(text: string): boolean {
  return version4.test(text) || (/^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]`));
}

/** As docker's go-units reads it. */
const size = /^(\d+\.?\d*|\.\d+) ?(?:([kmgtp])(?:i?b)?|b)?$/i;
const units = ["", "k", "m", "g", "t", "p"];

/** Reads a size such as `2g`; 0 is the builder's default. @returns bytes. @throws UserError */
export function parseShmSize(text: string): number {
  const [, number, unit = ""] = size.exec(text) ?? [];
  const bytes = Math.floor(Number(number ?? Number.NaN) * 1024 ** units.indexOf(unit.toLowerCase()));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new UserError(`"${text}" isn't a valid size`, { hint: "write a number with a unit, such as 64m or 2g" });
}

const limits = [
  ...["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"],
  ...["rttime", "sigpending", "stack"],
];

export interface Ulimit {
  readonly name: string;
  /** `name=soft:hard`. */
  readonly text: string;
}

/** Reads a limit such as `nofile=1024:2048`, -1 being none. @throws UserError */
export function parseUlimit(given: string): Ulimit {
  const [, name = "", soft = "", hard = soft] = /^([^=]*?)\s*=\s*(-?\d+)(?::(-?\d+))?$/.exec(given) ?? [];
  if (name === "") {
    throw new UserError(`"${given}" isn't a valid limit`, {
      hint: "write NAME=SOFT or NAME=SOFT:HARD, one per line, such as nofile=1024:2048",
    });
  }
  if (!limits.includes(name)) {
    throw new UserError(`"${name}" isn't a limit`, {
      hint: `write ${limits.join(", ")}${didYouMeanText(name, limits)}`,
    });
  }
  const [low, high] = [BigInt(soft), BigInt(hard)];
  if ([low, high].some((each) => each < -1n || each >= 2n ** 63n)) {
    throw new UserError(`"${given}" has a limit that no system has`, {
      hint: "write a number from 0, or -1 for no limit",
    });
  }
  if (high !== -1n && (low === -1n || low > high)) {
    throw new UserError(`"${given}" has a soft limit above its hard one`, { hint: "write NAME=SOFT:HARD" });
  }
  return { name, text: `${name}=${low}:${high}` };
}

/** @throws UserError for what no cgroup is called. */
export function parseCgroupParent(text: string): string {
  if (/^[^\s\p{Cc}]+$/u.test(text)) return text;
  throw new UserError("this isn't a valid cgroup", {
    hint: "write its path or slice, without blanks: /ci or ci.slice",
  });
}

/** Reads names of stages, separated by commas. @throws UserError for what no stage is called. */
export function parseStageNames(text: string): readonly string[] {
  const names = text.split(",").map((each) => each.trim());
  const given = names.filter((each) => each !== "");
  const wrong = given.find((each) => !/^[a-z][\w.-]*$/i.test(each));
  if (wrong === undefined) return given;
  throw new UserError(`"${wrong}" isn't the name of a stage`, {
    hint: "write the name that the Dockerfile gives it (`FROM … AS NAME`); a number names none here",
  });
}
