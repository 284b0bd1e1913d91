"""The screens, one file each, with the `.tcss` that dresses it beside it."""
