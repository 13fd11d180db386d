"""Whether the settings of this installation are complete: the system checks tagged INSTALLATION.

Some are deployment checks, so that commands that only work on the code run without an installation.
All are run by processes at their start (`econtract.startup`), by `manage.py set_up` and by
`manage.py check --deploy`.
"""

from django.core import checks

INSTALLATION = "installation"


def installation_problems() -> list[str]:
    """The errors of the checks, one sentence or two each."""
    messages = checks.run_checks(tags=[INSTALLATION], include_deployment_checks=True)
    return [
        f"{message.msg} {message.hint}" if message.hint else str(message.msg)
        for message in sorted(messages, key=lambda message: message.id or "")
        if message.is_serious()
    ]
