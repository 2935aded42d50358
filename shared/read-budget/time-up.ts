/** Time was up before something could be read. */
export class TimeUp extends Error {
  constructor() {
    super('Time is up');
    this.name = 'TimeUp';
  }
}

/** What the work comes to; undefined when time was up in the middle of it. */
export async function unlessTimeUp<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TimeUp) return undefined;
    throw error;
  }
}
