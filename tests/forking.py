"""Commands without the wait for their imports: a process that has imported all forks at each.

``forking.py serve SOCKET`` is that process, and says when it listens; ``forking.py run SOCKET
MODULE WORDS…`` stands for ``python -m MODULE WORDS…``, with its own folder, environment, input,
output and exit status.
"""

from __future__ import annotations

import os
import socket
import sys


def run(place: str, *words: str) -> int:
    """The exit status of a command that the process behind a socket forks."""
    surroundings = [f"{name}={value}" for name, value in os.environ.items()]
    told = "\0".join((str(len(words)), *words, os.getcwd(), *surroundings))  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        socket.send_fds(connection, [b"!"], [0, 1, 2])
        connection.sendall(os.fsencode(told))
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(8) or 70)


def serve(place: str) -> int:
    """Fork at each connection, for good; only the process that is to run a command returns."""
    import gc

    _import_all("harvest", "kb")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()
        os.write(1, b"listening\n")
        gc.freeze()  # what is imported stays, and is one for all
        waiting: set[int] = set()
        while True:
            connection, _ = listener.accept()
            waiting -= {ended for pid in waiting if (ended := os.waitpid(pid, os.WNOHANG)[0])}
            if not (process := os.fork()):
                break
            waiting.add(process)
            connection.close()
    return _answered(connection)


def _import_all(*packages: str) -> None:
    import importlib
    import pkgutil

    for package in packages:
        path = importlib.import_module(package).__path__
        for module in pkgutil.walk_packages(path, f"{package}."):
            importlib.import_module(module.name)


def _answered(connection: socket.socket) -> int:
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as stream:
        count, *told = os.fsdecode(stream.read()).split("\0")
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(str(status if status >= 0 else 128 - status).encode())
        os._exit(0)
    connection.close()
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    words, (folder, *surroundings) = told[: int(count)], told[int(count) :]
    os.chdir(folder)
    os.environ.clear()
    for pair in surroundings:
        name, _, value = pair.partition("=")
        os.environ[name] = value
    return _command(*words)


def _command(module: str, *words: str) -> int:
    sys.argv = [module, *words]
    try:
        sys.modules[module].main(prog_name=module.partition(".")[0])
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(end.code, int):
            os._exit(end.code)  # without taking apart, module by module, what was imported
        raise
    return 0


if __name__ == "__main__":
    sys.exit({"run": run, "serve": serve}[sys.argv[1]](*sys.argv[2:]))
