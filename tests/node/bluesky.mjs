// A real Bluesky on this machine: directory (PLC), personal data server (PDS) and, where PostgreSQL is given,
// the AppView that shows threads and notifications. Prints one line of JSON when it is ready:
//   {"url", "did", "handle", "password", "others": [{"did", "handle", "password"}, ...], "appview"}
// "password" is an app password, as a person would make one for Stairgate. Ends on SIGTERM or when its standard
// input closes. Set BLUESKY_POSTGRES_URL to the address of an empty PostgreSQL database to have the AppView.
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const LOOPBACK = '127.0.0.1'
const OTHERS = ['willow-lane-page', 'puddle-parent', 'noisy-neighbour', 'kind-gran']

// Everything below would listen on all interfaces of the machine. Nothing here may be reached from outside.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  if (typeof given[0] === 'object' && given[0] !== null) {
    return listen.call(this, { ...given[0], host: LOOPBACK }, ...given.slice(1))
  }
  const callback = given.find((one) => typeof one === 'function')
  const options = { port: Number(given[0] ?? 0), host: LOOPBACK }
  return callback ? listen.call(this, options, callback) : listen.call(this, options)
}

// The servers write their stores into the temporary folder: give them one that goes away with us.
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'stairgate-bluesky-'))
process.env.TMPDIR = home
process.env.LOG_ENABLED = 'false'
const forget = () => fs.rmSync(home, { recursive: true, force: true })
process.on('exit', forget)

// The PostgreSQL the tests bring has no trigram extension. It only speeds up looking people up by part of their
// name, which no test does, so what asks for it is left out.
const { default: pg } = await import('pg')
const query = pg.Client.prototype.query
pg.Client.prototype.query = function (asked, ...rest) {
  const text = typeof asked === 'string' ? asked : asked?.text
  if (/extension .*pg_trgm|gist_trgm_ops/.test(text ?? '')) return query.call(this, 'select 1', ...rest)
  return query.call(this, asked, ...rest)
}

const { TestPds, TestPlc, TestBsky, mockNetworkUtilities } = await import('@atproto/dev-env')
const { AtpAgent } = await import('@atproto/api')
const { default: getPort } = await import('get-port')

const running = []

async function startNetwork() {
  const plc = await TestPlc.create({})
  running.unshift(plc)
  const port = await getPort()
  const database = process.env.BLUESKY_POSTGRES_URL
  const bsky = database ? await startAppView(plc, port, database) : undefined
  const seen = bsky ? { bskyAppViewUrl: bsky.url, bskyAppViewDid: bsky.serverDid } : {}
  const pds = await TestPds.create({ port, didPlcUrl: plc.url, ...seen })
  running.unshift(pds)
  mockNetworkUtilities(pds, bsky)
  return { url: `http://${LOOPBACK}:${port}`, appview: Boolean(bsky) }
}

async function startAppView(plc, pdsPort, database) {
  const bsky = await TestBsky.create({
    plcUrl: plc.url,
    pdsPort,
    repoProvider: `ws://localhost:${pdsPort}`,
    dbPostgresUrl: database,
    dbPostgresSchema: 'appview',
  })
  running.unshift(bsky)
  return bsky
}

async function makeAccount(url, name) {
  const agent = new AtpAgent({ service: url })
  const handle = `${name}.test`
  await agent.createAccount({ email: `${name}@willow-lane.example`, handle, password: `${name}-main` })
  const made = await agent.com.atproto.server.createAppPassword({ name: 'Stairgate' })
  return { did: agent.assertDid, handle, password: made.data.password }
}

let ending = false
async function end() {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(0), 5000).unref()
  for (const part of running) await part.close().catch(() => {})
  process.exit(0)
}

process.on('SIGTERM', end)
process.on('SIGINT', end)
process.stdin.on('end', end).on('close', end).resume()

const { url, appview } = await startNetwork()
const own = await makeAccount(url, 'willow-lane')
const others = []
for (const name of OTHERS) others.push(await makeAccount(url, name))
console.log(JSON.stringify({ url, ...own, others, appview }))
