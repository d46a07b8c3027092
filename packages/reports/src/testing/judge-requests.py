"""Judges requests to QuickSight by botocore's model of its API.

Reads `{"<operation>": {…input…}}` from stdin and writes a list of what is wrong to stdout. botocore's own validator knows
shapes, types, what is required and the least lengths; the model also has enumerations, patterns and the most of everything.
"""

import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

# The API's reference says of these that they are unions; the model does not.
UNIONS_OF_ONE = {
    "CategoryFilterConfiguration",
    "ColumnHierarchy",
    "DimensionField",
    "Filter",
    "FormatConfiguration",
    "MeasureField",
    "ParameterControl",
    "ParameterDeclaration",
    "PhysicalTable",
    "TransformOperation",
    "Visual",
    "VisualCustomActionOperation",
}


def beyond(value, shape, path):
    """Everything under a value that its shape's enumerations, patterns and limits refuse."""
    if shape.type_name == "structure":
        if shape.name in UNIONS_OF_ONE and len(value) != 1:
            yield f"{path}: {shape.name} takes exactly one member, not {sorted(value)}"
        for name, inner in value.items():
            if name in shape.members:
                yield from beyond(inner, shape.members[name], f"{path}.{name}")
        return
    most = shape.metadata.get("max")
    if shape.type_name == "list":
        if most is not None and len(value) > most:
            yield f"{path}: {len(value)} items, where at most {most} may be"
        for index, inner in enumerate(value):
            yield from beyond(inner, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from beyond(key, shape.key, f"{path}.{key}")
            yield from beyond(inner, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        if most is not None and len(value) > most:
            yield f"{path}: {len(value)} characters, where at most {most} may be"
        choices = shape.metadata.get("enum")
        if choices and value not in choices:
            yield f"{path}: {value!r} is none of {choices}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(in_python(pattern), value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif most is not None and value > most:
        yield f"{path}: {value} is more than {most}"


def in_python(pattern):
    """The patterns are Java's and say what the whole value is like; Python has no classes of Java's."""
    return pattern.replace("\\p{javaWhitespace}", "\\s")


def main():
    service = botocore.session.Session().get_service_model("quicksight")
    wrong = []
    for operation, request in json.load(sys.stdin).items():
        shape = service.operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            wrong += [f"{operation}: {line}" for line in report.generate_report().splitlines()]
        wrong += [f"{operation}: {line}" for line in beyond(request, shape, "$")]
    json.dump(wrong, sys.stdout)


main()
