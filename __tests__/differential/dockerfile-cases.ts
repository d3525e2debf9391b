// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** Dockerfiles by chance: lines as people write them, lines that are nearly so, and noise. */
import fc from "fast-check";

const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);

/** One of the pieces between the blanks of a text. */
const pieceOf = (text: string) => text.split(" ");

const inTurn = (...parts: readonly fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(""));

/** Texts put together of up to so many pieces. */
const joined = (pieces: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(pieces, { maxLength }).map((all) => all.join(""));

const good = oneOf(
  "FROM b",
  "FROM debian:13 AS Build",
  "FROM --platform=$BUILDPLATFORM golang:${V:-1.22} as x.y-z_0",
  "ARG X",
  "ARG X=1 Y='a b' Z=\"c $X\"",
  "ENV A=1 B=\"x y\" C='z'",
  "ENV A b c d",
  "LABEL a.b=c d='e f' \"g\"=h",
  "COPY a b/ /c",
  'COPY ["a b", "c"]',
  "COPY --from=build --chown=1:1 --link /x $Y/z",
  "COPY --parents --exclude=*.md --exclude=x ./a/*/b /c",
  "COPY <<EOF <<-'E F' a /x\n$X\nEOF",
  "COPY <<A <<-B /x\n\tx\nA\n\tfoo\n\tB",
  "ADD --keep-git-dir=true --checksum=sha256:1 http://x/y a /z",
  'ADD <<-"E" /x\n\t$X\n\tE',
  "RUN echo \\\n  # why\n\n  x && \\\n y",
  "RUN <<EOF\nFROM x\nEOF",
  "RUN 3<<EOF cat <<-END\nFROM y\nEOF\n\tCOPY a b\n\tEND",
  "RUN --mount=type=bind,from=b,source=/x,target=/y --mount=target=/ctx make",
  'RUN --mount=type=cache,target=/c,sharing=locked --mount=type=secret,id=s --network=none ["a", "<<EOF"]',
  "RUN echo '<<EOF' \"<<EOF\" <<<EOF $((1<<3))",
  "ONBUILD COPY . /src",
  "ONBUILD RUN <<EOF\nx\nEOF",
  "HEALTHCHECK --interval=5s CMD x",
  "# a comment",
  'CMD ["a"]',
  "USER x",
);

const from = inTurn(
  oneOf("FROM "),
  oneOf("", "", "--platform=$BUILDPLATFORM ", "--platform=a --platform=b ", "--platform ", "--platform= "),
  oneOf("a", "$X", "base:${T}", "scratch", "Base"),
  oneOf("", " AS b", " as C", " AS x y", " --z", " AS 1", " AS a+b", " IS b"),
);

const argument = inTurn(
  oneOf("ARG "),
  oneOf("X", "X=1", 'X="a b" Y', "X= Y='c d'", "=x", "X=$Y", "--foo=1 X", "X=a\\ b c", "X Y=1 Z", "X='", "X=\\"),
);

const variable = inTurn(
  oneOf("ENV ", "LABEL ", "label "),
  oneOf(
    "X 1 2",
    "X=1 Y=2",
    'X="a b"',
    "X",
    "=",
    "X=1 Y",
    " X=\\",
    "X\u00a0y",
    'a=\'b c\' d="e\\"f"',
    'X "a',
    "--x X=1",
  ),
);

const copy = inTurn(
  oneOf("COPY "),
  oneOf(
    "",
    "",
    "--from=a ",
    '--from="a" ',
    "--from=0 ",
    "--from=a --from=b ",
    "--from ",
    "--chown=a:b ",
    "-- ",
    "--foo ",
  ),
  oneOf("", "", "--link=maybe ", "--link=FALSE ", "--exclude=a --exclude=b ", "--parents=false "),
  oneOf(
    "a b",
    "a",
    '["a"]',
    '["a",]',
    '[1,"a"]',
    "[a b",
    "[] x",
    '["a","b"] ',
    "a <<EOF",
    "a\u00a0b c",
    "<<EOF /x\nbody\nEOF",
  ),
);

const add = inTurn(
  oneOf("ADD "),
  oneOf("", "--checksum=sha256:1 ", "--keep-git-dir ", "--from=a ", "--unpack=true "),
  oneOf("a b", "http://x/y /z", "<<EOF", "<<-E <<E /x\n\t1\nE\n2\nE", "<<'E F' /x\nk\nE F", "<<E x\n"),
);

const run = inTurn(
  oneOf("RUN "),
  oneOf(
    ...pieceOf(
      "--mount=type=bind,from=b,source=/x,target=/y --mount=from=$X,target=/ --mount= --mount --mount=from=a,from=b",
    ),
    ...pieceOf(
      '--mount="from=a,target=/" --mount=\\"from=a\\",x --mount=type=bind,from=$ --mount=FROM=a,SRC=é --mount=ro',
    ),
    ...pieceOf("--mount=ro,rw=x --mount=type=Cache,id=a,dst=/x,uid=1 --mount=what=1 --mount=type=tmpfs,size=1g --nope"),
    ...pieceOf(
      "--mount=type=ssh --mount=type=$T --mount=type=x --network=host --security=insecure --device=a --device=b",
    ),
    ...["", "", "", "", "", ""],
  ),
  oneOf(" "),
  oneOf(
    ...["echo", "<<EOF\nFROM x\nEOF", "3<<EOF cat\nFROM y\nEOF", "cat <<A <<B\na\nA\nb\nB", '["a", "<<EOF"]', "[1]"],
    ...[
      "a << EOF\nb\nEOF",
      '<<"EOF"\nx\nEOF',
      "<<E$X\nx\nE$X",
      "a<<E${X:-y}\nq\nE",
      "\\<<EOF",
      "{ <<EOF\n}",
      "<<''\nx\n",
    ],
    ...[
      "<<EOF\r\nx\r\nEOF\r",
      "<<EOF\nEOF\nFROM x\nEOF",
      "<<E\\ F\nx\nE F",
      "x <<<EOF",
      "<<EOF\nx",
      "a \\\n # c\n\n b",
    ],
  ),
);

const other = inTurn(
  oneOf(...pieceOf("SHELL VOLUME EXPOSE USER WORKDIR CMD ENTRYPOINT STOPSIGNAL HEALTHCHECK MAINTAINER")),
  oneOf(" "),
  oneOf(
    ...["", "x", '["a"]', "[]", "[1]", '[""]', "x y", "--f x"],
    ...["NONE", "CMD x", "CMD", "NONE x", '--interval=5s CMD ["a"]', "CMD []", "none", "--x NONE"],
  ),
);

const trigger = inTurn(
  oneOf("ONBUILD "),
  oneOf(
    ...[
      "RUN x",
      "COPY a",
      "COPY --from=a b c",
      "ONBUILD RUN",
      "FROM x",
      "ENV a",
      "ENV a=b",
      "RUN <<EOF\nx\nEOF",
      "",
      "\\",
    ],
    ...["FOO", "ARG Q", "--x RUN y", "COPY <<A <<B /x\n1\nA\n2\nB", "RUN --mount=from=a,target=/b c", "LABEL a=b c=d"],
    ...[
      "RUN --mount=nope=1 c",
      "ADD --what a b",
      "run x \\\n  y",
      'COPY ["a", "b"]',
      "COPY a b \\",
      "COPY <<A b \\\nA",
    ],
  ),
);

const directive = inTurn(
  oneOf("# ", "#", "//"),
  oneOf("escape=`", "syntax=docker/dockerfile:1", "check=skip=all", "comment", "escape = \\", "escape=x", " ESCAPE=`"),
);

const keyword = oneOf(
  ...pieceOf("FROM from RUN run COPY ADD ARG ENV LABEL ONBUILD CMD USER SHELL VOLUME HEALTHCHECK ENTRYPOINT FOO #"),
  ...["ONBUILD RUN", "ONBUILD COPY"],
);

const noise = joined(
  oneOf(
    ...pieceOf("a b base $X ${X} ${X:-d} ${X:+e} ' \" \\ ` \\\" = / . << <<EOF <<-EOF <<'EOF' 3<<EOF EOF [ ] , # --"),
    ...pieceOf("--from=a --mount=from=b é * { } x=y $ < 1 à"),
    ...["'q q'", '"q $X"', " ", " ", "\t", "\u00a0", "\ufeff"],
  ),
  5,
);

const lineEnd = oneOf("\n", "\n", "\n", "\n", "\r\n", "\\\n", " \\ \n", "`\n", "\\\r\n", "\n\n", "\\\\\n");

const line = fc.oneof(
  { weight: 12, arbitrary: inTurn(good, oneOf("\n", "\n", "\n", "\r\n")) },
  {
    weight: 3,
    arbitrary: inTurn(fc.oneof(from, argument, variable, copy, add, run, other, trigger, directive), lineEnd),
  },
  { weight: 1, arbitrary: inTurn(oneOf("", " ", "\t"), keyword, oneOf(" ", "\t", "  "), noise, lineEnd) },
);

const beginning = oneOf(
  ...["", "", "", "", "", "", "\ufeff", "# escape=`\n", "#syntax=a/b\n", "\n", "#!/x\n", "//syntax=q\n", "ARG X=1\n"],
  ...["# syntax=docker/dockerfile:1\n# escape=`\n", "# SYNTAX = docker/dockerfile-upstream:1 \r\n", "ARG X=1 Y=$X\n"],
);

export const dockerfiles: fc.Arbitrary<string> = inTurn(
  beginning,
  oneOf("FROM a\n", "FROM a\n", "FROM a\n", "FROM a\n", ""),
  joined(line, 6),
);

export const words: fc.Arbitrary<string> = joined(
  oneOf(
    ...pieceOf(
      "a X b aa ab é l . [ ( | $X ${X} $$ $1 $0 $E $é ${E:-x} ${E-x} ${U:-d} ${U-d} ${U:?e} ${X:- ${X- ${X:+ ${X+",
    ),
    ...pieceOf(
      "${X# ${X## ${X% ${X%% ${X/ ${X// ${L// ${L/ ${L%% ${L## } } } } / * ? \\ ' \" \\* \\} \\/ \\\\ $ { : :? ` <<",
    ),
    ...[" ", "\ufeff"],
  ),
  8,
);
