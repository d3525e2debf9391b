import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/errors.ts";
import { parseRules } from "../../../src/tags/rules/parse-rules.ts";
import { derive, lines, problemsOf } from "./facts.ts";

describe("a line that is no rule is an error which names it", () => {
  test.each([
    ["type=semvre,pattern={{version}}", /"semvre" is no type of rule .* did you mean "semver"\?/],
    ["type=Semver,pattern={{version}}", /did you mean "semver"/],
    ["type=sha,formt=long", /type sha has no attribute "formt" .* did you mean "format"\?/],
    ["type=ref,event=branch,branch=main", /type ref has no attribute "branch"/],
    ["type=ref", /type ref lacks its event \| add event=/],
    ["type=ref,event=pull", /event=pull has no meaning for type ref \| write event=branch or event=tag or event=pr/],
    ["type=semver", /type semver lacks its pattern/],
    ["type=pep440,value=1", /type pep440 lacks its pattern/],
    ["type=match", /type match lacks its pattern/],
    ["type=raw", /type raw lacks its value/],
    ["type=raw,value=", /type raw lacks its value/],
    ["type=version", /type version lacks its from/],
    ["type=version,from=image:python --version", /would read a version from the built image, which is not supported/],
    ["type=version,from=args:V", /from=args:V names no source .* did you mean "arg"\?/],
    ["type=content", /type content lacks its of/],
    ["type=content,of=file,length=4", /length=4 isn't a valid length of a hash/],
    ["type=sha,format=medium", /format=medium has no meaning/],
    ["type=sha,priority=high", /priority=high isn't a number/],
    ["type=sha,priority=", /priority= isn't a number/],
    ["type=sha,enable=yes", /enable=yes is neither true nor false/],
    ["type=sha,enable=", /enable= is neither true nor false/],
    ["type=sha,suffix=-a,suffix=-b", /suffix stands twice/],
    ["type=match,pattern=v.*,group=1", /has no capture group, group=1 is wanted/],
    ["type=match,pattern=(a)(b),group=3", /has 2 of them, group=3 is wanted/],
    ["type=match,pattern=v(.*),group=one", /group=one isn't a number/],
    ["type=match,pattern=v(", /"v\(" isn't a valid regular expression/],
    ["type=match,pattern=/v/k", /isn't a valid regular expression/],
    [String.raw`type=match,pattern=\d{1,3}`, /"3}" stands without a name .* must be in quotes/],
    [String.raw`"type=match,pattern=\d{1,3}"`, /must be in quotes/],
    ["type=semver,pattern={{version}},match=app-.*", /match=app-\.\* has no capture group/],
    ["type=semver,pattern={{verison}}", /\{\{verison\}\} isn't a valid expression \| did you mean \{\{version\}\}\?/],
    ["type=semver,pattern={{sha}}", /\{\{sha\}\} has no meaning here/],
    ["type=semver,pattern={{date 'YYYY'}}", /holds a date \| put it in the prefix or suffix/],
    ["type=raw,value={{brnch}}", /did you mean \{\{branch\}\}/],
    ["type=raw,value={{platform}}", /\{\{platform\}\} has no meaning here/],
    ["type=raw,value={{branch", /doesn't end/],
    ["type=raw,value={{branch main}}", /has more than a name/],
    ["type=raw,value={{date}}", /isn't written as a date \| write \{\{date 'YYYYMMDD'\}\}/],
    ["type=raw,value={{date YYYY}}", /isn't written as a date/],
    ["type=raw,value={{date 'YYYY' zone='UTC'}}", /isn't written as a date/],
    ["type=raw,value={{date 'YYYY' tz='Mars/Base'}}", /"Mars\/Base" isn't a valid time zone/],
    ["type=raw,value={{date 'LLL'}}", /"LLL", which depends on the locale/],
    ['type=raw,value="a,b"', /don't enclose a whole field/],
  ])("%s", (rule, problem) => {
    const problems = problemsOf(`type=sha\n${rule}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^the input "tags", line 2: /);
    expect(problems[0]).toMatch(problem);
  });

  test("all lines' problems are reported at once, the good lines are kept", () => {
    const { values, problems } = parseRules(lines("type=shaa\ntype=sha\nvalue="));
    expect(values).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("line 1"),
      expect.stringContaining("line 3"),
    ]);
  });

  test("a line of a file is told by its location", () => {
    const at = { file: ".github/image-publish.yml", line: 7, column: 5 };
    const [problem] = parseRules([{ text: "type=shaa", input: "tags", line: 1, at }]).problems;
    expect(problem).toMatchObject({ at, message: '"tags": "shaa" is no type of rule' });
  });

  test("an enable that an expression makes nonsense is an error too", () => {
    expect(() => derive("type=sha,enable={{branch}}", { ref: "refs/heads/main" })).toThrow(
      'the input "tags", line 1: enable=main is neither true nor false',
    );
  });

  test("whatever is written, it is a rule or a problem, never a crash", () => {
    const pieces = fc.constantFrom(
      ..."type= raw match semver sha , \" ' {{ }} {{date 'Y'}} = value= pattern= ( ) [ / \\ \n 1".split(" "),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((each) => each.join("")),
        ),
        (text) => {
          const { values, problems } = parseRules([{ text, input: "tags", line: 1 }]);
          expect(values.length + problems.length).toBe(1);
          expect(problems.every((problem) => problem instanceof UserError && problem.hint !== "")).toBe(true);
        },
      ),
    );
  });
});
