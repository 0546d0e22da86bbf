// What the task reads of armguard's JSON report.

import { existsSync, readFileSync } from "node:fs";

export interface Finding {
  rule: string;
  severity: "error" | "warning" | "note";
  certainty: string;
  message: string;
  path: string;
  start: { line: number; column: number } | null;
  suppressed: object | null;
  baselined: boolean;
}

export interface Report {
  summary: { templates: number; errors: number; warnings: number; notes: number; undecided: number };
  findings: Finding[];
}

/** Undefined where armguard stopped before it wrote one. */
export function readReport(file: string): Report | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
}
