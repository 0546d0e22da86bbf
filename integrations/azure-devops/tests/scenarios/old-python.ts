// Both Pythons of the agent are too old.

import "../agent";

import { join } from "node:path";

import { TaskMockRunner } from "azure-pipelines-task-lib/mock-run";

const runner = new TaskMockRunner(
  join(__dirname, "..", "..", "ArmguardTask", "ArmguardTaskV1", "src", "index.js"),
);
const question = "-I -c import sys; print('%d.%d.%d' % sys.version_info[:3])";
runner.registerMock("./wheels", { bundledVersion: () => "1.2.3" });
runner.setAnswers({
  which: { armguard: "", python3: "/bin/python3", python: "/bin/python", py: "" },
  checkPath: { "/bin/python3": true, "/bin/python": true },
  exec: {
    [`/bin/python3 ${question}`]: { code: 0, stdout: "3.10.13" },
    [`/bin/python ${question}`]: { code: 0, stdout: "2.7.18" },
  },
});
runner.run();
