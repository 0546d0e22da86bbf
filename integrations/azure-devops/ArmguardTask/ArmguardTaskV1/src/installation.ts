// Installs armguard into a virtual environment of its own.
//
// The file `.complete` is written last: a folder without it is what a cancelled run left behind,
// and is made anew. Everything runs with -I, so that no file of the sources is imported as pip.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import type { Environment } from "./environment";
import type { Python } from "./python";
import { run } from "./run";
import { requirement, type Source } from "./wheels";

const isWindows = process.platform === "win32";

export function programIn(folder: string): string {
  return isWindows ? join(folder, "Scripts", "armguard.exe") : join(folder, "bin", "armguard");
}

export async function install(
  folder: string,
  python: Python,
  source: Source,
  isLive: boolean,
): Promise<string> {
  tl.rmRF(folder);
  mkdirSync(dirname(folder), { recursive: true });
  const made = await run(python.program, [...python.args, "-I", "-m", "venv", folder]);
  if (made.code !== 0) {
    throw new Error(
      `${python.program} can't make a virtual environment in ${folder}; install python3-venv on` +
        " the agent, or add the task UsePythonVersion@0 before this one",
    );
  }
  await installPackages(folder, source, isLive);
  writeFileSync(join(folder, ".complete"), "");
  return programIn(folder);
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

function pip(folder: string, args: string[]): [string, string[]] {
  const python = isWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check"];
  return [python, ["-I", "-m", "pip", "install", ...quiet, ...args]];
}

// What is configured (an index, constraints, hashes) is about downloads.
function withoutSettingsOfPip(environment: NodeJS.ProcessEnv): Environment {
  const rest = Object.entries(environment).filter(([name]) => !/^PIP_/i.test(name));
  const nothing = isWindows ? "nul" : "/dev/null";
  return { ...(Object.fromEntries(rest) as Environment), PIP_CONFIG_FILE: nothing };
}
