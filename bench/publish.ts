/** The whole publish of the example, beside others who publish the same images. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { bareScript, linkedBake, usualChain } from "./contenders.ts";
import { checkOutExample, exampleStep, type OnRig } from "./example.ts";
import { type Contender, interleaved, progress, type Rounds, ratio, time } from "./measure.ts";
import { type Recording, record, transferred } from "./recording.ts";
import type { Checkout } from "./step.ts";
import { atMost, type Row, seconds, times } from "./table.ts";

/** What the action may take beside the bare script. */
const limit = 1;

type Name = "action" | "bare" | "bake" | "chain";

/** @returns milliseconds of one publish from the checkout. */
type Publish = (checkout: Checkout) => Promise<number>;

export async function measurePublish(bench: OnRig): Promise<readonly Row[]> {
  progress("recording what the action asks of buildx");
  const recording = await record(bench);
  const publishers = makePublishers(recording, bench);
  for (const [name, publish] of publishers) {
    progress(`trying ${name}`);
    const checkout = checkOutExample(bench);
    await publish(checkout);
    await checkPublished(transferred(recording, checkout, recording.folder));
  }
  const warm = await interleaved(
    contenders(publishers, bench, () => {}),
    bench.quick ? 2 : 11,
  );
  const cold = await interleaved(contenders(publishers, bench, bench.builder.prune), bench.quick ? 2 : 7);
  return [...rows("cold builder", cold), ...rows("warm builder", warm)];
}

function makePublishers(recording: Recording, bench: OnRig): ReadonlyMap<Name, Publish> {
  const here = (checkout: Checkout): Recording =>
    transferred(recording, checkout, mkdtempSync(join(bench.folder, "contender-")));
  return new Map<Name, Publish>([
    ["action", (checkout) => time(exampleStep(bench, checkout))],
    ["bare", (checkout) => time(bareScript(here(checkout)))],
    ["bake", (checkout) => time(linkedBake(here(checkout)))],
    [
      "chain",
      async (checkout) => {
        let total = 0;
        for (const command of usualChain(here(checkout))) total += await time(command);
        return total;
      },
    ],
  ]);
}

/** Each run is for a new owner, so that nothing is in the registry yet. */
function contenders(
  publishers: ReadonlyMap<Name, Publish>,
  bench: OnRig,
  before: () => void,
): readonly Contender<Name>[] {
  return [...publishers].map(([name, publish]) => ({
    name,
    run: () => {
      const checkout = checkOutExample(bench);
      before();
      return publish(checkout);
    },
  }));
}

function rows(kind: string, { median, compared }: Rounds<Name>): readonly Row[] {
  const beside = (other: Name): number => compared("action", other, ratio);
  return [
    {
      measure: `publish, ${kind}`,
      value: seconds(median("action")),
      ratio: `${times(beside("bare"))} bare script`,
      limit: atMost(limit, beside("bare"), times(limit)),
    },
    { measure: `bare script, ${kind}`, value: seconds(median("bare")) },
    { measure: `linked bake, ${kind}`, value: seconds(median("bake")), ratio: `action ${times(beside("bake"))}` },
    { measure: `chain of builds, ${kind}`, value: seconds(median("chain")), ratio: `action ${times(beside("chain"))}` },
  ];
}

/** A contender that publishes less than the others would be no measure. @throws when a tag or a platform is missing. */
async function checkPublished({ images }: Recording): Promise<void> {
  for (const { repository, tags } of images) {
    const address = repository?.replace(/^(.*?)\/(.*)$/, "http://$1/v2/$2/manifests/");
    for (const tag of address === undefined ? [] : tags) {
      const accept = "application/vnd.oci.image.index.v1+json";
      const response = await fetch(`${address}${tag}`, { headers: { accept } });
      const { manifests = [] } = (await response.json()) as { manifests?: { platform?: { architecture?: string } }[] };
      const architectures = manifests.map(({ platform }) => platform?.architecture);
      if (["amd64", "arm64"].some((each) => !architectures.includes(each)))
        throw new Error(`${repository}:${tag} was not published for both platforms`);
    }
  }
}
