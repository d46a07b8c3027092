"""Runs random histories of several owners on the local stack, and causes faults in its processes meanwhile.

Chaos runs rounds of faults, even while the stack starts. A time without faults follows each round. In this time the
stack must recover automatically, and one sweep must be enough to complete the views. The views must equal the model,
and every row must be accounted for. At the end no message waits, and no process is left. Run
chaos with `npm run chaos -- --minutes 20 --seed 1`. Programs read the last line: `N passed, N failed, N skipped`.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import model
from chaos_faults import CLOCK_PARTS, Faults, Machine, mount_small_disk, set_clock, unmount
from chaos_history import OWNERS, History
from chaos_stack import LocalStack
from stack import tool_paths

ROUND_S = 25
# The minimum number of steps that the owners take in a round. A round takes longer if the stack starts slowly.
STEPS_OF_ROUND = 20
ROUND_AT_MOST_S = 120
DISK_MB = 1800
# The resource names of `npm start`, from packages/local-stack/src/names.ts.
BUCKET = "centflow-local-uploads"
QUEUE = "centflow-local-uploads"
DEAD_LETTERS = "centflow-local-uploads-dlq"
JOB = "centflow-local-load"
# If a Lambda is killed, its message is visible again only after 130 s. A sweep may also wait for earlier job runs.
CALM_WITHIN_S = 600
STARTS_IN_CALM = 3
STOP_WITHIN_S = 120


class Chaos:
    """One execution of the chaos test.

    Attributes:
        passed: Number of checks that passed.
        failures: The failed checks, each with its reason.
        skipped: Faults that this machine does not allow, each with its reason.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.passed = 0
        self.failures: list[str] = []
        self.skipped: list[str] = []
        self.run_folder = folder / "run"
        self.run_folder.mkdir()
        self.machine = self._prepare(folder)
        environment = {"CENTFLOW_EMULATOR_REFUSALS": str(self.machine.refusals_file)}
        if self.machine.clocks_folder is not None:
            environment |= {
                "CENTFLOW_CLOCKS_DIR": str(self.machine.clocks_folder),
                "CENTFLOW_FAKETIME": tool_paths()["faketime"],
            }
        self.stack = LocalStack(self.run_folder, folder / "start.log", environment)
        self.history = History(BUCKET, seed)
        self.faults = Faults(self.stack, self.machine, seed)

    def run(self, minutes: float) -> None:
        """Runs rounds until the time is over. Runs at least one round."""
        deadline = time.monotonic() + minutes * 60
        number = 0
        while number == 0 or time.monotonic() < deadline:
            number += 1
            self.faults.counts.clear()
            is_good = self.check(f"round {number}, faults", self.storm)
            say(f"  {', '.join(f'{name} {times}x' for name, times in sorted(self.faults.counts.items()))}")
            if "filled the disk" in self.faults.counts:
                self.history.forget_confirmations()
            if not is_good or not self.check(f"round {number}, calm", self.recover_and_compare):
                break
        self.check("nothing waits", self.wait_until_nothing_waits)
        self.check("the rebuilt database is equal", self.rebuild)
        self.check("the stack stops", self.stop)
        steps = ", ".join(f"{name} {times}x" for name, times in sorted(self.history.counts.items()))
        say(f"{self.stack.starts} starts of the stack; {steps}")

    def storm(self) -> None:
        """Runs histories and faults at the same time, even while the stack starts."""
        calm = threading.Event()
        striking = threading.Thread(target=self.faults.strike_until, args=(calm,))
        striking.start()
        since = time.monotonic()
        steps = 0
        try:
            while (took := time.monotonic() - since) < ROUND_S or (steps < STEPS_OF_ROUND and took < ROUND_AT_MOST_S):
                self._start_again()
                s3 = self.stack.client("s3")
                if s3 is not None:
                    self.history.step(s3)
                    steps += 1
                time.sleep(0.2)
        finally:
            calm.set()
            striking.join()
            self.faults.resume_all()

    def recover_and_compare(self) -> None:
        """Waits without faults until the stack has recovered, then compares the views with the bucket."""
        self.wait_until_well()
        s3 = self.stack.client("s3")
        swept = self.stack.centflow("sweep")
        assert swept.returncode == 0, f"the sweep failed: {swept.stdout}{swept.stderr}"
        found = self.history.in_bucket(s3)
        assert not self.history.lost(found), f"S3 confirmed and then lost {self.history.lost(found)}"
        published = list(filter(None, (found.published(key) for key in found.versions)))
        with closing(self.stack.connect()) as database:
            model.assert_same(model.shown_views(database, OWNERS), model.views(published))
            model.assert_reasons(database, found)
            model.assert_nothing_is_left(database, published, OWNERS)

    def wait_until_well(self) -> None:
        """Waits until `doctor` finds every part healthy. Restarts the stack a few times if needed."""
        starts = self.stack.starts
        deadline = time.monotonic() + CALM_WITHIN_S
        while True:
            self._start_again()
            assert self.stack.starts - starts <= STARTS_IN_CALM, f"the stack does not start:\n{self.stack.last_lines()}"
            if self.stack.variables() is not None:
                findings = self.stack.centflow("doctor")
                if findings.returncode == 0:
                    return
            else:
                findings = None
            reported = "the stack does not become ready" if findings is None else findings.stdout + findings.stderr
            assert time.monotonic() < deadline, f"{reported}\n{self.stack.last_lines()}"
            time.sleep(1)

    def wait_until_nothing_waits(self) -> None:
        """Waits until both queues are empty, no message is in flight and no job run is active."""
        deadline = time.monotonic() + CALM_WITHIN_S
        sqs, glue = self.stack.client("sqs"), self.stack.client("glue")
        assert sqs is not None
        assert glue is not None
        while True:
            states = [run["JobRunState"] for run in glue.get_job_runs(JobName=JOB)["JobRuns"]]
            running = sum(state in ("STARTING", "RUNNING", "WAITING") for state in states)
            messages = messages_in(sqs, QUEUE)
            if running == sum(messages.values()) == 0:
                break
            if time.monotonic() > deadline:
                waiting = self.describe_waiting(sqs)
                doctor = self.stack.centflow("doctor")
                reason = f"{running} job runs go on, and messages wait: {messages}"
                raise AssertionError(f"{reason}\n{waiting}\n{doctor.stdout}{doctor.stderr}\n{self.stack.last_lines()}")
            time.sleep(1)
        if dead := sum(messages_in(sqs, DEAD_LETTERS).values()):
            say(f"{dead} messages are in the DLQ after five attempts; chaos redrives them, as an operator would")
            moved = self.stack.centflow("redrive")
            assert moved.returncode == 0, f"{moved.stdout}{moved.stderr}"
            while any(sum(messages_in(sqs, queue).values()) for queue in (QUEUE, DEAD_LETTERS)):
                assert time.monotonic() < deadline, "messages still wait after the redrive"
                time.sleep(1)

    def describe_waiting(self, sqs: Any) -> str:
        """Returns the waiting messages and the end of the emulator's log, which shows what its threads are doing."""
        for process in self.stack.processes():
            if process.part == "emulator":
                os.kill(process.pid, signal.SIGUSR1)
        time.sleep(1)
        url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        received = sqs.receive_message(
            QueueUrl=url, VisibilityTimeout=0, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages = [f"{message['Attributes']} {message['Body']}" for message in received.get("Messages", [])]
        log = self.run_folder / "logs" / "aws.log"
        lines = log.read_text("utf-8", "replace").splitlines()[-200:] if log.exists() else []
        return "\n".join([*messages, *lines])

    def rebuild(self) -> None:
        """Checks that a second database, built only from the bucket, shows the same data."""
        compared = self.stack.centflow("rebuild", "--check", within_s=CALM_WITHIN_S)
        assert compared.returncode == 0, f"{compared.stdout}{compared.stderr}"

    def stop(self) -> None:
        """Checks that Ctrl-C ends the stack and leaves no process."""
        exit_code = self.stack.stop(STOP_WITHIN_S)
        assert exit_code == 0, f"the stack ended with exit code {exit_code}:\n{self.stack.last_lines()}"
        left = self.stack.processes_left(10)
        assert not left, f"processes of the stack are still running: {left}"

    def check(self, name: str, work: Callable[[], None]) -> bool:
        """Runs a check and prints whether it passed."""
        since = time.monotonic()
        try:
            work()
        except Exception as error:
            reason = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            self.failures.append(f"{name}: {reason}")
            say(f"✘ {name}: {reason}")
            return False
        self.passed += 1
        say(f"✔ {name}, {time.monotonic() - since:.1f} s")
        return True

    def _start_again(self) -> None:
        if not self.stack.has_ended:
            return
        if self.stack.exit_code is not None:
            say(f"  the stack ended with exit code {self.stack.exit_code}: {self.stack.reason_of_end()}")
            # After a kill, the stack's main process ends before its child processes.
            left = self.stack.processes_left(60)
            assert not left, f"the stack has ended, but these processes are still running: {left}"
        self.stack.start()

    def _prepare(self, folder: Path) -> Machine:
        refused = mount_small_disk(self.run_folder, DISK_MB)
        if refused is not None:
            self.skipped.append(f"a full disk: {refused}")
        clocks = folder / "clocks"
        clocks.mkdir()
        for part in CLOCK_PARTS:
            set_clock(clocks, part, 0)
        has_clocks = "faketime" in tool_paths()
        if not has_clocks:
            self.skipped.append("clock steps: libfaketime is not there (apt has no package libfaketime)")
        return Machine(folder / "refusals.json", clocks if has_clocks else None, refused is None)


def messages_in(sqs: Any, queue: str) -> dict[str, int]:
    """Returns how many messages of a queue are visible, in flight and delayed."""
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    names = {"visible": "", "with a receiver": "NotVisible", "delayed": "Delayed"}
    attributes = {name: f"ApproximateNumberOfMessages{kind}" for name, kind in names.items()}
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[*attributes.values()])["Attributes"]
    return {name: int(counts[attribute]) for name, attribute in attributes.items()}


@contextmanager
def chaos_of(seed: int, keep: Path | None) -> Iterator[Chaos]:
    """Creates a chaos test in a separate folder. Afterwards ends every process of that folder and deletes it."""
    folder = Path(tempfile.mkdtemp(prefix="centflow-chaos-"))
    chaos = Chaos(folder, seed)
    try:
        yield chaos
    finally:
        chaos.faults.resume_all()
        chaos.stack.kill_all()
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(chaos.stack.log, keep)
            if (chaos.run_folder / "logs").exists():
                shutil.copytree(chaos.run_folder / "logs", keep / "logs", dirs_exist_ok=True)
        if chaos.machine.is_small_disk:
            unmount(chaos.run_folder)
        shutil.rmtree(folder)


def say(text: str) -> None:
    """Prints a line at once, without buffering."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Runs chaos. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Random histories and faults on the whole local stack.")
    parser.add_argument("--minutes", type=float, required=True, help="how long to cause faults and run histories")
    parser.add_argument("--seed", type=int, required=True, help="the seed of the random histories and faults")
    parser.add_argument("--keep-logs", type=Path, help="the folder to which the stack's logs are copied")
    options = parser.parse_args()
    say(f"seed {options.seed}, {options.minutes:g} minutes, {os.cpu_count()} processors")
    with chaos_of(options.seed, options.keep_logs) as chaos:
        for reason in chaos.skipped:
            say(f"skipped: {reason}")
        chaos.run(options.minutes)
    say(f"{chaos.passed} passed, {len(chaos.failures)} failed, {len(chaos.skipped)} skipped")
    return 1 if chaos.failures else 0


if __name__ == "__main__":
    sys.exit(main())
