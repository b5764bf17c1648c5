"""What is told to learning record stores, and modules as packages for learning systems"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0044'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('xapi_connection',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('endpoint', sa.String(length=500), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('actor_form', sa.Enum('pseudonym', 'email', 'account', name='actorform', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('home_page', sa.String(length=500), nullable=False),
    sa.Column('sends_scores', sa.Boolean(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id')
    )
    op.create_table('course_package',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('form', sa.Enum('scorm-1.2', 'scorm-2004', name='packageform', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_index('ix_course_package_organisation_id', 'course_package', ['organisation_id'], unique=False)
    op.create_table('scorm_launch',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('package_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('module', sa.String(length=80), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['package_id'], ['course_package.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('secret_hash')
    )
    op.create_index('ix_scorm_launch_package_id', 'scorm_launch', ['package_id'], unique=False)
    op.create_index('ix_scorm_launch_person_id', 'scorm_launch', ['person_id'], unique=False)
    op.create_table('xapi_statement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('module_progressed', 'module_completed', 'exercise_answered', 'session_reviewed', 'parent_finished', name='statementkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('statement', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('state', sa.Enum('waiting', 'sent', 'refused', name='statementstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('problem', sa.String(length=300), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['session_id'], ['practice_session.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_xapi_statement_due', 'xapi_statement', ['organisation_id', 'state', 'at'], unique=False)
    op.create_index('ix_xapi_statement_person_id', 'xapi_statement', ['person_id'], unique=False)
    op.create_index('ix_xapi_statement_session_id', 'xapi_statement', ['session_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_xapi_statement_session_id', table_name='xapi_statement')
    op.drop_index('ix_xapi_statement_person_id', table_name='xapi_statement')
    op.drop_index('ix_xapi_statement_due', table_name='xapi_statement')
    op.drop_table('xapi_statement')
    op.drop_index('ix_scorm_launch_person_id', table_name='scorm_launch')
    op.drop_index('ix_scorm_launch_package_id', table_name='scorm_launch')
    op.drop_table('scorm_launch')
    op.drop_index('ix_course_package_organisation_id', table_name='course_package')
    op.drop_table('course_package')
    op.drop_table('xapi_connection')
