/** What is asked of GitHub's GraphQL API (docs.github.com/graphql), and what it answers. Whatever is `null` there may be. */

/** How the branch stands to its base, and all its pull requests, in one question. */
export const lookQuery = `query Bump($owner: String!, $repo: String!, $base: String!, $branch: String!, $baseRef: String!, $branchRef: String!) {
  repository(owner: $owner, name: $repo) {
    id
    branch: ref(qualifiedName: $branchRef) { target { oid } }
    base: ref(qualifiedName: $baseRef) {
      compare(headRef: $branch) {
        commits(last: 100) {
          totalCount
          nodes { oid message parents(first: 1) { totalCount } author { email date } committer { email date } }
        }
      }
    }
    pullRequests(headRefName: $branch, baseRefName: $base, first: 100, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes {
        id number url state isCrossRepository title body headRefOid
        labels(first: 100) { nodes { name } }
        assignees(first: 100) { nodes { login } }
      }
    }
  }
}`;

export interface LookAnswer {
  readonly repository: {
    readonly id: string;
    readonly branch: { readonly target: { readonly oid: string } | null } | null;
    readonly base: { readonly compare: { readonly commits: CommitList } | null } | null;
    readonly pullRequests: { readonly nodes: readonly (PullRequestNode | null)[] | null };
  };
}

export interface CommitList {
  readonly totalCount: number;
  readonly nodes: readonly (CommitNode | null)[] | null;
}

interface CommitNode {
  readonly oid: string;
  readonly message: string;
  readonly parents: { readonly totalCount: number };
  readonly author: Actor | null;
  readonly committer: Actor | null;
}

interface Actor {
  readonly email: string | null;
  readonly date: string | null;
}

export interface PullRequestNode {
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly isCrossRepository: boolean;
  readonly title: string;
  readonly body: string;
  readonly headRefOid: string;
  readonly labels: { readonly nodes: readonly ({ readonly name: string } | null)[] | null } | null;
  readonly assignees: { readonly nodes: readonly ({ readonly login: string } | null)[] | null };
}

/** The repository's id, the commit's tree, and the mode of each file in it as `f0`, `f1`, … */
export function modesQuery(paths: readonly string[]): string {
  const parameters = paths.map((_, index) => `, $p${index}: String!`).join("");
  const files = paths.map((_, index) => `f${index}: file(path: $p${index}) { mode }`).join(" ");
  return `query Modes($owner: String!, $repo: String!, $commit: GitObjectID!${parameters}) {
  repository(owner: $owner, name: $repo) {
    id
    object(oid: $commit) { ... on Commit { tree { oid } ${files} } }
  }
}`;
}

export interface ModesAnswer {
  readonly repository: {
    readonly id: string;
    readonly object: ({ readonly tree?: { readonly oid: string } } & Readonly<Record<string, unknown>>) | null;
  };
}

export const repositoryQuery = `query Repository($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { id }
}`;

export const commitMutation = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

export const refsMutation = `mutation Refs($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;

export const autoMergeMutation = `mutation AutoMerge($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}`;
