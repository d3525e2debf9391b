/** Mistakes in inputs are placed where a workflow's step gives these. */
import { expect, test } from "@jest/globals";
import { LateProblems, Problems, UserError } from "../../../../src/errors.ts";
import { placedInStep } from "../../../../src/run/event/workflow-step.ts";

const at = { file: ".github/workflows/publish.yml", line: 7, column: 11 };
const inputs = [{ name: "tags", text: "x", at, columns: undefined }];
const wrong = new UserError("the tag isn't known", { hint: "write another", input: { name: "tags", line: 1 } });

test.each([
  { when: "before anything is built", error: new Problems([wrong]), isLate: false },
  { when: "after something was published", error: new LateProblems([wrong]), isLate: true },
])("problems that come up $when stay such", ({ error, isLate }) => {
  const placed = placedInStep(error, inputs);
  expect(placed).toMatchObject({ problems: [{ message: wrong.message, at }] });
  expect(placed instanceof LateProblems).toBe(isLate);
});
