"""The fixtures of `conftest_deployed`, which tests import by its name as well."""

from conftest_deployed import compare, unread_item

__all__ = ["compare", "unread_item"]
