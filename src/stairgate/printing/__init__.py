"""The printer: a paper as data in, a tagged PDF out. Knows neither Django nor any other room."""
