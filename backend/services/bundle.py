"""Every service, put together once: what the web page, the worker and the command line share."""

from dataclasses import dataclass

from backend.domain.clock import Clock
from backend.services.accounts import Accounts
from backend.services.animations import Animations
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.expressions import Expressions
from backend.services.health import Health
from backend.services.job_desk import JobDesk
from backend.services.jobs import Jobs
from backend.services.limits import ServiceLimits
from backend.services.media import MediaLibrary
from backend.services.photos import Photos
from backend.services.prints import Prints
from backend.services.restorations import Restorations
from backend.services.retention import Retention
from backend.services.uploads import Uploads
from backend.services.weights import Weights
from backend.storage.database import Database
from backend.storage.expressions import ExpressionStore
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.results import ResultStore
from backend.storage.uploads import UploadStore
from backend.storage.users import UserStore
from backend.storage.workers import WorkerStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What can be done, by topic."""

    accounts: Accounts
    uploads: Uploads
    restorations: Restorations
    animations: Animations
    expressions: Expressions
    prints: Prints
    jobs: Jobs
    media: MediaLibrary
    presets: Presets
    engines: EngineCatalogue
    weights: Weights
    health: Health
    retention: Retention


def assemble_services(
    *,
    database: Database,
    files: MediaFiles,
    clock: Clock,
    jobs: JobStore,
    presets: Presets,
    engines: EngineCatalogue,
    weights: Weights,
    limits: ServiceLimits,
) -> Services:
    """The services over one database and one folder of files."""
    results, upload_rows, users = ResultStore(database), UploadStore(database), UserStore(database)
    expression_rows = ExpressionStore(database)
    uploads = Uploads(upload_rows, files, clock, limits)
    photos = Photos(uploads, upload_rows, jobs, results, files, limits)
    desk = JobDesk(jobs, clock, limits.queue)
    return Services(
        accounts=Accounts(users, clock, guest_hours=limits.guest_hours),
        uploads=uploads,
        restorations=Restorations(
            desk=desk,
            photos=photos,
            uploads=uploads,
            engines=engines,
            jobs=jobs,
            results=results,
            files=files,
            clock=clock,
            limits=limits,
        ),
        animations=Animations(
            desk=desk,
            photos=photos,
            uploads=uploads,
            upload_rows=upload_rows,
            expressions=expression_rows,
            presets=presets,
            engines=engines,
            jobs=jobs,
            results=results,
            files=files,
            clock=clock,
            limits=limits,
        ),
        expressions=Expressions(expression_rows, jobs, upload_rows, files, clock, limits.clip),
        prints=Prints(
            desk=desk,
            photos=photos,
            upload_rows=upload_rows,
            jobs=jobs,
            results=results,
            files=files,
            clock=clock,
            limits=limits,
        ),
        jobs=Jobs(jobs, limits.queue, clock),
        media=MediaLibrary(upload_rows, results, jobs, files, presets),
        presets=presets,
        engines=engines,
        weights=weights,
        health=Health(database, files, WorkerStore(database), clock),
        retention=Retention(users, results, files, clock),
    )
