/** What the page says of engines and models, for the browser tests. */
export interface ModelWords {
  get: string
  needs: RegExp
  downloadAll: RegExp
  stop: RegExp
  moving: RegExp
  ready: string
  close: string
  settings: string
  again: string
  madeBy: RegExp
  fidelity: string
  chooseFaces: string
  face2: RegExp
  left: string
  preview: string
  save: string
  open: string
  gone: string
  refused: string
  broken: string
  retry: string
}
const ZH: ModelWords = {
  get: '怎样获取',
  needs: /GFPGAN 推荐的一组文件：2 个，共 [\d.]+ MB/,
  downloadAll: /下载缺少的文件（[\d.]+ MB）$/,
  stop: /停止下载/,
  moving: /\d+ MB \/ 349 MB/,
  ready: 'GFPGAN 可以用了。',
  close: '关闭',
  settings: 'GFPGAN 的设置',
  again: '按这些选项再修复一次',
  madeBy: /2 张脸由 GFPGAN v1\.4 修复/,
  fidelity: '更清楚，还是更像照片',
  chooseFaces: '选择脸',
  face2: /^第 2 张脸（共 2 张），右边/,
  left: '保持原样',
  preview: '预览，尚未保存',
  save: '保存这些改动',
  open: '引擎与模型',
  gone: '所选引擎的模型文件还没有安装',
  refused: '内容与作者发布的不一致',
  broken: '连接中断了',
  retry: '再试一次',
}
const EN: ModelWords = {
  get: 'How to get it',
  needs: /recommended set for GFPGAN: 2 files, [\d.]+ MB in all/,
  downloadAll: /Download what is missing \([\d.]+ MB\)$/,
  stop: /^Stop /,
  moving: /\d+ MB of 349 MB/,
  ready: 'GFPGAN is ready.',
  close: 'Close',
  settings: 'GFPGAN settings',
  again: 'Restore again with these',
  madeBy: /2 faces by GFPGAN v1\.4/,
  fidelity: 'Clearer, or like the photo',
  chooseFaces: 'Choose faces',
  face2: /^Face 2 of 2, right/,
  left: 'Left as it was',
  preview: 'Preview, not saved yet',
  save: 'Save these changes',
  open: 'Engines and models',
  gone: 'model files are not installed',
  refused: 'differs from what its authors published',
  broken: 'The connection broke',
  retry: 'Try again',
}

export const modelWords = (locale: string | undefined): ModelWords =>
  locale?.startsWith('zh') === true ? ZH : EN
