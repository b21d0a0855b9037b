// What the runs come to. A test counts once, however many Node lines it ran on: as passed when it passed on all of them, at the first try
// or the second. A file whose first try failed runs once more as a whole: what fails twice is a failure, what failed once is named.

/**
 * runs: { name, ok, first, second } with the files of the first try and, where there was one, { ok, results } of the second;
 * a file is { file, ok, tests: [{ name, status }] }.
 */
export function verdictOf(runs) {
  const outcomes = new Map()
  const failed = []
  const secondTries = []
  for (const { name, ok, first, second } of runs) {
    const repeated = new Map((second?.results ?? []).map((one) => [one.file, one]))
    let isExplained = false
    for (const one of first) {
      const last = repeated.get(one.file) ?? one
      if (!one.ok) isExplained = true
      // A file that breaks outside its tests has none to name.
      if (!last.ok && last.tests.every(({ status }) => status !== 'failed'))
        failed.push(`${one.file} (${name})`)
      else if (!one.ok && last.ok && one.tests.every(({ status }) => status !== 'failed'))
        secondTries.push(`${one.file} (${name})`)
      count(one, last, name)
    }
    // Something broke outside every file: an error that nobody caught, or a run that did not end in order.
    if (!ok && !isExplained) {
      if (second?.ok === true && second.results.length > 0) {
        secondTries.push(`an error outside the tests (${name})`)
        if (first.length === 0) for (const one of second.results) count(one, one, name)
      } else failed.push(`an error outside the tests (${name})`)
    } else if (second?.ok === false && [...repeated.values()].every((one) => one.ok))
      failed.push(`an error outside the tests, twice (${name})`)
  }
  failed.push(...[...outcomes].flatMap(([key, isGood]) => (isGood ? [] : [key])))
  const passed = [...outcomes.values()].filter((isGood) => isGood).length
  return { passed, failed, secondTries }

  function count(one, last, run) {
    const before = named(one)
    for (const [key, status] of named(last)) {
      const isGood = status === 'passed' || (last !== one && before.get(key) === 'passed')
      outcomes.set(key, (outcomes.get(key) ?? true) && isGood)
      // Passed at one try and failed at the other.
      if (isGood && (status === 'failed' || before.get(key) === 'failed'))
        secondTries.push(`${key} (${run})`)
    }
  }
}

/** The tests of a file that ran, by names that no two of them share. */
function named({ file, tests }) {
  const seen = new Map()
  const statuses = new Map()
  for (const { name, status } of tests) {
    if (status !== 'passed' && status !== 'failed') continue
    const nth = (seen.get(name) ?? 0) + 1
    seen.set(name, nth)
    statuses.set(`${file} > ${name}${nth > 1 ? ` (${nth})` : ''}`, status)
  }
  return statuses
}
