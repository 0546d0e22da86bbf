// Where armguard comes from: the path that is named, else an armguard on PATH, else one that is
// installed once for each version in the tools folder of the agent.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { install, programIn } from "./installation";
import { findPython } from "./python";
import { ask } from "./run";
import { bundledVersion, type Source } from "./wheels";

export interface Wanted {
  toolPath: string;
  toolVersion: string;
  workingDirectory: string;
  isLive: boolean;
}

/** The program to start. `wheels`: the folder with the packages that came with the task. */
export async function findArmguard(wanted: Wanted, wheels: string): Promise<string> {
  if (wanted.toolPath !== "") {
    return named(wanted.toolPath, wanted.workingDirectory);
  }
  const onPath = wanted.toolVersion === "" ? tl.which("armguard", false) : "";
  if (onPath && runs(onPath)) {
    return onPath;
  }
  return installed(wanted, wheels);
}

function named(path: string, folder: string): string {
  const program = resolve(folder, path);
  if (!existsSync(program)) {
    throw new Error(`toolPath '${program}' does not exist`);
  }
  return program;
}

async function installed(wanted: Wanted, wheels: string): Promise<string> {
  const bundled = bundledVersion(wheels);
  const version = wanted.toolVersion || bundled;
  const tools = tl.getVariable("Agent.ToolsDirectory");
  if (!tools) {
    throw new Error("Agent.ToolsDirectory is not set; name an armguard with toolPath");
  }
  const folder = join(tools, "armguard", wanted.isLive ? `${version}-azure` : version);
  if (existsSync(join(folder, ".complete")) && runs(programIn(folder))) {
    console.log(`armguard ${version} is installed in ${folder}`);
    return programIn(folder);
  }
  const source: Source = { version, wheels: version === bundled ? wheels : undefined };
  return install(folder, findPython(), source, wanted.isLive);
}

function runs(program: string): boolean {
  return existsSync(program) && ask(program, ["--version"]) !== undefined;
}
