/** Reads a step's log as a runner does: which lines are commands, and what they say. */

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly title: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The log without the commands that mask a secret, which a runner swallows. */
export function spokenIn(log: string): string {
  return log.replace(/^::add-mask::.*\n/gm, "");
}

/** Names of the commands in the log, each once, sorted. */
export function commandsIn(log: string): readonly string[] {
  return [...new Set(commands(log).map(({ name }) => name))].sort();
}

export function annotationsIn(log: string): readonly Annotation[] {
  return commands(log).flatMap(({ name, properties, message }) =>
    name === "error" || name === "warning" || name === "notice"
      ? [
          {
            level: name,
            message,
            title: properties.title,
            file: properties.file,
            line: properties.line === undefined ? undefined : Number(properties.line),
          },
        ]
      : [],
  );
}

/** How many steps each image's build ran and took from the cache. */
export function stepsIn(log: string): Readonly<Record<string, { readonly ran: number; readonly cached: number }>> {
  const told = [...log.matchAll(/(?:::group::|\| )?([\w.-]+): built in [^,\n]+, (\d+) steps? ran, (\d+) from cache/g)];
  return Object.fromEntries(
    told.map(([, name = "", ran, cached]) => [name, { ran: Number(ran), cached: Number(cached) }]),
  );
}

/** `::name key=value,key=value::message` after white space, or the old `##[name …]message` anywhere in a line. */
function commands(log: string): readonly Command[] {
  return log.split(/\r\n|\n|\r/).flatMap((line) => {
    const found = /^\s*::([^\s:]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$/.exec(line);
    if (found === null) return [];
    const [, name = "", properties = "", message = ""] = found;
    const pairs = properties.split(",").map((pair) => pair.split("=", 2));
    return [
      {
        name,
        properties: Object.fromEntries(pairs.map(([key = "", value = ""]) => [key.trim(), decoded(value)])),
        message: decoded(message),
      },
    ];
  });
}

function decoded(text: string): string {
  const meant: Readonly<Record<string, string>> = { "%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": "," };
  return text.replace(/%(?:25|0D|0A|3A|2C)/g, (code) => meant[code] ?? code);
}
