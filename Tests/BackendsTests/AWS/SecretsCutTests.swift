import AWSServices
import Foundation
import TestSupport
import Testing
import Workspace

@testable import Backends

/// A value is one that somebody set, keys are had whole or not, and both without a restart once the network is back.
@Suite(.timeLimit(.minutes(3))) struct `Secrets through a network that is cut at random moments` {
    private let aws: CutAWS

    init() async throws {
        aws = try await CutAWS()
    }

    @Test(arguments: [true, false]) func `are the newest or the ones before`(isSecret: Bool) async throws {
        let (secrets, parameters) = (try SecretsManager(aws.direct), try ParameterStore(aws.direct))
        let name = CutAWS.name("/millrace/rotated")
        func set(_ number: Int, isFirst: Bool = false) async throws {
            let text = AWSSecretText(#"{"key": "v\#(number)"}"#)
            if !isSecret {
                _ = try await parameters.put(name, text, overwrites: !isFirst)
            } else if isFirst {
                try await secrets.create(name, text)
            } else {
                try await secrets.put(name, text)
            }
        }
        func value(_ number: Int) -> String { isSecret ? "v\(number)" : #"{"key": "v\#(number)"}"# }
        let reference: AWSValueReference =
            isSecret ? .secret(id: name, key: "key") : .parameter(name: name)
        // Each look asks AWS; what it gave before serves on where it does not answer.
        let resolver = AWSValueResolver(
            secrets: try SecretsManager(aws.account), parameters: try ParameterStore(aws.account),
            lifetime: .zero)
        try await set(0, isFirst: true)
        #expect(try await resolver.value(reference).value == value(0))
        var known = 0
        try await aws.rounds(request: 1_400, answer: 900) { number, round in
            try await set(number + 1)
            let text = await aws.tried(round, failing: { _ in false }) {
                try await resolver.value(reference).value
            }
            #expect(text == value(known) || text == value(number + 1), "\(round)")
            if text == value(number + 1) { known = number + 1 }
            let renewed = await aws.tried(round, failing: { $0 is AWSValueResolver.Fault }) {
                try await resolver.renewed(reference, atMostEvery: .zero).value
            }
            #expect(renewed == nil || renewed == value(number + 1), "\(round)")
        } after: { number, round in
            known = number + 1
            let text = try await resolver.value(reference).value
            #expect(text == value(known), "\(round)")
        }
    }

    @Test func `are sealed with keys that are had whole or not at all`() async throws {
        let owner = Owner(tenant: "default", name: "ann")
        let key = try await KMS(aws.direct).createKey("seal")
        let other = try await KMS(aws.direct).createKey("next")
        let kms = try KMS(aws.account)
        func isTyped(_ error: any Error) -> Bool { error is KMSSealKeys.Fault }
        // Of a round: where they are kept, what was sealed with them, and who has had them since.
        var folder = try TemporaryDirectory()
        var sealed: Data?
        var later: SealKeys?
        @Sendable func keys(_ keyID: String, in folder: TemporaryDirectory) async throws -> SealKeys {
            try await KMSSealKeys(kms, keyID: keyID, store: GuardedKeyFile(in: folder.url))
                .keys(installation: "wiki", older: nil)
        }
        try await aws.rounds(request: 1_600, answer: 1_200) { _, round in
            folder = try TemporaryDirectory()
            let first = await aws.tried(round, failing: isTyped) { [folder] in
                try await keys(key, in: folder)
            }
            let kept = try GuardedKeyFile(in: folder.url).guardedKeys()
            let isWhole = kept.map { KMSSealKeys.installation(of: $0) == "wiki" }
            #expect(isWhole ?? (first == nil), "\(round)")
            sealed = try first.map {
                try VariableSeal($0).seal(Data("planted".utf8), name: "KEY", owner: owner)
            }
            // Under another key, to which they go over, or stay where they are.
            later = await aws.tried(round, failing: isTyped) { [folder] in
                try await keys(other, in: folder)
            }
        } after: { _, round in
            let last = try await keys(other, in: folder)
            for found in [later, last].compactMap(\.self) {
                guard let sealed else { continue }
                let opened = try VariableSeal(found).open(sealed, name: "KEY", owner: owner)
                #expect(opened == Data("planted".utf8), "\(round)")
            }
        }
    }
}
