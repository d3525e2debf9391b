import { expect, test } from "@jest/globals";
import { repository } from "../../../src/model/reference.ts";
import { listTags } from "../../../src/oci/registry/tag-list.ts";

const asked = { host: "r.example.com", repository: "o/r" } as unknown as Parameters<typeof listTags>[1];

test("a page of a million tags is read, and so are names that every object has", async () => {
  const tags = Array.from({ length: 1_000_000 }, (_, index) => `t${index}`);
  const body = new TextEncoder().encode(JSON.stringify({ name: "o/r", tags: [...tags, "__proto__", "constructor"] }));
  const exchange = { send: async () => ({ status: 200, headers: {}, body }) } as unknown as Parameters<
    typeof listTags
  >[0];
  const found = await listTags(exchange, asked, { check: () => {} } as unknown as Parameters<typeof listTags>[2]);
  expect(found?.length).toBe(1_000_002);
  expect(repository("r.example.com/o/constructor")).toBe("r.example.com/o/constructor");
}, 30_000);

function pages(all: readonly (readonly string[])[], isEndless: boolean) {
  let requests = 0;
  const send = async () => {
    const tags = all[Math.min(requests++, all.length - 1)];
    const isLast = !isEndless && requests >= all.length;
    const link: Record<string, string> = isLast ? {} : { link: `</v2/o/r/tags/list?last=${requests}>; rel="next"` };
    return { status: 200, headers: link, body: Buffer.from(JSON.stringify({ tags })) };
  };
  const exchange = { send } as unknown as Parameters<typeof listTags>[0];
  const absent = { check: () => {} } as unknown as Parameters<typeof listTags>[2];
  return { list: () => listTags(exchange, asked, absent), count: () => requests };
}

test.each([
  { when: "the same tags", all: [["a"], ["a"]] },
  { when: "no tags", all: [["a"], []] },
])("pages without an end that bring $when are not walked for long", async ({ all }) => {
  const { list, count } = pages(all, true);
  await expect(list()).rejects.toThrow(/pages of tags that bring nothing new/);
  expect(count()).toBeLessThan(10);
});

test("pages that are empty now and then, as what was filtered out of them, are read to the end", async () => {
  const { list } = pages([["a"], [], [], ["b", "a"], [], ["c"], []], false);
  expect(await list()).toEqual(["a", "b", "c"]);
});
