#!/usr/bin/env python
"""The product's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
