import Foundation
import TestSupport
import Testing
import WorkspaceSQLite

@testable import Workspace

@Suite struct `The seal of variables` {
    private let secret = Data("hunter2".utf8)

    @Test func `opens for the variable and the owner that it was made for, and for nobody else`() throws {
        let seal = VariableSeal(SealKeys())
        let sealed = try seal.seal(secret, name: "KEY", owner: Sample.ann)
        #expect(try seal.open(sealed, name: "KEY", owner: Sample.ann) == secret)
        #expect(VariableSeal.isSealed(sealed) && seal.isCurrent(sealed))
        #expect(sealed.range(of: secret) == nil)
        #expect(try seal.seal(secret, name: "KEY", owner: Sample.ann) != sealed, "each has its own nonce")
        for (name, owner) in [
            ("KEY", Sample.bob), ("KEY", Sample.otherAnn), ("KEY2", Sample.ann), ("", Sample.ann),
            // The same letters, cut elsewhere.
            ("nKEY", Owner(name: "user:an")), ("KEY", Owner(tenant: "defaultuser:", name: "ann")),
        ] {
            #expect(throws: WorkspaceError.self, "\(name) of \(owner)") {
                try seal.open(sealed, name: name, owner: owner)
            }
        }
        #expect(throws: WorkspaceError.self, "another key") {
            try VariableSeal(SealKeys()).open(sealed, name: "KEY", owner: Sample.ann)
        }
        let empty = try seal.seal(Data(), name: "KEY", owner: Sample.ann)
        #expect(try seal.open(empty, name: "KEY", owner: Sample.ann).isEmpty)
    }

    @Test func `tells every change of a bit and every cut`() throws {
        let seal = VariableSeal(SealKeys())
        let sealed = try seal.seal(secret, name: "KEY", owner: Sample.ann)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WorkspaceError.self, "bit \(bit)") {
                try seal.open(changed, name: "KEY", owner: Sample.ann)
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: WorkspaceError.self, "\(count) bytes") {
                try seal.open(sealed.prefix(count), name: "KEY", owner: Sample.ann)
            }
        }
        // A slice, which does not begin at 0.
        let slice = (Data("before".utf8) + sealed).dropFirst(6)
        #expect(try seal.open(slice, name: "KEY", owner: Sample.ann) == secret)
        #expect(!VariableSeal.isSealed(secret) && !VariableSeal.isSealed(Data()))
    }

    @Test func `keeps its keys in a file that its owner alone may read, and opens after a rotation`() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path(SealKeyFile.fileName)
        let first = try VariableSeal.open(in: folder.url)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let sealed = try first.seal(secret, name: "KEY", owner: Sample.ann)
        let again = try VariableSeal.open(in: folder.url)
        #expect(try again.open(sealed, name: "KEY", owner: Sample.ann) == secret)
        let rotated = VariableSeal(try SealKeyFile.rotate(in: folder.url))
        #expect(try rotated.open(sealed, name: "KEY", owner: Sample.ann) == secret)
        #expect(!rotated.isCurrent(sealed))
        let anew = try rotated.seal(secret, name: "KEY", owner: Sample.ann)
        #expect(try VariableSeal.open(in: folder.url).open(anew, name: "KEY", owner: Sample.ann) == secret)
        #expect(throws: WorkspaceError.self) { try first.open(anew, name: "KEY", owner: Sample.ann) }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        #expect(left == ["workspace.key", "workspace.key.lock"], "no draft is left")
    }

    @Test func `has one key, however many make it at once`() async throws {
        let folder = try TemporaryDirectory()
        let (url, secret) = (folder.url, secret)
        let sealed = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try VariableSeal.open(in: url).seal(secret, name: "KEY", owner: Sample.ann)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let seal = try VariableSeal.open(in: url)
        for value in sealed { #expect(try seal.open(value, name: "KEY", owner: Sample.ann) == secret) }
    }

    @Test(arguments: [
        "", "\n", "no key at all", "id c2hvcnQ=", "id", String(repeating: "x", count: 70_000),
        "a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\na AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ])
    func `refuses a key file that is none, and never writes over it`(text: String) throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(text, to: SealKeyFile.fileName)
        chmod(file.path, 0o600)
        #expect(throws: WorkspaceError.self) { try VariableSeal.open(in: folder.url) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `refuses a key file that others may read`() throws {
        let folder = try TemporaryDirectory()
        _ = try VariableSeal.open(in: folder.url)
        chmod(folder.path(SealKeyFile.fileName), 0o640)
        do {
            _ = try VariableSeal.open(in: folder.url)
            Issue.record("a key that others may read was used")
        } catch {
            guard case .keyFile(let path, let reason) = error else { throw error }
            #expect(path == folder.path(SealKeyFile.fileName) && reason.contains("640"))
        }
    }

    @Test func `leaves nothing in clear in the files of a workspace`() async throws {
        let folder = try TemporaryDirectory()
        let workspace = try SQLiteWorkspace.open(at: folder.url)
        let seal = try VariableSeal.open(in: folder.url)
        var variable = Sample.variable("1", "KEY")
        variable.isSecret = true
        variable.value = try seal.seal(Data("plainly-visible".utf8), name: "KEY", owner: Sample.ann)
        _ = try await workspace.save(variable)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            let bytes = try Data(contentsOf: folder.url.appending(path: name))
            #expect(bytes.range(of: Data("plainly-visible".utf8)) == nil, "\(name)")
        }
        #expect(try await workspace.variable(named: "KEY", for: Sample.ann).value == variable.value)
    }
}
