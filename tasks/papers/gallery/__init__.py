"""Pictures of every page and paper, in every language, of an invented student."""
