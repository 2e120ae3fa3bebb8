"""The function's own, ahead of the one that is provided."""

WHERE = "own"
