// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how compose interpolates
/** What a push affects that changes something which buildx reads for bake or compose files: real buildx, before and after. */
import { expect, jest, test } from "@jest/globals";
import { pushed } from "./events.ts";
import { type Changes, makeProject } from "./project.ts";
import { runAction } from "./run-action.ts";

jest.setTimeout(180_000);

const dockerfile = "FROM scratch\nARG V\nCOPY . /\n";
const images: Changes = { "a/Dockerfile": dockerfile, "b/Dockerfile": dockerfile };

/** A compose file in which `a` has an argument, and `b` has none that differs. */
function compose(value: string, more = ""): string {
  return `${more}services:\n  a:\n    build: {context: a, args: {V: "${value}"}}\n  b:\n    build: b\n`;
}

const extending = (file: string) =>
  `services:\n  a:\n    extends: {file: "${file}", service: x}\n    build: {context: a}\n  b:\n    build: b\n`;
const extended = (value: string) => `services:\n  x:\n    build: {context: ../a, args: {V: "${value}"}}\n`;

interface Case {
  readonly what: string;
  readonly before: Changes;
  readonly changes: Changes;
  readonly affected: readonly string[];
}

test.each<Case>([
  {
    what: "the file of variables",
    before: { "compose.yaml": compose("${X}"), ".env": "X=1\n" },
    changes: { ".env": "X=2\n" },
    affected: ["a"],
  },
  {
    what: "a variable that no image uses",
    before: { "compose.yaml": compose("${X}"), ".env": "X=1\n" },
    changes: { ".env": "X=1\nY=2\n" },
    affected: [],
  },
  {
    what: "a file of variables that is new",
    before: { "compose.yaml": compose("${X:-1}") },
    changes: { ".env": "X=2\n" },
    affected: ["a"],
  },
  {
    what: "a file of variables that goes",
    before: { "compose.yaml": compose("${X:-1}"), ".env": "X=2\n" },
    changes: { ".env": undefined },
    affected: ["a"],
  },
  {
    what: "an extended file",
    before: { "compose.yaml": extending("lib/x.yaml"), "lib/x.yaml": extended("1") },
    changes: { "lib/x.yaml": extended("2") },
    affected: ["a"],
  },
  {
    what: "a comment in an extended file",
    before: { "compose.yaml": extending("lib/x.yaml"), "lib/x.yaml": extended("1") },
    changes: { "lib/x.yaml": `# a comment\n${extended("1")}` },
    affected: [],
  },
  {
    what: "a comment in a file that extends another",
    before: { "compose.yaml": extending("lib/x.yaml"), "lib/x.yaml": extended("1") },
    changes: { "compose.yaml": `# a comment\n${extending("lib/x.yaml")}` },
    affected: [],
  },
  {
    what: "an extended file has another name and says the same",
    before: { "compose.yaml": extending("lib/x.yaml"), "lib/x.yaml": extended("1") },
    changes: { "compose.yaml": extending("lib/y.yaml"), "lib/x.yaml": undefined, "lib/y.yaml": extended("1") },
    affected: [],
  },
  {
    what: "another file is extended",
    before: { "compose.yaml": extending("lib/x.yaml"), "lib/x.yaml": extended("1") },
    changes: { "compose.yaml": extending("lib/y.yaml"), "lib/x.yaml": undefined, "lib/y.yaml": extended("2") },
    affected: ["a"],
  },
  {
    what: "an extended file whose name has a variable",
    before: { "compose.yaml": extending("lib/${WHICH:-x}.yaml"), "lib/x.yaml": extended("1") },
    changes: { "lib/x.yaml": extended("2") },
    affected: ["a"],
  },
  {
    what: "another file than one whose name has a variable",
    before: { "compose.yaml": extending("lib/${WHICH:-x}.yaml"), "lib/x.yaml": extended("1"), "lib/z.yaml": "x: 1\n" },
    changes: { "lib/z.yaml": "x: 2\n" },
    affected: [],
  },
  {
    what: "an included file",
    before: {
      "compose.yaml": "include: [a/compose.yaml]\nservices:\n  b:\n    build: b\n",
      "a/compose.yaml": 'services:\n  a:\n    build: {context: ., args: {V: "1"}}\n',
    },
    changes: { "a/compose.yaml": 'services:\n  a:\n    build: {context: ., args: {V: "2"}}\n' },
    affected: ["a"],
  },
  {
    what: "an env_file, from which an argument without a value is filled",
    before: {
      "compose.yaml": "services:\n  a:\n    env_file: v.env\n    build: {context: a, args: [V]}\n  b:\n    build: b\n",
      "v.env": "V=1\n",
    },
    changes: { "v.env": "V=2\n" },
    affected: ["a"],
  },
  {
    what: "a compose file beside a bake file",
    before: {
      "docker-bake.hcl":
        'group "default" {\n  targets = ["a", "b"]\n}\ntarget "a" {\n  context = "a"\n}\ntarget "b" {\n  context = "b"\n}\n',
      "compose.yaml": compose("1"),
    },
    changes: { "compose.yaml": compose("2") },
    affected: ["a"],
  },
  {
    what: "a bake file goes, and its images stay by their directories",
    before: {
      ...{ "images/a/Dockerfile": dockerfile, "images/b/Dockerfile": dockerfile },
      "docker-bake.hcl":
        'group "default" {\n  targets = ["a", "b"]\n}\ntarget "a" {\n  context = "images/a"\n  args = { V = "1" }\n}\ntarget "b" {\n  context = "images/b"\n}\n',
    },
    changes: { "docker-bake.hcl": undefined },
    affected: ["a"],
  },
  {
    what: "compose comes to the place of a bake file, and says the same",
    before: {
      "docker-bake.hcl":
        'group "default" {\n  targets = ["a", "b"]\n}\ntarget "a" {\n  context = "a"\n  args = { V = "1" }\n}\ntarget "b" {\n  context = "b"\n}\n',
    },
    changes: { "docker-bake.hcl": undefined, "compose.yaml": compose("1") },
    affected: [],
  },
])("$what", async ({ before, changes, affected }) => {
  const project = makeProject({ ...images, ...before });
  const from = project.git("rev-parse", "HEAD");
  project.commit(changes);
  const inputs = { command: "plan", converge: "false", cache: "none" };
  const { code, outputs, log } = await runAction(project, { ...pushed(from), inputs });
  expect([code, code === 0 ? [...JSON.parse(outputs.affected || "[]")].sort() : log]).toEqual([0, affected]);
});
