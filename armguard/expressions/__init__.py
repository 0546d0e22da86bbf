"""The language inside `"[...]"` strings: text to syntax tree and back; knows nothing of templates."""
