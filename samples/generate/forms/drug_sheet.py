"""Placeholder."""


def draw(sheet, page, words):
    raise NotImplementedError
