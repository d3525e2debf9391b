/** What a child writes: kept within bounds, and cut into lines. */
import { StringDecoder } from "node:string_decoder";
import { UserError } from "../errors.ts";

const maximumLine = 4 * 1024 * 1024;

/** Everything, up to a limit past which nothing partial is passed off as the whole. */
export class Whole {
  #chunks: Uint8Array[] = [];
  #length = 0;
  readonly #maximum: number;
  readonly #program: string;

  constructor(maximum: number, program: string) {
    this.#maximum = maximum;
    this.#program = program;
  }

  /** @throws UserError when it is too much. */
  add(chunk: Uint8Array): void {
    this.#length += chunk.byteLength;
    if (this.#length > this.#maximum) {
      this.#chunks = [];
      throw new UserError(`${this.#program} wrote more than ${this.#maximum} bytes and was stopped`, {
        hint: "choose fewer images with `path` or `only`",
      });
    }
    this.#chunks.push(chunk);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** The last bytes, for messages: the reason of a failure is at the end. */
export class Tail {
  #chunks: Uint8Array[] = [];
  #length = 0;
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    if (this.#length < 2 * this.#kept) return;
    const last = this.#last();
    this.#chunks = [last];
    this.#length = last.byteLength;
  }

  text(): string {
    return this.#last().toString("utf8");
  }

  #last(): Buffer {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.byteLength - this.#kept));
  }
}

/** Cuts bytes into lines, also where a chunk ends within a character. Of a line too long, the beginning is passed on. */
export function lineReader(onLine: (line: string) => void): { add(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let pending: string[] = [];
  let length = 0;

  const keep = (text: string) => {
    if (text !== "" && length < maximumLine) pending.push(text.slice(0, maximumLine - length));
    length += text.length;
  };
  const flush = () => {
    const line = pending.join("");
    pending = [];
    length = 0;
    onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  return {
    add(chunk) {
      const text = decoder.write(chunk);
      let from = 0;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
        keep(text.slice(from, at));
        flush();
        from = at + 1;
      }
      keep(text.slice(from));
    },
    end() {
      keep(decoder.end());
      if (length > 0) flush();
    },
  };
}
