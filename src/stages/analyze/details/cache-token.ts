/** Reads the job's token for the cache service: GitHub lists in it the refs whose entries the job may write. */

/**
 * The scopes (full refs) that a token lets write to, by its claim `ac`. None for a token that says nothing of them, which
 * BuildKit doesn't take for the cache either. The signature is the service's to check.
 */
export function cacheTokenScopes(token: string): readonly string[] {
  const claims = fieldsOf(parsed(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
  const scopes = typeof claims.ac === "string" ? parsed(claims.ac) : undefined;
  if (!Array.isArray(scopes)) return [];
  return scopes.map(fieldsOf).flatMap(({ Scope: scope, Permission: permission }) => {
    const isWritable = typeof permission === "number" && (permission & write) !== 0;
    return isWritable && typeof scope === "string" ? [scope] : [];
  });
}

/** A bit of a permission. */
const write = 2;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
