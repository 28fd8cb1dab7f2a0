import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing
import Transport
import Workspace

@testable import AWSServices
@testable import Backends

/// What is told of keys, in order.
private final class Notes: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock(\.self) }
    func add(_ note: KMSSealKeys.Note) { kept.withLock { $0.append("\(note)") } }
}

/// A clock that a test sets.
private final class SetClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock(\.self) }
    func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// Keys of seals that a key of moto's KMS guards.
@Suite(.timeLimit(.minutes(2))) struct `Keys of a seal that KMS guards` {
    private static let owner = Owner(tenant: "default", name: "ann")
    private let folder: TemporaryDirectory
    private let notes = Notes()

    init() throws { folder = try TemporaryDirectory() }

    private func kms(_ user: String = "admin") async throws -> KMS {
        try KMS(try await MotoMessaging(user: user).account)
    }

    private var store: GuardedKeyFile { GuardedKeyFile(in: folder.url) }

    /// As a process does that starts.
    private func start(
        _ kms: KMS, _ keyID: String, older: SealKeys? = nil, installation: String = "wiki"
    ) async throws -> VariableSeal {
        let notes = notes
        let keys = try await KMSSealKeys(kms, keyID: keyID, store: store) {
            notes.add($0)
        }.keys(installation: installation, older: older)
        return VariableSeal(keys)
    }

    private func open(_ sealed: Data, _ seal: VariableSeal) throws -> String {
        String(decoding: try seal.open(sealed, name: "KEY", owner: Self.owner), as: UTF8.self)
    }

    private func kept() throws -> String { try #require(try store.guardedKeys()) }

    @Test func `are made once, and open after a restart what was sealed before`() async throws {
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        let first = try await start(kms, key)
        let sealed = try first.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        let text = try kept()
        #expect(text.contains("wiki") && !text.contains("planted"))
        let second = try await start(kms, key, installation: "another name")
        #expect(try open(sealed, second) == "planted")
        #expect(try kept() == text && second.isCurrent(sealed))
        let path = folder.path(GuardedKeyFile.fileName)
        let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        #expect(notes.all.isEmpty)
    }

    @Test func `are the same for processes that start at once`() async throws {
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        let seals = try await withThrowingTaskGroup(of: VariableSeal.self) { group in
            for _ in 0..<8 { group.addTask { try await start(kms, key) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let sealed = try seals[0].seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        for seal in seals { #expect(try open(sealed, seal) == "planted") }
    }

    @Test func `open what keys of before have sealed, and seal with one of their own`() async throws {
        let older = SealKeys()
        let sealed = try VariableSeal(older).seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        let seal = try await start(kms, key, older: older)
        #expect(try open(sealed, seal) == "planted" && !seal.isCurrent(sealed))
        // Those of before are kept as well: their file may go.
        #expect(try open(sealed, try await start(kms, key)) == "planted")
        #expect(notes.all.count == 1)
        // And so are some that turn up later.
        let late = SealKeys()
        let other = try VariableSeal(late).seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        #expect(try open(other, try await start(kms, key, older: late)) == "planted")
        let last = try await start(kms, key)
        #expect(try open(other, last) == "planted" && !last.isCurrent(other))
        #expect(try open(sealed, last) == "planted")
    }

    /// Asks for what has no answer but its status: moto's says `null`.
    private func administer(_ kms: KMS, _ name: String, _ input: [String: JSONValue]) async throws {
        let body = try JSONValue.object(input).utf8()
        _ = try await kms.service.send(AWSOperation(name, input: .json(Data(body))))
    }

    @Test func `go over to another key, and to the one that an alias stands for now`() async throws {
        let kms = try await kms()
        let first = try await kms.createKey("first"), second = try await kms.createKey("second")
        let third = try await kms.createKey("third")
        let seal = try await start(kms, first)
        let sealed = try seal.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        #expect(try open(sealed, try await start(kms, second)) == "planted")
        #expect(notes.all.last?.contains(second) == true)
        let alias = "alias/seal-\(UInt32.random(in: 0 ... .max))"
        try await administer(
            kms, "CreateAlias", ["AliasName": .string(alias), "TargetKeyId": .string(third)])
        #expect(try open(sealed, try await start(kms, alias)) == "planted")
        // The first two are of no use any more.
        for key in [first, second] {
            // By its id: moto looks this one up by nothing else.
            let id = String(key.split(separator: "/").last ?? "")
            try await administer(kms, "DisableKey", ["KeyId": .string(id)])
        }
        #expect(try open(sealed, try await start(kms, alias)) == "planted")
    }

    @Test func `are not had where KMS denies them, which names key, action and request`() async throws {
        let admin = try await kms()
        let key = try await admin.createKey("seal")
        let nobody = try await kms("nobody")
        for action in ["GenerateDataKey", "Decrypt"] {
            let error = await #expect(throws: KMSSealKeys.Fault.self) { try await start(nobody, key) }
            let text = "\(try #require(error))"
            #expect(text.contains(key) && text.contains("kms:\(action)"), "\(text)")
            #expect(text.contains("AWS request id ") && text.contains(folder.url.path), "\(text)")
            // There are none to decrypt before.
            _ = try await start(admin, key)
        }
    }

    @Test func `are not had under another installation's name, nor when they were changed`() async throws {
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        _ = try await start(kms, key)
        let text = try kept()
        for changed in [
            text.replacing("wiki", with: "shop"), text.replacing("\"keys\"", with: "\"key\""), "{}", "",
        ] {
            try changed.write(
                toFile: folder.path(GuardedKeyFile.fileName), atomically: true, encoding: .utf8)
            await #expect(throws: KMSSealKeys.Fault.self) { try await start(kms, key) }
            // What cannot be read is not written over.
            #expect(try kept() == changed)
        }
    }

    @Test func `lie in a database that processes share`() async throws {
        let server = try PostgresServer.shared(.v18)
        let corpus = PostgresCorpus(server.pool(schema: PostgresServer.freshSchema()))
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        func start() async throws -> VariableSeal {
            VariableSeal(
                try await KMSSealKeys(kms, keyID: key, store: corpus)
                    .keys(installation: try await corpus.identity(), older: nil))
        }
        #expect(try await corpus.guardedKeys() == nil)
        async let one = start(), other = start()
        let sealed = try await one.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        #expect(try open(sealed, try await other) == "planted")
        #expect(try open(sealed, try await start()) == "planted")
        #expect(try await corpus.guardedKeys()?.contains(try await corpus.identity()) == true)
    }

    // MARK: Exchange by time

    private static let day: TimeInterval = 86_400

    private func exchanging(
        _ kms: KMS, _ keyID: String, _ clock: SetClock, store: (any GuardedKeyStore)? = nil
    ) -> KMSSealKeys {
        let notes = notes
        return KMSSealKeys(
            kms, keyID: keyID, store: store ?? self.store, period: Self.day, notice: 60,
            report: { notes.add($0) }, now: { clock.now })
    }

    private func seal(_ keys: SealKeys, _ clock: SetClock) -> VariableSeal {
        VariableSeal(SealKeyRing(keys, now: { clock.now }))
    }

    @Test func `are exchanged by one of the processes that find them due, and all open everything`()
        async throws
    {
        let kms = try await kms(), clock = SetClock()
        let key = try await kms.createKey("seal")
        let keys = exchanging(kms, key, clock)
        let one = try await keys.guarded(installation: "wiki", older: nil)
        let other = try await keys.guarded(installation: "wiki", older: nil)
        let old = try seal(one.keys, clock).seal(Data("old".utf8), name: "KEY", owner: Self.owner)
        #expect(try await keys.followed(one) == nil)
        clock.pass(Self.day)
        async let first = keys.followed(one), second = keys.followed(other)
        let (a, b) = (try #require(try await first), try #require(try await second))
        #expect(a.keys.lines == b.keys.lines && a.keys.lines != one.keys.lines)
        #expect(notes.all.filter { $0.contains("fresh") }.count == 1)
        // Under a data key of its own.
        #expect(try await keys.followed(a) == nil)
        // Whoever has not looked yet opens what is sealed before the notice is over.
        let early = try seal(a.keys, clock).seal(Data("early".utf8), name: "KEY", owner: Self.owner)
        #expect(try open(early, seal(one.keys, clock)) == "early")
        clock.pass(60)
        let new = try seal(a.keys, clock).seal(Data("new".utf8), name: "KEY", owner: Self.owner)
        #expect(throws: WorkspaceError.self) { try open(new, seal(one.keys, clock)) }
        let restarted = seal(
            try await exchanging(kms, key, clock).keys(installation: "wiki", older: nil), clock)
        for (sealed, text) in [(old, "old"), (early, "early"), (new, "new")] {
            #expect(try open(sealed, seal(b.keys, clock)) == text)
            #expect(try open(sealed, restarted) == text)
        }
        #expect(restarted.isCurrent(new) && !restarted.isCurrent(old))
        // What else is made of them stays the same.
        #expect(restarted.secret(for: "x") == seal(one.keys, clock).secret(for: "x"))
    }

    @Test func `are exchanged at a start, and those without a time get one`() async throws {
        let kms = try await kms(), clock = SetClock()
        let key = try await kms.createKey("seal")
        // As versions that exchanged none kept them.
        let before = SealKeys()
        let envelope = try await EnvelopeEncryption(kms, keyID: key).encrypt(
            AWSSecretBytes(Data(before.lines.utf8)),
            context: ["millrace:installation": "wiki", "millrace:purpose": "seal keys"])
        let text = try JSONValue.object([
            "installation": "wiki", "keys": .string(envelope.base64EncodedString()),
        ]).text()
        #expect(try store.keepGuardedKeys(text, insteadOf: nil))
        let first = try await exchanging(kms, key, clock).keys(installation: "wiki", older: nil)
        #expect(try first.taking(before) == nil && before.taking(first) == nil)
        #expect(first.lines != before.lines && notes.all.isEmpty)
        clock.pass(Self.day)
        let second = try await exchanging(kms, key, clock).keys(installation: "wiki", older: nil)
        #expect(try second.taking(first) == nil && first.taking(second) != nil)
        #expect(notes.all.count == 1)
    }

    @Test func `seal on where KMS gives no fresh one at a start, and that is told`() async throws {
        let admin = try await kms(), clock = SetClock()
        let key = try await admin.createKey("seal")
        let first = try await exchanging(admin, key, clock).keys(installation: "wiki", older: nil)
        clock.pass(Self.day)
        // Decrypts, and makes no data keys.
        let denied = exchanging(try await kms("decrypts"), key, clock)
        let keys = try await denied.keys(installation: "wiki", older: nil)
        #expect(keys.lines == first.lines)
        #expect(notes.all.count == 1 && notes.all.first?.contains("kms:GenerateDataKey") == true)
    }

    @Test func `are kept again where an older state of them was put back`() async throws {
        let kms = try await kms(), clock = SetClock()
        let key = try await kms.createKey("seal")
        let keys = exchanging(kms, key, clock)
        let first = try await keys.guarded(installation: "wiki", older: nil)
        let backup = try kept()
        clock.pass(Self.day)
        let second = try #require(try await keys.followed(first))
        clock.pass(60)
        let sealed = try seal(second.keys, clock).seal(
            Data("planted".utf8), name: "KEY", owner: Self.owner)
        try backup.write(toFile: folder.path(GuardedKeyFile.fileName), atomically: true, encoding: .utf8)
        let third = try #require(try await keys.followed(second))
        #expect(third.keys.lines == second.keys.lines)
        #expect(
            try open(sealed, seal(try await keys.keys(installation: "wiki", older: nil), clock)) == "planted")
    }

    @Test func `are kept again by whoever has them, where somebody deleted them`() async throws {
        let kms = try await kms(), clock = SetClock()
        let keys = exchanging(kms, try await kms.createKey("seal"), clock)
        let first = try await keys.guarded(installation: "wiki", older: nil)
        let text = try kept()
        try FileManager.default.removeItem(atPath: folder.path(GuardedKeyFile.fileName))
        let again = try #require(try await keys.followed(first))
        #expect(again.keys.lines == first.keys.lines)
        #expect(try kept() == text)
        #expect(notes.all.count == 1 && notes.all.first?.contains("gone") == true)
        #expect(try await keys.followed(again) == nil)
    }

    @Test func `are not made anew where something is sealed that nothing opens then`() async throws {
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(schema: PostgresServer.freshSchema())
        let (corpus, workspace) = (PostgresCorpus(pool), PostgresWorkspace(pool))
        let kms = try await kms()
        let key = try await kms.createKey("seal")
        func start(older: SealKeys? = nil, givingUp: Bool = false) async throws -> VariableSeal {
            VariableSeal(
                try await KMSSealKeys(
                    kms, keyID: key, store: corpus, sealed: givingUp ? nil : workspace
                ).keys(installation: "wiki", older: older))
        }
        func put(_ seal: VariableSeal) async throws -> Data {
            let sealed = try seal.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
            _ = try await workspace.save(
                StoredVariable(
                    id: "1", owner: Self.owner, name: "KEY", isSecret: true, value: sealed,
                    updatedAt: Date(timeIntervalSince1970: 0)))
            return sealed
        }
        let older = SealKeys()
        _ = try await put(VariableSeal(older))
        // Keys of before that open everything are taken in.
        let seal = try await start(older: older)
        let sealed = try await put(seal)
        _ = try await pool.withConnection { try $0.simple("DELETE FROM state WHERE key = 'seal_keys'") }
        for _ in 0..<2 {
            let lost = await #expect(throws: LostSealKeys.self) { try await start(older: older) }
            #expect(lost?.counts == [.variable: 1] && lost?.place == corpus.guardedKeysPlace)
            let id = try #require(VariableSeal.keyID(of: sealed))
            #expect(lost?.keyIDs == [id])
            #expect(try await corpus.guardedKeys() == nil, "none are made silently")
        }
        let fresh = try await start(givingUp: true)
        #expect(throws: WorkspaceError.self) { try open(sealed, fresh) }
        #expect(try await corpus.guardedKeys() != nil)
    }

    @Test func `are followed while a process runs, and secrets are sealed anew`() async throws {
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(schema: PostgresServer.freshSchema())
        let (corpus, workspace) = (PostgresCorpus(pool), PostgresWorkspace(pool))
        let kms = try await kms(), clock = SetClock()
        let keys = exchanging(kms, try await kms.createKey("seal"), clock, store: corpus)
        let known = try await keys.guarded(installation: "wiki", older: nil)
        let ring = SealKeyRing(known.keys, now: { clock.now })
        let seal = VariableSeal(ring)
        let news = Mutex<[SealKeyFollower.News]>([])
        var follower = SealKeyFollower(keys, from: known, ring: ring, store: workspace) { told in
            news.withLock { $0.append(told) }
        }
        let sealed = try seal.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        _ = try await workspace.save(
            StoredVariable(
                id: "1", owner: Self.owner, name: "KEY", isSecret: true, value: sealed, updatedAt: clock.now))
        func value() async throws -> Data {
            try await workspace.variable(named: "KEY", for: Self.owner).value
        }
        await follower.look()
        #expect(try await value() == sealed)
        clock.pass(Self.day)
        await follower.look()
        #expect(try await value() == sealed, "others may not have the fresh key yet")
        clock.pass(60)
        await follower.look()
        let anew = try await value()
        #expect(anew != sealed && seal.isCurrent(anew))
        #expect(try open(anew, seal) == "planted")
        guard case .resealed(let outcome)? = news.withLock({ $0.last }) else {
            Issue.record("nothing was told")
            return
        }
        #expect(outcome.sealed == 1 && outcome.unreadable == 0)
        await follower.look()
        #expect(news.withLock { $0.count } == 1)
    }

    @Test func `that cannot be followed are told of once, and serve on`() async throws {
        let kms = try await kms(), clock = SetClock()
        let server = try PostgresServer.shared(.v18)
        let workspace = PostgresWorkspace(server.pool(schema: PostgresServer.freshSchema()))
        let keys = exchanging(kms, try await kms.createKey("seal"), clock)
        let known = try await keys.guarded(installation: "wiki", older: nil)
        let ring = SealKeyRing(known.keys, now: { clock.now })
        let news = Mutex<[String]>([])
        var follower = SealKeyFollower(keys, from: known, ring: ring, store: workspace) { told in
            let name =
                switch told {
                case .failed: "failed"
                case .recovered: "recovered"
                case .resealed: "resealed"
                }
            news.withLock { $0.append(name) }
        }
        let path = folder.path(GuardedKeyFile.fileName)
        let text = try kept()
        try "no keys".write(toFile: path, atomically: true, encoding: .utf8)
        await follower.look()
        await follower.look()
        #expect(news.withLock { $0 } == ["failed"])
        #expect(ring.keys.lines == known.keys.lines)
        #expect(try kept() == "no keys", "what cannot be read is not written over")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        await follower.look()
        await follower.look()
        #expect(news.withLock { $0 } == ["failed", "recovered"])
    }
}
