"""Waves, uploads about teams, workbooks and outcomes, and files for evaluators"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0037'
down_revision = '0039'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('authority_adoption',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('wave', sa.String(length=60), nullable=False),
    sa.Column('live_on', sa.Date(), nullable=True),
    sa.Column('rows_for_evaluators', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('organisation_id')
    )
    op.create_table('evaluation_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )
    op.create_table('adoption_upload',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('posts', 'workbook', 'outcomes', name='uploadkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('uploaded_by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('first_month', sa.Date(), nullable=False),
    sa.Column('last_month', sa.Date(), nullable=False),
    sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('lines > 0', name='upload_has_lines'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_adoption_upload_organisation_id', 'adoption_upload', ['organisation_id'])
    op.create_table('evaluation_export',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('authorities', JSON, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint('(made_at IS NULL) = (expires_at IS NULL)', name='export_made_expires'),
    sa.CheckConstraint('(made_at IS NULL) = (sealed IS NULL)', name='export_made_sealed'),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name='export_progress_percent'),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )
    op.create_index('ix_evaluation_export_expires_at', 'evaluation_export', ['expires_at'])
    op.create_table('outcome_month',
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('series', sa.String(length=80), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('out_of', sa.Integer(), nullable=True),
    sa.CheckConstraint('count >= 0 AND (out_of IS NULL OR out_of > 0)', name='outcome_counts'),
    sa.ForeignKeyConstraint(['upload_id'], ['adoption_upload.id'], ),
    sa.PrimaryKeyConstraint('upload_id', 'series', 'month')
    )
    op.create_table('team_posts',
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=False),
    sa.Column('discipline', sa.Enum("children's social worker", "children's practitioner", 'recovery worker', 'adult mental health practitioner', 'domestic abuse practitioner', 'perpetrator worker', 'probation officer', 'manager', 'trainer', 'other', name='discipline', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('posts', sa.Float(), nullable=False),
    sa.CheckConstraint('posts >= 0 AND posts <= 500', name='posts_sensible'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.ForeignKeyConstraint(['upload_id'], ['adoption_upload.id'], ),
    sa.PrimaryKeyConstraint('upload_id', 'team_id', 'discipline', 'from_on')
    )
    op.create_table('workbook_month',
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('team_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('families_open', sa.Integer(), nullable=False),
    sa.Column('with_workbook', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.CheckConstraint('families_open >= 0 AND with_workbook BETWEEN 0 AND families_open AND updated BETWEEN 0 AND with_workbook', name='workbook_counts_fit'),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], ),
    sa.ForeignKeyConstraint(['upload_id'], ['adoption_upload.id'], ),
    sa.PrimaryKeyConstraint('upload_id', 'team_id', 'month')
    )


def downgrade() -> None:
    op.drop_table('workbook_month')
    op.drop_table('team_posts')
    op.drop_table('outcome_month')
    op.drop_table('evaluation_export')
    op.drop_table('adoption_upload')
    op.drop_table('evaluation_key')
    op.drop_table('authority_adoption')
