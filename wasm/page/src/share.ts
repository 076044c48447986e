/** Links that replay a session: its journal, packed, in the part of the address that no server sees. */

const reader = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer());

export async function pack(journal: string): Promise<string> {
  const stream = new Blob([journal]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const text = String.fromCharCode(...(await reader(stream)));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export async function unpack(text: string): Promise<string | null> {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new TextDecoder().decode(await reader(stream));
  } catch {
    return null;
  }
}
