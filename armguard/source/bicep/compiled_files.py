"""The Bicep files of a run as what they are compiled to, each compiled once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from armguard.errors import UnreadableFileError
from armguard.record import record
from armguard.source.bicep.files import used_template
from armguard.source.bicep.places import CompiledPlaces, ParameterPlaces, Places
from armguard.source.bicep_paths import is_bicep_parameters, is_bicep_template
from armguard.source.json_file import JsonFile, Kind
from armguard.source.json_text import parse_json, read_text
from armguard.source.open_folders import OpenFolders

if TYPE_CHECKING:
    from armguard.source.bicep.compiling import Compiled, CompiledParameters, Compiler
    from armguard.source.bicep.diagnostics import Diagnostic

NO_CLI = (
    "there is no Bicep CLI to compile it with; 'az bicep install' gets one, and --bicep PATH names"
    " one that is elsewhere"
)


@record
class Refusal:
    """Why a file could not be compiled."""

    reason: str
    """one sentence"""
    errors: tuple[Diagnostic, ...] = ()
    """what the compiler says, and where"""


class CompiledFiles:
    """`open_compiler` is asked when there is something to compile; None: there is no CLI.
    `assigned` gives the values that somebody assigns to parameters of a template, by their names:
    without them a parameter file that leaves these out is refused."""

    def __init__(
        self,
        open_compiler: Callable[[], Compiler | None],
        assigned: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda template: {},
        folders: Iterable[str] = (),
    ) -> None:
        """`folders`: those that were named, see `OpenFolders`."""
        self._open = open_compiler
        self._assigned = assigned
        self._folders = tuple(folders)
        self._texts: dict[str, str | None] = {}
        self._files: dict[str, JsonFile] = {}
        self._templates: dict[str, JsonFile] = {}
        self._refusals: dict[str, Refusal] = {}
        self._places: dict[str, Places] = {}

    @cached_property
    def _compiler(self) -> Compiler | None:
        return self._open()

    @property
    def can_compile(self) -> bool:
        return self._compiler is not None

    def prepare(self, templates: Iterable[str], parameter_files: Iterable[str]) -> None:
        """Compile all of these, several at a time."""
        templates, parameter_files = list(templates), list(parameter_files)
        wanted = [path for path in (*templates, *parameter_files) if self._is_new(path)]
        if not wanted or self._compiler is None:
            return
        self._take_templates(
            self._compiler.compiled([each for each in wanted if each in templates])
        )
        self._compile_parameters(self._compiler, [each for each in wanted if each not in templates])

    def _compile_parameters(self, compiler: Compiler, paths: Iterable[str]) -> None:
        """Those together that nothing is assigned to, which are all of them mostly."""
        plain = []
        for path in paths:
            template = used_template(path)
            document = None
            if template is not None and is_bicep_template(template):
                document = self.of(template).document
            values = self._assigned(document) if isinstance(document, Mapping) else {}
            if values:
                self._take_parameters(compiler.compiled_parameters([path], values))
            else:
                plain.append(path)
        self._take_parameters(compiler.compiled_parameters(plain))

    def of(self, path: str) -> JsonFile:
        """What a Bicep file is; its text is the one that somebody wrote."""
        if path not in self._files and self._is_new(path) and self._compiler is not None:
            if is_bicep_parameters(path):
                self._compile_parameters(self._compiler, [path])
            else:
                self._take_templates(self._compiler.compiled([path]))
        return self._files[path]

    def template_of(self, parameter_file: str) -> JsonFile | None:
        """The compiled template that comes with a parameter file; None: it has none."""
        self.of(parameter_file)
        return self._templates.get(parameter_file)

    def compile(self, path: str) -> tuple[str | None, Refusal | None]:
        """What any file is compiled to, or why not; nothing of it is kept."""
        compiler = self._compiler
        if compiler is None:
            return None, Refusal(NO_CLI)
        if is_bicep_parameters(path):
            parameters = compiler.compiled_parameters([path])[path]
            return parameters.parameters, _refusal(parameters)
        template = compiler.compiled([path])[path]
        return template.text, _refusal(template)

    def refusal(self, path: str) -> Refusal | None:
        """Why a file could not be compiled; None: it could."""
        self.of(path)
        return self._refusals.get(path)

    @property
    def places(self) -> Mapping[str, Places]:
        """Where what was compiled comes from, by the path that was compiled."""
        return self._places

    def text_of(self, path: str) -> str | None:
        """The text of a file; None: it can't be read."""
        if path not in self._texts:
            try:
                self._texts[path] = read_text(path)
            except UnreadableFileError:
                self._texts[path] = None
        return self._texts[path]

    def within(
        self, root: str, text_of: Callable[[str], str | None]
    ) -> Callable[[str], str | None]:
        """The texts of files that a Bicep file may name; None also for all others."""
        folders = OpenFolders(root, self._folders)
        return lambda path: text_of(path) if folders.hold(path) else None

    def close(self) -> None:
        compiler = self.__dict__.get("_compiler")
        if compiler is not None:
            compiler.close()

    def _is_new(self, path: str) -> bool:
        """Whether a file is still to be compiled. One that can't be is none."""
        if path in self._files:
            return False
        try:
            self._texts[path] = read_text(path)
        except UnreadableFileError as error:
            self._refuse(path, Refusal(str(error)))
            return False
        if self._compiler is None:
            self._refuse(path, Refusal(NO_CLI))
            return False
        return True

    def _take_templates(self, results: Mapping[str, Compiled]) -> None:
        for path, result in results.items():
            if result.text is None:
                self._fail(path, result)
            else:
                self._take(path, "template", result.text)

    def _take_parameters(self, results: Mapping[str, CompiledParameters]) -> None:
        for path, result in results.items():
            if result.parameters is None:
                self._fail(path, result)
                continue
            self._take(path, "parameters", result.parameters)
            if result.template is not None and path not in self._refusals:
                document = parse_json(result.template)
                self._templates[path] = JsonFile(
                    "template", document, self.text_of(path), compiled=result.template
                )

    def _take(self, path: str, kind: Kind, compiled: str) -> None:
        try:
            document = parse_json(compiled)
        except UnreadableFileError as error:
            self._refuse(path, Refusal(f"what it is compiled to can't be read: {error}"))
            return
        self._files[path] = JsonFile(kind, document, self.text_of(path), compiled=compiled)
        places = CompiledPlaces if kind == "template" else ParameterPlaces
        self._places[path] = places(path, document, self.within(path, self.text_of))

    def _fail(self, path: str, result: Compiled | CompiledParameters) -> None:
        refusal = _refusal(result)
        assert refusal is not None
        self._refuse(path, refusal)

    def _refuse(self, path: str, refusal: Refusal) -> None:
        self._refusals[path] = refusal
        kind: Kind = "parameters" if is_bicep_parameters(path) else "template"
        error = UnreadableFileError(refusal.reason)
        self._files[path] = JsonFile(kind, text=self._texts.get(path), error=error)


def _refusal(result: Compiled | CompiledParameters) -> Refusal | None:
    failure = result.failure
    if failure is None:
        return None
    hint = "; 'bicep restore' gets it where it can be reached" if failure.kind == "restore" else ""
    return Refusal(f"{failure.reason}{hint}", failure.errors)
