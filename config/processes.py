"""Starting child processes that never outlive their parent, and telling whether a process is still the one we mean."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from pwd import struct_passwd

_PR_SET_PDEATHSIG = 1
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)  # only Linux has it
_PROC = Path("/proc")


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    dies_by: signal.Signals | None,
    account: struct_passwd | None = None,
    environ: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that Ctrl-C in the terminal reaches only its parent.

    Output is appended to ``log``. ``dies_by`` is the signal that the kernel sends it when the thread that called us
    ends, however it ends (so call this from the main thread); ``None`` lets it live on. ``account`` is the user it
    runs as; ``pass_fds`` are open files that it inherits.
    """
    parent = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environ) if environ is not None else None,
            pass_fds=pass_fds,
            start_new_session=True,
            preexec_fn=(lambda: _die_with_parent(parent, dies_by)) if dies_by else None,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _die_with_parent(parent: int, dies_by: signal.Signals) -> None:
    """Runs in the child, after the change of user (which would clear the request) and before ``exec``."""
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, int(dies_by), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def command_line(pid: int) -> str | None:
    """The command line of a process, or ``None`` when there is no such process (a zombie counts as none)."""
    if (_PROC / "self").exists():
        try:
            words = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return None
        return words.replace(b"\0", b" ").decode(errors="replace") or None
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def processes_inside(directory: Path) -> list[int]:
    """The processes whose working directory is ``directory``; always none where there is no ``/proc`` to ask."""
    found = []
    for entry in _PROC.glob("[0-9]*/cwd"):
        try:
            if entry.readlink() == directory:
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return sorted(found)
