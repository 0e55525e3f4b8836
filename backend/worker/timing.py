"""How often a worker does what, and how long it waits for what, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All in seconds."""

    poll_s: float = 0.25  # between looks at an empty queue
    report_s: float = 0.4  # at least, between two writes of a job's progress
    beat_s: float = 5.0  # between extensions of a lease; several fit into one lease
    watch_s: float = 0.5  # between looks at a running job
    stage_limit_s: float = 300.0  # without a checkpoint: the job is stuck
    cancel_grace_s: float = 10.0  # from the wish to stop a job to ending the process that does not listen
    stop_grace_s: float = 15.0  # for the present job, when the worker is asked to stop
    release_grace_s: float = 5.0  # then, to reach a checkpoint and give the job back
    reap_s: float = 5.0  # between searches for jobs of dead workers
    purge_s: float = 3600.0  # between deletions of what has expired
    alive_s: float = 5.0  # between the signs of life that `/readyz` looks for
    trouble_pause_s: float = 2.0  # after an error of the database or the disk
