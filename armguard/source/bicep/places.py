"""From a place in a compiled template back to the Bicep file and the text that it was made of.

A resource is found by its symbolic name or, in templates without these, by its position: the
compiler writes the children of nested resources first, modules last, and leaves out what exists.
Below a resource, names of properties lead on. Where they lead no further, the nearest place around
stands for it, and it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from armguard.pointer import keys_of, pointer_to
from armguard.record import record, replace
from armguard.source.bicep.statements import BicepText, Declaration, Extent, Member
from armguard.source.bicep_paths import local_path
from armguard.source.location import find_extents

_MODULE_TYPE = "microsoft.resources/deployments"

_SECTIONS = {
    "metadata": "metadata",
    "parameters": "param",
    "variables": "var",
    "outputs": "output",
    "functions": "func",
}
_VALUE_OF = {"param": "defaultvalue", "output": "value"}
"""What is compiled of what stands behind the `=` of a statement."""


@record
class Place:
    path: str
    extent: Extent | None
    """None: no part of the file can be named"""
    is_exact: bool
    """whether that is the very place, not only what is around it"""
    modules: tuple[Place, ...] = ()
    """the module statements that lead there, from the outside in"""
    name: str = ""
    """of a module"""
    is_foreign: bool = False
    """whether it only stands for what is in a module of a registry"""


@record
class Anchor:
    """Where something stands that was compiled: what it is declared by, and the way from there."""

    path: str
    file: BicepText | None
    """None: it can't be read, or is no Bicep"""
    template: Any
    """what the file is compiled to"""
    keys: tuple[str, ...]
    """below what the declaration is compiled to, or below the template"""
    declaration: Declaration | None = None
    resource: Any = None
    """what the declaration is compiled to"""
    modules: tuple[Place, ...] = ()
    """the module statements that lead there, from the outside in"""
    outside: Place | None = None
    """what stands for it where it is no Bicep file"""


class CompiledPlaces:
    """The places of one compiled template."""

    def __init__(
        self, root: str, document: Mapping[str, Any], text_of: Callable[[str], str | None]
    ) -> None:
        self.document = document
        self._root = root
        self._text_of = text_of
        self._texts: dict[str, BicepText | None] = {}
        self._paired: dict[str, tuple[Declaration, ...]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """All Bicep files that were looked into so far."""
        return tuple(path for path, text in self._texts.items() if text is not None)

    def _file(self, path: str) -> BicepText | None:
        if path not in self._texts:
            text = self._text_of(path)
            self._texts[path] = None if text is None else BicepText(text)
        return self._texts[path]

    def of(self, pointer: str) -> Place:
        """What a pointer into the compiled template was made of."""
        anchor = self.anchor(pointer)
        if anchor.outside is not None:
            return anchor.outside
        if anchor.declaration is None:
            return Place(anchor.path, None, not anchor.keys, anchor.modules)
        extent, is_exact = _extent(anchor)
        name = anchor.declaration.name if anchor.declaration.keyword == "module" else ""
        return Place(anchor.path, extent, is_exact, anchor.modules, name)

    def declared_at(self, pointer: str) -> tuple[str, tuple[str, ...]] | None:
        """The file in which something is declared, and its name there, behind those of its
        parents; None: it is not declared in a Bicep file."""
        anchor = self.anchor(pointer)
        if anchor.declaration is None or anchor.file is None:
            return None
        return anchor.path, _names_of(anchor.declaration, anchor.file.declarations)

    def anchor(self, pointer: str) -> Anchor:
        """The declaration that a pointer into the compiled template leads through, the innermost
        one."""
        keys = keys_of(pointer)
        at = Anchor(self._root, self._file(self._root), self.document, tuple(keys))
        above = ""
        while at.file is not None:
            declaration = self._declared(at.file, at.template, at.keys, above)
            if declaration is None:
                return at
            section, name, *below = at.keys
            resource = _child(_child(at.template, section), name)
            if declaration.keyword == "module" and _lower(below[:2]) == ["properties", "template"]:
                above = f"{above}{pointer_to((section, name, *below[:2]))}"
                at = self._inside(at, declaration, _child(_child(resource, below[0]), below[1]))
                at = replace(at, keys=tuple(below[2:]))
                if at.outside is not None:
                    return self._outside(at)
            elif section.lower() == "resources":
                return replace(at, keys=tuple(below), declaration=declaration, resource=resource)
            else:
                inside = () if name.lower() == "copy" or section.lower() == "functions" else below
                return replace(at, keys=tuple(inside), declaration=declaration, resource=resource)
        return at

    def _declared(
        self, file: BicepText, template: Any, keys: Sequence[str], above: str
    ) -> Declaration | None:
        section = keys[0].lower() if len(keys) > 1 else ""
        if section == "resources":
            return self._declaration(file, template, keys[1], above)
        if section in _SECTIONS:
            return file.declaration(_SECTIONS[section], _name_in(template, keys))
        return None

    def _inside(self, at: Anchor, declaration: Declaration, template: Any) -> Anchor:
        """In the template of a module; `outside` is the statement where it is no Bicep file."""
        extent = Extent(declaration.start, declaration.end)
        statement = Place(at.path, extent, True, name=declaration.name)
        modules = (*at.modules, statement)
        target = local_path(at.path, declaration.said)
        file = self._file(target) if target is not None and is_compiled(template) else None
        if target is not None and file is not None:
            return Anchor(target, file, template, (), modules=modules)
        return Anchor(target or at.path, None, template, (), modules=modules, outside=statement)

    def _outside(self, at: Anchor) -> Anchor:
        """In a module that is a template; the statement stands for one of a registry, and for one
        that can't be read."""
        statement, text = at.modules[-1], self._text_of(at.path)
        if at.path == statement.path or text is None or is_compiled(at.template):
            place = replace(
                statement, is_exact=False, modules=at.modules[:-1], name="", is_foreign=True
            )
        else:
            pointer = pointer_to(at.keys)
            extent = find_extents(text, [pointer])[pointer]
            place = Place(at.path, Extent(extent.start, extent.end), True, at.modules)
        return replace(at, outside=place)

    def _declaration(
        self, file: BicepText, template: Any, key: str, above: str
    ) -> Declaration | None:
        resources = _child(template, "resources")
        if isinstance(resources, Mapping):
            return _named(file.declarations, key.split("::"))
        if not isinstance(resources, list) or not key.isdecimal():
            return None
        pairs = self._pairs(file, resources, above)
        return pairs[int(key)] if int(key) < len(pairs) else None

    def _pairs(self, file: BicepText, resources: list[Any], above: str) -> tuple[Declaration, ...]:
        """The declaration of each resource of a list; none at all where they don't agree."""
        if above not in self._paired:
            declared = tuple(_in_order(file.declarations))
            agree = len(declared) == len(resources) and all(map(_is_made_of, resources, declared))
            self._paired[above] = declared if agree else ()
        return self._paired[above]


class ParameterPlaces:
    """The places of a Bicep parameter file: what it sets, itself or in a file that it extends."""

    def __init__(
        self, path: str, document: Mapping[str, Any], text_of: Callable[[str], str | None]
    ) -> None:
        self.document = document
        self._path = path
        self._text_of = text_of

    def of(self, pointer: str) -> Place:
        keys = keys_of(pointer)
        if len(keys) > 1 and keys[0] == "parameters":
            for path, file in self._files():
                found = file.declaration("param", keys[1])
                if found is not None:
                    return Place(path, Extent(found.start, found.end), True)
        return Place(self._path, None, not keys)

    def declared_at(self, pointer: str) -> tuple[str, tuple[str, ...]] | None:
        return None

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(path for path, _ in self._files())

    def _files(self) -> Iterator[tuple[str, BicepText]]:
        path: str | None = self._path
        seen = set()
        while path is not None and path not in seen:
            seen.add(path)
            text = self._text_of(path)
            if text is None:
                return
            file = BicepText(text)
            yield path, file
            extends = [each for each in file.declarations if each.keyword == "extends"]
            path = local_path(path, extends[0].said) if extends else None


Places = CompiledPlaces | ParameterPlaces


def is_compiled(template: Any) -> bool:
    """Whether a template was made by the Bicep compiler."""
    generator = _child(_child(template, "metadata"), "_generator")
    return isinstance(generator, Mapping) and generator.get("name") == "bicep"


def _in_order(declarations: Sequence[Declaration]) -> Iterator[Declaration]:
    """The resources of a file as the compiler writes them into a list."""
    deployed = [each for each in declarations if each.header is not None]
    yield from _resources_in_order([each for each in deployed if each.keyword == "resource"])
    yield from (each for each in deployed if each.keyword == "module")


def _resources_in_order(declarations: Sequence[Declaration]) -> Iterator[Declaration]:
    for each in declarations:
        yield from _resources_in_order(each.children)
    yield from (each for each in declarations if not each.existing)


def _is_made_of(resource: Any, declaration: Declaration) -> bool:
    type_ = str(_child(resource, "type")).lower()
    if declaration.keyword == "module":
        return type_ == _MODULE_TYPE
    written = declaration.type.lower()
    return type_ == written or ("/" not in written and type_.endswith(f"/{written}"))


def _names_of(wanted: Declaration, declarations: Sequence[Declaration]) -> tuple[str, ...]:
    for each in declarations:
        if each.start <= wanted.start < each.end:
            below = () if each == wanted else _names_of(wanted, each.children)
            return (each.name, *below)
    return ()


def _named(declarations: Sequence[Declaration], names: Sequence[str]) -> Declaration | None:
    for each in declarations:
        if each.header is not None and each.name == names[0]:
            return each if len(names) == 1 else _named(each.children, names[1:])
    return None


def _name_in(template: Any, keys: Sequence[str]) -> str:
    """The name that something in a section of a template is declared under."""
    section = keys[0].lower()
    if section == "variables" and keys[1].lower() == "copy" and len(keys) > 2:
        return str(_child(_child(_child(_child(template, keys[0]), keys[1]), keys[2]), "name"))
    if section == "functions":
        return keys[3] if len(keys) > 3 else ""
    return keys[1]


def _lower(keys: Sequence[str]) -> list[str]:
    return [key.lower() for key in keys]


def _extent(anchor: Anchor) -> tuple[Extent, bool]:
    """What an anchor stands for, and whether that is the very place."""
    declaration, file = anchor.declaration, anchor.file
    assert declaration is not None
    assert file is not None
    keys, lower = list(anchor.keys), _lower(anchor.keys)
    whole = Extent(declaration.start, declaration.end)
    if not keys:
        return whole, True
    if declaration.keyword not in ("resource", "module"):
        return _in_value(file, declaration, anchor.resource, keys) or whole, True
    if lower[0] in ("type", "apiversion") and declaration.header is not None:
        return declaration.header, True
    body = file.body(declaration)
    if lower[0] in ("condition", "copy"):
        extent = body.condition if lower[0] == "condition" else body.loop
        return (whole, False) if extent is None else (extent, True)
    if declaration.keyword == "module":
        if lower[:2] == ["properties", "parameters"]:
            # what is passed has a value, here it stands for itself
            keys = ["params", *keys[2:3], *keys[4:]]
        elif lower[0] in ("resourcegroup", "subscriptionid"):
            keys = ["scope"]
    if body.start is None:
        return whole, False
    extent, is_exact = _below(file, body.start, anchor.resource, keys)
    return (whole, False) if extent is None else (extent, is_exact)


def _in_value(
    file: BicepText, declaration: Declaration, value: Any, keys: Sequence[str]
) -> Extent | None:
    """What keys lead to in the value of a parameter, a variable and the like."""
    own = _VALUE_OF.get(declaration.keyword)
    if own is not None:
        if keys[0].lower() != own:
            return None
        value, keys = _child(value, keys[0]), keys[1:]
    if declaration.value is None or not keys:
        return None
    return _below(file, declaration.value, value, keys)[0]


def _below(
    file: BicepText, position: int, value: Any, keys: Sequence[str]
) -> tuple[Extent | None, bool]:
    """What keys lead to in the object or the list that begins at an offset, and whether all of them
    led on; `value` is what was made of it."""
    extent: Extent | None = None
    remaining = list(keys)
    while remaining:
        key = remaining.pop(0)
        loop = _loop(value, key, remaining)
        if loop is not None:
            del remaining[:2]  # the number of the loop, and `input`
            key, value = str(_child(loop, "name")), _child(loop, "input")
        else:
            value = _child(value, key)
        part = _part(file, position, key)
        if part is None:
            return extent, False
        extent = Extent(part.start, part.end)
        made = file.value_of_loop(part.value) if loop is not None else None
        position = part.value if made is None else made
    return extent, True


def _loop(value: Any, key: str, keys: Sequence[str]) -> Any:
    """The loop that makes a property, where keys lead to one."""
    loops = _child(value, key) if key.lower() == "copy" and keys else None
    return _child(loops, keys[0]) if isinstance(loops, list) else None


def _part(file: BicepText, position: int, key: str) -> Member | None:
    """The member or the item of that name at an offset."""
    if file.code[position : position + 1] == "{":
        members = file.members(position)
        spelled = {name.lower(): each for name, each in members.items()}
        return members.get(key) or spelled.get(key.lower())
    items = file.items(position) if key.isdecimal() and len(key) < 10 else []
    if not items or int(key) >= len(items):
        return None
    item = items[int(key)]
    return Member(item.start, item.start, item.end)


def _child(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and len(key) < 10 and int(key) < len(value):
        return value[int(key)]
    return None
