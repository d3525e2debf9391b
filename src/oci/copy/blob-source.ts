/** The bytes of a blob as they come from a registry: taken up again where they break off, and verified before they end. */
import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";
import { type RetryTools, retryWaits } from "../../lib/retry.ts";
import type { HttpBody } from "../../ports.ts";
import type { Descriptor } from "../manifest.ts";
import { isMissingBlob } from "../registry/consistency.ts";
import { decodedStream, encodingsOf, unknownEncoding } from "../registry/content-encoding.ts";
import { type Asked, encodedError, invalidError, networkError } from "../registry/registry-error.ts";
import { eitherSignal, type RegistryExchange } from "../registry/registry-exchange.ts";
import { registryRetries } from "../retry-policy.ts";

/** A link that is slower than 32 KiB a second is as good as broken. */
export function blobTimeout(size: number): number {
  return 120_000 + size / 32;
}

/** Nothing for so long, and another connection may do better. */
const stall = 60_000;

/**
 * A blob to be sent elsewhere. Whoever reads it gets its last bytes only if all of them are those of the digest.
 * `open`'s iteration @throws RegistryError.
 */
export function blobSource(
  exchange: RegistryExchange,
  asked: Asked,
  descriptor: Descriptor,
  tools: RetryTools,
): HttpBody {
  return {
    length: descriptor.size,
    open: (unwanted) => {
      const signal = eitherSignal(tools.signal, unwanted);
      return verified(asked, descriptor, resumed(exchange, asked, descriptor, { ...tools, signal }));
    },
  };
}

/** @throws RegistryError at the last bytes, where they are not those of the digest. */
export async function* verified(
  asked: Asked,
  { digest }: Descriptor,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let kept: Uint8Array | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (kept !== undefined) yield kept;
    kept = chunk;
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) throw invalidError(asked, `${found} in place of ${digest}`, undefined, true);
  if (kept !== undefined) yield kept;
}

async function* resumed(
  exchange: RegistryExchange,
  asked: Asked,
  descriptor: Descriptor,
  tools: RetryTools,
): AsyncGenerator<Uint8Array> {
  const waitOrThrow = retryWaits(registryRetries, tools);
  const { size } = descriptor;
  let offset = 0;
  while (offset < size) {
    try {
      for await (const chunk of bytesFrom(offset, exchange, asked, descriptor, tools)) {
        if (offset + chunk.byteLength > size) throw invalidError(asked, `more than the ${size} bytes of a blob`);
        offset += chunk.byteLength;
        yield chunk;
      }
      if (offset < size) throw invalidError(asked, `${offset} of the ${size} bytes of a blob`, undefined, true);
    } catch (cause) {
      tools.signal?.throwIfAborted();
      await waitOrThrow(cause instanceof UserError ? cause : networkError(asked, cause));
    }
  }
}

async function* bytesFrom(
  offset: number,
  exchange: RegistryExchange,
  asked: Asked,
  { digest, size }: Descriptor,
  { signal }: RetryTools,
): AsyncGenerator<Uint8Array> {
  const { status, headers, body } = await exchange.open({
    asked,
    method: "GET",
    path: `${asked.repository}/blobs/${digest}`,
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
    expected: offset === 0 ? [200] : [200, 206],
    timeout: blobTimeout(size),
    stall,
    signal,
    isNotYetThere: isMissingBlob,
  });
  // Storage may call a layer encoded whose bytes are the blob's own.
  const isStored = headers["content-length"] === String(size);
  const encoding = isStored ? undefined : encodingsOf(headers).at(0);
  // A part of what is encoded is none of a blob.
  const unknown = status === 206 ? encoding : isStored ? undefined : unknownEncoding(headers);
  if (unknown !== undefined) throw encodedError(asked, unknown);
  if (status === 206 && !headers["content-range"]?.startsWith(`bytes ${offset}-`)) {
    throw invalidError(asked, "another part of a blob than was asked for");
  }
  // Without ranges all comes again.
  let unwanted = status === 206 ? 0 : offset;
  for await (const chunk of encoding === undefined ? body : decodedStream(headers, body)) {
    const skipped = Math.min(unwanted, chunk.byteLength);
    unwanted -= skipped;
    if (skipped < chunk.byteLength) yield chunk.subarray(skipped);
  }
}
