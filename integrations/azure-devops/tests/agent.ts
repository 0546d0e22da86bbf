// Import this first: it plays the agent for the modules that are tested, whose library reads its
// variables, and makes a key file in the temporary folder, when it is loaded. That folder goes when
// the tests end.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

export const temporary = mkdtempSync(join(tmpdir(), "armguard-task-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
process.env["AGENT_TEMPDIRECTORY"] = temporary;
process.env["AGENT_TOOLSDIRECTORY"] = join(temporary, "tools");
process.env["SYSTEM_DEBUG"] = "true";

/** What the library prints from now on. */
export function listen(): string[] {
  const printed: string[] = [];
  const tl =
    require("azure-pipelines-task-lib/task") as typeof import("azure-pipelines-task-lib/task");
  tl.setStdStream(
    new Writable({
      write(chunk: Buffer, _encoding, done): void {
        printed.push(chunk.toString());
        done();
      },
    }),
  );
  return printed;
}
