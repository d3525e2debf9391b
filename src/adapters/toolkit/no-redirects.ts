/**
 * The HTTP client of GitHub's toolkit puts the job's token on a request anew when it follows a redirect, wherever that leads. The
 * cache service and the server of the job's identity redirect nobody.
 */
export async function followNoRedirects(): Promise<void> {
  const { HttpClient } = await import("@actions/http-client");
  // Each client sets the field when it is made.
  const property = { configurable: true, get: () => false, set: () => {} };
  Object.defineProperty(HttpClient.prototype, "_allowRedirects", property);
}
