import assert from "node:assert";
import { test } from "node:test";

import { harmless, HarmlessLines } from "../ArmguardTask/ArmguardTaskV1/src/harmless";

for (const [foreign, safe] of [
  ["vault 'kv'", "vault 'kv'"],
  ["a\tb äöü 👩", "a\tb äöü 👩"],
  ["##vso[task.complete result=Succeeded;]", "\\u0023#vso[task.complete result=Succeeded;]"],
  ["name ##VSO[task.x]", "name \\u0023#VSO[task.x]"],
  ["###vso[x.y]", "#\\u0023#vso[x.y]"],
  ["##[error]no", "\\u0023#[error]no"],
  ["##vso[a.b]##vso[c.d]", "\\u0023#vso[a.b]\\u0023#vso[c.d]"],
  ["#\u00ad#vso[x.y]", "#\\u00ad#vso[x.y]"],
  ["##v\u200bso[x.y]", "##v\\u200bso[x.y]"],
  ["\u001b[31mred", "\\u001b[31mred"],
  ["a\r\n##vso[x.y]", "a\\u000d\\u000a\\u0023#vso[x.y]"],
  ["\u{e0041}", "\\U000e0041"],
] as const) {
  test(`harmless: ${JSON.stringify(foreign)}`, () => {
    assert.strictEqual(harmless(foreign), safe);
  });
}

function passed(chunks: (string | Buffer)[]): string {
  let printed = "";
  const lines = new HarmlessLines((line) => (printed += line));
  chunks.forEach((chunk) => lines.write(chunk));
  lines.end();
  return printed.replaceAll("\r\n", "\n");
}

test("a token that two chunks share is found", () => {
  assert.strictEqual(
    passed(["x ##v", "so[task.complete]y\nz"]),
    "x \\u0023#vso[task.complete]y\nz\n",
  );
});

test("a character that two chunks share is kept", () => {
  const bytes = Buffer.from("vault ä\n");
  assert.strictEqual(passed([bytes.subarray(0, 7), bytes.subarray(7)]), "vault ä\n");
});

test("ends of lines of Windows are ends of lines", () => {
  assert.strictEqual(passed(["a\r\nb\r\n"]), "a\nb\n");
});

test("bytes that are no text do no harm", () => {
  const printed = passed([Buffer.from([0xff, 0x23, 0x23, 0x76, 0x73, 0x6f, 0x5b, 0x0a])]);
  assert.strictEqual(printed, "\ufffd\\u0023#vso[\n");
});
