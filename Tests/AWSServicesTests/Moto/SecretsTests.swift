import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Secrets, parameters and keys, played by moto` {
    @Test func `a secret has a current and a previous version`() async throws {
        let secrets = try SecretsManager(try await Moto().account())
        let name = Moto.name("prod/é")
        try await secrets.create(name, AWSSecretText("planted-1"))
        try await secrets.put(name, AWSSecretText("planted-2"))
        #expect(try await secrets.value(name).text.value == "planted-2")
        #expect(try await secrets.value(name, stage: "AWSPREVIOUS").text.value == "planted-1")
        let error = await #expect(throws: AWSError.self) { try await secrets.value("none") }
        #expect(error?.kind == .notFound && error?.description.contains("for none") == true)
    }

    @Test func `a secret that waits for its deletion is gone`() async throws {
        let secrets = try SecretsManager(try await Moto().account())
        let name = Moto.name("leaving")
        try await secrets.create(name, AWSSecretText("planted"))
        _ = try await secrets.service.json("DeleteSecret", ["SecretId": .string(name)])
        let error = await #expect(throws: AWSError.self) { try await secrets.value(name) }
        #expect(error?.kind == .notFound && error?.description.contains("may have been deleted") == true)
    }

    @Test func `a secret kept as bytes is their text, or their Base64`() async throws {
        let secrets = try SecretsManager(try await Moto().account())
        for (bytes, text) in [
            (Data(#"{"user":"é"}"#.utf8), #"{"user":"é"}"#), (Data([0xFF, 0x00, 0x80]), "/wCA"),
        ] {
            let name = Moto.name("bytes")
            _ = try await secrets.service.json(
                "CreateSecret",
                [
                    "Name": .string(name), "SecretBinary": .string(bytes.base64EncodedString()),
                    "ClientRequestToken": .string(UUID().uuidString),
                ])
            #expect(try await secrets.value(name).text.value == text)
        }
    }

    @Test func `parameters are found by name and below a path`() async throws {
        let store = try ParameterStore(try await Moto().account())
        let path = "/" + Moto.name("millrace")
        for number in 0..<13 {
            try await store.put("\(path)/p\(number)", AWSSecretText("planted-\(number)"))
        }
        #expect(try await store.put("\(path)/p0", AWSSecretText("new"), overwrites: true) == 2)
        let parameter = try await store.value("\(path)/p0")
        #expect(parameter.text.value == "new" && parameter.kind == .secure && parameter.version == 2)
        #expect(try await store.value("\(path)/p0:1").text.value == "planted-0")
        let all = try await store.values(below: path).reduce(into: [:]) { $0[$1.name] = $1.text.value }
        #expect(all.count == 13 && all["\(path)/p12"] == "planted-12")
        let again = await #expect(throws: AWSError.self) {
            try await store.put("\(path)/p0", AWSSecretText("x"))
        }
        #expect(again?.kind == .conflict)
        let none = await #expect(throws: AWSError.self) { try await store.value("/none") }
        #expect(none?.kind == .notFound)
    }

    @Test func `values are encrypted for a place, and move to another key`() async throws {
        let kms = try KMS(try await Moto().account())
        let first = try await kms.createKey("first"), second = try await kms.createKey("second")
        let plain = AWSSecretBytes(Data("planted".utf8))
        let context = ["table": "connections", "row": "7"]
        let box = EnvelopeEncryption(kms, keyID: first)
        let kept = try await box.encrypt(plain, context: context)
        #expect(kept.firstRange(of: Data("planted".utf8)) == nil)
        #expect(try await box.decrypt(kept, context: context) == plain)
        // A new process reads it, through KMS.
        #expect(try await EnvelopeEncryption(kms, keyID: first).decrypt(kept, context: context) == plain)
        for reader in [box, EnvelopeEncryption(kms, keyID: first)] {
            await #expect(throws: EnvelopeEncryption.Fault.self) {
                try await reader.decrypt(kept, context: ["table": "connections", "row": "8"])
            }
        }
        let moved = try #require(try await box.rotated(kept, to: second, context: context))
        #expect(try Envelope(moved).keyARN == second)
        #expect(try await EnvelopeEncryption(kms, keyID: second).decrypt(moved, context: context) == plain)
        #expect(try await box.rotated(moved, to: second, context: context) == nil)
        let strict = EnvelopeEncryption(kms, keyID: first, allowedARNs: [first])
        await #expect(throws: EnvelopeEncryption.Fault.foreignKey(arn: second)) {
            try await strict.decrypt(moved, context: context)
        }
    }

    @Test func `a value that was changed is not decrypted, wherever it was`() async throws {
        let kms = try KMS(try await Moto().account())
        let key = try await kms.createKey("changed")
        let box = EnvelopeEncryption(kms, keyID: key)
        let kept = try await box.encrypt(AWSSecretBytes(Data("planted".utf8)), context: [:])
        for offset in kept.indices {
            var changed = kept
            changed[offset] ^= 1
            await #expect(throws: EnvelopeEncryption.Fault.self) {
                try await box.decrypt(changed, context: [:])
            }
        }
        for count in 0..<kept.count {
            await #expect(throws: EnvelopeEncryption.Fault.self) {
                try await box.decrypt(Data(kept.prefix(count)), context: [:])
            }
        }
    }

    @Test func `a data key serves so many values, and a context has its own`() async throws {
        let moto = try Moto()
        let counting = FaultyClient(moto.http, faults: [])
        let kms = try KMS(try await moto.account(http: counting))
        let key = try await kms.createKey("uses")
        let box = EnvelopeEncryption(kms, keyID: key, maxUses: 2)
        let before = counting.sent
        for _ in 0..<4 { _ = try await box.encrypt(AWSSecretBytes(Data()), context: ["a": "1"]) }
        #expect(counting.sent - before == 2)
        _ = try await box.encrypt(AWSSecretBytes(Data()), context: ["a": "2"])
        #expect(counting.sent - before == 3)
    }

    @Test func `a reference to either resolves, and is rotated without a restart`() async throws {
        let account = try await Moto().account()
        let secrets = try SecretsManager(account), store = try ParameterStore(account)
        let name = Moto.name("app")
        try await secrets.create(name, AWSSecretText(#"{"user": "u", "port": 5432, "nested": {}}"#))
        try await store.put("/\(name)/key", AWSSecretText("planted"))
        let clock = SetClock()
        let resolver = AWSValueResolver(
            secrets: secrets, parameters: store, lifetime: .seconds(60), now: { clock.now })
        #expect(try await resolver.resolve("plain text").value == "plain text")
        #expect(try await resolver.resolve("secret:\(name)#user").value == "u")
        #expect(try await resolver.resolve("secret:\(name)#port").value == "5432")
        #expect(try await resolver.resolve("ssm:/\(name)/key").value == "planted")
        for key in ["none", "nested"] {
            let error = await #expect(throws: AWSValueResolver.Fault.self) {
                try await resolver.resolve("secret:\(name)#\(key)")
            }
            guard case .noSuchKey(.secret(name, key), let id) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(id.count > 10 && error?.description.contains(id) == true)
        }
        try await secrets.put(name, AWSSecretText(#"{"user": "v"}"#))
        #expect(try await resolver.resolve("secret:\(name)#user").value == "u")
        clock.advance(by: 61)
        #expect(try await resolver.resolve("secret:\(name)#user").value == "v")
        try await secrets.put(name, AWSSecretText("planted, no JSON"))
        let error = await #expect(throws: AWSValueResolver.Fault.self) {
            try await resolver.renewed(.secret(id: name, key: "user"))
        }
        guard case .notJSON(.secret(name, "user"), let id) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(id.count > 10 && error?.description.contains(id) == true)
        #expect(error?.description.contains("planted") == false)
    }

    @Test func `who one is, and keys of a role that work`() async throws {
        let moto = try Moto()
        let sts = try STS(try await moto.account())
        let me = try await sts.callerIdentity()
        #expect(me.account == "123456789012" && me.arn.hasSuffix("user/admin"))
        let keys = try await sts.assumeRole(
            "arn:aws:iam::123456789012:role/worker", sessionName: "s", durationSeconds: 900)
        #expect(keys.expiration.map { $0 > Date() } == true)
        let worker = try await STS(moto.account(keys)).callerIdentity()
        #expect(worker.arn.contains("assumed-role/worker/s"))
    }

    @Test func `a denial names the action, and nothing shows a secret`() async throws {
        let moto = try Moto()
        let nobody = try await moto.account(moto.keys(of: "nobody"))
        var wrong = moto.keys(of: "admin")
        wrong.secretAccessKey = "planted-wrong-secret"
        wrong.sessionToken = "planted-wrong-token"
        var unknown = wrong
        unknown.accessKeyID = "AKIAUNKNOWNUNKNOWN00"
        var shown = ""
        func attempt(_ account: AWSAccount) async throws -> [AWSError] {
            let s3 = try S3(account), sqs = try SQS(account), kms = try KMS(account)
            let secrets = try SecretsManager(account), store = try ParameterStore(account)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await s3.put("some-bucket", "k", .data(Data("planted-body".utf8))) },
                { _ = try await sqs.createQueue("q") },
                { _ = try await kms.createKey("planted-description") },
                { _ = try await secrets.create("n", AWSSecretText("planted-secret")) },
                { _ = try await store.put("/n", AWSSecretText("planted-parameter")) },
                { _ = try await SNS(account).createTopic("t") },
            ]
            var errors: [AWSError] = []
            for call in calls {
                let error = await #expect(throws: AWSError.self) { try await call() }
                if let error {
                    errors.append(error)
                    dump(error, to: &shown)
                    shown += "\(error) \(String(reflecting: error))"
                }
            }
            return errors
        }
        for error in try await attempt(nobody) { #expect(error.kind == .accessDenied, "\(error)") }
        for error in try await attempt(moto.account(wrong)) + attempt(moto.account(unknown)) {
            #expect(error.kind == .invalidCredentials, "\(error)")
        }
        for secret in [
            "planted", moto.keys(of: "admin").secretAccessKey, moto.keys(of: "nobody").secretAccessKey,
        ] {
            #expect(!shown.contains(secret))
        }
        #expect(shown.contains("sqs:CreateQueue"))
    }
}

/// A clock that is set.
final class SetClock: Sendable {
    private let seconds = Counter()
    private let step: Double = 61

    var now: Date { Date(timeIntervalSince1970: Double(seconds.value) * step) }

    func advance(by seconds: Double) { _ = self.seconds.next() }
}
