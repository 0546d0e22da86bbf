// Where armguard comes from: the path that is named, else an armguard on PATH, else one that is
// installed once for each version in the tools folder of the agent.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { install, installedIn, runs } from "./installation";
import { findPython } from "./python";
import type { Program } from "./run";
import { bundledVersion, type Source } from "./wheels";

export interface Wanted {
  toolPath: string;
  toolVersion: string;
  workingDirectory: string;
  isLive: boolean;
}

/** The program to start. `wheels`: the folder with the packages that came with the task. */
export async function findArmguard(wanted: Wanted, wheels: string): Promise<Program> {
  if (wanted.toolPath !== "") {
    return named(wanted.toolPath, wanted.workingDirectory);
  }
  const onPath = wanted.toolVersion === "" ? tl.which("armguard", false) : "";
  if (onPath && runs({ path: onPath, args: [] })) {
    return { path: onPath, args: [] };
  }
  return installed(wanted, wheels);
}

function named(path: string, folder: string): Program {
  const program = resolve(folder, path);
  if (!existsSync(program)) {
    throw new Error(`toolPath '${program}' does not exist; name the program armguard`);
  }
  if (!statSync(program).isFile()) {
    throw new Error(`toolPath '${program}' is no file; name the program armguard itself`);
  }
  try {
    accessSync(program, constants.X_OK);
  } catch {
    throw new Error(`toolPath '${program}' may not be executed; allow it with chmod +x`);
  }
  return { path: program, args: [] };
}

async function installed(wanted: Wanted, wheels: string): Promise<Program> {
  const bundled = bundledVersion(wheels);
  const version = wanted.toolVersion || bundled;
  const tools = tl.getVariable("Agent.ToolsDirectory");
  if (!tools) {
    throw new Error("Agent.ToolsDirectory is not set; name an armguard with toolPath");
  }
  const folder = join(tools, "armguard", wanted.isLive ? `${version}-azure` : version);
  const found = installedIn(folder);
  if (found !== undefined) {
    console.log(`armguard ${version} is installed in ${folder}`);
    return found;
  }
  const source: Source = { version, wheels: version === bundled ? wheels : undefined };
  return install(folder, findPython(), source, wanted.isLive);
}
