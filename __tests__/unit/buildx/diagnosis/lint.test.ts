import { expect, test } from "@jest/globals";
import { lintReport } from "../../../../src/buildx/diagnosis/lint.ts";

const warning = (line: number | undefined, message = "FromAsCasing: casing (line 1)") => ({
  message,
  detail: "write AS",
  url: "https://docs.example/rule",
  line,
});

function report() {
  const told: unknown[] = [];
  const lint = lintReport({ warning: (message, hint, details) => void told.push({ message, hint, ...details }) });
  return { lint, told };
}

test("a finding stands on its line, with what to do and where to read on", () => {
  const { lint, told } = report();
  lint.report("images/a/Dockerfile", [warning(3)]);
  expect(told).toEqual([
    {
      message: "FromAsCasing: casing",
      hint: "write AS, see https://docs.example/rule",
      title: "Dockerfile",
      at: { file: "images/a/Dockerfile", line: 3 },
    },
  ]);
});

test("images of one Dockerfile have a finding in common", () => {
  const { lint, told } = report();
  lint.report("Dockerfile", [warning(3), warning(4)]);
  lint.report("Dockerfile", [warning(3)]);
  lint.report("other/Dockerfile", [warning(3)]);
  expect(told).toHaveLength(3);
});

test("a page shows so many; the others are a list", () => {
  const { lint, told } = report();
  lint.report(
    "Dockerfile",
    Array.from({ length: 20 }, (_, index) => warning(index + 1)),
  );
  expect(told).toHaveLength(8);
  expect(lint.left()).toHaveLength(12);
  expect(lint.left()[0]).toBe("Dockerfile:9: FromAsCasing: casing");
});

test("no finding writes a second line", () => {
  const { lint, told } = report();
  lint.report("Dockerfile", [warning(undefined, "a\n::error::b\u001b[31m")]);
  expect(told).toMatchObject([{ message: "a ::error::b", at: { file: "Dockerfile" } }]);
});
