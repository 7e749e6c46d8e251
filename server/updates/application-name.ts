/** What every database connection of a run is called, so that what a killed run left behind can be found and ended (design 4). */
export function applicationName(run: string): string {
  return `filaops-run-${run}`;
}
