/** Where a value came from, strongest first: flag, environment, .env file, configuration file, profile, default. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'env_file'; readonly name: string; readonly file: string }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'profile'; readonly name: string; readonly file: string }
  /** By a person, to the bot that runs. */
  | { readonly kind: 'said' }
  | { readonly kind: 'default' }

export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return `from ${origin.name} on the command line`
    case 'environment':
      return `from the environment variable ${origin.name}`
    case 'env_file':
      return `from ${origin.name} in ${origin.file}`
    case 'file':
      return `from ${origin.file}`
    case 'profile':
      return `from the profile ${origin.name}, ${origin.file}`
    case 'said':
      return 'said to the running bot'
    case 'default':
      return 'the default'
  }
}

const WEAKEST_FIRST = [
  'default',
  'profile',
  'file',
  'env_file',
  'environment',
  'flag',
  'said',
] as const

/** Of two origins the one with the larger number wins. */
export function strengthOf({ kind }: Origin): number {
  return WEAKEST_FIRST.indexOf(kind)
}
