import { temporary } from "./agent";

import assert from "node:assert";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mock, test } from "node:test";

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
  "bicep/main.bicep",
  "bicep/Dev.BicepParam",
  "bicep/main.bicepparam.txt",
  "names/a[1]/d.json",
  "names/a1/e.json",
  "names/#f.json",
  "names/+(g)/h.json",
  "names/no-template.txt",
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
  [
    ["**", "!names"],
    [
      ...["bicep/Dev.BicepParam", "bicep/main.bicep"],
      ...["infra/a.json", "infra/b.jsonc", "infra/old/c.json", "main.json"],
    ],
  ],
  [
    ["infra", "!infra/old"],
    ["infra/a.json", "infra/b.jsonc"],
  ],
  [
    ["infra/", "!infra/old/"],
    ["infra/a.json", "infra/b.jsonc"],
  ],
  [["**", "!infra/**", "!names", "!bicep"], ["main.json"]],
  [["**/*.bicep"], ["bicep/main.bicep"]],
  [
    ["bicep", "!**/*.json"],
    ["bicep/Dev.BicepParam", "bicep/main.bicep"],
  ],
  [
    ["**", "!infra/**", "!names", "!bicep", "infra/a.json"],
    ["infra/a.json", "main.json"],
  ],
  [["?ain.json"], ["main.json"]],
  [["?ain.json", "names/a[1]"], ["main.json", "names/a[1]/d.json"]],
  [["?ain.json", "names/a[1]/d.json"], ["main.json", "names/a[1]/d.json"]],
  [["names/*/**", "!names/a[1]", "!names/+(g)"], ["names/a1/e.json"]],
  [["names/a1", "names/+(g)", "!infra"], ["names/+(g)/h.json", "names/a1/e.json"]],
  [
    ["?ain.json", "main.parameters.prod.json", "names/no-template.txt"],
    ["main.json", "main.parameters.prod.json", "names/no-template.txt"],
  ],
] as const) {
  test(`patterns: ${lines.join(" ")}`, () => {
    const chosen = choosePaths([...lines], folder);
    assert.deepStrictEqual(chosen, { paths: [...expected], areListed: true });
  });
}

test("nothing that fits is an error, and no silent success", () => {
  assert.throws(() => choosePaths(["*.yml"], folder), /no JSON or Bicep file below '.*' fits \*\.yml/);
});

test("only exclusions are an error that says what to add", () => {
  assert.throws(() => choosePaths(["!infra"], folder), /add a line such as '\*\*'/);
});

test("standard input is refused: nobody would close it", () => {
  assert.throws(() => choosePaths(["-"], folder), /standard input/);
});

test("a command line that would be too long is refused", () => {
  const lines = ["**", "!names", "!bicep"];
  assert.throws(() => choosePaths(lines, folder, 20), /4 files fit, too many.*armguard.toml/);
});

test("a name may look like a comment, and the folder like a pattern", () => {
  for (const inside of [join(folder, "names"), join(folder, "names", "a[1]")]) {
    writeFileSync(join(inside, "#f.json"), "{}");
    assert.deepStrictEqual(choosePaths(["#f.json", "!none"], inside), {
      paths: ["#f.json"],
      areListed: true,
    });
  }
});

for (const missing of ["infar", "infra[1]", "#a", "infra/[ab].json", "infra/z.json"]) {
  test(`beside a pattern too, a name must exist: ${missing}`, () => {
    const said = `paths: '${missing}' does not exist in '${folder}'; correct the line`;
    for (const line of ["infra/*.json", "!infra/old"]) {
      assert.throws(() => choosePaths([line, missing], folder), { message: said });
    }
  });
}

test(
  "a link that leads nowhere is skipped, and said",
  { skip: process.platform === "win32" },
  () => {
    const links = join(temporary, "links");
    mkdirSync(links);
    writeFileSync(join(links, "a.json"), "{}");
    symlinkSync("nowhere", join(links, "lost.json"));
    symlinkSync("round.json", join(links, "round.json"));
    symlinkSync("a.json", join(links, "z.json"));
    const log = mock.method(console, "log", () => undefined);
    const chosen = choosePaths(["*.json"], links);
    const said = log.mock.calls.map((call) => String(call.arguments[0]));
    log.mock.restore();
    assert.deepStrictEqual(chosen.paths, ["a.json", "z.json"]);
    assert.deepStrictEqual(said, [
      `skipped ${join(links, "lost.json")}: it is a link that leads nowhere`,
      `skipped ${join(links, "round.json")}: it is a link that leads nowhere`,
    ]);
    assert.throws(() => choosePaths(["lost.json", "!none"], links), /'lost.json' does not exist/);
  },
);
