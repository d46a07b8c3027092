"""The script that AWS Glue runs. Everything else is in the package `centflow_glue`."""

import logging
import sys

from centflow_glue.main import main

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    main(sys.argv[1:])
