// RFC 1951, as zlib reads it: raw DEFLATE to bytes, `most` at the most. Throws on whatever is no whole stream.
function inflate(packed, most) {
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  let place = 0, hold = 0, held = 0, size = 0, out = new Uint8Array(Math.min(most, 4 * packed.length + 1024));
  const must = (holds) => { if (!holds) throw new RangeError("inflate"); };

  function bits(count) {
    for (; held < count; held += 8) {
      must(place < packed.length);
      hold |= packed[place++] << held;
    }
    const value = hold & ((1 << count) - 1);
    hold >>>= count;
    held -= count;
    return value;
  }

  function room(count) {
    must(size + count <= most);
    if (size + count <= out.length) return;
    const more = new Uint8Array(Math.min(most, 2 * (size + count)));
    more.set(out.subarray(0, size));
    out = more;
  }

  // A canonical Huffman code: how many symbols each length has, and the symbols in order.
  function codeOf(lengths) {
    const counts = new Uint16Array(16), symbols = [];
    let left = 1, longest = 0;
    for (let length = 1; length < 16; length++) {
      const before = symbols.length;
      lengths.forEach((one, symbol) => { if (one === length) symbols.push(symbol); });
      counts[length] = symbols.length - before;
      if (counts[length]) longest = length;
      left = 2 * left - counts[length];
      must(left >= 0);
    }
    return { counts, symbols, whole: left === 0, longest };
  }

  function symbolOf({ counts, symbols }) {
    for (let length = 1, code = 0, first = 0, index = 0; length < 16; length++) {
      code |= bits(1);
      if (code - first < counts[length]) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    return must(false);
  }

  function dynamic() {
    const literals = bits(5) + 257, distances = bits(5) + 1, count = bits(4) + 4;
    must(literals <= 286 && distances <= 30);
    const short = new Array(19).fill(0), lengths = [];
    for (let index = 0; index < count; index++) short[ORDER[index]] = bits(3);
    const code = codeOf(short);
    must(code.whole);
    while (lengths.length < literals + distances) {
      const symbol = symbolOf(code);
      must(symbol !== 16 || lengths.length);
      const value = symbol < 16 ? symbol : symbol === 16 ? lengths[lengths.length - 1] : 0;
      let again = symbol < 16 ? 1 : symbol === 16 ? 3 + bits(2) : symbol === 17 ? 3 + bits(3) : 11 + bits(7);
      while (again--) lengths.push(value);
    }
    must(lengths.length === literals + distances && lengths[256]);
    return [lengths.slice(0, literals), lengths.slice(literals)].map((half) => {
      const made = codeOf(half);
      must(made.whole || made.longest < 2); // zlib takes one code of one bit, and none
      return made;
    });
  }

  function stored() {
    hold = held = 0; // to the next byte
    const length = bits(16);
    must((length ^ bits(16)) === 0xffff && place + length <= packed.length);
    room(length);
    out.set(packed.subarray(place, place + length), size);
    place += length;
    size += length;
  }

  function pressed([literals, distances]) {
    for (let symbol = symbolOf(literals); symbol !== 256; symbol = symbolOf(literals)) {
      if (symbol < 256) {
        room(1);
        out[size++] = symbol;
        continue;
      }
      const long = symbol - 257, more = (long >> 2) - 1;
      must(long < 29);
      const length = long < 8 ? 3 + long : long === 28 ? 258 : 3 + ((4 + (long & 3)) << more) + bits(more);
      const far = symbolOf(distances), extra = (far >> 1) - 1;
      must(far < 30);
      const distance = far < 2 ? 1 + far : 1 + ((2 + (far & 1)) << extra) + bits(extra);
      must(distance <= size);
      room(length);
      for (const end = size + length; size < end; size++) out[size] = out[size - distance];
    }
  }

  const fixed = () => [Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)), new Array(32).fill(5)].map(codeOf);
  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    must(kind < 3);
    if (kind) pressed(kind === 1 ? fixed() : dynamic());
    else stored();
  }
  must(place === packed.length);
  return out.slice(0, size);
}
