"""Drafts of replies, approvals, and the coaching of tags."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""


def downgrade() -> None:
    """Take the change back."""
