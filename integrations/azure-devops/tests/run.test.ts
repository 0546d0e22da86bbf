import { temporary } from "./agent";

import assert from "node:assert";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const module_ = join(__dirname, "..", "ArmguardTask", "ArmguardTaskV1", "src", "run.js");

function outputOf(child: string, given: object = {}): string {
  const parent = `
    const { ask, run } = require(${JSON.stringify(module_)});
    const program = { path: process.execPath, args: ["-e"] };
    console.log("asked " + ask(program, ["console.log(process.env.PYTHONPATH)"]));
    run(program, [process.argv[1]], ${JSON.stringify(given)})
      .then((ended) => console.log("ended " + JSON.stringify(ended)));`;
  const environment = {
    ...process.env,
    AGENT_TEMPDIRECTORY: temporary,
    SYSTEM_DEBUG: "",
    PYTHONPATH: "sources",
    OTHER: "kept",
  };
  const ran = spawnSync(process.execPath, ["-e", parent, child], { env: environment });
  assert.strictEqual(ran.status, 0, ran.stderr.toString());
  return ran.stdout.toString();
}

test("what a program prints reaches the log, and no command in it", () => {
  const printed = outputOf(
    'process.stdout.write("one ##v");' +
      'setTimeout(() => process.stdout.write("so[task.complete result=Succeeded]\\ntwo"), 200);',
  );
  assert.match(printed, /^one \\u0023#vso\[task\.complete result=Succeeded\]$/m);
  assert.match(printed, /^two$/m);
  assert.match(printed, /^ended \{"code":0,"stderr":""\}$/m);
  const commands = printed.split("\n").filter((line) => line.includes("##vso["));
  assert.ok(
    commands.every((line) => line.startsWith("##vso[task.debug]")),
    commands.join("\n"),
  );
});

test("standard error is filtered too, and returned for the result", () => {
  const printed = outputOf('console.error("##vso[task.complete]"); process.exitCode = 2;');
  assert.match(printed, /^\\u0023#vso\[task\.complete\]$/m);
  assert.match(printed, /^ended \{"code":2,"stderr":"##vso\[task\.complete\]\\n"\}$/m);
});

for (const [name, given] of [
  ["of the job", {}],
  ["that is given", { environment: { OTHER: "kept", PYTHONPATH: "given", PYTHONHOME: "given" } }],
] as const) {
  test(`no program sees a variable of Python, in the environment ${name}`, () => {
    const shown = "const e = process.env; console.log('saw', e.PYTHONPATH, e.PYTHONHOME, e.OTHER)";
    const printed = outputOf(shown, given);
    assert.match(printed, /^asked undefined$/m);
    assert.match(printed, /^saw undefined undefined kept$/m);
  });
}
