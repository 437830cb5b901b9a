"""The command ``plazas``: ``app`` lists the commands; every other module holds one or a few.

Everything heavy is imported inside the commands, so that ``plazas --help`` answers at once. A
`plazas.model.errors.PlazasError` becomes one line and an exit code here, and nowhere else.
"""
