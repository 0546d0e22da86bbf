// The pull request of the run in Azure Repos, and its comments.
//
// Asked with the token of the job, which only ever is a header of a request to the organisation;
// redirects are not followed. Each error says in one sentence why there is no comment.

import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

import * as tl from "azure-pipelines-task-lib/task";

import { tokenOfTheJob } from "./connection";

interface Comment {
  id: number;
  content?: string;
  isDeleted?: boolean;
  author?: { id?: string };
}

interface Thread {
  id: number;
  isDeleted?: boolean;
  comments?: Comment[];
}

/** Throws where it is kept elsewhere. */
export function pullRequestOfTheRun(): PullRequest | undefined {
  const id = tl.getVariable("System.PullRequest.PullRequestId");
  if (tl.getVariable("Build.Reason") !== "PullRequest" || !id) {
    return undefined;
  }
  const provider = tl.getVariable("Build.Repository.Provider");
  if (provider !== "TfsGit") {
    throw new Error(`the pull request is not in Azure Repos, but in ${provider}`);
  }
  return new PullRequest(id);
}

export class PullRequest {
  readonly commit = tl.getVariable("System.PullRequest.SourceCommitId") ?? "";
  private readonly collection = needed("System.CollectionUri").replace(/\/*$/, "/");
  private readonly project = `${this.collection}${path(needed("System.TeamProjectId"))}`;
  private readonly threads: string;
  private readonly token = tokenOfTheJob("a comment on a pull request");

  constructor(readonly id: string) {
    const repository = path(needed("Build.Repository.ID"));
    this.threads =
      `${this.project}/_apis/git/repositories/${repository}/pullRequests/${path(id)}/threads`;
  }

  get addressOfTheRun(): string {
    return `${this.project}/_build/results?buildId=${path(needed("Build.BuildId"))}`;
  }

  /** The address of the comment that an earlier run left. */
  async earlier(marker: string): Promise<string | undefined> {
    const { authenticatedUser } = await this.ask<{ authenticatedUser: { id: string } }>(
      "GET",
      `${this.collection}_apis/connectionData`,
    );
    const { value } = await this.ask<{ value: Thread[] }>("GET", versioned(this.threads));
    for (const { id, isDeleted, comments } of value) {
      const first = comments?.[0];
      // anybody may write the marker into a comment of their own
      const isOurs = first?.author?.id === authenticatedUser.id;
      const isThere = !isDeleted && !first?.isDeleted;
      if (isOurs && isThere && first?.content?.startsWith(marker)) {
        return `${this.threads}/${id}/comments/${first.id}`;
      }
    }
    return undefined;
  }

  async update(comment: string, content: string): Promise<void> {
    await this.ask("PATCH", versioned(comment), { content });
  }

  /** Without a status, a thread is nothing that somebody has to resolve. */
  async post(content: string): Promise<void> {
    const comments = [{ parentCommentId: 0, content, commentType: 1 }];
    await this.ask("POST", versioned(this.threads), { comments });
  }

  private async ask<T>(method: string, address: string, body?: object): Promise<T> {
    const { status, text } = await send(method, address, this.token, body);
    if (status !== 200 && status !== 201) {
      throw new Error(refusal(status));
    }
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new Error("Azure DevOps answered with no JSON");
    }
  }
}

function refusal(status: number): string {
  // for a token that it does not take it shows the page to sign in
  if (![203, 302, 401, 403, 404].includes(status)) {
    return `Azure DevOps answered with status ${status}`;
  }
  if (tl.getVariable("System.PullRequest.IsFork")?.toLowerCase() === "true") {
    return (
      "the token of a run for a pull request from a fork may not write;" +
      " the report is on the summary page of the run"
    );
  }
  return (
    `the build service may not write to pull requests (status ${status});` +
    " allow it 'Contribute to pull requests' in the security settings of the repository"
  );
}

const longestWait = 30_000;

function send(
  method: string,
  address: string,
  token: string,
  body: object | undefined,
): Promise<{ status: number; text: string }> {
  const data = body === undefined ? "" : JSON.stringify(body);
  const headers = {
    Accept: "application/json",
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(data),
  };
  const start = address.toLowerCase().startsWith("http:") ? overHttp : overHttps;
  return new Promise((done, failed) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = error.code ?? error.message;
      failed(new Error(`Azure DevOps could not be asked (${reason})`));
    };
    const sent = start(address, { method, headers, timeout: longestWait }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () =>
        done({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", fail);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.end(data);
  });
}

function versioned(address: string): string {
  return `${address}?api-version=6.0`;
}

function path(segment: string): string {
  return encodeURIComponent(segment);
}

function needed(name: string): string {
  const value = tl.getVariable(name);
  if (!value) {
    throw new Error(`the agent did not set ${name}`);
  }
  return value;
}
