"""PostgreSQL tells whoever listens when a session's progress changes"""

from alembic import op

from models.news import begin_telling, end_telling

revision = '0055'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade() -> None:
    begin_telling(op.get_bind())


def downgrade() -> None:
    end_telling(op.get_bind())
