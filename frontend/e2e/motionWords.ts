/** What the page says of clips, recordings and films, for the browser tests. */
export interface MotionWords {
  record: string
  choose: string
  start: string
  again: string
  use: string
  stop: string
  close: string
  counted: string
  recorded: string
  denied: string
  lost: string
  noFaceInClip: string
  about: string
  madeByBuiltin: RegExp
  follows: string
  report: RegExp
  numbers: string
  keep: string
  name: string
  save: string
  shelf: string
  edit: RegExp
  delete: RegExp
  deleteIt: string
  how: string
  settings: string
  fast: string
  exactly: string
  getIt: string
  getFile: RegExp
  forPrivateUse: RegExp
  ready: string
  app: string
  showAll: RegExp
}
const ZH: MotionWords = {
  record: '录三秒',
  choose: '选一段视频',
  start: '开始录制',
  again: '重新录',
  use: '就用这段',
  stop: '停下',
  close: '关闭',
  counted: '正在录制，共三秒',
  recorded: '录好了',
  denied: '没有使用摄像头的权限',
  lost: '摄像头断开了',
  noFaceInClip: '没有跟上你的视频',
  about: '关于这段影片',
  madeByBuiltin: /制作：内置引擎 · \d+ × \d+ 像素 · [\d.]+ 秒/,
  follows: '跟着你的视频动',
  report: /这段影片有多好？/,
  numbers: '具体数值',
  keep: '保存这个神情',
  name: '名字',
  save: '保存',
  shelf: '我的神情',
  edit: /^改名或删除/,
  delete: /^删除…/,
  deleteIt: '删除',
  how: '影片怎样制作',
  settings: 'First Order Motion 的设置',
  fast: '较快',
  exactly: '完全照搬',
  getIt: '怎样获取',
  forPrivateUse: /非商业用途$/,
  getFile: /下载缺少的文件（729 MB）/,
  ready: 'First Order Motion 可以用了。',
  app: '用手机相机录',
  showAll: /^显示全部 50 个/,
}
const EN: MotionWords = {
  record: 'Record now',
  choose: 'Choose a clip',
  start: 'Start recording',
  again: 'Record again',
  use: 'Use this',
  stop: 'Stop',
  close: 'Close',
  counted: 'Recording for three seconds',
  recorded: 'Recorded.',
  denied: 'This page may not use the camera',
  lost: 'The camera has gone',
  noFaceInClip: 'Your clip could not be followed',
  about: 'About this film',
  madeByBuiltin: /Made by Built-in engine · \d+ × \d+ px · [\d.]+ s/,
  follows: 'Follows your own clip',
  report: /How good is this film\?/,
  numbers: 'The numbers',
  keep: 'Keep this motion',
  name: 'Name',
  save: 'Save',
  shelf: 'My expressions',
  edit: /^Rename or delete/,
  delete: /^Delete…/,
  deleteIt: 'Delete',
  how: 'How films are made',
  settings: 'First Order Motion settings',
  fast: 'Fast',
  exactly: 'Exactly',
  getIt: 'How to get it',
  forPrivateUse: /for non-commercial use only$/,
  getFile: /Download what is missing \(729 MB\), for non-commercial/,
  ready: 'First Order Motion is ready.',
  app: 'Use the camera app',
  showAll: /^Show all 50/,
}

export const motionWords = (locale: string | undefined): MotionWords =>
  locale?.startsWith('zh') === true ? ZH : EN
