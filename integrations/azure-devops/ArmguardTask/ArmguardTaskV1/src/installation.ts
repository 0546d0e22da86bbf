// Installs armguard into a virtual environment of its own.
//
// It is made in a folder of its own and renamed into place when it is complete: agents can share
// the tools folder, and runs are cancelled. A virtual environment can be moved, but for its
// scripts: so armguard is started as a module. Everything runs with -I, so that no file of the
// sources is imported as pip or armguard.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { without, type Environment } from "./environment";
import { ask, run, type Program } from "./run";
import { requirement, type Source } from "./wheels";

const isWindows = process.platform === "win32";

/** A folder without it is what something else left there: it is made anew. */
const marker = ".complete";

/** The armguard that is installed in `folder`; undefined where there is none that runs. */
export function installedIn(folder: string): Program | undefined {
  const program = { path: pythonIn(folder), args: ["-I", "-m", "armguard"] };
  return existsSync(join(folder, marker)) && runs(program) ? program : undefined;
}

export function runs(program: Program): boolean {
  return ask(program, ["--version"]) !== undefined;
}

export async function install(
  folder: string,
  python: Program,
  source: Source,
  isLive: boolean,
): Promise<Program> {
  const own = makeFolderIn(dirname(folder));
  try {
    const venv = join(own, "venv"); // `own` itself is closed to other users
    const made = await run(python, ["-I", "-m", "venv", venv]);
    if (made.code !== 0) {
      throw new Error(
        `${python.path} can't make a virtual environment in ${venv}; install python3-venv on` +
          " the agent, or add the task UsePythonVersion@0 before this one",
      );
    }
    await installPackages(venv, source, isLive);
    writeFileSync(join(venv, marker), "");
    return putInto(folder, venv, join(own, "replaced"));
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  }
}

function makeFolderIn(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return mkdtempSync(join(folder, "unfinished-"));
  } catch (error) {
    throw new Error(
      `no folder can be made in '${folder}' (${reasonOf(error)}); let the agent write to its` +
        " tools folder, or name an armguard with toolPath",
    );
  }
}

/** What is there already is used if it runs: another task was faster. Else it is replaced. */
function putInto(folder: string, venv: string, replaced: string): Program {
  try {
    renameSync(venv, folder);
  } catch {
    const faster = installedIn(folder);
    if (faster !== undefined) {
      return faster;
    }
    replace(folder, venv, replaced);
  }
  const program = installedIn(folder);
  if (program === undefined) {
    throw new Error(
      `the armguard in '${folder}' does not run; delete that folder, or name another armguard` +
        " with toolPath",
    );
  }
  return program;
}

function replace(folder: string, venv: string, replaced: string): void {
  try {
    renameSync(folder, replaced);
    renameSync(venv, folder);
  } catch (error) {
    throw new Error(
      `'${folder}' can't be replaced (${reasonOf(error)}), and no armguard runs in it; delete it,` +
        " or name an armguard with toolPath",
    );
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function pythonIn(folder: string): string {
  return isWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

async function installPackages(folder: string, source: Source, isLive: boolean): Promise<void> {
  const wanted = requirement(source, isLive);
  if (source.wheels !== undefined) {
    const offline = ["--no-index", "--only-binary", ":all:", "--find-links", source.wheels];
    const settings = withoutSettingsOfPip(process.env);
    const done = await run(...pip(folder, [...offline, wanted]), { environment: settings });
    if (done.code === 0) {
      return;
    }
    console.log("The packages that come with the task do not fit this machine; asking the index.");
  }
  const links =
    source.wheels === undefined ? [] : ["--prefer-binary", "--find-links", source.wheels];
  const done = await run(...pip(folder, [...links, wanted]));
  if (done.code !== 0) {
    throw new Error(
      `pip could not install ${wanted}; see its output above, and configure the index, for` +
        " example with PipAuthenticate@1, or name an armguard with toolPath",
    );
  }
}

function pip(folder: string, args: string[]): [Program, string[]] {
  const python = { path: pythonIn(folder), args: ["-I"] };
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
  return [python, ["-m", "pip", "install", ...quiet, ...args]];
}

// What is configured (an index, constraints, hashes) is about downloads.
function withoutSettingsOfPip(environment: NodeJS.ProcessEnv): Environment {
  const nothing = isWindows ? "nul" : "/dev/null";
  return { ...without((name) => /^PIP_/i.test(name), environment), PIP_CONFIG_FILE: nothing };
}
