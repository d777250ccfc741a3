"""What a training program needs of Sweepdeck: its parameters in, its metrics out.

    import sweepdeck

    parameters = sweepdeck.params({"lr": 0.1, "epochs": 10})
    for epoch in range(parameters["epochs"]):
        sweepdeck.report(step=epoch, loss=train(parameters["lr"]))

Standard library only, Python 3.7 or later. Outside a sweep the same program runs on its own:
``params`` gives the defaults and ``report`` prints.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

__all__ = ["params", "report", "result", "job_dir"]


def params(defaults: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """The parameters of this job by name; nested ones are dicts.

    Integers and floats arrive as they were written in the sweep file (``1`` and ``1.0``).
    Parameters the sweep doesn't name come from ``defaults``, as do all of them outside a sweep.
    """
    return {**(defaults or {}), **_given_params()}


def report(step: Optional[int] = None, **metrics: Any) -> None:
    """Report metrics, e.g. ``report(step=epoch, loss=0.12, accuracy=0.9)``.

    Values are numbers, also NaN and infinities, scalars of numpy, torch and the like, or one level of
    dicts of them. Threads and processes of one job may report at the same time. Outside a sweep the
    metrics are printed.

    Raises TypeError for a value that is no number.
    """
    values = _numbers(metrics)
    if step is not None:
        values = {"step": _number("step", step), **values}
    path = os.environ.get("SWEEPDECK_METRICS")
    if path:
        _append_line(path, json.dumps(values))
    else:
        print(_readable(values), file=sys.stderr)


def result(**metrics: Any) -> None:
    """Leave the final result of this job, which counts more than the values reported last.

    The file appears whole or not at all; a second call replaces it. Outside a sweep it is printed.
    """
    values = _numbers(metrics)
    directory = job_dir()
    if directory is None:
        print("result: " + _readable(values), file=sys.stderr)
        return
    _replace(directory / "result.json", json.dumps(values) + "\n")


def job_dir() -> Optional[Path]:
    """The job's own directory, for checkpoints and other files; None outside a sweep."""
    path = os.environ.get("SWEEPDECK_JOB_DIR")
    return Path(path) if path else None


def _given_params() -> Dict[str, Any]:
    text = os.environ.get("SWEEPDECK_PARAMS")
    if text is not None:
        return json.loads(text)
    # too long for a variable of the environment
    path = os.environ.get("SWEEPDECK_PARAMS_FILE")
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _numbers(metrics: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        name: _numbers_inside(name, value) if isinstance(value, Mapping) else _number(name, value)
        for name, value in metrics.items()
    }


def _numbers_inside(name: str, group: Mapping[str, Any]) -> Dict[str, Any]:
    return {str(key): _number("{}.{}".format(name, key), value) for key, value in group.items()}


def _number(name: str, value: Any) -> Any:
    # numpy, torch, jax and tensorflow scalars
    if not isinstance(value, (int, float)) and callable(getattr(value, "item", None)):
        value = value.item()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    try:
        return float(value.__float__())
    except (AttributeError, TypeError, ValueError):
        raise TypeError(
            "metric {!r} has to be a number, not {}".format(name, type(value).__name__)
        ) from None


def _append_line(path: str, text: str) -> None:
    """One write to a file opened for appending: lines of several writers don't mix."""
    line = (text + "\n").encode("utf-8")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
    try:
        written = os.write(descriptor, line)
    finally:
        os.close(descriptor)
    if written != len(line):
        raise OSError("only {} of {} bytes fit into {}: is the disk full?".format(written, len(line), path))


def _replace(path: Path, text: str) -> None:
    unique = ".{}.{}-{}.tmp".format(path.name, os.getpid(), threading.get_ident())
    temporary = path.with_name(unique)
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(str(temporary), str(path))
    except BaseException:
        if temporary.exists():
            temporary.unlink()
        raise


def _readable(values: Mapping[str, Any]) -> str:
    return " ".join("{}={}".format(name, value) for name, value in values.items())
