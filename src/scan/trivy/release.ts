/**
 * The release of Trivy that is used where the runner has none. Its sums stand here, in our own bundle, and not beside the
 * download: in March 2026 upstream's account was used to replace releases (CVE-2026-33634).
 */

export interface TrivyRelease {
  readonly version: string;
  /** By Node's names for system and architecture. */
  readonly archives: Readonly<Record<string, TrivyArchive>>;
}

export interface TrivyArchive {
  /** A gzipped tar archive that holds the program as `trivy`. */
  readonly url: string;
  /** 64 hexadecimal digits, of the archive. */
  readonly sha256: string;
}

/** Whether a version is one of those that malicious programs were published as (CVE-2026-33634): never run. */
export function isPoisoned(version: string): boolean {
  return /^v?0\.69\.[456](?![0-9])/.test(version);
}

const releases = "https://github.com/aquasecurity/trivy/releases/download";

export const pinnedRelease: TrivyRelease = {
  version: "0.76.0",
  archives: {
    "linux/x64": {
      url: `${releases}/v0.76.0/trivy_0.76.0_Linux-64bit.tar.gz`,
      sha256: "e24b1c51293c1b15e4ba8d45bbc7891ba053f90278ec2698f3562c993e145fe7",
    },
    "linux/arm64": {
      url: `${releases}/v0.76.0/trivy_0.76.0_Linux-ARM64.tar.gz`,
      sha256: "aab21e677a7b7071fc79f1711480840754c18a1b9d9cefa7ccd06af63a0e8f4c",
    },
  },
};
