"""The facets of OpenLineage that lineage is read from: columnLineage (1-2-0), lineage (1-0-0, of data sets, jobs and runs), schema, symlinks, errorMessage."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=2000)]
MESSAGE = 2000  # signs of a failure's message that are kept apart


def _none_is_empty(given: Any) -> Any:
    """Clients write null for a list that they leave out."""
    return () if given is None else given


class _Facet(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Transformation(_Facet):
    """How an input goes in: the value itself (DIRECT), or it decides over it (INDIRECT)."""

    type: Literal["DIRECT", "INDIRECT"]
    subtype: str | None = None



class InputField(_Facet):
    """A column of a data set that goes into another; without transformations nobody says how."""

    namespace: Text
    name: Text
    field: Text
    transformations: Annotated[tuple[Transformation, ...], BeforeValidator(_none_is_empty)] = ()


class ColumnInputs(_Facet):
    """What goes into one column."""

    inputFields: Annotated[tuple[InputField, ...], BeforeValidator(_none_is_empty)]  # noqa: N815 - the specification's own words
    transformationType: str | None = None  # noqa: N815 - before 1-2-0: IDENTITY or MASKED, of all of them


class ColumnLineage(_Facet):
    """What goes into each column, and what decides over the rows (`dataset`)."""

    fields: dict[Text, ColumnInputs]
    dataset: Annotated[tuple[InputField, ...], BeforeValidator(_none_is_empty)] = ()


class LineageInput(_Facet):
    """A data set, a column of it, or a job, that something comes from."""

    namespace: Text
    name: Text
    type: str
    field: Text | None = None
    transformations: Annotated[tuple[Transformation, ...], BeforeValidator(_none_is_empty)] = ()


class LineageInputs(_Facet):
    """What goes into one column."""

    inputs: tuple[LineageInput, ...]


class Lineage(_Facet):
    """What a data set comes from, as a whole and column by column."""

    inputs: Annotated[tuple[LineageInput, ...], BeforeValidator(_none_is_empty)] = ()
    fields: dict[Text, LineageInputs] = {}


class LineageEntry(Lineage):
    """The same, with what it is said of."""

    namespace: Text
    name: Text
    type: str


class _Entries(_Facet):
    lineage: tuple[LineageEntry, ...]


class _Error(_Facet):
    message: str


class JobFacets(_Facet):
    """Those of a job."""

    lineage: _Entries | None = None

    @property
    def entries(self) -> tuple[LineageEntry, ...]:
        """What flows, as the job declares."""
        return self.lineage.lineage if self.lineage else ()


class RunFacets(JobFacets):
    """Those of a run."""

    errorMessage: _Error | None = None  # noqa: N815

    @property
    def message(self) -> str | None:
        """Why it failed."""
        return self.errorMessage.message[:MESSAGE] if self.errorMessage else None


class _Column(_Facet):
    name: Text


class _Schema(_Facet):
    fields: Annotated[tuple[_Column, ...], BeforeValidator(_none_is_empty)] = ()


class _Name(_Facet):
    namespace: Text
    name: Text


class _Symlinks(_Facet):
    identifiers: Annotated[tuple[_Name, ...], BeforeValidator(_none_is_empty)] = ()


def _without_deleted(given: Any) -> Any:
    """A facet that is taken back has nothing but that in it."""
    if not isinstance(given, dict):
        return given
    return {n: f for n, f in given.items() if not (isinstance(f, dict) and f.get("_deleted") is True)}


class _DatasetFacets(_Facet):
    """Those of a data set; pydantic keeps `schema` for itself, so it goes by another name here."""

    columns: _Schema | None = Field(default=None, alias="schema")
    symlinks: _Symlinks | None = None
    columnLineage: ColumnLineage | None = None  # noqa: N815
    lineage: Lineage | None = None


DatasetFacets = Annotated[_DatasetFacets, BeforeValidator(_without_deleted)]


class Dataset(_Facet):
    """A data set with what is said of it."""

    namespace: Text
    name: Text
    facets: DatasetFacets = _DatasetFacets()
