// Before the first test: one server, with an administrator; after the last one: nothing is left.
import { Server } from './server';

export default async function start(): Promise<() => Promise<void>> {
  const server = await Server.start('server.log');
  try {
    const words = 'turbine plum archive';
    await server.admin('create-user', '--email', 'root@example.org', '--password', words, '--admin');
  } catch (error) {
    await server.stop();
    throw error;
  }
  // Workers are started after this and inherit it.
  process.env.MLHUB_URL = server.base;
  process.env.MLHUB_DATA = server.data;
  return () => server.stop();
}
