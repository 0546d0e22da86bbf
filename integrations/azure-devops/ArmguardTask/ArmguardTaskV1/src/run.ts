// Runs programs; whatever they print reaches the log as harmless lines, and none of them sees the
// PYTHON* variables of the job.

import * as tl from "azure-pipelines-task-lib/task";

import { withoutPython, type Environment } from "./environment";
import { HarmlessLines } from "./harmless";

/** `args` come before all others. */
export interface Program {
  path: string;
  args: string[];
}

export interface Ended {
  code: number;
  stderr: string;
}

/** Run to the end, whatever the exit code is. Throws if the program can't be started. */
export async function run(
  program: Program,
  args: string[],
  options: { folder?: string; environment?: Environment } = {},
): Promise<Ended> {
  const output = new HarmlessLines((line) => process.stdout.write(line));
  const errors: string[] = [];
  const runner = tl.tool(program.path).arg([...program.args, ...args]);
  runner.on("stderr", (chunk: Buffer) => errors.push(chunk.toString()));
  try {
    const code = await runner.execAsync({
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      env: withoutPython(options.environment ?? process.env),
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
export function ask(program: Program, args: string[]): string | undefined {
  try {
    const runner = tl.tool(program.path).arg([...program.args, ...args]);
    const result = runner.execSync({ silent: true, env: withoutPython(process.env) });
    return result.code === 0 ? result.stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}
