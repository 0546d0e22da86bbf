"""The report as one HTML file: the page in `page.py`, its parts beside it."""

from armguard.reporters.html.page import render as render
