import { API_ROOT, http } from './http'
import type { Expression, Page } from './wire'

export async function listExpressions(): Promise<Expression[]> {
  return (await http.get<Page<Expression>>('/expressions')).body.items
}

/** Keep the clip that drove the film of `jobId`. */
export async function keepExpression(jobId: string, name: string): Promise<Expression> {
  return (await http.post<Expression>('/expressions', { job_id: jobId, name })).body
}

export async function renameExpression(id: string, name: string): Promise<Expression> {
  return (await http.patch<Expression>(`/expressions/${encodeURIComponent(id)}`, { name })).body
}

export async function deleteExpression(id: string): Promise<void> {
  await http.delete(`/expressions/${encodeURIComponent(id)}`)
}

/** Where the browser finds the clip; only its owner does. */
export function clipUrl(id: string): string {
  return `${API_ROOT}/expressions/${encodeURIComponent(id)}/clip`
}
