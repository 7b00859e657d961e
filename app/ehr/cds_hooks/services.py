"""List the CDS services: one for each hook, with the model of its calls and its entry in discovery."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.ehr.cds_hooks.requests import HooksRequestIn, OrderSelectIn, OrderSignIn, PatientViewIn
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

VERSION = "2.0.1"
_TITLE = N_("HCC risk group (SII, AFP)")
_DESCRIPTION = N_(
    "Risk group, survival and hazard ratios with intervals from the latest blood count and AFP, "
    "from one study of patients who started regorafenib after sorafenib failed"
)
_NEEDS = N_("Adults with hepatocellular carcinoma; needs neutrophils, lymphocytes, platelets and AFP")
_NEEDS_AN_ORDER = N_(
    "Adults with hepatocellular carcinoma and an order for regorafenib; needs neutrophils, lymphocytes, platelets and "
    "AFP"
)


@dataclass(frozen=True, slots=True)
class HookService:
    """A CDS service, with the model of its calls and the requirements that discovery names."""

    id: str
    hook: str
    call: type[HooksRequestIn]
    requirements: str

    def described(self, prefetch: Mapping[str, str]) -> dict[str, object]:
        """Return the entry in discovery."""
        return {
            "hook": self.hook,
            "id": self.id,
            "title": _(_TITLE),
            "version": VERSION,
            "description": _(_DESCRIPTION),
            "usageRequirements": _(self.requirements),
            "prefetch": dict(prefetch),
        }


SERVICES = (
    HookService("hcc-sii-afp", "patient-view", PatientViewIn, _NEEDS),
    HookService("hcc-sii-afp-order-select", "order-select", OrderSelectIn, _NEEDS_AN_ORDER),
    HookService("hcc-sii-afp-order-sign", "order-sign", OrderSignIn, _NEEDS_AN_ORDER),
)
