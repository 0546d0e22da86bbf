import assert from "node:assert";
import { join } from "node:path";
import { test } from "node:test";

import { MockTestRunner } from "azure-pipelines-task-lib/mock-test";

async function play(scenario: string): Promise<MockTestRunner> {
  const task = join(__dirname, "..", "..", "ArmguardTask", "ArmguardTaskV1", "task.json");
  const runner = new MockTestRunner(join(__dirname, "scenarios", `${scenario}.js`), task);
  runner.nodePath = process.execPath; // it would download one
  await runner.runAsync();
  assert.notStrictEqual(runner.stdout, "", runner.stderr); // or it would count as passed
  return runner;
}

test("Pythons that are too old are named, and the task that brings one", async () => {
  const ran = await play("old-python");
  assert.ok(ran.failed, ran.stdout);
  const found =
    process.platform === "win32"
      ? "python is 2.7.18, python3 is 3.10.13"
      : "python3 is 3.10.13, python is 2.7.18";
  assert.deepStrictEqual(ran.errorIssues, [
    `armguard needs Python 3.11 or newer, and ${found};` +
      " add the task UsePythonVersion@0 before this one",
  ]);
});

test("a wrong input fails the task, and is quoted harmlessly", async () => {
  const ran = await play("bad-input");
  assert.ok(ran.failed, ran.stdout);
  assert.deepStrictEqual(ran.errorIssues, [
    "failOn is '\\u0023#vso[task.complete result=succeeded;]';" +
      " allowed are error, warning, note, never",
  ]);
});
