"""What Slack told us, the cards we keep there, and what waits to be posted."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""


def downgrade() -> None:
    """Take the change back."""
