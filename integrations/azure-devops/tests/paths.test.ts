import { temporary } from "./agent";

import assert from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { choosePaths } from "../ArmguardTask/ArmguardTaskV1/src/paths";

const folder = join(temporary, "sources");
for (const file of [
  "main.json",
  "main.parameters.prod.json",
  "readme.md",
  "infra/a.json",
  "infra/b.jsonc",
  "infra/old/c.json",
  "infra/old/c.parameters.json",
]) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), "{}");
}

test("files and folders are armguard's own business", () => {
  const paths = ["infra", "main.parameters.prod.json", "missing"];
  assert.deepStrictEqual(choosePaths(paths, folder), { paths, areListed: false });
});

test("nothing is the working directory", () => {
  assert.deepStrictEqual(choosePaths([], folder), { paths: [], areListed: false });
});

for (const [lines, expected] of [
  [["infra/*.json"], ["infra/a.json"]],
  [["**"], ["infra/a.json", "infra/b.jsonc", "infra/old/c.json", "main.json"]],
  [
    ["infra", "!infra/old"],
    ["infra/a.json", "infra/b.jsonc"],
  ],
  [
    ["infra/", "!infra/old/"],
    ["infra/a.json", "infra/b.jsonc"],
  ],
  [["**", "!infra/**"], ["main.json"]],
  [
    ["**", "!infra/**", "infra/a.json"],
    ["infra/a.json", "main.json"],
  ],
  [["?ain.json"], ["main.json"]],
] as const) {
  test(`patterns: ${lines.join(" ")}`, () => {
    const chosen = choosePaths([...lines], folder);
    assert.deepStrictEqual(chosen, { paths: [...expected], areListed: true });
  });
}

test("nothing that fits is an error, and no silent success", () => {
  assert.throws(() => choosePaths(["*.bicep"], folder), /no JSON file below '.*' fits \*\.bicep/);
});

test("only exclusions are an error that says what to add", () => {
  assert.throws(() => choosePaths(["!infra"], folder), /add a line such as '\*\*'/);
});

test("standard input is refused: nobody would close it", () => {
  assert.throws(() => choosePaths(["-"], folder), /standard input/);
});

test("a command line that would be too long is refused", () => {
  assert.throws(() => choosePaths(["**"], folder, 20), /4 files fit, too many.*armguard.toml/);
});
