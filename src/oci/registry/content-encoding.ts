/**
 * Bodies in an encoding that nobody asked for (RFC 9110, "Content-Encoding"): a proxy in front of a registry may force one. Digests
 * are of the bytes without it.
 */
import { pipeline, Readable } from "node:stream";
import zlib from "node:zlib";
import type { HttpResponse } from "../../ports.ts";

type Headers = HttpResponse["headers"];
type Bytes = AsyncIterable<Uint8Array>;

const decoders: Readonly<Record<string, (first: Uint8Array) => NodeJS.ReadWriteStream & Bytes>> = {
  gzip: () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
  // Many send it without the header that belongs to it.
  deflate: (first) => (isZlib(first) ? zlib.createInflate() : zlib.createInflateRaw()),
};
/** How what is encoded begins: what only calls itself so is left as it is. */
const beginnings: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
};

/** The encodings of a body, in the order in which they were applied; storage leaves `aws-chunked` in what it took in so. */
export function encodingsOf(headers: Headers): readonly string[] {
  return (headers["content-encoding"] ?? "")
    .split(",")
    .map((each) => each.trim().toLowerCase().replace(/^x-/, ""))
    .filter((each) => each !== "" && each !== "identity" && each !== "aws-chunked");
}

/** The first encoding of a body that can't be undone. */
export function unknownEncoding(headers: Headers): string | undefined {
  return encodingsOf(headers).find((each) => !Object.hasOwn(decoders, each));
}

/** The body without its encodings; as it is where one is unknown, and what already is so. */
export function decodedStream(headers: Headers, body: Bytes): Bytes {
  if (unknownEncoding(headers) !== undefined) return body;
  return encodingsOf(headers).reduceRight(decode, body);
}

/** What isn't in the encoding that it is said to be in; or is, and ends too early. */
export class UndecodableError extends Error {
  readonly encoding: string;
  readonly isCutOff: boolean;

  constructor(encoding: string, cause: unknown) {
    super(`it isn't ${encoding}`, { cause });
    this.encoding = encoding;
    const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
    this.isCutOff = code === "Z_BUF_ERROR";
  }
}

/** The same for a whole body. @throws UndecodableError, and Error with the code EMSGSIZE for one of more than `maximum` bytes. */
export async function decoded<R extends HttpResponse>(response: R, maximum: number): Promise<R> {
  const { headers, body } = response;
  if (encodingsOf(headers).length === 0 || body.byteLength === 0) return response;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of decodedStream(headers, Readable.from([body]))) {
    length += chunk.byteLength;
    if (length > maximum) {
      throw Object.assign(new Error(`an encoded body is of more than ${maximum} bytes`), { code: "EMSGSIZE" });
    }
    chunks.push(chunk);
  }
  return { ...response, body: Buffer.concat(chunks) };
}

async function* decode(body: Bytes, encoding: string): AsyncGenerator<Uint8Array> {
  const [first, all] = await peek(body);
  const decoder = decoders[encoding];
  const begins = (beginnings[encoding] ?? []).every((byte, at) => first[at] === byte);
  if (decoder === undefined || first.byteLength === 0 || !begins) {
    yield* all;
    return;
  }
  const stream = decoder(first);
  let broken: unknown;
  const watched = async function* () {
    try {
      yield* all;
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  // What fails is thrown to whoever reads the stream.
  pipeline(Readable.from(watched()), stream, () => {});
  try {
    yield* stream;
  } catch (error) {
    throw broken ?? new UndecodableError(encoding, error);
  }
}

/** The first bytes, enough to know what they are, and all of them. */
async function peek(body: Bytes): Promise<readonly [Uint8Array, Bytes]> {
  const chunks = body[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array();
  while (first.byteLength < 4) {
    const { value, done } = await chunks.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return [first, rest(first, chunks)];
}

async function* rest(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.byteLength > 0) yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}
