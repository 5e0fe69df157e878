// Compares what `meteor art pack` made with independent implementations: ipfs-unixfs-importer with the profile
// unixfs-v1-2025 makes every CID and root again from the images, @ipld/car reads the CARs, and each CAR is walked from
// its root. Usage: check.mjs make CATALOGUE FOLDER BYTES | check.mjs check FOLDER CARS
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CarBlockIterator } from '@ipld/car'
import * as dagPb from '@ipld/dag-pb'
import { importBytes, importer } from 'ipfs-unixfs-importer'
import { sha256 } from 'multiformats/hashes/sha2'

const profile = { profile: 'unixfs-v1-2025' }
// What is imported is only named: nothing is read back.
const nowhere = { put: (cid) => cid, get: () => { throw new Error('nothing is kept') } }
const RAW = 0x55
// How a PNG begins and ends.
const BEGIN = Buffer.from('89504e470d0a1a0a', 'hex')
const END = Buffer.from('0000000049454e44ae426082', 'hex')

const [what, ...args] = process.argv.slice(2)
await ({ make, check }[what] ?? usage)(...args)

function usage () {
  throw new Error('check.mjs make CATALOGUE FOLDER BYTES | check.mjs check FOLDER CARS')
}

/** The catalogue's lines as fields, without the first. */
async function rows (file) {
  const [head, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return { head, rows: lines.map((line) => line.split(',')) }
}

/** Makes an image of about BYTES for each line of a stand-in catalogue, and the catalogue with their CIDs. */
async function make (catalogue, folder, bytes) {
  const { head, rows: pieces } = await rows(catalogue)
  const lines = [head]
  for (const [tier, index, , ...traits] of pieces) {
    if (index === '0') await mkdir(join(folder, tier), { recursive: true })
    const image = Buffer.concat([BEGIN, Buffer.alloc(Number(bytes) + Number(index) % 7, `${tier} ${index}\n`), END])
    await writeFile(join(folder, tier, `${index}.png`), image)
    lines.push([tier, index, (await importBytes(image, nowhere, profile)).cid, ...traits].join(','))
  }
  await writeFile(join(folder, 'catalogue.csv'), lines.join('\n') + '\n')
}

/** Fails unless the CARs are what the images make them by other programs. */
async function check (folder, cars) {
  const manifest = JSON.parse(await readFile(join(cars, 'pack.json'), 'utf8'))
  const { head, rows: pieces } = await rows(join(cars, 'catalogue.csv'))
  assert.match(head, /,bytes,sha256$/)
  const parts = manifest.cars.filter((car) => car.path !== '').map((car) => car.path)
  const roots = await imported(folder, pieces, parts, manifest.contents ?? [])
  assert.equal(roots.get(''), manifest.root, 'the root')
  const held = new Map()
  let blocks = 0
  for (const car of manifest.cars) {
    assert.equal(roots.get(car.path), car.root, `the root of ${car.file}`)
    const { root, links } = await read(join(cars, car.file), car)
    assert.equal(root, car.root)
    if (car.complete) walked(root, links, car.file)
    for (const [cid, below] of links) held.set(cid, below)
    blocks += links.size
  }
  // All together they hold everything below the root, and nothing else.
  walked(manifest.root, held, 'the CARs')
  for (const image of [...pieces.map(([, , image]) => image), ...manifest.contents ?? []]) {
    assert.ok(held.has(image), `${image} is in no CAR`)
  }
  console.log(`${manifest.cars.length} CARs with ${blocks} blocks, ${manifest.images} images, root ${manifest.root}: all as other programs make them`)
}

/** The pictures of eggs and dust, which no catalogue names: [kind/tier, index], as they are packed. */
async function contents (folder) {
  const all = []
  for (const kind of ['eggs', 'dust']) {
    for (const tier of ['legendary', 'ancient', 'rare', 'common']) {
      const names = await readdir(join(folder, kind, tier)).catch(() => [])
      const indices = names.map((name) => Number(name.replace('.png', ''))).sort((one, other) => one - other)
      all.push(...indices.map((index) => [`${kind}/${tier}`, String(index)]))
    }
  }
  return all
}

/** The roots of all directories, made again from the images; each image has the CID of the catalogue or the manifest. */
async function imported (folder, pieces, parts, named) {
  const images = new Map()
  async function * source () {
    let sub = 0
    let at = 0
    // Whether a sub-directory begins at this image, the so-many-th of its tier.
    const begins = (tier, index, nth) => parts.length > 0 ? parts.includes(`${tier}/${index}`) : nth % 1000 === 0
    for (const fields of pieces) {
      const [tier, index, image] = fields
      if (begins(tier, index, Number(index))) sub = index
      images.set(`${tier}/${sub}/${index}.png`, image)
      const content = await readFile(join(folder, tier, `${index}.png`))
      assert.equal(fields.at(-2), String(content.length))
      assert.equal(fields.at(-1), Buffer.from((await sha256.digest(content)).digest).toString('hex'))
      yield { path: `art/${tier}/${sub}/${index}.png`, content }
    }
    let [last, nth] = ['', 0]
    for (const [tier, index] of await contents(folder)) {
      if (tier !== last) [last, nth] = [tier, 0]
      if (begins(tier, index, nth)) sub = index
      images.set(`${tier}/${sub}/${index}.png`, named[at])
      yield { path: `art/${tier}/${sub}/${index}.png`, content: await readFile(join(folder, tier, `${index}.png`)) }
      at += 1
      nth += 1
    }
    assert.equal(at, named.length, 'the manifest names all eggs and dust')
  }
  const roots = new Map()
  for await (const entry of importer(source(), nowhere, profile)) {
    const path = entry.path.replace(/^art\/?/, '')
    if (entry.cid.code === RAW) {
      assert.equal(entry.cid.toString(), images.get(path), path)
    } else {
      assert.equal(entry.unixfs.type, 'directory', `${path} is one block`)
      roots.set(path, entry.cid.toString())
    }
  }
  return roots
}

/** A CAR's root, and what each of its blocks links to. */
async function read (path, { bytes }) {
  let length = 0
  const counted = createReadStream(path)
  counted.on('data', (chunk) => { length += chunk.length })
  const blocks = await CarBlockIterator.fromIterable(counted)
  const roots = await blocks.getRoots()
  assert.equal(roots.length, 1, `${path} has one root`)
  const links = new Map()
  for await (const block of blocks) {
    const hash = await sha256.digest(block.bytes)
    assert.deepEqual(hash.bytes, block.cid.multihash.bytes, `${path}: ${block.cid}`)
    assert.ok(!links.has(block.cid.toString()), `${path} has ${block.cid} once`)
    links.set(block.cid.toString(), block.cid.code === RAW ? [] : dagPb.decode(block.bytes).Links.map((link) => link.Hash.toString()))
  }
  assert.equal(length, bytes, `the length of ${path}`)
  return { root: roots[0].toString(), links }
}

/** Fails unless all below `root` is there, and nothing besides. */
function walked (root, links, where) {
  const seen = new Set([root])
  for (const cid of seen) {
    assert.ok(links.has(cid), `${where}: ${cid} is missing`)
    for (const link of links.get(cid)) seen.add(link)
  }
  assert.equal(seen.size, links.size, `${where}: blocks that nothing leads to`)
}
