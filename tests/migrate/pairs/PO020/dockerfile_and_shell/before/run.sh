#!/bin/sh
: "${OPENAI_API_KEY:?}"
python app.py
