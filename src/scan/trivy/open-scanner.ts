/** The scanner: Trivy, its database and its server for one run. */
import { posix } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { limit } from "../../lib/limit.ts";
import type { PlatformScan, Scanner } from "../scanner.ts";
import { type PlatformSubject, scanPlatform } from "./scan-platform.ts";
import { openScanSession, type SessionDependencies } from "./scan-session.ts";
import { runTrivy, trivyError } from "./trivy-invocation.ts";

export interface ScannerDependencies extends SessionDependencies {
  /** How many scans run at once. One more than there are cores is best: part of each is waiting. */
  readonly parallelism: number;
}

export interface OpenScanner extends Scanner {
  /** Starts at once what every scan needs: the program and its database. The scans report what fails. */
  prepare(): void;
  /** Ends the server, and waits until the database is kept. Never rejects. */
  close(): Promise<void>;
}

export function openScanner(deps: ScannerDependencies): OpenScanner {
  const { files, folder, signal } = deps;
  const session = openScanSession(deps);
  const limited = limit(deps.parallelism);
  const scanOne = (subject: PlatformSubject): Promise<PlatformScan> => limited(() => scanPlatform(subject, session));
  return {
    prepare() {
      session.server().catch(() => undefined);
    },
    async scan(subject) {
      if (subject.platforms.length === 0) return { kind: "unscanned", error: noPlatform(subject.name) };
      try {
        const platforms = await Promise.all(subject.platforms.map((each) => scanOne({ ...subject, ...each })));
        return { kind: "scanned", platforms };
      } catch (error) {
        signal.throwIfAborted();
        return { kind: "unscanned", error: asUserError(error, subject.name) };
      }
    },
    async sbom(report) {
      const trivy = await session.trivy();
      const output = `${folder}/sbom-${posix.basename(report)}`;
      const ended = await runTrivy(trivy, ["convert", "--format", "cyclonedx", "--output", output, "--quiet", report]);
      const bytes = ended.code === 0 ? await files.read(output) : undefined;
      if (bytes === undefined) throw trivyError("no SBOM could be made", ended);
      return bytes;
    },
    facts: session.facts,
    close: session.close,
  };
}

/** Nothing to look at is not the same as nothing found. */
function noPlatform(name: string): UserError {
  return new UserError(`${name} could not be scanned: its index names no platform`, {
    hint: "push the image again, by a tool that writes the platforms into its index",
  });
}

function asUserError(error: unknown, name: string): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`${name} could not be scanned: ${messageOf(error)}`, {
    hint: "run again; if it stays, set `scan: false` meanwhile",
    cause: error,
  });
}
