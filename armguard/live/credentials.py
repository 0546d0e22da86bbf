"""Who asks Azure: the credential that was chosen, and what to do when there is none.

The chain of azure-identity does not know Azure Pipelines' service connections, so they are tried
first where their variables are set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from armguard.errors import UsageError
from armguard.live.endpoints import CLOUDS, Cloud

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

_PIPELINES = (
    "SYSTEM_OIDCREQUESTURI",
    "SYSTEM_ACCESSTOKEN",
    "AZURESUBSCRIPTION_CLIENT_ID",
    "AZURESUBSCRIPTION_TENANT_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
)


def credential_for(name: str, cloud: Cloud, environment: Mapping[str, str]) -> TokenCredential:
    """The credential of `--credential`. Raises `UsageError` where its settings are missing or
    wrong."""
    try:
        return _chosen(name, cloud, environment)
    except (ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(
            f"--credential {name} can't be used with these AZURE_ variables: {reason}"
        ) from error


def _chosen(name: str, cloud: Cloud, environment: Mapping[str, str]) -> TokenCredential:
    import azure.identity as identity

    authority, is_private = _authority(cloud, environment)
    has_pipeline = all(environment.get(variable) for variable in _PIPELINES)
    if name == "azure-pipelines" or (name == "default" and has_pipeline):
        absent = [variable for variable in _PIPELINES if not environment.get(variable)]
        if absent:
            raise UsageError(
                f"--credential azure-pipelines needs {', '.join(absent)}; run it in an AzureCLI@2"
                " or AzurePowerShell@5 task, and map SYSTEM_ACCESSTOKEN: $(System.AccessToken)"
            )
        return identity.AzurePipelinesCredential(
            client_id=environment["AZURESUBSCRIPTION_CLIENT_ID"],
            tenant_id=environment["AZURESUBSCRIPTION_TENANT_ID"],
            service_connection_id=environment["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"],
            system_access_token=environment["SYSTEM_ACCESSTOKEN"],
            authority=authority,
            disable_instance_discovery=is_private,
        )
    match name:
        case "azure-cli":
            return identity.AzureCliCredential()
        case "environment":
            return identity.EnvironmentCredential(
                authority=authority, disable_instance_discovery=is_private
            )
        case "workload-identity":
            return identity.WorkloadIdentityCredential(
                authority=authority, disable_instance_discovery=is_private
            )
        case "managed-identity":
            return identity.ManagedIdentityCredential(
                client_id=environment.get("AZURE_CLIENT_ID") or None
            )
        case _:
            return identity.DefaultAzureCredential(
                authority=authority, disable_instance_discovery=is_private
            )


def _authority(cloud: Cloud, environment: Mapping[str, str]) -> tuple[str, bool]:
    """Who gives tokens, and whether it is a private one, which public Azure does not vouch for.

    AZURE_AUTHORITY_HOST is azure-identity's own variable, for Azure Stack and other closed clouds.
    """
    wanted = environment.get("AZURE_AUTHORITY_HOST", "").strip().rstrip("/")
    if not wanted or cloud.name != "AzureCloud":
        return cloud.authority, False
    host = wanted.removeprefix("https://").lower()
    return wanted, host not in {each.authority for each in CLOUDS.values()}


def advice(environment: Mapping[str, str]) -> str:
    """How to get a credential here, in one line."""
    if environment.get("TF_BUILD"):
        return (
            "run armguard in an AzureCLI@2 task with azureSubscription, or map"
            " SYSTEM_ACCESSTOKEN: $(System.AccessToken) and pass --credential azure-pipelines"
        )
    if environment.get("GITHUB_ACTIONS"):
        return "use azure/login before this step, with permissions: id-token: write"
    return "run 'az login', or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET"
