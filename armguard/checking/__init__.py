"""The stages of a check: loading, planning, judging, reporting."""
