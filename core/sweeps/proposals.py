"""What a sweep tries next, and which of its settings mattered: by Optuna, from the runs so far and from nothing else.

Nothing is kept between two questions, so a sweep that goes on after its process died asks as if nothing had happened.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UsageError
from core.runs.settings import RunSettings
from core.sweeps.sweep import Axis, grid_point, grid_size, runs_for_importances

if TYPE_CHECKING:  # the web process and the command line never wait for it
    import optuna

# Where few combinations are left, the same is proposed again and again.
MOST_PROPOSALS = 50
# Of a grid that is larger than the budget, so many are looked at for each that is tried: some are refused.
DRAWN_FOR_A_RUN = 20
# As many runs are drawn at random before the estimator has something to learn from.
LEAST_AT_RANDOM, MOST_AT_RANDOM = 4, 10


def propose(
    request: Mapping[str, Any],
    axes: Sequence[Axis],
    trials: Sequence[Mapping[str, Any]],
    accept: Callable[[dict[str, Any]], RunSettings],
) -> tuple[dict[str, Any], RunSettings] | None:
    """What to try next.

    Parameters
    ----------
    request, axes, trials
        Of the sweep.
    accept
        The settings of a run with these values; raises `UsageError` where they can't go together.

    Returns
    -------
    values, settings
        What sets the next run apart, and all its settings; None where nothing new seems to be left.

    Raises
    ------
    UsageError
        If nothing was tried and nothing can be: why the last combination was refused.
    """
    refusal, refused = None, []
    known = [trial["values"] for trial in trials]
    for values in _candidates(request, axes, trials):
        if values in known or values in refused:
            continue
        try:
            return values, accept(values)
        except UsageError as error:
            refusal = error
            refused.append(values)
    if refusal is not None and not trials:
        raise UsageError(f"None of the combinations can be trained. The last one: {refusal}")
    return None


def importances(axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Which settings mattered: the share of the differences in validation log loss that goes with each, by fANOVA.

    Returns
    -------
    dict
        From the most important on, with a sum of 1; {} where only one setting varies, the runs are too few to tell, or
        all came out the same.

    References
    ----------
    Hutter, F., Hoos, H. and Leyton-Brown, K. (2014). An efficient approach for assessing hyperparameter importance.
    ICML.
    """
    evaluated = [trial for trial in trials if trial["log_loss"] is not None]
    varied = [axis.name for axis in axes if len({str(trial["values"][axis.name]) for trial in evaluated}) > 1]
    differ = len({trial["log_loss"] for trial in evaluated}) > 1
    if len(varied) < 2 or not differ or len(evaluated) < runs_for_importances(len(axes)):
        return {}
    import optuna

    study = _study(optuna.samplers.RandomSampler(), axes, evaluated)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    # The logarithm, so that one run that went astray does not outweigh all others.
    found = optuna.importance.get_param_importances(
        study, evaluator=evaluator, params=varied, target=lambda trial: float(np.log(max(trial.value or 0.0, 1e-9)))
    )
    return {name: round(float(share), 4) for name, share in found.items()}


def _candidates(
    request: Mapping[str, Any], axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    if request["method"] == "grid":
        size, budget = grid_size(axes), DRAWN_FOR_A_RUN * request["runs"]
        indices: Any = range(size)
        if size > request["runs"]:  # in order, only the last settings would vary
            indices = np.random.default_rng(request["settings"]["seed"]).choice(size, min(size, budget), replace=False)
        for index in indices:
            yield grid_point(axes, int(index))
        return
    for attempt in range(MOST_PROPOSALS):
        study = _study(_sampler(request, len(trials), attempt), axes, trials)
        drawn = study.ask({axis.name: _distribution(axis) for axis in axes}).params
        yield {axis.name: _readable(drawn[axis.name], axis) for axis in axes}


def _sampler(request: Mapping[str, Any], tried: int, attempt: int) -> "optuna.samplers.BaseSampler":
    """Seeded by how far the sweep is, so that it draws the same whether or not it was interrupted before."""
    import optuna

    seed = int(np.random.SeedSequence([request["settings"]["seed"], tried, attempt]).generate_state(1)[0])
    if request["method"] == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    at_random = min(MOST_AT_RANDOM, max(LEAST_AT_RANDOM, request["runs"] // 3))
    # A run that is going on counts as a bad one, so that two at a time don't try the same.
    return optuna.samplers.TPESampler(seed=seed, n_startup_trials=at_random, constant_liar=True)


def _study(
    sampler: "optuna.samplers.BaseSampler", axes: Sequence[Axis], trials: Sequence[Mapping[str, Any]]
) -> "optuna.Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="minimize", sampler=sampler)
    for trial in trials:
        study.add_trial(_frozen(axes, trial))
    return study


def _frozen(axes: Sequence[Axis], trial: Mapping[str, Any]) -> "optuna.trial.FrozenTrial":
    """A run of the sweep as Optuna knows it."""
    from optuna.trial import TrialState, create_trial

    state = TrialState.RUNNING if trial["state"] in ("queued", "starting", "running") else TrialState.FAIL
    if trial["log_loss"] is not None:
        state = TrialState.COMPLETE
    distributions = {axis.name: _distribution(axis) for axis in axes}
    params = {axis.name: trial["values"][axis.name] for axis in axes}
    return create_trial(state=state, value=trial["log_loss"], params=params, distributions=distributions)


def _distribution(axis: Axis) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.options:
        return CategoricalDistribution(axis.options)
    if axis.whole:
        return IntDistribution(round(axis.low), round(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)


def _readable(drawn: Any, axis: Axis) -> Any:
    """Four digits are more than any setting needs; at the ends of a range they must not lead out of it."""
    if axis.options or axis.whole:
        return drawn
    return min(max(float(f"{drawn:.4g}"), axis.low), axis.high)
