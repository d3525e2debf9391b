/** How to fix what git refuses to do, by what it writes about it. */

/** The remedy for git's standard error; `undefined` where the text alone doesn't show it. */
export function gitRemedy(stderr: string): string | undefined {
  return remedies.find(({ pattern }) => pattern.test(stderr))?.hint;
}

const remedies: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /detected dubious ownership|unsafe repository/i,
    hint: "run all steps as the same user, or run `git config --global --add safe.directory PATH` with its path before",
  },
  {
    pattern: /permission denied/i,
    hint: "let the user that runs this step read the checkout, such as by the same `container` user in all steps",
  },
  {
    pattern: /unknown repository extension|expected git repo version|unknown option|unknown switch|usage: git/i,
    hint: "install a newer git on the runner: this one can't read the repository",
  },
  {
    pattern:
      /index file (?:corrupt|smaller)|bad signature 0x|loose object \S+ .*is corrupt|object file \S+ is empty|missing (?:blob|tree|commit) object|unable to read (?:tree|sha1 file|[0-9a-f]{40})|bad object|bad tree object|packfile \S+ .*(?:corrupt|not match)/i,
    hint: "check the repository out again: what .git holds is damaged or incomplete",
  },
  {
    pattern:
      /promisor remote|authentication failed|could not read username|returned error: 40[0-9]|repository not found/i,
    hint: "let `token` read the repository (`contents: read`), or let actions/checkout keep its credentials",
  },
  {
    pattern:
      /could not resolve host|unable to access|failed to connect|connection (?:refused|reset|timed out)|early eof|the remote end hung up/i,
    hint: "run again once the forge answers, and see what git says above",
  },
  {
    pattern: /not a git repository/i,
    hint: "check out the repository with actions/checkout before this step",
  },
];
