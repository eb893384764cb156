"""The build: where the stages meet the database, pass by pass, and the old base is replaced."""
