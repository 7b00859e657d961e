"""Run the command `sii-afp`, installed or as `python -m app`."""

import gc

# Modules live for the whole process; importing without garbage collection saves a tenth of the start.
gc.disable()

from app.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
