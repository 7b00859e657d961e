"""Limits on imports, tested in a new process."""

import json
import subprocess
import sys

HEAVY = {"pandas", "lifelines", "statsmodels", "numpy", "scipy", "matplotlib", "numba"}


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_command_line_imports_nothing_heavy() -> None:
    call = (
        "from app.cli.main import cli\n"
        "try:\n"
        "    cli(['assess', '--neutrophils', '4.2 10*9/L', '--lymphocytes', '1.1 10*9/L',"
        " '--platelets', '145 10*9/L', '--afp', '620 ng/mL'])\n"
        "except SystemExit as done:\n"
        "    assert done.code == 0\n"
    )
    assert not modules_after(call) & {*HEAVY, "fastapi", "starlette", "jinja2", "model"}


def test_core_uses_only_the_standard_library() -> None:
    before = modules_after("")
    added = modules_after("import app.core.assessment, app.core.measurement") - before
    assert {name for name in added if name not in sys.stdlib_module_names} == {"app"}
