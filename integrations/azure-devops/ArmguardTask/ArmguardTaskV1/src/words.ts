// Splits a line into words, as an input with further arguments has them.
//
// Blanks and line breaks separate, quotes of either kind group, also in the middle of a word, and
// nothing is expanded. A backslash is a character like others: it separates folders on Windows.

export function wordsOf(text: string): string[] {
  const pieces = /\s+|"([^"]*)"|'([^']*)'|([^\s"']+)|(["'])/g;
  const words: string[] = [];
  let isInside = false;
  for (const [piece, double, single, plain, lonely] of text.matchAll(pieces)) {
    if (lonely !== undefined) {
      throw new Error(`a quotation mark ${lonely} has no partner`);
    }
    if (piece.trim() === "") {
      isInside = false;
      continue;
    }
    const value = double ?? single ?? plain ?? "";
    if (isInside) {
      words.push((words.pop() ?? "") + value);
    } else {
      words.push(value);
    }
    isInside = true;
  }
  return words;
}
