/** Where a remote's address says that the repository lives. */
export interface RemoteOrigin {
  /** `https://github.com`. */
  readonly serverUrl: string;
  readonly owner: string;
  readonly repo: string;
}

/**
 * Takes a remote's address apart: a URL, or git's short form for ssh ("GIT URLS" in git-fetch(1)). `undefined` for a path
 * and for what has no owner. Of nested groups the last is the owner.
 */
export function parseOrigin(address: string): RemoteOrigin | undefined {
  const { host, path } = splitAddress(address.trim()) ?? {};
  const segments = (path ?? "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split("/")
    .filter((each) => each !== "");
  const [owner, repo] = segments.slice(-2);
  return host && owner && repo ? { serverUrl: `https://${host}`, owner, repo } : undefined;
}

function splitAddress(address: string): { readonly host: string; readonly path: string } | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) {
    if (!URL.canParse(address)) return undefined;
    const { protocol, host, hostname, pathname } = new URL(address);
    // The port of ssh says nothing of the web server's.
    return protocol === "file:" ? undefined : { host: /^https?:$/.test(protocol) ? host : hostname, path: pathname };
  }
  const [, host, path] = /^(?:[^@/:]+@)?([^/:]+):(.+)$/.exec(address) ?? [];
  return host === undefined || path === undefined ? undefined : { host, path };
}
