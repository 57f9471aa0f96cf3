#!/bin/sh
# conformance.sh KIT PLUGIN: the kit's own exit code is the verdict.
exec "$1" "$2"
