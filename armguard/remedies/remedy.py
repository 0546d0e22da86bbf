"""What a remedy is given and what it proposes, as data.

A remedy looks at one vault as it is written in one place, with all sets of parameters and all root
templates with which it is deployed from there, and answers with edits, or raises `RefusedError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from armguard.errors import ArmguardError
from armguard.evaluation.unknown import Value
from armguard.explaining.case import Case
from armguard.finding import Hazard, Location
from armguard.keyvault.assessment import AssessedVault
from armguard.pointer import keys_of
from armguard.record import field, record
from armguard.source.bicep_paths import is_bicep_template

if TYPE_CHECKING:
    from armguard.remedies._bicep_editor import BicepEditor
    from armguard.source.bicep.places import Places
    from armguard.source.json_edits import JsonEditor
    from armguard.source.text_edits import Edit
    from armguard.templates.deployment import Deployment
    from armguard.templates.resource import Resource

Path = tuple[str, ...]
"""the names that lead to a property of a resource, in lower case"""


class RefusedError(ArmguardError):
    """A remedy can't be applied; the text says why, in one sentence."""


class DoneError(RefusedError):
    """There is nothing left to do for a remedy; the text says what it found."""


class Editor(Protocol):
    """Makes edits of a file, by pointers into what was parsed of it; see `JsonEditor`. What can't
    be written there raises `EditError`."""

    def set_value(self, pointer: str, value: Any) -> Edit: ...

    def replace_empty(self, pointer: str, value: str) -> Edit: ...

    def replace_inside(self, pointer: str, changes: Sequence[tuple[int, int, str]]) -> Edit: ...

    def insert_members(
        self, pointer: str, members: Mapping[str, Any], *, last: bool = False
    ) -> list[Edit]: ...

    def insert_before(self, pointer: str, members: Mapping[str, Any]) -> list[Edit]: ...

    def remove_all(self, pointers: Sequence[str]) -> list[Edit]: ...


class Files:
    """The texts that are changed, as they are now."""

    def __init__(
        self,
        text: Callable[[str], str],
        document: Callable[[str], Any],
        places: Callable[[str], Places | None] = lambda path: None,
    ) -> None:
        """`document`: a file parsed, or what it is compiled to; `places`: where that was made of,
        None: it is no Bicep. All raise `UnreadableFileError`."""
        self.text = text
        self.document = document
        self.places = places
        self._editors: dict[str, JsonEditor] = {}

    def editor(self, path: str) -> Editor:
        """Of a file, or of the Bicep files that a template is compiled from."""
        places = self.places(path)
        if places is None:
            return self.json_editor(path)
        from armguard.remedies._bicep_editor import BicepEditor

        return BicepEditor(path, places, self.text)

    def json_editor(self, path: str) -> JsonEditor:
        from armguard.source.json_edits import JsonEditor

        if path not in self._editors:
            self._editors[path] = JsonEditor(path, self.text(path))
        return self._editors[path]

    def value(self, place: Location) -> Any:
        """What is written at a place. Raises `RefusedError` where an expression makes it."""
        value = self.document(place.path)
        for key in keys_of(place.pointer):
            if not isinstance(value, (list, Mapping)):
                raise RefusedError("it is not written out: an expression computes it")
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError):
                raise RefusedError("it is not written out: an expression computes it") from None
        return value


class Opened(Protocol):
    def __call__(
        self, edits: Iterable[Edit] = (), instead: Mapping[str, Value] | None = None
    ) -> Deployment:
        """A new evaluation of the root template, after edits and with other values of its
        parameters, by lower-case names, where some are given."""


@record
class Member:
    """One deployment that writes the vault: a root template with a set of parameters."""

    case: Case
    vault: AssessedVault
    opened: Opened

    @property
    def root(self) -> str:
        """The path of the root template."""
        return self.case.assessment.template

    @property
    def parameter_files(self) -> tuple[str, ...]:
        return self.case.parameter_files


class Target:
    """A vault as it is written in one place, or all that a file says about vaults."""

    def __init__(
        self,
        place: Location,
        members: tuple[Member, ...],
        cases: tuple[Case, ...],
        opened: tuple[Opened, ...],
        files: Files,
    ) -> None:
        """`members`: those that write the vault at this place; of a loop several for one set of
        parameters. `cases`: all in which its file takes part; `opened`: a new evaluation of the
        root template of each of them."""
        self.place = place
        self.members = members
        self.cases = cases
        self.opened = opened
        self.files = files

    @cached_property
    def vault(self) -> AssessedVault:
        """One that stands for all."""
        return self.members[0].vault

    @cached_property
    def written(self) -> Mapping[str, Any]:
        """The resource as it is written."""
        written = self.files.value(self.place)
        if not isinstance(written, Mapping):
            raise RefusedError("it is not written out: an expression computes it")
        return written

    @cached_property
    def editor(self) -> Editor:
        """Of the file in which the vault is written."""
        return self.files.editor(self.place.path)

    @cached_property
    def json_editor(self) -> JsonEditor:
        """The same for those who change JSON only."""
        return self.files.json_editor(self.place.path)

    def bicep_editor(self, place: Location) -> BicepEditor:
        """Of the Bicep files that a template is compiled from."""
        from armguard.remedies._bicep_editor import BicepEditor

        places = self.files.places(place.path)
        assert places is not None
        return BicepEditor(place.path, places, self.files.text)

    @property
    def in_bicep(self) -> bool:
        return is_bicep_template(self.place.path)

    @cached_property
    def chains(self) -> tuple[tuple[Resource, ...], ...]:
        """For each root template with a set of parameters the vault that it writes here, to ask
        more of it; of a loop all iterations. Raises `RefusedError` where it is not found again."""
        return tuple(
            tuple(_found(member.opened, [each.vault.key for each in group]))
            for member, group in self._groups
        )

    @property
    def written_by(self) -> Iterator[tuple[Member, Resource]]:
        """Every deployment that writes the vault here, with the vault as it writes it."""
        for (_, group), vaults in zip(self._groups, self.chains, strict=True):
            yield from zip(group, vaults, strict=True)

    @property
    def one_of_each(self) -> list[Member]:
        """One for each of the chains, in their order."""
        return [first for first, _ in self._groups]

    @property
    def _groups(self) -> list[tuple[Member, list[Member]]]:
        """By root template and set of parameters; of a Bicep module by each time that it is used
        as well."""
        groups: dict[tuple[int, Location], list[Member]] = {}
        for each in self.members:
            groups.setdefault((id(each.case), each.vault.place), []).append(each)
        return [(group[0], group) for group in groups.values()]

    @property
    def parameter_sets(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(root template, its layered parameter files): each with which it is deployed, once."""
        pairs = ((each.root, each.parameter_files) for each in self.members)
        return tuple(dict.fromkeys(pairs))


def _found(opened: Callable[[], Deployment], keys: Iterable[str]) -> Iterator[Resource]:
    from armguard.keyvault.declared import find_declared

    deployment = opened()
    for key in keys:
        found = find_declared(deployment, key)
        if found is None:
            raise RefusedError("which resource of the template it is can't be told")
        yield found


@record
class Expected:
    """What may be different after a remedy; all else that is deployed has to stay the same."""

    changed: tuple[Path, ...] = ()
    """properties of the vault, as in ("properties", "accesspolicies")"""
    children_changed: tuple[Path, ...] = ()
    """the same of its children that change access policies"""
    others_changed: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """type in lower case -> properties of other resources"""
    added: tuple[str, ...] = ()
    """types of new resources, in lower case"""
    leaves_out: bool = False
    """whether the vault may be left out"""
    parameters: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)
    """root template -> new parameter -> the values with which nothing but this may change; None as
    a value stands for the id of the vault"""
    everywhere: bool = False
    """whether all vaults and children in the file may be changed so, not this vault only"""
    cuts_off: bool = False
    """whether who has access today may lose it, which the remedy says: then what the template does
    by itself is proven, not what it does to the deployed vault"""
    keeps_access: bool = False
    """whether nobody whom the deployed vault grants access may lose any of it afterwards"""
    moves_entries: bool = False
    """whether entries of the vault's list move into its children: then all have to be granted
    there, and what is told of them may be told there"""

    def __or__(self, other: Expected) -> Expected:
        """What may be different after both."""
        return Expected(
            (*self.changed, *other.changed),
            (*self.children_changed, *other.children_changed),
            {**self.others_changed, **other.others_changed},
            (*self.added, *other.added),
            self.leaves_out or other.leaves_out,
            {
                root: {**self.parameters.get(root, {}), **other.parameters.get(root, {})}
                for root in (*self.parameters, *other.parameters)
            },
            self.everywhere or other.everywhere,
            self.cuts_off or other.cuts_off,
            self.keeps_access or other.keeps_access,
            self.moves_entries or other.moves_entries,
        )


@record
class Proposal:
    edits: tuple[Edit, ...]
    does: str
    """what the edits do, one sentence"""
    then: tuple[str, ...] = ()
    """what whoever deploys has to know or to do, one sentence each"""
    expected: Expected = field(default_factory=Expected)


Objection = Callable[[AssessedVault | None, Case], str | None]


@record
class Remedy:
    name: str
    summary: str
    cost: str
    """what it costs, one sentence"""
    hazards: tuple[Hazard, ...]
    """what it is for"""
    unsafe: bool
    """whether somebody may lose access by it, so that it has to be asked for twice"""
    companion: bool
    """whether it is of use only together with one that shields, and goes before it"""
    shields: bool
    """whether after it the vault keeps the list that it has"""
    objection: Objection
    """why it can't be applied, as far as that is known without trying; None: it may be"""
    propose: Callable[[Target], Proposal]
    """raises `RefusedError`"""
