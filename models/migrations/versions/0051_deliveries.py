"""Jobs have a queue and a turn, and on PostgreSQL Procrastinate delivers them"""

import sqlalchemy as sa
from alembic import op

from models.delivery_schema import install, uninstall

revision = '0051'
down_revision = '0047'
branch_labels = None
depends_on = None
WAITS = sa.text("state = 'waiting'")
QUEUES = {
    'answers': ('hear_answer',),
    'gpu': ('transcribe_recording',),
    'mail': (
        'send_reset', 'send_invitation', 'send_notice', 'mail_webhook_failing', 'practice_mails', 'send_plan_mail',
        'send_pathway_reminder',
    ),
    'deliver': (
        'send_webhooks', 'send_statements', 'send_cmi5_statements', 'watch_cmi5_session', 'send_lti_grade',
    ),
}  # fmt: skip
TURNS = sa.text("""
    UPDATE job SET turn = numbered.turn FROM (
        SELECT id, row_number() OVER (PARTITION BY organisation_id, queue ORDER BY run_at, id) AS turn
        FROM job WHERE state IN ('waiting', 'running')) AS numbered
    WHERE job.id = numbered.id
""")
DEFER = sa.text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(queue, 'evoke.run', CASE queue WHEN 'answers' THEN 1000000000 ELSE 0 END - turn, NULL, NULL,
                   jsonb_build_object('job', CAST(id AS text)), run_at)::procrastinate_job_to_defer_v1
        FROM job WHERE state = 'waiting' ORDER BY run_at))
""")


def upgrade() -> None:
    with op.batch_alter_table('job') as batch:
        batch.add_column(sa.Column('queue', sa.String(length=16), server_default='cpu', nullable=False))
        batch.add_column(sa.Column('turn', sa.Integer(), server_default='0', nullable=False))
    connection = op.get_bind()
    job = sa.table('job', sa.column('name'), sa.column('queue'))
    for queue, names in QUEUES.items():
        connection.execute(sa.update(job).where(job.c.name.in_(names)).values(queue=queue))
    op.create_index('ix_job_last_turn', 'job', ['organisation_id', 'queue', 'turn'])
    op.create_index('ix_job_next_turn', 'job', ['queue', 'turn'], postgresql_where=WAITS, sqlite_where=WAITS)
    op.create_index('ix_job_every_turn', 'job', ['turn'])
    if connection.dialect.name == 'postgresql':
        install(connection)
        connection.execute(TURNS)
        connection.execute(DEFER)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == 'postgresql':
        uninstall(connection)
    for name in ('ix_job_every_turn', 'ix_job_next_turn', 'ix_job_last_turn'):
        op.drop_index(name, 'job')
    with op.batch_alter_table('job') as batch:
        batch.drop_column('turn')
        batch.drop_column('queue')
