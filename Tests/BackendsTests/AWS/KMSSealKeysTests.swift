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

    @Test func `go over to another key, and to the one that an alias stands for now`() async throws {
        let kms = try await kms()
        let first = try await kms.createKey("first"), second = try await kms.createKey("second")
        let third = try await kms.createKey("third")
        let seal = try await start(kms, first)
        let sealed = try seal.seal(Data("planted".utf8), name: "KEY", owner: Self.owner)
        #expect(try open(sealed, try await start(kms, second)) == "planted")
        #expect(notes.all.last?.contains(second) == true)
        let alias = "alias/seal-\(UInt32.random(in: 0 ... .max))"
        _ = try await kms.service.json(
            "CreateAlias", ["AliasName": .string(alias), "TargetKeyId": .string(third)])
        #expect(try open(sealed, try await start(kms, alias)) == "planted")
        // The first two are of no use any more.
        for key in [first, second] {
            // By its id: moto looks this one up by nothing else.
            let id = String(key.split(separator: "/").last ?? "")
            _ = try await kms.service.json("DisableKey", ["KeyId": .string(id)])
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
}
