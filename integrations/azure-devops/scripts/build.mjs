// Puts everything that the extension ships into build/.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { noticesOfPackages } from "./notices.mjs";
import { commonVersion } from "./versions.mjs";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const project = join(here, "..", "..");
const output = join(here, "build");
const task = join("ArmguardTask", "ArmguardTaskV1");

const version = commonVersion(here, project);
rmSync(output, { recursive: true, force: true });
mkdirSync(join(output, task), { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: [join(task, "src", "index.ts")],
  outfile: join(output, task, "index.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  legalComments: "inline",
  metafile: true,
  logLevel: "warning",
});
for (const file of ["vss-extension.json", "overview.md", "images/icon.png"]) {
  cpSync(join(here, file), join(output, file));
}
for (const file of ["task.json", "icon.png"]) {
  cpSync(join(here, task, file), join(output, task, file));
}
cpSync(join(project, "LICENSE"), join(output, "LICENSE"));

const wheels = join(output, task, "wheels");
const python = process.env.PYTHON || (process.platform === "win32" ? "python" : "python3");
const gathered = spawnSync(
  python,
  [join(here, "scripts", "gather_wheels.py"), project, join(here, "wheels.txt"), wheels],
  { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" },
);
if (gathered.status !== 0) {
  throw new Error(
    `${python} could not gather the wheels${gathered.error ? `: ${gathered.error.message}` : ""}`,
  );
}
if (!readdirSync(wheels).includes(`armguard-${version}-py3-none-any.whl`)) {
  throw new Error(`the wheel of armguard is not of version ${version}`);
}
writeFileSync(
  join(output, "ThirdPartyNotices.txt"),
  `${noticesOfPackages(here, metafile)}\n${gathered.stdout}`,
);
