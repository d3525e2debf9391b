import type { Repository } from "../../model/reference.ts";
import { beginUpload } from "../copy/blob-upload.ts";
import { askedOf } from "./manifest-requests.ts";
import { type RegistryExchange, registryOrigin } from "./registry-exchange.ts";

/**
 * Asks for the right to push by beginning an upload and giving it up. No other question is answered the same way by every
 * registry. @throws RegistryError when the registry refuses.
 */
export async function checkPush(exchange: RegistryExchange, repository: Repository): Promise<void> {
  const asked = askedOf(repository, "push");
  const upload = await beginUpload(exchange, asked);
  // An upload that stays begun is cleared away by the registry after some time, so that nothing depends on this answer.
  if (upload.kind !== "begun" || upload.url.origin !== registryOrigin(asked.host)) return;
  const expected = [200, 202, 204, 404, 405];
  await exchange.send({ asked, method: "DELETE", path: upload.url, expected, once: true }).catch(() => {});
}
