/** What Coinbase calls the assets. */
import { ASSETS, type Asset } from '../../domain/ids.ts'

export function productOf(asset: Asset): string {
  return `${asset.toUpperCase()}-USD`
}

export function assetOfProduct(product: string): Asset | null {
  return ASSETS.find((asset) => product === productOf(asset)) ?? null
}
