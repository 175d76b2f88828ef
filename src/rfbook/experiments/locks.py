"""Locks between processes, which the system gives up when a process dies."""

from __future__ import annotations

from errno import ENOLCK

from filelock import FileLock


class Lock(FileLock):
    """A lock on a file, for all who share the file system, also from other machines.

    Raises OSError, saying so, on a file system that has no such locks.
    """

    def _acquire(self) -> None:
        try:
            super()._acquire()
        except NotImplementedError as error:
            raise OSError(
                ENOLCK,
                f"{self.lock_file}: this file system has no locks (flock), so that processes would make "
                "the same run at once. Mount it with them, or run from a checkout elsewhere, with its "
                "RFBOOK_CACHE there",
            ) from error
