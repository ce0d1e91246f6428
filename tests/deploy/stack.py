"""A CloudFormation template as the stack it would make: parsed, its functions resolved, nothing sent anywhere."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "111122223333"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}
ARNS = {
    "AWS::IAM::Role": "iam::{0}:role/{1}",
    "AWS::IAM::User": "iam::{0}:user/{1}",
    "AWS::KMS::Key": "kms:eu-west-1:{0}:key/{1}",
}


class _Loader(yaml.CSafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    assert isinstance(node, yaml.SequenceNode)
    return {name: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _function)


class Stack:
    """Resources and outputs of a template under the given parameters; a function that is not known is an error."""

    def __init__(self, path: Path, parameters: Mapping[str, Any]) -> None:
        self._template = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a SafeLoader
        declared = self._template["Parameters"]
        assert set(parameters) <= set(declared)
        self._parameters = {name: parameters.get(name, said.get("Default")) for name, said in declared.items()}
        assert None not in self._parameters.values(), "a parameter without a default is not given"
        for name, said in declared.items():
            if "AllowedPattern" in said:
                assert re.search(said["AllowedPattern"], self._parameters[name]), name
            assert self._parameters[name] in said.get("AllowedValues", [self._parameters[name]]), name
        self.resources = {name: self._resolved(said) for name, said in self._template["Resources"].items()}
        self.outputs = {name: self._resolved(said["Value"]) for name, said in self._template["Outputs"].items()}

    def arn(self, resource: str) -> str:
        kind = self._template["Resources"][resource]["Type"]
        return f"arn:aws:{ARNS[kind].format(ACCOUNT, resource)}"

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))).startswith(("Fn::", "Ref")):
            return self._call(name, value[name])
        found = {key: self._resolved(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one is not None}

    def _call(self, name: str, given: Any) -> Any:
        if name == "Ref":
            return self._ref(given)
        if name == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._ref(match[1])), given)
        if name == "Fn::GetAtt":
            assert given[1] == "Arn"
            return self.arn(given[0])
        if name == "Fn::If":
            return self._resolved(given[1] if self._holds(self._template["Conditions"][given[0]]) else given[2])
        return self._computed(name, self._resolved(given))

    def _computed(self, name: str, given: list[Any]) -> Any:
        if name == "Fn::Select":
            return given[1][int(given[0])]
        if name == "Fn::Split":
            return given[1].split(given[0])
        if name == "Fn::FindInMap":
            return self._template["Mappings"][given[0]][given[1]][given[2]]
        raise NotImplementedError(name)

    def _ref(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        return self._parameters.get(name, name)  # of a resource its name: enough, where nothing compares it

    def _holds(self, condition: Mapping[str, Any]) -> bool:
        ((name, given),) = condition.items()
        if name == "Fn::Not":
            return not self._holds(given[0])
        if name == "Fn::Equals":
            left, right = self._resolved(given)
            return bool(left == right)
        raise NotImplementedError(name)
