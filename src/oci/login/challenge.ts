/** What a registry wants to be shown: the header `WWW-Authenticate` of an answer 401 (RFC 9110, 11.6.1). */

export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterPattern = new RegExp(`\\s*,?\\s*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const schemePattern = new RegExp(`\\s*,?\\s*(${token})(?=\\s|,|$)(?!\\s*=)`, "y");

/** Parses the challenges of a header, several in one included; what is malformed ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (let scheme = take(schemePattern); scheme !== null; scheme = take(schemePattern)) {
    const parameters: Record<string, string> = {};
    for (let found = take(parameterPattern); found !== null; found = take(parameterPattern)) {
      const [, name = "", quoted, plain] = found;
      parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
    }
    challenges.push({ scheme: scheme[1]?.toLowerCase() ?? "", parameters });
  }
  return challenges;
}
