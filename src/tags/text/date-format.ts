/**
 * Dates by a format, with the tokens of Moment.js (https://momentjs.com/docs/#/displaying/format/), which is what the
 * `{{date '…'}}` of docker/metadata-action speaks. English, and only what does not depend on a locale.
 */
import { UserError } from "../../errors.ts";

/** The date in a time zone (`UTC`, `Europe/Berlin`). @throws UserError for a bad zone or a token that isn't served. */
export function formatDate(date: Date, format: string, timeZone: string): string {
  const moment = inZone(date, timeZone);
  return format.replaceAll(tokenPattern, (text) => {
    if (text.startsWith("[")) return text.slice(1, -1);
    if (/^S+$/.test(text)) return pad(moment.milliseconds, 3).padEnd(text.length, "0").slice(0, text.length);
    const token = tokens[text];
    if (token !== undefined) return token(moment);
    throw new UserError(`the date format "${format}" has "${text}", which depends on the locale`, {
      hint: "spell it out, such as MM/DD/YYYY for L; plain letters go in brackets, such as [v]YYYY",
    });
  });
}

/** A date as its zone's clocks and calendars show it. */
interface ZonedDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly milliseconds: number;
  readonly offsetMinutes: number;
  readonly epoch: number;
}

const dayLength = 86_400_000;
const months = "January February March April May June July August September October November December".split(" ");
const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

const tokens: Readonly<Record<string, (date: ZonedDate) => string>> = {
  YYYY: (date) => pad(date.year, 4),
  YY: (date) => pad(date.year % 100, 2),
  Y: (date) => `${date.year}`,
  Q: (date) => `${quarter(date)}`,
  Qo: (date) => ordinal(quarter(date)),
  MMMM: (date) => months[date.month - 1] ?? "",
  MMM: (date) => (months[date.month - 1] ?? "").slice(0, 3),
  MM: (date) => pad(date.month, 2),
  Mo: (date) => ordinal(date.month),
  M: (date) => `${date.month}`,
  DDDD: (date) => pad(dayOfYear(date), 3),
  DDDo: (date) => ordinal(dayOfYear(date)),
  DDD: (date) => `${dayOfYear(date)}`,
  DD: (date) => pad(date.day, 2),
  Do: (date) => ordinal(date.day),
  D: (date) => `${date.day}`,
  dddd: (date) => days[date.weekday] ?? "",
  ddd: (date) => (days[date.weekday] ?? "").slice(0, 3),
  dd: (date) => (days[date.weekday] ?? "").slice(0, 2),
  do: (date) => ordinal(date.weekday),
  d: (date) => `${date.weekday}`,
  e: (date) => `${date.weekday}`,
  E: (date) => `${date.weekday || 7}`,
  ww: (date) => pad(week(date, sundayWeeks).week, 2),
  wo: (date) => ordinal(week(date, sundayWeeks).week),
  w: (date) => `${week(date, sundayWeeks).week}`,
  WW: (date) => pad(week(date, isoWeeks).week, 2),
  Wo: (date) => ordinal(week(date, isoWeeks).week),
  W: (date) => `${week(date, isoWeeks).week}`,
  gggg: (date) => pad(week(date, sundayWeeks).year, 4),
  gg: (date) => pad(week(date, sundayWeeks).year % 100, 2),
  GGGG: (date) => pad(week(date, isoWeeks).year, 4),
  GG: (date) => pad(week(date, isoWeeks).year % 100, 2),
  A: (date) => (date.hour < 12 ? "AM" : "PM"),
  a: (date) => (date.hour < 12 ? "am" : "pm"),
  HH: (date) => pad(date.hour, 2),
  H: (date) => `${date.hour}`,
  hh: (date) => pad(date.hour % 12 || 12, 2),
  h: (date) => `${date.hour % 12 || 12}`,
  kk: (date) => pad(date.hour || 24, 2),
  k: (date) => `${date.hour || 24}`,
  mm: (date) => pad(date.minute, 2),
  m: (date) => `${date.minute}`,
  ss: (date) => pad(date.second, 2),
  s: (date) => `${date.second}`,
  X: (date) => `${Math.floor(date.epoch / 1000)}`,
  x: (date) => `${date.epoch}`,
  ZZ: (date) => offset(date, ""),
  Z: (date) => offset(date, ":"),
};

/** Longest first. `L`, `z` and the like are Moment's too, but their text is a locale's. */
const tokenPattern = new RegExp(
  `\\[[^\\]]*\\]|${Object.keys(tokens)
    .sort((a, b) => b.length - a.length)
    .join("|")}|S{1,9}|LTS|LT|L{1,4}|l{1,4}|zz?|N{1,5}`,
  "g",
);

function inZone(date: Date, timeZone: string): ZonedDate {
  const fields = new Map(
    zoneFormat(timeZone)
      .formatToParts(date)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes): number => fields.get(type) ?? 0;
  const epoch = date.getTime();
  const milliseconds = ((epoch % 1000) + 1000) % 1000;
  const [year, month, day] = [field("year"), field("month"), field("day")];
  const [hour, minute, second] = [field("hour"), field("minute"), field("second")];
  const wallClock = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const weekday = new Date(wallClock).getUTCDay();
  const offsetMinutes = Math.round((wallClock - epoch) / 60_000);
  return { year, month, day, weekday, hour, minute, second, milliseconds, offsetMinutes, epoch };
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...fields, second: "numeric" });
  } catch (cause) {
    throw new UserError(`"${timeZone}" isn't a valid time zone`, {
      cause,
      hint: "name one of the IANA database, such as UTC, Europe/Berlin or America/New_York",
    });
  }
}

interface WeekRule {
  /** 0 is Sunday. */
  readonly firstDay: number;
  /** The day of January that is always in week 1. */
  readonly inFirstWeek: number;
}

const isoWeeks: WeekRule = { firstDay: 1, inFirstWeek: 4 };
const sundayWeeks: WeekRule = { firstDay: 0, inFirstWeek: 1 };

function week(date: ZonedDate, rule: WeekRule): { readonly week: number; readonly year: number } {
  const startOfWeek = (time: number): number =>
    time - ((new Date(time).getUTCDay() - rule.firstDay + 7) % 7) * dayLength;
  const firstWeek = (year: number): number => startOfWeek(Date.UTC(year, 0, rule.inFirstWeek));
  const own = startOfWeek(Date.UTC(date.year, date.month - 1, date.day));
  const year = [date.year + 1, date.year].find((each) => own >= firstWeek(each)) ?? date.year - 1;
  return { year, week: (own - firstWeek(year)) / (7 * dayLength) + 1 };
}

function dayOfYear(date: ZonedDate): number {
  return (Date.UTC(date.year, date.month - 1, date.day) - Date.UTC(date.year, 0, 1)) / dayLength + 1;
}

function quarter(date: ZonedDate): number {
  return Math.ceil(date.month / 3);
}

function offset(date: ZonedDate, separator: string): string {
  const minutes = Math.abs(date.offsetMinutes);
  return `${date.offsetMinutes < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60), 2)}${separator}${pad(minutes % 60, 2)}`;
}

function ordinal(number: number): string {
  const isTeen = Math.floor((number % 100) / 10) === 1;
  return `${number}${isTeen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th")}`;
}

function pad(number: number, width: number): string {
  return `${number}`.padStart(width, "0");
}
