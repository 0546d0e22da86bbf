// An input has a value that it can't have, and one that would be a command.

import "../agent";

import { join } from "node:path";

import { TaskMockRunner } from "azure-pipelines-task-lib/mock-run";

const runner = new TaskMockRunner(
  join(__dirname, "..", "..", "ArmguardTask", "ArmguardTaskV1", "src", "index.js"),
);
runner.setInput("failOn", "##vso[task.complete result=Succeeded;]");
runner.run();
