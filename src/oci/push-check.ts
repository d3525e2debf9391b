import type { Repository } from "./reference.ts";
import { splitRepository } from "./reference.ts";
import { type RegistryExchange, registryOrigin } from "./registry-exchange.ts";

/**
 * Asks for the right to push by beginning an upload (distribution-spec, "Pushing a blob in chunks") and giving it up. No
 * other question is answered the same way by every registry. @throws RegistryError when the registry refuses.
 */
export async function checkPush(exchange: RegistryExchange, repository: Repository): Promise<void> {
  const { host, path } = splitRepository(repository);
  const asked = { host, repository: path, access: "push" } as const;
  const begun = await exchange({ asked, method: "POST", path: `${path}/blobs/uploads/`, expected: [201, 202] });
  const { location } = begun.headers;
  const origin = registryOrigin(host);
  if (location === undefined || !URL.canParse(location, origin)) return;
  const upload = new URL(location, origin);
  // An upload that stays begun is cleared away by the registry after some time, so that nothing depends on this answer.
  if (upload.origin !== origin) return;
  await exchange({ asked, method: "DELETE", path: upload, expected: [200, 202, 204, 404, 405] }).catch(() => {});
}
