"""Who works at the server itself, with the command line: the operating system's user, as the log names them.

Whoever runs a command on the machine has no session and gave no password to us; the operating system knows them. Its own
record of who runs the program is asked (the real user id), not what the environment says: `LOGNAME` may be set to
anything. Under sudo the program runs as root, and only then is `SUDO_USER`, which sudo sets, taken for who called it.
"""

import os
import pwd

AT_THE_SERVER = "cli:"  # no account can be called so: names have no colon (`trust.names`)
ROOT = 0


def operator_name() -> str:
    """`cli:lihua`: the operating system's user who runs this program, or who called sudo; `cli:1007` for one without a name."""
    uid = os.getuid()
    called_by = os.environ.get("SUDO_USER", "") if uid == ROOT else ""
    return AT_THE_SERVER + (called_by if _is_user(called_by) else _name_of(uid))


def _is_user(name: str) -> bool:
    """Whether the machine knows a user of that name: what else stands there was not set by sudo."""
    try:
        pwd.getpwnam(name)
    except (KeyError, ValueError):
        return False
    return True


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container's user often has none
        return str(uid)
