import "./agent";

import assert from "node:assert";
import { test } from "node:test";

import { commentOf, markerOf } from "../ArmguardTask/ArmguardTaskV1/src/comment";

const report = "<!-- armguard -->\n## armguard\n\nchecked 1 template\n";
const rows = "| row |\n".repeat(100);

test("a marker is a comment that no reader sees, and another one for each job", () => {
  assert.match(markerOf(["1", undefined, "--> <b>"]), /^<!-- armguard [0-9a-f]{16} -->$/);
  assert.strictEqual(markerOf(["1", "a"]), markerOf(["1", "a"]));
  assert.notStrictEqual(markerOf(["1", "a"]), markerOf(["1a"]));
});

test("a comment is the report with its own marker, its name and where it is from", () => {
  assert.strictEqual(
    commentOf(report, "<!-- armguard 1 -->", "prod", "The run."),
    "<!-- armguard 1 -->\n## armguard: prod\n\nchecked 1 template\n\nThe run.\n",
  );
});

test("a report that is too long is cut at a line, and says where the rest is", () => {
  const whole = commentOf(report + rows, "m", "", "e");
  assert.strictEqual(commentOf(report + rows, "m", "", "e", whole.length), whole);
  const cut = commentOf(report + rows, "m", "", "e", whole.length - 1);
  assert.ok(cut.length < whole.length);
  assert.match(cut, /\n\| row \|\n\n\*\*This report is too long .* summary page of the run.\n\ne\n$/);
});

test("what is folded is closed where it is cut", () => {
  const folded = `${report}<details>\n${rows}</details>\n`;
  const cut = commentOf(folded, "m", "", "e", 600);
  assert.match(cut, /\n\| row \|\n\n<\/details>\n\n\*\*This report is too long/);
});
