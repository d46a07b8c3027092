"""Checks requests to QuickSight against botocore's model of its API.

Reads `{"<operation>": {…input…}}` from stdin and writes a list of problems to stdout. botocore's own validator checks
shapes, types, required members and minimum lengths. This script also checks enumerations, patterns and maximums.
"""

import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

# The shapes that are unions according to the API reference. botocore's model does not mark them.
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


def violations(value, shape, path):
    """Yields every part of a value that violates an enumeration, a pattern or a maximum of its shape."""
    if shape.type_name == "structure":
        if shape.name in UNIONS_OF_ONE and len(value) != 1:
            yield f"{path}: {shape.name} takes exactly one member, not {sorted(value)}"
        for name, inner in value.items():
            if name in shape.members:
                yield from violations(inner, shape.members[name], f"{path}.{name}")
        return
    most = shape.metadata.get("max")
    if shape.type_name == "list":
        if most is not None and len(value) > most:
            yield f"{path}: {len(value)} items, but at most {most} are allowed"
        for index, inner in enumerate(value):
            yield from violations(inner, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from violations(key, shape.key, f"{path}.{key}")
            yield from violations(inner, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        if most is not None and len(value) > most:
            yield f"{path}: {len(value)} characters, but at most {most} are allowed"
        choices = shape.metadata.get("enum")
        if choices and value not in choices:
            yield f"{path}: {value!r} is not one of {choices}"
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(to_python(pattern), value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif most is not None and value > most:
        yield f"{path}: {value} is more than {most}"


def to_python(pattern):
    """Converts a Java pattern to a Python pattern, because Python lacks Java's character classes."""
    return pattern.replace("\\p{javaWhitespace}", "\\s")


def main():
    service = botocore.session.Session().get_service_model("quicksight")
    wrong = []
    for operation, request in json.load(sys.stdin).items():
        shape = service.operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            wrong += [f"{operation}: {line}" for line in report.generate_report().splitlines()]
        wrong += [f"{operation}: {line}" for line in violations(request, shape, "$")]
    json.dump(wrong, sys.stdout)


main()
