// The version of the extension, the task, the package and armguard, which are one.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export function commonVersion(here, project) {
  const json = (name) => JSON.parse(readFileSync(join(here, name), "utf8"));
  const { Major, Minor, Patch } = json("ArmguardTask/ArmguardTaskV1/task.json").version;
  const source = readFileSync(join(project, "armguard", "version.py"), "utf8");
  const versions = {
    "armguard/version.py": /__version__ = "(.*)"/.exec(source)?.[1],
    "task.json": `${Major}.${Minor}.${Patch}`,
    "vss-extension.json": json("vss-extension.json").version,
    "package.json": json("package.json").version,
  };
  if (new Set(Object.values(versions)).size !== 1) {
    const told = Object.entries(versions).map(([file, version]) => `${file}: ${version}`);
    throw new Error(`the versions differ; make them equal: ${told.join(", ")}`);
  }
  return versions["task.json"];
}
