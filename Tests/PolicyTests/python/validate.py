"""Prints, for each profile file, what the schema has against it: {"file": ["where: what"]}."""

import json
import sys

import jsonschema
import yaml

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
said = {}
for path in sys.argv[2:]:
    profile = yaml.safe_load(open(path, encoding="utf-8"))
    said[path] = [
        "%s: %s" % (".".join(map(str, error.absolute_path)), error.message)
        for error in validator.iter_errors(profile)
    ]
print(json.dumps(said, ensure_ascii=False))
