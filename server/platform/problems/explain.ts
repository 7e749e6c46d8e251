/** Words for a problem, from its details: what happened, what it means for the data, what to do. No jargon, no blame, no dead end. */
export type Explain<Details> = (details: Details) => { happened: string; meaning: string; todo: string };
