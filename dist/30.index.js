export const id = 30;
export const ids = [30];
export const modules = {

/***/ 78469:
/***/ ((module, __unused_webpack_exports, __webpack_require__) => {



const SemVer = __webpack_require__(7163)
const compare = (a, b, loose) =>
  new SemVer(a, loose).compare(new SemVer(b, loose))

module.exports = compare


/***/ }),

/***/ 16586:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ bounded),
/* harmony export */   Q: () => (/* binding */ slots)
/* harmony export */ });
/** Makes a function that runs at most `limit` of the tasks it is given at a time; the others wait their turn. */
function slots(limit) {
    // Those before `first` have had their turn: taking them out one by one would move the rest each time.
    let waiting = [];
    let first = 0;
    let running = 0;
    const handOn = () => {
        const next = waiting[first];
        if (next === undefined) {
            waiting = [];
            first = 0;
            running -= 1;
            return;
        }
        first += 1;
        next();
    };
    return async (task) => {
        if (running >= limit)
            await new Promise((resolve) => waiting.push(resolve));
        else
            running += 1;
        try {
            return await task();
        }
        finally {
            // A turn is handed on, so that nobody slips in between.
            handOn();
        }
    };
}
/** The same for calls of one function. */
function bounded(limit, call) {
    const slot = slots(limit);
    return (argument) => slot(() => call(argument));
}


/***/ }),

/***/ 24353:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A5: () => (/* binding */ refsIn),
/* harmony export */   qI: () => (/* binding */ committedFiles),
/* harmony export */   uo: () => (/* binding */ blobsIn)
/* harmony export */ });
/* harmony import */ var _context_run_context_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(53832);
/* harmony import */ var _git_output_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(13523);


/** Of `git ls-tree -r -z`: neither symlinks nor submodules. */
function committedFiles(listing) {
    return (0,_git_output_js__WEBPACK_IMPORTED_MODULE_1__/* .recordsIn */ .Q0)(listing, "git ls-tree").flatMap((record) => {
        const [, blob, path] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
        return blob === undefined || path === undefined ? [] : [{ path: (0,_git_output_js__WEBPACK_IMPORTED_MODULE_1__/* .pathIn */ .lW)(path), blob }];
    });
}
/** Of `git cat-file --batch`: `<id> blob <size>`, a line end, so many bytes, a line end. @throws Error where it was cut off. */
function blobsIn(output) {
    const blobs = new Map();
    for (let at = 0; at < output.length;) {
        const end = output.indexOf(lineEnd, at);
        const header = Buffer.from(output.subarray(at, end < 0 ? output.length : end)).toString("latin1");
        const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(header) ?? [];
        const stop = end + 1 + Number(size);
        if (id === undefined || output[stop] !== lineEnd)
            throw new Error(`git cat-file wrote ${header.slice(0, 80)}`);
        blobs.set(id, output.subarray(end + 1, stop));
        at = stop + 1;
    }
    return blobs;
}
/** Of `git ls-remote`: full names of refs and where they stand. */
function refsIn(listing) {
    const rows = [...listing.matchAll(/^([0-9a-f]{40,64})\t(.+)$/gm)];
    return new Map(rows.map(([, id = "", ref = ""]) => [ref, (0,_context_run_context_js__WEBPACK_IMPORTED_MODULE_0__/* .commit */ .cd)(id)]));
}
const lineEnd = 0x0a;


/***/ }),

/***/ 1061:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   QT: () => (/* binding */ gitCommand),
/* harmony export */   Xi: () => (/* binding */ GitFailure),
/* harmony export */   uQ: () => (/* binding */ notOnServer)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(83916);
/** How git is called: with an environment of its own, no hooks, no prompts, no surprises from anyone's configuration. */

/** Git did not do what it was asked to; the message says why. A cancelled run is none of these. */
class GitFailure extends _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo {
    name = "GitFailure";
}
const localTimeout = 60_000;
/** What the server says of a commit that it does not have. */
const notOnServer = /not our ref|couldn't find remote ref|no such remote ref/i;
/** Both reject with a `GitFailure`, or with the signal's reason. */
function gitCommand(options) {
    const base = minimalEnvironment(options.env);
    const authorized = authorizedEnvironment(base, options);
    let inUse = base;
    return {
        async local(args, { codes = [0], input } = {}) {
            // An empty list of allowed protocols would be no list; "none" is no protocol.
            const env = { ...base, GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };
            const finished = await run(options, args, env, localTimeout, input);
            if (codes.includes(finished.code))
                return finished;
            throw failure(args, finished);
        },
        async network(args, timeout, input) {
            const first = await run(options, args, inUse, timeout, input);
            if (first.code === 0)
                return first;
            if (authorized === undefined || inUse === authorized || notOnServer.test(first.stderr))
                throw failure(args, first);
            const second = await run(options, args, authorized, timeout, input);
            if (second.code !== 0)
                throw failure(args, notOnServer.test(second.stderr) ? second : first);
            inUse = authorized;
            return second;
        },
    };
}
async function run({ processes, workspace, signal }, args, env, timeout, input) {
    try {
        return await processes.run("git", [...settings(workspace), ...args], {
            cwd: workspace,
            env,
            timeout,
            ...(input === undefined ? {} : { input }),
            ...(signal === undefined ? {} : { signal }),
        });
    }
    catch (cause) {
        if (signal?.aborted === true)
            throw cause;
        throw new GitFailure((0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(cause), { cause, hint: cause instanceof _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo ? cause.hint : remedy });
    }
}
/** Per call, for nothing may stay behind in the repository's or the user's configuration. */
function settings(workspace) {
    const values = [
        // A checkout by another user, as in a container job, is not "dubious" to us: we were sent to it.
        `safe.directory=${workspace}`,
        "core.quotepath=off",
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "gc.auto=0",
        "maintenance.auto=false",
    ];
    return ["--no-pager", "--no-optional-locks", ...values.flatMap((value) => ["-c", value])];
}
const takenOver = [
    ...["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SSH_AUTH_SOCK"],
    ...["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
    ...["GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];
function minimalEnvironment(env) {
    const kept = takenOver.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
    // Messages are told apart by their English text.
    return { ...Object.fromEntries(kept), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "" };
}
/**
 * The token as a header for the forge alone, by environment ("GIT_CONFIG_COUNT" in git-config(1)). The empty value first
 * drops the header that a checkout may have left: two of them are refused.
 */
function authorizedEnvironment(base, { token, serverUrl }) {
    if (!token)
        return undefined;
    const key = `http.${serverUrl}/.extraheader`;
    const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
    return {
        ...base,
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: key,
        GIT_CONFIG_VALUE_0: "",
        GIT_CONFIG_KEY_1: key,
        GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${credentials}`,
    };
}
const remedy = "check out the repository with actions/checkout before this step, and see what git says above";
function failure(args, { code, stderr }) {
    const lines = stderr.split("\n").map((line) => line.trim());
    const told = lines.find((line) => /^(?:fatal|error|ERROR): /.test(line)) ?? lines.find((line) => line !== "");
    const why = told?.replace(/^(?:fatal|error|ERROR): /, "") ?? `it ended with code ${code}`;
    const said = stderr.trim();
    const more = said === told ? {} : { cause: new Error(said) };
    return new GitFailure(`git ${args[0] ?? ""} failed: ${why}`, { hint: remedy, ...more });
}


/***/ }),

/***/ 13523:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q0: () => (/* binding */ recordsIn),
/* harmony export */   lW: () => (/* binding */ pathIn),
/* harmony export */   r7: () => (/* binding */ textIn)
/* harmony export */ });
/* harmony import */ var _path_bytes_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(36652);

/**
 * What stands before each zero byte, one character a byte, so that fields can be cut before paths are decoded.
 * @throws Error when the last one is cut off: half a list must not pass for the whole.
 */
function recordsIn(bytes, program) {
    return textIn(bytes, program).split("\0").slice(0, -1);
}
/** The same as one text, in which each record ends with a zero byte. @throws Error when the last one is cut off. */
function textIn(bytes, program) {
    if (bytes.length > 0 && bytes.at(-1) !== 0)
        throw new Error(`${program} wrote an incomplete list`);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
/** The path that a field of `recordsIn` is. */
function pathIn(field) {
    return /^[\x20-\x7e]*$/.test(field) ? field : (0,_path_bytes_js__WEBPACK_IMPORTED_MODULE_0__/* .decodePath */ .q)(Buffer.from(field, "latin1"));
}


/***/ }),

/***/ 74446:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  z: () => (/* binding */ openGit)
});

// EXTERNAL MODULE: ./src/bounded.ts
var bounded = __webpack_require__(16586);
// EXTERNAL MODULE: ./src/context/run-context.ts
var run_context = __webpack_require__(53832);
// EXTERNAL MODULE: ./src/changes/git-output.ts
var git_output = __webpack_require__(13523);
;// CONCATENATED MODULE: ./src/changes/changed-file.ts

/**
 * Parses what `git diff-tree -r -z --no-renames` writes ("RAW OUTPUT FORMAT" in git-diff-tree(1)).
 * @throws Error when it is something else: half a list must not pass for the whole.
 */
function parseDiffTree(output) {
    const fields = (0,git_output/* recordsIn */.Q0)(output, "git diff-tree");
    if (fields.length % 2 !== 0)
        throw new Error("git diff-tree wrote an incomplete list");
    const files = [];
    for (let index = 0; index < fields.length; index += 2) {
        const [header = "", path = ""] = [fields[index], fields[index + 1]];
        const letter = /^:\d{6} \d{6} [0-9a-f]+ [0-9a-f]+ ([A-Z])$/.exec(header)?.[1];
        if (letter === undefined || path === "")
            throw new Error("git diff-tree wrote a line that has another form");
        files.push({ path: (0,git_output/* pathIn */.lW)(path), change: changes.get(letter) ?? "modified" });
    }
    return files;
}
/** The others are M, and T for a change of type, such as a file that became a symlink. */
const changes = new Map([
    ["A", "added"],
    ["D", "deleted"],
]);

// EXTERNAL MODULE: ./src/changes/git-command.ts
var git_command = __webpack_require__(1061);
;// CONCATENATED MODULE: ./src/changes/changed-lines.ts

/**
 * The changed lines between two commits; empty where there are none to name: a binary or deleted file, one that only lost
 * lines, or content that a partial clone would have to fetch. A line that follows removed ones counts for them.
 */
async function changedLines(git, base, head, path) {
    // A lone surrogate stands for a byte that is no text, which no argument can carry.
    if (!path.isWellFormed())
        return [];
    const options = ["-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", "--no-commit-id"];
    try {
        const args = ["diff-tree", "-r", ...options, base, head, "--", `:(literal,top)${path}`];
        return readHunks(new TextDecoder().decode((await git.local(args)).stdout));
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return [];
        throw error;
    }
}
function readHunks(diff) {
    return [...diff.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, first, count = "1"]) => {
        const start = Number(first);
        return Number(count) === 0 ? [] : [{ first: start, last: start + Number(count) - 1 }];
    });
}

// EXTERNAL MODULE: ./src/changes/committed-files.ts
var committed_files = __webpack_require__(24353);
;// CONCATENATED MODULE: ./src/changes/git.ts






/** The checkout's repository, through the `git` program. */
function openGit(options) {
    const git = (0,git_command/* gitCommand */.QT)(options);
    const fetching = (0,bounded/* bounded */.M)(1, async (asked) => fetch(git, asked.commits, await depthOptions(asked.depth, isShallow)));
    const isShallow = async () => line(await git.local(["rev-parse", "--is-shallow-repository"])) === "true";
    return {
        head: async () => (0,run_context/* commit */.cd)(line(await git.local(["rev-parse", "--verify", "HEAD^{commit}"]))),
        resolve: (revision) => resolve(git, revision),
        missing: (commits) => missing(git, commits),
        refsAt: async (at) => git_text(await git.local(["for-each-ref", "--format=%(refname)", `--points-at=${at}`]))
            .split("\n")
            .filter((each) => each !== ""),
        parents: async (of) => parentsIn(git_text(await git.local(["cat-file", "commit", of]))),
        uncommitted: async () => git_text(await git.local(["status", "--porcelain", "--untracked-files=no", "-z"]))
            .split("\0")
            .filter((each) => each !== ""),
        committedAt: async (of) => committerDate(of, git_text(await git.local(["cat-file", "commit", of]))),
        isShallow,
        mergeBase: (one, other) => mergeBase(git, isShallow, one, other),
        async isAncestor(ancestor, descendant) {
            // Asked before, as somebody else may make the clone whole meanwhile.
            const mayLack = await isShallow();
            // A commit that is not here may have been rewritten away, or lie below what a shallow clone has.
            if (!(await isHere(git, ancestor)) || !(await isHere(git, descendant)))
                return "unknown";
            const { code } = await git.local(["merge-base", "--is-ancestor", ancestor, descendant], { codes: [0, 1] });
            if (code === 0)
                return "yes";
            return mayLack ? "unknown" : "no";
        },
        changedFiles: (base, head) => changedFiles(git, base, head),
        filesIn: async (of) => (0,committed_files/* committedFiles */.qI)((await git.local(["ls-tree", "-r", "-z", of])).stdout),
        // An empty line would be taken for the name of something.
        blobs: async (ids) => (0,committed_files/* blobsIn */.uo)(ids.length === 0
            ? new Uint8Array()
            : (await git.network(["cat-file", "--batch"], diffTimeout, `${ids.join("\n")}\n`)).stdout),
        remoteBranches: async (pattern) => (0,committed_files/* refsIn */.A5)(git_text(await git.network(["ls-remote", "origin", `refs/heads/${pattern}`], fetchTimeout))),
        fileAt: (commit, path) => fileAt(git, commit, path),
        changedLines: (base, head, path) => changedLines(git, base, head, path),
        // One after the other: git refuses two that write what is shallow, and how deep a clone is tells what may be asked.
        fetch: (commits, depth) => fetching({ commits, depth }),
        remoteDefault: () => remoteDefault(git),
        remoteCommit: (ref) => remoteCommit(git, ref),
        symbolicRef: async (name) => line(await git.local(["symbolic-ref", "--quiet", name], { codes: [0, 1] })) || undefined,
        headMoves: async () => movesIn(git_text(await git.local(["reflog", "show", "-z", "-n", "100", "--format=%H %gs", "HEAD"]))),
        originUrl: async () => line(await git.local(["remote", "get-url", "origin"], { codes: [0, 2] })) || undefined,
        root: async () => line(await git.local(["rev-parse", "--show-toplevel"])),
    };
}
/** The end of the year 9999: RFC 3339, in which images are dated, has four digits for the year. */
const lastSecond = 253_402_300_799;
/** From the header of a commit object, which says it in seconds since 1970. Whoever makes a commit may write anything there. */
function committerDate(of, object) {
    const [header = ""] = object.split("\n\n", 1);
    const seconds = Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(header)?.[1]);
    if (seconds <= lastSecond)
        return new Date(seconds * 1000);
    throw new git_command/* GitFailure */.Xi(`the commit ${of.slice(0, 7)} has no usable date: its images could not be dated`, {
        hint: "give it one with git commit --amend --no-edit, and push again",
    });
}
async function resolve(git, revision) {
    if (revision.startsWith("-"))
        return undefined;
    const found = await git.local(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], { codes: [0, 1] });
    return found.code === 0 ? (0,run_context/* commit */.cd)(line(found)) : undefined;
}
async function missing(git, commits) {
    const asked = await Promise.all(commits.map((each) => isHere(git, each)));
    return commits.filter((_, index) => asked[index] !== true);
}
async function isHere(git, commit) {
    try {
        const answer = line(await git.local(["cat-file", "--batch-check"], { input: `${commit}\n` }));
        return answer.startsWith(`${commit} commit `);
    }
    catch (error) {
        // A partial clone dies of not being let to fetch, until git 2.45 and its GIT_NO_LAZY_FETCH.
        if (error instanceof git_command/* GitFailure */.Xi && error.message.includes("from promisor remote"))
            return false;
        throw error;
    }
}
async function mergeBase(git, isShallow, one, other) {
    const found = await git.local(["merge-base", one, other], { codes: [0, 1] });
    if (found.code === 1)
        return undefined;
    const commit = (0,run_context/* commit */.cd)(line(found));
    return { commit, isCertain: !(await isShallow()) || (await isWhole(git, [one, other], commit)) };
}
/**
 * Whether everything that leads from the tips to the common ancestor is here. Then no better one can hide: it would lie on a
 * path that was cut, and the commit where it was cut would show up without parents.
 */
async function isWhole(git, tips, ancestor) {
    const rows = git_text(await git.local(["rev-list", "--parents", ...tips, `^${ancestor}`]))
        .split("\n")
        .filter((row) => row !== "");
    return rows.every((row) => row.includes(" "));
}
const diffTimeout = 120_000;
async function changedFiles(git, base, head) {
    // The network, because a treeless clone fetches the trees that it compares.
    const options = ["-r", "-z", "--no-renames", "--ignore-submodules=none", "--no-relative", "--no-commit-id"];
    const { stdout } = await git.network(["diff-tree", ...options, base, head], diffTimeout);
    return parseDiffTree(stdout);
}
/** With the network, because a partial clone fetches what it lacks. */
async function fileAt(git, commit, path) {
    const { stdout } = await git.network(["ls-tree", "-z", "--full-tree", commit, "--", path], diffTimeout);
    const id = /^100\d{3} blob ([0-9a-f]+)\t/.exec(git_text({ stdout }))?.[1];
    return id === undefined ? undefined : (await git.network(["cat-file", "blob", id], diffTimeout)).stdout;
}
const fetchTimeout = 120_000;
const deepFetchTimeout = 300_000;
async function depthOptions(depth, isShallow) {
    // A depth would turn a full clone into a shallow one.
    if (!(await isShallow()))
        return [];
    if (depth === "tip")
        return ["--depth=1"];
    return [depth === "everything" ? "--unshallow" : `--deepen=${depth}`];
}
async function fetch(git, commits, depth) {
    const quietly = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];
    const timeout = depth.includes("--depth=1") ? fetchTimeout : deepFetchTimeout;
    try {
        await git.network(["fetch", ...quietly, ...depth, "origin", ...commits], timeout);
        return { kind: "fetched" };
    }
    catch (error) {
        if (!(error instanceof git_command/* GitFailure */.Xi))
            throw error;
        return git_command/* notOnServer */.uQ.test(error.message) ? { kind: "gone" } : { kind: "failed", failure: error };
    }
}
async function remoteDefault(git) {
    const answer = git_text(await git.network(["ls-remote", "--symref", "origin", "HEAD"], fetchTimeout));
    const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(answer)?.[1];
    const commit = /^([0-9a-f]+)\tHEAD$/m.exec(answer)?.[1];
    return commit === undefined ? undefined : { branch, commit: (0,run_context/* commit */.cd)(commit) };
}
async function remoteCommit(git, ref) {
    const answer = git_text(await git.network(["ls-remote", "origin", ref], fetchTimeout));
    // `ls-remote` takes the name for the end of others, too.
    const found = answer.split("\n").find((row) => row.endsWith(`\t${ref}`));
    return found === undefined ? undefined : (0,run_context/* commit */.cd)(found.slice(0, found.indexOf("\t")));
}
function movesIn(log) {
    const rows = log.split("\0").filter((row) => row !== "");
    return rows.map((row) => ({ to: (0,run_context/* commit */.cd)(row.slice(0, row.indexOf(" "))), by: row.slice(row.indexOf(" ") + 1) }));
}
function parentsIn(commitObject) {
    const [header = ""] = commitObject.split("\n\n", 1);
    return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => (0,run_context/* commit */.cd)(id));
}
function git_text({ stdout }) {
    return new TextDecoder().decode(stdout);
}
function line(finished) {
    return git_text(finished).replace(/\n$/, "");
}


/***/ }),

/***/ 36652:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ encodePath),
/* harmony export */   q: () => (/* binding */ decodePath)
/* harmony export */ });
/**
 * Paths as text without loss. Git's paths are bytes, mostly UTF-8. A byte that is not part of well-formed UTF-8 becomes the
 * lone surrogate U+DC00 plus the byte (as in Python's PEP 383), which no well-formed text holds: so different bytes are
 * different strings, a path can be compared, cut at slashes and put into JSON, and `encodePath` gives its bytes again.
 */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The text of a path's bytes. */
function decodePath(bytes) {
    try {
        return strict.decode(bytes);
    }
    catch {
        return decodePiecewise(bytes);
    }
}
/** The bytes that `decodePath` took. */
function encodePath(path) {
    if (!/[\uDC80-\uDCFF]/u.test(path))
        return Buffer.from(path, "utf8");
    const pieces = path.split(/([\uDC80-\uDCFF])/u);
    return Buffer.concat(pieces.map((piece, index) => index % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - 0xdc00) : Buffer.from(piece, "utf8")));
}
function decodePiecewise(bytes) {
    let text = "";
    for (let at = 0; at < bytes.length;) {
        const character = characterAt(bytes, at);
        text += character?.text ?? String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
        at += character?.length ?? 1;
    }
    return text;
}
function characterAt(bytes, at) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (at + length > bytes.length)
        return undefined;
    try {
        return { text: strict.decode(bytes.subarray(at, at + length)), length };
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 45030:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runCommand: () => (/* binding */ runCommand)
});

// EXTERNAL MODULE: ./src/errors.ts
var src_errors = __webpack_require__(83916);
;// CONCATENATED MODULE: ./src/quantities.ts
/** Bytes and seconds as people read them. */
/** Decimal, as registries count: `999 B`, `12.3 MB`. */
function formatSize(bytes) {
    if (bytes < 1000)
        return `${Math.round(bytes)} B`;
    let amount = bytes / 1000;
    let unit = 0;
    // 999.95 would be printed as 1000.0.
    while (amount >= 999.95 && unit < units.length - 1) {
        amount /= 1000;
        unit += 1;
    }
    return `${amount.toFixed(1)} ${units[unit]}`;
}
const units = ["kB", "MB", "GB", "TB"];
/** `3.4 s` under ten seconds, then `34 s`, `1 min 12 s`, `1 h 5 min`. */
function formatDuration(seconds) {
    if (seconds < 9.95)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    if (whole < 60)
        return `${whole} s`;
    if (whole < 3600)
        return twoUnits(Math.floor(whole / 60), "min", whole % 60, "s");
    const minutes = Math.round(seconds / 60);
    return twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
}
/** `1 image`, `3 images`. */
function count(number, what) {
    return `${number} ${what}${number === 1 ? "" : "s"}`;
}
function twoUnits(large, largeUnit, small, smallUnit) {
    return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

// EXTERNAL MODULE: ./src/plain-text.ts
var plain_text = __webpack_require__(48763);
;// CONCATENATED MODULE: ./src/markdown.ts
/**
 * Text of others (names, paths, tags, messages, output of programs) made harmless for where it is shown. Everything that
 * we did not write ourselves goes through one of these.
 */

/**
 * Running text in GitHub flavoured Markdown, in a paragraph, a list, a link's text or a table cell: always one line, never
 * an element, a link, a mention or markup. Entities, since backslashes stop neither mentions nor a table's `|` everywhere.
 */
function markdown(text) {
    return escapedLine((0,plain_text/* plainLine */.h0)(text).trim());
}
/** `markdown` for messages and hints: what stands between single backticks is set as code. */
function prose(text) {
    return (0,plain_text/* plainLine */.h0)(text)
        .trim()
        .split(/(?<!`)`([^`]+)`(?!`)/)
        .map((part, index) => (index % 2 === 1 ? code(part) : escapedLine(part)))
        .join("");
}
/** A name, path or command in Markdown, set as code. Text that no code span can hold in a table becomes `<code>`. */
function code(text) {
    const line = (0,plain_text/* plainLine */.h0)(text);
    const fitsSpan = /^[^`|\\\s](?:[^`|\\]*[^`|\\\s])?$/.test(line);
    return fitsSpan ? `\`${line}\`` : `<code>${escapedLine(line)}</code>`;
}
/** A fenced block that its own lines cannot close. */
function codeBlock(lines, language = "") {
    const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
    const fence = "`".repeat(Math.max(2, ...runs) + 1);
    return [`${fence}${language}`, ...lines, fence].join("\n");
}
/** A label for `["…"]` in a Mermaid flowchart, where `#35;` is the character with that number. */
function mermaidLabel(text) {
    return [...(0,plain_text/* plainLine */.h0)(text)]
        .map((character) => (/[\p{L}\p{N} ._/-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
        .join("");
}
/** The text with a full stop, where it has no end mark of its own. */
function sentence(text) {
    const trimmed = text.trim();
    return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
function escapedLine(line) {
    return (line
        // GitHub looks for mentions and issue numbers in the finished text, where an entity is a character like any other.
        .replace(/@/g, "@\u200b")
        .replace(/#(?=\d)/g, "#\u200b")
        .replace(/[&<>"`*_~[\]|\\$]/g, entity)
        .replace(/:(?=\/\/)/g, entity)
        .replace(/(?<=www)\./gi, entity)
        // What would begin a heading, list, quote or rule at the start of a line.
        .replace(/^(?:[#+=-]|\d+(?=[.)]|$))/, (start) => [...start].map(entity).join("")));
}
function entity(character) {
    return `&#${character.codePointAt(0)};`;
}

;// CONCATENATED MODULE: ./src/report/abbreviation.ts
/** Names that are too long to be shown whole, as people abbreviate them. */

/** A commit's first seven digits, as in git and on forges. */
function shortCommit(commit) {
    return commit.slice(0, 7);
}
/** A tag that is a whole commit is cut to what people recognise; other tags only where they are very long. */
function shortTag(tag) {
    return /^[0-9a-f]{40,}$/.test(tag) ? `${shortCommit(tag)}…` : (0,plain_text/* shortened */.vI)(tag, 40);
}
/** A digest's first twelve digits, as `docker images` shows them. */
function shortDigest(digest) {
    return `${digest.slice("sha256:".length).slice(0, 12)}…`;
}

;// CONCATENATED MODULE: ./src/report/links.ts
/** Addresses of files and commits on the forge. */



/** A place in a file as Markdown: a link to the line at that commit, or the place alone where there is no forge. */
function fileLink(forge, commit, at) {
    const path = at.file.toWellFormed().split("/").map(urlPart).join("/");
    const line = at.line === undefined ? "" : `#L${at.line}`;
    const tree = forge?.kind === "forgejo" ? "src/commit" : "blob";
    return links_link(code((0,src_errors/* formatLocation */.j$)(at)), forge, `${tree}/${urlPart(commit)}/${path}${line}`);
}
/** A commit as Markdown: its first seven digits, linked. */
function commitLink(forge, commit) {
    return links_link(code(shortCommit(commit)), forge, `commit/${urlPart(commit)}`);
}
/** `text`, linked to the difference between two commits. */
function compareLink(forge, base, commit, text) {
    return links_link(text, forge, `compare/${urlPart(base)}...${urlPart(commit)}`);
}
/** `text`, linked to a page elsewhere where its address is one that nothing can break out of; `undefined`: there is none. */
function pageLink(text, url) {
    return url !== undefined && url.length < 300 && /^https:\/\/[\w.:/~%?=&#+-]+$/.test(url) ? `[${text}](${url})` : text;
}
/** The same for a page of the forge itself, which may be filled in. */
function forgePageLink(text, url) {
    return /^https?:\/\/[\w.:/~%?=&#-]{1,6000}$/.test(url) ? `[${text}](${url})` : text;
}
function links_link(text, forge, path) {
    // The forge's address comes from the environment: what could end a link's target makes no link.
    if (forge === undefined || !/^https?:\/\/[\w.:/~%-]+$/.test(forge.repositoryUrl))
        return text;
    return `[${text}](${forge.repositoryUrl}/${path})`;
}
/** encodeURIComponent leaves `(` and `)`, which end a Markdown link. */
function urlPart(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

;// CONCATENATED MODULE: ./src/report/sections.ts
/** Puts a long text together so that it stays under a limit and says what it left out. */
/** GitHub refuses a step's summary above 1 MiB, so this leaves some room. Bytes. */
const summaryLimit = 1_000_000;
/**
 * The sections with a blank line between them, in at most `limit` bytes of UTF-8. Heads and tails always have their room;
 * earlier sections get theirs for pieces first. Where pieces are left out a line says how many.
 */
function joinSections(sections, limit = summaryLimit) {
    const frames = sections.map(({ head, tail }) => bytes(head) + bytes(tail));
    let room = limit - frames.reduce((sum, frame) => sum + frame + frameRoom, 0);
    const texts = sections.map(({ head, pieces, tail, what }) => {
        const kept = [];
        for (const piece of pieces) {
            const size = bytes(piece) + 1;
            if (size > room)
                break;
            room -= size;
            kept.push(piece);
        }
        const left = pieces.length - kept.length;
        const note = left === 0 ? "" : `_${left} more ${what} left out here: GitHub shows at most 1 MiB. The log has them all._`;
        return [[head, ...kept, tail].filter((each) => each !== "").join("\n"), note]
            .filter((each) => each !== "")
            .join("\n\n");
    });
    return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}
/** A section that is never shortened. */
function sections_text(head) {
    return { head, pieces: [], tail: "", what: "" };
}
/** Items in pieces of at most `size`. */
function chunks(items, size) {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
/** Room for a section's note and line breaks. */
const frameRoom = 160;
function bytes(text) {
    return Buffer.byteLength(text);
}

;// CONCATENATED MODULE: ./src/report/bumps.ts




/** Nothing where none was wanted. */
function bumpSection(bumps) {
    const told = bumps.filter(({ outcome, pullRequest }) => outcome !== "unchanged" || pullRequest !== undefined);
    if (told.length === 0)
        return sections_text("");
    const rows = told.map((bump) => `| ${requestCell(bump)} | ${code(bump.base)} | ${sentences[bump.outcome]} |`);
    return {
        head: "### Pins\n\n| Pull request | of | |\n| --- | --- | --- |",
        pieces: rows,
        tail: "",
        what: "pull requests",
    };
}
/** A line for each that is not as it was. */
function bumpLines(bumps) {
    return bumps.flatMap(({ branch, outcome, pullRequest }) => {
        if (outcome === "unchanged" && pullRequest === undefined)
            return [];
        return [
            (0,plain_text/* inertLine */.Fq)((0,plain_text/* plainLine */.h0)(`${branch}: ${sentences[outcome]}${pullRequest === undefined ? "" : `, ${pullRequest.url}`}`)),
        ];
    });
}
/** The output `pull-requests`. */
function bumpOutput(bumps) {
    return JSON.stringify(bumps.map(({ branch, base, outcome, pullRequest }) => ({
        branch,
        base,
        outcome,
        number: pullRequest?.number ?? null,
        url: pullRequest?.url ?? null,
    })));
}
function requestCell({ branch, pullRequest, newPullRequestUrl }) {
    if (pullRequest !== undefined)
        return `${forgePageLink(`#${pullRequest.number}`, pullRequest.url)} ${code(branch)}`;
    return newPullRequestUrl === undefined
        ? code(branch)
        : `${forgePageLink("open it", newPullRequestUrl)}: ${code(branch)}`;
}
const sentences = {
    opened: "opened",
    updated: "updated in place",
    unchanged: "open, and as it should be",
    closed: "closed, as there is nothing left to do",
    declined: "not opened again: somebody closed it for this version",
    newer: "left: a later run proposes a newer version",
    left: "left to those who work on its branch",
    refused: "refused, see above",
};

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
;// CONCATENATED MODULE: ./src/report/paint.ts
/** Colours and weights for a terminal. */

/** What is built, promoted and left alone is told apart by its colour. */
const actionStyles = {
    build: "green",
    promote: "magenta",
    skip: "dim",
};
/** Escape sequences, or the text as it is; a log that escapes what it is given must not be handed any. */
function painter(colour) {
    return (style, text) => (colour && text !== "" ? (0,external_node_util_.styleText)(style, text, { validateStream: false }) : text);
}

;// CONCATENATED MODULE: ./src/report/diff.ts
/** Differences of files as a unified diff, for people: hostile text is shown harmless, so that it is no patch. */


/** Lines around a change. */
const around = 3;
/** Characters that are shown of a line around a change. */
const widest = 500;
/** Without an end of line; empty where nothing differs. */
function renderDiff({ path, before, after }, { colour } = { colour: false }) {
    const paint = painter(colour);
    const [old, young] = [linesOf(before), linesOf(after)];
    const hunks = hunksOf(old, young);
    if (hunks.length === 0)
        return "";
    const name = (0,plain_text/* visible */.RK)(path.toWellFormed()).replaceAll("\t", "\\x09");
    const line = (sign, { text, isWhole }) => {
        const shown = (0,plain_text/* visible */.RK)(text.toWellFormed());
        const style = sign === "-" ? "red" : "green";
        const whole = (0,plain_text/* inertLine */.Fq)(`${sign}${sign === " " ? (0,plain_text/* shortened */.vI)(shown, widest) : shown}`);
        return [sign === " " ? whole : paint(style, whole), ...(isWhole ? [] : ["\\ No newline at end of file"])];
    };
    return [
        paint("bold", (0,plain_text/* inertLine */.Fq)(`--- a/${name}`)),
        paint("bold", (0,plain_text/* inertLine */.Fq)(`+++ b/${name}`)),
        ...hunks.flatMap(({ start, end }) => [
            paint("cyan", `@@ -${start + 1},${end - start} +${start + 1},${end - start} @@`),
            ...runsOf(old, young, start, end).flatMap(({ isSame, from, to }) => {
                const [removed, added] = [old.slice(from, to), young.slice(from, to)];
                if (isSame)
                    return removed.flatMap((each) => line(" ", each));
                return [...removed.flatMap((each) => line("-", each)), ...added.flatMap((each) => line("+", each))];
            }),
        ]),
    ].join("\n");
}
function linesOf(bytes) {
    const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n");
    const last = lines.pop() ?? "";
    return [
        ...lines.map((text) => ({ text: text.replace(/\r$/, ""), isWhole: true })),
        ...(last === "" ? [] : [{ text: last, isWhole: false }]),
    ];
}
/** Stretches of lines that hold a change, those that touch being one. */
function hunksOf(old, young) {
    const hunks = [];
    for (let index = 0; index < old.length; index++) {
        if (old[index]?.text === young[index]?.text)
            continue;
        const [start, end] = [Math.max(0, index - around), Math.min(old.length, index + around + 1)];
        const last = hunks.at(-1);
        if (last !== undefined && start <= last.end)
            last.end = end;
        else
            hunks.push({ start, end });
    }
    return hunks;
}
/** Neighbouring lines that all differ, or all don't. */
function runsOf(old, young, start, end) {
    const runs = [];
    for (let index = start; index < end; index++) {
        const isSame = old[index]?.text === young[index]?.text;
        const last = runs.at(-1);
        if (last?.isSame === isSame)
            last.to = index + 1;
        else
            runs.push({ isSame, from: index, to: index + 1 });
    }
    return runs;
}

// EXTERNAL MODULE: ./src/oci/reference.ts
var oci_reference = __webpack_require__(62148);
;// CONCATENATED MODULE: ./src/changes/describe-reason.ts

/**
 * The reason as people read it, plain text on one line: "images/base/Dockerfile changed". Names are the repository's, so
 * that what a terminal would obey, or hide, is spelled out; escaping for Markdown or a log is the printer's business.
 */
function describeReason(reason) {
    switch (reason.kind) {
        case "file":
            return `${printable(reason.path)} ${verbs[reason.change]}`;
        case "more-files":
            return reason.count === 1 ? "1 more file" : `${reason.count} more files`;
        case "doubt":
            return `everything in its context counts, because of ${printable(`${reason.what} (${(0,src_errors/* formatLocation */.j$)(reason.at)})`)}`;
        case "commit":
            return "git's own folder is in its context, so every commit counts";
        case "unseen":
            return `always built: ${printable(reason.detail)}`;
        case "builds-on":
            return `builds on ${printable(reason.image)}`;
        case "unknown-base":
            return `may build on ${printable(reason.image)}, as ${printable(reason.base)} is not known before the build`;
        case "needed-by":
            return `needed by ${printable(reason.image)}`;
        case "new-branch":
            return `new branch ${printable(reason.branch)}`;
        case "tag":
            return `tag ${printable(reason.tag)}`;
        case "first-commit":
            return "first commit";
        case "scheduled":
            return "scheduled";
        case "fixable":
            return `a rebuild would mend ${reason.count === 1 ? "a finding" : `${reason.count} findings`}`;
        case "base-moved":
            return `its base ${printable(reason.base)} has a newer digest`;
        case "unscanned":
            return `whether a rebuild would mend it can't be told: ${printable(reason.detail)}`;
        case "nothing-to-mend":
            return "a rebuild would mend nothing in it";
        case "asked-for":
            return "asked for";
        case "no-base":
            return `nothing to compare with: ${printable(reason.detail)}`;
        case "not-chosen":
            return printable(reason.detail);
        case "unaffected":
            return "nothing it is built from changed";
        case "never-published":
            return "not in the registry yet";
        case "behind":
            return `what is published was made from other sources, at ${printable(reason.revision.slice(0, 7))}`;
        case "no-record":
            return `what is published doesn't say what it was made from: ${printable(reason.detail)}`;
        case "incomplete":
            return `published, but not yet as ${someOf(reason.missing)}`;
        case "current":
            return "published already, under all its tags";
        case "superseded":
            return `its tag stays where it is: ${printable(reason.detail)}`;
    }
}
/** Copies in other registries may lack many at once. */
const mostMissing = 4;
function someOf(names) {
    const more = names.length - mostMissing;
    return `${printable(names.slice(0, mostMissing).join(", "))}${more > 0 ? ` and ${more} more` : ""}`;
}
const verbs = { added: "was added", modified: "changed", deleted: "was deleted" };
/** Controls, line ends, what reorders text or takes no room, and bytes that are no text (`decodePath`), as `\xNN` or `\u{NNNN}`. */
function printable(text) {
    return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
        const code = character.codePointAt(0) ?? 0;
        const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
        return byte <= 0xff ? `\\x${byte.toString(16).padStart(2, "0")}` : `\\u{${byte.toString(16)}}`;
    });
}

;// CONCATENATED MODULE: ./src/report/because.ts
/** Why an image is in the run, in one sentence of bearable length. */


/** The first reasons, and how many more there are. Plain text. */
function because(reasons) {
    const shown = reasons.slice(0, most).map((reason) => (0,plain_text/* shortened */.vI)(describeReason(reason), 300));
    const more = reasons.length - shown.length;
    return [...shown, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}
const most = 3;
/** Whether it is a reason for doing nothing that holds for many images alike. */
function isUntouched(kind) {
    return untouched.has(kind);
}
const untouched = new Set(["unaffected", "not-chosen"]);
/** Whether the event, or what a lost run left undone, makes us act: an image that others merely need is not affected. */
function isAffected(reasons) {
    return reasons.some(({ kind }) => kind !== "needed-by" && !isUntouched(kind));
}

// EXTERNAL MODULE: ./src/scan/finding.ts
var scan_finding = __webpack_require__(51164);
;// CONCATENATED MODULE: ./src/scan/across-platforms.ts


/** Of all platforms, weightiest first; new, counting and reported where it is so on one of them. */
function acrossPlatforms(scan) {
    const known = merged.get(scan);
    if (known !== undefined)
        return known;
    const all = merge(scan);
    merged.set(scan, all);
    return all;
}
/** Everything that is told of an image asks for the same, and an image may have thousands. */
const merged = new WeakMap();
function merge({ platforms }) {
    const seen = platforms.flatMap(({ platform, findings }) => findings.map((each) => ({ ...each, platforms: [platform] })));
    const groups = Map.groupBy(seen, ({ finding }) => (0,scan_finding/* findingKey */.f)(finding));
    const each = [...groups.values()].flatMap((some) => {
        const [first] = byWeight(some);
        if (first === undefined)
            return [];
        // One that counts is not new because another platform newly has it where it does not count.
        const isNew = some.some((one) => one.standing === "new" && one.counts === first.counts);
        const isReported = some.some((one) => one.isReported);
        return [
            {
                ...first,
                standing: isNew ? "new" : "known",
                isReported,
                platforms: [...new Set(some.flatMap((one) => one.platforms))],
            },
        ];
    });
    return byWeight(each);
}
/** What the published image has on some platform, and this one lacks there; each once. */
function goneAcrossPlatforms({ platforms }) {
    return [...new Map(platforms.flatMap(({ gone }) => gone).map((each) => [(0,scan_finding/* findingKey */.f)(each), each])).values()];
}
/** Counting before others, then the worst first, then new ones, then by what they are. */
function byWeight(findings) {
    if (findings.length < 2)
        return findings;
    const keyed = findings.map((each) => {
        const { finding, counts, standing } = each;
        const weight = [counts ? 0 : 1, scan_finding/* severities */.g.indexOf(finding.severity), standing === "new" ? 0 : 1].join("");
        const version = finding.kind === "vulnerability" ? finding.installed : `${finding.line ?? ""}`;
        return { each, key: `${weight}${(0,scan_finding/* findingKey */.f)(finding)}\0${version}` };
    });
    return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ each }) => each);
}
/** `2 critical, 3 high`; empty for none. */
function severityCounts(findings) {
    const numbers = scan_finding/* severities */.g.map((severity) => ({
        severity,
        number: findings.filter(({ finding }) => finding.severity === severity).length,
    }));
    return numbers
        .filter(({ number }) => number > 0)
        .map(({ severity, number }) => `${number} ${severity.toLowerCase()}`)
        .join(", ");
}
/** A finding on a line: `CRITICAL CVE-2026-1 in openssl 3.3.1, fixed in 3.3.9, new (linux/arm64): its title`. */
function findingLine({ finding, standing, platforms }, allPlatforms) {
    const { severity, id, title } = finding;
    const where = platforms.length === allPlatforms ? "" : ` (${platforms.join(", ")})`;
    const facts = finding.kind === "secret"
        ? [`${id} in ${finding.path}${finding.line === undefined ? "" : `:${finding.line}`}`]
        : [
            `${id} in ${finding.package} ${finding.installed}${finding.path === undefined ? "" : ` of ${finding.path}`}`,
            finding.fixed === undefined ? "no fix yet" : `fixed in ${finding.fixed}`,
        ];
    const text = `${severity} ${[...facts, standing].join(", ")}${where}${title === "" ? "" : `: ${title}`}`;
    return (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(text), 240);
}

;// CONCATENATED MODULE: ./src/report/finding-counts.ts
/** How many findings an image has, of which kinds: for the output `images` and for lines. */

/** `null` for an image that could not be scanned: that is not the same as no findings. */
function findingCounts(scan) {
    if (scan.kind === "unscanned")
        return null;
    const all = acrossPlatforms(scan);
    const reported = all.filter(({ isReported }) => isReported);
    const number = (is) => reported.filter(is).length;
    const of = (severity) => number(({ finding }) => finding.severity === severity);
    return {
        critical: of("CRITICAL"),
        high: of("HIGH"),
        medium: of("MEDIUM"),
        low: of("LOW"),
        unknown: of("UNKNOWN"),
        counting: number(({ counts }) => counts),
        new: number(({ standing }) => standing === "new"),
        known: number(({ standing }) => standing === "known"),
        fixable: number(isFixable),
        unfixed: number(({ finding }) => finding.kind === "vulnerability" && finding.fixed === undefined),
        secrets: number(({ finding }) => finding.kind === "secret"),
        gone: goneAcrossPlatforms(scan).length,
        ignored: all.filter(({ finding }) => finding.ignored !== undefined).length,
    };
}
/** Whether the run is red because of it: it does not pass, or it does and findings count. */
function makesRed(scan) {
    return !scan.passes || (scan.kind === "scanned" && scan.isRed);
}
/** An upgrade mends it. */
function isFixable({ finding }) {
    return finding.kind === "vulnerability" && finding.fixed !== undefined;
}
/** `2 critical, 3 high; 1 new`, `no findings`, `not scanned`. */
function findingsBrief(scan) {
    const counts = findingCounts(scan);
    if (counts === null || scan.kind === "unscanned")
        return "not scanned";
    const reported = acrossPlatforms(scan).filter(({ isReported }) => isReported);
    if (reported.length === 0)
        return "no findings";
    return `findings: ${severityCounts(reported)}${counts.new === 0 ? "" : `; ${counts.new} new`}`;
}

;// CONCATENATED MODULE: ./src/report/tag-notes.ts

/** What is known of the tags, by repository and in the plan's order; empty where none was to be put. */
function tagResults(image) {
    const { planned } = image;
    const tags = "tags" in image ? (image.tags ?? []) : [];
    if (planned.kind === "skip")
        return tags;
    const place = ({ repository, tag }) => planned.repositories.indexOf(repository) * planned.tags.length + planned.tags.findIndex((each) => each.tag === tag);
    return tags.toSorted((a, b) => place(a) - place(b));
}
/** The tags that name what the run built or promoted: no held ones, and none that follow a held one. */
function ownTags(image) {
    const own = digestOf(image);
    const tags = tagResults(image);
    return tags.filter((each) => each.outcome !== "held" && (each.digest === own || !isFollower(each, tags)));
}
/** Whether the image can be had under its tags, or was to get none. */
function isPublished(image) {
    if (image.outcome !== "published" && image.outcome !== "promoted")
        return false;
    return tagResults(image).length === 0 || ownTags(image).length > 0;
}
/** Planned tags of which nobody knows that they are in place, as `tagLabels` gives them. */
function missingTags(image) {
    const { planned } = image;
    if (planned.kind === "skip")
        return [];
    const known = tagResults(image);
    const isKnown = (to, tag) => known.some((each) => each.repository === to && each.tag === tag);
    return tagLabels(planned.repositories.flatMap((to) => planned.tags.filter(({ tag }) => !isKnown(to, tag)).map(({ tag }) => ({ repository: to, tag }))), image);
}
/** A note for each kind and reason, in the order of the tags. */
function tagNotes(image) {
    const tags = tagResults(image);
    const groups = Map.groupBy(tags, (each) => `${noteKind(each, image) ?? ""}\n${each.because ?? ""}`);
    return [...groups.values()].flatMap((some) => {
        const [first] = some;
        const kind = first && noteKind(first, image);
        if (kind === undefined)
            return [];
        const followers = kind === "held" ? tags.filter((each) => isFollower(each, some)) : [];
        const because = first?.because ?? "it names other bytes already";
        return [{ kind, because, tags: tagLabels(some, image), followers: tagLabels(followers, image) }];
    });
}
/** Each tag once where it stands for all repositories of the image; else with its repository. */
function tagLabels(tags, { planned }) {
    return [...Map.groupBy(tags, ({ tag }) => tag)].flatMap(([tag, some]) => some.length >= planned.repositories.length
        ? [tag]
        : some.map(({ repository }) => `${(0,oci_reference/* familiarRepository */.Yu)(repository)}:${tag}`));
}
function noteKind({ outcome, tag, because }, { planned }) {
    if (outcome !== "held")
        return because === undefined ? undefined : "moved";
    const asked = planned.kind === "skip" ? undefined : planned.tags.find((each) => each.tag === tag);
    // What names a commit or a content was made from the same sources: nobody has to mend that.
    return asked === undefined || asked.moves || asked.of !== undefined ? "stays" : "held";
}
function isFollower({ repository, digest, outcome }, tags) {
    return (outcome !== "held" &&
        tags.some((each) => each.outcome === "held" && each.repository === repository && each.digest === digest));
}
function digestOf(image) {
    switch (image.outcome) {
        case "published":
        case "built":
            return image.candidate.digest;
        case "promoted":
            return image.image.digest;
        case "failed":
            return image.candidate?.digest;
        default:
            return undefined;
    }
}

;// CONCATENATED MODULE: ./src/report/outputs.ts





/** The outputs of a run, or of a plan that nothing was done for yet. `planPath` is where the plan was written. */
function outputsOf(about, planPath) {
    const images = "schema" in about ? about.images.map((planned) => ({ planned, result: undefined, scan: undefined })) : known(about);
    const affected = images.filter(({ planned }) => planned.kind !== "skip" && isAffected(planned.reasons));
    return {
        plan: planPath,
        matrix: JSON.stringify({
            include: images.flatMap(({ planned }) => (planned.kind === "build" ? [{ image: planned.name }] : [])),
        }),
        affected: JSON.stringify(affected.map(({ planned }) => planned.name)),
        "any-affected": affected.length > 0 ? "true" : "false",
        images: JSON.stringify(images.map(imageOutput)),
        "pull-requests": bumpOutput("schema" in about ? [] : (about.bumps ?? [])),
        sarif: "schema" in about ? "" : (about.sarif ?? ""),
        ...singleOutputs(affected),
    };
}
/** The output `images`, before it is text. */
function imageOutputs(result) {
    return known(result).map(imageOutput);
}
function known({ images, scans }) {
    return images.map((result) => ({ planned: result.planned, result, scan: scans?.get(result.planned.name) }));
}
function imageOutput({ planned, result, scan }) {
    const image = imageOf(planned, result);
    const platforms = image?.platforms?.map(({ platform }) => platform);
    return {
        name: planned.name,
        action: planned.kind,
        digest: image?.digest ?? null,
        tags: tagsOf(planned, result).map(({ reference }) => reference),
        platforms: platforms ?? (planned.kind === "skip" ? [] : planned.platforms),
        size: image?.platforms === undefined
            ? null
            : Object.fromEntries(image.platforms.map(({ platform, size }) => [platform, size])),
        loaded: result !== undefined && "loaded" in result ? (result.loaded ?? []) : [],
        findings: scan === undefined ? null : findingCounts(scan),
        reason: because(planned.reasons),
    };
}
/** An image that failed after it was built, or between its tags, is no result to build on. */
function imageOf(planned, result) {
    switch (result?.outcome) {
        case undefined:
            return planned.kind === "promote" ? { digest: planned.digest } : undefined;
        case "published":
        case "built":
            return result.candidate;
        case "promoted":
            return result.image;
        default:
            return undefined;
    }
}
function tagsOf(planned, result) {
    if (result?.outcome === "published" || result?.outcome === "promoted") {
        return ownTags(result).map(({ repository, tag }) => ({ tag, reference: (0,oci_reference/* formatReference */.FH)({ repository, tag }) }));
    }
    if (planned.kind === "skip" || (result !== undefined && result.outcome !== "built"))
        return [];
    return planned.repositories.flatMap((repository) => planned.tags.map(({ tag }) => ({ tag, reference: (0,oci_reference/* formatReference */.FH)({ repository, tag }) })));
}
function singleOutputs(affected) {
    const [only, ...others] = affected;
    if (only === undefined || only.planned.kind === "skip" || others.length > 0) {
        return { digest: "", tags: "", version: "", labels: "", json: "" };
    }
    const tags = tagsOf(only.planned, only.result);
    return {
        digest: imageOf(only.planned, only.result)?.digest ?? "",
        tags: tags.map(({ reference }) => reference).join("\n"),
        version: only.planned.version ?? "",
        labels: lines(only.planned.labels).join("\n"),
        json: JSON.stringify(metadata(only.planned, tags)),
    };
}
/** The shape of docker/metadata-action's `json`. */
function metadata(planned, tags) {
    return {
        tags: tags.map(({ reference }) => reference),
        "tag-names": [...new Set(tags.map(({ tag }) => tag))],
        labels: planned.labels,
        annotations: lines(planned.annotations),
    };
}
/** A line break in a value would begin another label. */
function lines(values) {
    return Object.entries(values).map(([key, value]) => `${key}=${value}`.replaceAll(/[\r\n]+/g, " "));
}

;// CONCATENATED MODULE: ./src/report/event.ts
/** What the run is about, in words. */



/** `Push to main`, `Pull request 7`, `Release v1.2.3`. `quote` makes a ref's name fit for where it is shown. */
function describeEvent(plan, quote) {
    const isTag = plan.ref.startsWith("refs/tags/");
    const ref = quote(plan.ref.replace(/^refs\/(?:heads|tags)\//, ""));
    switch (plan.event.replaceAll("-", "_")) {
        case "push":
            return isTag ? `Push of tag ${ref}` : `Push to ${ref}`;
        case "release":
            return `Release ${ref}`;
        case "pull_request":
        case "pull_request_target":
            return `Pull request ${quote(/\d+/.exec(plan.ref)?.[0] ?? plan.ref)}`;
        case "merge_group":
            return "Merge group";
        case "schedule":
            return `Scheduled run on ${ref}`;
        case "dispatch":
        case "workflow_dispatch":
            return `Manual run on ${ref}`;
        default:
            return `${quote(plan.event)} on ${ref}`;
    }
}
/** The event, its commit and what it is compared with, as a sentence of Markdown. */
function eventLine(plan, forge) {
    const at = `${describeEvent(plan, code)} at ${commitLink(forge, plan.commit)}`;
    if (plan.base === null)
        return `${at}.`;
    const compared = compareLink(forge, plan.base, plan.commit, `compared with ${code(shortCommit(plan.base))}`);
    return `${at}, ${compared}.`;
}

;// CONCATENATED MODULE: ./src/scan/complaint.ts
/** What is said of an image that does not pass, or that passes and makes the run red: counting findings, and what to do. Pure. */




/** Why an image may have no tags; `undefined`: it may. */
function heldBy(scan) {
    if (scan.passes)
        return undefined;
    if (scan.kind === "unscanned") {
        return new src_errors/* UserError */.yo(`${nameOf(scan)} could not be scanned, and what nobody knows does not pass`, {
            hint: `${scan.error.hint}; \`fail-on: none\` lets it pass unseen`,
            cause: scan.error,
        });
    }
    const counting = countingOf(scan);
    const isStrict = scan.rules.gate === "strict";
    const holding = isStrict ? counting : counting.filter(({ standing }) => standing === "new");
    const { comparedWith } = scan;
    const why = isStrict ? ", and the gate is strict" : newness(scan);
    return complaint(`${nameOf(scan)} does not pass the gate: it has ${amount(holding)}${why}`, counting, {
        all: scan.platforms.length,
        otherwise: "or say in .trivyignore.yaml why it does no harm, and until when",
        ...(comparedWith.kind === "unknown" ? { cause: comparedWith.error } : {}),
    });
}
/** Why the run is red though the image passes; `undefined`: it is not, or the image does not pass. */
function redBy(scan) {
    if (scan.kind === "unscanned" || !scan.passes || !scan.isRed)
        return undefined;
    const counting = countingOf(scan);
    const all = scan.platforms.length;
    const name = nameOf(scan);
    const { comparedWith } = scan;
    if (comparedWith.kind !== "published")
        return complaint(`${name}, as published, has ${amount(counting)}`, counting, { all });
    const too = `\`${comparedWith.tag}\`, which is published, has ${counting.length === 1 ? "it" : "them"} too`;
    const sentence = `${name} has ${amount(counting)}: ${too}, so that nothing is held, and the run is red`;
    return complaint(sentence, counting, { all });
}
function nameOf({ name }) {
    return (0,plain_text/* inBackticks */.Zw)((0,plain_text/* plainLine */.h0)(name));
}
function countingOf(scan) {
    return acrossPlatforms(scan).filter(({ counts }) => counts);
}
function newness({ comparedWith }) {
    switch (comparedWith.kind) {
        case "published":
            return `, which \`${comparedWith.tag}\` lacks`;
        case "unknown":
            return ", and what is published is not known";
        default:
            return "";
    }
}
/** `2 findings that count (2 critical)`. */
function amount(findings) {
    const many = findings.length === 1 ? "finding that counts" : "findings that count";
    return `${findings.length} ${many} (${severityCounts(findings)})`;
}
const mostFindings = 20;
const mostRemedies = 3;
/** The sentence, then a line for each finding that counts. */
function complaint(sentence, counting, { all, cause, otherwise }) {
    const lines = counting.slice(0, mostFindings).map((each) => findingLine(each, all));
    const more = counting.length - lines.length;
    const remedies = [...new Set(counting.map(({ remedy }) => (0,plain_text/* plainLine */.h0)(remedy)))];
    const others = remedies.length - mostRemedies;
    const shown = [...remedies.slice(0, mostRemedies), ...(others > 0 ? [`${others} more under Findings`] : [])];
    return new src_errors/* UserError */.yo([sentence, ...lines, ...(more > 0 ? [`and ${count(more, "more finding")}`] : [])].join("\n"), {
        hint: [...shown, ...(otherwise === undefined ? [] : [otherwise])].join("; "),
        cause,
    });
}

;// CONCATENATED MODULE: ./src/report/failures.ts
/** What failed, why, where, and what could not be built because of it. Plain text; who shows it escapes it. */




/**
 * One for each problem of each failed image, in the plan's order, and one for each other image with findings that make the run red;
 * what is blocked and tagged stands with the first of an image.
 */
function failuresOf(result) {
    const blocked = blockedByCulprit(result.images);
    return result.images.flatMap((image) => {
        if (image.outcome !== "failed")
            return ofFindings(image, result);
        const problems = image.error instanceof src_errors/* Problems */.Zw ? image.error.problems : [image.error];
        const put = tagLabels(ownTags(image), image);
        const tagged = { put, missing: put.length === 0 ? [] : missingTags(image) };
        return problems.map((error, index) => ({
            image: image.planned.name,
            kind: "failed",
            ...explanation(error, image.output),
            hint: (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(error.hint), longestSentence),
            at: error.at ?? image.planned.at,
            built: image.candidate?.digest,
            ...(index === 0 ? tagged : { put: [], missing: [] }),
            blocked: index === 0 ? (blocked.get(image.planned.name) ?? []) : [],
        }));
    });
}
/** An image that was held has failed already, with what its scan says of it. */
function ofFindings({ planned }, { scans }) {
    const scan = scans?.get(planned.name);
    const error = scan && (heldBy(scan) ?? redBy(scan));
    if (error === undefined)
        return [];
    const nothing = { put: [], missing: [], blocked: [], built: undefined };
    const hint = (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(error.hint), longestSentence);
    const about = {
        image: planned.name,
        kind: scan?.kind === "unscanned" ? "unscanned" : "findings",
        at: planned.at,
    };
    return [{ ...about, ...explanation(error, undefined), hint, ...nothing }];
}
/** Names of blocked images by the failed image that stands at the beginning of their chain. */
function blockedByCulprit(images) {
    const by = new Map(images.flatMap((each) => (each.outcome === "blocked" ? [[each.planned.name, each.by]] : [])));
    const culprits = new Map();
    for (const name of by.keys()) {
        const culprit = culpritOf(name, by);
        culprits.set(culprit, [...(culprits.get(culprit) ?? []), name]);
    }
    return culprits;
}
function culpritOf(name, by) {
    let culprit = name;
    // No chain is longer than there are links, whatever the data say.
    for (let step = 0; step < by.size; step += 1) {
        const next = by.get(culprit);
        if (next === undefined)
            break;
        culprit = next;
    }
    return culprit;
}
function explanation(error, output) {
    const [what = "", ...quoted] = (0,plain_text/* plainLines */.y1)(error.message.trim());
    const causes = [];
    let cause = error.cause;
    for (let depth = 0; depth < deepestCause && cause instanceof Error; depth += 1) {
        const [first = "", ...more] = (0,plain_text/* plainLines */.y1)(cause.message.trim());
        if (first !== "" && ![what, ...causes].some((known) => known.includes(first)))
            causes.push(first);
        quoted.push(...more);
        cause = cause.cause;
    }
    return {
        what: (0,plain_text/* shortened */.vI)(what, longestSentence),
        causes: causes.map((each) => (0,plain_text/* shortened */.vI)(each, longestSentence)),
        quoted: lastLines(quoted),
        output: lastLines(output === undefined || output.length === 0 ? quoted : output.flatMap(plain_text/* plainLines */.y1)),
    };
}
function lastLines(lines) {
    return lines.slice(-mostOutput).map((line) => (0,plain_text/* shortened */.vI)(line, longestLine));
}
const deepestCause = 3;
const longestSentence = 1000;
const mostOutput = 40;
const longestLine = 400;

;// CONCATENATED MODULE: ./src/report/finding-rows.ts



/** What is to be read of an image's findings, weightiest first. */
function reportedOf(scan) {
    return acrossPlatforms(scan).filter(({ isReported }) => isReported);
}
/** A row for each remedy. */
function fixableRows(scan) {
    return rows(scan, reportedOf(scan).filter(isFixable), ({ remedy }) => remedy);
}
/** A row for each package without a fix, by what brought it. */
function unfixedRows(scan) {
    const unfixed = reportedOf(scan).filter((each) => each.finding.kind === "vulnerability" && !isFixable(each));
    return rows(scan, unfixed, (each) => JSON.stringify([packageOf(each), each.origin]));
}
/** A row for each secret. */
function secretRows(scan) {
    const secrets = reportedOf(scan).filter(({ finding }) => finding.kind === "secret");
    return rows(scan, secrets, (each) => packageOf(each));
}
/** What brought it, as a clause: `base debian:13`. */
function describeOrigin(origin) {
    switch (origin.kind) {
        case "base":
            return origin.isOwn ? `${(0,plain_text/* inBackticks */.Zw)(origin.name)}, of this repository` : `base ${(0,plain_text/* inBackticks */.Zw)(origin.name)}`;
        case "step":
            return `\`${(0,plain_text/* inBackticks */.Zw)(origin.step)}\``;
        case "unknown":
            return "not known";
    }
}
function rows({ platforms }, findings, keyOf) {
    return [...Map.groupBy(findings, keyOf).values()].flatMap((some) => {
        const [first] = some;
        if (first === undefined)
            return [];
        const on = new Set(some.flatMap((each) => each.platforms));
        return [
            {
                findings: some,
                remedy: first.remedy,
                origin: first.origin,
                packages: [...new Set(some.map(packageOf))],
                platforms: on.size === platforms.length ? [] : [...on],
            },
        ];
    });
}
/** A secret's is where it lies. */
function packageOf({ finding }) {
    if (finding.kind === "secret")
        return `${finding.path}${finding.line === undefined ? "" : `:${finding.line}`}`;
    return `${finding.package} ${finding.installed}${finding.path === undefined ? "" : ` (${finding.path})`}`;
}

;// CONCATENATED MODULE: ./src/report/unwatched.ts
/** Systems whose packages may have findings that no scan sees: past their end of life, or not known to the database. */

/** One for each system, whatever images have it. Nothing is held for it. */
function unwatchedRemarks(scans) {
    const seen = scans.flatMap((scan) => scan.kind === "unscanned" ? [] : scan.platforms.map(({ os, unwatched }) => ({ image: scan.name, os, unwatched })));
    const systems = Map.groupBy(seen, ({ os, unwatched }) => JSON.stringify([os, unwatched]));
    return [...systems.values()].flatMap((some) => {
        const [first] = some;
        if (first?.unwatched === undefined)
            return [];
        const images = listed([...new Set(some.map(({ image }) => image))]);
        const os = first.os === undefined ? undefined : (0,plain_text/* inBackticks */.Zw)(first.os);
        if (first.unwatched === "ended") {
            const ended = `${os ?? "their system"} is past its end of life, and nobody reports findings for it any more`;
            const message = `${ended}: what is wrong with the packages of ${images} is not seen`;
            return [{ message, hint: "build on a release that is still supported" }];
        }
        const message = `the database knows nothing of ${os === undefined ? "the system" : os} of ${images}: what is wrong with its packages is not seen`;
        const hint = "build on a system that Trivy has findings for, and leave /etc/os-release in the image";
        return [{ message, hint }];
    });
}
/** What is to be read in an image's row; `undefined`: nothing. */
function unwatchedBrief({ platforms }) {
    const here = new Set(platforms.map(({ unwatched }) => unwatched));
    if (here.has("ended"))
        return "its system is past its end of life";
    return here.has("unknown") ? "its system is not known" : undefined;
}
/** The system of a platform, as it stands in brackets after it; `undefined` where there is none. */
function systemText({ os, unwatched }) {
    if (os === undefined)
        return unwatched === undefined ? undefined : "a system that is not known";
    const notes = { ended: ", past its end of life", unknown: ", which the database knows nothing of" };
    return `${os}${unwatched === undefined ? "" : notes[unwatched]}`;
}
const mostNames = 20;
function listed(images) {
    const more = images.length - mostNames;
    const names = images.slice(0, mostNames).map((image) => `\`${(0,plain_text/* inBackticks */.Zw)((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(image), 100))}\``);
    return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

;// CONCATENATED MODULE: ./src/report/finding-details.ts
/** One image's findings in Markdown, folded: what to do, what has no fix, secrets, what is gone. */






const mostRows = 30;
const mostIds = 6;
const finding_details_mostNames = 20;
/** One piece, bounded whatever was found; none where there is nothing to tell but the table's row. */
function findingDetails(scan) {
    if (scan.kind === "unscanned")
        return [];
    const parts = [
        rowTable("What to do", ["What to do", "Mends", "Packages"], fixableRows(scan), fixableCells),
        rowTable("No fix yet", ["Package", "Findings", "Brought by"], unfixedRows(scan), unfixedCells),
        rowTable("Secrets in layers", ["Secret", "Where", "What to do"], secretRows(scan), secretCells),
        goneLine(scan),
        ignoredLine(scan),
    ].filter((each) => each !== "");
    if (parts.length === 0 && unwatchedBrief(scan) === undefined)
        return [];
    const name = markdown((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(scan.name), 100));
    const platforms = scan.platforms.map((each) => {
        const system = systemText(each);
        return system === undefined ? each.platform : `${each.platform} (${system})`;
    });
    return [
        [
            `<details><summary><b>${name}</b>: ${severityCounts(reportedOf(scan)) || "no findings"}</summary>`,
            ...parts,
            `<sub>${markdown((0,plain_text/* shortened */.vI)(platforms.join(", "), 400))}</sub>`,
            "</details>\n",
        ].join("\n\n"),
    ];
}
function rowTable(title, columns, rows, cells) {
    if (rows.length === 0)
        return "";
    const line = (each) => `| ${each.join(" | ")} |`;
    const more = rows.length - mostRows;
    return [
        `**${title}**\n`,
        line(columns),
        line(columns.map(() => "---")),
        ...rows.slice(0, mostRows).map((row) => line(cells(row))),
        ...(more > 0 ? [`\n_${more} more; the log has them all._`] : []),
    ].join("\n");
}
function fixableCells(row) {
    return [prose((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(row.remedy), 400)), mends(row), packagesCell(row)];
}
function unfixedCells(row) {
    return [packagesCell(row), mends(row), prose((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(describeOrigin(row.origin)), 200))];
}
function secretCells(row) {
    return [mends(row), packagesCell(row), prose((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(row.remedy), 400))];
}
/** `**2 critical**, 1 new: CVE-2026-1, CVE-2026-2`. */
function mends({ findings, platforms }) {
    const added = findings.filter(({ standing }) => standing === "new").length;
    const counting = findings.some(({ counts }) => counts);
    const numbers = severityCounts(findings);
    const ids = finding_details_listed(findings, mostIds, ({ finding }) => idOf(finding));
    const where = platforms.length === 0 ? "" : `<br><sub>${markdown(platforms.join(", "))} only</sub>`;
    return `${counting ? `**${numbers}**` : numbers}${added === 0 ? "" : `, ${added} new`}: ${ids}${where}`;
}
function idOf(finding) {
    return pageLink(code((0,plain_text/* shortened */.vI)(finding.id, 60)), finding.kind === "vulnerability" ? finding.url : undefined);
}
function packagesCell({ packages }) {
    return finding_details_listed(packages, mostIds, (each) => code((0,plain_text/* shortened */.vI)(each, 160)));
}
function goneLine(scan) {
    const gone = goneAcrossPlatforms(scan);
    if (gone.length === 0)
        return "";
    const nameOf = (each) => `${idOf(each)} in ${code((0,plain_text/* shortened */.vI)(each.kind === "secret" ? each.path : each.package, 100))}`;
    return `**Gone since what is published:** ${finding_details_listed(gone, finding_details_mostNames, nameOf)}`;
}
function ignoredLine(scan) {
    const ignored = scan.platforms.flatMap(({ findings }) => findings.flatMap(({ finding }) => (finding.ignored === undefined ? [] : [{ finding, by: finding.ignored }])));
    if (ignored.length === 0)
        return "";
    const lines = new Set(ignored.map(({ finding, by: { source, statement } }) => {
        const why = statement === undefined ? "" : `, ${(0,plain_text/* shortened */.vI)(statement, 100)}`;
        return `${idOf(finding)} (${markdown(`${(0,plain_text/* shortened */.vI)(source, 100)}${why}`)})`;
    }));
    return `**Ignored:** ${finding_details_listed([...lines], finding_details_mostNames, (each) => each)}`;
}
function finding_details_listed(all, most, show) {
    const more = all.length - most;
    return `${all.slice(0, most).map(show).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

;// CONCATENATED MODULE: ./src/report/findings.ts
/** What the scans found, in the job's summary: a table of images, and for each, folded, what to do. */









/** Nothing where nothing was scanned. */
function findingSections({ images, scans, mended = [] }) {
    const all = [...(scans?.values() ?? [])];
    if (all.length === 0)
        return [];
    const asPublished = new Set(images.flatMap(({ outcome, planned }) => (outcome === "skipped" ? [planned.name] : [])));
    const clean = all.filter(isClean);
    const others = all.filter((scan) => !isClean(scan));
    const which = others.length === 0 ? count(all.length, "image") : `the other ${count(clean.length, "image")}`;
    const none = clean.length === 0 ? "" : `Nothing to report in ${which}.`;
    const rebuild = mended.length === 0 ? "" : `**A rebuild would mend:** ${names(mended)}`;
    return [
        sections_text("### Findings"),
        ...(others.length === 0 ? [] : [table(others, asPublished)]),
        sections_text([none, rebuild].filter((each) => each !== "").join("\n\n")),
        { head: "", pieces: others.flatMap((scan) => findingDetails(scan)), tail: "", what: "images' findings" },
    ];
}
/** Nothing is reported, nothing went, and nothing could have been missed. */
function isClean(scan) {
    const counts = findingCounts(scan);
    if (scan.kind === "unscanned" || unwatchedBrief(scan) !== undefined)
        return false;
    return reportedOf(scan).length === 0 && counts?.gone === 0 && counts.ignored === 0;
}
const columns = ["Image", "Findings", "An upgrade mends", "No fix yet", "Compared with what is published"];
function table(scans, asPublished) {
    const row = (cells) => `| ${cells.join(" | ")} |`;
    return {
        head: [row(columns), row(columns.map(() => "---"))].join("\n"),
        pieces: scans.map((scan) => row(cellsOf(scan, asPublished.has(scan.name)))),
        tail: "",
        what: "images",
    };
}
function cellsOf(scan, isAsPublished) {
    const name = `${markOf(scan)} **${markdown((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(scan.name), 100))}**`;
    const counts = findingCounts(scan);
    if (scan.kind === "unscanned" || counts === null) {
        const why = prose(sentence((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(scan.kind === "unscanned" ? scan.error.message : ""), 300)));
        const then = scan.passes ? "published unseen, as nothing counts" : "held";
        return [name, `not scanned: ${why}`, "", "", isAsPublished ? "it stays published" : then];
    }
    const reported = severityCounts(reportedOf(scan)) || "none";
    const counting = counts.counting === 0 ? "" : `<br>**${counts.counting} count${counts.counting === 1 ? "s" : ""}**`;
    const unwatched = unwatchedBrief(scan);
    return [
        name,
        `${reported}${counting}${unwatched === undefined ? "" : `<br>**${unwatched}**`}`,
        `${counts.fixable}`,
        `${counts.unfixed}`,
        comparedCell(scan.comparedWith, counts),
    ];
}
function markOf(scan) {
    if (makesRed(scan))
        return "❌";
    return scan.kind === "unscanned" ? "⚠️" : "✅";
}
function comparedCell(comparedWith, { new: added, known, gone }) {
    switch (comparedWith.kind) {
        case "first":
            return "nothing is published yet";
        case "itself":
            return "this is published";
        case "unknown":
            return `not known, so all count as new: ${prose(sentence((0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(comparedWith.error.message), 300)))}`;
        case "published":
            return `${added} new, ${known} known, ${gone} gone<br><sub>${code((0,plain_text/* shortened */.vI)(comparedWith.tag, 60))}</sub>`;
    }
}
const findings_mostNames = 60;
function names(images) {
    const more = images.length - findings_mostNames;
    const shown = images.slice(0, findings_mostNames).map((each) => code((0,plain_text/* shortened */.vI)(each, 100)));
    return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

;// CONCATENATED MODULE: ./src/report/graph.ts
/** How the images of a run build on one another, as a Mermaid flowchart. */




/**
 * Images that are built and the published ones they build on; at most 60, failures first, since a larger picture is
 * read by nobody and Mermaid stops at 50,000 characters or 500 edges. Empty where no image builds on another.
 */
function graphSection(nodes) {
    const parents = new Set(nodes.flatMap(({ planned }) => parentsOf(planned)));
    const wanted = nodes.filter(({ planned }) => planned.kind === "build" || parents.has(planned.name));
    const chosen = new Set(wanted.toSorted((a, b) => rank[a.state] - rank[b.state]).slice(0, mostNodes));
    const drawn = wanted.filter((node) => chosen.has(node));
    const ids = new Map(drawn.map(({ planned }, index) => [planned.name, `n${index}`]));
    const edges = drawn.flatMap(({ planned }) => edgesInto(planned, ids)).slice(0, mostEdges);
    if (edges.length === 0)
        return sections_text("");
    const lines = ["flowchart LR", ...drawn.map((node) => nodeLine(node, ids)), ...edges, ...styles(drawn)];
    const left = wanted.length - drawn.length;
    const note = left === 0 ? "" : `\n\n_${count(left, "more image")} not drawn._`;
    return sections_text(`### How they build on one another\n\n${codeBlock(lines, "mermaid")}${note}`);
}
const mostNodes = 60;
const mostEdges = 240;
const longestName = 48;
/** What is kept when there is no room for all. */
const rank = {
    failed: 0,
    blocked: 1,
    cancelled: 2,
    published: 3,
    built: 3,
    toBuild: 3,
    promoted: 3,
    toPromote: 3,
    skipped: 4,
};
const marks = {
    published: "✅",
    promoted: "🏷️",
    built: "✅",
    toBuild: "🔨",
    toPromote: "🏷️",
    skipped: "➖",
    failed: "❌",
    blocked: "⛔",
    cancelled: "⏹️",
};
/** Fill, border and text for each state, told apart in light and dark themes; the mark tells them apart without colour. */
const colours = {
    published: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    promoted: "fill:#fbefff,stroke:#8250df,color:#1f2328",
    built: "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    toBuild: "fill:#ddf4ff,stroke:#0969da,color:#1f2328",
    toPromote: "fill:#fbefff,stroke:#8250df,color:#1f2328",
    skipped: "fill:#f6f8fa,stroke:#8c959f,color:#59636e",
    failed: "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px",
    blocked: "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
    cancelled: "fill:#eaeef2,stroke:#57606a,color:#1f2328",
};
function nodeLine({ planned, state }, ids) {
    const label = `${marks[state]} ${mermaidLabel((0,plain_text/* shortened */.vI)(planned.name, longestName))}`;
    return `  ${ids.get(planned.name)}["${label}"]:::${state}`;
}
function edgesInto(planned, ids) {
    const child = ids.get(planned.name);
    return parentsOf(planned)
        .map((parent) => ids.get(parent))
        .filter((parent) => parent !== undefined)
        .map((parent) => `  ${parent} --> ${child}`);
}
/** Images that are not published have a dashed border. */
function styles(drawn) {
    const states = [...new Set(drawn.map(({ state }) => state))];
    const unpublished = drawn.flatMap(({ planned }, index) => (planned.repositories.length === 0 ? [`n${index}`] : []));
    return [
        ...states.map((state) => `  classDef ${state} ${colours[state]}`),
        ...unpublished.map((id) => `  style ${id} stroke-dasharray:5 5`),
    ];
}
/** Each parent once, though it may be used in several ways. */
function parentsOf(planned) {
    return planned.kind === "build" ? [...new Set(planned.parents.map((parent) => parent.name))] : [];
}

;// CONCATENATED MODULE: ./src/report/headline.ts
/** The one sentence that says how the run went, for the summary's heading and the log's last line. */




/** `quote` makes a name fit for where the sentence is shown. */
function headline(result, quote) {
    const how = outcome(result, quote);
    const red = result.images.flatMap(({ planned, outcome }) => {
        const scan = outcome === "failed" ? undefined : result.scans?.get(planned.name);
        return scan !== undefined && makesRed(scan) ? [scan] : [];
    });
    if (red.length === 0)
        return how;
    const said = (scans, one, several) => {
        const [first, ...others] = scans;
        if (first === undefined)
            return [];
        return [others.length === 0 ? `${quote(first.name)} ${one}` : `${scans.length} images ${several}`];
    };
    const [unseen, seen] = [red.filter(({ kind }) => kind === "unscanned"), red.filter(({ kind }) => kind === "scanned")];
    const clauses = [
        ...said(seen, "has findings that count", "have findings that count"),
        ...said(unseen, "could not be scanned", "could not be scanned"),
    ];
    const advice = seen.length > 0 ? "Findings make the run red: what to do stands beside each." : "Mend what is listed.";
    return {
        mark: "❌",
        sentence: [how.sentence, ...clauses].join("; "),
        advice: how.advice === undefined ? advice : `${how.advice} ${advice}`,
    };
}
function outcome(result, quote) {
    const { images, plan } = result;
    const took = formatDuration(result.seconds);
    const published = images.filter(isPublished);
    const kept = images.filter((image) => isTagged(image) && !isPublished(image));
    const built = images.filter(({ outcome }) => outcome === "built");
    const cancelled = images.filter(({ outcome }) => outcome === "cancelled");
    if (images.some(({ outcome }) => outcome === "failed"))
        return afterFailure(images, quote);
    if (cancelled.length > 0) {
        return {
            mark: "⏹️",
            sentence: `The run was cancelled: ${count(published.length, "image")} published, ${cancelled.length} not finished`,
            advice: "What was published is complete and stays. Run this again for the rest.",
        };
    }
    if (published.length > 0) {
        const advice = [whatWasPromoted(published), keptTags(kept.length, "more image")].filter((each) => each !== "");
        return {
            mark: "✅",
            sentence: `${whatWasPublished(published, plan, quote)} in ${took}${howManyUnbuilt(published)}`,
            advice: advice.length === 0 ? undefined : advice.join(" "),
        };
    }
    if (kept.length > 0)
        return { mark: "✅", sentence: "Nothing was tagged", advice: keptTags(kept.length, "image") };
    if (built.length > 0) {
        const sentence = `Built ${count(built.length, "image")} in ${took}, published nothing`;
        return { mark: "✅", sentence, advice: whyNotPushed(plan) };
    }
    const scans = [...(result.scans?.values() ?? [])];
    if (scans.length > 0) {
        const scanned = scans.filter(({ kind }) => kind === "scanned").length;
        return { mark: "✅", sentence: `Scanned ${count(scanned, "image")} in ${took}`, advice: undefined };
    }
    return { mark: "✅", sentence: "Nothing to publish", advice: whyNothing(plan) };
}
function isTagged({ outcome }) {
    return outcome === "published" || outcome === "promoted";
}
function afterFailure(images, quote) {
    const failed = images.filter(({ outcome }) => outcome === "failed");
    const numberOf = (outcome) => images.filter((image) => image.outcome === outcome).length;
    const partly = failed.filter((image) => ownTags(image).length > 0).length;
    const published = images.filter(isPublished).length;
    const [blocked, cancelled] = [numberOf("blocked"), numberOf("cancelled")];
    const [first, ...others] = failed;
    const isOne = others.length === 0;
    const parts = [
        isOne ? `${quote(first?.planned.name ?? "")} failed` : `${failed.length} images failed`,
        ...(partly > 0 ? [isOne ? "some of its tags are in place" : `${partly} of them with some tags in place`] : []),
        ...(blocked > 0 ? [`${were(blocked)} not built because of ${isOne ? "it" : "them"}`] : []),
        ...(cancelled > 0 ? [`${were(cancelled)} cancelled`] : []),
        published > 0 ? `${were(published)} published` : `nothing ${partly > 0 ? "else " : ""}was published`,
    ];
    const stays = published > 0 ? " What was published is complete and stays." : "";
    const tagged = partly > 0 ? " Tags that are in place name complete images; the next run puts the others." : "";
    return {
        mark: "❌",
        sentence: parts.join(", "),
        advice: `Mend what is listed, and push it or run this again.${stays}${tagged}`,
    };
}
function were(number) {
    return `${number} ${number === 1 ? "was" : "were"}`;
}
/** `Published 3 of 8 images`, `Released all 8 images as 1.2.3`. */
function whatWasPublished(published, plan, quote) {
    const publishable = plan.images.filter((image) => image.repositories.length > 0).length;
    const number = published.length;
    const which = publishable === number ? allOf(number) : `${number} of ${count(publishable, "image")}`;
    const versions = published.map(releasedVersion);
    if (versions.some((version) => version === undefined))
        return `Published ${which}`;
    const [version, ...more] = new Set(versions);
    return `Released ${which}${version === undefined || more.length > 0 ? "" : ` as ${quote(version)}`}`;
}
/** `undefined` where no release's own tag is on the image. */
function releasedVersion(image) {
    const release = image.planned.kind === "skip" ? null : image.planned.release;
    return ownTags(image).some(({ tag }) => tag === release?.tag) ? release?.version : undefined;
}
function allOf(number) {
    return number === 1 ? "the image" : number === 2 ? "both images" : `all ${number} images`;
}
function howManyUnbuilt(published) {
    const promoted = published.filter(({ outcome }) => outcome === "promoted").length;
    if (promoted === 0)
        return "";
    if (promoted < published.length)
        return `, ${promoted} of them without building`;
    return `, without building ${promoted === 1 ? "it" : "any"}`;
}
function whatWasPromoted(published) {
    if (published.some(({ outcome }) => outcome !== "promoted"))
        return "";
    const isOne = published.length === 1;
    if (published.every((image) => releasedVersion(image) !== undefined)) {
        return `What was tested is what ships: ${isOne ? "it is" : "each is"} the very digest that was published before.`;
    }
    return `What is made of these sources was published already, so ${isOne ? "it" : "they"} only got tags.`;
}
function keptTags(images, what) {
    if (images === 0)
        return "";
    return `The tags of ${count(images, what)} stay where they are; the reason stands beside ${images === 1 ? "it" : "each"}.`;
}
function whyNotPushed(plan) {
    if (plan.push)
        return "What was built is not meant to be published; other images use it.";
    if (/^pull.request/.test(plan.event))
        return "A pull request's images are built and checked, not pushed.";
    if (/^merge.group/.test(plan.event))
        return "A merge group's images are built and checked, not pushed.";
    return "This run does not push.";
}
function whyNothing({ images, base }) {
    const numberOf = (wanted) => images.filter(({ reasons }) => reasons.some(({ kind }) => kind === wanted)).length;
    const [current, superseded] = [numberOf("current"), numberOf("superseded")];
    if (current + superseded > 0) {
        const there = `${count(current, "image")} ${current === 1 ? "is" : "are"} published already, under all tags.`;
        return [...(current > 0 ? [there] : []), ...(superseded > 0 ? [keptTags(superseded, "image")] : [])].join(" ");
    }
    if (images.length === 0 || numberOf("unaffected") < images.length)
        return undefined;
    const which = images.length === 1 ? "the image" : `any of the ${images.length} images`;
    return `Nothing that goes into ${which} changed${base === null ? "" : ` since ${shortCommit(base)}`}.`;
}

;// CONCATENATED MODULE: ./src/report/image-table.ts






/** Image, tags, digest, platforms with their compressed sizes, time and reason: a row each. Tags only where one was put. */
function imageTable(made) {
    const withTags = made.some((image) => image.outcome !== "built");
    const columns = ["Image", ...(withTags ? ["Tags"] : []), "Platforms, compressed", "Time", "Why", "Digest"];
    const row = (cells) => `| ${cells.join(" | ")} |`;
    return {
        head: [row(columns), row(columns.map(() => "---"))].join("\n"),
        pieces: made.map((image) => row([
            `**${markdown((0,plain_text/* shortened */.vI)(image.planned.name, 100))}**`,
            ...(withTags ? [tagsCell(image)] : []),
            platformsCell(image_table_imageOf(image).platforms),
            timeCell(image),
            markdown(because(image.planned.reasons)),
            code(shortDigest(image_table_imageOf(image).digest)),
        ])),
        tail: "",
        what: "images",
    };
}
function image_table_imageOf(image) {
    return image.outcome === "promoted" ? image.image : image.candidate;
}
/** Each tag once, though it stands in several repositories. */
function tagsCell(image) {
    if (image.outcome === "built")
        return "_not published_";
    const results = tagResults(image);
    const held = new Set(results.filter(({ outcome }) => outcome === "held").map(({ tag }) => tag));
    const tags = [...new Set(results.map(({ tag }) => tag))];
    const cells = tags.map((tag) => (held.has(tag) ? `${code(shortTag(tag))} _held_` : code(shortTag(tag))));
    return cells.length === 0 ? "_none_" : cells.join("<br>");
}
function platformsCell(of) {
    const platforms = of.map(({ platform, size }) => `${platform} ${formatSize(size)}`);
    return platforms.map((each) => markdown(each).replaceAll(" ", "&nbsp;")).join("<br>");
}
function timeCell(image) {
    if (image.outcome === "promoted")
        return "promoted<br><sub>nothing&nbsp;built</sub>";
    const { seconds, steps } = image.candidate;
    const ran = `${steps.executed} run, ${steps.cached} cached`;
    return `${formatDuration(seconds)}<br><sub>${ran}</sub>`.replaceAll(" ", "&nbsp;");
}

;// CONCATENATED MODULE: ./src/report/tag-remarks.ts
/** What there is to know of tags as sentences, one for each image and reason; names of tags stand in backticks. */


/** Of exact tags that name other bytes: somebody has to give the new ones a version. */
function heldRemarks(images) {
    const hint = "an exact tag is set once; give new bytes a new version";
    return tag_remarks_sentences(images, ["held"]).map((message) => ({ message, hint }));
}
/** Of tags that stay as something newer has them, and of moves that are unusual: nobody has to do anything. */
function quietNotes(images) {
    return tag_remarks_sentences(images, ["stays", "moved"]);
}
function tag_remarks_sentences(images, kinds) {
    return images.flatMap((image) => tagNotes(image)
        .filter(({ kind }) => kinds.includes(kind))
        .map((note) => sentenceOf(note, image.planned.name)));
}
/** "`1.2.3` of app was left where it is: it names other bytes already; so was `v1.2.3`; `latest` goes with it". */
function sentenceOf({ kind, tags: [first = "", ...others], because, followers }, image) {
    const { verb, one, several } = tag_remarks_verbs[kind];
    const more = others.length === 0 ? "" : `; so ${others.length === 1 ? one : several} ${tag_remarks_listed(others)}`;
    const go = followers.length === 1 ? "goes" : "go";
    const follow = followers.length === 0 ? "" : `; ${tag_remarks_listed(followers)} ${go} with it`;
    return `${quoted(first)} of ${image} ${verb}: ${because}${more}${follow}`;
}
const tag_remarks_verbs = {
    held: { verb: "was left where it is", one: "was", several: "were" },
    stays: { verb: "stays where it is", one: "does", several: "do" },
    moved: { verb: "was moved", one: "was", several: "were" },
};
const tag_remarks_most = 8;
function tag_remarks_listed(tags) {
    const more = tags.length - tag_remarks_most;
    const shown = tags.slice(0, tag_remarks_most).map(quoted);
    return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
/** Of a full reference nothing is left out. */
function quoted(label) {
    return `\`${label.includes("/") ? label : shortTag(label)}\``;
}

;// CONCATENATED MODULE: ./src/report/untouched.ts
/** The images of a run that nothing is done for. */





/** Images that nothing is done for, in groups that are told together. */
function leftImages(images) {
    const isExplained = (image) => image.reasons.some(({ kind }) => !isUntouched(kind));
    return {
        untouched: images.filter((image) => !isExplained(image)),
        explained: Map.groupBy(images.filter(isExplained), ({ reasons }) => because(reasons)),
    };
}
/** Their names, folded; first those that have a reason of their own, with it. */
function leftSections(images) {
    const { untouched, explained } = leftImages(images);
    const explainedCount = images.length - untouched.length;
    return [
        folded(`Nothing to do for ${count(explainedCount, "image")}`, [...explained].flatMap(([why, some]) => untouched_names(some, `- ${markdown(why)}: `)), explainedCount),
        folded(`${count(untouched.length, "image")} not affected`, untouched_names(untouched, ""), untouched.length),
    ];
}
function folded(title, pieces, number) {
    if (number === 0)
        return sections_text("");
    return {
        head: `<details><summary>${title}</summary>\n`,
        pieces,
        tail: "\n</details>",
        what: "lines",
    };
}
function untouched_names(images, before) {
    const each = images.map(({ name }) => code((0,plain_text/* shortened */.vI)(name, 100)));
    return chunks(each, 20).map((some, index) => (index === 0 ? before : ", ") + some.join(", "));
}

;// CONCATENATED MODULE: ./src/report/summary.ts
/** The job's summary: GitHub flavoured Markdown for people, failures first. */















/** Always fewer bytes than GitHub takes for one step. */
function renderSummary(result) {
    const { mark, sentence: how, advice } = headline(result, summary_name);
    const made = result.images.filter((image) => image.outcome === "published" || image.outcome === "promoted" || image.outcome === "built");
    const opening = [
        `## ${mark} ${how}`,
        eventLine(result.plan, result.forge),
        ...(advice === undefined ? [] : [advice]),
    ];
    return joinSections([
        sections_text(opening.join("\n\n")),
        failureSection(result),
        unfinishedSection(result.images),
        remarkSection([...result.remarks, ...heldRemarks(result.images)]),
        ...(made.length === 0 ? [] : [titled(madeTitle(made), imageTable(made))]),
        ...findingSections(result),
        bumpSection(result.bumps ?? []),
        noteSection(result.images),
        graphSection(result.images.map((image) => ({ planned: image.planned, state: image.outcome }))),
        pullSection(made),
        referenceSection(result.images),
        ...leftSections(result.images.flatMap((image) => image.outcome === "skipped" && !result.scans?.has(image.planned.name) ? [image.planned] : [])),
    ]);
}
function titled(title, section) {
    return { ...section, head: `### ${title}\n\n${section.head}` };
}
const mostPulls = 8;
const summary_mostNames = 60;
function failureSection(result) {
    const pieces = failuresOf(result).map((failure) => `${failureBlock(failure, result)}\n`);
    return { head: "", pieces, tail: "", what: "failures" };
}
function failureBlock(failure, { plan, forge }) {
    const causes = failure.causes.map((cause) => `Because: ${prose(cause)}`);
    const blocked = namesOf(failure.blocked);
    return [
        `### ❌ ${summary_name(failure.image)}`,
        `${prose(failure.what)} (${fileLink(forge, plan.commit, failure.at)})`,
        ...causes,
        ...(failure.output.length === 0 ? [] : [codeBlock(failure.output, "text")]),
        `**What to do:** ${prose(sentence(failure.hint))}`,
        ...(failure.put.length === 0 ? [] : [`**Tags that are in place:** ${namesOf(failure.put)}`]),
        ...(failure.missing.length === 0 ? [] : [`**Tags that are missing:** ${namesOf(failure.missing)}`]),
        ...(blocked === "" ? [] : [`**Not built because of it:** ${blocked}`]),
        ...(failure.built === undefined ? [] : [`Its build was good (${code(failure.built)}); what came after it failed.`]),
    ].join("\n\n");
}
function namesOf(images) {
    const more = images.length - summary_mostNames;
    return [...images.slice(0, summary_mostNames).map(summary_name), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
function summary_name(image) {
    return code((0,plain_text/* shortened */.vI)(image, 100));
}
function unfinishedSection(images) {
    const names = images.flatMap((image) => (image.outcome === "cancelled" ? [summary_name(image.planned.name)] : []));
    if (names.length === 0)
        return sections_text("");
    return {
        head: "### ⏹️ Not finished",
        pieces: chunks(names, 20).map((some) => `\n${some.join(", ")}`),
        tail: "",
        what: "lines",
    };
}
function remarkSection(remarks) {
    if (remarks.length === 0)
        return sections_text("");
    const pieces = remarks.map(({ message, hint }) => `- ${remarkText(message)} _What to do:_ ${remarkText(hint)}`);
    return { head: "### ⚠️ Worth knowing\n", pieces, tail: "", what: "remarks" };
}
function remarkText(given) {
    return prose(sentence((0,plain_text/* shortened */.vI)(given, 1000)));
}
/** What nobody has to do anything about, folded. */
function noteSection(images) {
    const notes = quietNotes(images);
    if (notes.length === 0)
        return sections_text("");
    return {
        head: `<details><summary>Notes on tags (${notes.length})</summary>\n`,
        pieces: notes.map((note) => `- ${remarkText(note)}`),
        tail: "\n</details>",
        what: "notes",
    };
}
function madeTitle(made) {
    return made.some((image) => image.outcome !== "built") ? "Published" : "Built";
}
/** One command an image, with the tag that people would type. */
function pullSection(made) {
    const commands = made.flatMap((image) => {
        const [first] = ownTags(image);
        return first === undefined ? [] : [`docker pull ${(0,oci_reference/* familiarRepository */.Yu)(first.repository)}:${first.tag}`];
    });
    if (commands.length === 0)
        return sections_text("");
    const left = commands.length - mostPulls;
    const note = left > 0 ? `\n\n_${left} more: see the references below._` : "";
    return sections_text(`### Pull\n\n${codeBlock(commands.slice(0, mostPulls), "sh")}${note}`);
}
/** Every tag that was put or found right with its digest, to be copied whole. */
function referenceSection(images) {
    const references = images.flatMap((image) => tagResults(image)
        .filter(({ outcome }) => outcome !== "held")
        .map(({ repository, tag, digest }) => `${(0,oci_reference/* familiarRepository */.Yu)(repository)}:${tag}@${digest}`));
    if (references.length === 0)
        return sections_text("");
    return {
        head: `<details><summary>Every tag with its digest (${references.length})</summary>\n\n\`\`\`text`,
        pieces: references,
        tail: "```\n\n</details>",
        what: "references",
    };
}

// EXTERNAL MODULE: ./src/bounded.ts
var bounded = __webpack_require__(16586);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
;// CONCATENATED MODULE: ./src/bump/bump-branch.ts
/** The branch of a bump: always the same one for the same thing, so that a newer version takes the place of an older one. */

/**
 * `image-publish/bump-<image>`, or `image-publish/bump` for all images; for another branch than the default one with `@<base>`
 * at its end, which no image's name has. What a branch can't be called (git-check-ref-format(1)), or can't on Gitea, which
 * takes 100 characters, ends in a hash.
 */
function bumpBranch(image, base, isDefault) {
    const wanted = `image-publish/bump${image === undefined ? "" : `-${image}`}${isDefault ? "" : `@${base}`}`;
    const legal = wanted
        .replace(/[^A-Za-z0-9._/@-]+/g, "-")
        .replace(/\.{2,}/g, ".")
        .replace(/\/[./]+/g, "/")
        .replace(/(?:\.lock)?[./]*$/, "");
    if (legal === wanted && legal.length <= longest)
        return legal;
    const hash = (0,external_node_crypto_.createHash)("sha256").update(wanted).digest("hex").slice(0, 8);
    return `${legal.slice(0, longest - hash.length - 1).replace(/[./]+$/, "")}-${hash}`;
}
const longest = 100;

;// CONCATENATED MODULE: ./src/bump/bump-groups.ts
/** Which branches of bumps there are to see to, and which are left alone. Pure. */

/** @param open branches of bumps that the repository has. */
function bumpGroups(images, open, { base, isDefault, grouped, isWhole }) {
    const branchOf = (name) => bumpBranch(name, base, isDefault);
    const isKnown = images.every(({ kind }) => kind !== "unknown");
    const versionsOf = (image) => (image.kind === "known" ? image.versions : []);
    const all = { branch: branchOf(undefined), versions: grouped ? images.flatMap(versionsOf) : [] };
    const single = images
        .filter(({ kind }) => kind !== "unknown")
        .map((image) => ({ branch: branchOf(image.name), versions: grouped ? [] : versionsOf(image) }));
    // What stands in one for all, or in one for each, is known only where all images are.
    const groups = grouped ? (isKnown ? [all, ...single] : []) : [...single, ...(isKnown ? [all] : [])];
    const ours = new Set([branchOf(undefined), ...images.map(({ name }) => branchOf(name))]);
    const gone = isWhole && isDefault ? open.filter((each) => !ours.has(each) && isOfDefault(each)) : [];
    return [
        ...groups.filter(({ branch, versions }) => versions.length > 0 || open.includes(branch)),
        ...gone.map((branch) => ({ branch, versions: [] })),
    ];
}
function isOfDefault(branch) {
    return branch.startsWith("image-publish/bump-") && !branch.includes("@");
}

// EXTERNAL MODULE: ./src/context/run-context.ts
var run_context = __webpack_require__(53832);
;// CONCATENATED MODULE: ./src/bump/forge/forge-error.ts
/** What can go wrong between us and a forge's API: a closed set, each with what to do about it. */

class ForgeError extends src_errors/* UserError */.yo {
    name = "ForgeError";
    code;
    /** It may work in a while, in milliseconds from now where the forge says so. */
    retryAfter;
    constructor(code, message, details = {}) {
        super(message, { hint: details.hint ?? hints[code], cause: details.cause });
        this.code = code;
        this.retryAfter = details.retryAfter;
    }
}
/** Whether an error says that somebody was faster. */
function isOvertaken(error) {
    return error instanceof ForgeError && error.code === "overtaken";
}
/** `undefined` for what is not there. */
async function unlessMissing(question) {
    try {
        return await question();
    }
    catch (error) {
        if (error instanceof ForgeError && error.code === "missing")
            return undefined;
        throw error;
    }
}
/** What an answer that is no success means, by its status and what it says. GitHub, Gitea and Forgejo say it in `message`. */
function errorCodeOf(status, message) {
    for (const [pattern, code] of meanings)
        if (pattern.test(message))
            return code;
    if (status === 429 || status >= 500)
        return "unavailable";
    if (status === 401 || status === 403)
        return "forbidden";
    if (status === 404 || status === 410)
        return "missing";
    if (status === 409)
        return "overtaken";
    return status === 423 ? "archived" : "unexpected";
}
/** From the most telling to the least. */
const meanings = [
    [/rate limit|submitted too quickly|abuse detection/i, "unavailable"],
    [/not permitted to create or approve pull requests/i, "pull-requests-switched-off"],
    // GitHub's words for apps and the job's token, and for personal tokens.
    [/refusing to allow .* workflow .* without `workflows?` (?:permission|scope)/i, "workflow-files"],
    [/archived|is a mirror/i, "archived"],
    [/rule violations|protected (?:branch|file)|branch is protected|creations being restricted/i, "protected"],
    [/already exists|expected .*(?:head|oid|branch)|does not match|not a fast.?forward/i, "overtaken"],
    // The branch went, or its base caught up with it.
    [/head invalid|no commits between/i, "overtaken"],
    [/could not resolve to a/i, "missing"],
    [/^FORBIDDEN|resource not accessible|must have (?:push|admin|write)|required scope/i, "forbidden"],
    [/not have the correct permissions/i, "forbidden"],
];
const hints = {
    overtaken: "run again: it goes on from what is there then",
    "pull-requests-switched-off": "switch on `Allow GitHub Actions to create and approve pull requests` (Settings → Actions → General; in an organization perhaps there first), or give `bump-token` the token of a GitHub App",
    forbidden: "add `contents: write` and `pull-requests: write` to the job's permissions, or give `bump-token` a token that has them; runs for pull requests of forks have no such rights",
    "workflow-files": "give `bump-token` the token of a GitHub App with `workflows: write` (or a personal one with the scope `workflow`), or let the globs of `bump` leave `.github/workflows` out",
    protected: "let a rule (Settings → Rules → Rulesets, or Branches) leave out `image-publish/**`, or let the token's owner bypass it",
    archived: "take `bump` out of the workflow: the repository takes no changes",
    missing: "see whether the repository and the branch are there, and whether the token may see them",
    unavailable: "run again; if it stays so, look at the forge's status page",
    unexpected: "run again; if it stays so, report it with a log of a run with debug logging on",
};

;// CONCATENATED MODULE: ./src/bump/forge/exchange.ts
/** Questions to a forge's API and their answers, in JSON, with patience. */


/** The address of something below the repository. */
function addressOf({ apiUrl, owner, repo }, below) {
    return `${apiUrl}/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/${below}`;
}
/** A path or branch as part of an address, its slashes kept. */
function pathPart(path) {
    return path.split("/").map(encodeURIComponent).join("/");
}
/** Asks; again and again, a little later each time, where it may work then. @throws ForgeError */
async function ask(access, question) {
    const { clock, random, signal } = access;
    const start = clock.now().getTime();
    for (let attempt = 1;; attempt += 1) {
        const outcome = await once(access, question);
        if (!(outcome instanceof ForgeError))
            return outcome;
        const wait = (outcome.retryAfter ?? 0) + Math.round(random() * firstWait * 2 ** attempt);
        const isLate = clock.now().getTime() - start + wait > exchange_longest;
        if (outcome.code !== "unavailable" || attempt === attempts || isLate)
            throw outcome;
        await clock.sleep(wait, signal);
    }
}
const attempts = 5;
const firstWait = 500;
/** From the first attempt on; no wait is begun that would end later. GitHub's secondary limits ask for a minute. */
const exchange_longest = 150_000;
const timeout = 30_000;
async function once(access, question) {
    const { method, url, body, accept = "application/json" } = question;
    const { host } = new URL(url);
    access.signal?.throwIfAborted();
    try {
        const response = await access.http.send({
            method,
            url,
            headers: {
                accept,
                authorization: `Bearer ${access.token}`,
                "user-agent": "image-publish",
                ...(host === "api.github.com" ? { "x-github-api-version": "2022-11-28" } : {}),
                ...(body === undefined ? {} : { "content-type": "application/json" }),
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            ...(access.signal === undefined ? {} : { signal: access.signal }),
            timeout,
        });
        const json = parse(response.body);
        const isSuccess = response.status >= 200 && response.status < 300;
        const problem = isSuccess ? question.complaint?.(json) : complaintOf(response, json);
        return problem === undefined ? { bytes: response.body, json } : refusal(response, problem, question, access.clock);
    }
    catch (cause) {
        access.signal?.throwIfAborted();
        return new ForgeError("unavailable", `${host} can't be reached`, { cause });
    }
}
function complaintOf({ body }, json) {
    const { message, errors } = fieldsOf(json);
    const text = typeof message === "string" ? message : new TextDecoder().decode(body.subarray(0, 500));
    return [text, ...textsOf(errors)].join(": ");
}
function refusal({ status, headers }, problem, question, clock) {
    const { host, pathname } = new URL(question.url);
    const said = (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(problem).trim(), 300) || `status ${status}`;
    const isSpent = headers["x-ratelimit-remaining"] === "0" && (status === 403 || status === 429);
    const code = isSpent || headers["retry-after"] !== undefined ? "unavailable" : errorCodeOf(status, problem);
    const wait = code === "unavailable" ? waitOf(headers, isSpent, clock) : undefined;
    return new ForgeError(code, `${host} answered ${question.method} ${(0,plain_text/* plainLine */.h0)(pathname)} with "${said}"`, {
        ...(wait === undefined ? {} : { retryAfter: wait }),
    });
}
/** Milliseconds that the forge asks to wait ("Best practices for using the REST API", GitHub Docs). */
function waitOf(headers, isSpent, clock) {
    const seconds = Number(headers["retry-after"]);
    if (headers["retry-after"] !== undefined && Number.isFinite(seconds))
        return Math.max(0, seconds) * 1000;
    const reset = Number(headers["x-ratelimit-reset"]) * 1000;
    return isSpent && Number.isFinite(reset) ? Math.max(0, reset - clock.now().getTime()) : undefined;
}
function parse(body) {
    try {
        return JSON.parse(new TextDecoder().decode(body));
    }
    catch {
        return undefined;
    }
}
/** The messages of a list of errors, each a text or something with a kind, a field and a message. */
function textsOf(errors) {
    if (!Array.isArray(errors))
        return [];
    return errors.flatMap((each) => {
        const { message, type, field, code } = fieldsOf(each);
        return typeof each === "string" ? [each] : [[type, field, code, message].filter(Boolean).join(" ")];
    });
}
/** An object's fields, of which nothing is known; none for what is no object. */
function fieldsOf(value) {
    return typeof value === "object" && value !== null ? value : {};
}

;// CONCATENATED MODULE: ./src/bump/forge/gitea-answers.ts
/** What Gitea and Forgejo answer, as far as it is used. */

/** The commit that is no other's parent; `undefined` for none. */
function headOf(commits) {
    const parents = new Set(commits.flatMap(({ parents: all }) => (all ?? []).map(({ sha }) => sha)));
    const head = commits.find(({ sha }) => !parents.has(sha));
    return head === undefined ? undefined : (0,run_context/* commit */.cd)(head.sha);
}
/** The numbers of labels, as pull requests take them; those that the repository lacks are made. */
async function labelIds(api, names) {
    const known = [];
    for (let page = 1; page <= mostPages; page += 1) {
        const list = await api("GET", `labels?limit=${pageSize}&page=${page}`);
        known.push(...list);
        if (list.length < pageSize)
            break;
    }
    const ids = [];
    for (const name of names) {
        const label = known.find((each) => each.name === name) ?? (await api("POST", "labels", { name, color: "#ededed" }));
        ids.push(label.id);
    }
    return ids;
}
const pageSize = 50;
const mostPages = 10;

;// CONCATENATED MODULE: ./src/bump/forge/gitea-api.ts
/** Gitea's and Forgejo's API for one repository. */



function giteaApi(access) {
    return async (method, path, body) => {
        try {
            return (await ask(access, { method, url: addressOf(access, path), body })).json;
        }
        catch (error) {
            throw method === "GET" ? error : withTokenHint(error);
        }
    };
}
/** Gitea answers 500 where a job's own token wants to change files, and 403 where it wants to open a pull request. */
function withTokenHint(error) {
    if (!(error instanceof ForgeError) || (error.code !== "forbidden" && error.code !== "unavailable"))
        return error;
    return new ForgeError(error.code, error.message, {
        hint: "give `bump-token` the token of a user who may write to this repository (scopes `write:repository` and `write:issue`): a job's own token may not do this here",
        cause: error,
    });
}
/** Where a branch stands; `undefined`: it is not there. */
async function headAt(api, branch) {
    const found = await unlessMissing(() => api("GET", `branches/${pathPart(branch)}`));
    return found === undefined ? undefined : (0,run_context/* commit */.cd)(found.commit.id);
}
/** @throws ForgeError (overtaken) where the branch is elsewhere: these forges have no other way to ask for that. */
async function standsAt(api, branch, head) {
    if ((await headAt(api, branch)) !== head)
        throw new ForgeError("overtaken", `${branch} has moved meanwhile`);
}

;// CONCATENATED MODULE: ./src/bump/marker.ts
/** By what our own pull requests and commits are known again. */

/** What the marker says of a pull request that still lacks something. */
const pending = "pending";
/** The marker for these files. */
function markerOf(files) {
    const moves = files.flatMap(({ pins }) => pins.map(({ image, to }) => JSON.stringify([image, to])));
    const edits = files
        .map(({ path, before, after }) => JSON.stringify([path, hash(before), hash(after)]))
        .sort((a, b) => (a < b ? -1 : 1));
    return { version: hash([...new Set(moves)].sort().join("\n")), edit: hash(edits.join("\n")) };
}
/** A pull request's body with the marker at its end, where nobody sees it. */
function withMarker(body, { version, edit }) {
    return `${body.trimEnd()}\n\n<!-- image-publish:bump version=${version} edit=${edit} -->\n`;
}
function withoutMarker(body) {
    return body.replace(pattern, "").trimEnd();
}
/** `undefined`: there is none. */
function readMarker(body) {
    const [, version, edit] = pattern.exec(body) ?? [];
    return version === undefined || edit === undefined ? undefined : { version, edit };
}
/** The last line of our commits' messages (a trailer, git-interpret-trailers(1)). */
function trailerOf({ version, edit }) {
    return `Image-Publish-Bump: ${version} ${edit}`;
}
/** What a commit says that it makes; `undefined`: it is not ours. */
function readTrailer(message) {
    const [, version, edit] = /\nImage-Publish-Bump: ([0-9a-f]{16}) ([0-9a-f]{16})\s*$/.exec(message) ?? [];
    return version === undefined || edit === undefined ? undefined : { version, edit };
}
const pattern = /<!-- image-publish:bump version=([0-9a-f]{16}) edit=([0-9a-f]{16}|pending) -->/;
function hash(content) {
    return (0,external_node_crypto_.createHash)("sha256").update(content).digest("hex").slice(0, 16);
}

;// CONCATENATED MODULE: ./src/bump/forge/gitea-write.ts
/** One commit on a branch of Gitea's or Forgejo's, by the contents API, which keeps the modes of files. */





/**
 * These forges can't move a branch backwards. One that is to be built anew is deleted and made again, which closes its pull
 * request for the moment; that it is not a person who closed it is said beforehand, in case the run ends between.
 */
async function writeBranch(api, write, patience) {
    const { branch, base, head, parent, pullRequest } = write;
    if (head === undefined)
        return await commitFiles(api, write, { branch: base, new_branch: branch });
    if (head === parent)
        return await commitFiles(api, write, { branch });
    const number = pullRequest?.number;
    if (pullRequest !== undefined)
        await api("PATCH", `pulls/${number}`, { body: withoutMarker(pullRequest.body) });
    // Last of all, as nothing keeps somebody from pushing between the question and the deletion.
    await standsAt(api, branch, head);
    await api("DELETE", `branches/${pathPart(branch)}`);
    if (number === undefined)
        return await commitFiles(api, write, { branch: base, new_branch: branch });
    await gitea_write_closed(api, number, patience);
    await api("POST", "branches", { new_branch_name: branch, old_branch_name: base });
    // Whether it can be merged is found out when something is pushed to an open one.
    await api("PATCH", `pulls/${number}`, { state: "open" });
    return await commitFiles(api, write, { branch });
}
/** It is closed a moment after its branch is gone, and would be so again if it was opened before. */
async function gitea_write_closed(api, number, { clock, signal }) {
    for (let waits = 0; waits < mostWaits; waits += 1) {
        const { state } = await api("GET", `pulls/${number}`);
        if (state === "closed")
            return;
        await clock.sleep(wait, signal);
    }
}
const mostWaits = 50;
const wait = 200;
/** @throws ForgeError (overtaken) where a file is not as it was, as the forge compares it with `sha`. */
async function commitFiles(api, { files, message, parent }, where) {
    const answer = await api("POST", "contents", {
        ...where,
        message: `${message.headline}\n\n${message.body}`,
        files: files.map(({ path, before, after }) => ({
            operation: "update",
            path,
            sha: blobId(before, parent),
            content: Buffer.from(after).toString("base64"),
        })),
    });
    return (0,run_context/* commit */.cd)(answer.commit.sha);
}
/** What git calls these bytes, by the hash that its commits have. */
function blobId(bytes, like) {
    const hash = (0,external_node_crypto_.createHash)(like.length === 64 ? "sha256" : "sha1");
    return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}

;// CONCATENATED MODULE: ./src/bump/forge/reviewers.ts
/** Reviewers as GitHub, Gitea and Forgejo take them: `organisation/team` is a team of the repository's own organisation. */
function reviewersOf(names) {
    return {
        reviewers: names.filter((name) => !name.includes("/")),
        team_reviewers: names.flatMap((name) => (name.includes("/") ? [name.slice(name.indexOf("/") + 1)] : [])),
    };
}

;// CONCATENATED MODULE: ./src/bump/forge/gitea.ts
/** Bumps on Gitea and Forgejo (`/api/v1`), whose contents API makes a commit of several files. */







function giteaBumps(access) {
    const api = giteaApi(access);
    return {
        look: (pair) => look(api, pair),
        async read(at, path) {
            const question = { method: "GET", url: addressOf(access, `raw/${pathPart(path)}?ref=${at}`) };
            return (await unlessMissing(() => ask(access, question)))?.bytes;
        },
        write: (write) => writeBranch(api, write, access),
        async deleteBranch(branch, head) {
            await standsAt(api, branch, head);
            await api("DELETE", `branches/${pathPart(branch)}`);
        },
        async open({ branch, base, title, body, draft }) {
            // What these forges have for drafts.
            const text = { title: draft ? `${unready}${title}` : title, body };
            const made = await api("POST", "pulls", { ...text, head: branch, base });
            return { ...pullRequestOf(made), ...text };
        },
        async edit(pull, { title, body, labels, assignees }) {
            const all = [...new Set([...pull.labels, ...labels])];
            await api("PATCH", `pulls/${pull.number}`, {
                title: pull.title.startsWith(unready) ? `${unready}${title}` : title,
                body,
                ...(labels.length === 0 ? {} : { labels: await labelIds(api, all) }),
                ...(assignees.length === 0 ? {} : { assignees: [...new Set([...pull.assignees, ...assignees])] }),
            });
        },
        async requestReviews({ number }, reviewers) {
            await api("POST", `pulls/${number}/requested_reviewers`, reviewersOf(reviewers));
        },
        async mergeWhenReady({ number }, method) {
            await api("POST", `pulls/${number}/merge`, { Do: method, merge_when_checks_succeed: true });
        },
        async close({ number }, why, body) {
            await api("POST", `issues/${number}/comments`, { body: why });
            await api("PATCH", `pulls/${number}`, { state: "closed", body });
        },
    };
}
const unready = "WIP: ";
/** Two requests where the branch is there and has something that its base has not. */
async function look(api, { branch, base }) {
    const [compared, pullRequests] = await Promise.all([
        unlessMissing(() => api("GET", `compare/${pathPart(base)}...${pathPart(branch)}?files=false&verification=false`)),
        pullRequestsOf(api, { branch, base }),
    ]);
    if (compared === undefined)
        return { head: undefined, commits: [], pullRequests };
    const commits = (compared.commits ?? []).map(({ sha, parents, commit: { message, author, committer } }) => ({
        id: (0,run_context/* commit */.cd)(sha),
        message,
        parents: parents?.length ?? 0,
        author,
        committer,
    }));
    return { head: headOf(compared.commits ?? []) ?? (await headAt(api, branch)), commits, pullRequests };
}
/** There is no question for those of one branch: the latest are asked for until an open one is found. */
async function pullRequestsOf(api, { branch, base }) {
    const found = [];
    for (let page = 1; page <= gitea_mostPages; page += 1) {
        const list = await api("GET", `pulls?state=all&sort=recentupdate&limit=${gitea_pageSize}&page=${page}`);
        const ours = list.filter(({ head, base: to }) => head.label === branch && to.label === base && head.repo_id === to.repo_id);
        found.push(...ours.map(pullRequestOf));
        if (list.length < gitea_pageSize || found.some(({ state }) => state === "open"))
            break;
    }
    return found.sort((a, b) => b.number - a.number);
}
const gitea_pageSize = 50;
const gitea_mostPages = 4;
function pullRequestOf({ number, html_url: url, title, body, state, merged, ...rest }) {
    return {
        number,
        id: String(number),
        url,
        title,
        body: body ?? "",
        state: merged ? "merged" : state === "open" ? "open" : "closed",
        head: (0,run_context/* isCommit */.WM)(rest.head.sha) ? rest.head.sha : undefined,
        labels: (rest.labels ?? []).map(({ name }) => name),
        assignees: (rest.assignees ?? []).map(({ login }) => login),
    };
}

;// CONCATENATED MODULE: ./src/bump/forge/github-api.ts
/** GitHub's two ways of asking, for one repository. */

function githubApi(access) {
    const { apiUrl, owner, repo } = access;
    // GitHub Enterprise Server has /api/v3 and /api/graphql.
    const graphql = apiUrl.endsWith("/api/v3") ? `${apiUrl.slice(0, -"/v3".length)}/graphql` : `${apiUrl}/graphql`;
    return {
        names: { owner, repo },
        async rest(method, path, body) {
            const accept = "application/vnd.github+json";
            return (await ask(access, { method, url: addressOf(access, path), body, accept })).json;
        },
        async query(query, variables) {
            const { json } = await ask(access, { method: "POST", url: graphql, body: { query, variables }, complaint: github_api_complaint });
            return fieldsOf(json).data;
        },
    };
}
/** An answer counts where the field that was asked for is there, whatever is said of what lies below it. */
function github_api_complaint(json) {
    const { data, errors } = fieldsOf(json);
    const isWhole = Object.values(fieldsOf(data)).some((value) => value !== null);
    return isWhole ? undefined : textsOf(errors).join("; ") || "no answer";
}

;// CONCATENATED MODULE: ./src/bump/forge/github-queries.ts
/** What is asked of GitHub's GraphQL API (docs.github.com/graphql), and what it answers. Whatever is `null` there may be. */
/** How the branch stands to its base, and all its pull requests, in one question. */
const lookQuery = `query Bump($owner: String!, $repo: String!, $base: String!, $branch: String!, $baseRef: String!, $branchRef: String!) {
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
    pullRequests(headRefName: $branch, baseRefName: $base, first: 30, orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes {
        id number url state isCrossRepository title body headRefOid
        labels(first: 100) { nodes { name } }
        assignees(first: 100) { nodes { login } }
      }
    }
  }
}`;
/** The repository's id, the commit's tree, and the mode of each file in it as `f0`, `f1`, … */
function modesQuery(paths) {
    const parameters = paths.map((_, index) => `, $p${index}: String!`).join("");
    const files = paths.map((_, index) => `f${index}: file(path: $p${index}) { mode }`).join(" ");
    return `query Modes($owner: String!, $repo: String!, $commit: GitObjectID!${parameters}) {
  repository(owner: $owner, name: $repo) {
    id
    object(oid: $commit) { ... on Commit { tree { oid } ${files} } }
  }
}`;
}
const repositoryQuery = `query Repository($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { id }
}`;
const commitMutation = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;
const refsMutation = `mutation Refs($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}`;
const autoMergeMutation = `mutation AutoMerge($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}`;

;// CONCATENATED MODULE: ./src/bump/forge/github-write.ts
/** One commit on a branch of GitHub's, by its API alone. */




/** As a ref's value: there is no such ref (GraphQL, `RefUpdate`). */
const noCommit = "0".repeat(40);
const regularFile = 0o100644;
/**
 * On top of the branch by `createCommitOnBranch`, whose commits are verified whoever's token it is. It knows one mode of files,
 * and no other parent than the branch's head: the rest is a commit object of its own (verified where the token is a bot's),
 * to which the branch is moved at once. The branch is never at a place between, as GitHub closes a pull request whose branch
 * comes to stand on its base.
 */
async function github_write_writeBranch(api, write) {
    const files = write.files.map((file, index) => ({ ...file, variable: `p${index}`, alias: `f${index}` }));
    const { repository } = await api.query(modesQuery(files.map(({ path }) => path)), {
        ...api.names,
        commit: write.parent,
        ...Object.fromEntries(files.map(({ variable, path }) => [variable, path])),
    });
    const { tree, ...found } = repository.object ?? {};
    const known = files.map((file) => ({ ...file, mode: Number(fieldsOf(found[file.alias]).mode) }));
    const lost = known.find(({ mode }) => !Number.isInteger(mode));
    if (tree === undefined || lost !== undefined) {
        throw new ForgeError("overtaken", `${lost?.path ?? "the commit"} is not in ${write.parent}`);
    }
    if (write.parent === write.head && known.every(({ mode }) => mode === regularFile))
        return commitOnTop(api, write);
    const made = await commitObject(api, write, tree.oid, known);
    await moveBranch(api, repository.id, write.branch, { from: write.head ?? noCommit, to: made });
    return made;
}
async function commitOnTop({ names, query }, { branch, head, files, message }) {
    const answer = await query(commitMutation, {
        input: {
            branch: { repositoryNameWithOwner: `${names.owner}/${names.repo}`, branchName: branch },
            expectedHeadOid: head,
            message,
            fileChanges: {
                additions: files.map(({ path, after }) => ({ path, contents: Buffer.from(after).toString("base64") })),
            },
        },
    });
    return (0,run_context/* commit */.cd)(answer.createCommitOnBranch.commit.oid);
}
/** Without author and committer, as GitHub signs a bot's commit only then. */
async function commitObject(api, { parent, message }, baseTree, files) {
    const tree = await api.rest("POST", "git/trees", {
        base_tree: baseTree,
        tree: files.map(({ path, mode, after }) => ({
            path,
            mode: mode.toString(8).padStart(6, "0"),
            type: "blob",
            content: utf8.decode(after),
        })),
    });
    const text = `${message.headline}\n\n${message.body}`;
    const made = await api.rest("POST", "git/commits", { message: text, tree: tree.sha, parents: [parent] });
    return (0,run_context/* commit */.cd)(made.sha);
}
/** Files with pins are UTF-8, or no pin would have been found; the mark at their beginning stays. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Lets a branch name another commit, if it still names `from`; `noCommit` stands for a branch that is not there. */
async function moveBranch(api, repositoryId, branch, { from, to }) {
    const update = { name: `refs/heads/${branch}`, beforeOid: from, afterOid: to, force: true };
    try {
        await api.query(refsMutation, { input: { repositoryId, refUpdates: [update] } });
    }
    catch (error) {
        // What GitHub says of a branch that is elsewhere is documented nowhere; what is refused for good is so again.
        if (!(error instanceof ForgeError) || error.code !== "unexpected")
            throw error;
        throw new ForgeError("overtaken", error.message, { cause: error });
    }
}

;// CONCATENATED MODULE: ./src/bump/forge/github.ts
/** Bumps on GitHub: what it can say and do at once goes by GraphQL, the rest by REST. */







/** Pull requests are made and closed as whoever the token belongs to. */
function githubBumps(access) {
    const api = githubApi(access);
    return {
        async look({ branch, base }) {
            const refs = { baseRef: `refs/heads/${base}`, branchRef: `refs/heads/${branch}` };
            const answer = await api.query(lookQuery, { ...api.names, base, branch, ...refs });
            if (answer.repository.base === null) {
                throw new ForgeError("missing", `${access.owner}/${access.repo} has no branch ${base}`);
            }
            return stateOf(answer);
        },
        async read(at, path) {
            const url = addressOf(access, `contents/${pathPart(path)}?ref=${at}`);
            const question = { method: "GET", url, accept: "application/vnd.github.raw+json" };
            return (await unlessMissing(() => ask(access, question)))?.bytes;
        },
        write: (write) => github_write_writeBranch(api, write),
        async deleteBranch(branch, head) {
            const { repository } = await api.query(repositoryQuery, api.names);
            await moveBranch(api, repository.id, branch, { from: head, to: noCommit });
        },
        async open({ branch, base, title, body, draft }) {
            const made = await api.rest("POST", "pulls", { title, body, head: branch, base, draft });
            return {
                number: made.number,
                id: made.node_id,
                url: made.html_url,
                state: "open",
                head: (0,run_context/* commit */.cd)(made.head.sha),
                title,
                body,
                labels: [],
                assignees: [],
            };
        },
        async edit(pull, { title, body, labels, assignees }) {
            await api.rest("PATCH", `issues/${pull.number}`, {
                title,
                body,
                labels: union(pull.labels, labels),
                assignees: union(pull.assignees, assignees),
            });
        },
        async requestReviews({ number }, reviewers) {
            await api.rest("POST", `pulls/${number}/requested_reviewers`, reviewersOf(reviewers));
        },
        async mergeWhenReady({ id }, method) {
            await api.query(autoMergeMutation, { input: { pullRequestId: id, mergeMethod: method.toUpperCase() } });
        },
        async close({ number }, why, body) {
            await api.rest("POST", `issues/${number}/comments`, { body: why });
            await api.rest("PATCH", `pulls/${number}`, { state: "closed", body });
        },
    };
}
function stateOf({ repository: { branch, base, pullRequests } }) {
    const head = branch?.target?.oid;
    return {
        head: head === undefined ? undefined : (0,run_context/* commit */.cd)(head),
        // There is nothing to compare where the branch is not there; else GitHub could not, and it may be anybody's.
        commits: head === undefined ? [] : commitsOf(base?.compare?.commits),
        pullRequests: (pullRequests.nodes ?? []).flatMap((node) => node === null || node.isCrossRepository ? [] : [github_pullRequestOf(node)]),
    };
}
function github_pullRequestOf({ number, id, url, title, body, ...node }) {
    return {
        number,
        id,
        url,
        title,
        body,
        state: node.state === "OPEN" ? "open" : node.state === "MERGED" ? "merged" : "closed",
        head: (0,run_context/* commit */.cd)(node.headRefOid),
        labels: (node.labels?.nodes ?? []).flatMap((label) => label?.name ?? []),
        assignees: (node.assignees.nodes ?? []).flatMap((person) => person?.login ?? []),
    };
}
function commitsOf(commits) {
    if (commits === undefined)
        return undefined;
    const nodes = (commits.nodes ?? []).filter((node) => node !== null);
    if (nodes.length < commits.totalCount)
        return undefined;
    return nodes.map(({ oid, message, parents, author, committer }) => ({
        id: (0,run_context/* commit */.cd)(oid),
        message,
        parents: parents.totalCount,
        author: { email: author?.email ?? "", date: author?.date ?? "" },
        committer: { email: committer?.email ?? "", date: committer?.date ?? "" },
    }));
}
function union(some, others) {
    return [...new Set([...some, ...others])];
}

;// CONCATENATED MODULE: ./src/bump/image-names.ts
/** Under which names images stand in files, and where. */

function imageNames(repositories) {
    const all = new Set(repositories);
    const written = new Map([...all].flatMap((each) => writings(each).map((name) => [name, each])));
    const names = [...written.keys()].map(literal).join("|");
    const pin = new RegExp(`${before}(${names})(?::(${tag}))?(?:@(sha256:[0-9a-f]{64}))?${after}`, "g");
    const bare = new RegExp(`${before}(${names})(?![\\w/-]|\\.\\w)`, "g");
    const owners = [...new Set([...all].map(ownerOf))];
    const lastParts = new RegExp([...all].map((each) => literal(lastPart(each))).join("|") || "(?!)");
    return {
        has: (repository) => all.has(repository),
        mayBeIn(bytes) {
            const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
            return owners.some((owner) => buffer.includes(owner)) && lastParts.test(buffer.toString("latin1"));
        },
        mayBeInText: (text) => lastParts.test(text),
        pinsIn(text, offset) {
            if (all.size === 0)
                return [];
            return [...text.matchAll(pin)].flatMap((match) => readPin(match, offset, written) ?? []);
        },
        repositoriesIn(text) {
            if (all.size === 0)
                return new Set();
            return new Set([...text.matchAll(bare)].flatMap(([, name = ""]) => written.get(name) ?? []));
        },
    };
}
/** Not the end of a longer name; a scheme may stand before it, or a variable whose default it is (`${IMAGE:-o/r/app:1}`). */
const before = "(?<![\\w.}])(?<![^:]-)(?<![^/]/)";
const tag = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
/** Not followed by what a variable would make longer. */
const after = "(?![\\w.@:/{$%+-])";
function readPin(match, offset, written) {
    const [text, name = "", tagText, digest] = match;
    const repository = written.get(name);
    if (repository === undefined || (tagText === undefined && digest === undefined))
        return undefined;
    const start = offset + match.index;
    const end = start + text.length;
    const tagStart = start + name.length + 1;
    const values = {
        whole: { start, end },
        ...(tagText === undefined ? {} : { tag: { start: tagStart, end: tagStart + tagText.length } }),
        ...(digest === undefined ? {} : { digest: { start: end - digest.length, end } }),
    };
    return { repository, text, start, tag: tagText, digest, values };
}
function writings(repository) {
    const { host, path } = (0,oci_reference/* splitRepository */.T8)(repository);
    const hub = host === "docker.io" ? [(0,oci_reference/* familiarRepository */.Yu)(repository), `docker.io/${(0,oci_reference/* familiarRepository */.Yu)(repository)}`] : [];
    return [...new Set([repository, ...hub, ...(host === "docker.io" ? [`index.docker.io/${path}`] : [])])];
}
/**
 * What a file holds if it names an image, also where registry, path and name stand apart: asked first, once for all images of
 * an owner, as most files name none. Docker's own images are written without theirs.
 */
function ownerOf(repository) {
    const { host, path } = (0,oci_reference/* splitRepository */.T8)(repository);
    const [first = ""] = path.split("/");
    return host === "docker.io" && first === "library" ? lastPart(repository) : first;
}
function lastPart(repository) {
    return repository.slice(repository.lastIndexOf("/") + 1);
}
function literal(text) {
    return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
;// CONCATENATED MODULE: ./src/bump/chart-pins.ts
/** The version of what a Helm chart installs: `appVersion` of its Chart.yaml. */


function isChartFile(path) {
    return /(?:^|\/)Chart\.ya?ml$/.test(path);
}
/** `undefined` for what is no chart. Top-level keys lead their lines, so that nothing has to be parsed. */
function chartPin(text, key) {
    const hasKey = (name) => new RegExp(`^${name}:`, "m").test(text);
    if (!hasKey("apiVersion") || !hasKey("name"))
        return undefined;
    const match = new RegExp(`^(${key}:[ \\t]+(["']?))([A-Za-z0-9_][\\w.+-]*)\\2[ \\t]*(?:#.*)?\\r?$`, "m").exec(text);
    const [, before, quote, version] = match ?? [];
    if (match === null || before === undefined || version === undefined)
        return undefined;
    const start = match.index + before.length;
    const span = { start, end: start + version.length, ...(quote === "" ? { isPlain: true } : {}) };
    return {
        repository: undefined,
        text: `${key}: ${version}`,
        start,
        tag: version,
        digest: undefined,
        values: { tag: span },
    };
}
/**
 * The folders of the charts whose images a file may tell: the Chart.yaml itself, the values beside it, the templates below it.
 */
function chartFoldersOf(path) {
    const base = external_node_path_.posix.basename(path);
    const isBeside = isChartFile(base) || /^values.*\.ya?ml$/.test(base);
    const above = [...path.matchAll(/(?:^|\/)templates\//g)].map(({ index }) => path.slice(0, index) || ".");
    return isBeside ? [external_node_path_.posix.dirname(path), ...above] : above;
}
/** What a chart may call the version of an image: its tags and its version, with and without `v`, and without a commit. */
function chartVersions({ tags, version }) {
    const named = [...tags, ...(version === undefined ? [] : [version])];
    const alone = named.flatMap((each) => [each, each.replace(/-[0-9a-f]{7,40}(?:-.*)?$/, "")]);
    const both = alone.flatMap((each) => [each, each.startsWith("v") ? each.slice(1) : `v${each}`]);
    return [...new Set(both.filter(oci_reference/* isTag */.dz))];
}

;// CONCATENATED MODULE: ./src/bump/tag-form.ts
/**
 * The form of a tag: what stays when a version moves (`v`, the count of numbers, a commit, `-nix`), and what changes. Two tags
 * of one form are compared by their numbers; commits have no order.
 */
const tag_form_marks = new Set("dev snapshot nightly canary alpha a beta b pre preview m milestone rc cr next".split(" "));
function tagForm(tag) {
    const pieces = (tag.match(/[._-]+|[^._-]+/g) ?? []).flatMap((word, index, words) => piecesOf(word, index, words));
    return {
        pieces,
        isPrerelease: pieces.some(({ kind }) => kind === "mark"),
        isVersion: pieces.some(({ kind }) => kind !== "text" && kind !== "mark"),
    };
}
/** Whether one tag may stand where the other stood: piece by piece of one kind, texts the same. */
function isSameForm(one, other) {
    return (one.pieces.length === other.pieces.length &&
        one.pieces.every((piece, index) => {
            const with_ = other.pieces[index];
            return with_ !== undefined && isSameKind(piece, with_);
        }));
}
/**
 * The same where a commit tells versions apart (`v4.0.6-r4-ffa8727`, `v4.1-0a1b2c3`): what stands before it may have any
 * number of pieces, as versions of others do; what follows it stays. Neither may lose its `v`.
 */
function isSameLooseForm(one, other) {
    const [first, second] = [one, other].map(({ pieces }) => pieces.findIndex(({ kind }) => kind === "commit"));
    if (first === undefined || second === undefined || first <= 0 || second <= 0)
        return false;
    const [head, otherHead] = [one.pieces[0], other.pieces[0]];
    return (head !== undefined &&
        otherHead !== undefined &&
        isSameKind(head, otherHead) &&
        one.pieces.slice(0, first).some(({ kind }) => kind !== "text") &&
        isSameForm(withPieces(one.pieces.slice(first + 1)), withPieces(other.pieces.slice(second + 1))));
}
/** The form of the release that a prerelease leads to: `1.2.3-rc.1` to `1.2.3`. */
function releaseForm({ pieces }) {
    const mark = pieces.findIndex(({ kind }) => kind === "mark");
    const isSeparated = /^[._-]+$/.test(pieces[mark - 1]?.text ?? "");
    return withPieces(mark < 0 ? pieces : pieces.slice(0, isSeparated ? mark - 1 : mark));
}
/** Negative where the first is older. Tags that differ in commits alone are equal. */
function compareVersions(one, other) {
    const [left, right] = one.pieces.length === other.pieces.length ? bothOrdered(one, other) : [ordered(one), ordered(other)];
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
        const difference = comparePieces(left[index], right[index]);
        if (difference !== 0)
            return difference;
    }
    return 0;
}
/** Without which two tags of one version are the same age. */
function hasCommit({ pieces }) {
    return pieces.some(({ kind }) => kind === "commit");
}
function ordered({ pieces }) {
    return pieces.filter(hasOrder);
}
/** Of two tags of one form: digits beside a commit are one too. */
function bothOrdered(one, other) {
    const isOrdered = one.pieces.map((piece, index) => {
        const beside = other.pieces[index];
        return hasOrder(piece) && beside !== undefined && hasOrder(beside);
    });
    return [one.pieces.filter((_, index) => isOrdered[index]), other.pieces.filter((_, index) => isOrdered[index])];
}
function hasOrder({ kind }) {
    return kind !== "text" && kind !== "commit";
}
function withPieces(pieces) {
    return { pieces, isPrerelease: false, isVersion: true };
}
/** What is missing counts as 0, and as more than any mark: 1.2.3 comes after 1.2.3-rc.1. */
function comparePieces(one, other) {
    const [left, right] = [one, other].map((piece) => (piece?.kind === "mark" ? piece.text : undefined));
    if (left !== undefined && right !== undefined)
        return left < right ? -1 : Number(left > right);
    if (left !== undefined || right !== undefined)
        return left !== undefined ? -1 : 1;
    return compareNumbers(one?.text ?? "0", other?.text ?? "0");
}
/** Of any length, zeros in front not counting. */
function compareNumbers(one, other) {
    const [left, right] = [BigInt(one), BigInt(other)];
    return left < right ? -1 : Number(left > right);
}
function piecesOf(word, index, words) {
    const isFirst = index === 0;
    if (/^\d+$/.test(word))
        return [{ kind: isCommit(word, words[index - 1]) ? "commit" : numberKind(word, isFirst), text: word }];
    if (/^[0-9a-f]{7,64}$/.test(word))
        return [{ kind: "commit", text: word }];
    // `v1`, `rc1`, `r4`, `alpine3`, `1rc2`; what is longer than that is a word.
    const [, before = "", number = "", mark = "", last = ""] = /^([A-Za-z]*)(\d+)(?:([A-Za-z]+)(\d*))?$/.exec(word) ?? [];
    if (number === "")
        return [{ kind: kindOfWord(word, words.length), text: word.toLowerCase() }];
    const isLeading = isFirst && (before === "" || before === "v");
    return [
        ...(before === "" ? [] : [{ kind: kindOfWord(before, words.length), text: before.toLowerCase() }]),
        { kind: numberKind(number, isLeading), text: number },
        ...(mark === "" ? [] : [{ kind: kindOfWord(mark, words.length), text: mark.toLowerCase() }]),
        ...(last === "" ? [] : [{ kind: "number", text: last }]),
    ];
}
/** A tag that is one word alone (`dev`, `next`, `beta`) is a channel and no version. */
function kindOfWord(word, words) {
    return words > 1 && tag_form_marks.has(word.toLowerCase()) ? "mark" : "text";
}
/** A commit may be of digits alone: by the lengths that git and forges give it. */
function isCommit(digits, separator) {
    return separator === "-" && [7, 40].includes(digits.length);
}
/** Years and days tell calendar versions from others, and are no commits. */
function numberKind(digits, isLeading) {
    if (/^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?$/.test(digits))
        return "date";
    return isLeading && /^20\d\d$/.test(digits) ? "year" : "number";
}
/** Digits that stand where the other has a commit are one. */
function isSameKind(one, other) {
    if (one.kind === other.kind)
        return one.kind === "text"
            ? one.text === other.text
            : one.kind !== "commit" || one.text.length === other.text.length;
    const kinds = new Set([one.kind, other.kind]);
    return kinds.has("commit") && kinds.has("number") && one.text.length === other.text.length;
}

;// CONCATENATED MODULE: ./src/bump/choose-version.ts

/**
 * - A tag that the published image has stays, and a digest beside it becomes the image's: so `1.2` and `latest` stay.
 * - Any other version moves to the tag of the same form: `1.2.3` to `1.2.4`, `1.2` to `1.3`, `v3.9.1-24f7512-nix` to
 *   `v3.10.0-e973f3c-nix`. Never to an older one, and to a prerelease only from one.
 * - A word that is no version (`main`, `kustomized`) stays.
 * - A digest alone follows `latest`, since nothing says what else it is.
 * @param published all that may be meant by the repository that the pin names, not empty: the variants of an image share it.
 */
function chooseVersion({ tag, digest }, published) {
    const image = [...new Set(published.map(({ name }) => name))].join(", ");
    const named = published.filter(({ tags }) => tags.some((each) => each === (tag ?? "latest")));
    const [only, ...others] = named;
    if (only !== undefined &&
        digest !== undefined &&
        others.length > 0 &&
        !named.some((each) => each.digest === digest)) {
        const what = tag === undefined ? "a digest alone follows `latest`, which" : `\`${tag}\``;
        const remedy = "write the tag of the one that is meant before the digest";
        return { kind: "ambiguous", image, why: `${what} names several images: ${remedy}` };
    }
    if (only !== undefined && (digest === undefined || named.some((each) => each.digest === digest))) {
        return { kind: "current", image: only.name, why: "it names what is published" };
    }
    if (only !== undefined)
        return { kind: "move", image: only.name, tag: undefined, digest: only.digest };
    if (tag !== undefined)
        return newerTag(tag, digest, published, image);
    const current = published.find((each) => each.digest === digest);
    return current === undefined
        ? {
            kind: "not-newer",
            image,
            why: "a digest alone follows `latest`, which isn't what is published: write a tag before the digest",
        }
        : { kind: "current", image: current.name, why: "it names what is published" };
}
function newerTag(tag, digest, published, image) {
    const form = tagForm(tag);
    if (!form.isVersion)
        return { kind: "current", image, why: `\`${tag}\` is no version` };
    const options = optionsFor(form, published);
    const [option] = options;
    if (option === undefined) {
        return { kind: "not-newer", image, why: `what is published has no tag of the form of \`${tag}\`` };
    }
    if (options.some((each) => !isSameThing(each, option))) {
        const tags = options.map((each) => `\`${each.tag}\``).join(" or ");
        return { kind: "ambiguous", image, why: `it may become ${tags}: write the one that is meant` };
    }
    const { version } = option;
    if ((!version.isRelease || option.form.isPrerelease) && !form.isPrerelease) {
        return { kind: "not-newer", image: version.name, why: `\`${option.tag}\` is a prerelease` };
    }
    const difference = compareVersions(form, option.form);
    const isNewer = difference < 0 || (difference === 0 && [form, option.form].some(hasCommit));
    if (!isNewer)
        return { kind: "not-newer", image: version.name, why: `\`${option.tag}\` is not newer` };
    return {
        kind: "move",
        image: version.name,
        tag: option.tag,
        digest: digest === undefined || digest === version.digest ? undefined : version.digest,
    };
}
/** One image may have been given several tags whose commits alone differ. */
function isSameThing(one, other) {
    if (one.tag === other.tag)
        return true;
    return one.version === other.version && hasCommit(one.form) && compareVersions(one.form, other.form) === 0;
}
/** The tags of the same form; where there is none, those that stand for the same in a looser sense. */
function optionsFor(form, published) {
    const all = published.flatMap((version) => version.tags.map((tag) => ({ version, tag, form: tagForm(tag) })));
    const same = all.filter((each) => isSameForm(form, each.form));
    const released = form.isPrerelease ? all.filter((each) => isSameForm(releaseForm(form), each.form)) : [];
    if (same.length + released.length > 0)
        return [...same, ...released];
    return all.filter((each) => isSameLooseForm(form, each.form));
}

;// CONCATENATED MODULE: ./src/bump/edit-text.ts
/** The edits that give a pin a tag, a digest or both. */
function valueEdits({ tag, digest }, wanted) {
    return [
        ...(tag === undefined || wanted.tag === undefined ? [] : [{ ...tag, to: wanted.tag }]),
        ...(digest === undefined || wanted.digest === undefined ? [] : [{ ...digest, to: wanted.digest }]),
    ];
}
/** The piece of a text that a span is, after edits, which may not overlap. */
function editText(text, edits, { start, end }) {
    let edited = "";
    let at = start;
    for (const edit of edits
        .filter((each) => each.start >= start && each.end <= end)
        .toSorted((a, b) => a.start - b.start)) {
        edited += text.slice(at, edit.start) + written(edit, text.slice(edit.start, edit.end));
        at = edit.end;
    }
    return edited + text.slice(at, end);
}
/** Without quotes YAML makes numbers of 12e4567 and of 1.10, which is 1.1; what was one already, and loses nothing, may stay so. */
function written({ to, isPlain }, from) {
    const staysNumber = looksLikeNumber(from) && String(Number(to)) === to;
    return isPlain && looksLikeNumber(to) && !staysNumber ? `"${to}"` : to;
}
function looksLikeNumber(text) {
    return /^(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}

;// CONCATENATED MODULE: ./src/catalog/attempt.ts
/** Going on after a problem of the user's, so that all problems are told at once. */

/** What an action gives, or what is wrong. Rethrows what is no `UserError`. */
function attempt(action) {
    try {
        return { value: action() };
    }
    catch (error) {
        return failed(error);
    }
}
/** As `attempt`, for what takes time. */
async function attemptLater(action) {
    try {
        return { value: await action() };
    }
    catch (error) {
        return failed(error);
    }
}
/** What came of several attempts: all values, and all problems, one by one. */
function outcomes(attempts) {
    return {
        values: attempts.flatMap((each) => ("value" in each ? [each.value] : [])),
        problems: attempts
            .flatMap((each) => ("problem" in each ? each.problem : []))
            .flatMap((problem) => (problem instanceof src_errors/* Problems */.Zw ? problem.problems : [problem])),
    };
}
function failed(error) {
    if (error instanceof src_errors/* UserError */.yo)
        return { problem: error };
    throw error;
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/directive.ts
/** Parser directives: `# name=value` above everything else (BuildKit, frontend/dockerfile/parser/directives.go). */
const assignment = {
    "#": /^#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([^\n]*)$/,
    "//": /^\/\/[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([^\n]*)$/,
};
const blanks = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;
/** The directive that a line is; anything else, a comment too, ends the directives of the file. */
function directiveOf(line, comment) {
    const [, name = "", rest = ""] = assignment[comment].exec(line) ?? [];
    // A value of blanks alone is one blank, by the way BuildKit's expression falls back.
    const value = rest.replace(blanks, "") || rest.slice(-1);
    const known = name.toLowerCase();
    return (known === "syntax" || known === "escape" || known === "check") && value !== ""
        ? { name: known, value }
        : undefined;
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/frontend.ts
/** Which program reads the Dockerfile (BuildKit, frontend/dockerfile/parser/directives.go, `DetectSyntax`). */


/** There are three directives, and none may stand twice. */
const frontend_most = 3;
/**
 * The frontend image that the file asks for: `# syntax=…`, `// syntax=…` or a JSON object's `syntax`, a shebang before it
 * being passed over. `undefined` for BuildKit's own.
 */
function syntaxOf(text) {
    // Most files have none, and this is the quickest way to know.
    if (!/syntax/i.test(text))
        return undefined;
    const body = text.replace(/^\ufeff/, "").replace(/^#![^\n]*(?:\n|$)/, "");
    return fromDirectives(body, "#") ?? fromDirectives(body, "//") ?? fromJson(body);
}
/** Whether the grammar may be another than the one that is read here. */
function isForeign(syntax) {
    return syntax !== undefined && (0,oci_reference/* tryReference */.$Q)(syntax)?.repository !== "docker.io/docker/dockerfile";
}
function fromDirectives(text, comment) {
    for (const line of text.split("\n", frontend_most)) {
        const directive = directiveOf(line.replace(/\r$/, ""), comment);
        if (directive === undefined)
            return undefined;
        if (directive.name === "syntax")
            return directive.value.split(" ", 1)[0];
    }
    return undefined;
}
function fromJson(text) {
    if (!text.trimStart().startsWith("{"))
        return undefined;
    try {
        const parsed = JSON.parse(text);
        if (typeof parsed !== "object" || parsed === null || !("syntax" in parsed))
            return undefined;
        return typeof parsed.syntax === "string" ? parsed.syntax : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/shell-pattern.ts
/**
 * The patterns of `${X#p}`, `${X%p}` and `${X/p/r}`: `*`, `?` and escapes (BuildKit, frontend/dockerfile/shell/lex.go,
 * `convertShellPatternToRegex`). Matched in a time that grows with text times pattern, whatever the pattern.
 */

/** Takes from the text what matches at its start or end: the longest if `greedy`, else the shortest. */
function trimPattern(text, pattern, side, greedy) {
    const fromEnd = side === "end";
    const characters = fromEnd ? [...text].reverse() : [...text];
    const tokens = tokensOf(fromEnd ? (pattern.match(/\\.|./gsu) ?? []).reverse().join("") : pattern);
    const kept = characters.slice(matchEnd(characters, 0, tokens, greedy) ?? 0);
    return (fromEnd ? kept.reverse() : kept).join("");
}
/** Puts `by` in the place of the first match or of all, each the longest where it begins. */
function replacePattern(text, pattern, by, all) {
    const tokens = tokensOf(pattern);
    const characters = [...text];
    let result = "";
    let lastEnd = -1;
    for (let at = 0; at <= characters.length;) {
        const end = matchEnd(characters, at, tokens, true);
        // Go passes over an empty match that touches the match before it.
        const matches = end !== undefined && !(end === at && at === lastEnd);
        if (matches && !all)
            return result + by + characters.slice(end).join("");
        if (matches)
            result += template(by, characters.slice(at, end).join(""));
        if (matches && end > at) {
            lastEnd = end;
            at = end;
        }
        else {
            result += characters[at] ?? "";
            at += 1;
        }
    }
    return result;
}
/** Go's `ReplaceAllString` takes `$0` for the match and any other `$name` for a group, of which there is none. */
function template(by, match) {
    return by.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, name, braced) => {
        if (whole === "$$")
            return "$";
        return (name ?? braced) === "0" ? match : "";
    });
}
function tokensOf(pattern) {
    // Go's scanner passes over a byte order mark.
    const characters = [...pattern.replace(/^\ufeff/, "")];
    const tokens = [];
    for (let at = 0; at < characters.length; at++) {
        const character = characters[at] ?? "";
        if (character === "*")
            tokens.push({ kind: "many" });
        else if (character === "?")
            tokens.push({ kind: "one" });
        else if (character === "\\") {
            at += 1;
            const escaped = characters[at] ?? "";
            if (escaped === "" || !"*?\\}/".includes(escaped)) {
                throw new src_errors/* UserError */.yo(`the pattern "${pattern}" holds the escape "\\${escaped}", which is none`, {
                    hint: "escape only *, ?, /, } and the backslash itself",
                });
            }
            tokens.push({ kind: "literal", character: escaped });
        }
        else
            tokens.push({ kind: "literal", character });
    }
    return tokens;
}
/** Where the match that begins at `from` ends, the pattern being walked in all ways at once. */
function matchEnd(text, from, tokens, longest) {
    let reached = skipMany(new Set([0]), tokens);
    let found;
    for (let at = from;; at++) {
        if (reached.has(tokens.length)) {
            found = at;
            if (!longest)
                return found;
        }
        const character = text[at];
        if (character === undefined || reached.size === 0)
            return found;
        const next = new Set();
        for (const position of reached) {
            const token = tokens[position];
            if (token === undefined)
                continue;
            if (token.kind === "literal" ? token.character === character : character !== "\n") {
                next.add(token.kind === "many" ? position : position + 1);
            }
        }
        reached = skipMany(next, tokens);
    }
}
/** A `*` may match nothing. */
function skipMany(positions, tokens) {
    for (const position of positions)
        if (tokens[position]?.kind === "many")
            positions.add(position + 1);
    return positions;
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/space.ts
/** White space as Go's `unicode.IsSpace` has it, which BuildKit trims by; JavaScript's own set differs in two characters. */
const spaces = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const single = new RegExp(`^${spaces}$`);
const leading = new RegExp(`^${spaces}+`);
function isSpace(character) {
    const code = character.charCodeAt(0);
    return code < 0x85 ? code === 32 || (code >= 9 && code <= 13) : single.test(character);
}
function trimStart(text) {
    return isSpace(text.charAt(0)) ? text.replace(leading, "") : text;
}
function trim(text) {
    const start = trimStart(text);
    let end = start.length;
    while (end > 0 && isSpace(start.charAt(end - 1)))
        end -= 1;
    return start.slice(0, end);
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/shell-lexer.ts
/** Variables, quotes and escapes in the words of a Dockerfile, as BuildKit has them (frontend/dockerfile/shell/lex.go). */



/** That a variable's value can't be known here: a platform, the base's own environment. */
const unsettled = Symbol("unsettled");
/**
 * A word with its variables put in and its quotes and escapes resolved; `unsettled` when it asks for a variable that is.
 * @throws UserError for what BuildKit refuses: an open quote, a bad substitution, `${X:?}` without X.
 */
function expandWord(word, escaper, lookup) {
    if (!/[$'"\\`\ufeff]/.test(word))
        return word;
    const state = start(word, { escaper, lookup, rawQuotes: false, rawEscapes: false });
    const { text } = scan(state, undefined, false);
    return state.settled ? text : unsettled;
}
/** The words of a text, parted at unquoted blanks, variables left as they stand: how heredocs are found. */
function shellWords(text, raw) {
    const state = start(text, { escaper: "\\", lookup: undefined, rawQuotes: raw.quotes, rawEscapes: raw.escapes });
    return scan(state, undefined, raw.escapes).words;
}
/** No registry takes a name this long, and a few lines of `ARG A=$B$B` make one of any length. */
const shell_lexer_longest = 65_536;
function start(text, mode) {
    // Go's scanner passes over a byte order mark.
    return { ...mode, characters: [...text.replace(/^\ufeff/, "")], at: 0, settled: true, word: "" };
}
/** Reads up to `stop`, or to the end. */
function scan(state, stop, rawEscapes) {
    const outer = state.rawEscapes;
    state.rawEscapes = rawEscapes;
    state.word = "";
    const words = [];
    let text = "";
    let inWord = false;
    const put = (piece, parts) => {
        text += piece;
        if (state.lookup !== undefined && text.length > shell_lexer_longest)
            throw mistake("the text grows past 65,536 characters");
        for (const character of parts ? piece : [piece]) {
            if (parts && isSpace(character)) {
                if (inWord && state.word !== "") {
                    words.push(state.word);
                    state.word = "";
                    inWord = false;
                }
            }
            else {
                state.word += character;
                inWord = true;
            }
        }
    };
    let ended = stop === undefined;
    while (state.at < state.characters.length) {
        const character = peek(state);
        if (character === stop) {
            state.at += 1;
            ended = true;
            break;
        }
        if (character === "$")
            put(dollar(state), true);
        else if (character === "'")
            put(singleQuoted(state), false);
        else if (character === '"')
            put(doubleQuoted(state), false);
        else if (character === "<")
            put(lessThan(state), false);
        else if (character === state.escaper) {
            state.at += 1;
            put((state.rawEscapes ? character : "") + take(state), false);
        }
        else
            put(take(state), true);
    }
    if (!ended)
        throw mistake(`a closing "${stop}" is missing`);
    if (state.word !== "")
        words.push(state.word);
    state.word = "";
    state.rawEscapes = outer;
    return { text, words };
}
function singleQuoted(state) {
    const end = state.characters.indexOf("'", state.at + 1);
    if (end < 0)
        throw mistake("a single quote is not closed");
    const inner = state.characters.slice(state.at + 1, end).join("");
    state.at = end + 1;
    return state.rawQuotes ? `'${inner}'` : inner;
}
function doubleQuoted(state) {
    state.at += 1;
    let text = "";
    for (;;) {
        const character = peek(state);
        if (character === "")
            throw mistake("a double quote is not closed");
        if (character === '"') {
            state.at += 1;
            return state.rawQuotes ? `"${text}"` : text;
        }
        if (character === "$") {
            text += dollar(state);
            continue;
        }
        state.at += 1;
        if (character !== state.escaper) {
            text += character;
            continue;
        }
        // Only a quote, a dollar and the escape itself are escaped; before anything else the escape stands for itself.
        const next = peek(state);
        const escapes = next === '"' || next === "$" || next === state.escaper;
        if (state.rawEscapes || (!escapes && next !== ""))
            text += character;
        if (escapes)
            text += take(state);
        else if (state.rawEscapes && next !== "")
            text += character;
    }
}
/** `<<`, with the blanks after it, is no place to part words. */
function lessThan(state) {
    state.at += 1;
    if (peek(state) !== "<")
        return "<";
    state.at += 1;
    let text = "<<";
    while (peek(state) === " " || peek(state) === "\t" || peek(state) === "\r")
        text += take(state);
    return text;
}
function dollar(state) {
    state.at += 1;
    if (peek(state) !== "{") {
        const name = variableName(state);
        return name === "" ? "$" : (variable(state, name, `$${name}`).text ?? "");
    }
    state.at += 1;
    if (["{", "}", ":", ""].includes(peek(state)))
        throw mistake("bad substitution");
    return substitution(state, variableName(state));
}
/** What follows `${NAME`. */
function substitution(state, name) {
    const first = take(state);
    if (first === "}")
        return variable(state, name, `\${${name}}`).text ?? "";
    if (first === "/")
        return replacement(state, name);
    const emptyIsUnset = first === ":";
    const operator = emptyIsUnset ? take(state) : first;
    const known = ["+", "-", "?", "#", "%"].includes(operator);
    if (!emptyIsUnset && !known)
        throw mistake(`"${first}" is no operator of a substitution`);
    const trims = operator === "#" || operator === "%";
    if (emptyIsUnset && trims)
        throw mistake(`":${operator}" is no operator of a substitution`);
    const word = scan(state, "}", trims).text;
    const { text: value, isKept } = variable(state, name, `\${${name}${emptyIsUnset ? ":" : ""}${operator}${word}}`);
    if (isKept)
        return value ?? "";
    const isUnset = value === undefined || (emptyIsUnset && value === "");
    if (operator === "-")
        return isUnset ? word : value;
    if (operator === "+")
        return isUnset ? "" : word;
    if (operator === "?") {
        if (!isUnset)
            return value;
        throw mistake(`${name}: ${word || `it must not be ${value === undefined ? "unset" : "empty"}`}`);
    }
    if (!trims)
        throw mistake(`":${operator}" is no operator of a substitution`);
    const greedy = word.startsWith(operator);
    return trimPattern(value ?? "", greedy ? word.slice(1) : word, operator === "#" ? "start" : "end", greedy);
}
function replacement(state, name) {
    const all = peek(state) === "/";
    if (all)
        state.at += 1;
    const pattern = scan(state, "/", true).text;
    const by = scan(state, "}", true).text;
    const { text: value, isKept } = variable(state, name, `\${${name}/${pattern}/${by}}`);
    return isKept ? (value ?? "") : replacePattern(value ?? "", pattern, by, all);
}
/** `isKept`: the variable stays as it stands. */
function variable(state, name, asWritten) {
    if (state.lookup === undefined)
        return { text: asWritten, isKept: true };
    const value = state.lookup(name);
    if (value !== unsettled)
        return { text: value };
    state.settled = false;
    return { text: "", isKept: true };
}
/** Letters, digits and underscores; digits alone, or one special parameter, where it begins with such. */
function variableName(state) {
    const first = peek(state);
    if (/[@*#?\-$!]/.test(first))
        return take(state);
    const allowed = /\p{Nd}/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
    let name = "";
    while (allowed.test(peek(state)))
        name += take(state);
    return name;
}
/** The character ahead; empty at the end. */
function peek(state) {
    return state.characters[state.at] ?? "";
}
function take(state) {
    const character = peek(state);
    state.at += 1;
    return character;
}
function mistake(what) {
    return new src_errors/* UserError */.yo(`the text can't be expanded: ${what}`, {
        hint: "write variables as Docker's reference has them, such as $NAME, and close every quote",
    });
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/heredocs.ts
/** Heredocs of RUN, COPY and ADD (BuildKit, frontend/dockerfile/parser/parser.go, `heredocsFromLine`). */

/** The heredocs that a logical line announces, in the order in which their bodies follow it. @throws UserError */
function heredocWords(line) {
    if (!line.includes("<<"))
        return [];
    return wordsOf(line).flatMap((word) => heredocWord(word) ?? []);
}
/** The heredoc that one word is, such as `<<EOF`, `3<<-"EOF"`. @throws UserError when its quotes don't close. */
function heredocWord(word) {
    const [, tabs, rest = ""] = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word) ?? [];
    if (rest === "")
        return undefined;
    const names = shellWords(rest, { quotes: false, escapes: false });
    const [name = ""] = names;
    if (names.length !== 1)
        return undefined;
    const [raw = ""] = shellWords(rest, { quotes: true, escapes: false });
    return { name, expands: quotesIn(name) === quotesIn(raw), ignoresTabs: tabs === "-" };
}
/** A line whose quotes don't close announces nothing: a shell may read it otherwise. */
function wordsOf(line) {
    try {
        return shellWords(line, { quotes: true, escapes: true });
    }
    catch {
        return [];
    }
}
function quotesIn(text) {
    return text.replace(/[^'"]/g, "").length;
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/lines.ts
/**
 * From text to logical lines: parser directives, comments, continuations, and the bodies of heredocs. The rules are those
 * of BuildKit's frontend/dockerfile/parser (parser.go, `Parse`).
 */



/** The scanner of BuildKit takes no longer line (Go's `bufio.MaxScanTokenSize`). */
const maximumBytes = 65_536;
/** Reads a Dockerfile's text, which may begin with a byte order mark. */
function lines_linesOf(text) {
    const physical = (text.startsWith("\ufeff") ? text.slice(1) : text).split("\n");
    if (physical.at(-1) === "")
        physical.pop();
    const seen = new Set();
    let escaper = "\\";
    let inDirectives = true;
    let position = 0;
    /** The next line without its end, for which Go takes any number of carriage returns. */
    function take() {
        const line = physical[position] ?? "";
        position += 1;
        if (line.length * 3 >= maximumBytes && Buffer.byteLength(line) >= maximumBytes) {
            throw new src_errors/* UserError */.yo("the line is longer than 65,535 bytes, which BuildKit refuses", { hint: "break the line" });
        }
        return withoutReturns(line);
    }
    function readDirective(line) {
        const directive = directiveOf(line, "#");
        inDirectives = directive !== undefined;
        if (directive === undefined)
            return;
        const { name, value } = directive;
        if (seen.has(name)) {
            throw new src_errors/* UserError */.yo(`the parser directive "${name}" stands here twice`, { hint: "keep one of them" });
        }
        seen.add(name);
        if (name !== "escape")
            return;
        if (value !== "\\" && value !== "`") {
            throw new src_errors/* UserError */.yo(`"${value}" can't be the escape character`, { hint: "write a backslash or a backtick" });
        }
        escaper = value;
    }
    function next() {
        while (position < physical.length) {
            const first = trimStart(take());
            if (inDirectives)
                readDirective(first);
            const line = position;
            let piece = withoutContinuation(first.startsWith("#") ? "" : first, escaper);
            if (!piece.continues && piece.text === "")
                continue;
            let joined = piece.text;
            while (piece.continues && position < physical.length) {
                const following = take();
                const start = trimStart(following);
                if (start === "" || start.startsWith("#"))
                    continue;
                piece = withoutContinuation(following, escaper);
                joined += piece.text;
            }
            return { text: joined, line };
        }
        return undefined;
    }
    function body(terminator, ignoresTabs) {
        const start = position;
        while (position < physical.length) {
            const line = take();
            if ((ignoresTabs ? line.replace(/^\t+/, "") : line) !== terminator)
                continue;
            return physical
                .slice(start, position - 1)
                .map((each) => `${each}\n`)
                .join("");
        }
        return undefined;
    }
    return {
        get escaper() {
            return escaper;
        },
        get line() {
            return position;
        },
        next,
        body,
    };
}
function withoutReturns(line) {
    let end = line.length;
    while (end > 0 && line[end - 1] === "\r")
        end -= 1;
    return line.slice(0, end);
}
/** An escape at the end of a line, perhaps with blanks after it, continues it, unless another escape stands before. */
function withoutContinuation(line, escaper) {
    let end = line.length;
    while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t"))
        end -= 1;
    const continues = end > 0 && line[end - 1] === escaper && line[end - 2] !== escaper;
    return { text: continues ? line.slice(0, end - 1) : line, continues };
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/located.ts

/** Runs `action`; a `UserError` of it that names no place gets `at`. */
function located(at, action) {
    try {
        return action();
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo) || error.at !== undefined)
            throw error;
        throw new src_errors/* UserError */.yo(error.message, { hint: error.hint, at, cause: error.cause });
    }
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/flags.ts
/** Flags of instructions (BuildKit, frontend/dockerfile/instructions, parse.go and bflag.go). */

const copying = { chown: "text", chmod: "text", link: "switch", exclude: "texts" };
const kinds = {
    FROM: { platform: "text" },
    COPY: { ...copying, from: "text", parents: "switch" },
    ADD: { ...copying, "keep-git-dir": "switch", checksum: "text", unpack: "switch" },
    RUN: { mount: "texts", network: "text", security: "text", device: "texts" },
    HEALTHCHECK: { interval: "text", timeout: "text", "start-period": "text", "start-interval": "text", retries: "text" },
};
/** @throws UserError for a flag without its value, twice, or with a word where a switch is. */
function readFlags(keyword, flags) {
    const values = new Map();
    const unknown = [];
    for (const flag of flags) {
        // Quoted, so that it isn't where the flags end for the one who splits words, but is for the one who reads flags.
        if (flag === "--")
            break;
        const equals = flag.indexOf("=");
        const name = flag.slice(2, equals < 0 ? undefined : equals);
        const value = equals < 0 ? undefined : flag.slice(equals + 1);
        const known = kinds[keyword] ?? {};
        const kind = Object.hasOwn(known, name) ? known[name] : undefined;
        if (kind === undefined) {
            unknown.push(`--${name}`);
            continue;
        }
        const earlier = values.get(name);
        if (earlier !== undefined && kind !== "texts") {
            throw new src_errors/* UserError */.yo(`${keyword} has the flag --${name} twice`, { hint: "keep one of them" });
        }
        values.set(name, [
            ...(earlier ?? []),
            kind === "switch" ? switched(keyword, name, value) : given(keyword, name, value),
        ]);
    }
    return { values, unknown };
}
function given(keyword, name, value) {
    if (value !== undefined)
        return value;
    throw new src_errors/* UserError */.yo(`the flag --${name} of ${keyword} has no value`, { hint: `write --${name}=…` });
}
function switched(keyword, name, value) {
    const word = (value ?? "true").toLowerCase();
    if (word === "true" || word === "false")
        return word;
    throw new src_errors/* UserError */.yo(`the flag --${name} of ${keyword} is "${value}"`, {
        hint: `write --${name}, or --${name}=false`,
    });
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/mounts.ts
/** The mounts of RUN (BuildKit, frontend/dockerfile/instructions/commands_runmount.go). */

const aliases = { src: "source", dst: "target", destination: "target" };
const keys = new Set("type from source target readonly ro readwrite rw required size id sharing mode uid gid env".split(" "));
const types = new Set(["bind", "cache", "tmpfs", "secret", "ssh"]);
/** Reads the value of a `--mount`. @throws UserError when it is no comma-separated list, or `from` holds a variable. */
function readMount(value) {
    const found = new Map();
    const unknown = [];
    for (const field of mounts_fieldsOf(value)) {
        const equals = field.indexOf("=");
        const written = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
        const key = aliases[written] ?? written;
        if (!keys.has(key))
            unknown.push(written);
        else if (equals >= 0)
            found.set(key, field.slice(equals + 1));
    }
    const from = found.get("from");
    const variable = from?.indexOf("$") ?? -1;
    if (from !== undefined && variable >= 0 && variable !== from.length - 1) {
        throw new src_errors/* UserError */.yo(`the mount takes "from=${from}", and no variable can stand there`, {
            hint: "name a stage with FROM … AS, where ARGs may stand, and mount from that stage",
        });
    }
    const type = (found.get("type") ?? "bind").toLowerCase();
    if (!types.has(type) && !type.includes("$"))
        unknown.push(`type=${type}`);
    return { type, from: from || undefined, source: found.get("source"), target: found.get("target"), unknown };
}
/** The fields of one line of CSV (RFC 4180, as github.com/tonistiigi/go-csvvalue reads it). */
function mounts_fieldsOf(value) {
    const line = value.replace(/\r?\n$/, "");
    const fields = [];
    let at = 0;
    for (;;) {
        const quoted = line[at] === '"' ? /"((?:[^"]|"")*)"/y : undefined;
        const plain = /[^,"]*/y;
        const pattern = quoted ?? plain;
        pattern.lastIndex = at;
        const match = pattern.exec(line);
        const end = at + (match?.[0].length ?? 0);
        const next = line[end];
        if (line === "" || match === null || (next !== undefined && next !== ",")) {
            throw new src_errors/* UserError */.yo(`"${value}" is no list of a mount's settings`, {
                hint: "write type=bind,from=…,source=…,target=…, parted by commas",
            });
        }
        fields.push(quoted === undefined ? match[0] : (match[1] ?? "").replaceAll('""', '"'));
        if (next === undefined)
            return fields;
        at = end + 1;
    }
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/words.ts

const words_blanks = /[\t\v\f\r ]+/;
/** Takes a logical line apart. */
function commandOf(line, escaper) {
    const text = trim(line);
    const gap = words_blanks.exec(text);
    if (gap === null)
        return { keyword: text.toUpperCase(), flags: [], rest: "" };
    const after = text.slice(gap.index + gap[0].length);
    return { keyword: text.slice(0, gap.index).toUpperCase(), ...flagsOf(after, escaper) };
}
/** Words between blanks, quotes meaning nothing. Empty text has no word. */
function plainWords(text) {
    return text === "" ? [] : text.split(words_blanks);
}
/** The first word and what follows it, which may be missing. */
function headAndTail(text) {
    const gap = words_blanks.exec(text);
    return gap === null ? [text, undefined] : [text.slice(0, gap.index), text.slice(gap.index + gap[0].length)];
}
/** The elements of a JSON array of strings; `undefined` for anything that is no JSON array, "mixed" for other elements. */
function jsonWords(text) {
    if (!trim(text).startsWith("["))
        return undefined;
    try {
        const parsed = JSON.parse(text);
        if (!Array.isArray(parsed))
            return undefined;
        const elements = parsed;
        return elements.every((element) => typeof element === "string") ? elements : "mixed";
    }
    catch {
        return undefined;
    }
}
/** Words as `ARG`, `ENV` and `LABEL` have them: blanks inside quotes don't part, and quotes and escapes stay. */
function quotedWords(text, escaper) {
    const words = [];
    let word;
    let quote;
    for (let at = 0; at < text.length; at++) {
        const character = text.charAt(at);
        if (quote === undefined && isSpace(character)) {
            if (word)
                words.push(word);
            word = undefined;
            continue;
        }
        word ??= "";
        if (character === escaper && quote !== "'") {
            // An escape at the very end is dropped.
            if (at + 1 < text.length)
                word += character + text.charAt(++at);
            continue;
        }
        if (character === quote)
            quote = undefined;
        else if (quote === undefined && (character === "'" || character === '"'))
            quote = character;
        word += character;
    }
    if (word)
        words.push(word);
    return words;
}
function flagsOf(text, escaper) {
    const trimmed = trim(text);
    if (!trimmed.startsWith("--"))
        return { flags: [], rest: trimmed };
    if (/^\p{ASCII}*$/u.test(text)) {
        const { flags, end } = scanFlags(text, escaper);
        return { flags, rest: trim(text.slice(end)) };
    }
    // BuildKit walks over bytes here and takes each for a character.
    const bytes = Buffer.from(text).toString("latin1");
    const { flags, end } = scanFlags(bytes, escaper);
    return { flags, rest: trim(Buffer.from(bytes.slice(end), "latin1").toString()) };
}
/** The flags, and where the rest begins. `--` ends them. */
function scanFlags(text, escaper) {
    const flags = [];
    let at = 0;
    while (at < text.length) {
        if (isSpace(text.charAt(at))) {
            at += 1;
            continue;
        }
        if (!text.startsWith("--", at))
            return { flags, end: at };
        const { word, end } = scanFlag(text, at, escaper);
        if (word === "--")
            return { flags, end };
        flags.push(word);
        at = end;
    }
    return { flags, end: at };
}
function scanFlag(text, start, escaper) {
    let word = "";
    let quote;
    let at = start;
    for (; at < text.length; at++) {
        const character = text.charAt(at);
        if (character === quote) {
            quote = undefined;
        }
        else if (quote === undefined && isSpace(character)) {
            break;
        }
        else if (quote === undefined && (character === "'" || character === '"')) {
            quote = character;
        }
        else if (character === escaper) {
            at += 1;
            word += text.charAt(at);
        }
        else {
            word += character;
        }
    }
    return { word, end: Math.min(at, text.length) };
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/other-instruction.ts
/** Instructions that bring nothing into an image: only their form is looked at, as far as BuildKit's parser does. */




const one = (rest) => (rest === "" ? "takes one argument" : undefined);
const any = (rest) => jsonWords(rest) === "mixed" ? "has a JSON array with something else than strings" : undefined;
/** What is wrong with the arguments, by keyword. */
const checks = {
    MAINTAINER: one,
    WORKDIR: one,
    USER: one,
    STOPSIGNAL: one,
    LABEL: () => undefined,
    CMD: any,
    ENTRYPOINT: any,
    EXPOSE: (rest) => (rest === "" ? "needs a port" : undefined),
    VOLUME: (rest) => any(rest) ??
        (other_instruction_wordsOf(rest).length === 0 || other_instruction_wordsOf(rest).some((word) => trim(word) === "") ? "needs a path" : undefined),
    SHELL: (rest) => any(rest) ?? ((jsonWords(rest) ?? []).length === 0 ? 'needs a JSON array such as ["sh", "-c"]' : undefined),
    HEALTHCHECK: checkHealth,
};
/** @throws UserError when BuildKit would refuse the form. */
function readOther(source) {
    const { keyword, flags, rest } = source.command;
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined;
    if (check === undefined)
        return { kind: "unknown", keyword, line: source.line, unknown: [keyword] };
    const wrong = check(rest);
    if (wrong !== undefined) {
        throw new src_errors/* UserError */.yo(`${keyword} ${wrong}`, {
            hint: `see ${keyword} at https://docs.docker.com/reference/dockerfile/`,
        });
    }
    // Nobody reads the flags of these.
    const ignoresFlags = keyword === "STOPSIGNAL" || /^HEALTHCHECK NONE$/i.test(`${keyword} ${rest}`);
    const { unknown } = ignoresFlags ? { unknown: [] } : readFlags(keyword, flags);
    return { kind: "other", keyword, text: rest, line: source.line, unknown };
}
function other_instruction_wordsOf(rest) {
    const words = jsonWords(rest);
    return words === undefined || words === "mixed" ? plainWords(rest) : words;
}
function checkHealth(rest) {
    const [, type = "", command = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
    switch (type.toUpperCase()) {
        case "NONE":
            return command === "" ? undefined : "NONE takes nothing more";
        case "CMD":
            return any(command) ?? (command === "" || jsonWords(command)?.length === 0 ? "CMD needs a command" : undefined);
        default:
            return "takes CMD and a command, or NONE";
    }
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile/read-instruction.ts
/** From a logical line to an instruction (BuildKit, frontend/dockerfile/parser/line_parsers.go and instructions/parse.go). */







/** Whether bodies of heredocs may follow a line: RUN, COPY and ADD unless in JSON form, also as a trigger. */
function takesHeredocs(command, escaper) {
    const { keyword, rest } = command.keyword === "ONBUILD" ? commandOf(command.rest, escaper) : command;
    return ["RUN", "COPY", "ADD"].includes(keyword) && !Array.isArray(jsonWords(rest));
}
/** @throws UserError, without a place, for what BuildKit refuses of the instructions that matter here. */
function readInstruction(source) {
    switch (source.command.keyword) {
        case "FROM":
            return readFrom(source);
        case "ARG":
            return { kind: "arg", line: source.line, arguments: readArguments(source), unknown: [] };
        case "ENV": {
            const { unknown } = readFlags("ENV", source.command.flags);
            return { kind: "env", line: source.line, variables: readVariables(source.command, source.escaper), unknown };
        }
        case "COPY":
        case "ADD":
            return readCopy(source, source.command.keyword);
        case "RUN":
            return readRun(source);
        case "ONBUILD":
            return readOnbuild(source);
        case "LABEL":
            readVariables(source.command, source.escaper);
            return readOther(source);
        default:
            return readOther(source);
    }
}
function readFrom({ command, line }) {
    const [base = "", as, name, ...more] = plainWords(command.rest);
    if (base === "" || more.length > 0 || (as !== undefined && (name === undefined || as.toLowerCase() !== "as"))) {
        throw new src_errors/* UserError */.yo("FROM takes one image, and perhaps AS and a name", {
            hint: "write FROM image, or FROM image AS name",
        });
    }
    const stage = name?.toLowerCase();
    if (stage !== undefined && !/^[a-z][a-z0-9\-_.]*$/.test(stage)) {
        throw new src_errors/* UserError */.yo(`"${name}" can't be a stage's name`, {
            hint: "begin with a letter, then use letters, digits, dots, dashes and underscores",
        });
    }
    const { values, unknown } = readFlags("FROM", command.flags);
    return { kind: "from", line, base, name: stage, platform: values.get("platform")?.[0] || undefined, unknown };
}
function readArguments({ command, escaper }) {
    const words = quotedWords(command.rest, escaper);
    if (words.length === 0)
        throw new src_errors/* UserError */.yo("ARG names nothing", { hint: "write ARG NAME or ARG NAME=default" });
    return words.map((word) => {
        const equals = word.indexOf("=");
        if (equals === 0)
            throw new src_errors/* UserError */.yo(`ARG has a value without a name: "${word}"`, { hint: "write ARG NAME=default" });
        return equals < 0
            ? { name: word, value: undefined }
            : { name: word.slice(0, equals), value: word.slice(equals + 1) };
    });
}
/**
 * What ENV and LABEL set: `NAME=value …`, or the old form of one name, blanks, and all the rest as its value.
 * @throws UserError, without a place, for what BuildKit refuses.
 */
function readVariables({ keyword, rest }, escaper) {
    const hint = `write ${keyword} NAME=value`;
    const words = quotedWords(rest, escaper);
    const [first] = words;
    if (first === undefined)
        throw new src_errors/* UserError */.yo(`${keyword} names nothing`, { hint });
    if (!first.includes("=")) {
        const [name, value] = headAndTail(rest);
        if (value === undefined)
            throw new src_errors/* UserError */.yo(`${keyword} ${name} has no value`, { hint });
        return [{ name, value }];
    }
    return words.map((word) => {
        const equals = word.indexOf("=");
        if (equals > 0)
            return { name: word.slice(0, equals), value: word.slice(equals + 1) };
        throw new src_errors/* UserError */.yo(`${keyword} holds "${word}", which is no NAME=value`, { hint: `${hint}, and quote blanks` });
    });
}
function readCopy({ command, heredocs, line }, keyword) {
    const words = stringsOf(command) ?? plainWords(command.rest);
    const { values, unknown } = readFlags(keyword, command.flags);
    const destination = words.at(-1);
    if (destination === undefined || words.length < 2) {
        throw new src_errors/* UserError */.yo(`${keyword} needs a source and a destination`, { hint: `write ${keyword} source destination` });
    }
    if (heredocOf(destination) !== undefined) {
        throw new src_errors/* UserError */.yo(`${keyword} has a heredoc as its destination`, { hint: "name the path to write to last" });
    }
    const bodies = new Map(heredocs.map((heredoc) => [heredoc.name, heredoc.body]));
    const sources = words.slice(0, -1).map((word) => ({ word, heredoc: heredocOf(word) }));
    return {
        kind: "copy",
        keyword,
        line,
        from: values.get("from")?.[0] || undefined,
        keepsParents: values.get("parents")?.[0] === "true",
        excludes: values.get("exclude") ?? [],
        sources: sources.flatMap(({ word, heredoc }) => (heredoc === undefined ? [word] : [])),
        destination,
        heredocs: sources.flatMap(({ heredoc }) => heredoc === undefined ? [] : [{ ...heredoc, body: bodies.get(heredoc.name) ?? "" }]),
        unknown,
    };
}
/** The heredoc that a source of COPY is; a quoted name with blanks, being two words here, is none. */
function heredocOf(word) {
    try {
        return word.includes("<<") ? heredocWord(word) : undefined;
    }
    catch {
        return undefined;
    }
}
function readRun({ command, heredocs, line }) {
    stringsOf(command);
    const { values, unknown } = readFlags("RUN", command.flags);
    const mounts = (values.get("mount") ?? []).map(readMount);
    return { kind: "run", line, mounts, heredocs, unknown: [...unknown, ...mounts.flatMap((mount) => mount.unknown)] };
}
/** The strings of a JSON form. @throws UserError where other things than strings stand in it. */
function stringsOf(command) {
    const words = jsonWords(command.rest);
    if (words !== "mixed")
        return words;
    throw new src_errors/* UserError */.yo(`the JSON array of ${command.keyword} holds something else than strings`, {
        hint: "quote every element",
    });
}
/** The trigger is read with the default escape, since that is how the child's build reads it. */
function readOnbuild({ command, heredocs, line }) {
    const { unknown } = readFlags("ONBUILD", command.flags);
    const trigger = commandOf(command.rest, "\\");
    if (["", "ONBUILD", "FROM", "MAINTAINER"].includes(trigger.keyword)) {
        throw new src_errors/* UserError */.yo(`ONBUILD can't have ${trigger.keyword || "nothing"} as its trigger`, {
            hint: "write an instruction such as COPY or RUN after ONBUILD",
        });
    }
    // Under another escape, a backslash at the end continues nothing in this file and joins lines in the child's build.
    const isOneLine = !withoutContinuation(command.rest, "\\").continues;
    const read = isOneLine ? readTrigger({ command: trigger, heredocs, line, escaper: "\\" }) : undefined;
    const doubtful = read === undefined ? [`ONBUILD ${trigger.keyword}`] : read.unknown;
    return { kind: "onbuild", line, trigger: read, unknown: [...unknown, ...doubtful] };
}
/** A wrong trigger is no error of this file's build, only of those that build on it. */
function readTrigger(source) {
    try {
        const read = readInstruction(source);
        return read.kind === "from" ? undefined : read;
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile.ts
/**
 * A Dockerfile as data: its stages, what each of them takes in, and where that stands. The grammar is BuildKit's
 * (frontend/dockerfile: parser, instructions, shell); values stay as written, variables unexpanded. What isn't understood
 * is said to be so.
 */







const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/**
 * Reads a Dockerfile.
 * @param file the path that messages name, relative to the repository's root.
 * @throws UserError with file and line for what BuildKit would refuse, and for a file without FROM.
 */
function readDockerfile(bytes, file) {
    const text = decoder.decode(bytes);
    const syntax = syntaxOf(text);
    const doubts = [];
    if (text.includes("\ufffd"))
        doubts.push({ what: "text that is not UTF-8", at: { file } });
    if (!isForeign(syntax))
        return { ...readStages(text, file, doubts), syntax };
    const foreign = { what: `the frontend ${syntax}`, at: { file, line: 1 } };
    try {
        return { ...readStages(text, file, [foreign, ...doubts]), syntax };
    }
    catch (error) {
        // Its own frontend may well understand it.
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        return { file, syntax, escape: "\\", globalArguments: [], stages: [], doubts: [foreign] };
    }
}
/** The names that some ARG of the file declares: a build argument of another name does nothing. */
function declaredArguments(dockerfile) {
    const names = new Set(dockerfile.globalArguments.map((argument) => argument.name));
    for (const stage of dockerfile.stages) {
        for (const instruction of stage.instructions) {
            const read = instruction.kind === "onbuild" ? instruction.trigger : instruction;
            if (read?.kind === "arg")
                for (const argument of read.arguments)
                    names.add(argument.name);
        }
    }
    return names;
}
function readStages(text, file, doubts) {
    const lines = lines_linesOf(text);
    const globalArguments = [];
    const stages = [];
    for (;;) {
        const read = readNext(lines, file);
        if (read === undefined)
            break;
        const stage = stages.at(-1);
        const unknown = read.unknown.map((what) => ({ what, at: { file, line: read.line } }));
        if (read.kind === "from") {
            const { kind: _, unknown: __, ...from } = read;
            stages.push({ ...from, index: stages.length, instructions: [], doubts: unknown });
        }
        else if (stage !== undefined) {
            stage.instructions.push(read);
            stage.doubts.push(...unknown);
        }
        else if (read.kind === "arg") {
            globalArguments.push(...read.arguments.map((argument) => ({ ...argument, line: read.line })));
        }
        else if (read.kind === "unknown") {
            doubts.push(...unknown);
        }
        else {
            const word = read.kind === "other" || read.kind === "copy" ? read.keyword : read.kind.toUpperCase();
            throw new src_errors/* UserError */.yo(`${word} stands above the first FROM`, {
                hint: "begin with FROM; only ARG may stand above it",
                at: { file, line: read.line },
            });
        }
    }
    if (stages.length === 0) {
        const what = text.trim() === "" ? "is empty" : "has no FROM";
        throw new src_errors/* UserError */.yo(`${file} ${what}, so it builds no image`, {
            hint: "begin with FROM, or remove the file",
            at: { file },
        });
    }
    return { file, escape: lines.escaper, globalArguments, stages, doubts };
}
function readNext(lines, file) {
    const logical = nextLine(lines, file);
    if (logical === undefined)
        return undefined;
    const { text, line } = logical;
    return located({ file, line }, () => {
        const command = commandOf(text, lines.escaper);
        const heredocs = text.includes("<<") && takesHeredocs(command, lines.escaper) ? readHeredocs(text, lines) : [];
        return readInstruction({ command, heredocs, line, escaper: lines.escaper });
    });
}
function nextLine(lines, file) {
    try {
        return lines.next();
    }
    catch (error) {
        return located({ file, line: lines.line }, () => {
            throw error;
        });
    }
}
function readHeredocs(text, lines) {
    return heredocWords(text).map((word) => {
        const body = lines.body(word.name, word.ignoresTabs);
        if (body !== undefined)
            return { ...word, body };
        throw new src_errors/* UserError */.yo(`the heredoc <<${word.name} is never closed`, {
            hint: `end it with a line that is ${word.name} alone`,
        });
    });
}

// EXTERNAL MODULE: ./src/oci/digest.ts
var oci_digest = __webpack_require__(68825);
;// CONCATENATED MODULE: ./src/bump/dockerfile-lines.ts
/** Where the instructions of a Dockerfile stand in its text. */

function dockerfileLines(text, escaper) {
    const lines = text.split("\n");
    const starts = [];
    let offset = 0;
    for (const line of lines) {
        starts.push(offset);
        offset += line.length + 1;
    }
    function at(first) {
        const pieces = [];
        for (let index = first - 1; index < lines.length; index++) {
            const line = lines[index] ?? "";
            const isComment = pieces.length > 0 && /^\s*(?:#|$)/.test(line);
            pieces.push(isComment ? " ".repeat(line.length) : line);
            if (!isComment && !withoutContinuation(line.replace(/\r+$/, ""), escaper).continues)
                break;
        }
        return { start: starts[first - 1] ?? 0, text: pieces.join("\n") };
    }
    return {
        at,
        valueAt(line, name, value) {
            const instruction = at(line);
            const index = instruction.text.search(dockerfile_lines_assignment(name, value));
            if (index < 0)
                return undefined;
            const inner = unquoted(value);
            const start = instruction.start + index + name.length + 1 + value.indexOf(inner);
            return { start, end: start + inner.length };
        },
    };
}
/** A word without the quotes around it. */
function unquoted(word) {
    return word.replace(/^(["'])(.*)\1$/, "$2");
}
function dockerfile_lines_assignment(name, value) {
    const [first, second] = [name, value].map((each) => each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
    return new RegExp(`(?<=\\s)${first}=${second}(?=\\s|$)`);
}

// EXTERNAL MODULE: ./src/oci/platform.ts
var oci_platform = __webpack_require__(1890);
;// CONCATENATED MODULE: ./src/catalog/global-arguments.ts
/** The variables of FROM lines (BuildKit, frontend/dockerfile/dockerfile2llb: `defaultArgs`, `buildMetaArgs`). */



/** What FROM lines see when the image is built for a platform. @throws UserError where an ARG can't be expanded. */
function globalArguments(dockerfile, choices, platform) {
    const known = globalValues(dockerfile, choices, platform);
    return (text) => expandSettled(text, dockerfile.escape, (name) => known.get(name));
}
/** The variables of FROM lines, which an ARG of a stage may take over. @throws UserError where an ARG can't be expanded. */
function globalValues(dockerfile, { target, buildArgs, builder }, platform) {
    const known = new Map();
    for (const [name, value] of predefined(dockerfile, target, platform, builder))
        known.set(name, givenValue(buildArgs, name) ?? value);
    const expand = (text) => expandSettled(text, dockerfile.escape, (name) => known.get(name));
    for (const { name, value, line } of dockerfile.globalArguments) {
        const settled = givenValue(buildArgs, name) ??
            (value === undefined ? undefined : located({ file: dockerfile.file, line }, () => expand(value)));
        if (settled !== undefined)
            known.set(name, settled);
    }
    return known;
}
/** Puts in what is known of variables; `lookup` gives nothing for one that is not set. @throws UserError, without a place. */
function expandSettled(text, escaper, lookup) {
    const unknown = new Set();
    const expanded = expandWord(text, escaper, (name) => {
        const value = lookup(name);
        if (value === undefined || "text" in value)
            return value?.text;
        for (const each of value.unsettled)
            unknown.add(each);
        return unsettled;
    });
    return expanded === unsettled ? { unsettled: [...unknown] } : { text: expanded };
}
/** The value that a build argument is given; one that holds an expression has none yet. */
function givenValue(buildArgs, name) {
    const value = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
    if (value === undefined)
        return undefined;
    return value.includes("{{") ? { unsettled: [name] } : { text: value };
}
/** The arguments that BuildKit sets itself. Those of the machine that builds are known to nobody else. */
function predefined(dockerfile, target, platform, builder) {
    const parts = platform === undefined ? undefined : (0,oci_platform/* partsOf */.CI)(platform);
    const machine = builder === undefined ? undefined : (0,oci_platform/* partsOf */.CI)(builder);
    const given = (name, value) => [
        name,
        value === undefined ? { unsettled: [name] } : { text: value },
    ];
    const stage = target ?? dockerfile.stages.at(-1)?.name ?? "default";
    return [
        given("BUILDPLATFORM", builder),
        given("BUILDOS", machine?.os),
        given("BUILDOSVERSION", machine && ""),
        given("BUILDARCH", machine?.architecture),
        given("BUILDVARIANT", machine && (machine.variant ?? "")),
        given("TARGETPLATFORM", platform),
        given("TARGETOS", parts?.os),
        given("TARGETOSVERSION", parts && ""),
        given("TARGETARCH", parts?.architecture),
        given("TARGETVARIANT", parts && (parts.variant ?? "")),
        given("TARGETSTAGE", stage),
    ];
}

;// CONCATENATED MODULE: ./src/bump/fed-arguments.ts
/** What the ARGs above the first FROM feed: whole references, tags, digests, or parts that nobody can tell apart. */




function fedArguments(dockerfile) {
    const { globalArguments: globals, stages } = dockerfile;
    const feeds = new Map();
    const tangled = new Map();
    const parts = [];
    const composed = [];
    const defaultOf = (name) => globals.find((each) => each.name === name)?.value ?? "";
    const tangle = (text, line) => {
        for (const name of variablesOf(text)) {
            if (tangled.has(name))
                continue;
            tangled.set(name, line);
            tangle(defaultOf(name), line);
        }
    };
    for (const stage of stages) {
        const variables = variablesOf(stage.base);
        const part = partOf(stage.base);
        const isPlain = variables.every((name) => !defaultOf(name).includes("$"));
        if (variables.length === 0 || (isPlain && wholly.test(unquoted(stage.base))))
            continue;
        if (part !== undefined && isPlain) {
            parts.push(part);
            for (const name of variables)
                feeds.set(name, (feeds.get(name) ?? new Set()).add(part.repository));
            continue;
        }
        tangle(stage.base, stage.line);
        const reference = expanded(dockerfile, stage);
        if (reference !== undefined)
            composed.push({ line: stage.line, written: stage.base, reference });
    }
    return {
        parts,
        composed,
        doubtOf(name) {
            const line = tangled.get(name);
            if (line !== undefined)
                return `${name} is only a part of the image in line ${line}: ${oneArgument}`;
            if ((feeds.get(name)?.size ?? 0) > 1)
                return `${name} feeds different images: give each an ARG of its own`;
            const declared = globals.filter((each) => each.name === name).length;
            return declared > 1 ? `${name} is declared more than once: keep one ARG` : undefined;
        },
    };
}
/** What to do with a reference that is put together. */
const oneArgument = "hold the whole reference in one ARG";
const wholly = /^\$(?:\w+|\{\w+\})$/;
/** `repo:$TAG`, `repo@$DIGEST` or both. */
function partOf(base) {
    const variable = "\\$(?:(\\w+)|\\{(\\w+)\\})";
    const match = new RegExp(`^([^$@]+?)(?::${variable})?(?:@${variable})?$`).exec(unquoted(base));
    const [, name = "", tag, tagInBraces, digest, digestInBraces] = match ?? [];
    const reference = (0,oci_reference/* tryReference */.$Q)(name);
    if (reference === undefined || reference.tag !== undefined)
        return undefined;
    return { repository: reference.repository, tag: tag ?? tagInBraces, digest: digest ?? digestInBraces };
}
function variablesOf(text) {
    return [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
}
function expanded(dockerfile, { base }) {
    const settled = attempt(() => {
        const expand = globalArguments(dockerfile, { target: undefined, platforms: [], buildArgs: {} }, undefined);
        return expand(base);
    });
    return "value" in settled && "text" in settled.value ? (0,oci_reference/* tryReference */.$Q)(settled.value.text) : undefined;
}

;// CONCATENATED MODULE: ./src/bump/dockerfile-pins.ts
/**
 * Pins of a Dockerfile: references in full in FROM, COPY --from, RUN --mount=from and in what ARG and ENV set, and the ARG
 * that holds the tag or digest of a FROM. What RUN does and what heredocs hold is left to who wrote it.
 */






/** `undefined` for a file that BuildKit would refuse, and for one that only another frontend understands. */
function dockerfilePins(text, file, names) {
    const read = attempt(() => readDockerfile(new TextEncoder().encode(text), file));
    if ("problem" in read || read.value.stages.length === 0)
        return undefined;
    const dockerfile = read.value;
    const lines = dockerfileLines(text, dockerfile.escape);
    const fed = fedArguments(dockerfile);
    return [
        ...sourcesOf(dockerfile).flatMap((source) => fullPins(source, lines, fed, names)),
        ...fed.parts.flatMap((part) => partPin(part, dockerfile, lines, fed, names) ?? []),
        ...composedPins(fed, lines, names),
    ];
}
function sourcesOf({ globalArguments, stages }) {
    return [
        ...globalArguments.map(({ line, name, value = "" }) => ({ line, values: [value], argument: name })),
        ...stages.flatMap(({ line, base, instructions }) => [
            { line, values: [base] },
            ...instructions.flatMap((each) => sourceOf(each) ?? []),
        ]),
    ];
}
function sourceOf(instruction) {
    const { kind, line } = instruction;
    if (kind === "onbuild")
        return instruction.trigger && sourceOf(instruction.trigger);
    if (kind === "arg")
        return { line, values: instruction.arguments.map(({ value = "" }) => value) };
    if (kind === "env")
        return { line, values: instruction.variables.map(({ value }) => value) };
    if (kind === "copy")
        return { line, values: [instruction.from ?? ""], isFlag: true };
    if (kind === "run")
        return { line, values: instruction.mounts.map(({ from = "" }) => from), isFlag: true };
    return undefined;
}
function fullPins({ line, values, isFlag, argument }, lines, fed, names) {
    if (!values.some((value) => names.mayBeInText(value)))
        return [];
    const { start, text } = lines.at(line);
    // Several ARGs may stand on one line.
    const word = argument === undefined ? undefined : lines.valueAt(line, argument, values[0] ?? "");
    const doubt = argument === undefined ? undefined : fed.doubtOf(argument);
    return names
        .pinsIn(text, start)
        .filter((pin) => {
        if (word !== undefined)
            return word.start <= pin.start && pin.start < word.end;
        if (isFlag)
            return values.includes(pin.text) && /from=["']?$/i.test(text.slice(0, pin.start - start));
        return values.some((value) => value.includes(pin.text));
    })
        .map((pin) => (doubt === undefined ? pin : { ...pin, values: { doubt } }));
}
/** The pin whose tag or digest ARGs hold; `undefined` where an ARG has no default. */
function partPin({ repository, tag, digest }, dockerfile, lines, fed, names) {
    if (!names.has(repository))
        return undefined;
    const held = [tag, digest].map((name) => (name === undefined ? undefined : dockerfile_pins_heldBy(name, dockerfile, lines)));
    const [tagHeld, digestHeld] = held;
    const first = tagHeld ?? digestHeld;
    if (first === undefined || (tag && !(0,oci_reference/* isTag */.dz)(tagHeld?.text ?? "")) || (digest && !(0,oci_digest/* isDigest */.Bc)(digestHeld?.text ?? ""))) {
        return undefined;
    }
    const [doubt] = [tag, digest].flatMap((name) => (name && fed.doubtOf(name)) || []);
    return {
        repository,
        text: `${repository}${tagHeld ? `:${tagHeld.text}` : ""}${digestHeld ? `@${digestHeld.text}` : ""}`,
        start: first.span.start,
        tag: tagHeld?.text,
        digest: digestHeld?.text,
        values: doubt === undefined
            ? { ...(tagHeld && { tag: tagHeld.span }), ...(digestHeld && { digest: digestHeld.span }) }
            : { doubt },
    };
}
function dockerfile_pins_heldBy(name, { globalArguments }, lines) {
    const argument = globalArguments.findLast((each) => each.name === name);
    if (argument?.value === undefined)
        return undefined;
    const span = lines.valueAt(argument.line, name, argument.value);
    return span && { text: unquoted(argument.value), span };
}
function composedPins({ composed }, lines, names) {
    return composed.flatMap(({ line, written, reference: { repository, tag, digest } }) => names.has(repository) && (tag ?? digest) !== undefined && names.pinsIn(written, 0).length === 0
        ? [
            {
                repository,
                text: written,
                start: lines.at(line).start,
                tag,
                digest,
                values: { doubt: `its reference is put together from several parts: ${oneArgument}` },
            },
        ]
        : []);
}

;// CONCATENATED MODULE: ./src/bump/json-pins.ts
const tokens = /"(?:[^"\\\n]|\\.)*"(\s*:)?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
function jsonPins(text, names) {
    return [...text.matchAll(tokens)].flatMap(({ 0: token, 1: colon, index }) => token.startsWith('"') && colon === undefined ? names.pinsIn(token, index) : []);
}

;// CONCATENATED MODULE: ./src/bump/text-pins.ts
/** References in full, but those in comments. @param offset of the text in its file. */
function textPins(text, names, offset = 0) {
    let end = -1;
    let comment = 0;
    return names.pinsIn(text, offset).filter(({ start }) => {
        const at = start - offset;
        if (at > end) {
            const begin = text.lastIndexOf("\n", at - 1) + 1;
            const next = text.indexOf("\n", at);
            end = next < 0 ? text.length : next;
            comment = begin + startOfComment(text.slice(begin, end));
        }
        return at < comment;
    });
}
/** Where a comment begins on a line, in any of the languages that stand around images; its end where it has none. */
function startOfComment(line) {
    return /(?<!\S)(?:#|\/\/)|\{\{-?\s*\/\*|<!--/.exec(line)?.index ?? line.length;
}

;// CONCATENATED MODULE: ./src/bump/yaml-split-names.ts


const yaml_split_names_keys = ["registry", "repository", "image", "name", "newName", "tag", "imageTag", "newTag", "digest"];
function isKey(name) {
    return yaml_split_names_keys.some((key) => key === name);
}
/**
 * The image that a map names: Helm's `{registry, repository, tag, digest}`, Kustomize's `{name, newName, newTag, digest}`.
 */
function splitName(fields, names) {
    const text = (key) => String(fields.get(key)?.node.value ?? "");
    const isKustomize = fields.has("newTag") || fields.has("newName");
    const registry = text("registry").replace(/\/$/, "");
    const main = isKustomize ? text("newName") || text("name") : text("repository") || text("image") || text("name");
    const full = registry !== "" && !isKustomize ? `${registry}/${main}` : main;
    const name = [full, `${full}/${text("name")}`].find((each) => repositoryOf(each, names) !== undefined);
    const repository = name === undefined ? undefined : repositoryOf(name, names);
    if (name === undefined || repository === undefined)
        return undefined;
    const tag = isKustomize ? fields.get("newTag") : (fields.get("tag") ?? fields.get("imageTag"));
    return { repository, name, tag, digest: fields.get("digest") };
}
/** The versions in a map that names something else. */
function versionsOfOthers(fields) {
    const isNamed = ["repository", "image", "name", "newName"].some((key) => fields.has(key));
    return isNamed ? ["tag", "imageTag", "newTag", "digest"].flatMap((key) => fields.get(key) ?? []) : [];
}
function repositoryOf(name, names) {
    // Most maps with such keys are about something else.
    const reference = names.mayBeInText(name) ? (0,oci_reference/* tryReference */.$Q)(name) : undefined;
    return reference?.tag === undefined && reference !== undefined && names.has(reference.repository)
        ? reference.repository
        : undefined;
}
/** Two maps that share a value by an anchor are one pin if they mean one image. */
function splitPins(split, places) {
    const users = new Map();
    for (const { repository, tag, digest } of split) {
        for (const field of [tag, digest]) {
            if (field === undefined)
                continue;
            const user = users.get(field.node) ?? { repositories: new Set(), aliases: new Set() };
            users.set(field.node, user);
            user.repositories.add(repository);
            if (field.isAlias)
                user.aliases.add(field);
        }
    }
    const doubtOf = (field) => {
        const user = field && users.get(field.node);
        if (field === undefined || user === undefined)
            return undefined;
        if (user.repositories.size > 1 || places.foreign.has(field.node))
            return "its anchor stands for the versions of different images: write them out";
        const others = (places.aliased.get(field.node) ?? 0) - user.aliases.size;
        return others > 0 ? "its anchor is used for something else too: write the version out" : undefined;
    };
    const pins = split.flatMap((each) => {
        const doubt = doubtOf(each.tag) ?? doubtOf(each.digest);
        return splitPin(each, doubt, places) ?? [];
    });
    return [...new Map(pins.map((pin) => [`${pin.start} ${pin.repository}`, pin])).values()];
}
const tagWithDigest = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})(?:@(sha256:[0-9a-f]{64}))?$/;
/** `undefined` where no version is named: an empty tag stands for the chart's version. */
function splitPin({ repository, name, tag, digest }, doubt, places) {
    const tagText = textOf(tag);
    const digestText = textOf(digest);
    const [, own, attached] = tagWithDigest.exec(tagText) ?? [];
    if ((tagText !== "" && own === undefined) || (digestText !== "" && !(0,oci_digest/* isDigest */.Bc)(digestText)))
        return undefined;
    const spans = {
        tag: spanOf(tag, own, places),
        digest: spanOf(digestText === "" ? tag : digest, attached ?? digestText, places),
    };
    const start = spans.tag?.start ?? spans.digest?.start;
    if (start === undefined)
        return undefined;
    const known = digestText === "" ? attached : digestText;
    return {
        repository,
        text: `${name}${own === undefined ? "" : `:${own}`}${known === undefined ? "" : `@${known}`}`,
        start,
        tag: own,
        digest: known,
        values: doubt === undefined
            ? { ...(spans.tag && { tag: spans.tag }), ...(spans.digest && { digest: spans.digest }) }
            : { doubt },
    };
}
/** As written, so that a version 1.10 stays one. */
function textOf(field) {
    const { type, source, value } = field?.node ?? {};
    if (value === null || value === undefined)
        return "";
    return type === "PLAIN" ? (source ?? "") : String(value).trim();
}
/** Where a text stands in a scalar, within its quotes. */
function spanOf(field, text, places) {
    if (field === undefined || !text)
        return undefined;
    const [from, to] = field.node.range ?? [0, 0];
    const source = places.text.slice(from, to);
    const index = source.lastIndexOf(text);
    if (index < 0)
        return undefined;
    const start = places.offset + from + index;
    return { start, end: start + text.length, ...(source === text ? { isPlain: true } : {}) };
}

;// CONCATENATED MODULE: ./src/bump/yaml-node-pins.ts


/** @param offset of the text in its file. @returns `undefined` for what is no YAML. */
async function yamlNodePins(text, offset, names) {
    // Loaded here because most runs follow no pins.
    const yaml = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 38815, 19));
    const documents = yaml.parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, logLevel: "silent" });
    if (!Array.isArray(documents))
        return { pins: [], named: [] };
    if (documents.some(({ errors }) => errors.length > 0))
        return undefined;
    const found = documents.map(({ contents }) => {
        const reading = {
            yaml,
            text,
            offset,
            names,
            anchors: new Map(),
            fields: new Map(),
            aliased: new Map(),
            foreign: new Set(),
            split: [],
            full: [],
        };
        visit(contents, reading);
        return reading;
    });
    return {
        pins: found.flatMap((reading) => [...reading.full, ...splitPins(reading.split, reading)]),
        named: found.flatMap(({ split }) => split.map(({ repository }) => repository)),
    };
}
function visit(node, reading) {
    const { yaml, anchors } = reading;
    if (hasAnchor(node))
        anchors.set(node.anchor, node);
    if (yaml.isScalar(node)) {
        const [start, end] = node.range ?? [0, 0];
        const source = reading.text.slice(start, end);
        if (!reading.names.mayBeInText(source))
            return;
        const at = reading.offset + start;
        // A script may have comments, and so may the header of a block.
        const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
        const pins = isBlock ? textPins(source, reading.names, at) : reading.names.pinsIn(source, at);
        reading.full.push(...pins);
    }
    else if (yaml.isSeq(node)) {
        for (const item of node.items)
            visit(item, reading);
    }
    else if (yaml.isMap(node)) {
        visitMap(node, reading);
    }
    else if (yaml.isAlias(node)) {
        const target = anchors.get(node.source);
        if (yaml.isScalar(target))
            reading.aliased.set(target, (reading.aliased.get(target) ?? 0) + 1);
    }
}
function visitMap(map, reading) {
    const own = new Map();
    const merged = new Map();
    for (const { key, value } of map.items) {
        if (hasAnchor(key))
            reading.anchors.set(key.anchor, key);
        visit(value, reading);
        const name = reading.yaml.isScalar(key) ? key.value : undefined;
        if (name === "<<")
            for (const [each, field] of mergedFields(value, reading))
                if (!merged.has(each))
                    merged.set(each, field);
        const field = isKey(name) ? fieldOf(value, reading) : undefined;
        if (isKey(name) && field !== undefined)
            own.set(name, field);
    }
    const fields = new Map([...merged, ...own]);
    if (fields.size === 0)
        return;
    reading.fields.set(map, fields);
    const split = splitName(fields, reading.names);
    if (split !== undefined)
        reading.split.push(split);
    else
        for (const { node } of versionsOfOthers(fields))
            reading.foreign.add(node);
}
/** What `<<: *a` and `<<: [*a, *b]` bring, what comes first winning. */
function mergedFields(value, reading) {
    const { yaml, anchors, fields } = reading;
    if (yaml.isSeq(value))
        return value.items.flatMap((item) => (yaml.isSeq(item) ? [] : mergedFields(item, reading)));
    return [...(fields.get(yaml.isAlias(value) ? anchors.get(value.source) : value) ?? [])];
}
function fieldOf(value, { yaml, anchors }) {
    const isAlias = yaml.isAlias(value);
    const node = isAlias ? anchors.get(value.source) : value;
    return yaml.isScalar(node) ? { node, isAlias } : undefined;
}
function hasAnchor(node) {
    return typeof node === "object" && node !== null && "anchor" in node && typeof node.anchor === "string";
}

;// CONCATENATED MODULE: ./src/bump/yaml-pins.ts


/** What is a template and no YAML is read by lines, each piece by itself. */
async function yamlPins(text, names) {
    const found = [];
    for (const { start, end } of documentsIn(text).flatMap((document) => entriesIn(text, document))) {
        const piece = text.slice(start, end);
        if (!names.mayBeInText(piece))
            continue;
        const inNodes = needsParsing(piece, names) ? await yamlNodePins(piece, start, names) : undefined;
        found.push(inNodes ?? { pins: textPins(piece, names, start), named: [] });
    }
    return { pins: found.flatMap(({ pins }) => pins), named: found.flatMap(({ named }) => named) };
}
/** Where the documents of a stream stand (YAML 1.2.2, section 9.1.2: `---` begins one wherever it leads a line). */
function documentsIn(text) {
    return partedAt(/^---(?=\s|$)/gm, text, { start: 0, end: text.length });
}
/**
 * The entries of a map that a document is: whatever else belongs to an entry is indented, or a list's dash. They are one
 * piece where an alias may reach from one to another, where a template may leave some of them out, and where they tell of one
 * image together.
 */
function entriesIn(text, document) {
    const own = text.slice(document.start, document.end);
    const isTied = /[&*]\w|<<|^[ \t]*\{\{|^["']?(?:tag|newTag|imageTag|digest)\b/m.test(own);
    return isTied || !mapAtStart.test(own) ? [document] : partedAt(/^["'\w][^\n]*:/gm, text, document);
}
/** Comments and blank lines, then a key. */
const mapAtStart = /^\ufeff?(?:---[ \t]*(?:#.*)?\r?\n)?(?:[ \t]*(?:#.*)?\r?\n)*["'\w][^\n]*:(?=\s|$)/;
function partedAt(starting, text, { start, end }) {
    const inside = [...text.slice(start, end).matchAll(starting)].map(({ index }) => start + index);
    const starts = [start, ...inside.filter((index) => index > start)];
    return starts.map((each, index) => ({ start: each, end: starts[index + 1] ?? end }));
}
/** `key: reference`, `- key: "reference" # …` and `- reference`, where a reader of lines can't be wrong. */
const plainLine = /^[ \t]*(?:- +)*(?:[\w./-]+:[ \t]+)?(["']?)([\w:/.@+-]+)\1[ \t]*(?:[ \t]#.*)?\r?$/;
const comment = /^[ \t]*#/;
const keyOfPart = /(?:^|[\s{,"'])(?:tag|newTag|imageTag|digest)["']?[ \t]*:/;
function needsParsing(document, names) {
    const hasParts = keyOfPart.test(document);
    return document.split("\n").some((line) => {
        if (!names.mayBeInText(line) || comment.test(line))
            return false;
        const [, , value] = plainLine.exec(line) ?? [];
        if (value === undefined)
            return hasParts || names.pinsIn(line, 0).length > 0;
        return hasParts && names.mayBeInText(value) && names.pinsIn(value, 0).length === 0;
    });
}

;// CONCATENATED MODULE: ./src/bump/pin-reader.ts
/** Reads the pins of a file by what kind of file it is. */




/** The pins of a file but for a chart's version, in the order in which they stand there. What can't be read as what its name says is read by lines. */
async function readPins(text, file, names) {
    const { pins, named } = await pinsByKind(text, file, names);
    return { pins: pins.toSorted((a, b) => a.start - b.start), named };
}
async function pinsByKind(text, file, names) {
    if (/\.ya?ml$/i.test(file))
        return yamlPins(text, names);
    if (/\.json[c5]?$/i.test(file))
        return { pins: jsonPins(text, names), named: [] };
    const inDockerfile = isDockerfile(file) ? dockerfilePins(text, file, names) : undefined;
    return { pins: inDockerfile ?? textPins(text, names), named: [] };
}
/** Whether a file is of a kind that pins images: what is looked through where nobody names files. */
function isPossiblePinFile(path) {
    if (/(?:^|\/)(?:\.git|node_modules|vendor)\//.test(path))
        return false;
    return isDockerfile(path) || /\.ya?ml$/i.test(path) || /(?:^|\/)\.?devcontainer\.json$/.test(path);
}
/** `Dockerfile`, `Dockerfile.base`, `base.Containerfile`. */
function isDockerfile(path) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return (/^(?:.+\.)?(?:dockerfile|containerfile)(?:[.-].+)?$/i.test(name) &&
        !/\.(?:dockerignore|containerignore)$/i.test(name));
}

;// CONCATENATED MODULE: ./src/bump/text-places.ts
/** Where something stands in a text, as people count. */
/** A text's places; it is searched for lines once. */
function textPlaces(text) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
        starts.push(at + 1);
    function line(offset) {
        let low = 0;
        let high = starts.length;
        while (high - low > 1) {
            const middle = (low + high) >> 1;
            if ((starts[middle] ?? 0) <= offset)
                low = middle;
            else
                high = middle;
        }
        return low + 1;
    }
    return { line, column: (offset) => [...text.slice(starts[line(offset) - 1], offset)].length + 1 };
}

;// CONCATENATED MODULE: ./src/bump/move-pins.ts
/** Moves the pins of files to what was published: finds them, chooses, edits. Pure. */








/**
 * What becomes of files when their pins follow what was published, and the pins that stay, with the reasons; in the order of
 * the files. Only values are edited: no other byte of a file changes.
 * @param published all that pins may follow: made from the branch that the files are of.
 * @param ours repositories of all images of ours: what names another one beside a published one may mean it.
 */
async function movePins(files, published, ours = []) {
    const names = imageNames([...published.flatMap(({ repositories }) => repositories), ...ours]);
    const read = [];
    for (const file of files) {
        if (isChartFile(file.path) || names.mayBeIn(file.bytes))
            read.push(await readFile(file, names));
    }
    const inCharts = namedInCharts(read);
    const results = read.map((file) => moveFile(file, [...pinsOf(file, published), ...versionOfChart(file, inCharts, published)]));
    return {
        files: results.flatMap(({ moved }) => moved ?? []),
        left: results.flatMap(({ left }) => left),
    };
}
/** No file that pins versions is longer. */
const move_pins_longest = 4 * 1024 * 1024;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
async function readFile(file, names) {
    const text = decoded(file.bytes);
    if (text === undefined || file.bytes.length > move_pins_longest) {
        const doubt = text === undefined ? "the file is not UTF-8: save it as such" : "the file is longer than 4 MiB: split it";
        const unedited = text ?? lenient.decode(file.bytes);
        const pins = textPins(unedited, names).map((pin) => ({ ...pin, values: { doubt } }));
        return { ...file, text: unedited, pins, named: () => [] };
    }
    const { pins, named } = await readPins(text, file.path, names);
    return { ...file, text, pins, named: () => [...names.repositoriesIn(text), ...named] };
}
function decoded(bytes) {
    try {
        return strict.decode(bytes);
    }
    catch {
        return undefined;
    }
}
function pinsOf({ pins }, published) {
    const followers = pins.map((pin) => ({
        pin,
        published: published.filter(({ repositories }) => repositories.some((each) => each === pin.repository)),
    }));
    return followers.filter((follower) => follower.published.length > 0);
}
/** By the folder of a chart, the images that its values and templates name. */
function namedInCharts(read) {
    const charts = new Map();
    for (const { path } of read)
        if (isChartFile(path))
            charts.set(external_node_path_.posix.dirname(path), new Set());
    for (const { path, named } of charts.size === 0 ? [] : read) {
        for (const folder of chartFoldersOf(path))
            for (const each of named())
                charts.get(folder)?.add(each);
    }
    return charts;
}
/** A chart's version follows the one image of ours that it names. */
function versionOfChart({ path, text }, inCharts, published) {
    const pin = isChartFile(path) ? chartPin(text, "appVersion") : undefined;
    if (pin === undefined)
        return [];
    const named = inCharts.get(external_node_path_.posix.dirname(path));
    const images = published.filter(({ repositories }) => repositories.some((each) => named?.has(each)));
    if (images.length === 0)
        return [];
    // The variants of an image share its repositories.
    const own = new Set(images.flatMap(({ repositories }) => repositories));
    const isOne = new Set(images.map(({ repositories }) => repositories.join(" "))).size === 1 &&
        [...(named ?? [])].every((each) => own.has(each));
    const doubt = "the chart names several images: let its version be set where they are, and not follow one of them";
    return [
        {
            pin: isOne ? pin : { ...pin, values: { doubt } },
            published: images.map((image) => ({ ...image, tags: chartVersions(image) })),
        },
    ];
}
function moveFile({ path, bytes, text }, followers) {
    const places = textPlaces(text);
    const edits = new Map();
    const pins = new Map();
    const left = [];
    for (const { pin, published } of followers.toSorted((a, b) => a.pin.start - b.pin.start)) {
        const choice = chooseVersion(pin, published);
        if (choice.kind !== "move" || "doubt" in pin.values) {
            left.push({ path, line: places.line(pin.start), ...reasonToStay(choice, pin) });
            continue;
        }
        const own = valueEdits(pin.values, choice);
        const { whole } = pin.values;
        for (const edit of own)
            edits.set(edit.start, edit);
        for (const span of whole === undefined ? own : [whole]) {
            const line = places.line(span.start);
            const from = text.slice(span.start, span.end);
            pins.set(span.start, { image: choice.image, line, from, to: editText(text, own, span) });
        }
    }
    if (edits.size === 0)
        return { moved: undefined, left };
    const after = new TextEncoder().encode(editText(text, [...edits.values()], { start: 0, end: text.length }));
    return { moved: { path, before: bytes, after, pins: [...pins.values()] }, left };
}
/** A doubt counts only where something would move. */
function reasonToStay(choice, { values }) {
    const { image } = choice;
    if (choice.kind !== "move")
        return { image, why: choice.why, kind: choice.kind };
    return { image, why: "doubt" in values ? values.doubt : "", kind: "ambiguous" };
}

;// CONCATENATED MODULE: ./src/bump/complete-pull-request.ts


/**
 * Gives an open pull request all that is wanted besides its branch. The text comes last, as its marker says that the rest is
 * done. What can't be had is a warning, and not tried again before the next version. @returns the pull request as it is then.
 */
async function completePullRequest(pull, { title, body, marker, settings }, forge, warnings) {
    const trying = (work, hint) => work().catch((error) => {
        if (!(error instanceof ForgeError) || error.code === "unavailable")
            throw error;
        warnings.push({ message: error.message, hint: hint(error) });
    });
    const { reviewers, autoMerge, labels, assignees } = settings;
    if (reviewers.length > 0)
        await trying(() => forge.requestReviews(pull, reviewers), () => reviewersHint);
    if (autoMerge !== false)
        await trying(() => forge.mergeWhenReady(pull, autoMerge), autoMergeHint);
    const text = { title, body: withMarker(body, marker) };
    const hasPeople = labels.length + assignees.length > 0;
    const bare = () => forge.edit(pull, { ...text, labels: [], assignees: [] });
    if (!hasPeople)
        await bare();
    else {
        let isRefused = false;
        await trying(() => forge.edit(pull, { ...text, labels, assignees }), () => {
            isRefused = true;
            return "see whether these labels and assignees can be given in this repository, and whether the token may";
        });
        if (isRefused)
            await bare();
    }
    return { ...pull, ...text };
}
const reviewersHint = "name only users who can read the repository (and not the one who makes the pull request); teams take `bump-token`, a token that may see the organization's members";
function autoMergeHint({ message }) {
    if (/clean status|unstable status/i.test(message)) {
        return "let a rule require a check or a review: what could be merged at once can't be told to wait";
    }
    return "switch on `Allow auto-merge` (Settings → General), and see that the merge method is allowed";
}

;// CONCATENATED MODULE: ./src/bump/new-pull-request-url.ts
/** The forge's page for a new pull request, filled in. A text that would make the address too long is left out. */
function newPullRequestUrl(repositoryUrl, { base, branch }, text) {
    const page = `${repositoryUrl}/compare/${path(base)}...${path(branch)}?quick_pull=1`;
    const withTitle = `${page}&title=${part(text.title)}`;
    const whole = `${withTitle}&body=${part(text.body)}`;
    return whole.length <= new_pull_request_url_longest ? whole : withTitle.length <= new_pull_request_url_longest ? withTitle : page;
}
/** Servers refuse addresses from 8 KiB on. */
const new_pull_request_url_longest = 6000;
function path(branch) {
    return branch.split("/").map(part).join("/");
}
/** Also what would end a link in Markdown. */
function part(text) {
    return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

;// CONCATENATED MODULE: ./src/bump/own-commit.ts

/**
 * Whether a commit is as we made it, so that it can go. Also a person's token makes our commits, so that the author alone says
 * nothing.
 */
function isOwnCommit({ message, parents, author, committer }) {
    return (readTrailer(message) !== undefined &&
        parents === 1 &&
        // Whoever amends a commit or puts it elsewhere leaves the author's date, and becomes its committer.
        author.date === committer.date &&
        (author.email === committer.email || committer.email === webCommitter));
}
/** Who commits for others on GitHub. */
const webCommitter = "noreply@github.com";

;// CONCATENATED MODULE: ./src/bump/next-step.ts


function standingOf({ head, commits, pullRequests }) {
    // What was merged, perhaps as other commits, is nobody's any more.
    const isMerged = pullRequests.some((pull) => pull.state === "merged" && pull.head === head);
    const known = isMerged ? [] : commits;
    const foreign = known?.filter((commit) => !isOwnCommit(commit));
    const newest = known?.find(({ id }) => id === head);
    const closed = pullRequests.filter(({ state }) => state === "closed");
    return {
        head,
        marker: newest === undefined || !isOwnCommit(newest) ? undefined : readTrailer(newest.message),
        others: foreign?.length === 0 ? "nothing" : foreign?.every(({ parents }) => parents > 1) === true ? "merges" : "work",
        open: pullRequests.find(({ state }) => state === "open"),
        declined: new Set(closed.flatMap(({ body }) => readMarker(body)?.version ?? [])),
        unmoved: undefined,
    };
}
function nextStep(standing, wanted) {
    return wanted === undefined ? toNothing(standing) : toWanted(standing, wanted);
}
/** A branch with commits of others stays, and with work of theirs its pull request, too. */
function toNothing({ head, open, others }) {
    if (open !== undefined)
        return others === "work" ? left : { kind: "close", pull: open };
    if (head === undefined)
        return settled;
    return others === "nothing" ? { kind: "delete-branch", head } : left;
}
function toWanted(standing, wanted) {
    const { open, declined } = standing;
    if (open === undefined && declined.has(wanted.marker.version))
        return { kind: "none", because: "declined" };
    const onBranch = standing.others === "nothing" ? onOurBranch(standing, wanted) : onSharedBranch(standing, wanted);
    if (onBranch !== undefined)
        return onBranch;
    if (open === undefined)
        return { kind: "open" };
    return readMarker(open.body)?.edit === wanted.marker.edit ? settled : { kind: "complete", pull: open };
}
/** Built anew for another edit, unless it is a later run's, whose pins must not go back. @returns `undefined`: it is right. */
function onOurBranch({ head, marker, unmoved }, wanted) {
    if (head !== undefined && marker?.edit === wanted.marker.edit)
        return undefined;
    if (head !== undefined && marker !== undefined && marker.version !== wanted.marker.version) {
        if (unmoved === undefined)
            return { kind: "read", head };
        if (unmoved.length === 0)
            return { kind: "none", because: "newer" };
    }
    return { kind: "write", parent: wanted.at, files: wanted.files };
}
/** On top of what others did. @returns `undefined`: it is right. */
function onSharedBranch({ head, open, unmoved }, { marker }) {
    // Once it was brought there, what becomes of it is theirs to say.
    if (open !== undefined && readMarker(open.body)?.edit === marker.edit)
        return left;
    if (head === undefined)
        return undefined;
    if (unmoved === undefined)
        return { kind: "read", head };
    return unmoved.length === 0 ? undefined : { kind: "write", parent: head, files: unmoved };
}
const settled = { kind: "none", because: "settled" };
const left = { kind: "none", because: "left" };

;// CONCATENATED MODULE: ./src/bump/propose.ts





/**
 * @param proposal `undefined`: there is nothing to move, so that an open pull request has nothing left to do.
 * @returns what became of it. Whatever the forge refuses is in there; nothing of it is thrown.
 */
async function propose(pair, proposal, tools) {
    const marked = proposal === undefined ? undefined : { ...proposal, marker: markerOf(proposal.files) };
    const run = { pair, wanted: marked, tools, did: new Set(), warnings: [] };
    let standing;
    let overtaken = 0;
    for (let steps = 0; steps < mostSteps; steps += 1) {
        tools.signal?.throwIfAborted();
        try {
            standing ??= standingOf(await tools.forge.look(pair));
            const step = nextStep(standing, marked);
            if (step.kind === "none")
                return resultOf(run, standing, outcomeOf(run, step));
            standing = { ...standing, ...(await perform(step, standing, run)) };
            run.did.add(step.kind);
        }
        catch (error) {
            if (!(error instanceof ForgeError))
                throw error;
            if (!isOvertaken(error) || overtaken === mostOvertakings)
                return refused(run, standing, error);
            overtaken += 1;
            standing = undefined;
            // Two runs that keep step with each other would go on overtaking one another.
            await tools.clock.sleep(Math.round(tools.random() * 1000 * overtaken), tools.signal);
        }
    }
    throw new Error(`the bump of ${pair.branch} does not come to an end`);
}
const mostOvertakings = 4;
/** A look, five steps after it, and all of that again as often as we may be overtaken. */
const mostSteps = 6 * (mostOvertakings + 1);
/** @returns what stands otherwise then. */
async function perform(step, { head, open }, run) {
    const { pair, wanted, warnings } = run;
    const { forge } = run.tools;
    if (step.kind === "close") {
        await forge.close(step.pull, nothingLeft, withoutMarker(step.pull.body));
        return { open: undefined };
    }
    if (step.kind === "delete-branch") {
        await forge.deleteBranch(pair.branch, step.head);
        return { head: undefined };
    }
    if (wanted === undefined || step.kind === "none")
        return {};
    if (step.kind === "read")
        return { unmoved: await unmovedAt(step.head, wanted, forge) };
    if (step.kind === "write") {
        const { parent, files } = step;
        const message = { headline: unskipped(wanted.title), body: trailerOf(wanted.marker) };
        const made = await forge.write({ ...pair, head, parent, files, message, pullRequest: open });
        return { head: made, unmoved: [], ...(parent === head ? {} : { marker: wanted.marker, others: "nothing" }) };
    }
    if (step.kind === "open") {
        const marker = hasMore(wanted.settings) ? { ...wanted.marker, edit: pending } : wanted.marker;
        const text = { title: wanted.title, body: withMarker(wanted.body, marker) };
        return { open: await forge.open({ ...pair, ...text, draft: wanted.settings.draft }) };
    }
    return { open: await completePullRequest(step.pull, wanted, forge, warnings) };
}
const nothingLeft = "Closed, as there is nothing left to do: the files name what is published.";
async function unmovedAt(head, { files, moveAgain }, forge) {
    const read = await Promise.all(files.map(async ({ path }) => ({ path, bytes: await forge.read(head, path) })));
    return moveAgain(read.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }])));
}
/** No commit of ours keeps workflows from running: `[skip ci]` is no part of any version or name. */
function unskipped(headline) {
    return headline.replaceAll("[", "(").replaceAll("]", ")");
}
function hasMore({ labels, reviewers, assignees, autoMerge }) {
    return labels.length + reviewers.length + assignees.length > 0 || autoMerge !== false;
}
function outcomeOf({ did }, { because }) {
    if (did.has("open"))
        return "opened";
    if (did.has("write") || did.has("complete"))
        return "updated";
    if (did.has("close") || did.has("delete-branch"))
        return "closed";
    return because === "settled" ? "unchanged" : because;
}
function resultOf({ pair, warnings }, standing, outcome) {
    const open = standing?.open;
    return {
        ...pair,
        outcome,
        pullRequest: open === undefined ? undefined : { number: open.number, url: open.url },
        warnings,
        newPullRequestUrl: undefined,
    };
}
/** What stands is kept: a branch that holds what is wanted, above all. */
function refused(run, standing, error) {
    const { pair, wanted, tools, warnings } = run;
    warnings.push({ message: error.message, hint: error.hint });
    const isReady = wanted !== undefined && standing !== undefined && nextStep(standing, wanted).kind === "open";
    return {
        ...resultOf(run, standing, "refused"),
        newPullRequestUrl: isReady
            ? newPullRequestUrl(tools.repositoryUrl, pair, {
                title: wanted.title,
                body: withMarker(wanted.body, wanted.marker),
            })
            : undefined,
    };
}

;// CONCATENATED MODULE: ./src/catalog/path-expression.ts
/**
 * Expressions over paths, walked in all ways at once: the time grows with the path times the expression, whatever either of
 * them is. A regular expression would try one way after the other, and a few stars in a row of text that nearly matches (a
 * pull request may hold both) take it longer than anyone waits.
 */
/** One character or any number of them, whatever they are. */
const anyOne = { kind: "one", is: /^.$/su };
const anyNumber = { kind: "many", is: /^.$/su };
/** This very character. */
function exactly(character) {
    return { kind: "one", is: new RegExp(`^${escaped(character)}$`, "u") };
}
/** A character as a regular expression with the flag `u` has it, also within a class. */
function escaped(character) {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
/** Paths in a repository are alike and lead to few places; beyond so many, all are forgotten. */
const mostPlaces = 1_000;
/** Whether the pieces take a whole path. */
function pathExpression(pieces) {
    const steps = pieces.filter((piece, index) => !repeats(piece, pieces[index - 1])).flatMap(stepsOf);
    const places = new Map();
    const placeOf = (reached, before) => {
        const key = `${before} ${reached.join()}`;
        const known = places.get(key);
        if (known !== undefined)
            return known;
        const isEnd = followed(steps, reached, before, undefined).has(steps.length);
        const place = { steps: reached, before, isEnd, next: new Map() };
        if (places.size >= mostPlaces) {
            for (const { next } of places.values())
                next.clear();
            places.clear();
        }
        places.set(key, place);
        return place;
    };
    const start = placeOf([0], "start");
    return (path) => {
        let place = start;
        for (const character of path) {
            let next = place.next.get(character);
            if (next === undefined) {
                const reached = followed(steps, place.steps, place.before, character);
                next = placeOf(path_expression_after(steps, reached, character), isWord(character) ? "word" : "other");
                place.next.set(character, next);
            }
            if (next.steps.length === 0)
                return false;
            place = next;
        }
        return place.isEnd;
    };
}
/** Several of the same star are one. */
function repeats(piece, before) {
    if (piece.kind === "many")
        return before?.kind === "many" && before.is.source === piece.is.source;
    return piece.kind === "directories" && before?.kind === "directories";
}
function stepsOf(piece) {
    return piece.kind === "directories"
        ? [{ kind: "pass" }, { kind: "many", is: /^[^\n]$/u }, { kind: "one", is: /^\/$/ }]
        : [piece];
}
/** Where the steps lead to that take the character; ordered. */
function path_expression_after(steps, from, character) {
    const reached = new Set();
    for (const index of from) {
        const step = steps[index];
        if (step === undefined || (step.kind !== "one" && step.kind !== "many") || !step.is.test(character))
            continue;
        reached.add(step.kind === "many" ? index : index + 1);
    }
    return [...reached].sort((a, b) => a - b);
}
/** With the steps that are reached without a character. */
function followed(steps, reached, before, next) {
    const found = new Set(reached);
    for (const index of found) {
        const step = steps[index];
        if (step?.kind === "pass")
            found.add(index + 3);
        if (step?.kind === "pass" || step?.kind === "many" || (step?.kind === "at" && holds(step.where, before, next))) {
            found.add(index + 1);
        }
    }
    return found;
}
function holds(where, before, next) {
    if (where === "start")
        return before === "start";
    if (where === "end")
        return next === undefined;
    const isBoundary = (before === "word") !== (next !== undefined && isWord(next));
    return isBoundary === (where === "boundary");
}
function isWord(character) {
    return /^\w$/.test(character);
}

;// CONCATENATED MODULE: ./src/catalog/repository-path.ts


/** A path that a user wrote, in normal form. @throws UserError when it leads out of the repository. */
function repositoryPath(text) {
    const normal = external_node_path_.posix.normalize(text.trim()).replace(/(?<=.)\/$/, "");
    const leadsOut = external_node_path_.posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../");
    if (!leadsOut && !/[\\\0]|^[A-Za-z]+:/.test(normal))
        return normal;
    throw new src_errors/* UserError */.yo(`"${text}" is no path inside the repository`, {
        hint: "write it relative to the repository's root, with forward slashes, such as images/base",
    });
}
function joinPath(directory, name) {
    return external_node_path_.posix.join(directory, name);
}
function directoryOf(path) {
    return external_node_path_.posix.dirname(path);
}
/** The last part of a path. */
function repository_path_lastPart(path) {
    return external_node_path_.posix.basename(path);
}

;// CONCATENATED MODULE: ./src/catalog/path-glob.ts
/** Globs of directories: `*` and `?` within a part of a path, `[a-z]`, `[!a-z]`, and `**` for any number of parts. */



/** @throws UserError when it leads out of the repository or a bracket isn't closed. */
function pathGlob(text) {
    const normal = repositoryPath(text);
    const parts = normal === "." ? [] : normal.split("/").map(path_glob_partOf);
    return { text: normal, parts, isLiteral: parts.every((part) => part.kind === "name") };
}
/** Whether a path (`charts/app/values.yaml`) is one that the parts name. */
function globMatches(parts, path) {
    const [part, ...others] = parts;
    const [name, ...rest] = path;
    if (part === undefined)
        return name === undefined;
    if (part.kind === "any-depth") {
        return globMatches(others, path) || (name !== undefined && globMatches(parts, rest));
    }
    if (name === undefined)
        return false;
    return (part.kind === "name" ? part.name === name : part.matches(name)) && globMatches(others, rest);
}
function path_glob_partOf(text) {
    if (text === "**")
        return { kind: "any-depth" };
    if (!/[*?[]/.test(text))
        return { kind: "name", name: text };
    const matches = pathExpression([...path_glob_piecesOf(text)]);
    // Hidden directories and those of packages are no place for images, unless somebody says so.
    const isHidden = (name) => (name.startsWith(".") && !text.startsWith(".")) || name === ".git" || name === "node_modules";
    return { kind: "pattern", matches: (name) => !isHidden(name) && matches(name) };
}
function path_glob_piecesOf(text) {
    const pieces = [];
    for (let rest = text; rest !== "";) {
        const [taken = ""] = /^\[[!^]?\]?[^\]]*\]|^./su.exec(rest) ?? [];
        pieces.push(pieceOf(taken, text));
        rest = rest.slice(taken.length);
    }
    return pieces;
}
function pieceOf(taken, glob) {
    if (taken === "*")
        return anyNumber;
    if (taken === "?")
        return anyOne;
    if (!taken.startsWith("["))
        return exactly(taken);
    const [, negation = "", set = ""] = /^\[([!^]?)(.*)\]$/su.exec(taken) ?? [];
    if (set === "") {
        throw new src_errors/* UserError */.yo(`the glob "${glob}" has a bracket that isn't closed`, { hint: "write [a-z] or [!a-z]" });
    }
    try {
        const is = new RegExp(`^[${negation === "" ? "" : "^"}${set.replace(/[\\\]^[]/g, "\\$&")}]$`, "su");
        return { kind: "one", is };
    }
    catch (cause) {
        throw new src_errors/* UserError */.yo(`the glob "${glob}" has a range that runs backwards: ${taken}`, { hint: "write [a-z]", cause });
    }
}

;// CONCATENATED MODULE: ./src/report/pull-request-text.ts






function pullRequestText(bump) {
    const sections = [published(bump), pull_request_text_table(bump), ...bump.images.flatMap(findingLists), files(bump), footer];
    return { title: title(bump), body: sections.filter((section) => section !== "").join("\n\n") };
}
const footer = "Commits that you add to this branch stay. A newer version takes this one's place here; closing this skips the version.";
function title({ images, files: moved }) {
    const [only] = images;
    const names = images.map(({ name }) => name).join(", ");
    if (only === undefined || images.length > 1)
        return inTitle(`Bump ${count(images.length, "image")}: ${names}`);
    const { from, to } = versions(moved, only.name);
    return inTitle(`Bump ${only.name}${from === undefined ? "" : ` from ${from}`}${to === undefined ? "" : ` to ${to}`}`);
}
/** It becomes a commit's message when it is squashed: nothing in brackets, by which workflows would be told to stay away. */
function inTitle(text) {
    return (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(text).trim().replaceAll("[", "(").replaceAll("]", ")"), 200);
}
function published({ images, runUrl }) {
    const isAddress = runUrl !== undefined && /^https?:\/\/[\w.:/~%-]+$/.test(runUrl);
    const run = isAddress ? `[this run](${runUrl})` : "a run of image-publish";
    return `${images.length === 1 ? "This image was" : "These images were"} published by ${run}.`;
}
function pull_request_text_table({ images, files: moved, forge }) {
    const rows = images.map((image) => {
        const { from, to } = versions(moved, image.name);
        const compared = image.commits;
        const commits = compared && `${shortCommit(compared.from)}…${shortCommit(compared.to)}`;
        return {
            image: markdown(image.name),
            from: from === undefined ? "" : code(from),
            to: to === undefined ? "" : code(to),
            digest: code(shortDigest(image.digest)),
            size: image.size === undefined ? "" : size(image.size),
            findings: image.findings === undefined ? "" : findings(image.findings),
            commits: compared && commits ? compareLink(forge, compared.from, compared.to, code(commits)) : "",
        };
    });
    const known = ["image", "from", "to", "digest", "size", "findings", "commits"].filter((column) => rows.some((row) => row[column] !== ""));
    const line = (cells) => `| ${cells.join(" | ")} |`;
    return [
        line(known),
        line(known.map(() => "---")),
        ...rows.map((row) => line(known.map((column) => row[column]))),
    ].join("\n");
}
function size({ now, before }) {
    if (before === undefined || before === now)
        return formatSize(now);
    return `${formatSize(now)} (${now > before ? "+" : "−"}${formatSize(Math.abs(now - before))})`;
}
function findings({ gone, new: added }) {
    return gone.length + added.length === 0 ? "the same" : `${gone.length} gone, ${added.length} new`;
}
function findingLists({ name, findings: found }) {
    const lists = [
        { what: "New", all: found?.new ?? [] },
        { what: "Gone", all: found?.gone ?? [] },
    ];
    return lists.flatMap(({ what, all }) => {
        if (all.length === 0)
            return [];
        const lines = all.slice(0, pull_request_text_mostFindings).map((each) => `- ${pull_request_text_findingLine(each)}`);
        const rest = all.length - lines.length;
        return [
            `${what} in ${markdown(name)}:\n`.concat("\n", [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n")),
        ];
    });
}
function pull_request_text_findingLine(finding) {
    const where = finding.kind === "vulnerability" ? `${finding.package} ${finding.installed}` : finding.path;
    return `${markdown(finding.id)} (${finding.severity.toLowerCase()}) in ${code(where)}`;
}
function files({ files: moved, forge, at }) {
    const pins = moved.flatMap(({ path, pins: all }) => all.map((pin) => ({ path, ...pin })));
    const lines = pins
        .slice(0, mostPins)
        .map(({ path, line, from, to }) => `- ${fileLink(forge, at, { file: path, line })}: ${code(from)} → ${code(to)}`);
    const rest = pins.length - lines.length;
    // A sentence before it, as two lists in a row would be one.
    return ["What moves:\n", ...lines, ...(rest > 0 ? [`- and ${count(rest, "place")} more`] : [])].join("\n");
}
const pull_request_text_mostFindings = 20;
const mostPins = 100;
/** What all pins of an image name now, and what they name then; `undefined` where they differ. */
function versions(moved, image) {
    const all = moved.flatMap(({ pins }) => pins.filter((pin) => pin.image === image));
    // What has a value for the digest beside the one for the tag is told by its tag.
    const named = all.filter(({ to }) => !(0,oci_digest/* isDigest */.Bc)(to));
    const pins = named.length > 0 ? named : all;
    const one = (which) => {
        const [version, ...others] = new Set(pins.map((pin) => versionIn(pin[which])));
        return others.length === 0 ? version : undefined;
    };
    const [from, to] = [one("from"), one("to")];
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
/** The tag of a reference, the beginning of a digest, and whatever else as it is. */
function versionIn(text) {
    const [, named = "", digest] = /^(.*?)(?:@?(sha256:[0-9a-f]{64}))?$/s.exec(text) ?? [];
    const tag = /:([\w][\w.-]*)$/.exec(named)?.[1];
    if (tag !== undefined)
        return tag;
    return digest === undefined ? text : shortDigest(digest);
}

// EXTERNAL MODULE: ./src/changes/git-command.ts
var git_command = __webpack_require__(1061);
;// CONCATENATED MODULE: ./src/commands/bump-target.ts



/**
 * Pins follow what was made from the branch that they lie on: from its pushes, schedules and dispatches, and from releases of
 * commits that it contains. Other branches keep theirs. The branch is on this machine afterwards. @throws UserError where
 * nobody can tell it or bring it.
 */
async function bumpTarget(wanted, session, history) {
    const { context, isAtEvent } = session;
    const { ref, trigger, defaultBranch, commit } = context;
    const branch = wanted ?? defaultBranch;
    if (trigger.kind === "pull-request" || trigger.kind === "merge-group" || (0,run_context/* isPullRequestRef */.wv)(ref.full)) {
        return none("a pull request moves none");
    }
    if (trigger.kind === "gone")
        return none(trigger.what);
    if (!isAtEvent)
        return none("the checkout is not at the event's commit");
    if (branch === undefined) {
        throw new src_errors/* UserError */.yo("nothing tells the repository's default branch, whose pins are to follow", {
            hint: "name it in the config file: `bump: {branch: main}`",
        });
    }
    if (ref.kind === "branch" && ref.name !== branch)
        return none(`they follow ${branch}, and this is ${ref.name}`);
    const at = await broughtHere(branch, session);
    if (ref.kind !== "branch") {
        const position = await history.position(at, commit);
        if (position !== "same" && position !== "descends") {
            return none(`${ref.name} is not known to be of ${branch}, whose pins follow`);
        }
    }
    return { kind: "branch", branch, isDefault: branch === defaultBranch, at };
}
async function broughtHere(branch, { git }) {
    const unknown = (cause) => new src_errors/* UserError */.yo(`the branch ${branch}, whose pins are to follow, can't be read from the remote`, {
        hint: "let the checkout keep its credentials, or give `token` the right to read the repository",
        cause,
    });
    try {
        const at = await git.remoteCommit(`refs/heads/${branch}`);
        if (at === undefined)
            throw unknown();
        if ((await git.missing([at])).length > 0) {
            const fetched = await git.fetch([at], "tip");
            if (fetched.kind !== "fetched")
                throw unknown(fetched.kind === "failed" ? fetched.failure : undefined);
        }
        return at;
    }
    catch (error) {
        throw error instanceof git_command/* GitFailure */.Xi ? unknown(error) : error;
    }
}
function none(because) {
    return { kind: "none", because };
}

;// CONCATENATED MODULE: ./src/oci/manifest.ts
/**
 * Manifests and indexes, with the names of the OCI image-spec (manifest.md, image-index.md, descriptor.md) and docker's
 * media types for the same. What comes from a registry or a layout is hostile until it is parsed here.
 */



const mediaTypes = {
    index: "application/vnd.oci.image.index.v1+json",
    manifest: "application/vnd.oci.image.manifest.v1+json",
    dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
    dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
};
/** The spec lets registries refuse more than 4 MiB (distribution-spec, "Pushing Manifests"). */
const maximumManifest = 4 * 1024 * 1024;
/**
 * Parses an index or image manifest. `contentType` is what the registry said it is; it must agree with the document, and
 * the document must be one thing alone, else two readers could see two images in the same bytes (OCI image-spec,
 * considerations of GHSA-77vh-xpmg-72qh). @throws UserError when it is neither.
 */
function parseManifest(bytes, contentType) {
    const document = asRecord(parseJson(bytes), "a manifest");
    const said = contentType?.split(";", 1)[0]?.trim().toLowerCase();
    const mediaType = typeof document.mediaType === "string" ? document.mediaType : (said ?? impliedType(document));
    if (said !== undefined && said !== mediaType)
        throw malformed(`it is sent as ${said} and calls itself ${mediaType}`);
    if (document.schemaVersion !== 2)
        throw malformed("its schemaVersion is not 2");
    const annotations = manifest_stringsOf(document.annotations, "annotations");
    switch (mediaType) {
        case mediaTypes.index:
        case mediaTypes.dockerList:
            if ("config" in document || "layers" in document)
                throw malformed("it is an index and has layers");
            return { kind: "index", mediaType, manifests: descriptors(document.manifests, "manifests"), annotations };
        case mediaTypes.manifest:
        case mediaTypes.dockerManifest:
            if ("manifests" in document)
                throw malformed("it is an image's manifest and lists manifests");
            return {
                kind: "manifest",
                mediaType,
                config: descriptor(document.config, "config"),
                layers: descriptors(document.layers, "layers"),
                annotations,
            };
        default:
            throw malformed(`its media type is ${JSON.stringify(mediaType)}`);
    }
}
/** The image manifests of an index, in its order: without attestations (`unknown/unknown`) and entries of no platform. */
function platformsOf(index) {
    return index.manifests.flatMap((manifest) => {
        const { platform } = manifest;
        if (platform === undefined || platform.os === "unknown" || platform.architecture === "unknown")
            return [];
        return [{ platform: (0,oci_platform/* platformOf */.tj)(platform), manifest }];
    });
}
/** The images of an index that name no platform, whatever they are; an attestation does. */
function withoutPlatform(index) {
    return index.manifests.filter(({ platform, mediaType }) => platform === undefined && isManifestType(mediaType) !== undefined);
}
/** What an entry of an index is by its media type; `undefined` for what is stored as a blob. */
function isManifestType(mediaType) {
    if (mediaType === mediaTypes.index || mediaType === mediaTypes.dockerList)
        return "index";
    return mediaType === mediaTypes.manifest || mediaType === mediaTypes.dockerManifest ? "manifest" : undefined;
}
/** A layer that no registry may hold, and that is pulled from where its `urls` say (image-spec, "Non-Distributable Layers"). */
function manifest_isForeign({ mediaType, urls }) {
    return (urls !== undefined &&
        /^application\/vnd\.(?:oci\.image\.layer\.nondistributable|docker\.image\.rootfs\.foreign)\./.test(mediaType));
}
/** Bytes that a pull transfers: config and layers, compressed as they are stored. */
function compressedSize(manifest) {
    return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}
function impliedType(document) {
    return "manifests" in document ? mediaTypes.index : mediaTypes.manifest;
}
function parseJson(bytes) {
    if (bytes.byteLength > maximumManifest)
        throw malformed(`it has ${bytes.byteLength} bytes`);
    try {
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    }
    catch (cause) {
        throw malformed(`it is no JSON (${(0,src_errors/* messageOf */.bD)(cause)})`, cause);
    }
}
function descriptors(value, where) {
    if (!Array.isArray(value))
        throw malformed(`${where} is no list`);
    return value.map((each, at) => descriptor(each, `${where}[${at}]`));
}
function descriptor(value, where) {
    const { mediaType, digest, size, annotations, platform, urls } = asRecord(value, where);
    if (typeof mediaType !== "string")
        throw malformed(`${where} has no media type`);
    if (typeof digest !== "string" || !(0,oci_digest/* isDigest */.Bc)(digest))
        throw malformed(`${where} has no sha256 digest`);
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
        throw malformed(`${where} has no size`);
    return {
        mediaType,
        digest,
        size,
        annotations: manifest_stringsOf(annotations, `${where}.annotations`),
        ...(Array.isArray(urls) && urls.length > 0 ? { urls: urls.map(String) } : {}),
        ...(platform === undefined || platform === null ? {} : { platform: platformParts(platform, `${where}.platform`) }),
    };
}
function platformParts(value, where) {
    const { os, architecture, variant } = asRecord(value, where);
    if (typeof os !== "string" || typeof architecture !== "string")
        throw malformed(`${where} has no os and architecture`);
    return { os, architecture, ...(typeof variant === "string" && variant !== "" ? { variant } : {}) };
}
function manifest_stringsOf(value, where) {
    if (value === undefined || value === null)
        return {};
    const entries = Object.entries(asRecord(value, where));
    return Object.fromEntries(entries.map(([key, each]) => {
        if (typeof each !== "string")
            throw malformed(`${where} has a value that is no string`);
        return [key, each];
    }));
}
function asRecord(value, where) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
        throw malformed(`${where} is no object`);
    return value;
}
function malformed(why, cause) {
    return new src_errors/* UserError */.yo(`this is no manifest of an image: ${why}`, {
        hint: "check that the name is an image's, and push it again",
        cause,
    });
}

;// CONCATENATED MODULE: ./src/plan/record.ts
/**
 * What a published index says of itself, in annotations: the registry is the only state there is, and this is how a later
 * run reads it.
 */



const prefix = "io.image-publish.";
/** Goes up when records mean something else; one of another format is no record. */
const format = "1";
/** As annotations of an index (OCI image-spec, annotations.md: keys in reverse domain notation). */
function recordAnnotations(record) {
    const texts = {
        format,
        "source-hash": record.sourceHash,
        revision: record.revision,
        ref: record.ref,
        "baked-version": record.bakedVersion,
        bases: Object.keys(record.bases).length === 0 ? null : JSON.stringify(sorted(record.bases)),
        started: record.started,
        seconds: record.seconds === null ? null : String(record.seconds),
    };
    return Object.fromEntries(Object.entries(texts).flatMap(([key, value]) => (value === null ? [] : [[prefix + key, value]])));
}
/** The record in an index's annotations; `undefined` where there is none that can be read in full: anybody may write these. */
function readRecord(annotations) {
    const text = (key) => annotations[prefix + key];
    const revision = text("revision");
    const ref = text("ref");
    const sourceHash = text("source-hash");
    if (text("format") !== format || !(0,run_context/* isCommit */.WM)(revision) || ref === undefined)
        return undefined;
    if (sourceHash !== undefined && !hashPattern.test(sourceHash))
        return undefined;
    const bases = readBases(text("bases"));
    if (bases === undefined)
        return undefined;
    const seconds = text("seconds");
    const started = text("started");
    return {
        sourceHash: sourceHash ?? null,
        revision,
        ref,
        bakedVersion: text("baked-version") ?? null,
        bases,
        started: started !== undefined && !Number.isNaN(Date.parse(started)) ? started : null,
        seconds: seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Number(seconds) : null,
    };
}
/** Whether an annotation is part of a record, so that a new record takes its place. */
function isOfRecord(annotation) {
    return annotation.startsWith(prefix);
}
/** The tag under which what was made from these sources is found again by one request: `src-<16 hex>`. */
function sourceTag(sourceHash) {
    const text = `src-${sourceHash.slice(0, 16)}`;
    if ((0,oci_reference/* isTag */.dz)(text))
        return text;
    throw new Error(`${sourceHash} is no source hash`);
}
const hashPattern = /^[0-9a-f]{64}$/;
function readBases(text) {
    if (text === undefined)
        return {};
    try {
        const parsed = JSON.parse(text);
        if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
            return undefined;
        const bases = {};
        for (const [reference, digest] of Object.entries(parsed)) {
            if (typeof digest !== "string" || !(0,oci_digest/* isDigest */.Bc)(digest))
                return undefined;
            bases[reference] = digest;
        }
        return bases;
    }
    catch {
        return undefined;
    }
}
function sorted(record) {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

;// CONCATENATED MODULE: ./src/publish/holding.ts
/** What a tag of a registry holds. */



/**
 * The same, with what others than we write: where neither record nor annotation names a commit, the label of one platform's
 * config does, as docker's own actions set it. Two more requests, for such images alone.
 */
async function readHolding(stored, repository, registry) {
    const holding = holdingOf(stored);
    if (holding.revision !== undefined)
        return holding;
    const { document } = stored;
    const [first] = document.kind === "index" ? platformsOf(document) : [];
    const found = first && (await registry.manifest(repository, first.manifest.digest));
    const image = found === undefined ? document : found.document;
    if (image.kind !== "manifest")
        return holding;
    return { ...holding, revision: revisionIn(await registry.blob(repository, image.config)) };
}
/** Whatever else it is, is no revision. */
function revisionIn(config) {
    try {
        const parsed = JSON.parse(new TextDecoder().decode(config));
        const labels = parsed?.config?.Labels;
        const said = labels?.["org.opencontainers.image.revision"];
        return typeof said === "string" && (0,run_context/* isCommit */.WM)(said) ? said : undefined;
    }
    catch {
        return undefined;
    }
}
function holdingOf({ digest, document }) {
    const record = readRecord(document.annotations);
    const said = document.annotations["org.opencontainers.image.revision"];
    return {
        digest,
        platforms: document.kind === "index" ? platformsOf(document).map(({ platform }) => platform) : [],
        record,
        revision: record?.revision ?? ((0,run_context/* isCommit */.WM)(said) ? said : undefined),
    };
}
/** Whether it was made from the same, with the same version baked in, and by no pull request. */
function isMadeOf(holding, { sourceHash, platforms, bakedVersion }) {
    const { record } = holding;
    if (record === undefined || sourceHash === null || record.sourceHash !== sourceHash)
        return false;
    return !(0,run_context/* isPullRequestRef */.wv)(record.ref) && record.bakedVersion === bakedVersion && hasPlatforms(holding, platforms);
}
/** Whether an index has all platforms that are wanted. */
function hasPlatforms({ platforms }, wanted) {
    return wanted.every((each) => platforms.includes(each));
}

;// CONCATENATED MODULE: ./src/oci/registry-error.ts
/** What can go wrong with a registry: a closed set, each with its remedy. Messages name host and repository, never a token. */

class RegistryError extends src_errors/* UserError */.yo {
    name = "RegistryError";
    code;
    /** Whether the same request may well succeed later. */
    isTransient;
    /** Milliseconds that the registry asks us to wait. */
    retryAfter;
    constructor(code, message, details) {
        super(message, details);
        this.code = code;
        this.isTransient = details.isTransient ?? false;
        this.retryAfter = details.retryAfter;
    }
}
/** The error that an unwelcome answer is. */
function answerError(asked, response, now) {
    const { host, repository, access } = asked;
    const said = registrySays(response);
    const because = said === "" ? "" : `: ${said}`;
    const { status } = response;
    if (status === 403)
        return deniedError(asked, because);
    if (status === 404) {
        return new RegistryError("missing", `${host} has not what was asked for in ${repository} (404)${because}`, {
            hint: access === "push"
                ? `create ${repository} in the registry`
                : `check the name, and that ${repository} was published`,
        });
    }
    if (status === 429) {
        return new RegistryError("rate-limited", `${host} limits the rate of requests (429)${because}`, {
            hint: `run again later${host === "docker.io" ? ", and log in to docker.io: its limits are wider then" : ""}`,
            isTransient: true,
            retryAfter: retryAfter(response, now),
        });
    }
    if (status >= 500 || status === 408) {
        return new RegistryError("unavailable", `${host} answered ${status} for ${repository}${because}`, {
            hint: "run again when the registry is well; what is published stays as it is",
            isTransient: status !== 501,
            retryAfter: retryAfter(response, now),
        });
    }
    if (status === 413) {
        return new RegistryError("refused", `${host} takes nothing as large as what is pushed to ${repository} (413)${because}`, {
            hint: "raise the limit of the registry, or of the proxy in front of it, or make the image's layers smaller",
        });
    }
    return new RegistryError("refused", `${host} refused the ${wordFor(access)} of ${repository} (${status})${because}`, {
        hint: "mend what the registry complains about, and run again",
    });
}
/** The login is missing (`hasLogin` false) or was not accepted. */
function unauthorizedError({ host, repository }, hasLogin) {
    // Gitea gives the token of a job no access to packages at all, and answers as to a wrong password.
    const elsewhere = isGitHubs(host)
        ? ""
        : ", and one for packages? On a Gitea or Forgejo the job's own token is not: give an access token with write:package";
    return hasLogin
        ? new RegistryError("unauthorized", `${host} does not accept the login for ${repository}`, {
            hint: `check the login for ${host} (registry-username and registry-password, or docker/login-action): is it still valid${elsewhere || "?"}`,
        })
        : new RegistryError("unauthorized", `${host} wants a login for ${repository}, and there is none`, {
            hint: `give registry-username and registry-password, or log in to ${host} with docker/login-action before this step`,
        });
}
function deniedError({ host, repository, access }, because = "") {
    const permission = `packages: ${access === "push" ? "write" : "read"}`;
    return new RegistryError("denied", `${host} refused the ${wordFor(access)} of ${repository}${because}`, {
        hint: isGitHubs(host)
            ? `add \`${permission}\` to the job's permissions; a package that another repository made must also give this one access, in its settings`
            : `give the login for ${host} the right to ${access} ${repository}; check the name too`,
    });
}
const isGitHubs = (host) => host === "ghcr.io" || (host.startsWith("containers.") && host.endsWith(".ghe.com"));
/** The error for a digest that should be there and is not. */
function missingManifest(repository, digest) {
    return new RegistryError("missing", `${repository} does not hold ${digest}`, {
        hint: "run again: it was never pushed there, or something deleted it meanwhile",
    });
}
/** The answer is no answer of a registry. `isTransient` where bytes may have been lost on the way. */
function invalidError({ host, repository }, why, cause, isTransient = false) {
    return new RegistryError("invalid", `${host} sent for ${repository} what no registry should: ${why}`, {
        hint: "check that the host is a registry's, and that no proxy changes what it sends",
        cause,
        isTransient,
    });
}
/** The error for an exchange that had no answer; `cause` carries the `code` of the `Http` port. */
function networkError(asked, cause) {
    const { host } = asked;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "EMSGSIZE")
        return invalidError(asked, (0,src_errors/* messageOf */.bD)(cause), cause);
    if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "EPROTO") {
        return new RegistryError("tls", `${host} does not speak TLS: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
            hint: "serve the registry over https; plain http is spoken with localhost alone",
            cause,
        });
    }
    if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/.test(code)) {
        return new RegistryError("tls", `the certificate of ${host} is not trusted: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
            hint: "mend the certificate, or name its authority's file in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS (the builder needs it too)",
            cause,
        });
    }
    if (code === "EPROXY") {
        return new RegistryError("unreachable", `${host} cannot be reached: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
            hint: "mend HTTPS_PROXY (a login stands in it as http://user:password@host:port), or name the host in NO_PROXY",
            cause,
        });
    }
    return new RegistryError("unreachable", `${host} cannot be reached: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
        hint: "check the host's name, the network of the runner, and its proxy settings",
        cause,
        // A name that does not exist is most often a typing error; a resolver in trouble says EAI_AGAIN.
        isTransient: code !== "ENOTFOUND",
    });
}
/** The codes of the answer's first error (distribution-spec, "Error Codes"); none for what is no such document. */
function errorCodes(response) {
    return errorsOf(response).map(({ code }) => code);
}
function registrySays(response) {
    const [first] = errorsOf(response);
    if (first === undefined)
        return "";
    return Array.from(`${first.code} ${first.message}`.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, " ").trim())
        .slice(0, 200)
        .join("");
}
function errorsOf(response) {
    try {
        const document = JSON.parse(new TextDecoder().decode(response.body.subarray(0, 65_536)));
        if (typeof document !== "object" || document === null || !("errors" in document))
            return [];
        if (!Array.isArray(document.errors))
            return [];
        return document.errors.flatMap((each) => {
            if (typeof each !== "object" || each === null || !("code" in each) || typeof each.code !== "string")
                return [];
            return [{ code: each.code, message: "message" in each && typeof each.message === "string" ? each.message : "" }];
        });
    }
    catch {
        return [];
    }
}
/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(response, now) {
    const value = response.headers["retry-after"]?.trim();
    if (value === undefined)
        return undefined;
    const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
    return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
function wordFor(access) {
    return access === "push" ? "push" : "reading";
}

;// CONCATENATED MODULE: ./src/publish/published.ts



/**
 * The digest that is published under the first of these tags that is there: what an image builds on whose parent is not
 * built in this run. @returns `undefined` when none of them is there. @throws RegistryError when the registry cannot tell.
 */
async function publishedDigest(registry, repository, tags) {
    for (const tag of tags) {
        const digest = await registry.head(repository, tag);
        if (digest !== undefined)
            return digest;
    }
    return undefined;
}
/**
 * The platforms of a candidate or published image, in its index's order. A lone manifest is one platform, which its config
 * names. @throws RegistryError when any part of it is missing or unreadable.
 */
async function readPlatforms(registry, repository, digest) {
    const found = await registry.manifest(repository, digest);
    if (found === undefined)
        throw missingManifest(repository, digest);
    const { document } = found;
    if (document.kind === "manifest") {
        const only = await platformOfConfig(registry, repository, document.config);
        return [{ platform: only, digest, size: compressedSize(document) }];
    }
    return Promise.all(platformsOf(document).map(async ({ platform, manifest }) => ({
        platform,
        digest: manifest.digest,
        size: compressedSize(await imageManifest(registry, repository, manifest.digest)),
    })));
}
async function imageManifest(registry, repository, digest) {
    const found = await registry.manifest(repository, digest);
    if (found === undefined)
        throw missingManifest(repository, digest);
    if (found.document.kind === "manifest")
        return found.document;
    throw unusable(repository, digest, "it is an index within an index");
}
async function platformOfConfig(registry, repository, config) {
    const text = new TextDecoder().decode(await registry.blob(repository, config));
    try {
        const parsed = JSON.parse(text);
        if (typeof parsed === "object" && parsed !== null && "os" in parsed && "architecture" in parsed) {
            const variant = "variant" in parsed && parsed.variant ? [parsed.variant] : [];
            return (0,oci_platform/* platform */.iD)([parsed.os, parsed.architecture, ...variant].map(String).join("/"));
        }
    }
    catch (cause) {
        throw unusable(repository, config.digest, "its config cannot be read", cause);
    }
    throw unusable(repository, config.digest, "its config names no platform");
}
function unusable(repository, digest, why, cause) {
    return new RegistryError("invalid", `${repository}@${digest} is no image that can be used: ${why}`, {
        hint: "push the image again",
        cause,
    });
}

;// CONCATENATED MODULE: ./src/commands/bumped-images.ts





/** Of each image whose pins move, in the order of their names. */
async function bumpedImages(versions, files, { registry, scanning }, { context }, results) {
    const pins = files.flatMap((file) => file.pins);
    const names = [...new Set(pins.map(({ image }) => image))].sort();
    return Promise.all(names.flatMap((name) => {
        const version = versions.find((each) => each.name === name);
        if (version === undefined)
            return [];
        const [pin] = pins.filter(({ image }) => image === name);
        return [
            bumped(version, pin?.from ?? "", registry, isOfRun(name, results) ? context.commit : undefined, scanning.scans.get(name)),
        ];
    }));
}
function isOfRun(name, results) {
    return results.some(({ planned, outcome }) => planned.name === name && outcome !== "skipped");
}
async function bumped({ name, digest, repositories }, from, registry, commit, scan) {
    const [repository] = repositories;
    const [now, before] = await Promise.all([
        facts(registry, repository, digest),
        facts(registry, repository, pinnedName(from)),
    ]);
    const to = commit ?? now?.revision;
    return {
        name,
        digest,
        ...(now === undefined ? {} : { size: { now: now.size, before: before?.size } }),
        ...(scan?.kind === "scanned" ? { findings: findingsOf(scan) } : {}),
        ...(to === undefined || before?.revision === undefined ? {} : { commits: { from: before.revision, to } }),
    };
}
function findingsOf(scan) {
    const added = acrossPlatforms(scan).filter(({ isReported, standing }) => isReported && standing === "new");
    return { gone: goneAcrossPlatforms(scan), new: added.map(({ finding }) => finding) };
}
/** Of the first platform. Nobody needs it: what can't be had is left out. */
async function facts(registry, repository, name) {
    if (repository === undefined || name === undefined)
        return undefined;
    try {
        const found = await registry.manifest(repository, name);
        if (found === undefined)
            return undefined;
        const [first] = await readPlatforms(registry, repository, found.digest);
        return first === undefined ? undefined : { size: first.size, revision: holdingOf(found).revision };
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return undefined;
        throw error;
    }
}
/** The tag of a pin's text, which may be a whole reference. */
function pinnedName(text) {
    const [named = ""] = text.split("@");
    const tag = named.slice(named.lastIndexOf(":") + 1);
    return (0,oci_reference/* isTag */.dz)(tag) ? tag : undefined;
}

;// CONCATENATED MODULE: ./src/changes/built-on.ts

/** The reasons of images, with those of all that build on one of them, or may do so. */
function withBuiltOn({ images }, own) {
    const open = images.filter(({ unsettled }) => unsettled.length > 0);
    const doubtful = new Map();
    for (;;) {
        const reasons = withParents(images, own, doubtful);
        const found = open.flatMap((image) => {
            const known = doubtful.get(image.name) ?? [];
            const more = mayBuildOn(image, images).filter(({ reason }) => reasons.has(reason.image));
            return more.length > known.length ? [[image.name, more.map(({ reason }) => reason)]] : [];
        });
        if (found.length === 0)
            return reasons;
        for (const [name, more] of found)
            doubtful.set(name, more);
    }
}
/** Parents stand before their children, so that one pass is enough. */
function withParents(images, own, doubtful) {
    const reasons = new Map();
    for (const image of images) {
        const parents = [...new Set(image.parents.map(({ parent }) => parent))].filter((name) => reasons.has(name));
        const found = [
            ...(own.get(image.name) ?? []),
            ...parents.map((name) => ({ kind: "builds-on", image: name })),
            ...(doubtful.get(image.name) ?? []),
        ];
        if (found.length > 0)
            reasons.set(image.name, found);
    }
    return reasons;
}
/** The images that a base whose name nobody knows yet may be; never one that builds on the image itself. */
function mayBuildOn(image, images) {
    if (image.unsettled.length === 0)
        return [];
    const parents = new Set(image.parents.map(({ parent }) => parent));
    const above = new Set([image.name]);
    for (const each of images)
        if (each.parents.some(({ parent }) => above.has(parent)))
            above.add(each.name);
    return images
        .filter(({ name }) => !above.has(name) && !parents.has(name))
        .flatMap((other) => {
        const base = image.unsettled.find((each) => mayBe(each, other));
        return base === undefined ? [] : [{ reason: { kind: "unknown-base", image: other.name, base: base.text } }];
    });
}
/** The names of all images that one may turn out to build on, directly or not, as nobody knows what some base is; sorted. */
function possibleBases(image, images) {
    if (image.unsettled.length === 0)
        return [];
    const byName = new Map(images.map((each) => [each.name, each]));
    const found = new Set();
    const visit = (each) => {
        const next = [...mayBuildOn(each, images).map(({ reason }) => reason.image)];
        if (each !== image)
            next.push(...each.parents.map(({ parent }) => parent));
        for (const name of next) {
            const other = byName.get(name);
            if (other === undefined || found.has(name))
                continue;
            found.add(name);
            visit(other);
        }
    };
    visit(image);
    return [...found].sort();
}
/** What stands before the first variable leaves few images: with a tag in it, one repository alone. */
function mayBe({ text }, { knownAs }) {
    const [start = ""] = text.toLowerCase().split(/[$"'\\`]/, 1);
    if (start === "")
        return true;
    const repository = /^(.*):[^/:]*$/.exec(start)?.[1];
    const names = knownAs.flatMap((each) => [each, (0,oci_reference/* familiarRepository */.Yu)(each)]);
    return names.some((each) => (repository === undefined ? each.startsWith(start) : each === repository));
}

;// CONCATENATED MODULE: ./src/once-each.ts
/** Makes a function that answers each question once, and later ones like it with the same answer; a promise is an answer. */
function onceEach(answer, keyOf = (question) => question) {
    const known = new Map();
    return (question) => {
        const key = keyOf(question);
        const found = known.get(key) ?? { answer: answer(question) };
        known.set(key, found);
        return found.answer;
    };
}

;// CONCATENATED MODULE: ./src/changes/go-expression.ts
/**
 * Go's regular expressions (RE2 syntax, regexp/syntax), as far as moby makes them out of ignore patterns:
 * characters, escapes, classes, dots, stars after them, any number of directories, "or", `^`.
 */

/**
 * Whether the expression takes a path between Go's `^` and `$`, which bind closer than "or" does. `undefined` for what Go
 * refuses, and for what nobody puts into an ignore file: counted repetition, named classes, escapes such as `\x41` or `\pL`, more than a path can match.
 */
function translateExpression(expression) {
    if (expression.length > go_expression_longest || /\{\d+(?:,\d*)?\}/.test(expression))
        return undefined;
    const reader = { characters: [...expression], at: 0 };
    const ways = [[]];
    while (reader.at < reader.characters.length) {
        if (reader.characters[reader.at] === "|") {
            reader.at += 1;
            ways.push([]);
            continue;
        }
        const piece = readPiece(reader);
        if (piece === undefined)
            return undefined;
        ways.at(-1)?.push(piece);
    }
    const matchers = ways.map((pieces, index) => {
        const before = index === 0 ? [] : [anyNumber];
        return pathExpression([...before, ...pieces, ...(index === ways.length - 1 ? [] : [anyNumber])]);
    });
    return (path) => matchers.some((matches) => matches(path));
}
/** Twice what a path may be long, each character escaped: matching takes the time of the one times the other. */
const go_expression_longest = 16_384;
const anyDirectories = "(.*/)?";
function readPiece(reader) {
    if (reader.characters.slice(reader.at, reader.at + anyDirectories.length).join("") === anyDirectories) {
        reader.at += anyDirectories.length;
        return { kind: "directories" };
    }
    const where = readAssertion(reader);
    if (where !== undefined)
        return { kind: "at", where };
    const atom = readAtom(reader);
    if (atom === undefined)
        return undefined;
    const is = new RegExp(`^${atom}$`, "u");
    if (reader.characters[reader.at] !== "*")
        return { kind: "one", is };
    reader.at += 1;
    return { kind: "many", is };
}
function readAssertion(reader) {
    const character = reader.characters[reader.at] ?? "";
    const where = assertions.get(character === "\\" ? `\\${reader.characters[reader.at + 1]}` : character);
    if (where !== undefined)
        reader.at += character === "\\" ? 2 : 1;
    return where;
}
const assertions = new Map([
    ["^", "start"],
    ["\\A", "start"],
    ["\\z", "end"],
    ["\\b", "boundary"],
    ["\\B", "no-boundary"],
]);
function readAtom(reader) {
    const character = reader.characters[reader.at++] ?? "";
    switch (character) {
        case ".":
            return "[^\\n]";
        case "\\":
            return readEscape(reader);
        case "[":
            return readClass(reader);
        default:
            return escaped(character);
    }
}
/** Escapes that stand for one character or several. Go's `\s` is shorter than JavaScript's. */
const escapes = new Map([
    ["d", "\\d"],
    ["D", "\\D"],
    ["w", "\\w"],
    ["W", "\\W"],
    ["s", "[\\t\\n\\f\\r ]"],
    ["S", "[^\\t\\n\\f\\r ]"],
]);
const controls = new Map([
    ["a", "\x07"],
    ["f", "\f"],
    ["n", "\n"],
    ["r", "\r"],
    ["t", "\t"],
    ["v", "\v"],
]);
function readEscape(reader) {
    const special = escapes.get(reader.characters[reader.at] ?? "");
    if (special === undefined)
        return mapped(readEscapedCharacter(reader), escaped);
    reader.at += 1;
    return special;
}
/** Punctuation stands for itself; letters, digits and what lies beyond ASCII don't. */
function readEscapedCharacter(reader) {
    const character = reader.characters[reader.at++] ?? "";
    const control = controls.get(character);
    return control ?? (/^\p{ASCII}$/u.test(character) && !/[0-9A-Za-z]/.test(character) ? character : undefined);
}
/** What follows `[`. A `]` that comes first is a member, and so is a dash that comes last. */
function readClass(reader) {
    const isNegated = reader.characters[reader.at] === "^";
    if (isNegated)
        reader.at += 1;
    let members = "";
    for (let isFirst = true; isFirst || reader.characters[reader.at] !== "]"; isFirst = false) {
        if (reader.at >= reader.characters.length)
            return undefined;
        const member = readMember(reader);
        if (member === undefined)
            return undefined;
        members += member;
    }
    reader.at += 1;
    return `[${isNegated ? "^" : ""}${members}]`;
}
function readMember(reader) {
    const { characters } = reader;
    if (characters[reader.at] === "[" && characters[reader.at + 1] === ":" && named(reader))
        return undefined;
    const shorthand = characters[reader.at] === "\\" ? escapes.get(characters[reader.at + 1] ?? "") : undefined;
    if (shorthand !== undefined) {
        reader.at += 2;
        // Within a class, the list of spaces goes without its own brackets; its negation can't be had there.
        return shorthand.startsWith("[^") ? undefined : shorthand.replace(/^\[(.*)\]$/, "$1");
    }
    const low = readMemberCharacter(reader);
    const isRange = characters[reader.at] === "-" && reader.at + 1 < characters.length && characters[reader.at + 1] !== "]";
    if (low === undefined || !isRange)
        return mapped(low, escaped);
    reader.at += 1;
    const high = readMemberCharacter(reader);
    if (high === undefined || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0))
        return undefined;
    return `${escaped(low)}-${escaped(high)}`;
}
function readMemberCharacter(reader) {
    const character = reader.characters[reader.at++];
    return character === "\\" ? readEscapedCharacter(reader) : character;
}
/** Whether a named class, such as `[:alpha:]`, begins here. */
function named({ characters, at }) {
    return characters
        .slice(at + 2)
        .join("")
        .includes(":]");
}
function mapped(text, by) {
    return text === undefined ? undefined : by(text);
}

;// CONCATENATED MODULE: ./src/changes/ignore-pattern.ts
/** One pattern of an ignore file, as moby/patternmatcher v0.6 reads it (`New`, `compile`, `match`). */

/** `undefined` for an empty pattern, "refused" for one that BuildKit refuses or that is not understood. */
function readPattern(text) {
    const trimmed = ignore_pattern_trim(text);
    if (trimmed === "")
        return undefined;
    const cleaned = cleanPath(trimmed);
    const isException = cleaned.startsWith("!");
    const pattern = isException ? cleaned.slice(1) : cleaned;
    // A byte order mark past the file's first line is dropped in one place by moby and kept in another.
    if (pattern === "" || pattern.startsWith("\ufeff") || !isWellFormed(pattern))
        return "refused";
    const matches = compile(pattern);
    return matches === undefined ? "refused" : { isException, matches };
}
/**
 * Goes through the pattern as moby does: as long as it is plain, or begins or ends with `**`, text is compared; else all of
 * it becomes a regular expression.
 */
function compile(pattern) {
    const characters = [...pattern];
    let expression = "";
    let kind = "exact";
    for (let at = 0, isFirst = true; at < characters.length; isFirst = false) {
        const character = characters[at++] ?? "";
        if (character === "*" && characters[at] === "*") {
            at += characters[at + 1] === "/" ? 2 : 1;
            const isLast = at === characters.length;
            expression += isLast ? ".*" : "(.*/)?";
            kind = isFirst ? "suffix" : isLast && kind === "exact" ? "prefix" : "expression";
        }
        else if (character === "*" || character === "?") {
            expression += character === "*" ? "[^/]*" : "[^/]";
            kind = "expression";
        }
        else if (character === "\\" && at < characters.length) {
            expression += `\\${characters[at++] ?? ""}`;
            kind = "expression";
        }
        else if (character === "[" || character === "]") {
            expression += character;
            kind = "expression";
        }
        else {
            // Braces and bars were meant to be among these, but fall out of moby's table: a bar is an "or", also past the ends.
            expression += /[.+()$\\]/.test(character) ? `\\${character}` : character;
        }
    }
    switch (kind) {
        case "exact":
            return (path) => path === pattern;
        case "prefix":
            return startsWith(pattern.replace(/\*\*\/?$/, ""));
        case "suffix":
            return endsWith(pattern.slice(2));
        case "expression":
            return translateExpression(expression);
    }
}
function startsWith(prefix) {
    return (path) => path.startsWith(prefix);
}
/** What follows the stars; below any directory may also mean below none. */
function endsWith(suffix) {
    return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
}
/** Whether Go's `filepath.Match` takes it: brackets are closed and hold something, a backslash escapes something. */
function isWellFormed(pattern) {
    return /^(?:[^[\\]|\\.|\[(?:\^|(?!\^))(?:(?:[^\]\\-]|\\.)(?:-(?:[^\]\\-]|\\.))?)+\])*$/su.test(pattern);
}
/** Go's `strings.TrimSpace`, whose spaces are not quite JavaScript's. */
function ignore_pattern_trim(text) {
    return text.replace(/^[[\s\u0085]--\ufeff]+|[[\s\u0085]--\ufeff]+$/gv, "");
}
/** Go's `path.Clean`: no doubled slashes, no `.`, no `..` that can be resolved, no slash at the end. */
function cleanPath(path) {
    const isRooted = path.startsWith("/");
    const kept = [];
    for (const part of path.split("/")) {
        if (part === "" || part === ".")
            continue;
        if (part !== "..")
            kept.push(part);
        else if (kept.length > 0 && kept.at(-1) !== "..")
            kept.pop();
        else if (!isRooted)
            kept.push(part);
    }
    return `${isRooted ? "/" : ""}${kept.join("/")}` || ".";
}

// EXTERNAL MODULE: ./src/changes/path-bytes.ts
var path_bytes = __webpack_require__(36652);
;// CONCATENATED MODULE: ./src/changes/ignore.ts
/**
 * Which files an ignore file keeps out of a build's context. The rules are those of BuildKit, which walks the context from its
 * root and asks moby/patternmatcher (`MatchesUsingParentResults`, v0.6) of every path, handing on each directory's results.
 */


const ignoresNothing = { ignores: () => false };
/**
 * Reads an ignore file. One that BuildKit refuses, or that holds an expression that is not understood here, ignores nothing:
 * then every file of the context counts.
 */
function readIgnore(bytes) {
    if (hasTooLongLine(bytes))
        return ignoresNothing;
    const ignore = patternMatcher(patternsIn((0,path_bytes/* decodePath */.q)(bytes)));
    return typeof ignore === "string" ? ignoresNothing : ignore;
}
/** What ignores that which the patterns match, as the lines of an ignore file; the first pattern that is refused, where one is. */
function patternMatcher(texts) {
    const patterns = [];
    for (const text of texts) {
        const pattern = readPattern(text);
        if (pattern === "refused")
            return text;
        if (pattern !== undefined)
            patterns.push(pattern);
    }
    return patterns.length === 0 ? ignoresNothing : matcher(patterns);
}
function matcher(patterns) {
    const directories = new Map();
    const root = { isIgnored: false, matched: patterns.map(() => false) };
    const ofDirectory = (path) => {
        const known = directories.get(path);
        if (known !== undefined)
            return known;
        const found = match(patterns, path, above(path));
        directories.set(path, found);
        return found;
    };
    const above = (path) => {
        const slash = path.lastIndexOf("/");
        return slash < 0 ? root : ofDirectory(path.slice(0, slash));
    };
    return { ignores: (path) => match(patterns, path, above(path)).isIgnored };
}
function match(patterns, path, parent) {
    let isIgnored = false;
    const matched = patterns.map((pattern, index) => {
        // A pattern that could change nothing is not asked, and so counts as not matched below as well.
        const matches = parent.matched[index] === true || (pattern.isException === isIgnored && pattern.matches(path));
        if (matches)
            isIgnored = !pattern.isException;
        return matches;
    });
    return { isIgnored, matched };
}
/** The lines of an ignore file as patterns (moby/patternmatcher/ignorefile, `ReadAll`). */
function patternsIn(text) {
    const lines = text.replace(/^\ufeff/, "").split("\n");
    return lines.flatMap((line) => {
        if (line.startsWith("#"))
            return [];
        const pattern = ignore_pattern_trim(line);
        if (pattern === "")
            return [];
        if (!pattern.startsWith("!"))
            return [fromRoot(pattern)];
        return [`!${fromRoot(ignore_pattern_trim(pattern.slice(1)))}`];
    });
}
/** The scanner of moby takes no longer line (Go's `bufio.MaxScanTokenSize`). */
const ignore_maximumBytes = 65_536;
function hasTooLongLine(bytes) {
    for (let start = 0; bytes.length - start >= ignore_maximumBytes;) {
        const end = bytes.indexOf(0x0a, start);
        if ((end < 0 ? bytes.length : end) - start >= ignore_maximumBytes)
            return true;
        start = end + 1;
    }
    return false;
}
function fromRoot(pattern) {
    const cleaned = pattern === "" ? "" : cleanPath(pattern);
    return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}

;// CONCATENATED MODULE: ./src/changes/sources.ts
/**
 * What COPY, ADD and bind mounts name in a context: literal paths and the globs of Go's filepath.Match, the only ones that
 * narrow what a build reads.
 */

/** A source in normal form: relative to the context's root, which is `.`; it can't lead out of it (BuildKit joins it with `/`). */
function normalSource(written) {
    const parts = [];
    for (const part of written.split("/")) {
        if (part === "..")
            parts.pop();
        else if (part !== "" && part !== ".")
            parts.push(part);
    }
    return parts.join("/") || ".";
}
/**
 * Whether a source in normal form narrows. Not where `**` or an escape stands, which BuildKit's two matchers read differently,
 * nor where a class may match a slash.
 */
function narrows(source) {
    return source !== "." && !source.includes("**") && !/[\\!^[\]]/.test(source.replace(plainClass, ""));
}
/** Letters, digits and underscores, single or as ranges: no slash lies among them. */
const plainClass = /\[(?:\w(?:-\w)?)+\]/g;
/** Takes apart sources that narrow. */
function sources_sourcesOf(sources) {
    const all = sources.map((source) => source.split("/").map(sources_partOf));
    return {
        starts: [...new Set(all.map(startOf))],
        takes: (path) => {
            const names = path.split("/");
            return all.some((parts) => parts.length <= names.length && matches(parts, names));
        },
        leadsTo: (path) => {
            const names = path.split("/");
            return all.some((parts) => parts.length >= names.length && matches(parts, names));
        },
    };
}
/** Compares as many parts as both have. */
function matches(parts, names) {
    return parts.every((part, index) => {
        const name = names[index];
        return name === undefined || (typeof part === "string" ? part === name : part(name));
    });
}
function startOf(parts) {
    const wild = parts.findIndex((part) => typeof part !== "string");
    return parts.slice(0, wild < 0 ? parts.length : wild).join("/") || ".";
}
function sources_partOf(text) {
    if (!/[*?[]/.test(text))
        return text;
    const pieces = [...text.matchAll(/\[(.*?)\]|./gsu)].map(([piece, inside]) => {
        if (inside !== undefined)
            return { kind: "one", is: classOf(inside) };
        if (piece === "*")
            return anyNumber;
        return piece === "?" ? anyOne : exactly(piece);
    });
    return pathExpression(pieces);
}
/** A range that runs backwards matches nothing in Go, and is an error here. */
function classOf(inside) {
    const kept = inside.replace(/(\w)-(\w)/g, (range, low, high) => (low > high ? "" : range));
    return new RegExp(`^[${kept}]$`);
}

;// CONCATENATED MODULE: ./src/changes/context-files.ts



/**
 * Makes a function that finds, among files, those of a context that a build reads: not ignored, and followed. Each once, in
 * the order of paths; contexts that are read alike are gone through once, and share the answer.
 */
function contextFiles(index) {
    const known = new Map();
    return (context) => {
        const key = readingKey(context);
        const found = known.get(key) ?? context_files_select(index, context);
        known.set(key, found);
        return found;
    };
}
/** Equal for contexts of which the same files are read. */
function readingKey({ directory, ignoreFile, followed }) {
    const sources = followed.kind === "whole" ? ["."] : followed.sources;
    return [directory.target, ignoreFile?.path ?? "", ...sources].join("\0");
}
function context_files_select(index, { directory: { target }, ignore, followed }) {
    const start = target === "." ? 0 : target.length + 1;
    const counts = ({ path }) => !ignore.ignores(path.slice(start));
    if (followed.kind === "whole") {
        const all = index.below(target);
        return ignore === ignoresNothing ? all : all.filter(counts);
    }
    const sources = sources_sourcesOf(followed.sources);
    const found = sources.starts.flatMap((each) => {
        const path = joinPath(target, each);
        const there = each === "." ? undefined : index.atOrAbove(path);
        // What lies above the context is not in it.
        const isInside = there !== undefined && there.path.length > start;
        return [...(isInside ? [there] : []), ...index.below(path)];
    });
    // What lies above a source stands for all of it, whatever is ignored.
    const taken = found.filter((file) => {
        const path = file.path.slice(start);
        return sources.takes(path) ? counts(file) : sources.leadsTo(path);
    });
    // One source may lie in another.
    return [...new Set(taken)].sort((a, b) => (a.path < b.path ? -1 : 1));
}
/** Git's own folder, of which nobody lists the files. */
const gitFiles = [
    "HEAD",
    "index",
    "config",
    "packed-refs",
    "logs/HEAD",
    "refs/heads/main",
    "refs/tags/v1",
    "objects/00/0",
];
/** Whether a context brings in git's own folder, and with it the commit. */
function takesGit({ directory: { target }, ignore, followed }) {
    if (target !== ".")
        return false;
    const paths = gitFiles.map((each) => `.git/${each}`).filter((path) => !ignore.ignores(path));
    if (followed.kind === "whole")
        return paths.length > 0;
    const sources = sources_sourcesOf(followed.sources);
    return paths.length > 0 && (sources.leadsTo(".git") || sources.takes(".git/HEAD"));
}

;// CONCATENATED MODULE: ./src/changes/checkout.ts

/** What is at a path, itself and not what a link leads to; `undefined` where there is nothing. */
function lookAt({ files, workspace }, path) {
    return files.look((0,path_bytes/* encodePath */.O)(`${workspace}/${path}`));
}

;// CONCATENATED MODULE: ./src/changes/file-content.ts
/** What a file's bytes are called: by git's mode and blob, also where git doesn't have them. */



/** Each file is read once. @param objectFormat the hash by which the repository calls its objects. */
function contentReader(checkout, objectFormat) {
    const pathOf = ({ path }) => path;
    const look = onceEach(({ path }) => lookAt(checkout, path), pathOf);
    const read = onceEach(async (file) => file_content_nameOf(await look(file), objectFormat), pathOf);
    return {
        async cost(file) {
            const found = file.content === undefined ? await look(file) : undefined;
            return found?.kind === "file" ? found.size : 0;
        },
        content: (file) => (file.content === undefined ? read(file) : Promise.resolve(file.content)),
    };
}
/** A directory is told of by what lies in it. */
async function file_content_nameOf(look, objectFormat) {
    switch (look?.kind) {
        case "file":
            return `${look.isExecutable ? "100755" : "100644"} ${file_content_blobId(await look.content(), objectFormat)}`;
        case "symlink":
            return `120000 ${file_content_blobId(look.target, objectFormat)}`;
        case "other":
            return "other";
        default:
            return undefined;
    }
}
/** As `git hash-object --no-filters` gives it (gitformat-loose(5)). */
function file_content_blobId(bytes, objectFormat) {
    return (0,external_node_crypto_.createHash)(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

;// CONCATENATED MODULE: ./src/changes/files-digest.ts
/** One digest for many files. */


/** What has to be read, rather than known from git, may be so much and no more. */
const mostFiles = 20_000;
const mostBytes = 256 * 1024 * 1024;
/** Few enough that nobody runs out of file handles. */
const parallel = 32;
/**
 * A digest over path, mode and bytes of files; `unknown` where too much would have to be read.
 * @param start how many characters of the paths are left out.
 */
async function filesDigest(files, start, reader) {
    const unread = files.filter(({ content }) => content === undefined);
    if (unread.length > mostFiles) {
        return { kind: "unknown", why: `${unread.length} files that git can't vouch for` };
    }
    const contents = unread.length === 0 ? files_digest_none : await readAll(unread, reader);
    if (typeof contents === "string")
        return { kind: "unknown", why: contents };
    let text = "";
    for (const file of files) {
        const content = file.content ?? contents.get(file);
        if (content !== undefined)
            text += `${keyOf(file.path.slice(start))}\0${content}\0`;
    }
    return { kind: "known", digest: (0,external_node_crypto_.createHash)("sha256").update(text).digest("hex") };
}
const files_digest_none = new Map();
/** What the files hold; why it is not read, where that is too much. */
async function readAll(files, reader) {
    const costs = await Promise.all(files.map((0,bounded/* bounded */.M)(parallel, (file) => reader.cost(file))));
    const bytes = costs.reduce((sum, each) => sum + each, 0);
    if (bytes > mostBytes)
        return `${Math.round(bytes / 1024 / 1024)} MiB of files that git can't vouch for`;
    const contents = await Promise.all(files.map((0,bounded/* bounded */.M)(parallel, (file) => reader.content(file))));
    return new Map(files.map((file, index) => [file, contents[index]]));
}
/** Paths that UTF-8 would not keep apart stand in JSON, behind a character that no path has. */
function keyOf(path) {
    return path.isWellFormed() ? path : `\0${JSON.stringify(path)}`;
}

;// CONCATENATED MODULE: ./src/changes/watch.ts


/** Makes a function that finds the files that `watch` names, each once. @throws UserError, with its place, for what is no pattern. */
function watchedFiles(index) {
    const known = new Map();
    return (watch) => {
        const key = watch.map(({ value }) => value).join("\n");
        const found = known.get(key) ?? find(index, watch);
        known.set(key, found);
        return found;
    };
}
function find(index, watch) {
    if (watch.length === 0)
        return [];
    const matcher = matcherOf(watch);
    const patterns = watch.flatMap(({ value }) => patternsIn(value)).filter((pattern) => !pattern.startsWith("!"));
    const starts = [...new Set(patterns.map(watch_startOf))];
    const candidates = starts.flatMap((start) => [
        ...[index.at(start)].filter((file) => file !== undefined),
        ...index.below(start),
    ]);
    return [...new Set(candidates.filter(({ path }) => matcher.ignores(path)))];
}
function matcherOf(watch) {
    for (const { value, at } of watch) {
        if (typeof patternMatcher(patternsIn(value)) !== "string")
            continue;
        throw new src_errors/* UserError */.yo(`"watch" has "${value}", which is no pattern`, {
            hint: "write paths from the repository's root, with *, ?, [a-z] and ** as in .dockerignore",
            at,
        });
    }
    const matcher = patternMatcher(watch.flatMap(({ value }) => patternsIn(value)));
    if (typeof matcher === "string")
        throw new Error(`the pattern ${matcher} was fine a moment ago`);
    return matcher;
}
/** The directory, or file, above the first wildcard of a pattern. */
function watch_startOf(pattern) {
    // A bar is an "or", also past the ends.
    if (pattern.includes("|"))
        return ".";
    const parts = pattern.split("/");
    const wild = parts.findIndex((part) => /[*?[\\^]/.test(part));
    return parts.slice(0, wild < 0 ? undefined : wild).join("/") || ".";
}

;// CONCATENATED MODULE: ./src/changes/own-parts.ts
/** What goes into an image itself, as one digest: all but what it builds on. */







/** Makes a function that gives the digest of an image's own parts; what images share is read once. */
function ownParts(input) {
    const { listing, checkout } = input;
    const digests = digestReader(listing, contentReader(checkout, listing.objectFormat));
    const watched = watchedFiles(listing.files);
    let description;
    return async (image) => {
        const inputs = input.inputs.get(image.name);
        if (inputs === undefined)
            throw new Error(`nobody says what goes into ${image.name}`);
        if (inputs.outside !== undefined)
            return { kind: "unknown", why: `${inputs.outside}, which lies outside the checkout` };
        const [recipe, watch, ...contexts] = await Promise.all([
            digests.content(inputs.recipe),
            filesDigest(watched(image.watch), 0, digests.reader),
            ...inputs.contexts.map((context) => digests.context(context)),
        ]);
        const unknown = [watch, ...contexts].find((each) => each.kind === "unknown");
        if (unknown !== undefined)
            return unknown;
        if (inputs.contexts.some(takesGit))
            description ??= checkout.git.description();
        const parts = {
            dockerfile: recipe,
            contexts: inputs.contexts.map(({ name }, index) => [name ?? null, contexts[index]]),
            ignoreFiles: await Promise.all(inputs.contexts.map(({ ignoreFile }) => ignoreFile && digests.content(ignoreFile))),
            git: inputs.contexts.some(takesGit) ? await description : null,
            watch,
            target: image.variant === "nix" ? nixMark : (image.target ?? null),
            platforms: image.platforms,
            args: argumentsOf(image),
            elsewhere: image.contexts.flatMap((each) => (each.kind === "elsewhere" ? [[each.name, each.value]] : [])),
            settings: input.settingsOf(image),
        };
        return { kind: "known", digest: (0,external_node_crypto_.createHash)("sha256").update(JSON.stringify(parts)).digest("hex") };
    };
}
/** In the place of a target, which is a text: that of a Nix file. */
const nixMark = { variant: "nix" };
/** Arguments that BuildKit heeds though no file declares them. */
const undeclared = /^(?:BUILDKIT_|SOURCE_DATE_EPOCH$)/;
/** As the user wrote them. One that nothing declares does nothing. */
function argumentsOf(image) {
    if (image.variant === "nix")
        return [];
    const { dockerfile, buildArgs } = image;
    const declared = declaredArguments(dockerfile);
    const isForeign = dockerfile.doubts.length > 0;
    return Object.entries(buildArgs)
        .filter(([name]) => isForeign || declared.has(name) || undeclared.test(name))
        .sort(([a], [b]) => (a < b ? -1 : 1));
}
function digestReader({ files }, reader) {
    const filesOf = contextFiles(files);
    return {
        reader,
        async content({ target }) {
            const file = files.at(target) ?? { path: target, content: undefined };
            // The mode means nothing here.
            return (await reader.content(file))?.replace(/^\d+ /, "") ?? null;
        },
        context: onceEach((context) => {
            const { target } = context.directory;
            return filesDigest(filesOf(context), target === "." ? 0 : target.length + 1, reader);
        }, readingKey),
    };
}

;// CONCATENATED MODULE: ./src/changes/source-hash.ts
/** The source hash: one name for all that goes into an image from this repository, and for nothing else. */



/** Goes up whenever other things are hashed, or in another way. */
const source_hash_format = 1;
/** The hash of an image; `null` where it isn't known. */
function knownHash(hashes, name) {
    const found = hashes.get(name);
    return found?.kind === "known" ? found.hash : null;
}
/**
 * The source hashes of all images, by name. Equal whenever the bytes in the working tree are equal, whatever git makes of
 * them. No part of it is what the outside gives (digests of bases, secrets), nor what is made of commit, ref, run, time or
 * version: expressions stand in it as they were written. Only where git's own folder is read the commit counts.
 */
async function sourceHashes({ images }, input) {
    const partsOf = ownParts(input);
    const own = new Map(await Promise.all(images.map(async (image) => [image.name, source_hash_named(image, await partsOf(image))])));
    const hashes = new Map();
    // Parents stand before their children.
    for (const image of images) {
        const parents = image.parents.map(({ parent, contextName }) => [contextName ?? null, hashes.get(parent)]);
        const possible = possibleBases(image, images).map((name) => [name, own.get(name)]);
        hashes.set(image.name, joined([["own", own.get(image.name)], ...parents, ...possible]));
    }
    return hashes;
}
function source_hash_named({ name }, parts) {
    if (parts.kind === "known")
        return { kind: "known", hash: parts.digest };
    return { kind: "unknown", why: `${name} is built from ${parts.why}` };
}
function joined(parts) {
    const unknown = parts.map(([, hash]) => hash).find((hash) => hash?.kind === "unknown");
    if (unknown !== undefined)
        return unknown;
    const known = parts.map(([name, hash]) => [name, hash?.kind === "known" ? hash.hash : null]);
    return {
        kind: "known",
        hash: (0,external_node_crypto_.createHash)("sha256")
            .update(JSON.stringify([source_hash_format, ...known]))
            .digest("hex"),
    };
}

// EXTERNAL MODULE: ./src/tags/flavor.ts
var tags_flavor = __webpack_require__(88017);
// EXTERNAL MODULE: ./node_modules/semver/functions/compare.js
var compare = __webpack_require__(78469);
var compare_default = /*#__PURE__*/__webpack_require__.n(compare);
// EXTERNAL MODULE: ./node_modules/semver/functions/parse.js
var functions_parse = __webpack_require__(16353);
var parse_default = /*#__PURE__*/__webpack_require__.n(functions_parse);
;// CONCATENATED MODULE: ./src/plan/version-line.ts


/**
 * The release that a git tag makes of an image; `undefined` where none of its exact tags has the git tag's version in it, so that
 * nothing in the registry could be compared with it.
 * @param gitTag without the image's name: `v1.2.3`.
 */
function releaseOf(gitTag, tags) {
    const [version] = dotted.exec(gitTag) ?? version_line_single.exec(gitTag) ?? [];
    if (version === undefined)
        return undefined;
    const names = [version, version.replaceAll("+", "-"), version.replace(/\+.*$/, "")];
    for (const { tag, moves } of tags) {
        const name = moves ? undefined : names.find((each) => tag.includes(each));
        if (name === undefined)
            continue;
        const at = tag.indexOf(name);
        return { version: name, tag, before: tag.slice(0, at), after: tag.slice(at + name.length) };
    }
    return undefined;
}
const dotted = /\d+(?:\.\d+)+(?:[-+.][0-9A-Za-z.+-]*)?/;
/** `v4` */
const version_line_single = /(?<=^v?)\d+$/;
/**
 * The highest published release of the line that a moving tag is for, the release itself included; prereleases are of no line.
 * `1.2` and `v1.2` are the line of 1.2.*, `1` that of 1.*, every other tag (`latest`, `stable`) that of all versions.
 */
function highestOfLine(movingTag, release, published) {
    const own = numbersOf(release.version);
    const line = lineOf(movingTag, release, own);
    return published
        .flatMap((tag) => {
        const version = version_line_versionIn(tag, release);
        if (version === undefined || !isComparable(version, release.version))
            return [];
        const numbers = numbersOf(version);
        return line.every((number, index) => numbers[index] === number) ? [{ tag, version }] : [];
    })
        .reduce((best, each) => (best === undefined || isHigher(each.version, best.version) ? each : best), undefined);
}
/** Whether one version comes after another: by semver where both are, else by their numbers. */
function isHigher(one, other) {
    const [a, b] = [version_line_strict(one), version_line_strict(other)];
    if (a !== undefined && b !== undefined)
        return compare_default()(a, b) > 0;
    const [left, right] = [numbersOf(one), numbersOf(other)];
    for (let at = 0; at < Math.max(left.length, right.length); at++) {
        const difference = (left[at] ?? 0) - (right[at] ?? 0);
        if (difference !== 0)
            return difference > 0;
    }
    return false;
}
/** The leading numbers that all versions of the line have. */
function lineOf(tag, { before, after }, own) {
    const inner = tag.startsWith(before) && tag.endsWith(after) ? tag.slice(before.length, tag.length - after.length) : tag;
    if (!/^v?\d+(?:\.\d+)*$/.test(inner))
        return [];
    const numbers = numbersOf(inner);
    return numbers.every((number, index) => own[index] === number) ? numbers : [];
}
/** The same release may be spelled with a `v` or without: users change their rules. */
function version_line_versionIn(tag, { before, after, version }) {
    const start = before.replace(/v$/, "");
    if (!tag.startsWith(start) || !tag.endsWith(after) || tag.length < start.length + after.length)
        return undefined;
    const inner = tag.slice(start.length, tag.length - after.length).replace(/^v(?=\d)/, "");
    if (/^\d+(?:\.\d+)*$/.test(inner))
        return inner;
    // A prerelease is of the line of prereleases alone.
    const isPrerelease = (version_line_strict(version)?.prerelease.length ?? 0) > 0;
    const found = /^\d/.test(inner) ? version_line_strict(inner) : undefined;
    return found !== undefined && (isPrerelease || found.prerelease.length === 0) ? inner : undefined;
}
/** Tags of other lines (`1.2`, `1`) look like versions, too: one that is compared has as many numbers. */
function isComparable(version, with_) {
    return numbersOf(version).length === numbersOf(with_).length;
}
function version_line_strict(text) {
    return parse_default()(text) ?? undefined;
}
/** The leading numbers: [1, 2, 3] of `1.2.3-rc.1`. */
function numbersOf(version) {
    const [numbers = ""] = /^v?\d+(?:\.\d+)*/.exec(version) ?? [];
    return numbers.replace(/^v/, "").split(".").map(Number);
}

// EXTERNAL MODULE: ./src/tags/image-tags.ts
var image_tags = __webpack_require__(11692);
;// CONCATENATED MODULE: ./src/publish/guard.ts
/**
 * Whether a tag may go where a run wants it: exact tags are set once, and moving ones never go backwards. What is asked here is
 * asked twice, when the plan is made and right before a tag is put.
 */




/**
 * @param holder what the tag holds now; `undefined`: nothing.
 * @param digest what it is wanted on; `undefined` where it isn't built yet.
 */
async function judge(tag, holder, digest, mover, history) {
    if (holder !== undefined && holder.digest === digest)
        return { kind: "there" };
    if (!tag.moves)
        return holder === undefined ? { kind: "free" } : judgeExact(tag, holder, mover);
    if (mover.release !== undefined && !mover.mayGoBack)
        return judgeLine(tag.tag, mover.release, holder, history);
    if (holder === undefined)
        return { kind: "free" };
    return mover.mayGoBack ? { kind: "moves" } : judgeHistory(tag.tag, holder, mover, history);
}
/** Only what was made from this commit or one before it is promoted: no other branch's work. */
async function isOurs({ revision }, { commit }, history) {
    if (revision === undefined || revision === commit)
        return true;
    return (await history.position(commit, revision)) === "descends";
}
function judgeExact({ of }, holder, { commit, isRebuild, platforms }) {
    if (of === "content" && !hasPlatforms(holder, platforms)) {
        return { kind: "moves", remark: "it lacked a platform that is wanted" };
    }
    const isSame = holder.revision === undefined || holder.revision === commit;
    if (of === "commit" && isSame && (isRebuild || !hasPlatforms(holder, platforms)))
        return { kind: "moves" };
    const from = holder.revision === undefined ? "" : `, made from ${guard_short(holder.revision)}`;
    return { kind: "stays", why: `it names other bytes already${from}` };
}
/** Which release a promoted digest was made for can't be told from the digest: the exact tags of all releases tell. */
async function judgeLine(tag, release, holder, history) {
    const highest = highestOfLine(tag, release, [...(await history.published()), release.tag]);
    if (highest === undefined || !isHigher(highest.version, release.version))
        return { kind: holder ? "moves" : "free" };
    return { kind: "stays", why: `${highest.version} is published, which is higher`, higher: highest };
}
async function judgeHistory(tag, holder, mover, history) {
    const { revision } = holder;
    if (revision === undefined) {
        return { kind: "moves", remark: "what it named before does not say which commit it was made from" };
    }
    const position = await history.position(mover.commit, revision);
    if (position === "descends")
        return { kind: "moves" };
    if (position === "same") {
        return mover.isRebuild || !hasPlatforms(holder, mover.platforms)
            ? { kind: "moves" }
            : { kind: "stays", why: "what it names was made from this very commit" };
    }
    const other = otherBranch(tag, holder, mover);
    if (other === undefined && (await history.isHeadNow()) === true)
        return { kind: "moves" };
    const held = `it holds ${guard_short(revision)}`;
    if (position === "unknown")
        return { kind: "unknown", why: `${held}, and nobody can tell whether that is older` };
    if (position === "before")
        return { kind: "stays", why: `${held}, which is newer` };
    const of = other === undefined ? "" : ` of the branch ${other}`;
    return { kind: "stays", why: `${held}${of}, from which this commit does not descend` };
}
/** The branch that the tag was put for, where it is another whose name gives the same tag: `feature/a` and `feature-a`. */
function otherBranch(tag, { record }, { ref }) {
    if (record === undefined || record.ref === ref)
        return undefined;
    const { kind, name } = (0,run_context/* gitRef */.GY)(record.ref);
    return kind === "branch" && (0,image_tags/* tagText */.e)(name) === tag ? name : undefined;
}
function guard_short(commit) {
    return commit.slice(0, 7);
}

;// CONCATENATED MODULE: ./src/commands/published-versions.ts






/**
 * `undefined` where a run gave an image no tag.
 * @param isAtHead whether it is about the branch's last commit: what names a commit has no other order, and could go back.
 */
function versionOfResult(result, isAtHead = true) {
    if (result.outcome !== "published" && result.outcome !== "promoted")
        return undefined;
    const { planned } = result;
    const given = [...new Set(ownTags(result).map(({ tag }) => tag))];
    const tags = given.filter((tag) => isAtHead || !hasCommit(tagForm(tag)));
    if (planned.kind === "skip" || tags.length === 0)
        return undefined;
    const { name, repositories, version, release } = planned;
    const digest = result.outcome === "promoted" ? result.image.digest : result.candidate.digest;
    return {
        name,
        repositories,
        tags,
        digest,
        version: version ?? undefined,
        isRelease: release === null || !tagForm(release.version).isPrerelease,
    };
}
/** So many tags of versions, the highest first, are looked at, and so many of those that are pinned. */
const mostTags = 12;
/**
 * The newest that a registry holds of the branch, in all forms that its tags have: what a run that was lost, or a person, left to
 * be followed. The tags that move name it, or the tag of the branch's sources; a version that neither bears is the highest. What
 * is pinned is always looked at, so that nothing older takes its place. @throws RegistryError
 */
async function versionsInRegistry(image, { registry, history, moving: movingOf, ref, at, sourceHash, isOwn, isPinned }) {
    const [repository] = image.repositories;
    if (repository === undefined)
        return [];
    const listed = (await registry.tags(repository)) ?? [];
    const all = listed.filter((tag) => isOwn(image, tag));
    const pinned = all
        .filter(isPinned)
        .sort((a, b) => b.length - a.length)
        .slice(0, mostTags);
    const any = holdingsIn(repository, registry);
    const holding = async (tag) => {
        const held = await any(tag);
        return held !== undefined && isOf(held, ref) ? held : undefined;
    };
    // What another branch made has been promoted since where the branch contains it.
    const contained = async (tag) => {
        const held = await any(tag);
        if (held === undefined || isOf(held, ref))
            return held;
        const isBranch = held.record?.ref.startsWith("refs/heads/") === true;
        return isBranch && (await isOurs(held, { commit: at }, history)) ? held : undefined;
    };
    const version = (tags, { digest }) => ({
        name: image.name,
        repositories: image.repositories,
        tags,
        digest,
        version: undefined,
        isRelease: true,
    });
    const moving = movingOf(image).filter((tag) => all.includes(tag));
    const hash = sourceHash(image);
    const sourceTags = hash === null ? [] : listed.filter((tag) => tag === sourceTag(hash));
    const first = await firstOf([...moving.slice(0, 1), ...sourceTags], contained);
    const newest = first?.held;
    const found = [];
    if (newest !== undefined) {
        const commit = newest.revision?.slice(0, 7);
        const related = commit === undefined ? [] : all.filter((tag) => tag.includes(commit));
        const names = [...new Set([...moving, ...related, ...pinned])];
        const digests = await Promise.all(names.map((tag) => registry.head(repository, tag)));
        const kept = [];
        for (const tag of names.filter((_, index) => digests[index] === newest.digest)) {
            // A release that moved `latest` may be of an older commit than what is pinned; the branch's own sources are its newest.
            const rivals = moving.some((each) => each === first?.tag) && hasCommit(tagForm(tag))
                ? pinned.filter(isAsHighAs(tagForm(tag)))
                : [];
            const best = rivals.length === 0 ? undefined : await newestOf([...new Set([tag, ...rivals])], contained, history);
            if (best === undefined || best.held.digest === newest.digest)
                kept.push(tag);
            else
                found.push(version([best.tag], best.held));
        }
        found.unshift(version(kept, newest));
    }
    const known = new Set(found.flatMap(({ tags }) => tags));
    const candidates = versionTags(all, pinned).filter((tag) => !known.has(tag));
    for (const tag of candidates) {
        const form = tagForm(tag);
        if (found.some(({ tags }) => tags.some((other) => isSameForm(tagForm(other), form))))
            continue;
        const best = await newestOf(candidates.filter(isAsHighAs(form)), holding, history);
        if (best !== undefined)
            found.push(version([best.tag], best.held));
    }
    return found;
}
async function firstOf(tags, holding) {
    for (const tag of tags) {
        const held = await holding(tag);
        if (held !== undefined)
            return { tag, held };
    }
    return undefined;
}
/** Releases, the highest first. */
function versionTags(all, pinned) {
    const isRelease = (tag) => {
        const { isVersion, isPrerelease } = tagForm(tag);
        return /^v?\d/.test(tag) && isVersion && !isPrerelease;
    };
    const byHeight = (tags) => tags.filter(isRelease).sort((a, b) => byNumber.compare(b.replace(/^v/, ""), a.replace(/^v/, "")));
    return byHeight([...new Set([...pinned, ...byHeight(all).slice(0, mostTags)])]);
}
function isAsHighAs(form) {
    return (tag) => isSameForm(tagForm(tag), form) && compareVersions(tagForm(tag), form) === 0;
}
/**
 * Of tags that differ in their commits alone. Runs begin in the order of commits, unless one was begun again: the commits
 * themselves are asked until the order is confirmed.
 */
async function newestOf(tags, holding, { position }) {
    const all = await Promise.all(tags.map(async (tag) => ({ tag, held: await holding(tag) })));
    const started = ({ held }) => held.record?.started ?? "";
    const [first, ...others] = all
        .flatMap(({ tag, held }) => (held === undefined ? [] : [{ tag, held }]))
        .sort((a, b) => (started(a) < started(b) ? 1 : -1));
    let best = first;
    for (const other of others) {
        const [own, its] = [best?.held.revision, other.held.revision];
        if (own === undefined || its === undefined)
            break;
        if (own === its)
            continue;
        if ((await position(own, its)) !== "before")
            break;
        best = other;
    }
    return best;
}
/** Made from the branch, or for a release; what bears no record was made by others, and nobody knows. */
function isOf({ record }, ref) {
    return record !== undefined && (record.ref === ref || record.ref.startsWith("refs/tags/"));
}
function holdingsIn(repository, registry) {
    return onceEach(async (tag) => {
        const found = await registry.manifest(repository, tag);
        return found && (await readHolding(found, repository, registry));
    });
}
const byNumber = new Intl.Collator("en", { numeric: true });

;// CONCATENATED MODULE: ./src/plan/needed.ts
/**
 * The published images that are not affected and on which an affected image is built, directly or through an image that
 * is not published (which must be built again in any case): their digests are to be looked up before planning.
 */
function parentsToLookUp(catalog, affected) {
    const built = withNeeded(catalog, affected, () => false);
    const parents = new Set(catalog.images.filter((image) => built.has(image.name)).flatMap(parentNames));
    return catalog.images.filter((image) => parents.has(image.name) && !built.has(image.name));
}
/**
 * What has to be built: the affected images, and of the others those that one of them needs and that nobody can pull,
 * because they are not published or nothing was found under their tags.
 */
function toBuild(catalog, affected, published) {
    return withNeeded(catalog, affected, (image) => needed_isPublished(image) && !published.has(image.name));
}
/** Children come after their parents, so that one pass from the end sees every need. */
function withNeeded(catalog, affected, isMissing) {
    const reasons = new Map(affected);
    const neededBy = new Map();
    for (const image of catalog.images.toReversed()) {
        const child = neededBy.get(image.name);
        if (!reasons.has(image.name) && child !== undefined && (!needed_isPublished(image) || isMissing(image))) {
            reasons.set(image.name, [{ kind: "needed-by", image: child }]);
        }
        if (reasons.has(image.name))
            for (const parent of parentNames(image))
                neededBy.set(parent, image.name);
    }
    return reasons;
}
function needed_isPublished(image) {
    return image.repositories.length > 0;
}
function parentNames(image) {
    return image.parents.map((edge) => edge.parent);
}

// EXTERNAL MODULE: ./src/tags/annotations.ts
var tags_annotations = __webpack_require__(23479);
// EXTERNAL MODULE: ./src/tags/derive-tags.ts + 6 modules
var derive_tags = __webpack_require__(37370);
// EXTERNAL MODULE: ./src/tags/event.ts
var tags_event = __webpack_require__(81253);
// EXTERNAL MODULE: ./src/tags/expression.ts + 1 modules
var expression = __webpack_require__(80640);
// EXTERNAL MODULE: ./src/tags/labels.ts
var tags_labels = __webpack_require__(10754);
;// CONCATENATED MODULE: ./src/tags/untrusted-tags.ts

/**
 * `sha-<commit>`, and `pr-N` where the commit is the head of one open pull request: names that no rule for branches and git
 * tags gives. @param suffix tells the variants of an image apart
 */
function untrustedTags({ head, pullRequest }, suffix) {
    const all = [
        { tag: `sha-${head}${suffix}`, moves: false, of: "commit" },
        ...(pullRequest === undefined ? [] : [{ tag: `pr-${pullRequest}${suffix}`, moves: true }]),
    ];
    return all.flatMap(({ tag, ...rest }) => ((0,oci_reference/* isTag */.dz)(tag) ? [{ tag, ...rest }] : []));
}

;// CONCATENATED MODULE: ./src/catalog/stage-bases.ts
/** What the FROM lines of a file stand for (BuildKit, dockerfile2llb/convert.go, `toDispatchState`). */


/** The base of every stage, in order. @throws UserError with the line where a base is empty or can't be expanded. */
function basesOf(dockerfile, expand, isContext) {
    const above = new Map();
    return dockerfile.stages.map((stage) => {
        const { name } = stage;
        const base = name !== undefined && isContext(name)
            ? { kind: "replaced", text: name }
            : located({ file: dockerfile.file, line: stage.line }, () => baseOf(stage, expand, above));
        if (stage.name !== undefined)
            above.set(stage.name, stage);
        return base;
    });
}
/** A stage above shadows an image. It goes by its lower-case name here, though `COPY --from` takes any case. */
function baseOf(stage, expand, above) {
    const settled = expand(stage.base);
    if ("unsettled" in settled)
        return { kind: "unsettled", variables: settled.unsettled };
    if (settled.text === "") {
        throw new src_errors/* UserError */.yo(`FROM ${stage.base} names no image: the variable is empty`, {
            hint: "declare it with ARG and a default above the first FROM, or give it in build-args",
        });
    }
    const named = above.get(settled.text);
    if (named !== undefined)
        return { kind: "stage", stage: named };
    return settled.text === "scratch" ? { kind: "scratch" } : { kind: "image", text: settled.text };
}

;// CONCATENATED MODULE: ./src/catalog/stages.ts
/** Which stages of a Dockerfile its target needs, and what these take from outside (BuildKit, dockerfile2llb/convert.go). */





const alone = { isContext: () => false, triggersOf: () => [] };
/**
 * What the target needs, all wanted platforms together. Where a FROM isn't settled, every named stage above it counts.
 * @throws UserError with file and line: no such target or stage, an empty base, a stage that uses one below it.
 */
function neededStages(dockerfile, choices, around = alone) {
    const found = { dockerfile, around, stages: new Set(), uses: new Map(), unsettled: new Map() };
    const target = targetOf(dockerfile, choices.target);
    if (target === undefined)
        return { stages: [], uses: [], unsettled: [] };
    const platforms = choices.platforms.length === 0 ? [undefined] : choices.platforms;
    for (const platform of platforms) {
        const bases = basesOf(dockerfile, globalArguments(dockerfile, choices, platform), around.isContext);
        stages_visit(target, bases, found, new Set());
    }
    return {
        stages: [...found.stages].sort((a, b) => a.index - b.index),
        uses: [...found.uses.values()],
        unsettled: [...found.unsettled.values()],
    };
}
/** What a stage carries out, in order: what its base hands on, then its own instructions. */
function carriedOut(stage, bases, file, around = alone) {
    const base = bases[stage.index];
    const own = stage.instructions.map((instruction) => ({ instruction, file }));
    if (base?.kind === "image")
        return [...around.triggersOf(base.text), ...own];
    if (base?.kind !== "stage")
        return own;
    const isReplaced = bases[base.stage.index]?.kind === "replaced";
    return [...(isReplaced ? around.triggersOf(base.stage.name ?? "") : ownTriggers(base.stage, file)), ...own];
}
/** What those built on an image carry out: the triggers of its last stage alone, as Docker hands them on only once. */
function triggersOf(dockerfile, target) {
    const stage = targetOf(dockerfile, target);
    return stage === undefined ? [] : ownTriggers(stage, dockerfile.file);
}
function ownTriggers({ instructions }, file) {
    return instructions.flatMap((each) => each.kind === "onbuild" && each.trigger !== undefined ? [{ instruction: each.trigger, file }] : []);
}
/** The stage, of all, that a use names, by name or, for COPY, by number; `undefined` for an image or a named context. */
function sourceStage(stages, text, via) {
    return isNumber(text, via) ? stages[Number(text)] : stages_named(stages, text);
}
/** `undefined` only where the file has no stage that this reader understands. */
function targetOf({ file, stages }, target) {
    if (target === undefined || stages.length === 0)
        return stages.at(-1);
    const found = stages_named(stages, target);
    if (found !== undefined)
        return found;
    const names = stages.flatMap((stage) => stage.name ?? []);
    throw new src_errors/* UserError */.yo(`there is no stage named "${target}"`, {
        hint: names.length === 0 ? "name a stage with FROM … AS, or remove the target" : `choose one of ${names.join(", ")}`,
        at: { file },
    });
}
function stages_visit(stage, bases, found, visited) {
    if (visited.has(stage))
        return;
    visited.add(stage);
    const { file, stages } = found.dockerfile;
    const at = { file, line: stage.line };
    const base = bases[stage.index];
    if (base?.kind === "replaced") {
        addUse(found, { text: base.text, via: "FROM", at });
        return;
    }
    found.stages.add(stage);
    if (base?.kind === "stage") {
        stages_visit(base.stage, bases, found, visited);
    }
    else if (base?.kind === "image") {
        addUse(found, { text: base.text, via: "FROM", at });
    }
    else if (base?.kind === "unsettled") {
        found.unsettled.set(stage.line, { text: stage.base, variables: base.variables, via: "FROM", at });
        // What is wrong with a stage that may not be needed at all, BuildKit tells where it is.
        for (const above of stages.slice(0, stage.index))
            if (above.name !== undefined)
                attempt(() => stages_visit(above, bases, found, visited));
    }
    for (const { instruction, file: from } of carriedOut(stage, bases, file, found.around)) {
        const place = { file: from, line: instruction.line };
        for (const { from: text, via } of stages_sourcesOf(instruction)) {
            const source = resolve(found.dockerfile, bases, stage, { text, via, at: place });
            if (source !== undefined)
                stages_visit(source, bases, found, visited);
            else if (text !== "scratch")
                addUse(found, { text, via, at: place });
        }
    }
}
function addUse(found, use) {
    found.uses.set(`${use.at.file} ${use.at.line} ${use.via} ${use.text}`, use);
}
function stages_sourcesOf(instruction) {
    if (instruction.kind === "copy")
        return instruction.from === undefined ? [] : [{ from: instruction.from, via: "COPY --from" }];
    if (instruction.kind !== "run")
        return [];
    return instruction.mounts.flatMap(({ from }) => (from === undefined ? [] : [{ from, via: "RUN --mount" }]));
}
/** The stage that a use names; `undefined` for an image from outside. */
function resolve({ file, stages, escape: escaper }, bases, user, use) {
    const { text, via, at } = use;
    if (via === "COPY --from" && expandWord(text, escaper, () => undefined) !== text) {
        throw new src_errors/* UserError */.yo(`COPY takes "--from=${text}", and no variable, quote or escape can stand there`, {
            hint: "name a stage with FROM … AS, where ARGs may stand, and copy from that stage",
            at,
        });
    }
    const stage = sourceStage(stages, text, via);
    if (stage === undefined && isNumber(text, via)) {
        throw new src_errors/* UserError */.yo(`COPY --from=${text} counts past the stages of ${file}`, {
            hint: `the stages count from 0 to ${stages.length - 1}; better name the stage with FROM … AS`,
            at,
        });
    }
    // What stands for a context is there from the start.
    const isThere = stage === undefined || stage.index < user.index || bases[stage.index]?.kind === "replaced";
    if (isThere)
        return stage;
    throw new src_errors/* UserError */.yo(`${via}=${text} takes from a stage that isn't built before it`, {
        hint: `move that stage (line ${stage.line}) above the one that uses it (line ${user.line})`,
        at,
    });
}
function isNumber(text, via) {
    return via === "COPY --from" && /^[+-]?\d+$/.test(text);
}
/** Case means nothing; of several stages of a name the last counts. */
function stages_named(stages, name) {
    const lower = name.toLowerCase();
    return stages.findLast((stage) => stage.name === lower);
}

;// CONCATENATED MODULE: ./src/commands/conventional-arguments.ts


const conventional_arguments_names = ["BUILD_DATE", "VCS_REF", "VERSION"];
/**
 * Values for those that the image's Dockerfile declares and `build-args` doesn't give: the commit's date and id and, where a
 * git tag releases the image under an exact version, that version.
 */
function conventionalArguments(image, facts) {
    if (image.variant === "nix")
        return {};
    const declared = declaredArguments(image.dockerfile);
    if (!conventional_arguments_names.some((name) => declared.has(name)))
        return {};
    const { context, commitDate, tags, rules } = facts;
    const values = {
        BUILD_DATE: (commitDate ?? context.startedAt).toISOString(),
        VCS_REF: context.commit,
        VERSION: context.ref.kind === "tag" && takesVersion(image, rules) ? conventional_arguments_releasedVersion(tags) : undefined,
    };
    return Object.fromEntries(conventional_arguments_names.flatMap((name) => {
        const value = values[name];
        return value === undefined || !isFree(image, name) ? [] : [[name, value]];
    }));
}
/**
 * Whether a release puts its version into the image by `ARG VERSION`, so that bytes of another version are not its own. Not
 * where the ARG holds a version that the user wrote there: that of a tool, of the base, or the image's own, from which a rule
 * makes tags.
 */
function takesVersion(image, rules) {
    if (image.variant === "nix")
        return false;
    const isSource = rules.some((rule) => rule.type === "version" && rule.from.some((source) => source.kind === "arg" && source.name === "VERSION"));
    return !isSource && isFree(image, "VERSION") && !declarations(image, "VERSION").some(isWritten);
}
/** The version that a release is called by: exact, and one with a number. */
function conventional_arguments_releasedVersion({ tags, version }) {
    const isExact = tags.some(({ tag, moves }) => tag === version && !moves);
    return version !== undefined && isExact && /^v?\d/.test(version) ? version : undefined;
}
/** Declared where the build sees it, given no value by the user, and of no weight in what the image is built on. */
function isFree(image, name) {
    if (Object.hasOwn(image.buildArgs, name) || declarations(image, name).length === 0)
        return false;
    const { globalArguments, stages } = image.dockerfile;
    const used = new RegExp(`\\$\\{?${name}\\b`);
    const texts = [...globalArguments.map(({ value }) => value), ...stages.flatMap((each) => [each.base, each.platform])];
    return !texts.some((text) => text !== undefined && used.test(text));
}
/** The ARGs of a name above the first FROM and in the stages that the target needs. */
function declarations(image, name) {
    const contexts = new Set([
        ...image.contexts.map((each) => each.name),
        ...image.parents.map((each) => each.contextName),
    ]);
    const { stages } = neededStages(image.dockerfile, image, {
        isContext: (each) => contexts.has(each),
        triggersOf: () => [],
    });
    return [...image.dockerfile.globalArguments, ...stages.flatMap(argumentsIn)].filter((each) => each.name === name);
}
function argumentsIn({ instructions }) {
    return instructions.flatMap((each) => (each.kind === "arg" ? each.arguments : []));
}
/** A default that says more than that somebody else will say: `1.2`, `3.19-slim`, `$OTHER`; `dev` and `0.0.0` don't. */
function isWritten({ value = "" }) {
    return value.includes("$") || /^["']?v?(?=.*[1-9])\d/.test(value);
}

// EXTERNAL MODULE: ./src/buildflags/csv.ts
var csv = __webpack_require__(97527);
;// CONCATENATED MODULE: ./src/build/cache.ts



/** A cache outage must not fail a good build, nor hold it up: BuildKit's own limit is ten minutes for each request. */
const limit = "60s";
/**
 * The runner's cache service, in a scope of its own for each image and branch, as images that share one overwrite each
 * other (BuildKit's default scope is `buildkit` for all).
 */
function serviceCache(image, branches) {
    const own = scope(image, branches.own);
    const scopes = [...new Set([own, ...branches.fallbacks.map((branch) => scope(image, branch))])];
    return {
        from: scopes.map((each) => (0,csv/* csvLine */.z)(["type=gha", `scope=${each}`, `timeout=${limit}`])),
        to: branches.write
            ? [(0,csv/* csvLine */.z)(["type=gha", `scope=${own}`, "mode=max", "ignore-error=true", `timeout=${limit}`])]
            : [],
    };
}
/**
 * A tag beside the image for each branch: `buildcache` for the default branch, `buildcache-next` for another. None for an
 * image that has no repository.
 */
function registryCache(repository, branches) {
    if (repository === undefined)
        return { from: [], to: [] };
    const entry = (branch) => {
        const tag = branch === branches.defaultBranch ? "buildcache" : `buildcache-${cache_part(branch)}`;
        return ["type=registry", `ref=${repository}:${tag}`];
    };
    const read = new Set([...(branches.write ? [branches.own] : []), ...branches.fallbacks]);
    return {
        from: [...read].map((branch) => (0,csv/* csvLine */.z)(entry(branch))),
        to: branches.write
            ? [(0,csv/* csvLine */.z)([...entry(branches.own), "mode=max", "image-manifest=true", "ignore-error=true"])]
            : [],
    };
}
/**
 * A user's own entry, so that an outage of the cache neither fails nor stalls a build, unless the entry itself says what is
 * to happen then.
 */
function hardened({ type, attributes }, direction) {
    const added = [
        ...(type === "gha" ? [["timeout", limit]] : []),
        ...(direction === "to" && type !== "inline" ? [["ignore-error", "true"]] : []),
    ];
    return { type, attributes: new Map([...attributes, ...added.filter(([key]) => !attributes.has(key))]) };
}
/**
 * The scope of an image on a branch: `base:main`. No two have the same: what a name may not hold in a scope becomes `_`, and
 * then a hash of the name stands behind it.
 */
function scope(image, branch) {
    return `${cache_part(image)}:${cache_part(branch)}`;
}
function cache_part(name) {
    const plain = name.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 100);
    return plain === name ? plain : `${plain}-${(0,oci_digest/* digestOf */.ol)(name).slice(-8)}`;
}
/** Where the cache service is, by the environment of a JavaScript action; `undefined` where the runner has none. */
function cacheServiceRequest(environment) {
    const token = environment.ACTIONS_RUNTIME_TOKEN;
    const results = environment.ACTIONS_RESULTS_URL;
    const first = environment.ACTIONS_CACHE_URL;
    if (!token)
        return undefined;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" };
    // Any key does: an answer is what counts, not what is found.
    const version = "0".repeat(64);
    if (results && /^(?:1|t|true)$/i.test(environment.ACTIONS_CACHE_SERVICE_V2 ?? "")) {
        const service = "twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL";
        const body = JSON.stringify({ key: "image-publish-probe", restore_keys: [], version });
        return { method: "POST", url: `${withSlash(results)}${service}`, headers, body, timeout: probeTimeout };
    }
    if (!first)
        return undefined;
    const query = `keys=image-publish-probe&version=${version}`;
    return {
        method: "GET",
        url: `${withSlash(first)}_apis/artifactcache/cache?${query}`,
        headers,
        timeout: probeTimeout,
    };
}
const probeTimeout = 5_000;
/**
 * Asks the cache service once; `undefined` when it answers well, else why not, as a clause. Asked before anything is built
 * as a service that stalls (429 with `Retry-After`) holds a build for minutes whatever `ignore-error` says.
 */
async function cacheServiceProblem(http, request) {
    try {
        const { status } = await http.send(request);
        if (status === 429)
            return "it asks for fewer requests (429)";
        return status >= 200 && status < 300 ? undefined : `it answers ${status}`;
    }
    catch (error) {
        request.signal?.throwIfAborted();
        return `it doesn't answer (${(0,src_errors/* messageOf */.bD)(error)})`;
    }
}
function withSlash(url) {
    return url.endsWith("/") ? url : `${url}/`;
}

// EXTERNAL MODULE: ./src/build/cache-types.ts
var cache_types = __webpack_require__(51506);
// EXTERNAL MODULE: ./src/buildflags/cache-entry.ts
var cache_entry = __webpack_require__(9652);
;// CONCATENATED MODULE: ./src/commands/cache-token.ts
/** What the job's token says of the cache service: GitHub writes into it which refs' entries the job may write. */
/**
 * The scopes (full refs) that a token lets write to, by its claim `ac`. None for a token that says nothing of them, which
 * BuildKit doesn't take for the cache either. The signature is the service's to check.
 */
function cacheTokenScopes(token) {
    const claims = cache_token_fieldsOf(parsed(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
    const scopes = typeof claims.ac === "string" ? parsed(claims.ac) : undefined;
    if (!Array.isArray(scopes))
        return [];
    return scopes.map(cache_token_fieldsOf).flatMap(({ Scope: scope, Permission: permission }) => {
        const isWritable = typeof permission === "number" && (permission & write) !== 0;
        return isWritable && typeof scope === "string" ? [scope] : [];
    });
}
/** A bit of a permission. */
const write = 2;
function parsed(json) {
    try {
        return JSON.parse(json);
    }
    catch {
        return undefined;
    }
}
function cache_token_fieldsOf(value) {
    return typeof value === "object" && value !== null ? { ...value } : {};
}

;// CONCATENATED MODULE: ./src/commands/cache-access.ts
/** Where a run may write caches: what it makes of unreviewed or untrusted code must not get into what others read. */


function cacheAccess(situation) {
    const restriction = restrictionOf(situation);
    const service = restriction === undefined || isKeptApart(situation);
    return { restriction, push: situation.push, service };
}
/** Whether a run may write to the cache of a user's own line. */
function mayWrite(entry, { restriction, push, service }) {
    const isFree = restriction === undefined;
    switch ((0,cache_types/* placeOfCache */.lc)(entry)) {
        case "registry":
        case "bucket":
            return push && isFree;
        case "image":
            return push;
        case "folder":
            return isFree || entry.isInput;
        case "service":
            return service && (isFree || isRunners(entry));
    }
}
function restrictionOf({ context, trust }) {
    if (trust.kind === "untrusted")
        return `${trust.why}; an untrusted checkout writes to no cache that others read`;
    if (context.trigger.kind === "pull-request")
        return "a pull request writes to no cache that others read";
    if (context.trigger.kind === "merge-group")
        return "a merge group writes to no cache that others read";
    return undefined;
}
/**
 * Whether the cache service itself keeps what this run writes from runs of other refs. GitHub's does, by the scopes that its
 * token names; those of Gitea, Forgejo and act don't, and the first version of the protocol is what these speak. To an event
 * that isn't the pull request's own GitHub gives the default branch's token.
 */
function isKeptApart({ context: { eventName }, trust, env }) {
    if (env.GITEA_ACTIONS || env.FORGEJO_ACTIONS || !/^(?:1|t|true)$/i.test(env.ACTIONS_CACHE_SERVICE_V2 ?? "")) {
        return false;
    }
    const written = cacheTokenScopes(env.ACTIONS_RUNTIME_TOKEN ?? "");
    if (written.length === 0 || !written.every((scope) => scope.startsWith("refs/")))
        return false;
    if (trust.kind === "trusted")
        return true;
    const isOwnEvent = eventName === "pull_request" || eventName === "merge_group";
    return isOwnEvent && written.every((scope) => /^refs\/(?:pull|heads\/gh-readonly-queue)\//.test(scope));
}
/** Whether a line is about the runner's service with the job's token, of which alone it is known what it keeps apart. */
function isRunners({ attributes }) {
    return !["url", "url_v2", "token"].some((key) => attributes.has(key));
}

// EXTERNAL MODULE: ./src/commands/own-cache.ts
var own_cache = __webpack_require__(62333);
;// CONCATENATED MODULE: ./src/commands/image-cache.ts
/** The cache of one image: which branches' it reads and writes, and where. */





/** @param fill puts values in the place of expressions. */
function cacheOf(context, image, settings, options, fill) {
    if (settings.from.length > 0 || settings.to.length > 0)
        return ownLines(settings, options, fill);
    const { cache: otherwise, cacheAccess: access } = options;
    const cache = settings.kind === "auto" ? otherwise : settings.kind;
    const branches = cacheBranches(context);
    if (cache === "none")
        return { from: [], to: [] };
    if (cache === "gha")
        return serviceCache(image.name, { ...branches, write: branches.write && access.service });
    // Whoever may read a registry may read all of it.
    const write = branches.write && access.push && access.restriction === undefined;
    const { defaultBranch } = context;
    return registryCache(image.repositories[0], { ...branches, write, defaultBranch });
}
/** Docker's own lines, written anew from what they say and what this run may do. */
function ownLines({ from, to }, { cacheAccess: access, remark }, fill) {
    const written = to.filter((entry) => mayWrite(entry, access));
    // An inline cache goes with its image, and nobody misses it where that goes nowhere.
    const missing = to.filter((entry) => !written.includes(entry) && (0,cache_types/* placeOfCache */.lc)(entry) !== "image");
    if (missing.length > 0)
        remark(leftOut(access));
    const line = (entry, direction) => {
        const known = access.restriction === undefined ? entry : (0,cache_types/* withKnownAttributes */.xQ)(entry);
        return (0,cache_entry/* cacheLine */.n)(hardened((0,own_cache/* filledEntry */.V)(known, fill), direction));
    };
    return { from: from.map((entry) => line(entry, "from")), to: written.map((entry) => line(entry, "to")) };
}
function leftOut({ restriction }) {
    return {
        message: `lines of "cache-to" are left out: ${restriction ?? "a run that pushes nothing writes to no registry or bucket"}`,
        hint: "no action is needed where runs of branches write this cache; on GitHub, pull requests have their own with type=gha",
    };
}
/** Which branch's cache a run reads and writes. A tag's is of no use to anyone after it. */
function cacheBranches({ trigger, ref, defaultBranch }) {
    const main = defaultBranch === undefined ? [] : [defaultBranch];
    if (trigger.kind === "pull-request") {
        return { own: `pr-${trigger.number}`, fallbacks: [trigger.baseRef, ...main], write: true };
    }
    return { own: ref.name, fallbacks: main, write: ref.kind === "branch" };
}

// EXTERNAL MODULE: ./src/buildflags/go-text.ts
var go_text = __webpack_require__(78261);
;// CONCATENATED MODULE: ./src/buildflags/output-entry.ts
/** A value of buildx' `--output`. */



/**
 * Reads a value as buildx reads it (util/buildflags, ParseExports): a path alone is a folder, `-` is a tar archive on standard
 * output. @throws UserError for what buildx refuses.
 */
function parseOutput(text) {
    const fields = (0,csv/* csvFields */.q)(text);
    const attributes = new Map();
    if (fields.length === 1 && fields[0] === text && !text.startsWith("type=")) {
        return { type: text === "-" ? "tar" : "local", destination: text, attributes };
    }
    let type = "";
    let destination = "";
    for (const field of fields) {
        const equals = field.indexOf("=");
        if (equals < 0)
            throw new src_errors/* UserError */.yo(`"${field}" in an output isn't key=value`, { hint: "write type=…,dest=…" });
        const key = (0,go_text/* goTrimSpace */.hb)((0,go_text/* goLowerCase */.AB)(field.slice(0, equals)));
        const value = field.slice(equals + 1);
        if (key === "type")
            type = value;
        else if (key === "dest")
            destination = value;
        else
            attributes.set(key, value);
    }
    if (type === "")
        throw new src_errors/* UserError */.yo("an output has no type", { hint: "begin it with type=, such as type=image" });
    return { type, destination, attributes };
}

;// CONCATENATED MODULE: ./src/catalog/bake/bake-definition.ts
/** What `docker buildx bake --print` says, checked and typed. */


/** @throws UserError for what is not the JSON of a bake definition. */
function readDefinition(json, file) {
    const top = bake_definition_parse(json, file);
    const groups = entries(top.group).map(([name, group]) => [name, texts(record(group).targets)]);
    const targets = entries(top.target).map(([name, target]) => [name, bake_definition_targetOf(record(target))]);
    return { groups: new Map(groups), targets: new Map(targets) };
}
/** The targets that a group stands for, groups in groups opened, in order, each once. */
function membersOf({ groups, targets }, group) {
    const found = new Set();
    const seen = new Set();
    const open = (name) => {
        if (seen.has(name))
            return;
        seen.add(name);
        // A matrix is a group too; its members are targets of other names.
        if (groups.has(name))
            for (const member of groups.get(name) ?? [])
                open(member);
        if (targets.has(name))
            found.add(name);
    };
    open(group);
    return [...found];
}
function bake_definition_targetOf(fields) {
    const outputs = Array.isArray(fields.output) ? fields.output.map(outputType) : [];
    return {
        context: bake_definition_text(fields.context) ?? ".",
        dockerfile: bake_definition_text(fields.dockerfile) ?? "Dockerfile",
        isInline: bake_definition_text(fields["dockerfile-inline"]) !== undefined,
        target: bake_definition_text(fields.target),
        platforms: texts(fields.platforms),
        args: textMap(fields.args),
        contexts: textMap(fields.contexts),
        labels: textMap(fields.labels),
        annotations: texts(fields.annotations),
        isCacheOnly: outputs.length > 0 && outputs.every((type) => type === "cacheonly"),
    };
}
/** An object since buildx 0.20, before that a text such as `type=cacheonly`. */
function outputType(output) {
    if (typeof output !== "string")
        return bake_definition_text(record(output).type);
    return parseOutput(output).type;
}
function bake_definition_parse(json, file) {
    try {
        return record(JSON.parse(json));
    }
    catch (cause) {
        throw new src_errors/* UserError */.yo(`what docker buildx bake says of ${file} is no JSON`, {
            hint: "use a released version of docker and buildx",
            at: { file },
            cause,
        });
    }
}
function record(value) {
    return typeof value === "object" && value !== null ? { ...value } : {};
}
function entries(value) {
    return Object.entries(record(value));
}
function bake_definition_text(value) {
    return typeof value === "string" && value !== "" ? value : undefined;
}
function texts(value) {
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
/** Without what is null: an argument that has no value is not given. */
function textMap(value) {
    return Object.fromEntries(entries(value).flatMap(([key, each]) => (typeof each === "string" ? [[key, each]] : [])));
}

;// CONCATENATED MODULE: ./src/catalog/bake/print.ts
/** Asks buildx what bake files mean: groups, variables, functions, matrices and inheritance are its business. */



/**
 * What docker needs to find buildx. Nothing else of the environment is there, because bake takes any variable of its files
 * from it: the plan must not hang on what happens to be set where it is made.
 */
const passed = ["PATH", "HOME", "DOCKER_CONFIG", "BUILDX_CONFIG", "XDG_RUNTIME_DIR", "TMPDIR"];
const print_limit = 60_000;
/**
 * Prints the definition of groups or targets, by default that of the group `default`. @returns `missing`: the first name that
 * there is no target or group of. @throws UserError for a file that buildx refuses, and where there is no buildx.
 */
async function printBake({ folder, file }, names, root, { processes, env, signal }) {
    // Secrets and agents are not needed to print, and those that aren't there would be an error.
    const overrides = ["--set", "*.secrets=", "--set", "*.ssh="];
    const { code, stdout, stderr } = await running(processes.run("docker", ["buildx", "bake", "--print", "--progress", "quiet", ...overrides, ...names], {
        cwd: joinPath(root, folder),
        env: cleanEnvironment(env),
        signal,
        timeout: print_limit,
    }), file);
    if (code === 0)
        return { definition: readDefinition(new TextDecoder().decode(stdout), file) };
    const missing = /failed to find target (\S+)/.exec(stderr)?.[1];
    if (missing !== undefined)
        return { missing };
    throw isBuildxMissing(stderr) ? noBuildx(file) : print_refused(file, stderr);
}
/**
 * What the variables of bake files hold, as text: their defaults, or what is made of others. @throws UserError for a file that
 * buildx refuses, and where there is no buildx that can tell.
 */
async function listVariables({ folder, file }, root, { processes, env, signal }) {
    const args = ["buildx", "bake", "--list=type=variables,format=json", "--progress", "quiet"];
    const { code, stdout, stderr } = await running(processes.run("docker", args, { cwd: joinPath(root, folder), env: cleanEnvironment(env), signal, timeout: print_limit }), file);
    if (/unknown flag: --(?:list|progress)/.test(stderr))
        throw tooOld(file);
    if (code !== 0)
        throw isBuildxMissing(stderr) ? noBuildx(file) : print_refused(file, stderr);
    const listed = JSON.parse(new TextDecoder().decode(stdout));
    const entries = Array.isArray(listed) ? listed : [];
    return new Map(entries.flatMap((entry) => {
        const { name, value } = Object.fromEntries(Object.entries(entry ?? {}));
        return typeof name === "string" && typeof value === "string" && value !== "" ? [[name, value]] : [];
    }));
}
function cleanEnvironment(env) {
    return Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
async function running(run, file) {
    try {
        return await run;
    }
    catch (cause) {
        if (!(cause instanceof src_errors/* UserError */.yo) || !cause.message.includes("was not found"))
            throw cause;
        throw noBuildx(file, cause);
    }
}
/** Docker without the plugin takes `--print` for an option of its own. */
function isBuildxMissing(stderr) {
    return /unknown flag: --print|is not a docker command|unknown command: docker buildx/.test(stderr);
}
function noBuildx(file, cause) {
    return new src_errors/* UserError */.yo(`${file} can't be read: it takes docker with buildx, which is not there`, {
        hint: "install docker with the buildx plugin (hosted runners have it), or say in image-publish.yml what the bake file says",
        at: { file },
        cause,
    });
}
/** Docker without buildx doesn't know the option either. */
function tooOld(file) {
    return new src_errors/* UserError */.yo(`this docker's buildx can't tell what the variables of ${file} hold`, {
        hint: "install a buildx plugin that has `docker buildx bake --list`, or take the version from elsewhere, such as from=arg:VERSION",
        at: { file },
    });
}
function print_refused(file, stderr) {
    const lines = stderr.split("\n").map((line) => line.trim());
    const said = lines.findLast((line) => line.startsWith("ERROR:"))?.slice("ERROR:".length) ?? lines.join(" ");
    const line = new RegExp(`${file.split("/").at(-1)?.replaceAll(".", "\\.")}:(\\d+)`).exec(stderr)?.[1];
    return new src_errors/* UserError */.yo(`docker buildx bake can't read ${file}: ${said.trim() || "it says nothing"}`, {
        hint: "mend the file; `docker buildx bake --print` in its folder says the same",
        at: { file, ...(line === undefined ? {} : { line: Number(line) }) },
    });
}

// EXTERNAL MODULE: ./src/catalog/catalog.ts
var catalog = __webpack_require__(97008);
// EXTERNAL MODULE: ./src/tags/version-source.ts
var version_source = __webpack_require__(44939);
;// CONCATENATED MODULE: ./src/catalog/bake/bake-files.ts

/** Written for bake: where one lies, it says which images there are. */
const bakeNames = [
    "docker-bake.hcl",
    "docker-bake.json",
    "docker-bake.override.hcl",
    "docker-bake.override.json",
];
/** Written to run things, most often; bake takes their services with a `build` section for targets. */
const composeNames = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];
/** All bake files, or compose files, that may lie beside one and are read with it. */
function bakeFilesBeside(file) {
    const names = composeNames.includes(repository_path_lastPart(file)) ? composeNames : bakeNames;
    return names.map((name) => joinPath(directoryOf(file), name));
}
/** Whether a compose file may have a `build` section. */
function mayBuild(compose) {
    return /^\s+build\s*:/m.test(new TextDecoder().decode(compose));
}

;// CONCATENATED MODULE: ./src/catalog/stage-variables.ts
/** The variables that the instructions of a stage see (BuildKit, dockerfile2llb/convert.go, `dispatchArg` and `dispatchEnv`). */


/** At the start of a stage built on nothing: BuildKit sets a path, which is its own affair. */
const stage_variables_path = new Map([["PATH", { unsettled: ["PATH"] }]]);
const noVariables = { known: stage_variables_path, environment: stage_variables_path, isOpen: false };
/** At the start of a stage built on an image. */
const anyVariables = { known: new Map(), environment: new Map(), isOpen: true };
/**
 * The variables at the start of a stage.
 * @param after those at the end of the stages that are built before it.
 */
function startingVariables(base, after) {
    if (base?.kind === "scratch")
        return noVariables;
    const below = base?.kind === "stage" ? after.get(base.stage) : undefined;
    if (below === undefined)
        return anyVariables;
    const { known, environment, isOpen } = below;
    // The environment of the image below is set anew, and goes before any ARG of its stage.
    return { known: isOpen ? environment : new Map([...known, ...environment]), environment, isOpen };
}
/** A word as the instruction after these variables sees it. What BuildKit refuses counts as not settled. */
function expandIn({ known, isOpen }, word, { dockerfile }) {
    try {
        return expandSettled(word, dockerfile.escape, (name) => known.get(name) ?? (isOpen ? { unsettled: [name] } : undefined));
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return { unsettled: [word] };
        throw error;
    }
}
/** The variables after an instruction. */
function afterInstruction(variables, instruction, sources) {
    if (instruction.kind === "arg") {
        return instruction.arguments.reduce((before, argument) => afterArgument(before, argument, sources), variables);
    }
    if (instruction.kind !== "env")
        return variables;
    // All of one ENV see what was before it.
    const set = instruction.variables.map(({ name, value }) => ({
        name: expandIn(variables, name, sources),
        value: expandIn(variables, value, sources),
    }));
    const named = set.flatMap(({ name, value }) => ("text" in name ? [[name.text, value]] : []));
    // A name that isn't known may be any.
    if (named.length < set.length)
        return anyVariables;
    const { known, environment, isOpen } = variables;
    return { known: new Map([...known, ...named]), environment: new Map([...environment, ...named]), isOpen };
}
/** BuildKit keeps these out of the environment. */
const settingsOfBuildKit = new Set(["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"]);
function afterArgument(variables, argument, sources) {
    const { name } = argument;
    const value = settingsOfBuildKit.has(name) ? undefined : argumentValue(variables, argument, sources);
    return value === undefined ? variables : { ...variables, known: new Map([...variables.known, [name, value]]) };
}
/** `undefined`: the ARG changes nothing, and what the base sets stays. */
function argumentValue(variables, { name, value }, sources) {
    const given = givenValue(sources.buildArgs, name);
    if (given !== undefined)
        return given;
    return value === undefined ? sources.globals.get(name) : expandIn(variables, value, sources);
}

;// CONCATENATED MODULE: ./src/catalog/dockerfile-values.ts





/**
 * What the ARG holds in a build: what `build-args` gives it, else its first default, from the top of the file. `undefined`
 * where no ARG has the name, none has a default, or the value hangs on something that nobody knows before the build.
 */
function dockerfile_values_argumentValue(dockerfile, choices, name) {
    const { globals, scopes } = readValues(dockerfile, choices);
    const first = dockerfile.globalArguments.find((each) => each.name === name);
    if (first?.value !== undefined || (first !== undefined && Object.hasOwn(choices.buildArgs, name)))
        return dockerfile_values_textOf(globals.get(name));
    const holder = scopes.find(({ own }) => own.has(name));
    return dockerfile_values_textOf(holder?.own.get(name));
}
/** What the target's own LABEL says, or that of a stage which it is made from; what an image from outside says is unknown. */
function labelValue(dockerfile, choices, key) {
    const { stages } = dockerfile;
    const target = choices.target?.toLowerCase();
    const stage = target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target);
    return stage && dockerfile_values_textOf(readValues(dockerfile, choices).scopes[stage.index]?.labels.get(key));
}
function readValues(dockerfile, choices) {
    const globals = globalValues(dockerfile, choices, choices.platforms[0]);
    const expand = (text) => expandSettled(text, dockerfile.escape, (name) => globals.get(name));
    const bases = basesOf(dockerfile, expand, () => false);
    const sources = { dockerfile, buildArgs: choices.buildArgs, globals };
    const after = new Map();
    const scopes = [];
    // A stage that is built on another stands below it.
    for (const stage of dockerfile.stages) {
        const base = bases[stage.index];
        const own = new Map();
        const labels = new Map(base?.kind === "stage" ? scopes[base.stage.index]?.labels : []);
        let variables = startingVariables(base, after);
        for (const { instruction } of carriedOut(stage, bases, dockerfile.file)) {
            label(labels, instruction, variables, sources);
            variables = afterInstruction(variables, instruction, sources);
            for (const name of dockerfile_values_namesOf(instruction, sources))
                own.set(name, variables.known.get(name) ?? { unsettled: [name] });
        }
        after.set(stage, variables);
        scopes.push({ own, labels });
    }
    return { globals, scopes };
}
/** Those that an ARG gives a value. */
function dockerfile_values_namesOf(instruction, { buildArgs, globals }) {
    if (instruction.kind !== "arg")
        return [];
    const holds = ({ name, value }) => value !== undefined || Object.hasOwn(buildArgs, name) || globals.has(name);
    return instruction.arguments.filter(holds).map(({ name }) => name);
}
function label(labels, instruction, variables, sources) {
    if (instruction.kind !== "other" || instruction.keyword !== "LABEL")
        return;
    const said = readVariables({ keyword: "LABEL", rest: instruction.text }, sources.dockerfile.escape);
    for (const { name, value } of said) {
        const key = expandIn(variables, name, sources);
        // A key that isn't known may be any.
        if ("text" in key)
            labels.set(key.text, expandIn(variables, value, sources));
        else
            labels.clear();
    }
}
/** An empty text says nothing. */
function dockerfile_values_textOf(value) {
    return value !== undefined && "text" in value && value.text !== "" ? value.text : undefined;
}

;// CONCATENATED MODULE: ./src/catalog/written-version.ts
/** Versions as they are written in files beside a Dockerfile. */
/**
 * The first `version = "…"` of a Nix expression; one with an interpolation is none that anybody could know without
 * evaluating it. Comments and `''` strings (which hold scripts) are passed over.
 */
function nixVersion(text) {
    const code = text.replaceAll(/"(?:[^"\\]|\\[\s\S])*"|''[\s\S]*?''(?!['$\\])|#[^\n]*|\/\*[\s\S]*?\*\//g, (found) => found.startsWith('"') ? found : " ");
    const found = /(?<![\w.'-])version\s*=\s*"((?:[^"\\$]|\$(?!\{))*)"\s*;/.exec(code);
    return found?.[1]?.trim() || undefined;
}
/** The `version` of a package.json; `undefined` where it has none. @throws SyntaxError when it is no JSON. */
function packageVersion(text) {
    const parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof parsed !== "object" || parsed === null || !("version" in parsed))
        return undefined;
    return typeof parsed.version === "string" && parsed.version.trim() !== "" ? parsed.version.trim() : undefined;
}
/** The first line, without blanks around it. */
function firstLine(text) {
    return (text
        .replace(/^\uFEFF/, "")
        .split(/\r\n|\n|\r/, 1)[0]
        ?.trim() || undefined);
}

;// CONCATENATED MODULE: ./src/commands/own-versions.ts
/** The versions that stand in an image's own files, for rules of `type=version`. */








/**
 * What the sources hold for an image, by `formatVersionSource`; those that aren't there are left out. What the Dockerfile
 * beside a Nix file says counts only where the Nix file is silent.
 * @throws UserError for a file that lies outside the repository, is a symlink, is too long or can't be understood.
 */
async function ownVersions(sources, image, reader) {
    const isNix = image.variant === "nix" && sources.some(({ kind }) => kind === "nix");
    const ofNix = isNix ? await ownVersion({ kind: "nix" }, image, reader) : undefined;
    const asked = sources.filter(({ kind }) => ofNix === undefined || (kind !== "arg" && kind !== "label"));
    const found = await Promise.all(asked.map(async (source) => [(0,version_source/* formatVersionSource */.v)(source), await ownVersion(source, image, reader)]));
    return new Map(found.flatMap(([key, version]) => (version === undefined ? [] : [[key, version]])));
}
async function ownVersion(source, image, reader) {
    switch (source.kind) {
        case "arg":
        case "label": {
            const of = image.variant === "dockerfile" ? image : await dockerfileBeside(image, reader);
            const read = source.kind === "arg" ? dockerfile_values_argumentValue : labelValue;
            return of && read(of.dockerfile, of, source.name);
        }
        case "file":
            return (await beside(image, source.name, own_versions_longestLine, reader, firstLine))?.value;
        case "nix":
            return (await beside(image, nixFileOf(image), longestFile, reader, nixVersion))?.value;
        case "package.json":
            return (await beside(image, "package.json", longestFile, reader, packageVersion))?.value;
        case "bake":
            return (await variablesAbove(image, reader))?.get(source.name);
    }
}
function nixFileOf(image) {
    return image.variant === "nix" ? repository_path_lastPart(image.nixFile) : "default.nix";
}
/** The Dockerfile of the other variant. */
async function dockerfileBeside(image, { root, files }) {
    for (const name of ["Dockerfile", "Containerfile"]) {
        const path = joinPath(image.directory, name);
        const bytes = await files.read(external_node_path_.posix.join(root, path));
        if (bytes !== undefined)
            return { dockerfile: readDockerfile(bytes, path), target: undefined, platforms: [], buildArgs: {} };
    }
    return undefined;
}
const own_versions_longestLine = 65_536;
const longestFile = 4_194_304;
/** Those of the bake file in the image's directory, or in the next folder above that has one. */
async function variablesAbove({ directory }, { root, files, variablesOf }) {
    for (let folder = directory;; folder = directoryOf(folder)) {
        const entries = await files.list(external_node_path_.posix.join(root, folder));
        const name = bakeNames.find((each) => entries?.some((entry) => entry.name === each && entry.kind === "file"));
        if (name !== undefined)
            return variablesOf({ folder, file: joinPath(folder, name) });
        if (folder === ".")
            return undefined;
    }
}
/** Reads a file of the image's directory, else of its build context, and takes from it what `read` finds. */
async function beside(image, name, longest, reader, read) {
    const { directory } = image;
    for (const folder of new Set([directory, image.variant === "nix" ? directory : image.context])) {
        const path = repositoryPath(joinPath(folder, name));
        const bytes = await insideFile(path, reader);
        if (bytes === undefined)
            continue;
        if (bytes.length > longest) {
            throw new src_errors/* UserError */.yo(`${path} is too long to hold a version: ${bytes.length} bytes`, {
                hint: `name a file of at most ${longest} bytes in from=`,
                at: { file: path },
            });
        }
        return { value: understood(path, () => read(new TextDecoder().decode(bytes))) };
    }
    return undefined;
}
/** A symlink could lead to any file of this machine, whose first line would then become a public tag. */
async function insideFile(path, { root, files }) {
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
        const entries = await files.list(external_node_path_.posix.join(root, ...parts.slice(0, index)));
        const entry = entries?.find(({ name }) => name === part);
        if (entry === undefined)
            return undefined;
        if (entry.kind === "symlink") {
            throw new src_errors/* UserError */.yo(`${parts.slice(0, index + 1).join("/")} is a symlink, and no version is read through one`, {
                hint: "name the file that it leads to in from=, such as from=file:../../VERSION",
                at: { file: path },
            });
        }
    }
    return files.read(external_node_path_.posix.join(root, path));
}
function understood(path, read) {
    try {
        return read();
    }
    catch (cause) {
        throw new src_errors/* UserError */.yo(`${path} can't be understood: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
            cause,
            hint: "mend it, or remove it from the rule's from=",
            at: { file: path },
        });
    }
}

;// CONCATENATED MODULE: ./src/commands/image-facts.ts
/** What rules for tags read of an image beside the event: its own version, and the hash of what goes into it. */








const reads = 16;
/**
 * Reads what the rules of each image ask for, and nothing where they don't. `hashes` are the images' source hashes, by
 * name. @throws UserError for a file that can't be read or understood.
 */
async function gatherFacts(images, rulesOf, { root, files, bake }, hashes) {
    // One bake file may be that of many images.
    const variablesOf = onceEach((at) => listVariables(at, root, bake), ({ folder }) => folder);
    const reader = { root, files, variablesOf };
    const gather = (0,bounded/* bounded */.M)(reads, async (image) => {
        const rules = rulesOf(image.publicName);
        const [versions, file] = await Promise.all([
            ownVersions(image_facts_sourcesOf(rules), image, reader),
            asksFor(rules, "file") ? hashOfFile(image, reader) : undefined,
        ]);
        const inputs = hashes.get(image.name);
        const contents = {
            ...(file === undefined ? {} : { file }),
            ...(inputs?.kind === "known" ? { inputs: inputs.hash } : {}),
        };
        return [image.name, { ownVersions: versions, contents }];
    });
    return new Map(await Promise.all(images.filter(({ publicName }) => asksForFacts(rulesOf(publicName))).map(gather)));
}
/** Whether any of the rules reads something of the image itself. */
function asksForFacts(rules) {
    return rules.some(({ type }) => type === "version" || type === "content");
}
function asksFor(rules, of) {
    return rules.some((rule) => rule.type === "content" && rule.of === of);
}
/** Each once. */
function image_facts_sourcesOf(rules) {
    const all = rules.flatMap((rule) => (rule.type === "version" ? rule.from : []));
    return [...new Map(all.map((source) => [(0,version_source/* formatVersionSource */.v)(source), source])).values()];
}
/** sha256 of the Dockerfile (or Nix file) as hex, byte for byte: other programs compute the same. */
async function hashOfFile(image, { root, files }) {
    const path = (0,catalog/* recipeOf */.S)(image);
    const bytes = await files.read(`${root}/${path}`);
    if (bytes !== undefined)
        return (0,oci_digest/* digestOf */.ol)(bytes).slice("sha256:".length);
    throw new src_errors/* UserError */.yo(`${path} is gone while it was being read`, {
        hint: "run again when nothing else changes the checkout",
    });
}

;// CONCATENATED MODULE: ./src/commands/image-details.ts















/** The details of an image. Warnings of rules come as remarks. */
function imageDetails(session, options) {
    const sources = { ...options, rulesOf: options.settingsOf };
    return (image) => {
        const settings = options.settingsOf(image.publicName, image);
        const tags = image_details_tagsOf(session, image, sources);
        for (const warning of tags.warnings)
            options.remark(warning);
        const named = { ...factsOf(session, image, sources), version: tags.version };
        const fill = filler(session, image, sources);
        const args = {
            ...(settings.sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: settings.sourceDateEpoch }),
            ...conventionalArguments(image, { ...named, tags, rules: settings.rules }),
            ...fillAll(image.buildArgs, fill),
        };
        const { ref } = (0,tags_event/* readEvent */.j_)(named);
        return {
            tags,
            release: ref.kind === "tag" ? releaseOf(ref.tag, tags.tags) : undefined,
            bakedVersion: bakedVersion(image, args),
            args,
            labels: (0,tags_labels/* deriveLabels */.Z2)(settings.labels, named),
            annotations: withoutRecord((0,tags_annotations/* deriveAnnotations */.C)(settings.annotations, named), options.remark),
            cache: image.variant === "nix" ? { from: [], to: [] } : cacheOf(session.context, image, settings.cache, options, fill),
            provenance: settings.provenance,
            sbom: settings.sbom,
            compression: settings.compression,
        };
    };
}
/** What an index says of itself by a record is this action's own word: nobody writes one by hand. */
function withoutRecord(annotations, remark) {
    const isReserved = (each) => isOfRecord(each.slice(each.indexOf(":") + 1));
    const reserved = Object.keys(annotations).filter(isReserved);
    for (const each of reserved) {
        const message = `the annotation ${each} is left out: this action writes annotations of that prefix itself`;
        remark({ message, hint: "give it another key" });
    }
    return Object.fromEntries(Object.entries(annotations).filter(([each]) => !isReserved(each)));
}
/** The build arguments that name the version or the git tag, by which the bytes of one release differ from another's. */
function bakedVersion({ buildArgs }, args) {
    const named = Object.entries(buildArgs).filter(([, text]) => {
        const template = (0,expression/* parseTemplate */.QC)(text, expression/* buildNames */.r7, "keep");
        return (0,expression/* uses */.r9)(template, "version") || (0,expression/* uses */.r9)(template, "tag");
    });
    const names = new Set([...named.map(([name]) => name), ...(args.VERSION === undefined ? [] : ["VERSION"])]);
    if (names.size === 0)
        return undefined;
    if (names.size === 1 && names.has("VERSION"))
        return args.VERSION;
    return [...names]
        .sort()
        .map((name) => `${name}=${args[name] ?? ""}`)
        .join(",");
}
/**
 * An image's build arguments with their expressions filled in, before its own files are read: a `{{version}}` that comes from
 * these stays as it is.
 */
function buildArgumentsOf(session, image, rulesOf) {
    // Most have no expression, and to fill them in takes the image's tags.
    if (!Object.values(image.buildArgs).some((text) => text.includes("{{")))
        return image.buildArgs;
    const fill = filler(session, image, { names: [image.publicName], rulesOf, facts: new Map() });
    if (!asksForFacts(rulesOf(image.publicName).rules))
        return fillAll(image.buildArgs, fill);
    return fillAll(image.buildArgs, (text) => (0,expression/* uses */.r9)((0,expression/* parseTemplate */.QC)(text, expression/* buildNames */.r7, "keep"), "version") ? text : fill(text));
}
function fillAll(texts, fill) {
    return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]));
}
/**
 * Fills in the expressions of a text that is for one image; what is none of ours stays. @throws UserError for `{{platform}}`
 * and `{{arch}}` in an image of several platforms, which one build makes together.
 */
function filler(session, image, sources) {
    const facts = factsOf(session, image, sources);
    const { values, ...dates } = (0,derive_tags/* expressionValues */.f)(facts, (0,tags_event/* readEvent */.j_)(facts));
    const { name, platforms } = image;
    const [platform] = platforms;
    const known = new Map([...values, ["version", image_details_tagsOf(session, image, sources).version ?? ""]]);
    if (platform !== undefined)
        known.set("platform", platform).set("arch", (0,oci_platform/* partsOf */.CI)(platform).architecture);
    return (text) => {
        const template = (0,expression/* parseTemplate */.QC)(text, expression/* buildNames */.r7, "keep");
        const perPlatform = ["platform", "arch"].find((each) => (0,expression/* uses */.r9)(template, each));
        if (perPlatform !== undefined && platforms.length !== 1) {
            throw new src_errors/* UserError */.yo(`"${text}" has no value for ${name}, which is built for several platforms at once`, {
                hint: `take {{${perPlatform}}} out; a Dockerfile has TARGETPLATFORM and TARGETARCH for it`,
            });
        }
        return (0,expression/* expand */.fT)(template, { ...dates, values: known });
    };
}
/**
 * The tags of an image. Where the checkout is not at the event's commit, the ref says nothing of what is built: what is left are
 * exact tags that the commit itself gives, and none at all for a pull request. Of an untrusted checkout no rule counts.
 */
function image_details_tagsOf({ context, commitDate, isAtEvent, trust }, image, sources) {
    const { rules, flavor } = sources.rulesOf(image.publicName);
    if (trust.kind === "untrusted" && context.trigger.kind !== "pull-request") {
        return { tags: untrustedTags(trust, (0,tags_flavor/* variantSuffix */.n)(image, flavor)), version: undefined, warnings: [], outcomes: [] };
    }
    const facts = factsOf({ context, commitDate }, image, sources);
    if (isAtEvent)
        return (0,derive_tags/* deriveTags */.h)(rules, flavor, facts);
    if (context.trigger.kind === "pull-request")
        return { tags: [], version: undefined, warnings: [], outcomes: [] };
    const trigger = { kind: "dispatch", eventName: context.eventName };
    const elsewhere = { ...facts, context: { ...context, trigger, ref: (0,run_context/* gitRef */.GY)("refs/elsewhere") } };
    const derived = (0,derive_tags/* deriveTags */.h)(rules, flavor, elsewhere);
    return { ...derived, tags: derived.tags.filter(({ moves }) => !moves) };
}
/** What tells whose release a git tag is. */
function releaseNames({ images }, settingsOf) {
    const names = [...new Set(images.map(({ publicName }) => publicName))];
    const patterns = names.map((name) => [name, settingsOf(name).releaseTags]);
    return { names, releaseTags: new Map(patterns.filter(([, each]) => each.length > 0)) };
}
function factsOf({ context, commitDate }, { name, publicName, variant }, { names, releaseTags, facts }) {
    return { context, name: publicName, variant, names, releaseTags, commitDate, ...facts.get(name) };
}

;// CONCATENATED MODULE: ./src/commands/tag-sources.ts






/** What the tags of all images are made of that this run may build, or look for in a registry: with `all`, every image. */
async function tagSources(session, { catalog, affected, settingsOf, hashes }, { all, about }) {
    const { context, outside } = session;
    const needed = toBuild(catalog, affected, new Map());
    const images = catalog.images.filter(({ name }) => needed.has(name) || name === about || all);
    const reader = { root: context.workspace, files: outside.files, bake: outside };
    return {
        ...releaseNames(catalog, settingsOf),
        rulesOf: settingsOf,
        facts: await gatherFacts(images, (name) => settingsOf(name).rules, reader, hashes),
    };
}
/** Tags under which what is published of an image is looked for: this run's own moving tags, then the lines it came from. */
function tagsToFollow(session, image, sources) {
    const { trigger, defaultBranch } = session.context;
    const own = image_details_tagsOf(session, image, sources)
        .tags.filter(({ moves }) => moves)
        .map(({ tag }) => tag);
    const base = trigger.kind === "pull-request" ? [trigger.baseRef] : [];
    const branches = [...base, ...(defaultBranch === undefined ? [] : [defaultBranch])];
    const ending = (0,tags_flavor/* variantSuffix */.n)(image, sources.rulesOf(image.publicName).flavor);
    const usual = [...branches.map(image_tags/* tagText */.e), "latest"].map((tag) => `${tag}${ending}`);
    return [...new Set([...own, ...usual])].filter(oci_reference/* isTag */.dz);
}

;// CONCATENATED MODULE: ./src/commands/followed-images.ts
/** What is known of the images whose pins follow: by this run, else by their registries. */








/** Of images that no file names nothing is asked. One that can't be asked about keeps no other from being followed. */
async function followedImages(files, results, { branch, at }, { surveyed, registry, sources, history }, session) {
    const byName = new Map(results.map((result) => [result.planned.name, result]));
    const isNamed = ({ repositories }) => {
        const names = imageNames(repositories);
        return repositories.length > 0 && files.some(({ bytes }) => names.mayBeIn(bytes));
    };
    const { commit, ref } = session.context;
    const isAtHead = commit === at;
    // What a branch's run was overtaken with may be older than what is published by now.
    const isOvertaken = ref.kind === "branch" && !isAtHead;
    // Once for all: a registry may have thousands of tags.
    const words = new Set(files.flatMap(({ bytes }) => wordsIn(bytes)));
    const options = {
        registry,
        history,
        moving: (image) => tagsToFollow(session, image, sources),
        ref: `refs/heads/${branch}`,
        at,
        sourceHash: (image) => (isAtHead ? knownHash(surveyed.hashes, image.name) : null),
        isOwn: followed_images_ownTags(surveyed),
        isPinned: (tag) => words.has(tag),
    };
    const remarks = [];
    const look = (0,bounded/* bounded */.M)(8, async (image) => {
        const { name } = image;
        if (surveyed.left.has(name))
            return { name, kind: "unknown" };
        if (!isNamed(image))
            return { name, kind: "unnamed" };
        const result = byName.get(name);
        // Of what failed or is held the published one is the newest still.
        const own = result && !isOvertaken ? versionOfResult(result, isAtHead) : undefined;
        if (own !== undefined && isAtHead)
            return { name, kind: "known", versions: [own] };
        try {
            const held = await versionsInRegistry(image, options);
            const versions = own === undefined ? held : [own, ...held.flatMap(withCommits)];
            return versions.length === 0 ? { name, kind: "unknown" } : { name, kind: "known", versions };
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo))
                throw error;
            remarks.push({ message: `pins of ${name} were not moved: ${(0,src_errors/* explain */.WE)(error)}`, hint: error.hint });
            return { name, kind: "unknown" };
        }
    });
    return { followed: await Promise.all(surveyed.catalog.images.map(look)), remarks };
}
/** What may be tags in a file. */
function wordsIn(bytes) {
    return (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString("latin1")
        .match(/\w[\w.-]*/g) ?? []);
}
/** As a version has them; none of any other kind. */
function withCommits(version) {
    const tags = version.tags.filter((tag) => hasCommit(tagForm(tag)));
    return tags.length === 0 ? [] : [{ ...version, tags }];
}
function followed_images_ownTags({ catalog, settingsOf }) {
    const endingOf = (image) => (0,tags_flavor/* variantSuffix */.n)(image, settingsOf(image.publicName).flavor);
    return (image, tag) => {
        const own = endingOf(image);
        const others = catalog.images.filter(({ name, publicName }) => publicName === image.publicName && name !== image.name);
        return (tag.endsWith(own) && !others.map(endingOf).some((ending) => ending.length > own.length && tag.endsWith(ending)));
    };
}

;// CONCATENATED MODULE: ./src/catalog/named-contexts.ts
/** Named contexts: what a bake file, the config file or an input puts in the place of a name that a Dockerfile uses. */



/**
 * Reads the value of a named context: `target:NAME` is an image of this repository, `docker-image://…`, `oci-layout://…` and
 * URLs are what buildx takes them for, everything else is a directory.
 * @param folder what relative paths start from.
 * @throws UserError for an empty name or value.
 */
function readContext(name, given, folder, at) {
    const key = contextKey(name.trim());
    const value = given.trim();
    if (key === "" || value === "") {
        throw new src_errors/* UserError */.yo(`"${name}=${given}" is no build context`, {
            hint: "write NAME=VALUE; the value is a directory, docker-image://REFERENCE or target:IMAGE",
        });
    }
    return { to: { name: key, ...target(value, folder) }, at };
}
function target(value, folder) {
    const [, scheme = "", rest = ""] = /^(target:|oci-layout:\/\/|cwd:\/\/)?(.*)$/s.exec(value) ?? [];
    if (scheme === "target:")
        return { kind: "image", image: rest };
    if (isUrl(value) && scheme === "")
        return { kind: "elsewhere", value };
    const path = pathFrom(folder, rest);
    if (scheme === "oci-layout://")
        return { kind: "elsewhere", value: `oci-layout://${path}` };
    return isInside(path) ? { kind: "directory", path } : { kind: "elsewhere", value: path };
}
/** What docker takes for an address rather than a path (buildx, `build.IsRemoteURL`; moby, `urlutil`). */
function isUrl(text) {
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(?:git@|github\.com\/)/.test(text);
}
/** A path relative to the repository's root, which may lead out of it. */
function pathFrom(folder, path) {
    return external_node_path_.posix.normalize(external_node_path_.posix.isAbsolute(path) ? path : external_node_path_.posix.join(folder, path)).replace(/(?<=.)\/$/, "");
}
/** Whether a path of `pathFrom` lies in the repository. */
function isInside(path) {
    return !external_node_path_.posix.isAbsolute(path) && path !== ".." && !path.startsWith("../");
}
/** The name that a use is looked up by; a text that is no reference stands for itself. */
function contextKey(text) {
    const read = (0,oci_reference/* tryReference */.$Q)(text);
    return read === undefined ? text : contextName(text, read);
}
/**
 * What BuildKit looks a named context up by (frontend/dockerui, `NamedContext`): the familiar name, `:latest` left out. It
 * keeps the case of a host as written.
 */
function contextName(text, { repository, tag, digest }) {
    if (digest !== undefined)
        return text;
    const familiar = (0,oci_reference/* familiarRepository */.Yu)(repository);
    const written = tag === undefined ? text : text.slice(0, -tag.length - 1);
    const name = written.toLowerCase() === familiar ? written : familiar;
    return tag === undefined || tag === "latest" ? name : `${name}:${tag}`;
}

;// CONCATENATED MODULE: ./src/catalog/final-base.ts
/** What an image is built on in the end: the base whose layers it begins with, through all stages of its Dockerfile. */




/**
 * `undefined` for an image from scratch or of Nix, for one whose base nobody can name before it is built, and where the platforms are
 * built on different ones.
 */
function finalBase(image) {
    return image.variant === "nix" ? undefined : final_base_baseOf(image);
}
function final_base_baseOf(image) {
    const platforms = image.platforms.length === 0 ? [undefined] : image.platforms;
    const texts = platforms.map((platform) => {
        const bases = basesOf(image.dockerfile, globalArguments(image.dockerfile, image, platform), (name) => isContext(image, name));
        let stage = final_base_targetOf(image);
        for (;;) {
            const base = stage && bases[stage.index];
            if (base?.kind !== "stage")
                return base?.kind === "image" || base?.kind === "replaced" ? base.text : undefined;
            stage = base.stage;
        }
    });
    const [text] = texts;
    return text !== undefined && texts.every((each) => each === text) ? meaningOf(text, image) : undefined;
}
function final_base_targetOf({ dockerfile: { stages }, target }) {
    return target === undefined ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase());
}
function isContext({ contexts, parents }, name) {
    return contexts.some((each) => each.name === name) || parents.some(({ contextName }) => contextName === name);
}
function meaningOf(text, { contexts, parents }) {
    const key = contextKey(text);
    const edge = parents.find(({ contextName }) => contextName === key);
    if (edge !== undefined)
        return { kind: "parent", name: edge.parent };
    const context = contexts.find(({ name }) => name === key);
    if (context?.kind === "directory")
        return undefined;
    const named = context === undefined ? text : /^docker-image:\/\/(.*)$/.exec(context.value)?.[1];
    const reference = named === undefined ? undefined : (0,oci_reference/* tryReference */.$Q)(named);
    return reference && { kind: "image", reference };
}

;// CONCATENATED MODULE: ./src/plan/make-plan.ts
/** From everything that is known to what will be done. Pure: no clock, no network, no log. */





/** The plan of a run. Equal inputs give equal bytes, in whatever order they were found. */
function makePlan(input) {
    const promoted = input.promoted ?? new Map();
    const affected = new Map([...input.affected].filter(([name]) => !promoted.has(name)));
    const building = toBuild(input.catalog, affected, new Map([...input.published, ...promoted]));
    return {
        schema: 1,
        event: input.event,
        ref: input.ref,
        commit: input.commit,
        base: input.base ?? null,
        push: input.push,
        images: input.catalog.images.map((image) => {
            const digest = promoted.get(image.name);
            if (digest !== undefined)
                return promote(image, digest, input);
            const reasons = building.get(image.name);
            return reasons === undefined ? skip(image, input) : { ...build(image, input, building), reasons };
        }),
    };
}
function skip(image, input) {
    return {
        kind: "skip",
        name: image.name,
        repositories: image.repositories,
        sourceHash: knownHash(input.hashes, image.name),
        reasons: input.left?.get(image.name) ?? [{ kind: "unaffected" }],
        at: baseLocation(image),
    };
}
function promote(image, digest, input) {
    return {
        kind: "promote",
        ...publishing(image, input, input.details(image)),
        digest,
        reasons: input.affected.get(image.name) ?? [],
    };
}
function publishing(image, input, details) {
    const { tags, release, bakedVersion, labels, annotations } = details;
    const isTagged = input.push && image.repositories.length > 0;
    return {
        name: image.name,
        repositories: image.repositories,
        sourceHash: knownHash(input.hashes, image.name),
        at: baseLocation(image),
        tags: isTagged ? tags.tags.filter((tag) => tag.moves || !input.movingTagsOnly) : [],
        version: tags.version ?? null,
        release: release ?? null,
        bakedVersion: bakedVersion ?? null,
        platforms: image.platforms,
        labels: make_plan_sorted(labels),
        annotations: make_plan_sorted(annotations),
    };
}
function build(image, input, building) {
    const details = input.details(image);
    const { args, cache, provenance, sbom, compression } = details;
    return {
        kind: "build",
        ...publishing(image, input, details),
        variant: image.variant,
        context: image.variant === "nix" ? image.directory : image.context,
        dockerfile: (0,catalog/* recipeOf */.S)(image),
        target: image.variant === "nix" ? null : (image.target ?? null),
        args: make_plan_sorted(args),
        base: make_plan_baseOf(image, input.catalog),
        contexts: image.contexts,
        parents: image.parents.map((edge) => ({
            name: edge.parent,
            contextName: edge.contextName ?? null,
            via: edge.via,
            at: edge.at,
            published: building.has(edge.parent)
                ? null
                : (input.promoted?.get(edge.parent) ?? input.published.get(edge.parent) ?? null),
        })),
        cache,
        provenance: provenance ?? null,
        sbom: sbom ?? null,
        compression: compression ?? null,
        fresh: input.fresh,
    };
}
function make_plan_baseOf(image, { images }) {
    const base = finalBase(image);
    if (base === undefined)
        return null;
    if (base.kind === "image") {
        const { digest, ...named } = base.reference;
        const tagged = digest === undefined && named.tag === undefined ? `${named.repository}:latest` : (0,oci_reference/* formatReference */.FH)(named);
        return { name: tagged, parent: null, digest: digest ?? null };
    }
    // An image that is not published has no name that anybody could look up.
    const repository = images.find(({ name }) => name === base.name)?.repositories[0];
    return repository === undefined ? null : { name: repository, parent: base.name, digest: null };
}
/** The line that brings what the image is built on: its last FROM that names an image, else the Dockerfile or Nix file itself. */
function baseLocation(image) {
    const froms = [...image.parents, ...image.bases].filter((each) => each.via === "FROM").map((each) => each.at);
    const last = froms.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).at(-1);
    return last ?? { file: (0,catalog/* recipeOf */.S)(image), line: 1 };
}
function make_plan_sorted(record) {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

;// CONCATENATED MODULE: ./src/report/finding-log.ts





const mostLines = 2000;
/** For each image with findings all that are reported, each with its remedy. Plain text that nothing obeys. */
function findingGroups({ scans }) {
    return [...(scans?.values() ?? [])].flatMap((scan) => {
        if (scan.kind === "unscanned")
            return [];
        const reported = reportedOf(scan);
        const more = reported.length - mostLines;
        const lines = reported
            .slice(0, mostLines)
            .map((each) => `${findingLine(each, scan.platforms.length)} → ${(0,plain_text/* plainLine */.h0)(each.remedy)}`);
        const rest = more > 0 ? [`and ${more} more, in ${scan.platforms.map(({ report }) => report).join(", ")}`] : [];
        if (reported.length === 0)
            return [];
        const title = (0,plain_text/* inertLine */.Fq)((0,plain_text/* plainLine */.h0)(`${scan.name} · ${findingsBrief(scan)}`));
        return [{ title, lines: [...lines, ...rest].map(plain_text/* plainLine */.h0).map(plain_text/* inertLine */.Fq) }];
    });
}
/** GitHub shows ten warnings of a step. */
const mostWarnings = 8;
/**
 * For images that are good all the same: what nobody looked at, and new findings that hold nothing, at the line that brings the
 * image's base. A few, the rest in one.
 */
function findingWarnings({ images, scans }) {
    const warnings = images.flatMap(({ planned }) => {
        const scan = scans?.get(planned.name);
        const said = scan === undefined || !scan.passes ? undefined : warningOf(scan);
        return said === undefined ? [] : [{ title: (0,plain_text/* plainLine */.h0)(planned.name), ...said, at: planned.at }];
    });
    const [first, ...others] = warnings.slice(mostWarnings);
    if (first === undefined)
        return warnings;
    const rest = {
        ...first,
        title: "More findings",
        message: `${count(others.length + 1, "more image")} with new findings`,
    };
    return [...warnings.slice(0, mostWarnings), { ...rest, hint: "see the summary of the run" }];
}
function warningOf(scan) {
    if (scan.kind === "scanned")
        return newFindings(scan);
    const message = `${(0,plain_text/* plainLine */.h0)(scan.name)} was not scanned, and nothing is held for that: ${(0,plain_text/* plainLine */.h0)(scan.error.message)}`;
    return { message, hint: (0,plain_text/* plainLine */.h0)(scan.error.hint) };
}
/** The first image of all is no news. */
function newFindings(scan) {
    const added = reportedOf(scan).filter(({ standing, counts }) => standing === "new" && !counts);
    const [first] = added;
    if (first === undefined || scan.comparedWith.kind !== "published")
        return undefined;
    const few = added.slice(0, 5).map((each) => findingLine(each, scan.platforms.length));
    const message = `${(0,plain_text/* plainLine */.h0)(scan.name)} has ${count(added.length, "new finding")} (${severityCounts(added)})`;
    return { message: [`${message}:`, ...few].join("\n"), hint: (0,plain_text/* plainLine */.h0)(first.remedy) };
}

;// CONCATENATED MODULE: ./src/scan/categories.ts
/** `image-publish/<name>`, or `image-publish/<name>/<os-arch[-variant]>`; GitHub wants a slash after it in SARIF. */
function categoryOf(image, platform) {
    const parts = [categories_prefix, encodeURIComponent(image.toWellFormed())];
    return [...parts, ...(platform === undefined ? [] : [platform.replaceAll("/", "-")])].join("/");
}
/** The image that a category is of, whole or of a platform; `undefined` for what is not ours. */
function categories_imageOf(category) {
    const [first, name, platform, ...more] = category.replace(/\/$/, "").split("/");
    if (first !== categories_prefix || !name || platform === "" || more.length > 0)
        return undefined;
    try {
        return decodeURIComponent(name);
    }
    catch {
        return undefined;
    }
}
const categories_prefix = "image-publish";

;// CONCATENATED MODULE: ./src/scan/merged-findings.ts

/**
 * What all platforms of an image have in common, then for each platform what only some have. Left out is what the user
 * doesn't want to hear of; what the user ignores stays, if `ignored` says so.
 */
function groupedFindings(scan, { ignored }) {
    const told = scan.platforms.map((each) => ({
        platform: each.platform,
        found: byKey(each, (judged) => isTold(judged, scan.rules, ignored)),
    }));
    const everywhere = (key) => told.every(({ found }) => found.has(key));
    const group = (platform, from, belongs) => ({
        platform,
        platforms: from.map((each) => each.platform).sort(),
        findings: merged_findings_merged(from.flatMap(({ found }) => [...found.values()].flat()), belongs),
    });
    const alone = told.map((each) => group(each.platform, [each], (key) => !everywhere(key)));
    return [
        group(undefined, told, everywhere),
        ...alone.filter(({ findings }) => findings.length > 0).sort((a, b) => merged_findings_compare(a.platform ?? "", b.platform ?? "")),
    ];
}
function isTold({ finding, isReported }, rules, ignored) {
    return isReported || (ignored && finding.ignored !== undefined && rules.severity.has(finding.severity));
}
function byKey({ findings }, isWanted) {
    return Map.groupBy(findings.filter(isWanted), ({ finding }) => (0,scan_finding/* findingKey */.f)(finding));
}
function merged_findings_merged(all, belongs) {
    const found = [];
    for (const [key, same] of Map.groupBy(all, ({ finding }) => (0,scan_finding/* findingKey */.f)(finding))) {
        const [judged] = [...same].sort(worstFirst);
        if (judged === undefined || !belongs(key))
            continue;
        const installed = same.flatMap(({ finding }) => (finding.kind === "vulnerability" ? [finding.installed] : []));
        found.push({ key, judged, installed: [...new Set(installed)].sort(merged_findings_compare) });
    }
    return found.sort((a, b) => bySeverity(a.judged, b.judged) || merged_findings_compare(a.key, b.key));
}
/** What is the same otherwise is told apart by its text, so that the order in which platforms came changes nothing. */
function worstFirst(a, b) {
    return bySeverity(a, b) || merged_findings_compare(JSON.stringify(a), JSON.stringify(b));
}
/** What is ignored comes last. */
function bySeverity({ finding: a }, { finding: b }) {
    return (Number(a.ignored !== undefined) - Number(b.ignored !== undefined) ||
        scan_finding/* severities */.g.indexOf(a.severity) - scan_finding/* severities */.g.indexOf(b.severity));
}
function merged_findings_compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(38522);
;// CONCATENATED MODULE: ./src/scan/sarif-log.ts
/**
 * Whose alerts they are, beside the category. Not "Trivy": alerts are kept by tool, so that those of another workflow's
 * Trivy stay apart, a list of ours holds nothing else, and another scanner would not open them all anew. The scanner stands
 * as an extension.
 */
const toolName = "image-publish";
/** A run's tool without rules, and all that is the same in each run. */
function runOf(category) {
    return {
        tool: {
            driver: { name: toolName, rules: [] },
            extensions: [{ name: "Trivy" }],
        },
        automationDetails: { id: `${category}/` },
        originalUriBaseIds: { [repositoryRoot]: { description: { text: "The root of the repository" } } },
        columnKind: "unicodeCodePoints",
        results: [],
    };
}
/** The name by which results tell that their files are relative to the repository's root, as GitHub's own tools have it. */
const repositoryRoot = "%SRCROOT%";
function logOf(runs) {
    return { $schema: schema, version: "2.1.0", runs };
}
/** As it is written to a file and uploaded: the same bytes for the same log. */
function sarifText(log) {
    return `${JSON.stringify(log)}\n`;
}
const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

;// CONCATENATED MODULE: ./src/scan/sarif-limits.ts
/**
 * What code scanning takes (docs.github.com, "SARIF support for code scanning", and the description of
 * `POST /repos/{owner}/{repo}/code-scanning/sarifs`); one over any of its limits, and a whole upload is refused.
 */


/** Runs in one file; more are uploaded in several. */
const mostRuns = 20;
/** Of the 25,000 results that a run may have, GitHub keeps these. */
const mostResults = 5000;
/** Gzipped: 10 MB, with some room. */
const sarif_limits_mostBytes = 9_900_000;
/** The log with as many of the most severe results as code scanning takes. `bytes`: gzipped. */
function withinLimits(log, bytes = sarif_limits_mostBytes) {
    let limited = { ...log, runs: log.runs.map((run) => sarif_limits_firstOf(run, mostResults)) };
    for (let size = gzipped(limited).length; size > bytes && resultsIn(limited) > 0; size = gzipped(limited).length) {
        limited = keeping(limited, (bytes / size) * 0.9);
    }
    return { log: limited, dropped: difference(log, limited) };
}
/** The log with the worse half of its results, for a server that takes less than it says. */
function halved(log) {
    const half = keeping(log, 0.5);
    return { log: half, dropped: difference(log, half) };
}
/** Runs in as many files as they need. */
function inFiles(runs) {
    const logs = [];
    for (let first = 0; first < runs.length; first += mostRuns)
        logs.push(logOf(runs.slice(first, first + mostRuns)));
    return logs;
}
/** As it is uploaded, before it is base64. */
function gzipped(log) {
    return (0,external_node_zlib_.gzipSync)(sarifText(log));
}
/** So much of each run, so that no run loses all for the sake of another. */
function keeping(log, part) {
    return { ...log, runs: log.runs.map((run) => sarif_limits_firstOf(run, Math.floor(run.results.length * part))) };
}
/** The run with its first results, and the rules that they have. */
function sarif_limits_firstOf(run, count) {
    if (run.results.length <= count)
        return run;
    const rules = [];
    const indices = new Map();
    const results = run.results.slice(0, count).map((result) => {
        const known = indices.get(result.ruleIndex);
        if (known !== undefined)
            return { ...result, ruleIndex: known };
        const rule = run.tool.driver.rules[result.ruleIndex];
        indices.set(result.ruleIndex, rules.length);
        if (rule !== undefined)
            rules.push(rule);
        return { ...result, ruleIndex: rules.length - 1 };
    });
    return { ...run, tool: { ...run.tool, driver: { ...run.tool.driver, rules } }, results };
}
function difference(before, after) {
    return before.runs.flatMap((run, index) => {
        const kept = after.runs[index]?.results.length ?? 0;
        const worst = run.results[kept]?.properties.severity;
        if (worst === undefined)
            return [];
        return [{ category: run.automationDetails.id.slice(0, -1), results: run.results.length - kept, worst }];
    });
}
function resultsIn({ runs }) {
    return runs.reduce((sum, { results }) => sum + results.length, 0);
}

;// CONCATENATED MODULE: ./src/scan/one-line.ts

/** Text of others as one line that is not empty, which SARIF's readers don't take. */
function oneLine(text, instead = "unknown") {
    return (0,plain_text/* plainLine */.h0)(text).trim() || instead;
}

;// CONCATENATED MODULE: ./src/scan/sarif-rule.ts




/** The rule of a vulnerability or a kind of secret, with what a run found of it, worst first and at least one. */
function ruleOf(id, [first, ...others]) {
    const { finding } = first.judged;
    const title = oneLine(finding.title, id);
    const url = finding.kind === "vulnerability" ? helpUri(finding.url) : undefined;
    const all = [first, ...others];
    const { severity } = finding;
    const score = securitySeverity[severity];
    return {
        id,
        name: (0,plain_text/* shortened */.vI)(id, 255),
        shortDescription: { text: (0,plain_text/* shortened */.vI)(`${id}: ${title}`, 1024) },
        fullDescription: { text: (0,plain_text/* shortened */.vI)(title, 1024) },
        help: { text: helpText(id, title, all, url), markdown: helpMarkdown(id, title, all, url) },
        ...(url === undefined ? {} : { helpUri: url }),
        defaultConfiguration: { level: levels[severity] },
        properties: {
            precision: "very-high",
            ...(score === undefined ? {} : { "security-severity": score }),
            tags: sarif_rule_tagsOf(finding, severity),
        },
    };
}
/** The names of rules: a vulnerability's own, and those of secrets apart from them. */
function ruleId(finding) {
    const id = (0,plain_text/* shortened */.vI)(oneLine(finding.id, "unnamed"), 255);
    return finding.kind === "secret" ? `secret-${id}` : id;
}
/** As Trivy maps them. */
const levels = {
    CRITICAL: "error",
    HIGH: "error",
    MEDIUM: "warning",
    LOW: "note",
    UNKNOWN: "note",
};
/** In the middle of what GitHub shows as critical (over 9), high, medium and low; one that is unknown has none. */
const securitySeverity = {
    CRITICAL: "9.5",
    HIGH: "8.0",
    MEDIUM: "5.5",
    LOW: "2.0",
    UNKNOWN: undefined,
};
/** GitHub takes 20 and shows 10. */
function sarif_rule_tagsOf(finding, severity) {
    const own = finding.kind === "secret" ? ["secret"] : ["vulnerability", `${finding.of}-package`];
    return ["security", ...own, severity.toLowerCase()];
}
/** Rows of the table in a rule's help: a vulnerability of a whole ecosystem can have hundreds. */
const sarif_rule_rows = 20;
function helpMarkdown(id, title, found, url) {
    const head = `**${markdown(id)}** (${severitiesOf(found)}): ${markdown((0,plain_text/* shortened */.vI)(title, 1000))}`;
    const shown = found.slice(0, sarif_rule_rows);
    const table = shown.some(({ judged }) => judged.finding.kind === "vulnerability")
        ? ["| package | installed | fixed in | what to do |", "|---|---|---|---|"]
        : ["| file | what to do |", "|---|---|"];
    const lines = shown.map((each) => `| ${cells(each).join(" | ")} |`);
    const rest = found.length > sarif_rule_rows ? [`and ${found.length - sarif_rule_rows} more`] : [];
    const link = url === undefined ? [] : [`[More about it](<${url}>)`];
    return [head, [...table, ...lines].join("\n"), ...rest, ...link].join("\n\n");
}
function cells({ judged, installed }) {
    const { finding } = judged;
    const remedy = markdown((0,plain_text/* shortened */.vI)(judged.remedy, 300));
    if (finding.kind === "secret")
        return [code(where(finding)), remedy];
    const fixed = finding.fixed === undefined ? "no fix yet" : code((0,plain_text/* shortened */.vI)(finding.fixed, 200));
    return [code(where(finding)), installed.slice(0, 5).map(code).join(", "), fixed, remedy];
}
function helpText(id, title, found, url) {
    const lines = found.slice(0, sarif_rule_rows).map(({ judged, installed }) => {
        const { finding } = judged;
        const versions = finding.kind === "secret"
            ? ""
            : ` ${installed
                .slice(0, 5)
                .map((each) => oneLine(each))
                .join(", ")}`;
        return `${where(finding)}${versions}: ${(0,plain_text/* shortened */.vI)(oneLine(judged.remedy), 300)}`;
    });
    const rest = found.length > sarif_rule_rows ? [`and ${found.length - sarif_rule_rows} more`] : [];
    return [`${id} (${severitiesOf(found)}): ${title}`, ...lines, ...rest, ...(url === undefined ? [] : [url])].join("\n");
}
/** What has it, in the image. */
function where(finding) {
    if (finding.kind === "secret")
        return (0,plain_text/* shortened */.vI)(oneLine(finding.path, "unnamed file"), 300);
    const place = finding.path === undefined ? "" : ` (${oneLine(finding.path)})`;
    return (0,plain_text/* shortened */.vI)(`${oneLine(finding.package, "unnamed package")}${place}`, 300);
}
function severitiesOf(found) {
    const here = new Set(found.map(({ judged }) => judged.finding.severity));
    return scan_finding/* severities */.g
        .filter((each) => here.has(each))
        .join(", ")
        .toLowerCase();
}
/** A page's address as SARIF takes it (RFC 3986, which is stricter than what browsers do); `undefined` for anything else. */
function helpUri(text) {
    if (text === undefined || text.length > 2000 || !URL.canParse(text))
        return undefined;
    const { protocol, hostname, host, pathname, search, username, password } = new URL(text);
    if (protocol !== "https:" || !/^[a-z0-9.-]+$/.test(hostname) || username !== "" || password !== "")
        return undefined;
    return `https://${host}${strictly(pathname)}${strictly(search)}`;
}
function strictly(part) {
    return part
        .replace(/[^A-Za-z0-9\-._~:/?@!$&'()*+,;=%]/gu, (character) => encodeURIComponent(character))
        .replace(/[()']/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
        .replace(/%(?![0-9A-Fa-f]{2})/g, "%25");
}

;// CONCATENATED MODULE: ./src/scan/sarif-result.ts





/** A finding as an alert on the line that brings it. */
function sarif_result_resultOf(found, ruleIndex, image, at, { platforms }) {
    const { finding } = found.judged;
    return {
        ruleId: ruleId(finding),
        ruleIndex,
        level: levels[finding.severity],
        message: { text: withoutLinks(messageOf(found, image, platforms)) },
        locations: [placeOf(finding, image, at)],
        partialFingerprints: { primaryLocationLineHash: fingerprint(image, found.key) },
        ...(finding.ignored === undefined
            ? {}
            : { suppressions: [{ kind: "external", justification: justification(finding.ignored) }] }),
        properties: { severity: finding.severity },
    };
}
/** What makes an alert the same one: not the line, the commit, the tag, the platform or a version. */
function fingerprint(image, key) {
    return (0,external_node_crypto_.createHash)("sha256")
        .update(JSON.stringify([image, key]))
        .digest("hex");
}
function messageOf({ judged, installed }, image, platforms) {
    const { finding } = judged;
    const on = `${oneLine(image)} (${platforms.join(", ")})`;
    const title = (0,plain_text/* shortened */.vI)(oneLine(finding.title, finding.id), 200);
    if (finding.kind === "secret") {
        const line = finding.line === undefined ? "" : `, line ${finding.line}`;
        return `A secret (${title}) lies in ${inImage(finding)}${line} of ${on}. To do: ${remedyOf(judged.remedy)}`;
    }
    const versions = installed
        .slice(0, 5)
        .map((each) => oneLine(each))
        .join(", ");
    const fix = finding.fixed === undefined ? "There is no fix yet." : `Fixed in ${(0,plain_text/* shortened */.vI)(oneLine(finding.fixed), 200)}.`;
    const subject = `${oneLine(finding.package)} ${versions}`;
    return `${subject} in ${on} has ${ruleId(finding)}: ${title}. ${fix} To do: ${remedyOf(judged.remedy)}`;
}
function remedyOf(text) {
    return (0,plain_text/* shortened */.vI)(oneLine(text, "look at the report"), 500);
}
/** Square brackets make links in a message (SARIF 2.1.0, 3.11.6), unless a backslash stands before them. */
function withoutLinks(text) {
    return text.replace(/[\\[\]]/g, "\\$&");
}
/** No length of the line is known: the place is its start. */
function placeOf(finding, image, at) {
    const [line, column] = [at.line ?? 1, at.line === undefined ? 1 : (at.column ?? 1)];
    const inside = inImage(finding);
    return {
        physicalLocation: {
            artifactLocation: { uri: relativeUri(at.file), uriBaseId: repositoryRoot },
            region: { startLine: line, startColumn: column, endLine: line, endColumn: column },
        },
        logicalLocations: [
            { fullyQualifiedName: `${oneLine(image)}: ${inside}`, kind: finding.kind === "secret" ? "file" : "package" },
        ],
        message: { text: withoutLinks(`what brings ${inside} into ${oneLine(image)}`) },
    };
}
function inImage(finding) {
    if (finding.kind === "secret")
        return oneLine(finding.path);
    return finding.path === undefined
        ? oneLine(finding.package)
        : `${oneLine(finding.package)} (${oneLine(finding.path)})`;
}
function justification({ source, statement }) {
    return statement === undefined ? oneLine(source) : `${oneLine(source)}: ${(0,plain_text/* shortened */.vI)(oneLine(statement), 1000)}`;
}
/** A path as a reference (RFC 3986, 4.2), of which no part is taken for a scheme. */
function relativeUri(path) {
    return path
        .toWellFormed()
        .split("/")
        .filter((part) => part !== "" && part !== ".")
        .map(encodeURIComponent)
        .join("/");
}

;// CONCATENATED MODULE: ./src/scan/sarif.ts






/**
 * @param at the line of the image's Dockerfile (or what else it is made from) that brings its base.
 * @returns a run for what all platforms have, also where that is nothing, since it closes the alerts that were; and one for each
 * platform that has more. The same for the same findings, in whatever order they come.
 */
function imageSarif(scan, at) {
    const groups = groupedFindings(scan, { ignored: false });
    const log = (of) => logOf(of.map((group) => runOfGroup(scan.name, group, at)));
    const withMore = new Set(groups.map((group) => group.platform));
    const { log: upload, dropped } = withinLimits(log(groups));
    return {
        image: scan.name,
        file: ignoresAny(scan) ? withinLimits(log(groupedFindings(scan, { ignored: true }))).log : upload,
        upload,
        emptyCategories: scan.platforms
            .filter(({ platform }) => !withMore.has(platform))
            .map(({ platform }) => categoryOf(scan.name, platform))
            .sort(),
        dropped,
    };
}
function ignoresAny({ platforms }) {
    return platforms.some(({ findings }) => findings.some(({ finding }) => finding.ignored !== undefined));
}
function runOfGroup(image, group, at) {
    const run = runOf(categoryOf(image, group.platform));
    const byRule = new Map();
    for (const found of group.findings) {
        const id = ruleId(found.judged.finding);
        const others = byRule.get(id);
        if (others === undefined)
            byRule.set(id, [found]);
        else
            others.push(found);
    }
    const ids = new Map([...byRule.keys()].map((id, index) => [id, index]));
    const rules = [...byRule].map(([id, found]) => ruleOf(id, found));
    const results = group.findings.map((found) => sarif_result_resultOf(found, ids.get(ruleId(found.judged.finding)) ?? 0, image, at, group));
    return { ...run, tool: { ...run.tool, driver: { ...run.tool.driver, rules } }, results };
}

// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __webpack_require__(73136);
;// CONCATENATED MODULE: ./src/scan/code-scanning-patience.ts
const code_scanning_patience_attempts = 5;
/** Milliseconds; doubled each time. */
const code_scanning_patience_firstWait = 1000;
/** Past it there is no use in waiting: a job costs money. */
const longestAskedFor = 60_000;
/**
 * Asks again where nothing answered, where it was the server's fault, and where it was too much at once, at least as late as
 * the server asks. @returns what the last answer was.
 */
async function persistently(question, { clock, random, signal }) {
    for (let attempt = 1;; attempt += 1) {
        const answer = await question();
        if (answer.kind === "answer" || attempt === code_scanning_patience_attempts)
            return answer;
        const { status, retryAfter } = answer;
        const isTransient = retryAfter !== undefined || status === undefined || status === 429 || status >= 500;
        if (!isTransient || (retryAfter ?? 0) > longestAskedFor)
            return answer;
        await clock.sleep((retryAfter ?? 0) + Math.round(code_scanning_patience_firstWait * 2 ** (attempt - 1) * (0.5 + random() / 2)), signal);
    }
}

;// CONCATENATED MODULE: ./src/scan/code-scanning-refusal.ts


/** Why code scanning takes nothing, and what to do; `folder` holds what it didn't take. */
function refusalError(refusal, context, folder) {
    const { because, hint } = reasonOf(refusal, context);
    return new src_errors/* UserError */.yo(`nothing was uploaded to code scanning: ${because}`, {
        hint: `${hint}; the findings are in ${folder}`,
        cause: new Error(`${refusal.status ?? "no answer"}: ${said(refusal)}`),
    });
}
function reasonOf(refusal, context) {
    const { status, retryAfter } = refusal;
    if (retryAfter !== undefined || status === 429)
        return tooMuch(retryAfter);
    if (status === undefined || status >= 500) {
        return { because: `GitHub did not answer (${said(refusal)})`, hint: "run again later" };
    }
    if (status === 401)
        return { because: "the token is not valid", hint: 'leave the input "token" out' };
    if (status === 403)
        return forbidden(refusal, context);
    if (status === 404)
        return notFound(context);
    if (status === 413)
        return { because: "it is too large", hint: 'report less with the input "severity"' };
    return { because: `GitHub says "${said(refusal)}"`, hint: "look whether the commit was pushed" };
}
/** A 403 has one status for several reasons, which only its text tells apart. */
function forbidden(refusal, context) {
    const text = refusal.message.toLowerCase();
    if (/archived/.test(text))
        return { because: "the repository is archived", hint: "set the input `sarif` to `file`" };
    if (/not (?:been )?enabled|must be enabled|not opted/.test(text))
        return notEnabled(context);
    if (context.actor === "dependabot[bot]") {
        return {
            because: "a run that Dependabot started has a token that may only read",
            hint: "run the job again by hand, or let it run on the push after the merge",
        };
    }
    if (/resource not accessible/.test(text)) {
        return {
            because: "the token may not write security events",
            hint: "add `security-events: write` to the job's permissions",
        };
    }
    return {
        because: `GitHub says "${said(refusal)}"`,
        hint: "see that code scanning is enabled and the job's permissions have `security-events: write`",
    };
}
function notEnabled({ serverUrl, owner, repo, isPrivate }) {
    const needs = isPrivate === true ? ", which private repositories need GitHub Code Security for" : "";
    return {
        because: "code scanning is not enabled for this repository",
        hint: `enable it at ${serverUrl}/${owner}/${repo}/settings/security_analysis${needs}, or set the input \`sarif\` to \`file\``,
    };
}
function notFound({ owner, repo }) {
    return {
        because: `GitHub finds no code scanning at ${owner}/${repo}, or hides it from this token`,
        hint: "add `security-events: write` and `contents: read` to the job's permissions, or set the input `sarif` to `file`",
    };
}
function tooMuch(retryAfter) {
    const wait = retryAfter === undefined ? "" : ` (it asks to wait ${Math.ceil(retryAfter / 1000)} s)`;
    return {
        because: `GitHub takes no more requests for now${wait}`,
        hint: "run again later; an hour has 1,000 uploads",
    };
}
function said({ message }) {
    return (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(message).trim(), 300);
}

;// CONCATENATED MODULE: ./src/scan/open-categories.ts



/** Of 100 analyses each. */
const open_categories_mostPages = 10;
/**
 * Our categories whose newest analysis of a ref has results, so that alerts may be open; `undefined` where GitHub doesn't tell.
 */
async function openCategories(codeScanning, ref, patience) {
    const newest = new Map();
    for (let page = 1; page <= open_categories_mostPages; page += 1) {
        const answer = await persistently(() => codeScanning.analyses(ref, toolName, page), patience);
        // There is no analysis at all before the first upload.
        if (answer.kind === "refusal")
            return answer.status === 404 && page === 1 ? [] : undefined;
        for (const { category, results } of answer.value)
            if (!newest.has(category))
                newest.set(category, results);
        if (answer.value.length < 100)
            break;
    }
    return [...newest]
        .filter(([category, results]) => results > 0 && categories_imageOf(category) !== undefined)
        .map(([each]) => each);
}
/** Categories of an image's platforms that have nothing of their own now; in doubt all that might have had something. */
function outlivedPlatforms(sarif, open) {
    if (open === undefined)
        return sarif.emptyCategories;
    const used = new Set(sarif.upload.runs.map((run) => run.automationDetails.id));
    return open.filter((category) => categories_imageOf(category) === sarif.image && !used.has(`${category}/`));
}
/** Categories of images that the repository no longer has. `names`: those of all images that it has. */
function deletedImages(open, names) {
    const known = new Set(names);
    return (open ?? []).filter((category) => {
        const image = categories_imageOf(category);
        return image !== undefined && !known.has(image);
    });
}

;// CONCATENATED MODULE: ./src/scan/upload.ts
/**
 * Hands the findings of images to GitHub's code scanning and waits until they are alerts. Whatever goes wrong is told as
 * data: nothing here ends a run.
 */









/** Uploads run side by side, as each waits mostly. */
const atOnce = 4;
/** When a processing is looked at, in milliseconds after the upload. */
const looks = [5_000, 15_000, 35_000, 75_000, 155_000];
/** Never rejects for what is GitHub's or the network's fault. @throws the signal's reason when aborted. */
async function uploadScans(request, outside) {
    const { images, target, catalog } = request;
    const open = await openCategories(outside.codeScanning, target.ref, outside);
    const deleted = catalog === undefined ? [] : deletedImages(open, catalog);
    const slot = (0,bounded/* slots */.Q)(atOnce);
    const upload = uploader(request, outside);
    const [outcomes, closings] = await Promise.all([
        Promise.all(images.map(async (sarif) => {
            const outlived = outlivedPlatforms(sarif, open).map((category) => runOf(category));
            const files = inFiles([...sarif.upload.runs, ...outlived]);
            const each = await Promise.all(files.map((log) => slot(() => upload(log, sarif.image))));
            return { image: sarif.image, outcome: together(each, sarif.dropped) };
        })),
        Promise.all(inFiles(deleted.map((category) => runOf(category))).map((log) => slot(() => upload(log, "images that were deleted")))),
    ]);
    const all = [...outcomes.map(({ outcome }) => outcome), ...closings];
    const isClosed = closings.every(({ kind }) => kind === "uploaded" || kind === "pending");
    return {
        images: outcomes,
        closed: isClosed ? deleted : [],
        warnings: unique(all.flatMap((each) => (each.kind === "refused" ? [each.error] : []))),
        errors: unique(all.flatMap((each) => (each.kind === "failed" ? [each.error] : []))),
    };
}
/** One file at a time; once the run is refused as such, no more is tried. */
function uploader({ target, context, folder }, outside) {
    const { codeScanning } = outside;
    const root = (0,external_node_url_.pathToFileURL)(context.workspace).href;
    let refused;
    const send = (log) => {
        const sarif = gzipped(log);
        const { ref, commit } = target;
        const analysis = { ref, commit, sarif, checkoutUri: `${root}/`, startedAt: context.startedAt, tool: toolName };
        return persistently(() => codeScanning.upload(analysis), outside);
    };
    return async (log, what) => {
        if (refused !== undefined)
            return { kind: "refused", error: refused };
        let dropped = [];
        let answer = await send(log);
        if (answer.kind === "refusal" && answer.status === 413) {
            const half = halved(log);
            dropped = half.dropped;
            answer = await send(half.log);
        }
        if (answer.kind === "answer") {
            const end = await processed(answer.value, what, folder, outside);
            return end.kind === "failed" ? end : { ...end, dropped };
        }
        const error = refusalError(answer, context, folder);
        if (concernsAll(answer))
            refused = error;
        return { kind: "refused", error };
    };
}
function concernsAll({ status }) {
    return status !== undefined && [401, 403, 404, 429].includes(status);
}
/** What became of an upload. That nothing tells counts as pending: it was taken. */
async function processed(id, what, folder, outside) {
    let waited = 0;
    for (const look of looks) {
        await outside.clock.sleep(look - waited, outside.signal);
        waited = look;
        const answer = await outside.codeScanning.status(id);
        if (answer.kind === "refusal" || answer.value.status === "pending")
            continue;
        if (answer.value.status === "complete")
            return { kind: "uploaded" };
        const said = answer.value.errors.map((text) => (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(text).trim(), 500)).slice(0, 5);
        const error = new src_errors/* UserError */.yo(`code scanning can't process the findings of ${what}: ${said.join("; ") || "no reason given"}`, {
            hint: `run again; if it stays so, report it with the file from ${folder}`,
        });
        return { kind: "failed", error };
    }
    return { kind: "pending" };
}
/** The worst of an image's files. */
function together(outcomes, before) {
    const bad = outcomes.find(({ kind }) => kind === "failed") ?? outcomes.find(({ kind }) => kind === "refused");
    if (bad !== undefined)
        return bad;
    const dropped = outcomes.flatMap((each) => ("dropped" in each ? each.dropped : []));
    return {
        kind: outcomes.some(({ kind }) => kind === "pending") ? "pending" : "uploaded",
        dropped: [...before, ...dropped],
    };
}
function unique(errors) {
    return [...new Map(errors.map((error) => [error.message, error])).values()];
}

;// CONCATENATED MODULE: ./src/scan/upload-target.ts
/**
 * The ref and commit of an upload to code scanning. An upload replaces what is known of a ref, so that one for the wrong ref
 * closes another branch's alerts: where nobody can tell the ref there is none. For pull requests as
 * docs.github.com has it ("Upload an analysis as SARIF data"): the merge commit's ref, or the head's where that is checked out.
 */
function uploadTarget(context, checkedOut) {
    const { trigger } = context;
    if (trigger.kind === "gone")
        return upload_target_none(trigger.what);
    // Gitea's and Forgejo's API, which has no code scanning.
    if (/\/api\/v1\/?$/.test(context.apiUrl))
        return upload_target_none("this forge has none");
    if (trigger.kind === "pull-request")
        return ofPullRequest(context, trigger, checkedOut);
    const head = checkedOut.head ?? context.commit;
    if (head === context.commit)
        return upload_target_target(context.ref.full, head);
    const ref = refOfHead(context.ref.full, checkedOut);
    if (ref !== undefined)
        return upload_target_target(ref, head);
    return upload_target_none(`${upload_target_short(head)} is checked out in place of the event's ${upload_target_short(context.commit)}, and nothing tells which branch or tag it is of`, "let actions/checkout fetch a branch or tag by its name");
}
function ofPullRequest({ commit, ref }, { number, headCommit, fromFork, target: isTarget }, checkedOut) {
    if (fromFork && !isTarget)
        return upload_target_none("the token of a fork's pull request may only read");
    const head = checkedOut.head ?? commit;
    if (head === headCommit)
        return upload_target_target(`refs/pull/${number}/head`, head);
    const merge = `refs/pull/${number}/merge`;
    const isMerge = checkedOut.refs.includes(`refs/remotes/pull/${number}/merge`) || checkedOut.refs.includes(merge);
    // The event's own commit is the merge, but with pull_request_target, where it is the base branch's.
    if (isMerge || (head === commit && ref.full === merge))
        return upload_target_target(merge, head);
    const what = isTarget && head === commit ? "the base branch is" : `${upload_target_short(head)} is`;
    return upload_target_none(`${what} checked out, which is neither the head nor the merge of pull request ${number}`, "let actions/checkout fetch the pull request, or run on `pull_request`");
}
/** What a remote has is a ref of the forge's, and so is a tag. A branch that was made in the job is none. */
function refOfHead(wanted, { branch, refs }) {
    const known = refs.flatMap(ofForge);
    if (known.includes(wanted))
        return wanted;
    if (branch !== undefined)
        return known.includes(branch) ? branch : undefined;
    const [only, ...others] = new Set(known);
    return others.length === 0 ? only : undefined;
}
function ofForge(ref) {
    if (ref.startsWith("refs/tags/"))
        return [ref];
    const [, remote, name] = /^refs\/remotes\/([^/]+)\/(.+)$/s.exec(ref) ?? [];
    if (name === undefined || name === "HEAD")
        return [];
    // As actions/checkout keeps the refs of pull requests.
    return [remote === "pull" ? `refs/pull/${name}` : `refs/heads/${name}`];
}
function upload_target_target(ref, commit) {
    if (/^refs\/(?:heads|tags|pull)\/./s.test(ref))
        return { kind: "target", ref, commit };
    return upload_target_none(`it knows branches, tags and pull requests, and ${ref} is none of them`);
}
function upload_target_none(because, hint) {
    return { kind: "none", because, hint };
}
function upload_target_short(commit) {
    return commit.slice(0, 7);
}

;// CONCATENATED MODULE: ./src/commands/scan-report.ts
/** What becomes of the scans of a run: files for people and tools, and alerts on the repository. */












/** Every finding that is reported, and what asks for attention though nothing is held for it. */
function tellFindings(result, log) {
    for (const { title, lines } of findingGroups(result))
        log.group(title, lines);
    for (const { message, hint, title, at } of findingWarnings(result))
        log.warning(message, hint, { title, at });
}
/** Titled, as they are about no image. */
function scanFailures({ errors }) {
    return errors.map((error) => ({ title: "Code scanning failed", message: (0,src_errors/* explain */.WE)(error), hint: error.hint }));
}
/** Of what GitHub's limits keep out of alerts and SARIF files. */
function leftOutRemarks(images) {
    return images.flatMap(({ image, dropped }) => {
        const all = dropped.reduce((sum, { results }) => sum + results, 0);
        const worst = scan_finding/* severities */.g.find((severity) => dropped.some((each) => each.worst === severity));
        if (worst === undefined)
            return [];
        const what = `${count(all, "finding")} of \`${(0,plain_text/* inBackticks */.Zw)(image)}\` ${all === 1 ? "is" : "are"} left out for code scanning`;
        const message = `${what}, which takes no more: the least severe, ${worst.toLowerCase()} at worst`;
        return [
            { message, hint: "report less with `severity`; the scanner's own reports beside the files have all of it" },
        ];
    });
}
/** Writes what was found, and uploads it. Never rejects for what is the network's or the forge's fault. */
async function reportScans(prepared, session) {
    const report = await handOver(prepared, session);
    return { ...report, remarks: [...report.remarks, ...unwatchedRemarks([...prepared.scanning.scans.values()])] };
}
async function handOver(prepared, session) {
    const { scanning, surveyed } = prepared;
    const scans = [...scanning.scans.values()].filter((scan) => scan.kind === "scanned");
    const { sarif, scan } = session.inputs.settings;
    // Alerts of a deleted image close though nothing else is to be scanned.
    const isNeeded = scans.length > 0 || (scan !== false && surveyed.deletes);
    if (sarif === "off" || !isNeeded)
        return { folder: undefined, remarks: [], errors: [] };
    const places = new Map(surveyed.catalog.images.map((image) => [image.name, baseLocation(image)]));
    const files = scans.map((scan) => ({
        scan,
        sarif: imageSarif(scan, places.get(scan.name) ?? { file: "Dockerfile" }),
    }));
    const folder = `${session.folder}/scans`;
    await Promise.all(files.map(({ scan, sarif }) => writeFiles(scan, sarif, folder, session)));
    const billed = await writeBills(scans, folder, prepared, session);
    const images = files.map(({ sarif }) => sarif);
    const { remarks, errors, uploaded } = await upload(images, folder, prepared, session);
    const leftOut = images.map(({ image, dropped }) => ({ image, dropped: uploaded.get(image) ?? dropped }));
    return {
        folder: files.length === 0 ? undefined : folder,
        remarks: [...billed, ...remarks, ...leftOutRemarks(leftOut)],
        errors,
    };
}
/** Whether the run knows all images, and may say of one that it is gone: another step may publish what this one wasn't told of. */
function isWhole({ inputs, context }) {
    const { only, variant, path, bakeTarget, config, context: ofOne, file } = inputs.settings;
    const lists = [only, path, bakeTarget].every(({ length }) => length === 0);
    const single = [variant, config, ofOne, file].every((each) => each === undefined);
    return lists && single && context.trigger.kind !== "pull-request";
}
async function writeFiles(scan, { file }, folder, { outside: { files } }) {
    const own = folderOf(scan, folder);
    await files.makeDirectory(own);
    await files.write(`${own}/findings.sarif`, sarifText(file));
    await Promise.all(scan.platforms.map(async ({ platform, report }) => {
        const bytes = await files.read(report);
        if (bytes !== undefined)
            await files.write(`${own}/trivy-${platform.replaceAll("/", "-")}.json`, bytes);
    }));
}
/** Bills of materials of the images that want them. @returns a remark for each image of which there is none */
async function writeBills(scans, folder, { scanning, surveyed }, { outside: { files } }) {
    const wanting = new Set(surveyed.catalog.images.flatMap((image) => surveyed.settingsOf(image.publicName, image).scan.cyclonedx ? [image.name] : []));
    const remarks = scans
        .filter(({ name }) => wanting.has(name))
        .map(async (scan) => {
        try {
            for (const { platform, report } of scan.platforms) {
                const path = `${folderOf(scan, folder)}/cyclonedx-${platform.replaceAll("/", "-")}.json`;
                await files.write(path, await scanning.bill(report));
            }
            return [];
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo))
                throw error;
            return [{ message: `of ${scan.name} ${(0,src_errors/* explain */.WE)(error)}`, hint: error.hint }];
        }
    });
    return (await Promise.all(remarks)).flat();
}
function folderOf({ name }, folder) {
    return `${folder}/${encodeURIComponent(name)}`;
}
async function upload(images, folder, { surveyed }, session) {
    const { context, inputs, outside } = session;
    const { token, sarif } = inputs.settings;
    const nothing = { remarks: [], errors: [], uploaded: new Map() };
    if (sarif !== "upload" || token === undefined)
        return nothing;
    const target = await scan_report_targetOf(session);
    if (target.kind === "none") {
        const message = `findings are not uploaded to code scanning, because ${target.because}; they are in ${folder}`;
        if (target.hint === undefined)
            outside.log.info(message);
        return target.hint === undefined ? nothing : { ...nothing, remarks: [{ message, hint: target.hint }] };
    }
    const { owner, repo, apiUrl } = context;
    const codeScanning = outside.codeScanning({ apiUrl, token, owner, repo });
    const catalog = isWhole(session) ? surveyed.catalog.images.map(({ name }) => name) : undefined;
    const report = await uploadScans({ images, target, catalog, context, folder }, { ...outside, codeScanning });
    for (const line of uploadLines(report))
        outside.log.info(line);
    const remarks = [...report.warnings, ...report.errors].map((error) => ({
        message: (0,src_errors/* explain */.WE)(error),
        hint: error.hint,
    }));
    const uploaded = report.images.flatMap(({ image, outcome }) => "dropped" in outcome ? [[image, outcome.dropped]] : []);
    return { remarks, errors: report.errors, uploaded: new Map(uploaded) };
}
function uploadLines({ images, closed }) {
    const lines = images.flatMap(({ image, outcome }) => {
        if (outcome.kind === "pending")
            return [`${image}: findings are uploaded, and GitHub is still processing them`];
        return outcome.kind === "uploaded" ? [`${image}: findings are alerts now`] : [];
    });
    return closed.length === 0 ? lines : [...lines, `alerts of deleted images close: ${closed.join(", ")}`];
}
async function scan_report_targetOf({ git, context, eventCommit, isAtEvent }) {
    const { commit: head } = context;
    // A tag's event may name the tag's own object.
    const event = { ...context, commit: isAtEvent ? head : eventCommit };
    try {
        const [branch, refs] = await Promise.all([git.symbolicRef("HEAD"), git.refsAt(head)]);
        return uploadTarget(event, { head, branch, refs });
    }
    catch (error) {
        if (!(error instanceof git_command/* GitFailure */.Xi))
            throw error;
        return uploadTarget(event, { head, branch: undefined, refs: [] });
    }
}

;// CONCATENATED MODULE: ./src/commands/bump-pins.ts
/** The stage bump: pins of the branch follow what was published, by pull request. */

















/** Nothing to do. */
const noBump = { results: [], moved: [], remarks: [], errors: [] };
/** Titled, as they are about no image. */
function bumpFailures({ errors }) {
    return errors.map(({ message, hint }) => ({ title: "A pull request was refused", message, hint }));
}
/** What was done for images in this run, if anything; the others are looked up. Refusals of the forge are remarks. */
async function bumpPins(prepared, session, images) {
    const { settings } = session.inputs;
    const { surveyed, history } = prepared;
    const target = await bumpTarget(surveyed.bump.branch, session, history);
    if (target.kind === "none") {
        session.outside.log.info(`no pin moves: ${target.because}`);
        return noBump;
    }
    const files = await filesOf(target.at, prepared.bumping.globs, surveyed.catalog, session);
    if (files.length === 0) {
        const wanted = surveyed.catalog.images.flatMap(({ repositories }) => repositories);
        const shown = [...wanted.slice(0, 3), ...(wanted.length > 3 ? [`${wanted.length - 3} more`] : [])].join(", ");
        session.outside.log.info(`no pin moves: no file of ${target.branch} that may pin names ${shown || "an image"}`);
    }
    const { followed, remarks: unasked } = await followedImages(files, images, target, prepared, session);
    const open = await session.git.remoteBranches("image-publish/bump*");
    const groups = bumpGroups(followed, [...open.keys()].map((ref) => ref.slice("refs/heads/".length)), {
        base: target.branch,
        isDefault: target.isDefault,
        grouped: prepared.bumping.pullRequests.grouped,
        isWhole: isWhole(session),
    });
    const ours = repositoriesOf(surveyed.catalog);
    const moves = await Promise.all(groups.map(async (group) => ({ ...group, ...(await movePins(files, group.versions, ours)) })));
    const stays = moves.flatMap(({ left }) => left);
    const ambiguous = stays.filter(({ kind }) => kind === "ambiguous");
    for (const { path, line, why } of stays.filter(({ kind }) => kind === "not-newer")) {
        session.outside.log.info((0,plain_text/* inertLine */.Fq)((0,plain_text/* plainLine */.h0)(`${path}:${line} stays: ${why}`)));
    }
    const moved = moves.flatMap((move) => move.files);
    const remarks = [...unasked, ...ambiguous.map(leftRemark)];
    if (settings.dryRun)
        return { ...noBump, moved, remarks };
    const results = await proposeAll(moves, target, prepared, session, images, open);
    const warnings = results.flatMap((result) => result.warnings.map((warning) => bump_pins_warningOf(result, warning)));
    const refused = results.filter(({ outcome }) => outcome === "refused");
    return {
        results,
        moved,
        remarks: [...remarks, ...warnings],
        errors: surveyed.bump.required === true
            ? refused.flatMap((result) => result.warnings.map((warning) => asError(bump_pins_warningOf(result, warning))))
            : [],
    };
}
function asError({ message, hint }) {
    return new src_errors/* UserError */.yo(message, { hint });
}
/** The files that may name an image of ours. */
async function filesOf(at, globs, { images }, { git }) {
    const isWanted = (path) => globs === undefined ? isPossiblePinFile(path) : globs.some((parts) => globMatches(parts, path.split("/")));
    // A forge's API takes no path that is not UTF-8.
    const listed = (await git.filesIn(at)).filter(({ path }) => path.isWellFormed() && isWanted(path));
    const blobs = await git.blobs([...new Set(listed.map(({ blob }) => blob))]);
    const names = imageNames(images.flatMap(({ repositories }) => repositories));
    const files = listed.flatMap(({ path, blob }) => {
        const bytes = blobs.get(blob);
        return bytes === undefined ? [] : [{ path, bytes }];
    });
    // Charts are told by their images' names, which stand in other files than the version.
    return files.some(({ bytes }) => names.mayBeIn(bytes)) ? files : [];
}
/** One for which nothing moves is closed, where it is open. */
async function proposeAll(moves, { branch, at }, prepared, session, images, open) {
    const settings = prepared.bumping.pullRequests;
    const wanted = moves.filter((move) => move.files.length > 0 || open.has(`refs/heads/${move.branch}`));
    if (wanted.length === 0)
        return [];
    const tools = toolsOf(prepared, session);
    const one = (0,bounded/* bounded */.M)(4, async (move) => {
        const proposal = move.files.length === 0 ? undefined : await proposalOf(move, at, settings, prepared, session, images);
        return propose({ branch: move.branch, base: branch }, proposal, tools);
    });
    return Promise.all(wanted.map(one));
}
async function proposalOf({ versions, files }, at, settings, prepared, session, results) {
    const images = await bumpedImages(versions, files, prepared, session, results);
    const { forge } = prepared;
    const text = pullRequestText({ images, files, at, forge, runUrl: session.context.runUrl });
    const ours = repositoriesOf(prepared.surveyed.catalog);
    return { ...text, at, files, settings, moveAgain: async (again) => (await movePins(again, versions, ours)).files };
}
function repositoriesOf({ images }) {
    return images.flatMap(({ repositories }) => repositories);
}
/** @throws UserError where there is nobody to be. */
function toolsOf({ forge }, { context, inputs, outside }) {
    const { bumpToken, token = bumpToken } = inputs.settings;
    const mine = bumpToken ?? token;
    if (mine === undefined) {
        throw new src_errors/* UserError */.yo("pins are moved by pull request, and there is no token to make one", {
            hint: "leave `token` at its default, or set `bump-token`; on a laptop put one into IMAGE_PUBLISH_TOKEN, or say --dry-run",
        });
    }
    const access = { ...outside, apiUrl: context.apiUrl, owner: context.owner, repo: context.repo, token: mine };
    const client = forge?.kind === "forgejo" ? giteaBumps(access) : githubBumps(access);
    return { ...outside, forge: client, repositoryUrl: (0,run_context/* repositoryUrl */.Ek)(context) };
}
function leftRemark({ image, path, line, why }) {
    return {
        message: `${path}:${line} names ${image}, and stays as it is: ${why}`,
        hint: "write the version there as one whole value, or leave the file out of `bump`",
    };
}
function bump_pins_warningOf({ branch, outcome, newPullRequestUrl }, { message, hint }) {
    if (outcome !== "refused")
        return { message: `the pull request from ${branch} lacks something: ${message}`, hint };
    // The next run fills in what is left out of the link here.
    const page = newPullRequestUrl === undefined ? "" : `; open it by hand: ${newPullRequestUrl.split("&body=")[0]}`;
    return { message: `no pull request from ${branch}: ${message}`, hint: `${hint}${page}` };
}
/** Whatever keeps pins from moving keeps nothing from being published: it is told, and the run goes on. */
async function bumpAfter(work, signal) {
    try {
        signal.throwIfAborted();
        return await work();
    }
    catch (error) {
        if (signal.aborted) {
            const message = "the run was cancelled before its pins had moved";
            return { ...noBump, remarks: [{ message, hint: "let the next run move them, or run `command: bump`" }] };
        }
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        return { ...noBump, remarks: [{ message: `pins were not moved: ${(0,src_errors/* explain */.WE)(error)}`, hint: error.hint }] };
    }
}

;// CONCATENATED MODULE: ./src/commands/nothing-planned.ts
/** The plan of a command that builds nothing. */

function nothingPlanned({ surveyed, push }, { context }) {
    return makePlan({
        event: context.eventName,
        ref: context.ref.full,
        commit: context.commit,
        base: undefined,
        catalog: surveyed.catalog,
        affected: new Map(),
        left: surveyed.left,
        published: new Map(),
        hashes: surveyed.hashes,
        push,
        fresh: false,
        movingTagsOnly: false,
        details: () => {
            throw new Error("nothing is planned");
        },
    });
}

;// CONCATENATED MODULE: ./src/plan/pushes.ts
/**
 * Whether a run pushes what it builds. Never from a pull request of a fork or in a merge group, whatever is wished; from a pull
 * request of the own repository only with `true`. An untrusted checkout outside of pull requests is pushed only with
 * `untrusted`: workflows write `push: ${{ github.event_name != 'pull_request' }}`, which must not opt in by accident.
 */
function pushes({ trigger, ref }, wish, trust) {
    if (wish === "false" || trigger.kind === "merge-group" || trigger.kind === "gone")
        return false;
    if (trigger.kind === "pull-request")
        return wish === "true" && !trigger.fromFork && trust.kind === "trusted";
    if (trust.kind === "untrusted")
        return wish === "untrusted";
    return ref.kind === "branch" || ref.kind === "tag";
}

// EXTERNAL MODULE: ./src/nearest.ts
var nearest = __webpack_require__(37909);
;// CONCATENATED MODULE: ./src/commands/bump-settings.ts


/** @throws UserError for a way of merging that there is none of. */
function pullRequestSettings(said) {
    const merge = said["auto-merge"] ?? "false";
    const autoMerge = ways.find((way) => way === (merge === "true" ? "merge" : merge));
    if (autoMerge === undefined && merge !== "false") {
        const hint = `write ${ways.join(", ")} or false${(0,nearest/* didYouMean */.a)(merge, ways)}`;
        throw new src_errors/* UserError */.yo(`the config file's bump can't be merged by "auto-merge: ${merge}"`, { hint });
    }
    const texts = (names) => (names ?? []).map(({ value }) => value);
    return {
        labels: texts(said.labels),
        reviewers: texts(said.reviewers),
        assignees: texts(said.assignees),
        draft: said.draft ?? false,
        autoMerge: autoMerge ?? false,
        grouped: said.grouped ?? false,
    };
}
const ways = ["merge", "squash", "rebase"];

;// CONCATENATED MODULE: ./src/changes/common-ancestor.ts
/** Few commits first: most branches are short, and a whole history may be gigabytes. */
const steps = [50, 500, 5_000, "everything"];
/**
 * The merge base of two commits that are here. A shallow clone is deepened until the answer is certain: with history missing,
 * git may find none, or an older one, which would make changes that were since reverted look like none.
 */
async function commonAncestor(git, one, other) {
    let found = await git.mergeBase(one, other);
    for (const step of steps) {
        if (found?.isCertain)
            return { kind: "found", commit: found.commit };
        if (!(await git.isShallow()))
            break;
        const fetched = await git.fetch([one, other], step);
        if (fetched.kind === "failed")
            return { kind: "none", why: fetched.failure.message };
        if (fetched.kind === "gone")
            return { kind: "none", why: "the remote has lost one of the commits" };
        found = await git.mergeBase(one, other);
    }
    // All there is has been looked at; a clone may stay shallow elsewhere.
    if (found !== undefined)
        return { kind: "found", commit: found.commit };
    return { kind: "none", why: "the histories are unrelated" };
}

;// CONCATENATED MODULE: ./src/commands/history.ts
/** How commits stand to one another: asked from the checkout, then from the forge, then from the remote's history. */




/** Each question is asked once. Never rejects for what can't be told. */
function openHistory(session) {
    // One question after the other: each may deepen the clone, which others would see half-way.
    const ask = (0,bounded/* bounded */.M)(1, ([ancestor, descendant]) => askAncestor(session, ancestor, descendant));
    const once = onceEach(ask, (commits) => commits.join(" "));
    const isAncestor = (ancestor, descendant) => once([ancestor, descendant]);
    return {
        async position(commit, to) {
            if (commit === to)
                return "same";
            const descends = await isAncestor(to, commit);
            if (descends === true)
                return "descends";
            const before = await isAncestor(commit, to);
            if (before === true)
                return "before";
            return descends === undefined || before === undefined ? "unknown" : "apart";
        },
        // Asked anew each time: what was the head when the plan was made may not be it any more.
        isHeadNow: () => isHeadNow(session),
    };
}
async function askAncestor({ git, context, inputs, outside }, ancestor, descendant) {
    return unlessGitFails(async () => {
        const here = await git.isAncestor(ancestor, descendant);
        if (here !== "unknown")
            return here === "yes";
        const forge = outside.forge(context.apiUrl, inputs.settings.token);
        const told = await forge.contains(context.owner, context.repo, descendant, ancestor);
        if (told !== undefined)
            return told;
        const missing = await git.missing([ancestor, descendant]);
        if (missing.length > 0 && (await git.fetch(missing, "tip")).kind !== "fetched")
            return undefined;
        const found = await commonAncestor(git, ancestor, descendant);
        if (found.kind === "found")
            return found.commit === ancestor;
        return (await git.isShallow()) ? undefined : false;
    });
}
/** Of a pull request it is the head that people push; the merge of it is the forge's. */
async function isHeadNow({ git, context, trust, history }) {
    const { trigger, ref } = context;
    if (trust.kind === "untrusted" && ref.kind === "pull") {
        return unlessGitFails(async () => (await history.commitOf(ref.full)) === trust.head);
    }
    const isPull = trigger.kind === "pull-request";
    // A git tag is always its own head, which says nothing of others.
    if (!isPull && ref.kind !== "branch")
        return undefined;
    const [asked, expected] = isPull
        ? [`refs/pull/${trigger.number}/head`, trigger.headCommit]
        : [ref.full, context.commit];
    return unlessGitFails(async () => {
        const now = await git.remoteCommit(asked);
        return now === undefined ? undefined : now === expected;
    });
}
async function unlessGitFails(ask) {
    try {
        return await ask();
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/scan/origin.ts

/** Of bases that are built on one another, the lowest that has the layer brought it. */
function originOf({ layer }, { platform, layers }, bases) {
    const index = layer === undefined ? -1 : layers.findIndex(({ diffId }) => diffId === layer);
    const found = layers[index];
    if (found === undefined)
        return { kind: "unknown" };
    const isBelow = (diffIds) => diffIds.length > index && diffIds.every((each, place) => layers[place]?.diffId === each);
    const [lowest] = bases
        .map((base) => ({ base, diffIds: base.diffIds.get(platform) ?? [] }))
        .filter(({ diffIds }) => isBelow(diffIds))
        // An image of ours that adds no layer of its own brought none.
        .sort((a, b) => a.diffIds.length - b.diffIds.length || Number(a.base.isOwn) - Number(b.base.isOwn));
    if (lowest !== undefined)
        return { kind: "base", name: lowest.base.name, isOwn: lowest.base.isOwn };
    const step = stepOf(found.createdBy ?? "");
    return step === "" ? { kind: "unknown" } : { kind: "step", step };
}
/**
 * A step as it stands in the Dockerfile, of what an image's history says (OCI image-spec, config.md, "history"): BuildKit and
 * the classic builder put the shell before the command. Values of build arguments are gone by then (`trivy/history.ts`).
 */
function stepOf(createdBy) {
    const line = (0,plain_text/* plainLine */.h0)(createdBy.slice(0, 4000)).trim();
    const step = line
        .replace(/# buildkit$/, "")
        .replace(/^\/bin\/sh -c #\(nop\) +/, "")
        .replace(/^(?:RUN )?\/bin\/(?:ba|a)?sh -[a-z]+ /, "RUN ")
        .replace(/ {2,}/g, " ")
        .trim();
    return (0,plain_text/* shortened */.vI)(step, 120);
}

;// CONCATENATED MODULE: ./src/scan/remedy.ts
/** What to do about a finding, in a short sentence, and which images a mere rebuild would mend. Pure. */


/**
 * Of each package's fixes the highest, so that forty findings of one package have one remedy. Versions are compared as a person
 * reads them, number by number, as there is one order for each ecosystem and this is for people.
 */
function highestFixes(findings) {
    const fixes = new Map();
    for (const finding of findings) {
        if (finding.kind !== "vulnerability" || finding.fixed === undefined)
            continue;
        const known = fixes.get(packageKey(finding));
        if (known === undefined || natural.compare(finding.fixed, known) > 0)
            fixes.set(packageKey(finding), finding.fixed);
    }
    return fixes;
}
/** Names in it have no backticks, which set off the step. @param bases those of which `origin` may name one. */
function remedy_remedyOf(finding, origin, { bases, fixes }) {
    if (finding.kind === "secret") {
        const step = origin.kind === "step" ? ` out of the step \`${(0,plain_text/* inBackticks */.Zw)(origin.step)}\`` : " out of the image";
        return `revoke it and keep it${step}: what a later layer removes stays readable`;
    }
    const { fixed } = finding;
    const name = (0,plain_text/* inBackticks */.Zw)(finding.package);
    if (fixed === undefined)
        return `take ${name} out if nothing needs it, or say in .trivyignore.yaml why it does no harm`;
    const upgrade = `upgrade ${name} to ${(0,plain_text/* inBackticks */.Zw)(alternatives(fixes.get(packageKey(finding)) ?? fixed))}`;
    const path = finding.path === undefined ? undefined : (0,plain_text/* inBackticks */.Zw)(finding.path);
    switch (origin.kind) {
        case "base":
            return ofBase(finding, origin, upgrade, bases);
        case "step":
            return path === undefined
                ? `${upgrade} in the step \`${(0,plain_text/* inBackticks */.Zw)(origin.step)}\``
                : `${upgrade} (${path}, from the step \`${(0,plain_text/* inBackticks */.Zw)(origin.step)}\`)`;
        case "unknown":
            return path === undefined ? upgrade : `${upgrade} (${path})`;
    }
}
/**
 * What building it anew, with fresh bases and without cache, would mend by itself: what has a fix of the packages of the operating
 * system that a step of its own or of an image below it installs; each once, whatever platforms have it. Packages of languages are
 * locked by files of the repository as a rule, and a base that has not moved brings the same again.
 */
function mendedByRebuild(scan) {
    if (scan.kind === "unscanned")
        return [];
    const mended = scan.platforms.flatMap(({ findings }) => findings.flatMap(({ finding, isReported, origin }) => {
        const isInstalled = origin.kind !== "base" || origin.isOwn;
        const isFixable = finding.kind === "vulnerability" && finding.of === "os" && finding.fixed !== undefined;
        return isReported && isInstalled && isFixable ? [finding] : [];
    }));
    return [...new Map(mended.map((each) => [(0,scan_finding/* findingKey */.f)(each), each])).values()];
}
function ofBase({ package: name, of }, origin, upgrade, bases) {
    const base = (0,plain_text/* inBackticks */.Zw)(origin.name);
    if (origin.isOwn)
        return `${upgrade} in ${base}, which this is built on`;
    const { hasMoved = false, isPinned = false } = bases.find((each) => each.name === origin.name && !each.isOwn) ?? {};
    if (hasMoved)
        return `base ${base} has a newer digest: ${isPinned ? "pin that" : "rebuild"}`;
    const steps = of === "os" ? `${upgrade} in a step of your own, or take a newer base` : `take a newer base, or ${upgrade}`;
    return `base ${base} brings ${(0,plain_text/* inBackticks */.Zw)(name)}: ${steps}`;
}
/** Databases put versions that mend different lines beside one another. */
function alternatives(fixed) {
    return fixed.split(/\s*,\s*/).join(" or ");
}
function packageKey({ package: name, path }) {
    return `${name}\0${path ?? ""}`;
}
const natural = new Intl.Collator("en", { numeric: true });

;// CONCATENATED MODULE: ./src/scan/judge.ts




/**
 * How each finding stands, and what follows. With `no-worse` a finding holds a candidate if it counts and is new; one that the
 * published image has too, though perhaps without a fix then, makes the run red and holds nothing: what would stay published is no
 * better. A candidate that could not be scanned passes only where nothing counts anyway.
 */
function judge_judge(scanned, { name, rules, published, bases }) {
    if (scanned.kind === "unscanned") {
        const passes = rules.failOn.size === 0 && !rules.failOnSecrets;
        return { kind: "unscanned", name, rules, error: scanned.error, passes };
    }
    const fixes = highestFixes(scanned.platforms.flatMap(({ findings }) => findings.filter((each) => reports(each, rules))));
    const isItself = published.kind === "itself";
    const before = isItself ? scanned.platforms : published.kind === "published" ? published.platforms : [];
    const platforms = scanned.platforms.map((scan) => {
        const known = before.find((each) => each.platform === scan.platform);
        return judgePlatform(scan, known, rules, (finding) => {
            const origin = originOf(finding, scan, bases);
            const remedy = remedy_remedyOf(finding, origin, { bases, fixes: reports(finding, rules) ? fixes : new Map() });
            return { origin, remedy };
        });
    });
    const counting = platforms.flatMap(({ findings }) => findings.filter(({ counts }) => counts));
    const holding = rules.gate === "strict" ? counting : counting.filter(({ standing }) => standing === "new");
    const comparedWith = published.kind === "published" ? { kind: published.kind, tag: published.tag, digest: published.digest } : published;
    return {
        kind: "scanned",
        name,
        rules,
        platforms,
        comparedWith,
        passes: isItself || holding.length === 0,
        isRed: counting.length > 0,
    };
}
function judgePlatform(scan, before, rules, explained) {
    const { platform, digest, os, unwatched, report } = scan;
    // The same bytes have the same findings, whatever the second scan came to.
    const isSame = before?.digest === digest;
    const keys = new Set(before?.findings.map(scan_finding/* findingKey */.f));
    const now = new Set(scan.findings.map(scan_finding/* findingKey */.f));
    const findings = scan.findings.map((finding) => {
        const standing = isSame || keys.has((0,scan_finding/* findingKey */.f)(finding)) ? "known" : "new";
        const isReported = reports(finding, rules);
        return { finding, standing, counts: countsBy(finding, rules), isReported, ...explained(finding) };
    });
    const gone = isSame
        ? []
        : (before?.findings ?? []).filter((each) => !now.has((0,scan_finding/* findingKey */.f)(each)) && reports(each, rules));
    const system = { os, ...(unwatched === undefined ? {} : { unwatched }) };
    return { platform, digest, ...system, findings: byWeight(findings), gone, report };
}
function countsBy(finding, { failOn, failOnSecrets, ignoreUnfixed }) {
    if (finding.ignored !== undefined)
        return false;
    if (finding.kind === "secret")
        return failOnSecrets;
    return failOn.has(finding.severity) && (finding.fixed !== undefined || !ignoreUnfixed);
}
/** What counts is reported too, or nobody could tell why the run is red. */
function reports(finding, rules) {
    if (finding.ignored !== undefined)
        return false;
    return rules.severity.has(finding.severity) || countsBy(finding, rules);
}

;// CONCATENATED MODULE: ./src/scan/base-layers.ts

/**
 * The layers of an image on one platform, lowest first, by the digests of what is unpacked from them (OCI image-spec,
 * "Layer DiffID"). @returns `undefined` where it has no such platform. @throws RegistryError
 */
async function layersOf(registry, repository, digest, platform) {
    const image = await base_layers_imageOf(registry, repository, digest, platform);
    if (image === undefined)
        return undefined;
    return diffIds(await registry.blob(repository, image.config));
}
async function base_layers_imageOf(registry, repository, digest, platform) {
    const document = (await registry.manifest(repository, digest))?.document;
    if (document?.kind !== "index")
        return document;
    const entry = platformsOf(document).find((each) => each.platform === platform);
    const found = entry && (await registry.manifest(repository, entry.manifest.digest))?.document;
    return found?.kind === "manifest" ? found : undefined;
}
/** Of an image's config, which is hostile text. */
function diffIds(config) {
    try {
        const parsed = JSON.parse(new TextDecoder().decode(config));
        const rootfs = typeof parsed === "object" && parsed !== null && "rootfs" in parsed ? parsed.rootfs : undefined;
        const ids = typeof rootfs === "object" && rootfs !== null && "diff_ids" in rootfs ? rootfs.diff_ids : undefined;
        return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/commands/image-bases.ts





/** Finds what images are built on; each base is looked up once. What can't be looked up is left out, and never an error. */
function openBases({ images, registry, built }) {
    const byName = new Map(images.map((image) => [image.name, image]));
    const layers = onceEach(({ repository, digest, platform }) => orUnknown(layersOf(registry, repository, digest, platform)), ({ repository, digest, platform }) => `${repository}@${digest} ${platform}`);
    const now = onceEach((name) => orUnknown(currentDigest(registry, name)));
    async function diffIds(repository, digest, platforms) {
        const read = platforms.map(async (platform) => [platform, await layers({ repository, digest, platform })]);
        return new Map((await Promise.all(read)).flatMap(([platform, ids]) => (ids === undefined ? [] : [[platform, ids]])));
    }
    async function basesOf(image, taken, platforms) {
        const base = finalBase(image);
        if (base === undefined)
            return [];
        if (base.kind === "image") {
            const { digest: pinned, ...named } = base.reference;
            const tagged = named.tag === undefined ? `${named.repository}:latest` : (0,oci_reference/* formatReference */.FH)(named);
            const digest = pinned ?? taken[tagged];
            if (digest === undefined)
                return [];
            const current = pinned !== undefined && named.tag === undefined ? undefined : await now(tagged);
            return [
                {
                    name: familiar(tagged),
                    isOwn: false,
                    isPinned: pinned !== undefined,
                    hasMoved: current !== undefined && current !== digest,
                    diffIds: await diffIds(named.repository, digest, platforms),
                },
            ];
        }
        const parent = byName.get(base.name);
        const found = await built(base.name);
        if (parent === undefined || found === undefined)
            return [];
        const own = {
            name: base.name,
            isOwn: true,
            isPinned: false,
            hasMoved: false,
            diffIds: "layers" in found ? found.layers : await diffIds(found.repository, found.digest, platforms),
        };
        return [own, ...(await basesOf(parent, found.bases, platforms))];
    }
    return {
        /** Nearest first. @param taken what its build took from outside, by name. */
        basesOf,
        /** Whether something that an image took from outside goes by another digest now; what can't be asked hasn't moved. */
        async moved(taken) {
            const asked = await Promise.all(Object.entries(taken).map(async ([name, digest]) => ({ name, digest, current: await now(name) })));
            return asked.flatMap(({ name, digest, current }) => current === undefined || current === digest ? [] : [familiar(name)]);
        },
    };
}
async function currentDigest(registry, name) {
    const { repository, tag } = (0,oci_reference/* tryReference */.$Q)(name) ?? {};
    return repository === undefined || tag === undefined || !(0,oci_reference/* isTag */.dz)(tag) ? undefined : registry.head(repository, tag);
}
function familiar(name) {
    const { repository, tag } = (0,oci_reference/* tryReference */.$Q)(name) ?? {};
    return repository === undefined ? name : `${(0,oci_reference/* familiarRepository */.Yu)(repository)}${tag === undefined ? "" : `:${tag}`}`;
}
/** Registries of others may refuse, or not be reached from here. */
async function orUnknown(asked) {
    try {
        return await asked;
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/oci/docker-config.ts
/** docker's own configuration (`config.json`), as far as registries' logins go. Its rules are docker/cli's, cli/config. */

/** `$DOCKER_CONFIG`, else `~/.docker`; `undefined` where there is no home either. */
function dockerConfigFolder(env) {
    return env.DOCKER_CONFIG || (env.HOME ? `${env.HOME}/.docker` : undefined);
}
/** What docker calls a registry in its configuration: the host, and Docker Hub by the address of its first API. */
function serverAddress(host) {
    return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}
/**
 * Parses `config.json`. `where` names it in messages, which never quote it. Entries that hold nothing (docker leaves them
 * beside a credential store) are left out. @throws UserError when it is malformed.
 */
function parseDockerConfig(text, where) {
    const document = parseDockerDocument(text, where);
    const auths = new Map();
    for (const [address, entry] of Object.entries(recordOf(document.auths, "auths", where))) {
        const credentials = credentialsOf(recordOf(entry, `auths.${address}`, where), `auths.${address}`, where);
        if (credentials !== undefined)
            auths.set(address, credentials);
    }
    const credHelpers = new Map();
    for (const [host, helper] of Object.entries(recordOf(document.credHelpers, "credHelpers", where))) {
        if (typeof helper !== "string")
            throw docker_config_malformed(where, `credHelpers.${host} is no text`);
        credHelpers.set(host, helper);
    }
    const { credsStore } = document;
    return { auths, credHelpers, credsStore: typeof credsStore === "string" && credsStore ? credsStore : undefined };
}
/** The whole document, for those who write it anew. @throws UserError when it is no JSON object. */
function parseDockerDocument(text, where) {
    try {
        return recordOf(JSON.parse(text.trim() === "" ? "{}" : text), "it", where);
    }
    catch (cause) {
        if (cause instanceof src_errors/* UserError */.yo)
            throw cause;
        // The parser's message quotes the text around the fault, which may be a password.
        throw docker_config_malformed(where, "it is no JSON");
    }
}
/** The entry for exactly this host, as docker looks for it: the address itself, else a URL or path on that host. */
function entryFor(entries, host) {
    const exact = entries.get(serverAddress(host));
    if (exact !== undefined)
        return exact;
    for (const [address, entry] of entries) {
        if (hostOfAddress(address) === host)
            return entry;
    }
    return undefined;
}
const dockerHub = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);
/** The registry's host that a key of `auths` is about, in the form that references have. */
function hostOfAddress(address) {
    const withoutScheme = address.replace(/^[a-z]+:\/\//i, "");
    const host = withoutScheme.split("/", 1)[0]?.toLowerCase() ?? "";
    return dockerHub.has(host) ? "docker.io" : host;
}
function credentialsOf(entry, key, where) {
    const { auth, username, password, identitytoken } = entry;
    if (typeof identitytoken === "string" && identitytoken)
        return { kind: "identity-token", token: identitytoken };
    if (typeof auth === "string" && auth) {
        const decoded = Buffer.from(auth, "base64").toString("utf8");
        const colon = decoded.indexOf(":");
        if (colon < 1)
            throw docker_config_malformed(where, `${key}.auth is not the base64 of user:password`);
        return {
            kind: "basic",
            username: decoded.slice(0, colon),
            password: decoded.slice(colon + 1).replaceAll("\0", ""),
        };
    }
    if (typeof username === "string" && username && typeof password === "string") {
        return { kind: "basic", username, password };
    }
    return undefined;
}
function recordOf(value, what, where) {
    if (value === undefined || value === null)
        return {};
    if (typeof value !== "object" || Array.isArray(value))
        throw docker_config_malformed(where, `${what} is no object`);
    return value;
}
function docker_config_malformed(where, why) {
    return new src_errors/* UserError */.yo(`${where} cannot be read: ${why}`, {
        hint: "mend it, or remove it and log in to the registries anew",
    });
}

;// CONCATENATED MODULE: ./src/oci/credential-helper.ts
/** Credential helpers: programs called docker-credential-X that keep logins (docker/docker-credential-helpers, "Usage"). */


const credential_helper_timeout = 30_000;
/** What helpers for the clouds and the desktops look at. The job's tokens and inputs are none of it. */
const helperVariables = /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|LANG|DOCKER_CONFIG|DBUS_SESSION_BUS_ADDRESS|GNUPGHOME|PASSWORD_STORE_DIR|XDG_[A-Z_]+|(?:AWS|AZURE|GOOGLE|CLOUDSDK|GCE)_[A-Z0-9_]+|(?:https?|no|HTTPS?|NO)_(?:proxy|PROXY)|SSL_CERT_(?:FILE|DIR))$/;
/** @returns `undefined` when the helper knows no login for the host. @throws UserError when it cannot tell. */
async function askHelper(helper, host, env, processes) {
    const program = `docker-credential-${helper}`;
    const hint = `log in with docker/login-action, or take ${helper} out of docker's config.json`;
    const ended = await processes
        .run(program, ["get"], { env: helperEnvironment(env), input: serverAddress(host), timeout: credential_helper_timeout })
        .catch((cause) => {
        throw new src_errors/* UserError */.yo(`${program}, which docker's config.json names for ${host}, could not be run`, {
            hint,
            cause,
        });
    });
    const answer = new TextDecoder().decode(ended.stdout);
    if (ended.code !== 0) {
        // Helpers report on stdout, and "not found" is told from failures by its words alone.
        if (/credentials not found/i.test(answer))
            return undefined;
        const said = ended.stderr.trim().split("\n").at(-1)?.slice(0, 200);
        throw new src_errors/* UserError */.yo(`${program} gave no login for ${host}: exit code ${ended.code}${said ? ` (${said})` : ""}`, {
            hint,
        });
    }
    return parseAnswer(answer) ?? fail(`${program} gave no login for ${host}: its answer is malformed`, hint);
}
function helperEnvironment(env) {
    const handed = {};
    for (const [name, value] of Object.entries(env)) {
        if (value !== undefined && helperVariables.test(name))
            handed[name] = value;
    }
    return handed;
}
function parseAnswer(text) {
    let answer;
    try {
        answer = JSON.parse(text);
    }
    catch {
        return undefined;
    }
    if (typeof answer !== "object" || answer === null || !("Username" in answer) || !("Secret" in answer))
        return undefined;
    const { Username: username, Secret: secret } = answer;
    if (typeof username !== "string" || typeof secret !== "string" || secret === "")
        return undefined;
    return username === "<token>"
        ? { kind: "identity-token", token: secret }
        : { kind: "basic", username, password: secret };
}
function fail(message, hint) {
    throw new src_errors/* UserError */.yo(message, { hint });
}

;// CONCATENATED MODULE: ./src/scan/trivy/invocation.ts
/** One run of Trivy: an empty working directory, so that no setting of the checkout is taken, and a minimal environment. */




/** Minutes that one run may take. Trivy's own five are too few for large images. */
const longestRun = 15;
/**
 * Runs to the end, whatever the exit code. `env` comes on top of the environment. @throws UserError when it takes more than
 * so many minutes
 */
function runTrivy(trivy, args, env = {}, minutes = longestRun + 1) {
    const { program, processes, environment, cwd, signal } = trivy;
    return processes.run(program, args, {
        cwd,
        env: { ...environment, ...env },
        timeout: minutes * 60_000,
        signal,
    });
}
const taken = [
    "PATH",
    "TMPDIR",
    "TZ",
    "DOCKER_AUTH_CONFIG",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    // By it a runner finds what a killed job left behind, such as the server.
    "RUNNER_TRACKING_ID",
    ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
];
/**
 * Nothing of the job's tokens or of the user's settings for Trivy. What older versions don't know as an option is said by
 * variables, which they pass over.
 */
function trivyEnvironment({ env, home, login, usesHelpers, }) {
    const names = usesHelpers ? Object.keys(env).filter((name) => helperVariables.test(name)) : [];
    const kept = [...new Set([...taken, ...names])].flatMap((name) => {
        const value = env[name];
        return value === undefined ? [] : [[name, value]];
    });
    const dockerConfig = dockerConfigFolder(env);
    return {
        ...(dockerConfig === undefined ? {} : { DOCKER_CONFIG: dockerConfig }),
        HOME: home,
        ...Object.fromEntries(kept),
        ...("DOCKER_CONFIG" in login ? { DOCKER_CONFIG: login.DOCKER_CONFIG } : {}),
        TRIVY_DISABLE_TELEMETRY: "true",
        TRIVY_SKIP_VERSION_CHECK: "true",
        TRIVY_MODULE_DIR: `${home}/modules`,
    };
}
/** What Trivy said last of why it gives up, as one line without its time stamps. */
function lastWords({ stderr, code }) {
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    const fatal = lines.findLastIndex((line) => line.includes("\tFATAL\t"));
    const said = (fatal < 0 ? lines.slice(-1) : lines.slice(fatal))
        .join(" ")
        .replace(/^.*\tFATAL\t(?:Fatal error\t)?/, "");
    // The wrappings of each layer come first, the reason last.
    const reason = said.replace(/^(?:run|image scan|scan|init|filter|filtering|flag|DB|database) (?:error|failed): /, "");
    return reason === "" ? `exit code ${code}` : (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(reason), 600);
}
/** A run that failed. `about` is what it was for: `web (linux/arm64) could not be scanned`. */
function trivyError(about, finished) {
    const words = lastWords(finished);
    return new src_errors/* UserError */.yo(`${about}: ${words}`, { hint: remedies.find(({ of }) => of.test(words))?.hint ?? otherwise });
}
const otherwise = "run again; if it stays, scan the image with `trivy image` by hand, or set `scan: false` meanwhile";
const remedies = [
    {
        of: /ignore file not found|\.(?:trivyignore|ya?ml)\S* (?:error|parse error)/i,
        hint: "mend or remove the ignore file",
    },
    { of: /\bVEX\b/, hint: "mend the VEX document: OpenVEX, CycloneDX and CSAF are understood" },
    {
        of: /UNAUTHORIZED|DENIED|\b40[13]\b/,
        hint: "let the job read the registry: `packages: read`, or `registry-username` and `registry-password`",
    },
    { of: /TOOMANYREQUESTS|\b429\b/, hint: "run again later, or log in to the registry: it allows more to those who do" },
    { of: /MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/, hint: "look whether the image is still in the registry" },
    { of: /no space left/, hint: "free disk space on the runner before this step" },
    { of: /deadline exceeded|timeout/i, hint: "run again; a larger runner scans large images faster" },
];

;// CONCATENATED MODULE: ./src/scan/trivy/patience.ts
/** Seconds between attempts: what holds back for longer than this is better known than waited for. */
const waits = [2, 10, 30];
/** What may well succeed later. */
class Transient extends Error {
    name = "Transient";
}
/** Does it again while it throws `Transient`. @throws what the last attempt threw, or else its cause */
async function patiently(action, { clock, random, signal }) {
    for (let attempt = 0;; attempt += 1) {
        try {
            return await action();
        }
        catch (error) {
            const wait = waits[attempt];
            if (!(error instanceof Transient))
                throw error;
            if (wait === undefined)
                throw error.cause ?? error;
            // The jitter keeps the jobs of one workflow apart.
            await clock.sleep(Math.round(wait * 1000 * (1 + random() / 2)), signal);
        }
    }
}

;// CONCATENATED MODULE: ./src/scan/trivy/database.ts
/**
 * Trivy's databases: kept by the runner's cache service from day to day, else fetched from the first mirror that gives them,
 * else, rather than none, those of earlier days.
 */




const vulnerabilities = {
    folder: "db",
    what: "vulnerability database",
    arguments: ["--download-db-only", "--db-repository"],
    variable: "TRIVY_DB_REPOSITORY",
    mirrors: [
        "mirror.gcr.io/aquasec/trivy-db:2",
        "ghcr.io/aquasecurity/trivy-db:2",
        "public.ecr.aws/aquasecurity/trivy-db:2",
    ],
};
/** Tells archives of Java that don't say themselves what they are. Asked for only where there are any. */
const javaArchives = {
    folder: "java-db",
    what: "database of Java archives",
    arguments: ["--download-java-db-only", "--java-db-repository"],
    variable: "TRIVY_JAVA_DB_REPOSITORY",
    mirrors: [
        "mirror.gcr.io/aquasec/trivy-java-db:1",
        "ghcr.io/aquasecurity/trivy-java-db:1",
        "public.ecr.aws/aquasecurity/trivy-java-db:1",
    ],
};
/** @returns the folder that holds the database. @throws UserError when there is none to be had */
async function obtainDatabase(kind, trivy, deps) {
    const { files, clock, env, keptFolders, log } = deps;
    const place = `${deps.store}/${kind.folder}`;
    const mirrors = mirrorsOf(env[kind.variable]) ?? kind.mirrors;
    const isFresh = async () => ((await nextUpdate(place, files)) ?? 0) > clock.now().getTime();
    if (await isFresh())
        return place;
    const prefix = `image-publish-trivy-${kind.folder}-${database_hash(mirrors.join())}-`;
    const key = `${prefix}${clock.now().toISOString().slice(0, 10)}`;
    if ((await nextUpdate(place, files)) === undefined) {
        const restored = await keptFolders.restore(place, key, prefix);
        if (restored !== undefined)
            log.debug(`the ${kind.what} comes from the cache: ${restored}`);
        if (await isFresh())
            return place;
    }
    try {
        await fetchDatabase(kind, mirrors, place, trivy, deps);
    }
    catch (error) {
        const known = await nextUpdate(place, files);
        if (known === undefined || !(error instanceof src_errors/* UserError */.yo))
            throw error;
        const old = `one that was to be replaced on ${day(known)} is used`;
        log.warning(`${error.message}\n${old}: newer vulnerabilities are not found`, error.hint);
        return place;
    }
    // At once: a run that fails later has fetched it all the same. Another run of today may have been faster.
    deps.afterwards(keptFolders.keep(place, key));
    return place;
}
/** A comma between them, as Trivy takes it. */
function mirrorsOf(text) {
    const mirrors = (text ?? "").split(",").flatMap((each) => each.trim() || []);
    return mirrors.length === 0 ? undefined : mirrors;
}
/** When its next edition comes, in milliseconds; `undefined` where there is no database, or none that can be read. */
async function nextUpdate(place, files) {
    try {
        const bytes = await files.read(`${place}/metadata.json`);
        const metadata = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
        const said = typeof metadata === "object" && metadata !== null && "NextUpdate" in metadata && metadata.NextUpdate;
        const time = typeof said === "string" ? Date.parse(said) : Number.NaN;
        return Number.isNaN(time) ? undefined : time;
    }
    catch {
        return undefined;
    }
}
/**
 * One mirror after the other, all of them again after a while. What was there before goes only when there is a newer one: a
 * mirror that lags behind is as good as one that fails, but for what it gave if there is nothing newer. @throws UserError when
 * none gives one of today
 */
async function fetchDatabase(kind, mirrors, place, trivy, deps) {
    const { files, clock, folder, log } = deps;
    const [download, repository] = kind.arguments;
    /** What mirrors gave that is to be replaced already, by mirror. */
    const old = new Map();
    let fetches = 0;
    const ask = async (mirror) => {
        // Of its own: Trivy takes nothing else for an hour where it has fetched one.
        const work = `${folder}/fetched-${kind.folder}-${++fetches}`;
        const args = ["image", download, repository, mirror, "--cache-dir", work, "--no-progress", "--quiet"];
        const ended = await runTrivy(trivy, args);
        if (ended.code !== 0)
            return lastWords(ended);
        const given = `${work}/${kind.folder}`;
        const next = await nextUpdate(given, files);
        return next === undefined ? `${mirror} gave one that can't be read` : { place: given, next };
    };
    const fresh = patiently(async () => {
        const failures = [];
        for (const mirror of mirrors) {
            const given = old.get(mirror) ?? (await ask(mirror));
            if (typeof given === "string")
                failures.push(given);
            else if (given.next > clock.now().getTime()) {
                log.debug(`the ${kind.what} comes from ${mirror}`);
                return given;
            }
            else {
                old.set(mirror, given);
                failures.push(`${mirror} gave one that was to be replaced on ${day(given.next)}`);
            }
        }
        const cause = new src_errors/* UserError */.yo([`the ${kind.what} could not be fetched:`, ...failures].join("\n  "), {
            hint: `let the runner reach ${mirrors[0]}, or name a mirror of your own in ${kind.variable}`,
        });
        throw failures.every((failure) => definite.test(failure)) ? cause : new Transient(cause.message, { cause });
    }, deps);
    try {
        await install(await fresh, place, deps);
    }
    catch (error) {
        const [newest] = [...old.values()].sort((a, b) => b.next - a.next);
        const known = (await nextUpdate(place, files)) ?? Number.NEGATIVE_INFINITY;
        if (newest !== undefined && newest.next > known)
            await install(newest, place, deps);
        throw error;
    }
}
async function install({ place: from }, to, { files, store }) {
    await files.remove(to);
    await files.makeDirectory(store);
    await files.move(from, to);
}
function day(time) {
    return new Date(time).toISOString().slice(0, 10);
}
/** Asking again does not change these. */
const definite = /MANIFEST_UNKNOWN|NAME_UNKNOWN|UNAUTHORIZED|DENIED|status code 40[134]|could not parse|no space left|gave one that/;
function database_hash(text) {
    return (0,external_node_crypto_.createHash)("sha256").update(text).digest("hex").slice(0, 8);
}

;// CONCATENATED MODULE: ./src/scan/trivy/fields.ts
/** Reading Trivy's JSON, of which nothing is believed. */


/** Empty for what is no object. */
function fields(value) {
    return isFields(value) ? value : {};
}
/** Empty for what is no list; what is no object in it is passed over. */
function list(value) {
    return Array.isArray(value) ? value.filter(isFields) : [];
}
/** The same for what must not be overlooked. @throws UserError for what is neither nothing nor a list of objects */
function wholeList(value, what) {
    if (value === undefined || value === null)
        return [];
    if (Array.isArray(value) && value.every(isFields))
        return value;
    throw notUnderstood(`its ${what} are no list`);
}
/** Unknown is never "nothing found". */
function notUnderstood(why) {
    return new src_errors/* UserError */.yo(`Trivy's report is not understood: ${why}`, {
        hint: "take another version of Trivy from PATH, so that the pinned one is used; if that wrote it, report this",
    });
}
/** One line, shortened; `undefined` for what is no text, and for an empty one. */
function line(value, length = 500) {
    const text = typeof value === "string" ? (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(value.slice(0, 4 * length)).trim(), length) : "";
    return text === "" ? undefined : text;
}
function isFields(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./src/scan/trivy/history.ts
/** The steps of an image's history, as BuildKit writes them, without what build arguments held. */

/**
 * `RUN |2 TOKEN=… USER=… /bin/sh -c make` stands in the history of an image whose step saw these arguments. Of these nothing
 * is shown, which can also be said by mistake where the arguments end: then no more than the instruction is.
 */
function stepText(createdBy) {
    const text = line(createdBy, 2_000)?.replace(/ # buildkit(?:\.\S+)?$/, "");
    if (text === undefined)
        return undefined;
    const withArguments = /^(RUN )?\|\d+ (.*)$/.exec(text);
    if (withArguments === null)
        return text;
    const [, instruction = "", rest = ""] = withArguments;
    // The last one: an argument may hold a shell, too.
    const shell = [...rest.matchAll(/ (?=\/\S*sh(?: -\w*o \w+| -\w+)* -\w*c )/g)].at(-1)?.index;
    return `${instruction}${shell === undefined ? "" : rest.slice(shell + 1)}`.trim() || undefined;
}
/** The steps that made layers, lowest first; `undefined` where the history does not fit the layers. */
function layerSteps(imageConfig, layers) {
    const steps = list(imageConfig.history).filter(({ empty_layer: isEmpty }) => isEmpty !== true);
    return steps.length === layers ? steps.map(({ created_by: createdBy }) => stepText(createdBy)) : undefined;
}
/** What a kept report says of the image's configuration: no variables, no labels, no arguments. */
function keptConfig(imageConfig, holdsSecret) {
    const { architecture, os, created, history, rootfs } = fields(imageConfig);
    const steps = list(history).map(({ created: at, created_by: createdBy, empty_layer: isEmpty }) => ({
        ...(at === undefined ? {} : { created: at }),
        ...(holdsSecret || isEmpty === true ? {} : { created_by: stepText(createdBy) ?? "" }),
        ...(isEmpty === true ? { empty_layer: true } : {}),
    }));
    return { architecture, os, created, history: steps, rootfs, config: {} };
}

;// CONCATENATED MODULE: ./src/scan/trivy/kept-result.ts
/** What is kept of an entry of Trivy's report: no secret, nor what may hold one that nobody knows. */

/** Trivy blots out what it knows as a secret, and shows the lines around it. @param isOfFile whether its target is a path */
function keptResult(result, isOfFile) {
    const { Target: target } = result;
    const modified = suppressed(result);
    return {
        ...result,
        ...(isOfFile && result.Class === "secret" && typeof target === "string" ? { Target: withoutTokens(target) } : {}),
        ...(result.Secrets === undefined ? {} : { Secrets: wholeList(result.Secrets, "secrets").map(keptSecret) }),
        ...(modified.length === 0 ? {} : { ExperimentalModifiedFindings: modified.map(keptModified) }),
    };
}
function keptModified(each) {
    return each.Type === "secret" ? { ...each, Finding: keptSecret(fields(each.Finding)) } : each;
}
function keptSecret({ Code: _code, Match: _match, Layer: layer, ...rest }) {
    const { Digest: digest, DiffID: diffId } = fields(layer);
    return layer === undefined ? rest : { ...rest, Layer: { Digest: digest, DiffID: diffId } };
}
/** Of a path that holds a secret: who puts one into a file may also name the file after it. Its beginning tells its kind. */
function withoutTokens(path) {
    return path.replace(/[\w-]{20,}/g, (run) => (/\d/.test(run) && /[A-Za-z]/.test(run) ? `${run.slice(0, 4)}…` : run));
}
/** What ignore files and VEX documents took out. */
function suppressed(result) {
    return wholeList(result.ExperimentalModifiedFindings, "ignored findings");
}

;// CONCATENATED MODULE: ./src/scan/trivy/report.ts
/** Trivy's report (JSON, SchemaVersion 2) as findings, and as what is kept of it. */






/** @param sourceOf how an ignore file or VEX document is called. @throws UserError when it is none, not understood, or of another platform */
function readReport(bytes, platform, sourceOf) {
    const document = report_parse(bytes);
    refuseOtherSchema(document);
    const metadata = fields(document.Metadata);
    const config = fields(metadata.ImageConfig);
    refuseOther(config, platform);
    const results = wholeList(document.Results, "results");
    const artifact = line(document.ArtifactName);
    const holdsSecret = results.some((result) => isOfConfig(result, artifact) && secretsOf(result).length > 0);
    return {
        ...systemOf(metadata.OS, results),
        layers: report_layersOf(config, holdsSecret),
        findings: withoutRepeats(results.flatMap((result) => report_findingsOf(result, artifact, sourceOf))),
        kept: {
            ...document,
            Metadata: { ...metadata, ImageConfig: keptConfig(config, holdsSecret) },
            Results: results.map((result) => keptResult(result, !isOfConfig(result, artifact))),
        },
    };
}
function report_parse(bytes) {
    try {
        return fields(JSON.parse(new TextDecoder().decode(bytes)));
    }
    catch (cause) {
        throw new src_errors/* UserError */.yo("Trivy's report can't be read", {
            hint: "run again, with another version of Trivy if it stays",
            cause,
        });
    }
}
/** In one that we don't know, findings may stand elsewhere: it would look like none. */
function refuseOtherSchema({ SchemaVersion: version }) {
    if (version === 2)
        return;
    throw new src_errors/* UserError */.yo(`Trivy's report is of schema ${line(`${version}`, 20)}, and only schema 2 is understood`, {
        hint: "take another version of Trivy from PATH, so that the pinned one is used",
    });
}
/** A scan of the wrong platform looks like any other. */
function refuseOther(config, platform) {
    const { os, architecture } = (0,oci_platform/* partsOf */.CI)(platform);
    if (config.architecture === architecture && config.os === os)
        return;
    const seen = line(`${config.os ?? "?"}/${config.architecture ?? "?"}`, 50);
    throw new src_errors/* UserError */.yo(`Trivy looked at ${seen} where ${platform} was to be scanned`, {
        hint: "look whether the image's configuration names its own platform (`docker buildx imagetools inspect`)",
    });
}
/**
 * Trivy (0.76) has an entry for the system's packages, also where nothing is found or installed, of each system that it has
 * findings for; none for Fedora, say, and for packages of a system that it can't make out, which it calls `none`.
 */
function systemOf(system, results) {
    if (system === undefined || system === null)
        return { os: undefined };
    const { Family: family, Name: name, EOSL: isEnded } = fields(system);
    const os = family === "none" ? undefined : line([family, name].filter((part) => typeof part === "string").join(" "), 100);
    if (isEnded === true)
        return { os, unwatched: "ended" };
    return results.some((result) => result.Class === "os-pkgs") ? { os } : { os, unwatched: "unknown" };
}
function report_layersOf(config, holdsSecret) {
    const { diff_ids: ids } = fields(config.rootfs);
    const diffIds = Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
    const steps = holdsSecret ? undefined : layerSteps(config, diffIds.length);
    return diffIds.map((diffId, at) => ({ diffId, createdBy: steps?.[at] }));
}
/** Secrets in an image's configuration are reported under the image's own name. */
function isOfConfig(result, artifact) {
    return result.Class === "secret" && line(result.Target) === artifact;
}
const secretsOf = (result) => [
    ...wholeList(result.Secrets, "secrets"),
    ...suppressed(result).filter(({ Type: type }) => type === "secret"),
];
function report_findingsOf(result, artifact, sourceOf) {
    const path = isOfConfig(result, artifact) ? undefined : line(result.Target);
    const found = [
        ...wholeList(result.Vulnerabilities, "vulnerabilities").map((raw) => vulnerability(raw, result, undefined)),
        ...wholeList(result.Secrets, "secrets").map((raw) => secret(raw, path, undefined)),
    ];
    const taken = suppressed(result).flatMap((each) => {
        const ignored = { source: sourceOf(line(each.Source) ?? ""), statement: line(each.Statement) };
        const raw = fields(each.Finding);
        if (each.Type === "secret")
            return [secret(raw, path, ignored)];
        return each.Type === "vulnerability" ? [vulnerability(raw, result, ignored)] : [];
    });
    return [...found, ...taken];
}
function vulnerability(raw, result, ignored) {
    const [id, name] = [line(raw.VulnerabilityID, 100), line(raw.PkgName, 200)];
    if (id === undefined || name === undefined)
        throw notUnderstood("a vulnerability has no name, or is of no package");
    const isOs = result.Class === "os-pkgs";
    return {
        kind: "vulnerability",
        id,
        severity: severityOf(raw.Severity),
        title: line(raw.Title, 200) ?? line(raw.Description, 200) ?? id,
        layer: line(fields(raw.Layer).DiffID, 100),
        ignored,
        package: name,
        installed: line(raw.InstalledVersion, 100) ?? "?",
        fixed: line(raw.FixedVersion, 200),
        of: isOs ? "os" : "language",
        path: isOs ? undefined : relative(line(raw.PkgPath) ?? line(result.Target)),
        url: [raw.PrimaryURL, ...(Array.isArray(raw.References) ? raw.References : [])].map(webPage).find(Boolean),
    };
}
function secret(raw, path, ignored) {
    const id = line(raw.RuleID, 100);
    if (id === undefined)
        throw notUnderstood("a secret names no rule that found it");
    const { StartLine: start } = raw;
    const isOfFile = path !== undefined;
    return {
        kind: "secret",
        id,
        severity: severityOf(raw.Severity),
        title: line(raw.Title, 200) ?? id,
        layer: line(fields(raw.Layer).DiffID, 100),
        ignored,
        path: relative(path && withoutTokens(path)) ?? imageConfiguration,
        line: isOfFile && typeof start === "number" && Number.isInteger(start) && start > 0 ? start : undefined,
    };
}
/** In place of a path: variables, labels and the history, which lie in no file. */
const imageConfiguration = "(image configuration)";
function severityOf(value) {
    const known = scan_finding/* severities */.g.find((severity) => severity === value);
    if (known === undefined)
        throw notUnderstood(`a finding has the severity ${line(value, 20) ?? "none"}`);
    return known;
}
function relative(path) {
    return path?.replace(/^\/+/, "");
}
function webPage(value) {
    const url = typeof value === "string" && value.length < 500 ? URL.parse(value) : null;
    return url?.protocol === "https:" ? url.href : undefined;
}
/** The same secret in a variable and in the history's line that set it; a line that matches a rule twice. */
function withoutRepeats(findings) {
    const known = new Map();
    for (const finding of findings) {
        const at = finding.kind === "secret" ? finding.line : finding.installed;
        const key = `${(0,scan_finding/* findingKey */.f)(finding)}\0${at}\0${finding.ignored === undefined}`;
        if (!known.has(key))
            known.set(key, finding);
    }
    return [...known.values()];
}

;// CONCATENATED MODULE: ./src/scan/trivy/view.ts
/**
 * An OCI layout that shows one platform of another layout: asked for a platform of a layout, Trivy scans the first one
 * that it finds (seen with 0.76).
 */



/** Makes it in `view`, absolute and not there yet. @throws UserError when the layout lacks the manifest */
async function makeView(layout, manifest, view, files) {
    const bytes = await files.read(`${layout}/blobs/${manifest.replace(":", "/")}`);
    if (bytes === undefined || (0,oci_digest/* digestOf */.ol)(bytes) !== manifest) {
        throw new src_errors/* UserError */.yo(`${manifest} is not in the image that was built (${layout})`, {
            hint: "run again; another step of the job must not change what lies there",
        });
    }
    const { mediaType } = parseManifest(bytes);
    const index = {
        schemaVersion: 2,
        mediaType: mediaTypes.index,
        manifests: [{ mediaType, digest: manifest, size: bytes.length }],
    };
    await files.makeDirectory(view);
    await files.write(`${view}/index.json`, JSON.stringify(index));
    await files.write(`${view}/oci-layout`, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await files.link(`${layout}/blobs`, `${view}/blobs`);
}

;// CONCATENATED MODULE: ./src/scan/trivy/scan-platform.ts
/** One platform of an image: a run of Trivy, and what it found. */






/** @throws UserError when it can't be scanned */
async function scanPlatform(subject, session) {
    const { files, fresh, reports, workspace } = session;
    const { name, platform, digest, options } = subject;
    const about = `${name} (${platform}) could not be scanned`;
    const raw = fresh("report");
    try {
        await scan_platform_scan([...(await sourceArguments(subject, session)), ...optionArguments(options)], raw, about, session);
        await ignoreByOthers(options, raw, about, session);
        const bytes = await files.read(raw);
        if (bytes === undefined)
            throw new src_errors/* UserError */.yo(`${about}: Trivy left no report`, { hint: "run again" });
        const sourceOf = (path) => pathIn(workspace, path);
        const { kept, ...read } = readReport(bytes, platform, sourceOf);
        const report = `${reports}/${fileName(`${name}-${platform}-${digest.slice(7, 19)}`)}.json`;
        await files.write(report, JSON.stringify(kept));
        return { platform, digest, ...read, report };
    }
    finally {
        // It may hold secrets.
        await files.remove(raw).catch(() => undefined);
    }
}
const always = [
    ...["--scanners", "vuln,secret", "--format", "json", "--show-suppressed", "--quiet", "--no-progress"],
    ...["--skip-db-update", "--skip-java-db-update", "--offline-scan", "--timeout", `${longestRun}m`],
];
async function scan_platform_scan(what, output, about, session) {
    const args = ["image", ...always, "--cache-dir", session.cache, "--output", output, ...what];
    let ended = await onServer(args, session);
    if (ended.code !== 0 && lacksJavaDatabase.test(ended.stderr)) {
        await session.database(javaArchives);
        ended = await onServer(args, session);
    }
    if (ended.code !== 0)
        throw trivyError(about, ended);
}
/** Once more, on another server, where this one ended meanwhile (as a machine short of memory ends it): it takes every scan along. */
async function onServer(args, session) {
    const trivy = await session.trivy();
    const run = (server) => runTrivy(trivy, [...args, ...server.arguments], server.environment);
    const server = await session.server();
    const ended = await run(server);
    if (ended.code === 0 || (await server.isUp()))
        return ended;
    await server.stop();
    return run(await session.server());
}
/** How Trivy asks for it: in vain, since every database is ours to fetch, once. */
const lacksJavaDatabase = /Java DB.*first run/;
async function sourceArguments(subject, session) {
    const { source, digest } = subject;
    if (source.kind === "registry")
        return ["--image-src", "remote", `${source.repository}@${digest}`];
    const view = session.fresh("view");
    await makeView(source.folder, digest, view, session.files);
    return ["--input", view];
}
/** Trivy takes one ignore file alone; what the others take out of its report is asked for afterwards. */
function optionArguments({ ignoreFiles: [first], vex }) {
    return [...(first === undefined ? [] : ["--ignorefile", first]), ...vex.flatMap((each) => ["--vex", each])];
}
async function ignoreByOthers({ ignoreFiles: [, ...others] }, report, about, session) {
    for (const file of others) {
        const output = session.fresh("ignored");
        const args = [
            "convert",
            "--format",
            "json",
            "--show-suppressed",
            "--quiet",
            "--ignorefile",
            file,
            "--output",
            output,
        ];
        const ended = await runTrivy(await session.trivy(), [...args, report]);
        if (ended.code !== 0)
            throw trivyError(about, ended);
        await session.files.remove(report);
        await session.files.move(output, report);
    }
}
function pathIn(folder, path) {
    const relative = external_node_path_.posix.relative(folder, path);
    return relative.startsWith("../") ? path : relative;
}
/** Letters of names of images alone, so that it is one file in the folder whatever the name. */
function fileName(text) {
    return text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}

;// CONCATENATED MODULE: ./src/oci/docker-login.ts

/**
 * Writes the folder and returns the variables that docker and buildx need to use it and to find everything else where it
 * was: builders (BUILDX_CONFIG) and the engine's certificates (DOCKER_CERT_PATH); contexts are copied, plugins named in the
 * file. @returns no variables, and writes nothing, when there is no login to add.
 */
async function privateDockerConfig(options) {
    const { files, folder, logins, env } = options;
    if (logins.size === 0)
        return {};
    const original = dockerConfigFolder(env);
    const bytes = original === undefined ? undefined : await files.read(`${original}/config.json`);
    const existing = bytes && { text: new TextDecoder().decode(bytes), path: `${original}/config.json` };
    await files.makeDirectory(folder);
    const plugins = original === undefined ? [] : [`${original}/cli-plugins`];
    await files.write(`${folder}/config.json`, dockerConfigWith(logins, existing, plugins), { private: true });
    if (original === undefined)
        return { DOCKER_CONFIG: folder };
    await copyFolder(files, `${original}/contexts`, `${folder}/contexts`);
    return {
        DOCKER_CONFIG: folder,
        BUILDX_CONFIG: env.BUILDX_CONFIG || `${original}/buildx`,
        // Where TLS is asked for by environment, the certificates' default place is beside config.json.
        ...(env.DOCKER_TLS_VERIFY && !env.DOCKER_CERT_PATH ? { DOCKER_CERT_PATH: original } : {}),
    };
}
/**
 * The text of config.json with the logins added: everything else stays as it was. A host's own (empty) entry in
 * `credHelpers` makes docker look into this file where a `credsStore` is set.
 */
function dockerConfigWith(logins, existing, pluginFolders = []) {
    const document = existing === undefined ? {} : parseDockerDocument(existing.text, existing.path);
    const auths = Object.entries(document.auths ?? {}).filter(([address]) => !logins.has(hostOfAddress(address)));
    const helpers = Object.entries(document.credHelpers ?? {}).filter(([host]) => !logins.has(hostOfAddress(host)));
    const needsHelpers = helpers.length > 0 || Boolean(document.credsStore);
    const extraFolders = Array.isArray(document.cliPluginsExtraDirs) ? document.cliPluginsExtraDirs : [];
    const addresses = [...logins].map(([host, credentials]) => [serverAddress(host), credentials]);
    const merged = {
        ...document,
        auths: Object.fromEntries([...auths, ...addresses.map(([address, login]) => [address, authEntry(login)])]),
        ...(needsHelpers
            ? { credHelpers: Object.fromEntries([...helpers, ...addresses.map(([address]) => [address, ""])]) }
            : {}),
        cliPluginsExtraDirs: [...extraFolders, ...pluginFolders],
    };
    return `${JSON.stringify(merged, undefined, 2)}\n`;
}
function authEntry(credentials) {
    return credentials.kind === "basic"
        ? { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64") }
        : { identitytoken: credentials.token, auth: Buffer.from("<token>:").toString("base64") };
}
async function copyFolder(files, from, to) {
    const entries = await files.list(from);
    if (entries === undefined)
        return;
    await files.makeDirectory(to);
    for (const { name, kind } of entries) {
        if (kind === "directory")
            await copyFolder(files, `${from}/${name}`, `${to}/${name}`);
        if (kind !== "file")
            continue;
        const content = await files.read(`${from}/${name}`);
        // Contexts hold private keys too.
        if (content !== undefined)
            await files.write(`${to}/${name}`, content, { private: true });
    }
}

;// CONCATENATED MODULE: ./src/scan/trivy/server.ts
/**
 * Trivy's server holds the database and what is known of each layer; the scans are its clients. Scans that open the cache
 * of layers by themselves lock each other out: one that waits for more than five seconds fails (seen with 0.76).
 */



/** @returns one that answers. @throws UserError when none comes up */
async function startServer(deps) {
    for (let attempt = 1;; attempt += 1) {
        try {
            return await startOn(await deps.freePort(), deps);
        }
        catch (error) {
            deps.trivy.signal.throwIfAborted();
            // Another program may have taken the port.
            if (attempt === 3)
                throw error;
        }
    }
}
async function startOn(port, { trivy, http, clock, cache }) {
    const own = new AbortController();
    const environment = { TRIVY_TOKEN: (0,external_node_crypto_.randomBytes)(24).toString("hex") };
    const args = ["server", "--listen", `127.0.0.1:${port}`, "--cache-dir", cache, "--skip-db-update", "--quiet"];
    const signal = AbortSignal.any([own.signal, trivy.signal]);
    let failure;
    const about = "Trivy's server did not start";
    const ended = runTrivy({ ...trivy, signal }, args, environment, hours).then((finished) => {
        failure = trivyError(about, finished);
    }, (error) => {
        failure = error;
    });
    const stop = async () => {
        own.abort();
        await ended;
    };
    for (let waited = 0; waited < patience; waited += pause) {
        if (failure !== undefined)
            throw failure;
        if (await answers(port, http, signal)) {
            const isUp = () => answers(port, http, signal);
            return { arguments: ["--server", `http://127.0.0.1:${port}`], environment, ended, isUp, stop };
        }
        await clock.sleep(pause, trivy.signal);
    }
    await stop();
    throw new src_errors/* UserError */.yo(`${about}: no answer within ${patience / 1000} s`, {
        hint: "run again, on a runner with less to do",
    });
}
/** Milliseconds. */
const patience = 60_000;
const pause = 25;
/** Minutes: longer than any job. */
const hours = 24 * 60;
async function answers(port, http, signal) {
    try {
        const url = `http://127.0.0.1:${port}/healthz`;
        return (await http.send({ method: "GET", url, timeout: 5_000, signal })).status === 200;
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./src/scan/trivy/archive.ts
/** The archive of the pinned release: kept in the runner's tool cache, and believed only by its checksum. */




const ownTrivy = "put a trivy of your own on PATH";
/**
 * The archive's bytes, from the tool cache (`kept`, absolute) or else downloaded and kept there. They are checked either way:
 * on a runner that stays, other jobs can write there. @throws UserError when it can't be had
 */
async function verifiedArchive(archive, kept, deps) {
    const { files, log } = deps;
    const found = await files.read(kept).catch(() => undefined);
    if (found !== undefined) {
        if (sha256(found) === archive.sha256)
            return found;
        const hint = "nothing: it is downloaded again; on a runner of your own find out what changed it";
        log.warning(`the Trivy in the tool cache is not the one that was put there: ${kept}`, hint);
        await files.remove(kept).catch(() => undefined);
    }
    log.info(`fetching ${archive.url}`);
    const bytes = await patiently(() => download(archive.url, deps), deps);
    const sum = sha256(bytes);
    if (sum !== archive.sha256) {
        throw new src_errors/* UserError */.yo(`${archive.url} is not what it was: its sha256 is ${sum}, not ${archive.sha256}`, {
            hint: `do not run what lies there; ${ownTrivy} until this is cleared up`,
        });
    }
    await keep(bytes, kept, deps).catch((error) => log.debug(`Trivy is not kept: ${(0,src_errors/* messageOf */.bD)(error)}`));
    return bytes;
}
/** Whole or not at all: another job may read it at the same time. */
async function keep(bytes, kept, { files, random }) {
    await files.makeDirectory(external_node_path_.posix.dirname(kept));
    const part = `${kept}.${random().toString(36).slice(2, 10)}`;
    await files.write(part, bytes);
    await files.move(part, kept);
}
const limits = { timeout: 600_000, stall: 60_000, maximumBody: 256 * 1024 * 1024 };
const redirects = new Set([301, 302, 303, 307, 308]);
/** The server that a release's address leads to is another one, and knows no login. */
async function download(url, { http, signal }) {
    const failed = (why, cause) => new src_errors/* UserError */.yo(`Trivy could not be downloaded from ${url}: ${why}`, {
        hint: `let the runner reach github.com, or ${ownTrivy}`,
        cause,
    });
    let next = url;
    for (let hops = 0; hops <= 5; hops += 1) {
        const response = await http.send({ method: "GET", url: next, signal, ...limits }).catch((cause) => {
            signal.throwIfAborted();
            throw new Transient((0,src_errors/* messageOf */.bD)(cause), { cause: failed((0,src_errors/* messageOf */.bD)(cause), cause) });
        });
        const { status, headers, body } = response;
        if (status === 200)
            return body;
        const location = redirects.has(status) ? URL.parse(headers.location ?? "", next) : null;
        if (location === null) {
            const error = failed(`the answer was ${status}`);
            throw status === 429 || status >= 500 ? new Transient(error.message, { cause: error }) : error;
        }
        next = location.href;
    }
    throw failed("it leads from one address to the next without end");
}
function sha256(bytes) {
    return (0,external_node_crypto_.createHash)("sha256").update(bytes).digest("hex");
}

;// CONCATENATED MODULE: ./src/scan/trivy/release.ts
/**
 * The release of Trivy that is used where the runner has none. Its sums stand here, in our own bundle, and not beside the
 * download: in March 2026 upstream's account was used to replace releases (CVE-2026-33634).
 */
/** Versions that were replaced by malicious programs: never run. */
const poisonedVersions = new Set(["0.69.4"]);
const releases = "https://github.com/aquasecurity/trivy/releases/download";
const pinnedRelease = {
    version: "0.76.0",
    archives: {
        "linux/x64": {
            url: `${releases}/v0.76.0/trivy_0.76.0_Linux-64bit.tar.gz`,
            sha256: "e24b1c51293c1b15e4ba8d45bbc7891ba053f90278ec2698f3562c993e145fe7",
        },
        "linux/arm64": {
            url: `${releases}/v0.76.0/trivy_0.76.0_Linux-ARM64.tar.gz`,
            sha256: "aab21e677a7b7071fc79f1711480840754c18a1b9d9cefa7ccd06af63a0e8f4c",
        },
    },
};

;// CONCATENATED MODULE: ./src/scan/trivy/tool.ts
/** Which Trivy is run: the user's own where there is one on PATH, else the pinned release. */




/** The program to run. @throws UserError when there is none for this machine, or it can't be had */
async function findTool(deps) {
    const own = await versionOnPath(deps);
    if (own !== undefined && !poisonedVersions.has(own)) {
        deps.log.info(`Trivy ${own} from PATH scans`);
        return "trivy";
    }
    if (own !== undefined) {
        const hint = "remove it from the runner, and change the secrets of every job that ran it (CVE-2026-33634)";
        deps.log.warning(`the Trivy on PATH calls itself ${own}, which was replaced by a malicious program`, hint);
    }
    const program = await unpacked(deps);
    deps.log.info(`Trivy ${deps.release.version} scans`);
    return program;
}
async function versionOnPath({ processes, env, folder, signal }) {
    const minimal = { PATH: env.PATH ?? "", HOME: folder };
    const run = processes.run("trivy", ["--version"], { cwd: folder, env: minimal, timeout: 60_000, signal });
    const ended = await run.catch((error) => {
        // Not there, or not to be started.
        if (error instanceof src_errors/* UserError */.yo)
            return undefined;
        throw error;
    });
    const [, version] = /^Version: *(\S+)/m.exec(new TextDecoder().decode(ended?.stdout)) ?? [];
    return version === undefined ? undefined : (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(version), 40);
}
/** Checked when it is unpacked, and unpacked for this run alone: what lies in the tool cache is never run as it is. */
async function unpacked(deps) {
    const { release, machine, folder, env, processes, signal } = deps;
    const archive = release.archives[machine];
    if (archive === undefined) {
        throw new src_errors/* UserError */.yo(`there is no pinned Trivy for this machine (${machine})`, {
            hint: "put a trivy of your own on PATH, or set `scan: false`",
        });
    }
    const root = env.RUNNER_TOOL_CACHE || `${env.XDG_CACHE_HOME || `${env.HOME || folder}/.cache`}/image-publish`;
    const kept = `${root}/image-publish-trivy/${release.version}/${machine.replace("/", "-")}/trivy.tar.gz`;
    const input = await verifiedArchive(archive, kept, deps);
    const minimal = { PATH: env.PATH ?? "" };
    const args = ["-xzf", "-", "-C", folder, "trivy"];
    const { code, stderr } = await processes.run("tar", args, { env: minimal, input, timeout: 120_000, signal });
    if (code !== 0) {
        throw new src_errors/* UserError */.yo(`Trivy could not be unpacked: ${(0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(stderr), 300)}`, {
            hint: `look at the space on the disk that holds ${folder}`,
        });
    }
    return `${folder}/trivy`;
}

;// CONCATENATED MODULE: ./src/scan/trivy/session.ts
/** Trivy, its databases and its server, for one run. */







/** `close` ends the server, and waits until the databases are kept; it never rejects. */
function openSession(deps) {
    const { files, folder, log } = deps;
    const cache = `${folder}/cache`;
    const pending = [];
    let names = 0;
    let running;
    const tool = onceEach((_) => makeTrivy(deps));
    const database = onceEach(async (kind) => {
        const afterwards = (work) => void pending.push(work.catch((error) => log.debug((0,src_errors/* messageOf */.bD)(error))));
        const place = await obtainDatabase(kind, await tool("once"), { ...deps, afterwards });
        await files.makeDirectory(cache);
        await files.link(place, `${cache}/${kind.folder}`);
    });
    const server = () => {
        running ??= (async () => {
            await database(vulnerabilities);
            const started = await startServer({ ...deps, trivy: await tool("once"), cache });
            // Whoever needs one from then on starts another.
            void started.ended.then(() => {
                running = undefined;
            });
            return started;
        })();
        return running;
    };
    return {
        ...deps,
        cache,
        trivy: () => tool("once"),
        server,
        database,
        fresh: (what) => `${folder}/${what}-${++names}`,
        async close() {
            await running?.then((started) => started.stop()).catch(() => undefined);
            await Promise.all(pending);
        },
    };
}
async function makeTrivy(deps) {
    const { credentials, env, files, folder, processes, signal } = deps;
    const [cwd, home] = [`${folder}/empty`, `${folder}/home`];
    await Promise.all([cwd, home, deps.reports].map((each) => files.makeDirectory(each)));
    const logins = await credentials.added();
    const login = await privateDockerConfig({ files, folder: `${folder}/docker`, logins, env });
    const program = await findTool(deps);
    const environment = trivyEnvironment({ env, home, login, usesHelpers: credentials.usesHelpers });
    return { program, processes, environment, cwd, signal };
}

;// CONCATENATED MODULE: ./src/scan/trivy/open-scanner.ts
/** The scanner: Trivy, its database and its server for one run. */






function openScanner(deps) {
    const { files, folder, signal } = deps;
    const session = openSession(deps);
    const slot = (0,bounded/* slots */.Q)(deps.parallelism);
    const scanOne = (subject) => slot(() => scanPlatform(subject, session));
    return {
        prepare() {
            session.server().catch(() => undefined);
        },
        async scan(subject) {
            if (subject.platforms.length === 0)
                return { kind: "unscanned", error: noPlatform(subject.name) };
            try {
                const platforms = await Promise.all(subject.platforms.map((each) => scanOne({ ...subject, ...each })));
                return { kind: "scanned", platforms };
            }
            catch (error) {
                signal.throwIfAborted();
                return { kind: "unscanned", error: asUserError(error, subject.name) };
            }
        },
        async bill(report) {
            const trivy = await session.trivy();
            const output = `${folder}/bill-${external_node_path_.posix.basename(report)}`;
            const ended = await runTrivy(trivy, ["convert", "--format", "cyclonedx", "--output", output, "--quiet", report]);
            const bytes = ended.code === 0 ? await files.read(output) : undefined;
            if (bytes === undefined)
                throw trivyError("no bill of materials could be made", ended);
            return bytes;
        },
        close: session.close,
    };
}
/** Nothing to look at is not the same as nothing found. */
function noPlatform(name) {
    return new src_errors/* UserError */.yo(`${name} could not be scanned: its index names no platform`, {
        hint: "push the image again, by a tool that writes the platforms into its index",
    });
}
function asUserError(error, name) {
    if (error instanceof src_errors/* UserError */.yo)
        return error;
    return new src_errors/* UserError */.yo(`${name} could not be scanned: ${(0,src_errors/* messageOf */.bD)(error)}`, {
        hint: "run again; if it stays, set `scan: false` meanwhile",
        cause: error,
    });
}

// EXTERNAL MODULE: ./src/commands/scan-settings.ts
var scan_settings = __webpack_require__(85603);
;// CONCATENATED MODULE: ./src/commands/image-scanner.ts







/** Nothing is fetched before something is to be scanned. */
function openImageScanner(session, { registry, credentials, settingsOf }) {
    const { outside, folder, context } = session;
    const { env, files } = outside;
    const { workspace } = context;
    /** With the program, logins and links to databases. */
    const ownFolder = `${folder}/trivy`;
    const scanner = openScanner({
        ...outside,
        // Part of a scan is waiting.
        parallelism: outside.parallelism + 1,
        credentials,
        release: pinnedRelease,
        folder: ownFolder,
        reports: `${folder}/reports`,
        store: `${env.RUNNER_TEMP || context.temp}/image-publish-databases`,
        workspace,
    });
    const optionsOf = onceEach((image) => (0,scan_settings/* scanOptions */.u)(image, settingsOf(image), { workspace, files }), ({ name }) => name);
    async function scan(image, source, { digest, platforms }) {
        const error = source.kind === "registry" ? await hiddenPart(image.name, source.repository, digest) : undefined;
        if (error !== undefined)
            return { kind: "unscanned", error };
        return scanner.scan({ name: image.name, source, platforms, options: await optionsOf(image) });
    }
    /** What is not listed among an image's platforms may be the very thing that somebody pulls. */
    async function hiddenPart(name, repository, digest) {
        try {
            const document = (await registry.manifest(repository, digest))?.document;
            if (document?.kind !== "index")
                return undefined;
            const hidden = withoutPlatform(document).length;
            return hidden === 0
                ? undefined
                : new src_errors/* UserError */.yo(`${name} could not be scanned: its index names no platform for ${hidden} of its images`, {
                    hint: "push the image again, by a tool that writes the platforms into its index",
                });
        }
        catch (error) {
            if (error instanceof src_errors/* UserError */.yo)
                return error;
            throw error;
        }
    }
    return {
        prepare: scanner.prepare,
        bill: scanner.bill,
        /** @throws UserError for a file of the user's that is not there. */
        scan,
        /** The same, once for each digest. @throws RegistryError when the registry can't tell. */
        scanPublished: onceEach(async ({ image, repository, digest }) => scan(image, { kind: "registry", repository }, { digest, platforms: await readPlatforms(registry, repository, digest) }), ({ image, repository, digest }) => `${image.name} ${repository}@${digest}`),
        /** To be called when all is scanned. Never rejects. */
        async close() {
            await scanner.close();
            await files.remove(ownFolder).catch(() => { });
        },
    };
}

;// CONCATENATED MODULE: ./src/publish/predecessor.ts
/** What a candidate would take the place of: what it is compared with. */



/**
 * What the highest tag holds that would move to the candidate (`latest` is the highest, then the wider line), so that a patch
 * of an old line is compared with that line; where none would move, what the highest one holds; where there is no moving tag,
 * the newest that is published. @returns `undefined` where nothing is. @throws RegistryError when the registry can't tell.
 */
async function predecessorOf(repository, tags, { registry, history, mover }) {
    const published = async () => (await registry.tags(repository)) ?? [];
    let fallback;
    for (const tag of highestFirst(tags)) {
        const held = await predecessor_heldBy(tag.tag, repository, registry);
        if (held === undefined)
            continue;
        const verdict = await judge(tag, held.holding, undefined, mover, { ...history, published });
        if (verdict.kind !== "stays")
            return held;
        fallback ??= held;
    }
    return fallback ?? newest(repository, registry);
}
/** Of the tags that move. Rules name the narrower line before the wider one. */
function highestFirst(tags) {
    const moving = tags.filter(({ moves }) => moves).toReversed();
    return [...moving.filter(({ tag }) => tag === "latest"), ...moving.filter(({ tag }) => tag !== "latest")];
}
/** So many tags, the highest by number, are looked at to find the newest. */
const predecessor_mostTags = 20;
const predecessor_byNumber = new Intl.Collator("en", { numeric: true });
/** By the time that records tell; without any, the highest by number. */
async function newest(repository, registry) {
    const all = (await registry.tags(repository)) ?? [];
    const tags = all.filter((tag) => !tag.startsWith("src-")).sort((a, b) => predecessor_byNumber.compare(b, a));
    const found = await Promise.all(tags.slice(0, predecessor_mostTags).map((tag) => predecessor_heldBy(tag, repository, registry)));
    const held = found
        .filter((each) => each !== undefined)
        .filter(({ holding }) => !(0,run_context/* isPullRequestRef */.wv)(holding.record?.ref ?? ""));
    const time = ({ holding }) => Date.parse(holding.record?.started ?? "") || 0;
    return held.reduce((best, each) => (best === undefined || time(each) > time(best) ? each : best), undefined);
}
async function predecessor_heldBy(tag, repository, registry) {
    const stored = await registry.manifest(repository, tag);
    if (stored === undefined)
        return undefined;
    const holding = await readHolding(stored, repository, registry);
    return { tag, digest: stored.digest, holding };
}

;// CONCATENATED MODULE: ./src/publish/standing.ts




/**
 * Asks for the least that tells: two or three requests where nothing is to be done. @throws RegistryError when the first registry
 * can't tell; what the others can't tell counts as missing.
 */
async function standing_standingOf(wish, options) {
    const view = viewOf(wish.repositories[0], wish, options);
    if (!wish.isAffected)
        return standingOfUntouched(wish, view, options);
    if (wish.mover.isRebuild)
        return whereTagsCould(wish, view);
    const found = await publishedFor(wish, view, options);
    if (found === undefined)
        return whereTagsCould(wish, view);
    const open = await openTags(wish, found, view, options);
    if (open.names.length === 0) {
        const { taken, held } = open;
        const why = taken ?? held[0];
        return why === undefined
            ? { kind: "current", digest: found.digest }
            : { kind: "superseded", why, digest: found.digest, isTaken: taken !== undefined };
    }
    const isReleased = wish.mover.release !== undefined && (await view.holder(wish.mover.release.tag)) === found;
    if (options.buildsReleases && !isReleased)
        return { kind: "build", because: [], lately: lately(found) };
    return { kind: "promote", digest: found.digest, because: [] };
}
/** An image that the event doesn't affect: whether a run was lost. */
async function standingOfUntouched(wish, view, options) {
    const tags = wish.tags.filter(({ moves }) => moves);
    const [lead] = tags;
    // Without a tag that should follow there is nothing to look after.
    if (lead === undefined)
        return { kind: "current", digest: undefined };
    const moving = { ...wish, tags };
    const holder = await view.holder(lead.tag);
    const found = holder !== undefined && isMadeOf(holder, wish) ? holder : await publishedFor(moving, view, options);
    if (found !== undefined) {
        const open = await openTags(moving, found, view, options);
        if (open.names.length === 0)
            return { kind: "current", digest: holder?.digest ?? found.digest };
        if (found === holder || (await isOurs(found, wish.mover, options.history))) {
            return { kind: "promote", digest: found.digest, because: [{ kind: "incomplete", missing: open.names }] };
        }
    }
    if (holder === undefined)
        return { kind: "build", because: [{ kind: "never-published" }], lately: undefined };
    const reason = await whyBehind(holder, options);
    const verdict = await judge(lead, holder, undefined, wish.mover, view.history);
    if (reason === undefined || verdict.kind === "stays") {
        return { kind: "current", digest: holder.digest };
    }
    return { kind: "build", because: [reason], lately: lately(holder) };
}
/** What others published bears no record: it is current if nothing it is made from changed since. */
async function whyBehind({ record, revision }, { changedSince }) {
    if (record !== undefined)
        return { kind: "behind", revision: record.revision };
    if (revision === undefined)
        return { kind: "no-record", detail: "it names no commit" };
    switch (await changedSince(revision)) {
        case false:
            return undefined;
        case true:
            return { kind: "behind", revision };
        default:
            return { kind: "no-record", detail: `its commit ${revision.slice(0, 7)} can't be compared with this one` };
    }
}
/** Built where at least one tag could be put on it, or where it has none. */
async function whereTagsCould(wish, view) {
    const judged = await Promise.all(wish.tags.map(async (tag) => {
        const holder = await view.holder(tag.tag);
        return { holder, verdict: await judge(tag, holder, undefined, wish.mover, view.history) };
    }));
    const holder = judged.find((each) => each.holder !== undefined)?.holder;
    const stays = judged.flatMap(({ verdict }) => (verdict.kind === "stays" ? [verdict.why] : []));
    const release = judged[wish.tags.findIndex(({ tag }) => tag === wish.mover.release?.tag)]?.verdict;
    // The tags that move follow a release's exact tag, which is set once.
    const taken = release?.kind === "stays" ? release.why : undefined;
    if (judged.length === 0 || (stays.length < judged.length && taken === undefined)) {
        return { kind: "build", because: [], lately: holder && lately(holder) };
    }
    return { kind: "superseded", why: taken ?? stays[0] ?? "", digest: holder?.digest, isTaken: taken !== undefined };
}
/** What was made from the very sources of this run, and may be promoted. */
async function publishedFor(wish, view, options) {
    const { tags, sourceHash, platforms } = wish;
    // A tag that names the content is right whoever put it, if it has all platforms.
    for (const { tag, of } of tags) {
        const holder = of === "content" ? await view.holder(tag) : undefined;
        if (holder !== undefined && hasPlatforms(holder, platforms))
            return holder;
    }
    if (sourceHash === null)
        return undefined;
    const [lead] = tags.filter(({ moves }) => moves);
    const { release } = wish.mover;
    // What a run that ended too early released already is the release.
    const first = release === undefined ? [] : [release.tag];
    const newest = lead === undefined || release !== undefined ? options.elsewhere : [lead.tag];
    for (const tag of new Set([...first, ...newest, sourceTag(sourceHash)])) {
        const holder = await view.holder(tag);
        if (holder !== undefined && isMadeOf(holder, wish) && (await isOurs(holder, wish.mover, options.history)))
            return holder;
    }
    return undefined;
}
/** The tags that do not name what they should, and may. */
async function openTags(wish, found, view, options) {
    const [, ...copies] = wish.repositories;
    const views = [view, ...copies.map((repository) => viewOf(repository, wish, options, true))];
    const judged = await Promise.all(views.flatMap((each) => wish.tags.map(async (tag) => ({
        tag: tag.tag,
        name: views.length === 1 ? tag.tag : `${each.repository}:${tag.tag}`,
        verdict: await each.judge(tag, found.digest),
    }))));
    const held = judged.flatMap(({ tag, verdict }) => (verdict.kind === "stays" ? [{ tag, why: verdict.why }] : []));
    const taken = held.find(({ tag }) => tag === wish.mover.release?.tag)?.why;
    const isOpen = ({ verdict: { kind } }) => kind !== "stays" && kind !== "there";
    return {
        names: taken === undefined ? judged.filter(isOpen).map(({ name }) => name) : [],
        held: held.map(({ why }) => why),
        taken,
    };
}
/** @param isCopy what can't be told counts as missing. */
function viewOf(repository, { mover }, { registry, history: commits }, isCopy = false) {
    const holders = new Map();
    const once = (tag, read) => {
        const known = holders.get(tag) ?? read();
        holders.set(tag, known);
        return known;
    };
    const holder = (tag) => once(tag, async () => {
        const found = await registry.manifest(repository, tag);
        return found && readHolding(found, repository, registry);
    });
    let published;
    const history = {
        ...commits,
        published: () => {
            published ??= registry.tags(repository).then((tags) => tags ?? []);
            return published;
        },
    };
    return {
        repository,
        history,
        holder,
        async judge(tag, digest) {
            try {
                // Most tags name what they should, which the cheapest request tells.
                const known = holders.get(tag.tag);
                if (known === undefined && (await registry.head(repository, tag.tag)) === digest)
                    return { kind: "there" };
                return await judge(tag, await holder(tag.tag), digest, mover, history);
            }
            catch (error) {
                if (isCopy && error instanceof src_errors/* UserError */.yo)
                    return { kind: "free" };
                throw error;
            }
        },
    };
}
function lately({ record }) {
    return { seconds: record?.seconds ?? null, started: record?.started ?? null };
}

;// CONCATENATED MODULE: ./src/commands/converge.ts
/** Asks the registries how all images stand, and makes of what the event affects what there is to do. */








/** How many images are asked about at once. */
const converge_parallel = 16;
/** @throws RegistryError when an image's first registry can't tell. */
async function converge(session, surveyed, options) {
    const { catalog } = surveyed;
    const ask = (0,bounded/* bounded */.M)(converge_parallel, (image) => standing(image, session, surveyed, options));
    const chosen = catalog.images.filter(({ name, repositories }) => repositories.length > 0 && !surveyed.left.has(name));
    const standings = onNewParents(catalog, surveyed.affected, new Map(await Promise.all(chosen.map(async (image) => [image.name, await ask(image)]))));
    const affected = acting(catalog, surveyed.affected, standings);
    const parents = (0,bounded/* bounded */.M)(converge_parallel, (image) => standingOfParent(image, session, surveyed, options));
    const published = new Map();
    // What has to be built for others may itself be built on something.
    for (let open = parentsToLookUp(catalog, affected); open.length > 0;) {
        const found = await Promise.all(open.map(async (image) => [image.name, await parents(image)]));
        for (const [name, digest] of found)
            if (digest !== undefined)
                published.set(name, digest);
        const missing = found.flatMap(([name, digest]) => (digest === undefined ? [name] : []));
        const needed = new Map([...affected, ...missing.map((name) => [name, []])]);
        const asked = new Set([...published.keys(), ...missing]);
        open = parentsToLookUp(catalog, needed).filter(({ name }) => !asked.has(name));
    }
    return {
        affected,
        published,
        promoted: new Map([...standings].flatMap(([name, each]) => (each.kind === "promote" ? [[name, each.digest]] : []))),
        left: new Map([...surveyed.left, ...leftBy(standings, surveyed.affected)]),
        lately: new Map([...standings].flatMap(([name, each]) => (each.kind === "build" && each.lately ? [[name, each.lately]] : []))),
        remarks: catalog.images.flatMap((image) => remarksOn(image, standings.get(image.name), options)),
    };
}
/**
 * An affected image whose parent is built, as for the version in its bytes, is built on that one: what is published of it stands
 * on another.
 */
function onNewParents({ images }, affected, asked) {
    const standings = new Map(asked);
    // Parents stand before their children.
    for (const { name, parents } of images) {
        const built = parents.find(({ parent }) => standings.get(parent)?.kind === "build");
        if (standings.get(name)?.kind !== "promote" || !affected.has(name) || built === undefined)
            continue;
        standings.set(name, { kind: "build", because: [{ kind: "builds-on", image: built.parent }], lately: undefined });
    }
    return standings;
}
/** What there is to do, with reasons; images that are not published stay with what the event says. */
function acting({ images }, affected, standings) {
    return new Map(images.flatMap(({ name }) => {
        const found = standings.get(name);
        const reasons = affected.get(name);
        if (found === undefined)
            return reasons === undefined ? [] : [[name, reasons]];
        if (found.kind !== "build" && found.kind !== "promote")
            return [];
        return [[name, [...(reasons ?? []), ...found.because]]];
    }));
}
function leftBy(standings, affected) {
    return [...standings].flatMap(([name, each]) => {
        if (each.kind === "superseded")
            return [[name, [{ kind: "superseded", detail: each.why }]]];
        return each.kind === "current" && affected.has(name) ? [[name, [{ kind: "current" }]]] : [];
    });
}
function standing(image, session, surveyed, options) {
    const { tags, release, bakedVersion } = options.details(image);
    const wish = wishFor(image, surveyed, {
        tags: tags.tags.filter(({ moves }) => moves || !options.movingTagsOnly),
        bakedVersion: bakedVersion ?? null,
        isAffected: surveyed.affected.has(image.name),
        mover: { ...moverOf(session), release, platforms: image.platforms },
    });
    if (wish === undefined)
        throw new Error(`${image.name} has no repository`);
    return standing_standingOf(wish, standingOptions(image, session, surveyed, options, release !== undefined));
}
/** The digest that others are to build on; `undefined` where nothing that is published will do. */
async function standingOfParent(image, session, surveyed, options) {
    const { tags, bakedVersion } = options.details(image);
    const moving = tags.tags.filter(({ moves }) => moves);
    const usual = defaultTags(image, session, surveyed).map((tag) => ({ tag, moves: true }));
    const wish = wishFor(image, surveyed, {
        tags: moving.length > 0 ? moving : usual,
        bakedVersion: bakedVersion ?? null,
        isAffected: false,
        mover: { ...moverOf(session), release: undefined, platforms: image.platforms },
    });
    if (wish === undefined)
        return undefined;
    const found = await standing_standingOf(wish, standingOptions(image, session, surveyed, options, false));
    return found.kind === "build" ? undefined : found.digest;
}
function wishFor({ name, repositories, platforms }, { hashes }, wish) {
    const [first, ...others] = repositories;
    if (first === undefined)
        return undefined;
    return { ...wish, repositories: [first, ...others], platforms, sourceHash: knownHash(hashes, name) };
}
function standingOptions(image, session, surveyed, { registry, history }, isRelease) {
    return {
        registry,
        history,
        elsewhere: defaultTags(image, session, surveyed),
        buildsReleases: isRelease && !session.inputs.settings.promote,
        changedSince: async (revision) => (await surveyed.affectedSince(revision))?.has(image.name),
    };
}
/** Who puts the tags of this run. */
function moverOf({ context, inputs }) {
    return {
        commit: (0,run_context/* sourceCommit */.Pr)(context),
        ref: context.ref.full,
        isRebuild: isRebuild({ context, inputs }),
        mayGoBack: inputs.settings.move === "any",
    };
}
/** Built anew though nothing changed: fresh bases, no cache. */
function isRebuild({ context, inputs }) {
    return inputs.settings.rebuild === "always" || context.trigger.kind === "schedule";
}
function defaultTags(image, { context: { defaultBranch } }, { settingsOf }) {
    const ending = (0,tags_flavor/* variantSuffix */.n)(image, settingsOf(image.publicName).flavor);
    return defaultBranch === undefined ? [] : [`${(0,image_tags/* tagText */.e)(defaultBranch)}${ending}`].filter(oci_reference/* isTag */.dz);
}
/** A release that can't be published is nothing to pass over in silence. */
function remarksOn(image, found, { details }) {
    if (found?.kind !== "superseded" || !found.isTaken)
        return [];
    return [
        {
            message: `${image.name} ${details(image).release?.version} is not published again: ${found.why}`,
            hint: "an exact tag is set once; release what changed under a new version",
        },
    ];
}

;// CONCATENATED MODULE: ./src/commands/published-image.ts



/**
 * In its first repository, under the tags that a plan moves, else those that it would go by.
 * @returns `undefined` where there is nothing. @throws RegistryError when the registry can't tell.
 */
async function publishedImage(image, planned, session, { sources, registry, history }) {
    const [repository] = image.repositories;
    if (repository === undefined)
        return undefined;
    const moving = (planned?.tags ?? []).filter(({ moves }) => moves);
    const followed = moving.length > 0 ? moving : tagsToFollow(session, image, sources).map((tag) => ({ tag, moves: true }));
    const mover = { ...moverOf(session), release: planned?.release ?? undefined, platforms: image.platforms };
    const found = await predecessorOf(repository, followed, { registry, history, mover });
    if (found === undefined)
        return undefined;
    const { tag, digest, holding } = found;
    return { repository, tag, digest, bases: holding.record?.bases ?? {} };
}

;// CONCATENATED MODULE: ./src/commands/scanning.ts
/** Scans what a run makes, or what is published: compared with what it takes the place of, judged, and kept for the report. */







/** How many images are looked at at once; the scanner has a bound of its own. */
const scanning_atOnce = 8;
function openScanning(session, parts) {
    const { surveyed, registry } = parts;
    const images = new Map(surveyed.catalog.images.map((image) => [image.name, image]));
    const settingsOf = (image) => surveyed.settingsOf(image.publicName, image).scan;
    const scanner = openImageScanner(session, { ...parts, settingsOf });
    const scans = new Map();
    /** What this run built, by name; `undefined`: it was not pushed. */
    const built = new Map();
    const scanned = new Map();
    const bases = openBases({ images: surveyed.catalog.images, registry, built: parentNamed });
    const slot = (0,bounded/* slots */.Q)(scanning_atOnce);
    function imageNamed(name) {
        const image = images.get(name);
        if (image === undefined)
            throw new Error(`there is no image ${name}`);
        return image;
    }
    async function parentNamed(name) {
        const found = await scanned.get(name);
        const own = built.get(name);
        if (found?.kind === "scanned") {
            const layers = found.platforms.map((each) => [each.platform, each.layers.map(({ diffId }) => diffId)]);
            return { layers: new Map(layers), bases: own?.bases ?? {} };
        }
        return built.has(name) ? own : publishedImage(imageNamed(name), undefined, session, parts);
    }
    async function publishedNow(planned) {
        const image = imageNamed(planned.name);
        try {
            const found = await publishedImage(image, planned, session, parts);
            if (found === undefined)
                return { kind: "first" };
            const scanned = await scanner.scanPublished({ image, ...found });
            if (scanned.kind === "unscanned")
                return { kind: "unknown", error: scanned.error };
            return { kind: "published", tag: found.tag, digest: found.digest, platforms: scanned.platforms };
        }
        catch (error) {
            if (error instanceof src_errors/* UserError */.yo)
                return { kind: "unknown", error };
            throw error;
        }
    }
    async function judged(image, scanned, published, taken) {
        const found = scanned.kind === "scanned" && scanned.platforms.some(({ findings }) => findings.length > 0);
        const platforms = found ? scanned.platforms.map(({ platform }) => platform) : [];
        const below = found ? await bases.basesOf(image, taken, platforms) : [];
        const result = judge_judge(scanned, { name: image.name, rules: settingsOf(image).rules, published, bases: below });
        scans.set(image.name, result);
        return result;
    }
    async function judgeMade(planned, made) {
        const image = imageNamed(planned.name);
        const [repository] = image.repositories;
        if (repository === undefined)
            throw new Error(`${image.name} has no repository`);
        const source = made.layout === undefined ? { kind: "registry", repository } : { kind: "layout", folder: made.layout };
        const scanning = scanned.get(image.name) ?? scanner.scan(image, source, made);
        scanned.set(image.name, scanning);
        const [found, published] = await Promise.all([scanning, publishedNow(planned)]);
        return judged(image, found, published, takenBy(made));
    }
    async function confirm(planned, made, scan) {
        // Where nothing counts, or all of it holds, it is the same whatever is published.
        if (scan.kind === "unscanned" || !scan.passes || !scan.isRed)
            return scan;
        const { comparedWith } = scan;
        if (comparedWith.kind !== "published")
            return scan;
        const now = await publishedNow(planned);
        return now.kind === "published" && now.digest === comparedWith.digest ? scan : judgeMade(planned, made);
    }
    async function published(image) {
        try {
            const found = await publishedImage(image, undefined, session, parts);
            if (found === undefined)
                return undefined;
            const scanned = await scanner.scanPublished({ image, ...found });
            const [scan, moved] = await Promise.all([
                judged(image, scanned, { kind: "itself" }, found.bases),
                bases.moved(withoutPinned(found.bases, image)),
            ]);
            return { scan, moved };
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo))
                throw error;
            return { scan: await judged(image, { kind: "unscanned", error }, { kind: "itself" }, {}), moved: [] };
        }
    }
    return {
        scans,
        isWanted: (name) => {
            const image = images.get(name);
            return image !== undefined && image.repositories.length > 0 && settingsOf(image).isWanted;
        },
        begin(planned) {
            scanner.prepare();
            publishedNow(planned).catch(() => { });
        },
        made: ({ name, repositories: [repository] }, candidate) => {
            const { digest, layout } = candidate;
            const isPushed = layout === undefined && repository !== undefined;
            built.set(name, isPushed ? { repository, digest, bases: takenBy(candidate) } : undefined);
        },
        judge: (planned, made) => slot(() => judgeMade(planned, made)),
        confirm,
        published,
        bill: scanner.bill,
        close: scanner.close,
    };
}
function takenBy({ bases }) {
    return Object.fromEntries(bases.map(({ name, digest }) => [name, digest]));
}
/** What a rebuild would take anew: a base that the Dockerfile names by its digest stays the same. */
function withoutPinned(taken, image) {
    const pinned = new Set(image.bases.flatMap(({ reference: { digest, ...named } }) => digest === undefined ? [] : [(0,oci_reference/* formatReference */.FH)(named)]));
    return Object.fromEntries(Object.entries(taken).filter(([name]) => !pinned.has(name)));
}

// EXTERNAL MODULE: ./src/changes/committed-files.ts
var committed_files = __webpack_require__(24353);
;// CONCATENATED MODULE: ./src/changes/forge-history.ts


const isBranchOrTag = /^refs\/(?:heads|tags)\//;
const listTimeout = 60_000;
/** A history of commits alone takes some 300 bytes a commit. */
const historyTimeout = 180_000;
function openForgeHistory(options) {
    const { repositoryUrl } = options;
    const git = (0,git_command/* gitCommand */.QT)(options);
    const list = async (...patterns) => peeled((0,committed_files/* refsIn */.A5)(forge_history_text((await git.network(["ls-remote", repositoryUrl, ...patterns], listTimeout)).stdout)));
    return {
        async reaches(commit) {
            // A pattern of ls-remote matches the end of a name, too.
            const refs = [...(await list("refs/heads/*", "refs/tags/*"))].filter(([ref]) => isBranchOrTag.test(ref));
            const tips = new Set(refs.map(([, at]) => at));
            return tips.has(commit) || (await isBelow(git, commit, [...tips]));
        },
        contains: (commit) => inWholeHistory(commit, git, options),
        commitOf: async (ref) => (await list(ref)).get(ref),
        async pullRequestsAt(commit) {
            const heads = await list("refs/pull/*/head");
            return [...heads].flatMap(([ref, at]) => {
                const number = /^refs\/pull\/(\d{1,9})\/head$/.exec(ref)?.[1];
                return at === commit && number !== undefined ? [Number(number)] : [];
            });
        },
        filesAt: (commit, paths) => filesAt(commit, paths, git, options),
    };
}
/** Whether a commit that is here is reached from any of those tips that are here as well. */
async function isBelow(git, commit, tips) {
    if (tips.length === 0)
        return false;
    const input = `${[commit, ...tips.map((tip) => `^${tip}`)].join("\n")}\n`;
    const asked = await git.local(["rev-list", "--max-count=1", "--ignore-missing", "--stdin"], { input });
    return forge_history_text(asked.stdout).trim() === "" && (await isHere(git, commit));
}
async function isHere(git, commit) {
    const { stdout } = await git.local(["cat-file", "--batch-check"], { input: `${commit}\n` });
    return forge_history_text(stdout).startsWith(`${commit} commit `);
}
/** Brings the commits of all branches and tags, without their files, into a repository of its own, and looks there. */
async function inWholeHistory(commit, git, options) {
    const { folder, repositoryUrl } = options;
    try {
        const bare = await emptyRepository(git, options);
        const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        await bare.network(["fetch", ...quietly, "--filter=tree:0", repositoryUrl, ...refs], historyTimeout);
        const found = await bare.local(["rev-list", "--max-count=1", commit, "--not", "--all"], { codes: [0, 128] });
        return found.code === 0 && forge_history_text(found.stdout).trim() === "";
    }
    finally {
        await options.files.remove(folder);
    }
}
const quietly = ["--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc"];
async function emptyRepository(git, options) {
    await git.local(["init", "--quiet", "--bare", options.folder]);
    return (0,git_command/* gitCommand */.QT)({ ...options, workspace: options.folder });
}
/** From the checkout where it has the commit, else from the forge. What a commit's id names is the same anywhere. */
async function filesAt(commit, paths, git, options) {
    if (await isHere(git, commit))
        return contentsOf(git, commit, paths);
    try {
        const bare = await emptyRepository(git, options);
        await bare.network(["fetch", ...quietly, "--no-tags", "--depth=1", options.repositoryUrl, commit], historyTimeout);
        return await contentsOf(bare, commit, paths);
    }
    finally {
        await options.files.remove(options.folder);
    }
}
async function contentsOf(git, commit, paths) {
    // With the network, because a partial clone fetches what it lacks.
    const { stdout } = await git.network(["ls-tree", "-z", "--full-tree", commit, "--", ...paths], listTimeout);
    const found = [...forge_history_text(stdout).matchAll(/100\d{3} blob ([0-9a-f]+)\t([^\0]+)\0/g)];
    const read = found.map(async ([, id = "", path = ""]) => {
        const blob = await git.network(["cat-file", "blob", id], listTimeout);
        return [path, blob.stdout];
    });
    return new Map(await Promise.all(read));
}
/** Of a tag that is an object the commit that it is on, which git lists after the tag as `refs/tags/v1^{}`. */
function peeled(refs) {
    return new Map([...refs].map(([name, at]) => [name.replace(/\^\{\}$/, ""), at]));
}
function forge_history_text(bytes) {
    return new TextDecoder().decode(bytes);
}

// EXTERNAL MODULE: ./src/changes/git.ts + 2 modules
var changes_git = __webpack_require__(74446);
// EXTERNAL MODULE: external "node:buffer"
var external_node_buffer_ = __webpack_require__(4573);
// EXTERNAL MODULE: ./src/changes/git-output.ts
var git_output = __webpack_require__(13523);
;// CONCATENATED MODULE: ./src/changes/git-tree.ts
/** What git knows of the working tree: which files are there, and which of them differ from what was checked out. */




function openGitTree(options) {
    const git = (0,git_command/* gitCommand */.QT)(options);
    return {
        tracked: () => tracked(git),
        modified: () => paths(git, [...git_tree_exactly, "diff-files", "-z", "--name-only", "--no-renames", "--ignore-submodules=all"]),
        untracked: () => paths(git, ["ls-files", "-z", "--others", "--full-name"]),
        settings: (names) => settings(git, names),
        attributes: (names, of) => attributes(git, names, of),
        layout: () => layout(git),
        description: () => description(git),
        inside: (path) => openGitTree({ ...options, workspace: `${options.workspace}/${path}` }),
    };
}
/** Docker sees modes and links whatever git is told to overlook. */
const git_tree_exactly = ["fileMode=true", "symlinks=true", "checkStat=default", "trustctime=true", "ignoreStat=false"].flatMap((setting) => ["-c", `core.${setting}`]);
async function tracked(git) {
    const { stdout } = await git.local(["ls-files", "-z", "--stage", "-v", "--full-name"]);
    const text = (0,git_output/* textIn */.r7)(stdout, "git ls-files");
    // Nearly always; then a hundred thousand paths need not be looked through one by one.
    const pathOf = (0,external_node_buffer_.isAscii)(stdout) ? (field) => field : git_output/* pathIn */.lW;
    const files = [];
    const uncompared = new Set();
    const sparse = new Set();
    for (let start = 0; start < text.length;) {
        // `H 100644 <id> 0<tab><path>`; small letters are for `assume-unchanged`, S for `skip-worktree`, stages over 0 for a merge.
        const tab = text.indexOf("\t", start);
        const end = text.indexOf("\0", tab);
        const path = pathOf(text.slice(tab + 1, end));
        const tag = text.charAt(start);
        const isMerging = text.charAt(tab - 1) !== "0";
        if (!isMerging || files.at(-1)?.path !== path)
            files.push({ path, content: text.slice(start + 2, tab - 2) });
        if (tag === "S" || tag === "s")
            sparse.add(path);
        else if (tag !== "H" || isMerging)
            uncompared.add(path);
        start = end + 1;
    }
    return { files, uncompared, sparse };
}
async function paths(git, args) {
    return (0,git_output/* recordsIn */.Q0)((await git.local(args)).stdout, "git").map(git_output/* pathIn */.lW);
}
async function settings(git, names) {
    const { stdout } = await git.local(["config", "--null", "--get-regexp", names.source], { codes: [0, 1] });
    const pairs = (0,git_output/* recordsIn */.Q0)(stdout, "git").map((record) => {
        const end = record.indexOf("\n");
        // A name alone is a switch that is on.
        return end < 0 ? [record, "true"] : [record.slice(0, end), record.slice(end + 1)];
    });
    return new Map(pairs);
}
async function attributes(git, names, of) {
    const input = Buffer.concat(of.flatMap((path) => [(0,path_bytes/* encodePath */.O)(path), Buffer.of(0)]));
    const { stdout } = await git.local(["check-attr", "-z", "--stdin", ...names], { input });
    const fields = (0,git_output/* recordsIn */.Q0)(stdout, "git");
    const found = new Map();
    for (let at = 0; at + 2 < fields.length; at += 3) {
        const [path = "", name = "", value = ""] = fields.slice(at, at + 3);
        if (value === "unspecified" || value === "unset")
            continue;
        const key = (0,git_output/* pathIn */.lW)(path);
        const known = found.get(key) ?? new Map();
        found.set(key, known.set(name, value));
    }
    return found;
}
async function layout(git) {
    const { stdout } = await git.local(["rev-parse", "--show-object-format", "--git-path", "info/attributes"]);
    const [format, attributesFile = ""] = (0,path_bytes/* decodePath */.q)(stdout).split("\n");
    return { objectFormat: format === "sha256" ? "sha256" : "sha1", attributesFile };
}
async function description(git) {
    const head = await git.local(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { codes: [0, 1] });
    if (head.code !== 0)
        return undefined;
    const described = await git.local(["describe", "--tags", "--long"], { codes: [0, 128] });
    return `${(0,path_bytes/* decodePath */.q)(head.stdout).trim()} ${(0,path_bytes/* decodePath */.q)(described.stdout).trim()}`.trim();
}

;// CONCATENATED MODULE: ./src/context/trust.ts
/** Whether the files that are checked out are the repository's own, so that they may decide what its workflows decide. */

const trusted = { kind: "trusted" };
/**
 * The commits that the event itself shows to be in the repository's own history, each with its ancestors. GITHUB_SHA is one
 * where GITHUB_REF is a branch or tag ("Events that trigger workflows", GitHub Docs), and for a pull request of the
 * repository itself.
 */
function vouchedCommits({ trigger, commit, ref }) {
    switch (trigger.kind) {
        case "pull-request": {
            // With `pull_request_target` GITHUB_SHA is a commit of the base branch, else the merge of the pull request.
            const base = trigger.target ? [trigger.baseCommit, commit] : [trigger.baseCommit];
            return trigger.fromFork ? base : [...base, commit, trigger.headCommit, ...trust_merged(trigger.mergeCommit)];
        }
        case "merge-group":
            return [commit, trigger.headCommit, trigger.baseCommit];
        default:
            return ref.kind === "branch" || ref.kind === "tag" ? [commit] : [];
    }
}
/** The commits that the event names as a fork's: there is no need to ask whose they are. */
function foreignCommits({ trigger, commit }) {
    if (trigger.kind !== "pull-request" || !trigger.fromFork)
        return [];
    return [trigger.headCommit, ...(trigger.target ? [] : [commit]), ...trust_merged(trigger.mergeCommit)];
}
/** The commit whose files decide where an untrusted checkout's may not: the pull request's base, else the event's own. */
function baseOfUntrusted({ trigger, commit }) {
    return trigger.kind === "pull-request" ? trigger.baseCommit : commit;
}
/**
 * The context of a run that acts on an untrusted checkout outside of a pull request: the event's ref says nothing of what is
 * built, and no rule for branches, tags or schedules applies.
 */
function contextOfUntrusted(context, { head, pullRequest }) {
    if (context.trigger.kind === "pull-request")
        return { ...context, commit: head };
    const full = pullRequest === undefined ? `refs/untrusted/${head}` : `refs/pull/${pullRequest}/head`;
    const trigger = { kind: "dispatch", eventName: context.eventName };
    return { ...context, trigger, ref: (0,run_context/* gitRef */.GY)(full), tagBaseRef: undefined, commit: head };
}
function trust_merged(commit) {
    return commit === undefined ? [] : [commit];
}

;// CONCATENATED MODULE: ./src/oci/credentials.ts
/**
 * Who we are to which registry. Always by the exact host: a login for `ghcr.io` is not one for `ghcr.io.example.com`, nor
 * for the same host on another port.
 */



/** docker's own logins come first, the inputs' for hosts that have none. @throws UserError for a malformed config. */
function credentialStore(sources) {
    const { config, env, logins = [] } = sources;
    const fromEnv = env.DOCKER_AUTH_CONFIG ? parseDockerConfig(env.DOCKER_AUTH_CONFIG, "DOCKER_AUTH_CONFIG") : undefined;
    const fromFile = config && parseDockerConfig(config.text, config.path);
    const own = new Map();
    const findOwn = (host) => {
        const known = own.get(host);
        if (known !== undefined)
            return known;
        const found = ownCredentials(host, fromEnv, fromFile, sources);
        own.set(host, found);
        return found;
    };
    const given = (host) => {
        const login = logins.find(({ hosts, password }) => hosts.includes(host) && password !== "");
        return login && { kind: "basic", username: login.username, password: login.password };
    };
    return {
        usesHelpers: Boolean(fromFile?.credsStore) || (fromFile?.credHelpers.size ?? 0) > 0,
        async find(host) {
            return (await findOwn(host)) ?? given(host);
        },
        async added() {
            const added = new Map();
            for (const host of new Set(logins.flatMap(({ hosts }) => hosts))) {
                const credentials = given(host);
                if (credentials !== undefined && (await findOwn(host)) === undefined)
                    added.set(host, credentials);
            }
            return added;
        },
    };
}
async function ownCredentials(host, fromEnv, fromFile, { env, processes, config }) {
    const inEnv = fromEnv && entryFor(fromEnv.auths, host);
    if (inEnv !== undefined)
        return inEnv;
    if (fromFile === undefined)
        return undefined;
    // As docker does: where a helper is named the file's own entries don't count; an empty name means the file.
    const helper = fromFile.credHelpers.get(serverAddress(host)) ?? fromFile.credHelpers.get(host) ?? fromFile.credsStore;
    if (!helper)
        return entryFor(fromFile.auths, host);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) {
        throw new src_errors/* UserError */.yo(`${config?.path} names a credential helper that cannot be one: ${JSON.stringify(helper)}`, {
            hint: "write only what follows docker-credential- in the program's name",
        });
    }
    return askHelper(helper, host, env, processes);
}

;// CONCATENATED MODULE: ./src/oci/absence.ts

/** Definite answers for what is not there (distribution-spec, "Error Codes"); Harbor says NOT_FOUND. */
const absent = new Set(["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"]);
/**
 * A head is certain where it calls itself an answer of the registry's API, in JSON: distribution, Docker Hub, Harbor and
 * Gitea send `Docker-Distribution-Api-Version` with every answer, while a web server in front sends HTML or text of its own.
 * Other registries (GHCR, zot) send JSON alone. They are believed once one 404 of theirs was asked for again with its body
 * and proved to be definite, which is one request more for a registry and not for an image.
 */
function absence() {
    const proven = new Set();
    return {
        check(asked, response) {
            if (!errorCodes(response).some((code) => absent.has(code))) {
                throw invalidError(asked, "a 404 that is not a registry's");
            }
            if (isJson(response))
                proven.add(asked.host);
        },
        isCertain({ host }, response) {
            if (!isJson(response))
                return false;
            return proven.has(host) || response.headers["docker-distribution-api-version"]?.toLowerCase() === "registry/2.0";
        },
    };
}
function isJson({ headers }) {
    return /^application\/(?:[a-z.-]+\+)?json\s*(?:;|$)/i.test(headers["content-type"] ?? "");
}

;// CONCATENATED MODULE: ./src/oci/challenge.ts
/** What a registry wants to be shown: the header `WWW-Authenticate` of an answer 401 (RFC 9110, 11.6.1). */
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterPattern = new RegExp(`\\s*,?\\s*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, "y");
const schemePattern = new RegExp(`\\s*,?\\s*(${token})(?=\\s|,|$)(?!\\s*=)`, "y");
/** Parses the challenges of a header, several in one included; what is malformed ends the list. */
function parseChallenges(header) {
    const challenges = [];
    let at = 0;
    const take = (pattern) => {
        pattern.lastIndex = at;
        const match = pattern.exec(header);
        if (match !== null)
            at = pattern.lastIndex;
        return match;
    };
    for (let scheme = take(schemePattern); scheme !== null; scheme = take(schemePattern)) {
        const parameters = {};
        for (let found = take(parameterPattern); found !== null; found = take(parameterPattern)) {
            const [, name = "", quoted, plain] = found;
            parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
        }
        challenges.push({ scheme: scheme[1]?.toLowerCase() ?? "", parameters });
    }
    return challenges;
}

;// CONCATENATED MODULE: ./src/oci/token.ts

/** @throws RegistryError where there is none to be had. */
async function fetchToken(request, { http, clock, signal }) {
    const { asked, login } = request;
    const response = await http
        .send({ ...tokenRequest(request), ...(signal && { signal }), maximumBody: 1024 * 1024 })
        .catch((cause) => {
        signal?.throwIfAborted();
        throw networkError(asked, cause);
    });
    if (response.status === 401)
        throw unauthorizedError(asked, login !== undefined);
    // Without a login, "denied" is the token server's way to ask for one.
    if (response.status === 403 && login === undefined)
        throw unauthorizedError(asked, false);
    if (response.status >= 300 && response.status < 400)
        throw invalidError(asked, "its token server redirects");
    if (response.status !== 200)
        throw answerError(asked, response, clock.now());
    return parseToken(asked, response, clock.now());
}
/** A challenge for one repository names it in its scope; Gitea's `*` is for everything. */
function isForAll({ parameters: { scope } }) {
    return scope !== undefined && !scope.includes("repository:");
}
/**
 * The challenge as it would be for another repository: what a registry asks once it asks again. `undefined` where that can't
 * be known, as its names for repositories are others than ours.
 */
function challengeForAny(challenge, { repository }) {
    const { scope, ...others } = challenge.parameters;
    if (scope === undefined || isForAll(challenge))
        return challenge;
    const isOurs = scope.split(" ").some((each) => each.startsWith(`repository:${repository}:`));
    return isOurs ? { ...challenge, parameters: others } : undefined;
}
function basic(login) {
    return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
}
function tokenRequest({ asked, challenge, login, plainHttp }) {
    const { realm = "", service, scope } = challenge.parameters;
    const url = URL.parse(realm);
    // The login goes there: never in the clear, except to a registry that is local and in the clear itself.
    if (url === null || !(url.protocol === "https:" || (plainHttp && url.protocol === "http:"))) {
        throw invalidError(asked, `a login at ${JSON.stringify(realm.slice(0, 200))}, which is no https address`);
    }
    const scopes = scopesFor(asked, scope);
    if (login?.kind === "identity-token") {
        const form = new URLSearchParams({
            grant_type: "refresh_token",
            client_id: "image-publish",
            refresh_token: login.token,
        });
        if (service !== undefined)
            form.set("service", service);
        form.set("scope", scopes.join(" "));
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        return { method: "POST", url: url.href, headers, body: form.toString() };
    }
    if (service !== undefined)
        url.searchParams.set("service", service);
    for (const each of scopes)
        url.searchParams.append("scope", each);
    return { method: "GET", url: url.href, headers: login === undefined ? {} : { authorization: basic(login) } };
}
/**
 * What the challenge wants, and what we are going to do beyond it: a registry that is only read just now asks for `pull`,
 * and most do not think of the repository that a blob is mounted from.
 */
function scopesFor({ repository, access, mountFrom }, challenged = "") {
    const wanted = new Map([[`repository:${repository}`, access === "push" ? ["pull", "push"] : ["pull"]]]);
    if (mountFrom !== undefined)
        wanted.set(`repository:${mountFrom}`, ["pull"]);
    const given = challenged.split(" ").filter((each) => each !== "");
    const named = given.map((scope) => [scope.slice(0, scope.lastIndexOf(":")), scope]);
    const completed = named.map(([resource, scope]) => {
        const actions = scope.slice(resource.length + 1).split(",");
        const missing = (wanted.get(resource) ?? []).filter((each) => !actions.includes(each) && !actions.includes("*"));
        return [scope, ...missing].join(",");
    });
    // Where it knows our repositories by other names, or by none, it knows best what it wants.
    const isOurs = given.length === 0 || named.some(([resource]) => resource === `repository:${repository}`);
    const others = [...wanted].filter(([resource]) => isOurs && !named.some(([each]) => each === resource));
    return [...completed, ...others.map(([resource, actions]) => `${resource}:${actions.join(",")}`)];
}
/** What the specification has a token live where the server does not say. */
const defaultLife = 60_000;
function parseToken(asked, { body }, now) {
    const document = parseObject(body);
    // The OAuth2 name is the other server's only name for it; "token" wins where both are there.
    const token = [document.token, document.access_token].find((each) => typeof each === "string" && /^[\x21-\x7e]+$/.test(each));
    if (token === undefined)
        throw invalidError(asked, "its token server gave no token");
    const said = Number(document.expires_in) * 1000;
    const life = said > 0 && Number.isFinite(said) ? said : defaultLife;
    const issued = Date.parse(String(document.issued_at));
    // A server whose clock is not ours would have it dead already, or not born yet.
    const isTold = issued <= now.getTime() && issued + life > now.getTime();
    const start = isTold ? issued : now.getTime();
    return { token, until: start + life - Math.min(10_000, life / 4) };
}
function parseObject(body) {
    try {
        const document = JSON.parse(new TextDecoder().decode(body));
        return typeof document === "object" && document !== null ? { ...document } : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./src/oci/authorization.ts



/**
 * Keeps what it got by registry, repository and access: a token is asked for once, also by requests side by side. `onToken` is
 * called for each one that is asked for.
 */
function authorization(options, onToken) {
    const given = new Map();
    /** By host: what it wants for any repository, once it has said so. */
    const usual = new Map();
    let sequence = 0;
    const obtain = (asked, wanted) => {
        const pending = given.get(key(asked));
        if (pending !== undefined)
            return pending;
        const got = satisfy(asked, wanted, options, onToken).then((answer) => {
            sequence += 1;
            return { ...answer, sequence };
        });
        given.set(key(asked), got);
        got.then(({ isForAll }) => isForAll && given.set(asked.host, got), () => given.delete(key(asked)));
        return got;
    };
    const forget = (each, held) => {
        if (given.get(each) === held)
            given.delete(each);
    };
    return {
        async known(asked) {
            for (const each of authorization_keys(asked)) {
                const held = given.get(each);
                const shown = await held;
                if (shown !== undefined && shown.until > options.clock.now().getTime())
                    return shown;
                forget(each, held);
            }
            const wanted = usual.get(asked.host);
            // What the registry has not asked for itself is no reason to fail.
            return wanted && obtain(asked, wanted).catch(unlessTransient);
        },
        async answer(asked, challenge, plainHttp, shown) {
            for (const each of authorization_keys(asked)) {
                const held = given.get(each);
                const newer = await held;
                // Another request may have answered meanwhile; what is older has expired as well.
                if (newer !== undefined && newer.sequence > (shown?.sequence ?? 0))
                    return newer;
                forget(each, held);
            }
            const challenges = parseChallenges(challenge);
            const bearer = challenges.find(({ scheme }) => scheme === "bearer");
            const forAny = bearer && challengeForAny(bearer, asked);
            if (forAny !== undefined)
                usual.set(asked.host, { challenges: [forAny], plainHttp });
            return obtain(asked, { challenges, plainHttp });
        },
        async refusal(asked, { header }) {
            for (const each of authorization_keys(asked))
                given.delete(each);
            const login = await options.credentials(asked.host);
            // A token server that knew the login gave a token without the right; Basic tells of the login itself.
            if (login !== undefined && header.startsWith("Bearer "))
                return deniedError(asked);
            return unauthorizedError(asked, login !== undefined);
        },
    };
}
function key({ host, repository, access, mountFrom = "" }) {
    return `${host}/${repository} ${access} ${mountFrom}`;
}
/** Where what would do may be: who may push may read. */
function authorization_keys(asked) {
    const { host, mountFrom } = asked;
    return mountFrom === undefined ? [host, key({ ...asked, access: "push" }), key(asked)] : [host, key(asked)];
}
function unlessTransient(error) {
    if (error instanceof RegistryError && !error.isTransient)
        return undefined;
    throw error;
}
async function satisfy(asked, { challenges, plainHttp }, options, onToken) {
    const login = await options.credentials(asked.host);
    const challenge = challenges.find(({ scheme }) => scheme === "bearer");
    if (challenge !== undefined) {
        onToken(asked);
        const { token, until } = await fetchToken({ asked, challenge, login, plainHttp }, options);
        return { header: `Bearer ${token}`, until, isForAll: isForAll(challenge) };
    }
    if (!challenges.some(({ scheme }) => scheme === "basic"))
        throw invalidError(asked, "401 with no way to log in");
    if (login?.kind !== "basic")
        throw unauthorizedError(asked, login !== undefined);
    return { header: basic(login), until: Number.POSITIVE_INFINITY, isForAll: true };
}

;// CONCATENATED MODULE: ./src/oci/retry.ts

const retry_attempts = 5;
const retry_firstWait = 500;
/** Longest single wait of our own choice. */
const ceiling = 10_000;
/** Longest wait that a registry may ask for; past it there is no use in asking sooner, and a job costs money. */
const retry_longestAskedFor = 60_000;
/** From the first attempt on; no wait is begun that would end later. */
const total = 150_000;
/**
 * Does it again where the error is transient: exponential backoff with full jitter, and at least as late as the registry
 * asks. @throws what the last attempt threw, which then says how often and how long it was tried.
 */
async function retrying(action, patience) {
    const waitOrThrow = patient(patience);
    for (;;) {
        try {
            return await action();
        }
        catch (error) {
            await waitOrThrow(error);
        }
    }
}
/** For what is tried in another way than as one function: called with each failure, it waits, or throws what to give up with. */
function patient({ clock, random, signal }) {
    const start = clock.now().getTime();
    let attempt = 0;
    return async (error) => {
        attempt += 1;
        if (!(error instanceof RegistryError) || !error.isTransient)
            throw error;
        const spent = clock.now().getTime() - start;
        const wait = waitBefore(attempt, error.retryAfter, random);
        if (attempt === retry_attempts || (error.retryAfter ?? 0) > retry_longestAskedFor || spent + wait > total) {
            throw givenUp(error, attempt, spent);
        }
        await clock.sleep(wait, signal);
    };
}
function waitBefore(attempt, askedFor, random) {
    const jittered = random() * Math.min(ceiling, retry_firstWait * 2 ** (attempt - 1));
    // The jitter on top keeps many runs from coming back in the same instant.
    return Math.round((askedFor ?? 0) + jittered);
}
function givenUp(error, attempt, spent) {
    const wanted = error.retryAfter === undefined ? "" : `; it asks to wait ${Math.ceil(error.retryAfter / 1000)} s`;
    const tried = attempt === 1 ? "" : ` (tried ${attempt} times in ${Math.round(spent / 1000)} s)`;
    if (tried === "" && wanted === "")
        return error;
    return new RegistryError(error.code, `${error.message}${tried}${wanted}`, {
        hint: error.hint,
        cause: error.cause ?? error,
    });
}

;// CONCATENATED MODULE: ./src/oci/registry-exchange.ts
/** One request to a registry, with all that stands between asking and an answer: address, login, redirects, patience. */




const maximumRedirects = 5;
const registry_exchange_redirects = new Set([301, 302, 303, 307, 308]);
/** What is read of an answer that is no stream of what was asked for. */
const maximumRefusal = 64 * 1024;
function registryExchange(options) {
    const counts = new Map();
    const count = ({ host }) => counts.set(host, (counts.get(host) ?? 0) + 1);
    const authorized = authorization(options, count);
    const send = async ({ asked }, sent) => {
        count(asked);
        return options.http.send(sent);
    };
    const open = async ({ asked, expected }, sent) => {
        count(asked);
        const { status, headers, body } = await options.http.open(sent);
        if (expected.includes(status))
            return { status, headers, body: new Uint8Array(), stream: body };
        return { status, headers, body: await beginningOf(body) };
    };
    const attempt = async (request, transfer) => {
        const { asked } = request;
        const url = registry_exchange_addressOf(request);
        // An upload may be taken elsewhere, which is then no place for the login.
        const isOwn = url.origin === registryOrigin(asked.host);
        const shown = isOwn ? await authorized.known(asked) : undefined;
        let response = await follow(request, url, shown?.header, transfer, options);
        if (response.status === 401 && isOwn) {
            const challenge = response.headers["www-authenticate"] ?? "";
            const fresh = await authorized.answer(asked, challenge, url.protocol === "http:", shown);
            response = await follow(request, url, fresh.header, transfer, options);
            if (response.status === 401)
                throw await authorized.refusal(asked, fresh);
        }
        if (!request.expected.includes(response.status))
            throw answerError(asked, response, options.clock.now());
        request.check?.(response);
        return response;
    };
    const patiently = (request, transfer) => request.once
        ? attempt(request, transfer)
        : retrying(() => attempt(request, transfer), {
            ...options,
            signal: eitherSignal(request.signal, options.signal),
        });
    return {
        send: (request) => patiently(request, send),
        async open(request) {
            const { status, headers, stream = nothing() } = await patiently(request, open);
            return { status, headers, body: stream };
        },
        requests: () => counts,
    };
}
/** Where a registry's API is. Plain http for this machine alone, as docker and BuildKit do. */
function registryOrigin(host) {
    if (host === "docker.io")
        return "https://registry-1.docker.io";
    return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host) ? `http://${host}` : `https://${host}`;
}
/** Aborted as soon as one of them is. */
function eitherSignal(one, other) {
    return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}
function registry_exchange_addressOf({ asked, path }) {
    return typeof path === "string" ? new URL(`/v2/${path}`, registryOrigin(asked.host)) : path;
}
/** Sends, and follows redirects of reads. The login goes to the first origin alone, and never again once it was left. */
async function follow(request, start, authorizationHeader, transfer, options) {
    const { asked, method } = request;
    let url = start;
    let login = authorizationHeader;
    for (let hops = 0; hops <= maximumRedirects; hops += 1) {
        const response = await exchange(request, url, login, transfer, options);
        if (!registry_exchange_redirects.has(response.status)) {
            // A challenge from elsewhere is not the registry's: nothing is shown to whoever sent it.
            if (response.status === 401 && url.origin !== registryOrigin(asked.host))
                throw invalidError(asked, "a redirect to what wants a login");
            return response;
        }
        const next = URL.parse(response.headers.location ?? "", url.href);
        const isSafe = next?.protocol === "https:" || (next?.protocol === "http:" && url.protocol === "http:");
        if ((method !== "GET" && method !== "HEAD") || next === null || !isSafe) {
            throw invalidError(asked, `a redirect of a ${method}${next === null ? "" : ` to ${next.origin}`}`);
        }
        if (next.origin !== url.origin)
            login = undefined;
        url = next;
    }
    throw invalidError(asked, `more than ${maximumRedirects} redirects`);
}
async function exchange(request, url, login, transfer, options) {
    const { asked, method, headers, body, maximumBody, timeout, stall } = request;
    const signal = eitherSignal(request.signal, options.signal);
    try {
        return await transfer(request, {
            method,
            url: url.href,
            // Digests are of the bytes as they are stored.
            headers: { "accept-encoding": "identity", ...headers, ...(login === undefined ? {} : { authorization: login }) },
            ...(body === undefined ? {} : { body }),
            ...(maximumBody === undefined ? {} : { maximumBody }),
            ...(timeout === undefined ? {} : { timeout }),
            ...(stall === undefined ? {} : { stall }),
            ...(signal === undefined ? {} : { signal }),
        });
    }
    catch (cause) {
        signal?.throwIfAborted();
        // The body that was sent may have failed by itself, and told why.
        throw cause instanceof src_errors/* UserError */.yo ? cause : networkError(asked, cause);
    }
}
async function beginningOf(body) {
    const chunks = [];
    let length = 0;
    for await (const chunk of body) {
        chunks.push(chunk);
        length += chunk.byteLength;
        if (length > maximumRefusal)
            break;
    }
    return Buffer.concat(chunks);
}
async function* nothing() { }

;// CONCATENATED MODULE: ./src/oci/blob-source.ts
/** The bytes of a blob as they come from a registry: taken up again where they break off, and verified before they end. */





/** A link that is slower than 32 KiB a second is as good as broken. */
function blobTimeout(size) {
    return 120_000 + size / 32;
}
/** Nothing for so long, and another connection may do better. */
const stall = 60_000;
/**
 * A blob to be sent elsewhere. Whoever reads it gets its last bytes only if all of them are those of the digest.
 * `open`'s iteration @throws RegistryError.
 */
function blobSource(exchange, asked, descriptor, patience) {
    return {
        length: descriptor.size,
        open: (unwanted) => {
            const signal = eitherSignal(patience.signal, unwanted);
            return verified(asked, descriptor, resumed(exchange, asked, descriptor, { ...patience, signal }));
        },
    };
}
async function* verified(asked, { digest }, chunks) {
    const hash = (0,external_node_crypto_.createHash)("sha256");
    let held;
    for await (const chunk of chunks) {
        hash.update(chunk);
        if (held !== undefined)
            yield held;
        held = chunk;
    }
    const found = `sha256:${hash.digest("hex")}`;
    if (found !== digest)
        throw invalidError(asked, `${found} in place of ${digest}`, undefined, true);
    if (held !== undefined)
        yield held;
}
async function* resumed(exchange, asked, descriptor, patience) {
    const waitOrThrow = patient(patience);
    const { size } = descriptor;
    let offset = 0;
    while (offset < size) {
        try {
            for await (const chunk of bytesFrom(offset, exchange, asked, descriptor, patience)) {
                if (offset + chunk.byteLength > size)
                    throw invalidError(asked, `more than the ${size} bytes of a blob`);
                offset += chunk.byteLength;
                yield chunk;
            }
            if (offset < size)
                throw invalidError(asked, `${offset} of the ${size} bytes of a blob`, undefined, true);
        }
        catch (cause) {
            patience.signal?.throwIfAborted();
            await waitOrThrow(cause instanceof src_errors/* UserError */.yo ? cause : networkError(asked, cause));
        }
    }
}
async function* bytesFrom(offset, exchange, asked, { digest, size }, { signal }) {
    const { status, headers, body } = await exchange.open({
        asked,
        method: "GET",
        path: `${asked.repository}/blobs/${digest}`,
        headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
        expected: offset === 0 ? [200] : [200, 206],
        timeout: blobTimeout(size),
        stall,
        signal,
    });
    if (status === 206 && !headers["content-range"]?.startsWith(`bytes ${offset}-`)) {
        throw invalidError(asked, "another part of a blob than was asked for");
    }
    // Without ranges all comes again.
    let unwanted = status === 206 ? 0 : offset;
    for await (const chunk of body) {
        const skipped = Math.min(unwanted, chunk.byteLength);
        unwanted -= skipped;
        if (skipped < chunk.byteLength)
            yield chunk.subarray(skipped);
    }
}

;// CONCATENATED MODULE: ./src/oci/upload.ts

/**
 * Begins an upload, with `mount` only if the registry has not the blob elsewhere already. Beginning one twice is harmless: what
 * is never ended is cleared away. @returns where its bytes go (`undefined` for a place that can't be gone to, or not without
 * giving up https), or `mounted`. @throws RegistryError when the registry refuses.
 */
async function beginUpload(exchange, asked, mount) {
    const query = mount === undefined ? "" : `?${new URLSearchParams({ mount: mount.digest, from: mount.from })}`;
    const path = `${asked.repository}/blobs/uploads/${query}`;
    const begun = await exchange.send({ asked, method: "POST", path, expected: [201, 202] });
    if (begun.status === 201 && mount !== undefined)
        return "mounted";
    const { location } = begun.headers;
    const origin = registryOrigin(asked.host);
    const url = location === undefined ? null : URL.parse(location, `${origin}/v2/${asked.repository}/blobs/uploads/`);
    const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && origin.startsWith("http:"));
    return url !== null && isSafe ? url : undefined;
}

;// CONCATENATED MODULE: ./src/oci/copy-blob.ts
/** One blob from one repository to another, by the cheapest way that there is. */




/** @throws RegistryError, of the source or of the target. */
async function copyBlob(copy, exchange, patience) {
    const { to, descriptor, mountFrom } = copy;
    const path = `${to.repository}/blobs/${descriptor.digest}`;
    const there = await exchange.send({ asked: to, method: "HEAD", path, expected: [200, 404] });
    if (there.status === 200)
        return "present";
    let begun = mountFrom === undefined ? undefined : await mount(exchange, to, mountFrom, descriptor);
    if (begun === "mounted")
        return "mounted";
    await retrying(async () => {
        // What was sent of an upload that failed is unknown: the next attempt is another upload.
        const upload = begun ?? (await beginUpload(exchange, to));
        begun = undefined;
        if (upload === undefined)
            throw invalidError(to, "an upload without a place that is safe to send it to");
        if (upload !== "mounted")
            await put(upload, copy, exchange, patience);
    }, patience);
    return "sent";
}
/** Reasons for which a registry may not want to mount, and yet take an upload. */
const unmountable = new Set(["denied", "unauthorized", "missing", "refused"]);
/** @returns `undefined` where the registry does not mount. */
async function mount(exchange, to, from, { digest }) {
    try {
        return await beginUpload(exchange, { ...to, mountFrom: from }, { from, digest });
    }
    catch (error) {
        if (error instanceof RegistryError && unmountable.has(error.code))
            return undefined;
        throw error;
    }
}
/** The registry lost track of the upload, or got other bytes than were sent. */
const lost = new Set([
    "BLOB_UPLOAD_UNKNOWN",
    "BLOB_UPLOAD_INVALID",
    "DIGEST_INVALID",
    "SIZE_INVALID",
    "RANGE_INVALID",
]);
const lostStatuses = [400, 404, 416];
/** Registries look at all bytes at the end. */
const copy_blob_stall = 180_000;
/** A single PUT of all bytes (distribution-spec, "POST then PUT"), which every registry takes. */
async function put(upload, copy, exchange, patience) {
    const { from, to, descriptor } = copy;
    const { digest, size } = descriptor;
    const target = new URL(upload);
    // The registry's own parameters stay as they are, to the letter.
    target.search = `${upload.search === "" ? "?" : `${upload.search}&`}digest=${encodeURIComponent(digest)}`;
    const response = await exchange.send({
        asked: to,
        method: "PUT",
        path: target,
        headers: { "content-type": "application/octet-stream" },
        body: blobSource(exchange, from, descriptor, patience),
        // As long as the source may take with all its patience, so that the one at fault is named.
        timeout: 5 * blobTimeout(size),
        stall: copy_blob_stall,
        expected: [200, 201, 202, 204, ...lostStatuses],
        once: true,
    });
    if (lostStatuses.includes(response.status)) {
        const error = answerError(to, response, patience.clock.now());
        if (response.status !== 416 && !errorCodes(response).some((code) => lost.has(code)))
            throw error;
        throw new RegistryError(error.code, error.message, { hint: error.hint, isTransient: true });
    }
    const said = response.headers["docker-content-digest"];
    if (said?.startsWith("sha256:") && said !== digest) {
        throw invalidError(to, `it stored ${digest} as ${said.slice(0, 100)}`);
    }
}

;// CONCATENATED MODULE: ./src/oci/manifest-requests.ts
/** Manifests of a registry, by tag or digest, verified by their digests (OCI distribution-spec, "Pull" and "Push"). */





const accept = Object.values(mediaTypes).join(", ");
/** Registries look at everything that an index refers to before they answer. */
const putTimeout = 60_000;
/** `access` is asked for when reading: `push` where something will be pushed there next, so that one token does for both. */
function manifestRequests(exchange, absence, access = "pull") {
    const reading = (repository) => ({ ...askedOf(repository, access) });
    // What a digest names is the same for ever; what was read or stored in this run is not fetched again.
    const known = new Map();
    const remember = (repository, stored) => {
        known.set(`${repository}@${stored.digest}`, stored);
    };
    const requests = {
        async head(repository, name) {
            const asked = reading(repository);
            const path = `${asked.repository}/manifests/${name}`;
            const response = await exchange.send({ asked, method: "HEAD", path, headers: { accept }, expected: [200, 404] });
            const said = response.headers["docker-content-digest"] ?? "";
            if (response.status === 200 && (0,oci_digest/* isDigest */.Bc)(said))
                return said;
            if (response.status === 404 && absence.isCertain(asked, response))
                return undefined;
            // The body tells what the head did not; the digest is an optional header too.
            return (await requests.manifest(repository, name))?.digest;
        },
        async manifest(repository, name) {
            const remembered = known.get(`${repository}@${name}`);
            if (remembered !== undefined)
                return remembered;
            const found = await getManifest(exchange, absence, reading(repository), name);
            if (found !== undefined)
                remember(repository, found);
            return found;
        },
        async putManifest(repository, manifest, name) {
            const digest = await putManifest(exchange, askedOf(repository, "push"), manifest, name);
            const { bytes, mediaType } = manifest;
            remember(repository, { digest, bytes, mediaType, document: parseManifest(bytes, mediaType) });
            return digest;
        },
    };
    return requests;
}
function askedOf(repository, access) {
    const { host, path } = (0,oci_reference/* splitRepository */.T8)(repository);
    return { host, repository: path, access };
}
/** Bytes can be lost without HTTP's notice, where the length is not told: worth another try. */
function verifyDigest(asked, bytes, wanted) {
    const digest = (0,oci_digest/* digestOf */.ol)(bytes);
    if (digest !== wanted)
        throw invalidError(asked, `${digest} in place of ${wanted.slice(0, 100)}`, undefined, true);
}
async function getManifest(exchange, absence, asked, name) {
    const response = await exchange.send({
        asked,
        method: "GET",
        path: `${asked.repository}/manifests/${name}`,
        headers: { accept },
        maximumBody: maximumManifest,
        expected: [200, 404],
        check: (answer) => {
            if (answer.status !== 200)
                return absence.check(asked, answer);
            const wanted = (0,oci_digest/* isDigest */.Bc)(name) ? name : answer.headers["docker-content-digest"];
            if (wanted?.startsWith("sha256:"))
                verifyDigest(asked, answer.body, wanted);
        },
    });
    if (response.status === 404)
        return undefined;
    try {
        const document = parseManifest(response.body, response.headers["content-type"]);
        return { digest: (0,oci_digest/* digestOf */.ol)(response.body), mediaType: document.mediaType, bytes: response.body, document };
    }
    catch (cause) {
        throw invalidError(asked, `under ${name}, ${(0,src_errors/* messageOf */.bD)(cause)}`, cause);
    }
}
/** Put again after a failure: the same bytes under the same name. */
async function putManifest(exchange, asked, { bytes, mediaType }, name) {
    const digest = (0,oci_digest/* digestOf */.ol)(bytes);
    if ((0,oci_digest/* isDigest */.Bc)(name) && name !== digest)
        throw new Error(`a manifest of digest ${digest} cannot be stored as ${name}`);
    const response = await exchange.send({
        asked,
        method: "PUT",
        path: `${asked.repository}/manifests/${name}`,
        headers: { "content-type": mediaType },
        body: bytes,
        timeout: putTimeout,
        expected: [200, 201, 202],
    });
    const said = response.headers["docker-content-digest"];
    if (said?.startsWith("sha256:") && said !== digest)
        throw invalidError(asked, `it stored ${digest} as ${said.slice(0, 100)}`);
    return digest;
}

;// CONCATENATED MODULE: ./src/oci/copy-image.ts
/**
 * A copy of an image in another repository, of the same registry or another one: the same bytes, so the same digest. Nothing is
 * tagged, and everything is there before what refers to it.
 */







/** Of all copies of a client at once: layers fill a line soon, manifests wait for answers. */
const blobsAtOnce = 4;
const manifestsAtOnce = 8;
/** An index in an index is legal, and nobody makes more of it. */
const deepest = 3;
/** Copies share what they know of their registries: a layer that one has brought is mounted by the next. */
function imageCopier(exchange, absent, patience) {
    const shared = { blobSlot: (0,bounded/* slots */.Q)(blobsAtOnce), manifestSlot: (0,bounded/* slots */.Q)(manifestsAtOnce), holders: new Map() };
    return async (copy) => {
        const result = { blobs: { present: 0, mounted: 0, sent: 0 }, bytes: 0 };
        if (copy.from === copy.to)
            return result;
        const failed = new AbortController();
        const signal = AbortSignal.any([failed.signal, copy.signal, patience.signal].filter((each) => each !== undefined));
        const bound = withSignal(exchange, signal);
        const run = {
            ...{ copy, shared, result, signal, exchange: bound, patience: { ...patience, signal } },
            source: manifestRequests(bound, absent),
            target: manifestRequests(bound, absent, "push"),
            blobs: new Map(),
            fail: (reason) => failed.abort(reason),
        };
        await copyManifest(run, copy.digest, 0);
        return result;
    };
}
async function copyManifest(run, digest, depth) {
    const { copy, source, target } = run;
    const { manifestSlot } = run.shared;
    if (depth > deepest)
        throw invalidError(askedOf(copy.from, "pull"), `indexes more than ${deepest} deep`);
    const stored = await manifestSlot(() => source.manifest(copy.from, digest));
    if (stored === undefined)
        throw missingManifest(copy.from, digest);
    await copy_image_all(run, partsOf(stored).map((part) => () => copyPart(run, part, depth)));
    await manifestSlot(() => target.putManifest(copy.to, stored, digest));
}
function partsOf({ document }) {
    return document.kind === "index"
        ? document.manifests
        : [document.config, ...document.layers].filter((each) => !manifest_isForeign(each));
}
async function copyPart(run, part, depth) {
    const { copy, shared, target, blobs } = run;
    const type = isManifestType(part.mediaType);
    if (type === undefined) {
        const known = blobs.get(part.digest) ?? shared.blobSlot(() => copyOneBlob(run, part));
        blobs.set(part.digest, known);
        return known;
    }
    // Registries keep the blobs of a manifest as long as the manifest, but not the manifests of an index.
    if (type === "manifest" && (await shared.manifestSlot(() => target.head(copy.to, part.digest))) !== undefined)
        return;
    return copyManifest(run, part.digest, depth + 1);
}
async function copyOneBlob({ copy, shared, result, exchange, patience }, descriptor) {
    const from = (0,oci_reference/* splitRepository */.T8)(copy.from);
    const to = (0,oci_reference/* splitRepository */.T8)(copy.to);
    const holder = `${to.host} ${descriptor.digest}`;
    const mountFrom = from.host === to.host ? from.path : shared.holders.get(holder);
    const outcome = await copyBlob({
        from: askedOf(copy.from, "pull"),
        to: askedOf(copy.to, "push"),
        descriptor,
        mountFrom: mountFrom === to.path ? undefined : mountFrom,
    }, exchange, patience);
    shared.holders.set(holder, to.path);
    result.blobs[outcome] += 1;
    if (outcome === "sent")
        result.bytes += descriptor.size;
}
/** Side by side; the first failure ends the others, and is what is thrown once all have come to an end. */
async function copy_image_all(run, tasks) {
    await Promise.all(tasks.map(async (task) => {
        try {
            run.signal.throwIfAborted();
            await task();
        }
        catch (error) {
            run.fail(error);
        }
    }));
    run.signal.throwIfAborted();
}
function withSignal(exchange, signal) {
    return {
        ...exchange,
        send: (request) => exchange.send({ ...request, signal: eitherSignal(request.signal, signal) }),
        open: (request) => exchange.open({ ...request, signal: eitherSignal(request.signal, signal) }),
    };
}

;// CONCATENATED MODULE: ./src/oci/push-check.ts



/**
 * Asks for the right to push by beginning an upload and giving it up. No other question is answered the same way by every
 * registry. @throws RegistryError when the registry refuses.
 */
async function checkPush(exchange, repository) {
    const asked = askedOf(repository, "push");
    const upload = await beginUpload(exchange, asked);
    // An upload that stays begun is cleared away by the registry after some time, so that nothing depends on this answer.
    if (upload === undefined || upload === "mounted" || upload.origin !== registryOrigin(asked.host))
        return;
    const expected = [200, 202, 204, 404, 405];
    await exchange.send({ asked, method: "DELETE", path: upload, expected, once: true }).catch(() => { });
}

;// CONCATENATED MODULE: ./src/oci/tag-list.ts
/** The tags of a repository, page by page (OCI distribution-spec, "Listing Tags"). */




const maximumPages = 1_000;
/** @returns `undefined` for a repository that is not there. */
async function listTags(exchange, asked, absent) {
    const tags = [];
    const seen = new Set();
    let page = new URL(`/v2/${asked.repository}/tags/list?n=1000`, registryOrigin(asked.host));
    for (let pages = 1; page !== undefined; pages += 1) {
        if (pages > maximumPages)
            throw invalidError(asked, `more than ${maximumPages} pages of tags`);
        if (seen.has(page.href))
            throw invalidError(asked, "pages of tags that lead in a circle");
        seen.add(page.href);
        const check = (answer) => {
            if (answer.status === 404)
                absent.check(asked, answer);
        };
        const response = await exchange.send({
            asked,
            method: "GET",
            path: page,
            expected: [200, 404],
            check,
        });
        if (response.status === 404)
            return undefined;
        tags.push(...parseTags(asked, response.body));
        page = nextPage(asked, response.headers.link, page);
    }
    return tags;
}
function parseTags(asked, body) {
    let document;
    try {
        document = JSON.parse(new TextDecoder().decode(body));
    }
    catch (cause) {
        throw invalidError(asked, `a list of tags that is no JSON (${(0,src_errors/* messageOf */.bD)(cause)})`, cause);
    }
    if (typeof document === "object" && document !== null && "tags" in document) {
        // An empty repository has null here.
        if (document.tags === null)
            return [];
        if (Array.isArray(document.tags))
            return document.tags.filter((each) => typeof each === "string" && (0,oci_reference/* isTag */.dz)(each));
    }
    throw invalidError(asked, "a list of tags without tags");
}
/** The address in `Link: <…>; rel="next"` (RFC 8288), which must be the registry's own. */
function nextPage(asked, link, page) {
    const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? "")?.[1];
    if (target === undefined)
        return undefined;
    const next = URL.parse(target, page.href);
    if (next?.origin !== page.origin)
        throw invalidError(asked, "a next page that is not its own");
    return next;
}

;// CONCATENATED MODULE: ./src/oci/registry-client.ts
/** What we ask of a registry (OCI distribution-spec): manifests, tags, small blobs, copies of images; all verified by digests. */








const maximumBlob = 16 * 1024 * 1024;
/** An answer that refuses a small blob may be longer than the blob. */
const maximumErrorBody = 64 * 1024;
function registryClient(options) {
    const exchange = registryExchange(options);
    const absent = absence();
    const manifests = manifestRequests(exchange, absent);
    return {
        ...manifests,
        async tag(repository, digest, tag) {
            const found = await manifests.manifest(repository, digest);
            if (found === undefined)
                throw missingManifest(repository, digest);
            await manifests.putManifest(repository, found, tag);
        },
        blob: (repository, descriptor) => getBlob(exchange, repository, descriptor),
        checkPush: (repository) => checkPush(exchange, repository),
        tags: (repository) => listTags(exchange, askedOf(repository, "pull"), absent),
        copyImage: imageCopier(exchange, absent, options),
        requests: exchange.requests,
    };
}
async function getBlob(exchange, repository, { digest, size }) {
    const asked = askedOf(repository, "pull");
    if (size > maximumBlob) {
        throw new src_errors/* UserError */.yo(`a blob of ${size} bytes in ${repository} is too large to be read`, {
            hint: "check the image: its config should be a few kilobytes",
        });
    }
    const response = await exchange.send({
        asked,
        method: "GET",
        path: `${asked.repository}/blobs/${digest}`,
        expected: [200],
        maximumBody: Math.max(size, maximumErrorBody),
        check: ({ body }) => verifyDigest(asked, body, digest),
    });
    return response.body;
}

;// CONCATENATED MODULE: ./src/commands/act-for.ts


/**
 * The context with the ref that is meant: a full ref, the name of a tag or branch (a tag first), or a commit, which keeps the event's
 * ref. It must be what is checked out. @throws UserError where it isn't, or where there is no such ref.
 */
async function actFor(wanted, context, head, git) {
    if (wanted === undefined)
        return context;
    const { kind } = context.trigger;
    if (kind !== "dispatch" && kind !== "schedule") {
        throw new src_errors/* UserError */.yo(`the input "ref" is for runs by hand, and this is a ${context.eventName}`, {
            hint: "leave it empty on other events, as the inputs of a run by hand are there",
        });
    }
    const found = (0,run_context/* isCommit */.WM)(wanted) ? { full: undefined, commit: wanted } : await act_for_find(wanted, git);
    if (found === undefined) {
        throw new src_errors/* UserError */.yo(`the input "ref" names "${wanted}", and there is no such tag, branch or commit`, {
            hint: "write a tag (v1.2.3), a branch, a full ref (refs/tags/v1.2.3) or a whole commit id",
        });
    }
    if (found.commit !== head) {
        throw new src_errors/* UserError */.yo(`the input "ref" names ${wanted} (${found.commit.slice(0, 7)}), and ${head.slice(0, 7)} is checked out`, { hint: "give actions/checkout the same `ref`" });
    }
    return { ...context, commit: head, ...(found.full === undefined ? {} : { ref: (0,run_context/* gitRef */.GY)(found.full) }) };
}
async function act_for_find(wanted, git) {
    const names = wanted.startsWith("refs/") ? [wanted] : [`refs/tags/${wanted}`, `refs/heads/${wanted}`];
    for (const full of names) {
        // A tag's object stands for the commit that it is on; a branch of the checkout may be older than the remote's.
        const commit = full.startsWith("refs/heads/")
            ? ((await remote(full, git)) ?? (await git.resolve(full)))
            : ((await git.resolve(full)) ?? (await remote(`${full}^{}`, git)) ?? (await remote(full, git)));
        if (commit !== undefined)
            return { full, commit };
    }
    return undefined;
}
async function remote(ref, git) {
    return (await git.originUrl()) === undefined ? undefined : git.remoteCommit(ref);
}

;// CONCATENATED MODULE: ./src/commands/checkout-trust.ts


/**
 * Whether the commit that is checked out is trusted. What the event vouches for is not asked of anybody; an answer that can't
 * be had means no.
 */
async function checkoutTrust(context, head, questions) {
    if (context.trigger.kind === "gone")
        return trusted;
    if (await isVouched(context, head, questions.git))
        return trusted;
    const checkedOut = `${head.slice(0, 7)} is checked out`;
    if (foreignCommits(context).includes(head)) {
        const { trigger } = context;
        const number = trigger.kind === "pull-request" ? trigger.number : undefined;
        return { kind: "untrusted", why: `${checkedOut}, which comes from a fork`, head, pullRequest: number };
    }
    if (await isMadeByJob(context, head, questions.git))
        return trusted;
    const repository = `${context.owner}/${context.repo}`;
    const contained = await askRepository(context, head, questions);
    if (contained === true)
        return trusted;
    const why = contained === false
        ? `${checkedOut}, which no branch and no tag of ${repository} contains`
        : `${checkedOut}, and whether a branch or a tag of ${repository} contains it is unknown: ${contained.message}`;
    return { kind: "untrusted", why, head, pullRequest: await pullRequestAt(context, head, questions) };
}
async function isVouched(context, head, git) {
    const commits = vouchedCommits(context);
    if (commits.includes(head))
        return true;
    for (const commit of commits) {
        if ((await git.isAncestor(head, commit)) === "yes")
            return true;
    }
    return false;
}
/** Events after which a job may build what it has just committed, such as a version that it writes into a file. */
const committing = new Set(["push", "release", "schedule"]);
const mostOwnCommits = 50;
/**
 * Whether the job made the commit itself on top of the event's: git's own log of HEAD tells a commit that was made here from
 * one that was fetched, and each has one parent, so that no other history comes in by a merge.
 */
async function isMadeByJob(context, head, git) {
    if (!committing.has(context.trigger.kind))
        return false;
    const [event] = vouchedCommits(context);
    const moves = await git.headMoves();
    const made = new Set(moves.flatMap(({ to, by }) => (/^(?:commit|commit \(amend\)|revert): /.test(by) ? [to] : [])));
    let at = head;
    for (let count = 0; count < mostOwnCommits; count++) {
        if (at === event)
            return count > 0;
        const [parent, ...others] = made.has(at) ? await git.parents(at) : [];
        if (parent === undefined || others.length > 0)
            return false;
        at = parent;
    }
    return false;
}
/** The cheapest question first: the tips of branches and tags, then the API about the default branch, then all history. */
async function askRepository({ owner, repo, defaultBranch }, head, { history, forge }) {
    try {
        if (await history.reaches(head))
            return true;
        const onDefault = defaultBranch && (await forge.contains(owner, repo, defaultBranch, head));
        return onDefault === true || (await history.contains(head));
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return error;
        throw error;
    }
}
/** Of several open pull requests with one head none is meant. */
async function pullRequestAt(context, head, { forge, history }) {
    const { owner, repo, trigger } = context;
    if (trigger.kind === "pull-request")
        return trigger.headCommit === head ? trigger.number : undefined;
    const told = context.pullRequests?.filter((each) => each.headCommit === head) ?? [];
    if (told.length > 0)
        return only(told.map(({ number }) => number));
    const known = await forge.openPullRequests(owner, repo, head);
    if (known !== undefined && known.length > 0)
        return only(known);
    const candidates = await numbersAt(head, history);
    const open = await Promise.all(candidates.map(async (number) => ((await forge.pullRequestHead(owner, repo, number)) === head ? [number] : [])));
    return only(open.flat());
}
/** A commit that was pushed to more pull requests than this is nobody's preview. */
const mostCandidates = 10;
async function numbersAt(head, history) {
    try {
        return (await history.pullRequestsAt(head)).slice(-mostCandidates);
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return [];
        throw error;
    }
}
function only(numbers) {
    const [first, ...others] = new Set(numbers);
    return others.length === 0 ? first : undefined;
}

// EXTERNAL MODULE: ./src/commands/event-context.ts
var event_context = __webpack_require__(34496);
;// CONCATENATED MODULE: ./src/commands/logins.ts
/**
 * The logins that the inputs give, each with the hosts that may see it. `registry-password` is for where images are pushed; where
 * that is the forge's own registry among others, it is the others' unless a user is named too.
 */
function loginsOf({ registryUsername, registryPassword, token }, { hosts, forge, actor }) {
    const username = registryUsername ?? actor ?? "image-publish";
    const others = hosts.filter((host) => host !== forge);
    const meant = registryUsername !== undefined || others.length === 0 ? hosts : others;
    return [
        ...(registryPassword === undefined ? [] : [{ hosts: meant, username, password: registryPassword }]),
        ...(token === undefined ? [] : [{ hosts: [forge], username: actor ?? username, password: token }]),
    ];
}

;// CONCATENATED MODULE: ./src/commands/session.ts














/** @throws UserError where there is no checkout. */
async function session_openSession(given, inputs, outside, { offline = false, isSimulated = false } = {}) {
    const { env, processes, signal, random } = outside;
    const { workspace } = given;
    // Whose commit is checked out follows from what happened, not from what is simulated, nor from the ref that is acted for.
    const event = isSimulated ? await happened(outside) : given;
    const { serverUrl, apiUrl } = event ?? given;
    const options = { processes, workspace, env, serverUrl, token: inputs.settings.token, signal };
    const git = (0,changes_git/* openGit */.z)(options);
    const suffix = Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    const folder = `${given.temp}/image-publish-${suffix}`;
    // A deleted ref or a closed pull request needs no checkout, as nothing is done.
    const isGone = given.trigger.kind === "gone";
    const head = isGone ? given.commit : await session_headOf(git, workspace);
    const history = openForgeHistory({
        ...options,
        repositoryUrl: (0,run_context/* repositoryUrl */.Ek)(event ?? given),
        folder: `${folder}-history`,
        files: outside.files,
    });
    const meant = await actFor(inputs.settings.ref, given, head, git);
    const facts = offline ? meant : await forgeFacts(meant, inputs.settings.token, git, outside);
    const { defaultBranch, isPrivate } = facts;
    const questions = { git, history, forge: outside.forge(apiUrl, inputs.settings.token) };
    const trust = event === undefined ? trusted : await checkoutTrust({ ...event, defaultBranch }, head, questions);
    const isAtEvent = await holdsEvent(meant, head, git);
    const atHead = { ...meant, commit: head, defaultBranch, isPrivate };
    return {
        context: trust.kind === "trusted" ? atHead : contextOfUntrusted(atHead, trust),
        inputs,
        outside,
        git,
        checkout: { git: openGitTree(options), files: outside.files, workspace },
        commitDate: isGone ? given.startedAt : await git.committedAt(head),
        eventCommit: meant.commit,
        isAtEvent,
        trust,
        base: baseOfUntrusted(event ?? given),
        history,
        folder,
    };
}
/** What a command line is run for: nothing where it isn't run by a workflow, as on a laptop, whose checkout is the user's own. */
async function happened(outside) {
    return outside.env.GITHUB_EVENT_NAME ? (0,event_context/* eventContext */.W)(outside) : undefined;
}
/** The registries' client, with docker's logins, the inputs' for the hosts that images are pushed to, and the job's own. */
async function openRegistry({ context, inputs, outside }, hosts, signal = outside.signal) {
    const { env, processes, files, http, clock, random } = outside;
    const folder = dockerConfigFolder(env);
    const path = `${folder}/config.json`;
    const bytes = folder === undefined ? undefined : await files.read(path);
    const credentials = credentialStore({
        config: bytes === undefined ? undefined : { text: new TextDecoder().decode(bytes), path },
        env,
        processes,
        logins: loginsOf(inputs.settings, { hosts, forge: (0,run_context/* forgeRegistry */.h9)(context), actor: context.actor }),
    });
    const registry = registryClient({ http, clock, random, signal, credentials: (host) => credentials.find(host) });
    return { registry, credentials };
}
async function session_headOf(git, workspace) {
    try {
        return await git.head();
    }
    catch (cause) {
        if (!(cause instanceof git_command/* GitFailure */.Xi))
            throw cause;
        throw new src_errors/* UserError */.yo(`${workspace} holds no git checkout`, {
            hint: "put `uses: actions/checkout` before this step",
            cause,
        });
    }
}
/**
 * A tag's event may name the tag's own object; a pull request's checkout may be its head or the merge of it, and is neither where
 * `pull_request_target` runs on the base branch.
 */
async function holdsEvent({ trigger, commit }, head, git) {
    if (trigger.kind === "gone")
        return true;
    if (trigger.kind === "pull-request") {
        return head === trigger.headCommit || (await git.parents(head)).includes(trigger.headCommit);
    }
    return head === commit || (await git.resolve(commit)) === head;
}
/** What the payload doesn't tell: from the forge's API where it answers, the branch else from the remote. */
async function forgeFacts({ owner, repo, defaultBranch, isPrivate, trigger, apiUrl }, token, git, { forge, log }) {
    if (defaultBranch !== undefined || trigger.kind === "gone")
        return { defaultBranch, isPrivate };
    try {
        const known = await forge(apiUrl, token).repository(owner, repo);
        if (known !== undefined)
            return known;
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        log.debug((0,src_errors/* explain */.WE)(error));
    }
    return { defaultBranch: await remoteDefault(git), isPrivate };
}
async function remoteDefault(git) {
    try {
        return (await git.remoteDefault())?.branch;
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/catalog/config-fields.ts
/** Reads the values of a config file, each in its form; nothing where nothing, or nothing usable, is said. */




const readers = {
    text: (tree, reading) => scalar(tree, "a text", reading)?.text.trim(),
    "text-or-flag": (tree, reading) => scalar(tree, "a text, true or false", reading)?.text.trim(),
    flag: readFlag,
    path(tree, reading) {
        const found = scalar(tree, "a path", reading);
        return found === undefined ? undefined : config_fields_attempt(reading, found.at, () => repositoryPath(found.text));
    },
    platforms(tree, reading) {
        const expected = "a list of platforms such as [linux/amd64, linux/arm64]";
        const words = config_fields_texts(tree, expected, reading).flatMap(({ value, at }) => value.split(/[,\n]/).map((text) => ({ text: text.trim(), at })));
        const given = words.filter(({ text }) => text !== "");
        return [...new Set(given.flatMap(({ text, at }) => config_fields_attempt(reading, at, () => (0,oci_platform/* wantedPlatform */.zT)(text)) ?? []))];
    },
    names: (tree, reading) => config_fields_texts(tree, "a list of names", reading).filter(({ value }) => value !== ""),
    pairs: readPairs,
    lines: (tree, reading) => readLines(tree, reading),
    "lines-or-map": (tree, reading) => (tree.kind === "map" ? mapLines(tree.entries, reading) : readLines(tree, reading)),
    cache: (tree, reading) => readWord(tree, ["gha", "registry", "none"], reading),
    gate: (tree, reading) => readWord(tree, ["no-worse", "strict"], reading),
    words(tree, reading) {
        const lines = readLines(tree, reading, "a list of words");
        const words = lines.flatMap((line) => line.text.split(",").map((text) => ({ ...line, text: text.trim() })));
        return words.filter(({ text }) => text !== "");
    },
    paths: (tree, reading) => readLines(tree, reading, "a list of paths").flatMap(({ text, at }) => {
        const path = config_fields_attempt(reading, at, () => repositoryPath(text));
        return path === undefined ? [] : [{ value: path, at }];
    }),
};
/** Reads the settings that a map has; keys that are none are the caller's business. */
function readSettings(entries, settings, problems) {
    const found = entries.flatMap(({ key, value }) => {
        const form = Object.hasOwn(settings, key) ? settings[key]?.form : undefined;
        if (form === undefined || (value.kind === "scalar" && value.value === null))
            return [];
        const read = readers[form](value, { key, add: (problem) => problems.push(problem) });
        return read === undefined ? [] : [[key, read]];
    });
    // The table says which form each key has, and `readers` what each form gives: a parsing edge.
    return Object.fromEntries(found);
}
function readFlag(tree, { key, add }) {
    if (tree.kind === "scalar" && typeof tree.value === "boolean")
        return tree.value;
    add(new src_errors/* UserError */.yo(`"${key}" is neither true nor false`, { hint: "write true or false", at: tree.at }));
    return undefined;
}
function readWord(tree, words, reading) {
    const known = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
    const found = scalar(tree, known, reading);
    if (found === undefined)
        return undefined;
    const word = words.find((each) => each === found.text);
    if (word === undefined) {
        const hint = `write ${known}${(0,nearest/* didYouMean */.a)(found.text, words)}`;
        reading.add(new src_errors/* UserError */.yo(`"${reading.key}" can't be "${found.text}"`, { hint, at: found.at }));
    }
    return word;
}
function readPairs(tree, reading) {
    if (tree.kind === "map") {
        const pairs = tree.entries.map(({ key, at, value }) => {
            const text = scalar(value, "a text", { ...reading, key })?.text ?? "";
            return [key, { value: text, at }];
        });
        return Object.fromEntries(pairs);
    }
    const pairs = readLines(tree, reading, "a map of names and values").flatMap(({ text, at }) => {
        const equals = text.indexOf("=");
        if (equals > 0)
            return [[text.slice(0, equals).trim(), { value: text.slice(equals + 1), at }]];
        const problem = new src_errors/* UserError */.yo(`"${text}" in "${reading.key}" has no value`, { hint: "write NAME: value", at });
        reading.add(problem);
        return [];
    });
    return Object.fromEntries(pairs);
}
function mapLines(entries, reading) {
    return entries.map(({ key, at, value }, index) => ({
        text: `${key}=${scalar(value, "a text", { ...reading, key })?.text ?? ""}`,
        input: reading.key,
        line: index + 1,
        at,
    }));
}
/** Lines that are neither empty nor a comment, as in an input. */
function readLines(tree, reading, expected = "lines, or a list of them") {
    const items = tree.kind === "list" ? tree.items : [tree];
    const lines = items.flatMap((item) => {
        const found = scalar(item, expected, reading);
        return (found?.text.split(/\r?\n/) ?? []).map((text, index) => ({
            text: text.trim(),
            at: found?.isBlock === true ? { file: item.at.file, line: (item.at.line ?? 0) + 1 + index } : item.at,
        }));
    });
    return lines
        .map(({ text, at }, index) => ({ text, input: reading.key, line: index + 1, at }))
        .filter(({ text }) => text !== "" && !text.startsWith("#"));
}
function config_fields_texts(tree, expected, reading) {
    const items = tree.kind === "list" ? tree.items : [tree];
    return items.flatMap((item) => {
        const found = scalar(item, expected, reading);
        return found === undefined ? [] : [{ value: found.text.trim(), at: found.at }];
    });
}
function scalar(tree, expected, { key, add }) {
    if (tree.kind === "scalar")
        return tree.value === null ? undefined : tree;
    const what = tree.kind === "list" ? "a list" : "a map";
    const details = { hint: `write ${expected}`, at: tree.at };
    add(new src_errors/* UserError */.yo(`"${key}" is ${what}, where ${expected} is expected`, details));
    return undefined;
}
function config_fields_attempt({ key, add }, at, read) {
    try {
        return read();
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        add(new src_errors/* UserError */.yo(`"${key}": ${error.message}`, { hint: error.hint, at, cause: error.cause }));
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/catalog/config-schema.ts
/** Settings that may stand for one image and, under `defaults`, for all. */
const sharedSettings = {
    target: { form: "text", means: "Stage of the Dockerfile to build. Default: the last." },
    platforms: { form: "platforms", means: "Platforms to build for. Default: the builder's own." },
    publish: { form: "flag", means: "false: build it for the images that need it, and push it nowhere." },
    "build-args": { form: "pairs", means: "Build arguments; expressions such as {{version}} are filled in." },
    "build-contexts": {
        form: "pairs",
        means: "Named contexts: a directory, docker-image://REFERENCE, or target:IMAGE for an image of this repository.",
    },
    images: { form: "lines", means: "Where to push, as the input images." },
    tags: { form: "lines", means: "Tag rules, as the input tags." },
    "release-tag": {
        form: "lines",
        means: "Git tags that release it, in place of NAME-v1.2.3 and the like: {{name}}/v{{version}}. No other tag does.",
    },
    flavor: { form: "lines", means: "Settings of all tag rules, as the input flavor." },
    labels: { form: "lines-or-map", means: "Labels, added to those of the inputs." },
    annotations: { form: "lines-or-map", means: "Annotations, added to those of the inputs." },
    cache: { form: "cache", means: "gha, registry or none." },
    "cache-from": { form: "lines", means: "Own cache sources as for docker build, in place of cache." },
    "cache-to": { form: "lines", means: "Own cache targets as for docker build, in place of cache." },
    provenance: { form: "text-or-flag", means: "Build provenance, as the input provenance." },
    sbom: { form: "text-or-flag", means: "SBOM attestation, as the input sbom." },
    compression: { form: "lines", means: "Compression of layers, as the input compression." },
    scan: { form: "flag", means: "false: it is not scanned, and no finding holds it." },
    severity: { form: "words", means: "Severities that are reported, as the input severity." },
    "fail-on": { form: "words", means: "Severities that make the run red and count at the gate, as the input fail-on." },
    "ignore-unfixed": { form: "flag", means: "Whether findings without a fix don't count, as the input ignore-unfixed." },
    gate: { form: "gate", means: "no-worse or strict." },
    trivyignores: {
        form: "paths",
        means: "Ignore files of Trivy. Default: .trivyignore.yaml and .trivyignore beside the image and in the root.",
    },
    vex: { form: "paths", means: "VEX documents (OpenVEX, CSAF or CycloneDX) that say which findings do no harm." },
    cyclonedx: {
        form: "flag",
        means: "true: a software bill of materials (CycloneDX, JSON) of each platform lies beside its findings.",
    },
};
/** Settings of one image. */
const imageSettings = {
    path: { form: "path", means: "Directory that holds the image; takes over, and may rename, what was found there." },
    context: { form: "path", means: "Build context. Default: the directory." },
    file: { form: "path", means: "The Dockerfile." },
    dockerfile: { form: "path", means: "The same as file." },
    depends: {
        form: "names",
        means: "Images that go before this one, and whose changes affect it, though its Dockerfile names none.",
    },
    watch: {
        form: "names",
        means: "Files whose changes affect the image as well: patterns as in .dockerignore, from the root.",
    },
    ...sharedSettings,
};
/** Settings that stand beside `images` and `defaults`. */
const wholeSettings = {
    "watch-all": { form: "names", means: "Files whose changes affect every image: patterns as those of watch." },
};
/** Settings under `bump`: the pull requests that move pins. */
const bumpSettings = {
    branch: { form: "text", means: "The branch whose pins follow. Default: the default branch." },
    labels: { form: "names", means: "Labels of the pull requests; those that the repository lacks are made." },
    reviewers: { form: "names", means: "Who is asked for a review: users, or teams as organisation/team." },
    assignees: { form: "names", means: "Who they are assigned to." },
    draft: { form: "flag", means: "true: they are drafts." },
    "auto-merge": {
        form: "text-or-flag",
        means: "merge, squash or rebase: merged that way as soon as the rules allow it.",
    },
    grouped: { form: "flag", means: "true: one pull request for all images, in place of one for each." },
    required: { form: "flag", means: "true: the run is red where a pull request is refused." },
};

;// CONCATENATED MODULE: ./src/catalog/yaml-tree.ts

/** Parses one YAML document. `tree` is `undefined` for an empty one, and where there are problems. */
async function parseTree(text, file) {
    // Loaded here because most repositories have no such file.
    const yaml = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 38815, 19));
    const lines = new yaml.LineCounter();
    const document = yaml.parseDocument(text, { lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined) {
        const [start] = error.linePos ?? [];
        const at = start === undefined ? { file } : { file, line: start.line, column: start.col };
        const what = (error.message.split("\n", 1)[0] ?? "").replace(/ at line \d+, column \d+:$/, "");
        return {
            tree: undefined,
            problems: [new src_errors/* UserError */.yo(`${file} is no YAML: ${what}`, { hint: "mend that line", at })],
        };
    }
    if (document.contents === null)
        return { tree: undefined, problems: [] };
    try {
        return { tree: treeOf(document.contents, { yaml, document, lines, file, known: new Map() }), problems: [] };
    }
    catch (problem) {
        if (!(problem instanceof src_errors/* UserError */.yo))
            throw problem;
        return { tree: undefined, problems: [problem] };
    }
}
function treeOf(given, reading) {
    const { yaml, known } = reading;
    const node = yaml.isAlias(given) ? given.resolve(reading.document) : given;
    const before = known.get(node);
    if (before !== undefined)
        return before;
    const at = yaml_tree_placeOf(given, reading);
    if (known.has(node)) {
        throw new src_errors/* UserError */.yo("an alias stands inside what it names", { hint: "write the value out", at });
    }
    known.set(node, undefined);
    const tree = read(node, at, reading);
    known.set(node, tree);
    return tree;
}
function read(node, at, reading) {
    const { yaml } = reading;
    if (yaml.isMap(node))
        return { kind: "map", at, entries: node.items.map((pair) => entryOf(pair, at, reading)) };
    if (yaml.isSeq(node))
        return { kind: "list", at, items: node.items.map((item) => treeOf(item, reading)) };
    const value = yaml.isScalar(node) ? node.value : null;
    const isPlain = yaml.isScalar(node) && node.type === "PLAIN" && node.source !== undefined;
    const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
    const text = isPlain ? (node.source ?? "") : String(known ?? "");
    const isBlock = yaml.isScalar(node) && node.type === "BLOCK_LITERAL";
    return { kind: "scalar", at, value: known, text, ...(isBlock ? { isBlock } : {}) };
}
function entryOf(pair, map, reading) {
    const { yaml } = reading;
    const at = yaml_tree_placeOf(pair.key, reading);
    if (!yaml.isScalar(pair.key))
        throw new src_errors/* UserError */.yo("a key is no plain word", { hint: "write key: value", at });
    const key = String(pair.key.value ?? "");
    // `name:` alone has no value.
    const value = pair.value === null ? { kind: "scalar", value: null, text: "", at } : treeOf(pair.value, reading);
    return { key, at: at.line === undefined ? map : at, value };
}
function yaml_tree_placeOf(node, { lines, file }) {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset === undefined)
        return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
}
function isNode(node) {
    return typeof node === "object" && node !== null && "range" in node;
}

;// CONCATENATED MODULE: ./src/catalog/config.ts
/** What the user says of images in `image-publish.yml`. */






/** Nothing is said. */
const emptyConfig = { file: undefined, images: [], watchAll: [], defaults: {}, bump: {} };
const folders = [".github", ".forgejo", ".gitea"];
/**
 * Reads the config file that is named, or the one in `.github`, `.forgejo` or `.gitea`; none is fine.
 * @param given the input `config`: a path relative to the repository's root, or the bare name of a file in those folders.
 */
async function loadConfig(root, given, files) {
    const paths = configPaths(given);
    const contents = await Promise.all(paths.map(async (file) => ({ file, bytes: await files.read(external_node_path_.posix.join(root, file)) })));
    const there = contents.flatMap(({ file, bytes }) => (bytes === undefined ? [] : [{ file, bytes }]));
    const [first, second] = there;
    if (first === undefined) {
        const problem = new src_errors/* UserError */.yo(`the config file ${given} is not there`, {
            hint: `looked for ${paths.join(", ")}; mend "config"`,
        });
        return {
            config: emptyConfig,
            problems: given === undefined ? [] : [problem],
        };
    }
    const { config, problems } = await readConfig(new TextDecoder().decode(first.bytes), first.file);
    if (second === undefined)
        return { config, problems };
    const hint = 'keep one of them, or say which with the input "config"';
    const both = new src_errors/* UserError */.yo(`there are two config files, ${first.file} and ${second.file}`, {
        hint,
        at: { file: second.file },
    });
    return { config, problems: [both, ...problems] };
}
/** Where the config file may lie, the first that is there being the one. @param given as for `loadConfig`. */
function configPaths(given) {
    const asked = given === undefined ? ["image-publish.yml", "image-publish.yaml"] : [given];
    const isBare = given === undefined || !given.includes("/");
    return asked.flatMap((name) => [
        ...(given === undefined ? [] : [external_node_path_.posix.normalize(name)]),
        ...(isBare ? folders.map((folder) => `${folder}/${name}`) : []),
    ]);
}
/** Reads the text of a config file; every problem names its line, and none hides another. */
async function readConfig(text, file) {
    const { tree, problems: wrong } = await parseTree(text, file);
    const problems = [...wrong];
    const top = tree === undefined ? [] : config_entries(tree, "the file", ["images", "defaults", "bump", "watch-all"], problems);
    const imagesTree = valueUnder(top, "images");
    const defaultsTree = valueUnder(top, "defaults");
    const bumpTree = valueUnder(top, "bump");
    const bump = bumpTree === undefined ? [] : config_entries(bumpTree, '"bump"', Object.keys(bumpSettings), problems);
    const images = imagesTree === undefined ? [] : config_entries(imagesTree, '"images"', undefined, problems);
    const shared = Object.keys(sharedSettings);
    const defaults = defaultsTree === undefined ? [] : config_entries(defaultsTree, '"defaults"', shared, problems);
    return {
        config: {
            file,
            images: images.map((entry) => config_imageOf(entry, problems)),
            watchAll: readSettings(top, wholeSettings, problems)["watch-all"] ?? [],
            defaults: readSettings(defaults, sharedSettings, problems),
            bump: readSettings(bump, bumpSettings, problems),
        },
        problems,
    };
}
function config_imageOf({ key: name, at, value }, problems) {
    const what = `the image "${name}"`;
    const said = config_entries(value, what, Object.keys(imageSettings), problems);
    const { dockerfile, ...others } = readSettings(said, imageSettings, problems);
    const other = said.find((entry) => entry.key === "dockerfile");
    if (other !== undefined && others.file !== undefined) {
        const problem = `${what} has both "file" and "dockerfile", which mean the same`;
        problems.push(new src_errors/* UserError */.yo(problem, { hint: "keep one", at: other.at }));
    }
    return { name, at, said: { ...(dockerfile === undefined ? {} : { file: dockerfile }), ...others } };
}
function valueUnder(said, key) {
    return said.find((entry) => entry.key === key)?.value;
}
/** The entries of a map with known keys (`undefined`: any); nothing at all is an empty map. */
function config_entries(tree, what, keys, problems) {
    if (tree.kind === "scalar" && tree.value === null)
        return [];
    if (tree.kind !== "map") {
        const hint = keys === undefined ? "write name: {…}" : `write key: value, with ${keys.join(", ")}`;
        problems.push(new src_errors/* UserError */.yo(`${what} is no map of keys and values`, { hint, at: tree.at }));
        return [];
    }
    if (keys === undefined)
        return tree.entries;
    for (const { key, at } of tree.entries.filter((entry) => !keys.includes(entry.key))) {
        const like = (0,nearest/* nearest */.p)(key, keys);
        const hint = like === undefined ? `the keys are ${keys.join(", ")}` : `did you mean "${like}"?`;
        problems.push(new src_errors/* UserError */.yo(`${what} has the unknown key "${key}"`, { hint, at }));
    }
    return tree.entries;
}

;// CONCATENATED MODULE: ./src/changes/file-index.ts
function indexFiles(files) {
    const sorted = isSorted(files) ? files : files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    const at = (path) => {
        const found = sorted[firstFrom(sorted, path)];
        return found?.path === path ? found : undefined;
    };
    const atOrAbove = (path) => {
        const found = at(path);
        const slash = path.lastIndexOf("/");
        return found !== undefined || slash < 0 ? found : atOrAbove(path.slice(0, slash));
    };
    return {
        at,
        atOrAbove,
        below(directory) {
            if (directory === ".")
                return sorted;
            // "0" is the character after "/".
            return sorted.slice(firstFrom(sorted, `${directory}/`), firstFrom(sorted, `${directory}0`));
        },
    };
}
/** Git's lists nearly always are, and to see it is much quicker than to sort. */
function isSorted(files) {
    for (let at = 1; at < files.length; at++) {
        if ((files[at - 1]?.path ?? "") > (files[at]?.path ?? ""))
            return false;
    }
    return true;
}
/** The index of the first whose path is not before the given text. */
function firstFrom(sorted, text) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle]?.path ?? "") < text)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

;// CONCATENATED MODULE: ./src/changes/select.ts



/**
 * The names of the images that `only` means: all for an empty list. `*` is any number of characters, `?` is one. What an
 * image is called in public means both variants of it.
 * @throws UserError (or `Problems`) for what matches no image.
 */
function selectImages({ images }, only) {
    const names = images.map((image) => image.name);
    if (only.length === 0)
        return new Set(names);
    const matched = only.map((glob) => ({ glob, found: namesThatMatch(glob, images) }));
    (0,src_errors/* throwProblems */.Jh)(matched.filter(({ found }) => found.length === 0).map(({ glob }) => noMatch(glob, names)));
    return new Set(matched.flatMap(({ found }) => found));
}
function namesThatMatch(glob, images) {
    const matches = select_matcherOf(glob);
    return images.filter(({ name, publicName }) => matches(name) || matches(publicName)).map(({ name }) => name);
}
const select_listed = 20;
function noMatch(glob, names) {
    const some = names.slice(0, select_listed).join(", ");
    const more = names.length > select_listed ? `, and ${names.length - select_listed} more` : "";
    return new src_errors/* UserError */.yo(`\`only\` names "${glob}", and no image is called that`, {
        hint: `choose from ${some}${more}${(0,nearest/* didYouMean */.a)(glob, names)}`,
    });
}
function select_matcherOf(glob) {
    return pathExpression([...glob].map((each) => (each === "*" ? anyNumber : each === "?" ? anyOne : exactly(each))));
}

;// CONCATENATED MODULE: ./src/changes/touching.ts

const mostNamed = 10;
/**
 * A file goes into an image when it is its Dockerfile or an ignore file in force, or is in one of its contexts, not ignored,
 * and read by the build. What a symlink on the way to one of these leads to counts for it as well, and so do `others`.
 */
function touching(index) {
    // Many images may share a context, such as the root: what is found there is never copied.
    const filesOf = contextFiles(index);
    const sets = new Map();
    const setOf = (files) => {
        const set = sets.get(files) ?? new Set(files);
        sets.set(files, set);
        return set;
    };
    return (inputs, others) => {
        const first = new Set([...others, ...filesByName(inputs, index)]);
        const found = inputs.contexts.map((context) => ({ context, files: setOf(filesOf(context)) }));
        const isDoubtful = ({ context: { followed }, files }) => files.size > 0 && followed.kind === "whole" && followed.doubt !== undefined;
        const all = [first, ...found.map(({ files }) => files)];
        return { named: touching_firstOf(all), count: countOf(all), doubtful: found.find(isDoubtful)?.context };
    };
}
function touching_firstOf(sets) {
    const named = new Set();
    for (const files of sets) {
        for (const file of files) {
            if (named.size >= mostNamed)
                return [...named];
            named.add(file);
        }
    }
    return [...named];
}
/** How many there are, each once, without putting together what is large. */
function countOf(sets) {
    const [largest = new Set(), ...others] = sets.toSorted((a, b) => b.size - a.size);
    return largest.size + new Set(others.flatMap((files) => [...files].filter((file) => !largest.has(file)))).size;
}
function filesByName({ recipe, contexts }, index) {
    // A submodule in which something lies stands for it.
    const atOrAbove = (path) => (path === "." ? undefined : index.atOrAbove(path));
    return [
        ...recipe.paths.map(atOrAbove),
        ...contexts.flatMap(({ ignorePaths }) => ignorePaths.map(index.at)),
        ...contexts.flatMap(({ directory }) => directory.paths.map(atOrAbove)),
    ].filter((file) => file !== undefined);
}

;// CONCATENATED MODULE: ./src/changes/affected.ts







/** The affected images, those that build on them included. @throws UserError when `only` names no image, or `watch` no pattern. */
function affectedImages(input) {
    const { catalog, comparison, only } = input;
    const selected = selectImages(catalog, only);
    switch (comparison.kind) {
        case "nothing":
            return { affected: new Map(), deleted: [] };
        case "everything":
            return { affected: becauseOf(comparison.because, catalog, selected), deleted: [] };
        case "files": {
            const reasons = withBuiltOn(catalog, reasonsByFile(input, comparison));
            const affected = catalog.images.flatMap(({ name }) => {
                const found = selected.has(name) ? reasons.get(name) : undefined;
                return found === undefined ? [] : [[name, found]];
            });
            return { affected: new Map(affected), deleted: affected_deletedImages(catalog, comparison.files) };
        }
    }
}
function becauseOf(reason, { images }, selected) {
    return new Map(images.filter(({ name }) => selected.has(name)).map(({ name }) => [name, [reason]]));
}
/** The reasons that lie in an image itself. */
function reasonsByFile({ catalog, inputs, commit, config, unseen }, { files, base }) {
    const index = indexFiles(files);
    const touched = touching(index);
    const watched = watchedFiles(index);
    const settings = config.paths.flatMap((path) => index.at(path) ?? []);
    const reasons = new Map();
    for (const image of catalog.images) {
        const own = inputs.get(image.name);
        if (own === undefined)
            throw new Error(`nobody says what goes into ${image.name}`);
        const others = [
            ...(settings.length > 0 && config.affects(image.name) ? settings : []),
            ...image.bakeFiles.flatMap((path) => index.at(path) ?? []),
            ...watched(image.watch),
        ];
        const takesCommit = base !== commit && own.contexts.some(takesGit);
        const detail = own.outside === undefined ? unseen.get(image.name) : `${own.outside} lies outside the checkout`;
        const found = [
            ...fileReasons(touched(own, others)),
            ...(takesCommit ? [{ kind: "commit" }] : []),
            ...(detail === undefined ? [] : [{ kind: "unseen", detail }]),
        ];
        if (found.length > 0)
            reasons.set(image.name, found);
    }
    return reasons;
}
function fileReasons({ named, count, doubtful }) {
    const more = count - named.length;
    const doubt = doubtful?.followed.kind === "whole" ? doubtful.followed.doubt : undefined;
    return [
        ...named.map(({ path, change }) => ({ kind: "file", path, change })),
        ...(more > 0 ? [{ kind: "more-files", count: more }] : []),
        ...(doubt === undefined ? [] : [{ kind: "doubt", ...doubt }]),
    ];
}
/** Deleted Dockerfiles beside the images that are left: elsewhere, nobody knows whether one was an image. */
function affected_deletedImages({ images }, files) {
    const directories = new Set(images.map((image) => image.directory));
    const places = new Set([...directories].filter((each) => each !== ".").map(directoryOf));
    return files
        .filter(({ path, change }) => change === "deleted" && /^(?:(?:Docker|Container)file|default\.nix)$/.test(repository_path_lastPart(path)))
        .map(({ path }) => ({ directory: directoryOf(path), recipe: path }))
        .filter(({ directory }) => directory !== "." && !directories.has(directory) && places.has(directoryOf(directory)));
}
/** What a person is told of a deleted image. */
function describeDeleted({ directory, recipe }) {
    return {
        message: `${repository_path_lastPart(directory)} is no image any more: ${directory} has lost its ${repository_path_lastPart(recipe)}, so nothing is built from it`,
        hint: "what was published stays in the registry; remove what still names it, and its tags when nobody needs them",
    };
}

;// CONCATENATED MODULE: ./src/changes/comparison.ts


/**
 * Compares the checkout with what the event is to be compared with, fetching what a shallow checkout lacks. Where git fails,
 * the answer is `everything`. @throws the signal's reason when the run is cancelled.
 */
async function comparison_compare(context, git) {
    try {
        return await compareByEvent(context, git);
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return noBase(error.message);
        throw error;
    }
}
/** What changed from a commit to the checkout, whatever the event. */
async function compareSince(base, git) {
    try {
        return await since(git, base, "of what is published");
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            return noBase(error.message);
        throw error;
    }
}
function compareByEvent(context, git) {
    const { trigger } = context;
    switch (trigger.kind) {
        case "gone":
            return { kind: "nothing", what: trigger.what };
        case "schedule":
            return everything({ kind: "scheduled" });
        case "release":
            return everything({ kind: "tag", tag: context.ref.name });
        case "dispatch":
            return askedFor.has(trigger.eventName)
                ? everything({ kind: "asked-for" })
                : noBase(`the event ${trigger.eventName} names no commit to compare with`);
        case "push":
            return push(context, trigger.before, git);
        case "merge-group":
            return since(git, trigger.baseCommit, "the commit that the merge group builds on");
        case "pull-request":
            return pullRequest(context, trigger, git);
    }
}
/** Events by which a person or a program asks for a run; `workflow_call` is what some runners say of a called workflow. */
const askedFor = new Set(["workflow_dispatch", "repository_dispatch", "workflow_call"]);
async function push({ ref, defaultBranch }, before, git) {
    if (ref.kind === "tag")
        return everything({ kind: "tag", tag: ref.name });
    if (before === undefined) {
        const parents = await git.parents(await git.head());
        return everything(parents.length === 0 ? { kind: "first-commit" } : { kind: "new-branch", branch: ref.name });
    }
    const head = await git.head();
    const obtained = await obtain(git, [before]);
    if (obtained.kind === "here")
        return comparison_files(git, before, head);
    const lost = `${comparison_short(before)}, the commit before this push,`;
    if (obtained.kind === "failed")
        return noBase(`${lost} could not be fetched: ${obtained.why}`);
    // Nobody has it any more: the branch was rewritten. What the branch itself changed is the next best thing.
    const remote = await git.remoteDefault();
    const main = defaultBranch ?? remote?.branch;
    if (remote === undefined || main === undefined)
        return noBase(`${lost} is gone, and the remote names no default branch`);
    if (ref.name === main)
        return noBase(`${lost} is gone, as after a forced push`);
    return sinceFork(git, remote.commit, head, `${lost} is gone, and ${main}`);
}
async function pullRequest({ commit }, trigger, git) {
    const head = await git.head();
    const [target, merged, ...others] = await git.parents(head);
    // GitHub's refs/pull/N/merge. Its first parent is the target as it was merged with: the merge base of the two, however far
    // the target has moved since, and one commit to fetch.
    if (target !== undefined && merged === trigger.headCommit && others.length === 0) {
        return since(git, target, `${trigger.baseRef} as this pull request was merged with it`);
    }
    // `pull_request_target` runs on the target's commit; what the pull request changes is not in the checkout.
    const tip = trigger.target && head === commit ? trigger.headCommit : head;
    return sinceFork(git, trigger.baseCommit, tip, trigger.baseRef);
}
/** What changed from `base` to the checkout. */
async function since(git, base, what) {
    const obtained = await obtain(git, [base]);
    if (obtained.kind === "here")
        return comparison_files(git, base, await git.head());
    const why = obtained.kind === "gone" ? "is gone from the remote" : `could not be fetched: ${obtained.why}`;
    return noBase(`${comparison_short(base)}, ${what}, ${why}`);
}
/** What changed on the way to `tip` since it left `other` (three dots). */
async function sinceFork(git, other, tip, what) {
    const obtained = await obtain(git, [other, tip]);
    if (obtained.kind === "gone")
        return noBase(`${what} at ${comparison_short(other)} is gone from the remote`);
    if (obtained.kind === "failed")
        return noBase(`${what} at ${comparison_short(other)} could not be fetched: ${obtained.why}`);
    const ancestor = await commonAncestor(git, other, tip);
    if (ancestor.kind === "none")
        return noBase(`${what} at ${comparison_short(other)} has no common history with this: ${ancestor.why}`);
    return comparison_files(git, ancestor.commit, tip);
}
async function obtain(git, commits) {
    const missing = await git.missing(commits);
    if (missing.length === 0)
        return { kind: "here" };
    const fetched = await git.fetch(missing, "tip");
    if (fetched.kind === "failed")
        return { kind: "failed", why: fetched.failure.message };
    return fetched.kind === "gone" ? fetched : { kind: "here" };
}
async function comparison_files(git, base, head) {
    return { kind: "files", base, files: await git.changedFiles(base, head) };
}
function everything(because) {
    return { kind: "everything", because };
}
function noBase(detail) {
    return everything({ kind: "no-base", detail });
}
function comparison_short(commit) {
    return commit.slice(0, 7);
}

;// CONCATENATED MODULE: ./src/catalog/surroundings.ts


/** What the other images of a catalog and the named contexts put into an image's Dockerfile. */
function surroundingsOf(image, images) {
    const parents = new Map(image.parents.map(({ contextName, parent }) => [contextName, images.get(parent)]));
    const contexts = new Set(image.contexts.map(({ name }) => name));
    return {
        isContext: (name) => contexts.has(name) || parents.has(name),
        triggersOf(base) {
            const parent = parents.get(contextKey(base));
            return parent?.variant === "dockerfile" ? triggersOf(parent.dockerfile, parent.target) : [];
        },
    };
}

;// CONCATENATED MODULE: ./src/changes/followed-paths.ts






/**
 * What the stages that the target needs read, all wanted platforms together. Pure: neither files nor registries are asked. An
 * image from outside is taken to have no ONBUILD.
 */
function followedPaths(image, around) {
    const directories = image.contexts.flatMap((each) => (each.kind === "directory" ? [each.name] : []));
    const reads = { main: startReading(), named: new Map(directories.map((name) => [name, startReading()])) };
    const [doubt] = image.dockerfile.doubts;
    if (doubt !== undefined) {
        for (const each of [reads.main, ...reads.named.values()])
            each.takeAll(doubt);
    }
    else {
        const { platforms } = image;
        for (const each of platforms.length === 0 ? [undefined] : platforms)
            readFor(image, each, around, reads);
    }
    return {
        main: reads.main.result(),
        named: new Map([...reads.named].map(([name, reading]) => [name, reading.result()])),
    };
}
function startReading() {
    const sources = new Set();
    let whole;
    const takeAll = (doubt) => {
        // That all is read for sure says more than a doubt.
        if (whole === undefined || doubt === undefined)
            whole = { doubt };
    };
    return {
        takeAll,
        take({ source, doubt }, expanded, at) {
            const normal = "text" in expanded ? normalSource(expanded.text) : undefined;
            if (doubt !== undefined)
                takeAll({ what: doubt, at });
            else if (normal === undefined)
                takeAll({ what: `${source}, whose value is not known before the build`, at });
            else if (normal === ".")
                takeAll(undefined);
            else if (narrows(normal))
                sources.add(normal);
            else
                takeAll({ what: `the pattern ${source}`, at });
        },
        result: () => (whole === undefined ? { kind: "paths", sources: [...sources].sort() } : { kind: "whole", ...whole }),
    };
}
function readFor(image, platform, around, reads) {
    const { dockerfile, buildArgs } = image;
    const { file } = dockerfile;
    const globals = globalValues(dockerfile, image, platform);
    const sources = { dockerfile, buildArgs, globals };
    const expand = (text) => expandSettled(text, dockerfile.escape, (name) => globals.get(name));
    const bases = basesOf(dockerfile, expand, around.isContext);
    const needs = neededStages(dockerfile, { ...image, platforms: platform === undefined ? [] : [platform] }, around);
    const after = new Map();
    // A context that stands for the target itself is all there is.
    if (needs.stages.length === 0)
        for (const { text } of needs.uses)
            reads.named.get(contextKey(text))?.takeAll(undefined);
    for (const stage of needs.stages) {
        reads.named.get(contextKey(baseName(bases[stage.index], bases)))?.takeAll(undefined);
        if (bases[stage.index]?.kind === "unsettled") {
            const doubt = { what: `FROM ${stage.base}`, at: { file, line: stage.line } };
            for (const each of reads.named.values())
                each.takeAll(doubt);
        }
        for (const doubt of stage.doubts)
            for (const each of [reads.main, ...reads.named.values()])
                each.takeAll(doubt);
        let variables = startingVariables(bases[stage.index], after);
        for (const { instruction, file: from } of carriedOut(stage, bases, file, around)) {
            for (const use of usesOf(instruction)) {
                // What is taken from a stage, or an image, is no file of a context.
                const reading = use.from === undefined ? reads.main : reads.named.get(contextOf(use.from, use.via, bases, dockerfile));
                reading?.take(use, expandIn(variables, use.source, sources), { file: from, line: instruction.line });
            }
            variables = afterInstruction(variables, instruction, sources);
        }
        after.set(stage, variables);
    }
}
/** The name that may be a context's, which may also stand in the place of a stage; empty for a stage. */
function contextOf(from, via, bases, { stages }) {
    const stage = sourceStage(stages, from, via);
    if (stage === undefined)
        return contextKey(from);
    const base = bases[stage.index];
    return base?.kind === "replaced" ? base.text : "";
}
/** The name that may be a context's; empty for a stage, and for what is not settled. */
function baseName(base, bases) {
    if (base?.kind === "image")
        return base.text;
    return base?.kind === "stage" && bases[base.stage.index]?.kind === "replaced" ? (base.stage.name ?? "") : "";
}
function usesOf(instruction) {
    if (instruction.kind === "run")
        return instruction.mounts.flatMap(mountUse);
    if (instruction.kind !== "copy")
        return [];
    const { from, sources, keepsParents, keyword } = instruction;
    const local = sources.filter((source) => keyword === "COPY" || !/^https?:\/\//.test(source));
    return local.map((source) => ({
        from,
        via: "COPY --from",
        source,
        ...(keepsParents ? { doubt: `${keyword} --parents` } : {}),
    }));
}
/** A cache may begin as a copy of something. A mount whose type hangs on a variable may be any; the others take nothing. */
function mountUse({ type, from, source = "" }) {
    const takes = type === "bind" || (type === "cache" && from !== undefined) || type.includes("$");
    return takes ? [{ from, via: "RUN --mount", source }] : [];
}

;// CONCATENATED MODULE: ./src/changes/ignore-files.ts



const noIgnoreFile = { path: undefined, ignore: ignoresNothing };
const ignore_files_reads = 32;
/** Finds the first of some ignore files that is there, as the working tree has it: the build goes by those. Each is read once. */
function ignoreFileReader(workspace, files) {
    const read = (0,bounded/* bounded */.M)(ignore_files_reads, async (path) => files.read(`${workspace}/${path}`));
    const once = onceEach(async (path) => {
        const bytes = await read(path);
        return bytes && { path, ignore: readIgnore(bytes) };
    });
    return async (candidates) => {
        for (const path of candidates) {
            const found = await once(path);
            if (found !== undefined)
                return found;
        }
        return noIgnoreFile;
    };
}

;// CONCATENATED MODULE: ./src/changes/links.ts
/** Symlinks of the checkout: what goes into an image may lie where they lead. */






/** As many as Linux follows. */
const links_most = 40;
function linksOf({ links }, checkout) {
    /** What a link holds; `undefined` for a file that is none. */
    const read = onceEach((file) => readLink(file, checkout), ({ path }) => path);
    return {
        resolve: (path) => links_resolve(path, async (each) => {
            const file = links.at(each);
            return file && read(file);
        }),
        async among(directory, sources) {
            const named = sources_sourcesOf(sources);
            const inside = (file) => file.path.slice(directory === "." ? 0 : directory.length + 1);
            const candidates = named.starts.flatMap((start) => [
                ...above(start).flatMap((each) => links.at(joinPath(directory, each)) ?? []),
                ...links.below(joinPath(directory, start)),
            ]);
            for (const file of candidates) {
                if (named.leadsTo(inside(file)) && (await read(file)) !== undefined)
                    return file.path;
            }
            return undefined;
        },
    };
}
async function links_resolve(path, linkAt) {
    const paths = [path];
    let target = path;
    for (let followed = 0; followed <= links_most; followed++) {
        let next;
        for (const each of above(target)) {
            const link = await linkAt(each);
            if (link === undefined)
                continue;
            paths.push(each);
            next = external_node_path_.posix.normalize(external_node_path_.posix.join(external_node_path_.posix.dirname(each), link, target.slice(each.length)));
            if (link === "" || external_node_path_.posix.isAbsolute(link) || next === ".." || next.startsWith("../"))
                return undefined;
            break;
        }
        if (next === undefined)
            return { path, target, paths: [...new Set([...paths, target])] };
        target = next.replace(/(?<=.)\/$/, "");
    }
    return undefined;
}
/** A path and what it lies in, the root left out, from above. */
function above(path) {
    if (path === ".")
        return [];
    const parts = path.split("/");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
/** Of a link that a sparse checkout lacks nobody knows where it leads: that is `""`. */
async function readLink({ path, content, isAbsent }, checkout) {
    if (isAbsent)
        return content?.startsWith("120000 ") ? "" : undefined;
    const found = await lookAt(checkout, path);
    return found?.kind === "symlink" ? (0,path_bytes/* decodePath */.q)(found.target) : undefined;
}

;// CONCATENATED MODULE: ./src/changes/nix-followed.ts


/** No ignore file keeps anything from Nix; but nobody means git's own folder by a path that can't be told. */
function followedByNix(reads) {
    if (reads.kind === "whole") {
        return { followed: { kind: "whole", doubt: { what: reads.what, at: reads.at } }, ignore: ignoresGit };
    }
    const paths = reads.kind === "paths" ? reads.paths : ["."];
    // A name that would be read as a pattern narrows nothing.
    const isNarrow = paths.every((path) => narrows(normalSource(path)) && !/[*?[]/.test(path));
    return {
        followed: isNarrow ? { kind: "paths", sources: paths } : { kind: "whole", doubt: undefined },
        ignore: ignoresNothing,
    };
}
const ignoresGit = { ignores: (path) => path === ".git" || path.startsWith(".git/") };

;// CONCATENATED MODULE: ./src/changes/image-inputs.ts
/** Where in the repository lies what goes into an image. */







/** By name of the image. */
async function readInputs({ images }, { listing, checkout, files, argumentsOf }) {
    const reader = {
        listing,
        links: linksOf(listing, checkout),
        ignoreFile: ignoreFileReader(checkout.workspace, files),
        argumentsOf,
    };
    const byName = new Map(images.map((image) => [image.name, image]));
    const read = images.map(async (image) => [image.name, await inputsOf(image, byName, reader)]);
    return new Map(await Promise.all(read));
}
async function inputsOf(image, images, reader) {
    const place = await reader.links.resolve((0,catalog/* recipeOf */.S)(image));
    const recipe = place ?? unresolved((0,catalog/* recipeOf */.S)(image));
    const lost = place === undefined ? (0,catalog/* recipeOf */.S)(image) : undefined;
    const { contexts, outside } = image.variant === "nix" ? nixInputs(image) : await dockerInputs(image, images, reader);
    return { recipe, contexts, outside: lost ?? outside };
}
/** A Nix file has no context: it may read any file of the repository. */
function nixInputs({ reads }) {
    const directory = { path: ".", target: ".", paths: ["."] };
    const rest = { name: undefined, ignoreFile: undefined, ignorePaths: [] };
    return {
        contexts: [{ ...rest, directory, ...followedByNix(reads) }],
        outside: reads.kind === "outside" ? reads.what : undefined,
    };
}
async function dockerInputs(image, images, reader) {
    const filled = { ...image, buildArgs: reader.argumentsOf(image) };
    const followed = followedPaths(filled, surroundingsOf(image, images));
    const own = `${image.dockerfilePath}.dockerignore`;
    const named = image.contexts.flatMap((each) => (each.kind === "directory" ? [each] : []));
    const contexts = await Promise.all([
        contextInputs(undefined, image.context, own, followed.main, reader),
        ...named.map(({ name, path }) => contextInputs(name, path, undefined, followed.named.get(name), reader)),
    ]);
    const lost = [
        ...[image.context, ...named.map(({ path }) => path)].filter((_, index) => contexts[index] === undefined),
        ...image.contexts.flatMap((each) => (each.kind === "elsewhere" && !isImage(each.value) ? [each.value] : [])),
    ];
    return { contexts: contexts.filter((each) => each !== undefined), outside: lost[0] };
}
/** Images from outside are bases: what they hold is told apart by their digests. */
function isImage(value) {
    return value.startsWith("docker-image://");
}
async function contextInputs(name, path, own, followed = { kind: "paths", sources: [] }, { listing, links, ignoreFile }) {
    const directory = await links.resolve(path);
    if (directory === undefined)
        return undefined;
    const shared = joinPath(directory.target, ".dockerignore");
    const candidates = await Promise.all((own === undefined ? [shared] : [own, shared]).map(async (each) => (await links.resolve(each)) ?? unresolved(each)));
    // What is not listed need not be looked for.
    const there = candidates.filter(({ target }) => listing.files.at(target) !== undefined);
    const inForce = await ignoreFile(there.map((each) => each.path));
    // Where the Dockerfile has an ignore file of its own, the context's is a file like others.
    const found = candidates.filter((each) => each.path === own || inForce.path !== own || own === undefined);
    return {
        name,
        directory,
        ignore: inForce.ignore,
        ignoreFile: found.find(({ path: each }) => each === inForce.path),
        ignorePaths: found.flatMap((place) => place.paths),
        followed: await withLinks(followed, directory.target, links),
    };
}
/** COPY follows a symlink, wherever it leads to. */
async function withLinks(followed, directory, links) {
    const link = followed.kind === "paths" ? await links.among(directory, followed.sources) : undefined;
    return link === undefined ? followed : { kind: "whole", doubt: { what: "a symlink", at: { file: link } } };
}
function unresolved(path) {
    return { path, target: path, paths: [path] };
}

;// CONCATENATED MODULE: ./src/changes/incomplete.ts



async function incompleteFiles({ images }, { inputs, listing, checkout }) {
    const pointers = new Set(await pointersIn(listing, checkout));
    if (pointers.size === 0 && !listing.isSparse)
        return { absent: [], pointers: [] };
    const filesOf = contextFiles(listing.files);
    const kinds = [({ isAbsent }) => isAbsent === true, (file) => pointers.has(file)];
    const among = onceEach((files) => kinds.map((is) => files.filter(is)));
    const [absent, large] = kinds.map((_, kind) => images.flatMap(({ name }) => {
        const files = (inputs.get(name)?.contexts ?? []).flatMap((context) => among(filesOf(context))[kind] ?? []);
        const [first] = files;
        return first === undefined ? [] : [{ image: name, path: first.path, count: new Set(files).size }];
    }));
    return { absent: absent ?? [], pointers: large ?? [] };
}
async function pointersIn({ large, files }, checkout) {
    const listed = [...large].flatMap((path) => files.at(path) ?? []);
    const isPointer = await Promise.all(listed.map(({ path }) => isPointerAt(path, checkout)));
    return listed.filter((_, index) => isPointer[index]);
}
/** A pointer is a short text (git-lfs, docs/spec.md). */
async function isPointerAt(path, checkout) {
    const found = await lookAt(checkout, path);
    if (found?.kind !== "file" || found.size > 1024)
        return false;
    return new TextDecoder().decode(await found.content()).startsWith("version https://git-lfs.github.com/spec/");
}

;// CONCATENATED MODULE: ./src/changes/altered.ts



const alteringSettings = /^core\.(autocrlf|eol|attributesfile)$/;
/**
 * The tracked paths that a filter, line ends, an encoding or an `$Id$` alter: there, git calls a file unmodified though its
 * bytes are others than the blob's.
 * @param differing paths of the working tree that git has otherwise, or not at all.
 */
async function alteredPaths(checkout, tracked, differing, { settings, attributesFile }) {
    const regular = () => tracked.flatMap(({ path, content }) => (content.startsWith("100") ? [path] : []));
    // `input` writes none, but git calls a file unmodified that was added with them.
    const mayHaveCarriageReturns = (settings.get("core.autocrlf") ?? "false") !== "false" || settings.get("core.eol") === "crlf";
    // Files that were checked out by other rules than those that lie there now.
    const rewritten = differing.filter(isAttributesFile).map(directoryOf);
    const isSuspect = (path) => mayHaveCarriageReturns || rewritten.some((folder) => folder === "." || path.startsWith(`${folder}/`));
    const mayBeSuspect = mayHaveCarriageReturns || rewritten.length > 0;
    const suspects = (mayBeSuspect ? regular().filter(isSuspect) : []).map((path) => [path, "other"]);
    const places = tracked.map(({ path }) => path).filter(isAttributesFile);
    const untracked = rewritten.map((folder) => joinPath(folder, ".gitattributes"));
    const mayAlter = settings.has("core.attributesfile") || (await doAlter(checkout, [...places, ...untracked, attributesFile]));
    if (!mayAlter)
        return new Map(suspects);
    const names = ["filter", "ident", "working-tree-encoding", "eol"];
    const attributes = await checkout.git.attributes(names, regular());
    const altered = [...attributes].flatMap(([path, values]) => {
        const alteration = alterationBy(values);
        return alteration === undefined ? [] : [[path, alteration]];
    });
    return new Map([...suspects, ...altered]);
}
function isAttributesFile(path) {
    return path === ".gitattributes" || path.endsWith("/.gitattributes");
}
function alterationBy(values) {
    if (values.get("filter") === "lfs")
        return "lfs";
    const eol = values.get("eol");
    return eol === "crlf" || values.size > (eol === undefined ? 0 : 1) ? "other" : undefined;
}
/** To ask for the attributes of every path takes long: most repositories have none that matter. */
async function doAlter(checkout, places) {
    const texts = await Promise.all([...new Set(places)].map((path) => altered_textOf(checkout, path)));
    return texts.some((text) => /\b(?:filter|ident|working-tree-encoding)\b|\beol=crlf\b/.test(text));
}
async function altered_textOf(checkout, path) {
    const found = path.startsWith("/") ? await checkout.files.look((0,path_bytes/* encodePath */.O)(path)) : await lookAt(checkout, path);
    return found?.kind === "file" ? new TextDecoder().decode(await found.content()) : "";
}

;// CONCATENATED MODULE: ./src/changes/listing.ts




/**
 * Lists what docker would see in the checkout: tracked, untracked and ignored files, those of checked out submodules and of
 * repositories that lie inside included, deleted ones not. Git's own folder is no part of it.
 */
async function readListing(checkout) {
    const found = { files: [], links: [], large: new Set(), isSparse: false };
    const objectFormat = await addRepository(checkout, "", found);
    return {
        files: indexFiles(found.files),
        links: indexFiles(found.links),
        large: found.large,
        isSparse: found.isSparse,
        objectFormat,
    };
}
/** Adds the files of a repository, whose paths in the checkout begin with `prefix`. @returns how it calls its objects. */
async function addRepository(checkout, prefix, found) {
    const { git } = checkout;
    const [tracked, modified, untracked, settings, { objectFormat, attributesFile }] = await Promise.all([
        git.tracked(),
        git.modified(),
        git.untracked(),
        git.settings(alteringSettings),
        git.layout(),
    ]);
    const differing = [...modified, ...untracked];
    const altered = await alteredPaths(checkout, tracked.files, differing, { settings, attributesFile });
    const unknown = new Set([...modified, ...altered.keys(), ...tracked.uncompared]);
    const isThere = presence(checkout);
    const inside = [];
    const add = (file) => {
        found.files.push(file);
        if (file.content === undefined || file.content.startsWith(symlink))
            found.links.push(file);
    };
    for (const file of tracked.files) {
        const { path, content } = file;
        if (content.startsWith(submodule))
            inside.push(path);
        else if (tracked.sparse.has(path) && !(await isThere(path))) {
            found.isSparse = true;
            add({ path: prefix + path, content, isAbsent: true });
        }
        else if (tracked.sparse.has(path) || unknown.has(path))
            add({ path: prefix + path, content: undefined });
        else
            add(prefix === "" ? file : { path: prefix + path, content });
    }
    for (const [path, alteration] of altered)
        if (alteration === "lfs")
            found.large.add(prefix + path);
    for (const path of untracked) {
        if (path.endsWith("/"))
            inside.push(path.slice(0, -1));
        else
            add({ path: prefix + path, content: undefined });
    }
    for (const path of inside)
        await addInside(checkout, prefix, path, found);
    return objectFormat;
}
const symlink = "120000 ";
const submodule = "160000 ";
/** A submodule that is not checked out is an empty folder: nothing. */
async function addInside(checkout, prefix, path, found) {
    const { git, workspace } = checkout;
    const gitFolder = await lookAt(checkout, `${path}/.git`);
    if (gitFolder === undefined)
        return;
    const inner = { ...checkout, git: git.inside(path), workspace: `${workspace}/${path}` };
    await addRepository(inner, `${prefix}${path}/`, found);
    // A clone carries its history along, of which the commit has to do.
    if (gitFolder.kind !== "directory")
        return;
    const commit = (await inner.git.description()) ?? "none";
    found.files.push({ path: `${prefix}${path}/.git`, content: `commit ${commit}` });
}
/** Whether there is something at a path. Of folders that are missing, each is asked for only once. */
function presence(checkout) {
    const folders = new Map();
    const hasFolder = async (path) => {
        if (path === ".")
            return true;
        const known = folders.get(path) ?? isThere(path);
        folders.set(path, known);
        return known;
    };
    const isThere = async (path) => (await hasFolder(directoryOf(path))) && (await lookAt(checkout, path)) !== undefined;
    return isThere;
}

// EXTERNAL MODULE: ./src/tags/release-tag.ts
var release_tag = __webpack_require__(93629);
;// CONCATENATED MODULE: ./src/catalog/found-image.ts
/** An image as the repository lays it out, before the config file and the inputs have their say. */

/**
 * The image of a directory that holds a Dockerfile, a Nix file or both, which say nothing else of it.
 * @param rootName the root's image's name.
 */
function directoryImage(directory, { dockerfile, nix }, rootName) {
    return {
        name: directory === "." ? rootName : external_node_path_.posix.basename(directory),
        from: "directory",
        directory,
        context: directory,
        dockerfilePath: dockerfile,
        nixFile: nix,
        target: undefined,
        platforms: [],
        publish: undefined,
        buildArgs: {},
        contexts: new Map(),
        labels: {},
        annotations: [],
        at: { file: dockerfile ?? nix ?? directory },
    };
}

;// CONCATENATED MODULE: ./src/catalog/declared-images.ts
/** What was found and what the config file says, joined: every image with its settings, before its Dockerfile is read. */






/**
 * Every image with a fit name, once. An entry of the config overrides the found image of its name, or takes over the
 * directory that its `path` names; else it adds an image. What is said of one image (by its entry, then by its bake file)
 * wins over an input, an input over the file's defaults.
 */
function declareImages(found, config, inputs, rootName) {
    const problems = [];
    const join = (image, entry) => declared_images_joined(image, entry, inputs, config, rootName, problems);
    const left = new Set(found.filter((each) => !isClaimed(each, config.images)));
    const declared = config.images.flatMap((entry) => {
        const own = [...left].find((each) => each.name === entry.name && !liesElsewhere(each, entry));
        if (own !== undefined)
            left.delete(own);
        const image = own ?? elsewhere(entry, found, rootName);
        if (image !== undefined)
            return join(image, entry);
        problems.push(placeless(entry, found));
        return [];
    });
    const images = [...declared, ...[...left].flatMap((image) => join(image))];
    const file = config.file ?? ".github/image-publish.yml";
    const unfit = images.filter(({ name, isRoot }) => !isRoot && !fitName.test(name.toLowerCase()));
    problems.push(...sameNames(images, file), ...unfit.map((image) => unfitName(image, file)));
    return { images: images.filter((image) => !unfit.includes(image)), problems };
}
/** Whether an entry takes over the directory of an image, under whatever name. */
function isClaimed({ from, directory }, entries) {
    return from === "directory" && entries.some(({ said }) => said.path === directory);
}
/** Whether an entry means another directory than the one that bears its name. */
function liesElsewhere({ from, directory }, { said }) {
    return from === "directory" && said.path !== undefined && said.path !== directory;
}
/** The image that an entry adds, where it says in which directory. */
function elsewhere({ name, said }, found, rootName) {
    const beside = said.file === undefined ? said.context : directoryOf(said.file);
    const directory = said.path ?? beside;
    if (directory === undefined)
        return undefined;
    const there = found.find((each) => each.from === "directory" && each.directory === directory);
    const image = there ?? directoryImage(directory, {}, rootName);
    return { ...image, name };
}
function declared_images_joined(image, entry, inputs, { defaults, watchAll }, rootName, problems) {
    const said = entry?.said ?? {};
    const directory = said.path ?? image.directory;
    const own = said.platforms ?? (image.platforms.length > 0 ? image.platforms : undefined);
    const given = inputs.platforms.length > 0 ? inputs.platforms : undefined;
    const common = {
        publicName: image.name,
        isRoot: image.name === rootName && directory === ".",
        directory,
        platforms: own ?? given ?? defaults.platforms ?? [],
        publish: said.publish ?? image.publish ?? defaults.publish ?? true,
        labels: image.labels,
        annotations: image.annotations,
        depends: said.depends ?? [],
        bakeFiles: image.from === "bake" ? bakeFilesBeside(image.at.file) : [],
        watch: [...watchAll, ...(said.watch ?? [])],
    };
    const { dockerfilePath, nixFile, hasDockerfile } = recipesOf(image, said);
    const dockerfile = {
        ...common,
        name: image.name,
        variant: "dockerfile",
        context: said.context ?? image.context,
        dockerfilePath,
        target: said.target ?? image.target ?? inputs.target ?? defaults.target,
        buildArgs: {
            ...values(defaults["build-args"]),
            ...inputs.buildArgs,
            ...image.buildArgs,
            ...values(said["build-args"]),
        },
        contexts: new Map([
            ...contextsOf(defaults["build-contexts"], problems),
            ...image.contexts,
            ...contextsOf(said["build-contexts"], problems),
        ]),
    };
    if (nixFile === undefined)
        return [dockerfile];
    const name = hasDockerfile ? `${image.name}-nix` : image.name;
    const nix = { ...common, name, variant: "nix", nixFile, buildArgs: {}, contexts: new Map() };
    return hasDockerfile ? [dockerfile, nix] : [nix];
}
/** The files that say how an image is built: what a directory holds, and what is said of it. */
function recipesOf(image, said) {
    const isNix = said.file?.endsWith(".nix") === true;
    const nixFile = isNix ? said.file : image.nixFile;
    const dockerfilePath = isNix ? image.dockerfilePath : (said.file ?? image.dockerfilePath);
    return { nixFile, dockerfilePath, hasDockerfile: dockerfilePath !== undefined || nixFile === undefined };
}
function values(pairs = {}) {
    return Object.fromEntries(Object.entries(pairs).map(([name, { value }]) => [name, value]));
}
function contextsOf(pairs = {}, problems) {
    const read = Object.entries(pairs).flatMap(([name, { value, at }]) => {
        try {
            return [readContext(name, value, ".", at)];
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo))
                throw error;
            problems.push(new src_errors/* UserError */.yo(`"build-contexts": ${error.message}`, { hint: error.hint, at }));
            return [];
        }
    });
    return new Map(read.map((each) => [each.to.name, each]));
}
function placeless({ name, at }, found) {
    const like = (0,nearest/* nearest */.p)(name, found.map((each) => each.name));
    return new src_errors/* UserError */.yo(`no directory holds an image named "${name}"`, {
        hint: like === undefined
            ? 'say where it lies with "path" or "file"'
            : `did you mean "${like}"? Else say where it lies with "path"`,
        at,
    });
}
/** Names become parts of repositories, in lower case: there they must stay apart. */
function sameNames(images, file) {
    const directories = Map.groupBy(images, ({ name }) => name.toLowerCase());
    return [...directories].flatMap(([name, several]) => {
        const [first, second] = several.map(({ directory }) => directory).sort();
        if (first === undefined || second === undefined)
            return [];
        const hint = `give one of them another name in ${file}, as in images: {other-name: {path: ${second}}}`;
        return [
            new src_errors/* UserError */.yo(`two images have the name "${name}", in ${first} and in ${second}`, { hint, at: { file: second } }),
        ];
    });
}
const component = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const fitName = new RegExp(`^${component}(?:/${component})*$`);
function unfitName({ name, directory }, file) {
    return new src_errors/* UserError */.yo(`"${name}" can't be an image's name`, {
        hint: `use letters and digits, parted by single dots, dashes or underscores; ${file} can name it, as in images: {fit-name: {path: ${directory}}}`,
        at: { file: directory },
    });
}
/** Where the Dockerfile of a directory may lie. */
function dockerfileCandidates({ directory, context, dockerfilePath, }) {
    if (dockerfilePath !== undefined)
        return [dockerfilePath];
    const folders = [...new Set([directory, context])];
    return folders.flatMap((each) => ["Dockerfile", "Containerfile"].map((name) => joinPath(each, name)));
}

;// CONCATENATED MODULE: ./src/catalog/discover.ts
/** Finds the directories that hold an image. */






/** Where images are looked for when nobody says where. */
const defaultGlobs = [".", "images/*", "containers/*", "apps/*"];
/** Dockerfile wins where both are there. Case counts, as it does for docker. */
const dockerfileNames = ["Dockerfile", "Containerfile"];
const discover_reads = 32;
/**
 * Looks for directories with a Dockerfile, a Containerfile or a default.nix, and for bake files in them and one level up.
 * Symlinked directories are not followed; hidden ones and node_modules only where they are named. The root's default.nix,
 * which is rarely one of an image, counts where the root is named.
 * @param globs of directories; none: the default ones. One without wildcard has to hold an image.
 */
async function discover(root, globs, files) {
    const problems = [];
    const read = globs.length === 0 ? defaultGlobs : globs;
    const parsed = read.flatMap((glob) => discover_attempt(problems, () => pathGlob(glob)));
    const list = listing(root, files);
    const matches = await Promise.all(parsed.map(async (glob) => ({ glob, directories: await matching(".", glob.parts, list) })));
    const directories = [...new Set(matches.flatMap((match) => match.directories))].sort();
    const lookInto = (among) => Promise.all(among.map((each) => insideOf(each, list)));
    const inside = new Map((await lookInto(directories)).map((each) => [each.directory, each]));
    if (globs.length > 0) {
        const named = matches.filter(({ glob }) => glob.isLiteral);
        problems.push(...(await Promise.all(named.map((match) => missing(match.glob, inside, list)))).flat());
    }
    const places = [...parsed.map(literalPart), ...directories.filter((each) => each !== ".").map(directoryOf)];
    const above = await lookInto([...new Set(places)].filter((each) => !inside.has(each)).sort());
    const looks = [...inside.values(), ...above];
    const isRootNamed = globs.length > 0 && parsed.some(({ text }) => text === ".");
    return {
        found: [...inside.values()].flatMap(({ directory, dockerfile, nix: found }) => {
            const nix = directory === "." && !isRootNamed ? undefined : found;
            return dockerfile === undefined && nix === undefined ? [] : [{ directory, dockerfile, nix }];
        }),
        bakes: looks.flatMap(({ directory: folder, bake: file }) => (file === undefined ? [] : [{ folder, file }])),
        composes: looks.flatMap(({ directory: folder, bake, compose: file }) => file === undefined || bake !== undefined ? [] : [{ folder, file }]),
        problems,
    };
}
function listing(root, files) {
    const known = new Map();
    const list = (0,bounded/* bounded */.M)(discover_reads, async (directory) => (await files.list(external_node_path_.posix.join(root, directory))) ?? []);
    return (directory) => {
        const entries = known.get(directory) ?? list(directory);
        known.set(directory, entries);
        return entries;
    };
}
async function matching(directory, parts, list) {
    const [part, ...rest] = parts;
    if (part === undefined)
        return [directory];
    const below = (await list(directory)).filter((entry) => entry.kind === "directory").map((entry) => entry.name);
    const into = async (names, remaining) => (await Promise.all(names.map((name) => matching(joinPath(directory, name), remaining, list)))).flat();
    if (part.kind === "name")
        return into(below.filter((name) => name === part.name), rest);
    if (part.kind === "pattern")
        return into(below.filter((name) => part.matches(name)), rest);
    const visible = below.filter((name) => !name.startsWith(".") && name !== "node_modules");
    return [...(await matching(directory, rest, list)), ...(await into(visible, parts))];
}
async function insideOf(directory, list) {
    const there = new Set((await list(directory)).filter((each) => each.kind !== "directory").map((each) => each.name));
    const first = (names) => {
        const name = names.find((each) => there.has(each));
        return name === undefined ? undefined : joinPath(directory, name);
    };
    return {
        directory,
        dockerfile: first(dockerfileNames),
        bake: first(bakeNames),
        compose: first(composeNames),
        nix: first(["default.nix"]),
    };
}
/** The part of a glob above its first wildcard: a bake file often lies there. */
function literalPart(glob) {
    const names = [];
    for (const part of glob.parts) {
        if (part.kind !== "name")
            break;
        names.push(part.name);
    }
    return external_node_path_.posix.join(...names, ".");
}
async function missing(glob, inside, list) {
    const look = inside.get(glob.text);
    if (look !== undefined && [look.dockerfile, look.nix, look.bake, look.compose].some((each) => each !== undefined))
        return [];
    const at = { file: glob.text };
    if (look === undefined) {
        const entry = (await list(directoryOf(glob.text))).find((each) => joinPath(directoryOf(glob.text), each.name) === glob.text);
        const what = entry === undefined
            ? "is not there"
            : entry.kind === "symlink"
                ? "is a symlink, which is not followed"
                : "is no directory";
        const hint = 'mend "path"; it names directories, relative to the repository\'s root';
        return [new src_errors/* UserError */.yo(`"path" names ${glob.text}, which ${what}`, { hint, at })];
    }
    const hint = 'add the Dockerfile, or take the directory out of "path"';
    const what = "neither Dockerfile, Containerfile, default.nix nor bake file";
    return [new src_errors/* UserError */.yo(`"path" names ${glob.text}, which has ${what}`, { hint, at })];
}
function discover_attempt(problems, action) {
    try {
        return [action()];
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        problems.push(new src_errors/* UserError */.yo(`"path": ${error.message}`, { hint: error.hint, cause: error }));
        return [];
    }
}

;// CONCATENATED MODULE: ./src/catalog/edges.ts
/** Which of what an image takes in comes from the repository's other images, and which from outside. */




/**
 * A named context goes before everything. Else a reference is an edge when its repository is one of an image here and it
 * has no tag, or one that this plan moves. With a digest or any other tag it is a pin: it names something that is published
 * already, wherever it comes from. @throws UserError, without a place, for what is no reference.
 */
function edges_meaningOf(text, naming) {
    const key = contextKey(text);
    const said = naming.contexts.get(key);
    return said === undefined ? meaningOfReference(text, text, naming) : meaningOfContext(key, said, naming);
}
function meaningOfContext(key, { to }, naming) {
    if (to.kind === "image")
        return { kind: "parent", name: to.image, contextName: key };
    const prefix = "docker-image://";
    if (to.kind === "directory" || !to.value.startsWith(prefix))
        return { kind: "files" };
    const meaning = meaningOfReference(to.value.slice(prefix.length), key, naming);
    return meaning.kind === "parent" ? { ...meaning, contextName: key } : meaning;
}
function meaningOfReference(text, name, { owners, movingTags }) {
    const read = (0,oci_reference/* reference */.ir)(text);
    const named = read.digest === undefined ? (owners.get(read.repository) ?? []) : [];
    const parent = named.find((each) => isLatest(each, read) || movingTags(each).has(read.tag ?? "latest"));
    if (parent === undefined)
        return { kind: "base", reference: read };
    return { kind: "parent", name: parent.name, contextName: contextName(name, read) };
}
/** Without a tag the image of the Dockerfile is meant, whatever it is tagged; that of the Nix file has a suffix. */
function isLatest({ variant }, { tag }) {
    return tag === undefined && variant === "dockerfile";
}
/** The edges and outer bases of an image; a parent that is used twice under one name is one edge. */
function edgesOf(uses, naming) {
    const parents = new Map();
    const bases = [];
    const problems = [];
    for (const { text, via, at } of uses) {
        const read = attempt(() => edges_meaningOf(text, naming));
        if ("problem" in read) {
            const { message, hint } = read.problem;
            problems.push(new src_errors/* UserError */.yo(`${via} names "${text}", and ${message}`, { hint, at }));
            continue;
        }
        const meaning = read.value;
        if (meaning.kind === "base")
            bases.push({ reference: meaning.reference, via, at });
        if (meaning.kind !== "parent")
            continue;
        const key = `${meaning.name} ${meaning.contextName}`;
        if (!parents.has(key))
            parents.set(key, { parent: meaning.name, contextName: meaning.contextName, via, at });
    }
    return { parents: [...parents.values()], bases, problems };
}

;// CONCATENATED MODULE: ./src/catalog/bake/bake-images.ts
/** From the targets of a bake file to images. Tags, outputs, caches and attestations of targets don't count: ours do. */






/**
 * The images of a definition that was printed. Who is in the group is published, unless its only output is the cache; who is
 * there because others need it is not. The one image of a file has its folder's name if its Dockerfile lies beside the
 * file, or if its target is called `default`; everything else has its target's.
 */
function bakeImages(definition, at, rootName) {
    const members = new Set(membersOf(definition, "default").filter((name) => definition.targets.get(name)?.isCacheOnly === false));
    const nameOf = namesIn(definition, members, at, rootName);
    const { values, problems } = outcomes([...definition.targets].map(([name, target]) => attempt(() => bake_images_imageOf(name, target, members, nameOf, at))));
    const isEmpty = members.size === 0 && definition.targets.size > 0;
    return { images: values, problems: [...problems, ...(isEmpty ? [nothingPublished(at)] : [])] };
}
/** The directories that hold what targets are built from, so that none of them is an image by itself. */
function directoriesNamed(definition, { folder }) {
    return new Set([...definition.targets.values()].flatMap((target) => {
        if (isUrl(target.context))
            return [];
        const context = pathFrom(folder, withoutScheme(target.context));
        // Many targets have the root for their context, whatever they build.
        return [directoryOf(pathFrom(context, target.dockerfile)), ...(context === "." ? [] : [context])];
    }));
}
function namesIn({ targets }, members, { folder }, rootName) {
    const [only, ...others] = members;
    const target = only === undefined || others.length > 0 ? undefined : targets.get(only);
    const isBeside = target !== undefined && dockerfileDirectory(target, folder) === folder;
    if (only === undefined || target === undefined || !(isBeside || only === "default"))
        return (name) => name;
    const own = folder === "." ? rootName : repository_path_lastPart(folder);
    // Files of many images may each have a `builder`.
    return (name) => (name === only ? own : `${own}-${name}`);
}
/** @throws UserError with the target and its file. */
function bake_images_imageOf(name, target, members, nameOf, at) {
    try {
        return readTarget(name, target, members, nameOf, at);
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        const { hint, cause } = error;
        throw new src_errors/* UserError */.yo(`the target "${name}": ${error.message}`, { hint, at: { file: at.file }, cause });
    }
}
function readTarget(name, target, members, nameOf, { folder, file }) {
    if (target.isInline) {
        throw new src_errors/* UserError */.yo("its Dockerfile stands in the bake file, which this version doesn't build", {
            hint: "put dockerfile-inline into a Dockerfile of its own",
        });
    }
    const context = inside(target.context, folder, "context");
    const dockerfilePath = inside(target.dockerfile, context, "dockerfile");
    const isNamedByFolder = nameOf(name) !== name && members.has(name);
    const contexts = Object.entries(target.contexts).map(([key, value]) => readContext(key, value, folder, { file }));
    return {
        name: nameOf(name),
        from: "bake",
        directory: isNamedByFolder ? folder : directoryOf(dockerfilePath),
        context,
        dockerfilePath,
        nixFile: undefined,
        target: target.target,
        platforms: [...new Set(target.platforms.map(oci_platform/* platform */.iD))],
        publish: members.has(name),
        buildArgs: target.args,
        contexts: new Map(contexts.map(({ to, at }) => [
            to.name,
            { to: to.kind === "image" ? { ...to, image: nameOf(to.image) } : to, at },
        ])),
        labels: target.labels,
        annotations: target.annotations,
        at: { file },
    };
}
function dockerfileDirectory({ context, dockerfile }, folder) {
    return directoryOf(pathFrom(pathFrom(folder, withoutScheme(context)), dockerfile));
}
/** `cwd://` is where bake runs: the folder of the file. */
function withoutScheme(path) {
    return path.replace(/^cwd:\/\//, "");
}
function inside(given, folder, key) {
    const path = pathFrom(folder, withoutScheme(given));
    if (!isUrl(given.replace(/^cwd:\/\//, "")) && isInside(path))
        return path;
    throw new src_errors/* UserError */.yo(`its ${key} is ${given}, which lies outside of the repository`, {
        hint: "name a path inside the checkout; what lies elsewhere can be a named context",
    });
}
function nothingPublished({ file }) {
    return new src_errors/* UserError */.yo(`${file} publishes nothing: every target of the group only fills the cache`, {
        hint: 'name the targets to publish with "bake-target"',
        at: { file },
    });
}

;// CONCATENATED MODULE: ./src/catalog/bake/read-bake.ts
/** Reads bake files, several at once. */






/** Each is a process of a tenth of a second that one processor is busy with. */
const prints = 4;
/**
 * The images of all bake files. Each publishes those of the wanted names that it has. A file in a folder that another file's
 * targets, further up, are built from has no say.
 */
async function readBake(folders, input) {
    const used = new Set();
    const read = (0,bounded/* bounded */.M)(prints, (at) => attemptLater(async () => ({ at, definition: await printWanted(at, input, used) })));
    const printed = outcomes(await Promise.all(folders.map(read)));
    const isNamed = (folder) => printed.values.some(({ at, definition }) => read_bake_isBelow(folder, at.folder) && directoriesNamed(definition, at).has(folder));
    const found = printed.values
        .filter(({ at }) => !isNamed(at.folder))
        .map(({ definition, at }) => bakeImages(definition, at, input.rootName));
    const unused = input.names.filter((name) => printed.problems.length === 0 && !used.has(name));
    const isAsked = folders.length > 0;
    return {
        images: found.flatMap(({ images }) => images),
        problems: [
            ...printed.problems,
            ...found.flatMap(({ problems }) => problems),
            ...(isAsked ? unused.map(unknownName) : []),
        ],
    };
}
/**
 * The directories that targets in no group are built from: nobody wants these published by convention. What buildx can't
 * tell (old versions know no `*`) is not there.
 */
async function directoriesOfAll(at, { root, tools }) {
    const definition = await everyTarget(at, root, tools);
    const named = definition === undefined ? [] : directoriesNamed(definition, at);
    // A target that says nothing of its context, such as one that others inherit from, names no directory.
    return new Set([...named].filter((each) => each !== at.folder));
}
/** Whether a directory lies in another one, at any depth. */
function read_bake_isBelow(directory, above) {
    return directory !== above && (above === "." || directory.startsWith(`${above}/`));
}
async function printWanted(at, { root, names, tools }, used) {
    let wanted = names;
    for (;;) {
        const printed = await printBake(at, wanted, root, tools);
        if ("definition" in printed) {
            for (const name of wanted)
                used.add(name);
            return printed.definition;
        }
        const left = wanted.filter((name) => name !== printed.missing);
        if (left.length === 0 || left.length === wanted.length)
            throw await nothingWanted(at, names, root, tools);
        wanted = left;
    }
}
/** `undefined` where this buildx can't tell. */
async function everyTarget(at, root, tools) {
    const printed = await attemptLater(() => printBake(at, ["*"], root, tools));
    return "value" in printed && "definition" in printed.value ? printed.value.definition : undefined;
}
async function nothingWanted(at, names, root, tools) {
    const all = await everyTarget(at, root, tools);
    const known = all === undefined ? [] : [...all.groups.keys(), ...all.targets.keys()];
    const listed = known
        .filter((name) => name !== "default")
        .slice(0, 10)
        .join(", ");
    const has = listed === "" ? "" : `; it has ${listed}`;
    const [first = "default"] = names;
    const what = names.length === 0 ? 'group or target "default"' : `group or target named ${names.join(" or ")}`;
    return new src_errors/* UserError */.yo(`${at.file} has no ${what}${has}`, {
        hint: names.length === 0
            ? 'add a group "default", or say with "bake-target" what to publish'
            : `mend "bake-target"${(0,nearest/* didYouMean */.a)(first, known)}`,
        at: { file: at.file },
    });
}
function unknownName(name) {
    return new src_errors/* UserError */.yo(`"bake-target" names ${name}, which no bake file has`, {
        hint: "name a group or a target of a bake file, or leave it out",
    });
}

;// CONCATENATED MODULE: ./src/catalog/by-hand.ts
/** One image that the inputs describe, as those of docker/build-push-action do. */





/** The image, or what is wrong with the inputs. Its `target`, arguments and platforms are inputs of all images. */
function byHandImage(given, rootName) {
    const read = {
        context: attempt(() => by_hand_said("context", () => contextPath(given.context ?? "."))),
        file: attempt(() => by_hand_said("file", () => (given.file === undefined ? undefined : repositoryPath(given.file)))),
        contexts: attempt(() => by_hand_said("build-contexts", () => given.contexts.map(by_hand_contextOf))),
    };
    const { problems } = outcomes(Object.values(read));
    if (!("value" in read.context && "value" in read.file && "value" in read.contexts))
        return { images: [], problems };
    const [context, file, contexts] = [read.context.value, read.file.value, read.contexts.value];
    const directory = file === undefined ? context : directoryOf(file);
    const isNix = file?.endsWith(".nix") === true;
    const image = directoryImage(directory, isNix ? { nix: file } : { dockerfile: file ?? joinPath(context, "Dockerfile") }, rootName);
    return {
        images: [
            {
                ...image,
                name: given.name ?? (directory === "." ? rootName : repository_path_lastPart(directory)),
                from: "inputs",
                context,
                dockerfilePath: isNix ? undefined : file,
                contexts: new Map(contexts.map((each) => [each.to.name, each])),
            },
        ],
        problems,
    };
}
function contextPath(text) {
    if (!isUrl(text) && !text.includes("{{"))
        return repositoryPath(text);
    throw new src_errors/* UserError */.yo(`"${text}" is not a directory of the checkout, which is what is built`, {
        hint: "check the other repository out in a step before, and name its directory",
    });
}
function by_hand_contextOf(line) {
    const equals = line.indexOf("=");
    return readContext(line.slice(0, Math.max(0, equals)), line.slice(equals + 1), ".", { file: "." });
}
/** The same error, with the input that it is about. */
function by_hand_said(input, action) {
    try {
        return action();
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        throw new src_errors/* UserError */.yo(`the input "${input}": ${error.message}`, { hint: error.hint, cause: error.cause });
    }
}

;// CONCATENATED MODULE: ./src/catalog/find-images.ts
/** All images that the repository's layout tells of: directories, bake files, or one that is given by hand. */







/** Finds them; what a bake file names is an image by its say, and not by itself. */
async function findImages(input) {
    if (input.byHand !== undefined) {
        const { images, problems } = byHandImage(input.byHand, input.rootName);
        return { images, problems };
    }
    const discovery = await discover(input.root, input.globs, input.files);
    const bakes = [...discovery.bakes, ...(await composesThatCount(discovery, input))];
    const asked = { root: input.root, rootName: input.rootName, names: input.bakeTargets, tools: input.bake };
    const baked = await readBake(bakes, asked);
    const directories = await notNamed(discovery.found, baked.images, bakes, asked);
    const images = [
        ...directories.map((found) => directoryImage(found.directory, found, input.rootName)),
        ...baked.images,
    ];
    return { images, problems: [...discovery.problems, ...baked.problems, ...noBake(bakes, input)] };
}
/**
 * A compose file says how to run things, which is often something else than what to publish: it counts where targets are
 * asked for, and where nothing else tells of an image.
 */
async function composesThatCount({ bakes, composes, found }, { root, files, bakeTargets }) {
    const isElse = bakes.length > 0 || found.length > 0;
    if (bakeTargets.length === 0 && isElse)
        return [];
    const contents = await Promise.all(composes.map(({ file }) => files.read(external_node_path_.posix.join(root, file))));
    return composes.filter((_, index) => mayBuild(contents[index] ?? new Uint8Array()));
}
async function notNamed(found, baked, bakes, asked) {
    const named = new Set(baked.flatMap(({ directory, context }) => [directory, ...(context === "." ? [] : [context])]));
    const left = found.filter(({ directory }) => !named.has(directory));
    // Targets that nobody asked for may name what is left: buildx is asked again only where there is something left.
    const above = bakes.filter(({ folder }) => left.some(({ directory }) => read_bake_isBelow(directory, folder)));
    const more = await Promise.all(above.map((each) => directoriesOfAll(each, asked)));
    return left.filter(({ directory }) => !more.some((each) => each.has(directory)));
}
function noBake(bakes, { bakeTargets, globs }) {
    if (bakeTargets.length === 0 || bakes.length > 0)
        return [];
    const looked = (globs.length === 0 ? defaultGlobs : globs).join(", ");
    return [
        new src_errors/* UserError */.yo(`"bake-target" names ${bakeTargets.join(", ")}, but there is no bake file: looked in ${looked} and above`, {
            hint: 'name the bake file\'s folder with "path", or leave "bake-target" out',
        }),
    ];
}

;// CONCATENATED MODULE: ./src/catalog/possible-bases.ts
/** Images of this repository that a base may turn out to be, once it is known for which platform is built. */


/** Those that builders are, and that images are made for. */
const usual = ["amd64", "arm64", "arm/v7", "arm/v6", "386", "ppc64le", "s390x", "riscv64"].map((each) => (0,oci_platform/* platform */.iD)(`linux/${each}`));
/** What bases that hang on a platform name for each of the usual ones; nothing where they hang on something else too. */
function possibleUses(dockerfile, choices, bases) {
    const stages = new Set(dockerfile.stages.flatMap(({ name }) => name ?? []));
    const uses = new Map();
    for (const target of choices.platforms.length === 0 ? usual : choices.platforms) {
        for (const builder of usual) {
            const expand = globalArguments(dockerfile, { ...choices, builder }, target);
            for (const { text, via, at } of bases) {
                const settled = expand(text);
                if ("text" in settled && !stages.has(settled.text))
                    uses.set(`${at.line} ${settled.text}`, { text: settled.text, via, at });
            }
        }
    }
    return [...uses.values()];
}
/** The images with the edges that may be there, by name of the image; one that would close a circle can't be. */
function withPossibleEdges(images, possible) {
    if (possible.size === 0)
        return images;
    const parents = new Map(images.map(({ name, parents: own }) => [name, own]));
    const reaches = (from, to, seen) => {
        if (from === to)
            return true;
        if (seen.has(from))
            return false;
        seen.add(from);
        return (parents.get(from) ?? []).some(({ parent }) => reaches(parent, to, seen));
    };
    for (const name of [...possible.keys()].sort()) {
        for (const edge of possible.get(name) ?? []) {
            const own = parents.get(name);
            const isThere = own?.some(({ parent, contextName }) => parent === edge.parent && contextName === edge.contextName);
            if (own === undefined || isThere || reaches(edge.parent, name, new Set()))
                continue;
            parents.set(name, [...own, edge]);
        }
    }
    return images.map((image) => ({ ...image, parents: parents.get(image.name) ?? [] }));
}

;// CONCATENATED MODULE: ./src/catalog/nix/tokens.ts
/**
 * Takes a Nix expression apart as far as is needed to find the paths in it (Nix, src/libexpr/lexer.l). What stands in the
 * interpolations of strings and paths is taken apart as well.
 */
/** Takes a text apart, up to where it can't be understood. */
function nixTokens(text) {
    const reading = { text, offset: 0, line: 1, tokens: [] };
    const isRead = readCode(reading, 0) && reading.offset === text.length;
    return { tokens: reading.tokens, lostAt: isRead ? undefined : reading.line };
}
/** Nobody writes strings in strings in strings as deep as this. */
const tokens_deepest = 200;
const pathCharacter = "[a-zA-Z0-9._+-]";
const blank = /(?:[ \t\r\n]+|#[^\r\n]*)+/y;
const address = /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/y;
const tokens_path = new RegExp(`(?:${pathCharacter}*(?:/${pathCharacter}+)+/?|~(?:/${pathCharacter}+)+/?)`, "y");
/** The beginning of a path whose next part is an interpolation. */
const pathStart = new RegExp(`(?:${pathCharacter}*|~)/(?=\\$\\{)`, "y");
const tokens_pathPart = new RegExp(`(?:${pathCharacter}|/(?!/))+`, "y");
const search = new RegExp(`<(${pathCharacter}+(?:/${pathCharacter}+)*)>`, "y");
const word = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const number = /(?:[0-9]*\.[0-9]+|[0-9]+\.?)(?:[Ee][+-]?[0-9]+)?/y;
/** Reads to the end, or to the brace that ends an interpolation; false where it isn't understood. */
function readCode(reading, depth) {
    if (depth > tokens_deepest)
        return false;
    for (let braces = 0;;) {
        if (!passBlanks(reading))
            return false;
        const { text, offset } = reading;
        if (offset >= text.length)
            return depth === 0;
        const character = text.charAt(offset);
        if (character === "}" && depth > 0 && braces === 0)
            return true;
        if (character === "{")
            braces++;
        if (character === "}")
            braces--;
        if (!readToken(reading, depth))
            return false;
    }
}
/** Blanks and comments; false for a comment without an end. */
function passBlanks(reading) {
    for (;;) {
        tokens_take(reading, blank);
        const { text, offset } = reading;
        if (!text.startsWith("/*", offset))
            return true;
        const end = text.indexOf("*/", offset + 2);
        if (end < 0)
            return false;
        tokens_skip(reading, end + 2 - offset);
    }
}
function readToken(reading, depth) {
    const { text, offset, line, tokens } = reading;
    if (text.startsWith('"', offset))
        return readString(reading, depth);
    if (text.startsWith("''", offset))
        return readScript(reading, depth);
    const operator = ["//", "${"].find((each) => text.startsWith(each, offset));
    if (operator !== undefined) {
        // The brace of `${` is met again.
        tokens_skip(reading, operator === "//" ? 2 : 1);
        return true;
    }
    // The longest reading counts: `a/b` is a path, `x:y` an address.
    const found = tokens_longest(reading, [address, tokens_path, search, word, number]);
    const start = matched(reading, pathStart);
    if (start !== undefined && start.length > (found?.length ?? 0))
        return readPath(reading, start, depth);
    if (found === undefined)
        tokens.push({ kind: "symbol", text: text.charAt(offset), line });
    else if (found.by === tokens_path)
        return readPath(reading, found.text, depth);
    else if (found.by === word)
        tokens.push({ kind: "word", text: found.text, line });
    else if (found.by === search)
        tokens.push({ kind: "search", text: found.text.slice(1, -1), line });
    tokens_skip(reading, found?.length ?? 1);
    return true;
}
/** A path and what follows it without a blank. */
function readPath(reading, start, depth) {
    const { line } = reading;
    tokens_skip(reading, start.length);
    let whole = start;
    let isWhole = true;
    while (reading.text.startsWith("${", reading.offset)) {
        isWhole = false;
        if (!readInterpolation(reading, depth))
            return false;
        whole += tokens_take(reading, tokens_pathPart);
    }
    reading.tokens.push({ kind: "path", text: whole, isWhole, line });
    return true;
}
const stringPart = /(?:[^$"\\]+|\$(?![{"\\])[\s\S]?|\$(?=["\\])|\\[\s\S])+/y;
function readString(reading, depth) {
    const { line } = reading;
    tokens_skip(reading, 1);
    let said = "";
    let isWhole = true;
    for (;;) {
        const part = tokens_take(reading, stringPart);
        said += part.replaceAll(/\\([\s\S])/g, "$1");
        if (reading.text.startsWith('"', reading.offset)) {
            tokens_skip(reading, 1);
            reading.tokens.push({ kind: "string", text: said, isWhole, line });
            return true;
        }
        if (!reading.text.startsWith("${", reading.offset))
            return false;
        isWhole = false;
        if (!readInterpolation(reading, depth))
            return false;
    }
}
/** `'''`, `''$` and `''\x` are escapes; any other pair of quotes ends it. */
const scriptPart = /(?:[^$']+|\$(?![{'])[\s\S]?|\$(?=')|'(?!')|'''|''\$|''\\[\s\S])+/y;
function readScript(reading, depth) {
    const { line } = reading;
    tokens_skip(reading, 2);
    let said = "";
    for (;;) {
        said += tokens_take(reading, scriptPart);
        if (reading.text.startsWith("''", reading.offset)) {
            tokens_skip(reading, 2);
            reading.tokens.push({ kind: "script", text: said, line });
            return true;
        }
        if (!reading.text.startsWith("${", reading.offset) || !readInterpolation(reading, depth))
            return false;
    }
}
/** `${…}`, both ends included. */
function readInterpolation(reading, depth) {
    tokens_skip(reading, 2);
    if (!readCode(reading, depth + 1))
        return false;
    tokens_skip(reading, 1);
    return true;
}
function tokens_longest(reading, patterns) {
    let best;
    for (const by of patterns) {
        const text = matched(reading, by);
        if (text !== undefined && text.length > (best?.length ?? 0))
            best = { by, text, length: text.length };
    }
    return best;
}
function matched({ text, offset }, pattern) {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0];
}
/** Reads on past what the pattern matches here, if anything. */
function tokens_take(reading, pattern) {
    const found = matched(reading, pattern) ?? "";
    tokens_skip(reading, found.length);
    return found;
}
function tokens_skip(reading, length) {
    const passed = reading.text.slice(reading.offset, reading.offset + length);
    for (const character of passed)
        if (character === "\n")
            reading.line++;
    reading.offset += length;
}

;// CONCATENATED MODULE: ./src/catalog/nix/paths.ts
/** The paths that one Nix expression names. */



/**
 * The literal relative paths of an expression, wherever they stand in it. What `<…>` names is the machine's.
 * @param file where it lies: its paths start from there.
 */
function nixPaths(text, file) {
    const { tokens, lostAt } = nixTokens(text);
    const named = [];
    const doubts = lostAt === undefined ? [] : [{ what: "an expression that isn't understood", line: lostAt }];
    for (const [index, token] of tokens.entries()) {
        const what = doubtOf(token);
        if (what !== undefined)
            doubts.push({ what, line: token.line });
        if (token.kind !== "path" || !token.isWhole)
            continue;
        const before = tokens[index - 1];
        const isImported = before?.kind === "word" && before.text === "import";
        const path = paths_fromRoot(token.text, file);
        const { line } = token;
        named.push({ path, line, isImported });
        const longer = isArgument(before) ? undefined : lengthened(path, tokens.slice(index + 1, index + 1 + paths_most));
        if (longer === "unknown")
            doubts.push({ what: "a path that is put together", line });
        else if (longer !== undefined)
            named.push({ path: longer, line, isImported });
    }
    return { named, doubt: doubts[0] };
}
/** What gives a path that stands nowhere as a literal, or leads out of one that does. */
const pathMakers = /^(?:__)?(?:dirOf|toPath|getFlake|findFile|unsafeGetAttrPos|curPos)$/;
function doubtOf(token) {
    if (token.kind === "path" && !token.isWhole)
        return "a path with an interpolation";
    if (token.kind === "word" && pathMakers.test(token.text))
        return token.text;
    // Added to a path, it leads anywhere.
    if (token.kind === "string" && /(?:^|\/)\.\.(?:\/|$)/.test(token.text))
        return `the string "${token.text}"`;
    return undefined;
}
const keywords = ["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"];
/** Whether what stands before an expression is a function that it is handed to; what is added goes to its result then. */
function isArgument(before) {
    if (before === undefined)
        return false;
    return before.kind === "word" ? !keywords.includes(before.text) : before.kind === "symbol" && before.text === ")";
}
/** Nobody adds more to a path than this. */
const paths_most = 20;
/** `./a + "/b"` is the path `./a/b`. `undefined` where nothing is added. */
function lengthened(path, following) {
    let whole;
    for (let index = 0; following[index]?.kind === "symbol" && following[index]?.text === "+"; index += 2) {
        const added = following[index + 1];
        if (added?.kind !== "string" || !added.isWhole)
            return "unknown";
        whole = (whole ?? path) + added.text;
    }
    if (whole === undefined)
        return undefined;
    // The name of the checkout's own folder goes on: that is another folder.
    return path === "." && !whole.startsWith("./") ? `../${whole}` : normal(whole);
}
function paths_fromRoot(text, file) {
    return external_node_path_.posix.isAbsolute(text) || text.startsWith("~") ? text : normal(external_node_path_.posix.join(directoryOf(file), text));
}
function normal(path) {
    return external_node_path_.posix.normalize(path).replace(/(?<=.)\/$/, "");
}

;// CONCATENATED MODULE: ./src/catalog/nix/reads.ts
/** What a Nix expression reads of the repository: what its literal relative paths name, and what lies behind these. */





/** What flakes pin for the whole repository. */
const lockFiles = ["flake.nix", "flake.lock"];
/** Nobody follows more expressions than this for one image. */
const reads_most = 2_000;
/**
 * Makes a function that tells what the expression in a file reads: the directory that it lies in, the lock files of the
 * repository, and what its paths name. Expressions that are named are followed, and so are those in directories that are.
 * What images share is read once. @param root the checkout, absolute.
 */
function nixReader(root, files) {
    const sources = reads_sourcesOf(root, files);
    return async (file, directory) => {
        const found = { paths: new Set([...lockFiles, directory]), followed: new Set() };
        const doubt = await reads_follow({ path: file, isImported: true, line: 1 }, file, found, sources);
        return doubt ?? { kind: "paths", paths: [...found.paths].sort() };
    };
}
function reads_sourcesOf(root, files) {
    return {
        list: onceEach((directory) => files.list(external_node_path_.posix.join(root, directory))),
        expression: onceEach(async (path) => {
            const bytes = await files.read(external_node_path_.posix.join(root, path));
            return bytes === undefined ? undefined : nixPaths(new TextDecoder().decode(bytes), path);
        }),
    };
}
/** Adds what a named path brings. @returns why that can't be told. */
async function reads_follow(named, by, found, sources) {
    const { path, isImported, line } = named;
    const at = { file: by, line };
    if (!isInside(path) || path.startsWith("~"))
        return { kind: "outside", what: path };
    const kind = await kindOf(path, sources);
    if (kind === "file" && !isImported && !path.endsWith(".nix"))
        found.paths.add(path);
    else if (kind === "file")
        return followExpression(path, at, found, sources);
    else if (kind === "directory")
        return followDirectory(path, at, found, sources);
    else
        return { kind: "whole", what: kind === undefined ? `${path}, which is not there` : `${path}, a symlink`, at };
    return undefined;
}
async function followExpression(path, at, found, sources) {
    found.paths.add(path);
    if (found.followed.has(path))
        return undefined;
    found.followed.add(path);
    if (found.followed.size > reads_most)
        return { kind: "whole", what: "more expressions than are followed", at };
    const expression = await sources.expression(path);
    if (expression?.doubt !== undefined) {
        return { kind: "whole", what: expression.doubt.what, at: { file: path, line: expression.doubt.line } };
    }
    for (const each of expression?.named ?? []) {
        const doubt = await reads_follow(each, path, found, sources);
        if (doubt !== undefined)
            return doubt;
    }
    return undefined;
}
/** All of it counts, and any expression in it may be evaluated. */
async function followDirectory(path, at, found, sources) {
    if (found.paths.has(path) && found.followed.has(path))
        return undefined;
    found.paths.add(path);
    found.followed.add(path);
    // There is nothing more to be found.
    if (path === ".")
        return undefined;
    for (const { name, kind } of (await sources.list(path)) ?? []) {
        if (name === ".git")
            continue;
        const inside = joinPath(path, name);
        const next = kind === "directory" ? followDirectory : kind === "file" && name.endsWith(".nix") ? followExpression : undefined;
        const doubt = await next?.(inside, at, found, sources);
        if (doubt !== undefined)
            return doubt;
    }
    return undefined;
}
/** What lies at a path; a symlink on the way to it is one as well. */
async function kindOf(path, { list }) {
    if (path === ".")
        return "directory";
    const parts = path.split("/");
    for (const [index, part] of parts.entries()) {
        const entries = await list(parts.slice(0, index).join("/") || ".");
        const entry = entries?.find(({ name }) => name === part);
        if (entry === undefined || entry.kind === "symlink" || index === parts.length - 1)
            return entry?.kind;
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/catalog/recipes.ts
/** Reads the files that say how images are built. */







const recipes_reads = 32;
/** Makes a function that reads what an image is built by. @throws UserError where that is not there, or can't be understood. */
function recipeReader({ root, files }) {
    const dockerfileOf = dockerfileReader(root, files);
    const nixReads = nixReader(root, {
        list: (0,bounded/* bounded */.M)(recipes_reads, (path) => files.list(path)),
        read: (0,bounded/* bounded */.M)(recipes_reads, (path) => files.read(path)),
    });
    return async (image) => {
        if (image.variant === "nix") {
            return { kind: "nix", image, reads: await nixReads(image.nixFile, image.directory) };
        }
        const { path, dockerfile } = await dockerfileOf(image);
        return { kind: "dockerfile", image, dockerfilePath: path, dockerfile };
    };
}
/** Several images may have one Dockerfile: it is read once. */
function dockerfileReader(root, files) {
    const fetch = (0,bounded/* bounded */.M)(recipes_reads, (path) => files.read(external_node_path_.posix.join(root, path)));
    const read = onceEach(async (path) => {
        const bytes = await fetch(path);
        return bytes === undefined ? undefined : readDockerfile(bytes, path);
    });
    return async (image) => {
        const candidates = dockerfileCandidates(image);
        for (const path of candidates) {
            const dockerfile = await read(path);
            if (dockerfile !== undefined)
                return { path, dockerfile };
        }
        throw new src_errors/* UserError */.yo(`the image "${image.name}" has no Dockerfile: ${candidates.join(", ")} is not there`, {
            hint: 'say which it is with "file", in the image\'s entry of the config file or as an input',
            at: { file: candidates[0] ?? image.directory },
        });
    };
}

;// CONCATENATED MODULE: ./src/catalog/said-edges.ts
/** Edges that don't stand in a Dockerfile: those of `depends`, and of contexts where the Dockerfile can't be vouched for. */


/** The edges of an image beside those of its Dockerfile. */
function saidEdges(image, dockerfile, needs, parents) {
    const has = new Set(parents.map(({ contextName }) => contextName));
    const contexts = isUnderstood(dockerfile, needs) ? [] : [...image.contexts.values()];
    return [
        ...contexts.flatMap(({ to, at }) => {
            // Defaults may name the very image that they are for.
            if (to.kind !== "image" || has.has(to.name) || to.image === image.name)
                return [];
            return [{ parent: to.image, contextName: to.name, via: "build-contexts", at }];
        }),
        ...dependsEdges(image),
    ];
}
/** Those of `depends`: all that a Nix file has. */
function dependsEdges({ depends }) {
    return depends.map(({ value, at }) => ({ parent: value, contextName: undefined, via: "depends", at }));
}
function isUnderstood({ doubts }, { stages, unsettled }) {
    return doubts.length === 0 && unsettled.length === 0 && stages.every((stage) => stage.doubts.length === 0);
}
/** A problem for each name of `depends` and of a `target:` context that is no image's. */
function unknownImages(images) {
    const names = images.map(({ name }) => name);
    const known = new Set(names);
    const problems = images.flatMap(({ name, depends, contexts }) => [
        ...depends.map(({ value, at }) => ({ value, at, what: `the image "${name}" depends on "${value}"` })),
        ...[...contexts.values()].flatMap(({ to, at }) => to.kind === "image"
            ? [{ value: to.image, at, what: `the build context "${to.name}" of "${name}" is target:${to.image}` }]
            : []),
    ]);
    // Defaults say the same of every image: once is enough.
    const wrong = Map.groupBy(problems.filter(({ value }) => !known.has(value)), ({ value, at }) => JSON.stringify([value, at]));
    return [...wrong.values()]
        .flatMap((same) => same.slice(0, 1))
        .map(({ value, at, what }) => {
        const hint = `name an image of this repository${(0,nearest/* didYouMean */.a)(value, names)}`;
        return new src_errors/* UserError */.yo(`${what}, and there is no such image`, { hint, at });
    });
}

;// CONCATENATED MODULE: ./src/catalog/topological-order.ts
/** Sorting images so that parents come first. */

/**
 * Parents before children; among those that could come next, the first by name.
 * @returns the images outside of cycles and of what builds on one, and a problem for each cycle.
 */
function topologicalOrder(images) {
    const byName = new Map(images.map((image) => [image.name, image]));
    const missing = new Map();
    const children = new Map();
    for (const image of images) {
        const parents = new Set(image.parents.map((edge) => edge.parent));
        missing.set(image.name, parents.size);
        for (const parent of parents)
            children.set(parent, [...(children.get(parent) ?? []), image]);
    }
    const ready = images.filter((image) => missing.get(image.name) === 0).sort(byNameDescending);
    const ordered = [];
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
        ordered.push(next);
        byName.delete(next.name);
        for (const child of children.get(next.name) ?? []) {
            const left = (missing.get(child.name) ?? 0) - 1;
            missing.set(child.name, left);
            if (left === 0)
                insert(ready, child);
        }
    }
    return { images: ordered, problems: cyclesAmong(byName) };
}
function byNameDescending(a, b) {
    return a.name < b.name ? 1 : -1;
}
/** Keeps the list sorted, its end being the first by name. */
function insert(sorted, image) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle]?.name ?? "") > image.name)
            low = middle + 1;
        else
            high = middle;
    }
    sorted.splice(low, 0, image);
}
/** Every image here has a parent here: following parents from anywhere ends in a cycle. */
function cyclesAmong(left) {
    const problems = [];
    const seen = new Set();
    for (const start of [...left.keys()].sort()) {
        const path = [];
        const onPath = new Map();
        let name = start;
        while (name !== undefined && !seen.has(name)) {
            seen.add(name);
            onPath.set(name, path.length);
            const edge = left.get(name)?.parents.find(({ parent }) => left.has(parent));
            if (edge === undefined)
                break;
            path.push(edge);
            name = edge.parent;
        }
        const first = name === undefined ? undefined : onPath.get(name);
        if (name !== undefined && first !== undefined)
            problems.push(cycle(name, path.slice(first)));
    }
    return problems;
}
function cycle(start, edges) {
    const [first] = edges;
    const names = [start, ...edges.map((edge) => edge.parent)];
    const lines = edges.map((edge) => `${(0,src_errors/* formatLocation */.j$)(edge.at)} (${[edge.via, edge.contextName ?? []].flat().join(" ")})`);
    const what = edges.length === 1
        ? `the image "${start}" builds on itself`
        : `images build on one another in a circle: ${names.join(" → ")}`;
    return new src_errors/* UserError */.yo(`${what}, by ${lines.join(", ")}`, {
        hint: "take one of these lines out, or pin what it names to an exact tag or digest that is published already",
        ...(first === undefined ? {} : { at: first.at }),
    });
}

;// CONCATENATED MODULE: ./src/catalog/build-catalog.ts
/** What was found, the config file and the Dockerfiles, joined into the graph of images. */











/**
 * Finds all images of a repository and what they build on.
 * @throws UserError for one problem, `Problems` for several: nothing found, a file that can't be read or understood, names
 *   that clash, a cycle.
 */
async function buildCatalog(input) {
    const found = await findImages(input);
    const declared = declareImages(found.images, input.config, input.inputs, input.rootName);
    const problems = [...found.problems, ...declared.problems, ...unknownImages(declared.images)];
    if (declared.images.length === 0 && problems.length === 0)
        problems.push(noImages(input.globs));
    const reader = recipeReader(input);
    const readImage = async (image) => {
        const recipe = await reader(image);
        return { ...recipe, knownAs: input.repositoriesOf(image, image.isRoot) };
    };
    const read = outcomes(await Promise.all(declared.images.map((image) => attemptLater(() => readImage(image)))));
    const known = new Map(read.values.map((each) => [each.image.name, each]));
    const owners = ownersOf(read.values);
    const connected = outcomes(read.values.map((each) => attempt(() => connect(each, known, owners, input))));
    const possible = connected.values.flatMap(({ image, possible: edges }) => edges.length === 0 ? [] : [[image.name, edges]]);
    const images = connected.values.map(({ image }) => image);
    const ordered = topologicalOrder(withPossibleEdges(images, new Map(possible)));
    (0,src_errors/* throwProblems */.Jh)([...problems, ...eachOnce([...read.problems, ...connected.problems]), ...ordered.problems]);
    return { images: ordered.images };
}
function ownersOf(images) {
    const owners = new Map();
    for (const { image, knownAs } of images) {
        for (const each of knownAs)
            owners.set(each, [...(owners.get(each) ?? []), image]);
    }
    return owners;
}
/** Finds what an image takes from others. @throws UserError, or `Problems`. */
function connect(read, known, owners, input) {
    // What is wrong with the others has been told.
    const there = (edges) => edges.filter(({ parent }) => known.has(parent));
    if (read.kind === "nix")
        return { image: nixImage(read, there(dependsEdges(read.image))), possible: [] };
    const { image, dockerfile } = read;
    const naming = { contexts: image.contexts, owners, movingTags: input.movingTags };
    const choices = { ...image, buildArgs: input.argumentsOf(image) };
    const needs = neededStages(dockerfile, choices, surroundings(naming, known));
    const edges = edgesOf(needs.uses, naming);
    (0,src_errors/* throwProblems */.Jh)(edges.problems);
    const parents = [...edges.parents, ...saidEdges(image, dockerfile, needs, edges.parents)];
    // Of what may be, only what is here counts.
    const possible = needs.unsettled.length === 0 ? [] : possibleUses(dockerfile, choices, needs.unsettled);
    return {
        image: dockerfileImage(read, needs, there(parents), edges.bases),
        possible: edgesOf(possible, naming).parents,
    };
}
/** What named contexts and the parents' ONBUILD put into an image's Dockerfile. */
function surroundings(naming, known) {
    return {
        isContext: (name) => naming.contexts.has(name),
        triggersOf: (base) => {
            const meaning = attempt(() => edges_meaningOf(base, naming));
            const parent = "value" in meaning && meaning.value.kind === "parent" ? known.get(meaning.value.name) : undefined;
            return parent?.kind === "dockerfile" ? triggersOf(parent.dockerfile, parent.image.target) : [];
        },
    };
}
function dockerfileImage(read, needs, parents, bases) {
    const { image, dockerfilePath, dockerfile } = read;
    const edges = new Set(parents.map(({ contextName }) => contextName));
    const contexts = [...image.contexts.values()].flatMap(({ to }) => to.kind === "image" || edges.has(to.name) ? [] : [to]);
    return {
        ...common(read),
        variant: "dockerfile",
        dockerfilePath,
        dockerfile,
        context: image.context,
        target: image.target,
        contexts: contexts.sort((a, b) => (a.name < b.name ? -1 : 1)),
        parents,
        bases,
        unsettled: needs.unsettled,
    };
}
function nixImage(read, parents) {
    const { nixFile } = read.image;
    const nothing = { contexts: [], bases: [], unsettled: [] };
    return { ...common(read), variant: "nix", nixFile, reads: read.reads, parents, ...nothing };
}
function common({ image, knownAs }) {
    const { name, publicName, directory, publish, platforms, buildArgs, labels, annotations, watch, bakeFiles } = image;
    const repositories = publish ? knownAs : [];
    return {
        ...{ name, publicName, directory, repositories, knownAs },
        ...{ platforms, buildArgs, labels, annotations, watch, bakeFiles },
    };
}
/** Several images may share the Dockerfile, or the line of an input, that has a problem. */
function eachOnce(problems) {
    return [...new Map(problems.map((each) => [JSON.stringify([each.at, each.message]), each])).values()];
}
function noImages(globs) {
    const looked = (globs.length === 0 ? defaultGlobs : globs).join(", ");
    return new src_errors/* UserError */.yo(`no directory holds a Dockerfile, a Containerfile, a default.nix or a bake file: looked in ${looked}`, {
        hint: 'put each image into a directory such as images/NAME, name the directories with "path", or check that the repository is checked out',
    });
}

// EXTERNAL MODULE: ./src/tags/image-names.ts
var image_names = __webpack_require__(68973);
;// CONCATENATED MODULE: ./src/commands/image-by-hand.ts

/** `undefined` where none of them is given. */
function imageByHand({ context, file, target, buildContexts, images }) {
    if (context === undefined && file === undefined && target === undefined && buildContexts.length === 0) {
        return undefined;
    }
    return { name: nameIn(images), context, file, contexts: buildContexts.map(({ text }) => text) };
}
/** The last part of the names that are pushed to, where it is written out and the same in all of them. */
function nameIn(images) {
    const names = images.map(({ text }) => /^(?:name=)?[^\s,={}]*\/([^\s,={}/]+)$/.exec(text)?.[1]?.toLowerCase());
    return new Set(names).size === 1 ? names[0] : undefined;
}
/** What else is said of images, which would never be looked at. */
function besidesByHand({ path, bakeTarget }, { images, file }) {
    const inputs = [...(path.length > 0 ? ["path"] : []), ...(bakeTarget.length > 0 ? ["bake-target"] : [])];
    const hint = 'leave out "context", "file", "target" and "build-contexts", which describe one image by hand';
    const [first, second] = images;
    return [
        ...inputs.map((name) => new src_errors/* UserError */.yo(`the input "${name}" looks for images, but one is given by hand`, { hint })),
        ...(first === undefined || second === undefined
            ? []
            : [
                new src_errors/* UserError */.yo(`${file ?? "the config file"} describes several images, but one is given by hand`, {
                    hint,
                    at: second.at,
                }),
            ]),
    ];
}

// EXTERNAL MODULE: ./src/build/compression.ts
var build_compression = __webpack_require__(5990);
// EXTERNAL MODULE: ./src/scan/scan-rules.ts
var scan_rules = __webpack_require__(24002);
// EXTERNAL MODULE: ./src/tags/lines.ts
var tags_lines = __webpack_require__(34846);
// EXTERNAL MODULE: ./src/tags/parse-rules.ts + 2 modules
var parse_rules = __webpack_require__(57055);
// EXTERNAL MODULE: ./src/commands/attestation-problems.ts
var attestation_problems = __webpack_require__(56881);
;// CONCATENATED MODULE: ./src/commands/image-settings.ts
/** What holds for one image of all that the config file, its bake file and the inputs say, where these speak of one thing. */













/**
 * Reads what the config file says, and puts it together: an image's own entry goes before the inputs, these before the
 * file's defaults. Labels and annotations add up, those that go before winning.
 */
function readImageSettings(config, inputs) {
    const defaults = image_settings_read(config.defaults);
    const entries = new Map(config.images.map(({ name, said }) => [name, image_settings_read(said)]));
    const given = ofInputs(inputs);
    const nothing = { labels: [], annotations: [] };
    return {
        settingsOf: (name, image) => image_settings_joined([entries.get(name) ?? nothing, ofBake(image), given, defaults], inputs),
        problems: [defaults, ...entries.values()].flatMap(({ problems }) => problems),
    };
}
function image_settings_read(said) {
    const rules = (0,parse_rules/* parseRules */.N)(said.tags ?? []);
    const flavor = (0,tags_flavor/* parseFlavor */.w)(said.flavor ?? []);
    const names = (0,image_names/* parseImageNames */.HC)(said.images ?? []);
    const releaseTags = (0,tags_lines/* parseLines */.L)(said["release-tag"] ?? [], ({ text }) => (0,release_tag/* parseReleasePattern */.z)(text));
    const labels = (0,tags_labels/* parseLabels */.Xy)(said.labels ?? []);
    const annotations = (0,tags_annotations/* parseAnnotations */.K)(said.annotations ?? []);
    const cacheFrom = (0,own_cache/* readCacheLines */.G)(said["cache-from"] ?? []);
    const cacheTo = (0,own_cache/* readCacheLines */.G)(said["cache-to"] ?? []);
    const compression = (0,tags_lines/* parseLines */.L)(said.compression ?? [], ({ text }) => (0,build_compression/* parseCompression */.G)(text));
    const scan = (0,scan_settings/* readScanRules */.V)({
        severity: said.severity ?? [],
        failOn: said["fail-on"] ?? [],
        ignoreUnfixed: said["ignore-unfixed"],
        gate: said.gate,
    });
    return {
        rules: said.tags && rules.values,
        flavor: said.flavor && flavor.flavor,
        names: said.images && names.values,
        releaseTags: said["release-tag"] && releaseTags.values,
        cache: image_settings_cacheOf(said.cache, cacheFrom.values, cacheTo.values),
        provenance: said.provenance,
        sbom: said.sbom,
        compression: compression.values[0],
        isScanned: said.scan,
        scanRules: scan.said,
        ignoreFiles: said.trivyignores,
        vex: said.vex,
        cyclonedx: said.cyclonedx,
        labels: labels.values,
        annotations: annotations.values,
        problems: [
            ...[rules, flavor, names, releaseTags, labels, annotations, cacheFrom, cacheTo, compression, scan].flatMap(({ problems }) => problems),
            ...(0,attestation_problems/* attestationProblems */.n)(said),
        ],
    };
}
function ofInputs(inputs) {
    const { settings, rules, flavor, names, labels, annotations, compression, scanRules: said } = inputs;
    const { tags, cache, provenance, sbom } = settings;
    return {
        rules: tags.length === 0 ? undefined : rules,
        flavor: settings.flavor.length === 0 ? undefined : flavor,
        names: names.length === 0 ? undefined : names,
        cache: image_settings_cacheOf(cache === "auto" ? undefined : cache, inputs.cacheFrom, inputs.cacheTo),
        provenance,
        sbom,
        compression,
        isScanned: settings.scan,
        scanRules: said,
        labels,
        annotations,
    };
}
/** Labels of a bake file are taken word for word. @throws UserError for an annotation that is none. */
function ofBake(image) {
    const labels = Object.entries(image?.labels ?? {}).map(([key, value]) => ({
        key: literally(key),
        value: literally(value),
        isEnabled: true,
    }));
    const lines = (image?.annotations ?? []).map((text, index) => ({ text, input: "annotations", line: index + 1 }));
    const annotations = (0,tags_annotations/* parseAnnotations */.K)(lines);
    (0,src_errors/* throwProblems */.Jh)(annotations.problems);
    return { labels, annotations: annotations.values };
}
function literally(text) {
    return { text, parts: [text] };
}
function image_settings_cacheOf(kind, from, to) {
    if (kind === undefined && from.length === 0 && to.length === 0)
        return undefined;
    return { kind: kind ?? "auto", from, to };
}
/** @param spoken whoever stands first goes before. */
function image_settings_joined(spoken, inputs) {
    const first = (key) => spoken.find((each) => each[key] !== undefined)?.[key];
    return {
        rules: first("rules") ?? inputs.rules,
        flavor: first("flavor") ?? inputs.flavor,
        names: first("names") ?? [],
        releaseTags: first("releaseTags") ?? [],
        cache: first("cache") ?? { kind: "auto", from: [], to: [] },
        provenance: first("provenance"),
        sbom: first("sbom"),
        compression: first("compression"),
        scan: {
            isWanted: first("isScanned") ?? true,
            rules: (0,scan_rules/* scanRules */.j_)(spoken.flatMap((each) => each.scanRules ?? [])),
            ignoreFiles: first("ignoreFiles"),
            vex: first("vex") ?? [],
            cyclonedx: first("cyclonedx") ?? false,
        },
        sourceDateEpoch: inputs.sourceDateEpoch,
        // Of two with one key the later one counts.
        labels: spoken.toReversed().flatMap((each) => each.labels),
        annotations: spoken.toReversed().flatMap((each) => each.annotations),
    };
}

;// CONCATENATED MODULE: ./src/commands/setting-origins.ts
/** Settings of the config file for one image, or under `defaults` for all. */
const imageOrigins = {
    path: "any",
    context: "any",
    file: "any",
    dockerfile: "any",
    depends: "any",
    watch: "any",
    target: "any",
    platforms: "any",
    publish: "trusted",
    "build-args": "any",
    "build-contexts": "any",
    images: "trusted",
    tags: "trusted",
    "release-tag": "trusted",
    flavor: "trusted",
    labels: "any",
    annotations: "any",
    cache: "trusted",
    "cache-from": "trusted",
    "cache-to": "trusted",
    provenance: "any",
    sbom: "any",
    compression: "any",
    scan: "any",
    severity: "any",
    "fail-on": "any",
    "ignore-unfixed": "any",
    gate: "any",
    trivyignores: "any",
    vex: "any",
    cyclonedx: "any",
};
/** Settings of the config file beside `images` and `defaults`. */
const wholeOrigins = {
    "watch-all": "any",
};
/** Settings of the config file under `bump`: an untrusted checkout moves no pins. */
const bumpOrigins = {
    branch: "trusted",
    labels: "trusted",
    reviewers: "trusted",
    assignees: "trusted",
    draft: "trusted",
    "auto-merge": "trusted",
    grouped: "trusted",
    required: "trusted",
};
/** What is taken from a target of a bake file; nothing else of it is read. */
const bakeOrigins = {
    context: "any",
    dockerfile: "any",
    isInline: "any",
    target: "any",
    platforms: "any",
    args: "any",
    contexts: "any",
    labels: "any",
    annotations: "any",
    isCacheOnly: "any",
};
/** Inputs of the action, which are the workflow's own; those that the config file has as well are in the tables above. */
const inputOrigins = {
    command: "workflow",
    config: "workflow",
    path: "workflow",
    "bake-target": "workflow",
    context: "workflow",
    file: "workflow",
    target: "workflow",
    "build-contexts": "workflow",
    images: "workflow",
    only: "workflow",
    variant: "workflow",
    ref: "workflow",
    tags: "workflow",
    flavor: "workflow",
    labels: "workflow",
    annotations: "workflow",
    platforms: "workflow",
    "build-args": "workflow",
    secrets: "workflow",
    "secret-envs": "workflow",
    "secret-files": "workflow",
    ssh: "workflow",
    load: "workflow",
    builder: "workflow",
    qemu: "workflow",
    "binfmt-image": "workflow",
    cache: "workflow",
    "cache-from": "workflow",
    "cache-to": "workflow",
    provenance: "workflow",
    sbom: "workflow",
    compression: "workflow",
    attest: "workflow",
    push: "workflow",
    rebuild: "workflow",
    converge: "workflow",
    promote: "workflow",
    move: "workflow",
    "max-size": "workflow",
    scan: "workflow",
    severity: "workflow",
    "fail-on": "workflow",
    "ignore-unfixed": "workflow",
    gate: "workflow",
    sarif: "workflow",
    bump: "workflow",
    "check-pins": "workflow",
    keep: "workflow",
    "older-than": "workflow",
    "keep-tags": "workflow",
    "dry-run": "workflow",
    "registry-username": "workflow",
    "registry-password": "workflow",
    token: "workflow",
    "bump-token": "workflow",
};

;// CONCATENATED MODULE: ./src/commands/untrusted-config.ts
/** The config file of an untrusted checkout: what it may decide, and what the base's file decides in its place. */





/**
 * The config of the checkout, in an untrusted one mixed with that of its base.
 * @param configFiles where the checkout's file is read from
 * @throws UserError where the base's file can't be read
 */
async function loadMixedConfig(session, configFiles) {
    const { trust, base } = session;
    const { workspace } = session.context;
    const given = session.inputs.settings.config;
    const { config, problems } = await loadConfig(workspace, given, configFiles);
    if (trust.kind === "trusted")
        return { config, settingsOnly: [], problems };
    const paths = configPaths(given);
    const atBase = await contentsAt(paths, session);
    const read = async (path) => atBase.get(external_node_path_.posix.relative(workspace, path));
    // A file that the base lacks says nothing, also where the input names it.
    const { config: ofBase, problems: more } = await loadConfig(workspace, atBase.size === 0 ? undefined : given, {
        read,
    });
    if (more.length > 0)
        throw unreadable(base, more[0]);
    return { ...mixedConfig(config, ofBase), problems };
}
async function contentsAt(paths, { base, history, git }) {
    try {
        // A commit is the same wherever it comes from, and the comparison with it needs it in the checkout, too.
        if ((await git.missing([base])).length > 0)
            await git.fetch([base], "tip");
        return await history.filesAt(base, paths);
    }
    catch (error) {
        if (error instanceof git_command/* GitFailure */.Xi)
            throw unreadable(base, error);
        throw error;
    }
}
function unreadable(base, cause) {
    return new src_errors/* UserError */.yo(`the config file of ${base.slice(0, 7)}, the base of this untrusted checkout, can't be read, so that nothing decides where images are pushed`, {
        hint: "let actions/checkout fetch the base (`fetch-depth: 0`), or give `token` the right to read contents",
        cause,
    });
}
/** Pure. */
function mixedConfig(checkout, base) {
    const ofBase = new Map(base.images.map((entry) => [entry.name, entry]));
    const named = new Set(checkout.images.map(({ name }) => name));
    return {
        config: {
            file: checkout.file,
            watchAll: checkout.watchAll,
            defaults: mixed(checkout.defaults, base.defaults),
            bump: base.bump,
            images: checkout.images.map((entry) => ({
                ...entry,
                said: mixed(entry.said, ofBase.get(entry.name)?.said ?? {}),
            })),
        },
        settingsOnly: base.images
            .filter(({ name }) => !named.has(name))
            .map((entry) => ({ ...entry, said: mixed({}, entry.said) })),
    };
}
function mixed(checkout, base) {
    const isFrom = (origin) => (entry) => untrusted_config_originOf(entry[0]) === origin;
    const entries = [
        ...Object.entries(checkout).filter(isFrom("any")),
        ...Object.entries(base).filter(isFrom("trusted")),
    ];
    // Each value stays under its own key.
    return Object.fromEntries(entries);
}
function untrusted_config_originOf(setting) {
    const known = imageOrigins;
    return (Object.hasOwn(known, setting) ? known[setting] : undefined) ?? "trusted";
}

;// CONCATENATED MODULE: ./src/commands/read-catalog.ts
/** From what the repository and the user say of images to the catalog of this run. */









/** @param configFiles where the config file is read from. @throws UserError, or `Problems`. */
async function readCatalog(session, configFiles) {
    const { context, inputs, outside } = session;
    const { settings } = inputs;
    const { config, settingsOnly, problems } = await loadMixedConfig(session, configFiles);
    const { settingsOf, problems: more } = readImageSettings({ ...config, images: [...config.images, ...settingsOnly] }, inputs);
    const byHand = imageByHand(settings);
    (0,src_errors/* throwProblems */.Jh)([...problems, ...more, ...(byHand === undefined ? [] : besidesByHand(settings, config))]);
    const catalog = await buildCatalog({
        root: context.workspace,
        files: outside.files,
        globs: settings.path,
        rootName: context.repo.toLowerCase(),
        config,
        inputs: settings,
        bakeTargets: settings.bakeTarget,
        bake: outside,
        byHand,
        argumentsOf: (image) => buildArgumentsOf(session, image, settingsOf),
        repositoriesOf: ({ publicName }, isRoot) => repositories(session, settingsOf(publicName).names, publicName, isRoot),
        movingTags: (image) => movingTags(session, settingsOf, image),
    });
    const pushed = catalog.images.map((image) => ({
        ...image,
        isAlike: settings.variant === undefined && settingsOf(image.publicName).flavor.suffix.isGiven,
    }));
    (0,src_errors/* throwProblems */.Jh)((0,image_names/* repositoryCollisions */.Mr)(pushed));
    return { catalog, settingsOf, bump: config.bump };
}
function repositories({ context }, lines, name, isRoot) {
    const { values, problems } = (0,image_names/* repositoriesOf */.Ub)(lines, { context, name, isRoot });
    (0,src_errors/* throwProblems */.Jh)(problems);
    return values;
}
/** What a fork's commit is built for outside of pull requests is taken to be meant for the default branch. */
function untrustedTarget({ trust }, defaultBranch) {
    return trust.kind === "untrusted" ? defaultBranch : undefined;
}
/**
 * A pull request's images are taken for what their base branch would make of them: its tags move when it is merged. A tag of
 * an image's own version is none of these, so that who names it is pinned to it.
 */
function movingTags(session, settingsOf, image) {
    const { trigger, defaultBranch } = session.context;
    const target = trigger.kind === "pull-request" ? trigger.baseRef : untrustedTarget(session, defaultBranch);
    const sources = { names: [image.publicName], rulesOf: settingsOf, facts: new Map() };
    const own = image_details_tagsOf(session, image, sources)
        .tags.filter(({ moves }) => moves)
        .map(({ tag }) => tag);
    const suffix = (0,tags_flavor/* variantSuffix */.n)(image, settingsOf(image.publicName).flavor);
    const usual = ["latest", ...(target === undefined ? [] : [(0,image_tags/* tagText */.e)(target)])];
    return new Set([...own, ...usual.map((tag) => `${tag}${suffix}`)]);
}

;// CONCATENATED MODULE: ./src/commands/config-change.ts
/** Which images a changed config file means: those that are planned otherwise than with the file as it was. */




/** Reads the file as it was at the base, where it changed. What can't be read or understood means every image. */
async function configChange(session, comparison, now) {
    const paths = configPaths(session.inputs.settings.config);
    const changed = comparison.kind === "files" && comparison.files.some(({ path }) => paths.includes(path));
    if (!changed)
        return { paths, affects: () => false };
    const { workspace } = session.context;
    const atBase = {
        read: (path) => session.git.fileAt(comparison.base, external_node_path_.posix.relative(workspace, path)),
    };
    try {
        const before = await readCatalog(session, atBase);
        const told = new Map(before.catalog.images.map((image) => [image.name, settingsText(image, before)]));
        const same = new Set(now.catalog.images.filter((image) => told.get(image.name) === settingsText(image, now)).map(({ name }) => name));
        return { paths, affects: (name) => !same.has(name) };
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return { paths, affects: () => true };
        throw error;
    }
}
/** All that is said of an image, its lines and what follows from files left out. */
function settingsText(image, { settingsOf }) {
    const { bases: _, unsettled: __, watch, ...all } = image;
    const said = all.variant === "nix" ? { ...all, reads: undefined } : { ...all, dockerfile: undefined };
    const watched = watch.map(({ value }) => value);
    return JSON.stringify([said, watched, settingsOf(image.publicName, image)], withoutPlaces);
}
/** Where something stands is nothing that it says. */
function withoutPlaces(key, value) {
    if (key === "at" || key === "line")
        return undefined;
    if (value instanceof RegExp)
        return String(value);
    return value instanceof Map || value instanceof Set ? [...value] : value;
}

;// CONCATENATED MODULE: ./src/commands/survey.ts














/** @throws UserError (or `Problems`) for a repository that is not in order, and for `only` that names no image. */
async function survey(session) {
    const { context, inputs, outside } = session;
    if (context.trigger.kind === "gone") {
        const comparison = { kind: "nothing", what: context.trigger.what };
        const { settingsOf } = readImageSettings(emptyConfig, inputs);
        return {
            catalog: { images: [] },
            comparison,
            affected: new Map(),
            left: new Map(),
            inputs: new Map(),
            configPaths: [],
            settingsOf,
            bump: {},
            hashes: new Map(),
            remarks: [],
            deletes: false,
            affectedSince: async () => undefined,
        };
    }
    const { files } = outside;
    const [{ catalog, settingsOf, bump }, comparison, listing] = await Promise.all([
        readCatalog(session, files),
        compareAll(session),
        readListing(session.checkout),
    ]);
    const argumentsOf = (image) => buildArgumentsOf(session, image, settingsOf);
    const inside = await readInputs(catalog, { listing, checkout: session.checkout, files, argumentsOf });
    const sources = { inputs: inside, listing, checkout: session.checkout };
    const [hashes, incomplete] = await Promise.all([
        sourceHashes(catalog, { ...sources, settingsOf: (image) => hashedSettings(settingsOf(image.publicName, image)) }),
        incompleteFiles(catalog, sources),
    ]);
    const affectedBy = async (compared, only) => affectedImages({
        catalog,
        comparison: compared,
        commit: context.commit,
        inputs: inside,
        only,
        config: await configChange(session, compared, { catalog, settingsOf }),
        unseen: unknownHashes(hashes),
    });
    const { affected, deleted } = await affectedBy(comparison, inputs.settings.only);
    const left = survey_leftOut(catalog, session, settingsOf);
    return {
        catalog,
        comparison,
        affected: new Map([...affected].filter(([name]) => !left.has(name))),
        left,
        inputs: inside,
        configPaths: configPaths(inputs.settings.config),
        settingsOf,
        bump,
        hashes,
        remarks: [
            ...deleted.map(describeDeleted),
            ...incomplete.absent.map(describeAbsent),
            ...incomplete.pointers.map(describePointers),
        ],
        deletes: deleted.length > 0,
        affectedSince: onceEach(async (base) => {
            const since = await compareSince(base, session.git);
            return since.kind === "files" ? new Set((await affectedBy(since, [])).affected.keys()) : undefined;
        }),
    };
}
/** `rebuild: always` takes everything, whatever changed. */
function compareAll({ context, git, inputs }) {
    if (inputs.settings.rebuild === "always")
        return Promise.resolve({ kind: "everything", because: { kind: "asked-for" } });
    return comparison_compare(context, git);
}
/** The images that the run is not about: neither `only` nor `variant` nor the git tag means them. */
function survey_leftOut(catalog, { context, inputs }, settingsOf) {
    const { only, variant } = inputs.settings;
    const selected = selectImages(catalog, only);
    const releases = releaseNames(catalog, settingsOf);
    const left = new Map();
    for (const { name, publicName, variant: own } of catalog.images) {
        const release = context.ref.kind === "tag" ? (0,release_tag/* readReleaseTag */.u)(context.ref.name, publicName, releases) : undefined;
        const detail = !selected.has(name)
            ? "`only` doesn't name it"
            : variant !== undefined && variant !== own
                ? `\`variant\` is ${variant}`
                : release?.kind === "left"
                    ? release.because
                    : undefined;
        if (detail !== undefined)
            left.set(name, [{ kind: "not-chosen", detail }]);
    }
    return left;
}
function unknownHashes(hashes) {
    return new Map([...hashes].flatMap(([name, hash]) => (hash.kind === "unknown" ? [[name, hash.why]] : [])));
}
/** What settings put into an image that its files don't tell of, expressions as they were written. */
function hashedSettings({ labels, annotations, provenance, sbom, compression }) {
    return {
        labels: labels.map(({ key, value, isEnabled }) => [key.text, value.text, isEnabled]),
        annotations: annotations.map(({ key, value, isEnabled }) => [key.text, value.text, isEnabled]),
        provenance: provenance ?? null,
        sbom: sbom ?? null,
        compression: compression ?? null,
    };
}
function describeAbsent({ image, path, count }) {
    const files = count === 1 ? path : `${path} and ${count - 1} more`;
    return {
        message: `${image} is built from ${files}, which this sparse checkout leaves out`,
        hint: "check out without `sparse-checkout`, or with the folders that images are built from",
    };
}
function describePointers({ image, path, count }) {
    const files = count === 1 ? path : `${path} and ${count - 1} more`;
    return {
        message: `${image} is built from ${files}, which Git LFS holds and the checkout doesn't`,
        hint: "check out with `lfs: true`, unless the pointers themselves are wanted",
    };
}

;// CONCATENATED MODULE: ./src/commands/preparation.ts










/** @throws UserError (or `Problems`) when the repository or the inputs are not in order. */
async function prepare(session, { all, about, signal }) {
    const { context, inputs } = session;
    const surveyed = await survey(session);
    const { bump } = inputs.settings;
    const bumping = {
        pullRequests: pullRequestSettings(surveyed.bump),
        globs: typeof bump === "string" ? undefined : bump.map((glob) => pathGlob(glob).parts),
    };
    const push = pushes(context, inputs.settings.push, session.trust);
    const hosts = surveyed.catalog.images.flatMap((image) => image.repositories.map((each) => (0,oci_reference/* splitRepository */.T8)(each).host));
    const { registry, credentials } = await openRegistry(session, [...new Set(hosts)], signal);
    const sources = await tagSources(session, surveyed, { all: all(push), about });
    const history = openHistory(session);
    const scanning = openScanning(session, { surveyed, sources, registry, history, credentials });
    return { surveyed, sources, push, registry, credentials, history, scanning, forge: forgeOf(session), bumping };
}
/** Gitea and Forgejo are told by the address of their API. */
function forgeOf({ context }) {
    if (context.owner === "local" && context.runUrl === undefined)
        return undefined;
    const kind = context.apiUrl.endsWith("/api/v1") ? "forgejo" : "github";
    return { kind, repositoryUrl: (0,run_context/* repositoryUrl */.Ek)(context) };
}

;// CONCATENATED MODULE: ./src/commands/bump.ts








/** @throws UserError for what keeps it from starting; what a forge refuses is told in the result. */
async function bump(session) {
    const { clock, log } = session.outside;
    const started = clock.now().getTime();
    const prepared = await prepare(session, { all: () => true });
    const report = await bumpPins(prepared, session, []);
    for (const { message, hint } of report.remarks)
        log.warning(message, hint);
    const plan = nothingPlanned(prepared, session);
    const result = {
        plan,
        images: plan.images.map((planned) => ({ planned, outcome: "skipped" })),
        remarks: [...prepared.surveyed.remarks, ...report.remarks],
        seconds: (clock.now().getTime() - started) / 1000,
        forge: prepared.forge,
        bumps: report.results,
    };
    for (const line of bumpLines(report.results))
        log.info(line);
    return {
        outputs: { ...outputsOf(result, "") },
        summary: renderSummary(result),
        text: (terminal) => (session.inputs.settings.dryRun ? diffs(report, terminal) : ""),
        json: report.moved.map(movedJson),
        failures: bumpFailures(report),
    };
}
function diffs({ moved }, terminal) {
    const shown = moved.map((file) => `${renderDiff(file, terminal)}\n`);
    const pins = moved.reduce((sum, file) => sum + file.pins.length, 0);
    const end = pins === 0 ? "Nothing to move." : `${count(pins, "pin")} would move, by pull request.`;
    return [...shown, `${end}\n`].join("");
}
function movedJson({ path, pins }) {
    return { path, pins };
}

;// CONCATENATED MODULE: ./src/report/explain-tags.ts
/** Which rule gave which tag, which of them move, and why the others gave none. */

/** Lines for a terminal: the tags in their order, then the rules that gave none. */
function explainTags(planned, { plan, rules }, paint) {
    const where = planned.repositories.map(plain_text/* plainLine */.h0).join(", ");
    const title = `${paint("bold", "Tags")}${where === "" ? "" : ` of ${where}`}`;
    if (where === "")
        return [title, "  none: the image is not published"];
    const given = rules.flatMap((each) => (each.gave === undefined ? [] : [{ ...each, gave: each.gave }]));
    const none = rules.filter(({ gave }) => gave === undefined);
    const width = Math.max(0, ...given.map(({ gave }) => gave.tag.length));
    const onlyIf = explain_tags_whyNothing(planned, plan.push);
    const seen = new Set();
    const notesOf = ({ because, gave }) => {
        const again = seen.has(gave.tag) ? "given above already" : undefined;
        seen.add(gave.tag);
        const held = onlyIf === undefined ? whyHeld(gave, planned) : undefined;
        return [because, again, held].filter((note) => note !== undefined).map(plain_text/* plainLine */.h0);
    };
    return [
        title,
        ...(onlyIf === undefined ? [] : [paint("yellow", `  ${onlyIf}:`)]),
        ...(given.length === 0 ? ["  none"] : []),
        ...given.map((each) => {
            const notes = notesOf(each);
            const note = notes.length === 0 ? "" : paint("yellow", ` – ${notes.join("; ")}`);
            const tag = paint(onlyIf === undefined ? "cyan" : "dim", each.gave.tag.padEnd(width));
            return `  ${tag}  ${each.gave.moves ? "moves   " : "set once"}  ${ruleText(each, paint)}${note}`;
        }),
        ...(none.length === 0 ? [] : ["", paint("bold", "Rules that gave none")]),
        ...none.map((rule) => `  ${ruleText(rule, paint)}${paint("dim", ` – ${(0,plain_text/* plainLine */.h0)(rule.because ?? "")}`)}`),
    ];
}
function ruleText({ rule, place }, paint) {
    return `${(0,plain_text/* plainLine */.h0)(rule)}${place === undefined ? "" : paint("dim", ` (${(0,plain_text/* plainLine */.h0)(place)})`)}`;
}
/** Why none of the tags is put on anything by this plan. */
function explain_tags_whyNothing({ kind, reasons }, push) {
    if (kind !== "skip")
        return push ? undefined : "none, as this run pushes nothing; otherwise they would be";
    if (reasons.some((reason) => reason.kind === "current"))
        return "none to put, as all are there already";
    if (reasons.some((reason) => reason.kind === "superseded"))
        return "none, as they stay where they are";
    return "none, as nothing is done for this image; otherwise they would be";
}
/** Why this one of them is not. */
function whyHeld({ tag, moves }, planned) {
    if (planned.kind === "skip" || planned.tags.some((each) => each.tag === tag))
        return undefined;
    return moves
        ? "left where it is: the checkout is not at the event's commit"
        : "left where it is: a rebuild moves only what moves";
}

;// CONCATENATED MODULE: ./src/report/explain-image.ts
/** The explanation of one image, for a terminal. */








/**
 * The whole chain: from the changed line over the images in between to this one, what it is made of, and which rule gave
 * which tag. Lines are not wrapped: each is one fact. No line break at the end.
 */
function renderExplanation(explanation, { colour }) {
    const paint = painter(colour);
    const { plan, image } = explanation;
    const planned = plan.images.find(({ name }) => name === image);
    if (planned === undefined)
        return "";
    const base = plan.base === null ? "" : `, compared with ${shortCommit(plan.base)}`;
    const action = paint(actionStyles[planned.kind], planned.kind);
    return [
        `${paint("bold", (0,plain_text/* plainLine */.h0)(image))}: ${action}`,
        paint("dim", (0,plain_text/* plainLine */.h0)(`${describeEvent(plan, plain_text/* plainLine */.h0)} at ${shortCommit(plan.commit)}${base}`)),
        "",
        paint("bold", "Why"),
        ...why(planned, explanation, paint, new Set()).map((line) => `  ${line}`),
        "",
        paint("bold", "Made of"),
        ...madeOf(planned, explanation).map((line) => `  ${line}`),
        "",
        ...explainTags(planned, explanation, paint),
    ]
        .map((line) => (0,plain_text/* inertLine */.Fq)(line.trimEnd()))
        .join("\n");
}
/** The reasons of an image, each with what leads to it below. An image that was told already is not told again. */
function why(planned, explanation, paint, told) {
    told.add(planned.name);
    return [
        ...planned.reasons.flatMap((reason) => [
            ...reasonLines(reason, planned, explanation, paint),
            ...further(reason, explanation, paint, told).map((line) => `  ${line}`),
        ]),
        ...(planned.kind === "promote" ? ["what is made of these sources is published already: it only gets tags"] : []),
    ];
}
function reasonLines(reason, { name }, { made }, paint) {
    const text = (0,plain_text/* plainLine */.h0)(describeReason(reason));
    switch (reason.kind) {
        case "file": {
            const file = made[name]?.files[reason.path];
            if (file === undefined)
                return [text];
            return [`${text}${explain_image_linesOf(file)}`, paint("dim", `  counts because ${(0,plain_text/* plainLine */.h0)(file.rule)}`)];
        }
        case "builds-on":
            return [`${text}${paint("dim", explain_image_usesOf(made[name], reason.image))}`];
        case "needed-by":
            return [`${text}${paint("dim", explain_image_usesOf(made[reason.image], name))}`];
        case "unaffected":
        case "not-chosen":
            return [text, ...unaffected(made[name]).map((line) => paint("dim", `  ${line}`))];
        default:
            return [text];
    }
}
/** What the reason leads to: the reasons of that image, with its name before them. */
function further(reason, explanation, paint, told) {
    if (reason.kind !== "builds-on" && reason.kind !== "needed-by")
        return [];
    const next = explanation.plan.images.find(({ name }) => name === reason.image);
    if (next === undefined)
        return [];
    const name = paint("bold", (0,plain_text/* plainLine */.h0)(next.name));
    if (told.has(next.name))
        return [`${name}: as told above`];
    return why(next, explanation, paint, told).map((line) => (line.startsWith(" ") ? line : `${name}: ${line}`));
}
/** What would have made an image count that nothing touched. */
function unaffected(making) {
    if (making === undefined)
        return [];
    const { recipe, context, ignoreFile, reads, parents } = making;
    const folder = context === "." || context === null ? "the repository" : context;
    const read = reads === null ? "the files" : readOf(reads);
    const names = [...new Set(parents.map(({ name }) => name))];
    return [
        `what counts for it: ${(0,plain_text/* plainLine */.h0)(recipe)}, ${(0,plain_text/* plainLine */.h0)(read)} of ${(0,plain_text/* plainLine */.h0)(folder)}${ignoreFile === null || reads?.length === 0 ? "" : ` that ${(0,plain_text/* plainLine */.h0)(ignoreFile)} doesn't leave out`}${names.length === 0 ? "" : `, and ${names.map(plain_text/* plainLine */.h0).join(", ")} being built`}`,
    ];
}
const mostRead = 8;
function readOf(sources) {
    if (sources.length === 0)
        return "no file";
    const more = sources.length - mostRead;
    return `${sources.slice(0, mostRead).join(", ")}${more > 0 ? ` and ${count(more, "more source")}` : ""}`;
}
function explain_image_usesOf(making, name) {
    const uses = making?.parents.filter((parent) => parent.name === name) ?? [];
    return uses.length === 0 ? "" : ` (${uses.map((use) => `${use.via} at ${place(use.at)}`).join(", ")})`;
}
function madeOf(planned, { plan, made }) {
    const making = made[planned.name];
    if (making === undefined)
        return [];
    const built = new Set(plan.images.filter(({ kind }) => kind === "build").map(({ name }) => name));
    const fact = (what, values) => values.map((value, index) => `${(index === 0 ? what : "").padEnd(14)}${(0,plain_text/* plainLine */.h0)(value)}`);
    const used = ({ name, via, at }, more) => `${name}${more} (${via} at ${place(at)})`;
    return [
        ...fact("context", making.context === "." ? [". (the repository's root)"] : [making.context ?? []].flat()),
        ...fact(making.variant === "nix" ? "Nix file" : "Dockerfile", [making.recipe]),
        ...fact("ignore file", making.variant === "nix" ? [] : [making.ignoreFile ?? "none"]),
        ...fact("reads", [
            making.reads === null ? `the whole ${making.context === null ? "repository" : "context"}` : readOf(making.reads),
        ]),
        ...fact("builds on", making.parents.map((each) => used(each, built.has(each.name) ? ", built in this run" : ", as it is published"))),
        ...fact("from outside", making.bases.map((each) => used(each, ""))),
        ...fact("platforms", planned.kind === "skip" ? [] : [planned.platforms.join(", ") || "the builder's own"]),
        ...fact("published as", planned.kind === "promote" ? [planned.digest] : []),
    ];
}
function place(at) {
    return (0,plain_text/* plainLine */.h0)((0,src_errors/* formatLocation */.j$)(at));
}
const mostRanges = 8;
function explain_image_linesOf({ lines }) {
    const [only, ...others] = lines.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
    if (only === undefined)
        return "";
    const shown = [only, ...others].slice(0, mostRanges);
    const more = lines.length - shown.length;
    const isOne = others.length === 0 && !only.includes("-");
    return ` in line${isOne ? "" : "s"} ${shown.join(", ")}${more > 0 ? ` and ${count(more, "more place")}` : ""}`;
}

;// CONCATENATED MODULE: ./src/report/plan-summary.ts
/** The summary of a plan alone: what would be done, and why. */










/** GitHub flavoured Markdown, below the limit of a step's summary. */
function renderPlanSummary(plan, forge) {
    const acted = plan.images.filter((image) => image.kind !== "skip");
    return joinSections([
        sections_text(`## 📋 ${planSentence(plan)}\n\n${eventLine(plan, forge)}`),
        ...(acted.length === 0 ? [] : [planTable(acted, plan, forge)]),
        graphSection(plan.images.map((planned) => ({ planned, state: states[planned.kind] }))),
        ...leftSections(plan.images.filter((image) => image.kind === "skip")),
    ]);
}
const states = { build: "toBuild", promote: "toPromote", skip: "skipped" };
/** `Plan: build 2, promote 3 of 8 images`. */
function planSentence(plan) {
    const actions = ["build", "promote"].flatMap((kind) => {
        const number = plan.images.filter((image) => image.kind === kind).length;
        return number === 0 ? [] : [`${kind} ${number}`];
    });
    if (actions.length === 0)
        return "Plan: nothing to build";
    const push = plan.push ? "" : ", publish nothing";
    return `Plan: ${actions.join(", ")} of ${count(plan.images.length, "image")}${push}`;
}
function planTable(acted, plan, forge) {
    return {
        head: "| Image | Tags | Platforms | Why | Base |\n| --- | --- | --- | --- | --- |",
        pieces: acted.map((image) => {
            const tags = image.tags.map(({ tag }) => code(shortTag(tag))).join("<br>");
            const platforms = image.platforms.map((platform) => markdown(platform)).join("<br>");
            const cells = [
                `**${markdown((0,plain_text/* shortened */.vI)(image.name, 100))}**`,
                image.repositories.length === 0 ? "_not published_" : tags || "_none_",
                platforms || "_the builder's own_",
                markdown(because(image.reasons)),
                image.kind === "build"
                    ? fileLink(forge, plan.commit, image.at)
                    : `_published already as_ ${code(shortDigest(image.digest))}`,
            ];
            return `| ${cells.join(" | ")} |`;
        }),
        tail: "",
        what: "images",
    };
}

;// CONCATENATED MODULE: ./src/report/plan-table.ts
/** A plan for the person at a terminal or in front of a log. */








/**
 * A table of image, action, reasons and tags, wrapped to the width; below 72 columns a block for each image instead.
 * More than a few images that nothing is done for are named in a paragraph for each reason. No line break at the end.
 */
function renderPlan(plan, { colour, width }) {
    const paint = painter(colour);
    const skipped = plan.images.filter((image) => image.kind === "skip");
    const folded = skipped.length > mostSkippedRows ? skipped : [];
    const rows = plan.images.filter((image) => !folded.includes(image)).map(rowOf);
    const lines = [
        paint("bold", planSentence(plan)),
        paint("dim", eventOf(plan)),
        "",
        ...(width < narrow ? blocks(rows, width, paint) : plan_table_table(rows, width, paint)),
        ...foldedLines(folded, width).map((line) => paint("dim", line)),
    ];
    return lines.map((line) => (0,plain_text/* inertLine */.Fq)(line.trimEnd())).join("\n");
}
const narrow = 72;
const mostSkippedRows = 12;
const mostFoldedNames = 60;
const gap = "  ";
const indent = "    ";
function rowOf(image) {
    const tags = image.kind === "skip" ? "" : image.tags.map(({ tag }) => shortTag(tag)).join(", ");
    const unpublished = image.kind === "build" && image.repositories.length === 0;
    return {
        action: image.kind,
        image: (0,plain_text/* plainLine */.h0)(image.name),
        why: (0,plain_text/* plainLine */.h0)(because(image.reasons)),
        tags: unpublished ? "(not published)" : (0,plain_text/* plainLine */.h0)(tags),
        kind: image.kind,
    };
}
function eventOf(plan) {
    const base = plan.base === null ? "" : `, compared with ${shortCommit(plan.base)}`;
    return (0,plain_text/* plainLine */.h0)(`${describeEvent(plan, plain_text/* plainLine */.h0)} at ${shortCommit(plan.commit)}${base}`);
}
function plan_table_table(rows, width, paint) {
    const fixed = Math.max(6, ...rows.map(({ action }) => plan_table_columns(action)));
    const image = Math.min(Math.floor(width / 4), Math.max(5, ...rows.map((row) => plan_table_columns(row.image))));
    const rest = width - fixed - image - 3 * gap.length;
    const why = Math.min(Math.max(3, ...rows.map((row) => plan_table_columns(row.why))), Math.floor(rest * 0.6));
    const widths = [fixed, image, why, rest - why];
    const heading = plan_table_line(["ACTION", "IMAGE", "WHY", "TAGS"], widths);
    return [
        paint("dim", heading),
        ...rows.flatMap((row) => {
            const cells = [row.action, row.image, row.why, row.tags].map((text, index) => wrap(text, widths[index] ?? width));
            const height = Math.max(...cells.map((cell) => cell.length));
            return Array.from({ length: height }, (_, index) => {
                const [action = "", name = "", reason = "", tags = ""] = cells.map((cell, column) => pad(cell[index] ?? "", widths[column] ?? 0));
                if (row.kind === "skip")
                    return paint("dim", [action, name, reason, tags].join(gap));
                return [paint(actionStyles[row.kind], action), paint("bold", name), reason, paint("cyan", tags)].join(gap);
            });
        }),
    ];
}
function plan_table_line(cells, widths) {
    return cells.map((cell, index) => pad(cell, widths[index] ?? 0)).join(gap);
}
function blocks(rows, width, paint) {
    return rows.flatMap((row) => {
        const details = [row.why, ...(row.tags === "" ? [] : [row.tags])].flatMap((text) => wrap(text, width - indent.length));
        const image = (0,plain_text/* shortened */.vI)(row.image, width - row.action.length - 1);
        const head = `${paint(actionStyles[row.kind], row.action)} ${paint(row.kind === "skip" ? "dim" : "bold", image)}`;
        return [head, ...details.map((detail) => `${indent}${paint("dim", detail)}`)];
    });
}
function foldedLines(images, width) {
    const { untouched, explained } = leftImages(images);
    return [["", untouched], ...explained].flatMap(([why, some]) => {
        if (some.length === 0)
            return [];
        const names = some.slice(0, mostFoldedNames).map(({ name }) => (0,plain_text/* plainLine */.h0)(name));
        const more = some.length - names.length;
        const reason = why === "" ? "" : ` (${(0,plain_text/* plainLine */.h0)(why)})`;
        const skipped = `${count(some.length, "image")} skipped${reason}: ${names.join(", ")}`;
        return ["", ...wrap(`${skipped}${more > 0 ? ` and ${more} more` : ""}`, width)];
    });
}
/** Lines of at most `width` characters, broken at spaces; a word that is longer is cut. */
function wrap(text, width) {
    const room = Math.max(8, width);
    const lines = [];
    let current = "";
    for (const word of text.split(" ")) {
        const joined = current === "" ? word : `${current} ${word}`;
        if (plan_table_columns(joined) <= room) {
            current = joined;
            continue;
        }
        if (current !== "")
            lines.push(current);
        const characters = [...word];
        while (characters.length > room)
            lines.push(characters.splice(0, room).join(""));
        current = characters.join("");
    }
    return [...lines, current];
}
function pad(text, width) {
    return text + " ".repeat(Math.max(0, width - plan_table_columns(text)));
}
/** Characters, not UTF-16 units; wide ones count as one, since names and tags are ASCII but for the exception. */
function plan_table_columns(text) {
    return [...text].length;
}

;// CONCATENATED MODULE: ./src/report/plan-tree.ts
/** How the images of a plan build on one another, for a terminal. */


const worthwhile = 24;
/** Whether the tree is short, and tells more than the table above it. */
function isTreeWorthwhile(plan, parents) {
    return (plan.images.length <= worthwhile &&
        plan.images.some((image) => image.kind === "build" && plan_tree_parentsOf(image, parents).length > 0));
}
/** Every image once, indented below the first image it builds on; other parents are named behind it. */
function renderPlanTree(plan, parents = new Map(), { colour } = { colour: false }) {
    const paint = painter(colour);
    const children = new Map();
    const roots = [];
    const names = new Set(plan.images.map(({ name }) => name));
    for (const image of plan.images) {
        const [first] = plan_tree_parentsOf(image, parents).filter((parent) => names.has(parent));
        if (first === undefined)
            roots.push(image);
        else
            children.set(first, [...(children.get(first) ?? []), image]);
    }
    const node = (image) => {
        const [, ...others] = plan_tree_parentsOf(image, parents);
        const also = others.length === 0 ? "" : ` (also on ${others.map(plain_text/* plainLine */.h0).join(", ")})`;
        const name = (0,plain_text/* plainLine */.h0)(image.name);
        if (image.kind === "skip")
            return paint("dim", `${name} (skip)${also}`);
        const action = image.kind === "build" ? "" : paint(actionStyles[image.kind], ` (${image.kind})`);
        return `${paint("bold", name)}${action}${paint("dim", also)}`;
    };
    const lines = (image, lead, branch) => {
        const below = children.get(image.name) ?? [];
        return [
            `${paint("dim", `${lead}${branch}`)}${node(image)}`,
            ...below.flatMap((child, index) => lines(child, lead + continuation(branch), index === below.length - 1 ? "└─ " : "├─ ")),
        ];
    };
    return roots
        .flatMap((root) => lines(root, "", ""))
        .map(plain_text/* inertLine */.Fq)
        .join("\n");
}
function continuation(branch) {
    if (branch === "")
        return "";
    return branch.startsWith("├") ? "│  " : "   ";
}
function plan_tree_parentsOf(image, parents) {
    const own = image.kind === "build" ? image.parents.map((parent) => parent.name) : [];
    return [...new Set(own.length > 0 ? own : parents.get(image.name))];
}

;// CONCATENATED MODULE: ./src/changes/why-counts.ts


/** A clause about the file: "it is the Dockerfile". `configPaths` is where the config file may lie. */
function whyCounts(path, image, { recipe, contexts }, configPaths) {
    if (configPaths.includes(path))
        return "it is the configuration, and what it says of this image changed";
    if (image.bakeFiles.includes(path))
        return "it is the bake file that defines the image";
    if (recipe.paths.some((each) => isAtOrAbove(path, each))) {
        const what = image.variant === "nix" ? "Nix file" : "Dockerfile";
        return path === recipe.path ? `it is the ${what}` : `the ${what} ${recipe.path} leads there`;
    }
    const ignored = contexts.find(({ ignorePaths }) => ignorePaths.includes(path));
    if (ignored !== undefined)
        return `it is the ignore file of ${describeContext(ignored)}`;
    const above = contexts.find(({ directory }) => directory.paths.some((each) => each !== "." && isAtOrAbove(path, each)));
    if (above !== undefined)
        return `${describeContext(above)} lies in it`;
    const context = contexts.find((each) => isIn(path, each));
    if (context === undefined)
        return "`watch` or `watch-all` names it";
    return image.variant === "nix" ? "the Nix file may read it" : whyInContext(path, context);
}
function isIn(path, { directory: { target }, followed, ignore }) {
    if (target !== "." && !path.startsWith(`${target}/`))
        return false;
    const inside = target === "." ? path : path.slice(target.length + 1);
    if (followed.kind === "whole")
        return !ignore.ignores(inside);
    const sources = sources_sourcesOf(followed.sources);
    return sources.takes(inside) ? !ignore.ignores(inside) : sources.leadsTo(inside);
}
function whyInContext(path, context) {
    const { directory, followed, ignoreFile } = context;
    const kept = ignoreFile === undefined ? "" : `, and ${ignoreFile.path} doesn't leave it out`;
    const place = describeContext(context);
    if (followed.kind === "whole")
        return `it lies in ${place}${kept === "" ? ", which has no ignore file" : kept}`;
    const source = followed.sources.find((each) => {
        const { takes, leadsTo } = sources_sourcesOf([each]);
        const inside = directory.target === "." ? path : path.slice(directory.target.length + 1);
        return takes(inside) || leadsTo(inside);
    });
    const read = source === undefined ? directory.target : joinPath(directory.target, source);
    return `the build reads ${read} of ${place}${kept}`;
}
function describeContext({ name, directory: { path } }) {
    const place = path === "." ? "the repository's root" : path;
    if (name !== undefined)
        return `the context ${name} (${place})`;
    return path === "." ? `${place}, which is the build context` : `the build context ${place}`;
}
/** A submodule or a symlink may stand where a folder was. */
function isAtOrAbove(path, below) {
    return path === below || below.startsWith(`${path}/`);
}

;// CONCATENATED MODULE: ./src/report/explanation.ts
/** The images that the reasons of an image lead to, itself first. */
function chainOf(plan, image) {
    const reasons = new Map(plan.images.map((each) => [each.name, each.reasons]));
    const chain = new Set();
    const follow = (name) => {
        if (chain.has(name))
            return;
        chain.add(name);
        for (const reason of reasons.get(name) ?? []) {
            if (reason.kind === "builds-on" || reason.kind === "needed-by")
                follow(reason.image);
        }
    };
    follow(image);
    return [...chain];
}

;// CONCATENATED MODULE: ./src/commands/explain.ts
/** Gathers what there is to tell of one image of a plan. */







/** @throws UserError where the plan has no image of that name. */
async function explainImage(planning, name, session) {
    const { plan, surveyed, sources } = planning;
    const asked = surveyed.catalog.images.find((image) => image.name === name);
    if (asked === undefined)
        throw explain_unknownName(name, surveyed.catalog.images.map((image) => image.name));
    const chain = chainOf(plan, name);
    const images = surveyed.catalog.images.filter((image) => chain.includes(image.name));
    const made = await Promise.all(images.map(async (image) => [image.name, await makingOf(image, planning, session)]));
    return { plan, image: name, made: Object.fromEntries(made), rules: image_details_tagsOf(session, asked, sources).outcomes };
}
const explain_listed = 20;
function explain_unknownName(name, names) {
    const more = names.length > explain_listed ? `, and ${names.length - explain_listed} more` : "";
    const hint = names.length === 0
        ? "there are no images, as nothing is done on this event"
        : `choose from ${names.slice(0, explain_listed).join(", ")}${more}${(0,nearest/* didYouMean */.a)(name, names)}`;
    return new src_errors/* UserError */.yo(`--explain names "${name}", and no image is called that`, { hint });
}
async function makingOf(image, { plan, surveyed }, session) {
    const inputs = surveyed.inputs.get(image.name);
    if (inputs === undefined)
        throw new Error(`nobody says what goes into ${image.name}`);
    const planned = plan.images.find(({ name }) => name === image.name);
    const paths = planned?.reasons.flatMap((reason) => (reason.kind === "file" ? [reason.path] : [])) ?? [];
    const files = await Promise.all(paths.map(async (path) => {
        const lines = plan.base === null ? [] : await session.git.changedLines(plan.base, plan.commit, path);
        return [path, { rule: whyCounts(path, image, inputs, surveyed.configPaths), lines }];
    }));
    const main = inputs.contexts.find(({ name }) => name === undefined);
    return {
        variant: image.variant,
        context: image.variant === "nix" ? null : image.context,
        recipe: (0,catalog/* recipeOf */.S)(image),
        ignoreFile: main?.ignoreFile?.path ?? null,
        reads: main === undefined || main.followed.kind === "whole" ? null : main.followed.sources,
        parents: image.parents.map(({ parent, via, at }) => ({ name: parent, via, at })),
        bases: image.bases.map(({ reference, via, at }) => ({ name: (0,oci_reference/* formatReference */.FH)(reference), via, at })),
        files: Object.fromEntries(files),
    };
}

;// CONCATENATED MODULE: ./src/commands/fixable.ts

/** What is affected, narrowed, and why the rest is left. */
async function worthRebuilding({ catalog, affected, left }, scanning) {
    const reasons = new Map(await Promise.all(catalog.images
        .filter(({ name }) => affected.has(name) && scanning.isWanted(name))
        .map(async (image) => [image.name, whyRebuild(await scanning.published(image))])));
    const worth = new Map();
    const nothing = new Map();
    // Parents stand before their children.
    for (const { name, parents, repositories } of catalog.images) {
        if (!affected.has(name) || repositories.length === 0)
            continue;
        const own = reasons.get(name) ?? affected.get(name) ?? [];
        const below = parents.flatMap(({ parent }) => worth.has(parent) ? [{ kind: "builds-on", image: parent }] : []);
        if (own.length + below.length > 0)
            worth.set(name, fixable_unique([...own, ...below]));
        else
            nothing.set(name, [{ kind: "nothing-to-mend" }]);
    }
    return { affected: worth, left: new Map([...left, ...nothing]) };
}
function whyRebuild(found) {
    if (found === undefined)
        return [{ kind: "never-published" }];
    const { scan, moved } = found;
    // In doubt it is built.
    if (scan.kind === "unscanned")
        return [{ kind: "unscanned", detail: scan.error.message }];
    if (moved.length > 0)
        return moved.map((base) => ({ kind: "base-moved", base }));
    const count = mendedByRebuild(scan).length;
    return count === 0 ? [] : [{ kind: "fixable", count }];
}
function fixable_unique(reasons) {
    return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}

;// CONCATENATED MODULE: ./src/commands/published-parents.ts



/**
 * By name of the image. One of which the registry definitely has nothing is left out, and so has to be built. @throws UserError
 * where it can't be asked and the run pushes; where it doesn't, the parent is built, and a remark says so.
 */
async function publishedParents(parents, session, { sources, registry, push }) {
    const digests = new Map();
    const remarks = [];
    await Promise.all(parents.map(async (image) => {
        const [repository] = image.repositories;
        if (repository === undefined)
            return;
        try {
            const published = await publishedDigest(registry, repository, tagsToFollow(session, image, sources));
            if (published !== undefined)
                digests.set(image.name, published);
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo) || push)
                throw error;
            const message = `${repository} can't be asked for what is published, so ${image.name} is built too: ${error.message}`;
            remarks.push({ message, hint: error.hint });
        }
    }));
    return { digests, remarks };
}

;// CONCATENATED MODULE: ./src/buildflags/ssh-agent.ts
/** A value of buildx' `--ssh`: the name of an agent, and its socket or its keys. */
/** Reads a value as buildx reads it (util/buildflags, ParseSSHSpecs), which knows no quotes here. */
function parseSshAgent(text) {
    const equals = text.indexOf("=");
    if (equals < 0)
        return { id: text, paths: [] };
    return { id: text.slice(0, equals), paths: text.slice(equals + 1).split(",") };
}
/** The value from which buildx reads this agent. */
function sshValue({ id, paths }) {
    return paths.length === 0 ? id : `${id}=${paths.join(",")}`;
}

;// CONCATENATED MODULE: ./src/commands/withheld.ts

/** The build's secrets and agents: none for an untrusted checkout, whose Dockerfiles would decide what becomes of them. */
function givenSecrets({ inputs, trust }) {
    if (trust.kind === "untrusted")
        return { arguments: [], environment: {}, ssh: [] };
    return { ...inputs.secrets, ssh: inputs.settings.ssh.map(({ text }) => sshValue(parseSshAgent(text))) };
}
/** What a reader of the run has to know of an untrusted checkout. A fork's pull request is nothing unusual by itself. */
function untrustedRemarks({ inputs, trust, context, }) {
    if (trust.kind === "trusted")
        return [];
    const { push, attest, bump } = inputs.settings;
    const isPullRequest = context.trigger.kind === "pull-request";
    const secrets = inputs.secrets.arguments.length + inputs.settings.ssh.length;
    const withheld = [
        ...(secrets > 0 ? ["build secrets"] : []),
        ...(attest && !isPullRequest ? ["a signature"] : []),
        ...(bump !== "off" && !isPullRequest ? ["pull requests that move pins"] : []),
    ];
    const without = withheld.length === 0 ? "" : ` It gets no ${withheld.join(", no ")}.`;
    if (isPullRequest) {
        if (withheld.length === 0)
            return [];
        return [
            {
                message: `${trust.why}, so that this checkout is untrusted.${without}`,
                hint: "run what needs secrets after the merge, on `push`",
            },
        ];
    }
    const how = push === "untrusted"
        ? "Its images are pushed as `sha-<commit>` and `pr-N` only."
        : "It is built and scanned like a pull request, and nothing is pushed.";
    const value = push === "true" ? " `push: true` means `auto` here." : "";
    return [
        {
            message: `${trust.why}, so that this checkout is untrusted. ${how}${value}${without}`,
            hint: "check out the event's own commit, or a commit that a branch or tag of this repository contains; `push: untrusted` pushes previews of forks",
        },
    ];
}

;// CONCATENATED MODULE: ./src/commands/plan-run.ts
/** From the session to the plan: surveys the repository, asks the registry what is needed of it, and decides. */










/**
 * Plans what the event asks for, and writes the plan into the session's folder. @throws UserError (or `Problems`) when the
 * repository or the inputs are not in order, or a registry that has to be asked doesn't answer. Without asking, parents that
 * this run doesn't build are taken for published, their digests unknown.
 */
async function planRun(session, { ask, about }) {
    const { context, inputs, outside } = session;
    // What was made for a pull request or from an untrusted checkout never stands in for another run's image.
    const isOwn = context.trigger.kind !== "pull-request" && session.trust.kind === "trusted";
    const isAsked = ask !== "nobody" && inputs.settings.converge && isOwn;
    const asking = new AbortController();
    const signal = AbortSignal.any([outside.signal, asking.signal]);
    const prepared = await prepare(session, { all: (push) => push && isAsked, about, signal });
    try {
        return await decide(prepared, session, ask, isAsked, asking);
    }
    catch (error) {
        await prepared.scanning.close();
        throw error;
    }
}
async function decide(prepared, session, ask, isAsked, asking) {
    const { context, outside, folder } = session;
    const { push, registry, sources, history } = prepared;
    const surveyed = ask === "must" ? await narrowed(prepared, session) : prepared.surveyed;
    const { catalog, comparison, settingsOf } = surveyed;
    const converges = push && isAsked;
    const movingTagsOnly = context.trigger.kind === "schedule";
    const access = cacheAccess({ context, trust: session.trust, push, env: outside.env });
    const detailing = {
        cache: cacheKind(session, catalog.images.length > 0),
        cacheAccess: access,
        ...sources,
        settingsOf,
    };
    const asked = async () => {
        const details = imageDetails(session, { ...detailing, remark: () => { } });
        return converge(session, surveyed, { registry, history, details, movingTagsOnly });
    };
    const standings = converges ? await answered(asked, ask, asking, outside.clock) : { remarks: [] };
    const { affected, left, promoted, lately } = standings.answer ?? {
        ...surveyed,
        promoted: new Map(),
        lately: new Map(),
    };
    const parents = parentsToLookUp(catalog, affected);
    const published = standings.answer !== undefined
        ? { digests: standings.answer.published, remarks: standings.answer.remarks }
        : ask === "must"
            ? await publishedParents(parents, session, { sources, registry, push })
            : { digests: new Map(parents.map(({ name }) => [name, null])), remarks: [] };
    const told = new Map();
    const remark = (each) => void told.set(each.message, each);
    const plan = makePlan({
        event: context.eventName,
        ref: context.ref.full,
        commit: context.commit,
        base: comparison.kind === "files" ? comparison.base : undefined,
        catalog,
        affected,
        left,
        published: published.digests,
        promoted,
        hashes: surveyed.hashes,
        push,
        fresh: isRebuild(session),
        movingTagsOnly,
        details: imageDetails(session, { ...detailing, remark }),
    });
    const planPath = `${folder}/plan.json`;
    await outside.files.makeDirectory(folder);
    await outside.files.write(planPath, `${JSON.stringify(plan, undefined, 2)}\n`);
    const remarks = [
        ...surveyed.remarks,
        ...untrustedRemarks(session),
        ...(push ? checkoutRemarks(session) : []),
        ...standings.remarks,
        ...published.remarks,
        ...told.values(),
    ];
    return { ...prepared, surveyed, plan, planPath, remarks, lately };
}
/** `rebuild: fixable` is about scheduled rebuilds; a plan alone scans nothing, and takes everything. */
async function narrowed({ surveyed, scanning }, { context, inputs }) {
    if (inputs.settings.rebuild !== "fixable" || context.trigger.kind !== "schedule")
        return surveyed;
    return { ...surveyed, ...(await worthRebuilding(surveyed, scanning)) };
}
/** Without an answer the event's diff alone counts: a registry that need not be asked is not waited for. */
async function answered(ask, whether, asking, clock) {
    if (whether === "must")
        return { answer: await ask(), remarks: [] };
    try {
        return { answer: await withinPatience(ask(), clock), remarks: [] };
    }
    catch (error) {
        if (!(error instanceof RegistryError))
            throw error;
        asking.abort(error);
        const message = `what is published is not considered, as the registry can't be asked: ${error.message}`;
        return { remarks: [{ message, hint: error.hint }] };
    }
}
/** How long a plan that can do without waits for registries, in milliseconds. */
const plan_run_patience = 20_000;
async function withinPatience(work, clock) {
    const ended = new AbortController();
    const late = clock.sleep(plan_run_patience, ended.signal).then(() => {
        throw new RegistryError("unavailable", `there was no answer within ${plan_run_patience / 1000} s`, { hint: "run again" });
    });
    try {
        return await Promise.race([work, late]);
    }
    finally {
        ended.abort();
        late.catch(() => { });
        work.catch(() => { });
    }
}
/** What the cache is where nobody says. */
function cacheKind({ outside }, isNeeded) {
    return isNeeded && outside.hasCacheService() ? "gha" : "none";
}
function checkoutRemarks({ isAtEvent, context, trust }) {
    if (trust.kind === "untrusted")
        return [];
    const commit = context.commit.slice(0, 7);
    const elsewhere = {
        message: `the checkout holds ${commit}, which is not the event's commit: it gets no tag of ${context.ref.full}`,
        hint: "check out the event's own commit",
    };
    const noDefault = {
        message: "nothing tells the repository's default branch, so that no push is one of it, and `latest` stays where it is",
        hint: "give `token` the right to read the repository, or let the checkout keep its remote",
    };
    return [
        ...(isAtEvent ? [] : [elsewhere]),
        ...(context.defaultBranch === undefined && context.ref.kind === "branch" ? [noDefault] : []),
    ];
}

;// CONCATENATED MODULE: ./src/commands/plan.ts
/** `command: plan`: says what the event would do, and why; changes nothing. */







async function plan(session, { explain, graph, simulated = false } = {}) {
    const { log } = session.outside;
    const planning = await planRun(session, { ask: simulated ? "nobody" : "may", about: explain });
    for (const { message, hint } of planning.remarks)
        log.warning(message, hint);
    const outputs = { ...outputsOf(planning.plan, planning.planPath) };
    const summary = renderPlanSummary(planning.plan, planning.forge);
    if (explain === undefined) {
        const text = (terminal) => planText(planning, terminal, graph);
        return { outputs, summary, text, json: planning.plan, failures: [] };
    }
    const explanation = await explainImage(planning, explain, session);
    const text = (terminal) => `${renderExplanation(explanation, terminal)}\n`;
    return { outputs, summary, text, json: explanation, failures: [] };
}
function planText({ plan: planned, surveyed }, terminal, graph) {
    const parents = new Map(surveyed.catalog.images.map((image) => [image.name, image.parents.map((each) => each.parent)]));
    const table = renderPlan(planned, terminal);
    if (!(graph ?? isTreeWorthwhile(planned, parents)))
        return `${table}\n`;
    return `${table}\n\n${renderPlanTree(planned, parents, terminal)}\n`;
}

;// CONCATENATED MODULE: ./src/build/inspect-builder.ts
/** Reads what `docker buildx inspect` prints: `Key: value` lines, the builder's first, then those of each of its nodes. */

/** `undefined` where the text is of something else. */
function parseInspect(text) {
    const [head = [], ...nodes] = inspect_builder_blocks(text);
    const name = inspect_builder_fieldOf(head, "Name");
    if (name === undefined)
        return undefined;
    const driver = inspect_builder_fieldOf(head, "Driver") ?? "";
    const broken = [head, ...nodes].flatMap((lines) => inspect_builder_fieldOf(lines, "Error") ?? []);
    // buildx leaves out a node that doesn't answer, as long as another one does.
    const working = nodes.filter((lines) => inspect_builder_fieldOf(lines, "Error") === undefined);
    // v0.0.0 is what a build from source says of itself.
    const versions = working.flatMap((lines) => /^v?(?!0\.0\.0)\d+\.\d+\.\d+/.exec(inspect_builder_fieldOf(lines, "BuildKit version") ?? "") ?? []);
    return {
        name,
        driver,
        platforms: [...new Set(working.flatMap((lines) => platformsIn(inspect_builder_fieldOf(lines, "Platforms") ?? "")))],
        isHere: working.every((lines) => inspect_builder_isHere(driver, inspect_builder_fieldOf(lines, "Endpoint") ?? "")),
        buildkit: versions.toSorted(byVersion)[0],
        problem: working.length === 0 || inspect_builder_fieldOf(head, "Error") !== undefined ? broken[0] : undefined,
    };
}
/** The lines of the builder, and those of each node. */
function inspect_builder_blocks(text) {
    const found = [];
    for (const line of text.split(/\r?\n/)) {
        if (line.startsWith("Name:"))
            found.push([]);
        found.at(-1)?.push(line);
    }
    return found;
}
function inspect_builder_fieldOf(lines, key) {
    const line = lines.find((each) => each.startsWith(`${key}:`));
    return line?.slice(key.length + 1).trim() || undefined;
}
/** `linux/amd64*` is one that the user gave the node; groups such as `linux/amd64 (+3)` are shortened for people. */
function platformsIn(line) {
    return line.split(",").flatMap((text) => {
        try {
            return [(0,oci_platform/* platform */.iD)(text.replace(/\(\+\d+\)|\*/g, ""))];
        }
        catch {
            return [];
        }
    });
}
/** An engine's node may be named by a context of docker's; a cluster's never is this machine alone. */
function inspect_builder_isHere(driver, endpoint) {
    if (driver === "kubernetes" || driver === "cloud")
        return false;
    const [, scheme, host = ""] = /^([a-z+-]+):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(endpoint) ?? [];
    if (scheme === undefined || scheme === "unix" || scheme === "npipe" || scheme === "docker-container")
        return true;
    return host === "localhost" || host.startsWith("127.") || host === "[::1]";
}
function byVersion(a, b) {
    return a.localeCompare(b, "en", { numeric: true });
}

;// CONCATENATED MODULE: ./src/build/short-line.ts

/** Text of a build as one line that is safe to show, of at most `limit` characters. */
function shortLine(text, limit = 300) {
    return (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(text).trimEnd(), limit);
}
/** The last line in which a program of docker's says what went wrong; the advice to read its help comes after it. */
function lastMessage(output) {
    const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^(?:Run|See) '.*--help'/.test(line));
    return shortLine(lines.at(-1) ?? "").replace(/^(?:ERROR|docker): /, "");
}

;// CONCATENATED MODULE: ./src/build/builder.ts
/** Finds the builder that builds: the one that is there when it can, else one of our own. */




/** The first buildx whose progress, metadata and error locations (0.18, by path) are what we read. */
const minimumBuildx = "0.19.0";
const builder_install = `install buildx ${minimumBuildx} or later, which tells its progress as data and lines by their path, for example with docker/setup-buildx-action before this step`;
/** The first BuildKit that rewrites timestamps, ignores errors of a cache and takes attestations of all exporters. */
const minimumBuildkit = "0.13.0";
/**
 * The builder to use, started. The `docker` driver can't push by digest, so where it is the current one a builder of
 * our own is made; the caller removes it at the end.
 * @throws UserError when docker, buildx or the named builder is missing, too old, or doesn't start.
 */
async function findBuilder(wish, deps) {
    const named = wish.builder === undefined ? [] : [wish.builder];
    const [version, inspected] = await Promise.all([
        docker(["buildx", "version"], deps),
        docker(["buildx", "inspect", "--bootstrap", ...named], deps),
    ]);
    checkVersion(version);
    const found = usable(inspected, wish.builder);
    if (found.driver !== "docker")
        return { ...found, remove: async () => { } };
    if (wish.builder !== undefined) {
        throw new src_errors/* UserError */.yo(`the builder "${wish.builder}" has the docker driver, which can't push by digest`, {
            hint: "name a builder with the docker-container, remote or kubernetes driver, or none: one is made then",
        });
    }
    return createBuilder(wish, deps);
}
/** The builder as it is now: an emulator that came meanwhile adds platforms. @throws UserError when it doesn't start. */
async function inspectAgain(builder, deps) {
    const inspected = await docker(["buildx", "inspect", "--bootstrap", builder.name], deps);
    const { platforms, isHere } = usable(inspected, builder.name);
    return { ...builder, platforms, isHere };
}
/** What is used of an inspected builder. @throws UserError where none of its nodes can build. */
function usable(inspected, name) {
    const found = inspected.code === 0 ? parseInspect(builder_textOf(inspected)) : undefined;
    if (found === undefined || found.problem !== undefined) {
        throw builder_unusable(name, found?.problem ?? inspected.stderr, found?.driver ?? "");
    }
    const { driver, platforms, isHere } = found;
    // The engine's own is not what builds here.
    if (driver !== "docker" && found.buildkit !== undefined && isOlder(found.buildkit, minimumBuildkit)) {
        throw new src_errors/* UserError */.yo(`the builder "${shortLine(found.name, 80)}" runs BuildKit ${found.buildkit}, which is too old`, {
            hint: `give it BuildKit ${minimumBuildkit} or later, which exports what is asked for here, or leave the input \`builder\` empty`,
        });
    }
    return { name: found.name, driver, platforms, isHere };
}
/** A builder of our own, started; the caller removes it. @throws UserError when it can't be made, nothing left behind then. */
async function createBuilder(wish, deps) {
    const name = `image-publish-${wish.suffix}`;
    const network = wish.repositories.some(isOnThisMachine) ? ["--driver-opt", "network=host"] : [];
    const remove = async () => {
        // At the end of a cancelled run too, so not under its signal, but with a limit.
        const { signal: _, ...rest } = deps;
        const args = ["buildx", "rm", "--force", name];
        const removed = await rest.processes.run("docker", args, { env: rest.environment, timeout: 60_000 });
        if (removed.code !== 0)
            throw new Error(`docker buildx rm ${name}: ${lastMessage(removed.stderr)}`);
    };
    const args = ["buildx", "create", "--driver", "docker-container", "--name", name, ...network, "--bootstrap"];
    try {
        const created = await docker(args, deps);
        if (created.code !== 0) {
            throw new src_errors/* UserError */.yo(`no builder could be made: ${lastMessage(created.stderr)}`, {
                hint: "set one up before this step, for example with docker/setup-buildx-action",
            });
        }
        return await inspectAgain({ name, driver: "docker-container", platforms: [], isHere: true, remove }, deps);
    }
    catch (error) {
        await remove().catch(() => { });
        throw error;
    }
}
/** A loopback address in a container is the container's own. */
function isOnThisMachine(repository) {
    const host = (0,oci_reference/* splitRepository */.T8)(repository).host.replace(/:\d+$/, "");
    return host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.") || host === "[::1]";
}
function checkVersion(version) {
    if (version.code !== 0) {
        throw new src_errors/* UserError */.yo("docker has no buildx here", { hint: builder_install, cause: new Error(lastMessage(version.stderr)) });
    }
    // `github.com/docker/buildx v0.29.1 <commit>`; a build from source may say no version, and is trusted.
    const found = /\bv?(\d+)\.(\d+)\.(\d+)/.exec(builder_textOf(version));
    if (found === null)
        return;
    if (isOlder(found[0], minimumBuildx))
        throw new src_errors/* UserError */.yo(`buildx ${found[0]} is too old`, { hint: builder_install });
}
/** Compares major and minor version. */
function isOlder(version, than) {
    const order = (text) => {
        const [major, minor] = text.replace(/^v/, "").split(".");
        return Number(major) * 1e6 + Number(minor);
    };
    return order(version) < order(than);
}
function builder_unusable(name, problem, driver) {
    const message = lastMessage(problem);
    const isElsewhere = driver === "remote" || driver === "kubernetes";
    if (!isElsewhere && /Cannot connect to the Docker daemon|dial unix|permission denied/i.test(message)) {
        return new src_errors/* UserError */.yo(`docker's engine can't be reached: ${message}`, {
            hint: "start the engine, or give this user the right to use its socket",
        });
    }
    const which = name === undefined ? "the current builder" : `the builder "${shortLine(name, 80)}"`;
    return new src_errors/* UserError */.yo(`${which} can't be used: ${message}`, {
        hint: isElsewhere
            ? `check that what it connects to (driver ${driver}) runs and can be reached from here, or choose another with \`builder\``
            : "see `docker buildx ls` for the builders there are, or leave the input `builder` empty",
    });
}
function docker(args, deps) {
    return deps.processes.run("docker", args, { env: deps.environment, signal: deps.signal, timeout: 180_000 });
}
function builder_textOf(finished) {
    return new TextDecoder().decode(finished.stdout);
}

// EXTERNAL MODULE: ./src/buildflags/attestation.ts
var attestation = __webpack_require__(17765);
;// CONCATENATED MODULE: ./src/build/provenance.ts
/** What `--provenance` is given, and what must not get into it. */

/**
 * The value of `--provenance` for the input `provenance`. Empty means docker/build-push-action's default: `mode=max` for
 * a public repository, `mode=min` for a private one, as `max` publishes the values of build arguments.
 * @throws UserError for what says nothing of provenance.
 */
function provenanceArgument(input, context) {
    const mode = context.isPrivate === false ? "mode=max" : "mode=min";
    const given = (0,attestation/* readAttestation */.V6)("provenance", input ?? mode);
    if (given.isDisabled || context.runUrl === undefined || given.attributes.has("builder-id")) {
        return (0,attestation/* attestationValue */.q7)(given);
    }
    const attributes = new Map([...given.attributes, ["builder-id", context.runUrl]]);
    return (0,attestation/* attestationValue */.q7)({ ...given, attributes });
}
const secretLooking = /(?:^|_)(?:token|password|passwd|secret|api_?key|private_?key|credentials?)(?:_|$)/i;
/** Names of build arguments that look like secrets and whose values a provenance publishes. */
function publishedSecrets(args, provenance) {
    if (!publishesArguments((0,attestation/* readAttestation */.V6)("provenance", provenance)))
        return [];
    return Object.entries(args).flatMap(([name, value]) => (value !== "" && secretLooking.test(name) ? [name] : []));
}
/** BuildKit publishes them unless the mode says otherwise. */
function publishesArguments({ isDisabled, attributes }) {
    return !isDisabled && attributes.get("mode") !== "min";
}

;// CONCATENATED MODULE: ./src/build/buildx.ts
/** The one invocation of buildx that builds one image: pure, from what is planned to an argument vector. */






/** Where the candidate goes: its first repository, or a layout where nothing is pushed or it has no repository. */
function destination(planned, push) {
    return (push ? planned.repositories[0] : undefined) ?? "layout";
}
/**
 * The arguments after `docker`, to be run in the repository's root. `sources` says for every parent by name where it is.
 * The output is an OCI index pushed by digest alone, also for one platform: `BUILDKIT_MULTI_PLATFORM` and
 * `oci-mediatypes` see to it, and index annotations need it.
 */
function buildArguments(planned, sources, builder, settings, paths) {
    const usable = (line) => settings.cacheService || !isCacheService(line);
    return [
        ...["buildx", "build", "--builder", builder],
        ...["--progress", "rawjson", "--metadata-file", paths.metadata],
        ...["--file", buildx_fromRoot(planned.dockerfile)],
        ...(planned.target === null ? [] : ["--target", planned.target]),
        ...(planned.platforms.length === 0 ? [] : ["--platform", planned.platforms.join(",")]),
        ...pairs(planned.args).flatMap((pair) => ["--build-arg", pair]),
        ...["--build-arg", "BUILDKIT_MULTI_PLATFORM=1"],
        ...contexts(planned, sources).flatMap((context) => ["--build-context", context]),
        ...pairs(planned.labels).flatMap((pair) => ["--label", pair]),
        ...pairs(planned.annotations).flatMap((pair) => ["--annotation", pair]),
        ...(planned.fresh ? [] : planned.cache.from.filter(usable)).flatMap((line) => ["--cache-from", line]),
        ...planned.cache.to.filter(usable).flatMap((line) => ["--cache-to", line]),
        ...(planned.fresh ? ["--pull", "--no-cache"] : []),
        ...["--provenance", provenanceArgument(planned.provenance ?? undefined, settings.provenance)],
        ...(planned.sbom === null ? [] : ["--sbom", (0,attestation/* attestationValue */.q7)((0,attestation/* readAttestation */.V6)("sbom", planned.sbom))]),
        ...settings.secrets.flatMap((secret) => ["--secret", secret]),
        ...settings.ssh.flatMap((agent) => ["--ssh", agent]),
        ...["--output", output(planned, settings.push, paths.layout)],
        buildx_fromRoot(planned.context),
    ];
}
/**
 * Where each parent of a build is: the candidate of this run, or the published digest.
 * @throws UserError for a parent that is neither built in this run nor published.
 */
function parentSources(planned, images, candidates) {
    const sources = new Map();
    for (const parent of planned.parents) {
        const candidate = candidates.get(parent.name);
        const digest = candidate?.digest ?? parent.published;
        const repository = images.get(parent.name)?.repositories[0];
        if (candidate?.layout !== undefined) {
            sources.set(parent.name, { kind: "layout", path: candidate.layout, digest: candidate.digest });
        }
        else if (digest !== null && repository !== undefined) {
            sources.set(parent.name, { kind: "registry", repository, digest });
        }
        else {
            throw new src_errors/* UserError */.yo(`${planned.name} is built on ${parent.name}, which is neither published nor built in this run`, {
                hint: `let the run build ${parent.name} too`,
                at: parent.at,
            });
        }
    }
    return sources;
}
/** Whether a cache line (`type=gha,…`) is about the runner's cache service. */
function isCacheService(line) {
    return (0,cache_entry/* parseCacheEntries */.W)(line).some(({ type }) => type === "gha");
}
/** A leading `./` keeps a path from being read as an option, a URL or standard input; one with a leading `/` is none. */
function buildx_fromRoot(path) {
    return path === "." || external_node_path_.posix.isAbsolute(path) ? path : `./${path}`;
}
function pairs(record) {
    return Object.entries(record).map(([key, value]) => `${key}=${value}`);
}
/** All named contexts; a parent that is used in several places is named once. */
function contexts(planned, sources) {
    const found = planned.parents.flatMap(({ name, contextName }) => {
        if (contextName === null)
            return [];
        const source = sources.get(name);
        if (source === undefined)
            throw new Error(`no source was given for ${name}, the parent of ${planned.name}`);
        return [`${contextName}=${sourceUrl(source)}`];
    });
    const others = planned.contexts.map((each) => `${each.name}=${each.kind === "directory" ? buildx_fromRoot(each.path) : each.value}`);
    return [...new Set([...others, ...found])];
}
function sourceUrl(source) {
    return source.kind === "registry"
        ? `docker-image://${source.repository}@${source.digest}`
        : `oci-layout://${source.path}@${source.digest}`;
}
function output(planned, push, layout) {
    const to = destination(planned, push);
    const common = [
        "oci-mediatypes=true",
        ...(planned.compression === null ? [] : planned.compression.split(",")),
        // Nix leaves the layers uncompressed, and what is there is not compressed by itself.
        ...(planned.variant === "nix" && !planned.compression?.includes("force-") ? ["force-compression=true"] : []),
        // An epoch sets the times in config and history; only rewritten layers are the same bytes again.
        ...(planned.args.SOURCE_DATE_EPOCH === undefined ? [] : ["rewrite-timestamp=true"]),
    ];
    return to === "layout"
        ? (0,csv/* csvLine */.z)(["type=oci", "tar=false", `dest=${layout}`, ...common])
        : (0,csv/* csvLine */.z)(["type=image", `name=${to}`, "push-by-digest=true", "name-canonical=true", "push=true", ...common]);
}

;// CONCATENATED MODULE: ./src/build/cache-trouble.ts
/**
 * Where a build cache holds builds up. BuildKit waits for a service that says nothing as long as the connection lasts, and
 * for one that refuses (429) as long as `timeout=` says, each build anew: so a run that has met such a cache goes on
 * without it.
 */


function cacheTrouble(tell) {
    let isGivenUp = false;
    const hanging = new Set();
    return {
        isGivenUp: () => isGivenUp,
        hangs: (builder) => hanging.has(builder),
        giveUp(why, builder) {
            if (builder !== undefined)
                hanging.add(builder);
            if (isGivenUp)
                return;
            isGivenUp = true;
            tell(`the build cache is used no more in this run: ${why}`, "run again later for a warm cache; if it stays, choose another kind of `cache`");
        },
    };
}
/** So long may a cache say nothing while nothing else is done; longer than `timeout=` lets BuildKit itself wait. */
const longestSilence = 120_000;
const importing = /^importing cache manifest from /;
const exporting = /^exporting (?:cache )?to (?:GitHub Actions Cache|registry|client directory|Azure|S3)|^exporting cache /i;
/**
 * What a build waits for when it waits for nothing but its cache.
 * @param isSuspect something in its builder hangs already: then a build that does nothing at all waits for a step in common.
 */
function waitsForCache(progress, isSuspect) {
    const running = progress.vertexes().filter((each) => each.started !== undefined && each.completed === undefined);
    if (running.length === 0)
        return isSuspect ? "import" : undefined;
    if (running.every(({ name }) => exporting.test(name)))
        return "export";
    return running.every(({ name }) => importing.test(name)) ? "import" : undefined;
}
/** Why the cache is of no use, where BuildKit gave up on it in the way that costs every build its time; a clause. */
function refusedByCache(progress) {
    const failed = progress.vertexes().find(({ name, error }) => isCache(name) && cache_trouble_refusal.test(error ?? ""));
    return failed?.error === undefined ? undefined : shortLine(failed.error, 200);
}
const cache_trouble_refusal = /maximum timeout reached|\b429\b|too many requests|deadline exceeded/i;
function isCache(name) {
    return importing.test(name) || exporting.test(name);
}
/** The digest of what was exported, where all of it is where it should be, though the cache isn't. */
function exportedDigest(progress) {
    const done = new Map(progress
        .vertexes()
        .filter(isDone)
        .map((each) => [each.id, each]));
    const [last] = progress
        .completed()
        .filter(({ vertex }) => done.has(vertex))
        .slice(-1);
    const digest = last?.id.split(" ").at(-1) ?? "";
    return (0,oci_digest/* isDigest */.Bc)(digest) ? digest : undefined;
}
function isDone({ name, completed, error }) {
    return /^exporting to (?:image|oci image format)$/.test(name) && completed !== undefined && error === undefined;
}

;// CONCATENATED MODULE: ./src/build/environment.ts
/** What docker and buildx get of our environment: what they need to find their parts, and nothing that they don't. */

/** Where programs, certificates, docker's settings and proxies are. Proxies stand in both cases. */
const environment_always = [
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "XDG_RUNTIME_DIR",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "DOCKER_API_VERSION",
    "BUILDX_CONFIG",
    "BUILDX_BUILDER",
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
];
/** What nix-build gets: its own settings, and what any program needs to reach the network. */
function nixEnvironment(parent) {
    const isNixs = (name) => /^(?:NIX_|XDG_)/.test(name) || ["USER", "LOGNAME", "LANG"].includes(name);
    const isAnyones = (name) => environment_always.includes(name) && !/^(?:DOCKER|BUILDX|KUBE)/.test(name);
    const taken = Object.entries(parent).flatMap(([name, value]) => value !== undefined && (isNixs(name) || isAnyones(name)) ? [[name, value]] : []);
    return Object.fromEntries(taken);
}
/** What a JavaScript action gets of the runner's cache service (buildx, `type=gha`: "authentication"). */
const cacheService = [
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_RESULTS_URL",
    "ACTIONS_CACHE_SERVICE_V2",
    "ACTIONS_CACHE_URL",
];
/** The whole environment of a docker child, taken from our own. */
function dockerEnvironment(parent, needs = { cacheService: false, ssh: false, credentialHelpers: false }) {
    // A kubeconfig's plugins find their logins as credential helpers do, and an engine behind ssh is reached by the agent.
    const hasHelpers = needs.credentialHelpers || Boolean(parent.KUBECONFIG);
    const needsAgent = needs.ssh || parent.DOCKER_HOST?.startsWith("ssh://") === true;
    const helpers = hasHelpers ? Object.keys(parent).filter((name) => helperVariables.test(name)) : [];
    const some = [...(needs.cacheService ? cacheService : []), ...(needsAgent ? ["SSH_AUTH_SOCK"] : [])];
    const names = new Set([...environment_always, ...helpers, ...some]);
    const taken = [...names].flatMap((name) => {
        const value = parent[name];
        return value === undefined ? [] : [[name, value]];
    });
    // The first two keep hints and colours out of what we read, the last a copy of the provenance out of the metadata file.
    return Object.fromEntries([
        ...taken,
        ["DOCKER_CLI_HINTS", "false"],
        ["NO_COLOR", "1"],
        ["BUILDX_METADATA_PROVENANCE", "disabled"],
    ]);
}

;// CONCATENATED MODULE: ./src/build/lint.ts

/** GitHub shows ten warnings of a step, of which other things may need some. */
const mostAnnotations = 8;
function lintReport(log) {
    const told = new Set();
    const left = [];
    return {
        tell(dockerfile, warnings) {
            for (const { message, detail, url, line } of warnings) {
                const place = line === undefined ? dockerfile : `${dockerfile}:${line}`;
                const short = shortLine(message.replace(/ \(line \d+\)$/, ""));
                const key = `${place} ${short}`;
                if (told.has(key))
                    continue;
                told.add(key);
                if (told.size > mostAnnotations) {
                    left.push(shortLine(`${place}: ${short}`));
                    continue;
                }
                const hint = [detail, url].filter((part) => part !== undefined && part !== "").join(", see ");
                log.warning(short, shortLine(hint) || "mend the line", {
                    title: "Dockerfile",
                    at: { file: dockerfile, ...(line === undefined ? {} : { line }) },
                });
            }
        },
        left: () => left,
    };
}

;// CONCATENATED MODULE: ./src/build/qemu.ts
/** Sees to it that the builder can build for every platform that is wanted, before anything is built. */





/** The emulators that docker/setup-qemu-action installs too, by digest. */
const defaultBinfmtImage = "docker.io/tonistiigi/binfmt:qemu-v9.2.2@sha256:1b804311fe87047a4c96d38b4b3ef6f62fca8cd125265917a9e3dc3c996c39e6";
/** The platforms of `wanted` that the builder can't build for. */
function missingPlatforms(wanted, builder) {
    return [...new Set(wanted)].filter((each) => !builder.platforms.includes(each));
}
/**
 * The builder with all of `wanted` among its platforms. What is missing gets its emulator, by a privileged container that
 * registers it with this machine's kernel; the registration outlives the run, as docker/setup-qemu-action's does.
 * @throws UserError that names the platforms which can't be had, and why.
 */
async function ensurePlatforms(wanted, builder, emulation, deps) {
    const missing = missingPlatforms(wanted, builder);
    if (missing.length === 0)
        return builder;
    const message = `the builder "${builder.name}" can't build for ${missing.join(", ")}`;
    if (!emulation.install) {
        throw new src_errors/* UserError */.yo(message, {
            hint: "set `qemu: true`, set up QEMU before this step, use a native runner, or take them out of `platforms`",
        });
    }
    // What is installed is registered with this machine's kernel.
    if (!builder.isHere || missing.some((each) => (0,oci_platform/* partsOf */.CI)(each).os !== "linux")) {
        throw new src_errors/* UserError */.yo(`${message}, and no emulator can be installed for that`, {
            hint: "add a node that builds for them to the builder, or take them out of `platforms`",
        });
    }
    await qemu_install(missing, emulation.image ?? defaultBinfmtImage, message, deps);
    const after = await seeEmulators(missing, builder, deps);
    const still = missingPlatforms(missing, after);
    if (still.length === 0)
        return after;
    throw new src_errors/* UserError */.yo(`the builder "${builder.name}" can't build for ${still.join(", ")}, with the emulators installed too`, {
        hint: "check that the builder runs on this machine and that these platforms exist, or take them out of `platforms`",
    });
}
async function qemu_install(missing, image, message, deps) {
    // Parsed, so that it can't be read as an option.
    const parsed = (0,oci_reference/* formatReference */.FH)((0,oci_reference/* reference */.ir)(image));
    const architectures = [...new Set(missing.map((each) => (0,oci_platform/* partsOf */.CI)(each).architecture))].join(",");
    const args = ["run", "--privileged", "--rm", parsed, "--install", architectures];
    const finished = await deps.processes.run("docker", args, {
        env: deps.environment,
        signal: deps.signal,
        timeout: 180_000,
    });
    if (finished.code === 0)
        return;
    const reason = lastMessage(finished.stderr);
    throw new src_errors/* UserError */.yo(`${message}, and the emulator of ${parsed} could not be installed: ${reason}`, {
        hint: "set up QEMU before this step, name a reachable image in `binfmt-image`, or take the platforms out",
    });
}
/** BuildKit looks for emulators when it is asked, but one that has an old answer in memory needs a restart. */
async function seeEmulators(missing, builder, deps) {
    const asked = await inspectAgain(builder, deps);
    if (missingPlatforms(missing, asked).length === 0 || builder.driver !== "docker-container")
        return asked;
    await deps.processes.run("docker", ["buildx", "stop", builder.name], {
        env: deps.environment,
        signal: deps.signal,
        timeout: 60_000,
    });
    return inspectAgain(builder, deps);
}

;// CONCATENATED MODULE: ./src/build/contents.ts
/** What is in a candidate: reads its index and manifests, each checked against the digest by which it was asked for. */



/** Reads from an OCI layout (OCI image-spec, image-layout.md, "Blobs"). `path` is absolute. */
function layoutReader(files, path) {
    return async (digest) => {
        const bytes = await files.read(`${path}/blobs/${digest.replace(":", "/")}`);
        if (bytes === undefined)
            throw wrong(`${digest} is not in the layout that the build wrote`);
        return bytes;
    };
}
/**
 * The platforms of a candidate in the index's order, attestations left out.
 * @throws UserError when the digest names no index, or one without a platform that was wanted.
 */
async function readContents(digest, wanted, read) {
    const index = parseManifest(await contents_verified(digest, read));
    if (index.kind !== "index")
        throw wrong("the build made a manifest where an index was asked for");
    const entries = platformsOf(index);
    const missing = wanted.filter((each) => !entries.some(({ platform }) => platform === each));
    if (missing.length > 0 || entries.length === 0)
        throw wrong(`the build made nothing for ${missing.join(", ") || "any platform"}`);
    return Promise.all(entries.map(async ({ platform, manifest: { digest: of } }) => {
        const manifest = parseManifest(await contents_verified(of, read));
        if (manifest.kind !== "manifest")
            throw wrong(`what the build made for ${platform} is no image`);
        return { platform, digest: of, size: compressedSize(manifest) };
    }));
}
async function contents_verified(digest, read) {
    const bytes = await read(digest);
    if ((0,oci_digest/* digestOf */.ol)(bytes) !== digest)
        throw wrong(`what was read as ${digest} are other bytes`);
    return bytes;
}
function wrong(message) {
    return new src_errors/* UserError */.yo(message, {
        hint: "build again; if it stays, the Dockerfile's `# syntax=` line or the builder is to be suspected",
    });
}

;// CONCATENATED MODULE: ./src/build/load.ts
/** Puts a candidate into the engine under names, for the tests of later steps: the very bytes that were built. */





/**
 * Loads a candidate from its layout, or from the repository that it was pushed to.
 * @param names full references with tags, at least one.
 * @throws UserError when the engine doesn't take it; the signal's reason when aborted.
 */
async function loadImage(image, candidate, pushedTo, names, deps) {
    try {
        const one = chosen(candidate.platforms, await enginePlatform(deps));
        if (candidate.layout !== undefined)
            await loadLayout(one, candidate.layout, names, deps);
        else if (pushedTo !== undefined)
            await pull(one, pushedTo, names, deps);
        return { names, platform: one.platform };
    }
    catch (cause) {
        deps.signal.throwIfAborted();
        throw new src_errors/* UserError */.yo(`${image} was built and could not be loaded into the engine: ${(0,src_errors/* messageOf */.bD)(cause)}`, {
            hint: "check that the engine runs, has room, and can read from the registry; or set `load: false`",
            cause,
        });
    }
}
/** `linux/amd64`, as the engine says of itself. */
async function enginePlatform(deps) {
    const said = await load_docker(["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"], deps);
    return said.trim();
}
/** One of another architecture runs through an emulator, if at all. */
function chosen(platforms, engine) {
    const native = platforms.find(({ platform }) => {
        const { os, architecture } = (0,oci_platform/* partsOf */.CI)(platform);
        return `${os}/${architecture}` === engine;
    });
    const found = native ?? platforms[0];
    if (found === undefined)
        throw new Error("the candidate has no platform");
    return found;
}
async function pull({ digest }, repository, names, deps) {
    const reference = `${repository}@${digest}`;
    await load_docker(["pull", "--quiet", reference], deps);
    for (const name of names)
        await load_docker(["tag", reference, name], deps);
}
/**
 * An archive that every engine reads: an OCI layout of one image for those with the containerd store, and manifest.json
 * (moby, image/spec, "Combined Image JSON + Filesystem Changeset Format") for the others.
 */
async function loadLayout({ digest }, layout, names, deps) {
    const bytes = await layoutReader(deps.files, layout)(digest);
    const manifest = parseManifest(bytes);
    if (manifest.kind !== "manifest")
        throw new Error(`${digest} is no image`);
    const blobs = [digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)].map(blobPath);
    const folder = `${deps.temp}/load-${digest.slice(-12)}`;
    const archive = `${folder}/image.tar`;
    await deps.files.makeDirectory(folder);
    try {
        const files = headFiles({ mediaType: manifest.mediaType, digest, size: bytes.length }, manifest, names);
        for (const [name, content] of Object.entries(files))
            await deps.files.write(`${folder}/${name}`, JSON.stringify(content));
        const parts = ["-C", folder, ...Object.keys(files), "-C", layout, ...new Set(blobs)];
        await run("tar", ["-cf", archive, ...parts], deps);
        await load_docker(["load", "--quiet", "--input", archive], deps);
    }
    finally {
        await deps.files.remove(folder);
    }
}
function headFiles(descriptor, { config, layers }, names) {
    const entries = names.map((name) => ({
        ...descriptor,
        annotations: {
            "io.containerd.image.name": name,
            "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
        },
    }));
    return {
        "oci-layout": { imageLayoutVersion: "1.0.0" },
        "index.json": { schemaVersion: 2, manifests: entries },
        "manifest.json": [
            { Config: blobPath(config.digest), RepoTags: names, Layers: layers.map(({ digest }) => blobPath(digest)) },
        ],
    };
}
function blobPath(digest) {
    return `blobs/${digest.replace(":", "/")}`;
}
function load_docker(args, deps) {
    return run("docker", args, deps);
}
const load_limit = 600_000;
async function run(program, args, deps) {
    const { environment: env, signal } = deps;
    const { code, stdout, stderr } = await deps.processes.run(program, args, { env, signal, timeout: load_limit });
    if (code !== 0)
        throw new Error(lastMessage(stderr) || `${program} ${args[0]} ended with exit code ${code}`);
    return new TextDecoder().decode(stdout);
}

;// CONCATENATED MODULE: ./src/commands/after-build.ts
/** What is done with an image once it is good: loaded into the engine, its provenance signed. */








/** The result with what was done, or a failure in its place. What is good stays so where the run is cancelled. */
async function afterBuild(result, deps) {
    if (result.outcome !== "published" && result.outcome !== "built" && result.outcome !== "promoted")
        return result;
    const { planned } = result;
    try {
        const [loaded] = await Promise.all([
            load(result, deps),
            result.outcome === "published" ? attest(planned, result.candidate.digest, deps) : undefined,
        ]);
        return loaded === undefined ? result : { ...result, loaded };
    }
    catch (error) {
        if (deps.signal.aborted)
            return result;
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        return { planned, outcome: "failed", error, ...("candidate" in result ? { candidate: result.candidate } : {}) };
    }
}
async function load(result, { load: deps, context, trust, log }) {
    const { planned } = result;
    if (deps === undefined || planned.kind === "skip")
        return undefined;
    const candidate = "candidate" in result ? result.candidate : { ...result.image, layout: undefined };
    const names = localNames(planned, context, trust);
    const { platform } = await loadImage(planned.name, candidate, planned.repositories[0], names, deps);
    log.info(`${planned.name}: loaded into the engine as ${names.join(", ")} (${platform})`);
    return names;
}
/**
 * The references by which later steps find an image in the engine: with the tags that this run gives it; where it gives none
 * (a pull request) with that of the pull request, the branch or the git tag. An image without repository goes by its own name.
 */
function localNames({ name, repositories, tags }, { trigger, ref }, trust) {
    const isPreview = trust.kind === "untrusted" && trigger.kind !== "pull-request";
    const otherwise = trigger.kind === "pull-request" ? `pr-${trigger.number}` : (0,image_tags/* tagText */.e)(ref.name) || "local";
    const without = isPreview ? untrustedTags(trust, "").map(({ tag }) => tag) : [otherwise];
    const all = tags.length === 0 ? without : tags.map(({ tag }) => tag);
    return (repositories.length === 0 ? [name] : repositories).flatMap((each) => all.map((tag) => `${each}:${tag}`));
}
async function attest({ name, repositories }, digest, { attest: sign, context, log }) {
    if (sign === undefined)
        return;
    try {
        const id = await sign(repositories, digest.slice("sha256:".length));
        const page = id === undefined ? "" : `: ${(0,run_context/* repositoryUrl */.Ek)(context)}/attestations/${id}`;
        log.info(`${name}: its provenance is signed${page}`);
    }
    catch (cause) {
        throw new src_errors/* UserError */.yo(`${name} is published, and its provenance could not be signed: ${(0,src_errors/* explain */.WE)(cause)}`, {
            hint: "run again; if it stays, check the job's `permissions: id-token: write` and `attestations: write`",
            cause,
        });
    }
}
/**
 * What signs, checked before anything is built. @throws UserError where the job may not sign, or GitHub can't verify it.
 */
function signer(attest, context, token, env) {
    const { serverUrl, isPrivate } = context;
    if (!/^https:\/\/(?:github\.com|[a-z0-9-]+\.ghe\.com)$/.test(serverUrl)) {
        throw new src_errors/* UserError */.yo(`\`attest\` signs by GitHub, and ${serverUrl} is none`, {
            hint: "set `attest: false`; `provenance` and `sbom` are attested by the build itself, wherever it runs",
        });
    }
    if (!env.ACTIONS_ID_TOKEN_REQUEST_URL || !env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) {
        throw new src_errors/* UserError */.yo("`attest` needs an identity of the job, and it has no right to one", {
            hint: "give the job `permissions: id-token: write` and `attestations: write`, beside those it has",
        });
    }
    if (token === undefined) {
        throw new src_errors/* UserError */.yo("`attest` keeps what it signs on GitHub, and there is no `token` for that", {
            hint: "leave `token` at its default, and give the job `permissions: attestations: write`",
        });
    }
    return (repositories, sha256) => attest(repositories.map((name) => ({ name, sha256 })), { token, isPublic: isPrivate === false });
}
/** Loads what got tags without having been built, where the input `load` is set; to be called without a build session. */
async function loadPublished(result, { context, inputs, outside, folder, trust }, credentials) {
    const { files, env, log, signal } = outside;
    if (!inputs.settings.load || result.outcome !== "promoted")
        return result;
    const login = `${folder}/docker-${(0,oci_digest/* digestOf */.ol)(result.planned.name).slice(-8)}`;
    try {
        const logins = await credentials.added();
        const variables = await privateDockerConfig({ files, folder: login, logins, env });
        const needs = { cacheService: false, ssh: false, credentialHelpers: credentials.usesHelpers };
        const environment = dockerEnvironment({ ...env, ...variables }, needs);
        const load = { ...outside, environment, temp: folder };
        return await afterBuild(result, { load, attest: undefined, context, trust, log, signal });
    }
    finally {
        await files.remove(login);
    }
}

;// CONCATENATED MODULE: ./src/commands/build-session.ts














/** @throws UserError for everything that would make every build fail; nothing is left behind then. */
async function openBuildSession(plan, session, registry, credentials) {
    const { outside, inputs, context, folder } = session;
    const { settings } = inputs;
    const secrets = givenSecrets(session);
    const builds = plan.images.filter((image) => image.kind === "build");
    const login = `${folder}/docker`;
    const removeLogin = () => outside.files.remove(login);
    const signs = settings.attest && plan.push && session.trust.kind === "trusted";
    const attest = signs ? signer(outside.attest, context, settings.token, outside.env) : undefined;
    try {
        const [cache] = await Promise.all([
            cacheRemarks(builds, session),
            plan.push ? build_session_checkPush(builds, registry) : undefined,
        ]);
        // After what may refuse, so that nothing is still being written when it is removed.
        const logins = await credentials.added();
        const variables = await privateDockerConfig({ files: outside.files, folder: login, logins, env: outside.env });
        const environment = {
            ...dockerEnvironment({ ...outside.env, ...variables }, {
                cacheService: cache.isUsable,
                ssh: secrets.ssh.length > 0,
                credentialHelpers: credentials.usesHelpers,
            }),
            ...secrets.environment,
        };
        const builder = await readyBuilder(builds, environment, session);
        const lint = lintReport(outside.log);
        const load = settings.load ? { ...outside, environment, temp: folder } : undefined;
        return {
            remarks: [...cache.remarks, ...secretRemarks(builds, context)],
            complete: (result) => afterBuild(result, { load, attest, context, trust: session.trust, log: outside.log, signal: outside.signal }),
            close: async () => {
                const left = lint.left();
                if (left.length > 0)
                    outside.log.group(`${left.length} more findings in Dockerfiles`, left);
                return closeAll([
                    ["a builder that was made for this run", builder.remove],
                    ["the folder with the run's logins", removeLogin],
                ]);
            },
            dependencies: {
                ...outside,
                builder,
                lint,
                cache: cacheTrouble((message, hint) => outside.log.warning(message, hint)),
                environment,
                nixEnvironment: nixEnvironment(outside.env),
                workspace: context.workspace,
                temp: folder,
                settings: {
                    push: plan.push,
                    provenance: context,
                    secrets: secrets.arguments,
                    ssh: secrets.ssh,
                    cacheService: cache.isUsable,
                },
                manifests: async (repository, digest) => {
                    const found = await registry.manifest(repository, digest);
                    if (found === undefined)
                        throw missingManifest(repository, digest);
                    return found.bytes;
                },
            },
        };
    }
    catch (error) {
        await removeLogin();
        throw error;
    }
}
async function closeAll(parts) {
    const ended = await Promise.all(parts.map(async ([what, close]) => {
        try {
            await close();
            return [];
        }
        catch (error) {
            return [
                {
                    message: `${what} could not be removed: ${(0,src_errors/* messageOf */.bD)(error)}`,
                    hint: "remove it by hand on a runner that stays",
                },
            ];
        }
    }));
    return ended.flat();
}
async function readyBuilder(builds, environment, { outside, inputs, folder }) {
    const { settings } = inputs;
    const { processes, signal } = outside;
    const deps = { processes, environment, signal };
    const repositories = builds.flatMap((image) => image.repositories.slice(0, 1));
    const wish = { builder: settings.builder, repositories, suffix: folder.slice(-8) };
    const builder = await findBuilder(wish, deps);
    try {
        const wanted = builds.flatMap((image) => image.platforms);
        const emulation = { install: settings.qemu, image: settings.binfmtImage };
        return builderInUse(await ensurePlatforms(wanted, builder, emulation, deps), wish, deps);
    }
    catch (error) {
        await builder.remove();
        throw error;
    }
}
/** What hangs is left for a new one, once. What others run elsewhere can't be had anew. */
function builderInUse(first, wish, deps) {
    let current = first;
    let next;
    return {
        name: () => current.name,
        async replace(used) {
            if (used !== first.name || first.driver !== "docker-container")
                return;
            next ??= createBuilder({ ...wish, suffix: `${wish.suffix}-2` }, deps);
            try {
                current = await next;
            }
            catch (error) {
                if (!(error instanceof src_errors/* UserError */.yo))
                    throw error;
            }
        },
        async remove() {
            const second = await next?.catch(() => undefined);
            await Promise.all([first.remove(), second?.remove()]);
        },
    };
}
/** A registry that refuses is better known before an hour of building than after. One repository of each registry is asked. */
async function build_session_checkPush(builds, registry) {
    const byHost = new Map();
    for (const repository of builds.flatMap((image) => image.repositories)) {
        const { host } = (0,oci_reference/* splitRepository */.T8)(repository);
        if (!byHost.has(host))
            byHost.set(host, repository);
    }
    await Promise.all([...byHost.values()].map((repository) => registry.checkPush(repository)));
}
async function cacheRemarks(builds, { outside }) {
    const isWanted = builds.some(({ cache }) => [...cache.from, ...cache.to].some(isCacheService));
    if (!isWanted)
        return { isUsable: false, remarks: [] };
    const request = cacheServiceRequest(outside.env);
    const problem = request === undefined
        ? "this runner has none"
        : await cacheServiceProblem(outside.http, { ...request, signal: outside.signal });
    if (problem === undefined)
        return { isUsable: true, remarks: [] };
    const message = `the cache service is not used: ${problem}`;
    const hint = "run again later for a warm cache, or choose `cache: registry`";
    return { isUsable: false, remarks: [{ message, hint }] };
}
function secretRemarks(builds, context) {
    return builds.flatMap(({ name, args, provenance }) => publishedSecrets(args, provenanceArgument(provenance ?? undefined, context)).map((argument) => ({
        message: `the build argument ${argument} of ${name} looks like a secret, and its value stands in the published provenance`,
        hint: "hand it in by `secrets`, or set `provenance: mode=min`",
    })));
}

;// CONCATENATED MODULE: ./src/bump/check-pins.ts
/** Whether files name the version that is about to be released. Pure. */


/**
 * A problem, with file and line, for each pin of a released image that names another version. A tag that this release moves
 * (`1.2`, `latest`) will name it. A chart's version must be that of one of the images.
 */
function stalePins(pins, released) {
    return pins.flatMap((pin) => {
        const wanted = pin.repository === undefined
            ? released
            : released.filter(({ repositories }) => repositories.some((each) => each === pin.repository));
        if (wanted.length === 0 || wanted.some((image) => check_pins_names(pin, image)))
            return [];
        const versions = [...new Set(wanted.map(({ version }) => version))].join(" or ");
        return [
            new src_errors/* UserError */.yo(`"${pin.text}" is to name ${versions}, which is about to be released`, {
                hint: "let the release's commit name its version here, or take the file out of `check-pins`",
                at: pin.at,
            }),
        ];
    });
}
function check_pins_names({ repository, tag }, { version, tags }) {
    if (tag === undefined)
        return false;
    return (repository === undefined ? chartVersions({ version, tags: [] }) : tags).some((each) => each === tag);
}

;// CONCATENATED MODULE: ./src/bump/find-pins.ts




/**
 * A chart's own version counts where it says no version of what it installs: many charts have versions of their own.
 * @param repositories whose pins are looked for. @returns in the order of lines.
 */
async function findPins(text, file, repositories) {
    const { pins } = await readPins(text, file, imageNames(repositories));
    const chart = isChartFile(file) ? (chartPin(text, "appVersion") ?? chartPin(text, "version")) : undefined;
    const places = textPlaces(text);
    return [...(chart === undefined ? [] : [chart]), ...pins]
        .sort((a, b) => a.start - b.start)
        .map((pin) => ({
        repository: pin.repository,
        tag: pin.tag,
        text: pin.text,
        at: { file, ...find_pins_placeOf(pin, places) },
    }));
}
/** What is told as a whole reference is found on its line; a version alone may stand there several times. */
function find_pins_placeOf({ values, start }, places) {
    const line = places.line(start);
    return "whole" in values ? { line } : { line, column: places.column(start) };
}

;// CONCATENATED MODULE: ./src/commands/check-pins.ts
/** The input `check-pins`: before a release is built, files must name its version. */





/** No file that pins versions is longer. */
const check_pins_longest = 4 * 1024 * 1024;
/**
 * Does nothing where no git tag releases anything. @throws UserError (or `Problems`), each with file and line, for pins that
 * name another version, and for a glob under which nothing names a version of a released image.
 */
async function checkPins(globs, plan, { ref, workspace }, files) {
    const released = plan.images.flatMap((image) => releasedImage(image));
    if (globs.length === 0 || ref.kind !== "tag" || released.length === 0)
        return;
    const repositories = new Set(released.flatMap((image) => image.repositories));
    const checked = await Promise.all(globs.map(async (glob) => {
        const paths = await check_pins_matching(pathGlob(glob).parts, workspace, ".", files);
        const pins = await Promise.all(paths.map((path) => check_pins_pinsOf(path, workspace, repositories, files)));
        return pins.every((each) => each.length === 0)
            ? [nothingThere(glob, paths.length)]
            : stalePins(pins.flat(), released);
    }));
    (0,src_errors/* throwProblems */.Jh)(checked.flat());
}
function releasedImage(image) {
    if (!("tags" in image) || image.version === null)
        return [];
    const { name, repositories, version, tags } = image;
    return [{ name, repositories, version, tags: tags.map(({ tag }) => tag) }];
}
async function check_pins_pinsOf(path, root, repositories, files) {
    const bytes = await files.read(external_node_path_.posix.join(root, path));
    if (bytes === undefined || bytes.length > check_pins_longest)
        return [];
    return findPins(new TextDecoder().decode(bytes), path, repositories);
}
/** The files under a folder that the parts of a glob name, sorted. */
async function check_pins_matching([part, ...rest], root, folder, files) {
    if (part === undefined)
        return [];
    const entries = (await files.list(external_node_path_.posix.join(root, folder))) ?? [];
    const found = await Promise.all(entries.map(async ({ name, kind }) => {
        const path = external_node_path_.posix.join(folder, name);
        if (part.kind === "any-depth") {
            const below = kind === "directory" && name !== ".git" && name !== "node_modules";
            return below ? check_pins_matching([part, ...rest], root, path, files) : [];
        }
        if (part.kind === "name" ? part.name !== name : !part.matches(name))
            return [];
        if (rest.length === 0)
            return kind === "file" ? [path] : [];
        return kind === "directory" ? check_pins_matching(rest, root, path, files) : [];
    }));
    const here = part.kind === "any-depth" ? await check_pins_matching(rest, root, folder, files) : [];
    return [...here, ...found.flat()].sort();
}
function nothingThere(glob, files) {
    const what = files === 0 ? "there is no such file" : "nothing there names a version of an image of this release";
    return new src_errors/* UserError */.yo(`\`check-pins\` names ${glob}, and ${what}`, {
        hint: "correct the glob, or take it out",
    });
}

;// CONCATENATED MODULE: ./src/report/console.ts









/** What came out, image by image, then the sentence that says it all. Plain text without colours. */
function closingLines(result) {
    const scanOf = ({ planned }) => result.scans?.get(planned.name);
    const isLeft = (image) => image.outcome === "skipped" && scanOf(image) === undefined;
    const acted = result.images.filter((image) => !isLeft(image));
    const skipped = result.images.filter(isLeft).map(({ planned }) => planned);
    const { untouched, explained } = leftImages(skipped);
    const width = Math.min(40, Math.max(0, ...acted.map(({ planned }) => [...(0,plain_text/* plainLine */.h0)(planned.name)].length)));
    const { mark, sentence: how, advice } = headline(result, plain_text/* plainLine */.h0);
    return [
        ...acted.map((image) => imageLine(image, scanOf(image), width)),
        ...[...explained].map(([why, images]) => {
            const names = console_namesOf(images.map(({ name }) => name));
            return `${console_marks.skipped} ${names} · ${(0,plain_text/* plainLine */.h0)(why)}`;
        }),
        ...(untouched.length > 0 && acted.length > 0 ? [`${count(untouched.length, "image")} not affected`] : []),
        `${mark} ${sentence(how)}${advice === undefined ? "" : ` ${advice}`}`,
    ].map(plain_text/* inertLine */.Fq);
}
/** One for each failure, with the images that could not be built because of it. */
function failureNotices(result) {
    return failuresOf(result).map(({ image, kind, what, causes, quoted, hint, at, put, missing, blocked }) => ({
        title: titles[kind]((0,plain_text/* plainLine */.h0)(image)),
        message: [
            what,
            ...causes,
            ...quoted,
            ...(put.length === 0 ? [] : [`Tags that are in place: ${console_namesOf(put)}`]),
            ...(missing.length === 0 ? [] : [`Tags that are missing: ${console_namesOf(missing)}`]),
            ...(blocked.length === 0 ? [] : [`Not built because of it: ${console_namesOf(blocked)}`]),
        ].join("\n"),
        hint,
        at,
    }));
}
const titles = {
    failed: (image) => `${image} failed`,
    findings: (image) => `Findings in ${image}`,
    unscanned: (image) => `${image} was not scanned`,
};
const console_mostNames = 10;
function console_namesOf(names) {
    const shown = names.slice(0, console_mostNames).map(plain_text/* plainLine */.h0).join(", ");
    return names.length > console_mostNames ? `${shown} and ${names.length - console_mostNames} more` : shown;
}
function imageLine(image, scan, width) {
    const name = (0,plain_text/* shortened */.vI)((0,plain_text/* plainLine */.h0)(image.planned.name), width);
    const padded = name + " ".repeat(width - [...name].length);
    const mark = scan !== undefined && makesRed(scan) ? console_marks.failed : console_marks[image.outcome];
    const brief = scan === undefined ? "" : findingsBrief(scan);
    // As published: why nothing was built of it is of no interest.
    const facts = image.outcome === "skipped" && scan !== undefined
        ? [...(scan.kind === "unscanned" ? [] : ["scanned"]), brief]
        : [image.outcome, ...details(image), brief];
    return `${mark} ${padded}  ${facts.flatMap((each) => (each === "" ? [] : [(0,plain_text/* plainLine */.h0)(each)])).join(" · ")}`;
}
function details(image) {
    const why = because(image.planned.reasons);
    switch (image.outcome) {
        case "published":
            return [...tagDetails(image), ...candidateDetails(image.candidate), why];
        case "promoted":
            return [...tagDetails(image), image.image.digest, "nothing built", why];
        case "built":
            return [...candidateDetails(image.candidate), why];
        case "failed": {
            const put = tagLabels(ownTags(image), image);
            return [image.error.message.split("\n", 1)[0] ?? "", put.length === 0 ? "" : `in place: ${put.join(", ")}`];
        }
        case "blocked":
            return [`builds on ${image.by}`];
        case "skipped":
        case "cancelled":
            return [why];
    }
}
function tagDetails(image) {
    const notes = tagNotes(image).map(({ kind, tags, because: reason, followers }) => {
        if (kind === "moved")
            return `moved: ${tags.join(", ")} (${reason})`;
        const follow = followers.length === 0 ? "" : `, and with them ${followers.join(", ")}`;
        return `left where they are: ${tags.join(", ")} (${reason})${follow}`;
    });
    return [tagLabels(ownTags(image), image).join(", ") || "no tag", ...notes];
}
function candidateDetails(candidate) {
    return [candidate.digest, formatDuration(candidate.seconds)];
}
const console_marks = {
    published: "✅",
    promoted: "🏷️",
    built: "✅",
    skipped: "➖",
    failed: "❌",
    blocked: "⛔",
    cancelled: "⏹️",
};

;// CONCATENATED MODULE: ./src/commands/end-run.ts
/** The end of a run that built or scanned: what became of it is told, in the log and as the command's result. */






/** Warns of what the reports remark; of other remarks has been warned by then. */
function endRun({ report, bumped, started, planPath, ...did }, prepared, session) {
    const { clock, log } = session.outside;
    const remarks = [...report.remarks, ...bumped.remarks];
    warn(remarks, session);
    const result = {
        ...did,
        remarks: [...did.remarks, ...remarks],
        seconds: (clock.now().getTime() - started) / 1000,
        forge: prepared.forge,
        scans: prepared.scanning.scans,
        bumps: bumped.results,
        ...(report.folder === undefined ? {} : { sarif: report.folder }),
    };
    tellFindings(result, log);
    for (const line of [...closingLines(result), ...bumpLines(bumped.results)])
        log.info(line);
    return {
        outputs: { ...outputsOf(result, planPath) },
        summary: renderSummary(result),
        text: () => "",
        json: imageOutputs(result),
        failures: [...failureNotices(result), ...scanFailures(report), ...bumpFailures(bumped)],
    };
}
function warn(remarks, { outside }) {
    for (const { message, hint } of remarks)
        outside.log.warning(message, hint);
}

;// CONCATENATED MODULE: ./src/build/bases.ts
/** What an image was built on, by BuildKit's own word, and the annotations that say so. */


/** What BuildKit made of the references in the Dockerfile, each once, sorted by name. */
function resolvedBases(progress) {
    const found = new Map();
    for (const { name } of progress.vertexes()) {
        const [, reference = "", digest = ""] = /^(?:\[[^\]]*\] )?FROM (\S+)@(sha256:[0-9a-f]{64})$/.exec(name) ?? [];
        const read = (0,oci_digest/* isDigest */.Bc)(digest) ? (0,oci_reference/* tryReference */.$Q)(reference) : undefined;
        if (read === undefined || !(0,oci_digest/* isDigest */.Bc)(digest))
            continue;
        const full = (0,oci_reference/* formatReference */.FH)(read);
        found.set(`${full} ${digest}`, { name: full, digest });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
const nameKey = "org.opencontainers.image.base.name";
const digestKey = "org.opencontainers.image.base.digest";
/**
 * Annotations of the index that name the base (OCI image-spec, annotations.md, "Pre-Defined Annotation Keys"), as far as
 * it is known: before the build for an image of this repository and a base that is pinned, else from `resolved`. What the
 * user says of them goes before.
 */
function baseAnnotations({ base, annotations }, sources, resolved) {
    if (base === null)
        return {};
    const ofParent = base.parent === null ? undefined : sources.get(base.parent)?.digest;
    const digest = base.digest ?? ofParent ?? onlyDigest(resolved, base.name);
    if (digest === undefined)
        return {};
    const entries = [
        [nameKey, base.name],
        [digestKey, digest],
    ];
    return Object.fromEntries(entries.filter(([key]) => annotations[`index:${key}`] === undefined));
}
/** A tag that moved while the platforms were built names two, and then nobody can say. */
function onlyDigest(resolved, name) {
    const [first, ...others] = resolved.filter((each) => each.name === name);
    return others.length === 0 ? first?.digest : undefined;
}

;// CONCATENATED MODULE: ./src/build/failures.ts
const pushing = "failed to push (\\S+): ";
const denied = "(?:unauthorized|forbidden|denied|insufficient_scope|authorization failed|no basic auth)";
/** The reference ends at the colon that a space follows. */
const resolving = "failed to resolve source metadata for (\\S+): ";
const failureRows = [
    {
        category: "cache",
        // The step's own name; one of the Dockerfile stands in brackets.
        pattern: /^(?:exporting|importing) (?:cache|to \w+ cache)/m,
        message: "the build cache could not be written or read",
        hint: "add ignore-error=true to `cache-to`, or set `cache: none` to build without it",
    },
    {
        category: "disk-full",
        pattern: /no space left on device/i,
        inOutput: true,
        message: "the disk is full",
        hint: "free space before this step (large runner images can be trimmed), use fewer platforms at once, or a larger runner",
    },
    {
        category: "emulation",
        pattern: /exec format error|invalid ELF image|Could not open '\/lib(?:64)?\/ld-/i,
        inOutput: true,
        message: "a program for another platform was run without an emulator for it",
        hint: "check that the base image is made for the platforms that are built, and that `qemu` is not `false`; on a runner that others use too, run again: one of them may have removed the emulator",
    },
    {
        category: "out-of-memory",
        pattern: /did not complete successfully: exit code: 137\b/,
        message: "$step was killed, most likely for want of memory",
        hint: "let it use less memory (fewer parallel jobs), build fewer images at once, or use a larger runner",
    },
    {
        category: "command",
        pattern: /process "(.+?)" did not complete successfully: exit code: 127\b/s,
        message: "$step calls a program that the image doesn't have",
        hint: "install the program in a step before, or choose a base image that has it",
    },
    {
        category: "command",
        pattern: /process "(.+?)" did not complete successfully: exit code: (\d+)/s,
        message: "$step ended with exit code $2",
        hint: "see the last lines of its output, and mend the command or what it needs",
    },
    {
        category: "dockerfile",
        pattern: /dockerfile parse error(?: on line \d+)?:? *(.*)/i,
        message: "the Dockerfile can't be parsed: $1",
        hint: "mend the line",
    },
    {
        category: "dockerfile",
        pattern: /target stage "?(.+?)"? could not be found(.*)/,
        message: "the Dockerfile has no stage $1$2",
        hint: "name a stage of the Dockerfile in `target`",
    },
    {
        category: "missing-file",
        pattern: /failed to read dockerfile: .*no such file/i,
        message: "the Dockerfile $dockerfile is not there",
        hint: "check its path, and that the checkout has it",
    },
    {
        category: "dockerfile",
        pattern: /(unknown instruction: .*|the Dockerfile cannot be empty|no build stage in current context.*|invalid reference format.*|base name \(.*\) should not be blank|circular dependency detected on stage: .*|invalid (?:from flag value|field) .*)/i,
        message: "the Dockerfile is wrong: $1",
        hint: "mend the line",
    },
    {
        category: "not-allowed",
        pattern: /(security\.insecure|network\.host|device \S+) is not allowed/,
        message: "the Dockerfile asks for $1, which no build is allowed here",
        hint: "do without it: what is published is better built with no rights beyond its own",
    },
    {
        category: "secret",
        pattern: /unset ssh forward key|invalid empty ssh agent socket/,
        message: "the build wants an SSH agent, and there is none",
        hint: "give it in `ssh` (`default`, or id=path of a key), and start an agent before this step where none runs",
    },
    {
        category: "dockerfile",
        pattern: /failed to parse platform (\S+?):/,
        message: "the Dockerfile names the platform $1, which is none",
        hint: "write os/architecture, such as linux/arm64, or a variable such as $BUILDPLATFORM",
    },
    {
        category: "download",
        pattern: /failed to load cache key: (?:Get|Head) "([^"]+)": (.*)/,
        message: "$1 can't be fetched: $2",
        hint: "check the URL of the ADD, and the network and proxy of the builder",
    },
    {
        category: "download",
        pattern: /failed to load cache key: (invalid response status \d+|failed to fetch remote \S+)/,
        message: "what ADD or a context names by URL can't be fetched: $1",
        hint: "check the URL, and that it may be read without a login",
    },
    {
        category: "login",
        pattern: /error getting credentials - err: (.*)/,
        message: "docker's credential helper failed: $1",
        hint: "install the helper, or take it out of docker's config.json",
    },
    {
        category: "secret",
        pattern: /secret ([\w.-]+): not found/,
        message: "the build wants the secret $1, which it was not given",
        hint: "give it in `secrets`, `secret-envs` or `secret-files`",
    },
    {
        category: "missing-file",
        pattern: /failed to (?:calculate checksum of ref|compute cache key).*?"(.+?)": not found/s,
        message: "$1 is not in the build context",
        hint: "check the path, the `.dockerignore`, and that an earlier step or the checkout made the file",
    },
    {
        category: "rate-limit",
        pattern: /pull rate limit/i,
        message: "the registry of a base image allows no more pulls for now",
        hint: "log in to it before this step, or take the base from a mirror",
    },
    {
        category: "base-platform",
        pattern: /no match for platform in manifest(?: \S+)?/,
        message: "a base image is not made for a platform that is built",
        hint: "take that platform out of `platforms`, or use a base that has it",
    },
    {
        category: "engine",
        pattern: /Cannot connect to the Docker daemon|error during connect: |docker\.sock: connect: |no builder "/i,
        message: "docker's engine or the builder can't be reached",
        hint: "start the engine, and check the input `builder`",
    },
    {
        category: "builder-lost",
        pattern: /code = Unavailable|\bUnavailable: |waiting for connection|closing transport|failed to receive status|error reading from server: EOF|no such container|failed to get status|is not running/i,
        message: "the builder ended in the middle of the build, or can't be reached any more",
        hint: "run it again; if it stays, look for want of memory or disk on the builder's machine",
    },
    {
        category: "push-denied",
        pattern: new RegExp(`${pushing}.*\\b${denied}`, "is"),
        message: "the registry refused the push of $1",
        hint: "log in to the registry, and give the job the right to write there (`permissions: packages: write` on ghcr.io)",
    },
    {
        category: "registry-busy",
        pattern: /(i\/o timeout|lookup \S+[^\n]*(?:server misbehaving|Temporary failure[^\n]*))/i,
        message: "a registry couldn't be reached: $1",
        hint: "run it again later; if it stays, check the network and name service of the builder",
    },
    {
        category: "registry-unreachable",
        pattern: /(dial tcp[^\n]*|lookup \S+[^\n]*no such host|x509: [^\n]*|http: server gave HTTP response to HTTPS client)/i,
        message: "a registry can't be reached: $1",
        hint: "check the registry's name, the network and proxy of the builder, and its certificate",
    },
    {
        category: "push-refused",
        pattern: new RegExp(`${pushing}.*((?:name unknown|name invalid|manifest invalid|unsupported|quota|too large).*)`, "is"),
        message: "the registry doesn't take the push of $1: $2",
        hint: "check the repository's name, that it exists where the registry wants that, and its limits",
    },
    {
        category: "registry-busy",
        // BuildKit often tells the registry's words without the status, so every other refusal counts as one that may pass.
        pattern: new RegExp(pushing),
        message: "the registry was busy or broke off the push of $1",
        hint: "run it again later; nothing was tagged",
    },
    {
        category: "registry-busy",
        pattern: /toomanyrequests|unexpected status(?: from \S+ request to \S+)?: (?:429|5\d\d)\b|connection reset by peer|broken pipe|TLS handshake timeout|use of closed network connection|failed to do request: .*: (?:unexpected )?EOF|http2: (?:client connection lost|server sent GOAWAY)/i,
        message: "a registry was busy or broke off",
        hint: "run it again later; nothing was tagged",
    },
    {
        category: "base-denied",
        pattern: new RegExp(`${resolving}.*\\b${denied}`, "is"),
        message: "the base image $1 is not there, or may not be read",
        hint: "check its name, and log in to its registry if it is private",
    },
    {
        category: "base-missing",
        pattern: new RegExp(`${resolving}.*not found`, "is"),
        message: "the base image $1 is not there",
        hint: "check its name and tag",
    },
    {
        category: "missing-file",
        pattern: /(?:unable to prepare context: )?path "(.+?)" not found|(?:lstat|stat|open) (\S+): no such file or directory/,
        message: "$1$2 is not there",
        hint: "check the path, and that an earlier step or the checkout made it",
    },
];
/**
 * Pauses before further attempts, in milliseconds, where another attempt a little later may not meet the failure: BuildKit
 * itself repeats a refused push within half a second, and a builder is started again by the next call.
 */
function pausesAfter(category) {
    switch (category) {
        case "registry-busy":
            return [2_000, 10_000, 30_000];
        case "builder-lost":
        case "engine":
            return [2_000, 10_000];
        default:
            return [];
    }
}

;// CONCATENATED MODULE: ./src/build/diagnose.ts
/** From a build that failed to what the user reads: what, why, on which line, and what to do. */



/** A build that failed. `output` is the end of what the failed step wrote. */
class BuildError extends src_errors/* UserError */.yo {
    name = "BuildError";
    category;
    output;
    constructor(message, details) {
        super(message, details);
        this.category = details.category;
        this.output = details.output;
    }
}
/** How many of the step's last lines go into the message itself; the log's block has more. */
const quotedLines = 5;
function diagnose(failed) {
    const said = diagnose_lastWords(failed);
    const { category, sentence, hint } = classify(failed, said);
    const output = failed.step?.output ?? [];
    const quoted = isAboutTheStep(category) ? output.slice(-quotedLines).map((line) => `  ${line}`) : [];
    return new BuildError([`${failed.image} could not be built: ${sentence}`, ...quoted].join("\n"), {
        category,
        hint,
        at: diagnose_location(failed),
        output,
        cause: new Error(said),
    });
}
/** BuildKit's own message, from the line on that begins with `ERROR:`; without any, the step's. */
function diagnose_lastWords({ text, step, code }) {
    const last = text.findLastIndex((line) => line.startsWith("ERROR: "));
    const said = last < 0 ? [...text.slice(-5), step?.error ?? ""] : text.slice(last);
    const lines = said.map((line) => shortLine(line, 1_000)).filter((line) => line !== "");
    return lines.join("\n") || `buildx ended with exit code ${code} and said nothing`;
}
function classify(failed, said) {
    const { step } = failed;
    const error = [...(step === undefined ? [] : [step.name]), said].join("\n");
    const withOutput = [error, ...(step?.output ?? [])].join("\n");
    for (const { category, pattern, inOutput, message, hint } of failureRows) {
        const match = pattern.exec(inOutput ? withOutput : error);
        if (match !== null)
            return { category, sentence: filled(message, match, failed), hint };
    }
    const [first = ""] = said.split("\n");
    const reason = shortLine(first.replace(/^ERROR: (?:failed to build: )?(?:failed to solve: )?/, ""));
    // A place in the Dockerfile, and no step that failed: BuildKit didn't get past reading it.
    return step === undefined && lineIn(failed) !== undefined
        ? { category: "dockerfile", sentence: `the Dockerfile is wrong: ${reason}`, hint: "mend the line" }
        : { category: "unknown", sentence: reason, hint: "see the lines of the build above" };
}
function filled(message, match, { step, dockerfile }) {
    const named = { step: step?.name ?? match[1] ?? "the build", dockerfile };
    return message
        .replace(/\$(\w+)/g, (_, name) => shortLine(named[name] ?? match[Number(name)] ?? "", 200))
        .trim();
}
function isAboutTheStep(category) {
    return category === "command" || category === "out-of-memory" || category === "emulation" || category === "disk-full";
}
function diagnose_location(failed) {
    const line = lineIn(failed);
    return line === undefined ? failed.at : { file: failed.dockerfile, line };
}
/** BuildKit shows the place as `Dockerfile:3`, or with the path, above an excerpt; of several the first is the culprit's. */
function lineIn({ text, dockerfile }) {
    const name = dockerfile.slice(dockerfile.lastIndexOf("/") + 1);
    for (const line of text) {
        const match = /^(.+):(\d+)$/.exec(line.trim());
        if (match?.[1] === name || match?.[1]?.endsWith(`/${name}`))
            return Number(match[2]);
    }
    const parsed = /dockerfile parse error on line (\d+)/i.exec(text.join("\n"))?.[1];
    return parsed === undefined ? undefined : Number(parsed);
}

;// CONCATENATED MODULE: ./src/build/progress.ts
/**
 * Follows one image's build through its rawjson stream: which steps there are, what they did and what they said. The log
 * gets one block of lines for each image at its end, and in between a short line now and then, however much the build says.
 */


/** A large pull has thousands of parts; kept are those that tell what became of the image. */
const worthKeeping = /^exporting manifest list /;
/** Lines of a step's output that are kept, in case it fails. */
const keptLines = 40;
function followBuild() {
    const vertexes = new Map();
    const output = new Map();
    const warnings = new Map();
    const completed = [];
    const all = () => [...vertexes.values()];
    return {
        add(status) {
            for (const vertex of status.vertexes)
                vertexes.set(vertex.id, progress_merged(vertexes.get(vertex.id), vertex));
            completed.push(...status.statuses.filter(({ id, isComplete }) => isComplete && worthKeeping.test(id)));
            for (const { vertex, text } of status.logs) {
                const tail = output.get(vertex) ?? outputTail();
                output.set(vertex, tail);
                tail.add(text);
            }
            for (const warning of status.warnings)
                warnings.set(`${warning.line}\n${warning.message}`, warning);
        },
        current() {
            const running = all().filter((each) => each.started !== undefined && each.completed === undefined);
            const last = running.sort(byStart).at(-1);
            return last === undefined ? undefined : shortLine(last.name, 100);
        },
        steps() {
            const own = all().filter(isOwnStep);
            const executed = own.filter((each) => !each.cached && each.completed !== undefined && each.error === undefined);
            return { cached: own.filter((each) => each.cached).length, executed: executed.length };
        },
        lines: () => all().filter(isWorthALine).sort(byStart).map(stepLine),
        failed(said) {
            const broken = all().filter((each) => each.error !== undefined && !isGivenUp(each.error));
            const culprit = broken.find((each) => said.includes(each.error ?? "")) ?? broken[0];
            if (culprit?.error === undefined)
                return undefined;
            const tail = output.get(culprit.id)?.lines() ?? [];
            return { name: shortLine(culprit.name), error: culprit.error, output: tail };
        },
        warnings: () => [...warnings.values()],
        vertexes: all,
        completed: () => completed,
    };
}
/** `base: [linux/amd64 3/7] RUN make (85 s)`, for a build that takes long. */
function liveLine(image, current, seconds) {
    return `${image}: ${current} (${Math.round(seconds)} s)`;
}
/** A vertex comes again when more is known, and a step may start anew after it looked for a cached result. */
function progress_merged(before, now) {
    if (before === undefined)
        return now;
    return {
        id: now.id,
        name: now.name || before.name,
        started: before.started ?? now.started,
        completed: now.completed ?? (now.started === undefined ? before.completed : undefined),
        cached: now.cached || before.cached,
        error: now.error ?? before.error,
    };
}
/** `[linux/amd64 stage-1 2/3] RUN …`; what BuildKit does for itself (`[internal] …`, `exporting to image`) has no n/m. */
const step = /^\[(?!internal\b|auth\b)[^\]]*\b\d+\/\d+\] (?!FROM )/;
function isOwnStep(vertex) {
    return step.test(vertex.name);
}
function isWorthALine(vertex) {
    if (vertex.started === undefined || vertex.name === "")
        return false;
    const quick = (vertex.completed ?? vertex.started) - vertex.started < 1_000;
    return isOwnStep(vertex) || vertex.error !== undefined || !quick;
}
function stepLine(vertex) {
    const { started, completed, cached, error } = vertex;
    const seconds = ((completed ?? started ?? 0) - (started ?? 0)) / 1000;
    const stopped = completed === undefined ? "stopped" : formatDuration(seconds);
    const state = cached ? "cached" : error === undefined ? stopped : isGivenUp(error) ? "stopped" : "FAILED";
    return `${state.padStart(9)}  ${shortLine(vertex.name, 160)}`;
}
/** Cached steps start within one millisecond: then their numbers rule. */
function byStart(a, b) {
    return (a.started ?? 0) - (b.started ?? 0) || progress_names.compare(a.name, b.name);
}
/** One for all: with options, `localeCompare` makes a new one for each comparison. */
const progress_names = new Intl.Collator("en", { numeric: true });
function isGivenUp(error) {
    return error !== undefined && /context canceled|^CANCELED/i.test(error);
}
/** The last lines of what comes in pieces; a carriage return (a progress bar) starts a line over. */
function outputTail() {
    const lines = [];
    let open = "";
    return {
        add(text) {
            const parts = (open + text).split("\n");
            // A line without end must not fill the memory.
            open = (parts.pop() ?? "").slice(-4_096);
            lines.push(...parts.map((part) => shortLine(part.replace(/\r$/, "").replace(/^.*\r/s, ""))));
            lines.splice(0, Math.max(0, lines.length - keptLines));
        },
        lines: () => [...lines, ...(open.trim() === "" ? [] : [shortLine(open)])].filter((line) => line !== "").slice(-keptLines),
    };
}

;// CONCATENATED MODULE: ./src/build/rawjson.ts
/**
 * Reads what `docker buildx build --progress rawjson` writes: one JSON object a line, BuildKit's `client.SolveStatus`
 * (moby/buildkit, client/graph.go). Lines that are none (the error at the end) are told apart, not lost. Everything in the
 * stream comes from the build and is hostile: what has another shape than expected is left out.
 */
/** The status that a line holds, or `undefined` for a line of plain text. */
function parseStatus(line) {
    if (!line.startsWith("{"))
        return undefined;
    let parsed;
    try {
        parsed = JSON.parse(line);
    }
    catch {
        return undefined;
    }
    if (!isRecord(parsed))
        return undefined;
    return {
        vertexes: records(parsed.vertexes).map(vertex),
        statuses: records(parsed.statuses).map((each) => ({
            vertex: rawjson_text(each.vertex),
            id: rawjson_text(each.id),
            isComplete: time(each.completed) !== undefined,
        })),
        logs: records(parsed.logs).map((log) => ({ vertex: rawjson_text(log.vertex), text: rawjson_decoded(log.data) })),
        warnings: records(parsed.warnings).map(warning),
    };
}
function vertex(from) {
    return {
        id: rawjson_text(from.digest),
        name: rawjson_text(from.name),
        started: time(from.started),
        completed: time(from.completed),
        cached: from.cached === true,
        error: rawjson_text(from.error) || undefined,
    };
}
function warning(from) {
    const [range] = records(from.range);
    const start = isRecord(range?.start) ? range.start : {};
    const details = Array.isArray(from.detail) ? from.detail.map(rawjson_decoded) : [];
    return {
        message: rawjson_decoded(from.short),
        detail: details.filter((each) => each !== "").join(" "),
        url: rawjson_text(from.url) || undefined,
        line: typeof start.line === "number" && start.line > 0 ? start.line : undefined,
    };
}
function isRecord(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
function records(value) {
    return Array.isArray(value) ? value.filter(isRecord) : [];
}
function rawjson_text(value) {
    return typeof value === "string" ? value : "";
}
/** Go's JSON writes bytes as base64. */
function rawjson_decoded(value) {
    return Buffer.from(rawjson_text(value), "base64").toString("utf8");
}
function time(value) {
    const milliseconds = Date.parse(rawjson_text(value));
    return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

;// CONCATENATED MODULE: ./src/build/invocation.ts



/** While a build runs, how often is looked at what it does. */
const glance = 10_000;
/**
 * @param builderHangs whether another build was found to hang in the same builder.
 * @throws the signal's reason when it is aborted.
 */
async function runBuildx(image, args, seconds, builderHangs, deps) {
    const progress = followBuild();
    const text = [];
    const stop = new AbortController();
    const cancel = () => stop.abort(deps.signal.reason);
    const ended = new AbortController();
    let heard = deps.clock.now().getTime();
    const isSilent = () => deps.clock.now().getTime() - heard >= longestSilence;
    const tell = nowAndThen(image, progress, seconds, deps.log);
    const watching = lookNowAndThen(deps.clock, ended.signal, () => {
        const waits = waitsForCache(progress, builderHangs());
        if (waits !== undefined && isSilent())
            stop.abort(new Stalled(waits));
        tell();
    });
    if (deps.signal.aborted)
        cancel();
    deps.signal.addEventListener("abort", cancel, { once: true });
    try {
        const { code } = await deps.processes.run("docker", args, {
            cwd: deps.workspace,
            env: deps.environment,
            signal: stop.signal,
            onLine: (line, stream) => {
                heard = deps.clock.now().getTime();
                const status = stream === "stderr" ? parseStatus(line) : undefined;
                if (status !== undefined)
                    progress.add(status);
                else if (stream === "stderr")
                    invocation_keep(text, line);
            },
        });
        return { code, progress, text, stalled: undefined };
    }
    catch (error) {
        if (!(error instanceof Stalled) || deps.signal.aborted)
            throw error;
        return { code: 1, progress, text, stalled: error.at };
    }
    finally {
        deps.signal.removeEventListener("abort", cancel);
        ended.abort();
        await watching;
    }
}
class Stalled extends Error {
    at;
    constructor(at) {
        super("the cache says nothing any more");
        this.at = at;
    }
}
/** Says what a build that takes long is doing, when it is called at every glance. */
function nowAndThen(image, progress, seconds, log) {
    let told;
    let quiet = 0;
    return () => {
        const current = progress.current();
        // A step that takes minutes is told of once in a minute.
        if (current === undefined || (current === told && quiet < 6))
            quiet += 1;
        else {
            log.info(liveLine(image, current, seconds()));
            told = current;
            quiet = 1;
        }
    };
}
async function lookNowAndThen(clock, ended, look) {
    while (!ended.aborted) {
        try {
            await clock.sleep(glance, ended);
        }
        catch {
            return;
        }
        look();
    }
}
/** What buildx says beside the stream is short; a builder gone mad must not fill the memory. */
function invocation_keep(text, line) {
    if (line.trim() === "")
        return;
    text.push(line);
    if (text.length > 200)
        text.splice(0, 100);
}

;// CONCATENATED MODULE: ./src/build/layout-path.ts
/** Paths of layouts as buildx takes them in a named context. */


/**
 * The sources with layouts that can be named after `oci-layout://`. There buildx takes the first `@` for that of a digest and
 * the first `:` for that of a tag, whatever follows, and knows no escape (buildx 0.29, `build/opt.go`). Where a layout's path
 * holds one, the way from the workspace, in which buildx runs, mostly doesn't: both lie in the runner's work folder.
 * @throws UserError where it does
 */
function reachableSources(sources, workspace) {
    return new Map([...sources].map(([name, source]) => [
        name,
        source.kind === "layout" ? { ...source, path: reachableLayout(source.path, workspace) } : source,
    ]));
}
/** One of them. @throws UserError as `reachableSources` */
function reachableLayout(path, workspace) {
    if (!/[@:]/.test(path))
        return path;
    const relative = external_node_path_.posix.relative(workspace, path);
    if (!/[@:]/.test(relative))
        return relative;
    throw new src_errors/* UserError */.yo(`buildx can't read an image from ${path}, as the path holds "@" or ":"`, {
        hint: "set RUNNER_TEMP to a folder without either of them",
    });
}

;// CONCATENATED MODULE: ./src/build/docker-archive.ts
/**
 * From the archive that `docker save` writes (docker-archive: manifest.json, configs, layers) to the blobs of an OCI layout
 * (OCI image-spec, image-layout.md). The layers stay as they are: BuildKit compresses and checks them.
 */





/**
 * Puts the one image of an archive into a layout. @param folder what it may unpack into; nothing of it is left.
 * @throws UserError for what is no such archive.
 */
async function unpackArchive(archive, folder, layout, deps) {
    const { files, processes, environment: env, signal } = deps;
    await files.makeDirectory(folder);
    const args = ["--extract", "--file", archive, "--directory", folder, "--no-same-owner", "--no-same-permissions"];
    const { code, stderr } = await processes.run("tar", args, { env, signal });
    if (code !== 0)
        throw docker_archive_wrong(`tar can't unpack it: ${stderr.trim().split("\n").at(-1) ?? ""}`);
    const { configPath, layers } = await readManifest(folder, files);
    const config = await files.read(docker_archive_inside(folder, configPath));
    if (config === undefined)
        throw docker_archive_wrong(`it lacks ${configPath}`);
    const { platform, diffIds } = docker_archive_readConfig(config);
    if (diffIds.length !== layers.length)
        throw docker_archive_wrong("its config tells of other layers than it holds");
    const stored = [];
    for (const [index, diffId] of diffIds.entries()) {
        stored.push(await storeLayer(docker_archive_inside(folder, layers[index] ?? ""), diffId, layout, files));
    }
    const manifest = await storeJson(mediaTypes.manifest, layout, files, {
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: await storeBytes(configType, config, layout, files),
        layers: stored,
    });
    await files.remove(folder);
    return { platform, manifest };
}
/** Makes a layout of images, one a platform. @returns the digest of its index. */
async function finishLayout(layout, images, files) {
    const index = await storeJson(mediaTypes.index, layout, files, {
        schemaVersion: 2,
        mediaType: mediaTypes.index,
        manifests: images.map(({ platform, manifest }) => ({ ...manifest, platform: (0,oci_platform/* partsOf */.CI)(platform) })),
    });
    await files.write(`${layout}/oci-layout`, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await files.write(`${layout}/index.json`, JSON.stringify({ schemaVersion: 2, manifests: [index] }));
    return index.digest;
}
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";
async function readManifest(folder, files) {
    const parsed = docker_archive_parse(await files.read(`${folder}/manifest.json`), "manifest.json");
    const [image, ...others] = Array.isArray(parsed) ? parsed : [];
    if (others.length > 0)
        throw docker_archive_wrong("it holds several images");
    const configPath = field(image, "Config");
    const layers = field(image, "Layers");
    if (typeof configPath !== "string" || !isTexts(layers))
        throw docker_archive_wrong("its manifest.json names no image");
    return { configPath, layers };
}
function docker_archive_readConfig(bytes) {
    const config = docker_archive_parse(bytes, "config");
    const [os, architecture, variant] = ["os", "architecture", "variant"].map((name) => field(config, name));
    const diffIds = field(field(config, "rootfs"), "diff_ids");
    if (typeof os !== "string" || typeof architecture !== "string")
        throw docker_archive_wrong("its config names no platform");
    if (!isTexts(diffIds) || !diffIds.every(oci_digest/* isDigest */.Bc))
        throw docker_archive_wrong("its config names no layers");
    const parts = { os, architecture, ...(typeof variant === "string" ? { variant } : {}) };
    return { platform: (0,oci_platform/* platformOf */.tj)(parts), diffIds };
}
/** Two layers may be the same; then the second is there already. */
async function storeLayer(path, digest, layout, files) {
    const blob = docker_archive_blobPath(layout, digest);
    const known = await files.look(Buffer.from(blob));
    const look = known ?? (await files.look(Buffer.from(path)));
    if (look?.kind !== "file")
        throw docker_archive_wrong(`a layer of it is ${look === undefined ? "missing" : `a ${look.kind}`}`);
    if (known === undefined) {
        await files.makeDirectory(external_node_path_.posix.dirname(blob));
        await files.move(path, blob);
    }
    return { mediaType: layerType, digest, size: look.size };
}
function storeJson(mediaType, layout, files, value) {
    return storeBytes(mediaType, new TextEncoder().encode(JSON.stringify(value)), layout, files);
}
async function storeBytes(mediaType, bytes, layout, files) {
    const digest = (0,oci_digest/* digestOf */.ol)(bytes);
    const path = docker_archive_blobPath(layout, digest);
    await files.makeDirectory(external_node_path_.posix.dirname(path));
    await files.write(path, bytes);
    return { mediaType, digest, size: bytes.length };
}
function docker_archive_blobPath(layout, digest) {
    return `${layout}/blobs/${digest.replace(":", "/")}`;
}
/** tar keeps what it unpacks in its folder; what the manifest names has to lie there too. */
function docker_archive_inside(folder, path) {
    const normal = external_node_path_.posix.normalize(path);
    if (path === "" || external_node_path_.posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../")) {
        throw docker_archive_wrong(`it names "${path}", which lies outside of it`);
    }
    return external_node_path_.posix.join(folder, normal);
}
function docker_archive_parse(bytes, what) {
    if (bytes === undefined)
        throw docker_archive_wrong(`it has no ${what}`);
    try {
        return JSON.parse(new TextDecoder().decode(bytes));
    }
    catch (cause) {
        throw docker_archive_wrong(`its ${what} is no JSON: ${(0,src_errors/* messageOf */.bD)(cause)}`);
    }
}
function field(value, name) {
    return typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? value[name]
        : undefined;
}
function isTexts(value) {
    return Array.isArray(value) && value.every((each) => typeof each === "string");
}
function docker_archive_wrong(why) {
    return new src_errors/* UserError */.yo(`what Nix made is no archive of an image: ${why}`, {
        hint: "let the Nix file be what pkgs.dockerTools.buildImage, buildLayeredImage or streamLayeredImage gives",
    });
}

;// CONCATENATED MODULE: ./src/build/nix-build.ts
/** Runs nix-build, and gets the archive of an image out of what it made. */





/**
 * Builds the expression and returns the path of a docker-archive (dockerTools.buildImage, buildLayeredImage): what it made, or
 * what the program that it made writes (streamLayeredImage).
 * @throws UserError where Nix is missing, BuildError where it fails, and where it makes something else.
 */
async function nixArchive(build, deps) {
    const { image, nixFile, folder } = build;
    const at = { file: nixFile };
    const made = await runNixBuild(build, deps);
    const look = await deps.files.look(Buffer.from(made));
    if (look?.kind === "directory")
        throw notAnImage(image, `made the folder ${external_node_path_.posix.basename(made)}`, at);
    if (look?.kind !== "file" || look.size > largestProgram || !look.isExecutable || !(await isProgram(look)))
        return made;
    const archive = `${folder}/archive.tar`;
    const { code, stderr } = await deps.processes.run(made, [], {
        ...{ env: deps.nixEnvironment, cwd: folder, signal: deps.signal, stdoutFile: archive },
    });
    if (code === 0)
        return archive;
    throw nix_build_failed(image, `the program that Nix made ended with exit code ${code}`, stderr.split("\n"), deps.workspace, at);
}
/** streamLayeredImage makes a few lines of shell or Python. */
const largestProgram = 65_536;
async function isProgram(look) {
    return (Buffer.from(await look.content())
        .subarray(0, 2)
        .toString() === "#!");
}
async function runNixBuild({ image, nixFile, platform, folder }, deps) {
    const at = { file: nixFile };
    const lines = [];
    const args = ["--out-link", `${folder}/result`, ...systemOptions(platform), `./${nixFile}`];
    const { code, stdout } = await nixRun(image, args, lines, deps);
    const paths = new TextDecoder()
        .decode(stdout)
        .split("\n")
        .filter((line) => line !== "");
    const [made, ...others] = paths;
    deps.log.group(`${image}: ${code === 0 ? "built" : "failed"} by nix-build${platform === undefined ? "" : ` for ${platform}`}`, lines);
    if (code !== 0)
        throw nix_build_failed(image, `nix-build ended with exit code ${code}`, lines, deps.workspace, at);
    if (made === undefined || others.length > 0)
        throw notAnImage(image, `makes ${paths.length} things`, at);
    return made;
}
async function nixRun(image, args, lines, deps) {
    const { nixEnvironment: env, workspace: cwd, signal, processes } = deps;
    const onLine = (line, stream) => {
        if (stream === "stderr")
            lines.push(shortLine(line));
        if (lines.length > 1_000)
            lines.splice(0, 500);
    };
    try {
        return await processes.run("nix-build", args, { env, cwd, signal, onLine });
    }
    catch (cause) {
        // The only thing that is wrong before it runs is that it can't be run.
        if (!(cause instanceof src_errors/* UserError */.yo))
            throw cause;
        throw new src_errors/* UserError */.yo(`${image} is made by Nix, and ${cause.message}`, {
            hint: "install Nix in a step before this one, or set `variant: dockerfile` where only Dockerfiles are to be built",
            cause,
        });
    }
}
const machines = {
    amd64: "x86_64",
    arm64: "aarch64",
    "386": "i686",
    "arm/v7": "armv7l",
    "arm/v6": "armv6l",
    ppc64le: "powerpc64le",
};
/** What `builtins.currentSystem` is, and that this machine may build for it (nix.conf(5), "system", "extra-platforms"). */
function systemOptions(platform) {
    if (platform === undefined)
        return [];
    const { os, architecture, variant } = (0,oci_platform/* partsOf */.CI)(platform);
    const name = variant === undefined ? architecture : `${architecture}/${variant}`;
    const system = `${machines[name] ?? architecture}-${os}`;
    return ["--option", "system", system, "--option", "extra-platforms", system];
}
function notAnImage(image, what, at) {
    return new src_errors/* UserError */.yo(`${image} could not be built: its Nix file ${what}, where one archive of an image is wanted`, {
        hint: "let it be what pkgs.dockerTools.buildImage, buildLayeredImage or streamLayeredImage gives",
        at,
    });
}
const nix_build_quotedLines = 5;
function nix_build_failed(image, what, lines, workspace, at) {
    const said = lines.map((line) => shortLine(line)).filter((line) => line.trim() !== "");
    const output = said.slice(-200);
    const quoted = output.slice(-nix_build_quotedLines).map((line) => `  ${line}`);
    return new BuildError([`${image} could not be built: ${what}`, ...quoted].join("\n"), {
        category: "command",
        hint: "see the lines of nix-build above, and mend the expression or what it needs",
        at: placeIn(said, workspace) ?? at,
        output,
        cause: undefined,
    });
}
/** Nix says `at /checkout/images/a/default.nix:3:5:`; the first such place in the checkout. */
function placeIn(lines, workspace) {
    for (const line of lines) {
        const [, path = "", row, column] = /(?:^|\s)(\/\S+?\.nix):(\d+)(?::(\d+))?/.exec(line) ?? [];
        if (!path.startsWith(`${workspace}/`) || row === undefined)
            continue;
        const file = path.slice(workspace.length + 1);
        return { file, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }) };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/build/nix.ts
/**
 * Images that Nix makes: nix-build gives an archive, and a Dockerfile of one line hands it to BuildKit. So these images get
 * their labels, annotations, attestations and their place in the registry as all others do.
 */





/** By which the one line takes the archive's image. */
const nix_contextName = "nix-image";
/**
 * Builds an image with Nix, for each platform after the other. @returns the build that is left to do: in `folder`, absolute.
 * @throws UserError as `nixArchive`, and where the image is not for the platform that was asked for.
 */
async function builtByNix(planned, folder, deps) {
    const { name: image, dockerfile: nixFile } = planned;
    const layout = `${folder}/nix`;
    const wanted = planned.platforms.length === 0 ? [undefined] : planned.platforms;
    const images = [];
    for (const [index, platform] of wanted.entries()) {
        const own = `${folder}/nix-${index}`;
        await deps.files.makeDirectory(own);
        const archive = await nixArchive({ image, nixFile, platform, folder: own }, deps);
        const made = await unpackArchive(archive, `${own}/archive`, layout, deps);
        if (platform !== undefined && !isFor(made.platform, platform))
            throw wrongPlatform(planned, platform, made.platform);
        images.push({ ...made, platform: platform ?? made.platform });
        // An archive that was streamed is as large as the image.
        await deps.files.remove(`${own}/archive.tar`);
    }
    const digest = await finishLayout(layout, images, deps.files);
    const context = `${folder}/nix-context`;
    await deps.files.makeDirectory(context);
    await deps.files.write(`${context}/Dockerfile`, `FROM ${nix_contextName}\n`);
    return {
        ...planned,
        context,
        dockerfile: `${context}/Dockerfile`,
        platforms: images.map(({ platform }) => platform),
        contexts: [
            {
                kind: "elsewhere",
                name: nix_contextName,
                value: `oci-layout://${reachableLayout(layout, deps.workspace)}@${digest}`,
            },
        ],
        fresh: false,
    };
}
/** Nix tells no variants. */
function isFor(made, wanted) {
    const [of, asked] = [(0,oci_platform/* partsOf */.CI)(made), (0,oci_platform/* partsOf */.CI)(wanted)];
    return of.os === asked.os && of.architecture === asked.architecture;
}
function wrongPlatform({ name, dockerfile }, wanted, made) {
    return new src_errors/* UserError */.yo(`${name} was to be built for ${wanted}, and Nix made it for ${made}`, {
        hint: "let the expression take its system from builtins.currentSystem, as <nixpkgs> does, or set `platforms` of the image in the config file",
        at: { file: dockerfile },
    });
}

;// CONCATENATED MODULE: ./src/build/build-image.ts
/** Builds one image: runs buildx, follows what it says, and takes nothing for done but a digest that can be read back. */













/**
 * Builds and pushes by digest alone (or into a layout). A registry that was busy and a builder that ended are tried again
 * after a pause, a cache that holds the build up is left out.
 * @throws BuildError (a UserError with category and line) when the build failed; the signal's reason when it was aborted.
 */
async function buildImage(planned, sources, deps) {
    const started = deps.clock.now().getTime();
    const seconds = () => (deps.clock.now().getTime() - started) / 1000;
    const folder = `${deps.temp}/${folderName(planned.name)}`;
    await deps.files.makeDirectory(folder);
    const build = planned.variant === "nix" ? await builtByNix(planned, folder, deps) : planned;
    const reachable = reachableSources(sources, deps.workspace);
    for (let attempt = 0;; attempt++) {
        const builder = deps.builder.name();
        const paths = { layout: `${folder}/layout`, metadata: `${folder}/metadata-${attempt}.json` };
        const args = buildArguments(withUsableCache(build, deps.cache), reachable, builder, deps.settings, paths);
        const built = await runBuildx(planned.name, args, seconds, () => deps.cache.hangs(builder), deps);
        const digest = await madeDigest(built, paths.metadata, deps.files);
        await heedCache(built, builder, deps);
        if (digest !== undefined) {
            deps.lint.tell(planned.dockerfile, built.progress.warnings());
            const made = await candidateOf(digest, planned, sources, built.progress, paths.layout, deps);
            const steps = built.progress.steps();
            const counts = `${steps.executed} ${steps.executed === 1 ? "step" : "steps"} ran, ${steps.cached} from cache`;
            deps.log.group(`${planned.name}: built in ${formatDuration(seconds())}, ${counts}`, built.progress.lines());
            return { ...made, seconds: seconds(), steps };
        }
        // Without its cache it is another build, and not one that failed.
        if (built.stalled !== undefined)
            continue;
        const error = built.code === 0 ? noDigest(planned) : failureOf(planned, built);
        const pause = error instanceof BuildError ? pausesAfter(error.category)[attempt] : undefined;
        if (pause === undefined) {
            deps.lint.tell(planned.dockerfile, built.progress.warnings());
            deps.log.group(`${planned.name}: failed after ${formatDuration(seconds())}`, build_image_failureBlock(built));
            throw error;
        }
        deps.log.info(`${error.message}; trying again in ${formatDuration(pause / 1000)}`);
        await deps.clock.sleep(pause, deps.signal);
    }
}
function withUsableCache(planned, cache) {
    return cache.isGivenUp() ? { ...planned, cache: { from: [], to: [] } } : planned;
}
/** A cache that held one build up would hold up the next one too. */
async function heedCache({ stalled, progress }, used, deps) {
    const refused = refusedByCache(progress);
    if (refused !== undefined)
        deps.cache.giveUp(refused);
    if (stalled === undefined)
        return;
    deps.cache.giveUp(`it said nothing any more (${stalled})`, stalled === "import" ? used : undefined);
    // What waits for the cache in there waits on, and with it every build that shares a step.
    if (stalled === "import")
        await deps.builder.replace(used);
}
/** By the metadata file; where only the cache was left to be written, by what was exported before. */
async function madeDigest({ code, stalled, progress }, metadata, files) {
    if (stalled !== undefined)
        return exportedDigest(progress);
    return code === 0 ? digestIn(await files.read(metadata)) : undefined;
}
async function candidateOf(digest, planned, sources, progress, layout, deps) {
    const to = destination(planned, deps.settings.push);
    const read = to === "layout" ? layoutReader(deps.files, layout) : (each) => deps.manifests(to, each);
    const bases = resolvedBases(progress);
    return {
        digest,
        layout: to === "layout" ? layout : undefined,
        platforms: await readContents(digest, planned.platforms, read),
        bases,
        baseAnnotations: baseAnnotations(planned, sources, bases),
    };
}
function failureOf({ name, dockerfile, at }, { code, text, progress }) {
    return diagnose({ image: name, dockerfile, at, code, text, step: progress.failed(text.join("\n")) });
}
/** Everything that helps to see what went wrong, and only then: the steps, the broken one's output, BuildKit's words. */
function build_image_failureBlock({ progress, text }) {
    const output = progress.failed(text.join("\n"))?.output ?? [];
    return [...progress.lines(), ...output.map((line) => `    ${line}`), ...text.map((line) => shortLine(line))];
}
/** The digest in buildx's metadata file; exit code 0 alone proves nothing. */
function digestIn(metadata) {
    if (metadata === undefined)
        return undefined;
    try {
        const parsed = JSON.parse(new TextDecoder().decode(metadata));
        if (typeof parsed !== "object" || parsed === null || !("containerimage.digest" in parsed))
            return undefined;
        const found = parsed["containerimage.digest"];
        return typeof found === "string" && (0,oci_digest/* isDigest */.Bc)(found) ? found : undefined;
    }
    catch {
        return undefined;
    }
}
function noDigest(planned) {
    return new src_errors/* UserError */.yo(`${planned.name} could not be built: buildx ended well but made no image`, {
        hint: "check that `target` and the Dockerfile's last stage give an image, and that buildx is a released version",
        at: planned.at,
    });
}
/** A name for a folder that neither leaves its parent nor means anything to buildx's own syntax, one for each image. */
function folderName(image) {
    return `${image.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60)}-${(0,oci_digest/* digestOf */.ol)(image).slice(-8)}`;
}

;// CONCATENATED MODULE: ./src/walk.ts
/**
 * Runs a function over a graph, parents first: as soon as a node's parents are done it may start, several at once, and a
 * failure stops only what depends on it. Knows nothing of images.
 */
/**
 * The outcome of every node, in the graph's order; never rejects for what `visit` throws. A node that rejects with the
 * signal's own reason was cancelled, every other rejection is a failure.
 * @throws Error when names are not unique, a parent is no node, or the graph has a cycle: a defect of the caller.
 */
async function walk(graph, visit, options) {
    const heights = longestPaths(graph);
    const priority = options.priority ?? ((node) => heights.get(node.name) ?? 0);
    const outcomes = new Map();
    const waiting = byPriority(graph, priority);
    const running = new Map();
    const start = (node) => {
        waiting.delete(node);
        running.set(node.name, settle(() => visit(node, valuesOf(node, outcomes)), options.signal).then((outcome) => {
            outcomes.set(node.name, outcome);
            running.delete(node.name);
        }));
    };
    for (;;) {
        closeHopeless(waiting, outcomes);
        for (const node of waiting) {
            if (options.signal.aborted || running.size >= Math.max(1, options.concurrency))
                break;
            if (node.parents.every((parent) => outcomes.get(parent)?.kind === "done"))
                start(node);
        }
        if (running.size === 0)
            break;
        await Promise.race(running.values());
    }
    for (const node of waiting)
        outcomes.set(node.name, { kind: "cancelled" });
    return new Map(graph.map((node) => [node.name, outcomes.get(node.name) ?? { kind: "cancelled" }]));
}
/**
 * The priority that keeps the chain waiting least which takes longest: the seconds from a node's start to the end of all that
 * depends on it. `seconds` says how long a node took the last time; where it doesn't know, a node is taken for as long as the
 * median of those that it knows, and for one second where it knows none.
 * @throws Error as `walk` does.
 */
function longestFirst(graph, seconds) {
    const known = graph.flatMap(({ name }) => walk_usable(seconds(name)) ?? []).sort((a, b) => a - b);
    const otherwise = known[Math.floor(known.length / 2)] ?? 1;
    const lengths = longestPaths(graph, ({ name }) => walk_usable(seconds(name)) ?? otherwise);
    return ({ name }) => lengths.get(name) ?? 0;
}
/** Durations come from what was published once; one that is none must not upset the order. */
function walk_usable(seconds) {
    return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
/**
 * For each node the weight of the heaviest chain that starts with it and leads down to a node without children; a node
 * weighs 1 unless told. Given durations in seconds it says how long the rest of a walk takes at least.
 * @throws Error as `walk` does.
 */
function longestPaths(graph, weight = () => 1) {
    const children = childrenOf(graph);
    const lengths = new Map();
    for (const node of topological(graph, children).reverse()) {
        const below = (children.get(node.name) ?? []).map((child) => lengths.get(child.name) ?? 0);
        lengths.set(node.name, weight(node) + below.reduce((most, each) => Math.max(most, each), 0));
    }
    return lengths;
}
async function settle(work, signal) {
    try {
        return { kind: "done", value: await work() };
    }
    catch (error) {
        return signal.aborted && error === signal.reason ? { kind: "cancelled" } : { kind: "failed", error };
    }
}
function valuesOf(node, outcomes) {
    const values = new Map();
    for (const parent of node.parents) {
        const outcome = outcomes.get(parent);
        if (outcome?.kind === "done")
            values.set(parent, outcome.value);
    }
    return values;
}
/** Gives every waiting node that can never start its outcome: below a failure blocked, below a cancelled one cancelled. */
function closeHopeless(waiting, outcomes) {
    for (let closed = true; closed;) {
        closed = false;
        for (const node of waiting) {
            const outcome = inherited(node, outcomes);
            if (outcome === undefined)
                continue;
            outcomes.set(node.name, outcome);
            waiting.delete(node);
            closed = true;
        }
    }
}
function inherited(node, outcomes) {
    let cancelled = false;
    for (const parent of node.parents) {
        const outcome = outcomes.get(parent);
        if (outcome?.kind === "failed")
            return { kind: "blocked", by: parent };
        if (outcome?.kind === "blocked")
            return outcome;
        cancelled ||= outcome?.kind === "cancelled";
    }
    return cancelled ? { kind: "cancelled" } : undefined;
}
function byPriority(graph, priority) {
    const ranked = graph.map((node) => ({ node, rank: priority(node) }));
    return new Set(ranked.sort((a, b) => b.rank - a.rank).map(({ node }) => node));
}
function childrenOf(graph) {
    const children = new Map(graph.map((node) => [node.name, []]));
    if (children.size !== graph.length)
        throw new Error("two nodes of the graph have the same name");
    for (const node of graph) {
        for (const parent of new Set(node.parents)) {
            const siblings = children.get(parent);
            if (siblings === undefined)
                throw new Error(`${node.name} depends on ${parent}, which is not in the graph`);
            siblings.push(node);
        }
    }
    return children;
}
function topological(graph, children) {
    const missing = new Map(graph.map((node) => [node.name, new Set(node.parents).size]));
    const order = graph.filter((node) => missing.get(node.name) === 0);
    for (const node of order) {
        for (const child of children.get(node.name) ?? []) {
            const left = (missing.get(child.name) ?? 0) - 1;
            missing.set(child.name, left);
            if (left === 0)
                order.push(child);
        }
    }
    if (order.length < graph.length)
        throw new Error("the graph has a cycle");
    return order;
}

// EXTERNAL MODULE: ./src/publish/max-size.ts
var max_size = __webpack_require__(39491);
;// CONCATENATED MODULE: ./src/commands/gate.ts





/** `parents` are those of this run that it is built on. */
async function passGate(planned, candidate, parents, rules) {
    const [size, scan] = await Promise.all([
        tooLargeFor(planned, candidate, rules),
        rules.scanning?.judge(planned, candidate),
    ]);
    const found = scan && heldBy(scan);
    if (size !== undefined && found !== undefined)
        return { kind: "held", error: new src_errors/* Problems */.Zw([size, found]) };
    const error = size ?? found;
    return error === undefined ? throughParents(planned, candidate, scan, parents, rules) : { kind: "held", error };
}
/**
 * Bytes that are published passed the gate once, by what was known then, or unseen; they pass it again where a tag would go from
 * other bytes to them, and where they are released.
 */
async function passAgain(planned, parents, rules) {
    const [repository] = planned.repositories;
    const { registry, scanning } = rules;
    if (repository === undefined || scanning === undefined || !(await replaces(planned, repository, registry))) {
        return behind(parents);
    }
    const found = await registry.manifest(repository, planned.digest);
    const bases = found === undefined ? {} : (holdingOf(found).record?.bases ?? {});
    const made = {
        digest: planned.digest,
        layout: undefined,
        platforms: await readPlatforms(registry, repository, planned.digest),
        bases: Object.entries(bases).map(([name, digest]) => ({ name, digest })),
    };
    const scan = await scanning.judge(planned, made);
    const error = heldBy(scan);
    return error === undefined ? throughParents(planned, made, scan, parents, rules) : { kind: "held", error };
}
/** Whether other bytes lose a tag to it, or a version gets its name. */
async function replaces({ release, tags, digest }, repository, registry) {
    if (release !== null)
        return true;
    const held = await Promise.all(tags.filter(({ moves }) => moves).map(({ tag }) => registry.head(repository, tag)));
    return held.some((each) => each !== undefined && each !== digest);
}
/** While it waited, other bytes may have come to be published: what passed for them may not pass for these. */
async function throughParents(planned, made, scan, parents, { scanning }) {
    const passage = await behind(parents);
    if (passage.kind !== "passed" || scan === undefined || scanning === undefined)
        return passage;
    const error = heldBy(await scanning.confirm(planned, made, scan));
    return error === undefined ? passage : { kind: "held", error };
}
async function behind(parents) {
    for (const [name, passage] of parents) {
        const above = await passage;
        if (above.kind !== "passed")
            return { kind: "blocked", by: above.kind === "blocked" ? above.by : name };
    }
    return { kind: "passed" };
}
async function tooLargeFor(planned, { platforms }, { maxSize, registry }) {
    if (maxSize === undefined || (0,max_size/* oversized */.ad)(platforms, maxSize).length === 0)
        return undefined;
    return (0,max_size/* tooLarge */.g$)(planned.name, maxSize, (0,max_size/* oversized */.ad)(platforms, maxSize, await publishedNow(planned, registry)));
}
/** What the candidate would take the place of; nothing where nobody can tell, as it is only told beside. */
async function publishedNow({ repositories: [repository], tags }, registry) {
    const moving = tags.filter(({ moves }) => moves).map(({ tag }) => tag);
    if (repository === undefined)
        return [];
    try {
        const found = await publishedDigest(registry, repository, moving);
        return found === undefined ? [] : await readPlatforms(registry, repository, found);
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return [];
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/publish/promotion.ts


/** What tags hold, each read when it is asked for; what a digest says of itself is read once. */
function holdersIn({ registry, repository }) {
    const known = new Map();
    return async (tag) => {
        const digest = await registry.head(repository, tag);
        if (digest === undefined)
            return undefined;
        const read = async () => {
            const found = await registry.manifest(repository, digest);
            return found && readHolding(found, repository, registry);
        };
        const holding = known.get(digest) ?? read();
        known.set(digest, holding);
        // Deleted between two questions: what it was is not known any more.
        return (await holding) ?? { digest, platforms: [], record: undefined, revision: undefined };
    };
}
function historyIn({ history, registry, repository }) {
    return { ...history, published: async () => (await registry.tags(repository)) ?? [] };
}
async function promotion_put(manifest, tag, { registry, repository }) {
    await registry.putManifest(repository, manifest, tag);
}
/** All of them, whatever becomes of one; then the first that failed. */
async function promotion_together(calls) {
    const ended = await Promise.allSettled(calls);
    return ended.map((each) => {
        if (each.status === "rejected")
            throw each.reason;
        return each.value;
    });
}
function told({ tag }, verdict, digest, { repository }) {
    switch (verdict.kind) {
        case "there":
            return { repository, tag, digest, outcome: "already-there" };
        case "free":
            return { repository, tag, digest, outcome: "put" };
        case "moves":
            return { repository, tag, digest, outcome: "put", ...(verdict.remark && { because: verdict.remark }) };
        case "stays":
        case "unknown":
            return { repository, tag, digest, outcome: "held", because: verdict.why };
    }
}
function overtaken(tag, wanted, now, { repository }) {
    return new RegistryError("invalid", `${repository}:${tag} was put on ${wanted} and names ${now ?? "something else"}`, {
        hint: "another run may publish at the same time: give the workflow a `concurrency` group, and run again",
    });
}

;// CONCATENATED MODULE: ./src/publish/move-tags.ts
/**
 * Tags that move. A registry can't compare and swap: each is read directly before it is put, and again after more than the time
 * in which another run may have read what was there before; then the newer one puts its own again.
 */



async function moveAll(tags, target, promotion, done) {
    const written = await promotion_together(tags.map((tag) => move(tag, target, promotion, done)));
    return written.filter((each) => each !== undefined);
}
async function move(tag, target, promotion, done, round = 0) {
    const { clock } = promotion;
    const history = historyIn(promotion);
    const holder = await holdersIn(promotion)(tag.tag);
    const verdict = await judge(tag, holder, target.digest, promotion.mover, history);
    if (verdict.kind === "unknown")
        throw unknownAncestry(tag.tag, verdict.why, promotion);
    if (verdict.kind === "there" || verdict.kind === "stays") {
        done.push(told(tag, verdict, holder?.digest ?? target.digest, promotion));
        return undefined;
    }
    // What the judgement took may have been long: what counts is what the tag names now.
    const before = clock.now().getTime();
    const now = await promotion.registry.head(promotion.repository, tag.tag);
    if (now !== holder?.digest) {
        if (round === mostRounds)
            throw overtaken(tag.tag, target.digest, now, promotion);
        await clock.sleep(pauseBetween * round);
        return move(tag, target, promotion, done, round + 1);
    }
    await promotion_put(target, tag.tag, promotion);
    done.push(told(tag, verdict, target.digest, promotion));
    return { tag, window: clock.now().getTime() - before };
}
/** More rounds than runs that could publish at once. */
const mostRounds = 8;
/** A registry of several machines may answer in turn what it was and what it is: milliseconds, more each time. */
const pauseBetween = 250;
/** Reads what was put once more, after another run that read what was there before has put its own. */
async function move_tags_settle(written, target, promotion, done) {
    let open = written;
    for (let round = 0; open.length > 0; round++) {
        if (round === mostRounds)
            throw overtaken(open[0]?.tag.tag, target.digest, undefined, promotion);
        await promotion.clock.sleep(2 * Math.max(...open.map(({ window }) => window)) + 1);
        open = (await promotion_together(open.map((each) => move_tags_settled(each, target, promotion, done)))).filter((each) => each !== undefined);
    }
}
/** What has to be looked at again, as it was put again. */
async function move_tags_settled({ tag }, target, promotion, done) {
    const holder = await holdersIn(promotion)(tag.tag);
    const verdict = await judge(tag, holder, undefined, promotion.mover, historyIn(promotion));
    const higher = verdict.kind === "stays" ? verdict.higher : undefined;
    if (holder?.digest === target.digest && higher === undefined)
        return undefined;
    forget(tag.tag, done);
    if (verdict.kind === "free" || verdict.kind === "moves")
        return move(tag, target, promotion, done);
    // A higher release is up, whose own run saw the tag before we put it: the tag goes where it belongs.
    const better = higher && (await promotion.registry.manifest(promotion.repository, higher.tag));
    if (better === undefined || better.digest === holder?.digest) {
        done.push(told(tag, verdict, holder?.digest ?? target.digest, promotion));
        return undefined;
    }
    const before = promotion.clock.now().getTime();
    await promotion_put(better, tag.tag, promotion);
    done.push(told(tag, verdict, better.digest, promotion));
    return { tag, window: promotion.clock.now().getTime() - before };
}
function forget(tag, done) {
    const at = done.findIndex((each) => each.tag === tag);
    if (at >= 0)
        done.splice(at, 1);
}
function unknownAncestry(tag, why, { repository }) {
    return new src_errors/* UserError */.yo(`${repository}:${tag} was not moved: ${why}`, {
        hint: "check out with `fetch-depth: 0`, or give `token` the right to read the repository; `move: any` moves it whatever it holds",
    });
}

;// CONCATENATED MODULE: ./src/oci/annotated-index.ts
/** Indexes that we make ourselves: the manifests of another one, under other annotations. */



/**
 * An index over the very same manifests, in the same order, whose annotations are these alone: what goes over from the other
 * one's `document.annotations` is the caller's choice. The same arguments give the same bytes. Docker's list becomes an OCI
 * index, as it knows no annotations. Where nothing changes the bytes stay what they are. @throws UserError for what is no index.
 */
function annotatedIndex(of, annotations) {
    const parsed = parseManifest(of.bytes, of.mediaType);
    if (parsed.kind !== "index") {
        throw new src_errors/* UserError */.yo("a lone manifest has no index whose annotations could be replaced", {
            hint: "publish the image as an index, as every image is that this action builds",
        });
    }
    if (parsed.mediaType === mediaTypes.index && areSame(parsed.annotations, annotations)) {
        return { bytes: of.bytes, mediaType: parsed.mediaType, digest: (0,oci_digest/* digestOf */.ol)(of.bytes) };
    }
    // Parsed once more for what our reading of it leaves out: a subject, an artifact type, what a later specification adds.
    const whole = JSON.parse(new TextDecoder().decode(of.bytes));
    const { annotations: _, ...document } = whole;
    const sorted = Object.entries(annotations).sort(([one], [other]) => (one < other ? -1 : 1));
    const made = {
        ...document,
        mediaType: mediaTypes.index,
        ...(sorted.length === 0 ? {} : { annotations: Object.fromEntries(sorted) }),
    };
    const bytes = new TextEncoder().encode(JSON.stringify(made, undefined, 2));
    return { bytes, mediaType: mediaTypes.index, digest: (0,oci_digest/* digestOf */.ol)(bytes) };
}
function areSame(one, other) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

;// CONCATENATED MODULE: ./src/publish/recorded-index.ts
/** Indexes that say of themselves what they were made from. */



/**
 * The same manifests in an index with this record, in place of any that it had, and with what else is to be said of it.
 * @throws UserError when it is no index.
 */
function withRecord(index, record, more = {}) {
    const kept = Object.entries(index.document.annotations).filter(([key]) => !isOfRecord(key));
    const made = annotatedIndex(index, { ...Object.fromEntries(kept), ...more, ...recordAnnotations(record) });
    return { ...made, document: parseManifest(made.bytes, made.mediaType) };
}
/** What was published for an earlier commit, as this run's commit publishes it again. */
function withRevision(index, record, { commit, ref }) {
    return withRecord(index, { ...record, revision: commit, ref });
}

;// CONCATENATED MODULE: ./src/publish/promote.ts
/** Promotion: an existing digest gets its tags. What has a tag is what people pull, so the order is the point here. */









/**
 * Puts the tags on the digest: exact tags first, then moving ones, `latest` last, and none of a step before all of the step
 * before it are there. So a run that ends anywhere leaves no moving tag on an image that cannot be named exactly.
 * Never rejects for what is the registry's fault: tags that were put by then are told with the error.
 */
async function promote_promote(promotion) {
    const done = [];
    let digest = promotion.digest;
    try {
        const { registry, repository } = promotion;
        const found = await registry.manifest(repository, promotion.digest);
        if (found === undefined)
            throw missingManifest(repository, promotion.digest);
        const [exact, moving, latest] = promote_steps(promotion.tags);
        const holders = holdersIn(promotion);
        const subject = await revised(found, [...moving, ...latest], holders, promotion);
        digest = subject.digest;
        await putAll([...exact, ...sourceTags(promotion, exact)], subject, holders, promotion, done);
        const target = await moved(subject, promotion);
        digest = target.digest;
        const written = [];
        for (const step of [moving, latest])
            written.push(...(await moveAll(step, target, promotion, done)));
        await move_tags_settle(written, target, promotion, done);
        return { digest, tags: shown(done, promotion), error: undefined };
    }
    catch (error) {
        if (!(error instanceof src_errors/* UserError */.yo))
            throw error;
        return { digest, tags: shown(done, promotion), error };
    }
}
/** What promotion would put the tags on, stored in the repository. Where that can't be told, the digest: promotion tells why. */
async function subjectOf(promotion) {
    const { registry, repository, digest, tags } = promotion;
    try {
        const found = await registry.manifest(repository, digest);
        if (found === undefined)
            return digest;
        const moving = tags.filter(({ moves }) => moves);
        return (await revised(found, moving, holdersIn(promotion), promotion)).digest;
    }
    catch (error) {
        if (error instanceof src_errors/* UserError */.yo)
            return digest;
        throw error;
    }
}
/** Tags of one step may be put side by side. */
function promote_steps(tags) {
    const isLatest = ({ tag, moves }) => moves && tag === "latest";
    return [
        tags.filter(({ moves }) => !moves),
        tags.filter((each) => each.moves && !isLatest(each)),
        tags.filter(isLatest),
    ];
}
function sourceTags({ sourceHash, mover }, exact) {
    // Nothing that a pull request made is ever found again.
    if (sourceHash === null || (0,run_context/* isPullRequestRef */.wv)(mover.ref))
        return [];
    const tag = sourceTag(sourceHash);
    return exact.some((each) => each.tag === tag) ? [] : [{ tag, moves: false, of: "content" }];
}
/** The tag of the source hash is nobody's business but ours. */
function shown(tags, { tags: asked }) {
    const names = new Set(asked.map(({ tag }) => tag));
    return tags.filter(({ tag }) => names.has(tag));
}
/**
 * What the tags are put on. Bytes that were published for an earlier commit, as after a revert, would let a slow run of a
 * commit in between pass for newer: where a moving tag holds such a commit's image, they get an index with this run's revision.
 */
async function revised(found, moving, holderOf, { mover, history, registry, repository }) {
    const { record } = holdingOf(found);
    if (record === undefined || record.revision === mover.commit || mover.release || mover.mayGoBack)
        return found;
    for (const { tag } of moving) {
        const holder = await holderOf(tag);
        if (holder?.revision === undefined || holder.digest === found.digest)
            continue;
        const position = await history.position(record.revision, holder.revision);
        if (position === "descends" || position === "same")
            continue;
        const index = withRevision(found, record, mover);
        await registry.putManifest(repository, index, index.digest);
        return index;
    }
    return found;
}
async function putAll(tags, subject, holderOf, promotion, done) {
    await promotion_together(tags.map(async (tag) => {
        const holder = await holderOf(tag.tag);
        const verdict = await judge(tag, holder, subject.digest, promotion.mover, historyIn(promotion));
        const digest = holder?.digest ?? subject.digest;
        if (verdict.kind === "there" || verdict.kind === "stays" || verdict.kind === "unknown") {
            done.push(told(tag, verdict, digest, promotion));
            return;
        }
        await promotion_put(subject, tag.tag, promotion);
        const now = await promotion.registry.head(promotion.repository, tag.tag);
        if (now !== subject.digest)
            throw overtaken(tag.tag, subject.digest, now, promotion);
        done.push(told(tag, verdict, subject.digest, promotion));
    }));
}
/** Where a release's exact tag names other bytes, the tags that move follow it: one release never names two images. */
async function moved(subject, { mover, registry, repository }) {
    if (mover.release === undefined)
        return subject;
    const found = await registry.manifest(repository, mover.release.tag);
    return found ?? subject;
}

;// CONCATENATED MODULE: ./src/commands/publish-image.ts







/** Puts the planned tags on a candidate. Never rejects for what is the user's or the registry's fault: that is an outcome. */
async function publishCandidate(planned, candidate, publishing) {
    if (candidate.layout !== undefined)
        return { planned, outcome: "built", candidate };
    const digest = await madeMeanwhile(planned, publishing);
    const made = await publishDigest(planned, digest ?? candidate.digest, publishing);
    if (made.error === undefined) {
        return { planned, outcome: "published", candidate: { ...candidate, digest: made.digest }, tags: made.tags };
    }
    if (isCancelled(made.error, publishing))
        return { planned, outcome: "cancelled" };
    return { planned, outcome: "failed", error: made.error, candidate, tags: made.tags };
}
/** Puts the planned tags on what is published already. */
async function publishAgain(planned, publishing) {
    const { digest, tags, error } = await publishDigest(planned, planned.digest, publishing);
    if (error !== undefined) {
        if (isCancelled(error, publishing))
            return { planned, outcome: "cancelled" };
        return { planned, outcome: "failed", error, tags };
    }
    const [repository] = planned.repositories;
    const platforms = repository === undefined ? [] : await readPlatforms(publishing.registry, repository, digest);
    return { planned, outcome: "promoted", image: { digest, platforms }, tags };
}
/** One repository's failure does not keep the others from their tags. */
async function publishDigest(planned, digest, publishing) {
    const { registry, clock, history, copy } = publishing;
    const [first] = planned.repositories;
    const mover = { ...publishing.mover, release: planned.release ?? undefined, platforms: planned.platforms };
    const { tags, sourceHash } = planned;
    const common = { registry, clock, digest, tags, sourceHash, mover, history };
    // Decided by the first repository for all of them, so that the digest is the same everywhere.
    const isCopied = planned.repositories.length > 1 && first !== undefined;
    const subject = isCopied ? await subjectOf({ ...common, repository: first }) : digest;
    const ended = await Promise.all(planned.repositories.map(async (repository) => {
        try {
            if (repository !== first && first !== undefined)
                await copy(subject, first, repository);
            return await promote_promote({ ...common, digest: subject, repository });
        }
        catch (error) {
            if (!(error instanceof src_errors/* UserError */.yo))
                throw error;
            return { digest: subject, tags: [], error };
        }
    }));
    return {
        digest: ended[0]?.digest ?? subject,
        tags: ended.flatMap(({ tags }) => tags),
        error: oneError(ended.flatMap(({ error }) => (error === undefined ? [] : [error]))),
    };
}
/** What another run published from the same sources while this one was building: one source hash is one image. */
async function madeMeanwhile(planned, publishing) {
    const { sourceHash } = planned;
    const [repository] = planned.repositories;
    const { registry, mover, history, started } = publishing;
    if (repository === undefined || sourceHash === null || mover.isRebuild || (0,run_context/* isPullRequestRef */.wv)(mover.ref))
        return undefined;
    try {
        const found = await registry.manifest(repository, sourceTag(sourceHash));
        const holding = found && holdingOf(found);
        if (holding === undefined || !isMadeOf(holding, planned))
            return undefined;
        // What was there before the plan was made, the plan has seen, and wants it built all the same.
        const madeAt = Date.parse(holding.record?.started ?? "");
        const isMeanwhile = madeAt >= Math.floor(started.getTime() / 1000) * 1000;
        return isMeanwhile && (await isOurs(holding, mover, history)) ? holding.digest : undefined;
    }
    catch (error) {
        // What was built is as good; the tags will tell what the registry has to say.
        if (error instanceof src_errors/* UserError */.yo)
            return undefined;
        throw error;
    }
}
function isCancelled(error, { signal }) {
    const errors = error instanceof src_errors/* Problems */.Zw ? error.problems : [error];
    return signal.aborted && errors.every((each) => each === signal.reason);
}
function oneError(errors) {
    return errors.length > 1 ? new src_errors/* Problems */.Zw(errors) : errors[0];
}

;// CONCATENATED MODULE: ./src/commands/record-candidate.ts



/**
 * The candidate as it is to be published: an index of the same manifests that says what it was made from. It is made after the
 * build, as only then the digests of its bases are known. What wasn't pushed stays as it is.
 */
async function recordCandidate(planned, candidate, { context, registry, trust }) {
    const [repository] = planned.repositories;
    // A record is the repository's own word for what an image was made from.
    if (trust.kind === "untrusted")
        return candidate;
    if (candidate.layout !== undefined || repository === undefined)
        return candidate;
    const index = await registry.manifest(repository, candidate.digest);
    if (index === undefined)
        throw missingManifest(repository, candidate.digest);
    const recorded = withRecord(index, record_candidate_recordOf(planned, candidate, context), candidate.baseAnnotations);
    await registry.putManifest(repository, recorded, recorded.digest);
    return { ...candidate, digest: recorded.digest };
}
function record_candidate_recordOf({ sourceHash, bakedVersion, args }, { bases, seconds }, context) {
    // Who sets it wants the same bytes whenever they are made.
    const isReproducible = args.SOURCE_DATE_EPOCH !== undefined;
    return {
        sourceHash,
        revision: (0,run_context/* sourceCommit */.Pr)(context),
        ref: context.ref.full,
        bakedVersion,
        bases: Object.fromEntries(bases.map(({ name, digest }) => [name, digest])),
        started: isReproducible ? null : `${context.startedAt.toISOString().slice(0, 19)}Z`,
        seconds: isReproducible ? null : Math.round(seconds),
    };
}

;// CONCATENATED MODULE: ./src/commands/walk-order.ts

/**
 * What takes longest goes first, by how long it took the last time. On a schedule the image that was rebuilt the longest ago, and
 * what it builds on: a job that meets its time limit has then done the most needed.
 */
function orderOf(graph, lately, isSchedule) {
    if (!isSchedule)
        return longestFirst(graph, (name) => lately.get(name)?.seconds ?? undefined);
    const ages = oldestBelow(graph, lately);
    return ({ name }) => ages.get(name) ?? 0;
}
/** For each node how long ago the oldest was built that is it, or that waits for it. What was never built is the oldest. */
function oldestBelow(graph, lately) {
    const ages = new Map();
    // Parents stand before their children.
    for (const { name, parents } of graph.toReversed()) {
        const started = lately.get(name)?.started;
        const own = started ? -Date.parse(started) : Number.MAX_SAFE_INTEGER;
        const age = Math.max(own, ages.get(name) ?? Number.NEGATIVE_INFINITY);
        ages.set(name, age);
        for (const parent of parents)
            ages.set(parent, Math.max(age, ages.get(parent) ?? Number.NEGATIVE_INFINITY));
    }
    return ages;
}

;// CONCATENATED MODULE: ./src/commands/walk-plan.ts
/** Walks the plan: builds every image as soon as what it needs is there, and puts its tags on it. */











function openGates({ registry, scanning, surveyed }, { inputs }) {
    const passages = new Map();
    const parents = new Map(surveyed.catalog.images.map(({ name, parents: edges }) => [name, edges.map(({ parent }) => parent)]));
    return {
        passages,
        rulesFor: (name) => ({
            maxSize: inputs.maxSize,
            registry,
            scanning: scanning.isWanted(name) ? scanning : undefined,
        }),
        above: (name) => {
            const wanted = new Set(parents.get(name));
            return new Map([...passages].filter(([each]) => wanted.has(each)));
        },
    };
}
/** What is published already needs nothing but tags: it waits for no build. */
function promoteAll(planning, session, publishing, gates) {
    const { outside } = session;
    const results = new Map();
    const run = (0,bounded/* bounded */.M)(promotionsAtOnce, ({ planned, above }) => passAgain(planned, above, gates.rulesFor(planned.name)));
    for (const planned of planning.plan.images.filter((image) => image.kind === "promote")) {
        const passage = run({ planned, above: gates.above(planned.name) });
        gates.passages.set(planned.name, passage);
        const result = passage
            .then((gate) => afterGate(gate, planned, undefined, () => publishAgain(planned, publishing)))
            .then((done) => loadPublished(done, session, planning.credentials))
            .catch((error) => walk_plan_failed(planned, error, outside.signal));
        results.set(planned.name, result);
    }
    return results;
}
const promotionsAtOnce = 8;
/** How many images are built at once at least: much of a build is waiting for networks. */
const leastConcurrency = 4;
/** The results of all images that are built, each as soon as its tags are put. */
async function walkPlan(planning, session, publishing, gates, { dependencies, complete }) {
    const { plan, registry, lately, scanning } = planning;
    const { context, outside, trust } = session;
    const { signal } = outside;
    const byName = new Map(plan.images.map((image) => [image.name, image]));
    const nodes = plan.images
        .filter((image) => image.kind === "build")
        .map((planned) => ({
        name: planned.name,
        planned,
        parents: planned.parents.map(({ name }) => name).filter((name) => byName.get(name)?.kind === "build"),
    }));
    const published = new Map();
    const outcomes = await walk(nodes, async ({ name, planned }, parents) => {
        if (scanning.isWanted(name))
            scanning.begin(planned);
        const built = await buildImage(planned, parentSources(planned, byName, parents), dependencies);
        const candidate = await recordCandidate(planned, built, { context, registry, trust });
        scanning.made(planned, candidate);
        const passage = passGate(planned, candidate, gates.above(name), gates.rulesFor(name));
        gates.passages.set(name, passage);
        // Not waited for: children need the digest alone.
        published.set(name, passage
            .then((gate) => afterGate(gate, planned, candidate, () => publishCandidate(planned, candidate, publishing)))
            .then(complete)
            .catch((error) => walk_plan_failed(planned, error, signal)));
        return candidate;
    }, {
        concurrency: Math.max(leastConcurrency, outside.parallelism),
        signal,
        priority: orderOf(nodes, lately, context.trigger.kind === "schedule"),
    });
    return new Map(nodes.map(({ name, planned }) => [name, walk_plan_resultOf(planned, outcomes.get(name), published.get(name), signal)]));
}
async function afterGate(gate, planned, candidate, publish) {
    switch (gate.kind) {
        case "passed":
            return publish();
        case "held":
            return { planned, outcome: "failed", error: gate.error, ...(candidate === undefined ? {} : { candidate }) };
        case "blocked":
            return { planned, outcome: "blocked", by: gate.by };
    }
}
async function walk_plan_resultOf(planned, outcome, published, signal) {
    switch (outcome?.kind) {
        case "done":
            return (await published) ?? { planned, outcome: "cancelled" };
        case "blocked":
            return { planned, outcome: "blocked", by: outcome.by };
        case "failed":
            return walk_plan_failed(planned, outcome.error, signal);
        default:
            return { planned, outcome: "cancelled" };
    }
}
/** A defect of ours in one image must not hide what became of the others. */
function walk_plan_failed(planned, error, signal) {
    if (signal.aborted && error === signal.reason)
        return { planned, outcome: "cancelled" };
    if (error instanceof BuildError)
        return { planned, outcome: "failed", error, output: error.output };
    if (error instanceof src_errors/* UserError */.yo)
        return { planned, outcome: "failed", error };
    const defect = new src_errors/* UserError */.yo(`${planned.name} could not be published because of a defect of image-publish`, {
        hint: "report it, with a log of a run with debug logging on",
        cause: error,
    });
    return { planned, outcome: "failed", error: defect };
}

;// CONCATENATED MODULE: ./src/commands/publish.ts









/** @throws UserError for what keeps the run from starting; what fails in it is told in the result. */
async function publish(session) {
    const started = session.outside.clock.now().getTime();
    const planning = await planRun(session, { ask: "must" });
    try {
        return await carryOut(planning, session, started);
    }
    finally {
        await planning.scanning.close();
    }
}
async function carryOut(planning, session, started) {
    const { plan, planPath } = planning;
    warn(planning.remarks, session);
    await checkPins(session.inputs.settings.checkPins, plan, session.context, session.outside.files);
    const { images, remarks } = await execute(planning, session);
    const report = await reportScans(planning, session);
    const bumped = session.inputs.settings.bump === "off"
        ? noBump
        : await bumpAfter(() => bumpPins(planning, session, images), session.outside.signal);
    const told = [...planning.remarks, ...remarks];
    return endRun({ plan, images, remarks: told, report, bumped, started, planPath }, planning, session);
}
async function execute(planning, session) {
    const { plan, registry, credentials } = planning;
    if (plan.images.every((image) => image.kind === "skip"))
        return { images: await publish_settled(plan, new Map()), remarks: [] };
    const [title = "", ...lines] = renderPlan(plan, { colour: false, width: 120 }).split("\n");
    session.outside.log.group(title, lines);
    const publishing = publishingOf(planning, session);
    const gates = openGates(planning, session);
    if (!plan.images.some((image) => image.kind === "build")) {
        return { images: await publish_settled(plan, promoteAll(planning, session, publishing, gates)), remarks: [] };
    }
    const { dependencies, complete, remarks, close } = await openBuildSession(plan, session, registry, credentials);
    warn(remarks, session);
    // Not before what may keep the run from starting.
    const promotions = promoteAll(planning, session, publishing, gates);
    try {
        const built = await walkPlan(planning, session, publishing, gates, { dependencies, complete });
        const images = await publish_settled(plan, new Map([...promotions, ...built]));
        const left = await close();
        warn(left, session);
        return { images, remarks: [...remarks, ...left] };
    }
    catch (error) {
        await close();
        throw error;
    }
}
function publishingOf({ registry, history }, session) {
    const { clock, signal } = session.outside;
    return {
        registry,
        clock,
        history,
        signal,
        mover: moverOf(session),
        started: session.context.startedAt,
        copy: async (digest, from, to) => {
            await registry.copyImage({ digest, from, to, signal });
        },
    };
}
function publish_settled({ images }, results) {
    return Promise.all(images.map((planned) => results.get(planned.name) ?? { planned, outcome: "skipped" }));
}

;// CONCATENATED MODULE: ./src/commands/scan.ts






/** @throws UserError for what keeps it from starting; what can't be scanned is told in the result. */
async function scan_scan(session) {
    const started = session.outside.clock.now().getTime();
    const prepared = await prepare(session, { all: () => true });
    try {
        return await scanPublished(prepared, session, started);
    }
    finally {
        await prepared.scanning.close();
    }
}
async function scanPublished(prepared, session, started) {
    const { mended, remarks: ofImages } = await scanAll(prepared);
    const remarks = [...prepared.surveyed.remarks, ...ofImages];
    warn(remarks, session);
    const plan = nothingPlanned(prepared, session);
    const images = plan.images.map((planned) => ({ planned, outcome: "skipped" }));
    const report = await reportScans(prepared, session);
    return endRun({ plan, images, remarks, mended, report, bumped: noBump, started, planPath: "" }, prepared, session);
}
async function scanAll({ surveyed, scanning }) {
    const chosen = surveyed.catalog.images.filter(({ name }) => !surveyed.left.has(name) && scanning.isWanted(name));
    const seen = await Promise.all(chosen.map(async (image) => {
        const found = await scanning.published(image);
        if (found !== undefined)
            return { mended: isMended(found) ? [image.name] : [], remarks: [] };
        const message = `${image.name} is not scanned: nothing of it is published`;
        return { mended: [], remarks: [{ message, hint: "publish it first" }] };
    }));
    return { mended: seen.flatMap(({ mended }) => mended), remarks: seen.flatMap(({ remarks }) => remarks) };
}
function isMended({ scan, moved }) {
    return moved.length > 0 || mendedByRebuild(scan).length > 0;
}

;// CONCATENATED MODULE: ./src/commands/run-command.ts






/** Runs the command that the inputs name. @throws UserError for what keeps it from starting. */
async function runCommand(inputs, context, outside, asked = {}) {
    const { command, dryRun } = inputs.settings;
    if (dryRun && !withoutEffect.has(command)) {
        throw new src_errors/* UserError */.yo(`there is no dry run of \`command: ${command}\``, {
            hint: "write `command: plan`, which says what the event would do and changes nothing",
        });
    }
    const isSimulated = asked.simulated === true;
    const session = await session_openSession(context, inputs, outside, {
        offline: isSimulated && command === "plan",
        isSimulated,
    });
    return run_command_commandOf(command, asked)(session);
}
/** Those that change nothing in a dry run. */
const withoutEffect = new Set(["plan", "bump"]);
function run_command_commandOf(name, view) {
    switch (name) {
        case "publish":
            return publish;
        case "plan":
            return (session) => plan(session, view);
        case "bump":
            return bump;
        case "scan":
            return scan_scan;
        default:
            throw new src_errors/* UserError */.yo(`this version of image-publish has no command "${name}" yet`, {
                hint: "write publish, plan, scan or bump",
            });
    }
}


/***/ })

};
