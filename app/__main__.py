"""The installed command `sii-afp`; also `python -m app`."""

import gc

gc.disable()  # what is loaded now stays: to look for garbage in it takes a tenth of the start

from app.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
