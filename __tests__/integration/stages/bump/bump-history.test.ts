/** Whose a bump's branch is, as a shallow checkout finds out from its remote. */
import { afterAll, expect, test } from "@jest/globals";
import { differInPins } from "../../../../src/bump/differ-in-pins.ts";
import { imageNames } from "../../../../src/bump/pins/names-in-files.ts";
import { type PinCommitTools, readPinCommits } from "../../../../src/bump/pull-request/branch-history.ts";
import { repository } from "../../../../src/model/reference.ts";
import type { Commit } from "../../../../src/model/run-context.ts";
import { bumpHistory } from "../../../../src/stages/bump/bump-history.ts";
import type { Change } from "../../../unit/changes/objects.ts";
import { open, Workplace } from "../../changes/repository.ts";

const place = new Workplace();
afterAll(() => place.remove());

const from = (version: number) => `FROM ghcr.io/o/r/app:${version}\n`;

function world() {
  const forge = place.forge();
  const first = forge.record({ Dockerfile: from(1), other: "x", script: "run\n" });
  const main = forge.record({ other: "y" }, first);
  forge.point("main", main);
  const checkout = place.checkout(forge, "main");
  const git = open(checkout);
  const tools: PinCommitTools = {
    // What a forge would say of the base's history.
    history: bumpHistory(git, main, {
      position: async (_, to) => (to === main ? "same" : to === first ? "descends" : "apart"),
    }),
    differInPins: (files) => differInPins(files, imageNames([repository("ghcr.io/o/r/app")])),
  };
  return { forge, first, main, tools };
}

test("a commit of ours on an older commit of the base, which no branch has any more", async () => {
  const { forge, first, tools } = world();
  const ours = forge.record({ Dockerfile: from(2) }, first);
  expect((await readPinCommits(ours, undefined, tools)).first).toEqual(new Set([ours]));
  expect((await readPinCommits(ours, new Set([ours]), tools)).first).toEqual(new Set([ours]));
});

test("work and merges above it: it is the first in its line, and stays the only one of ours", async () => {
  const { forge, first, main, tools } = world();
  const ours = forge.record({ Dockerfile: from(2) }, first);
  const merge = forge.record({}, ours, main);
  const work = forge.record({ other: "z" }, merge);
  const again = forge.record({ Dockerfile: from(3) }, work);
  const line = await readPinCommits(again, undefined, tools);
  expect(line.first).toEqual(new Set([ours]));
  expect(line.later).toEqual(new Set([again]));
});

test.each<[string, Readonly<Record<string, Change>>]>([
  ["another line", { Dockerfile: `${from(2)}RUN x\n` }],
  ["another file", { Dockerfile: from(2), other: "evil" }],
  ["a new file", { Dockerfile: from(2), new: "evil" }],
  ["a file that goes", { Dockerfile: from(2), script: undefined }],
  ["a file that becomes a link", { Dockerfile: from(2), script: { link: "/etc/passwd" } }],
  ["nothing", {}],
])("%s in the commit: none of it is ours", async (_, changes) => {
  const { forge, main, tools } = world();
  const theirs = forge.record(changes, main);
  expect((await readPinCommits(theirs, undefined, tools)).first.size).toBe(0);
  // Nor does what moves pins make it ours, where it is on theirs.
  const above = forge.record({ Dockerfile: from(9) }, theirs);
  expect((await readPinCommits(above, undefined, tools)).first.size).toBe(0);
});

test("another mode is more than a pin", async () => {
  const { forge, main, tools } = world();
  const clone = place.clone(forge);
  clone.git("checkout", "--quiet", main);
  clone.git("update-index", "--chmod=+x", "script");
  clone.git("commit", "--quiet", "--message=x");
  clone.git("push", "--quiet", "origin", "HEAD:refs/heads/x");
  const theirs = clone.git("rev-parse", "HEAD") as Commit;
  expect((await readPinCommits(theirs, undefined, tools)).first.size).toBe(0);
});

test("what nobody can bring is nobody's", async () => {
  const { tools } = world();
  const gone = "d".repeat(40) as Commit;
  expect(await readPinCommits(gone, undefined, tools)).toMatchObject({ first: new Set(), markers: [] });
});
