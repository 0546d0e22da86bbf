"""Reads deployed state from Azure as it is asked for, each thing once.

A vault is decided by a direct request, never by a listing. Whatever can't be read is remembered as
unread: that is an answer too, and never the same as "nothing there".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from armguard.deployed.inventory import (
    Document,
    FoundVault,
    GroupVaults,
    People,
    Unread,
    namesake_in,
    text,
)
from armguard.evaluation.facts import DeploymentScope
from armguard.finding.report import Source
from armguard.live.connection import Connection
from armguard.live.failures import ReadingError
from armguard.live.looking_ahead import is_settled, look_ahead
from armguard.live.questions import Documents, Questions
from armguard.live.resource_ids import (
    is_name,
    parse_resource_id,
    refuse_odd_name,
    refuse_odd_subscription,
)
from armguard.record import replace

_VAULT = "microsoft.keyvault/vaults"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
_GRAPH = "Azure Resource Graph"
_LONGEST_STATE = 60


class LiveReader:
    """Deployed state as Azure has it now."""

    source: Source = "live"
    taken_from = ""

    def __init__(self, connection: Connection, sleep: Callable[[float], None]) -> None:
        self._together = connection.together
        self._questions = Questions(connection)
        self._sleep = sleep
        self._vaults: dict[str, FoundVault] = {}
        self._people: People | None = None
        self._subscription: str | None = None
        self._asked_about: dict[str, None] = {}
        """the subscriptions of the question, in lower case"""
        self._listed: list[tuple[str, ...]] = []
        """those of which it is listed who has an identity, by listing"""
        self._unread: dict[str, Unread] = {}
        self._notices: dict[str, None] = {}

    def completed(self, scope: DeploymentScope) -> DeploymentScope:
        subscription, group = scope.subscription_id, scope.resource_group
        if subscription is None:
            return scope
        refuse_odd_subscription(subscription)
        if group is not None:
            refuse_odd_name(group, "a resource group")
        self._subscription = subscription
        self._asked_about[subscription.lower()] = None
        tenant = scope.tenant_id or self._tenant(subscription)
        location = scope.location
        if location is None and group is not None:
            location = self.location(subscription, group)
        return replace(scope, tenant_id=tenant, location=location)

    def _tenant(self, subscription: str) -> str | None:
        try:
            return text(self._questions.subscription(subscription), "tenantId") or None
        except ReadingError as error:
            self._missed(f"/subscriptions/{subscription}", error)
            return None

    def location(self, subscription: str, group: str) -> str | None:
        document = self.group(f"/subscriptions/{subscription}/resourceGroups/{group}")
        return None if document is None else text(document, "location") or None

    def group(self, path: str) -> Document | None:
        """A resource group by its id; None: it is not known."""
        try:
            return self._questions.group(path)
        except ReadingError as error:
            # what hangs on it stays unknown, so nothing is taken for safe
            if not error.is_absence:
                self._missed(path, error)
            return None

    def read_ahead(self, vault_ids: Iterable[str]) -> None:
        """Reads vaults, and what has to be read before and after them, at once."""
        # ids have no case, and nothing is asked twice at the same time
        new = {each.lower(): each for each in vault_ids if each.lower() not in self._vaults}
        wanted = {each: of for each in new.values() if (of := parse_resource_id(each)) is not None}
        wanted = {each: of for each, of in wanted.items() if of.type == _VAULT}
        if not wanted:
            return
        for of in wanted.values():
            self._asked_about[of.subscription.lower()] = None
        look_ahead(self._together, self._questions, wanted, self._about_people())

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        key = vault_id.lower()
        if key not in self._vaults:
            self._vaults[key] = self._read_vault(vault_id, location)
        return self._vaults[key]

    def _read_vault(self, vault_id: str, location: str | None) -> FoundVault:
        wanted = parse_resource_id(vault_id)
        if wanted is None or wanted.type != _VAULT:
            return FoundVault(
                "unread", note=f"'{vault_id[:200]}' can't be the id of a vault, so it is not read"
            )
        try:
            first = self._questions.vault(vault_id)
        except ReadingError as error:
            if error.is_absence:
                return self._absent_or_deleted(wanted.subscription, wanted.name, location)
            return FoundVault("unread", note=str(error))
        self.people()
        return self._settled(vault_id, first)

    def _settled(self, vault_id: str, first: Document) -> FoundVault:
        """The vault once nobody is changing it; read again after everything around it was."""
        if not is_settled(first):
            self._sleep(1)
        try:
            vault = self._questions.vault_again(vault_id)
        except ReadingError as error:
            return FoundVault("unread", note=f"it was read once, but not again: {error}")
        note = None
        if not is_settled(vault):
            shown = text(vault, "properties", "provisioningState")[:_LONGEST_STATE]
            note = f"somebody is changing it now (provisioningState {shown}); compare again later"
        elif _changed_at(first) != _changed_at(vault):
            note = "it was changed while it was read; this is the later state"
        if note is not None:
            self._notices[f"vault '{text(vault, 'name')}': {note}"] = None
        return FoundVault("exists", vault, note)

    def _absent_or_deleted(self, subscription: str, name: str, location: str | None) -> FoundVault:
        try:
            deleted = self._deleted_namesake(subscription, name, location)
        except ReadingError as error:
            return FoundVault(
                "unread", note=f"it does not exist, but it may be soft-deleted: {error}"
            )
        if deleted is not None:
            return FoundVault("deleted", deleted)
        return FoundVault("absent")

    def _deleted_namesake(
        self, subscription: str, name: str, location: str | None
    ) -> Document | None:
        place = "" if location is None else location.replace(" ", "").lower()
        if is_name(place) and not self._questions.knows_deleted(subscription):
            try:
                return self._questions.deleted_at(subscription, place, name)
            except ReadingError as error:
                if not error.is_absence_of_deleted:
                    raise
        deleted = self._questions.deleted_in(subscription)
        return next((one for one in deleted if text(one, "name").lower() == name.lower()), None)

    def vaults_of_group(self, subscription: str, group: str) -> GroupVaults:
        found = self.vaults_below(f"/subscriptions/{subscription}/resourceGroups/{group}")
        return GroupVaults(found or (), complete=found is not None)

    def namesake(self, vault_id: str) -> str | None:
        """In the same subscription."""
        wanted = parse_resource_id(vault_id)
        if wanted is None:
            return None
        return namesake_in(
            self.vaults_below(f"/subscriptions/{wanted.subscription}") or (), vault_id
        )

    def vaults_below(self, path: str) -> Documents | None:
        """All vaults of a subscription or a resource group; None: they could not be read."""
        try:
            return self._questions.vaults_below(path)
        except ReadingError as error:
            if error.is_absence_of_group:
                return ()
            self._missed(path, error)
            return None

    def deleted_below(self, subscription: str) -> Documents | None:
        """The soft-deleted vaults of a subscription; None: they could not be read."""
        path = f"/subscriptions/{subscription}/providers/Microsoft.KeyVault/deletedVaults"
        return self._read(path, lambda: self._questions.deleted_in(subscription))

    def holders(self) -> Documents | None:
        """Id, type and identity of what has an identity in the subscriptions of the question; None:
        not all of them could be read."""
        rows: list[Document] = []
        for subscriptions in self._listed:
            read = self._read(_GRAPH, partial(self._questions.holders, subscriptions))
            if read is None:
                return None
            rows += read
        return tuple(rows)

    def people(self) -> People:
        questions = self._about_people()
        if self._people is None:
            self._together.ask(questions, "reading who has which identity")
            self._people = self._gathered()
        return self._people

    def _about_people(self) -> list[Callable[[], Documents]]:
        """What has to be asked about identities; the subscriptions of the question may grow."""
        known = {each for subscriptions in self._listed for each in subscriptions}
        new = tuple(sorted(self._asked_about.keys() - known))
        if new:
            self._listed.append(new)
            self._people = None
        asked = self._questions
        found = [asked.workspaces, asked.identities]
        found += [partial(asked.holders, subscriptions) for subscriptions in self._listed]
        if self._subscription is not None:
            # what was made a minute ago is not in Resource Graph yet
            found.append(partial(asked.workspaces_in, self._subscription))
        return found

    def _gathered(self) -> People:
        asked, subscription = self._questions, self._subscription
        workspaces = [*(self._read(_GRAPH, asked.workspaces) or ())]
        identities = self._read(_GRAPH, asked.identities) or ()
        resources = self.holders() or ()
        if subscription is not None:
            path = f"/subscriptions/{subscription}/providers/{_WORKSPACES}"
            workspaces += self._read(path, partial(asked.workspaces_in, subscription)) or ()
        by_id = {text(each, "id").lower(): each for each in workspaces}
        return People(by_id.values(), identities, resources)

    def full(self, ids: Iterable[str]) -> tuple[list[Document], list[Unread]]:
        """Workspaces and user-assigned identities that Azure has listed, with all that they have;
        some may be gone, since Resource Graph lags behind."""
        ids = tuple(ids)
        self._together.ask((partial(self._questions.full, each) for each in ids), "reading them")
        found: list[Document] = []
        unread: list[Unread] = []
        for each in ids:
            try:
                found.append(self._questions.full(each))
            except ReadingError as error:
                if not error.is_absence:
                    unread.append(Unread(each, str(error)))
        return found, unread

    def groups(self, paths: Iterable[str]) -> list[Document]:
        """Those resource groups that are there and can be read."""
        paths = tuple(paths)
        asked = self._questions
        self._together.ask((partial(asked.group, each) for each in paths), "reading groups")
        return [found for each in paths if (found := self.group(each)) is not None]

    def _read(self, what: str, ask: Callable[[], Documents]) -> Documents | None:
        """None: it could not be read, which is remembered."""
        try:
            return ask()
        except ReadingError as error:
            self._missed(what, error)
            return None

    def _missed(self, what: str, error: ReadingError) -> None:
        self._unread.setdefault(what.lower(), Unread(what, str(error)))

    def unread(self) -> tuple[Unread, ...]:
        return tuple(self._unread.values())

    def ages(self) -> tuple[tuple[str, str], ...]:
        return ()

    def notices(self) -> tuple[str, ...]:
        return tuple(self._notices)


def _changed_at(vault: Document) -> str:
    return text(vault, "systemData", "lastModifiedAt")
