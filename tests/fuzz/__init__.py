"""A mutation fuzzer for the way from a page to its rows.

    PYTHONPATH=tests python -m fuzz                      # 2,000 mutants, seeded
    PYTHONPATH=tests python -m fuzz --mutants 50000      # the long form
    PYTHONPATH=tests python -m fuzz --pages DIR          # also mutate saved pages (*.html) in DIR

A mutant is a real page with one to six changes that a broken server, a broken editor or an enemy could make. Whatever
comes of it, `transform` must end within five seconds, raise nothing, and give either rows that keep the contract, or
`not_article`, or one reject with its reason.
"""
