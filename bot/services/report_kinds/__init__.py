"""Reports that the rhythm of follow-up asks for: tertial, customer meeting, quarter, month."""

from bot.services.report_kinds.kinds import ReportKinds, quarter_of

__all__ = ["ReportKinds", "quarter_of"]
