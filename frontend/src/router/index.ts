import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import StudioView from '@/views/StudioView.vue'

/** Pages of the first prototype; its users may have kept the addresses. */
const OLD_PATHS = [
  '/login',
  '/home',
  '/uploadFile_static_state',
  '/uploadFile_dynamic_state',
  '/user',
  '/upload',
]

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'studio', component: StudioView },
  ...OLD_PATHS.map((path) => ({ path, redirect: '/' })),
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('@/views/NotFoundView.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })
