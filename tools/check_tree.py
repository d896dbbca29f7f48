"""Facts about the tree that other tools do not check; `make lint` fails on any of them.

* no function over 60 lines, no module over 600, unless a comment says why: `# long: reason`, for a function on the line
  of its `def`, for a module among its first 20 lines;
* `sijill.core` imports the standard library and itself, nothing else;
* no file names a package registry's host or a path of the machine it was written on.

Usage: python tools/check_tree.py [ROOT]. Prints one line for each finding; exit code 1 if there are any.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_LINES_OF_FUNCTION = 60
MOST_LINES_OF_MODULE = 600
CODE_FOLDERS = ("src", "tests", "tools", "benchmarks")
LONG = re.compile(r"#\s*long:\s*\S")

# A letter of each stands in brackets, so that this file does not match itself.
HOSTS = re.compile(r"[p]ypi\.org|[p]ythonhosted|[r]egistry\.npmjs|[d]eb\.debian")
MACHINE_PATHS = re.compile(r"/[w]ork/|/[f]arm/|/[r]oot/|/[h]ome/[a-z]|/[U]sers/[A-Za-z]")


def listed_files(root: Path) -> list[Path]:
    """Every file of the repository, new ones too, ignored ones not.

    Raises CalledProcessError outside of a repository: which files count is git's to say.
    """
    # The owner of a checkout in CI is often another user, which git refuses unless told.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    paths = sorted(root / name for name in output.split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def long_functions(tree: ast.Module, lines: list[str]) -> Iterator[tuple[int, str]]:
    """Line and complaint for each function that is too long and does not say why."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_LINES_OF_FUNCTION and not LONG.search(lines[node.lineno - 1]):
            yield node.lineno, f"{node.name} has {length} lines, more than {MOST_LINES_OF_FUNCTION}"


def foreign_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and complaint for each import in core that is neither the standard library's nor core's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and name != "sijill.core" and not name.startswith("sijill.core."):
                yield node.lineno, f"core imports {name}; it may import the standard library only"


def check_code(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Findings in one Python file; `path` is relative to the repository."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES_OF_MODULE and not any(LONG.match(line) for line in lines[:20]):
        yield 1, f"the module has {len(lines)} lines, more than {MOST_LINES_OF_MODULE}"
    tree = ast.parse(text)
    yield from long_functions(tree, lines)
    if path.parts[:3] == ("src", "sijill", "core"):
        yield from foreign_imports(tree)


def check_text(text: str) -> Iterator[tuple[int, str]]:
    """Findings in any text file."""
    for number, line in enumerate(text.splitlines(), start=1):
        if HOSTS.search(line):
            yield number, "names a package registry's host"
        if MACHINE_PATHS.search(line):
            yield number, "carries a path of the machine it was written on"


def check_file(root: Path, path: Path) -> list[str]:
    """Findings in one file, `path:line: what`; nothing in files that are not text."""
    content = path.read_bytes()
    relative = path.relative_to(root)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return []
    found = list(check_text(text))
    if path.suffix == ".py" and relative.parts[0] in CODE_FOLDERS:
        found += check_code(relative, text)
    return [f"{relative}:{line}: {what}" for line, what in sorted(found)]


def main(arguments: list[str]) -> int:
    """Check the tree and print what was found."""
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    files = listed_files(root)
    found = [line for path in files for line in check_file(root, path)]
    print("\n".join([*found, f"{len(files)} files checked, {len(found)} findings"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
