import AWSServices
import Backends
import Foundation
import Logging
import ServiceLifecycle
import Workspace

/// What secrets are sealed with, and what follows its keys where they are exchanged by time.
struct OpenedSeal {
    let seal: VariableSeal
    var follower: SealKeyFollower?
}

extension Services {
    /// Seals secrets that the workspace keeps, with keys as the settings say: those of the data folder, those that are
    /// given, or those that KMS guards.
    ///
    /// - Throws: where KMS guards them and does not give them, with the key, the action and AWS's id of the request.
    func seal() async throws -> VariableSeal { try await openedSeal().seal }

    /// What follows the keys of the seal until the process ends.
    func sealServices() async throws -> [any Service] {
        try await openedSeal().follower.map { [SealKeyService(follower: $0)] } ?? []
    }

    private func openedSeal() async throws -> OpenedSeal {
        try await sealPart {
            guard let key = self.settings[\.database.sealKMSKey] else {
                return OpenedSeal(seal: try await self.openSeal())
            }
            return try await self.guardedSeal(key)
        }
    }

    /// Whether all processes that share the database have the keys of the seal.
    var sharesSeal: Bool {
        settings[\.database.provider] == .postgres
            && (settings[\.database.sealKeys] != nil || settings[\.database.sealKMSKey] != nil)
    }

    private func openSeal() async throws -> VariableSeal {
        let place = try guardedKeyPlace()
        guard try await place.guardedKeys() == nil else {
            throw settings.bad(
                \.database.sealKMSKey,
                "the secrets here are sealed with keys that a key of KMS guards (\(place.guardedKeysPlace)), and its id, ARN or alias is expected"
            )
        }
        return try givenSealKeys().map { VariableSeal($0) } ?? VariableSeal.open(in: settings[\.data])
    }

    /// Those of the settings; `nil` where they give none.
    private func givenSealKeys() throws -> SealKeys? {
        guard settings[\.database.provider] == .postgres, let keys = settings[\.database.sealKeys] else {
            return nil
        }
        return try SealKeys(lines: keys, from: Settings.name(\.database.sealKeys))
    }

    private func guardedSeal(_ keyID: String) async throws -> OpenedSeal {
        let older = try givenSealKeys() ?? SealKeyFile.existing(in: settings[\.data])
        let place = try guardedKeyPlace()
        let installation = try await (place as? PostgresCorpus)?.identity() ?? UUID().uuidString.lowercased()
        let days = settings[\.database.sealKeyDays]
        let metadata: Logger.Metadata = ["millrace.place": "\(place.guardedKeysPlace)"]
        let logger = logger
        let keys = KMSSealKeys(
            try await kms(ofKey: keyID), keyID: keyID, store: place,
            period: days == 0 ? nil : TimeInterval(days) * 86_400
        ) { note in
            var level = Logger.Level.notice
            switch note {
            case .notMoved, .notExchanged, .full, .keptAgain: level = .warning
            case .took, .moved, .exchanged: break
            }
            logger.log(
                level: level, "the keys that secrets are sealed with",
                metadata: metadata.merging(["millrace.detail": "\(note)"]) { $1 })
        }
        let known = try await keys.guarded(installation: installation, older: older)
        let ring = SealKeyRing(known.keys)
        let follower = SealKeyFollower(keys, from: known, ring: ring, store: try workspace()) { news in
            Self.tell(news, metadata, logger)
        }
        return OpenedSeal(seal: VariableSeal(ring), follower: follower)
    }

    private static func tell(
        _ news: SealKeyFollower.News, _ metadata: Logger.Metadata, _ logger: Logger
    ) {
        switch news {
        case .resealed(let outcome):
            logger.log(
                level: outcome.unreadable == 0 ? .notice : .warning,
                "secrets were sealed anew with the newest key",
                metadata: metadata.merging([
                    "millrace.sealed": "\(outcome.sealed)", "millrace.unreadable": "\(outcome.unreadable)",
                ]) { $1 })
        case .failed(let reason):
            logger.warning(
                "the keys that secrets are sealed with could not be followed; those of before serve on",
                metadata: metadata.merging(["millrace.reason": "\(reason)"]) { $1 })
        case .recovered:
            logger.notice("the keys that secrets are sealed with are followed again", metadata: metadata)
        }
    }

    /// KMS in the region of a key.
    func kms(ofKey keyID: String) async throws -> KMS {
        // arn:PARTITION:kms:REGION:ACCOUNT:key/ID
        let parts = keyID.split(separator: ":", omittingEmptySubsequences: false)
        let region = parts.count > 5 && parts[0] == "arn" && !parts[3].isEmpty ? String(parts[3]) : nil
        guard let region else { return try KMS(try await awsAccount()) }
        return try KMS(try await newAWSAccount(region))
    }

    private func guardedKeyPlace() throws -> any GuardedKeyStore {
        guard settings[\.database.provider] == .postgres, let corpus = try corpus() as? PostgresCorpus else {
            return GuardedKeyFile(in: settings[\.data])
        }
        return corpus
    }
}

/// Follows the keys of a seal until the process ends.
private struct SealKeyService: Service {
    let follower: SealKeyFollower

    func run() async {
        await cancelWhenGracefulShutdown { await follower.run() }
    }
}
