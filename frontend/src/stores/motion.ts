/** How films are made the next time: one choice for every photo on the table. */
import { computed, ref } from 'vue'
import { defineStore } from 'pinia'
import { motionFields, type MotionChoices } from '@/api/animations'
import { recallMotion, rememberMotion } from '@/composables/keptMotion'
import { useModelsStore } from './models'

export const useMotionStore = defineStore('motion', () => {
  const models = useModelsStore()
  const choices = ref<MotionChoices>(recallMotion())
  /** What `auto` stands for at present. */
  const best = computed(() => (models.firstOrder?.installed ? 'first_order' : 'builtin'))
  const engine = computed(() => (choices.value.engine === 'auto' ? best.value : choices.value.engine))
  /** Films with the same text and the same driver are the same film. */
  const manner = computed(() => {
    const options = Object.entries({ ...motionFields(choices.value), engine: engine.value })
    return options.map(([name, value]) => (name === 'engine' ? value : `${name}=${value}`)).join(' ')
  })
  return {
    choices,
    best,
    engine,
    manner,
    choose(next: MotionChoices): void {
      choices.value = next
      rememberMotion(next)
    },
  }
})
