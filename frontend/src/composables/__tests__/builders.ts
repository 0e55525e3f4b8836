import type { FaceLayer, Job, JobFace, JobResult } from '@/api/wire'

/** A queued restoration, changed as a test needs it. */
export function aJob(changes: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    kind: 'restore',
    state: 'queued',
    stage: null,
    progress: 0,
    queue_position: 0,
    eta_s: null,
    attempts: 0,
    cancel_requested: false,
    options: {},
    engine: 'auto',
    upload_id: 'upload-1',
    source_job_id: null,
    media_id: null,
    result: null,
    error: null,
    links: { self: '', cancel: '', result: null, original: null, preview: null, mask: null, layers: null },
    created_at: '2026-01-01T00:00:00Z',
    started_at: null,
    finished_at: null,
    ...changes,
  }
}

/** What a job made, changed as a test needs it. */
export function aResult(changes: Partial<JobResult> = {}): JobResult {
  return {
    mime: 'image/png',
    width: 100,
    height: 80,
    engine: 'builtin',
    engine_version: '1',
    model: null,
    seed: null,
    preset: null,
    fps: null,
    frames: null,
    faces: [],
    prints: [],
    photos: [],
    notes: [],
    quality: null,
    clip_checks: [],
    elapsed_ms: 1,
    photo_width: 200,
    photo_height: 100,
    mask_share: null,
    ...changes,
  }
}

/** A finished film of a photo of 200 x 100 with these face boxes. */
export function aFilmOf(boxes: number[][]): Job {
  const faces = boxes.map((box, id) => ({ id, box, score: 1, note: null, used: true, layer: null }))
  const film = { mime: 'video/mp4', width: 200, height: 100, preset: 'nod', fps: 25, frames: 75, faces }
  return aJob({ kind: 'animate', state: 'succeeded', result: aResult(film) })
}

/** Where the first face of `aRestorationBy` lies in a result of 400 x 200, and in the atlas. */
export function aLayer(changes: Partial<FaceLayer> = {}): FaceLayer {
  const place = { x: 40, y: 20, width: 80, height: 100 }
  return { ...place, row_y: 0, row_width: 80, row_height: 100, scale: 1, ...changes }
}

/** A face in the left of the photo that was restored, changed as a test needs it. */
export function aFace(changes: Partial<JobFace> = {}): JobFace {
  return { id: 0, box: [20, 10, 60, 60], score: 1, note: null, used: true, layer: aLayer(), ...changes }
}

/** A photo of 200 x 100, restored by `gfpgan` to 400 x 200 with these faces. */
export function aRestorationOf(faces: JobFace[], options: Job['options'] = {}): Job {
  const result = aResult({ engine: 'gfpgan', model: 'v1.4', width: 400, height: 200, faces })
  return aJob({ state: 'succeeded', media_id: 'media-1', engine: 'gfpgan', options, result })
}
