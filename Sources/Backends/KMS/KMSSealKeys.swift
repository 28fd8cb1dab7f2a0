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
///
/// With a period a fresh key is added, under a data key of its own, when the newest one has sealed for that long: at a
/// start, or by any process that follows the keys. Of several that do so at once one wins. The fresh key seals only after
/// a notice, so that every process that follows has read it by then; those before it open for ever.
public struct KMSSealKeys: Sendable {
    /// Why there are no keys.
    public enum Fault: Error, Sendable {
        /// KMS or what it gave.
        case guarded(place: String, keyID: String, EnvelopeEncryption.Fault)
        case unreadable(place: String, reason: String)
        /// Others changed what is kept, again and again.
        case contended(place: String)
        /// Keys of before do not fit beside those that are there.
        case full(place: String, SealKeys.Full)
    }

    /// Something that went less well than it should, and that nothing waits for.
    public enum Note: Sendable {
        /// The keys stay under the KMS key that they are under, which opens them still.
        case notMoved(from: String, EnvelopeEncryption.Fault)
        /// Keys of before, which lie somewhere in clear, are kept under the KMS key from now on.
        case took
        case moved(from: String, to: String)
        /// Keys that a process has were there no more, all or some of them, and are kept again.
        case keptAgain
        /// A fresh key was added, which seals soon.
        case exchanged
        /// A fresh key is due, and KMS gave none; the newest one seals on.
        case notExchanged(EnvelopeEncryption.Fault)
        /// A fresh key is due, and there are as many as there may be; the newest one seals on.
        case full
    }

    /// The keys with what is kept of them.
    public struct Guarded: Sendable {
        public let keys: SealKeys
        let text: String
    }

    private let kms: KMS
    private let keyID: String
    private let store: any GuardedKeyStore
    private let period: TimeInterval?
    private let notice: TimeInterval
    private let now: @Sendable () -> Date
    private let report: @Sendable (Note) -> Void
    private let sealed: (any SealedValueStore)?

    /// How long a fresh key waits before it seals: far longer than any process takes to read what is kept.
    public static let notice: TimeInterval = 3_600

    /// - Parameters:
    ///   - keyID: the id, ARN or alias of the KMS key that guards.
    ///   - period: seconds after which a fresh key is added; `nil` and none is.
    ///   - notice: seconds until it seals.
    ///   - sealed: what is sealed with them: where it has something that no key opens, no fresh ones are made. `nil` to make
    ///     them whatever is sealed.
    ///   - report: told of what is changed.
    public init(
        _ kms: KMS, keyID: String, store: any GuardedKeyStore, period: TimeInterval? = nil,
        notice: TimeInterval = Self.notice, sealed: (any SealedValueStore)? = nil,
        report: @escaping @Sendable (Note) -> Void = { _ in },
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.sealed = sealed
        self.kms = kms
        self.keyID = keyID
        self.store = store
        self.period = period
        self.notice = notice
        self.now = now
        self.report = report
    }

    /// The keys, which are made where there are none.
    ///
    /// - Parameters:
    ///   - installation: what new ones are made for; those that are there keep the name that they have.
    ///   - older: keys that were used before KMS guarded any; they open what they have sealed.
    /// - Throws: ``Fault``; ``LostSealKeys`` where there are none, and something is sealed that `older` do not open.
    public func keys(installation: String, older: SealKeys?) async throws -> SealKeys {
        try await guarded(installation: installation, older: older).keys
    }

    /// As ``keys(installation:older:)``, for whoever follows them.
    public func guarded(installation: String, older: SealKeys?) async throws -> Guarded {
        try await trying {
            guard let text = try await store.guardedKeys() else { return try await made(installation, older) }
            return try await found(text, older)
        }
    }

    /// What is kept by now: what others have added, and a fresh key where one is due. Keys that were there and are there no
    /// more, as after an older backup was restored, are kept again: something may be sealed with them.
    ///
    /// - Returns: `nil` where nothing is new.
    public func followed(_ known: Guarded) async throws -> Guarded? {
        guard try await store.guardedKeys() != known.text || isDue(known.keys) else { return nil }
        return try await trying {
            guard let text = try await store.guardedKeys() else {
                // Nobody else has them: the next start would find nothing that opens what they have sealed.
                guard try await store.keepGuardedKeys(known.text, insteadOf: nil) else { return nil }
                report(.keptAgain)
                return known
            }
            return try await found(text, known.keys, isFollowing: true)
        }
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

    /// - Parameter attempt: `nil` where another process was quicker.
    private func trying(_ attempt: () async throws -> Guarded?) async throws -> Guarded {
        for _ in 0..<10 {
            if let found = try await attempt() { return found }
        }
        throw Fault.contended(place: store.guardedKeysPlace)
    }

    private func made(_ installation: String, _ older: SealKeys?) async throws -> Guarded? {
        if let sealed {
            do {
                try await LostSealKeys.check(sealed, openedBy: older, place: store.guardedKeysPlace)
            } catch {
                // Another process may have made them meanwhile, and sealed something already.
                guard error is LostSealKeys, try await store.guardedKeys() != nil else { throw error }
                return nil
            }
        }
        let fresh = SealKeys(from: now())
        let keys = try older.flatMap { try taken($0, into: fresh) } ?? fresh
        let kept = try await keep(keys, installation, insteadOf: nil)
        if kept != nil, older != nil { report(.took) }
        return kept
    }

    private func found(
        _ text: String, _ older: SealKeys?, isFollowing: Bool = false
    ) async throws -> Guarded? {
        let (name, envelope) = try Self.parts(of: text, store.guardedKeysPlace)
        let box = EnvelopeEncryption(kms, keyID: keyID)
        let keys = try await opened(envelope, name, box)
        if let all = try older.flatMap({ try taken($0, into: keys) }) {
            let kept = try await keep(all, name, insteadOf: text)
            if kept != nil { report(isFollowing ? .keptAgain : .took) }
            return kept
        }
        do {
            switch exchange(of: keys) {
            case .notDue: break
            case .full: if !isFollowing { report(.full) }
            case .timed(let all): return try await keep(all, name, insteadOf: text)
            case .added(let all):
                let kept = try await keep(all, name, insteadOf: text)
                if kept != nil { report(.exchanged) }
                return kept
            }
        } catch Fault.guarded(_, _, let fault) where !isFollowing {
            report(.notExchanged(fault))
        }
        if !isFollowing, let moved = try await move(envelope, name, box, insteadOf: text) {
            return Guarded(keys: keys, text: moved)
        }
        return Guarded(keys: keys, text: text)
    }

    private func taken(_ older: SealKeys, into keys: SealKeys) throws(Fault) -> SealKeys? {
        do throws(SealKeys.Full) {
            return try keys.taking(older)
        } catch {
            throw .full(place: store.guardedKeysPlace, error)
        }
    }

    private func exchange(of keys: SealKeys) -> SealKeys.Exchange {
        period.map { keys.exchange(after: $0, notice: notice, at: now()) } ?? .notDue
    }

    private func isDue(_ keys: SealKeys) -> Bool {
        switch exchange(of: keys) {
        case .added, .timed: true
        case .notDue, .full: false
        }
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
    ) async throws -> Guarded? {
        let envelope: Data
        do throws(EnvelopeEncryption.Fault) {
            envelope = try await EnvelopeEncryption(kms, keyID: keyID).encrypt(
                AWSSecretBytes(Data(keys.lines.utf8)), context: Self.context(installation))
        } catch {
            throw Fault.guarded(place: store.guardedKeysPlace, keyID: keyID, error)
        }
        let text = try Self.text(installation, envelope)
        return try await store.keepGuardedKeys(text, insteadOf: old) ? Guarded(keys: keys, text: text) : nil
    }

    /// Has KMS encrypt the data key by the key of now, where that is another. What cannot be moved stays.
    ///
    /// - Returns: what is kept now; `nil` where nothing was moved.
    private func move(
        _ envelope: Data, _ installation: String, _ box: EnvelopeEncryption, insteadOf old: String
    ) async throws -> String? {
        let before = EnvelopeEncryption.keyARN(of: envelope) ?? ""
        guard before != keyID else { return nil }
        do {
            let current =
                keyID.hasPrefix("arn:") && keyID.contains(":key/") ? keyID : try await kms.arn(of: keyID)
            guard
                let moved = try await box.rotated(envelope, to: current, context: Self.context(installation))
            else { return nil }
            let text = try Self.text(installation, moved)
            guard try await store.keepGuardedKeys(text, insteadOf: old) else { return nil }
            report(.moved(from: before, to: current))
            return text
        } catch let error as EnvelopeEncryption.Fault {
            report(.notMoved(from: before, error))
        } catch let error as AWSError {
            report(.notMoved(from: before, .aws(error)))
        }
        return nil
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
        case .full(let place, let full):
            "The keys that secrets were sealed with before cannot be kept in \(place) as well. \(full)"
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
        case .keptAgain:
            """
            they were gone, or an older state of them was there, as after a backup was restored; those that this process has \
            are kept again
            """
        case .exchanged: "a fresh one was added, which seals soon; those before open what they have sealed"
        case .notExchanged(let fault): "a fresh one is due, and the newest seals on: \(fault)"
        case .full: "a fresh one is due, and there are as many as there may be: the newest seals on"
        }
    }
}
