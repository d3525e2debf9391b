/** Ignore files that are easily read wrong, with paths that they ignore, and paths that they don't. */

type Paths = readonly string[];

export const ignoreCorpus: readonly (readonly [string, string, Paths, Paths])[] = [
  ["nothing", "", [], ["a", ".git/HEAD"]],
  ["comments and blank lines", "# a\n\n   \n\t\n#b", [], ["a", "#b", "# a"]],
  ["a comment that is indented is a name", " #a\n", ["#a"], ["a"]],
  ["line ends of Windows", "a\r\n!b\r\n*.md\r\n", ["a", "x.md"], ["b", "a\r"]],
  ["a byte order mark", "\ufeff# a\n\ufeff", [], ["a"]],
  ["blanks around, and within", "  a b\t\n\u00a0c\u00a0", ["a b", "c"], ["a", "b"]],
  ["a file that is no UTF-8", "a\udcff\n", ["a\udcff"], ["a\udcfe", "a"]],
  ["a line that is too long for Go", `a\n${"b".repeat(65_536)}`, [], ["a"]],
  ["a line as long as may be", `a\n#${"b".repeat(65_534)}`, ["a"], ["b"]],

  // Where a pattern matches
  ["a name, at the root alone", "a", ["a", "a/b", "a/b/c"], ["b/a", "aa", "A"]],
  ["a path", "a/b", ["a/b", "a/b/c"], ["a", "a/c", "x/a/b"]],
  ["slashes around", "/a/\n//b//\n./c/.\n/", ["a", "a/x", "b", "c"], ["d", "x/a"]],
  ["dots within", "a/../b\nc/./d", ["b", "c/d"], ["a", "d"]],
  ["what lies above", "../a\n..\n../../b", [], ["a", "b"]],
  ["a dot, which is nothing", ".\n./\n/.", [], ["a", ".a"]],
  ["a star", "*", ["a", ".a", "a/b"], []],
  ["a star stays in its directory", "*/b\n*.c", ["a/b", "x.c", ".c", "x.c/d"], ["b", "a/x/b", "a/x.c"]],
  ["a star in the middle", "a*c", ["ac", "abc", "a.c/d"], ["a/c", "abcd"]],
  ["a question mark", "a?", ["ab", "a.", "aé", "a数"], ["a", "abc", "a/b"]],
  ["two stars", "**", ["a", "a/b", ".a"], []],
  ["two stars first", "**/a", ["a", "b/a", "b/c/a", "b/a/c"], ["ba", "b/ca"]],
  ["two stars and a suffix", "**.md\n**b", ["a.md", "x/y.md", ".md", "ab", "x/b"], ["a.mdx", "bc"]],
  ["two stars last", "a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]],
  ["two stars between", "a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["ab", "a/xb", "a"]],
  ["two stars and more", "**/a/**/*.c\n**/**/d", ["a/x.c", "z/a/y/x.c", "d", "x/d"], ["x.c", "a/x.h"]],
  ["three stars and four", "***\n", ["a", "a/b"], []],
  ["stars beside stars", "a/***/b\n**/***c", ["a/x/b", "xc", "y/xc"], ["b"]],

  // Signs
  [
    "signs of regular expressions",
    "a+b\n(c)\nd.e\nf$\ng^h\n{i}",
    ["a+b", "(c)", "d.e", "f$", "g^h", "{i}"],
    ["aab", "c", "dxe", "f", "i"],
  ],
  ["the same beside a star", "a+b*\n*(c)\nd.e?", ["a+b", "(c)", "x(c)", "d.ex"], ["aab", "c", "dxex"]],
  ["a dollar beside a star", "*$\n*a$b", ["$", "x$", "xa$b"], ["x", "a"]],
  ["a bar beside a star means or", "*a|b", ["a", "xa"], ["c"]],
  ["a bar alone is a bar", "a|b", ["a|b"], ["a", "b"]],
  ["a class", "[a-c]x\n[0-9]", ["ax", "cx", "5"], ["dx", "55", "a"]],
  ["a class, negated", "[^a]x", ["bx", ".x"], ["ax"]],
  ["a class, negated as shells do it", "[!a]x", ["!x", "ax"], ["bx"]],
  ["a class with signs", "[.+]x\n[a\\]b]y\n[\\-]z", [".x", "+x", "]y", "ay", "-z"], ["ax", "cy"]],
  ["a class within a path", "a/[bc]/d", ["a/b/d", "a/c/d/e"], ["a/d", "a/x/d"]],
  ["a class that is not closed", "a\n[b", [], ["a", "b", "[b"]],
  ["a class of nothing", "a\n[]", [], ["a"]],
  ["an escape", "\\*a\n\\#b\n\\!c\nd\\ e", ["*a", "#b", "!c", "d e"], ["xa", "b", "c"]],
  ["an escape of nothing", "a\n\\", [], ["a", "\\"]],
  ["letters beyond ASCII", "é\n数*\n[à-ü]x", ["é", "数据", "éx"], ["e", "据", "ex"]],

  // Exceptions
  ["an exception", "*\n!a", ["b", "c/d"], ["a", "a/b"]],
  ["an exception below", "a\n!a/b", ["a", "a/c"], ["a/b", "a/b/c"]],
  ["an exception that comes first", "!a\na", ["a", "a/b"], []],
  ["the last one counts", "a\n!a\na", ["a", "a/b"], []],
  ["an exception of an exception", "*\n!a\na/b\n!a/b/c", ["x", "a/b", "a/b/d"], ["a", "a/c", "a/b/c"]],
  ["an exception by suffix", "**\n!**/*.md", ["a", "x/a"], ["a.md", "x/y/a.md"]],
  ["an exception with blanks and slashes", "*\n!  /a/ ", ["b"], ["a"]],
  ["an exception of nothing", "a\n!", [], ["a"]],
  ["an exception twice over", "*\n!!a", ["a"], ["!a"]],
  ["a directory whose file is excepted", "a\n!a/b/c\na/b/c/d", ["a", "a/b", "a/b/c/d"], ["a/b/c", "a/b/c/e"]],
  ["an exception for all directories", "*\n!*/", [], ["a", "a/b"]],
  ["an exception in a directory that stars ignore", "**/b\n!a/b/c", ["b", "a/b", "a/b/d"], ["a/b/c", "a"]],

  // As people write them
  [
    "of a Node project",
    "node_modules\n**/node_modules\n.git\n*.log\n!keep.log\n",
    ["node_modules/x", "a/node_modules/b", ".git/HEAD", "x.log"],
    ["keep.log", "a/x.log", "src/a.js", ".gitignore"],
  ],
  [
    "all but what is needed",
    "**\n!go.mod\n!cmd\n!internal/**\n**/*_test.go\n",
    ["README.md", "cmd/a_test.go", "internal"],
    ["go.mod", "cmd/main.go", "internal/a/b.go"],
  ],
  [
    "the Dockerfile and itself",
    "Dockerfile*\n.dockerignore\n",
    ["Dockerfile", "Dockerfile.dev", ".dockerignore"],
    ["docker/Dockerfile", "dockerfile"],
  ],
  [
    "of Python",
    "**/__pycache__/\n*.py[cod]\n.venv*/\n",
    ["a/__pycache__/x", "a.pyc", ".venv/a", ".venv3/b"],
    ["a.py", "a/b.pyc", "a.pyx"],
  ],
];
