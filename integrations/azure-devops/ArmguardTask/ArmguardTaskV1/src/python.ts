// Finds a Python that armguard can be installed with.

import * as tl from "azure-pipelines-task-lib/task";

import { ask, type Program } from "./run";

// On Windows UsePythonVersion brings only python.exe, and a python3.exe may be the one that opens
// the store.
const names = process.platform === "win32" ? ["python", "python3", "py -3"] : ["python3", "python"];

/** The first on PATH that is new enough. Throws, and tells what was found, if there is none. */
export function findPython(): Program {
  const tooOld: string[] = [];
  for (const name of names) {
    const [program = "", ...args] = name.split(" ");
    const path = tl.which(program, false);
    const version = path ? ask({ path, args }, ["-I", "-c", question]) : undefined;
    if (version === undefined) {
      continue;
    }
    if (isNewEnough(version)) {
      return { path, args };
    }
    tooOld.push(`${name} is ${version}`);
  }
  const found = tooOld.length === 0 ? "there is none on PATH" : tooOld.join(", ");
  throw new Error(
    `armguard needs Python 3.11 or newer, and ${found};` +
      " add the task UsePythonVersion@0 before this one",
  );
}

const question = "import sys; print('%d.%d.%d' % sys.version_info[:3])";

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 3 && minor >= 11;
}
