// The REST API, as scripts use it: to prepare what a test is not about, and to see what a page has
// really done.
import { expect } from '@playwright/test';

/** How long a small job may take on a busy machine. */
const PATIENCE = 60_000;

// Answers are read as what the test expects them to be; a wrong one fails there.
export type Json = any;

/** A definition as the wizard would make it, but for its parameters. */
export const spec = (task: string, target: string, kind: string, params: object) => ({
  task,
  target,
  features: null,
  algorithm: { kind, params },
  validation: { holdout: 0.2, refit: true },
  seed: 42,
});

/** The API for whoever holds `token`, or for everybody. */
export class Rest {
  constructor(
    private readonly base: string,
    readonly token?: string,
  ) {}

  /** Sends a request, whatever is answered. */
  async send(method: string, path: string, body?: Json): Promise<Response> {
    const headers = new Headers(this.token ? { authorization: `Bearer ${this.token}` } : {});
    const form = body instanceof FormData;
    if (body !== undefined && !form) headers.set('content-type', 'application/json');
    const content = body === undefined || form ? body : JSON.stringify(body);
    return fetch(`${this.base}/api/v1/${path}`, { method, headers, body: content });
  }

  /** The status that a request is answered with. */
  async status(method: string, path: string, body?: Json): Promise<number> {
    return (await this.send(method, path, body)).status;
  }

  async get(path: string): Promise<Json> {
    return checked(await this.send('GET', path));
  }

  async post(path: string, body: Json): Promise<Json> {
    return checked(await this.send('POST', path, body));
  }

  async patch(path: string, body: Json): Promise<Json> {
    return checked(await this.send('PATCH', path, body));
  }

  /** Makes a dataset of a text and waits until it has been read; answers its first version. */
  async dataset(project: string, name: string, csv: string): Promise<Json> {
    await this.post(`projects/${project}/datasets`, { name });
    return this.upload(`projects/${project}/datasets/${name}`, csv);
  }

  /** Uploads a text as the next version of a dataset and waits until it has been read. */
  async upload(dataset: string, csv: string): Promise<Json> {
    const form = new FormData();
    form.set('file', new Blob([csv]), 'table.csv');
    const { version } = await this.post(`${dataset}/versions`, form);
    return this.read(dataset, version);
  }

  /** A version of a dataset, once it has been read or refused. */
  async read(dataset: string, version: number): Promise<Json> {
    const path = `${dataset}/versions/${version}`;
    return this.until(path, (seen) => seen.state !== 'processing');
  }

  /** Trains a model and waits until the run has ended; answers the run. */
  async train(project: string, model: string, dataset: string): Promise<Json> {
    const started = await this.post(`projects/${project}/models/${model}/train`, { dataset });
    return this.ended(project, started.run);
  }

  /** A run, once it has ended. */
  async ended(project: string, run: number): Promise<Json> {
    const over = ['finished', 'failed', 'cancelled'];
    return this.until(`projects/${project}/runs/${run}`, (seen) => over.includes(seen.status));
  }

  /** What stands at `path` as soon as it is as wished. */
  async until(path: string, wished: (seen: Json) => boolean): Promise<Json> {
    let seen: Json;
    const look = async () => wished((seen = await this.get(path)));
    await expect.poll(look, { message: path, timeout: PATIENCE }).toBe(true);
    return seen;
  }
}

async function checked(answer: Response): Promise<Json> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}
