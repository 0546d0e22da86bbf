import assert from "node:assert";
import { test } from "node:test";

import { wordsOf } from "../ArmguardTask/ArmguardTaskV1/src/words";

for (const [text, words] of [
  ["", []],
  [" \n\t ", []],
  ["--set a=b", ["--set", "a=b"]],
  ["--set\na=b\r\n--quiet", ["--set", "a=b", "--quiet"]],
  [`--set 'a=["b c"]'`, ["--set", 'a=["b c"]']],
  [`"it's" 'say "no"'`, ["it's", 'say "no"']],
  [`a="b c"d e`, ["a=b cd", "e"]],
  [`'' a "" `, ["", "a", ""]],
  ["C:\\deploy\\main.json \\", ["C:\\deploy\\main.json", "\\"]],
  ["$(rm -rf x) `y` *; && ${Z}", ["$(rm", "-rf", "x)", "`y`", "*;", "&&", "${Z}"]],
  ['"two\nlines"', ["two\nlines"]],
] as const) {
  test(`words of ${JSON.stringify(text)}`, () => {
    assert.deepStrictEqual(wordsOf(text), words);
  });
}

for (const text of ['a "b', "it's", `"a" 'b`]) {
  test(`a quotation mark without a partner: ${text}`, () => {
    assert.throws(() => wordsOf(text), /^Error: a quotation mark ["'] has no partner$/);
  });
}
