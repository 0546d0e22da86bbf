"""Which resources have a template inside of them, besides nested deployments, and where it stands.

A deployment stack deploys its template together with the one around it. All others only keep it:
somebody deploys it later, somewhere, with parameters that nobody knows here.
"""

from __future__ import annotations

from armguard.record import record

Path = tuple[str, ...]
"""names of members below the resource, in any casing"""


@record
class Embedding:
    called: str
    """for people"""
    templates: tuple[Path, ...]
    """the places where a template may stand, by API version"""
    parameters: Path | None = None
    """what is passed to it"""
    elsewhere: Path | None = None
    """what is there instead where the template is not written out"""
    only_if: tuple[Path, str] | None = None
    """a member and its value, in lower case, without which no template is deployed"""
    deployed: bool = False
    """whether the deployment around it deploys the template"""


_DEPLOYMENT = ("properties", "policyRule", "then", "details", "deployment", "properties")
_POLICY_DEFINITION = Embedding(
    "policy definition",
    ((*_DEPLOYMENT, "template"),),
    parameters=(*_DEPLOYMENT, "parameters"),
    elsewhere=(*_DEPLOYMENT, "templateLink"),
    only_if=(("properties", "policyRule", "then", "effect"), "deployifnotexists"),
)
_BLUEPRINT_ARTIFACT = Embedding(
    "Blueprint artifact",
    (("properties", "template"),),
    parameters=("properties", "parameters"),
    only_if=(("kind",), "template"),
)

DEPLOYMENTS = "microsoft.resources/deployments"
POLICY_DEFINITIONS = "microsoft.authorization/policydefinitions"
TEMPLATE_SPECS = "microsoft.resources/templatespecs/versions"
BLUEPRINT_ARTIFACTS = "microsoft.blueprint/blueprints/artifacts"
EMBEDDINGS = {
    "microsoft.resources/deploymentstacks": Embedding(
        "deployment stack",
        (("properties", "template"),),
        parameters=("properties", "parameters"),
        elsewhere=("properties", "templateLink"),
        deployed=True,
    ),
    TEMPLATE_SPECS: Embedding(
        "template spec",
        # 2019-06-01-preview called it template
        (("properties", "mainTemplate"), ("properties", "template")),
    ),
    "microsoft.solutions/applicationdefinitions": Embedding(
        "managed application definition",
        (("properties", "mainTemplate"),),
        elsewhere=("properties", "packageFileUri"),
    ),
    POLICY_DEFINITIONS: _POLICY_DEFINITION,
    f"{POLICY_DEFINITIONS}/versions": _POLICY_DEFINITION,
    BLUEPRINT_ARTIFACTS: _BLUEPRINT_ARTIFACT,
}
"""by type, in lower case"""
