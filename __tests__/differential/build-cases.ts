// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** Dockerfiles of several stages by chance, which BuildKit can mostly build, and what is asked of them. */
import fc from "fast-check";

const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);

const pieceOf = (text: string) => text.split(" ");

const inTurn = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(""));

const lines = (line: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(line, { maxLength }).map((all) => all.map((each) => `${each}\n`).join(""));

const globalArgument = oneOf("ARG V=x", "ARG B=a", "ARG W=$V/y", "ARG V W=1", "ARG TARGETARCH", "ARG E=g", "ARG U");

const from = inTurn(
  oneOf("FROM ", "FROM ", "FROM ", "FROM --platform=$BUILDPLATFORM ", "FROM --platform=linux/amd64 "),
  oneOf(
    ...pieceOf("a a a a b:1 scratch scratch s0 s0 s1 s1 s2 docs ${B:-c} ${V:-s0} base-$TARGETARCH ghcr.io/o/r/base"),
    ...pieceOf("ghcr.io/o/r/base:latest ghcr.io/o/r/base a-$BUILDARCH s0$TARGETVARIANT"),
  ),
  oneOf("", "", "", " AS s0", " AS s1", " AS S2", " AS s0", " as docs"),
);

const source = oneOf(
  ...pieceOf("a a a b c/d ./a /a/b ../x c/../a a/ . / *.txt a?/b [ab]c [a-c] **/x a\\*b x[!a] [^a] 'q$V' a//b"),
  ...pieceOf("$V ${V}/f ${U:-d} $TARGETARCH $TARGETPLATFORM $BUILDARCH $E $W ${E:+e} x-$V.c $N $TARGETSTAGE"),
);

const variable = oneOf(
  ...[
    "ARG V",
    "ARG V=l",
    "ARG TARGETARCH",
    "ARG E",
    "ARG N=$V V=2",
    "ARG W",
    "ARG TARGETPLATFORM BUILDARCH",
    "ARG U=$E",
  ],
  ...[
    "ENV V=e",
    "ENV K=$V N=${K:-k}",
    "ENV E $V",
    "ENV V=$V/n",
    "ENV $V=n",
    "ARG E=d",
    "ARG TARGETSTAGE",
    "ARG T=cache",
  ],
);

const label = oneOf("LABEL l=$V", 'LABEL l="${W:-w}" m=$TARGETARCH', "LABEL $V=m", "LABEL l=a m='$V'", "LABEL l=$E$U");

const localCopy = fc.oneof(
  { weight: 6, arbitrary: inTurn(oneOf("COPY ", "COPY --link ", "ADD "), source, oneOf(" "), source, oneOf(" /d/")) },
  { weight: 6, arbitrary: inTurn(oneOf("COPY ", "ADD "), source, oneOf(" /d/")) },
  {
    weight: 1,
    arbitrary: oneOf(
      ...['COPY ["a b", "$V", "/d/"]', "COPY <<EOF $V /d/\n$V\nEOF", "COPY <<EOF /d\nx\nEOF", "COPY --parents a/b /d/"],
      ...[
        "ADD https://example.org/x /d",
        "ADD https://example.org/x a /d/",
        "ADD git@github.com:o/r.git /d",
        'COPY "" /d',
      ],
      ...[`ADD --checksum=sha256:${"0".repeat(64)} http://example.org/x /d`, "ADD https://github.com/o/r.git#main /d"],
    ),
  },
);

const localMount = fc.oneof(
  inTurn(oneOf("--mount=type=bind,target=/m,source=", "--mount=target=/m,src="), source),
  oneOf(
    ...pieceOf("--mount=target=/m --mount=type=cache,target=/m --mount=type=cache,target=/m,source=a --mount=type=ssh"),
    ...pieceOf("--mount=type=secret,id=s --mount=type=secret,target=/m,source=a --mount=type=tmpfs,target=/m"),
    ...pieceOf("--mount=type=${T:-bind},target=/m,source=a"),
  ),
);

/** Instructions that take something from these, and from contexts. */
function instructions(stagesAndImages: readonly string[]): fc.Arbitrary<string> {
  const elsewhere = oneOf(...stagesAndImages);
  const copy = fc.oneof(
    { weight: 3, arbitrary: localCopy },
    { weight: 1, arbitrary: inTurn(oneOf("COPY --from="), elsewhere, oneOf(" "), source, oneOf(" /d/")) },
  );
  const what = oneOf("", ",source=a", ",source=$V", ",source=/", ",source=b/*", ",type=cache", ",type=tmpfs");
  const mount = fc.oneof(localMount, inTurn(oneOf("--mount=target=/m,from="), elsewhere, what));
  const run = inTurn(oneOf("RUN "), mount, oneOf("", " --mount=type=bind,source=r,target=/n"), oneOf(" true"));
  return fc.oneof(
    { weight: 6, arbitrary: copy },
    { weight: 3, arbitrary: run },
    { weight: 5, arbitrary: variable },
    { weight: 2, arbitrary: label },
    { weight: 1, arbitrary: oneOf("WORKDIR /w", "USER u", 'CMD ["x"]', "EXPOSE 80") },
    { weight: 1, arbitrary: inTurn(oneOf("ONBUILD "), fc.oneof(copy, run, variable, label)) },
  );
}

const stages = pieceOf("s0 s0 s1 0 0 S0 docs docs img:1 img:1 scratch");
const instruction = instructions([...stages, "ghcr.io/o/r/base"]);
// BuildKit never comes to an end where an image takes something from itself whenever one is built on it.
const baseInstruction = instructions(stages);

const dockerfile = inTurn(
  lines(globalArgument, 3),
  fc
    .array(inTurn(from, oneOf("\n"), lines(instruction, 5)), { minLength: 1, maxLength: 4 })
    .map((stages) => stages.join("")),
);

export interface BuildCase {
  readonly text: string;
  /** The Dockerfile of ghcr.io/o/r/base. */
  readonly base: string;
  readonly target: string | undefined;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The directory `docs` is a named context. */
  readonly hasDocs: boolean;
}

const builds: fc.Arbitrary<BuildCase> = fc.record({
  text: dockerfile,
  base: fc.oneof(
    { weight: 2, arbitrary: fc.constant("FROM scratch\n") },
    { weight: 1, arbitrary: inTurn(oneOf("FROM a\n"), lines(baseInstruction, 4)) },
  ),
  target: fc.constantFrom(...Array<undefined>(9).fill(undefined), "s0", "s1", "S0"),
  platforms: fc.constantFrom(
    ...[["linux/amd64"], ["linux/arm64"], ["linux/arm/v7"], ["linux/amd64", "linux/arm64"], [], ["linux/amd64"]],
  ),
  buildArgs: fc.constantFrom<BuildCase["buildArgs"][]>(
    ...[{}, {}, { V: "given" }, { B: "s0", U: "u" }, { TARGETARCH: "mine" }, { V: "", E: "e" }],
  ),
  hasDocs: fc.boolean(),
});

/** BuildKit looks for what the triggers of an image need also where nothing but files are taken from it. */
const looksInVain = ({ text, base }: BuildCase) =>
  text.includes("from=ghcr.io/o/r/base") && /^ONBUILD .*from=/m.test(base);

export const plainBuilds = builds.filter((each) => !looksInVain(each));
