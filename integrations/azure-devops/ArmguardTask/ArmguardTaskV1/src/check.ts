// The one run of armguard, which writes every report at once.

import { join } from "node:path";

import type { Connection } from "./connection";
import { environmentFor } from "./environment";
import type { Inputs } from "./inputs";
import { choosePaths } from "./paths";
import { run, type Ended, type Program } from "./run";

export interface ReportFiles {
  json: string;
  sarif: string;
  junit: string;
  markdown: string;
}

export function reportFilesIn(folder: string): ReportFiles {
  return {
    json: join(folder, "armguard.json"),
    sarif: join(folder, "armguard.sarif"),
    junit: join(folder, "TEST-armguard.xml"),
    markdown: join(folder, "armguard.md"),
  };
}

export async function check(
  armguard: Program,
  inputs: Inputs,
  connection: Connection | undefined,
  files: ReportFiles,
): Promise<Ended> {
  return run(armguard, argumentsFor(inputs, connection, files), {
    folder: inputs.workingDirectory,
    environment: environmentFor(connection, process.env),
  });
}

export function argumentsFor(
  inputs: Inputs,
  connection: { arguments: string[] } | undefined,
  files: ReportFiles,
): string[] {
  const chosen = choosePaths(inputs.paths, inputs.workingDirectory);
  const given = (option: string, value: string): string[] => (value === "" ? [] : [option, value]);
  return [
    ...["check", "--format", "text", "--color", "never", "--no-progress"],
    ...Object.entries(files).flatMap(([format, file]) => ["--output", `${format}=${file}`]),
    ...given("--output", inputs.outputPath && `${inputs.outputFormat}=${inputs.outputPath}`),
    ...inputs.parametersFiles.flatMap((file) => ["--parameters", file]),
    ...given("--environment", inputs.environment),
    ...inputs.set.flatMap((value) => ["--set", value]),
    ...inputs.pack.flatMap((name) => ["--pack", name]),
    ...given("--select", inputs.select),
    ...given("--ignore", inputs.ignore),
    ...given("--bicep", inputs.bicep),
    ...given("--config", inputs.config),
    ...given("--baseline", inputs.baseline),
    ...given("--fail-on", inputs.failOn),
    ...(inputs.failOnUndecided ? ["--fail-on-undecided"] : []),
    ...(connection?.arguments ?? []),
    ...given("--resource-group", inputs.resourceGroup),
    ...given("--location", inputs.location),
    ...given("--mode", inputs.mode),
    ...inputs.arguments,
    ...(chosen.areListed ? ["--force-exclude"] : []),
    ...["--", ...chosen.paths],
  ];
}
