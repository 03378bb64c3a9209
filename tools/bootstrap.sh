#!/bin/sh
# Makes .venv: the locked development versions and the project itself, editable with [all].
# Does nothing where .venv is that already. Uses uv where it is on PATH, else venv and pip.
# PYTHON names the Python to make it with.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

# The caller's Python and pip settings belong to another environment. How packages are reached
# (index, proxy, certificates, cache) stays; what to install, and where to, does not.
unset PYTHONHOME PYTHONPATH PYTHONWARNINGS VIRTUAL_ENV
for name in $(env | sed -n 's/^\(PIP_[A-Z_]*\)=.*/\1/p'); do
    case $name in
        PIP_*INDEX* | PIP_FIND_LINKS | PIP_*CERT | PIP_PROXY | PIP_TRUSTED_HOST | PIP_KEYRING_PROVIDER) ;;
        PIP_*CACHE* | PIP_*TIMEOUT | PIP_RETRIES | PIP_CONFIG_FILE) ;;
        *) unset "$name" ;;
    esac
done
export PIP_USER=0 # pip.conf may say otherwise

stamp=.venv/bootstrapped

# What .venv is made from. The folder is part of it: an editable install points to where it was made.
inputs() {
    pwd -P
    cat pyproject.toml requirements-dev.txt tools/bootstrap.sh
}

same_python() {
    identity='import sys; print(sys.version, sys.base_prefix)'
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$identity" 2>/dev/null)" = "$(.venv/bin/python -c "$identity")" ]
}

made_here() { [ -x .venv/bin/python ] && [ -f $stamp ] && [ "$(head -n 1 $stamp)" = "$(pwd -P)" ] && same_python; }

if made_here && [ "$(inputs)" = "$(cat $stamp)" ]; then
    exit 0
fi

if uv --version >/dev/null 2>&1; then
    installer=uv needs=
else
    installer=pip needs=', venv, ensurepip'
fi

# Prints the base interpreter, so that a Python inside an activated (perhaps this very) .venv will do.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11 python3.10
    fi
    for candidate; do
        "$candidate" -c "import sys$needs; sys.version_info < (3, 10) and sys.exit(1); print(sys._base_executable)" \
            2>/dev/null && return
    done
    return 1
}

install() {
    if [ $installer = uv ]; then
        # Compiled at once: some environments tell Python never to keep what it compiled.
        uv pip install --quiet --compile-bytecode --python .venv/bin/python "$@"
    else
        .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$@"
    fi
}

if made_here && { [ $installer = uv ] || .venv/bin/python -c 'import pip' 2>/dev/null; }; then
    say "Updating .venv with $installer: pyproject.toml or requirements-dev.txt has changed."
    rm $stamp
else
    # Without its stamp .venv is half-made or someone else's: begin anew.
    if ! python=$(find_python); then
        say "No suitable Python: pareta-openai needs 3.10 or newer, with the venv module"
        say "(Debian and Ubuntu: apt install python3-venv). Name one with: make PYTHON=/path/to/python3"
        exit 1
    fi
    say "Making .venv with $("$python" --version) and $installer, from requirements-dev.txt. Once; up to a minute or so."
    rm -rf .venv
    if [ $installer = uv ]; then
        uv venv --quiet --python "$python" .venv
    else
        "$python" -m venv .venv
    fi
fi

install -r requirements-dev.txt
# The lock has brought the build backend.
install --no-build-isolation -e '.[all]'
inputs >$stamp
