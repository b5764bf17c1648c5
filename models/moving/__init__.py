"""Moving an installation to another database and another place for its files, verified and resumable.

The source is only read. What was copied is written down in the target, in the transaction that copies it: whenever the
process dies, the next one goes on there.
"""
