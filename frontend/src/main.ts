import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, preferredLocale, showLocale } from './locales'
import { router } from './router'
import './styles/tokens.css'
import './styles/element.css'
import './styles/base.css'

showLocale(preferredLocale())
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
