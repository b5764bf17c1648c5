"""How far a programme has come in each authority: motivational interviewing, teams of several disciplines, workbook."""
