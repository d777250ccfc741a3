"""What argparse itself makes of programs: their options, and whether it accepts arguments.

Reads from standard input, as JSON, a list of {"file": path, "probes": [[argument, ...], ...]}; prints for
each its options and, for each probe, whether argparse takes it. The programs run up to where they parse.
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import io
import json
import runpy
import sys
import types


class Anything(types.ModuleType):
    """Stands in for packages that need not be installed here."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__init__": lambda self, *args, **kwargs: None})


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Anything(spec.name)

    def exec_module(self, module):
        pass


class Parsed(BaseException):
    def __init__(self, parser):
        self.parser = parser


def stop(self, *args, **kwargs):
    raise Parsed(self)


def parser_of(file):
    originals = argparse.ArgumentParser.parse_args
    argparse.ArgumentParser.parse_args = stop
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path(file, run_name="__main__")
    except Parsed as parsed:
        return parsed.parser
    finally:
        argparse.ArgumentParser.parse_args = originals


def actions_of(parser):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from actions_of(inner)
        elif action.option_strings and not isinstance(action, argparse._HelpAction):
            yield action


def described(action, parser):
    kind = action.type
    return {
        "spellings": list(action.option_strings),
        "default": repr(parser._defaults.get(action.dest, action.default)),
        "type": kind.__name__ if kind in (int, float, str, bool) else None if kind is None else "other",
        "flag": action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction),
        "choices": None if action.choices is None else [str(one) for one in action.choices],
        "required": action.required,
        "help": action.help,
    }


def accepts(parser, arguments):
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(arguments)
        except SystemExit as end:
            return end.code in (0, None)
    return True


def literal(text):
    """The repr of a literal, to compare with; None for any other expression."""
    try:
        return repr(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return None


def main():
    sys.meta_path.append(Stubs())
    answers = []
    for one in json.load(sys.stdin):
        parser = parser_of(one["file"])
        options = [described(action, parser) for action in actions_of(parser)]
        for action in parser._actions:
            action.required = False
        answers.append(
            {
                "options": options,
                "accepts": [accepts(parser, probe) for probe in one["probes"]],
                "literals": [literal(text) for text in one["defaults"]],
            }
        )
    json.dump(answers, sys.stdout)


main()
