/** Reads a stream of bytes in the portions that a format names, whatever the chunks in which they arrive. */
export interface ByteReader {
  /** What has arrived and isn't read yet, at least one byte; empty at the end of the stream. */
  ahead(): Promise<Uint8Array>;
  /** The next so many bytes, as they arrive. */
  take(length: number): AsyncIterable<Uint8Array>;
  /** The next so many bytes, in one piece. */
  whole(length: number): Promise<Uint8Array>;
  skip(length: number): Promise<void>;
  /** Ends the stream, however much of it is left. */
  close(): Promise<void>;
}

/** @param cutOff makes the error for a stream that ends before the bytes that are taken or skipped do. */
export function byteReader(content: AsyncIterable<Uint8Array>, cutOff: () => Error): ByteReader {
  const chunks = content[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array();
  async function ahead(): Promise<Uint8Array> {
    while (left.byteLength === 0) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      left = value;
    }
    return left;
  }
  async function* take(length: number): AsyncGenerator<Uint8Array> {
    for (let rest = length; rest > 0; ) {
      const part = (await ahead()).subarray(0, rest);
      if (part.byteLength === 0) throw cutOff();
      left = left.subarray(part.byteLength);
      rest -= part.byteLength;
      yield part;
    }
  }
  return {
    ahead,
    take,
    async whole(length) {
      const parts: Uint8Array[] = [];
      for await (const part of take(length)) parts.push(part);
      return Buffer.concat(parts);
    },
    async skip(length) {
      for await (const _ of take(length));
    },
    async close() {
      await chunks.return?.();
    },
  };
}
