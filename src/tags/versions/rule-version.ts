/** What a reader of versions makes of a text. */
export interface ReadVersion {
  /** No prerelease (for PEP 440: no pre-, post- or development release): what may be called `latest`. */
  readonly isStable: boolean;
  /** What the expressions of a pattern stand for, by name. */
  readonly values: ReadonlyMap<string, string>;
}
