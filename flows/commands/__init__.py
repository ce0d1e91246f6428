"""The subcommands of `termpost`, one module each, named after it; `listed.py` imports the one asked for."""
