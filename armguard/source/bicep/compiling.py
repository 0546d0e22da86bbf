"""Compiles Bicep files with the user's Bicep CLI, each file once in a run.

One process answers for all files where the CLI has JSON-RPC; elsewhere each file has a process of
its own, which writes to its standard output only: `build-params` without `--stdout` would replace
the template beside the parameter file.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Thread
from types import TracebackType
from typing import Any

from armguard.record import record, replace
from armguard.source.bicep.answers import NOT_RESTORED, Texts, from_process, from_response
from armguard.source.bicep.environment import OVERRIDES, all_overrides, environment_with
from armguard.source.bicep.jsonrpc import Refused, Request, Server, connect
from armguard.source.bicep.outcome import Compiled, CompiledParameters, Failure
from armguard.source.bicep.processes import Children

__all__ = ["Compiled", "CompiledParameters", "Compiler", "Failure"]

_MOST_JOBS = 8
_POLL = 0.2
_NOTHING: Mapping[str, Any] = {}


@record
class _Question:
    """A file by its absolute path; `overrides` of a parameter file are a JSON object."""

    path: str
    overrides: str | None = None

    @property
    def is_parameters(self) -> bool:
        return self.overrides is not None


class Compiler:
    """A Bicep CLI at work, for one thread at a time; a context manager that ends its processes."""

    def __init__(self, program: str, timeout: float, jobs: int | None = None) -> None:
        """`program` is an absolute path, `timeout` seconds for each file."""
        self._program = program
        self._timeout = timeout
        self._jobs = max(1, min(jobs or os.cpu_count() or 1, _MOST_JOBS))
        self._children = Children()
        self._server: Server | Failure | None = None
        self._is_connected = False
        self._known: dict[_Question, Texts | Failure] = {}

    def __enter__(self) -> Compiler:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is left of the processes; what was compiled is still known."""
        self._children.kill_all()

    def compiled(self, paths: Sequence[str]) -> dict[str, Compiled]:
        """The templates of Bicep files, by their paths as given."""
        questions = {path: _Question(os.path.abspath(path)) for path in paths}
        self._ask(questions.values())
        result = {}
        for path, question in questions.items():
            match self._known[question]:
                case Failure() as failure:
                    result[path] = Compiled(None, failure)
                case texts:
                    result[path] = Compiled(texts.template)
        return result

    def compiled_parameters(
        self, paths: Sequence[str], overrides: Mapping[str, Any] = _NOTHING
    ) -> dict[str, CompiledParameters]:
        """Bicep parameter files and what they are `using`, by their paths as given.

        `overrides` (name -> JSON value) beat the files, and what the environment's
        BICEP_PARAMETERS_OVERRIDES says.
        """
        values = all_overrides(overrides)
        if values is None:
            failure = Failure(f"the environment variable {OVERRIDES} is no JSON object")
            return {path: CompiledParameters(None, None, failure) for path in paths}
        written = json.dumps(values, sort_keys=True)
        questions = {path: _Question(os.path.abspath(path), written) for path in paths}
        self._ask(questions.values())
        result = {}
        for path, question in questions.items():
            match self._known[question]:
                case Failure() as failure:
                    result[path] = CompiledParameters(None, None, failure)
                case texts:
                    result[path] = CompiledParameters(texts.parameters, texts.template)
        return result

    def _ask(self, questions: Iterable[_Question]) -> None:
        new = [each for each in dict.fromkeys(questions) if each not in self._known]
        if not new:
            return
        try:
            self._known |= self._answers(new)
        except BaseException:  # Ctrl-C above all, which does not reach the processes
            self.close()
            raise

    def _answers(self, questions: Sequence[_Question]) -> dict[_Question, Texts | Failure]:
        if not self._is_connected:
            self._server = connect(self._program, self._children, self._timeout, self._jobs)
            self._is_connected = True
        if isinstance(self._server, Failure):
            return dict.fromkeys(questions, self._server)
        if self._server is None:
            return _in_parallel(self._built, questions, self._jobs)
        answers: dict[_Question, Texts | Failure] = {}
        refused = []
        responses = self._server.ask([_request(each) for each in questions])
        for question, response in zip(questions, responses, strict=True):
            match response:
                case Refused():
                    refused.append(question)
                case Failure():
                    answers[question] = response
                case _:
                    answers[question] = from_response(
                        response, of_parameters=question.is_parameters
                    )
        return answers | _in_parallel(self._built, refused, self._jobs)

    def _built(self, question: _Question) -> Texts | Failure:
        """The answer of a process of its own, which looks for modules in registries only where
        some are not in the cache: that takes a name lookup at least."""
        first = self._run(question, "--no-restore")
        if isinstance(first, Texts) or all(each.code != NOT_RESTORED for each in first.errors):
            return first
        second = self._run(question)
        if isinstance(second, Failure) and not second.errors:
            return replace(second, errors=first.errors)
        return second

    def _run(self, question: _Question, *flags: str) -> Texts | Failure:
        command = "build-params" if question.is_parameters else "build"
        ended = self._children.run(
            (self._program, command, question.path, "--stdout", *flags),
            self._timeout,
            environment_with(question.overrides or "{}"),
        )
        if isinstance(ended, Failure):
            return ended
        return from_process(ended, of_parameters=question.is_parameters)


def _request(question: _Question) -> Request:
    if question.overrides is None:
        return Request("bicep/compile", {"path": question.path})
    overrides = json.loads(question.overrides)
    params = {"path": question.path, "parameterOverrides": overrides}
    return Request("bicep/compileParams", params)


def _in_parallel(
    answer: Callable[[_Question], Texts | Failure], questions: Sequence[_Question], jobs: int
) -> dict[_Question, Texts | Failure]:
    """Ask in up to `jobs` threads, which wait for processes most of the time."""
    waiting = deque(questions)
    answers: dict[_Question, Texts | Failure] = {}

    def work() -> None:
        while True:
            try:
                question = waiting.popleft()
            except IndexError:
                return
            answers[question] = answer(question)

    threads = [Thread(target=work, daemon=True) for _ in range(min(jobs, len(questions)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(_POLL)  # on Windows Ctrl-C gets through between two waits only
    return answers
