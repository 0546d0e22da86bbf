// Makes foreign text safe to print: the agent obeys `##vso[` wherever it stands in a line.
//
// Templates, file names and the output of programs are foreign. Give whole lines only: a token can
// be cut in two by the end of a chunk.

import { EOL } from "node:os";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

// What no reader sees: control and format characters, separators of lines, lone surrogates. Besides
// the harm they do themselves, a comparison that skips them would find a token with one inside.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const token = /#(?=#(?:vso)?\[)/gi;

export function harmless(text: string): string {
  return text
    .replace(invisible, (character) => (character === "\t" ? character : written(character)))
    .replace(token, written);
}

function written(character: string): string {
  const code = character.codePointAt(0)?.toString(16) ?? "";
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}

/** Passes lines on to `print` when they are complete, each made harmless. */
export class HarmlessLines extends Writable {
  private readonly decoder = new StringDecoder("utf8");
  private rest = "";

  constructor(private readonly print: (line: string) => void) {
    super();
  }

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.rest += typeof chunk === "string" ? chunk : this.decoder.write(chunk);
    const lines = this.rest.split("\n");
    this.rest = lines.pop() ?? "";
    lines.forEach((line) => this.pass(line));
    done();
  }

  override _final(done: () => void): void {
    this.rest += this.decoder.end();
    if (this.rest !== "") {
      this.pass(this.rest);
    }
    done();
  }

  private pass(line: string): void {
    this.print(harmless(line.replace(/\r$/, "")) + EOL);
  }
}
