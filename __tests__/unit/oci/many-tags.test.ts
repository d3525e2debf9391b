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
