/** GitHub's GraphQL API over the fake's state. Documents, variables and answers are checked by its published schema. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, GraphQLError, type GraphQLSchema, graphql } from "graphql";
import type { FakePull } from "./pull-requests.ts";
import { bot, refusalOf, type State, web } from "./state.ts";

let schema: GraphQLSchema | undefined;

/** The part of it that scripts/github-descriptions.ts names. */
function githubSchema(): GraphQLSchema {
  const file = join(import.meta.dirname, "../../fixtures/github/schema.graphql");
  schema ??= buildSchema(readFileSync(file, "utf8"), { assumeValid: true, assumeValidSDL: true });
  return schema;
}

export interface GraphqlAnswer {
  readonly body: object;
  /** What is wrong with the document or its variables. */
  readonly problems: readonly string[];
}

export async function answerGraphql(
  state: State,
  { query, variables }: { readonly query: string; readonly variables: Record<string, unknown> },
): Promise<GraphqlAnswer> {
  const { data, errors = [] } = await graphql({
    schema: githubSchema(),
    source: query,
    variableValues: variables,
    rootValue: { repository: repository(state), ...mutations(state) },
  });
  const said = errors.map(({ message, path, extensions }) => ({ type: extensions.type, path, message }));
  return {
    body: { ...(data === undefined ? {} : { data }), ...(said.length === 0 ? {} : { errors: said }) },
    problems: errors.flatMap(({ message, extensions }) => (extensions.type === undefined ? [message] : [])),
  };
}

function refuse(type: string, message: string): never {
  throw new GraphQLError(message, { extensions: { type } });
}

function repository(state: State) {
  return ({ owner, name }: { owner: string; name: string }) => {
    if (owner !== state.owner || name !== state.repo) {
      refuse("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    }
    return {
      id: "R_1",
      ref: ({ qualifiedName }: { qualifiedName: string }) => refAt(state, qualifiedName),
      object: ({ oid }: { oid: string }) => commitAt(state, oid),
      pullRequests: (wanted: { headRefName?: string; baseRefName?: string }) => ({
        nodes: state.branches.pulls
          .filter(({ branch, base }) => branch === wanted.headRefName && base === wanted.baseRefName)
          .map(pullRequest)
          .reverse(),
      }),
    };
  };
}

function refAt({ git, branches }: State, name: string) {
  const from = git.ref(name);
  if (from === undefined) return null;
  return {
    target: { __typename: "Commit", oid: from },
    compare({ headRef }: { headRef: string }) {
      const to = branches.head(headRef);
      if (to === undefined) return null;
      const all = git.between(from, to);
      const nodes = all.map(({ parents, ...each }) => ({ ...each, parents: { totalCount: parents.length } }));
      return { commits: ({ last }: { last: number }) => ({ totalCount: all.length, nodes: nodes.slice(-last) }) };
    },
  };
}

function commitAt({ git }: State, oid: string) {
  const tree = git.treeOf(oid);
  if (tree === undefined) return null;
  return {
    __typename: "Commit",
    tree: { oid: tree },
    file({ path }: { path: string }) {
      const found = git.file(oid, path);
      return found === undefined ? null : { mode: Number.parseInt(found.mode, 8) };
    },
  };
}

function pullRequest(pull: FakePull) {
  return {
    id: `PR_${pull.number}`,
    number: pull.number,
    url: `https://github.com/o/r/pull/${pull.number}`,
    state: pull.state,
    isCrossRepository: pull.isOfFork === true,
    title: pull.title,
    body: pull.body,
    headRefOid: pull.headOid,
    labels: { nodes: pull.labels.map((name) => ({ name })) },
    assignees: { nodes: pull.assignees.map((login) => ({ login })) },
  };
}

interface CommitInput {
  readonly branch: { readonly branchName: string; readonly repositoryNameWithOwner: string };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges: { readonly additions: readonly { readonly path: string; readonly contents: string }[] };
}

interface AutoMergeInput {
  readonly pullRequestId: string;
  readonly mergeMethod: string;
  readonly expectedHeadOid?: string;
}

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string;
  readonly afterOid: string;
  readonly force: boolean;
}

const none = "0".repeat(40);

function mutations(state: State) {
  const { git, branches } = state;
  const check = (what: "contents" | "pulls", branch?: string): void => {
    const refusal = refusalOf(state, what, branch);
    if (refusal !== undefined) refuse(refusal.type, refusal.message);
  };
  return {
    createCommitOnBranch({ input }: { input: CommitInput }) {
      const { branchName } = input.branch;
      check("contents");
      const head = branches.head(branchName);
      if (head === undefined || head !== input.expectedHeadOid) {
        refuse(
          "STALE_DATA",
          `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`,
        );
      }
      const files = input.fileChanges.additions.map(({ path, contents }) => {
        return { path, mode: "100644", content: Buffer.from(contents, "base64") };
      });
      const message = [input.message.headline, input.message.body].filter(Boolean).join("\n\n");
      const oid = git.commit(git.tree(head, files), [head], message, bot, web);
      branches.move(branchName, oid);
      return { commit: { oid } };
    },
    updateRefs({ input }: { input: { refUpdates: readonly RefUpdate[] } }) {
      for (const { name, beforeOid, afterOid } of input.refUpdates) {
        check("contents", beforeOid === none ? name.slice("refs/heads/".length) : undefined);
        const now = git.ref(name) ?? none;
        if (beforeOid !== undefined && beforeOid !== now) refuse("UNPROCESSABLE", "Reference cannot be updated");
        if (afterOid !== none && !git.isObject(afterOid)) refuse("UNPROCESSABLE", "Object does not exist");
      }
      for (const { name, afterOid } of input.refUpdates) {
        branches.move(name.slice("refs/heads/".length), afterOid === none ? undefined : afterOid);
      }
      return {};
    },
    enablePullRequestAutoMerge({ input }: { input: AutoMergeInput }) {
      check("pulls");
      if (!state.rules.allowsAutoMerge) refuse("UNPROCESSABLE", "Auto merge is not allowed for this repository");
      const pull = branches.pulls.find(({ number }) => `PR_${number}` === input.pullRequestId);
      if (pull === undefined) return refuse("NOT_FOUND", "Could not resolve to a node");
      if (input.expectedHeadOid !== pull.headOid) refuse("UNPROCESSABLE", "Head sha didn't match expected head sha.");
      pull.autoMerge = input.mergeMethod;
      pull.autoMergeHead = pull.headOid;
      return {};
    },
  };
}
