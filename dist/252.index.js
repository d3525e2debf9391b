export const id = 252;
export const ids = [252];
export const modules = {

/***/ 40252:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runCommandLine: () => (/* binding */ runCommandLine)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(51455);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(48161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
// EXTERNAL MODULE: ./src/errors.ts
var errors = __webpack_require__(83916);
// EXTERNAL MODULE: ./src/adapters/log-text.ts
var log_text = __webpack_require__(15088);
;// CONCATENATED MODULE: ./src/adapters/terminal-log.ts


/** The log of a person's terminal. Results go to standard output; `write` gets everything that is said beside them. */
function terminalLog({ write, colour, debug }) {
    const secrets = new Set();
    const hide = (text) => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
    const paint = (code, text) => (colour ? `\u{1b}[${code}m${text}\u{1b}[0m` : text);
    const print = (message, indent = "") => {
        for (const line of (0,log_text/* logLines */.O)(hide(message)))
            write(`${indent}${line}\n`);
    };
    const remark = (word, code, message, hint, details) => {
        const place = details?.at === undefined ? "" : ` ${(0,log_text/* logLines */.O)((0,errors/* formatLocation */.j$)(details.at)).join(" ")}`;
        const [first = "", ...rest] = (0,log_text/* logLines */.O)(hide(message));
        write(`${paint(code, `${word}:`)}${place === "" ? "" : paint(1, place)} ${first}\n`);
        for (const line of rest)
            write(`  ${line}\n`);
        if (hint !== undefined)
            print(`→ ${hint}`, "  ");
    };
    return {
        debug: (message) => {
            if (debug)
                print(message);
        },
        info: (message) => print(message),
        notice: (message, details) => remark("note", 36, message, undefined, details),
        warning: (message, hint, details) => remark("warning", 33, message, hint, details),
        error: (message, hint, details) => remark("error", 31, message, hint, details),
        group: (title, lines) => {
            write(`${paint(1, (0,log_text/* logLines */.O)(hide(title)).join(" "))}\n`);
            for (const line of lines)
                print(line, "  ");
        },
        mask: (secret) => {
            if (secret !== "")
                secrets.add(secret);
        },
    };
}

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
// EXTERNAL MODULE: ./src/inputs/specification.ts
var specification = __webpack_require__(81388);
// EXTERNAL MODULE: ./src/nearest.ts
var nearest = __webpack_require__(37909);
;// CONCATENATED MODULE: ./src/command-line.ts
/** What stands on a command line: a command and options, with a remedy for every slip. */




/** Options that are no inputs of the action, or take no value though one of it is called so. */
const own = {
    event: { type: "string" },
    base: { type: "string" },
    explain: { type: "string" },
    graph: { type: "boolean" },
    json: { type: "boolean" },
    "dry-run": { type: "boolean" },
    debug: { type: "boolean" },
    help: { type: "boolean", short: "h" },
};
const secretNames = new Set(specification/* inputs */.Q.filter((input) => input.secret === true).map(({ name }) => name));
const inputNames = specification/* inputs */.Q
    .map(({ name }) => name)
    .filter((name) => name !== "command" && !secretNames.has(name));
const known = {
    ...Object.fromEntries(inputNames.map((name) => [name, { type: "string" }])),
    ...own,
};
/** Reads the words after the program's name. @throws UserError */
function readArguments(args) {
    try {
        const { values, positionals } = (0,external_node_util_.parseArgs)({
            args: [...args],
            options: known,
            allowPositionals: true,
            allowNegative: true,
        });
        const [command, ...more] = positionals;
        if (more.length > 0)
            throw new errors/* UserError */.yo(`"${more[0]}" is one word too many`, { hint: "write COMMAND [--option value …]" });
        return { command, options: { ...values } };
    }
    catch (error) {
        throw error instanceof errors/* UserError */.yo ? error : badOption(error);
    }
}
/** The value of an input; a secret one comes by the environment, since every process of the machine may read a command line. */
function inputValue(name, { command = "", options }, env) {
    if (name === "command")
        return command;
    // The option --ref is about the event to simulate.
    if (name === "ref")
        return "";
    if (secretNames.has(name))
        return env[variableOf(name)] ?? "";
    return String(options[name] ?? "");
}
function variableOf(name) {
    return `IMAGE_PUBLISH_${name.replaceAll("-", "_").toUpperCase()}`;
}
const list = "image-publish --help lists them";
/** Node says it in words of its own, that quote the option. */
function badOption(cause) {
    const [, option = "", name = ""] = /'(--?([\w-]+))/.exec((0,errors/* messageOf */.bD)(cause)) ?? [];
    if (option === "")
        return new errors/* UserError */.yo("the options can't be read", { hint: list, cause });
    if (secretNames.has(name)) {
        return new errors/* UserError */.yo(`the option ${option} would show a secret to everyone on this machine`, {
            hint: `set ${variableOf(name)} in the environment`,
            cause,
        });
    }
    if (option === `--${name}` && known[name]?.type === "string") {
        return new errors/* UserError */.yo(`the option ${option} needs a value`, {
            hint: `write ${option} VALUE, or ${option}=VALUE where the value begins with a dash`,
            cause,
        });
    }
    if (option === `--${name}` && known[name]?.type === "boolean") {
        return new errors/* UserError */.yo(`the option ${option} takes no value`, { hint: `write ${option} alone`, cause });
    }
    return new errors/* UserError */.yo(`there is no option "${option}"`, { hint: remedyFor(option, name), cause });
}
function remedyFor(option, name) {
    const denied = name.replace(/^no-/, "");
    if (denied !== name && inputNames.includes(denied))
        return `write --${denied} false`;
    const like = option.startsWith("--") ? (0,nearest/* nearest */.pA)(name, Object.keys(known)) : undefined;
    return like === undefined || like === denied ? list : `did you mean --${like}? ${list}`;
}

// EXTERNAL MODULE: ./src/commands/run-command.ts + 406 modules
var run_command = __webpack_require__(82628);
// EXTERNAL MODULE: ./src/commands/run-inputs.ts + 3 modules
var run_inputs = __webpack_require__(40425);
;// CONCATENATED MODULE: ./src/changes/checkout-facts.ts
/** What a simulated event needs to know of the checkout; nothing is asked from the network. */
async function readCheckoutFacts(git) {
    const [workspace, head, headRef, remoteHead, originUrl] = await Promise.all([
        git.root(),
        git.head(),
        git.symbolicRef("HEAD"),
        git.symbolicRef("refs/remotes/origin/HEAD"),
        git.originUrl(),
    ]);
    const branch = nameIn(headRef, "refs/heads/");
    const defaultBranch = nameIn(remoteHead, "refs/remotes/origin/") ?? (await usualDefault(git));
    const [defaultTip, pushed] = await Promise.all([
        defaultBranch === undefined ? undefined : tipOf(git, defaultBranch),
        branch === undefined ? undefined : git.resolve(`refs/remotes/origin/${branch}`),
    ]);
    return { workspace, head, branch, originUrl, defaultBranch, defaultTip, pushed };
}
/** `main` or `master`, whichever there is; a clone by hand may not know the remote's HEAD. */
async function usualDefault(git) {
    for (const name of ["main", "master"]) {
        if ((await tipOf(git, name)) !== undefined)
            return name;
    }
    return undefined;
}
async function tipOf(git, branch) {
    return (await git.resolve(`refs/remotes/origin/${branch}`)) ?? git.resolve(`refs/heads/${branch}`);
}
function nameIn(ref, folder) {
    return ref?.startsWith(folder) ? ref.slice(folder.length) : undefined;
}

// EXTERNAL MODULE: ./src/changes/git.ts + 2 modules
var changes_git = __webpack_require__(74446);
// EXTERNAL MODULE: ./src/context/run-context.ts
var run_context = __webpack_require__(53832);
;// CONCATENATED MODULE: ./src/context/origin-url.ts
/**
 * Takes a remote's address apart: a URL, or git's short form for ssh ("GIT URLS" in git-fetch(1)). `undefined` for a path
 * and for what has no owner. Of nested groups the last is the owner.
 */
function parseOrigin(address) {
    const { host, path } = splitAddress(address.trim()) ?? {};
    const segments = (path ?? "")
        .replace(/\/+$/, "")
        .replace(/\.git$/, "")
        .split("/")
        .filter((each) => each !== "");
    const [owner, repo] = segments.slice(-2);
    return host && owner && repo ? { serverUrl: `https://${host}`, owner, repo } : undefined;
}
function splitAddress(address) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) {
        if (!URL.canParse(address))
            return undefined;
        const { protocol, host, hostname, pathname } = new URL(address);
        // The port of ssh says nothing of the web server's.
        return protocol === "file:" ? undefined : { host: /^https?:$/.test(protocol) ? host : hostname, path: pathname };
    }
    const [, host, path] = /^(?:[^@/:]+@)?([^/:]+):(.+)$/.exec(address) ?? [];
    return host === undefined || path === undefined ? undefined : { host, path };
}

// EXTERNAL MODULE: ./src/context/read-context.ts + 2 modules
var read_context = __webpack_require__(37208);
;// CONCATENATED MODULE: ./src/context/simulate-context.ts
/** A context made on a laptop, from the checkout alone: what the event would be if it happened now. */





/**
 * The context that the event would have, were it for HEAD. @throws UserError for an event that can't be simulated, and where
 * neither the option nor the checkout tells the ref.
 */
function simulateContext(simulation) {
    const { checkout, event = "push", now, temp } = simulation;
    const origin = originOf(checkout);
    const ref = simulatedRef(event, simulation);
    return {
        trigger: simulatedTrigger(event, ref, simulation),
        eventName: event,
        ref,
        commit: checkout.head,
        ...origin,
        defaultBranch: checkout.defaultBranch,
        isPrivate: undefined,
        description: undefined,
        license: undefined,
        apiUrl: (0,read_context/* defaultApiUrl */.z)(origin.serverUrl),
        actor: undefined,
        runUrl: undefined,
        startedAt: now,
        workspace: checkout.workspace,
        temp,
    };
}
/** The number of a pull request that nobody opened. */
const unknownNumber = 0;
/** A repository that was never pushed anywhere gets a name by which it can be planned all the same. */
function originOf({ originUrl, workspace }) {
    const folder = workspace.split("/").filter(Boolean).at(-1) ?? "repository";
    return parseOrigin(originUrl ?? "") ?? { serverUrl: "https://github.com", owner: run_context/* unnamedOwner */.Uq, repo: folder };
}
function simulatedRef(event, { ref, checkout }) {
    const target = checkout.defaultBranch ?? "main";
    if (event === "pull_request_target")
        return (0,run_context/* gitRef */.GY)(`refs/heads/${target}`);
    if (ref?.startsWith("refs/"))
        return (0,run_context/* gitRef */.GY)(ref);
    if (event === "pull_request")
        return (0,run_context/* gitRef */.GY)(`refs/pull/${unknownNumber}/merge`);
    if (event === "merge_group")
        return (0,run_context/* gitRef */.GY)(`refs/heads/gh-readonly-queue/${target}/pr-${unknownNumber}-${checkout.head}`);
    if (event === "release") {
        if (ref !== undefined)
            return (0,run_context/* gitRef */.GY)(`refs/tags/${ref}`);
        throw new errors/* UserError */.yo("a release needs a tag", { hint: "name it with --ref v1.2.3" });
    }
    const branch = ref ?? checkout.branch ?? checkout.defaultBranch;
    if (branch !== undefined)
        return (0,run_context/* gitRef */.GY)(`refs/heads/${branch}`);
    throw new errors/* UserError */.yo("no branch is checked out, so that nothing tells which ref is meant", {
        hint: "name it with --ref refs/heads/main or --ref refs/tags/v1.2.3",
    });
}
function simulatedTrigger(event, ref, simulation) {
    switch (event) {
        case "push":
            return { kind: "push", before: beforeOf(ref, simulation), forced: false };
        case "schedule":
            return { kind: "schedule", cron: undefined };
        case "release":
            return { kind: "release", prerelease: false };
        case "workflow_dispatch":
        case "repository_dispatch":
        case "workflow_call":
        case "workflow_run":
            return { kind: "dispatch", eventName: event };
        case "pull_request":
        case "pull_request_target":
            return {
                kind: "pull-request",
                number: ref.kind === "pull" ? Number(ref.name) : unknownNumber,
                baseRef: simulation.checkout.defaultBranch ?? "main",
                baseCommit: targetOf(event, simulation),
                headCommit: simulation.checkout.head,
                fromFork: false,
                target: event === "pull_request_target",
            };
        case "merge_group":
            return {
                kind: "merge-group",
                baseCommit: targetOf(event, simulation),
                headCommit: simulation.checkout.head,
            };
        case "create":
            return { kind: "push", before: undefined, forced: false };
        default:
            throw unknownEvent(event);
    }
}
const events = [
    ...["push", "create", "pull_request", "pull_request_target", "merge_group", "schedule", "release"],
    ...["workflow_dispatch", "repository_dispatch", "workflow_call", "workflow_run"],
];
/** What people call events that have another name on GitHub. */
const otherNames = {
    branch: "--event push --ref refs/heads/NAME",
    tag: "--event push --ref refs/tags/v1.2.3",
    pr: "--event pull_request",
    cron: "--event schedule",
    manual: "--event workflow_dispatch",
    dispatch: "--event workflow_dispatch",
    merge_queue: "--event merge_group",
};
function unknownEvent(event) {
    const meant = Object.hasOwn(otherNames, event) ? otherNames[event] : undefined;
    return new errors/* UserError */.yo(`there is no event "${event}" that could be simulated`, {
        hint: meant === undefined ? `write one of ${events.join(", ")}${(0,nearest/* didYouMean */.au)(event, events)}` : `write ${meant}`,
    });
}
/** A push sends what the remote's branch lacks; a branch that the remote doesn't know is new. */
function beforeOf(ref, { base, checkout }) {
    if (base !== undefined || ref.kind !== "branch")
        return base;
    if (ref.name === checkout.branch)
        return checkout.pushed;
    return ref.name === checkout.defaultBranch ? checkout.defaultTip : undefined;
}
function targetOf(event, { base, checkout }) {
    const target = base ?? checkout.defaultTip;
    if (target !== undefined)
        return target;
    throw new errors/* UserError */.yo(`a ${event} event needs a commit to compare with, and the checkout knows no default branch`, {
        hint: "name it with --base, such as --base main",
    });
}

// EXTERNAL MODULE: ./src/commands/checked-out.ts + 1 modules
var checked_out = __webpack_require__(57153);
;// CONCATENATED MODULE: ./src/commands/simulated-context.ts
/** The context of an event that didn't happen, on a laptop. */







/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none, or none to build. */
async function simulatedContext({ event, base, ref, builds, temp, isRoot = false }, folder, outside) {
    const { processes, env, signal, clock, log } = outside;
    const git = (0,changes_git/* openGit */.z)({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
    const asked = { git, workspace: folder, asker: "command-line" };
    const checkout = await (0,checked_out/* readingCheckout */.rw)(asked, outside, async () => {
        await (isRoot ? (0,checked_out/* checkRoot */.d9)(asked, outside) : (0,checked_out/* checkWorktree */.Us)(asked));
        return readCheckoutFacts(git);
    });
    if ((await git.uncommitted()).length > 0) {
        const hint = "commit them to have them count";
        if (builds)
            throw new errors/* UserError */.yo("there are changes that are not committed, and images would name the last commit", { hint });
        const what = "files are compared as they were committed, while Dockerfiles and settings are read as they lie";
        log.warning(`there are changes that are not committed: ${what}`, hint);
    }
    if (checkout.originUrl === undefined) {
        const message = `there is no remote called origin, so that images go by the name local/${(0,external_node_path_.basename)(folder)}`;
        log.warning(message, "name the remote: git remote add origin URL; references to your own images are known by it");
    }
    const commit = base === undefined ? undefined : await git.resolve(base);
    if (base !== undefined && commit === undefined) {
        throw new errors/* UserError */.yo(`--base: there is no commit "${base}" here`, {
            hint: "name one that git knows, such as HEAD~1",
        });
    }
    const meant = ref === undefined ? undefined : await fullRef(ref, checkout.head, git);
    const context = simulateContext({ event, base: commit, ref: meant, checkout, now: clock.now(), temp });
    if (base !== undefined && !comparing.has(context.trigger.kind)) {
        log.notice(`--base means nothing for ${context.eventName}: it takes every image`);
    }
    return context;
}
/** Events that compare the checkout with another commit. */
const comparing = new Set(["push", "pull-request", "merge-group"]);
/**
 * A bare name is a tag's where git knows a tag and no branch of it, or where it is a version that no branch has. A commit has no
 * ref but the branch that is checked out. @throws UserError for a commit that is not
 */
async function fullRef(ref, head, git) {
    if (ref.startsWith("refs/"))
        return ref;
    const [branch, remoteBranch, tag] = await Promise.all([`refs/heads/${ref}`, `refs/remotes/origin/${ref}`, `refs/tags/${ref}`].map((each) => git.resolve(each)));
    if (branch !== undefined || remoteBranch !== undefined)
        return ref;
    if (tag !== undefined || /(?:^|[-/@])v?\d+\.\d/.test(ref))
        return `refs/tags/${ref}`;
    const id = ref.toLowerCase();
    if (!(0,run_context/* isCommit */.WM)(id))
        return ref;
    if (id === head)
        return undefined;
    throw new errors/* UserError */.yo(`--ref names the commit ${id.slice(0, 7)}, and ${head.slice(0, 7)} is checked out`, {
        hint: `check it out first: git checkout ${id}`,
    });
}

// EXTERNAL MODULE: ./src/commands/workdir.ts
var workdir = __webpack_require__(43078);
// EXTERNAL MODULE: ./src/main.ts + 24 modules
var main = __webpack_require__(17946);
;// CONCATENATED MODULE: ./src/cli.ts
/** The same commands on a laptop: `image-publish plan --event push --base HEAD~3`. Every input is an option. */











const usage = `Usage: image-publish COMMAND [--option value …]

Commands:
  plan      say what the event would do, and why; changes nothing
  publish   do it
  scan      look for vulnerabilities in what is published
  bump      move pins to what is published, by pull request; --dry-run shows the diff

What is asked about (the checkout in the current folder):
  --event NAME    push, pull_request, schedule, release, workflow_dispatch, … (push)
  --base COMMIT   compare with this commit: HEAD~3, main (what the remote has)
  --ref REF       act for this branch or tag: refs/tags/v1.2.3 (the branch here)

What is shown of a plan:
  --explain NAME  all of one image: from the changed line to its tags, and the rule of each
  --graph         how the images build on one another (by itself where small); --no-graph: never
  --json          the plan as JSON; with --explain, the explanation
  --debug         say more

Every input of the action is an option too: --images, --platforms, --only, --push false, …
Those that are secret come by the environment: IMAGE_PUBLISH_REGISTRY_PASSWORD,
IMAGE_PUBLISH_TOKEN, IMAGE_PUBLISH_SECRETS.
`;
/** Runs one command line, without the program's name. @returns the exit code. */
async function runCommandLine(args) {
    const debug = args.includes("--debug");
    const colour = process.stderr.isTTY === true && !process.env.NO_COLOR;
    const log = terminalLog({ write: (text) => process.stderr.write(text), colour, debug });
    return (0,main/* guarded */.Nj)(log, debug, async (signal) => {
        const given = readArguments(args);
        const { command, options } = given;
        if (command === undefined || options.help === true) {
            process.stdout.write(usage);
            return options.help === true ? 0 : 1;
        }
        const outside = (0,main/* systemOutside */.vc)(log, signal);
        const raw = (0,main/* rawInputs */.me)((name) => inputValue(name, given, process.env), log);
        const { inputs: read, problems } = (0,run_inputs/* readRunInputs */.h)(raw, outside.env);
        (0,errors/* throwProblems */.Jh)(problems);
        const here = process.cwd();
        const folder = await (0,workdir/* workdirIn */.q)(here, read.settings.workdir, outside.files);
        const temp = await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), "image-publish-"));
        const said = {
            event: cli_text(options.event),
            base: cli_text(options.base),
            ref: cli_text(options.ref),
            builds: command !== "plan",
            temp,
            isRoot: folder !== here,
        };
        try {
            const asked = { simulated: true, explain: cli_text(options.explain), graph: flag(options.graph) };
            const result = await (0,run_command.runCommand)(read, await simulatedContext(said, folder, outside), outside, asked);
            print(result, options.json === true);
            return (0,main/* sayFailures */.xZ)(result, log);
        }
        finally {
            await (0,promises_.rm)(temp, { recursive: true, force: true });
        }
    });
}
function print(result, asJson) {
    const { isTTY, columns } = process.stdout;
    const terminal = { colour: isTTY === true && !process.env.NO_COLOR, width: columns ?? 120 };
    process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : result.text(terminal));
}
function flag(value) {
    return typeof value === "boolean" ? value : undefined;
}
function cli_text(value) {
    return typeof value === "string" && value !== "" ? value : undefined;
}


/***/ })

};
