// Runs programs; whatever they print reaches the log as harmless lines.

import * as tl from "azure-pipelines-task-lib/task";

import type { Environment } from "./environment";
import { HarmlessLines } from "./harmless";

export interface Ended {
  code: number;
  stderr: string;
}

/** Run to the end, whatever the exit code is. Throws if the program can't be started. */
export async function run(
  program: string,
  args: string[],
  options: { folder?: string; environment?: Environment } = {},
): Promise<Ended> {
  const output = new HarmlessLines((line) => process.stdout.write(line));
  const errors: string[] = [];
  const runner = tl.tool(program).arg(args);
  runner.on("stderr", (chunk: Buffer) => errors.push(chunk.toString()));
  try {
    const code = await runner.execAsync({
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      ...(options.environment === undefined ? {} : { env: options.environment }),
      ignoreReturnCode: true,
      outStream: output,
      errStream: output,
    });
    return { code, stderr: errors.join("") };
  } finally {
    await new Promise<void>((done) => output.end(done));
  }
}

/** What a program prints, and undefined if it fails or can't be started. */
export function ask(program: string, args: string[]): string | undefined {
  try {
    const result = tl.tool(program).arg(args).execSync({ silent: true });
    return result.code === 0 ? result.stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}
