/** All markets of the CLOB, long and short. No market here pays rewards for resting orders, so the lists of those that do are empty. */
import { longMarket, shortMarket } from './clob-markets.ts'
import type { Faults } from './faults.ts'
import type { Ask, Handler, Routes } from './http.ts'
import type { VenueMarket } from './market.ts'
import { pageOf } from './pages.ts'
import type { World } from './world.ts'

type Deps = { readonly world: World; readonly faults: Faults }

const PAGE = 1_000

export function listRoutes(deps: Deps): Routes {
  const all = (render: (deps: Deps, market: VenueMarket) => unknown): Handler => {
    return (ask) =>
      inPages(
        [...deps.world.markets()].map((market) => render(deps, market)),
        ask,
      )
  }
  const none: Handler = (ask) => inPages([], ask)
  return {
    'GET /markets': all(longMarket),
    'GET /simplified-markets': all(shortMarket),
    'GET /sampling-markets': none,
    'GET /sampling-simplified-markets': none,
  }
}

function inPages(rows: readonly unknown[], ask: Ask) {
  return pageOf(rows, ask, PAGE, 'Invalid payload')
}
