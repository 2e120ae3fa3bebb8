"""chalice and cargo-lambda deploy a function, deploy it again, and chalice takes its own away."""

import io
import json
import os
import pathlib
import subprocess
import sys
import urllib.request
import zipfile

import boto3

APP = """
from chalice import Chalice

app = Chalice(app_name="hello")


@app.lambda_function()
def first(event, context):
    return {"got": event}
"""
TOOLS = pathlib.Path(sys.executable).parent


def run(tool, *arguments, folder, given=None):
    command = [str(TOOLS / tool), *arguments]
    ended = subprocess.run(command, cwd=folder, input=given, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def configuration(name):
    return boto3.client("lambda").get_function_configuration(FunctionName=name)


def chalice(folder):
    (folder / ".chalice").mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    (folder / "requirements.txt").write_text("")
    stages = {"version": "2.0", "app_name": "hello", "stages": {"dev": {}}}
    (folder / ".chalice" / "config.json").write_text(json.dumps(stages))
    run("chalice", "deploy", folder=folder)
    assert json.loads(run("chalice", "invoke", "-n", "first", folder=folder, given='{"a": 1}')) == {"got": {"a": 1}}
    before = configuration("hello-dev-first")
    (folder / "app.py").write_text(APP.replace("got", "said"))
    stages["stages"]["dev"]["lambda_memory_size"] = 256
    (folder / ".chalice" / "config.json").write_text(json.dumps(stages))
    run("chalice", "deploy", folder=folder)
    after = configuration("hello-dev-first")
    assert after["CodeSha256"] != before["CodeSha256"] and after["MemorySize"] == 256, (before, after)
    assert json.loads(run("chalice", "invoke", "-n", "first", folder=folder, given="{}")) == {"said": {}}
    run("chalice", "delete", folder=folder)
    left = boto3.client("lambda").list_functions()["Functions"]
    roles = boto3.client("iam").list_roles()["Roles"]
    assert not [one for one in left if one["FunctionName"].startswith("hello")], left
    assert not [one for one in roles if one["RoleName"].startswith("hello")], roles


def cargo_lambda(folder, function):
    """Deploys the executable of a function that is there."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.rs").write_text("fn main() {}")
    (folder / "Cargo.toml").write_text('[package]\nname = "echo"\nversion = "0.1.0"\nedition = "2021"\n')
    link = boto3.client("lambda").get_function(FunctionName=function)["Code"]["Location"]
    archive = zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(link).read()))
    (folder / "bootstrap").write_bytes(archive.read("bootstrap"))
    deploy = ["lambda", "deploy", "--binary-path", "bootstrap"]
    run("cargo-lambda", *deploy, "echo", folder=folder)
    assert configuration("echo")["Runtime"] == "provided.al2023"
    settings = ["--memory", "256", "--timeout", "9", "--env-var", "STAGE=B", "--tag", "x=y", "--alias", "live"]
    run("cargo-lambda", *deploy, *settings, "echo", folder=folder)
    now = configuration("echo")
    told = (now["MemorySize"], now["Timeout"], now["Environment"]["Variables"]["STAGE"])
    assert told == (256, 9, "B"), now
    aliases = boto3.client("lambda").list_aliases(FunctionName="echo")["Aliases"]
    assert [alias["Name"] for alias in aliases] == ["live"], aliases
    assert boto3.client("lambda").list_tags(Resource=now["FunctionArn"])["Tags"]["x"] == "y"


if __name__ == "__main__":
    here = pathlib.Path(os.getcwd())
    chalice(here / "chalice")
    cargo_lambda(here / "cargo-lambda", sys.argv[1])
