import Crypto
import Foundation
import Transport

/// Encrypts values with data keys that KMS makes and guards: what is kept can be read only where KMS allows it.
///
/// A data key serves many values (until `maxUses` or `maxAge`), and a decrypted one is remembered for as long, so
/// that KMS is asked seldom. Each value has a nonce of its own; with 96 random bits, 2³² uses of one key are the
/// limit of NIST SP 800-38D, and `maxUses` stays far below.
public actor EnvelopeEncryption {
    /// Why a value cannot be encrypted or decrypted.
    public enum Fault: Error, Sendable, Equatable {
        case aws(AWSError)
        /// Not one of ours, or cut short.
        case notAnEnvelope(reason: String)
        /// Changed since, or of another context.
        case notAuthentic
        /// Encrypted under a KMS key that is not among those allowed.
        case foreignKey(arn: String)
    }

    private struct Writing {
        var key: KMS.DataKey
        var made: Date
        var uses: Int
    }

    private struct Reading {
        var key: SymmetricKey
        var until: Date
    }

    private let kms: KMS
    private let keyID: String
    private let allowedARNs: Set<String>
    private let maxUses: Int
    private let maxAge: TimeInterval
    private let now: @Sendable () -> Date
    private var writing: [[String: String]: Writing] = [:]
    /// By hash of the KMS key's name, the encrypted key and the context, which KMS checks.
    private var reading: [Data: Reading] = [:]
    private static let mostKeys = 1_000

    /// - Parameters:
    ///   - keyID: what new values are encrypted under: an id, an ARN or an alias.
    ///   - allowedARNs: keys that values may be under; empty for any that KMS lets us use.
    public init(
        _ kms: KMS, keyID: String, allowedARNs: Set<String> = [], maxUses: Int = 1_000_000,
        maxAge: Duration = .seconds(3600), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        precondition(maxUses >= 1, "a key of \(maxUses) uses encrypts nothing")
        self.kms = kms
        self.keyID = keyID
        self.allowedARNs = allowedARNs
        self.maxUses = maxUses
        self.maxAge = maxAge / .seconds(1)
        self.now = now
    }

    /// - Parameter context: where the value belongs, such as the name of its column and row: it is needed again
    ///   to decrypt, so that a value cannot be put in place of another.
    public func encrypt(_ plain: AWSSecretBytes, context: [String: String]) async throws(Fault) -> Data {
        let key = try await writingKey(context)
        do {
            let box = try AES.GCM.seal(
                plain.data, using: SymmetricKey(data: key.plain.data),
                authenticating: Envelope.authenticated(context))
            guard let sealed = box.combined else { throw Fault.notAuthentic }
            return try Envelope(keyARN: key.keyARN, encryptedKey: key.encrypted, sealed: sealed).encoded()
        } catch {
            throw (error as? Envelope.Fault).map { .notAnEnvelope(reason: $0.reason) } ?? .notAuthentic
        }
    }

    public func decrypt(_ data: Data, context: [String: String]) async throws(Fault) -> AWSSecretBytes {
        let envelope = try parsed(data)
        guard let key = try await readingKey(envelope, context),
            let box = try? AES.GCM.SealedBox(combined: envelope.sealed),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Envelope.authenticated(context))
        else { throw .notAuthentic }
        return AWSSecretBytes(plain)
    }

    /// The same value under the key of now, where it is under another: the data key is encrypted anew inside KMS,
    /// the value stays as it is. `nil` where nothing is to be done.
    ///
    /// - Parameter currentARN: the ARN that ``keyID`` stands for now.
    public func rotated(
        _ data: Data, to currentARN: String, context: [String: String]
    ) async throws(Fault) -> Data? {
        var envelope = try parsed(data)
        guard envelope.keyARN != currentARN else { return nil }
        do throws(AWSError) {
            let moved = try await kms.reencrypt(envelope.encryptedKey, to: currentARN, context: context)
            envelope.encryptedKey = moved.encrypted
            envelope.keyARN = moved.keyARN
        } catch {
            throw .aws(error)
        }
        do throws(Envelope.Fault) {
            return try envelope.encoded()
        } catch {
            throw .notAnEnvelope(reason: error.reason)
        }
    }

    /// The ARN of the KMS key that a value is under; `nil` for what is no envelope.
    public static func keyARN(of data: Data) -> String? { (try? Envelope(data))?.keyARN }

    private func parsed(_ data: Data) throws(Fault) -> Envelope {
        let envelope: Envelope
        do throws(Envelope.Fault) {
            envelope = try Envelope(data)
        } catch {
            throw .notAnEnvelope(reason: error.reason)
        }
        guard allowedARNs.isEmpty || allowedARNs.contains(envelope.keyARN) else {
            throw .foreignKey(arn: String(envelope.keyARN.prefix(200)))
        }
        return envelope
    }

    private func writingKey(_ context: [String: String]) async throws(Fault) -> KMS.DataKey {
        if var known = writing[context], known.uses < maxUses,
            now().timeIntervalSince(known.made) < maxAge
        {
            known.uses += 1
            writing[context] = known
            return known.key
        }
        do throws(AWSError) {
            let key = try await kms.generateDataKey(keyID, context: context)
            if writing.count >= Self.mostKeys { writing = [:] }
            writing[context] = Writing(key: key, made: now(), uses: 1)
            return key
        } catch {
            throw .aws(error)
        }
    }

    private func readingKey(
        _ envelope: Envelope, _ context: [String: String]
    ) async throws(Fault) -> SymmetricKey? {
        let parts = Envelope.authenticated([envelope.keyARN: ""]) + envelope.encryptedKey
        let id = Data(SHA256.hash(data: parts + Envelope.authenticated(context)))
        if let known = reading[id], known.until > now() { return known.key }
        do throws(AWSError) {
            let (plain, arn) = try await kms.decrypt(
                envelope.encryptedKey, keyID: envelope.keyARN, context: context)
            // What it says of its key must be so: it is what the list of allowed keys is about.
            guard arn == envelope.keyARN else { return nil }
            let key = SymmetricKey(data: plain.data)
            if reading.count >= Self.mostKeys { reading = [:] }
            reading[id] = Reading(key: key, until: now().addingTimeInterval(maxAge))
            return key
        } catch {
            throw .aws(error)
        }
    }
}

extension EnvelopeEncryption.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .aws(let error): error.description
        case .notAnEnvelope(let reason):
            "The stored value is no encrypted value of ours: \(reason). Set it anew."
        case .notAuthentic:
            """
            The stored value was changed, or belongs elsewhere: its authentication failed. Restore it from a \
            backup, or set it anew.
            """
        case .foreignKey(let arn):
            "The stored value is encrypted under \(arn), which is not an allowed key. Allow it, or set the value anew."
        }
    }
}
