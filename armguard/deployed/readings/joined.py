"""Files given with `--against` as one deployed state.

Where a file stands among the others does not count: none but a snapshot says when it was taken, so
files that contradict each other are refused (`contradictions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from armguard.deployed.inventory import FoundVault, GroupVaults, People, Unread, namesake_in, text
from armguard.deployed.readings.contradictions import refuse_contradictions
from armguard.deployed.readings.json_file import refused
from armguard.deployed.readings.people import known_identities, known_workspaces
from armguard.deployed.readings.reading import how_to_read, name_of, place_of, strongest
from armguard.deployed.readings.recognition import File, read_file
from armguard.deployed.readings.telling import said_about, said_about_all
from armguard.evaluation.facts import DeploymentScope
from armguard.finding.report import Source
from armguard.record import record, replace


@record
class _Place:
    subscription: str
    group: str | None
    tenant: str | None


def read_files(paths: Sequence[str]) -> JoinedState:
    """What several files tell. Raises `UsageError` for one that tells nothing, and for files that
    contradict each other."""
    files = tuple(read_file(path) for path in dict.fromkeys(paths))
    refuse_contradictions(files)
    _refuse_what_is_cut(files)
    return JoinedState(files)


def _refuse_what_is_cut(files: Iterable[File]) -> None:
    """Where nothing else was read, there is nothing to compare with."""
    every = list(files)
    if any(each.tells_a_list for each in every):
        return
    for file in every:
        for vault in file.reading.vaults:
            if vault.cut:
                raise refused(file.path, f"tells of a vault, but {vault.found.note}")


class JoinedState:
    """Deployed state as the files of one run tell it."""

    def __init__(self, files: tuple[File, ...]) -> None:
        self._files = files
        self._snapshots = [each.snapshot for each in files if each.snapshot is not None]
        self._workspaces = known_workspaces(each.workspaces for each in files)
        self._identities = known_identities(each.identities for each in files)
        self._vaults = [
            vault.found.document
            for file in files
            for vault in file.reading.vaults
            if vault.found.state == "exists" and vault.found.document is not None
        ]
        resources = [resource for each in files for resource in each.resources]
        self._people = People(self._workspaces, self._identities, resources)
        self._notices = dict.fromkeys(map(said_about, files))
        self._notices.update(dict.fromkeys(said_about_all(files, self._people)))

    @property
    def source(self) -> Source:
        return "snapshot" if len(self._snapshots) == len(self._files) else "reading"

    @property
    def taken_from(self) -> str:
        return "; ".join(each.taken_from for each in self._files)

    def ages(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.taken_at, each.taken_from) for each in self._files if each.taken_at)

    def completed(self, scope: DeploymentScope) -> DeploymentScope:
        """A deployment goes to the one place that all files are about. Where no snapshot says which
        it is, the vaults do, and a notice tells."""
        places = self._places()
        subscription = scope.subscription_id or _only(each.subscription for each in places)
        inside = [each for each in places if each.subscription.lower() == _lower(subscription)]
        group = scope.resource_group or _only(each.group for each in inside)
        tenant = scope.tenant_id or _only(each.tenant for each in inside)
        if not self._snapshots:
            self._tell_place(scope, subscription, group)
        location = scope.location
        if location is None and subscription is not None and group is not None:
            location = self.location(subscription, group)
        return replace(
            scope,
            tenant_id=tenant,
            subscription_id=subscription,
            resource_group=group,
            location=location,
        )

    def _places(self) -> list[_Place]:
        if self._snapshots:
            return [
                _Place(each.subscription, each.resource_group, each.tenant)
                for each in self._snapshots
            ]
        return [
            _Place(*place_of(vault.id), text(vault.found.document, "properties", "tenantId"))
            for file in self._files
            for vault in file.reading.vaults
            if vault.found.state != "deleted"
        ]

    def _tell_place(
        self, scope: DeploymentScope, subscription: str | None, group: str | None
    ) -> None:
        taken = []
        if scope.subscription_id is None and subscription is not None:
            taken.append(f"--subscription {subscription}")
        if scope.resource_group is None and group is not None:
            taken.append(f"--resource-group {group}")
        if taken:
            notice = "the deployment is taken to go to where the vaults of the files are"
            self._notices[f"{notice}: {' '.join(taken)}"] = None

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        told = [seen for file in self._files if (seen := file.vault(vault_id)) is not None]
        if not told:
            return FoundVault("unread", note=self._why_unread(vault_id))
        return strongest(told).found

    def _why_unread(self, vault_id: str) -> str:
        name = name_of(vault_id).lower()
        names = " and ".join(f"'{each.path}'" for each in self._files[:3])
        several = len(self._files) > 3
        reasons = [f"{names}{' and others' if several else ''} {self._lack()}"]
        reasons += [gap for file in self._files for gap in file.reading.gaps]
        others = [
            vault.id
            for file in self._files
            for vault in file.reading.vaults
            if name_of(vault.id).lower() == name
        ]
        if others:
            subscription, group = place_of(others[0])
            reasons.append(
                f"a vault of this name is in resource group '{group}' of subscription"
                f" '{subscription}'"
            )
        return "; ".join((*dict.fromkeys(reasons), how_to_read(vault_id)))

    def _lack(self) -> str:
        if len(self._files) > 1:
            return "do not show it"
        is_snapshot = self.source == "snapshot"
        return "does not cover the place of this vault" if is_snapshot else "does not show it"

    def vaults_of_group(self, subscription: str, group: str) -> GroupVaults:
        """Only a snapshot can have them all."""
        told = [each.vaults_of_group(subscription, group) for each in self._snapshots]
        by_id = {
            text(vault, "id").lower(): vault
            for vault in (*(vault for each in told for vault in each.vaults), *self._vaults)
            if _same(place_of(text(vault, "id")), (subscription, group))
        }
        return GroupVaults(tuple(by_id.values()), any(each.complete for each in told))

    def read_ahead(self, vault_ids: Iterable[str]) -> None:
        """All is read."""

    def namesake(self, vault_id: str) -> str | None:
        snapshots = (vault for each in self._snapshots for vault in each.vaults)
        return namesake_in((*self._vaults, *snapshots), vault_id)

    def location(self, subscription: str, group: str) -> str | None:
        found = (each.location(subscription, group) for each in self._snapshots)
        return next((each for each in found if each is not None), None)

    def people(self) -> People:
        return self._people

    def unread(self) -> tuple[Unread, ...]:
        return tuple(unread for each in self._snapshots for unread in each.unread())

    def notices(self) -> tuple[str, ...]:
        return tuple(self._notices)


def _only(values: Iterable[str | None]) -> str | None:
    """The one value that there is, without case; None: there is none, or there are several."""
    by_lower = {_lower(each): each for each in values if each != ""}
    return next(iter(by_lower.values())) if len(by_lower) == 1 else None


def _same(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return tuple(map(_lower, one)) == tuple(map(_lower, other))


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
