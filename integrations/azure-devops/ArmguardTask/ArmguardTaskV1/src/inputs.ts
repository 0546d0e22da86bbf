// What the pipeline asks for, read and checked once; nothing else reads an input.
//
// Relative paths mean the working directory. Only that one is of the type filePath: the agent turns
// an empty filePath into the folder of the sources, so "not given" could not be told apart.

import { existsSync, statSync } from "node:fs";

import * as tl from "azure-pipelines-task-lib/task";

import { wordsOf } from "./words";

export interface Inputs {
  paths: string[];
  parametersFiles: string[];
  environment: string;
  set: string[];
  workingDirectory: string;
  config: string;
  baseline: string;
  pack: string[];
  select: string;
  ignore: string;
  arguments: string[];
  failOn: string;
  failOnUndecided: boolean;
  connection: string;
  isLive: boolean;
  resourceGroup: string;
  location: string;
  mode: string;
  publishSarif: boolean;
  publishTestResults: boolean;
  testRunTitle: string;
  summary: boolean;
  /** Undefined: no comment; a name tells it from others of the same job, and is mostly empty. */
  comment: string | undefined;
  outputPath: string;
  outputFormat: string;
  toolVersion: string;
  toolPath: string;
  bicep: string;
}

export function readInputs(): Inputs {
  const connection = text("connectedServiceNameARM");
  const more = words("arguments");
  const isLive = connection !== "" || more.includes("--live");
  return {
    paths: lines("paths"),
    parametersFiles: lines("parametersFiles"),
    environment: text("environment"),
    set: lines("set"),
    workingDirectory: readWorkingDirectory(),
    config: text("config"),
    baseline: text("baseline"),
    pack: lines("pack"),
    select: text("select"),
    ignore: text("ignore"),
    arguments: more,
    failOn: choice("failOn", ["error", "warning", "note", "never"], ""),
    failOnUndecided: readFailOnUndecided(isLive),
    connection,
    isLive,
    resourceGroup: text("resourceGroup"),
    location: text("location"),
    mode: choice("mode", ["incremental", "complete"], ""),
    publishSarif: tl.getBoolInput("publishSarif"),
    publishTestResults: tl.getBoolInput("publishTestResults"),
    testRunTitle: text("testRunTitle") || "armguard",
    summary: tl.getBoolInput("summary"),
    comment: readComment(),
    outputPath: text("outputPath"),
    outputFormat: choice(
      "outputFormat",
      ["html", "json", "junit", "markdown", "sarif", "text"],
      "html",
    ),
    toolVersion: readVersion(),
    toolPath: text("toolPath"),
    bicep: text("bicep"),
  };
}

function text(name: string): string {
  return (tl.getInput(name) ?? "").trim();
}

function lines(name: string): string[] {
  return text(name)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function words(name: string): string[] {
  try {
    return wordsOf(text(name));
  } catch (error) {
    throw new Error(`${name} can't be split into words: ${(error as Error).message}`);
  }
}

function choice(name: string, allowed: string[], otherwise: string): string {
  const value = text(name).toLowerCase() || otherwise;
  if (value !== otherwise && !allowed.includes(value)) {
    throw new Error(`${name} is '${value}'; allowed are ${allowed.join(", ")}`);
  }
  return value;
}

function readFailOnUndecided(isLive: boolean): boolean {
  const value = choice("failOnUndecided", ["auto", "true", "false"], "auto");
  return value === "auto" ? isLive : value === "true";
}

function readComment(): string | undefined {
  const value = text("comment");
  if (/^(false)?$/i.test(value)) {
    return undefined;
  }
  if (/^true$/i.test(value)) {
    return "";
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/.test(value)) {
    throw new Error(
      `comment is '${value}'; allowed are true, false, or a name of at most 60 letters, digits,` +
        " blanks, dots, hyphens and underscores",
    );
  }
  return value;
}

function readWorkingDirectory(): string {
  const folder = text("workingDirectory") || tl.getVariable("System.DefaultWorkingDirectory");
  const found = folder || process.cwd();
  if (!existsSync(found) || !statSync(found).isDirectory()) {
    throw new Error(
      `workingDirectory '${found}' is no folder; check out the sources before this task`,
    );
  }
  return found;
}

// It becomes the name of a folder and part of an argument of pip.
function readVersion(): string {
  const version = text("toolVersion");
  if (version !== "" && !/^\d[\w.+!-]*$/.test(version)) {
    throw new Error(`toolVersion '${version}' is no version; write it as 1.2.3, without operators`);
  }
  return version;
}
