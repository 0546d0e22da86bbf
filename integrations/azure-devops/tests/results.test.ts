import { listen } from "./agent";

import assert from "node:assert";
import { mock, test } from "node:test";

import { TaskResult } from "azure-pipelines-task-lib/task";

import { logIssues } from "../ArmguardTask/ArmguardTaskV1/src/issues";
import type { Finding, Report } from "../ArmguardTask/ArmguardTaskV1/src/report";
import { outcomeOf } from "../ArmguardTask/ArmguardTaskV1/src/results";

function report(errors: number, warnings: number, notes = 0): Report {
  return { summary: { templates: 1, errors, warnings, notes, undecided: 0 }, findings: [] };
}

for (const [code, found, result, message] of [
  [0, report(0, 0), "Succeeded", /^$/],
  [0, report(0, 0, 3), "Succeeded", /^$/],
  [0, report(0, 2, 1), "SucceededWithIssues", /^armguard found 2 warnings, 1 note$/],
  [0, report(1, 0), "SucceededWithIssues", /^armguard found 1 error$/],
  [0, undefined, "Failed", /wrote no report/],
  [1, report(1, 2), "Failed", /^armguard found 1 error, 2 warnings$/],
  [1, undefined, "Failed", /^armguard failed: last line$/],
  [2, undefined, "Failed", /^armguard could not check anything: last line$/],
  [3, report(0, 0), "Failed", /could not answer for every vault/],
  [4, report(0, 0), "Failed", /a bug in armguard/],
  [139, undefined, "Failed", /ended with exit code 139/],
] as const) {
  test(`exit code ${code} with ${JSON.stringify(found?.summary)} is ${result}`, () => {
    const outcome = outcomeOf({ code, stderr: "first line\nlast line\n\n" }, found);
    assert.strictEqual(TaskResult[outcome.result], result);
    assert.match(outcome.message, message);
  });
}

test("no template at all is no success", () => {
  const summary = { ...report(0, 0).summary, templates: 0 };
  const outcome = outcomeOf({ code: 0, stderr: "" }, { summary, findings: [] });
  assert.strictEqual(TaskResult[outcome.result], "Failed");
  assert.match(outcome.message, /no template is among what paths names/);
});

test("where armguard names options, the task names its input", () => {
  const stderr =
    "Error: 'a.json' is deployed with several sets of parameters; choose the one that is deployed" +
    " there with --parameters FILE or --environment NAME\n";
  assert.match(
    outcomeOf({ code: 2, stderr }, undefined).message,
    /the one that is deployed there with the input parametersFiles$/,
  );
});

test("what a program says on standard error becomes no command", () => {
  const outcome = outcomeOf({ code: 2, stderr: "no file '##vso[task.complete]'" }, undefined);
  assert.match(outcome.message, /no file '\\u0023#vso\[task\.complete\]'/);
});

function finding(
  severity: Finding["severity"],
  line: number,
  more: Partial<Finding> = {},
): Finding {
  const start = { line, column: 3 };
  const rest = { suppressed: null, baselined: false, certainty: "certain" };
  return {
    rule: "a-rule",
    severity,
    message: `m${line}`,
    path: "infra/a.json",
    start,
    ...rest,
    ...more,
  };
}

function issuesOf(findings: Finding[]): { commands: string[]; text: string[] } {
  const printed = listen();
  const log = mock.method(console, "log", () => undefined);
  logIssues(findings, "/the sources");
  const text = log.mock.calls.map((call) => String(call.arguments[0]));
  log.mock.restore();
  const lines = printed.join("").split(/\r?\n/);
  return { commands: lines.filter((line) => line.startsWith("##vso[task.logissue")), text };
}

test(
  "an issue has an absolute path, a place and a code",
  { skip: process.platform === "win32" },
  () => {
    assert.deepStrictEqual(issuesOf([finding("error", 7, { certainty: "default" })]).commands, [
      "##vso[task.logissue type=error;sourcepath=/the sources/infra/a.json;" +
        "linenumber=7;columnnumber=3;code=a-rule;]m7 (default)",
    ]);
  },
);

test("a finding without a place has none", () => {
  const [command] = issuesOf([finding("error", 1, { start: null })]).commands;
  assert.ok(command?.endsWith("a.json;code=a-rule;]m1"), command);
});

test("errors come first, ten of each kind, and the rest is counted", () => {
  const warnings = Array.from({ length: 11 }, (_, index) => finding("warning", index + 1));
  const errors = Array.from({ length: 13 }, (_, index) => finding("error", index + 1));
  const { commands, text } = issuesOf([...warnings, ...errors, finding("note", 1)]);
  const types = commands.map((line) => /type=(\w+)/.exec(line)?.[1]);
  assert.deepStrictEqual(types, [...Array(10).fill("error"), ...Array(10).fill("warning")]);
  assert.deepStrictEqual(text, [
    "and 3 more errors: all of them are listed above",
    "and 1 more warning: all of them are listed above",
  ]);
});

test("suppressed and known findings are no issues", () => {
  const hidden = [
    finding("error", 1, { suppressed: { reason: "so" } }),
    finding("error", 2, { baselined: true }),
  ];
  assert.deepStrictEqual(issuesOf(hidden).commands, []);
});

test("text of a template ends no command, begins none, and adds no property", () => {
  const evil = "kv]\r\n##vso[task.complete result=Succeeded;]##[error]%0A";
  const { commands } = issuesOf([
    finding("error", 1, { message: evil, path: `${evil};type=warning` }),
  ]);
  assert.strictEqual(commands.length, 1);
  const [command = ""] = commands;
  assert.strictEqual(command.toLowerCase().split("##vso[").length, 2, command);
  assert.ok(!command.includes("##["), command);
  const [, properties = "", message = ""] =
    /^##vso\[task\.logissue ([^\]]*)\](.*)$/.exec(command) ?? [];
  assert.strictEqual(properties.split(";").filter((each) => each.startsWith("type=")).length, 1);
  assert.ok(message.startsWith("kv]"), message);
});
