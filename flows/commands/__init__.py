"""The subcommands of `termpost`, by what they are for."""
