// Runs before the first paint, so that a chosen theme and language never flash the other one.
// A file of its own because the page allows no inline script.
;(function () {
  var root = document.documentElement
  var theme = null
  var locale = null
  try {
    theme = JSON.parse(localStorage.getItem('jiuying.theme'))
    locale = JSON.parse(localStorage.getItem('jiuying.locale'))
  } catch {
    // storage is off or holds something else: the browser's own wishes count
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = dark ? 'dark' : 'light'
  root.lang = locale || (/^zh/i.test(navigator.language) ? 'zh-CN' : 'en')
})()
