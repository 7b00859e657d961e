"""Render the kustomizations of deploy/kubernetes, as far as they use kustomize. Names of maps get no hash."""

from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
_KNOWN = {"apiVersion", "kind", "resources", "namespace", "images", "configMapGenerator", "patches"}


def _read(file: Path) -> list[Document]:
    return [one for one in yaml.safe_load_all(file.read_text("utf-8")) if one]


def _merged(base: Any, patch: Any) -> Any:
    if isinstance(base, dict) and isinstance(patch, dict):
        return base | {name: _merged(base.get(name), part) for name, part in patch.items()}
    return patch


def _data(folder: Path, generator: Document) -> dict[str, str]:
    data: dict[str, str] = {}
    for name in generator.get("envs", ()):
        lines = (folder / name).read_text("utf-8").splitlines()
        data |= {key: value for key, _, value in (line.partition("=") for line in lines if line)}
    return data | {name: (folder / name).read_text("utf-8") for name in generator.get("files", ())}


def _key(document: Document) -> tuple[str, str]:
    return document["kind"], document["metadata"]["name"]


def render(folder: Path) -> dict[tuple[str, str], Document]:
    """Return the documents by kind and name. Fails if a kustomization uses what is not rendered here."""
    (kustomization,) = _read(folder / "kustomization.yaml")
    assert set(kustomization) <= _KNOWN
    found: dict[tuple[str, str], Document] = {}
    for name in kustomization["resources"]:
        path = folder / name
        documents = list(render(path).values()) if path.is_dir() else _read(path)
        found |= {_key(one): one for one in documents}
    for generator in kustomization.get("configMapGenerator", ()):
        key = ("ConfigMap", generator["name"])
        earlier = found[key]["data"] if generator.get("behavior") == "merge" else {}
        data = earlier | _data(folder, generator)
        found[key] = {"apiVersion": "v1", "kind": key[0], "metadata": {"name": key[1]}, "data": data}
    for patch in kustomization.get("patches", ()):
        for one in _read(folder / patch["path"]):
            found[_key(one)] = _merged(found[_key(one)], one)
    images = {one["name"]: f"{one['newName']}:{one['newTag']}" for one in kustomization.get("images", ())}
    for document in found.values():
        if document["kind"] == "Deployment":
            for container in document["spec"]["template"]["spec"]["containers"]:
                container["image"] = images.get(container["image"], container["image"])
        if "namespace" in kustomization and document["kind"] != "Namespace":
            document["metadata"]["namespace"] = kustomization["namespace"]
    return found
