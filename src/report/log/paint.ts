/** Colours and weights for a terminal. */
import { styleText } from "node:util";
import type { PlannedImage } from "../../plan/plan.ts";

type Style = "bold" | "dim" | "red" | "green" | "cyan" | "magenta" | "yellow";

export const actionStyles: Readonly<Record<PlannedImage["kind"], Style>> = {
  build: "green",
  promote: "magenta",
  skip: "dim",
};

export type Paint = (style: Style, text: string) => string;

/** Escape sequences, or the text as it is; a log that escapes what it is given must not be handed any. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}
