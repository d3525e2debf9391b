// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a Dockerfile writes variables
/** Builds of which it is easily told wrong what they take, with how they end (build.test.ts). */
import type { BuildCase } from "./build-cases.ts";

type Ending = "same" | "doubted" | "open" | "platforms" | "unused" | "accident" | "refused" | "unsure";

export const buildCorpus: readonly (readonly [string, Ending, Partial<BuildCase>])[] = [
  // Stages
  ["only the stages that the target needs", "same", { text: "FROM a AS s0\nCOPY no /\nFROM b\nCOPY yes /" }],
  ["a target in other letters", "same", { text: "FROM a AS Build\nCOPY a /\nFROM b\nCOPY b /", target: "bUILD" }],
  ["a target that isn't there", "refused", { text: "FROM a AS b", target: "c" }],
  ["a number as target", "refused", { text: "FROM a AS b", target: "0" }],
  ["a stage that shadows an image", "same", { text: "FROM a AS debian\nCOPY x /\nFROM debian\nCOPY y /" }],
  ["a stage that is called like its base", "same", { text: "FROM a AS a\nCOPY x /\nFROM a\nCOPY y /" }],
  ["two stages of a name", "same", { text: "FROM a AS s\nCOPY x /\nFROM b AS s\nCOPY y /\nFROM s\nCOPY --from=s z /" }],
  ["a stage by its number", "same", { text: "FROM a\nCOPY x /\nFROM b AS c\nCOPY y /\nFROM d\nCOPY --from=0 z /" }],
  ["a number past the stages", "refused", { text: "FROM a\nCOPY --from=7 z /" }],
  ["a number, for a mount, is an image", "same", { text: "FROM a\nRUN --mount=from=0,target=/m true" }],
  [
    "an image that is copied from",
    "same",
    { text: "FROM a\nCOPY --from=b:1 x /\nRUN --mount=from=c/d,target=/m true" },
  ],
  ["a stage that is mounted", "same", { text: "FROM a AS s\nCOPY x /\nFROM b\nRUN --mount=from=s,target=/m true" }],
  [
    "a stage that comes later",
    "refused",
    { text: "FROM a\nCOPY --from=s x /\nFROM b AS s\nFROM c\nCOPY --from=0 y /" },
  ],
  ["a circle", "refused", { text: "FROM a AS s\nCOPY --from=s x /" }],
  ["nothing but scratch", "same", { text: "FROM scratch" }],

  // Arguments
  ["an ARG above FROM, which isn't there below", "doubted", { text: "ARG V=a\nFROM $V\nCOPY x$V /" }],
  ["the same, declared again", "same", { text: "ARG V=a\nFROM scratch\nARG V\nCOPY x$V /" }],
  ["a build argument", "same", { text: "ARG V=a\nFROM ${V:-b}\nARG V\nCOPY x$V /", buildArgs: { V: "c" } }],
  [
    "a build argument that is empty",
    "same",
    { text: "ARG V=a\nFROM ${V:-b}\nARG V\nCOPY x$V /", buildArgs: { V: "" } },
  ],
  ["several names in one ARG", "same", { text: "ARG A=a B=$A C\nFROM $B\nARG A B=x D=$A-$B\nCOPY $D /" }],
  [
    "platforms",
    "same",
    {
      text: "FROM x-$TARGETARCH$TARGETVARIANT\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM /",
      platforms: ["linux/amd64", "linux/arm/v7"],
    },
  ],
  [
    "a platform of our own",
    "same",
    { text: "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /", buildArgs: { TARGETARCH: "z" } },
  ],
  ["the builder's platform", "open", { text: "FROM x-$BUILDARCH" }],
  ["the builder's platform, in a path", "platforms", { text: "FROM scratch\nARG BUILDARCH\nCOPY $BUILDARCH /" }],
  ["no platform", "platforms", { text: "FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /", platforms: [] }],
  [
    "no platform, in a part of a path",
    "platforms",
    { text: "FROM scratch\nARG TARGETARCH\nCOPY lists/list-$TARGETARCH.txt /", platforms: [] },
  ],
  ["a platform that is known, in a path", "same", { text: "FROM scratch\nARG TARGETARCH\nCOPY list-$TARGETARCH /" }],
  ["the name of the target", "same", { text: "FROM scratch AS s\nARG TARGETSTAGE\nCOPY $TARGETSTAGE /", target: "s" }],
  ["a base that is empty", "refused", { text: "FROM $NOTHING" }],

  // Variables of stages
  ["ENV, then ARG", "same", { text: "FROM a\nENV V=x\nARG V=y\nCOPY $V /\nLABEL l=$V" }],
  ["ARG, then ENV", "same", { text: "FROM a\nARG V=y\nENV V=x\nCOPY $V /\nLABEL l=$V" }],
  ["an ARG of the stage below", "same", { text: "FROM scratch AS s\nARG V=x\nFROM s\nCOPY $V /" }],
  ["an ARG of the stage below, against its ENV", "same", { text: "FROM a AS s\nENV V=x\nARG V=y\nFROM s\nCOPY $V /" }],
  [
    "an ARG of the stage below, against the image's ENV",
    "doubted",
    { text: "FROM a AS s\nARG E=x\nFROM s\nCOPY $E /" },
  ],
  ["ENV of the stage below", "same", { text: "FROM a AS s\nENV V=x\nFROM s\nCOPY $V /\nLABEL l=$V" }],
  ["ENV of an image", "doubted", { text: "FROM a\nCOPY $E /" }],
  ["ENV of nothing", "same", { text: "FROM scratch\nCOPY x$E /" }],
  ["the path, which BuildKit sets", "doubted", { text: "FROM scratch\nCOPY x$PATH /" }],
  ["one ENV that sets several", "same", { text: "FROM a\nENV V=x\nENV V=y W=$V\nCOPY $W /" }],
  ["a name that hangs on a variable", "doubted", { text: "FROM a\nARG V=x\nENV $E=y\nCOPY $V /" }],
  ["quotes and escapes", "same", { text: "FROM scratch\nARG V=x\nCOPY '$V' \"y$V\" \\$V /d/" }],

  // Sources
  ["paths, however they are written", "same", { text: "FROM a\nCOPY ./x /y z/../w ../v u/ /d/" }],
  ["all", "same", { text: "FROM a\nCOPY . /\nCOPY x /" }],
  ["nothing, which is all", "same", { text: 'FROM a\nCOPY "" /' }],
  ["patterns", "same", { text: "FROM a\nCOPY *.txt x? [ab]c /d/" }],
  ["patterns that mean more than one thing", "doubted", { text: "FROM a\nCOPY **/x /d/" }],
  ["ADD of addresses", "same", { text: "FROM a\nADD http://x/y https://z/w v /d/" }],
  ["ADD of a repository", "same", { text: "FROM a\nADD https://github.com/o/r.git /d\nCOPY x /" }],
  ["heredocs", "same", { text: "FROM a\nCOPY <<E x /d/\ny\nE\nRUN <<E\nCOPY z /\nE" }],
  ["--parents", "doubted", { text: "FROM a\nCOPY --parents x/y /" }],

  // Mounts
  ["a mount of all", "same", { text: "FROM a\nRUN --mount=target=/m true" }],
  ["a mount of a source", "same", { text: "FROM a\nRUN --mount=type=bind,src=./x/,dst=/m true" }],
  [
    "mounts that take nothing",
    "same",
    { text: "FROM a\nRUN --mount=type=cache,target=/m --mount=type=secret,id=s true\nCOPY x /" },
  ],
  [
    "a cache with a source, but from nowhere",
    "same",
    { text: "FROM a\nRUN --mount=type=cache,target=/m,source=y true\nCOPY x /" },
  ],
  [
    "a cache from a stage",
    "same",
    { text: "FROM a AS s\nCOPY x /\nFROM b\nRUN --mount=type=cache,from=s,target=/m true" },
  ],
  ["a type that is a variable", "open", { text: "FROM a\nARG T=cache\nRUN --mount=type=$T,target=/m,source=x true" }],

  // Triggers
  ["triggers of a stage", "same", { text: "FROM a AS s\nONBUILD COPY x /\nCOPY y /\nFROM s\nCOPY z /" }],
  ["triggers of a stage two below", "same", { text: "FROM a AS s\nONBUILD COPY x /\nFROM s AS t\nFROM t\nCOPY z /" }],
  ["triggers of an image", "same", { text: "FROM ghcr.io/o/r/base\nCOPY z /", base: "FROM a\nONBUILD COPY x /" }],
  [
    "triggers with variables",
    "same",
    { text: "ARG V=x\nFROM ghcr.io/o/r/base", base: "FROM a\nONBUILD ARG V\nONBUILD COPY $V /" },
  ],
  [
    "triggers of an image's last stage alone",
    "same",
    { text: "FROM ghcr.io/o/r/base", base: "FROM a AS s\nONBUILD COPY x /\nFROM s\nONBUILD COPY y /" },
  ],
  [
    "triggers of an image that is copied from",
    "same",
    { text: "FROM a\nCOPY --from=ghcr.io/o/r/base z /", base: "FROM a\nONBUILD COPY x /" },
  ],
  [
    "triggers that take from a stage",
    "same",
    { text: "FROM a AS s\nCOPY x /\nFROM ghcr.io/o/r/base", base: "FROM a\nONBUILD COPY --from=s y /" },
  ],
  ["triggers that set labels", "same", { text: "FROM a AS s\nLABEL l=1\nONBUILD LABEL l=2\nFROM s" }],

  // Named contexts
  [
    "files of a context",
    "same",
    { text: "FROM a\nCOPY --from=docs x /\nRUN --mount=from=docs,source=y,target=/m true", hasDocs: true },
  ],
  ["a context as base", "same", { text: "FROM docs\nCOPY x /", hasDocs: true }],
  [
    "a context in the place of a stage",
    "same",
    { text: "FROM a AS docs\nCOPY no /\nFROM b\nCOPY --from=docs x /", hasDocs: true },
  ],
  ["the same, by its number", "same", { text: "FROM a AS docs\nCOPY no /\nFROM b\nCOPY --from=0 x /", hasDocs: true }],
  ["the same, in other letters", "same", { text: "FROM a AS Docs\nFROM b\nCOPY --from=DOCS x /", hasDocs: true }],
  [
    "the same, before it stands there",
    "same",
    { text: "FROM b AS s\nCOPY --from=docs x /\nFROM a AS docs\nFROM s", hasDocs: true },
  ],
  [
    "a context as the beginning of a cache",
    "same",
    { text: "FROM a\nRUN --mount=type=cache,from=docs,source=x,target=/m true", hasDocs: true },
  ],
  ["a context with a tag", "same", { text: "FROM a\nCOPY --from=docs:latest x /", hasDocs: true }],
  ["a context that isn't there", "same", { text: "FROM a\nCOPY --from=docs x /" }],
];
