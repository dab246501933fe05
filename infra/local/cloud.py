"""Starts the local cloud, deploys a package to it, and stops it without a trace.

    with Cloud.start() as cloud:
        cloud.deploy(local_package())
        requests.get(f"{cloud.api_url}/v1/club")

The cloud is one process with the functions' processes below it, in a session of their own, on 127.0.0.1 only, with a private
temporary folder and no environment of the caller's. It stops on `stop()`, and by itself when the caller ends, however that happens.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from infra.build import ROOT, Package

PYTHON = ROOT / ".ministack" / "bin" / "python"
STACK = "partner-club"
REGION = "us-east-1"
LOCAL_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": REGION}
FUNCTIONS = ROOT / "infra" / "local"

# Parameters of the local stack that differ from the defaults: retries that a demo can wait for, no throttle, and http.
PARAMETERS = {
    "Stage": "local",
    "Transport": "any",
    "RetrySeconds": "45",  # longer than a part of an import takes on a busy machine
    "LetterRetrySeconds": "15",
    "RequestsPerSecond": "10000",
}

# Outputs that name the functions a sign-in waits for, beside the API itself.
SIGN_IN = ("WriteLettersName", "SendLettersName", "DefineAuthName", "CreateAuthName", "VerifyAuthName", "PreTokenName")


class CloudError(Exception):
    """One sentence for whoever started it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Cloud:
    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def start(cls, port: int | None = None, *, keep: Path | None = None, patches: str | None = None) -> Self:
        """`keep` is a folder that outlives the cloud: what is deployed and stored is there again at the next start."""
        port = port or free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise CloudError(f"Port {port} is taken: stop what listens there, or choose another port.")
        if not PYTHON.exists():
            raise CloudError("The local cloud is not installed: run make .ministack/.complete")
        version = _claim(keep) if keep else ""
        folder = Path(tempfile.mkdtemp(prefix="partner-club-"))
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_WORKER_THREADS": "256",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true",  # what a function's policy does not allow fails here as it would on AWS
            "DOCKER_HOST": f"unix://{folder}/no-docker",
            "S3_DATA_DIR": str(folder / "s3"),
            **LOCAL_CREDENTIALS,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if patches is not None:
            environment["CLOUD_PATCHES"] = patches
        if keep:
            environment |= {
                "PERSIST_STATE": "1",
                "STATE_DIR": str(keep),
                "CLOUD_VERSION": version,
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(keep / "s3"),
            }
        with (folder / "cloud.log").open("wb") as log:
            process = subprocess.Popen(
                [PYTHON, FUNCTIONS / "launcher.py"],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is for us; we stop the cloud
            )
        cloud = cls(port, process, folder)
        try:
            cloud._wait_until_ready()
        except BaseException:
            cloud.stop()
            raise
        return cloud

    def _wait_until_ready(self, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=2).status == 200:
                    return
            time.sleep(0.03)
        log = (self.folder / "cloud.log").read_text(encoding="utf-8", errors="replace")
        raise CloudError(f"The local cloud did not start. Its last words:\n{log[-2000:]}")

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """Stays the same when a deployment replaces the API."""
        return f"{self.endpoint}/api"

    @property
    def mailbox_url(self) -> str:
        return f"{self.endpoint}/_local/mailbox"

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(signature_version="s3v4") if service == "s3" else None,
        )

    def deploy(self, package: Package, parameters: dict[str, str] | None = None) -> dict[str, str]:
        """Creates or updates the stack and returns its outputs. Does nothing when this very package is there already."""
        cloudformation, s3 = self.client("cloudformation"), self.client("s3")
        told = {
            **PARAMETERS,
            "LettersUrl": self.api_url,
            "TokenUrl": f"{self.endpoint}/oauth2/token",
            **(parameters or {}),
        }
        template = json.loads(package.template.read_text(encoding="utf-8"))
        code = hashlib.sha256(package.zip.read_bytes()).hexdigest()
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = f"s3://packages/{code}.zip"
        body = json.dumps(template).encode()
        version = hashlib.sha256(body + json.dumps(told, sort_keys=True).encode()).hexdigest()
        deployed = self._stack()
        if not deployed or {"Key": "version", "Value": version} not in deployed.get("Tags", []):
            s3.create_bucket(Bucket="packages")
            s3.upload_file(str(package.zip), "packages", f"{code}.zip")
            s3.put_object(Bucket="packages", Key="template.json", Body=body)
            change = cloudformation.update_stack if deployed else cloudformation.create_stack
            change(
                StackName=STACK,
                TemplateURL=f"{self.endpoint}/packages/template.json",
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
                Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in told.items()],
                Tags=[{"Key": "version", "Value": version}],
            )
            deployed = self._wait_for_stack()
            self.save()
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in deployed["Outputs"]}
        return self.outputs

    def _stack(self) -> dict[str, Any] | None:
        cloudformation = self.client("cloudformation")
        try:
            stack: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        except cloudformation.exceptions.ClientError:
            return None
        return stack

    def _wait_for_stack(self) -> dict[str, Any]:
        while (stack := self._stack() or {})["StackStatus"].endswith("IN_PROGRESS"):
            time.sleep(0.05)
        if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            events = self.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
                for event in events
                if event["ResourceStatus"].endswith("FAILED")
            ]
            raise CloudError(f"The deployment ended as {stack['StackStatus']}: {'; '.join(reasons)}")
        return stack

    def wake(self) -> None:
        """Starts the functions' processes with events that ask for nothing.

        A sign-in runs through six functions; on a busy machine their cold starts, one after another, would outlast the gateway's
        patience.
        """
        nothing = {"Records": [], "request": {}, "response": {}, "userName": ""}
        names = [value for name, value in self.outputs.items() if name in SIGN_IN]
        functions = self.client("lambda")
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda name: functions.invoke(FunctionName=name, Payload=json.dumps(nothing)), names))
        urllib.request.urlopen(f"{self.api_url}/v1/health", timeout=60).close()

    def letters(self) -> list[dict[str, Any]]:
        """Every letter sent since the start, oldest first."""
        with urllib.request.urlopen(f"{self.endpoint}/_local/mail", timeout=10) as answer:
            letters: list[dict[str, Any]] = json.load(answer)
        return letters

    def save(self) -> None:
        """Writes a kept state down, so that not even a crash loses what was done so far."""
        urllib.request.urlopen(f"{self.endpoint}/_local/save", timeout=60).close()

    def stop(self, patience: float = 60) -> None:
        """Returns when no process and no temporary folder is left. Writing down a large state takes its time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _claim(keep: Path) -> str:
    """The version that a kept state must be of. The launcher marks the folder with it whenever the state is written down.

    Without a mark the cloud was killed before that, and only S3's files are left: away with them.
    """
    pins = (FUNCTIONS / "requirements.txt").read_text(encoding="utf-8")
    version = hashlib.sha256(f"{pins}{sys.version_info[:2]}".encode()).hexdigest()
    mark = keep / "version"
    if not mark.exists():
        shutil.rmtree(keep / "s3", ignore_errors=True)
    elif mark.read_text() != version:
        raise CloudError(f"What {keep} keeps was made by another version of the local cloud: remove that folder.")
    keep.mkdir(parents=True, exist_ok=True)
    return version
