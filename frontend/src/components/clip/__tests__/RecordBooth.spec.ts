import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import type { CameraDevices } from '@/composables/cameraDevices'
import { aCamera } from '@/composables/__tests__/cameraFakes'
import { i18n, showLocale } from '@/locales'
import { CAMERA } from '../camera'
import RecordBooth from '../RecordBooth.vue'

let page: VueWrapper

async function open(devices: CameraDevices): Promise<void> {
  page = mount(RecordBooth, {
    global: { plugins: [i18n], provide: { [CAMERA as symbol]: devices } },
    attachTo: document.body,
  })
  await flushPromises()
}
const button = (text: string) => page.findAll('button').find((one) => one.text() === text)
const said = () => page.get('[role=status]').text()

async function seconds(count: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(count * 1000)
  await flushPromises()
}

beforeEach(() => {
  vi.useFakeTimers()
  showLocale('en')
})
afterEach(() => {
  page.unmount()
  vi.useRealTimers()
})

describe('RecordBooth', () => {
  it('counts aloud, records, and gives the clip to whoever opened it', async () => {
    const devices = aCamera()
    await open(devices)
    expect(document.activeElement?.textContent?.trim()).toBe('Start recording')

    await button('Start recording')?.trigger('click')
    const counted = [said()]
    await seconds(1)
    counted.push(said())
    await seconds(1)
    counted.push(said())
    expect(counted).toEqual(['3', '2', '1'])
    await seconds(1)
    expect(said()).toBe('Recording for three seconds')
    await seconds(3.1)

    expect(devices.opened[0]?.track.isOn).toBe(false)
    expect(document.activeElement?.textContent?.trim()).toBe('Use this')
    await button('Use this')?.trigger('click')
    const [[clip] = []] = page.emitted('use') ?? []
    expect((clip as File).name).toBe('recording.webm')
  })

  it('can be stopped and begun anew with the camera still on', async () => {
    const devices = aCamera()
    await open(devices)
    await button('Start recording')?.trigger('click')
    await seconds(4)
    await button('Stop')?.trigger('click')
    expect(button('Start recording')).toBeDefined()
    expect([devices.opened.length, devices.opened[0]?.track.isOn]).toEqual([1, true])
  })

  it('puts the camera out when it closes', async () => {
    const devices = aCamera()
    await open(devices)
    page.unmount()
    expect(devices.opened[0]?.track.isOn).toBe(false)
  })

  it('says what to do about a camera that is refused, and asks again', async () => {
    const devices = aCamera()
    const granted = devices.open
    devices.open = () => Promise.reject(new DOMException('', 'NotAllowedError'))
    await open(devices)
    expect(page.get('[role=alert]').text()).toContain('Allow the camera for this page')

    devices.open = granted
    await button('Try again')?.trigger('click')
    await flushPromises()
    expect(button('Start recording')).toBeDefined()
  })

  it('says why over plain HTTP, and offers the other way', async () => {
    await open(aCamera({ isSecure: false }))
    expect(page.get('[role=alert]').text()).toContain('https')
    expect(page.get('[role=alert]').text()).toContain('your phone’s camera app')
    expect(button('Try again')).toBeUndefined()
    expect(document.activeElement?.textContent?.trim()).toBe('Choose a clip')
  })

  it('opens a phone’s camera app where the page itself may not record, and uses what it took', async () => {
    await open(aCamera({ isSecure: false, hasApp: true }))
    const input = page.get<HTMLInputElement>('input[type=file]')
    expect(input.attributes('capture')).toBe('user')
    expect(button('Use the camera app')).toBeDefined()

    const taken = new File(['x'], 'taken.mov', { type: 'video/quicktime' })
    Object.defineProperty(input.element, 'files', { value: [taken] })
    await input.trigger('change')
    expect(page.emitted('use')).toEqual([[taken]])
  })

  it('does not ask again where the browser never will', async () => {
    await open(aCamera({ open: null }))
    expect(button('Try again')).toBeUndefined()
  })

  it('forgets a take whose camera was pulled out', async () => {
    const devices = aCamera()
    await open(devices)
    await button('Start recording')?.trigger('click')
    await seconds(4)
    devices.opened[0]?.track.pull()
    await seconds(5)
    expect(page.get('[role=alert]').text()).toContain('The camera has gone')
    expect(page.find('.playback').exists()).toBe(false)
  })
})
