import { UserError } from "../errors.ts";
import { didYouMeanText } from "../lib/did-you-mean.ts";

/** A platform in normal form, as `linux/amd64` or `linux/arm/v7` (OCI image-spec, image-index.md, "platform"). */
export type Platform = string & { readonly __brand: "Platform" };

export interface PlatformParts {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Names that containerd's platform package takes for another, lower case. */
const architectures: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm/v7"],
  ["armel", "arm/v6"],
  ["i386", "386"],
]);

const impliedVariants: ReadonlyMap<string, string> = new Map([
  ["arm64", "v8"],
  ["amd64", "v1"],
]);

const part = /^[a-z0-9_.-]+$/;

/** Alone they name no architecture; containerd would take the machine's own, which differs from runner to runner. */
const operatingSystems: ReadonlySet<string> = new Set(["linux", "windows", "darwin", "macos", "freebsd"]);

/**
 * Parses and normalises `os/architecture[/variant]` or an architecture alone (Linux is meant then), as containerd does:
 * `linux/aarch64`, `linux/arm64/v8` and `arm64` are all `linux/arm64`; `linux/arm` is `linux/arm/v7`.
 * @throws UserError when malformed.
 */
export function platform(text: string): Platform {
  const parts = text.trim().toLowerCase().split("/");
  const [os, architecture, variant] = parts.length === 1 ? ["linux", parts[0]] : parts;
  const wellFormed = parts.length <= 3 && parts.every((each) => part.test(each)) && os && architecture;
  if (!wellFormed || operatingSystems.has(architecture)) {
    throw new UserError(`"${text}" isn't a valid platform`, {
      hint: "write os/architecture or os/architecture/variant, such as linux/amd64 or linux/arm/v7",
    });
  }
  const [base = architecture, aliasVariant] = (architectures.get(architecture) ?? architecture).split("/");
  const given = variant ?? aliasVariant ?? (base === "arm" ? "v7" : undefined);
  const kept = given === impliedVariants.get(base) ? undefined : given;
  return [os === "macos" ? "darwin" : os, base, kept].filter((each) => each !== undefined).join("/") as Platform;
}

/** What Go, and so BuildKit, calls the architectures that images are made for. */
const known: readonly string[] = [
  ...["386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle"],
  ...["ppc64", "ppc64le", "riscv64", "s390x", "wasm"],
];

/** The platform that somebody asks for. @throws UserError when malformed, for Windows, and for an architecture that nobody builds for. */
export function wantedPlatform(text: string): Platform {
  const found = platform(text);
  const { os, architecture } = partsOf(found);
  if (os === "windows") {
    throw new UserError(`"${text}" can't be built: images for Windows are not supported`, {
      hint: "take it out, and build them in a job on Windows",
    });
  }
  if (known.includes(architecture)) return found;
  throw new UserError(`"${text}" names the architecture "${architecture}", which nobody builds for`, {
    hint: `write one of ${known.join(", ")}${didYouMeanText(architecture, known)}`,
  });
}

/** The platform that the parts of an index entry name. */
export function platformOf(parts: PlatformParts): Platform {
  return platform([parts.os, parts.architecture, ...(parts.variant ? [parts.variant] : [])].join("/"));
}

export function partsOf(of: Platform): PlatformParts {
  const [os = "", architecture = "", variant] = of.split("/");
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}
