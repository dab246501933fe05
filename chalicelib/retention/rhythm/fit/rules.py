"""The fit of models to the companies of a club: the most probable parameters under a prior. Pure.

The prior of each parameter is log-normal around the default with deviation 1 in the logarithm: a club of 30 companies stays near the
defaults, one of 500 follows its own figures. The search is the downhill simplex of J. Nelder and R. Mead (1965) over the logarithms.
"""

from collections.abc import Callable, Sequence
from math import exp, log

from chalicelib.retention.rhythm.model import DEFAULTS, Parameters, Purchases, log_likelihood

Point = list[float]

_MOST_STEPS = 400
_FLAT = 1e-4  # log-likelihood: a fit that gains less is done
_RANGE = 9.0  # of the logarithm of a parameter, around its default


def fit(seen: Sequence[Purchases], prior: Parameters = DEFAULTS) -> Parameters:
    """The most probable parameters of these companies; the prior's own if there are none."""
    purchases = list(seen)
    if not purchases:
        return prior

    def height(point: Point) -> float:
        model = Parameters(*(exp(value) for value in point))
        return log_likelihood(model, purchases) - distance(point, prior)

    return Parameters(*(exp(value) for value in climb(height, [log(value) for value in prior])))


def distance(point: Point, prior: Sequence[float]) -> float:
    """The negative logarithm of the prior's density; infinite far away, where the model has no numbers."""
    apart = [value - log(centre) for value, centre in zip(point, prior, strict=True)]
    return sum(each * each for each in apart) / 2 if max(map(abs, apart)) < _RANGE else float("inf")


def climb(height: Callable[[Point], float], start: Point) -> Point:
    """The highest point that a downhill simplex finds from `start`."""
    simplex = [(height(start), start)]
    for axis in range(len(start)):
        corner = [value + 0.5 * (axis == here) for here, value in enumerate(start)]
        simplex.append((height(corner), corner))
    for _ in range(_MOST_STEPS):
        simplex.sort(reverse=True, key=lambda each: each[0])
        (best, top), (lowest, worst) = simplex[0], simplex[-1]
        if best - lowest < _FLAT:
            break
        centre = [sum(column) / len(start) for column in zip(*(point for _, point in simplex[:-1]), strict=True)]

        def tried(factor: float, centre: Point = centre, worst: Point = worst) -> tuple[float, Point]:
            point = [middle + factor * (middle - low) for middle, low in zip(centre, worst, strict=True)]
            return height(point), point

        moved = tried(1.0)
        if moved[0] > best:
            moved = max(moved, tried(2.0), key=lambda each: each[0])
        elif moved[0] <= simplex[-2][0]:
            moved = tried(0.5 if moved[0] > lowest else -0.5)
            if moved[0] <= lowest:
                halved = [
                    [(value + goal) / 2 for value, goal in zip(point, top, strict=True)] for _, point in simplex[1:]
                ]
                simplex[1:] = [(height(point), point) for point in halved]
                continue
        simplex[-1] = moved
    return max(simplex, key=lambda each: each[0])[1]
