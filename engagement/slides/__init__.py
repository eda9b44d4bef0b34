"""Slides: a PDF rendered page by page, shown to everybody in step with the speaker."""
