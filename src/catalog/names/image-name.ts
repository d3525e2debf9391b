/** What an image may be called: its name becomes a part of repositories. */

const component = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const fitName = new RegExp(`^${component}(?:/${component})*$`);

/** No registry takes a longer one. */
const longest = 255;

/** Whether registries take a name; case is none of it, as repositories are in lower case. */
export function isFitName(name: string): boolean {
  return name.length <= longest && fitName.test(name.toLowerCase());
}

/** What is nearest to a name, fit, and not taken yet. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const fitted = isFitName(name) ? name : fittedName(name);
  const isFree = (each: string) => !taken.has(each.toLowerCase());
  for (let count = 1; ; count++) {
    const each = count === 1 ? fitted : `${fitted}-${count}`;
    if (isFree(each)) return each;
  }
}

function fittedName(name: string): string {
  const parts = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "");
  return parts.length === 0 || name.length > longest ? "fit-name" : parts.join("-");
}
