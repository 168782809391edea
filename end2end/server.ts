// The program itself, in a folder of its own and on a port that is free.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** How long a server may take to start, its database included, and to stop. */
const PATIENCE = 60_000;

/** How many jobs run at once, whatever the machine: so a test can keep all workers busy. */
export const WORKERS = 2;

/** Where the servers of a run write their logs. */
const LOGS = join(__dirname, 'test-results');

/** A running `mlhub serve`. */
export class Server {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    /** `http://127.0.0.1:…`, without a slash at the end. */
    readonly base: string,
    /** Where the first administrator is made, as the server has told it. */
    readonly setUpLink: string,
  ) {}

  /** Where its data is. */
  get data(): string {
    return join(this.folder, 'data');
  }

  /** Starts one with an empty data folder, and waits until it is ready. */
  static async start(log: string): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'mlhub-'));
    // Started by root, the server becomes somebody else, who has to get in.
    chmodSync(folder, 0o755);
    mkdirSync(LOGS, { recursive: true });
    const file = join(LOGS, log);
    const data = ['--data', join(folder, 'data')];
    const given = ['serve', ...data, '--listen', '127.0.0.1:0', '--jobs', `${WORKERS}`];
    const child = spawn(program(), given, {
      env: environment(),
      stdio: ['ignore', 'pipe', openSync(file, 'w')],
    });
    try {
      const told = await Promise.race([announced(child), tooLate()]);
      await ready(told.base);
      return new Server(folder, child, told.base, told.setUpLink);
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      const said = readFileSync(file, 'utf8').slice(-4_000);
      throw new Error(`the server does not start: ${error}\n${said}`);
    }
  }

  /** Runs `mlhub admin`; answers the last line. */
  async admin(...given: string[]): Promise<string> {
    const all = ['admin', ...given, '--data', this.data];
    const { stdout } = await promisify(execFile)(program(), all, { env: environment() });
    return stdout.trim().split('\n').at(-1)!;
  }

  /** Tells it to stop, waits until it has, and throws its data away. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      const late = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE);
      this.child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    }
    rmSync(this.folder, { recursive: true, force: true });
    if (this.child.exitCode !== 0) {
      throw new Error(`the server ended with ${this.child.exitCode ?? this.child.signalCode}`);
    }
  }
}

/** Changes what the server with the folder `data` has stored: where only time would. */
export async function sql(data: string, text: string): Promise<void> {
  const folder = join(data, 'postgres');
  const read = (...file: string[]) => readFileSync(join(folder, ...file), 'utf8').split('\n');
  const [PGPASSWORD, PGHOST] = [read('password')[0]!, read('cluster', 'postmaster.pid')[4]!];
  const env = { ...environment(), PGHOST, PGUSER: 'mlhub', PGDATABASE: 'mlhub', PGPASSWORD };
  const psql = join(process.env.MLHUB_PG_BIN ?? '', 'psql');
  await promisify(execFile)(psql, ['-v', 'ON_ERROR_STOP=1', '-qc', text], { env });
}

function program(): string {
  const path = process.env.MLHUB_BINARY;
  if (!path) throw new Error('set MLHUB_BINARY to the server, such as target/debug/mlhub');
  return path;
}

/** What a server may know of ours: it refuses variables that it does not understand. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'MLHUB_PG_BIN'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** The address that a server prints when it is there, and the set-up link after it. */
async function announced(child: ChildProcess): Promise<{ base: string; setUpLink: string }> {
  let base: string | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    base ??= line.match(/ is ready at (\S+)$/)?.[1];
    const setUpLink = line.match(/^Make the first administrator at (\S+)$/)?.[1];
    if (base && setUpLink) {
      child.stdout!.resume();
      return { base, setUpLink };
    }
  }
  throw new Error('it ended before it was ready');
}

async function ready(base: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > until) throw new Error(`/readyz answers ${answer?.status ?? 'nothing'}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}

async function tooLate(): Promise<never> {
  await new Promise((late) => setTimeout(late, PATIENCE).unref());
  throw new Error('it says nothing');
}
