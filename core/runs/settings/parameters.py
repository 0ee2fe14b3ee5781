"""The kinds of parameters: each with what people call it, its default, what is accepted, and what it does."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, Field, dataclass, field, fields, replace
from typing import Any, get_args

from core.errors import UsageError

# The kinds of network, whose defaults differ: see `Architecture.kind`.
SCRATCH, FROZEN = "scratch", "frozen"
BOTH = (SCRATCH, FROZEN)
# How people write yes and no: on the command line, and in the files of earlier builds.
YES, NO = ("true", "on", "yes", "1"), ("false", "off", "no", "0")
# How they write that nothing is set.
NOTHING = (None, "", "None", "none")


@dataclass(frozen=True)
class Parameter:
    """Something that one may set; what is accepted, its kind says.

    Parameters
    ----------
    name, title
        What the command line and people call it. One that a field of a dataclass declares has the field's name.
    explanation
        What it does, in a sentence.
    default
        By kind of network; a value alone is that of both kinds. Without one, it depends on the network, or has to be
        named.
    unset
        What holds by default, in words, where the default itself does not say it.
    accepts
        What is accepted, in words, where the kind of parameter does not say it.
    group
        Which heading it is listed under.
    kinds
        The kinds of network that it has an effect on.
    tunable
        Whether a sweep can vary it.
    """

    name: str
    title: str
    explanation: str
    _: KW_ONLY
    default: Any = field(default_factory=dict)
    unset: str = ""
    accepts: str = ""
    group: str = ""
    kinds: tuple[str, ...] = BOTH
    tunable: bool = True

    def __post_init__(self):
        if not isinstance(self.default, Mapping):
            object.__setattr__(self, "default", dict.fromkeys(BOTH, self.default))

    @property
    def accepted(self) -> str:
        """What is accepted, in words."""
        return self.accepts

    @property
    def defaults(self) -> str:
        """The default as it is written; where it differs, from scratch first, then on a frozen backbone."""
        values = [self.default[kind] for kind in self.kinds if kind in self.default]
        return self.unset or " / ".join(dict.fromkeys(map(self.written, values)))

    def written(self, value: Any) -> str:
        """A value as it is written on the command line."""
        return str(value)

    def check(self, value: Any) -> Any:
        """The value in the parameter's type; of this kind, what reads it checks it."""
        return value


@dataclass(frozen=True)
class Number(Parameter):
    """A number, with the range that is accepted.

    Parameters
    ----------
    minimum, maximum
        The values that are accepted, both ends included.
    whole
        Whether only whole numbers are accepted.
    optional
        Whether there may be none.
    """

    minimum: float
    maximum: float
    _: KW_ONLY
    whole: bool = True
    optional: bool = False

    @property
    def accepted(self) -> str:
        return f"{self.written(self.minimum)} to {self.written(self.maximum)}"

    def written(self, value: float) -> str:
        return f"{value:.10g}"

    def check(self, value: Any) -> float | None:
        """The value as a number, or an error that says what would be accepted.

        Raises
        ------
        UsageError
            If it is not a number, or out of range.
        """
        if self.optional and isinstance(value, str | None) and value in NOTHING:
            return None
        kind = "a whole number" if self.whole else "a number"
        refusal = UsageError(f"The setting '{self.name}' must be {kind} from {self.accepted}. Got {value!r}.")
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise refusal from None
        if isinstance(value, bool) or not self.minimum <= number <= self.maximum or (self.whole and number % 1):
            raise refusal
        return int(number) if self.whole else number


@dataclass(frozen=True)
class Boolean(Parameter):
    """Something that is on or off."""

    @property
    def accepted(self) -> str:
        return "true or false"

    def written(self, value: bool) -> str:
        return str(value).lower()

    def check(self, value: Any) -> bool:
        """Whether it is on, or an error that says how that is written.

        Raises
        ------
        UsageError
            If it is neither on nor off.
        """
        word = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
        if word not in YES + NO:
            raise UsageError(f"The setting '{self.name}' must be true or false. Got {value!r}.")
        return word in YES


@dataclass(frozen=True)
class Choice(Parameter):
    """One of a few options, which are picked by name.

    Parameters
    ----------
    options
        What each option does, by its name.
    """

    options: Mapping[str, str]

    @property
    def accepted(self) -> str:
        return f"one of {', '.join(self.options)}"

    def check(self, value: Any) -> str:
        """The name of an option, or an error that lists them.

        Raises
        ------
        UsageError
            If there is no such option.
        """
        name = value.strip().lower() if isinstance(value, str) else value
        if not isinstance(name, str) or name not in self.options:
            raise UsageError(f"The setting '{self.name}' must be {self.accepted}. Got {value!r}.")
        return name


# Fields of a dataclass -----------------------------------------------------------------------------------------------


def parameter(title: str, explanation: str, **more: Any) -> Any:
    """A field that is read by a function of its own: `more` as of `Parameter`."""
    return _declared(Parameter("", title, explanation, **more))


def number(title: str, explanation: str, minimum: float, maximum: float, **more: Any) -> Any:
    """A field that holds a number, whole where its type is int, optional where that is "or None"."""
    return _declared(Number("", title, explanation, minimum, maximum, **more))


def boolean(title: str, explanation: str, **more: Any) -> Any:
    """A field that is true or false."""
    return _declared(Boolean("", title, explanation, **more))


def choice(title: str, explanation: str, options: Mapping[str, str], **more: Any) -> Any:
    """A field that holds the name of an option."""
    return _declared(Choice("", title, explanation, options, **more))


def parameters_of(declared: type) -> dict[str, Parameter]:
    """The parameters that the fields of a dataclass declare, by name, in the order they stand in."""
    return {entry.name: _of_field(entry) for entry in fields(declared)}


def _declared(found: Parameter) -> Any:
    return field(metadata={"parameter": found})


def _of_field(entry: Field) -> Parameter:
    found = replace(entry.metadata["parameter"], name=entry.name)
    if not isinstance(found, Number):
        return found
    types = get_args(entry.type) or (entry.type,)
    return replace(found, whole=int in types, optional=type(None) in types)
