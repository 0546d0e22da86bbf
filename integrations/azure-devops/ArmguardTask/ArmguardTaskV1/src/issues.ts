// The findings as issues of the run: most severe first, as many as the agent shows.

import { resolve } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { harmless } from "./harmless";
import type { Finding } from "./report";

// The agent shows this many errors and this many warnings of one task, and drops the rest.
const shown = 10;

export function logIssues(findings: Finding[], folder: string): void {
  const counted = findings.filter((each) => !each.suppressed && !each.baselined);
  for (const severity of ["error", "warning"] as const) {
    const all = counted.filter((finding) => finding.severity === severity);
    all.slice(0, shown).forEach((finding) => logIssue(finding, folder));
    if (all.length > shown) {
      const more = all.length - shown;
      console.log(
        `and ${more} more ${severity}${more === 1 ? "" : "s"}: all of them are listed above`,
      );
    }
  }
}

function logIssue(finding: Finding, folder: string): void {
  const certainty = finding.certainty === "certain" ? "" : ` (${finding.certainty})`;
  const properties = {
    type: finding.severity,
    sourcepath: harmless(resolve(folder, finding.path)),
    ...(finding.start && { linenumber: finding.start.line, columnnumber: finding.start.column }),
    code: harmless(finding.rule),
  };
  tl.command("task.logissue", properties, harmless(finding.message + certainty));
}
