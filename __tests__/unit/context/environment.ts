/** What GitHub's runner sets for a push to main, unless a test says otherwise. */
export const sha = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
export const older = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e";
export const zeros = "0".repeat(40);

export function environment(changes: Readonly<Record<string, string | undefined>> = {}) {
  return {
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: sha,
    GITHUB_REPOSITORY: "octo/images",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_API_URL: "https://api.github.com",
    GITHUB_ACTOR: "octocat",
    GITHUB_RUN_ID: "42",
    GITHUB_RUN_NUMBER: "7",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_WORKSPACE: "/home/runner/work/images/images",
    RUNNER_TEMP: "/home/runner/work/_temp",
    ...changes,
  };
}
