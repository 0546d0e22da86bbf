"""The version of armguard; alone in its file, so that everything may know it."""

__version__ = "0.1.0"
