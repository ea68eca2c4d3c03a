#!/usr/bin/env sh
# Draws the database's password, once, into deploy/secrets, which git does not see. The folder is yours alone; its files can be read by the
# user of the containers they are mounted into.
set -eu
cd "$(dirname "$0")"
mkdir -p -m 700 secrets
[ -e secrets/pgpass ] && { echo "secrets are there already" >&2; exit 0; }
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" > secrets/db-password
printf 'db:5432:bta:bta:%s\n' "$password" > secrets/pgpass
chmod 444 secrets/db-password secrets/pgpass
