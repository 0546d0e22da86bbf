// The Python packages that came with the task.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface Source {
  version: string;
  /** The folder to install from; without it the index that pip is configured for. */
  wheels: string | undefined;
}

export function bundledVersion(wheels: string): string {
  return /^armguard-([^-]+)-/.exec(bundledWheel(wheels))?.[1] ?? "";
}

export function bundledWheel(wheels: string): string {
  const files = existsSync(wheels) ? readdirSync(wheels) : [];
  const wheel = files.find((name) => /^armguard-.*\.whl$/.test(name));
  if (wheel === undefined) {
    throw new Error(`the task is damaged: no wheel of armguard in ${wheels}`);
  }
  return wheel;
}

/** What pip is told to install: from the very file of the task, or by version. */
export function requirement(source: Source, isLive: boolean): string {
  const extra = isLive ? "[azure]" : "";
  return source.wheels === undefined
    ? `armguard${extra}==${source.version}`
    : `${join(source.wheels, bundledWheel(source.wheels))}${extra}`;
}
