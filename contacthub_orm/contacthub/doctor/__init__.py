"""What the client assumes of a workspace, and what a workspace does that no document states."""

from contacthub_orm.contacthub.doctor.examination import examine as examine
from contacthub_orm.contacthub.doctor.findings import Finding as Finding
from contacthub_orm.contacthub.doctor.findings import Report as Report
from contacthub_orm.contacthub.doctor.live import LiveTest as LiveTest
from contacthub_orm.contacthub.doctor.settings_file import settings_text as settings_text

__all__ = ["Finding", "LiveTest", "Report", "examine", "settings_text"]
