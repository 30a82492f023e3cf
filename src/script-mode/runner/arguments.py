"""A script's arguments from its hyperparameters."""


def of(hyperparameters):
    """Names in order; `--name value`, `-n value` for names of one letter; objects as `k=v,k2=v2` (training contract §7.1)."""
    words = []
    for name in sorted(hyperparameters):
        words.append(("--" if len(name) > 1 else "-") + name)
        words.append(text(hyperparameters[name]))
    return words


def text(value):
    if isinstance(value, dict):
        return ",".join("%s=%s" % item for item in sorted(value.items()))
    return "" if value is None else str(value)
