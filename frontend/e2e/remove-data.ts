import { rmSync } from 'node:fs'

/** After the last test: the server's data go. */
export default function removeData(): void {
  const folder = process.env.E2E_DATA_DIR
  if (folder) rmSync(folder, { recursive: true, force: true })
}
