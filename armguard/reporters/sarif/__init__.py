"""The report as SARIF 2.1.0: the log in `log.py`, its parts beside it."""

from armguard.reporters.sarif.log import render as render
