// Reads a vector tile: only what these tests ask, the layers' names and the ids of their features.

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  more() {
    return this.at < this.bytes.length;
  }
  varint() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }
  view() {
    const length = this.varint();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  /** The next field: its number and its value, a number or bytes. */
  field() {
    const key = this.varint();
    const wire = key & 7;
    if (wire === 0) return [key >> 3, this.varint()];
    if (wire === 2) return [key >> 3, this.view()];
    this.at += wire === 1 ? 8 : 4;
    return [key >> 3, null];
  }
}

const text = (bytes) => new TextDecoder().decode(bytes);

function stringOf(value) {
  const reader = new Reader(value);
  while (reader.more()) {
    const [field, content] = reader.field();
    if (field === 1) return text(content);
  }
  return null;
}

function attributesOf(feature, keys, values) {
  const reader = new Reader(feature);
  const attributes = {};
  while (reader.more()) {
    const [field, content] = reader.field();
    if (field !== 2) continue;
    const tags = new Reader(content);
    while (tags.more()) {
      const key = keys[tags.varint()];
      attributes[key] = values[tags.varint()];
    }
  }
  return attributes;
}

/** [{name, features: [{attribute: text}]}]; attributes that are no text are null. */
export function readTile(bytes) {
  const tile = new Reader(new Uint8Array(bytes));
  const layers = [];
  while (tile.more()) {
    const [number, content] = tile.field();
    if (number !== 3) continue;
    const reader = new Reader(content);
    const layer = { name: "", features: [] };
    const keys = [];
    const values = [];
    const features = [];
    while (reader.more()) {
      const [field, part] = reader.field();
      if (field === 1) layer.name = text(part);
      if (field === 2) features.push(part);
      if (field === 3) keys.push(text(part));
      if (field === 4) values.push(stringOf(part));
    }
    layer.features = features.map((feature) => attributesOf(feature, keys, values));
    layers.push(layer);
  }
  return layers;
}

/** Address of the tile that holds a point, degrees. */
export function tileAt(lon, lat, z) {
  const n = 2 ** z;
  const phi = (lat * Math.PI) / 180;
  const x = Math.floor(((lon + 180) / 360) * n);
  const y = Math.floor(((1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2) * n);
  return { z, x, y };
}
