import { expect, test } from "@jest/globals";
import { formatDate } from "../../../../src/tags/text/date-format.ts";

// The expected texts are those of Moment.js 2 with moment-timezone.
test.each([
  ["2026-06-10T22:30:05.678Z", "YYYYMMDD", "UTC", "20260610"],
  ["2026-06-10T22:30:05.678Z", "YYYYMMDD", "Europe/Berlin", "20260611"],
  ["2026-06-10T22:30:05.678Z", "YYYY-MM-DDTHH:mm:ss.SSSZ", "Asia/Kathmandu", "2026-06-11T04:15:05.678+05:45"],
  ["2026-06-10T22:30:05.678Z", "ZZ", "America/St_Johns", "-0230"],
  ["2026-06-10T22:30:05.678Z", "X x", "UTC", "1781130605 1781130605678"],
  ["2026-06-10T22:30:05.678Z", "h:mm A, hh a, kk", "UTC", "10:30 PM, 10 pm, 22"],
  ["2026-06-10T00:00:00.000Z", "h H hh HH k kk", "UTC", "12 0 12 00 24 24"],
  ["2026-06-10T22:30:05.678Z", "dddd, Do MMMM YYYY", "UTC", "Wednesday, 10th June 2026"],
  ["2026-06-21T22:30:05.678Z", "Qo d E e ddd dd Mo DDDo", "UTC", "2nd 0 7 0 Sun Su 6th 172nd"],
  ["2027-01-01T12:00:00.000Z", "GGGG-[W]WW-E gggg/ww", "UTC", "2026-W53-5 2027/01"],
  ["2023-01-01T12:00:00.000Z", "GGGG-[W]WW gggg/w", "UTC", "2022-W52 2023/1"],
  ["2026-06-10T22:30:05.678Z", "[YYYY] DDDD S SS SSSSS", "UTC", "YYYY 161 6 67 67800"],
  ["2026-03-29T01:30:00.000Z", "HH:mm Z", "Europe/Berlin", "03:30 +02:00"],
  ["2026-06-10T22:30:05.678Z", "Hmm-n_P", "UTC", "2230-n_P"],
])("%s as %s in %s", (date, format, zone, expected) => {
  expect(formatDate(new Date(date), format, zone)).toBe(expected);
});

test.each(["L", "LT", "z", "N"])("%s is refused, its text is a locale's", (format) => {
  expect(() => formatDate(new Date(0), format, "UTC")).toThrow("which depends on the locale");
});
