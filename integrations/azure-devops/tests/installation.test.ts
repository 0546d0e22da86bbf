import { temporary } from "./agent";

import assert from "node:assert";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";

import { install } from "../ArmguardTask/ArmguardTaskV1/src/installation";
import { isNewEnough } from "../ArmguardTask/ArmguardTaskV1/src/python";
import type { Program } from "../ArmguardTask/ArmguardTaskV1/src/run";
import { findArmguard } from "../ArmguardTask/ArmguardTaskV1/src/tool";

const isPosix = process.platform !== "win32";
const wheels = join(temporary, "wheels");
mkdirSync(wheels);
writeFileSync(join(wheels, "armguard-1.2.3-py3-none-any.whl"), "");

interface Fake {
  program: Program;
  asked: () => string[];
  environments: () => string[];
}

// Stands in for every Python: it makes a copy of itself as a virtual environment, notes what it is
// asked for, and its pip fails as often as it is told to.
function fakePython(name: string, failures = 0): Fake {
  const folder = join(temporary, name);
  const program = join(folder, "python3");
  const log = join(folder, "log");
  const venvs = join(folder, "venvs");
  mkdirSync(folder);
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in
*sys.version_info*) echo 3.12.1;;
"-I -m venv "*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python"
  echo "$*" >> "${venvs}";;
"-I -m armguard --version") [ -e "\${0%/bin/python}/installed" ];;
*"-m pip"*) echo "index=$PIP_INDEX_URL config=$PIP_CONFIG_FILE $*" >> "${log}"
  [ "$(wc -l < "${log}")" -gt ${failures} ] && touch "\${0%/bin/python}/installed";;
*) exit 1;;
esac
`,
  );
  chmodSync(program, 0o755);
  const lines = (file: string): string[] => readFileSync(file, "utf8").trim().split("\n");
  return {
    program: { path: program, args: [] },
    asked: () => lines(log),
    environments: () => lines(venvs),
  };
}

function armguardOf(folder: string): Program {
  return { path: join(folder, "bin", "python"), args: ["-I", "-m", "armguard"] };
}

function usePath(context: TestContext, path: string): void {
  const before = process.env["PATH"];
  process.env["PATH"] = path;
  context.after(() => (process.env["PATH"] = before));
}

process.env["PIP_INDEX_URL"] = "https://index.invalid";
const source = { version: "1.2.3", wheels };

test(
  "installed from the task's wheels, whatever pip is configured for",
  { skip: !isPosix },
  async () => {
    const python = fakePython("first");
    const folder = join(temporary, "tools-first", "1.2.3");
    const program = await install(folder, python.program, source, false);
    assert.deepStrictEqual(program, armguardOf(folder));
    assert.deepStrictEqual(readdirSync(dirname(folder)), ["1.2.3"]);
    assert.notStrictEqual(statSync(folder).mode & 0o055, 0, "other users can't read it");
    const [environment = ""] = python.environments();
    assert.match(environment, /^-I -m venv .*tools-first.unfinished-\w+.venv$/);
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
    const folder = join(temporary, "tools-second", "1.2.3-azure");
    await install(folder, python.program, source, true);
    const [, command = ""] = python.asked();
    assert.ok(
      command.startsWith("index=https://index.invalid config= -I -m pip install "),
      command,
    );
    assert.ok(!command.includes("--no-index"), command);
    assert.ok(command.endsWith(".whl[azure]"), command);
  },
);

test("an installation that fails leaves nothing behind", { skip: !isPosix }, async () => {
  const python = fakePython("third", 9);
  const folder = join(temporary, "tools-third", "1.2.3");
  const made = install(folder, python.program, source, false);
  await assert.rejects(made, /pip could not install .*; see its output above/);
  assert.deepStrictEqual(readdirSync(dirname(folder)), []);
});

test("of tasks that start at once each has an armguard", { skip: !isPosix }, async () => {
  const python = fakePython("crowd");
  const folder = join(temporary, "tools-crowd", "1.2.3");
  const tasks = [1, 2, 3].map(() => install(folder, python.program, source, false));
  assert.deepStrictEqual(await Promise.all(tasks), [1, 2, 3].map(() => armguardOf(folder)));
  assert.strictEqual(python.environments().length, 3);
  assert.deepStrictEqual(readdirSync(dirname(folder)), ["1.2.3"]);
});

test("a tools folder that can't be written to is named", { skip: !isPosix }, async () => {
  const python = fakePython("closed");
  const tools = join(temporary, "tools that are a file");
  writeFileSync(tools, "");
  const made = install(join(tools, "armguard", "1.2.3"), python.program, source, false);
  await assert.rejects(made, {
    message:
      `no folder can be made in '${join(tools, "armguard")}' (ENOTDIR); let the agent write to` +
      " its tools folder, or name an armguard with toolPath",
  });
});

test(
  "a version is asked of the index, once, and a folder that does not run is made anew",
  { skip: !isPosix },
  async (context) => {
    const python = fakePython("fourth");
    usePath(context, `${join(temporary, "fourth")}:/usr/bin:/bin`);
    const folder = join(temporary, "tools", "armguard", "4.5.6");
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "left-behind"), "");
    const wanted = {
      toolPath: "",
      toolVersion: "4.5.6",
      workingDirectory: temporary,
      isLive: false,
    };
    assert.deepStrictEqual(await findArmguard(wanted, wheels), armguardOf(folder));
    assert.ok(!existsSync(join(folder, "left-behind")));
    assert.deepStrictEqual(await findArmguard(wanted, wheels), armguardOf(folder));
    const [command = "", ...more] = python.asked();
    assert.ok(command.endsWith(" armguard==4.5.6"), command);
    assert.ok(!command.includes(wheels), command);
    assert.deepStrictEqual(more, []);
  },
);

test("with a connection it has a folder of its own", { skip: !isPosix }, async (context) => {
  fakePython("fifth");
  usePath(context, `${join(temporary, "fifth")}:/usr/bin:/bin`);
  const wanted = { toolPath: "", toolVersion: "4.5.7", workingDirectory: temporary };
  const place = join(temporary, "tools", "armguard", "4.5.7");
  const plain = await findArmguard({ ...wanted, isLive: false }, wheels);
  assert.deepStrictEqual(plain, armguardOf(place));
  const live = await findArmguard({ ...wanted, isLive: true }, wheels);
  assert.deepStrictEqual(live, armguardOf(`${place}-azure`));
});

test("an armguard on PATH is taken if it runs", { skip: !isPosix }, async (context) => {
  const folder = join(temporary, "on path");
  const program = join(folder, "armguard");
  mkdirSync(folder);
  writeFileSync(program, "#!/bin/sh\necho armguard, version 1.2.3\n", { mode: 0o755 });
  usePath(context, folder);
  const wanted = { toolPath: "", toolVersion: "", workingDirectory: temporary, isLive: false };
  assert.deepStrictEqual(await findArmguard(wanted, wheels), { path: program, args: [] });
  writeFileSync(program, "#!/bin/sh\nexit 1\n");
  await assert.rejects(findArmguard(wanted, wheels), /needs Python 3.11 or newer/);
});

test("a path that is named wins, and must be a program", { skip: !isPosix }, async () => {
  const folder = join(temporary, "named");
  const program = join(folder, "armguard");
  mkdirSync(folder);
  writeFileSync(program, "", { mode: 0o755 });
  writeFileSync(join(folder, "text"), "", { mode: 0o644 });
  const wanted = { toolVersion: "9.9.9", workingDirectory: folder, isLive: false };
  const find = (toolPath: string): Promise<Program> =>
    findArmguard({ ...wanted, toolPath }, wheels);
  assert.deepStrictEqual(await find("armguard"), { path: program, args: [] });
  await assert.rejects(find("none"), /'.*none' does not exist; name the program armguard$/);
  await assert.rejects(find("."), /'.*named' is no file; name the program armguard itself$/);
  await assert.rejects(find("text"), /'.*text' may not be executed; allow it with chmod \+x$/);
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
