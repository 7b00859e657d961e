"""The installed command `sii-afp`; also `python -m app`."""

import gc

gc.disable()  # modules live as long as the process; skipping collections while importing saves a tenth of the start

from app.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
