// The task, from the inputs to the result.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { check, reportFilesIn } from "./check";
import { comment } from "./comment";
import { openConnection } from "./connection";
import { harmless } from "./harmless";
import { readInputs } from "./inputs";
import { logIssues } from "./issues";
import { readReport } from "./report";
import { isNews, outcomeOf, publish, setOutputs, type Outcome } from "./results";
import { findArmguard } from "./tool";

async function main(): Promise<Outcome> {
  const inputs = readInputs();
  const folder = mkdtempSync(join(tl.getVariable("Agent.TempDirectory") || tmpdir(), "armguard-"));
  const files = reportFilesIn(folder);
  const connection =
    inputs.connection === "" ? undefined : openConnection(inputs.connection, folder);
  try {
    const armguard = await findArmguard(inputs, join(__dirname, "wheels"));
    const ended = await check(armguard, inputs, connection, files);
    const report = readReport(files.json);
    logIssues(report?.findings ?? [], inputs.workingDirectory);
    publish(inputs, files);
    setOutputs(report, files);
    const outcome = outcomeOf(ended, report);
    if (inputs.comment !== undefined) {
      await comment(files.markdown, inputs.comment, isNews(outcome, report));
    }
    return outcome;
  } finally {
    connection?.close();
  }
}

main().then(
  (outcome) => tl.setResult(outcome.result, outcome.message),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    tl.setResult(tl.TaskResult.Failed, harmless(message));
  },
);
