/** Reviewers as GitHub, Gitea and Forgejo take them: `organisation/team` is a team of the repository's own organisation. */
export function reviewersOf(names: readonly string[]): {
  readonly reviewers: readonly string[];
  readonly team_reviewers: readonly string[];
} {
  return {
    reviewers: names.filter((name) => !name.includes("/")),
    team_reviewers: names.flatMap((name) => (name.includes("/") ? [name.slice(name.indexOf("/") + 1)] : [])),
  };
}
