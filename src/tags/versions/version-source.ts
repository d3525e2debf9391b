/** Where an image's own version stands: the `from` of `type=version`. */
import { UserError } from "../../errors.ts";
import { didYouMeanText } from "../../lib/did-you-mean.ts";

export type VersionSource =
  /** Default of an ARG in the Dockerfile. */
  | { readonly kind: "arg"; readonly name: string }
  /** Default of a variable in the bake file. */
  | { readonly kind: "bake"; readonly name: string }
  /** A LABEL in the Dockerfile. */
  | { readonly kind: "label"; readonly name: string }
  /** A file that holds nothing else, relative to the image's directory. */
  | { readonly kind: "file"; readonly name: string }
  /** `version = "…"` in default.nix. */
  | { readonly kind: "nix" }
  | { readonly kind: "package.json" };

const named = ["arg", "bake", "label", "file"] as const;
const unnamed = ["nix", "package.json"] as const;

/** Parses `arg:NAME`, `nix` and the like. @throws UserError when malformed. */
export function parseVersionSource(text: string): VersionSource {
  const [, kindText = "", name = ""] = /^([^:]*):?(.*)$/.exec(text) ?? [];
  const plain = unnamed.find((kind) => kind === text);
  if (plain !== undefined) return { kind: plain };
  const kind = named.find((each) => each === kindText);
  if (kind !== undefined && name !== "") return { kind, name };
  if (/^(?:image|built|run|exec|command|container)$/.test(kindText)) {
    throw new UserError(`from=${text} would read a version from the built image, which is not supported`, {
      hint: "tags are known before the build: write the version into an ARG (from=arg:NAME), a LABEL (from=label:NAME) or a file (from=file:PATH)",
    });
  }
  throw new UserError(`from=${text} names no source of a version`, {
    hint: `write arg:NAME, bake:NAME, label:NAME, file:PATH, nix or package.json${didYouMeanText(kindText, [...named, ...unnamed])}`,
  });
}

/** The source as it is written; also its key in `TagFacts.ownVersions`. */
export function formatVersionSource(source: VersionSource): string {
  return "name" in source ? `${source.kind}:${source.name}` : source.kind;
}
