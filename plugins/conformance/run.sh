#!/bin/sh
# run.sh KIT PLUGIN ARGS...: the kit's exit code is the verdict.
exec "$@"
