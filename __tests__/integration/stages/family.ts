/** A repository of a parent and its child, with real git and a registry over HTTP that holds what a test puts there. */
import type { Commit } from "../../../src/model/run-context.ts";
import { mediaTypes } from "../../../src/oci/manifest.ts";
import { recordAnnotations, sourceTag } from "../../../src/plan/record.ts";
import type { Change } from "../../unit/changes/objects.ts";
import { type FakeRegistry, fakeRegistry } from "../../unit/oci/fake-registry.ts";
import { recordOf } from "../../unit/publish/commits.ts";
import { type Repository, Workplace } from "../changes/repository.ts";
import { openedSession } from "./opened-session.ts";
import { type RegistrySession, withRegistry } from "./registry-session.ts";

export interface Situation {
  /** What the event's commit changes. */
  readonly changes?: Readonly<Record<string, Change>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: string;
  readonly ref?: string;
  readonly payload?: object;
}

export interface Family {
  readonly registry: FakeRegistry;
  /** The commit before the event. */
  readonly first: Commit;
  /** Of a push of changes to main, unless said otherwise. */
  session(situation: Situation): Promise<RegistrySession>;
  /** Stores what a run at a commit made of these sources, under `main` and the like. */
  publish(name: string, revision: Commit, sourceHash: string | null, ...tags: readonly string[]): void;
  /** Nothing is published, and nobody asked for anything. */
  clear(): void;
  close(): Promise<void>;
}

export async function openFamily(more: Readonly<Record<string, string>> = {}): Promise<Family> {
  const place = new Workplace();
  const registry = await fakeRegistry();
  const forge = place.forge();
  const first = forge.record({
    "images/base/Dockerfile": "FROM debian:13\nCOPY . /\n",
    "images/base/a": "1\n",
    "images/app/Dockerfile": `FROM ${registry.host}/octo/images/base\nCOPY . /\n`,
    "images/app/a": "1\n",
    "README.md": "1\n",
    ...more,
  });
  return {
    ...{ registry, first },
    async session({ changes = {}, inputs = {}, event = "push", ref = "refs/heads/main", payload = { before: first } }) {
      const head = forge.record(changes, first);
      forge.point("main", head);
      const server = { url: "https://github.com", seen: [], close: async () => {} };
      const prepare = (checkout: Repository) => checkout.setRemote(`file://${forge.folder}`);
      const given = { images: `${registry.host}/octo/images/{{name}}`, push: "true", ...inputs };
      const asked = { event, ref, sha: head, head, isDeep: true, payload, prepare, inputs: given, push: given.push };
      return withRegistry(await openedSession({ place, forge, server }, asked), registry);
    },
    publish(name, revision, sourceHash, ...tags) {
      const record = recordAnnotations(recordOf(revision, { repository: "octo/images", sourceHash }));
      const annotations = { ...record, of: name };
      const document = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [], annotations };
      const sources = sourceHash === null ? [] : [sourceTag(sourceHash)];
      registry.store(`octo/images/${name}`, document, "main", "latest", revision, ...tags, ...sources);
    },
    clear() {
      registry.manifests.clear();
      registry.seen.length = 0;
      registry.faults.length = 0;
    },
    async close() {
      await registry.close();
      place.remove();
    },
  };
}
