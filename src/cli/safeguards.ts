/** What is on by default stays on where the money is real, at the start and while the bot runs. */
import { type Config, ConfigSchema } from '../config/schema.ts'

/** Why these settings do not trade with real money; null: they may. */
export function safeguardOff(config: Config): string | null {
  if (config.venue !== 'polymarket') return null
  const off = (['gates', 'limits'] as const).flatMap((group) => {
    const usual: Readonly<Record<string, unknown>> = ConfigSchema.shape[group].parse({})
    return Object.entries(config[group])
      .filter(([name, value]) => value === 'off' && usual[name] !== 'off')
      .map(([name]) => `${group}.${name}`)
  })
  const { winner } = config.params
  if (winner !== undefined && winner !== 'settlement') off.push('params.winner')
  if (off.length === 0) return null
  return `SAFEGUARD_OFF: ${off.join(', ')}: with real money ${off.length === 1 ? 'this is' : 'these are'} not switched off; set ${off.length === 1 ? 'it' : 'them'} again, or run without --live`
}
