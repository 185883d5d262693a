"""Generates quantised networks of the known families, with seeded weights.

    python -m zoo list
    python -m zoo make NAME... [--size N] [--out DIR]

Run from test/models, with the environment that utils/setup-venv.sh makes.
"""
