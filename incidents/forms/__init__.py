"""Forms of the incidents room: they clean what was typed and never act."""

from incidents.forms.chronology import (
    COMMON_ZONES,
    CorrectionForm,
    EvidenceForm,
    HideForm,
    IncidentForm,
    MilestoneForm,
    PersonForm,
    ServiceForm,
    StatementForm,
    TermsForm,
    UtcField,
    first_error,
)
from incidents.forms.curation import AttachmentForm, BulkForm, ClockForm, FilterForm
from incidents.forms.intake import (
    AttachForm,
    DeclarationForm,
    DescriptionForm,
    DismissForm,
    HookForm,
    PolicyForm,
    RuleForm,
    SecretForm,
)
from incidents.forms.privacy import OpeningForm, ReaderForm
from incidents.forms.pulls import PullForm

__all__ = [
    "COMMON_ZONES",
    "AttachForm",
    "AttachmentForm",
    "BulkForm",
    "ClockForm",
    "CorrectionForm",
    "DeclarationForm",
    "DescriptionForm",
    "DismissForm",
    "EvidenceForm",
    "FilterForm",
    "HideForm",
    "HookForm",
    "IncidentForm",
    "MilestoneForm",
    "OpeningForm",
    "PersonForm",
    "PolicyForm",
    "PullForm",
    "ReaderForm",
    "RuleForm",
    "SecretForm",
    "ServiceForm",
    "StatementForm",
    "TermsForm",
    "UtcField",
    "first_error",
]
