import AWSServices
import Foundation
import JSONValue
import Transport
import Workspace

/// The keys of a seal, guarded by a key of AWS KMS: kept encrypted beside what they seal, and decrypted when a process
/// starts.
///
/// The keys are encrypted with a data key that KMS makes (`GenerateDataKey`) and alone can decrypt. The encryption
/// context names the installation, so that a policy may demand it and AWS's log shows it. What is kept is JSON:
/// `{"installation": …, "keys": the envelope in Base64}`.
public struct KMSSealKeys: Sendable {
    /// Why there are no keys.
    public enum Fault: Error, Sendable {
        /// KMS or what it gave.
        case guarded(place: String, keyID: String, EnvelopeEncryption.Fault)
        case unreadable(place: String, reason: String)
        /// Others changed what is kept, again and again.
        case contended(place: String)
    }

    /// Something that went less well than it should, and that nothing waits for.
    public enum Note: Sendable {
        /// The keys stay under the KMS key that they are under, which opens them still.
        case notMoved(from: String, EnvelopeEncryption.Fault)
        /// Keys of before, which lie somewhere in clear, are kept under the KMS key from now on.
        case took
        case moved(from: String, to: String)
    }

    private let kms: KMS
    private let keyID: String
    private let store: any GuardedKeyStore
    private let report: @Sendable (Note) -> Void

    /// - Parameters:
    ///   - keyID: the id, ARN or alias of the KMS key that guards.
    ///   - report: told of what is changed.
    public init(
        _ kms: KMS, keyID: String, store: any GuardedKeyStore,
        report: @escaping @Sendable (Note) -> Void = { _ in }
    ) {
        self.kms = kms
        self.keyID = keyID
        self.store = store
        self.report = report
    }

    /// The keys, which are made where there are none.
    ///
    /// - Parameters:
    ///   - installation: what new ones are made for; those that are there keep the name that they have.
    ///   - older: keys that were used before KMS guarded any; they open what they have sealed.
    public func keys(installation: String, older: SealKeys?) async throws -> SealKeys {
        for _ in 0..<10 {
            if let found = try await attempt(installation, older) { return found }
        }
        throw Fault.contended(place: store.guardedKeysPlace)
    }

    /// Tries what a start needs, and changes nothing: decrypts the keys that are there, or has KMS make a data key that
    /// nobody keeps.
    ///
    /// - Returns: whether there are keys.
    public func check(installation: String) async throws -> Bool {
        if let text = try await store.guardedKeys() {
            let (name, envelope) = try Self.parts(of: text, store.guardedKeysPlace)
            _ = try await opened(envelope, name, EnvelopeEncryption(kms, keyID: keyID))
            return true
        }
        do throws(AWSError) {
            _ = try await kms.generateDataKey(keyID, context: Self.context(installation))
        } catch {
            throw Fault.guarded(place: store.guardedKeysPlace, keyID: keyID, .aws(error))
        }
        return false
    }

    /// - Returns: `nil` where another process was quicker.
    private func attempt(_ installation: String, _ older: SealKeys?) async throws -> SealKeys? {
        guard let text = try await store.guardedKeys() else {
            let fresh = SealKeys()
            let keys = older.flatMap { fresh.taking($0) } ?? fresh
            let isKept = try await keep(keys, installation, insteadOf: nil)
            if isKept, older != nil { report(.took) }
            return isKept ? keys : nil
        }
        let (name, envelope) = try Self.parts(of: text, store.guardedKeysPlace)
        let box = EnvelopeEncryption(kms, keyID: keyID)
        let keys = try await opened(envelope, name, box)
        if let all = older.flatMap({ keys.taking($0) }) {
            guard try await keep(all, name, insteadOf: text) else { return nil }
            report(.took)
            return all
        }
        try await move(envelope, name, box, insteadOf: text)
        return keys
    }

    private func opened(
        _ envelope: Data, _ installation: String, _ box: EnvelopeEncryption
    ) async throws(Fault) -> SealKeys {
        do throws(EnvelopeEncryption.Fault) {
            let plain = try await box.decrypt(envelope, context: Self.context(installation))
            do throws(WorkspaceError) {
                return try SealKeys(
                    lines: String(decoding: plain.data, as: UTF8.self), from: store.guardedKeysPlace)
            } catch {
                throw EnvelopeEncryption.Fault.notAnEnvelope(reason: "it holds no keys of a seal")
            }
        } catch {
            throw .guarded(place: store.guardedKeysPlace, keyID: keyID, error)
        }
    }

    private func keep(
        _ keys: SealKeys, _ installation: String, insteadOf old: String?
    ) async throws -> Bool {
        let envelope: Data
        do throws(EnvelopeEncryption.Fault) {
            envelope = try await EnvelopeEncryption(kms, keyID: keyID).encrypt(
                AWSSecretBytes(Data(keys.lines.utf8)), context: Self.context(installation))
        } catch {
            throw Fault.guarded(place: store.guardedKeysPlace, keyID: keyID, error)
        }
        return try await store.keepGuardedKeys(Self.text(installation, envelope), insteadOf: old)
    }

    /// Has KMS encrypt the data key by the key of now, where that is another. What cannot be moved stays.
    private func move(
        _ envelope: Data, _ installation: String, _ box: EnvelopeEncryption, insteadOf old: String
    ) async throws {
        let before = EnvelopeEncryption.keyARN(of: envelope) ?? ""
        guard before != keyID else { return }
        do {
            let current =
                keyID.hasPrefix("arn:") && keyID.contains(":key/") ? keyID : try await kms.arn(of: keyID)
            guard
                let moved = try await box.rotated(envelope, to: current, context: Self.context(installation))
            else { return }
            guard try await store.keepGuardedKeys(Self.text(installation, moved), insteadOf: old) else {
                return
            }
            report(.moved(from: before, to: current))
        } catch let error as EnvelopeEncryption.Fault {
            report(.notMoved(from: before, error))
        } catch let error as AWSError {
            report(.notMoved(from: before, .aws(error)))
        }
    }

    // MARK: What is kept

    private static func context(_ installation: String) -> [String: String] {
        ["millrace:installation": installation, "millrace:purpose": "seal keys"]
    }

    private static func text(_ installation: String, _ envelope: Data) throws -> String {
        try JSONValue.object([
            "installation": .string(installation), "keys": .string(envelope.base64EncodedString()),
        ]).text()
    }

    /// Whose keys a kept text says that it has; `nil` for what is none.
    public static func installation(of text: String) -> String? {
        (try? JSONValue(parsing: text))?["installation"]?.string
    }

    private static func parts(
        of text: String, _ place: String
    ) throws(Fault) -> (installation: String, envelope: Data) {
        guard let json = try? JSONValue(parsing: text), let name = json["installation"]?.string,
            let envelope = json["keys"]?.string.flatMap({ Data(base64Encoded: $0) })
        else { throw .unreadable(place: place, reason: "it is no JSON with an installation and its keys") }
        return (name, envelope)
    }
}

extension KMSSealKeys.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .guarded(let place, let keyID, let fault):
            """
            The keys that secrets are sealed with, which \(place) keeps for the KMS key \(keyID), cannot be had. \(fault)
            """
        case .unreadable(let place, let reason):
            "The keys that secrets are sealed with cannot be read from \(place): \(reason). Restore them from a backup."
        case .contended(let place):
            "Other processes change the keys in \(place) all the time. Start again."
        }
    }
}

extension KMSSealKeys.Note: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notMoved(let from, let fault): "they stay under \(from): \(fault)"
        case .took:
            "keys of before are guarded too; what still holds them in clear, workspace.key or database.seal_keys, may go"
        case .moved(let from, let to): "they were under \(from), and are under \(to) now"
        }
    }
}
