// The lines of the input `paths` as arguments of armguard.
//
// Plain files and folders are armguard's own business and are passed on as they are. It has no
// option to take files away, so where a line has a wildcard or begins with `!` the files are listed
// here, and armguard is told that a program chose them. Beside patterns, too, a line without a
// wildcard names something that must be there: a misspelt one would be a template nobody looked at.

import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

import * as tl from "azure-pipelines-task-lib/task";

import { harmless } from "./harmless";

export interface Chosen {
  paths: string[];
  areListed: boolean;
}

// A command line of Windows has at most 32,767 characters.
const longest = process.platform === "win32" ? 24_000 : 1_000_000;

export function choosePaths(lines: string[], folder: string, limit = longest): Chosen {
  if (lines.includes("-")) {
    throw new Error(
      "paths: '-' (standard input) has no meaning in a pipeline; name a file or a folder",
    );
  }
  if (!lines.some(isPattern)) {
    return { paths: lines, areListed: false };
  }
  if (lines.every((line) => line.startsWith("!"))) {
    throw new Error(
      "paths: every line begins with '!', so nothing is left; add a line such as '**'",
    );
  }
  const paths = filesThatFit(lines, resolve(folder));
  if (paths.length === 0) {
    throw new Error(`paths: no JSON or Bicep file below '${folder}' fits ${lines.join(" ")}`);
  }
  if (paths.join(" ").length > limit) {
    throw new Error(
      `paths: ${paths.length} files fit, too many for one command line; name folders,` +
        " and write what is to be left out as 'exclude' into armguard.toml",
    );
  }
  return { paths, areListed: true };
}

function isPattern(line: string): boolean {
  return /^!|[*?]/.test(line);
}

function filesThatFit(lines: string[], folder: string): string[] {
  const named = lines.filter((line) => !isPattern(line)).map((line) => existing(line, folder));
  const found = tl.findMatch(
    folder,
    lines.map((line) => asPattern(line, folder)),
    {
      allowBrokenSymbolicLinks: true,
      followSpecifiedSymbolicLink: true,
      followSymbolicLinks: false,
    },
  );
  return found
    .filter((path) => named.includes(path) || (isSource(path) && !isParameters(path)))
    .filter(isFile)
    .map((path) => relative(folder, path).split(sep).join("/"));
}

function existing(line: string, folder: string): string {
  const path = resolve(folder, line);
  if (!existsSync(path)) {
    throw new Error(`paths: '${line}' does not exist in '${folder}'; correct the line`);
  }
  return path;
}

function isFile(path: string): boolean {
  if (existsSync(path)) {
    return statSync(path).isFile();
  }
  console.log(harmless(`skipped ${path}: it is a link that leads nowhere`));
  return false;
}

// Without a wildcard a line is a name, and a folder stands for what is below it.
function asPattern(line: string, folder: string): string {
  if (/[*?]/.test(line)) {
    return line;
  }
  const [, signs = "", name = ""] = /^(!*)(.*)$/.exec(line) ?? [];
  const path = resolve(folder, name);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  return signs + literally(path) + (isFolder ? "/**" : "");
}

function literally(path: string): string {
  const separated = sep === "\\" ? path : path.replaceAll("\\", "\\\\");
  return separated.replace(/[[*?]|[+@!](?=\()/g, "[$&]");
}

// A .bicepparam file says itself which template it is for, and may lie anywhere.
function isSource(path: string): boolean {
  return /\.(jsonc?|bicep|bicepparam)$/i.test(path);
}

// armguard checks the template of a parameter file, so one of them would bring back a template that
// was taken away; those of the others it finds by itself.
function isParameters(path: string): boolean {
  return /\.parameters(\.[^\\/]*)?\.jsonc?$/i.test(path);
}
