// The licences of the npm packages inside of the bundle, as ThirdPartyNotices.txt wants them.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** `metafile` is esbuild's: it names every file that went into the bundle. */
export function noticesOfPackages(here, metafile) {
  const folders = Object.keys(metafile.inputs)
    .map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
    .filter((folder) => folder !== undefined);
  const notices = [...new Set(folders)].sort().map((folder) => noticeOf(join(here, folder)));
  return `The task contains the following software.\n${notices.join("")}`;
}

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined && !license) {
    throw new Error(`${name} ${version} has no licence`);
  }
  const text =
    file === undefined ? `License: ${license}` : readFileSync(join(folder, file), "utf8");
  const notices = ["ThirdPartyNotice.txt", "ThirdPartyNotices.txt"]
    .map((each) => join(folder, each))
    .filter((each) => existsSync(each))
    .map((each) => `\n${readFileSync(each, "utf8").trim()}\n`);
  return `\n${"=".repeat(80)}\n${name} ${version} (npm)\n\n${text.trim()}\n${notices.join("")}`;
}
