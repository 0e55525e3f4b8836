import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, preferredLocale, useLocaleMessages } from './locales'
import { router } from './router'
import './styles/tokens.css'
import './styles/element.css'
import './styles/base.css'

await useLocaleMessages(preferredLocale())
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
