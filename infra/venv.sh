#!/bin/sh
# Makes (or brings up to date) a virtual environment: infra/venv.sh FOLDER REQUIREMENTS [PYTHON]
# Says in one sentence what is in the way: no Python 3.11, no venv module, no package index.
set -eu
folder=$1 requirements=$2 wanted=${3:-}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if ! new_enough "$folder/bin/python"; then
    python=
    # The local cloud runs functions with the interpreter that packaged them, so both environments must choose alike.
    for candidate in ${wanted:-python3.11 python3.12 python3.13 python3}; do
        if new_enough "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        found=$("${wanted:-python3}" --version 2>/dev/null) || found=missing
        echo "Python 3.11 or newer is needed, and ${wanted:-python3} is $found: install one, or name it with make PYTHON=/path/to/python3." >&2
        exit 1
    fi
    rm -rf "$folder"
    if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
        rm -rf "$folder"
        echo "$python cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt install python3-venv)." >&2
        exit 1
    fi
fi

echo "Installing $requirements into $folder (the first time takes about a minute) ..."
if ! "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --retries 2 -r "$requirements" >"$folder/install.log" 2>&1; then
    echo "Could not install $requirements: check the network, or the package index in pip's configuration (all of pip's words: $folder/install.log)." >&2
    exit 1
fi
