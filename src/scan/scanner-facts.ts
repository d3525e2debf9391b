/** Which scanner it was, and how new what it knows is. */
export interface ScannerFacts {
  /** `Trivy 0.76.0`. */
  readonly name: string;
  /** When its database of vulnerabilities was made, in milliseconds; `undefined` where it doesn't say. */
  readonly database: number | undefined;
}
