/**
 * X.509 certificates made on the spot, so that none in the repository expires and no program has to be there: just enough
 * of RFC 5280, in DER, for a server that a test talks to.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** The DNS name that it is for; of an authority its own name. */
  readonly name: string;
  readonly from?: Date;
  readonly until?: Date;
  /** Who signs it; itself unless told. */
  readonly by?: Certificate & { readonly name: string };
  readonly isAuthority?: boolean;
}

export function certificate(options: CertificateOptions): Certificate & { readonly name: string } {
  const { name, by } = options;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = toBeSigned(options, publicKey);
  const signer = by === undefined ? privateKey : createPrivateKey(by.key);
  const signature = bits(sign("sha256", body, signer));
  const der = sequence(body, ecdsaWithSha256, signature);
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function toBeSigned({ name, by, from, until, isAuthority = false }: CertificateOptions, key: KeyObject): Buffer {
  return sequence(
    tagged(0xa0, integer(2)),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(by?.name ?? name),
    sequence(time(from ?? new Date("2020-01-01")), time(until ?? new Date("2049-01-01"))),
    commonName(name),
    key.export({ type: "spki", format: "der" }),
    tagged(
      0xa3,
      sequence(
        extension("551d13", isAuthority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence()),
        extension("551d11", sequence(tagged(0x82, Buffer.from(name)))),
      ),
    ),
  );
}

function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => tagged(0x30, ...contents);
const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]));
const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, "hex"));
const extension = (id: string, content: Buffer): Buffer => sequence(identifier(id), tagged(0x04, content));
const commonName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(identifier("550403"), tagged(0x0c, Buffer.from(name)))));
/** UTCTime, as RFC 5280 wants it until 2049. */
const time = (date: Date): Buffer => tagged(0x17, Buffer.from(date.toISOString().replace(/^\d\d|[-:T]|\.\d+/g, "")));
const ecdsaWithSha256 = sequence(identifier("2a8648ce3d040302"));
