// A real Bluesky on this machine: directory (PLC), personal data server (PDS) and, where PostgreSQL is given, the
// AppView that shows threads and notifications and the service that takes reports (Ozone). Where Redis is given, a
// second PDS beside it keeps the limits of the public one, counted in Redis. Prints one line of JSON when it is ready:
//   {"url", "admin", "did", "handle", "password", "others": [{"did", "handle", "password"}, ...],
//    "appview", "moderation": {"url", "did"}, "strict": {"url", "did", "handle", "password"}, "without"}
// "password" is an app password, as a person would make one for Stairgate. "without" says what did not start, and why;
// what is not there is null. Ends on SIGTERM or when its standard input closes. Set BLUESKY_POSTGRES_URL to the address
// of an empty PostgreSQL database, and BLUESKY_REDIS to the program of a Redis, which is started here.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const LOOPBACK = '127.0.0.1'
const OWN = 'willow-lane'
const OTHERS = ['willow-lane-page', 'taken-down', 'locked-out', 'puddle-parent', 'noisy-neighbour', 'kind-gran']

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

const { TestBsky, TestOzone, TestPds, TestPlc, mockNetworkUtilities } = await import('@atproto/dev-env')
const { AtpAgent } = await import('@atproto/api')
const { Secp256k1Keypair } = await import('@atproto/crypto')
const plcLibrary = await import('@did-plc/lib')
const { default: getPort } = await import('get-port')

const ADMIN = 'admin-pass' // the password of dev-env's servers
const running = []
const without = []

// What does not start is said, and the rest goes on without it.
async function ifPossible(what, start) {
  try {
    return await start()
  } catch (error) {
    without.push(`${what}: ${error.message}`)
    return null
  }
}

async function startNetwork() {
  const plc = await TestPlc.create({})
  running.unshift(plc)
  const port = await getPort()
  const database = process.env.BLUESKY_POSTGRES_URL
  const bsky = await ifPossible('the AppView', () => startAppView(plc, port, database))
  const seen = bsky ? { bskyAppViewUrl: bsky.url, bskyAppViewDid: bsky.serverDid } : {}
  const pds = await TestPds.create({ port, didPlcUrl: plc.url, ...seen })
  running.unshift(pds)
  if (bsky) mockNetworkUtilities(pds, bsky)
  const [moderation, strict] = await Promise.all([
    bsky && ifPossible('Ozone', () => startModeration(plc, pds, bsky, database)),
    ifPossible('the PDS with limits', () => startStrict(plc)),
  ])
  return { url: onLoopback(pds.url), appview: bsky && onLoopback(bsky.url), moderation, strict }
}

function onLoopback(url) {
  return url.replace('//localhost:', `//${LOOPBACK}:`)
}

async function startAppView(plc, pdsPort, database) {
  if (!database) throw new Error('no PostgreSQL was given')
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

// Reports go to the address that the directory has for whoever they are sent to: this one's is ours.
async function startModeration(plc, pds, bsky, database) {
  const port = await getPort()
  const key = await Secp256k1Keypair.create({ exportable: true })
  const endpoint = `http://localhost:${port}`
  const directory = new plcLibrary.Client(plc.url)
  const did = await directory.createDid({
    signingKey: key.did(),
    rotationKeys: [key.did()],
    handle: 'moderation.test',
    pds: endpoint,
    signer: key,
  })
  await directory.updateData(did, key, (data) => {
    data.services.atproto_labeler = { type: 'AtprotoLabeler', endpoint }
    return data
  })
  const ozone = await TestOzone.create({
    port,
    plcUrl: plc.url,
    signingKey: key,
    serverDid: did,
    dbPostgresUrl: database,
    dbPostgresSchema: 'ozone',
    appviewUrl: bsky.url,
    appviewDid: bsky.serverDid,
    appviewPushEvents: false,
    pdsUrl: pds.url,
    pdsDid: pds.ctx.cfg.service.did,
  })
  running.unshift(ozone)
  return { url: onLoopback(endpoint), did }
}

// It keeps nothing, and ends with us.
async function startRedis(program) {
  if (!program) throw new Error('no Redis was given')
  const port = await getPort()
  const asked = ['--bind', LOOPBACK, '--port', String(port), '--save', '', '--appendonly', 'no']
  const redis = spawn(program, asked, { stdio: 'ignore' })
  running.push({ close: async () => redis.kill() })
  process.on('exit', () => redis.kill())
  return `${LOOPBACK}:${port}`
}

async function startStrict(plc) {
  const limits = { rateLimitsEnabled: true, redisScratchAddress: await startRedis(process.env.BLUESKY_REDIS) }
  const pds = await TestPds.create({ didPlcUrl: plc.url, ...limits })
  running.unshift(pds)
  const url = onLoopback(pds.url)
  return { url, ...(await makeAccount(url, 'strict-lane')) }
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

const { url, ...parts } = await startNetwork()
const [own, ...others] = await Promise.all([OWN, ...OTHERS].map((name) => makeAccount(url, name)))
console.log(JSON.stringify({ url, admin: ADMIN, ...own, others, ...parts, without }))
