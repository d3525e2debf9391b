/**
 * A registry and a clock in which time passes as the test says: each request takes effect half-way between its start and its
 * end, so that runs overtake one another as they do in life, and the same way every time.
 */
import { digestOf } from "../../../src/model/digest.ts";
import type { Repository, Tag } from "../../../src/model/reference.ts";
import type { StoredManifest } from "../../../src/oci/manifest.ts";
import { mediaTypes, parseManifest } from "../../../src/oci/manifest.ts";
import type { Registry } from "../../../src/oci/registry/registry-client.ts";
import { RegistryError } from "../../../src/oci/registry/registry-error.ts";
import { type PublicationRecord, recordAnnotations } from "../../../src/plan/record.ts";
import type { Clock } from "../../../src/ports.ts";

/** Virtual milliseconds. */
export class Timeline {
  now = 0;
  readonly #waiting: { readonly at: number; readonly go: () => void }[] = [];

  /** Half of what the next request takes. */
  readonly #leg: () => number;

  constructor(leg: () => number = () => 1) {
    this.#leg = leg;
  }

  readonly clock: Clock = { now: () => new Date(this.now), sleep: (milliseconds) => this.pass(milliseconds) };

  leg(): Promise<void> {
    return this.pass(this.#leg());
  }

  pass(milliseconds: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ at: this.now + milliseconds, go }));
  }

  /** Lets time pass until all of it is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    for (;;) {
      await new Promise((next) => setImmediate(next));
      // On a busy machine, work makes pauses of its own.
      for (let turns = 0; turns < patience && !isDone && this.#waiting.length === 0; turns++) {
        await new Promise((next) => setImmediate(next));
      }
      if (isDone) return done;
      const next = this.#waiting.reduce((best, each) => (each.at < best.at ? each : best), this.#waiting[0] ?? never);
      if (next === never) throw new Error("everybody waits for something that never comes");
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.now = Math.max(this.now, next.at);
      next.go();
    }
  }
}

/** So many turns without anybody who waits are a standstill. */
const patience = 1_000;

const never = { at: Number.POSITIVE_INFINITY, go: () => {} };

export interface SimulatedRegistry extends Registry {
  /** What tags name, by `repository:tag`. */
  readonly held: Map<string, StoredManifest>;
  /** `METHOD repository:name`, in the order in which they took effect. */
  readonly requests: string[];
  /** Stores something, and puts tags on it. */
  hold(repository: Repository, manifest: StoredManifest, ...tags: readonly Tag[]): StoredManifest;
}

/**
 * @param isBroken which requests end in a failure.
 * @param late for how long reading a tag gives what was there before it was put.
 * @param lateList for how long the list of tags lacks one.
 */
export function simulatedRegistry(
  timeline: Timeline,
  isBroken: (request: string) => boolean = () => false,
  late: (name: string) => number = () => 0,
  lateList = 0,
): SimulatedRegistry {
  const held = new Map<string, StoredManifest>();
  const requests: string[] = [];
  const at = async <T>(request: string, effect: () => T): Promise<T> => {
    await timeline.leg();
    requests.push(request);
    const broken = isBroken(request);
    const result = broken ? undefined : effect();
    await timeline.leg();
    if (broken) throw new RegistryError("unavailable", `${request} is broken`, { hint: "run again" });
    return result as T;
  };
  const replaced: { readonly key: string; readonly at: number; readonly before: StoredManifest | undefined }[] = [];
  const shown = (key: string, since: number): StoredManifest | undefined => {
    const next = replaced.find((each) => each.key === key && each.at > since);
    return next === undefined ? held.get(key) : next.before;
  };
  const visible = (key: string, name: string): StoredManifest | undefined =>
    shown(key, timeline.now - (name.startsWith("sha256:") ? 0 : late(name)));
  const notUsed = (): Promise<never> => Promise.reject(new Error("not used"));
  const registry: SimulatedRegistry = {
    held,
    requests,
    head: (repository, name) => at(`HEAD ${repository}:${name}`, () => visible(`${repository}:${name}`, name)?.digest),
    manifest: (repository, name) => at(`GET ${repository}:${name}`, () => visible(`${repository}:${name}`, name)),
    putManifest: (repository, { bytes, mediaType }, name) =>
      at(`PUT ${repository}:${name}`, () => {
        const digest = digestOf(bytes);
        const stored = { digest, bytes, mediaType, document: parseManifest(bytes, mediaType) };
        const key = `${repository}:${name}`;
        replaced.push({ key, at: timeline.now, before: held.get(key) });
        held.set(key, stored).set(`${repository}:${digest}`, stored);
        return digest;
      }),
    tags: (repository) =>
      at(`LIST ${repository}`, () =>
        [...held.keys()]
          .filter((each) => each.startsWith(`${repository}:`) && !each.includes(":sha256:"))
          .filter((each) => shown(each, timeline.now - lateList) !== undefined)
          .map((each) => each.slice(repository.length + 1) as Tag),
      ),
    tag: notUsed,
    checkPush: notUsed,
    blob: async () => Buffer.from("{}"),
    hold(repository, manifest, ...tags) {
      for (const name of [manifest.digest, ...tags]) held.set(`${repository}:${name}`, manifest);
      return manifest;
    },
  };
  return registry;
}

export interface IndexSketch {
  /** What tells its content from others'. */
  readonly content: string;
  readonly platforms?: readonly string[];
  readonly record?: PublicationRecord;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function index({ content, platforms = ["linux/amd64"], record, annotations = {} }: IndexSketch): StoredManifest {
  const manifests = platforms.map((each) => {
    const [os, architecture] = each.split("/");
    const digest = digestOf(`${content} ${each}`);
    return { mediaType: mediaTypes.manifest, digest, size: 1, platform: { os, architecture } };
  });
  const said = { ...annotations, ...(record && recordAnnotations(record)) };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests, annotations: said }),
  );
  return { digest: digestOf(bytes), bytes, mediaType: mediaTypes.index, document: parseManifest(bytes) };
}
