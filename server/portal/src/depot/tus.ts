import { ServerAway, ServerRefusal } from '../http';

const version = { 'Tus-Resumable': '1.0.0' };
/** What one request carries: a bad network loses at most this much of what it sent. */
const pieceSize = 1024 * 1024;
/** A phone on a bad network gets this long for a piece. */
const deadline = 60_000;

export interface Transfer {
  /** The address of POST for a new upload. */
  uploads: string;
  csrf: string | null;
  signal: AbortSignal;
  progressed(sent: number): void;
  /** The server gave the upload a place: worth remembering before a byte is sent. */
  placed(address: string): Promise<void>;
}

async function ask(address: string, init: RequestInit, transfer: Transfer): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadline);
  const leave = () => late.abort();
  transfer.signal.addEventListener('abort', leave);
  const headers: Record<string, string> = { ...version, ...(init.headers as Record<string, string>) };
  if (transfer.csrf) headers['X-CSRF-Token'] = transfer.csrf;
  try {
    return await fetch(address, { ...init, headers, cache: 'no-store', signal: late.signal });
  } catch (error) {
    if (transfer.signal.aborted) throw error;
    throw new ServerAway(address, { cause: error });
  } finally {
    clearTimeout(timer);
    transfer.signal.removeEventListener('abort', leave);
  }
}

async function refuse(response: Response): Promise<never> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  if (response.status >= 500 && response.status !== 507) throw new ServerAway(response.url);
  if (response.status === 408 || response.status === 409 || response.status === 423) throw new ServerAway(response.url);
  throw new ServerRefusal(response.status, problem.detail ?? '');
}

function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function begin(file: Blob, name: string, transfer: Transfer): Promise<string> {
  const headers = { 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${encoded(name)}` };
  const response = await ask(transfer.uploads, { method: 'POST', headers }, transfer);
  const place = response.headers.get('Location');
  if (response.status !== 201 || !place) return refuse(response);
  const address = new URL(place, transfer.uploads).href;
  await transfer.placed(address);
  return address;
}

/** Where to go on; null when the server does not know the upload any more. */
async function offsetOf(address: string, transfer: Transfer): Promise<number | null> {
  const response = await ask(address, { method: 'HEAD' }, transfer);
  if (response.status === 404 || response.status === 410) return null;
  const offset = Number(response.headers.get('Upload-Offset') ?? Number.NaN);
  return response.ok && Number.isFinite(offset) ? offset : refuse(response);
}

/** Sends what the server does not have yet; gives the address of the whole upload. Throws ServerAway when it is worth
 * trying again. */
export async function send(file: Blob, name: string, known: string | null, transfer: Transfer): Promise<string> {
  let offset = known === null ? null : await offsetOf(known, transfer);
  const address = known !== null && offset !== null ? known : await begin(file, name, transfer);
  offset ??= 0;
  transfer.progressed(offset);
  while (offset < file.size) {
    const headers = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) };
    const body = file.slice(offset, offset + pieceSize);
    const response: Response = await ask(address, { method: 'PATCH', headers, body }, transfer);
    if (response.status !== 204) return refuse(response);
    offset = Number(response.headers.get('Upload-Offset'));
    transfer.progressed(offset);
  }
  return address;
}
