// The task, from the inputs to the result.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { check, reportFilesIn } from "./check";
import { openConnection } from "./connection";
import { harmless } from "./harmless";
import { readInputs } from "./inputs";
import { logIssues } from "./issues";
import { readReport } from "./report";
import { outcomeOf, publish, setOutputs, type Outcome } from "./results";
import { findArmguard } from "./tool";

async function main(): Promise<Outcome> {
  const inputs = readInputs();
  const isLive = inputs.connection !== "";
  const folder = mkdtempSync(join(tl.getVariable("Agent.TempDirectory") || tmpdir(), "armguard-"));
  const files = reportFilesIn(folder);
  const connection = isLive ? openConnection(inputs.connection, folder) : undefined;
  try {
    const armguard = await findArmguard({ ...inputs, isLive }, join(__dirname, "wheels"));
    const ended = await check(armguard, inputs, connection, files);
    const report = readReport(files.json);
    logIssues(report?.findings ?? [], inputs.workingDirectory);
    publish(inputs, files);
    setOutputs(report, files);
    return outcomeOf(ended, report);
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
