// The report as a comment of the pull request: one for each job, which later runs update.
//
// It never changes the result of the task. Why there is no comment is one sentence in the log.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

import * as tl from "azure-pipelines-task-lib/task";

import { pullRequestOfTheRun, type PullRequest } from "./azureRepos";
import { harmless } from "./harmless";

/** Characters: "A discussion comment cannot be longer than 150000 characters". */
const longest = 150_000;

/** `isNews`: whether there is something to post where no earlier run has. */
export async function comment(file: string, name: string, isNews: boolean): Promise<void> {
  if (!existsSync(file)) {
    return; // nothing was checked, and the result says why
  }
  try {
    console.log(await put(readFileSync(file, "utf8"), name, isNews));
  } catch (error) {
    tl.warning(harmless(`no comment on the pull request: ${(error as Error).message}`));
  }
}

async function put(report: string, name: string, isNews: boolean): Promise<string> {
  const pullRequest = pullRequestOfTheRun();
  if (pullRequest === undefined) {
    return "No comment, because this run belongs to no pull request.";
  }
  const job = ["System.DefinitionId", "System.StageName", "System.JobName"].map((variable) => tl.getVariable(variable));
  const marker = markerOf([...job, name]);
  const text = commentOf(report, marker, name, endingFor(pullRequest));
  const where = `pull request ${pullRequest.id}`;
  const found = await pullRequest.earlier(marker);
  if (found !== undefined) {
    await pullRequest.update(found, text);
    return `The comment on ${where} is updated.`;
  }
  if (!isNews) {
    return `No comment on ${where}, because nothing was found.`;
  }
  await pullRequest.post(text);
  return `There is a comment on ${where} now.`;
}

/** The first line of the comments of one job: others of the pull request have others. */
export function markerOf(what: (string | undefined)[]): string {
  const digest = createHash("sha256").update(JSON.stringify(what)).digest("hex");
  return `<!-- armguard ${digest.slice(0, 16)} -->`;
}

function endingFor(pullRequest: PullRequest): string {
  const run = `[the run](${pullRequest.addressOfTheRun})`;
  return pullRequest.commit === "" ? `${run}.` : `Commit ${pullRequest.commit.slice(0, 10)}, ${run}.`;
}

/** The report with a marker of its own in place of the general one, cut where it is too long. */
export function commentOf(
  report: string,
  marker: string,
  name: string,
  ending: string,
  limit = longest,
): string {
  const [, title = "", ...lines] = report.split("\n");
  const rest = lines.join("\n");
  const start = `${marker}\n${title}${name && `: ${name}`}\n`;
  const end = `\n${ending}\n`;
  const room = limit - start.length - end.length;
  return start + (rest.length <= room ? rest : shortened(rest, room)) + end;
}

function shortened(text: string, room: number): string {
  const told =
    "\n**This report is too long for a comment.** All of it is on the summary page of the run.\n";
  const closing = "\n</details>\n";
  const cut = text.slice(0, room - told.length - closing.length);
  const kept = cut.slice(0, cut.lastIndexOf("\n") + 1);
  const isOpen = kept.split("<details>").length > kept.split("</details>").length;
  return kept + (isOpen ? closing : "") + told;
}
