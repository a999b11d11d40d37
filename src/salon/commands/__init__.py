"""What `salon` does without a screen and without a model, such as `salon sessions list`.

A command is a `Command` in the tuple of its module; `table.py` lists the modules. Nothing in here is imported before
the command line has been found to ask for one.
"""
