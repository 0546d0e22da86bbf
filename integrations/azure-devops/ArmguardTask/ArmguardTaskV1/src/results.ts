// What comes of a run: uploads, output variables, and whether the task failed.

import { existsSync } from "node:fs";

import * as tl from "azure-pipelines-task-lib/task";

import type { ReportFiles } from "./check";
import { harmless } from "./harmless";
import type { Inputs } from "./inputs";
import type { Report } from "./report";
import type { Ended } from "./run";

export interface Outcome {
  result: tl.TaskResult;
  message: string;
}

export function publish(inputs: Inputs, files: ReportFiles): void {
  // a release has no artifacts to upload to
  const isBuild = (tl.getVariable("System.HostType") ?? "build") === "build";
  if (inputs.publishSarif && isBuild && existsSync(files.sarif)) {
    tl.uploadArtifact("CodeAnalysisLogs", files.sarif, "CodeAnalysisLogs");
  }
  if (inputs.publishTestResults && existsSync(files.junit)) {
    const title = harmless(inputs.testRunTitle);
    new tl.TestPublisher("JUnit").publish(
      [files.junit],
      "false",
      "",
      "",
      title,
      "true",
      "armguard",
    );
  }
  if (inputs.summary && existsSync(files.markdown)) {
    tl.uploadSummary(files.markdown);
  }
}

export function setOutputs(report: Report | undefined, files: ReportFiles): void {
  if (report === undefined) {
    return;
  }
  const { errors, warnings, notes } = report.summary;
  setOutput("findingsCount", String(errors + warnings + notes));
  setOutput("errorCount", String(errors));
  setOutput("sarifPath", existsSync(files.sarif) ? files.sarif : "");
  setOutput("junitPath", existsSync(files.junit) ? files.junit : "");
}

function setOutput(name: string, value: string): void {
  tl.setVariable(name, value, false, true);
}

/** The exit codes are those of `armguard check --help`. */
export function outcomeOf(ended: Ended, report: Report | undefined): Outcome {
  const failed = (message: string): Outcome => ({ result: tl.TaskResult.Failed, message });
  const reason = lastLine(ended.stderr);
  switch (ended.code) {
    case 0:
      break;
    case 1:
      return failed(
        report === undefined ? `armguard failed: ${reason}` : `armguard found ${counts(report)}`,
      );
    case 2:
      return failed(`armguard could not check anything: ${asInput(reason)}`);
    case 3:
      return failed(
        "armguard could not answer for every vault: deployed state was not read, or a vault is" +
          " undecided; the log names it, and what to do",
      );
    case 4:
      return failed("a bug in armguard stopped the check of a file; the log names it");
    default:
      return failed(`armguard ended with exit code ${ended.code}: ${reason}`);
  }
  if (report === undefined) {
    return failed("armguard wrote no report; is it the program that toolPath or PATH should name?");
  }
  // of files that a program chose armguard accepts that none is a template
  if (report.summary.templates === 0 && report.findings.length === 0) {
    return failed("armguard checked nothing: no template is among what paths names");
  }
  const isClean = report.summary.errors + report.summary.warnings === 0;
  return isClean
    ? { result: tl.TaskResult.Succeeded, message: "" }
    : { result: tl.TaskResult.SucceededWithIssues, message: `armguard found ${counts(report)}` };
}

/** Whether there is something that somebody has to read. */
export function isNews(outcome: Outcome, report: Report | undefined): boolean {
  return outcome.result !== tl.TaskResult.Succeeded || (report?.summary.notes ?? 0) > 0;
}

// The pipeline has inputs where the advice of armguard names options.
function asInput(reason: string): string {
  const options = "with --parameters FILE or --environment NAME";
  return reason.replace(options, "with the input parametersFiles");
}

function counts(report: Report): string {
  const { errors, warnings, notes } = report.summary;
  return Object.entries({ error: errors, warning: warnings, note: notes })
    .filter(([, count]) => count > 0)
    .map(([noun, count]) => `${count} ${noun}${count === 1 ? "" : "s"}`)
    .join(", ");
}

function lastLine(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return harmless(lines.at(-1) ?? "it said nothing").slice(0, 500);
}
