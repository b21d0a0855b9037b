/** The one call that is used of the native curve; the package says nothing of its types. Its other entrance falls back in silence to a slower curve. */
declare module 'secp256k1/bindings.js' {
  const curve: {
    /** Fills `output`: 64 bytes, deterministic by RFC 6979, with the lower s. */
    ecdsaSign(
      digest: Uint8Array,
      privateKey: Uint8Array,
      options: undefined,
      output: Uint8Array,
    ): { readonly recid: number }
  }
  export = curve
}
