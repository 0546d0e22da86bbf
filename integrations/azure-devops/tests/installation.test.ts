import { temporary } from "./agent";

import assert from "node:assert";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { install } from "../ArmguardTask/ArmguardTaskV1/src/installation";
import { isNewEnough } from "../ArmguardTask/ArmguardTaskV1/src/python";
import { findArmguard } from "../ArmguardTask/ArmguardTaskV1/src/tool";

const isPosix = process.platform !== "win32";
const wheels = join(temporary, "wheels");
mkdirSync(wheels);
writeFileSync(join(wheels, "armguard-1.2.3-py3-none-any.whl"), "");

// Stands in for every Python: it makes a copy of itself as a virtual environment, notes what pip is
// asked for, and fails as often as it is told to.
function fakePython(name: string, failures = 0): { program: string; asked: () => string[] } {
  const folder = join(temporary, name);
  const program = join(folder, "python3");
  const log = join(folder, "log");
  mkdirSync(folder);
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in
*sys.version_info*) echo 3.12.1;;
*"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python"
  printf '#!/bin/sh\\necho armguard, version 1.2.3\\n' > "$last/bin/armguard"
  chmod +x "$last/bin/armguard";;
*"-m pip"*) echo "index=$PIP_INDEX_URL config=$PIP_CONFIG_FILE $*" >> "${log}"
  [ "$(wc -l < "${log}")" -gt ${failures} ];;
esac
`,
  );
  chmodSync(program, 0o755);
  const asked = (): string[] => readFileSync(log, "utf8").trim().split("\n");
  return { program, asked };
}

process.env["PIP_INDEX_URL"] = "https://index.invalid";
const source = { version: "1.2.3", wheels };

test(
  "installed from the task's wheels, whatever pip is configured for",
  { skip: !isPosix },
  async () => {
    const python = fakePython("first");
    const folder = join(temporary, "venv-first");
    const program = await install(folder, { program: python.program, args: [] }, source, false);
    assert.strictEqual(program, join(folder, "bin", "armguard"));
    assert.ok(existsSync(join(folder, ".complete")));
    const [command = "", ...more] = python.asked();
    assert.deepStrictEqual(more, []);
    assert.ok(command.startsWith("index= config=/dev/null -I -m pip install "), command);
    assert.ok(command.includes(`--no-index --only-binary :all: --find-links ${wheels}`), command);
    assert.ok(command.endsWith(join(wheels, "armguard-1.2.3-py3-none-any.whl")), command);
  },
);

test(
  "where they do not fit the machine, the rest comes from the index",
  { skip: !isPosix },
  async () => {
    const python = fakePython("second", 1);
    const folder = join(temporary, "venv-second");
    await install(folder, { program: python.program, args: [] }, source, true);
    const [, command = ""] = python.asked();
    assert.ok(
      command.startsWith("index=https://index.invalid config= -I -m pip install "),
      command,
    );
    assert.ok(!command.includes("--no-index"), command);
    assert.ok(command.endsWith(".whl[azure]"), command);
  },
);

test("an installation that fails is not complete", { skip: !isPosix }, async () => {
  const python = fakePython("third", 9);
  const folder = join(temporary, "venv-third");
  const made = install(folder, { program: python.program, args: [] }, source, false);
  await assert.rejects(made, /pip could not install .*; see its output above/);
  assert.ok(!existsSync(join(folder, ".complete")));
});

test(
  "a version is asked of the index, once, and a half-made folder made anew",
  { skip: !isPosix },
  async (context) => {
    const python = fakePython("fourth");
    const path = process.env["PATH"];
    process.env["PATH"] = `${join(temporary, "fourth")}:/usr/bin:/bin`;
    context.after(() => (process.env["PATH"] = path));
    const folder = join(temporary, "tools", "armguard", "4.5.6");
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "left-behind"), "");
    writeFileSync(join(folder, "bin", "armguard"), "#!/bin/sh\n", { mode: 0o755 }); // it even runs
    const wanted = {
      toolPath: "",
      toolVersion: "4.5.6",
      workingDirectory: temporary,
      isLive: false,
    };
    assert.strictEqual(await findArmguard(wanted, wheels), join(folder, "bin", "armguard"));
    assert.ok(!existsSync(join(folder, "left-behind")));
    assert.strictEqual(await findArmguard(wanted, wheels), join(folder, "bin", "armguard"));
    const [command = "", ...more] = python.asked();
    assert.ok(command.endsWith(" armguard==4.5.6"), command);
    assert.ok(!command.includes(wheels), command);
    assert.deepStrictEqual(more, []);
  },
);

test("an armguard on PATH is taken if it runs", { skip: !isPosix }, async (context) => {
  const folder = join(temporary, "on path");
  const program = join(folder, "armguard");
  mkdirSync(folder);
  writeFileSync(program, "#!/bin/sh\necho armguard, version 1.2.3\n", { mode: 0o755 });
  const path = process.env["PATH"];
  process.env["PATH"] = folder;
  context.after(() => (process.env["PATH"] = path));
  const wanted = { toolPath: "", toolVersion: "", workingDirectory: temporary, isLive: false };
  assert.strictEqual(await findArmguard(wanted, wheels), program);
  writeFileSync(program, "#!/bin/sh\nexit 1\n");
  await assert.rejects(findArmguard(wanted, wheels), /needs Python 3.11 or newer/);
});

test("a path that is named wins, and must exist", async () => {
  const wanted = { toolVersion: "9.9.9", workingDirectory: wheels, isLive: false };
  const name = "armguard-1.2.3-py3-none-any.whl";
  assert.strictEqual(await findArmguard({ ...wanted, toolPath: name }, wheels), join(wheels, name));
  await assert.rejects(
    findArmguard({ ...wanted, toolPath: "none" }, wheels),
    /toolPath '.*none' does not exist/,
  );
});

for (const [version, expected] of [
  ["3.10.13", false],
  ["3.11.0", true],
  ["3.14.0", true],
  ["4.0.0", false],
  ["2.7.18", false],
  ["", false],
] as const) {
  test(`Python ${version || "without an answer"} is ${expected ? "" : "not "}enough`, () => {
    assert.strictEqual(isNewEnough(version), expected);
  });
}
