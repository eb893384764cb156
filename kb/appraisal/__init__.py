"""What an abstract says of its study: design, patients, figures and the level of evidence."""
