/** A file on its way, kept in the browser until the server has it all: a reload or a dead battery loses nothing. */
export interface Waiting {
  key: string;
  /** Login of whose file it is: another person on the same phone does not send it. */
  login: string;
  name: string;
  size: number;
  layer: string;
  /** What the files chosen together are called; empty: nothing. */
  mission: string;
  /** Files of one batch become one job, once all of them are sent. */
  batch: string;
  /** The id of the upload, once the server has all of it. */
  sent: string | null;
  file: Blob;
  /** Where the server receives it; null until it was told. */
  upload: string | null;
}

const name = 'carreau-depot';
const store = 'queue';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: 'key' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

async function run<T>(mode: IDBTransactionMode, work: (queue: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'));
    });
  } finally {
    database.close();
  }
}

export const keepWaiting = (waiting: Waiting) => run('readwrite', (queue) => queue.put(waiting));
export const forgetWaiting = (key: string) => run('readwrite', (queue) => queue.delete(key));
export const allWaiting = (): Promise<Waiting[]> => run('readonly', (queue) => queue.getAll() as IDBRequest<Waiting[]>);
