"""The language inside `"[...]"` strings: text to syntax tree and back; knows no templates."""
