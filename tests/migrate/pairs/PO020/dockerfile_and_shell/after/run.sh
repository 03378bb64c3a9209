#!/bin/sh
: "${PARETA_API_KEY:?}"
python app.py
