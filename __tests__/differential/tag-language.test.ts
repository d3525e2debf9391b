/** Our readers of the tag language against the libraries by which docker/metadata-action reads it. */
import { describe, expect, jest, test } from "@jest/globals";
import pep440 from "@renovatebot/pep440";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import moment from "moment-timezone";
import { UserError } from "../../src/errors.ts";
import { readFields } from "../../src/tags/text/csv.ts";
import { formatDate } from "../../src/tags/text/date-format.ts";
import { readPep440 } from "../../src/tags/versions/pep440.ts";
import { checkAll, mustAgree } from "./agreement.ts";

jest.setTimeout(300_000);

const kinds = ["read", "refused", "ours alone"] as const;
type Kind = (typeof kinds)[number];

function unlessRefused<T>(read: () => T, isRefusal: (error: unknown) => boolean): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

const isOurs = (error: unknown): boolean => error instanceof UserError;

describe("date formats, against Moment.js", () => {
  const tokens =
    "YYYY YY Y Q Qo MMMM MMM MM Mo M DDDD DDDo DDD DD Do D dddd ddd dd do d e E ww wo w WW Wo W gggg gg GGGG GG"
      .concat(" A a HH H hh h kk k mm m ss s S SS SSS SSSSSS X x ZZ Z [v] [YYYY] T - . _ :")
      .split(" ");
  const zones = ["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"];
  // Moment's data ends in 2037, and governments change a zone's rules for years to come.
  const date = fc.date({ min: new Date("2000-01-01"), max: new Date("2022-12-31"), noInvalidDate: true });
  const when = { date, zone: fc.constantFrom(...zones) };
  const localeTokens = /L|l|z|N/;
  /** Moment alone has years of five digits, years of an era and backslashes, and other pairs where brackets stand in brackets. */
  const unserved = /Y{5}|g{5}|G{5}|y|\\|\[[^[]*\][^[]*\]|\[[^\]]*\[/;

  const check = async (format: string, at: Date, zone: string): Promise<Kind> => {
    const ours = unlessRefused(() => formatDate(at, format, zone), isOurs);
    if (ours === undefined) {
      expect(format).toMatch(localeTokens);
      return "refused";
    }
    if (unserved.test(format)) return "ours alone";
    mustAgree({ format, at, zone }, ours, moment(at).tz(zone).format(format));
    return "read";
  };

  test("as people may write them", async () => {
    const format = fc.array(fc.constantFrom(...tokens), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));
    const counts = await checkAll(fc.record({ ...when, format }), kinds, (each) =>
      check(each.format, each.date, each.zone),
    );
    expect(counts.read).toBeGreaterThan(counts.all * 0.9);
  });

  test("as nobody does", async () => {
    const letters = fc.constantFrom(..."YMDQHhkmsSAaXxZEedwWgGoTvnlLzNy[]-. \\".split(""));
    const format = fc.array(letters, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(""));
    const counts = await checkAll(fc.record({ ...when, format }), kinds, (each) =>
      check(each.format, each.date, each.zone),
    );
    expect(counts.read).toBeGreaterThan(counts.all / 10);
  });
});

describe("PEP 440 versions, against Renovate's reader", () => {
  /** White space around a version is nothing to PEP 440; Renovate's reader takes none. */
  const check = async (written: string): Promise<Kind> => {
    const ours = readPep440(written);
    const text = written.trim();
    const theirs = pep440.explain(text);
    if (theirs === null) {
      mustAgree(text, ours ?? null, null);
      return "refused";
    }
    const { epoch, release, is_prerelease, is_postrelease } = theirs;
    const value = (name: string): string | undefined => ours?.values.get(name);
    mustAgree(
      text,
      {
        version: value("version"),
        epoch: value("epoch"),
        release: value("release"),
        isStable: ours?.isStable,
        major: value("major"),
        minor: value("minor"),
        patch: value("patch"),
      },
      {
        // It parts a local version's pieces by commas.
        version: pep440.clean(text)?.replaceAll(",", "."),
        epoch: String(epoch),
        release: release.join("."),
        isStable: !is_prerelease && !is_postrelease,
        major: String(pep440.major(text)),
        minor: String(pep440.minor(text)),
        patch: String(pep440.patch(text)),
      },
    );
    return "read";
  };

  test("as people may write them", async () => {
    const number = fc.nat({ max: 120 }).map(String);
    const optional = (...choices: readonly string[]) => fc.constantFrom("", "", ...choices);
    const separator = optional(".", "-", "_");
    const suffix = (...names: readonly string[]) =>
      fc.oneof(
        fc.constant(""),
        fc
          .tuple(separator, fc.constantFrom(...names), separator, fc.oneof(fc.constant(""), number))
          .map((all) => all.join("")),
      );
    const version = fc
      .tuple(
        optional("v", "V", "1!", "v2!", " "),
        fc
          .array(fc.oneof(number, fc.constantFrom("007", "00")), { minLength: 1, maxLength: 5 })
          .map((all) => all.join(".")),
        suffix("a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"),
        fc.oneof(
          suffix("post", "rev", "r", "POST"),
          number.map((each) => `-${each}`),
        ),
        suffix("dev", "DEV"),
        optional("+ubuntu.1", "+ABC-01", "+a_b", "+", "\n"),
      )
      .map((all) => all.join(""));
    const counts = await checkAll(version, kinds, check);
    expect(counts.read).toBeGreaterThan(counts.all / 2);
    expect(counts.refused).toBeGreaterThan(counts.all / 20);
  });

  test("as nobody does", async () => {
    const part = fc.constantFrom(
      ...["0", "1", "9", "01", ".", "-", "_", "+", "!", "v", "a", "rc", "post", "dev", "r", " "],
    );
    const text = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(""));
    const counts = await checkAll(text, kinds, check);
    expect(counts.read).toBeGreaterThan(counts.all / 20);
  });
});

describe("CSV lines, against csv-parse", () => {
  const isTheirs = (error: unknown): boolean => error instanceof Error && /quote/i.test(error.message);
  const fieldsOf = (line: string): readonly string[] | undefined => {
    const rows: readonly (readonly string[])[] | undefined = unlessRefused(
      () => parse(line, { relax_column_count: true }),
      isTheirs,
    );
    return rows && (rows[0] ?? [""]);
  };
  /** What ours reads beyond it: blanks around quotes, and quotes within an expression. */
  const isOursAlone = (line: string): boolean => /\s"|"\s/.test(line) || line.includes("{{");

  const check = async (line: string): Promise<Kind> => {
    const ours = unlessRefused(() => readFields(line), isOurs);
    const once = fieldsOf(line);
    const isWhole = once?.length === 1 && line.startsWith('"');
    const theirs = isWhole ? fieldsOf(once[0] ?? "") : once;
    if (theirs === undefined && ours !== undefined && isOursAlone(line)) return "ours alone";
    mustAgree(line, ours ?? null, theirs ?? null);
    return theirs === undefined ? "refused" : "read";
  };

  const value = fc.constantFrom(
    "type=raw",
    "value=a",
    "a=b",
    "pattern=\\d{1,3}",
    "",
    " ",
    "{{date 'YYYY'}}",
    "é",
    "a\tb",
  );
  const field = fc.oneof(
    { weight: 5, arbitrary: value.filter((text) => !text.includes(",")) },
    { weight: 3, arbitrary: value.map((text) => `"${text}"`) },
    { weight: 1, arbitrary: value.map((text) => `"say ""${text}"""`) },
    { weight: 1, arbitrary: value.map((text) => `${text}"`) },
  );
  const line = fc.array(field, { minLength: 1, maxLength: 5 }).map((fields) => fields.join(","));

  test("as people may write them", async () => {
    const whole = line.map((text) => `"${text.replaceAll('"', '""')}"`);
    const counts = await checkAll(
      fc.oneof({ weight: 4, arbitrary: line }, { weight: 1, arbitrary: whole }),
      kinds,
      check,
    );
    expect(counts.read).toBeGreaterThan(counts.all / 2);
    expect(counts.refused).toBeGreaterThan(counts.all / 20);
  });

  test("as nobody does", async () => {
    const text = fc.array(fc.constantFrom(...'"""",,a= {}'.split("")), { minLength: 1, maxLength: 12 });
    const counts = await checkAll(
      text.map((parts) => parts.join("")),
      kinds,
      check,
    );
    expect(counts.read).toBeGreaterThan(counts.all / 20);
    expect(counts.refused).toBeGreaterThan(counts.all / 10);
  });
});
