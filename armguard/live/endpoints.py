"""Where Azure Resource Manager is: the three clouds, and endpoints that somebody names.

Plain http is for this machine only, where no credential is asked for and none is sent: tests,
proxies, emulators. Everywhere else it is refused, because a token would travel in the open.
"""

from __future__ import annotations

from armguard.errors import UsageError
from armguard.record import record

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@record
class Cloud:
    name: str
    url: str
    scope: str
    """what a token is asked for"""
    authority: str
    """the host that gives tokens"""


CLOUDS = {
    "AzureCloud": Cloud(
        "AzureCloud",
        "https://management.azure.com",
        "https://management.azure.com/.default",
        "login.microsoftonline.com",
    ),
    "AzureUSGovernment": Cloud(
        "AzureUSGovernment",
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/.default",
        "login.microsoftonline.us",
    ),
    "AzureChinaCloud": Cloud(
        "AzureChinaCloud",
        "https://management.chinacloudapi.cn",
        "https://management.core.chinacloudapi.cn/.default",
        "login.chinacloudapi.cn",
    ),
}


@record
class Endpoint:
    url: str
    """without a slash at the end"""
    host: str
    """with its port, as it is printed"""
    cloud: Cloud
    asks_for_token: bool


def endpoint_of(url: str | None, cloud_name: str) -> Endpoint:
    """The endpoint to use. Raises `UsageError` for a URL that is none, or is not safe."""
    from urllib.parse import urlsplit

    cloud = CLOUDS[cloud_name]
    written = (url or cloud.url).rstrip("/")
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"'{url}' is no endpoint: {error}") from error
    if parts.scheme not in ("http", "https") or not host or parts.path or parts.query:
        raise UsageError(f"'{url}' is no endpoint; write it as in {cloud.url}")
    if parts.username is not None or parts.password is not None:
        raise UsageError("an endpoint holds no user name and no password; see --credential")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageError(
            f"'{url}' is not encrypted; http is allowed for {', '.join(_LOOPBACK)} only, use https"
        )
    return Endpoint(written, parts.netloc, cloud, parts.scheme == "https")
