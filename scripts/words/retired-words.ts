/** Words that this project once used in its own way, and the field's words for them. One word for one thing. */
export interface RetiredWord {
  readonly word: RegExp;
  readonly instead: string;
  /** Where the word is right: other meanings of it. */
  readonly except?: RegExp;
}

export const retiredWords: readonly RetiredWord[] = [
  { word: /\bmend(?:s|ed|ing)?\b/i, instead: "fix" },
  { word: /\b(?:tells?|telling|told)\b/i, instead: "report, state, show or describe" },
  { word: /\bsays? (?:of|about)\b|\bsaid of\b/i, instead: "describes, states" },
  {
    word: /\bheld back\b|\bholds? (?:a|the|its) tags?\b|\bis held\b|\bare held\b/i,
    instead: "blocked by the scan policy; of a tag: not updated",
  },
  { word: /\bgates?\b/i, instead: "policy, check" },
  {
    word: /\bcounting finding|\bfindings? (?:that )?counts?\b|\b\d* ?counts\b(?= and|$)/i,
    instead: "blocking finding",
  },
  { word: /\bbuilt on\b|\bbuilds on\b/i, instead: "based on, depends on" },
  {
    word: /\bputs? (?:a|the|its|all|no|only|every) tags?\b|\btags? (?:is|are|was|were) put\b/i,
    instead: "tag the image, push a tag",
  },
  { word: /\bset once\b|\bmoving tags?\b/i, instead: "immutable tag, mutable tag" },
  {
    word: /\b(?:stands?|sits?|lies|lie) (?:in|on|at|above|below|beside|there|behind)\b/i,
    instead: "is in, is located in",
  },
  { word: /\bvery (?:digest|bytes|commit|sources?|image|same)\b|\bthese bytes\b/i, instead: "the same digest" },
  {
    word: /\bgoes into (?:it|an image|the image)\b|\bgo into (?:it|an image|the image)\b/i,
    instead: "source, input of the image",
  },
  { word: /\bunseen\b/i, instead: "unscanned, unknown" },
  { word: /\bfresh bases?\b/i, instead: "updated base images" },
  { word: /\bslips?\b|\bwrong words?\b/i, instead: "mistake, typo" },
  { word: /\b(?:hangs?|hung) on\b/i, instead: "depends on" },
  { word: /\bgo(?:es)? by\b/i, instead: "uses, is matched by" },
  { word: /\bby itself\b|\bof itself\b/i, instead: "automatically" },
  { word: /\bby chance\b/i, instead: "random" },
  { word: /\bby hand\b/i, instead: "explicitly, manually" },
  { word: /\blost runs?\b|\brun was lost\b/i, instead: "a failed or canceled run" },
  {
    word: /\b(?:runs?|job|build|action) (?:is|are|was|were|stays?|goes|turns?) (?:red|green)\b|\b(?:red|green) (?:runs?|jobs?)\b|\bruns? (?:red|green)\b/i,
    instead: "failed, successful",
  },
  { word: /\ban upgrade (?:mends|fixes)\b/i, instead: "fix available" },
  { word: /\bnobody can tell\b|\bcan't be told\b|\bcannot be told\b/i, instead: "unknown" },
  {
    word: /(?<!\bthere )\bis no (?!such\b|longer\b|more\b|other\b|need\b|reason\b|way\b|\w+ (?:in|for|of|that|to|on|at|with)\b)\w+/i,
    instead: "isn't a valid …",
  },
  { word: /\bone a line\b|\bparted by\b/i, instead: "one per line, separated by" },
  { word: /\b(?:spoken|believed|heeded)\b/i, instead: "supported, trusted, honored" },
  { word: /\bunwell\b/i, instead: "unavailable, rate limited" },
  { word: /\bin the place of\b/i, instead: "overrides, replaces" },
  { word: /\bsay it again\b|\bsay in the file\b/i, instead: "run the command again, set it in the file" },
  { word: /\bworth knowing\b/i, instead: "Warnings" },
  { word: /\bbuild on one another\b/i, instead: "dependency graph" },
  { word: /\bwhat to do:/i, instead: "How to fix" },
];

/** The same in names of the code: each word of `camelCase` is one. */
export const retiredNames: readonly RetiredWord[] = [
  { word: /^mend/i, instead: "fix" },
  { word: /^(?:tell|tells|told|say|says|said|speaks?|spoken)$/i, instead: "report, log, format; what it holds" },
  { word: /^Standing$/, instead: "state" },
  { word: /^ours?$/i, instead: "what it checks" },
  { word: /^wish(?:es)?$/i, instead: "desired, requested" },
  { word: /^(?:held|holders?|holding)$/i, instead: "blocked, kept; the state of a tag" },
  { word: /^bill(?:s|ed)?$/i, instead: "sbom" },
  { word: /^(?:patien(?:ce|tly)|persistently)$/i, instead: "retry" },
  { word: /^(?:bounded|slots?)$/i, instead: "limit" },
  { word: /^(?:stands|lies|sits)$/i, instead: "is, is in" },
  { word: /^parted$/i, instead: "split, separated" },
];

/** Values and names that users rely on, which keep their words. */
export const publicNames: ReadonlySet<string> = new Set([
  "nothing-to-mend",
  "counting",
  "known",
  "unseen",
  "gone",
  "held",
  "gate",
  "gate:",
  "mended",
]);
