export const id = 236;
export const ids = [236];
export const modules = {

/***/ 35236:
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
        const { place, text } = (0,errors/* placedMessage */.ZF)(message, details?.at);
        const shown = place === undefined ? "" : `${paint(1, (0,log_text/* logLines */.O)(place).join(" "))}: `;
        const [first = "", ...rest] = (0,log_text/* logLines */.O)(hide(text));
        write(`${paint(code, `${word}:`)} ${shown}${first}\n`);
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
// EXTERNAL MODULE: ./src/config/inputs-specification.ts
var inputs_specification = __webpack_require__(73445);
// EXTERNAL MODULE: ./src/lib/nearest.ts
var nearest = __webpack_require__(72269);
;// CONCATENATED MODULE: ./src/command-line.ts
/** What stands on a command line: a command and options, with a remedy for every slip. */




/** Options that are no inputs of the action, or take no value though one of it is called so. */
const own = {
    event: { type: "string" },
    base: { type: "string" },
    workflow: { type: "string" },
    explain: { type: "string" },
    graph: { type: "boolean" },
    json: { type: "boolean" },
    "dry-run": { type: "boolean" },
    debug: { type: "boolean" },
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "V" },
};
const secretNames = new Set(inputs_specification/* inputs */.Q.filter((input) => input.secret === true).map(({ name }) => name));
const inputNames = inputs_specification/* inputs */.Q
    .map(({ name }) => name)
    .filter((name) => name !== "command" && !secretNames.has(name));
const known = {
    ...Object.fromEntries(inputNames.map((name) => [name, { type: "string" }])),
    ...own,
};
/** Reads the words after the program's name. @throws UserError */
function readArguments(args) {
    for (const arg of args)
        if (arg !== "--")
            refuseDashes(arg);
    const { values, positionals } = parsed(args);
    const [command, ...more] = positionals;
    const asksForHelp = command === "help" || values.help === true;
    if (more[0] !== undefined && !asksForHelp)
        throw wordTooMany(more[0], args);
    if (command !== undefined && !asksForHelp && command !== "version")
        checkCommand(command);
    return {
        command: command === "help" || command === "version" ? undefined : command,
        options: {
            ...values,
            ...(command === "help" ? { help: true } : {}),
            ...(command === "version" ? { version: true } : {}),
        },
    };
}
function parsed(args) {
    try {
        const { values, positionals } = (0,external_node_util_.parseArgs)({
            args: [...args],
            options: known,
            allowPositionals: true,
            allowNegative: true,
        });
        return { values: { ...values }, positionals };
    }
    catch (error) {
        throw badOption(error);
    }
}
const commandWords = inputs_specification/* inputs */.Q.find(({ name }) => name === "command");
const commands = commandWords?.served ?? [];
/** An input of that name would refuse it as well, in words that a workflow has. */
function checkCommand(command) {
    if (commands.includes(command))
        return;
    const like = (0,nearest/* nearest */.pA)(command, [...commands, "help", "version"]);
    const isPlanned = commandWords?.words?.includes(command) === true;
    const what = isPlanned ? `the command "${command}" isn't supported yet` : `there is no command "${command}"`;
    const hint = `the commands are ${commands.join(", ")}; ${list}`;
    throw new errors/* UserError */.yo(what, { hint: like === undefined || isPlanned ? hint : `did you mean ${like}? ${list}` });
}
/** What editors and pages make of two dashes, and one dash before a word. */
function refuseDashes(arg) {
    const [, dash, name = ""] = /^([\u2010-\u2015\u2212]+-?|-(?=[a-z]{2}))([a-z][\w-]*)/i.exec(arg) ?? [];
    if (dash === undefined)
        return;
    const option = `${dash}${name}`;
    throw new errors/* UserError */.yo(`there is no option "${option}"`, { hint: remedyFor(`--${name}`, name, `write --${name}`) });
}
function wordTooMany(word, args) {
    const before = args[args.indexOf(word) - 1] ?? "";
    const isFlag = known[before.slice(2)]?.type === "boolean" && before.startsWith("--");
    return new errors/* UserError */.yo(`"${word}" is one word too many`, {
        hint: isFlag ? `${before} takes no value: write ${before} alone` : "write COMMAND [--option value …]",
    });
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
/** Node's own text says things of positional arguments that are of no use here: only the option is taken from it. */
function badOption(cause) {
    const [, option = "", name = ""] = /'(--?([\w-]+))/.exec((0,errors/* messageOf */.bD)(cause)) ?? [];
    if (option === "")
        return new errors/* UserError */.yo("the options can't be read", { hint: list });
    if (secretNames.has(name)) {
        return new errors/* UserError */.yo(`the option ${option} would show a secret to everyone on this machine`, {
            hint: `set ${variableOf(name)} in the environment`,
        });
    }
    if (option === `--${name}` && known[name]?.type === "string") {
        return new errors/* UserError */.yo(`the option ${option} needs a value`, {
            hint: `write ${option} VALUE, or ${option}=VALUE where the value begins with a dash`,
        });
    }
    if (option === `--${name}` && known[name]?.type === "boolean") {
        return new errors/* UserError */.yo(`the option ${option} takes no value`, { hint: `write ${option} alone` });
    }
    return new errors/* UserError */.yo(`there is no option "${option}"`, { hint: remedyFor(option, name) });
}
/** @param otherwise what to write where the option is known. */
function remedyFor(option, name, otherwise = list) {
    if (Object.hasOwn(known, name))
        return otherwise;
    if (commands.includes(name))
        return `write image-publish ${name}, without dashes`;
    const denied = name.replace(/^no-/, "");
    if (denied !== name && inputNames.includes(denied))
        return `write --${denied} false`;
    const like = option.startsWith("--") ? (0,nearest/* nearest */.pA)(name, Object.keys(known)) : undefined;
    return like === undefined || like === denied ? list : `did you mean --${like}? ${list}`;
}

// EXTERNAL MODULE: ./src/commands/run-command.ts + 428 modules
var run_command = __webpack_require__(61212);
// EXTERNAL MODULE: ./src/main.ts + 25 modules
var main = __webpack_require__(36913);
// EXTERNAL MODULE: ./src/run/checkout/workdir.ts
var workdir = __webpack_require__(46118);
// EXTERNAL MODULE: ./src/model/run-context.ts
var run_context = __webpack_require__(74882);
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

;// CONCATENATED MODULE: ./src/git/checkout/checkout-facts.ts
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

// EXTERNAL MODULE: ./src/git/git.ts + 2 modules
var git_git = __webpack_require__(78525);
// EXTERNAL MODULE: ./src/lib/plain-text.ts
var plain_text = __webpack_require__(5571);
;// CONCATENATED MODULE: ./src/tags/versions/reads-as-release.ts
/** Whether a name reads as the git tag of a release, to somebody who knows of no branch and no git tag of that name. */
/** `v1`, `v1.2.3-rc.1`, `1.2.3`, `1.0rc1`, `2026-11-30`, `7`. */
const version = /^(?:v\d+(?:\.\d+)*(?:[-+._].*)?|\d+(?:\.\d+)+.*|\d{4}-\d{2}(?:-\d{2})?|\d+)$/i;
/** `app-v1.2.3`, `app/v1`, `app-1.2.3`, `app-1`, `release/1.2`. A number alone behind a slash is rather an issue's. */
const versionOfName = /^[a-z].*(?:[-/](?:v\d+(?:\.\d+)*(?:[-+._].*)?|\d+\.\d.*)|-\d+)$/i;
/** `app@1.2.3`, `app@latest`. */
const ofName = /^[a-z][^@]*@/i;
function readsAsRelease(name) {
    return [version, versionOfName, ofName].some((form) => form.test(name));
}

// EXTERNAL MODULE: ./src/run/checkout/checked-out.ts + 1 modules
var checked_out = __webpack_require__(73485);
;// CONCATENATED MODULE: ./src/run/event/simulated-context.ts
/** The context of an event that didn't happen, on a laptop. */










/** The context that the event would have in the checkout around `folder`. @throws UserError where there is none, or none to build. */
async function simulatedContext({ event, base, ref, builds, temp, start }, folder, outside) {
    const { processes, env, signal, clock, log } = outside;
    const git = (0,git_git/* openGit */.z)({ processes, workspace: folder, env, serverUrl: "https://github.com", token: undefined, signal });
    const asked = { git, workspace: folder, asker: "command-line", ...(start !== undefined && { start }) };
    const checkout = await (0,checked_out/* readingCheckout */.rw)(asked, outside, async () => {
        await (start !== undefined ? (0,checked_out/* checkRoot */.d9)(asked, outside) : (0,checked_out/* checkWorktree */.Us)(asked));
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
    if (base !== undefined && commit === undefined)
        throw await unknownBase(base, git);
    const meant = ref === undefined ? undefined : await fullRef(ref, checkout.head, git);
    const context = simulateContext({ event, base: commit, ref: meant?.ref, checkout, now: clock.now(), temp });
    if (ref !== undefined && meant?.isGuess === true && meant.ref !== undefined && isGuessed(context))
        log.notice((0,plain_text/* plainLine */.h0)(guessed(ref, context.ref.full)));
    await checkCompared(context, git);
    if (base !== undefined && !comparing.has(context.trigger.kind)) {
        log.notice(`--base means nothing for ${context.eventName}: it takes every image`);
    }
    return context;
}
/** Of a release the ref is always a git tag; pull requests and merge groups have refs of their own. */
function isGuessed({ trigger: { kind } }) {
    return kind === "push" || kind === "schedule" || kind === "dispatch";
}
/** @throws UserError for a pull request or merge group that would bring nothing. */
async function checkCompared({ trigger, eventName, commit }, git) {
    if (trigger.kind !== "pull-request" && trigger.kind !== "merge-group")
        return;
    const { baseCommit } = trigger;
    const isItself = baseCommit === commit;
    if (!isItself && (await git.isAncestor(commit, baseCommit)) !== "yes")
        return;
    const [at, base] = [commit.slice(0, 7), baseCommit.slice(0, 7)];
    const what = isItself ? `${at} would be compared with itself` : `${base}, the base, has all of ${at} already`;
    throw new errors/* UserError */.yo(`a ${eventName} event would bring nothing: ${what}`, {
        hint: "name the base with --base, such as --base HEAD~1, or check out the branch that it is about",
    });
}
async function unknownBase(base, git) {
    const what = `--base: there is no commit "${base}" here`;
    const [isShallow, names, parent] = await Promise.all([git.isShallow(), git.refNames(), git.resolve("HEAD~1")]);
    const [, name = "", above = ""] = /^([^~^:@]*)(.*)$/s.exec(base) ?? [];
    const like = (0,nearest/* nearest */.pA)(name, [...names, "HEAD"]);
    if (like !== undefined && like !== name)
        return new errors/* UserError */.yo(what, { hint: `did you mean "${like}${above}"?` });
    if (isShallow) {
        const hint = "fetch its history first: git fetch --unshallow, or `fetch-depth: 0` at actions/checkout";
        return new errors/* UserError */.yo(`${what}, as this clone is shallow`, { hint });
    }
    if (above !== "") {
        return new errors/* UserError */.yo(what, { hint: "the history ends before it: name a commit that git log shows" });
    }
    const example = parent === undefined ? "" : ", such as HEAD~1";
    return new errors/* UserError */.yo(what, { hint: `name a branch, a tag or a commit that git knows${example}` });
}
/** Events that compare the checkout with another commit. */
const comparing = new Set(["push", "pull-request", "merge-group"]);
/**
 * A bare name is a tag's where git knows a tag and no branch of it, or where neither is there and it reads as a release. A commit
 * has no ref but the branch that is checked out. @throws UserError for a commit that is not, and for a short id
 */
async function fullRef(ref, head, git) {
    if (ref.startsWith("refs/"))
        return { ref, isGuess: false };
    if (noRefName.test(ref))
        throw shortId(ref, "");
    const [branch, remoteBranch, tag] = await Promise.all([`refs/heads/${ref}`, `refs/remotes/origin/${ref}`, `refs/tags/${ref}`].map((each) => git.resolve(each)));
    if (branch !== undefined || remoteBranch !== undefined)
        return { ref, isGuess: false };
    const asTag = `refs/tags/${ref}`;
    if (tag !== undefined)
        return { ref: asTag, isGuess: false };
    const id = ref.toLowerCase();
    if (id === head || ref === "HEAD")
        return { ref: undefined, isGuess: false };
    if ((0,run_context/* isCommit */.WM)(id))
        throw notCheckedOut(id, head);
    const named = shortIdForm.test(ref) ? await git.resolve(ref) : undefined;
    if (named !== undefined)
        throw shortId(ref, named === head ? ", or leave --ref out: it is checked out" : "");
    if (readsAsRelease(ref))
        return { ref: asTag, isGuess: !wholeVersion.test(ref) };
    if (likeShortId.test(ref))
        throw shortId(ref, "");
    return { ref, isGuess: true };
}
/** In no name of a ref, and in git's ways to name a commit: `HEAD~1`, `main@{1}`. */
const noRefName = /[~^:?*[\\\s]|\.\.|@\{/;
/** `v1.2.3` is the name of a git tag to everybody. */
const wholeVersion = /^v?\d+\.\d+\.\d+(?:[-+].*)?$/;
const shortIdForm = /^[\da-f]{4,63}$/i;
/** As git writes them without being asked for a length. */
const likeShortId = /^[\da-f]{7,63}$/i;
function notCheckedOut(id, head) {
    return new errors/* UserError */.yo(`--ref names the commit ${id.slice(0, 7)}, and ${head.slice(0, 7)} is checked out`, {
        hint: `check it out first: git checkout ${id}`,
    });
}
function shortId(ref, more) {
    return new errors/* UserError */.yo(`--ref names "${ref}", which is no branch and no git tag here, and no whole commit id`, {
        hint: `write a branch, a git tag, or all digits of the commit that is checked out${more}; for a branch or git tag that isn't here, write refs/heads/${ref} or refs/tags/${ref}`,
    });
}
/** A plan must not leave it open what a name was taken for that nothing here has. */
function guessed(name, ref) {
    const [is, other, full] = ref.startsWith("refs/tags/")
        ? ["git tag", "branch", `refs/heads/${name}`]
        : ["branch", "git tag", `refs/tags/${name}`];
    return `--ref: no branch and no git tag here is called ${name}, so that it is taken for a ${is}; for the ${other}, write --ref ${full}`;
}

// EXTERNAL MODULE: ./src/config/yaml-tree.ts + 1 modules
var yaml_tree = __webpack_require__(32513);
;// CONCATENATED MODULE: ./src/workflow/find-step.ts

/** @param isOurs whether the action of a `uses` is this one. @throws UserError where no step uses it, or several do. */
function findStep(tree, file, isOurs) {
    const top = entriesOf(tree);
    const found = entriesOf(under(top, "jobs")).flatMap(({ key: job, value }) => {
        const inJob = entriesOf(value);
        const steps = under(inJob, "steps");
        return (steps?.kind === "list" ? steps.items : []).flatMap((item) => {
            const step = entriesOf(item);
            const uses = under(step, "uses");
            if (uses?.kind !== "scalar" || !isOurs(uses.text.trim()))
                return [];
            const env = [top, inJob, step].flatMap((each) => entriesOf(under(each, "env")));
            return [{ job, at: uses.at, inputs: entriesOf(under(step, "with")), env }];
        });
    });
    const [first, ...more] = found;
    if (first === undefined) {
        throw new errors/* UserError */.yo(`no step of ${file} uses this action`, {
            hint: "name the workflow that has a step with `uses: …/image-publish@…`",
            at: { file },
        });
    }
    if (more.length === 0)
        return first;
    const places = found.map(({ at, job }) => `${(0,errors/* formatLocation */.j$)({ file: at.file, ...(at.line && { line: at.line }) })} (${job})`);
    throw new errors/* UserError */.yo(`${found.length} steps use this action, and one is expected: ${places.join(", ")}`, {
        hint: "give the inputs of the one that is meant as options, without --workflow",
        at: first.at,
    });
}
/** The entries of a map; none of anything else. */
function entriesOf(tree) {
    return tree?.kind === "map" ? tree.entries : [];
}
/** What a key has; `undefined` where it is not there. */
function under(entries, key) {
    return entries.find((each) => each.key === key)?.value;
}

;// CONCATENATED MODULE: ./src/workflow/value.ts
/** Values of expressions, and how GitHub converts and compares them. */
/** Where something is not known before the workflow runs; in a map under `others`: every key that it doesn't name. */
const unknown = Symbol("unknown");
const others = Symbol("others");
function isMap(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
/** What a key of a map, or an index of a list, has: keys are compared without regard to case. */
function propertyOf(value, key) {
    if (Array.isArray(value))
        return value[toNumber(key)] ?? null;
    if (!isMap(value))
        return null;
    const wanted = toText(key).toLowerCase();
    const found = Object.keys(value).find((each) => each.toLowerCase() === wanted);
    return found === undefined ? (value[others] ?? null) : (value[found] ?? null);
}
function isTruthy(value) {
    return value !== false && value !== 0 && !Number.isNaN(value) && value !== "" && value !== null;
}
function toText(value) {
    if (value === null)
        return "";
    if (typeof value === "object")
        return Array.isArray(value) ? "Array" : "Object";
    return String(value);
}
function toNumber(value) {
    if (typeof value === "number")
        return value;
    if (value === null || value === false)
        return 0;
    if (value === true)
        return 1;
    return typeof value === "string" ? Number(value.trim()) : Number.NaN;
}
function isEqual(a, b) {
    if (typeof a === "string" && typeof b === "string")
        return a.toLowerCase() === b.toLowerCase();
    if (typeof a === "object" && a !== null && a === b)
        return true;
    if (a === null && b === null)
        return true;
    return toNumber(a) === toNumber(b);
}
function isLess(a, b) {
    if (typeof a === "string" && typeof b === "string")
        return a.toLowerCase() < b.toLowerCase();
    return toNumber(a) < toNumber(b);
}

;// CONCATENATED MODULE: ./src/workflow/contexts.ts

/** The `github` context; what a checkout doesn't show of an event is unknown. */
function githubContext(facts, job, inputs) {
    const { trigger, eventName, ref, commit, owner, repo, serverUrl, apiUrl, workspace } = facts;
    const pull = trigger.kind === "pull-request" ? trigger : undefined;
    return {
        [others]: unknown,
        event_name: eventName,
        event: payload(facts, inputs),
        ref: ref.full,
        ref_name: ref.kind === "pull" ? ref.full.replace(/^refs\/pull\//, "") : ref.name,
        ref_type: ref.kind === "tag" ? "tag" : "branch",
        sha: commit,
        repository: `${owner}/${repo}`,
        repository_owner: owner,
        base_ref: pull?.baseRef ?? "",
        head_ref: pull === undefined ? "" : unknown,
        server_url: serverUrl,
        api_url: apiUrl,
        workspace,
        job,
    };
}
function payload({ trigger, ref, commit, owner, repo, defaultBranch }, inputs) {
    const repository = {
        [others]: unknown,
        name: repo,
        full_name: `${owner}/${repo}`,
        default_branch: defaultBranch ?? unknown,
        owner: { [others]: unknown, login: owner },
    };
    const pull = trigger.kind === "pull-request" ? trigger : undefined;
    // These are in the payloads of some events alone: elsewhere they are empty, and not unknown.
    const elsewhere = Object.fromEntries(ofSomeEvents.map((key) => [key, null]));
    const own = trigger.kind === "push"
        ? {
            ref: ref.full,
            before: trigger.before ?? "0".repeat(40),
            after: commit,
            forced: trigger.forced,
            deleted: false,
            head_commit: { [others]: unknown, id: commit },
            commits: unknown,
            created: trigger.before === undefined,
            base_ref: unknown,
        }
        : trigger.kind === "release"
            ? {
                action: unknown,
                release: { [others]: unknown, tag_name: ref.name, prerelease: trigger.prerelease, draft: false },
            }
            : pull !== undefined
                ? {
                    action: unknown,
                    number: pull.number,
                    pull_request: {
                        [others]: unknown,
                        number: pull.number,
                        base: { [others]: unknown, ref: pull.baseRef, sha: pull.baseCommit },
                        head: { [others]: unknown, sha: pull.headCommit },
                    },
                }
                : trigger.kind === "merge-group"
                    ? { merge_group: { [others]: unknown, base_sha: trigger.baseCommit, head_sha: trigger.headCommit } }
                    : trigger.kind === "schedule"
                        ? { schedule: trigger.cron ?? unknown }
                        : { ref: ref.full, inputs };
    return { [others]: unknown, ...elsewhere, repository, ...own };
}
const ofSomeEvents = [
    "before",
    "after",
    "forced",
    "created",
    "deleted",
    "head_commit",
    "commits",
    "release",
    "pull_request",
    "merge_group",
    "schedule",
    "inputs",
    "number",
    "issue",
    "comment",
    "workflow_run",
    "client_payload",
];
/** Contexts that are filled by secrets, settings of the forge, and what runs before. */
const unknownContexts = Object.fromEntries(["secrets", "vars", "steps", "needs", "matrix", "strategy", "runner", "job", "jobs"].map((name) => [
    name,
    { [others]: unknown },
]));

;// CONCATENATED MODULE: ./src/workflow/functions.ts
/** GitHub's functions in expressions. */

/** `unknown` where it depends on the run; `undefined`: there is no such function. */
function callFunction(name, given) {
    const [first = null, second = null] = given;
    const pieces = given.slice(1);
    const [text, part] = [toText(first).toLowerCase(), toText(second).toLowerCase()];
    switch (name.toLowerCase()) {
        case "contains":
            return Array.isArray(first)
                ? first.some((each) => isEqual(each, second))
                : text.includes(part);
        case "startswith":
            return text.startsWith(part);
        case "endswith":
            return text.endsWith(part);
        case "format":
            return toText(first).replace(/\{\{|\}\}|\{(\d+)\}/g, (found, index) => index === undefined ? found.slice(1) : toText(pieces[Number(index)] ?? null));
        case "join":
            return Array.isArray(first)
                ? first.map(toText).join(given.length > 1 ? toText(second) : ",")
                : toText(first);
        case "tojson":
            return hasUnknown(first) ? unknown : JSON.stringify(first, undefined, 2);
        case "fromjson":
            return functions_parsed(toText(first));
        case "success":
        case "always":
            return true;
        case "failure":
        case "cancelled":
            return false;
        case "hashfiles":
            return unknown;
        default:
            return undefined;
    }
}
function functions_parsed(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function hasUnknown(value) {
    if (typeof value !== "object" || value === null)
        return value === unknown;
    return Object.getOwnPropertySymbols(value).length > 0 || Object.values(value).some(hasUnknown);
}

;// CONCATENATED MODULE: ./src/workflow/expression.ts
/** GitHub's expressions: `${{ github.ref_name == 'main' && 'true' || 'false' }}`. Pure. */



/** @throws UserError for an expression that can't be read. */
function evaluate(text, contexts) {
    const names = [];
    let filled = "";
    let at = 0;
    for (let start = text.indexOf("${{"); start >= 0; start = text.indexOf("${{", at)) {
        const end = endOf(text, start + 3);
        if (end === undefined)
            break;
        filled += text.slice(at, start);
        at = end + 2;
        try {
            filled += toText(evaluated(text.slice(start + 3, end), contexts));
        }
        catch (error) {
            if (!(error instanceof UnknownName))
                throw error;
            names.push(error.message);
        }
    }
    return names.length === 0 ? { kind: "known", text: filled + text.slice(at) } : { kind: "unknown", names };
}
/** Where the braces that close an expression are: none in a string does. */
function endOf(text, start) {
    const sign = /'|\}\}/g;
    sign.lastIndex = start;
    for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
        if (found[0] !== "'")
            return found.index;
        const close = text.indexOf("'", found.index + 1);
        if (close < 0)
            return undefined;
        sign.lastIndex = close + 1;
    }
    return undefined;
}
/** A part of an expression is not known: `secrets.TOKEN`. */
class UnknownName extends Error {
}
const token = /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>-?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))|(?<name>[a-z_][\w-]*)|(?<sign>&&|\|\||[=!<>]=|[<>!()[\].,*]))/iy;
function tokensOf(text) {
    const tokens = [];
    token.lastIndex = 0;
    while (text.slice(token.lastIndex).trim() !== "") {
        const found = token.exec(text);
        if (found === null)
            throw unreadable(text);
        const [kind = "", written = ""] = Object.entries(found.groups ?? {}).find(([, each]) => each !== undefined) ?? [];
        tokens.push({ kind: kind, text: written });
    }
    return tokens;
}
/** Reads an expression, by one function for each rank of its signs, and evaluates it. */
function evaluated(text, contexts) {
    const tokens = tokensOf(text);
    let at = 0;
    function take(...signs) {
        const { kind, text } = tokens[at] ?? end;
        if (kind !== "sign" || !signs.includes(text))
            return undefined;
        at += 1;
        return text;
    }
    function expect(sign) {
        if (take(sign) === undefined)
            throw unreadable(text);
    }
    function either() {
        let left = both();
        while (take("||")) {
            const [first, second] = [left, both()];
            left = () => {
                const value = first();
                return isTruthy(value) ? value : second();
            };
        }
        return left;
    }
    function both() {
        let left = equal();
        while (take("&&")) {
            const [first, second] = [left, equal()];
            left = () => {
                const value = first();
                return isTruthy(value) ? second() : value;
            };
        }
        return left;
    }
    function equal() {
        let left = compared();
        for (let sign = take("==", "!="); sign !== undefined; sign = take("==", "!=")) {
            const [first, second, wanted] = [left, compared(), sign === "=="];
            left = () => isEqual(first(), second()) === wanted;
        }
        return left;
    }
    function compared() {
        let left = negated();
        for (let sign = take("<", "<=", ">", ">="); sign !== undefined; sign = take("<", "<=", ">", ">=")) {
            const [first, second, how] = [left, negated(), sign];
            left = () => {
                const [a, b] = how.startsWith("<") ? [first(), second()] : [second(), first()];
                return isLess(a, b) || (how.endsWith("=") && isEqual(a, b));
            };
        }
        return left;
    }
    function negated() {
        if (take("!") === undefined)
            return selected();
        const inner = negated();
        return () => !isTruthy(inner());
    }
    /** A value, and what is chosen of it by `.name` and `[index]`. */
    function selected() {
        let { part, name } = single();
        for (;;) {
            if (take(".")) {
                const { kind, text: key } = tokens[at++] ?? end;
                if (kind !== "name" && key !== "*")
                    throw unreadable(text);
                const [owner, before, path] = [part, name, `${name}.${key}`];
                part = () => {
                    const value = ownerValue(owner, before, path);
                    return expression_known(key === "*" ? unknown : propertyOf(value, key), path);
                };
                name = path;
            }
            else if (take("[")) {
                const index = take("*") ? () => unknown : either();
                expect("]");
                const [owner, path] = [part, `${name}[…]`];
                part = () => expression_known(index() === unknown ? unknown : propertyOf(owner(), index()), path);
                name = path;
            }
            else
                return part;
        }
    }
    function single() {
        const { kind, text: word } = tokens[at++] ?? end;
        if (kind === "text")
            return literal(word.slice(1, -1).replaceAll("''", "'"));
        if (kind === "number")
            return literal(Number(word));
        if (kind === "sign" && word === "(") {
            const part = either();
            expect(")");
            return { part, name: "(…)" };
        }
        if (kind !== "name")
            throw unreadable(text);
        if (take("("))
            return call(word);
        const lower = word.toLowerCase();
        if (constants.has(lower))
            return literal(constants.get(lower) ?? null);
        if (!Object.hasOwn(contexts, lower))
            throw unreadable(text);
        return { part: () => expression_known(contexts[lower] ?? null, word), name: word };
    }
    function call(name) {
        const given = [];
        while (take(")") === undefined) {
            if (given.length > 0)
                expect(",");
            given.push(either());
        }
        const shown = `${name}()`;
        return {
            name: shown,
            part: () => {
                const values = given.map((each) => each());
                const found = callFunction(name, values);
                if (found === undefined)
                    throw unreadable(text);
                return expression_known(found, shown);
            },
        };
    }
    const part = either();
    if (at < tokens.length)
        throw unreadable(text);
    return part();
}
/** What is unknown as a whole is so by the name of the part that is asked for. */
function ownerValue(owner, name, path) {
    try {
        return owner();
    }
    catch (error) {
        throw error instanceof UnknownName && error.message === name ? new UnknownName(path) : error;
    }
}
const constants = new Map([
    ["true", true],
    ["false", false],
    ["null", null],
]);
const end = { kind: "end", text: "" };
function literal(value) {
    return { part: () => value, name: toText(value) };
}
function expression_known(value, name) {
    if (value === unknown)
        throw new UnknownName(name);
    return value;
}
function unreadable(text) {
    return new errors/* UserError */.yo(`the expression "${text.trim()}" can't be read`, {
        hint: "write it as GitHub's documentation of expressions has it",
    });
}

;// CONCATENATED MODULE: ./src/workflow/workflow-inputs.ts

/** Those of `workflow_dispatch` are empty for another event, if that starts the workflow too. */
function workflowInputs(tree, event) {
    const on = under(entriesOf(tree), "on");
    const events = on?.kind === "list" ? on.items : on?.kind === "scalar" ? [on] : [];
    const names = [
        ...entriesOf(on).map(({ key }) => key),
        ...events.flatMap((each) => ("text" in each ? each.text : [])),
    ];
    const of = (name) => Object.fromEntries(inputsUnder(under(entriesOf(on), name)));
    const isDispatched = event === "workflow_dispatch" || !names.includes(event);
    return { ...of("workflow_call"), ...(isDispatched ? of("workflow_dispatch") : {}) };
}
function inputsUnder(event) {
    return entriesOf(under(entriesOf(event), "inputs")).map(({ key, value }) => [key, defaultOf(value)]);
}
function defaultOf(input) {
    const entries = entriesOf(input);
    const [given, type, options] = ["default", "type", "options"].map((key) => under(entries, key));
    const kind = type?.kind === "scalar" ? type.text : "string";
    if (given?.kind === "scalar" && given.value !== null) {
        if (kind === "boolean")
            return given.text.toLowerCase() === "true";
        return kind === "number" ? Number(given.text) : given.text;
    }
    const first = options?.kind === "list" ? options.items[0] : undefined;
    if (kind === "choice" && first?.kind === "scalar")
        return first.text;
    return kind === "boolean" ? false : kind === "number" ? 0 : "";
}

;// CONCATENATED MODULE: ./src/workflow/step-inputs.ts






/** @param known the action's inputs. */
function stepInputs(tree, step, facts, known) {
    const own = workflowInputs(tree, facts.eventName);
    const contexts = { ...unknownContexts, github: githubContext(facts, step.job, own), inputs: own };
    const withEnv = { ...contexts, env: envOf(step.env, contexts) };
    const all = step.inputs.map((entry) => stepInput(entry, withEnv, known));
    return {
        inputs: all.flatMap(({ inputs }) => inputs),
        warnings: all.flatMap(({ warnings }) => warnings),
        problems: all.flatMap(({ problems }) => problems),
    };
}
const none = { inputs: [], warnings: [], problems: [] };
function stepInput({ key, at, value }, contexts, known) {
    const name = key.toLowerCase();
    const input = known.find((each) => each.name === name);
    if (input === undefined) {
        const like = (0,nearest/* nearest */.pA)(name, known.map((each) => each.name));
        const hint = like === undefined ? "remove it: it has no effect" : `did you mean "${like}"?`;
        return { ...none, warnings: [{ message: `this action has no input "${key}"`, hint, at }] };
    }
    if (value.kind !== "scalar") {
        const problem = new errors/* UserError */.yo(`the input "${name}" isn't a text`, { hint: "write lines below |", at });
        return { ...none, problems: [problem] };
    }
    try {
        const found = evaluate(value.value === null ? "" : value.text, contexts);
        if (found.kind === "known") {
            return { ...none, inputs: [{ name, text: found.text, at: value.at, columns: value.columns }] };
        }
        const message = `the input "${name}" has its default here, as its value is not known: ${found.names.join(", ")}`;
        const hint = input.secret === true
            ? "a plan needs no secrets, so that nothing needs to be done"
            : `give it as an option if it matters: --${name} VALUE`;
        return { ...none, warnings: [{ message, hint, at: value.at }] };
    }
    catch (error) {
        if (!(error instanceof errors/* UserError */.yo))
            throw error;
        const message = `the input "${name}": ${error.message}`;
        return { ...none, problems: [new errors/* UserError */.yo(message, { hint: error.hint, at: value.at })] };
    }
}
/** Variables may be made of the contexts, and not of one another. Those of the runner are unknown. */
function envOf(entries, contexts) {
    const all = entries.map(({ key, value }) => {
        if (value.kind !== "scalar")
            return [key, unknown];
        try {
            const found = evaluate(value.value === null ? "" : value.text, contexts);
            return [key, found.kind === "known" ? found.text : unknown];
        }
        catch (error) {
            if (error instanceof errors/* UserError */.yo)
                return [key, unknown];
            throw error;
        }
    });
    return { [others]: unknown, ...Object.fromEntries(all) };
}
/** The place of a line of an input's value. */
function placeOfLine({ at, columns }, line) {
    const column = columns?.[line - 1];
    if (columns === undefined || at.line === undefined)
        return at;
    return { file: at.file, line: at.line + line, ...(column === undefined ? {} : { column }) };
}

;// CONCATENATED MODULE: ./src/run/event/workflow-step.ts
/** The option `--workflow`: the inputs of the step of a workflow that uses this action, at a command line. */








const folders = [".github/workflows", ".forgejo/workflows", ".gitea/workflows"];
/** @param given a path from `folder`, or the name of a workflow of the repository. @throws UserError, or `Problems` */
async function readWorkflowStep(given, folder, files) {
    const paths = [given, ...(given.includes("/") ? [] : folders.map((each) => `${each}/${given}`))].map((path) => external_node_path_.posix.normalize(path));
    const contents = await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path, folder, files) })));
    const found = contents.find(({ bytes }) => bytes !== undefined);
    if (found === undefined)
        throw await noWorkflow(given, folder, files);
    const { tree, problems } = await (0,yaml_tree/* parseTree */.c)(new TextDecoder().decode(found.bytes), found.path);
    (0,errors/* throwProblems */.Jh)(problems);
    if (tree === undefined) {
        throw new errors/* UserError */.yo(`${found.path} is empty`, {
            hint: "name a workflow with a step of this action",
            at: { file: found.path },
        });
    }
    const own = await isActionItself(folder, files);
    return { tree, step: findStep(tree, found.path, (uses) => isOwnAction(uses, own)) };
}
/** What the command line decides: the checkout is where it is run. */
const decidedHere = new Set(["command", "dry-run", "ref", "workdir"]);
/** Reports what is not known. @throws UserError where there is no checkout. */
async function inputsOfStep({ tree, step }, event, folder, outside) {
    // The same is said of the checkout once more when the command runs.
    const quiet = { ...outside, log: { ...outside.log, warning() { }, notice() { } } };
    const context = await simulatedContext(event, folder, quiet);
    const { inputs, warnings, problems } = stepInputs(tree, step, context, inputs_specification/* inputs */.Q);
    for (const { message, hint, at } of warnings)
        outside.log.warning(message, hint, { at });
    const textOf = (name) => inputs.find((each) => each.name === name)?.text;
    return {
        inputs,
        value: (name) => (decidedHere.has(name) ? undefined : textOf(name)),
        ref: textOf("ref") || undefined,
        problems,
    };
}
/** A folder is no workflow. */
async function readFile(path, folder, files) {
    const isFolder = (await files.list(external_node_path_.posix.resolve(folder, path)).catch(() => undefined)) !== undefined;
    return isFolder ? undefined : files.read(external_node_path_.posix.resolve(folder, path));
}
async function noWorkflow(given, folder, files) {
    const lists = await Promise.all(folders.map(async (each) => (await files.list(external_node_path_.posix.resolve(folder, each))) ?? []));
    const names = lists.flat().flatMap(({ name }) => (/\.ya?ml$/.test(name) ? [name] : []));
    const there = names.length === 0 ? "" : `: ${names.join(", ")}`;
    return new errors/* UserError */.yo(`--workflow: there is no file "${given}"`, {
        hint: `name a workflow of this repository${there}${(0,nearest/* didYouMean */.au)(external_node_path_.posix.basename(given), names)}`,
    });
}
/** `./` is this action in its own repository. */
async function isActionItself(folder, files) {
    const bytes = await files.read(external_node_path_.posix.join(folder, "action.yml"));
    return bytes !== undefined && /^name: image-publish$/m.test(new TextDecoder().decode(bytes));
}
function isOwnAction(uses, isActionItself) {
    if (uses.startsWith("./"))
        return (isActionItself && /^\.\/$/.test(uses)) || /\/image-publish\/?$/i.test(uses);
    return /(?:^|\/)image-publish@/i.test(uses);
}
/** The same problems, those with inputs of the step where these are. */
function placedInStep(error, inputs) {
    if (error instanceof errors/* Problems */.Zw)
        return new errors/* Problems */.Zw(error.problems.map((each) => placed(each, inputs)));
    return error instanceof errors/* UserError */.yo ? placed(error, inputs) : error;
}
function placed(error, inputs) {
    const given = inputs.find(({ name }) => name === error.input?.name);
    if (given === undefined || error.input === undefined || error.at !== undefined)
        return error;
    const at = placeOfLine(given, error.input.line);
    return new errors/* UserError */.yo(error.message, { hint: error.hint, at, cause: error.cause, input: error.input });
}

// EXTERNAL MODULE: ./src/settings/run-inputs.ts + 2 modules
var run_inputs = __webpack_require__(94185);
;// CONCATENATED MODULE: ./src/version.ts
/** The version of the program, as package.json has it: a bundle has no package.json beside it. */
const version_version = "0.1.0";

;// CONCATENATED MODULE: ./src/cli.ts
/** The same commands on a laptop: `image-publish plan --event push --base HEAD~3`. Every input is an option. */













const usage = `Usage: image-publish COMMAND [--option value …]

Commands:
  plan      show what the event would do, and why; changes nothing
  publish   do it; --dry-run shows the plan
  scan      look for vulnerabilities in what is published
  bump      move pins to what is published, by pull request; --dry-run shows the diff
  help      show this; version (or --version) the version

What is asked about (the checkout in the current folder):
  --event NAME    push, pull_request, schedule, release, workflow_dispatch, … (push)
  --base COMMIT   compare with this commit: HEAD~3, main (what the remote has)
  --ref REF       act for this branch or tag: refs/tags/v1.2.3 (the branch here)
  --workflow FILE plan with the inputs of the step in that workflow that uses this action

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
        const asked = readArguments(args);
        const { command, options } = asked;
        if (options.version === true && options.help !== true) {
            process.stdout.write(`image-publish ${version_version}\n`);
            return 0;
        }
        if (command === undefined || options.help === true) {
            process.stdout.write(usage);
            return options.help === true ? 0 : 1;
        }
        const outside = (0,main/* systemOutside */.vc)(log, signal);
        const here = process.cwd();
        const plans = command === "plan" || (command === "publish" && options["dry-run"] === true);
        const temp = await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), "image-publish-"));
        const said = { event: cli_text(options.event), base: cli_text(options.base), ref: cli_text(options.ref), builds: !plans, temp };
        let placed = (error) => error;
        try {
            const workflow = cli_text(options.workflow);
            if (workflow !== undefined && !plans)
                throw onlyPlans();
            const step = workflow === undefined ? undefined : await readWorkflowStep(workflow, here, outside.files);
            const given = step && (await inputsOfStep(step, { ...said, start: undefined }, here, outside));
            if (given !== undefined)
                placed = (error) => placedInStep(error, given.inputs);
            const raw = (0,main/* rawInputs */.me)((name) => inputValue(name, asked, process.env) || (given?.value(name) ?? ""), log);
            const { inputs: read, problems } = (0,run_inputs/* readRunInputs */.h)(raw, outside.env);
            (0,errors/* throwProblems */.Jh)([...(given?.problems ?? []), ...problems]);
            const folder = await (0,workdir/* workdirIn */.q)(here, read.settings.workdir, outside.files);
            const event = { ...said, ref: said.ref ?? given?.ref, start: folder === here ? undefined : here };
            const view = { simulated: true, explain: cli_text(options.explain), graph: flag(options.graph) };
            const result = await (0,run_command.runCommand)(read, await simulatedContext(event, folder, outside), outside, view);
            print(result, options.json === true);
            return (0,main/* sayFailures */.xZ)(result, log);
        }
        catch (error) {
            throw placed(error);
        }
        finally {
            await (0,promises_.rm)(temp, { recursive: true, force: true });
        }
    });
}
function onlyPlans() {
    return new errors/* UserError */.yo("--workflow is for plans alone, as secrets of the workflow are not known here", {
        hint: "write image-publish plan --workflow FILE",
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
