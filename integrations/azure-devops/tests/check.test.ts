import { temporary } from "./agent";

import assert from "node:assert";
import { join } from "node:path";
import { test } from "node:test";

import { argumentsFor, reportFilesIn } from "../ArmguardTask/ArmguardTaskV1/src/check";
import type { Inputs } from "../ArmguardTask/ArmguardTaskV1/src/inputs";

const nothing: Inputs = {
  paths: [],
  parametersFiles: [],
  environment: "",
  set: [],
  workingDirectory: temporary,
  config: "",
  baseline: "",
  pack: [],
  select: "",
  ignore: "",
  arguments: [],
  failOn: "",
  failOnUndecided: false,
  connection: "",
  isLive: false,
  resourceGroup: "",
  location: "",
  mode: "",
  publishSarif: true,
  publishTestResults: true,
  testRunTitle: "armguard",
  summary: true,
  comment: undefined,
  outputPath: "",
  outputFormat: "html",
  toolVersion: "",
  toolPath: "",
  bicep: "",
};
const files = reportFilesIn("reports");
const always = [
  ...["check", "--format", "text", "--color", "never", "--no-progress"],
  ...["--output", `json=${join("reports", "armguard.json")}`],
  ...["--output", `sarif=${join("reports", "armguard.sarif")}`],
  ...["--output", `junit=${join("reports", "TEST-armguard.xml")}`],
  ...["--output", `markdown=${join("reports", "armguard.md")}`],
];

test("what is not asked for is left to the configuration", () => {
  assert.deepStrictEqual(argumentsFor(nothing, undefined, files), [...always, "--"]);
});

test("each input is an option of armguard, and paths can't be taken for options", () => {
  const inputs: Inputs = {
    ...nothing,
    paths: ["infra", "--live"],
    parametersFiles: ["a.json,b.json", "c.json"],
    environment: "prod",
    set: ["sku=standard", 'policies=["a b"]'],
    pack: ["redeploy", "keyvault"],
    select: "a,b",
    ignore: "c",
    arguments: ["--set", "x=$(echo y); rm"],
    bicep: "tools/bicep",
    config: "my.toml",
    baseline: "known.json",
    failOn: "never",
    failOnUndecided: true,
    resourceGroup: "rg",
    location: "westeurope",
    mode: "complete",
    outputPath: "out/report.html",
  };
  assert.deepStrictEqual(argumentsFor(inputs, { arguments: ["--live"] }, files), [
    ...always,
    ...["--output", "html=out/report.html"],
    ...["--parameters", "a.json,b.json", "--parameters", "c.json"],
    ...["--environment", "prod", "--set", "sku=standard", "--set", 'policies=["a b"]'],
    ...["--pack", "redeploy", "--pack", "keyvault", "--select", "a,b", "--ignore", "c"],
    ...["--bicep", "tools/bicep"],
    ...["--config", "my.toml", "--baseline", "known.json"],
    ...["--fail-on", "never", "--fail-on-undecided"],
    ...["--live", "--resource-group", "rg", "--location", "westeurope", "--mode", "complete"],
    ...["--set", "x=$(echo y); rm"],
    ...["--", "infra", "--live"],
  ]);
});
