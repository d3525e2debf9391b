import type { Processes } from "../../../src/ports.ts";

/** Asks each question once: a plan has some twenty for git, and the next plan in the same checkout has them again. */
export function remembering({ run }: Processes): Processes {
  const answers = new Map<string, ReturnType<Processes["run"]>>();
  return {
    run(program, args, options) {
      const question = JSON.stringify([program, args, options.cwd, options.env, options.input]);
      const answer = answers.get(question) ?? run(program, args, options);
      answers.set(question, answer);
      return answer;
    },
  };
}
