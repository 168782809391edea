// Tables that the tests upload. The same seed makes the same table.

/** Numbers from 0 to 1 that look random (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `rows` points in a square, and whether each lies inside a circle: something to learn that takes
 * a while. */
export function circle(rows: number): string {
  const next = numbers(7);
  const lines = ['x,y,place'];
  for (let i = 0; i < rows; i += 1) {
    const [x, y] = [next() * 2 - 1, next() * 2 - 1];
    lines.push(`${x.toFixed(4)},${y.toFixed(4)},${x * x + y * y < 0.6 ? 'inside' : 'outside'}`);
  }
  return `${lines.join('\n')}\n`;
}

/** People with an id, a city and an age that is missing now and then: 250 rows, more than a page. */
export function people(): string {
  const next = numbers(11);
  const cities = ['Aarhus', 'Bergen', 'Cádiz', 'Delft'];
  const lines = ['id,name,city,age'];
  for (let id = 1; id <= 250; id += 1) {
    const city = cities[Math.floor(next() * cities.length)];
    const age = next() < 0.1 ? '' : String(18 + Math.floor(next() * 60));
    lines.push(`${id},person ${id},${city},${age}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Numbers among which a few cells are none, one row that is too long, and a very long text. */
export function messy(): string {
  const next = numbers(13);
  const lines = ['id,weight,remark'];
  for (let id = 1; id <= 120; id += 1) {
    const weight = id % 40 === 0 ? 'heavy' : (next() * 90).toFixed(2);
    lines.push(`${id},${weight},${id === 3 ? 'a long remark that goes on and on '.repeat(8) : ''}`);
  }
  lines.push('121,4.2,one,too many');
  return `${lines.join('\n')}\n`;
}
