"""What went wrong while reading, in one sentence that says what to do about it.

A failure is `final` where everything else would fail for the same reason: then nobody asks again,
so that an unreachable endpoint costs its time once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from armguard.errors import ArmguardError
from armguard.live.credentials import advice
from armguard.live.documents import document_of
from armguard.live.proxy_secrets import without_proxy_secrets

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DENIED = re.compile(
    r"client '(?P<who>[^']*)'.*?action '(?P<action>[^']*)' over scope '(?P<scope>[^']*)'",
    re.IGNORECASE | re.DOTALL,
)
_SHOWN = 300
_SHOWN_ID = 80
_LONGEST_MESSAGE = 4000
_ABSENT = ("resourcenotfound", "resourcegroupnotfound")


class ReadingError(ArmguardError):
    """Something could not be read; `status` and `code` are those of Azure's answer."""

    def __init__(
        self, message: str, *, status: int | None = None, code: str = "", final: bool = False
    ) -> None:
        super().__init__(without_proxy_secrets(message))
        self.status = status
        self.code = code
        self.final = final

    @property
    def is_absence(self) -> bool:
        """Whether Azure says that the resource, or its group, does not exist. Any other 404 may be
        a page of a proxy."""
        return self.status == 404 and self.code.lower() in _ABSENT

    @property
    def is_absence_of_group(self) -> bool:
        return self.status == 404 and self.code.lower() == "resourcegroupnotfound"

    @property
    def is_absence_of_deleted(self) -> bool:
        """The same for a soft-deleted vault, which is no resource of a group."""
        return self.is_absence or (
            self.status == 404 and self.code.lower() == "deletedvaultnotfound"
        )


def refusal(
    status: int, headers: Mapping[str, str], body: bytes | bytearray, what: str
) -> ReadingError:
    """What an answer that is no success means; `what` was to be read."""
    code, message = _error_of(body)
    if status == 401:
        return _unauthenticated(code, message)
    if status == 403:
        return ReadingError(_denied(code, message, what), status=status, code=code)
    if status == 404 and code.lower() == "subscriptionnotfound":
        return ReadingError(
            "the subscription is not there for this identity: wrong id, or another tenant; see"
            " --subscription, 'az account list', 'az login --tenant TENANT'",
            status=status,
            code=code,
        )
    if status == 429:
        return ReadingError(
            "Azure throttles requests, and --timeout leaves no time for another try, or several"
            f" were in vain (429{_ids(headers)})",
            status=status,
            code=code,
        )
    said = f"{code}: {message}" if code else message
    if status == 404 and not said:
        said = f"{_kind(headers)}, which is no answer of Azure; is a proxy in between?"
    return ReadingError(
        f"{_cut(what)} was answered with {status}{_ids(headers)}{': ' if said else ''}{_cut(said)}",
        status=status,
        code=code,
    )


def unintelligible(status: int, headers: Mapping[str, str], what: str) -> ReadingError:
    return ReadingError(
        f"{_cut(what)} was answered with {status} and {_kind(headers)}, which is no JSON that can"
        f" be understood{_ids(headers)}; is a proxy in between?",
        status=status,
    )


def unexpected(what: str, wrong: str) -> ReadingError:
    """The answer is JSON, but not of that which was asked for; `wrong` says what is wrong with
    it."""
    return ReadingError(f"{_cut(what)} was answered with {wrong}; is a proxy in between?")


def too_large(what: str, status: int, most: int | None) -> ReadingError:
    """`most`: how many bytes it may have; None: there is no room for what it has."""
    size = "more than there is memory for" if most is None else f"more than {most // 2**20} MiB"
    return ReadingError(
        f"{_cut(what)} was answered with {status} and {size}, which is more than Azure sends; is a"
        " proxy in between?",
        status=status,
    )


def not_asked_for(what: str) -> ReadingError:
    return ReadingError(
        f"'{_cut(what)}' has a part that is no name, as '..' or an empty one, so it is not asked"
        " for; correct the template or the option that names it"
    )


def unreachable(host: str, cause: BaseException) -> ReadingError:
    text = _cut(" ".join(str(cause).split())) or type(cause).__name__
    return ReadingError(
        f"{host} can't be reached: {text}; check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE",
        final=True,
    )


def without_credential(tried: str, cause: BaseException) -> ReadingError:
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    first = _cut(lines[0]).rstrip(".") if lines else type(cause).__name__
    return ReadingError(
        f"no token from credential '{tried}': {first}; {advice(os.environ)}", final=True
    )


def out_of_time(seconds: float, what: str = "it") -> ReadingError:
    return ReadingError(
        f"{what} was not read within --timeout {seconds:g}; try again, or allow more", final=True
    )


def _unauthenticated(code: str, message: str) -> ReadingError:
    if code.lower() == "invalidauthenticationtokentenant":
        tenants = list(dict.fromkeys(_GUID.findall(message)))
        if len(tenants) >= 2:
            text = (
                f"the token is of tenant {tenants[0]}, but the subscription belongs to tenant"
                f" {tenants[1]}; run 'az login --tenant {tenants[1]}'"
            )
        else:
            text = f"the token is of another tenant; run 'az login --tenant TENANT': {message}"
        return ReadingError(_cut(text), status=401, code=code, final=True)
    said = f" ({code})" if code else ""
    return ReadingError(
        f"Azure does not accept the token{said}: {_cut(message)}; {advice(os.environ)}",
        status=401,
        code=code,
        final=True,
    )


def _denied(code: str, message: str, what: str) -> str:
    match = _DENIED.search(message)
    if match is None:
        return (
            f"{_cut(what)} may not be read ({_cut(code) or 403}): {_cut(message)}; grant the role"
            " Reader there"
        )
    return (
        f"'{match['who']}' may not perform '{match['action']}' at '{match['scope']}'; grant it the"
        " role Reader there"
    )


def _error_of(body: bytes | bytearray) -> tuple[str, str]:
    """(code, message) of ARM's error document; empty where there is none."""
    try:
        document = document_of(body)
    except (ValueError, RecursionError):
        return "", ""
    return error_in(document)


def error_in(document: Mapping[str, Any]) -> tuple[str, str]:
    """(code, message) of the error that a document holds; empty where there is none."""
    error: Any = document.get("error")
    if not isinstance(error, dict):
        return "", ""
    code, message = error.get("code"), error.get("message")
    # cut before patterns look into it, which could take for ever in a message of a megabyte
    said = message[:_LONGEST_MESSAGE] if isinstance(message, str) else ""
    return code[:_SHOWN_ID] if isinstance(code, str) else "", " ".join(said.split())


def _kind(headers: Mapping[str, str]) -> str:
    return (headers.get("content-type") or "").partition(";")[0][:_SHOWN_ID] or "an unknown type"


def _ids(headers: Mapping[str, str]) -> str:
    names = ("x-ms-request-id", "x-ms-correlation-request-id")
    given = [(name, (headers.get(name) or "")[:_SHOWN_ID]) for name in names]
    return "".join(f", {name.removeprefix('x-ms-')} {value}" for name, value in given if value)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
