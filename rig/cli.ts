/** `rig/run up | down | status | env` */
import { defaultParts, describe, down, isPart, status, up } from "./index.ts";

const [command = "", ...names] = process.argv.slice(2);

try {
  switch (command) {
    case "up": {
      const unknown = names.filter((name) => !isPart(name) && name !== "default");
      if (unknown.length > 0) throw new Error(`no part is called ${unknown.join(", ")}: see \`rig/run status\``);
      const only = names.flatMap((name) => (name === "default" ? defaultParts : isPart(name) ? [name] : []));
      await up(names.length > 0 ? { only } : {});
      console.error("rig: is up, `rig/run env` tells where");
      break;
    }
    case "down":
      await down();
      console.error("rig: is down");
      break;
    case "status":
      for (const [name, isUp] of Object.entries(await status())) console.log(`${name.padEnd(9)} ${isUp ? "up" : "-"}`);
      break;
    case "env":
      console.log(JSON.stringify(describe(), null, 2));
      break;
    default:
      console.error("usage: rig/run up [part…] | down | status | env\n       rig/run --script FILE [argument…]");
      process.exitCode = 2;
  }
} catch (error) {
  console.error(`rig: ${(error as Error).message}`);
  process.exitCode = 1;
}
